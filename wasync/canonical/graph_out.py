"""A template as the payloads that Meta's create and edit take."""

from __future__ import annotations

from collections.abc import Mapping

from wasync.canonical.components import FLOW_ENUMS
from wasync.canonical.options import CREATE_ONLY, LIBRARY, OPTIONS, send_inputs, send_option
from wasync.canonical.variables import is_positional, parameter_format
from wasync.model.template import JSON, Spec, Template

_ORDER = ("header", "limited_time_offer", "body", "footer", "buttons", "carousel")
_NOT_COMPONENTS = frozenset({*OPTIONS, "examples", "more", "components", "authentication"})
# Meta's documents write this one type in lower case (docs/meta-api.md, section C1).
_LOWER_TYPES = frozenset({"call_permission_request"})
_FIXED_LABELS: Mapping[str, str] = {
    "catalog": "View catalog",
    "mpm": "View items",
    "spm": "View",
    "order_details": "Review and Pay",
}
"""Labels that Meta's documents send along although they can be no other (docs/meta-api.md, section C3)."""


def to_graph(template: Template, handles: Mapping[str, str]) -> dict[str, JSON]:
    """The payload that creates a template. `handles`: sha256 of each sample file -> its upload handle.

    A sample that is missing is left out: see missing_inputs.
    """
    payload: dict[str, JSON] = {
        "name": template.key.name,
        "language": template.key.language,
        "category": template.category.upper(),
    }
    style = parameter_format(template.spec)
    if style is not None:
        payload["parameter_format"] = style.upper()
    components = to_components(template.spec, handles, labels=True)
    if components or LIBRARY not in template.spec:
        payload["components"] = components
    for name in OPTIONS:
        if name in template.spec:
            payload[name] = send_option(name, template.spec[name])
    if LIBRARY in template.spec:
        payload |= send_inputs(_mapping(_mapping(template.spec.get("examples")).get("library")))
    return payload


def to_edit(before: Template, after: Template, handles: Mapping[str, str]) -> dict[str, JSON]:
    """The payload that edits a template: all components, since an edit replaces them all.

    Category, parameter format and options go with it only where they change, since Meta refuses a category on
    an approved template (docs/meta-api.md, section B1). The text of a template of the library is Meta's:
    where the file has no components of its own, none are sent.
    """
    payload: dict[str, JSON] = {}
    components = to_components(after.spec, handles, labels=True)
    if components or LIBRARY not in after.spec:
        payload["components"] = components
    if after.category != before.category:
        payload["category"] = after.category.upper()
    style = parameter_format(after.spec)
    if style is not None and style != parameter_format(before.spec):
        payload["parameter_format"] = style.upper()
    for name in OPTIONS:
        if name in after.spec and name not in CREATE_ONLY and after.spec[name] != before.spec.get(name):
            payload[name] = send_option(name, after.spec[name])
    return payload


def to_components(spec: Spec, handles: Mapping[str, str], *, labels: bool = False) -> list[JSON]:
    """Meta's list of components for a spec; what we do not know goes back as it came.

    `labels` fills in those that Meta fixes, where a button has none.
    """
    samples = _mapping(spec.get("examples"))
    more = _mapping(spec.get("more"))
    components: list[JSON] = []
    if isinstance(authentication := spec.get("authentication"), dict):
        components += _authentication(authentication)
    others = sorted(key for key in spec if key not in _NOT_COMPONENTS and key not in _ORDER)
    for kind in (*_ORDER, *others):
        if kind not in spec:
            continue
        component: dict[str, JSON] = {"type": kind if kind in _LOWER_TYPES else kind.upper()}
        value = spec[kind]
        if kind == "header" and isinstance(value, dict):
            component |= _header(value, samples.get("header"), handles)
        elif kind == "buttons" and isinstance(value, list):
            component["buttons"] = _buttons(value, _mapping(samples.get("buttons")), labels)
        elif kind == "carousel" and isinstance(value, list):
            component["cards"] = _cards(value, _mapping(samples.get("carousel")), handles, labels)
        elif kind == "limited_time_offer" and isinstance(value, dict) and "text" in value:
            component[kind] = value
        elif isinstance(value, dict):
            component |= value
        else:
            component["text"] = value
            if example := _text_samples(samples.get(kind), kind):
                component["example"] = example
        component |= _mapping(more.get(kind))
        components.append(component)
    odd = spec.get("components")
    if isinstance(odd, list):
        components += odd
    return components


def _mapping(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def _header(header: dict[str, JSON], sample: JSON, handles: Mapping[str, str]) -> dict[str, JSON]:
    sent = dict(header)
    shape = header.get("format")
    if isinstance(shape, str):
        sent["format"] = shape.upper()
    if shape == "text":
        if example := _text_samples(sample, "header"):
            sent["example"] = example
        return sent
    match sample:
        case {"handle": str(handle)}:
            sent["example"] = {"header_handle": [handle]}
        case {"sha256": str(sha256)} if sha256 in handles:
            sent["example"] = {"header_handle": [handles[sha256]]}
    return sent


def _text_samples(sample: JSON, place: str) -> dict[str, JSON]:
    match sample:
        case dict() if sample and all(map(is_positional, sample)):
            # Samples by number that came as a map are sent by position.
            return _text_samples([sample[name] for name in sorted(sample, key=int)], place)
        case dict() if sample:
            params: list[JSON] = [{"param_name": name, "example": value} for name, value in sample.items()]
            return {f"{place}_text_named_params": params}
        case list() if sample:
            values: list[JSON] = ["" if value is None else value for value in sample]
            # A body's samples are a list of sets, a header's one list (docs/meta-api.md, section B2).
            return {f"{place}_text": [values] if place == "body" else values}
        case _:
            return {}


def _buttons(buttons: list[JSON], samples: Mapping[str, JSON], labels: bool) -> list[JSON]:
    sent: list[JSON] = []
    for index, button in enumerate(buttons):
        if not isinstance(button, dict):
            sent.append(button)
            continue
        kind = button.get("type")
        one = dict(button)
        if isinstance(kind, str):
            one["type"] = kind.upper()
            if labels and "text" not in one and kind in _FIXED_LABELS:
                one["text"] = _FIXED_LABELS[kind]
        if kind == "flow":
            one |= {name: str(one[name]).upper() for name in FLOW_ENUMS if name in one}
        sample = samples.get(str(index))
        if sample is not None:
            one["example"] = [sample] if kind == "url" else sample
        sent.append(one)
    return sent


def _cards(
    cards: list[JSON], samples: Mapping[str, JSON], handles: Mapping[str, str], labels: bool
) -> list[JSON]:
    sent: list[JSON] = []
    for index, card in enumerate(cards):
        spec = dict(_mapping(card))
        if str(index) in samples:
            spec["examples"] = samples[str(index)]
        sent.append({"components": to_components(spec, handles, labels=labels)})
    return sent


def _authentication(given: dict[str, JSON]) -> list[JSON]:
    """Body, footer and passcode button; Meta writes their texts (docs/meta-api.md, section C4)."""
    components: list[JSON] = [
        {"type": "BODY", "add_security_recommendation": given.get("add_security_recommendation") is True}
    ]
    minutes = given.get("code_expiration_minutes")
    if minutes is not None:
        components.append({"type": "FOOTER", "code_expiration_minutes": minutes})
    otp = _mapping(given.get("otp"))
    kind = otp.get("type")
    button: dict[str, JSON] = {
        "type": "OTP",
        "otp_type": kind.upper() if isinstance(kind, str) else "COPY_CODE",
    }
    button |= {key: value for key, value in otp.items() if key != "type"}
    components.append({"type": "BUTTONS", "buttons": [button]})
    return components
