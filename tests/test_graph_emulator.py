"""The client against the emulator: a second reading of Meta's documents than our own."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import pytest

from tests.graph_wire import Clock, graph
from wasync.emulator.app import Emulator
from wasync.emulator.world import APP_ID, BUSINESS_ID, PHONE_NUMBER_ID, TOKEN, WABA_ID, default_account
from wasync.graph.client import Graph
from wasync.graph.inspection import TokenKind
from wasync.graph.listing import TEMPLATES
from wasync.model.errors import GraphError
from wasync.model.template import JSON

LIMITED: Final = "EAAsandboxLimitedToOneAccount"
BODY: dict[str, JSON] = {"type": "BODY", "text": "Hello there, how are you today?"}


def payload(name: str, text: str = "") -> dict[str, JSON]:
    body = BODY | ({"text": text} if text else {})
    return {"name": name, "language": "en_US", "category": "UTILITY", "components": [body]}


def world(count: int = 0, **token: JSON) -> Emulator:
    """An emulator with so many templates besides hello_world, and a token as described."""
    templates: list[JSON] = [payload(f"t{n}") for n in range(count)]
    ours: dict[str, JSON] = {"token": TOKEN, **token}
    tokens: list[JSON] = [ours]
    return Emulator({"templates": templates, "tokens": tokens, "settings": {"review_seconds": 3600}})


def client(
    emulator: Emulator, clock: Clock | None = None, *, token: str = TOKEN, max_wait: float = 600.0
) -> Graph:
    return graph(emulator.adapter(), clock, token=token, max_wait=max_wait)


def names(found: Mapping[str, JSON]) -> str:
    return str(found["name"])


def test_listing_of_many_pages_is_whole_and_costs_no_more_calls_than_pages() -> None:
    emulator = world(1100)
    found = client(emulator).listing(WABA_ID, names)
    assert found.rows == ("hello_world", *(f"t{n}" for n in range(1100)))
    assert (found.total_count, found.template_count, found.template_limit) == (1101, 1101, 6000)
    assert len(emulator.calls) == 3


def test_create_edit_and_delete_round_trip() -> None:
    emulator = world()
    ours = client(emulator)
    made = ours.create(WABA_ID, payload("order_shipped"))
    assert (made.status, made.category) == ("PENDING", "UTILITY")
    emulator.control("approve", id=made.id)
    ours.edit(made.id, {"components": [BODY | {"text": "Your order is on its way to you."}]})
    components = ours.template(made.id)["components"]
    assert isinstance(components, list)
    assert components[0] == {"type": "BODY", "text": "Your order is on its way to you."}
    assert ours.named(WABA_ID, "order_shipped", lambda found: found["id"]) == (made.id,)
    ours.delete(WABA_ID, "order_shipped", made.id)
    assert ours.named(WABA_ID, "order_shipped", names) == ()
    assert ours.template_totals(WABA_ID).total_count == 1


def test_field_that_this_graph_does_not_know_is_dropped() -> None:
    emulator = world(2)
    emulator.control("settings", nonexisting_fields=["correct_category"])
    found = client(emulator).listing(WABA_ID, names)
    assert found.rows == ("hello_world", "t0", "t1")
    assert found.dropped_fields == TEMPLATES.optional


def test_cursor_gone_stale_restarts_the_listing() -> None:
    emulator = world(1100)
    emulator.control("fault", kind="meanwhile", path="after=", do=[{"op": "stale-cursors"}])
    assert len(client(emulator).listing(WABA_ID, names).rows) == 1101


@pytest.mark.parametrize("kind", ["html", "truncate", "drop"])
def test_faults_on_the_way_are_read_past(kind: str) -> None:
    emulator = world(600)
    emulator.control("fault", kind=kind, path="after=", times=2)
    assert len(client(emulator).listing(WABA_ID, names).rows) == 601


def test_page_that_keeps_failing_fails_the_listing() -> None:
    emulator = world(600)
    emulator.control("fault", kind="error", code=190, subcode=460, status=401, path="after=")
    with pytest.raises(GraphError) as caught:
        client(emulator).listing(WABA_ID, names)
    assert (caught.value.graph_code, caught.value.subcode) == (190, 460)


def test_throttled_until_meta_says_so() -> None:
    emulator, clock = world(), Clock()
    emulator.control("fault", kind="error", code=80008, estimated_minutes=7)
    assert client(emulator, clock).create(WABA_ID, payload("patient")).status == "PENDING"
    assert clock.slept == [420.0]
    emulator.control("fault", kind="error", code=80008, estimated_minutes=7)
    with pytest.raises(GraphError) as caught:
        client(emulator, max_wait=60).create(WABA_ID, payload("hasty"))
    assert (caught.value.wait_seconds, caught.value.stops_run, caught.value.uncertain) == (420.0, True, False)


@pytest.mark.parametrize("kind", ["drop", "truncate"])
def test_create_whose_answer_is_lost_is_uncertain_and_found_by_name(kind: str) -> None:
    emulator = world()
    emulator.control("fault", kind=kind, method="POST", after=True)
    ours = client(emulator)
    with pytest.raises(GraphError) as caught:
        ours.create(WABA_ID, payload("lost_answer"))
    assert caught.value.uncertain
    assert ours.named(WABA_ID, "lost_answer", names) == ("lost_answer",)


def test_upload_resumes_after_a_break() -> None:
    emulator = world()
    emulator.control("fault", kind="drop_midway", path="upload:")
    content = bytes(range(256)) * 40
    handle = client(emulator).upload(APP_ID, io.BytesIO(content), len(content), "hero.png", "image/png")
    assert handle.startswith("4::")
    assert [(call["method"], call["status"]) for call in emulator.calls] == [
        ("POST", 200),
        ("POST", None),
        ("GET", 200),
        ("POST", 200),
    ]


def test_account_phone_numbers_and_user() -> None:
    ours = client(world())
    account = ours.account(WABA_ID)
    wanted = default_account()
    for name in ("id", "name", "timezone_id", "message_template_namespace", "account_review_status"):
        assert account[name] == wanted[name]
    assert [number["id"] for number in ours.phone_numbers(WABA_ID)] == [PHONE_NUMBER_ID]
    assert ours.me()["name"] == "acme-ci"
    assert ours.served_version == "v26.0"


def test_older_graph_shows_less_of_an_account() -> None:
    account = graph(world().adapter(), token=TOKEN, version="v23.0").account(WABA_ID)
    assert account["id"] == WABA_ID


def test_tokens_of_each_kind() -> None:
    soon = int(datetime.now(UTC).timestamp()) + 3600
    assert client(world()).token_info().kind is TokenKind.SYSTEM_USER
    user = client(world(kind="USER", expires_at=soon)).token_info()
    assert user.kind is TokenKind.USER
    assert user.expires == datetime.fromtimestamp(soon, UTC)
    integration = client(world(kind="BUSINESS_INTEGRATION", access={WABA_ID: "full"})).token_info()
    assert integration.kind is TokenKind.BUSINESS_INTEGRATION_SYSTEM_USER
    assert integration.targets == (WABA_ID,)


def test_limited_access_is_told_apart() -> None:
    viewer = client(world(access={WABA_ID: "view"}))
    assert viewer.listing(WABA_ID, names).rows == ("hello_world",)
    with pytest.raises(GraphError) as caught:
        viewer.create(WABA_ID, payload("view_only"))
    assert (
        "the token may not write here: its access to the account is partial or view only"
        in caught.value.message
    )
    assert caught.value.stops_run
    with pytest.raises(GraphError) as caught:
        client(world(scopes=["whatsapp_business_messaging"])).listing(WABA_ID, names)
    assert "the token has no access to this account" in caught.value.message


@pytest.mark.parametrize(
    ("given", "message", "fix"),
    [
        (
            PHONE_NUMBER_ID,
            (
                f"waba_id {PHONE_NUMBER_ID} is a phone number id, not the id of a WhatsApp Business Account; "
                f"the account id is {WABA_ID}."
            ),
            f"Set waba_id in wasync.yaml to {WABA_ID}.",
        ),
        (
            APP_ID,
            (
                f"waba_id {APP_ID} is the id of the token's app, not the id of a WhatsApp Business Account; "
                f"the account id is {WABA_ID}."
            ),
            f"Set waba_id in wasync.yaml to {WABA_ID}.",
        ),
        (
            BUSINESS_ID,
            (
                f"waba_id {BUSINESS_ID} is the id of a business, not the id of a WhatsApp Business Account; "
                f"the account id is {WABA_ID}."
            ),
            f"Set waba_id in wasync.yaml to {WABA_ID}.",
        ),
    ],
)
@pytest.mark.parametrize(
    "read",
    [
        lambda ours, given: ours.listing(given, names),
        lambda ours, given: ours.template_totals(given),
        lambda ours, given: ours.account(given),
    ],
)
def test_id_of_another_kind_is_named(
    given: str, message: str, fix: str, read: Callable[[Graph, str], object]
) -> None:
    with pytest.raises(GraphError) as caught:
        read(client(world(access={WABA_ID: "full"})), given)
    assert (caught.value.message, caught.value.fix) == (message, fix)
    assert caught.value.stops_run


def test_phone_number_id_with_a_token_that_names_no_accounts() -> None:
    with pytest.raises(GraphError) as caught:
        client(world()).listing(PHONE_NUMBER_ID, names)
    assert caught.value.message == (
        f"waba_id {PHONE_NUMBER_ID} is a phone number id, not the id of a WhatsApp Business Account."
    )
    assert (
        caught.value.fix == "Set waba_id in wasync.yaml to the id of the account; WhatsApp Manager shows it."
    )


def test_unknown_id_says_which_accounts_the_token_reaches() -> None:
    with pytest.raises(GraphError) as caught:
        client(world(access={WABA_ID: "full"})).listing("999", names)
    assert caught.value.message.startswith(
        "Meta refused to read the templates of account 999: there is no object with this id, or the "
        "token may not "
        'see it; Meta does not tell the two apart. Meta says: "Unsupported get request.'
    )
    assert caught.value.fix.startswith(
        f"Set waba_id in wasync.yaml to the id of an account; the token reaches: {WABA_ID}. "
    )
    assert (caught.value.graph_code, caught.value.subcode, caught.value.stops_run) == (100, 33, True)


def test_template_that_is_gone_does_not_stop_the_run() -> None:
    with pytest.raises(GraphError) as caught:
        client(world()).template("999")
    assert (caught.value.graph_code, caught.value.subcode, caught.value.stops_run) == (100, 33, False)
    assert caught.value.fix.startswith("If somebody deleted it meanwhile, run plan again.")


def test_unknown_graph_version_is_explained() -> None:
    with pytest.raises(GraphError) as caught:
        graph(world().adapter(), token=TOKEN, version="v99.0").listing(WABA_ID, names)
    assert "perhaps there is no version v99.0." in caught.value.message
    assert caught.value.stops_run


def test_appsecret_proof_is_accepted_where_required() -> None:
    emulator = world()
    emulator.control("settings", app_secret="s3cr3t-of-the-app", require_appsecret_proof=True)
    with pytest.raises(GraphError):
        client(emulator).me()
    assert graph(emulator.adapter(), token=TOKEN, app_secret="s3cr3t-of-the-app").me()["name"] == "acme-ci"


def test_expired_token_says_so() -> None:
    with pytest.raises(GraphError) as caught:
        client(world(expires_at=1)).listing(WABA_ID, names)
    assert "the token has expired" in caught.value.message
    assert (caught.value.graph_code, caught.value.subcode, caught.value.stops_run) == (190, 463, True)
