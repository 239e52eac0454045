"""`GET /{WABA}/message_templates`: filters, opaque cursors, summary; pages joined from kept JSON (A1)."""

from __future__ import annotations

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from wasync.emulator.call import Answer, Call
from wasync.emulator.fields import Field, parse, pick
from wasync.emulator.limits import template_count
from wasync.emulator.reading import DEFAULT_FIELDS, FIELDS, NODE, read, rendered
from wasync.emulator.refusals import RefusalError, parameter, unknown_field
from wasync.emulator.review import body_text
from wasync.emulator.shapes import JSON, Row, number, row, whole
from wasync.emulator.store import Template

DEFAULT_PAGE, LARGEST_PAGE = 25, 1000
_SUMMARY = ("total_count", "message_template_count", "message_template_limit", "are_translations_complete")


def selected(call: Call, given: str) -> list[Field]:
    """The template fields a caller named, checked; none named means the default ones."""
    if not given:
        return [Field(name) for name in DEFAULT_FIELDS]
    found = parse(given)
    for one in found:
        if one.name not in FIELDS or one.name in call.world.settings.nonexisting_fields:
            raise unknown_field(one.name, NODE)
    return found


def template_node(call: Call, template: Template) -> Row:
    """One template with the fields asked for."""
    chosen = selected(call, call.word("fields"))
    found = read(template, tuple(one.name for one in chosen))
    return _narrowed(found, chosen)


def _narrowed(found: Row, chosen: list[Field]) -> Row:
    for one in chosen:
        if one.inside and one.name in found:
            found[one.name] = pick(found[one.name], one.inside)
    return found


def templates_page(call: Call, waba_id: str) -> Answer:
    """One page of an account's templates."""
    chosen = selected(call, call.word("fields"))
    everything = _filtered(call, waba_id)
    page, earlier, later = _cut(call, everything)
    names = tuple(one.name for one in chosen)
    shown = page[: len(page) - call.shown_short] if call.shown_short else page
    if any(one.inside for one in chosen):
        items = [json.dumps(_narrowed(read(one, names), chosen), ensure_ascii=False) for one in shown]
    else:
        selection = ",".join(names)
        items = [rendered(one, selection, names) for one in shown]
    parts = ['{"data":[', ",".join(items), "]"]
    if page:
        paging = _paging(call, page[0], page[-1], earlier, later)
        parts += [',"paging":', json.dumps(paging, separators=(",", ":"))]
    if call.word("summary"):
        parts += [',"summary":', json.dumps(_summary(call, waba_id, len(everything)))]
    return Answer(body="".join([*parts, "}"]))


def page_size(given: JSON, largest: int) -> int:
    """How many rows a page holds; more than the largest gives the largest."""
    if given is None:
        return DEFAULT_PAGE
    asked = whole(given, -1)
    if asked < 0:
        raise parameter("Param limit must be a non-negative integer")
    return min(asked or DEFAULT_PAGE, largest)


def _cut(call: Call, everything: list[Template]) -> tuple[list[Template], bool, bool]:
    """The page, and whether there is something before and after it."""
    size = page_size(call.params.get("limit"), LARGEST_PAGE)
    start, end = 0, min(size, len(everything))
    if call.word("after"):
        start = bisect_right(everything, _position(call, call.word("after")), key=_serial)
        end = min(start + size, len(everything))
    elif call.word("before"):
        end = bisect_left(everything, _position(call, call.word("before")), key=_serial)
        start = max(0, end - size)
    return everything[start:end], start > 0, end < len(everything)


def _serial(template: Template) -> int:
    return template.serial


def cursor(call: Call, serial: int) -> str:
    """An opaque cursor; it goes stale when control says so."""
    return (
        base64.urlsafe_b64encode(f"QVFI{call.world.cursor_epoch}:{serial * 7919}".encode())
        .decode()
        .rstrip("=")
    )


def _position(call: Call, given: str) -> int:
    try:
        epoch, _, serial = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode().partition(":")
        if epoch == f"QVFI{call.world.cursor_epoch}":
            return int(serial) // 7919
    except ValueError:
        pass
    if call.graph_version >= (24, 0):
        raise RefusalError(131059, "(#131059) Invalid pagination cursor. Restart from the first page.")
    raise parameter("Invalid cursors values")


def _paging(call: Call, first: Template, last: Template, earlier: bool, later: bool) -> Row:
    before, after = cursor(call, first.serial), cursor(call, last.serial)
    paging: Row = {"cursors": {"before": before, "after": after}}
    # Graph echoes the whole query into these addresses, the token too if it came that way (H).
    kept = {name: value for name, value in call.query.items() if name not in {"after", "before"}}
    address = f"{call.base_url}/{call.version}/{call.node}/{call.edge}?"
    if later:
        paging["next"] = address + urlencode(kept | {"after": after})
    if earlier:
        paging["previous"] = address + urlencode(kept | {"before": before})
    return paging


def _summary(call: Call, waba_id: str, total: int) -> Row:
    values: Row = {
        "total_count": total,
        "message_template_count": template_count(call.world, waba_id),
        "message_template_limit": whole(call.world.accounts[waba_id].get("template_limit"), 250),
        "are_translations_complete": True,
    }
    asked = call.words("summary")
    if asked in (["true"], ["1"]):
        return {"total_count": total}
    for name in asked:
        if name not in _SUMMARY:
            raise parameter(f"Param summary must be one of {{{', '.join(_SUMMARY)}}}")
    return {name: values[name] for name in asked}


def _filtered(call: Call, waba_id: str) -> list[Template]:
    """The templates that pass every filter given; enums in any case, texts as substrings."""
    found = call.world.by_account.get(waba_id, [])
    for test in _tests(call):
        found = [one for one in found if test(one)]
    return found


def _tests(call: Call) -> list[Callable[[Template], bool]]:
    found: list[Callable[[Template], bool]] = []
    for name, attribute in (("status", "status"), ("category", "category"), ("quality_score", "quality"),
                            ("source", "source"), ("language", "language")):  # fmt: skip
        wanted = {one.lower() for one in call.words(name)}
        if wanted:
            found.append(partial(_one_of, attribute, wanted))
    name, content, either = (call.word(key).lower() for key in ("name", "content", "name_or_content"))
    if name:
        found.append(lambda one: name in one.name.lower())
    if content:
        found.append(lambda one: content in body_text(one).lower())
    if either:
        found.append(lambda one: either in one.name.lower() or either in body_text(one).lower())
    if call.word("since"):
        found.append(lambda one: one.updated >= number(call.params["since"]))
    if call.word("until"):
        found.append(lambda one: one.updated <= number(call.params["until"]))
    return found


def _one_of(attribute: str, wanted: set[str], template: Template) -> bool:
    return str(getattr(template, attribute)).lower() in wanted


def as_row(answer: Answer) -> Row:
    """A page as data, for nesting it in another node's answer."""
    return row(json.loads(answer.text()))
