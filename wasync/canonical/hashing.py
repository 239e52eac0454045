"""Fingerprints of plain data."""

from __future__ import annotations

import json
from hashlib import sha256

from wasync.model.template import JSON

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def fingerprint(value: JSON) -> str:
    """Name this value by its content: sha256, as 64 hex digits, of its compact JSON with sorted keys."""
    # ASCII escapes, because JSON from Meta may hold half a surrogate pair, which UTF-8 cannot encode.
    return sha256(_ENCODER.encode(value).encode("ascii")).hexdigest()
