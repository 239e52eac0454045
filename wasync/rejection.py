"""What Meta's reasons for a rejection mean, and what to change (docs/meta-api.md, section F)."""

from __future__ import annotations

_ADVICE = {
    "ABUSIVE_CONTENT": "It threatens, insults, or asks for what Meta's policy forbids. Take that out.",
    "CATEGORY_NOT_AVAILABLE": (
        "The account may not have templates of this category now. Choose another, or ask Meta's support."
    ),
    "INCORRECT_CATEGORY": (
        "The text is of another category than the file says. Change either: Meta lets the category of a"
        " rejected template be edited."
    ),
    "INVALID_FORMAT": (
        "Its form is broken: variables at an end, out of order or too many for so few words, samples that do"
        " not fit, links that do not work. Run wasync validate, and look at what it warns of."
    ),
    "PROMOTIONAL": "It reads as marketing. Take the offer out, or set category: marketing.",
    "SCAM": (
        "Meta takes it for fraud. Name the business, link to its own domain without a shortener, and ask for"
        " no money or secrets."
    ),
    "TAG_CONTENT_MISMATCH": (
        "The text does not fit the category or the language asked for, or another template says the same."
        " Change the text or the category."
    ),
}


def advice(reason: str | None) -> str:
    """What a reason means and what to change; "" for one that only Meta knows.

    Body and footer that another template has are rejected too, and no reason is documented for that.
    """
    if reason is None:
        return "Meta names no reason here; WhatsApp Manager may. Another template may say the same."
    return _ADVICE.get(reason.upper(), "")
