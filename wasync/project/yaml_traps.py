"""Why a file is not the YAML its author meant: parser errors in words, text cut by ` #`, wrong encodings.

Only imported when a file gives reason to: it looks at the source again, line by line, and takes its time.
"""

from __future__ import annotations

import re

from yaml import MarkedYAMLError, YAMLError
from yaml._yaml import CParser
from yaml.events import ScalarEvent, StreamEndEvent

from wasync.project.yaml_reader import QUOTE_IT, Spotted

# `  - key: value` or `  key: value`: what a line says about the text that stands on it.
_ENTRY = re.compile(
    r"""^(?P<lead>[ \t]*(?:- +)*)(?P<key>[\w.$-]+|"[^"]*"|'[^']*')[ ]*:[ \t]+(?P<value>\S.*?)\s*$"""
)
_ITEM = re.compile(r"^(?P<lead>[ \t]*(?:- +)+)(?P<value>\S.*?)\s*$")
_BLOCK_HEADER = re.compile(r"(?:^|[\s:-])[|>][0-9+-]{0,2}[ \t]*(?:#.*)?$")
_CUT = re.compile(r"[ \t]+#(?=\S)")

_STARTS = {
    "*": "text that starts with * must be quoted: without quotes * points to another place of the file",
    ">": "text that starts with > must be quoted: without quotes > says that the text follows below",
    "|": "text after | must start on the next line, indented",
    "`": "text that starts with a backtick must be quoted: without quotes no text can begin with it",
    "@": "text that starts with @ must be quoted: without quotes no text can begin with it",
    "%": "text that starts with % must be quoted: without quotes % begins an instruction",
    "&": "text that starts with & must be quoted: without quotes & names this place of the file",
    "!": "text that starts with ! must be quoted: without quotes ! begins an instruction",
    "{": "text that starts with { must be quoted: without quotes { begins a list of keys",
    "[": "text that starts with [ must be quoted: without quotes [ begins a list",
    "]": "text that starts with ] must be quoted: without quotes ] ends a list",
    "}": "text that starts with } must be quoted: without quotes } ends a list of keys",
    ",": "text that starts with a comma must be quoted: without quotes it separates items",
    "- ": "text that starts with a dash and a space must be quoted: without quotes it begins a list item",
    "? ": "text that starts with ? and a space must be quoted: without quotes it begins a key",
}


_BREAKS = "\r\n|[\r\n\x85\u2028\u2029]"
"""Where lines end to the parser, whose marks count them."""


def explain(data: bytes, error: YAMLError) -> Spotted:
    """The parser's error as a sentence with a way out. `data` has no byte order mark."""
    try:
        lines = re.split(_BREAKS, data.decode("utf-8"))
    except UnicodeDecodeError:
        return not_utf8(data)
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return _control_character(data, lines)
    mark = error.problem_mark
    line, column = mark.line, mark.column
    start = error.context_mark
    if error.problem == "found unexpected end of stream" and start is not None:
        fix = "Close it; a quote inside the text is written twice ('') or escaped (\\\")."
        return _at(start.line, start.column, "the quote that opens here is never closed", fix)
    tab = _tab(lines, line)
    if tab is not None:
        return tab
    in_text = _text_start(lines, line, column) or (start and _text_start(lines, start.line, start.column))
    if in_text:
        return in_text
    if error.problem == "could not find expected ':'" and start is not None:
        text = lines[start.line].strip() if start.line < len(lines) else ""
        if re.match(r"[\w-]+:\S", text):
            message, fix = "there is no space after the colon, so this is no key", "Write `key: value`."
        else:
            message = "this line is neither a key nor part of a text"
            fix = "Write `key: value`, or indent the line under the | it belongs to."
        return _at(start.line, start.column, message, fix, max(1, len(text)))
    return _generic(error, lines, line, column)


def _generic(error: MarkedYAMLError, lines: list[str], line: int, column: int) -> Spotted:
    context = error.context or ""
    here = lines[line][column : column + 1] if line < len(lines) else ""
    if "flow" in context and here in ("{", "[") and lines[line][:column].strip():
        message = f"inside {{}} and [] unquoted text ends where a {here} begins"
        return _at(line, column, message, f"Quote the whole text that holds the {here}.")
    if context in ("while scanning an anchor", "while scanning an alias") and error.context_mark:
        line, column = error.context_mark.line, error.context_mark.column
        message = f"unquoted text ends before this {lines[line][column : column + 1]}"
        return _at(line, column, message, "Quote the whole text that holds it.")
    if "flow" in context and (opened := _opened(error, lines, line)) is not None:
        number, at = opened
        hint = " A ` #` in it begins a comment." if _CUT.search(lines[number]) else ""
        message = f"the {lines[number][at]} that opens here is not closed where it should be"
        fix = f"Close it, and quote every text in it that holds a comma, a colon, # or a brace.{hint}"
        return _at(number, at, message, fix)
    if error.problem == "did not find expected key" and (unclosed := _unclosed(lines, line, column)):
        return unclosed
    match error.problem:
        case "did not find expected key" | "did not find expected '-' indicator":
            message = "this line does not fit the lines above it"
            fix = "Indent it like its neighbours; quote a text that holds quotes or braces, or use |."
        case "did not find expected <document start>":
            message = "the template above ends before this line"
            fix = "Remove what ends it, or begin another template with ---."
        case "mapping values are not allowed in this context":
            message = "a colon followed by a space cannot stand here"
            fix = f"{QUOTE_IT} if the colon belongs to a text; else indent the line like its neighbours."
        case "found unknown escape character":
            message = "inside double quotes a backslash begins an escape, and this is none"
            return _at(line, column, message, r"Write \\ for a backslash, or use single quotes.", 2)
        case _:
            message = f"this is not YAML: {error.problem or 'the parser stopped'}"
            fix = f"{QUOTE_IT} if this is text."
    return _at(line, column, message, fix)


def _unclosed(lines: list[str], line: int, column: int) -> Spotted | None:
    """The text above whose quote nobody closed, so that the next quote, just before this column, did."""
    before = lines[line][:column].rstrip() if line < len(lines) else ""
    if before[-1:] not in {'"', "'"}:
        return None
    for number in range(line - 1, -1, -1):
        found = _ENTRY.match(lines[number]) or _ITEM.match(lines[number])
        if found is not None and found["value"][0] in "\"'":
            if found["value"][0] != before[-1] or _closing(found["value"]) is not None:
                return None
            message = f"the quote that opens here is closed on line {line + 1} only, inside another text"
            return _at(number, found.start("value"), message, "Close it where its text ends.")
    return None


def _opened(error: MarkedYAMLError, lines: list[str], line: int) -> tuple[int, int] | None:
    """Where the bracket stands that the error is about."""
    mark = error.context_mark
    if (
        mark is not None
        and mark.line < len(lines)
        and lines[mark.line][mark.column : mark.column + 1] in set("{[")
    ):
        return mark.line, mark.column
    for number in range(min(line, len(lines) - 1), -1, -1):  # the nearest line that opens more than it closes
        depth = 0
        for at in range(len(lines[number]) - 1, -1, -1):
            depth += (lines[number][at] in "}]") - (lines[number][at] in "{[")
            if depth < 0:
                return number, at
    return None


def _at(line: int, column: int, message: str, fix: str, width: int = 1) -> Spotted:
    """A WA001; line and column as the parser counts, from 0."""
    return Spotted("WA001", line + 1, column + 1, message, fix, width)


def _text_start(lines: list[str], line: int, column: int) -> Spotted | None:
    """The trap in the text that line `line` gives to a key, if there is one."""
    if line >= len(lines):
        return None
    source = lines[line].rstrip("\r")
    entry = _ENTRY.match(source)
    found = entry or _ITEM.match(source)
    if found is None:
        return None
    value, at = found["value"], found.start("value")
    key = found["key"] if entry else ""
    if _BLOCK_HEADER.search(value[:4]):
        return None
    if value[0] in "{[" and not _closed_early(value):
        return None
    for start, message in _STARTS.items():
        if value.startswith(start):
            return _quote(line, at, message, key, value)
    if value[0] in "\"'":
        if column > at and (end := _closing(value)) is not None and value[end + 1 :].strip():
            message = "the quotes end before the text does"
            fix = "Use | and the next line, or write a quote inside the text twice ('') or escaped (\\\")."
            return _at(line, at + end, message, fix)
        return None
    # The `: ` inside a text, as in `body: Note: closed on Monday`.
    inner = value.find(": ")
    if inner >= 0 and column >= at:
        message = f"text that holds a colon and a space (`{value[: inner + 1]}`) must be quoted"
        return _quote(line, at, message, key, value)
    return None


def _quote(line: int, at: int, message: str, key: str, value: str) -> Spotted:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    shown = f'{key}: "{quoted}"' if key else f'"{quoted}"'
    fix = f"{QUOTE_IT} and put the text on the next line." if len(shown) > 60 else f"{QUOTE_IT}: {shown}"
    return _at(line, at, message, fix, len(value))


def _closed_early(value: str) -> bool:
    """Whether the bracket that opens `value` closes before its end: {{x}} update, [x] y."""
    depth = 0
    for index, letter in enumerate(value):
        depth += (letter in "{[") - (letter in "}]")
        if depth == 0:
            return bool(value[index + 1 :].split(" #")[0].strip())
    return False


def _closing(value: str) -> int | None:
    """Where the quote that opens `value` is closed."""
    quote, index = value[0], 1
    while index < len(value):
        if value[index] == "\\" and quote == '"':
            index += 1
        elif value[index] == quote:
            if quote == '"' or value[index + 1 : index + 2] != "'":
                return index
            index += 1
        index += 1
    return None


def _tab(lines: list[str], line: int) -> Spotted | None:
    """The tab that indents line `line`, or stands where YAML wants a space."""
    source = lines[line] if line < len(lines) else ""
    indent = source[: len(source) - len(source.lstrip())]
    if "\t" not in indent:
        return None
    fix = "Replace the tab with spaces; in an editor, let Tab write two of them."
    return _at(line, indent.index("\t"), "a tab indents this line; only spaces can", fix)


def _control_character(data: bytes, lines: list[str]) -> Spotted:
    if data.count(0) * 4 > len(data):
        return not_utf8(data)
    for number, line in enumerate(lines):
        for column, letter in enumerate(line):
            if not (letter.isprintable() or letter in "\t\r" or ord(letter) >= 0xA0):
                message = f"the control character U+{ord(letter):04X} cannot stand in a file"
                return _at(number, column, message, "Delete it.")
    return Spotted("WA001", 1, 1, "this is not YAML", "Save it as UTF-8 text.")


def not_utf8(data: bytes) -> Spotted:
    """Say which encoding the file seems to have, at its first byte that is not UTF-8."""
    fix = "Save the file as UTF-8."
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:200].count(0) * 4 > len(data[:200]):
        return Spotted("WA009", 1, 1, "the file is UTF-16, not UTF-8", fix)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].split(b"\n")
        column = len(before[-1].decode("utf-8")) + 1
        byte = data[error.start]
        guess = bytes([byte]).decode("cp1252", errors="replace")
        hint = f" (in Latin-1 it is {guess})" if guess.isprintable() and guess != "\ufffd" else ""
        return Spotted("WA009", len(before), column, f"the file is not UTF-8: byte 0x{byte:02X}{hint}", fix)
    return Spotted("WA009", 1, 1, "the file is not UTF-8", fix)


def with_first(data: bytes, spotted: list[Spotted]) -> list[Spotted]:
    """The same, with the line of the first one named for each key that is given twice."""
    lines = data.decode("utf-8", errors="replace").split("\n")
    return [_with_first(lines, one) if one.rule == "WA002" else one for one in spotted]


def _with_first(lines: list[str], one: Spotted) -> Spotted:
    column = one.column - 1
    key = lines[one.line - 1][column : column + one.width]
    for number in range(one.line - 2, -1, -1):
        line = lines[number]
        if line.strip() and _indent(line) < column and line[:column].strip(" -"):
            break
        if line[column:].startswith(key) and line[column + len(key) :].lstrip().startswith(":"):
            return one._replace(message=f"{one.message} (the first stands on line {number + 1})")
    return one


def cut_short(data: bytes) -> list[Spotted]:
    """Texts that a ` #` cuts short, since YAML takes the rest for a comment."""
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return []
    hashes = [number for number, line in enumerate(lines) if " #" in line or "\t#" in line]
    suspects = {number for number in hashes if _may_be_cut(lines, number)}
    if not suspects:
        return []
    found: list[Spotted] = []
    parser = CParser(data)
    try:
        while not isinstance(event := parser.get_event(), StreamEndEvent):
            if not isinstance(event, ScalarEvent) or event.style or event.end_mark is None:
                continue
            line, end = event.end_mark.line, event.end_mark.column
            if line in suspects and (cut := _CUT.match(lines[line], end)):
                lost = lines[line][cut.end() - 1 :].rstrip()
                said = f"the text ends at `{event.value}`" if event.value else "the text is empty"
                message = f"{said}: what follows ` #` is a comment, which nobody gets"
                fix = f"{QUOTE_IT} if `{lost}` belongs to the text; for a comment put a space after #."
                found.append(Spotted("WA005", line + 1, cut.end(), message, fix, len(lost)))
    except YAMLError:
        pass  # reported by the reader already
    return found


def _may_be_cut(lines: list[str], number: int) -> bool:
    """Cheaply: whether a ` #` of this line may cut a text. False only where it surely does not."""
    line = lines[number]
    cut = _CUT.search(line)
    if cut is None or not line[: cut.start()].strip():
        return False
    entry = _ENTRY.match(line) or _ITEM.match(line)
    if entry and entry["value"][0] in "\"'" and (end := _closing(entry["value"])) is not None:
        return (
            False if entry["value"][end + 1 :].strip() == "" else bool(_CUT.search(entry["value"], end + 1))
        )
    return not _in_block(lines, number)


def _in_block(lines: list[str], number: int) -> bool:
    """Whether the line stands inside a block scalar: a line it is indented under ends in | or >."""
    indent = _indent(lines[number])
    while number > 0 and indent > 0:
        number -= 1
        line = lines[number]
        if line.strip() and _indent(line) < indent:
            if _BLOCK_HEADER.search(line):
                return True
            indent = _indent(line)
    return False


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
