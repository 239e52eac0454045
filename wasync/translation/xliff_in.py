"""Read XLIFF 2 from translators. It is untrusted: no DOCTYPE, no entities, bounded size and depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn
from xml.parsers import expat

from wasync.model.errors import WasyncError
from wasync.model.template import Place
from wasync.translation.delivery import MOST, Delivery, Received, check_size, is_language, language_of
from wasync.translation.texts import KEPT, one_line_end
from wasync.translation.xliff_out import NAMESPACE

_DEEPEST = 64
_STATES = frozenset({"initial", "translated", "reviewed", "final"})
_FAMILY = "urn:oasis:names:tc:xliff:document:"
_CORE = frozenset({NAMESPACE, f"{_FAMILY}2.2"})
_OURS = "A program for translators must keep what wasync wrote around the texts; export again."


def read_xliff(file: str, data: bytes) -> Delivery:
    """What the document delivers; `file` names it in places. Raises WasyncError at the first thing amiss."""
    check_size(file, data)
    reader = _Reader(file)
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        place = Place(file, error.lineno, error.offset + 1)
        raise WasyncError(
            f"This is no well-formed XML: {expat.ErrorString(error.code)}.",
            "Let the program that wrote it write it again.",
            place,
        ) from error
    except (LookupError, ValueError) as error:
        raise WasyncError(f"{file}: its encoding cannot be read: {error}.", "Save it as UTF-8.") from error
    return Delivery(reader.source, reader.language, tuple(reader.received))


class _Segment:
    """One segment, or the ignorable text between two."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.source: list[str] = []
        self.target: list[str] | None = None


class _Reader:
    """Handlers for one document. Elements of other namespaces are passed over with all they hold."""

    def __init__(self, file: str) -> None:
        self.source = self.language = ""
        self.received: list[Received] = []
        self._file, self._name, self._unit = file, "", ""
        self._units: set[tuple[str, str]] = set()
        self._stack: list[str] = []
        self._passed_over = 0
        self._data: dict[str, str] = {}
        self._data_id = ""
        self._segments: list[_Segment] = []
        self._place = Place(file, 1)
        self._text: list[str] | None = None
        parser = self.parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def _here(self) -> Place:
        return Place(self._file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _refuse(self, message: str, fix: str = _OURS) -> NoReturn:
        raise WasyncError(message, fix, self._here())

    def _doctype(self, *_: object) -> None:
        self._refuse(
            "The document has a DOCTYPE, which XLIFF needs nowhere and which can hide other files' content.",
            "Remove it, if you trust who sent this.",
        )

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        space, _, element = name.rpartition(" ")
        if len(self._stack) + self._passed_over >= _DEEPEST:
            self._refuse(f"Elements are nested more than {_DEEPEST} deep.", "Export again.")
        if not self._stack:
            self._root(space, element, attributes)
        if self._passed_over or space not in _CORE:
            self._passed_over += 1
            return
        self._stack.append(element)
        match element:
            case "file":
                self._name = attributes.get("id", "")
            case "unit":
                self._begin_unit(attributes.get("id", ""))
            case "data":
                self._data_id, self._text = attributes.get("id", ""), []
            case "segment":
                state = attributes.get("state", "initial")
                if state not in _STATES:
                    self._refuse(
                        f"The state {state!r} is none XLIFF 2 knows.",
                        "Use one of: initial, translated, reviewed, final.",
                    )
                self._segments.append(_Segment(state))
            case "ignorable":
                self._segments.append(_Segment(""))
            case "source" | "target" if self._segments:
                self._begin_text(element)
            case _ if self._text is not None:
                self._inline(element, attributes)

    def _root(self, space: str, element: str, attributes: Mapping[str, str]) -> None:
        if element != "xliff" or space not in _CORE:
            version = space.removeprefix(_FAMILY) if space.startswith(_FAMILY) else ""
            what = f"XLIFF {version}" if version else f"a document of <{element}>"
            self._refuse(f"This is {what}, not XLIFF 2.", "Have it saved as XLIFF 2.0, or use --format csv.")
        source, language = attributes.get("srcLang"), attributes.get("trgLang")
        if not source or not language:
            self._refuse("The document does not say its languages.", "It needs srcLang= and trgLang=.")
        self.source, self.language = language_of(source), language_of(language)
        if not is_language(self.language):
            self._refuse(f"trgLang={language!r} is no language of WhatsApp's.", "Write one such as es-MX.")

    def _begin_unit(self, unit: str) -> None:
        if (self._name, unit) in self._units:
            self._refuse(f"{self._name}: the unit {unit} is here twice.", "Remove one of them.")
        self._units.add((self._name, unit))
        if len(self._units) > MOST:
            self._refuse(f"There are more than {MOST:,} units.", "Export fewer templates at a time.")
        self._unit, self._data, self._segments, self._place = unit, {}, [], self._here()

    def _begin_text(self, element: str) -> None:
        segment = self._segments[-1]
        if element == "source":
            self._text = segment.source
            return
        if segment.target is None and all(one.target is None for one in self._segments):
            self._place = self._here()
        self._text = segment.target = []

    def _inline(self, element: str, attributes: Mapping[str, str]) -> None:
        assert self._text is not None  # noqa: S101 asked by the caller
        match element:
            case "ph":
                piece = self._data.get(attributes.get("dataRef", ""), attributes.get("disp", ""))
                if not KEPT.fullmatch(piece):
                    self._refuse("This <ph> stands for no variable of the template.")
                self._text.append(piece)
            case "cp":
                self._text.append(self._named_character(attributes.get("hex", "")))
            case "mrk" | "sm" | "em":
                pass  # remarks of translators; the text inside is theirs
            case _:
                self._refuse(
                    f"<{element}> is markup that a template cannot hold.",
                    "WhatsApp's markup is typed: *bold*, _italic_. Remove the element, keep its text.",
                )

    def _named_character(self, number: str) -> str:
        try:
            letter = chr(int(number, 16))
        except (ValueError, OverflowError):
            letter = "\ud800"
        if "\ud800" <= letter <= "\udfff":
            self._refuse("This <cp> names no character: its hex= is no code point.")
        return letter

    def _characters(self, text: str) -> None:
        if self._text is not None and not self._passed_over:
            self._text.append(text)

    def _end(self, _name: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
            return
        match self._stack.pop():
            case "data":
                self._data[self._data_id] = "".join(self._text or ())
                self._text = None
            case "source" | "target":
                self._text = None
            case "unit":
                self.received.append(self._whole())

    def _whole(self) -> Received:
        """The unit as one text, also where a program has cut it into segments."""
        source = "".join(piece for one in self._segments for piece in one.source)
        told = [one for one in self._segments if one.state]
        parts = [
            one.source if one.target is None and not one.state else one.target or [] for one in self._segments
        ]
        target = one_line_end("".join(piece for part in parts for piece in part))
        done = bool(target.strip()) and all(one.state != "initial" and one.target is not None for one in told)
        return Received(self._name, self._unit, one_line_end(source), target, done, self._place)
