"""The resumable upload of header samples (docs/meta-api.md, section A2)."""

from __future__ import annotations

import base64
import hashlib

from wasync.emulator.call import Answer, Call
from wasync.emulator.reading import media_name
from wasync.emulator.refusals import bad_token, parameter, unknown_object
from wasync.emulator.shapes import whole
from wasync.emulator.store import Upload, World

KEPT = 1024 * 1024
"""Samples up to so many bytes can be read back at their address; larger ones answer 404."""
FILE_TYPES = ("application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4")


def start(call: Call) -> Answer:
    """`POST /{APP_ID}/uploads`: announce name, length and type; gives the session."""
    kind, length = call.word("file_type"), whole(call.params.get("file_length"))
    if not call.word("file_name"):
        raise parameter("The parameter file_name is required.")
    if length <= 0:
        raise parameter("Param file_length must be an integer greater than or equal to 1")
    if kind not in FILE_TYPES:
        raise parameter(f"Param file_type must be one of {{{', '.join(FILE_TYPES)}}}")
    call.world.serial += 1
    session = base64.urlsafe_b64encode(f"1:attachment:{call.world.serial:08d}".encode()).decode().rstrip("=")
    upload = Upload(f"upload:{session}", call.node, call.word("file_name"), kind, length)
    call.world.uploads[upload.id] = upload
    return Answer({"id": upload.id})


def session(call: Call) -> Answer:
    """`POST /upload:<session>` takes bytes, `GET` says how far they got."""
    upload = call.world.uploads.get(call.node)
    if upload is None:
        raise unknown_object(call.method, call.node)
    if not call.bearer:
        raise bad_token("An upload session needs the header 'Authorization: OAuth <token>'")
    if call.method == "GET":
        return Answer({"id": upload.id, "file_offset": upload.received})
    if call.file_offset != upload.received:
        raise parameter(f"Header file_offset must be {upload.received}")
    if upload.received + len(call.data) > upload.length:
        raise parameter(f"More bytes than file_length ({upload.length}) were sent")
    upload.received += len(call.data)
    if upload.length <= KEPT:
        upload.content = base64.b64encode(base64.b64decode(upload.content) + call.data).decode()
    if upload.received < upload.length:
        return Answer({"id": upload.id, "file_offset": upload.received})
    digest = hashlib.sha256(f"{upload.id}:{upload.file_name}".encode()).digest()
    upload.handle = "4::" + base64.b64encode(upload.file_type.encode()).decode() + ":ARb" + digest.hex()
    call.world.handles[upload.handle] = upload.id
    return Answer({"h": upload.handle})


def sample(world: World, name: str) -> tuple[bytes, str] | None:
    """The bytes and type of the sample whose address ends in this file name; None when they were not kept."""
    stem = name.partition(".")[0]
    for handle, upload_id in world.handles.items():
        upload = world.uploads[upload_id]
        if upload.content and media_name(handle) == stem:
            return base64.b64decode(upload.content), upload.file_type
    return None
