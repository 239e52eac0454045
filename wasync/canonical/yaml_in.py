"""One YAML document of a template name, brought to one Template per language."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern

from wasync.canonical.components import read_button, read_components
from wasync.canonical.options import OPTION_SET, read_options
from wasync.canonical.scalars import text_of
from wasync.canonical.variables import is_positional, sample_names
from wasync.model.template import JSON, Declaration, Document, Key, Place, Revision, Spec, Template

_SHARED_ONLY = frozenset({"name", "revision", "variables", "languages", "absent"})
CONTENT = frozenset(
    {
        "header",
        "body",
        "footer",
        "buttons",
        "authentication",
        "carousel",
        "limited_time_offer",
        "call_permission_request",
    }
)
"""Keys of a language's own that replace the `components:` it shares."""
_SELDOM = OPTION_SET | {"carousel", "limited_time_offer", "call_permission_request"}

Samples = Mapping[str, str]


def from_yaml(document: Document) -> Declaration:
    """What a document declares: a Template for each language, in canonical form.

    Media stand as `{"path": as written, "sha256": ""}`. The nearest sample wins: the text's own `examples`,
    the language's, the template's, then `variables`. Expects a document the schema accepts; of any other it
    takes what it understands.
    """
    data = document.data
    revision = _revision(document.name, data.get("revision"))
    name = document.name if revision.number == 1 else f"{revision.name}_v{revision.number}"
    lines = document.lines
    first = lines.get("", 1)
    absent: dict[str, Place] = {}
    if data.get("absent") is True:
        absent["*"] = Place(document.file, first)
    variables = _variables(data.get("variables"))
    samples: dict[str, str] = {key: value for key, value in variables.items() if value is not None}
    shared = {key: value for key, value in data.items() if key not in _SHARED_ONLY}
    languages = data.get("languages")
    if isinstance(languages, list):
        languages = {code: None for code in map(text_of, languages) if code is not None}
    templates: list[Template] = []
    if isinstance(languages, dict):
        for code, own in languages.items():
            place = Place(document.file, lines.get(code, first))
            if own == "absent":
                absent[code] = place
            else:
                templates.append(_template(Key(name, code), shared, own, samples, place))
    return Declaration(name, document.file, document.index, tuple(templates), absent, variables, revision)


def _revision(name: str, given: JSON) -> Revision:
    if isinstance(given, int) and not isinstance(given, bool) and given >= 2:
        return Revision(name, given)
    return Revision(name, 1)


def _variables(given: JSON) -> dict[str, str | None]:
    """The declared variables and their examples; numeric names mean the positions in the body."""
    if not isinstance(given, dict):
        return {}
    found: dict[str, str | None] = {}
    for name, entry in given.items():
        found[name] = text_of(entry.get("example")) if isinstance(entry, dict) else text_of(entry)
    return found


def _template(key: Key, shared: dict[str, JSON], own: JSON, variables: Samples, place: Place) -> Template:
    samples, ignore = variables, _reasons(shared.get("ignore"))
    if isinstance(own, dict):
        data = {**shared, **own}
        if "authentication" in own:
            data["authentication"] = _override(shared.get("authentication"), own["authentication"])
        if ignore or "ignore" in own:
            ignore = {**ignore, **_reasons(own.get("ignore"))}
        if "examples" in data:
            samples = {**variables, **_samples(shared.get("examples")), **_samples(own.get("examples"))}
    else:
        data = shared
        if "examples" in data:
            samples = {**variables, **_samples(data["examples"])}
    raw = data.get("components") is not None and not _keyed_again(own)
    spec = read_components(data["components"]) if raw else _keyed(data, samples)
    if not _SELDOM.isdisjoint(data):
        if not raw:
            _composite(data, samples, spec)
        read_options(data, spec)
    category = data.get("category")
    return Template(key, intern(category.lower()) if isinstance(category, str) else "", spec, place, ignore)


def _keyed_again(own: JSON) -> bool:
    """Whether a language leaves the `components` it shares for content of its own."""
    return isinstance(own, dict) and "components" not in own and not CONTENT.isdisjoint(own)


def _reasons(given: JSON) -> dict[str, str]:
    if not isinstance(given, dict):
        return {}
    return {rule: text_of(reason) or "" for rule, reason in given.items()}


def _samples(given: JSON) -> dict[str, str]:
    """Samples given as a list (by position) or a map (by name), as a map."""
    if isinstance(given, dict):
        entries: list[tuple[str, JSON]] = list(given.items())
    elif isinstance(given, list):
        entries = [(str(position), value) for position, value in enumerate(given, 1)]
    else:
        return {}
    return {name: text for name, value in entries if (text := text_of(value)) is not None}


def _override(shared: JSON, own: JSON) -> JSON:
    """A language's `authentication`: what it gives replaces, what it leaves out stays; in `otp` too."""
    if not isinstance(shared, dict) or not isinstance(own, dict):
        return own
    merged = {**shared, **own}
    otp, own_otp = shared.get("otp"), own.get("otp")
    if isinstance(otp, dict) and isinstance(own_otp, dict):
        merged["otp"] = {**otp, **own_otp}
    return merged


def _keyed(data: Mapping[str, JSON], samples: Samples, *, numbered: bool = True) -> Spec:
    """Header, body, footer, buttons, authentication. `numbered`: numbers among `samples` mean this body's."""
    spec: Spec = {}
    examples: dict[str, JSON] = {}
    header = data.get("header")
    if header is not None:
        _header(header, samples, spec, examples)
    body = data.get("body")
    if body is not None:
        own = body.get("examples") if isinstance(body, dict) else None
        text = text_of(body.get("text") if isinstance(body, dict) else body)
        if text is not None:
            spec["body"] = text
            if "{{" in text and (found := _examples(text, _samples(own), samples, numbered=numbered)):
                examples["body"] = found
    footer = data.get("footer")
    if footer is not None:
        text = text_of(footer.get("text") if isinstance(footer, dict) else footer)
        if text is not None:
            spec["footer"] = text
    buttons = data.get("buttons")
    if isinstance(buttons, list):
        _buttons(buttons, spec, examples)
    authentication = data.get("authentication")
    if isinstance(authentication, dict):
        spec["authentication"] = _authentication(authentication)
    if examples:
        spec["examples"] = examples
    return spec


def _composite(data: Mapping[str, JSON], samples: Samples, spec: Spec) -> None:
    """Cards, a limited-time offer, a call permission request."""
    cards = data.get("carousel")
    if isinstance(cards, list):
        read: list[JSON] = []
        of_cards: dict[str, JSON] = {}
        for card in cards:
            # Each card counts {{1}} anew (docs/meta-api.md, section C2).
            one = _keyed(card if isinstance(card, dict) else {}, samples, numbered=False)
            if (examples := one.pop("examples", None)) is not None:
                of_cards[str(len(read))] = examples
            read.append(one)
        spec["carousel"] = read
        if of_cards:
            around = spec.get("examples")
            spec["examples"] = {**(around if isinstance(around, dict) else {}), "carousel": of_cards}
    offer = data.get("limited_time_offer")
    if isinstance(offer, dict) and (text := text_of(offer.get("text"))) is not None:
        spec["limited_time_offer"] = {"text": text, "has_expiration": offer.get("has_expiration") is True}
    request = data.get("call_permission_request")
    if request is True or isinstance(request, dict):
        spec["call_permission_request"] = {}


def _header(header: JSON, samples: Samples, spec: Spec, examples: dict[str, JSON]) -> None:
    own: JSON = None
    if isinstance(header, dict):
        shape = header.get("format")
        if isinstance(shape, str) and shape.lower() != "text":
            spec["header"] = {"format": intern(shape.lower())}
            if (path := text_of(header.get("media"))) is not None:
                examples["header"] = {"path": path, "sha256": ""}
            elif (handle := text_of(header.get("handle"))) is not None:
                examples["header"] = {"handle": handle}
            return
        own = header.get("examples")
        header = header.get("text")
    text = text_of(header)
    if text is not None:
        spec["header"] = {"format": "text", "text": text}
        # Meta counts {{1}} anew in the header; numbers in `variables` or a language's `examples` mean the
        # body's.
        if "{{" in text and (found := _examples(text, _samples(own), samples, numbered=False)):
            examples["header"] = found


def _examples(text: str, own: Samples, around: Samples, *, numbered: bool) -> JSON:
    """The samples of a text: by position a list (None where one is missing), by name a map."""
    names = sample_names(text)
    found: dict[str, str | None] = {}
    positional = True
    for name in names:
        number = is_positional(name)
        positional = positional and number
        value = own.get(name)
        if value is None and (numbered or not number):
            value = around.get(name)
        found[intern(name)] = value
    if positional:
        values: list[JSON] = list(found.values())
        while values and values[-1] is None:
            values.pop()
        return values
    return {name: value for name, value in found.items() if value is not None}


def _buttons(given: list[JSON], spec: Spec, examples: dict[str, JSON]) -> None:
    buttons: list[JSON] = []
    samples: dict[str, JSON] = {}
    for button in given:
        kind = button.get("type") if isinstance(button, dict) else None
        if not isinstance(button, dict) or not isinstance(kind, str):
            continue
        kind = intern(kind.lower())
        if kind in ("url", "copy_code") and (example := text_of(button.get("example"))) is not None:
            samples[str(len(buttons))] = example
        buttons.append(read_button(kind, button))
    if buttons:
        spec["buttons"] = buttons
        if samples:
            examples["buttons"] = samples


def _authentication(given: dict[str, JSON]) -> dict[str, JSON]:
    read: dict[str, JSON] = {"add_security_recommendation": given.get("add_security_recommendation") is True}
    if (minutes := given.get("code_expiration_minutes")) is not None:
        read["code_expiration_minutes"] = minutes
    otp = given.get("otp")
    read["otp"] = {"type": "copy_code"}
    if isinstance(otp, dict):
        kind = otp.get("type")
        read["otp"] = {
            **{key: value for key, value in otp.items() if value is not None},
            "type": kind.lower() if isinstance(kind, str) else "copy_code",
        }
    return read
