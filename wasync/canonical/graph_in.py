"""A row of the Graph API's listing, brought to a Live template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from sys import intern

from wasync.canonical.addresses import sample_addresses
from wasync.canonical.components import read_components
from wasync.canonical.declared import has_media_header
from wasync.canonical.options import read_options
from wasync.canonical.scalars import text_of
from wasync.model.live import Live
from wasync.model.template import JSON, Key, Template


def from_graph(row: Mapping[str, JSON] | JSON) -> Live:
    """The live template a row describes. Never raises, whatever the row holds.

    Values of enums that we do not know pass through: status in upper case, categories in lower case. What a
    row lacks is empty text or None. Keys that only Meta sets are left out of the spec.
    """
    if not isinstance(row, Mapping):
        row = {}
    spec = read_components(row.get("components"), handles=False)
    read_options(row, spec)
    language = text_of(row.get("language")) or ""
    if "-" in language:
        # Webhooks write en-US for en_US. Seen 2025-11: docs/meta-api.md, section B2.
        language = language.replace("-", "_")
    category = text_of(row.get("category")) or ""
    status = text_of(row.get("status")) or ""
    quality = row.get("quality_score")
    if isinstance(quality, dict):
        quality = quality.get("score")
    reason = text_of(row.get("rejected_reason"))
    previous, correct, source = row.get("previous_category"), row.get("correct_category"), row.get("source")
    return Live(
        Template(Key(text_of(row.get("name")) or "", language), intern(category.lower()), spec),
        text_of(row.get("id")) or "",
        intern(status.upper()),
        _upper(quality),
        # "NONE" means not rejected. Seen 2025-11: docs/meta-api.md, section B2.
        reason if reason and reason != "NONE" else None,
        None if previous is None else _lower(previous),
        None if correct is None else _lower(correct),
        None if source is None else _lower(source),
        sample_addresses(row) if "carousel" in spec or has_media_header(spec) else (),
        _moment(row.get("last_updated_time")),
    )


def _moment(value: JSON) -> datetime | None:
    """A time as Graph writes it (2026-11-20T09:12:00+0000), or in seconds; what is none is None."""
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def _upper(value: JSON) -> str | None:
    text = text_of(value)
    return intern(text.upper()) if text else None


def _lower(value: JSON) -> str | None:
    text = text_of(value)
    return intern(text.lower()) if text else None
