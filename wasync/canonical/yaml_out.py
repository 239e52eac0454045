"""Templates of one name as the keyed document a file holds: the inverse of from_yaml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from wasync.canonical.declared import as_declared
from wasync.canonical.graph_out import to_components
from wasync.canonical.inputs import missing_inputs
from wasync.canonical.keyed import can_be_keyed
from wasync.canonical.options import LIBRARY_INPUTS, OPTION_SET, OPTIONS
from wasync.canonical.variables import is_positional, sample_names
from wasync.canonical.yaml_in import from_yaml
from wasync.model.template import JSON, Document, Spec, Template

_ABOVE = (*OPTIONS, *LIBRARY_INPUTS)
"""What stands above all languages where they share it, beside category and ignore."""
LANGUAGE_ORDER = (
    "category",
    "header",
    "limited_time_offer",
    "body",
    "examples",
    "footer",
    "call_permission_request",
    "buttons",
    "carousel",
    "authentication",
    "components",
    *_ABOVE,
    "ignore",
)
"""The keys of a language as people read a message: from its top to its buttons."""
DOCUMENT_ORDER = (
    "name",
    "revision",
    "absent",
    "category",
    "description",
    "owner",
    *_ABOVE,
    "authentication",
    "ignore",
    "variables",
    "languages",
)
"""The keys of a document, what it is before what it says."""

Language = dict[str, JSON]


def to_yaml(templates: Sequence[Template]) -> dict[str, JSON]:
    """The document that declares these templates of one name, as plain data in the order of reading.

    Samples that all languages agree on stand once, under `variables`; what all share stands at the top.
    `components:` is used only where the keyed form cannot say something. Samples without a variable are left
    out. Texts come as they are: whoever writes them quotes them, and escapes `${`.
    """
    templates = sorted(templates, key=lambda template: template.key)
    raw = {template.key.language for template in templates if not can_be_keyed(template.spec)}
    document = _document(templates, raw)
    lost = raw | _changed(templates, document)
    return _document(templates, lost) if lost != raw else document


def _changed(templates: Sequence[Template], data: dict[str, JSON]) -> set[str]:
    """The languages that the document does not give back as they were."""
    if not templates:
        return set()
    read = from_yaml(Document("", 0, templates[0].key.name, data, {"": 1}))
    found = {template.key.language: template for template in read.templates}
    return {
        template.key.language
        for template in templates
        if not _says_the_same(found[template.key.language].spec, template.spec)
    }


def _says_the_same(written: Spec, meant: Spec) -> bool:
    same = as_declared(meant, written) == written and {*missing_inputs(written)} <= {*missing_inputs(meant)}
    return same and meant.keys() - {"examples"} <= written.keys()


# -- the document --------------------------------------------------------------------------------------


def _document(templates: Sequence[Template], raw: set[str]) -> dict[str, JSON]:
    """The document; languages in `raw` are written as components."""
    samples = {
        template.key.language: _samples_by_name(template.spec)
        for template in templates
        if template.key.language not in raw
    }
    variables = _variables(samples)
    languages: dict[str, Language] = {}
    for template in templates:
        code = template.key.language
        if code in raw:
            language: Language = {"components": to_components(template.spec, {})}
        else:
            language = _language(template.spec, samples[code], variables)
        language |= {name: template.spec[name] for name in OPTIONS if name in template.spec}
        library = _mapping(_mapping(template.spec.get("examples")).get("library"))
        language |= {name: library[key] for name, key in LIBRARY_INPUTS.items() if key in library}
        language["category"] = template.category
        if template.ignore:
            language["ignore"] = {**template.ignore}
        languages[code] = language
    document: dict[str, JSON] = {}
    for name in ("category", "ignore", *_ABOVE):
        document |= _hoist(name, languages)
    document |= _hoist_authentication(languages)
    if variables:
        document["variables"] = {
            name: {} if value is None else {"example": value} for name, value in variables.items()
        }
    if languages and not any(languages.values()):
        document["languages"] = [*languages]
    else:
        document["languages"] = {code: _ordered(language) for code, language in languages.items()}
    return _in_order(document)


def _in_order(document: dict[str, JSON]) -> dict[str, JSON]:
    return {name: document[name] for name in DOCUMENT_ORDER if name in document}


def _ordered(language: Language) -> dict[str, JSON]:
    return {name: language[name] for name in LANGUAGE_ORDER if name in language}


def _hoist(name: str, languages: Mapping[str, Language]) -> dict[str, JSON]:
    """What all languages share, taken out of them; of categories the commonest, since all have one."""
    values = [language.get(name) for language in languages.values()]
    if (
        not values
        or values[0] is None
        or (name != "category" and any(value != values[0] for value in values))
    ):
        return {}
    shared = Counter(map(str, values)).most_common(1)[0][0] if name == "category" else values[0]
    for language in languages.values():
        if language[name] == shared:
            del language[name]
    return {name: shared}


def _hoist_authentication(languages: Mapping[str, Language]) -> dict[str, JSON]:
    """One `authentication` for all languages, where they differ in the button's label at most."""
    shared = _hoist("authentication", languages)
    if shared:
        return shared
    common: JSON = None
    labels: dict[str, JSON] = {}
    for code, language in languages.items():
        match language.get("authentication"):
            case {"otp": dict(otp)} as authentication if isinstance(authentication, dict):
                without: JSON = {**authentication, "otp": {key: otp[key] for key in otp if key != "text"}}
                if common is not None and without != common:
                    return {}
                common, labels[code] = without, otp.get("text")
            case _:
                return {}
    for code, label in labels.items():
        del languages[code]["authentication"]
        if label is not None:
            languages[code]["authentication"] = {"otp": {"text": label}}
    return {} if common is None else {"authentication": common}


# -- one language --------------------------------------------------------------------------------------


def _mapping(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def _language(spec: Spec, samples: Mapping[str, JSON], variables: Mapping[str, JSON]) -> Language:
    examples = _mapping(spec.get("examples"))
    language: Language = {name: spec[name] for name in spec if name != "examples" and name not in OPTION_SET}
    if "header" in language:
        language["header"] = _header(language["header"], examples.get("header"), samples)
    if isinstance(buttons := language.get("buttons"), list):
        language["buttons"] = _buttons(buttons, examples.get("buttons"))
    if isinstance(cards := language.get("carousel"), list):
        of_cards = _mapping(examples.get("carousel"))
        language["carousel"] = [
            _card(_mapping(card), _mapping(of_cards.get(str(index))), samples)
            for index, card in enumerate(cards)
        ]
    match language.get("limited_time_offer"):
        case {"text": text, "has_expiration": expires}:
            offer: dict[str, JSON] = {"text": text}
            language["limited_time_offer"] = offer | ({"has_expiration": True} if expires is True else {})
    if "call_permission_request" in language:
        language["call_permission_request"] = True
    own: JSON = {
        name: value for name, value in samples.items() if value is not None and value != variables.get(name)
    }
    if own:
        language["examples"] = own
    return language


def _card(card: dict[str, JSON], examples: Mapping[str, JSON], samples: Mapping[str, JSON]) -> JSON:
    written: dict[str, JSON] = {}
    if "header" in card:
        written["header"] = _header(card["header"], examples.get("header"), samples)
    if isinstance(text := card.get("body"), str):
        written["body"] = _text(text, examples.get("body"), samples)
    if isinstance(buttons := card.get("buttons"), list):
        written["buttons"] = _buttons(buttons, examples.get("buttons"))
    return written


def _header(header: JSON, sample: JSON, samples: Mapping[str, JSON]) -> JSON:
    match header, sample:
        case {"format": "text", "text": str(text)}, _:
            return _text(text, sample, samples)
        case {"format": shape}, {"path": str(path)}:
            return {"format": shape, "media": path}
        case {"format": shape}, {"handle": str(handle)}:
            return {"format": shape, "handle": handle}
        case _:
            return header


def _text(text: str, sample: JSON, samples: Mapping[str, JSON]) -> JSON:
    """A text that counts its own {{1}}: alone, or with its samples where those around it do not say them."""
    if not sample or not sample_names(text):
        return text
    if isinstance(sample, dict) and all(samples.get(name) == value for name, value in sample.items()):
        return text
    if isinstance(sample, list) and None in sample:
        sample = {str(number): value for number, value in enumerate(sample, 1) if value is not None}
    return {"text": text, "examples": sample}


def _buttons(buttons: list[JSON], samples: JSON) -> list[JSON]:
    given = _mapping(samples)
    written: list[JSON] = []
    for index, button in enumerate(buttons):
        example = given.get(str(index))
        if isinstance(button, dict) and example is not None:
            written.append({**button, "example": example})
        else:
            written.append(button)
    return written


# -- samples -------------------------------------------------------------------------------------------


def _samples_by_name(spec: Spec) -> dict[str, JSON]:
    """The samples of the body, and the named ones of header and cards; None where one is missing."""
    given = _mapping(spec.get("examples"))
    samples: dict[str, JSON] = {}
    if isinstance(body := spec.get("body"), str):
        samples |= _of_text(body, given.get("body"))
    for text, values in _other_texts(spec, given):
        for name, value in _of_text(text, values).items():
            if not is_positional(name):
                samples.setdefault(name, value)
    return samples


def _other_texts(spec: Spec, given: Mapping[str, JSON]) -> Iterator[tuple[str, JSON]]:
    """The texts beside the body that may have variables, each with its samples."""
    if isinstance(text := _mapping(spec.get("header")).get("text"), str):
        yield text, given.get("header")
    cards = spec.get("carousel")
    for index, card in enumerate(cards if isinstance(cards, list) else ()):
        if isinstance(text := _mapping(card).get("body"), str):
            yield text, _mapping(_mapping(given.get("carousel")).get(str(index))).get("body")


def _of_text(text: str, given: JSON) -> dict[str, JSON]:
    names = sample_names(text)
    match given:
        case dict():
            return {name: given.get(name) for name in names}
        case list():
            return {name: given[at] if at < len(given) else None for at, name in enumerate(names)}
        case _:
            return dict.fromkeys(names)


def _variables(samples: Mapping[str, Mapping[str, JSON]]) -> dict[str, JSON]:
    """Each variable with the commonest of its samples; None where a language has none."""
    # A language without a sample would inherit the shared one.
    found: dict[str, list[JSON]] = {}
    for by_name in samples.values():
        for name, value in by_name.items():
            found.setdefault(name, []).append(value)
    variables: dict[str, JSON] = {}
    for name, values in found.items():
        complete = all(value is not None for value in values)
        variables[name] = Counter(map(str, values)).most_common(1)[0][0] if complete else None
    return variables
