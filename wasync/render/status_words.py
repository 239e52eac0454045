"""Meta's statuses as people say them."""

from __future__ import annotations

from wasync.render.colour import Style
from wasync.render.safe_text import safe

_WORDS = {
    "PENDING": "in review",
    "IN_APPEAL": "in appeal",
    "PENDING_DELETION": "being deleted",
    "LIMIT_EXCEEDED": "over the limit",
}
_STYLES = {
    "APPROVED": Style.ADDED,
    "PENDING": Style.CHANGED,
    "IN_APPEAL": Style.CHANGED,
    "PAUSED": Style.CHANGED,
    "REJECTED": Style.REMOVED,
    "DISABLED": Style.REMOVED,
}


def status_word(status: str) -> str:
    """A status in words; one we do not know as Meta writes it, in lower case."""
    return _WORDS.get(status.upper()) or safe(status.lower().replace("_", " "))


def status_style(status: str) -> Style:
    """How loud a status is."""
    return _STYLES.get(status.upper(), Style.DIM)
