"""What only files can give: samples and media that a create or edit must send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from wasync.canonical.declared import has_media_header
from wasync.canonical.variables import is_positional, placeholders, sample_names
from wasync.model.template import JSON, Spec, SpecPath

# Headers that need a sample file; a location, a product or a kind we do not know needs none
# (docs/meta-api.md, section C1).
_MEDIA_FORMATS = frozenset({"image", "video", "document", "gif"})


def media_paths(spec: Spec) -> tuple[str, ...]:
    """The sample files the template names, its cards' too, as its spec gives them."""
    return tuple(path for path, _ in media_files(spec))


def wants_media(spec: Spec) -> bool:
    """Whether the message or a card has a header that takes a sample file."""
    for part, _ in _parts(spec):
        match part.get("header"):
            case {"format": str(shape)} if shape in _MEDIA_FORMATS:
                return True
    return False


def media_files(spec: Spec) -> tuple[tuple[str, str], ...]:
    """Path and sha256 of each sample file, of the header and then of the cards."""
    found: list[tuple[str, str]] = []
    for part, samples in _parts(spec):
        match samples.get("header"):
            case {"path": str(path), "sha256": str(sha256)} if has_media_header(part):
                found.append((path, sha256))
    return tuple(found)


def missing_inputs(spec: Spec) -> tuple[SpecPath, ...]:
    """What a create or edit must send and the spec lacks: samples, media, apps of one-tap codes.

    Each path says where in the spec it would stand, such as ("examples", "body", 0).
    """
    missing: list[SpecPath] = []
    for number, (part, samples) in enumerate(_parts(spec)):
        where: SpecPath = ("examples",) if number == 0 else ("examples", "carousel", str(number - 1))
        missing += _missing_of_part(part, samples, where)
    match spec.get("authentication"):
        case {"otp": {"type": "one_tap" | "zero_tap" as kind, **otp}}:
            if not otp.get("supported_apps"):
                missing.append(("authentication", "otp", "supported_apps"))
            if kind == "zero_tap" and "zero_tap_terms_accepted" not in otp:
                missing.append(("authentication", "otp", "zero_tap_terms_accepted"))
    match spec.get("examples"):
        case {"library": {"button_inputs": list(inputs)}}:
            missing += _missing_of_library(inputs)
    return tuple(missing)


def fill_examples(desired: Spec, live: Spec) -> Spec:
    """Desired with live's readable samples where its own are missing: what an edit can send.

    Only samples of placeholders that desired has are taken; media are never readable.
    """
    lacking = missing_inputs(desired)
    theirs = live.get("examples")
    if not lacking or not isinstance(theirs, dict):
        return desired
    samples = dict(_mapping(desired.get("examples")))
    _fill(samples, theirs, desired)
    cards, of_cards = desired.get("carousel"), theirs.get("carousel")
    if isinstance(cards, list) and isinstance(of_cards, dict):
        filled = dict(_mapping(samples.get("carousel")))
        for index, card in enumerate(cards):
            own = dict(_mapping(filled.get(str(index))))
            _fill(own, _mapping(of_cards.get(str(index))), _mapping(card))
            if own:
                filled[str(index)] = own
        if filled:
            samples["carousel"] = filled
    return {**desired, "examples": samples} if samples else desired


def _fill(samples: dict[str, JSON], theirs: Mapping[str, JSON], part: Spec) -> None:
    """Add to the samples of a message, or of one card, what it lacks and `theirs` have."""
    for place in ("header", "body", "buttons"):
        if place not in theirs or (place == "header" and has_media_header(part)):
            continue
        names = _names(part, place)
        filled = _filled(samples.get(place), theirs[place], names) if names else None
        if filled:
            samples[place] = filled


def _mapping(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def _parts(spec: Spec) -> Iterator[tuple[Spec, Mapping[str, JSON]]]:
    """The message itself, then each card, with the samples of each."""
    samples = spec.get("examples")
    samples = samples if isinstance(samples, dict) else {}
    yield spec, samples
    cards, of_cards = spec.get("carousel"), samples.get("carousel")
    if isinstance(cards, list):
        for index, card in enumerate(cards):
            one = of_cards.get(str(index)) if isinstance(of_cards, dict) else None
            yield card if isinstance(card, dict) else {}, one if isinstance(one, dict) else {}


def _missing_of_part(part: Spec, samples: Mapping[str, JSON], where: SpecPath) -> Iterator[SpecPath]:
    # Not match here and below: with thousands of steps its patterns take a quarter of deciding.
    header, body = part.get("header"), part.get("body")
    if isinstance(header, dict):
        shape, text = header.get("format"), header.get("text")
        if shape == "text" and isinstance(text, str):
            yield from _missing_of_text(text, samples.get("header"), (*where, "header"))
        elif isinstance(shape, str) and shape in _MEDIA_FORMATS and not samples.get("header"):
            yield (*where, "header")
    if isinstance(body, str):
        yield from _missing_of_text(body, samples.get("body"), (*where, "body"))
    buttons, given = part.get("buttons"), samples.get("buttons")
    if isinstance(buttons, list):
        for index in _buttons_with_samples(buttons):
            if not isinstance(given, dict) or not given.get(index):
                yield (*where, "buttons", index)


def _missing_of_library(inputs: list[JSON]) -> Iterator[SpecPath]:
    """What the declared inputs of a library template's buttons lack (docs/meta-api.md, section A1, Library).

    Which inputs a template of the library wants, only the library says.
    """
    for index, given in enumerate(inputs):
        where: SpecPath = ("examples", "library", "button_inputs", index)
        one = _mapping(given)
        kind = one.get("otp_type") if one.get("type") == "otp" else one.get("type")
        if kind == "url" and not _mapping(one.get("url")).get("base_url"):
            yield (*where, "url", "base_url")
        elif kind == "phone_number" and not one.get("phone_number"):
            yield (*where, "phone_number")
        elif kind in ("one_tap", "zero_tap"):
            if not one.get("supported_apps"):
                yield (*where, "supported_apps")
            if kind == "zero_tap" and "zero_tap_terms_accepted" not in one:
                yield (*where, "zero_tap_terms_accepted")


def _missing_of_text(text: str, given: JSON, where: SpecPath) -> Iterator[SpecPath]:
    for position, name in enumerate(sample_names(text)):
        if isinstance(given, dict):
            there = given.get(name)
        else:
            there = given[position] if isinstance(given, list) and position < len(given) else None
        if not there:
            yield (*where, name if isinstance(given, dict) or not is_positional(name) else position)


def _buttons_with_samples(buttons: list[JSON]) -> Iterator[str]:
    for index, button in enumerate(buttons):
        if not isinstance(button, dict):
            continue
        kind, url = button.get("type"), button.get("url")
        if kind == "copy_code" or (kind == "url" and isinstance(url, str) and placeholders(url)):
            yield str(index)


def _names(spec: Spec, part: str) -> list[str]:
    match part, spec:
        case "body", {"body": str(text)}:
            return sample_names(text)
        case "header", {"header": {"text": str(text)}}:
            return sample_names(text)
        case "buttons", {"buttons": list(buttons)}:
            return list(_buttons_with_samples(buttons))
        case _:
            return []


def _filled(ours: JSON, theirs: JSON, names: list[str]) -> JSON:
    """Our samples, then theirs where ours are missing: a list by position, or a map by name."""
    match ours, theirs:
        case ((None | list()), list()):
            pairs = zip_longest(ours or [], theirs)
            return [own or other for own, other in pairs][: len(names)]
        case ((None | dict()), dict()):
            own_by_name = ours or {}
            found = {name: own_by_name.get(name) or theirs.get(name) for name in names}
            return {name: value for name, value in found.items() if value is not None}
        case _:
            return ours
