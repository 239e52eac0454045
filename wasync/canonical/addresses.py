"""Where Meta keeps the sample of a live header: a signed address, another at every read."""

from __future__ import annotations

from collections.abc import Mapping

from wasync.model.template import JSON


def sample_address(row: Mapping[str, JSON]) -> str | None:
    """The address of the header's sample in a listing's row (docs/meta-api.md, section B2), if any."""
    components = row.get("components")
    for component in components if isinstance(components, list) else []:
        match component:
            case {"type": str(kind), "example": {"header_handle": [str(address), *_]}}:
                if kind.upper() == "HEADER" and address.startswith(("https://", "http://")):
                    return address
            case _:
                pass
    return None
