"""Single edits show as exactly that edit, with the one who made it."""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import templates
from wasync.canonical import as_declared
from wasync.diff import compare
from wasync.model.plan import Difference, FieldChange, Origin
from wasync.model.template import JSON, Spec, Template

SPEC: Spec = {
    "header": {"format": "text", "text": "Order {{id}}"},
    "body": "Hi {{name}}, your order {{id}} left.",
    "footer": "Acme",
    "buttons": [
        {"type": "url", "text": "Track", "url": "https://a.b/{{1}}"},
        {"type": "quick_reply", "text": "Talk to us"},
        {"type": "quick_reply", "text": "Stop"},
    ],
    "examples": {"header": {"id": "7"}, "body": {"name": "Ana", "id": "7"}, "buttons": {"0": "x"}},
    "message_send_ttl_seconds": 60,
}


def edited(spec: Spec, path: tuple[str | int, ...], value: JSON) -> Spec:
    """A copy with one value at a path; None takes it away."""
    copy = deepcopy(spec)
    inside: JSON = copy
    for step in path[:-1]:
        match inside, step:
            case dict(), str():
                inside = inside.setdefault(step, {})
            case list(), int():
                inside = inside[step]
            case _:
                raise AssertionError(path)
    match inside, path[-1]:
        case dict(), str(key):
            if value is None:
                del inside[key]
            else:
                inside[key] = value
        case list(), int(index):
            inside[index] = value
        case _:
            raise AssertionError(path)
    return copy


EDITS: list[tuple[tuple[str | int, ...], str, JSON, JSON]] = [
    (("body",), "body", "Hi {{name}}, your order {{id}} left.", "new {{name}} {{id}}."),
    (("header", "text"), "header.text", "Order {{id}}", "New {{id}}"),
    (("footer",), "footer", "Acme", None),
    (("buttons", 1, "text"), "buttons[1].text", "Talk to us", "Talk to a person"),
    (("buttons", 0, "url"), "buttons[0].url", "https://a.b/{{1}}", "https://c.d/{{1}}"),
    (("message_send_ttl_seconds",), "message_send_ttl_seconds", 60, 90),
    (("limited_time_offer",), "limited_time_offer", None, {"limited_time_offer": {"text": "Soon"}}),
    (("examples", "body", "name"), "examples.body.name", "Ana", "Eva"),
    (("examples", "buttons", "0"), "examples.buttons[0]", "x", "y"),
]


@pytest.mark.parametrize(("path", "text", "before", "after"), EDITS, ids=lambda value: str(value))
def test_one_edit_is_one_change(path: tuple[str | int, ...], text: str, before: JSON, after: JSON) -> None:
    new = edited(SPEC, path, after)

    def only(change: FieldChange) -> Difference:
        sample = path[0] == "examples"
        return Difference((), (change,)) if sample else Difference((change,), ())

    assert compare(new, SPEC, None) == only(FieldChange(text, before, after, Origin.UNKNOWN))
    assert compare(new, SPEC, SPEC) == only(FieldChange(text, before, after, Origin.FILES))
    assert compare(new, new, SPEC) == Difference()
    if path[-1] != "limited_time_offer" and after is not None:
        third = 75 if isinstance(before, int) else "a third {{name}} {{id}} {{1}}"
        both = compare(edited(SPEC, path, third), SPEC, new)
        assert both == only(FieldChange(text, before, third, Origin.BOTH, after))


@pytest.mark.parametrize(("path", "text", "before", "after"), EDITS, ids=lambda value: str(value))
def test_what_live_moved_is_drift(path: tuple[str | int, ...], text: str, before: JSON, after: JSON) -> None:
    if path == ("message_send_ttl_seconds",) or after is not None:
        difference = compare(SPEC, edited(SPEC, path, after), SPEC)
        expected = FieldChange(text, after, before, Origin.LIVE)
        assert [*difference.content, *difference.samples] == [expected]


def test_a_list_of_samples_names_the_one() -> None:
    live: Spec = {"body": "x {{1}} x {{2}} x", "examples": {"body": ["a", "b"]}}
    desired: Spec = {"body": "x {{1}} x {{2}} x", "examples": {"body": ["a", "c"]}}
    assert compare(desired, live, live).samples == (FieldChange("examples.body[1]", "b", "c", Origin.FILES),)


def test_what_meta_filled_in_is_no_move_of_live() -> None:
    applied: Spec = {"authentication": {"add_security_recommendation": True, "otp": {"type": "copy_code"}}}
    live: Spec = {
        "authentication": {
            "add_security_recommendation": True,
            "otp": {"type": "copy_code", "text": "Copy code"},
        },
        "message_send_ttl_seconds": 600,
    }
    desired: Spec = {
        "authentication": {
            "add_security_recommendation": True,
            "otp": {"type": "copy_code", "text": "Take it"},
        },
        "message_send_ttl_seconds": 60,
    }
    assert compare(applied, live, applied) == Difference()
    assert compare(desired, live, applied).content == (
        FieldChange("authentication.otp.text", "Copy code", "Take it", Origin.FILES),
        FieldChange("message_send_ttl_seconds", 600, 60, Origin.FILES),
    )


A: JSON = {"type": "quick_reply", "text": "A"}
B: JSON = {"type": "quick_reply", "text": "B"}
URL: dict[str, JSON] = {"type": "url", "text": "U", "url": "https://a.b/"}


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ([A, B], [URL, A, B], [("buttons[0]", None, URL)]),
        ([A, B], [A, B, URL], [("buttons[2]", None, URL)]),
        ([A, B, URL], [A, URL], [("buttons[1]", B, None)]),
        ([A, URL], [URL, A], [("buttons[0]", A, URL), ("buttons[1]", URL, A)]),
        ([A, B], [B, A], [("buttons[0]", A, B), ("buttons[1]", B, A)]),
        ([A], [URL], [("buttons[0]", A, URL)]),
        ([A, B], None, [("buttons", [A, B], None)]),
        (
            [A, B],
            [{"type": "quick_reply", "text": "C"}, URL, B],
            [("buttons[0].text", "A", "C"), ("buttons[1]", None, URL)],
        ),
    ],
)
def test_buttons_that_come_go_or_move(
    before: JSON, after: JSON, changes: list[tuple[str, JSON, JSON]]
) -> None:
    live: Spec = {"body": "x"} if before is None else {"body": "x", "buttons": before}
    desired: Spec = {"body": "x"} if after is None else {"body": "x", "buttons": after}
    files = tuple(FieldChange(*change, Origin.FILES) for change in changes)
    assert compare(desired, live, live) == Difference(files)
    drift = tuple(FieldChange(*change, Origin.LIVE) for change in changes)
    assert compare(desired, live, desired) == Difference(drift)


def test_buttons_that_both_changed_are_a_conflict() -> None:
    found = compare({"buttons": [A, URL]}, {"buttons": [A]}, {"buttons": [A, B]})
    assert found.content == (FieldChange("buttons[1]", None, URL, Origin.BOTH, B),)


def test_buttons_shifted_by_the_files_do_not_hide_what_live_changed() -> None:
    relabelled: JSON = {"type": "quick_reply", "text": "C"}
    found = compare({"buttons": [URL, A, B]}, {"buttons": [A, relabelled]}, {"buttons": [A, B]})
    assert found.content == (
        FieldChange("buttons[0]", None, URL, Origin.BOTH, A),
        FieldChange("buttons[2].text", "C", "B", Origin.BOTH, None),
    )


def media(sample: JSON) -> Spec:
    spec: Spec = {"header": {"format": "image"}, "body": "x"}
    return spec if sample is None else {**spec, "examples": {"header": sample}}


FILE: JSON = {"path": "a.png", "sha256": "1"}
RENAMED: JSON = {"path": "b.png", "sha256": "1"}
CHANGED: JSON = {"path": "a.png", "sha256": "2"}
UNREAD: JSON = {"path": "a.png", "sha256": ""}
HANDLE: JSON = {"handle": "4::a"}


@pytest.mark.parametrize(
    ("desired", "applied", "differs"),
    [
        (FILE, FILE, False),
        (RENAMED, FILE, False),
        (UNREAD, FILE, False),
        (None, FILE, False),
        (FILE, None, False),
        (CHANGED, FILE, True),
        (HANDLE, FILE, True),
        (HANDLE, HANDLE, False),
        ({"handle": "4::b"}, HANDLE, True),
    ],
)
def test_media_are_compared_with_what_was_applied(desired: JSON, applied: JSON, differs: bool) -> None:
    found = compare(media(desired), media(None), media(applied))
    change = FieldChange("examples.header", applied, desired, Origin.FILES)
    assert found == Difference((), (change,) if differs else ())
    assert compare(media(desired), media(None), None) == Difference()


FLOW: dict[str, JSON] = {"type": "flow", "text": "Book", "flow_name": "booking"}
APPS: JSON = [{"package_name": "a.b", "signature_hash": "x" * 11}]


@pytest.mark.parametrize(
    ("desired", "live", "applied", "changes"),
    [
        # What is sent and never read back: the files moved since it was applied, or nobody did.
        (
            {"buttons": [{**FLOW, "flow_name": "new"}]},
            {"buttons": [{"type": "flow", "text": "Book", "flow_id": "1"}]},
            {"buttons": [FLOW]},
            [("buttons[0].flow_name", "booking", "new")],
        ),
        ({"buttons": [FLOW]}, {"buttons": [{"type": "flow", "text": "Book", "flow_id": "1"}]}, None, []),
        (
            {"buttons": [URL, {**FLOW, "flow_name": "new"}]},
            {"buttons": [URL, {"type": "flow", "text": "Book", "flow_id": "1"}]},
            {"buttons": [URL, FLOW]},
            [("buttons[1].flow_name", "booking", "new")],
        ),
        (
            {"authentication": {"otp": {"type": "one_tap", "supported_apps": APPS}}},
            {"authentication": {"otp": {"type": "one_tap"}}},
            {"authentication": {"otp": {"type": "one_tap", "supported_apps": [], "autofill_text": "Go"}}},
            [("authentication.otp.supported_apps", [], APPS)],
        ),
        # What live does show is no secret of the record's.
        (
            {"authentication": {"otp": {"type": "one_tap", "supported_apps": APPS}}},
            {"authentication": {"otp": {"type": "one_tap", "supported_apps": APPS}}},
            {"authentication": {"otp": {"type": "one_tap", "supported_apps": []}}},
            [],
        ),
        (
            {"carousel": [{"buttons": [{**URL, "app_deep_link": {"meta_app_id": "1"}}]}]},
            {"carousel": [{"buttons": [URL]}]},
            {"carousel": [{"buttons": [URL]}]},
            [("carousel[0].buttons[0].app_deep_link", None, {"meta_app_id": "1"})],
        ),
    ],
)
def test_inputs_are_compared_with_what_was_applied(
    desired: Spec, live: Spec, applied: Spec | None, changes: list[tuple[str, JSON, JSON]]
) -> None:
    assert compare(desired, live, applied).content == tuple(
        FieldChange(*change, Origin.FILES) for change in changes
    )


def test_nested_values_are_named_to_the_field() -> None:
    live: Spec = {"body": "x", "carousel": [{"body": "a"}, {"body": "b", "buttons": [A]}]}
    desired: Spec = {
        "body": "x",
        "carousel": [{"body": "a"}, {"body": "c", "footer": "f", "buttons": [A]}, {"body": "d"}],
    }
    assert compare(desired, live, live).content == (
        FieldChange("carousel[1].body", "b", "c", Origin.FILES),
        FieldChange("carousel[1].footer", None, "f", Origin.FILES),
        FieldChange("carousel[2]", None, {"body": "d"}, Origin.FILES),
    )


def test_changes_stand_in_the_order_of_the_message() -> None:
    live: Spec = {"zoo": {"a": 1}, "footer": "f", "body": "b", "header": {"format": "text", "text": "h"}}
    desired: Spec = {"footer": "g", "body": "c", "header": {"format": "text", "text": "i"}}
    paths = [change.path for change in compare(desired, live, None).content]
    assert paths == ["header.text", "body", "footer", "zoo"]


@given(templates(), templates(), templates())
def test_differences_are_empty_exactly_when_equal(one: Template, other: Template, third: Template) -> None:
    assert compare(one.spec, one.spec, None) == Difference()
    seen = as_declared(other.spec, one.spec)
    content = {key for key in one.spec.keys() | seen.keys() if key != "examples"}
    differs = any(one.spec.get(key) != seen.get(key) for key in content)
    assert bool(compare(one.spec, other.spec, None).content) == differs
    found = compare(one.spec, other.spec, third.spec)
    assert bool(found.content) >= differs
    assert all(change.before != change.after for change in (*found.content, *found.samples))


@given(templates(), st.sampled_from(["body", "footer"]))
def test_an_edit_of_a_generated_template_is_that_edit(template: Template, key: str) -> None:
    if template.category != "authentication":
        after = edited(template.spec, (key,), "something else")
        before = template.spec.get(key)
        change = FieldChange(key, before, "something else", Origin.FILES)
        assert compare(after, template.spec, template.spec) == Difference((change,))


def test_deepdiff_is_loaded_only_for_nested_values() -> None:
    code = (
        "import sys; from wasync.diff import compare;"
        "compare({'body': 'a', 'buttons': [{'type': 'url', 'text': 'b'}]},"
        " {'body': 'b', 'buttons': [{'type': 'url', 'text': 'c'}]}, None);"
        "sys.exit('deepdiff' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
