"""Templates of one name as the keyed document a file holds: the inverse of from_yaml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from wasync.canonical.declared import as_declared
from wasync.canonical.graph_out import to_components
from wasync.canonical.inputs import missing_inputs
from wasync.canonical.options import OPTION_SET, OPTIONS
from wasync.canonical.variables import is_positional, sample_names
from wasync.canonical.yaml_in import from_yaml
from wasync.model.template import JSON, Document, Spec, Template

_LANGUAGE_ORDER = (
    "category",
    "header",
    "body",
    "examples",
    "footer",
    "buttons",
    "authentication",
    "components",
    *OPTIONS,
    "ignore",
)
_KEYED = frozenset({"header", "body", "footer", "buttons", "authentication", "examples", *OPTIONS})
_BUTTON_KEYS: Mapping[str, frozenset[str]] = {
    "quick_reply": frozenset({"type", "text"}),
    "url": frozenset({"type", "text", "url"}),
    "phone_number": frozenset({"type", "text", "phone_number"}),
    "copy_code": frozenset({"type"}),
}
_MEDIA_FORMATS = frozenset({"image", "video", "document"})

Language = dict[str, JSON]


def to_yaml(templates: Sequence[Template]) -> dict[str, JSON]:
    """The document that declares these templates of one name, as plain data in the order of reading.

    Samples that all languages agree on stand once, under `variables`; what all share stands at the top.
    `components:` is used only where the keyed form cannot say something. Samples without a variable are left
    out. Texts come as they are: whoever writes them quotes them, and escapes `${`.
    """
    templates = sorted(templates, key=lambda template: template.key)
    raw = {template.key.language for template in templates if not _can_be_keyed(template.spec)}
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


def _can_be_keyed(spec: Spec) -> bool:
    if not spec.keys() <= _KEYED:
        return False
    match spec:
        case {"authentication": {"otp": {"type": "copy_code", **otp}}}:
            return otp.keys() <= {"text"}
        case {"authentication": _}:
            return False
        case {"body": str(body)} if body:
            return _can_header_be_keyed(spec.get("header")) and _can_buttons_be_keyed(spec.get("buttons"))
        case _:
            return False


def _can_header_be_keyed(header: JSON) -> bool:
    match header:
        case None:
            return True
        case {"format": "text", "text": str(text), **rest}:
            return bool(text) and not rest
        case {"format": str(shape), **rest}:
            return shape in _MEDIA_FORMATS and not rest
        case _:
            return False


def _can_buttons_be_keyed(buttons: JSON) -> bool:
    if not isinstance(buttons, list):
        return buttons is None
    if not buttons:
        return False
    return all(isinstance(button, dict) and _is_plain(button) for button in buttons)


def _is_plain(button: dict[str, JSON]) -> bool:
    kind = button.get("type")
    return isinstance(kind, str) and button.keys() == _BUTTON_KEYS.get(kind)


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
        language["category"] = template.category
        if template.ignore:
            language["ignore"] = {**template.ignore}
        languages[code] = language
    document: dict[str, JSON] = {}
    for name in ("category", "ignore", *OPTIONS):
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
    order = ("category", *OPTIONS, "authentication", "ignore", "variables", "languages")
    return {name: document[name] for name in order if name in document}


def _ordered(language: Language) -> dict[str, JSON]:
    return {name: language[name] for name in _LANGUAGE_ORDER if name in language}


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


def _language(spec: Spec, samples: Mapping[str, JSON], variables: Mapping[str, JSON]) -> Language:
    given = spec.get("examples")
    examples = given if isinstance(given, dict) else {}
    language: Language = {name: spec[name] for name in spec if name != "examples" and name not in OPTION_SET}
    if "header" in language:
        language["header"] = _header(language["header"], examples.get("header"), samples)
    if isinstance(buttons := language.get("buttons"), list):
        language["buttons"] = _buttons(buttons, examples.get("buttons"))
    own: JSON = {
        name: value for name, value in samples.items() if value is not None and value != variables.get(name)
    }
    if own:
        language["examples"] = own
    return language


def _header(header: JSON, sample: JSON, samples: Mapping[str, JSON]) -> JSON:
    match header, sample:
        case {"format": "text", "text": str(text)}, None:
            return text
        case {"format": "text", "text": str(text)}, dict():
            shared = all(samples.get(name) == value for name, value in sample.items())
            return text if shared else {"text": text, "examples": sample}
        case {"format": "text", "text": str(text)}, list():
            return {"text": text, "examples": sample} if sample and sample_names(text) else text
        case {"format": shape}, {"path": str(path)}:
            return {"format": shape, "media": path}
        case {"format": shape}, {"handle": str(handle)}:
            return {"format": shape, "handle": handle}
        case _:
            return header


def _buttons(buttons: list[JSON], samples: JSON) -> list[JSON]:
    given = samples if isinstance(samples, dict) else {}
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
    """The samples of the body's variables, and of the header's named ones; None where one is missing."""
    examples = spec.get("examples")
    given = examples if isinstance(examples, dict) else {}
    samples: dict[str, JSON] = {}
    body, header = spec.get("body"), spec.get("header")
    if isinstance(body, str):
        samples |= _of_text(body, given.get("body"))
    if isinstance(header, dict) and isinstance(text := header.get("text"), str):
        for name, value in _of_text(text, given.get("header")).items():
            if not is_positional(name):
                samples.setdefault(name, value)
    return samples


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
