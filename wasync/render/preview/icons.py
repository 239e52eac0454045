"""The few signs that messages carry, drawn as paths of a 24 x 24 square for HTML and SVG alike."""

from __future__ import annotations

from collections.abc import Mapping

ICONS: Mapping[str, str] = {
    "reply": "M10 6 4 12l6 6M4 12h10a6 6 0 0 1 6 6v1",
    "open": "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
    "phone": "M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3Z",
    "copy": "M9 9h11v11H9ZM5 15H4V4h11v1",
    "list": "M9 6h11M9 12h11M9 18h11M4 6h.5M4 12h.5M4 18h.5",
    "form": "M5 3h14v18H5ZM9 8h6M9 12h6M9 16h3",
    "bag": "M5 8h14l1 13H4ZM9 11V6a3 3 0 0 1 6 0v5",
    "person": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 21a8 8 0 0 1 16 0",
    "image": "M3 5h18v14H3ZM3 16l5-5 4 4 4-5 5 6M8 9.5h.5",
    "video": "M3 5h18v14H3ZM10 9l5 3-5 3Z",
    "document": "M6 3h8l5 5v13H6ZM14 3v5h5",
    "place": "M12 21s7-6.5 7-11a7 7 0 0 0-14 0c0 4.5 7 11 7 11ZM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
    "gift": "M4 11h16v10H4ZM3 7h18v4H3ZM12 7v14M12 7c-6 0-5-5-2-4s2 4 2 4 0-3 2-4 4 4-2 4Z",
}

_BUTTONS = {
    "quick_reply": "reply",
    "url": "open",
    "phone_number": "phone",
    "voice_call": "phone",
    "copy_code": "copy",
    "otp": "copy",
    "flow": "form",
    "order_details": "form",
    "catalog": "bag",
    "spm": "bag",
    "request_contact_info": "person",
}
_PICTURES = {
    "image": "image",
    "gif": "video",
    "video": "video",
    "document": "document",
    "location": "place",
    "product": "bag",
}


def button_icon(kind: str) -> str:
    """The name of the sign before a button's label."""
    return _BUTTONS.get(kind, "list")


def picture_icon(kind: str) -> str:
    """The name of the sign that stands for a medium."""
    return _PICTURES.get(kind, "image")


def sprite() -> str:
    """All signs as symbols for one HTML page, to be used by `#i-name`."""
    symbols = "".join(
        f'<symbol id="i-{name}" viewBox="0 0 24 24"><path d="{path}"/></symbol>'
        for name, path in ICONS.items()
    )
    return f'<svg class="sprite" aria-hidden="true" focusable="false">{symbols}</svg>'
