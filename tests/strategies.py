"""Hypothesis strategies: valid documents and templates of every kind, in many scripts."""

from __future__ import annotations

from hypothesis import strategies as st

from wasync.canonical import from_yaml
from wasync.model.template import JSON, Document, Template

WORDS: dict[str, tuple[str, ...]] = {
    "latin": (
        "your",
        "order",
        "left",
        "warehouse",
        "today",
        "señor",
        "über",
        "Yes",
        "10:30",
        "012",
        "no",
        "#4",
    ),
    "arabic": ("مرحبا", "طلبك", "في", "الطريق", "اليوم", "شكرا"),
    "hindi": ("नमस्ते", "आपका", "ऑर्डर", "आज", "निकल", "गया"),
    "chinese": ("您好", "您的", "订单", "已经", "发货", "谢谢"),
    "hebrew": ("שלום", "ההזמנה", "שלך", "בדרך", "היום", "תודה"),
    "thai": ("สวัสดี", "คำสั่งซื้อ", "ของคุณ", "วันนี้", "ขอบคุณ", "ครับ"),
    "emoji": ("hello", "parcel", "📦", "soon", "👩🏽‍🚀", "thanks"),
}
PLAIN_SCRIPTS = tuple(script for script in WORDS if script != "emoji")
LANGUAGES = ("en_US", "es_MX", "ar", "hi", "zh_CN", "he", "th", "de", "pt_BR")
VARIABLES = ("first_name", "order_id", "city", "carrier")

json_values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
"""Any JSON."""


def scripts() -> st.SearchStrategy[str]:
    """The name of a script that headers, footers and labels may be in."""
    return st.sampled_from(PLAIN_SCRIPTS)


def names() -> st.SearchStrategy[str]:
    """Template names: lower-case letters, digits, underscores."""
    return st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=20).map("t_{}".format)


@st.composite
def phrases(draw: st.DrawFn, script: str, min_size: int = 1, max_size: int = 3) -> str:
    """A few words of a script, on one line."""
    words = st.sampled_from(WORDS[script])
    return " ".join(draw(st.lists(words, min_size=min_size, max_size=max_size)))


@st.composite
def bodies(draw: st.DrawFn, script: str, variables: tuple[str, ...]) -> str:
    """A body with each variable once: none at its edges, none side by side, words enough for all."""
    text = draw(phrases(script, 4, 6))
    for variable in draw(st.permutations(variables)):
        ending = draw(st.sampled_from((" ", ", ", ".\n\n", "! ")))
        text += f" {{{{{variable}}}}}{ending}{draw(phrases(script, 4, 6))}"
    return text + draw(st.sampled_from((".", "", "?")))


@st.composite
def labels(draw: st.DrawFn, count: int) -> list[str]:
    """Button labels, all different, up to 25 characters."""
    script = draw(scripts())
    label = phrases(script, 1, 2).map(lambda text: text.lstrip("#")[:25].strip())
    return draw(st.lists(label, min_size=count, max_size=count, unique=True))


@st.composite
def buttons(draw: st.DrawFn, kinds: tuple[str, ...]) -> list[JSON]:
    """Buttons of these kinds, as a file writes them."""
    texts = draw(labels(len(kinds)))
    given: list[JSON] = []
    for kind, text in zip(kinds, texts, strict=True):
        match kind:
            case "url":
                suffix = draw(st.sampled_from(("", "{{1}}")))
                button: dict[str, JSON] = {
                    "type": kind,
                    "text": text,
                    "url": f"https://shop.example/t/{suffix}",
                }
                given.append(button | ({"example": draw(samples())} if suffix else {}))
            case "phone_number":
                digits = draw(st.from_regex(r"1555[0-9]{7}", fullmatch=True))
                written = draw(st.sampled_from(("+{}", "{}", "+1 {}")))
                given.append({"type": kind, "text": text, "phone_number": written.format(digits)})
            case "copy_code":
                given.append({"type": kind, "example": draw(st.sampled_from(("SAVE25", "0012")))})
            case _:
                given.append({"type": kind, "text": text})
    return given


def button_kinds(category: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Kinds of buttons that may stand together in this order."""
    kinds: list[tuple[str, ...]] = [
        (),
        ("quick_reply",),
        ("quick_reply", "quick_reply", "url"),
        ("url", "phone_number"),
        ("url", "url", "quick_reply"),
    ]
    if category == "marketing":
        kinds.append(("quick_reply", "copy_code"))
    return st.sampled_from(kinds)


def samples() -> st.SearchStrategy[str]:
    """Sample values of variables."""
    return st.sampled_from(("Ana", "A-10293", "0012", "لوسيا", "आना", "10:30", "true", "ż", "5 %"))


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
    """Authentication with copy_code, its languages as a list or as a map with labels."""
    authentication: dict[str, JSON] = {"otp": {"type": "copy_code"}}
    if draw(st.booleans()):
        authentication["add_security_recommendation"] = draw(st.booleans())
    if draw(st.booleans()):
        authentication["code_expiration_minutes"] = draw(st.integers(1, 90))
    codes = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=4, unique=True))
    languages: JSON = [*codes]
    if draw(st.booleans()):
        label: JSON = {"authentication": {"otp": {"text": draw(labels(1))[0]}}}
        languages = {code: label if draw(st.booleans()) else {} for code in codes}
    return _document(
        draw, {"category": "authentication", "authentication": authentication, "languages": languages}
    )


def documents() -> st.SearchStrategy[Document]:
    """Valid documents of every kind."""
    return st.one_of(message_documents(), message_documents(), authentication_documents())


def templates() -> st.SearchStrategy[Template]:
    """One template, in canonical form, of a valid document."""
    return documents().flatmap(lambda document: st.sampled_from(from_yaml(document).templates))
