"""Texts of other people inside generated code: they stay inside their literal or comment.

Whoever writes a template controls its text. What does not print (line ends of every kind, bidi marks,
invisible letters, halves of surrogate pairs) is written as an escape; letters of every script stay readable.
"""

from __future__ import annotations

from wasync.render.safe_text import safe

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def python_literal(text: str) -> str:
    """The text as a Python string literal in double quotes."""
    return f'"{"".join(_python(char) for char in text)}"'


def typescript_literal(text: str) -> str:
    """The text as a TypeScript string literal in double quotes; it is JSON too."""
    return f'"{"".join(_typescript(char) for char in text)}"'


def comment(text: str) -> str:
    """The text as the rest of a one-line comment: no line ends, whatever a language counts as one."""
    return safe(text)


def _python(char: str) -> str:
    if char in _ESCAPES or _prints(char):
        return _ESCAPES.get(char, char)
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _typescript(char: str) -> str:
    if char in _ESCAPES or _prints(char):
        return _ESCAPES.get(char, char)
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def _prints(char: str) -> bool:
    return char == " " or (char.isprintable() and safe(char) == char)
