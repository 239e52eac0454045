"""Reading JSON whose shape nobody has checked yet: a wrong kind reads as empty, never as an error."""

from __future__ import annotations

from typing import TypeAlias

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"
Row: TypeAlias = "dict[str, JSON]"


def row(value: JSON) -> Row:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def rows(value: JSON) -> list[Row]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def listed(value: JSON) -> list[JSON]:
    """The list; a lone value counts as a list of one, None as an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text(value: JSON) -> str:
    """The text, or an empty one; a number as Graph would print it."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def texts(value: JSON) -> list[str]:
    """The texts of a list; a lone text counts as a list of one."""
    return [text(item) for item in listed(value)]


def number(value: JSON, default: float = 0) -> float:
    """The number, also when it was sent as text (forms and queries know only text)."""
    if isinstance(value, bool):
        return default
    if isinstance(value, int | float):
        return value
    try:
        return float(value) if isinstance(value, str) else default
    except ValueError:
        return default


def whole(value: JSON, default: int = 0) -> int:
    """The whole number, also when it was sent as text."""
    return int(number(value, default))


def flag(value: JSON) -> bool:
    """Whether a boolean is set, also when it was sent as text."""
    return value is True or value == 1 or (isinstance(value, str) and value.lower() in {"true", "1"})


def upper(value: JSON) -> str:
    """An enum value the way Graph stores it."""
    return text(value).upper()
