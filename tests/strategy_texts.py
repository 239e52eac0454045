"""Hypothesis strategies for the parts of a message: names, texts in many scripts, samples, buttons."""

from __future__ import annotations

from hypothesis import strategies as st

from wasync.model.template import JSON

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
    "combining": (
        "cafe\u0301",
        "Z\u030cluty",
        "tie\u0302\u0301ng",
        "man\u0303ana",
        "A\u030angstro\u0308m",
        "gru\u0308n",
    ),
    "emoji": ("hello", "parcel", "📦", "soon", "👩🏽‍🚀", "thanks"),
}
PLAIN_SCRIPTS = tuple(script for script in WORDS if script != "emoji")
LANGUAGES = ("en_US", "es_MX", "ar", "hi", "zh_CN", "he", "th", "de", "pt_BR")
VARIABLES = ("first_name", "order_id", "city", "carrier")


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
    script = "latin" if script == "emoji" else script  # ten emoji are the most a body may have
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


FIXED_LABELS = {
    "catalog": "View catalog",
    "mpm": "View items",
    "spm": "View",
    "order_details": "Review and Pay",
    "request_contact_info": "Share Contact Info",
}


def maybe(
    **values: st.SearchStrategy[JSON] | st.SearchStrategy[str] | st.SearchStrategy[int],
) -> st.SearchStrategy[dict[str, JSON]]:
    """Each of these keys, or not."""
    return st.fixed_dictionaries({}, optional=values)


def _flows() -> st.SearchStrategy[dict[str, JSON]]:
    """Which flow, and where it begins."""
    source = st.sampled_from(
        [{"flow_id": "7300000000000001"}, {"flow_name": "booking"}, {"flow_json": '{"a": 1}'}]
    )
    begins = st.sampled_from(
        [{}, {"flow_action": "data_exchange"}, {"flow_action": "navigate", "navigate_screen": "DATES"}]
    )
    icon = maybe(icon=st.sampled_from(("document", "promotion", "review")))
    return st.tuples(source, begins, icon).map(lambda parts: {**parts[0], **parts[1], **parts[2]})


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
            case "app_link":
                link: JSON = {"meta_app_id": "2790000000000001", "android_deep_link": "shop://offer/7"}
                given.append(
                    {"type": "url", "text": text, "url": "https://shop.example/", "app_deep_link": link}
                )
            case "flow":
                given.append({"type": kind, "text": text, **draw(_flows())})
            case "voice_call":
                call: dict[str, JSON] = {"type": kind, "text": text[:20].strip()}
                given.append(call | draw(maybe(ttl_minutes=st.integers(1440, 43200))))
            case "catalog" | "mpm" | "spm" | "order_details" | "request_contact_info":
                given.append({"type": kind, **draw(maybe(text=st.just(FIXED_LABELS[kind])))})
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
