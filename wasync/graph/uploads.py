"""Resumable upload of a media sample: session, bytes, and where to go on after a break."""

from __future__ import annotations

from io import SEEK_SET
from typing import BinaryIO

from wasync.graph.calls import Calls, Request
from wasync.graph.errors import unexpected
from wasync.graph.retry import Repeat
from wasync.model.errors import GraphError
from wasync.model.template import JSON

_BREAKS = 5
"""How many times a broken upload is taken up again before giving up."""


def upload(calls: Calls, app_id: str, content: BinaryIO, size: int, file_name: str, mime: str) -> str:
    """Upload `size` bytes of a seekable file and return the handle (docs/meta-api.md, section A2).

    Nothing here changes a template, so whatever broke may be done again: bytes Meta has are not sent twice.
    """
    doing = f"upload {file_name}"
    params = {"file_name": file_name, "file_length": str(size), "file_type": mime}
    start = Request("POST", f"{app_id}/uploads", doing, params=params)
    session = calls.ask(start).get("id")
    if not isinstance(session, str) or not session.startswith("upload:"):
        raise unexpected("Meta opened no upload session", calls.context(start))
    offset = 0
    for _ in range(_BREAKS):
        sending = _send(session, content, offset, size, doing)
        answer: dict[str, JSON] = {}
        try:
            answer = calls.ask(sending)
        except GraphError as error:
            if not error.uncertain:
                raise
            broken = error
        else:
            broken = unexpected("Meta took the file and gave no handle", calls.context(sending))
        handle = answer.get("h")
        if isinstance(handle, str) and handle:
            return handle
        offset = _offset(calls, session, size, doing)
    broken.uncertain = False
    raise broken


def _send(session: str, content: BinaryIO, offset: int, size: int, doing: str) -> Request:
    def rest() -> BinaryIO | bytes:
        content.seek(offset, SEEK_SET)
        # requests sends an exhausted file in chunks of unknown length; no bytes at all are a plain body.
        return content if offset < size else b""

    headers = {"file_offset": str(offset), "Content-Type": "application/octet-stream"}
    # Meta wants the scheme OAuth here, not Bearer. A lost answer comes back here, to ask for the offset.
    return Request("POST", session, doing, Repeat.UNLESS_DONE, stream=rest, headers=headers, scheme="OAuth")


def _offset(calls: Calls, session: str, size: int, doing: str) -> int:
    """How many bytes Meta has."""
    asking = Request("GET", session, f"take up the broken work: {doing}", scheme="OAuth")
    offset = calls.ask(asking).get("file_offset")
    # Documented as a number; accept its digits as text too.
    number = int(offset) if isinstance(offset, str) and offset.isdecimal() else offset
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= size:
        raise unexpected("Meta did not say how much of the file it has", calls.context(asking))
    return number
