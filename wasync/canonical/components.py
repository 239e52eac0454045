"""Meta's list of components, as written or as read back, brought to a Spec."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern

from wasync.canonical.otp import otp_of, read_authentication
from wasync.canonical.scalars import phone_digits, text_of, whole_number
from wasync.model.template import JSON, Spec

_PLAIN_HEADER = frozenset({"type", "format", "text", "example"})
_PLAIN_TEXT = frozenset({"type", "text", "example"})
_PLAIN_BUTTONS = frozenset({"type", "buttons"})
_PLAIN_BUTTON: Mapping[str, frozenset[str]] = {
    "quick_reply": frozenset({"type", "text"}),
    "url": frozenset({"type", "text", "url", "example"}),
    "phone_number": frozenset({"type", "text", "phone_number"}),
    "copy_code": frozenset({"type", "text", "example"}),
}

FLOW_ENUMS = ("flow_action", "icon")
_OFFER = "limited_time_offer"
_PLAIN_OFFER = frozenset({"type", "text", "has_expiration", _OFFER})


def read_components(components: JSON, *, handles: bool = True) -> Spec:
    """The spec that Meta's list of components stands for; the order of the list does not matter.

    Never raises and loses nothing: what cannot be a component (no list, no type, a second BODY) is kept
    raw under `components`. What a known component has beyond the documented keys is kept under `more`,
    or in the button itself. Sample addresses that Meta signed are dropped, for they differ from read to read;
    `handles` false drops uploaded handles too.
    """
    return _read(components, handles=handles, nested=False)


def _read(components: JSON, *, handles: bool, nested: bool) -> Spec:
    spec: Spec = {}
    if not isinstance(components, list):
        if components is not None:
            spec["components"] = components
        return spec
    parts, odd = _by_type(components)
    if (otp := otp_of(parts)) is not None:
        spec["authentication"] = read_authentication(parts, otp)
        parts = {kind: part for kind, part in parts.items() if kind not in ("body", "footer", "buttons")}
    samples: dict[str, JSON] = {}
    more: dict[str, JSON] = {}
    for kind, part in parts.items():
        if kind == "body" or kind == "footer":
            _read_text(kind, part, spec, samples, more, odd)
        elif kind == "header":
            _read_header(part, spec, samples, odd, handles=handles)
        elif kind == "buttons":
            _read_buttons(part, spec, samples, more, odd)
        elif kind == "carousel" and not nested:
            _read_cards(part, spec, samples, odd, handles=handles)
        elif kind == _OFFER:
            _read_offer(part, spec, more)
        elif kind in ("components", "examples", "more", "authentication"):
            odd.append(part)
        else:
            spec[kind] = {key: value for key, value in part.items() if key != "type"}
    if samples:
        spec["examples"] = samples
    if more:
        spec["more"] = more
    if odd:
        spec["components"] = odd
    return spec


def _by_type(components: list[JSON]) -> tuple[dict[str, dict[str, JSON]], list[JSON]]:
    """The components by type in lower case, and what is none, or is one of a type that was there already."""
    parts: dict[str, dict[str, JSON]] = {}
    odd: list[JSON] = []
    for component in components:
        kind = component.get("type") if isinstance(component, dict) else None
        if (
            isinstance(component, dict)
            and isinstance(kind, str)
            and (kind := intern(kind.lower())) not in parts
        ):
            parts[kind] = component
        else:
            odd.append(component)
    return parts, odd


def _read_text(
    kind: str,
    part: dict[str, JSON],
    spec: Spec,
    samples: dict[str, JSON],
    more: dict[str, JSON],
    odd: list[JSON],
) -> None:
    text = text_of(part.get("text"))
    if text is None:
        odd.append(part)
        return
    spec[kind] = text
    if len(part) > 2:
        example = part.get("example")
        if isinstance(example, dict):
            values = _samples_of(example, "body")
            if values:
                samples[kind] = values
        if not _PLAIN_TEXT.issuperset(part):
            more[kind] = {key: value for key, value in part.items() if key not in _PLAIN_TEXT}


def _read_header(
    part: dict[str, JSON], spec: Spec, samples: dict[str, JSON], odd: list[JSON], *, handles: bool
) -> None:
    shape = part.get("format")
    text = text_of(part.get("text"))
    if shape is None and text is not None:
        shape = "text"
    if not isinstance(shape, str):
        odd.append(part)
        return
    header: dict[str, JSON] = {"format": intern(shape.lower())}
    spec["header"] = header
    if text is not None:
        header["text"] = text
    elif header["format"] == "text":
        header["text"] = ""
    example = part.get("example")
    if isinstance(example, dict):
        values: JSON = None
        if header["format"] == "text":
            values = _samples_of(example, "header")
        elif handles:
            values = _handle_of(example)
        if values:
            samples["header"] = values
    if not _PLAIN_HEADER.issuperset(part):
        header.update((key, value) for key, value in part.items() if key not in _PLAIN_HEADER)


def _handle_of(example: dict[str, JSON]) -> JSON:
    # Meta returns a signed address on its own network where a handle was sent: never compared, never sent
    # again. Seen 2025-11: docs/meta-api.md, section B2, header_handle.
    handle = example.get("header_handle")
    if isinstance(handle, list) and handle:
        handle = handle[0]
    if isinstance(handle, str) and handle and not handle.startswith(("http:", "https:")):
        return {"handle": handle}
    return None


def _samples_of(example: dict[str, JSON], place: str) -> JSON:
    """The samples of a text: a map when they are named, else a list."""
    named = example.get(f"{place}_text_named_params")
    if isinstance(named, list):
        values: dict[str, JSON] = {}
        for entry in named:
            if isinstance(entry, dict):
                name, value = entry.get("param_name"), text_of(entry.get("example"))
                if isinstance(name, str) and value is not None:
                    values[intern(name)] = value
        if values:
            return values
    return _sample_list(example.get(f"{place}_text"))


def _sample_list(given: JSON) -> list[JSON]:
    # Written as "a", ["a", "b"] or [["a", "b"]]; read back nested. Seen 2025-11: docs/meta-api.md, B2.
    if isinstance(given, list):
        if given and isinstance(given[0], list):
            given = given[0]
        return [text_of(value) for value in given if not isinstance(value, (dict, list))]
    text = text_of(given)
    return [] if text is None else [text]


def _read_buttons(
    part: dict[str, JSON], spec: Spec, samples: dict[str, JSON], more: dict[str, JSON], odd: list[JSON]
) -> None:
    given = part.get("buttons")
    if not isinstance(given, list):
        odd.append(part)
        return
    buttons: list[JSON] = []
    examples: dict[str, JSON] = {}
    for index, button in enumerate(given):
        kind = button.get("type") if isinstance(button, dict) else None
        if not isinstance(button, dict) or not isinstance(kind, str):
            odd.append(part)
            return
        kind = intern(kind.lower())
        buttons.append(read_button(kind, button))
        if "example" in button and (example := _button_sample(kind, button["example"])):
            examples[str(index)] = example
    spec["buttons"] = buttons
    if examples:
        samples["buttons"] = examples
    if len(part) > 2:
        more["buttons"] = {key: value for key, value in part.items() if key not in _PLAIN_BUTTONS}


def read_button(kind: str, button: dict[str, JSON]) -> dict[str, JSON]:
    """One button in canonical form, without its sample; `kind` is its type in lower case."""
    text = text_of(button.get("text")) or ""
    if kind == "quick_reply":
        read: dict[str, JSON] = {"type": kind, "text": text}
    elif kind == "url":
        read = {"type": kind, "text": text, "url": text_of(button.get("url")) or ""}
    elif kind == "phone_number":
        read = {"type": kind, "text": text, "phone_number": phone_digits(button.get("phone_number"))}
    elif kind == "copy_code":
        # The label is Meta's, in the language of the template. Seen 2025-11: docs/meta-api.md, section B2.
        read = {"type": kind}
    else:
        return _read_other_button(kind, button)
    plain = _PLAIN_BUTTON[kind]
    if not plain.issuperset(button):
        read.update((key, value) for key, value in button.items() if key not in plain)
        if isinstance(link := read.get("app_deep_link"), dict) and isinstance(link.get("meta_app_id"), int):
            read["app_deep_link"] = {**link, "meta_app_id": text_of(link["meta_app_id"])}
    return read


def _read_other_button(kind: str, button: dict[str, JSON]) -> dict[str, JSON]:
    read = dict(button)
    read["type"] = kind
    if kind == "voice_call" and "ttl_minutes" in read:
        read["ttl_minutes"] = whole_number(read["ttl_minutes"])
    if isinstance(read.get("text"), str) and "\r" in str(read["text"]):
        read["text"] = text_of(read["text"])
    if kind == "flow":
        # flow_id came back as a JSON number, enums in upper case. Seen 2025-11: docs/meta-api.md, section B2.
        flow_id = button.get("flow_id")
        if isinstance(flow_id, int):
            read["flow_id"] = str(flow_id)
        for name in FLOW_ENUMS:
            if isinstance(value := button.get(name), str):
                read[name] = value.lower()
    return read


def _button_sample(kind: str, example: JSON) -> JSON:
    if kind not in ("url", "copy_code"):
        return None
    if isinstance(example, list):
        example = example[0] if example else None
    return text_of(example)


def _read_offer(part: dict[str, JSON], spec: Spec, more: dict[str, JSON]) -> None:
    """A limited-time offer, whose texts stand one level down; it may come before BODY or after it."""
    for inner in (part.get(_OFFER), part):
        text = text_of(inner.get("text")) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or text is None:
            continue
        # Not said means no (docs/meta-api.md, section C1).
        expires = inner.get("has_expiration") in (True, "true", "True")
        offer: dict[str, JSON] = {"text": text, "has_expiration": expires}
        offer.update((key, value) for key, value in inner.items() if key not in _PLAIN_OFFER)
        spec[_OFFER] = offer
        if inner is not part and len(part) > 2:
            more[_OFFER] = {key: value for key, value in part.items() if key not in ("type", _OFFER)}
        return
    spec[_OFFER] = {key: value for key, value in part.items() if key != "type"}


def _read_cards(
    part: dict[str, JSON], spec: Spec, samples: dict[str, JSON], odd: list[JSON], *, handles: bool
) -> None:
    given = part.get("cards")
    if not isinstance(given, list) or not all(isinstance(card, dict) for card in given):
        odd.append(part)
        return
    cards: list[JSON] = []
    examples: dict[str, JSON] = {}
    for index, card in enumerate(given):
        if isinstance(card, dict):
            read = _read(card.get("components"), handles=handles, nested=True)
            example = read.pop("examples", None)
            if example:
                examples[str(index)] = example
            cards.append(read)
    spec["carousel"] = cards
    if examples:
        samples["carousel"] = examples
