"""Hypothesis strategies: valid documents and templates of every kind, language and script."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.strategy_texts import (
    LANGUAGES,
    VARIABLES,
    WORDS,
    bodies,
    button_kinds,
    buttons,
    labels,
    maybe,
    names,
    phrases,
    samples,
    scripts,
)
from wasync.canonical import from_yaml
from wasync.model.template import JSON, Document, Template

json_values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
"""Any JSON."""


@st.composite
def _headers(draw: st.DrawFn, script: str, variables: tuple[str, ...]) -> JSON:
    kind = draw(st.sampled_from(("none", "text", "variable", "image", "video", "document", "handle")))
    named = bool(variables) and not variables[0].isdigit()
    match kind:
        case "none":
            return None
        case "text":
            return draw(phrases(script))
        case "variable" if named:
            return f"{draw(phrases(script))} {{{{{variables[0]}}}}}"
        case "variable":
            return {"text": f"{draw(phrases(script))} {{{{1}}}}", "examples": [draw(samples())]}
        case "handle":
            return {"format": "image", "handle": "4::aW1hZ2U="}
        case _:
            return {"format": kind, "media": f"media/sample.{kind[:3]}"}


@st.composite
def _languages(draw: st.DrawFn, variables: tuple[str, ...], kinds: tuple[str, ...]) -> dict[str, JSON]:
    script = draw(scripts())
    header = draw(_headers(script, variables))
    language: dict[str, JSON] = {} if header is None else {"header": header}
    body_script = draw(st.sampled_from(tuple(WORDS)))
    body = draw(bodies(body_script, variables))
    # A header that counts its own {{1}} beside a body of names would mix two styles.
    own = draw(st.booleans())
    language["body"] = {"text": body, "examples": _own(draw, variables)} if own and variables else body
    if draw(st.booleans()):
        language["footer"] = draw(phrases(script))
    if not own and variables and draw(st.booleans()):
        language["examples"] = {variables[0]: draw(samples())}
    if kinds:
        language["buttons"] = draw(buttons(kinds))
    return language


def _own(draw: st.DrawFn, variables: tuple[str, ...]) -> JSON:
    values: list[JSON] = [draw(samples()) for _ in variables]
    return values if variables[0].isdigit() else dict(zip(variables, values, strict=True))


def _document(draw: st.DrawFn, data: dict[str, JSON]) -> Document:
    name, languages = draw(names()), data["languages"]
    codes = languages if isinstance(languages, (dict, list)) else ()
    lines = {str(code): 3 + position for position, code in enumerate(codes)}
    return Document(f"templates/{name}.yaml", 0, name, data, {"": 1, **lines})


@st.composite
def message_documents(draw: st.DrawFn) -> Document:
    """Documents with text or media headers, bodies with named, positional or no variables, and buttons."""
    category = draw(st.sampled_from(("utility", "marketing")))
    kinds = draw(button_kinds(category))
    count = draw(st.integers(0, 3))
    variables = VARIABLES[:count] if draw(st.booleans()) else tuple(map(str, range(1, count + 1)))
    codes = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True))
    data: dict[str, JSON] = {"category": category, "description": "For people."}
    if variables:
        data["variables"] = {name: {"example": draw(samples())} for name in variables}
    if draw(st.booleans()):
        data["message_send_ttl_seconds"] = 43200
    data["languages"] = {code: draw(_languages(variables, kinds)) for code in codes}
    return _document(draw, data)


@st.composite
def authentication_documents(draw: st.DrawFn) -> Document:
    """Authentication, its languages as a list or as a map with labels; codes copied or handed to apps."""
    kind = draw(st.sampled_from(("copy_code", "copy_code", "one_tap", "zero_tap")))
    otp: dict[str, JSON] = {"type": kind}
    if kind != "copy_code":
        hashes = draw(st.lists(st.sampled_from(("K8a/AINcGX7", "abcdefghijk")), min_size=1, unique=True))
        otp["supported_apps"] = [{"package_name": "com.acme.shop", "signature_hash": one} for one in hashes]
        otp |= draw(maybe(autofill_text=st.just("Autofill")))
    if kind == "zero_tap":
        otp["zero_tap_terms_accepted"] = True
    authentication: dict[str, JSON] = {"otp": otp}
    authentication |= draw(
        maybe(add_security_recommendation=st.booleans(), code_expiration_minutes=st.integers(1, 90))
    )
    codes = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=4, unique=True))
    languages: JSON = [*codes]
    if draw(st.booleans()):
        label: JSON = {"authentication": {"otp": {"text": draw(labels(1))[0]}}}
        languages = {code: label if draw(st.booleans()) else {} for code in codes}
    return _document(
        draw, {"category": "authentication", "authentication": authentication, "languages": languages}
    )


@st.composite
def library_documents(draw: st.DrawFn) -> Document:
    """Templates of Meta's library, with their inputs."""
    data: dict[str, JSON] = {"category": "utility", "library_template_name": "order_delivered_1"}
    address: JSON = {"base_url": "https://shop.example/{{1}}", "url_suffix_example": "https://shop.example/7"}
    inputs: JSON = [{"type": "url", "url": address}, {"type": "phone_number", "phone_number": "+15550051310"}]
    body: JSON = {"add_contact_number": True, "code_expiration_minutes": 5}
    data |= draw(
        maybe(library_template_button_inputs=st.just(inputs), library_template_body_inputs=st.just(body))
    )
    codes = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True))
    languages: JSON = [*codes] if draw(st.booleans()) else {code: {} for code in codes}
    return _document(draw, data | {"languages": languages})


BOTH = ("utility", "marketing")
# kind -> the categories it may have, the headers it may have, its buttons
SHAPES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, ...], ...]]] = {
    "flow": (BOTH, ("none", "text", "image"), (("flow",),)),
    "catalog": (("marketing",), ("none",), (("catalog",),)),
    "mpm": (("marketing",), ("text",), (("mpm",),)),
    "spm": (("marketing",), ("product",), (("spm",),)),
    "order_details": (("utility",), ("none", "text", "image", "document"), (("order_details",),)),
    "order_status": (("utility",), ("none",), ((),)),
    "voice_call": (BOTH, ("none", "text"), (("voice_call",),)),
    "request_contact_info": (BOTH, ("none", "text"), (("request_contact_info",),)),
    "app_link": (("marketing",), ("none", "image"), (("app_link",), ("app_link", "quick_reply"))),
    "location": (BOTH, ("location",), ((), ("quick_reply",))),
    "gif": (("marketing",), ("gif",), ((), ("url",))),
    "limited_time_offer": (("marketing",), ("none", "image", "video"), (("copy_code", "url"), ("url",))),
    "call_permission_request": (BOTH, ("none", "text"), ((),)),
    "media_carousel": (("marketing",), ("none",), ((),)),
    "product_carousel": (("marketing",), ("none",), ((),)),
}
CARDS: tuple[tuple[str, ...], ...] = (("quick_reply",), ("url", "quick_reply"), ("phone_number", "url"), ())
NO_FOOTER = ("limited_time_offer", "media_carousel", "product_carousel")
SHORT = ("spm", "media_carousel", "product_carousel", "gif", "limited_time_offer")


@st.composite
def composite_documents(draw: st.DrawFn) -> Document:
    """The kinds beside plain messages and passcodes: offers, carousels, flows, catalogs, orders, calls."""
    kind = draw(st.sampled_from(tuple(SHAPES)))
    categories, headers, button_rows = SHAPES[kind]
    category = draw(st.sampled_from(categories))
    header, row = draw(st.sampled_from(headers)), draw(st.sampled_from(button_rows))
    count = draw(st.integers(0, 1 if kind in SHORT else 2))
    named = draw(st.booleans())
    variables = VARIABLES[:count] if named else tuple(map(str, range(1, count + 1)))
    data: dict[str, JSON] = {"category": category}
    if variables:
        data["variables"] = {name: {"example": draw(samples())} for name in variables}
    if kind == "order_status":
        data["sub_category"] = "order_status"
    if kind == "call_permission_request":
        data[kind] = True
    data |= draw(_options(category))
    cards = draw(st.integers(2, 3)) if kind.endswith("carousel") else 0
    layout = (draw(st.sampled_from(CARDS)), draw(st.booleans()), draw(st.sampled_from(("image", "video"))))
    if kind == "product_carousel":
        layout = (draw(st.sampled_from((("spm",), ("url",)))), layout[1], "product")
    codes = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=2, unique=True))
    languages: dict[str, JSON] = {}
    for code in codes:
        script = draw(scripts())
        body_script = draw(st.sampled_from(tuple(WORDS)))
        language: dict[str, JSON] = {"body": draw(bodies(body_script, variables))}
        if header == "text":
            language["header"] = draw(phrases(script))
        elif header != "none":
            language["header"] = _medium(header)
        if kind not in NO_FOOTER and draw(st.booleans()):
            language["footer"] = draw(phrases(script))
        if row:
            language["buttons"] = draw(buttons(row))
        if kind == "limited_time_offer":
            offer: dict[str, JSON] = {"text": draw(phrases(script))[:16].strip()}
            language[kind] = offer | draw(maybe(has_expiration=st.booleans()))
        if cards:
            language["carousel"] = [draw(_cards(variables, *layout)) for _ in range(cards)]
        languages[code] = language
    return _document(draw, data | {"languages": languages})


@st.composite
def _cards(
    draw: st.DrawFn, variables: tuple[str, ...], row: tuple[str, ...], with_body: bool, medium: str
) -> dict[str, JSON]:
    card: dict[str, JSON] = {"header": _medium(medium)}
    if with_body:
        script = draw(st.sampled_from(tuple(WORDS)))
        named = bool(variables) and not variables[0].isdigit()
        if named:
            card["body"] = draw(bodies(script, variables[:1]))
        elif draw(st.booleans()):
            card["body"] = {"text": draw(bodies(script, ("1",))), "examples": [draw(samples())]}
        else:
            card["body"] = draw(bodies(script, ()))
    if row:
        card["buttons"] = draw(buttons(row))
    return card


def _medium(form: str) -> JSON:
    if form in ("location", "product"):
        return {"format": form}
    return {"format": form, "media": f"media/sample.{form[:3]}"}


def _options(category: str) -> st.SearchStrategy[dict[str, JSON]]:
    """Options of a template; at times of marketing, features that Meta may add to its pictures."""
    options = maybe(
        message_send_ttl_seconds=st.just(43200),
        cta_url_link_tracking_opted_out=st.booleans(),
        is_primary_device_delivery_only=st.booleans(),
    )
    feature: JSON = {"creative_features_spec": {"image_touchups": {"enroll_status": "opt_out"}}}
    features = maybe(degrees_of_freedom_spec=st.just(feature)) if category == "marketing" else st.just({})
    return st.tuples(options, features).map(lambda parts: {**parts[0], **parts[1]})


def documents() -> st.SearchStrategy[Document]:
    """Valid documents of every kind."""
    return st.one_of(
        message_documents(),
        composite_documents(),
        composite_documents(),
        authentication_documents(),
        library_documents(),
    )


def templates() -> st.SearchStrategy[Template]:
    """One template, in canonical form, of a valid document."""
    return documents().flatmap(lambda document: st.sampled_from(from_yaml(document).templates))
