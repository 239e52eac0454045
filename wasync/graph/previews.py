"""Meta's own text of authentication templates, as its preview endpoint gives it."""

from __future__ import annotations

from wasync.model.live import Written
from wasync.model.template import JSON


def read_written(row: JSON) -> tuple[str, Written]:
    """One row as language and texts; the language is "" where the row names none."""
    found = row if isinstance(row, dict) else {}
    buttons = found.get("buttons")
    button = buttons[0] if isinstance(buttons, list) and buttons else None
    labels = button if isinstance(button, dict) else {}
    texts = (
        found.get("body"),
        found.get("footer"),
        labels.get("text"),
        labels.get("autofill_text"),
    )
    language = found.get("language")
    return (
        language if isinstance(language, str) else "",
        Written(*(text if isinstance(text, str) and text else None for text in texts)),
    )
