"""What the generated Python and TypeScript have in common: names, and the objects of a send call.

Both languages write an object as JSON does, `{"type": "text", "text": value}`. Pages of Meta that show the
forms (D = https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates, read in
a mirror 2026-11):
D/auth-otp-template-messages, D/coupon-templates, D/limited-time-offer-template-messages,
D/media-card-carousel-templates, D/product-card-carousel-templates, D/mpm-template-messages;
docs/contract.md lists them by kind, and the forms that no page was found for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, assert_never

from wasync.model.contract import Contract, Kind, Parameter, Part, Shape, TemplateContract, Variant

HEADER = "Written by `wasync contract`: what a send call of each template must pass. Do not edit."


_TAKEN = frozenset(
    {
        "CatalogValue",
        "ClassVar",
        "DocumentValue",
        "False",
        "FlowValue",
        "ImageValue",
        "Literal",
        "LocationValue",
    }
    | {
        "Mapping",
        "MediaId",
        "MediaLink",
        "MediaValue",
        "None",
        "NotRequired",
        "OrderState",
        "OrderStatusValue",
    }
    | {"ProductItemValue", "ProductListValue", "ProductValue", "ProductsValue", "Readonly", "Record"}
    | {"SectionValue", "SendComponent", "SendLanguage", "SendTemplate", "Sequence", "True", "TypeAlias"}
    | {"TypedDict", "VideoValue"}
)
"""What the code before the types uses: no type may be called so. The same types for both languages."""


class Dialect(NamedTuple):
    """How a language writes what the two write differently.

    `value`: a field read. `reply`: a quick reply whose payload may be missing. `products`: cards made from
    products. `spread`: several components put into a list.
    """

    literal: Callable[[str], str]
    value: Callable[[str], str]
    reply: Callable[[int, str], str]
    products: Callable[[str], str]
    spread: Callable[[str], str]


class Builder(NamedTuple):
    """One type and its builder to be written: the languages of a name that take the same."""

    type_name: str
    template: TemplateContract
    variant: Variant


def builders(contract: Contract) -> Iterator[Builder]:
    """Every type to be written, in order of name.

    Names that would be one type keep their underscores; what is taken all the same gets one more. A name
    whose languages differ gets a type for each variant, called after its first language.
    """
    wanted = Counter(_camel(template.name) for template in contract.templates)
    used: set[str] = set(_TAKEN)
    for template in contract.templates:
        camel = _camel(template.name)
        base = camel if wanted[camel] == 1 and camel not in _TAKEN else _underscored(template.name)
        for variant in template.variants:
            own = variant.languages[0].code
            name = base if len(template.variants) == 1 else f"{base}_{re.sub(r'[^A-Za-z0-9_]', '_', own)}"
            while name in used:
                name += "_"
            used.add(name)
            yield Builder(name, template, variant)


def component_lines(shape: Shape, dialect: Dialect) -> list[str]:
    """The lines of the list of components, each of them and of the cards on one line."""
    lines = [f"{_component(part, dialect)}," for part in shape.parts]
    if shape.cards:
        lines.append('{"type": "carousel", "cards": [')
        for index, card in enumerate(shape.cards):
            lines.append(f'    {{"card_index": {index}, "components": [')
            lines.extend(f"        {_component(part, dialect)}," for part in card)
            lines.append("    ]},")
        lines.append("]},")
    return lines


def quick_replies(variant: Variant) -> dict[str, list[str]]:
    """The labels of the quick replies by language: what a webhook gives back where no payload was passed."""
    found = {
        language.code: [label.text for label in language.labels if label.type == "quick_reply"]
        for language in variant.languages
    }
    return {code: labels for code, labels in found.items() if labels}


def example_of(variant: Variant, field: str) -> str | None:
    """The example of a field in the first language that has one."""
    return next((one.examples[field] for one in variant.languages if field in one.examples), None)


def in_order(parameters: Sequence[Parameter]) -> list[Parameter]:
    """What is required first, then what may be left out."""
    return sorted(parameters, key=lambda parameter: not parameter.required)


def _camel(name: str) -> str:
    return _begun("".join(word[:1].upper() + word[1:] for word in _plain(name).split("_")))


def _underscored(name: str) -> str:
    return _begun("_".join(word[:1].upper() + word[1:] for word in _plain(name).split("_")))


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def _begun(name: str) -> str:
    return name if name[:1].isalpha() else f"T{name}"


def _component(part: Part, dialect: Dialect) -> str:
    first = part.parameters[0]
    value = dialect.value(first.field)
    if first.kind is Kind.COMPONENT:
        return value
    if first.kind is Kind.PAYLOAD:
        return dialect.spread(dialect.reply(part.position or 0, value))
    if first.kind is Kind.PRODUCT_CARDS:
        return f'{{"type": "carousel", "cards": {dialect.products(value)}}}'
    button = (
        f'"sub_type": {dialect.literal(part.sub_type)}, "index": {part.position}, '
        if part.position is not None
        else ""
    )
    parameters = ", ".join(_parameter(parameter, dialect) for parameter in part.parameters)
    return f'{{"type": {dialect.literal(part.type)}, {button}"parameters": [{parameters}]}}'


def _parameter(parameter: Parameter, dialect: Dialect) -> str:
    value, kind = dialect.value(parameter.field), parameter.kind
    match kind:
        case Kind.TEXT:
            name = f'"parameter_name": {dialect.literal(parameter.name)}, ' if parameter.name else ""
            return f'{{"type": "text", {name}"text": {value}}}'
        case Kind.FLOW | Kind.CATALOG | Kind.PRODUCTS:
            return f'{{"type": "action", "action": {value}}}'
        case Kind.EXPIRATION:
            offer = f'{{"{kind.value}": {value}}}'
            return f'{{"type": "limited_time_offer", "limited_time_offer": {offer}}}'
        case Kind.IMAGE | Kind.VIDEO | Kind.DOCUMENT | Kind.LOCATION | Kind.PRODUCT:
            return f'{{"type": "{kind.value}", "{kind.value}": {value}}}'
        case Kind.COUPON_CODE | Kind.ORDER_STATUS | Kind.PAYLOAD:
            return f'{{"type": "{kind.value}", "{kind.value}": {value}}}'
        case Kind.COMPONENT | Kind.PRODUCT_CARDS:
            return value
        case _:
            assert_never(kind)
