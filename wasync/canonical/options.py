"""Options of a template beside its components: their names, and the form their values take."""

from __future__ import annotations

from collections.abc import Mapping

from wasync.canonical.scalars import text_of, whole_number
from wasync.model.template import JSON, Spec

_NUMBER = "message_send_ttl_seconds"
_ENUMS = ("sub_category", "display_format")
_FREEDOM = "degrees_of_freedom_spec"

OPTIONS: tuple[str, ...] = (
    _NUMBER,
    *_ENUMS,
    "cta_url_link_tracking_opted_out",
    "is_primary_device_delivery_only",
    "library_template_name",
    _FREEDOM,
)
"""The options people can declare. What only Meta sets (disable_ios_autofill, ...) is not among them."""

OPTION_SET = frozenset(OPTIONS)

CREATE_ONLY = frozenset({"library_template_name"})
"""Options Meta takes when a template is created, and no edit changes (docs/meta-api.md, sections A1, B1)."""

LIBRARY = "library_template_name"

LIBRARY_INPUTS: Mapping[str, str] = {
    "library_template_button_inputs": "button_inputs",
    "library_template_body_inputs": "body_inputs",
}
"""What a template of the library is made with, and its key under `examples.library`: sent once, never read
back (docs/meta-api.md, section B1)."""


def read_options(source: Mapping[str, JSON], spec: Spec) -> None:
    """Put the options `source` holds into `spec`. An empty value is no value."""
    for name in OPTIONS:
        value = source.get(name)
        if value is not None:
            spec[name] = _read(name, value)
    if LIBRARY in spec:
        inputs = {key: _read_inputs(source[name]) for name, key in LIBRARY_INPUTS.items() if source.get(name)}
        if inputs:
            samples = spec.get("examples")
            spec["examples"] = {**(samples if isinstance(samples, dict) else {}), "library": {**inputs}}


def send_option(name: str, value: JSON) -> JSON:
    """One option as Meta's create and edit take it: enums in upper case."""
    if name in _ENUMS and isinstance(value, str):
        return value.upper()
    if name == _FREEDOM:
        return _recase_statuses(value, upper=True)
    return value


def send_inputs(inputs: Mapping[str, JSON]) -> dict[str, JSON]:
    """What `examples.library` holds as a create takes it: types of buttons in upper case."""
    return {
        name: _recase_inputs(inputs[key], upper=True) for name, key in LIBRARY_INPUTS.items() if key in inputs
    }


def _read_inputs(value: JSON) -> JSON:
    return _recase_inputs(value, upper=False)


def _recase_inputs(value: JSON, *, upper: bool) -> JSON:
    """Button inputs with their types in one case; body inputs as they are."""
    if not isinstance(value, list):
        return value
    recased: list[JSON] = []
    for one in value:
        if isinstance(one, dict):
            words = {key: text for key in ("type", "otp_type") if (text := text_of(one.get(key)))}
            one = {**one, **{key: word.upper() if upper else word.lower() for key, word in words.items()}}
        recased.append(one)
    return recased


def _read(name: str, value: JSON) -> JSON:
    if name == _NUMBER:
        return whole_number(value)
    if name in _ENUMS and isinstance(value, str):
        return value.lower()
    if name == _FREEDOM:
        return _recase_statuses(_features_by_key(value), upper=False)
    return value


def _features_by_key(value: JSON) -> JSON:
    # Written as a map, read back as a list of {"key", "value"} with upper-case keys. Seen 2026-06:
    # docs/meta-api.md, section B2, degrees_of_freedom_spec.
    if not isinstance(value, dict):
        return value
    given = value.get("creative_features_spec")
    features: dict[str, JSON] = {}
    match given:
        case list():
            for entry in given:
                match entry:
                    case {"key": str(key), "value": feature}:
                        features[key.lower()] = feature
                    case _:
                        return value
        case dict():
            features = {key.lower(): feature for key, feature in given.items()}
        case _:
            return value
    return {**value, "creative_features_spec": features}


def _recase_statuses(value: JSON, *, upper: bool) -> JSON:
    features = value.get("creative_features_spec") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(features, dict):
        return value
    recased: dict[str, JSON] = {}
    for key, feature in features.items():
        status = feature.get("enroll_status") if isinstance(feature, dict) else None
        if isinstance(feature, dict) and isinstance(status, str):
            feature = {**feature, "enroll_status": status.upper() if upper else status.lower()}
        recased[key] = feature
    return {**value, "creative_features_spec": recased}
