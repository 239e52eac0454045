"""The `fields` parameter: names, nested selections and modifiers, as `a,b{c},edge.limit(5){d}`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from wasync.emulator.refusals import RefusalError
from wasync.emulator.shapes import JSON, Row


@dataclass(slots=True)
class Field:
    """One field asked for: what of it, and with which modifiers."""

    name: str
    inside: list[Field] = field(default_factory=list)
    modifiers: dict[str, str] = field(default_factory=dict)


def parse(given: str) -> list[Field]:
    """Read a `fields` parameter; code 2500 on anything malformed."""
    pieces = iter([*re.findall(r"[A-Za-z_][\w]*|\([^()]*\)|[,{}.]|\S", given), ""])
    found, end = _level(pieces)
    if end:
        raise _malformed(given)
    return found


def _level(pieces: Iterator[str]) -> tuple[list[Field], str]:
    found: list[Field] = []
    for piece in pieces:
        if piece in {"", "}"}:
            return found, piece
        if piece == ",":
            continue
        if piece == "{" and found:
            found[-1].inside, end = _level(pieces)
            if end != "}":
                raise _malformed(piece)
        elif piece == "." and found:
            modifier, argument = next(pieces), next(pieces, "")
            if not argument.startswith("("):
                raise _malformed(modifier)
            found[-1].modifiers[modifier] = argument[1:-1]
        elif re.fullmatch(r"[A-Za-z_]\w*", piece):
            found.append(Field(piece))
        else:
            raise _malformed(piece)
    return found, ""


def _malformed(where: str) -> RefusalError:
    return RefusalError(2500, f"Syntax error in the fields parameter near '{where}'")


def pick(value: JSON, inside: list[Field]) -> JSON:
    """What a nested selection leaves of a value."""
    if not inside:
        return value
    if isinstance(value, list):
        return [pick(one, inside) for one in value]
    if isinstance(value, dict):
        found: Row = {one.name: pick(value[one.name], one.inside) for one in inside if one.name in value}
        return found | ({"id": value["id"]} if "id" in value else {})
    return value
