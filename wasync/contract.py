"""The contract with senders: what a send call must pass for every declared template. Pure.

docs/contract.md names the pages of Meta that show the form of each parameter, and what none of them shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from keyword import kwlist

from wasync.canonical.variables import is_positional, placeholders, sample_names
from wasync.model.config import Account
from wasync.model.contract import (
    AtMeta,
    Contract,
    Kind,
    Label,
    Language,
    Parameter,
    Part,
    Shape,
    TemplateContract,
    Variant,
)
from wasync.model.live import Live
from wasync.model.template import JSON, Desired, Key, Revision, Spec, Template

_HEADERS = {kind.value: kind for kind in (Kind.IMAGE, Kind.VIDEO, Kind.DOCUMENT, Kind.LOCATION, Kind.PRODUCT)}
_BUTTONS = {
    "copy_code": Kind.COUPON_CODE,
    "quick_reply": Kind.PAYLOAD,
    "flow": Kind.FLOW,
    "catalog": Kind.CATALOG,
    "mpm": Kind.PRODUCTS,
    "order_details": Kind.COMPONENT,
}
"""What is passed for a button of each kind; nothing for kinds that are not here, `url` apart."""

_FLOW = ("flow_id", "flow_name", "flow_action", "navigate_screen")

_TAKEN = frozenset({*kwlist, "language", "components", "template", "self"}) | frozenset(
    {"str", "int", "float", "list", "dict", "tuple", "object", "bool"}
)
"""Fields that would hide a word of the generated code."""


def contract(account: Account, desired: Desired, live: Mapping[Key, Live] | None = None) -> Contract:
    """What senders must pass for each declared template, in order of name; the same files, the same contract.

    With `live` each language says what Meta has, and texts of library templates are taken from there.
    """
    found = []
    for name, keys in groupby(sorted(desired.templates), key=lambda key: key.name):
        revision = desired.revisions.get(name, Revision(name, 1))
        found.append(_template(revision, name, [desired.templates[key] for key in keys], live or {}))
    found.sort(key=lambda one: (one.name, one.revision))
    return Contract(account.name, account.waba_id, tuple(found), live=live is not None)


def shape_of(spec: Spec) -> Shape:
    """What a sender passes for one template in one language."""
    if "library_template_name" in spec and "body" not in spec:
        return Shape(known=False)
    if "authentication" in spec:
        # The button goes out as a web link, whatever its kind, and the passcode stands in the call twice.
        code = (Parameter("code", Kind.TEXT),)
        return Shape((Part("body", code), Part("button", code, "url", 0)))
    fields = _Fields()
    parts = [*_texts(spec, fields, ""), *_offer(spec, fields)]
    if spec.get("sub_category") == "order_status":
        parameter = Parameter(fields.of("order_status"), Kind.ORDER_STATUS)
        parts.append(Part("order_status", (parameter,)))
    parts += _buttons(spec, fields, "")
    cards = _items(spec, "carousel")
    read = [
        (*_texts(card, fields, f"card_{index}_"), *_buttons(card, fields, f"card_{index}_"))
        for index, card in enumerate(cards)
    ]
    if read and all(map(_only_product, read)):
        # Two cards are declared, and any 2 to 10 products are sent (docs/meta-api.md, section C1).
        parts.append(Part("carousel", (Parameter(fields.of("products"), Kind.PRODUCT_CARDS),)))
        read = []
    return Shape(tuple(parts), tuple(read), _kinds(spec), tuple(map(_kinds, cards)))


class _Fields:
    """Gives each slot of a template a field: an identifier in both languages that no other slot has."""

    def __init__(self) -> None:
        self._by_slot: dict[str, str] = {}

    def of(self, wanted: str, slot: str = "") -> str:
        """The field of a slot, `wanted` if it is free. A slot asked for again has its field already."""
        slot = slot or wanted
        if slot not in self._by_slot:
            field = identifier(wanted)
            while field in _TAKEN or field in self._by_slot.values():
                field += "_"
            self._by_slot[slot] = field
        return self._by_slot[slot]


def identifier(text: str) -> str:
    """A text as an identifier of lower-case letters; what the rules of names forbid becomes `_`.

    Leading underscores would be private, a leading digit no identifier: both get a letter before them.
    """
    plain = re.sub(r"[^a-z0-9_]", "_", text.lower())
    return plain if plain[:1].isalpha() else f"v{plain}"


def _texts(spec: Spec, fields: _Fields, prefix: str) -> Iterator[Part]:
    """Header and body: variables by name in order of the alphabet, so that rewording changes nothing."""
    match spec.get("header"):
        case {"format": "text", "text": str(text)} if placeholders(text):
            yield Part("header", _variables(text, fields, prefix, "header"))
        case {"format": "text"}:
            pass
        case {"format": str(shape)} if shape in _HEADERS:
            field = fields.of(f"{prefix}header_{shape}")
            yield Part("header", (Parameter(field, _HEADERS[shape]),))
        case {"format": str()}:
            yield Part("header", (Parameter(fields.of(f"{prefix}header"), Kind.COMPONENT),))
    body = spec.get("body")
    if isinstance(body, str) and placeholders(body):
        yield Part("body", _variables(body, fields, prefix, "body"))


def _variables(text: str, fields: _Fields, prefix: str, place: str) -> tuple[Parameter, ...]:
    names = sample_names(text)
    if all(map(is_positional, names)):
        return tuple(Parameter(fields.of(f"{prefix}{place}_{name}"), Kind.TEXT) for name in names)
    # A name means one value in header and body; a card's is its own, since two cards show two prices.
    return tuple(
        Parameter(fields.of(f"{prefix}{name}", f"{prefix}{{{{{name}}}}}"), Kind.TEXT, name)
        for name in sorted(names)
    )


def _offer(spec: Spec, fields: _Fields) -> Iterator[Part]:
    match spec.get("limited_time_offer"):
        case {"has_expiration": True}:
            parameter = Parameter(fields.of("expiration_time_ms"), Kind.EXPIRATION)
            yield Part("limited_time_offer", (parameter,))


def _buttons(spec: Spec, fields: _Fields, prefix: str) -> Iterator[Part]:
    for index, button in enumerate(_items(spec, "buttons")):
        kind, slot = str(button.get("type")), f"{prefix}button_{index}"
        if kind == "url":
            url = button.get("url")
            if isinstance(url, str) and placeholders(url):
                yield Part("button", (Parameter(fields.of(f"{slot}_url"), Kind.TEXT),), "url", index)
        elif kind in _BUTTONS:
            passed = _BUTTONS[kind]
            word = kind if passed is Kind.COMPONENT else passed.value
            yield Part("button", (Parameter(fields.of(f"{slot}_{word}"), passed),), kind, index)


def _only_product(card: Sequence[Part]) -> bool:
    return [parameter.kind for part in card for parameter in part.parameters] == [Kind.PRODUCT]


def _items(spec: Mapping[str, JSON], key: str) -> list[dict[str, JSON]]:
    items = spec.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _kinds(spec: Mapping[str, JSON]) -> tuple[str, ...]:
    return tuple(str(button.get("type")) for button in _items(spec, "buttons"))


def _template(
    revision: Revision, live_name: str, templates: Sequence[Template], live: Mapping[Key, Live]
) -> TemplateContract:
    by_shape: dict[Shape, list[Language]] = {}
    for template in templates:
        row = live.get(template.key)
        spec = template.spec
        if row is not None and "library_template_name" in spec:
            spec = {**row.template.spec, **spec}
        shape = shape_of(spec)
        by_shape.setdefault(shape, []).append(_language(template, spec, shape, row))
    variants = tuple(Variant(tuple(languages), shape) for shape, languages in by_shape.items())
    return TemplateContract(
        revision.name, revision.number, live_name, variants, tuple(_differences(revision.name, variants))
    )


def _language(template: Template, spec: Spec, shape: Shape, row: Live | None) -> Language:
    return Language(
        template.key.language,
        template.category,
        tuple(_labels(spec)),
        dict(_examples(spec, shape)),
        AtMeta(row.id, row.status, row.template.category) if row is not None else None,
    )


def _labels(spec: Spec) -> Iterator[Label]:
    cards = enumerate(_items(spec, "carousel"))
    for card, part in ((None, spec), *cards):
        for index, button in enumerate(_items(part, "buttons")):
            text = button.get("text")
            if isinstance(text, str) and text:
                flow = {key: str(button[key]) for key in _FLOW if key in button}
                yield Label(card, index, str(button.get("type")), text, flow)


def _examples(spec: Spec, shape: Shape) -> Iterator[tuple[str, str]]:
    """A field's example, where the files or Meta have one; media have none."""
    around = spec.get("examples")
    samples = around if isinstance(around, dict) else {}
    yield from _examples_of(shape.parts, samples)
    of_cards = samples.get("carousel")
    for index, card in enumerate(shape.cards):
        found = of_cards.get(str(index)) if isinstance(of_cards, dict) else None
        yield from _examples_of(card, found if isinstance(found, dict) else {})


def _examples_of(parts: Sequence[Part], samples: Mapping[str, JSON]) -> Iterator[tuple[str, str]]:
    for part in parts:
        given = samples.get("buttons" if part.type == "button" else part.type)
        for position, parameter in enumerate(part.parameters):
            match given:
                case dict() if part.type == "button":
                    value = given.get(str(part.position))
                case dict():
                    value = given.get(parameter.name)
                case list() if position < len(given):
                    value = given[position]
                case _:
                    value = None
            if isinstance(value, str) and parameter.kind in (Kind.TEXT, Kind.COUPON_CODE):
                yield parameter.field, value


def _differences(name: str, variants: Sequence[Variant]) -> Iterator[str]:
    """A sentence for each thing in which a language differs from the first one."""
    first = variants[0]
    for other in variants[1:]:
        mine, theirs = dict(_told(first.shape)), dict(_told(other.shape))
        for place in sorted(mine.keys() | theirs.keys()):
            ours, its = mine.get(place, "nothing"), theirs.get(place, "nothing")
            if ours != its:
                yield f"{name}: {place}: {_codes(first)} takes {ours}; {_codes(other)} takes {its}"


def _codes(variant: Variant) -> str:
    return ", ".join(language.code for language in variant.languages)


def _told(shape: Shape) -> Iterator[tuple[str, str]]:
    """Each place of a shape, and what it takes, in words."""
    if not shape.known:
        yield "all", "what Meta's library says"
    if shape.buttons:
        yield "buttons", ", ".join(shape.buttons)
    for index, kinds in enumerate(shape.card_buttons):
        yield f"cards[{index}].buttons", ", ".join(kinds) or "none"
    yield from _told_parts(shape.parts, "")
    for index, card in enumerate(shape.cards):
        yield f"cards[{index}]", f"{len(card)} components"
        yield from _told_parts(card, f"cards[{index}].")


def _told_parts(parts: Sequence[Part], prefix: str) -> Iterator[tuple[str, str]]:
    for part in parts:
        place = f"buttons[{part.position}]" if part.position is not None else part.type
        yield f"{prefix}{place}", ", ".join(_word(parameter) for parameter in part.parameters)


def _word(parameter: Parameter) -> str:
    if parameter.name:
        return f"{{{{{parameter.name}}}}}"
    return parameter.field if parameter.kind is Kind.TEXT else parameter.kind.value.replace("_", " ")
