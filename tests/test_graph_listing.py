"""Reading an account's templates to the end, or not at all."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.graph_wire import TOKEN, WABA, Clock, Reply, Wire, graph, page, refusal, row
from wasync.graph.listing import TEMPLATES, Rows
from wasync.model.errors import GraphError
from wasync.model.template import JSON

REQUIRED, ALL = ",".join(TEMPLATES.required), ",".join(TEMPLATES.required + TEMPLATES.optional)
SUMMARY: dict[str, JSON] = {
    "total_count": 3,
    "message_template_count": 2,
    "message_template_limit": 6000,
    "are_translations_complete": True,
}


def name_of(found: Mapping[str, JSON]) -> str:
    return str(found["name"])


def listing(wire: Wire, clock: Clock | None = None) -> Rows[str]:
    return graph(wire, clock).listing(WABA, name_of)


def test_pages_are_followed_by_cursor_until_no_next_is_there() -> None:
    wire = Wire(
        page(row(1), after="A1", summary=SUMMARY),
        page(after="A2"),
        page(row(2), row(3), after="A3", more=False),
    )
    seen: list[tuple[int, int | None]] = []
    found = graph(wire).listing(WABA, name_of, lambda rows, total: seen.append((rows, total)))
    assert found == Rows(("t1", "t2", "t3"), 3, 2, 6000, ())
    assert seen == [(1, 3), (1, 3), (3, 3)]
    assert [sent.path for sent in wire.sent] == [f"/v26.0/{WABA}/message_templates"] * 3
    assert [sent.query for sent in wire.sent] == [
        {
            "fields": ALL,
            "limit": "500",
            "summary": "total_count,message_template_count,message_template_limit",
        },
        {"fields": ALL, "limit": "500", "after": "A1"},
        {"fields": ALL, "limit": "500", "after": "A2"},
    ]


def test_empty_account_is_an_empty_listing() -> None:
    assert listing(Wire(page(summary={"total_count": 0}))) == Rows((), 0)


def test_row_met_twice_counts_once_as_last_seen() -> None:
    wire = Wire(page(row(1), row(2), after="A1"), page(row(2, name="later"), row(3)))
    assert listing(wire).rows == ("t1", "later", "t3")


@given(sizes=st.lists(st.integers(0, 4), min_size=1, max_size=8))
def test_every_row_comes_whatever_the_pages_sizes(sizes: list[int]) -> None:
    script, number = [], 0
    for index, size in enumerate(sizes):
        rows = [row(number + n) for n in range(size)]
        number += size
        script.append(page(*rows, after=f"A{index}", more=index + 1 < len(sizes)))
    assert listing(Wire(*script)).rows == tuple(f"t{n}" for n in range(number))


def test_optional_fields_are_dropped_once_and_named() -> None:
    wire = Wire(refusal(100), page(row(1), after="A1"), page(row(2)))
    found = listing(wire)
    assert found.rows == ("t1", "t2")
    assert found.dropped_fields == TEMPLATES.optional
    assert [sent.query["fields"] for sent in wire.sent] == [ALL, REQUIRED, REQUIRED]


def test_a_second_refusal_of_fields_ends_it() -> None:
    # Two for the listing; four that look in vain for another kind of id.
    wire = Wire(*[refusal(100)] * 6)
    with pytest.raises(GraphError) as caught:
        listing(wire)
    assert caught.value.graph_code == 100
    assert [sent.path.removeprefix("/v26.0/") for sent in wire.sent] == [
        f"{WABA}/message_templates",
        f"{WABA}/message_templates",
        "debug_token",
        WABA,
        WABA,
        WABA,
    ]


def test_page_is_halved_when_code_1_stays_after_repeats() -> None:
    clock = Clock()
    wire = Wire(*[refusal(1, status=500)] * 4, refusal(1), refusal(1), page(row(1), after="A"), page(row(2)))
    assert listing(wire, clock).rows == ("t1", "t2")
    assert [sent.query["limit"] for sent in wire.sent] == ["500"] * 4 + ["250"] * 2 + ["125"] * 2
    assert clock.slept == [0.75, 1.5, 3.0, 0.75]


def test_halving_ends() -> None:
    wire = Wire(*[refusal(1, status=500)] * 40)
    with pytest.raises(GraphError) as caught:
        listing(wire)
    assert caught.value.graph_code == 1
    assert [sent.query["limit"] for sent in wire.sent][-1] == "7"
    assert len(wire.sent) == 4 + 2 * 6


def test_stale_cursor_starts_again_from_the_beginning_once() -> None:
    wire = Wire(
        page(row(1), after="A1", summary=SUMMARY), refusal(131059), page(row(2), after="A1"), page(row(3))
    )
    assert listing(wire).rows == ("t2", "t3")
    assert ["after" in sent.query for sent in wire.sent] == [False, True, False, True]
    again = Wire(page(row(1), after="A1"), refusal(131059), page(row(2), after="A1"), refusal(131059))
    with pytest.raises(GraphError) as caught:
        listing(again)
    assert caught.value.graph_code == 131059


def test_page_that_fails_in_the_middle_fails_the_listing() -> None:
    wire = Wire(page(row(1), after="A1"), refusal(190, 463, status=401))
    with pytest.raises(GraphError) as caught:
        listing(wire)
    assert (caught.value.graph_code, caught.value.subcode, caught.value.stops_run) == (190, 463, True)


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        (Reply({}), "a page has no list of rows"),
        (Reply({"data": {"data": []}}), "a page has no list of rows"),
        (page({"name": "no id"}), "a page holds a row without an id"),
        (page("text"), "a page holds a row without an id"),
        (page(row(2), after="A1"), "the pages go in a circle: the same cursor came twice"),
        (page(row(2), more=True), "a page says that more follow and gives no cursor to them"),
    ],
)
def test_page_that_is_no_page_is_an_error_not_an_end(reply: Reply, what: str) -> None:
    with pytest.raises(GraphError) as caught:
        listing(Wire(page(row(1), after="A1"), reply))
    assert caught.value.message == f"Cannot read the templates of account {WABA}: {what}."
    assert TOKEN not in caught.value.fix


def test_named_filters_again_since_metas_filter_may_be_loose() -> None:
    wire = Wire(page(row(1, name="order"), row(2, name="order_late"), row(3, name="order", language="es")))
    found = graph(wire).named(WABA, "order", lambda found: str(found["language"]))
    assert found == ("en_US", "es")
    assert wire.sent[0].query["name"] == "order"


def test_totals_and_phone_numbers() -> None:
    wire = Wire(page(row(1), after="A", summary=SUMMARY), page({"id": "7"}, after="A"), page({"id": "8"}))
    client = graph(wire)
    assert client.template_totals(WABA) == (3, 2, 6000)
    assert wire.sent[0].query["limit"] == "1"
    assert client.phone_numbers(WABA) == [{"id": "7"}, {"id": "8"}]
    assert wire.sent[1].query["limit"] == "100"


def test_template_reads_the_same_fields_and_drops_the_optional_ones_for_good() -> None:
    wire = Wire(refusal(100), Reply(row(1)), Reply(row(2)))
    client = graph(wire)
    assert client.template("1") == row(1)
    assert client.template("2") == row(2)
    assert [sent.query["fields"] for sent in wire.sent] == [ALL, REQUIRED, REQUIRED]
