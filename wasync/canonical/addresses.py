"""Where Meta keeps a live template's samples: signed addresses, others at every read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wasync.model.template import JSON


def sample_addresses(row: Mapping[str, JSON]) -> tuple[tuple[str, str], ...]:
    """The addresses of a listing row's samples (docs/meta-api.md, section B2), each with the part it is of.

    A part is "header", or "carousel.0" for the header of the first card.
    """
    return tuple(_addresses(row.get("components"), "header"))


def _addresses(components: JSON, part: str) -> Iterator[tuple[str, str]]:
    for component in components if isinstance(components, list) else []:
        match component:
            case {"type": str(kind), "example": {"header_handle": [str(address), *_]}}:
                if kind.upper() == "HEADER" and address.startswith(("https://", "http://")):
                    yield part, address
            case {"type": str(kind), "cards": list(cards)} if kind.upper() == "CAROUSEL":
                for index, card in enumerate(cards):
                    if isinstance(card, dict):
                        yield from _addresses(card.get("components"), f"carousel.{index}")
            case _:
                pass
