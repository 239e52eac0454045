"""The listing: pages, cursors, fields, filters, summary (docs/meta-api.md, section A1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.emulator_client import HOST, Answer, Client, body, payload
from wasync.emulator.shapes import JSON, Row
from wasync.emulator.world import PHONE_NUMBER_ID, TOKEN, WABA_ID

PATH = f"{WABA_ID}/message_templates"


def world(count: int, **more: Any) -> Row:
    made: list[JSON] = [
        payload(body(f"Text number {n} of the shop."), name=f"t{n:04d}", **more) for n in range(count)
    ]
    return {"templates": made}


def test_pages_run_until_next_is_absent() -> None:
    client = Client(world(30))
    names: list[str] = []
    after: str | None = None
    sizes = []
    while True:
        page = client.listed(limit=12, after=after)
        sizes.append(len(page["data"]))
        names += [one["name"] for one in page["data"]]
        after = page["paging"]["cursors"]["after"]
        if "next" not in page["paging"]:
            break
    assert sizes == [12, 12, 7]
    assert names == ["hello_world", *[f"t{n:04d}" for n in range(30)]]
    assert after, "the last page has cursors all the same"


def test_the_default_page_is_25_and_the_largest_1000() -> None:
    client = Client(world(1100))
    assert len(client.listed()["data"]) == 25
    assert len(client.listed(limit=5000)["data"]) == 1000


def test_before_walks_back() -> None:
    client = Client(world(5))
    second = client.listed(limit=2, after=client.listed(limit=2)["paging"]["cursors"]["after"])
    assert "previous" in second["paging"]
    assert client.names(limit=2, before=second["paging"]["cursors"]["before"]) == ["hello_world", "t0000"]


def test_next_carries_the_query_token_only_when_it_came_that_way() -> None:
    client = Client(world(5))
    first = client.listed(limit=2, fields="name")
    asked = parse_qs(urlsplit(first["paging"]["next"]).query)
    assert asked == {"limit": ["2"], "fields": ["name"], "after": [first["paging"]["cursors"]["after"]]}
    assert first["paging"]["next"].startswith(f"{HOST}/v26.0/{PATH}?")
    unsafe = client.session.get(f"{HOST}/v26.0/{PATH}", params={"limit": "2", "access_token": TOKEN}).json()
    assert parse_qs(urlsplit(unsafe["paging"]["next"]).query)["access_token"] == [TOKEN]


def test_a_page_survives_deletions_before_it() -> None:
    client = Client(world(6))
    after = client.listed(limit=3)["paging"]["cursors"]["after"]
    client.emulator.control("delete", name="t0000")
    assert client.names(limit=3, after=after) == ["t0002", "t0003", "t0004"]


@pytest.mark.parametrize(("version", "code"), [("v26.0", 131059), ("v23.0", 100)])
def test_bad_and_stale_cursors(version: str, code: int) -> None:
    client = Client(world(5))
    client.version = version
    after = client.listed(limit=2)["paging"]["cursors"]["after"]
    assert client.refused("GET", PATH, params={"after": "bogus"})["code"] == code
    client.emulator.control("stale-cursors")
    assert client.refused("GET", PATH, params={"after": after})["code"] == code


def test_an_empty_listing_has_no_paging() -> None:
    client = Client()
    client.emulator.control("delete", name="hello_world")
    assert client.listed(summary="total_count") == {"data": [], "summary": {"total_count": 0}}


def test_fields_select_and_id_always_comes() -> None:
    page = Client().listed(fields="status,name")
    assert [list(one) for one in page["data"]] == [["status", "name", "id"]]


def test_an_unknown_field_is_refused() -> None:
    client = Client()
    error = client.refused("GET", PATH, params={"fields": "name,colour"})
    assert error["code"] == 100
    assert error["message"] == (
        "(#100) Tried accessing nonexisting field (colour) on node type (WhatsAppBusinessHSM)"
    )
    client.emulator.control("settings", nonexisting_fields=["health_status"])
    assert "(health_status)" in client.refused("GET", PATH, params={"fields": "health_status"})["message"]


@pytest.mark.parametrize("fields", ["name{", "name}", "name..x", "a(b"])
def test_malformed_fields(fields: str) -> None:
    assert Client().refused("GET", PATH, params={"fields": fields})["code"] == 2500


def test_summary() -> None:
    client = Client(world(3))
    asked = "total_count,message_template_count,message_template_limit,are_translations_complete"
    assert client.listed(summary=asked, name="t0")["summary"] == {
        "total_count": 3,
        "message_template_count": 4,
        "message_template_limit": 6000,
        "are_translations_complete": True,
    }
    assert client.listed(summary="true")["summary"] == {"total_count": 4}
    assert client.refused("GET", PATH, params={"summary": "colour"})["code"] == 100


FILTERS: list[tuple[Answer, list[str]]] = [
    ({"name": "alp"}, ["alpha"]),
    ({"content": "SALE"}, ["beta"]),
    ({"name_or_content": "sale"}, ["beta", "sale"]),
    ({"language": "es"}, ["alpha"]),
    ({"language[]": ["es", "fr"]}, ["alpha", "beta"]),
    ({"language": '["es","fr"]'}, ["alpha", "beta"]),
    ({"category": "MARKETING"}, ["beta"]),
    ({"status": "rejected"}, ["sale"]),
    ({"status": "REJECTED", "name": "alpha"}, []),
    ({"quality_score": "GREEN"}, ["alpha"]),
    ({"source": "auto_generated"}, ["sale"]),
    ({"since": "1700000000", "until": "1700000001"}, []),
]


@pytest.mark.parametrize(("params", "names"), FILTERS)
def test_filters(params: Answer, names: list[str]) -> None:
    seed: Row = {
        "templates": [
            payload(name="alpha", language="es", quality_score={"score": "GREEN"}),
            payload(body("A big sale starts."), name="beta", language="fr", category="MARKETING"),
            payload(name="sale", status="REJECTED", source="auto_generated"),
        ]
    }
    assert Client(seed).names(**params) == names


def test_only_when_set_keys() -> None:
    client = Client({"templates": [payload(previous_category="UTILITY", library_template_name="lib")]})
    found = client.listed(name="order")["data"][0]
    assert (found["previous_category"], found["library_template_name"]) == ("UTILITY", "lib")
    assert "message_send_ttl_seconds" not in found
    assert "correct_category" not in found


def test_a_template_that_changes_is_not_served_from_memory() -> None:
    client = Client()
    client.listed()
    client.emulator.control("edit", name="hello_world", body="Something else")
    assert client.listed()["data"][0]["components"][1]["text"] == "Something else"


def test_a_phone_number_has_no_templates() -> None:
    error = Client().refused("GET", f"{PHONE_NUMBER_ID}/message_templates")
    assert error["code"] == 100
    assert "(message_templates) on node type (WhatsAppBusinessPhoneNumber)" in error["message"]


def test_thirty_thousand_templates_are_listed_fast() -> None:
    import time

    client = Client(world(30_000) | {"settings": {"calls_per_hour": 0}})
    after = None
    for _ in range(20):
        page = client.listed(limit=500, after=after)
        after = page["paging"]["cursors"]["after"]
    assert page["data"][-1]["name"] == "t9998"
    started = time.perf_counter()
    client.call("GET", PATH, params={"limit": 500})
    assert time.perf_counter() - started < 0.1
