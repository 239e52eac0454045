"""Live less what the files leave open: after it, equal means `==`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wasync.canonical.options import CREATE_ONLY, LIBRARY, OPTION_SET
from wasync.canonical.scalars import same_phone
from wasync.model.template import JSON, Spec

# What Meta never gives back, or may not: an authentication template's write-only inputs
# (docs/meta-api.md, section B2, OTP button).
UNREADABLE_OTP = ("autofill_text", "supported_apps", "zero_tap_terms_accepted")
# A flow given by name or in full is read back by its id only. Seen 2025-11: docs/meta-api.md, section B2.
# No capture shows a link to an app (section C3): where live has none, it counts as equal.
UNREADABLE_BUTTONS: Mapping[str, tuple[str, ...]] = {
    "flow": ("flow_name", "flow_json"),
    "url": ("app_deep_link",),
}
_UNREADABLE_KEYS = frozenset(key for keys in UNREADABLE_BUTTONS.values() for key in keys)
_CONTENT_OF_BUTTONS = ("type", "text", "url", "phone_number")
_KNOWN_BUTTONS = frozenset({"quick_reply", "url", "phone_number", "copy_code"})
# Components whose keys are known; what Meta adds to them beside is not compared.
_ALWAYS: Mapping[str, tuple[str, ...]] = {
    "header": ("format", "text"),
    "limited_time_offer": ("text", "has_expiration"),
    "call_permission_request": (),
}
# What Meta fills in where nothing was declared (docs/meta-api.md, section B1).
_FILLED_IN: tuple[tuple[str, frozenset[str | int | bool]], ...] = (
    ("is_primary_device_delivery_only", frozenset({False})),
    ("cta_url_link_tracking_opted_out", frozenset({False})),
    ("sub_category", frozenset({"custom", "form"})),
)
_FILLED_IN_LABELS = frozenset({"copy code", "autofill"})


def as_declared(live: Spec, desired: Spec) -> Spec:
    """The live spec less what Meta fills in and `desired` leaves open; idempotent.

    Dropped: options, samples and keys of buttons that desired does not declare; so too a passcode's label.
    Taken from desired: media and other inputs that Meta never gives back, so that they count as equal.
    """
    if live == desired:
        return live
    seen: Spec = {}
    # The text of a template of the library is Meta's (docs/meta-api.md, section A1, Library).
    from_library = LIBRARY in desired
    for key, value in live.items():
        if key in desired:
            want = desired[key]
            seen[key] = value if value == want else _one_as_declared(key, value, want, desired)
        elif key not in OPTION_SET and key != "examples" and key != "more" and not from_library:
            seen[key] = value
    for key, want in desired.items():
        if key in CREATE_ONLY or (key not in live and (want is False or key == "examples")):
            # An option that is off is not always listed; media never are; what no edit changes is equal.
            seen[key] = _samples({}, want, desired) if key == "examples" else want
    if seen.get("examples") == {}:
        del seen["examples"]
    return seen


def without_defaults(live: Spec) -> Spec:
    """The live spec less what Meta fills in by itself: what is worth writing into a file."""
    spec = dict(live)
    for name, defaults in _FILLED_IN:
        if name in spec and isinstance(value := spec[name], (str, int)) and value in defaults:
            del spec[name]
    authentication = spec.get("authentication")
    if isinstance(authentication, dict):
        # An authentication template is sent for ten minutes unless it says otherwise (section C5, TTL).
        if spec.get("message_send_ttl_seconds") == 600:
            del spec["message_send_ttl_seconds"]
        otp = authentication.get("otp")
        if isinstance(otp, dict):
            own = {key: value for key, value in otp.items() if str(value).lower() not in _FILLED_IN_LABELS}
            spec["authentication"] = {**authentication, "otp": own}
    spec.pop("more", None)
    if LIBRARY in spec:
        spec = {name: value for name, value in spec.items() if name in OPTION_SET}
    return spec


def _one_as_declared(key: str, live: JSON, desired: JSON, spec: Spec) -> JSON:
    """A live component that differs from desired, less what desired leaves open; `spec` is all of desired."""
    match live, desired:
        case dict(), dict():
            if key in _ALWAYS:
                return _only(live, desired, _ALWAYS[key])
            if key == "examples":
                return _samples(live, desired, spec)
            if key == "authentication":
                return _authentication(live, desired)
            if key == "more":
                return {part: value for part, value in live.items() if part in desired}
            if key == "degrees_of_freedom_spec":
                return _features(live, desired)
        case list(), list():
            if key == "buttons":
                return _pairwise(live, desired, _button)
            if key == "carousel":
                return _pairwise(live, desired, as_declared)
        case _:
            pass
    return live


def _only(live: dict[str, JSON], desired: Mapping[str, JSON], always: tuple[str, ...]) -> dict[str, JSON]:
    return {key: value for key, value in live.items() if key in desired or key in always}


def _pairwise(
    live: list[JSON], desired: list[JSON], one: Callable[[dict[str, JSON], dict[str, JSON]], dict[str, JSON]]
) -> list[JSON]:
    """Buttons or cards, each seen beside the one desired at its position."""
    seen: list[JSON] = []
    for index, item in enumerate(live):
        want = desired[index] if index < len(desired) else None
        seen.append(one(item, want) if isinstance(item, dict) and isinstance(want, dict) else item)
    return seen


def _button(live: dict[str, JSON], desired: dict[str, JSON]) -> dict[str, JSON]:
    kind = live.get("type")
    if live == desired or kind != desired.get("type"):
        return live
    always = _CONTENT_OF_BUTTONS if kind in _KNOWN_BUTTONS else ("type",)
    seen = _only(live, desired, always)
    if kind == "phone_number":
        have, want = live.get("phone_number"), desired.get("phone_number")
        if isinstance(have, str) and isinstance(want, str) and same_phone(have, want):
            seen["phone_number"] = want
    for key in UNREADABLE_BUTTONS.get(str(kind), ()):
        if key in desired and key not in live:
            seen[key] = desired[key]
    if kind == "flow" and desired.get("flow_action") == "navigate":
        seen.setdefault("flow_action", "navigate")  # what Meta takes where nothing is said (section C3)
    return seen


def _authentication(live: dict[str, JSON], desired: dict[str, JSON]) -> dict[str, JSON]:
    match live, desired:
        case {"otp": dict(have)}, {"otp": dict(want)}:
            # No label declared means any label: Meta writes one in the template's language. Seen 2025-11:
            # docs/meta-api.md, section B2, "no OTP text".
            otp = _only(have, want, ("type",))
            otp.update((key, want[key]) for key in UNREADABLE_OTP if key in want and key not in have)
            return {**live, "otp": otp}
    return live


def has_unreadable(spec: Spec) -> bool:
    """Whether the spec has what live may never show, so that only the record tells whether it was sent."""
    if "carousel" in spec or has_media_header(spec):
        return True
    match spec.get("authentication"):
        case {"otp": dict(otp)}:
            return any(key in otp for key in UNREADABLE_OTP)
    buttons = spec.get("buttons")
    for button in buttons if isinstance(buttons, list) else ():
        if isinstance(button, dict) and not _UNREADABLE_KEYS.isdisjoint(button):
            return True
    return False


def _features(live: dict[str, JSON], desired: dict[str, JSON]) -> dict[str, JSON]:
    match live, desired:
        case {"creative_features_spec": dict(have)}, {"creative_features_spec": dict(want)}:
            # Features nobody listed are opted in (docs/meta-api.md, section B2).
            unlisted: JSON = {"enroll_status": "opt_in"}
            return {**live, "creative_features_spec": {key: have.get(key, unlisted) for key in want}}
    return live


def _samples(live: Mapping[str, JSON], desired: JSON, spec: Spec) -> dict[str, JSON]:
    """Live's samples of the texts desired gives samples for; desired's own media, which live never shows."""
    seen: dict[str, JSON] = {}
    if not isinstance(desired, dict):
        return seen
    for part, want in desired.items():
        have = live.get(part)
        if part == "library" or (part == "header" and has_media_header(spec)):
            seen[part] = want
        elif part == "carousel":
            cards = _card_samples(have, want, spec)
            if cards:
                seen[part] = cards
        elif have is not None:
            seen[part] = _declared_samples(have, want)
    return seen


def _declared_samples(live: JSON, desired: JSON) -> JSON:
    match live, desired:
        case dict(), dict():
            return {name: value for name, value in live.items() if name in desired}
        case list(), list():
            return [None if want is None else have for have, want in zip(live, desired, strict=False)]
        case _:
            return live


def _card_samples(live: JSON, desired: JSON, spec: Spec) -> dict[str, JSON]:
    cards = spec.get("carousel")
    seen: dict[str, JSON] = {}
    if isinstance(cards, list) and isinstance(desired, dict):
        for index, card in enumerate(cards):
            have = live.get(str(index)) if isinstance(live, dict) else None
            if isinstance(card, dict) and str(index) in desired:
                one = _samples(have if isinstance(have, dict) else {}, desired[str(index)], card)
                if one:
                    seen[str(index)] = one
    return seen


def has_media_header(spec: Spec) -> bool:
    """Whether the header is not a text, so that its sample is a file or handle and never readable."""
    header = spec.get("header")  # asked for every row of a listing, where `match` takes three times as long
    return isinstance(header, dict) and isinstance(shape := header.get("format"), str) and shape != "text"
