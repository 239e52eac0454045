"""The patterns a new template begins from: the files of examples/kinds, in one language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

PATTERNS = {
    "text_named": "header, body, footer and quick replies; variables have names",
    "text_positional": "a text whose variables have numbers: {{1}}",
    "header_image": "a picture above the text",
    "header_video": "a film above the text",
    "header_document": "a PDF above the text",
    "header_gif": "a short film that plays by itself",
    "header_location": "a place on the map above the text",
    "product": "one product of the catalog",
    "products": "several products of the catalog",
    "catalog": "a button that opens the catalog",
    "button_url": "a button that opens a page, one that calls a phone",
    "button_app": "a button that opens your app",
    "coupon": "a code to copy",
    "limited_time_offer": "an offer with a clock, and a code to copy",
    "carousel_media": "cards to swipe, with pictures",
    "carousel_products": "cards to swipe, with products",
    "flow_by_id": "a form (flow), by its id",
    "flow_by_name": "a form (flow), by its name",
    "flow_by_json": "a form (flow), written in the file",
    "order_details": "a bill to pay in the chat",
    "order_details_marketing": "the same as an offer: a cart to pay",
    "order_status": "news about an order that was paid in the chat",
    "voice_call": "a button that calls you on WhatsApp",
    "call_permission": "asks whether you may call",
    "contact_info": "asks for the phone number",
    "code_copy": "a passcode to copy; Meta writes the text",
    "code_one_tap": "a passcode that one tap hands to your Android app",
    "code_zero_tap": "a passcode that your Android app takes by itself",
    "library_delivery": "a text from Meta's library",
    "options_marketing": "marketing with Meta's options: how long it is tried, clicks, pictures",
    "options_utility": "utility with Meta's options: how long it is tried, phone only",
}
"""Each pattern and what it is good for, from the plain to the rare."""
_MEDIA = re.compile(r"(?<=media: )[\w./]+")


class Pattern(NamedTuple):
    """A template's text, and the media it shows, by path beside it."""

    text: str
    media: dict[str, bytes]


def pattern(name: str, language: str) -> Pattern:
    """The pattern in this language; its words stay English. KeyError for a name PATTERNS does not have."""
    if name not in PATTERNS:
        raise KeyError(name)
    folder = _folder()
    text = (folder / f"{name}.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^languages: \[.*\]$", f"languages: [{language}]", text, flags=re.MULTILINE)
    text = re.sub(r"^  en_US:", f"  {language}:", text, flags=re.MULTILINE)
    paths = sorted(set(_MEDIA.findall(text)))
    return Pattern(text, {path: (folder / path).read_bytes() for path in paths})


def _folder() -> Path:
    # The wheel holds wasync/patterns; a checkout does not. See checks/schema_files.py.
    package = Path(__file__).parents[1]
    packaged = package / "patterns"
    return packaged if packaged.is_dir() else package.parent / "examples" / "kinds" / "templates"
