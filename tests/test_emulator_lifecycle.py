"""What happens to templates: review, edits and their quota, deletion and name locks (sections A1, E, F)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator_client import Answer, Client, authentication, body, payload
from wasync.emulator.world import APP_ID, WABA_ID

PATH = f"{WABA_ID}/message_templates"
CLOSED = ["PENDING", "IN_APPEAL", "DISABLED", "ARCHIVED", "PENDING_DELETION", "LIMIT_EXCEEDED"]


@pytest.fixture
def client() -> Client:
    return Client()


def status(client: Client, template_id: str) -> str:
    found: str = client.get(template_id, fields="status")["status"]
    return found


def test_review_approves_after_its_time(client: Client) -> None:
    created = client.create(payload())
    assert (created["status"], created["category"]) == ("PENDING", "UTILITY")
    client.clock.move(seconds=1)
    assert status(client, created["id"]) == "PENDING"
    client.clock.move(seconds=1)
    assert status(client, created["id"]) == "APPROVED"


def test_review_without_time_answers_at_once(client: Client) -> None:
    client.emulator.control("settings", review_seconds=0)
    assert client.create(payload())["status"] == "APPROVED"


def test_review_rules_reject_hold_and_recategorise(client: Client) -> None:
    control = client.emulator.control
    control("review-rule", name="bad.*", outcome="reject", reason="PROMOTIONAL")
    control("review-rule", name="slow", outcome="hold")
    control("review-rule", body="(?i)sale", category="UTILITY", outcome="recategorise", to="MARKETING")
    bad = client.create(payload(name="bad_one"))["id"]
    slow = client.create(payload(body("Wait a moment, please."), name="slow"))["id"]
    moved = client.create(payload(body("The big sale starts now."), name="moved"))
    assert moved["category"] == "MARKETING", "a marketing text is moved in the same call"
    client.clock.move(hours=1)
    assert client.get(bad, fields="status,rejected_reason") == {
        "status": "REJECTED", "rejected_reason": "PROMOTIONAL", "id": bad,
    }  # fmt: skip
    assert status(client, slow) == "PENDING"
    assert status(client, moved["id"]) == "APPROVED"
    assert "previous_category" not in client.get(moved["id"])


def test_review_rejects_what_repeats_another_name(client: Client) -> None:
    client.approved(payload(name="one"))
    client.create(payload(name="one", language="es"))
    copy = client.create(payload(name="two"))["id"]
    client.clock.move(hours=1)
    assert status(client, copy) == "REJECTED"
    assert client.listed(status="REJECTED")["data"][0]["name"] == "two"
    client.emulator.control("settings", reject_duplicates=False)
    other = client.create(payload(name="three"))["id"]
    client.clock.move(hours=1)
    assert status(client, other) == "APPROVED"


def test_an_edit_replaces_all_components_and_goes_back_to_review(client: Client) -> None:
    template_id = client.approved(payload(body(), {"type": "FOOTER", "text": "Acme"}))
    answer = client.edit(template_id, components=[body("Another text for it.")])
    assert answer == {"success": True, "id": template_id, "name": "order_shipped", "category": "UTILITY"}
    found = client.get(template_id)
    assert found["status"] == "PENDING"
    assert found["components"] == [{"type": "BODY", "text": "Another text for it."}]
    client.clock.move(seconds=2)
    assert status(client, template_id) == "APPROVED"


def test_an_approved_template_takes_one_edit_a_day(client: Client) -> None:
    template_id = client.approved(payload())
    client.edit(template_id, components=[body("The first edit.")])
    client.clock.move(hours=1)
    error = client.refused("POST", template_id, json={"components": [body("The second edit.")]})
    assert (error["code"], error["error_subcode"]) == (100, 2388039)
    client.clock.move(hours=23, minutes=1)
    client.edit(template_id, components=[body("The second edit.")])


def test_an_approved_template_takes_ten_edits_in_thirty_days(client: Client) -> None:
    template_id = client.approved(payload())
    for number in range(10):
        client.edit(template_id, components=[body(f"Edit number {number}.")])
        client.clock.move(days=1, minutes=1)
    error = client.refused("POST", template_id, json={"components": [body("One too many.")]})
    assert error["error_subcode"] == 2388039
    client.clock.move(days=20)
    client.edit(template_id, components=[body("After a month.")])


def test_an_edit_that_changes_nothing_counts_too(client: Client) -> None:
    template_id = client.approved(payload())
    client.edit(template_id, components=[body()])
    client.clock.move(seconds=5)
    error = client.refused("POST", template_id, json={"components": [body()]})
    assert error["error_subcode"] == 2388039


@pytest.mark.parametrize("state", ["REJECTED", "PAUSED"])
def test_rejected_and_paused_templates_are_edited_freely(client: Client, state: str) -> None:
    template_id = client.approved(payload())
    for number in range(3):
        client.emulator.control("set", id=template_id, status=state)
        client.edit(template_id, components=[body(f"Edit number {number}.")])
        assert status(client, template_id) == "PENDING"


@pytest.mark.parametrize("state", CLOSED)
def test_other_states_cannot_be_edited(client: Client, state: str) -> None:
    template_id = client.approved(payload())
    client.emulator.control("set", id=template_id, status=state)
    error = client.refused("POST", template_id, json={"components": [body("Something else.")]})
    assert error["error_subcode"] == 2388039


def test_the_category_changes_only_while_not_approved(client: Client) -> None:
    template_id = client.approved(payload())
    assert client.refused("POST", template_id, json={"category": "MARKETING"})["code"] == 100
    client.emulator.control("reject", id=template_id, reason="INCORRECT_CATEGORY")
    client.edit(template_id, category="MARKETING")
    assert client.get(template_id)["category"] == "MARKETING"


def test_name_and_language_never_change(client: Client) -> None:
    template_id = client.approved(payload())
    for change in ({"name": "other"}, {"language": "es"}):
        given = {"components": [body("Something else.")]} | change
        assert client.refused("POST", template_id, json=given)["code"] == 100
    client.edit(template_id, name="order_shipped", components=[body("Something else.")])


def test_recategorisation_with_notice(client: Client) -> None:
    template_id = client.approved(payload(message_send_ttl_seconds=60))
    client.emulator.control("recategorise", id=template_id, category="MARKETING", in_hours=24)
    fields = "category,previous_category,correct_category,message_send_ttl_seconds"
    assert client.get(template_id, fields=fields) == {
        "category": "UTILITY",
        "correct_category": "MARKETING",
        "message_send_ttl_seconds": 60,
        "id": template_id,
    }
    client.clock.move(hours=24)
    assert client.get(template_id, fields=fields) == {
        "category": "MARKETING", "previous_category": "UTILITY", "id": template_id,
    }  # fmt: skip


def test_pauses_last_3_then_6_hours_then_disable(client: Client) -> None:
    template_id = client.approved(payload())
    for hours in (3, 6):
        client.emulator.control("pause", id=template_id)
        client.clock.move(hours=hours, minutes=-1)
        assert status(client, template_id) == "PAUSED"
        client.clock.move(minutes=1)
        assert status(client, template_id) == "APPROVED"
    client.emulator.control("pause", id=template_id)
    assert status(client, template_id) == "DISABLED"
    assert client.call("POST", f"{template_id}/unpause").json()["success"] is False


def test_archive_and_unarchive(client: Client) -> None:
    template_id = client.approved(payload())
    pending = client.create(payload(body("Still in review."), name="pending"))["id"]
    archive, unarchive = (
        f"https://graph.facebook.com/{PATH}/{verb}" for verb in ("archive", "unarchive")
    )  # no version in these paths
    headers = {"Authorization": f"Bearer {client.token}"}
    found = client.session.post(archive, json={"hsm_ids": [template_id, pending]}, headers=headers).json()
    assert found == {
        "archived_templates": [template_id],
        "failed_templates": {pending: "Only approved or rejected templates can be archived"},
    }
    assert status(client, template_id) == "ARCHIVED"
    assert client.refused_create(payload())["error_subcode"] == 2388024, "an archived one keeps its name"
    found = client.session.post(unarchive, json={"hsm_ids": [template_id]}, headers=headers).json()
    assert found["unarchived_templates"] == [template_id]
    assert status(client, template_id) == "APPROVED"
    client.emulator.control("archive", id=template_id)
    client.clock.move(days=28)
    assert client.refused("GET", template_id)["error_subcode"] == 33


def delete(client: Client, **params: Any) -> Answer:
    answer = client.call("DELETE", PATH, params=params)
    found: Answer = answer.json()
    return found


def test_delete_by_name_takes_every_language(client: Client) -> None:
    for language in ("en_US", "es"):
        client.approved(payload(language=language))
    assert delete(client, name="order_shipped") == {"success": True}
    assert client.names() == ["hello_world"]
    assert client.refused_create(payload(language="fr"))["error_subcode"] == 2388023


def test_delete_by_id_and_name_takes_one(client: Client) -> None:
    ids = [client.approved(payload(language=language)) for language in ("en_US", "es")]
    assert "error" in delete(client, hsm_id=ids[0])
    assert "error" in delete(client, hsm_id=ids[0], name="other")
    assert len(client.names()) == 3
    assert delete(client, hsm_id=ids[0], name="order_shipped") == {"success": True}
    assert [one["language"] for one in client.listed(name="order")["data"]] == ["es"]
    assert client.refused_create(payload())["error_subcode"] == 2388023
    client.create(payload(language="fr"))


def test_delete_by_ids_is_all_or_nothing(client: Client) -> None:
    ids = [client.approved(payload(language=language)) for language in ("en_US", "es")]
    assert "error" in delete(client, hsm_ids=json.dumps([*ids, "1"]))
    assert "error" in delete(client, hsm_ids=json.dumps(ids), name="order_shipped")
    assert "error" in delete(client, hsm_ids=json.dumps(["1"] * 101))
    assert len(client.names()) == 3
    assert delete(client, hsm_ids=json.dumps(ids)) == {"success": True}
    assert client.names() == ["hello_world"]


def test_what_delete_refuses(client: Client) -> None:
    template_id = client.approved(payload())
    client.emulator.control("disable", id=template_id)
    for params in ({}, {"name": "nothing"}, {"name": "order_shipped"}):
        assert delete(client, **params)["error"]["code"] == 100
    assert status(client, template_id) == "DISABLED"


def test_a_deleted_name_is_locked_for_thirty_days(client: Client) -> None:
    client.approved(payload())
    delete(client, name="order_shipped")
    client.clock.move(days=29)
    assert client.refused_create(payload())["error_subcode"] == 2388023
    client.clock.move(days=1)
    client.create(payload())


def test_what_was_never_approved_leaves_no_lock(client: Client) -> None:
    client.create(payload())
    delete(client, name="order_shipped")
    client.create(payload())


def test_deletion_may_linger(client: Client) -> None:
    client.emulator.control("settings", lingering_deletes=True)
    template_id = client.approved(payload())
    delete(client, hsm_id=template_id, name="order_shipped")
    assert status(client, template_id) == "PENDING_DELETION"
    assert client.refused_create(payload())["error_subcode"] == 2388023
    client.clock.move(days=30)
    assert client.names() == ["hello_world"]
    assert client.create(payload())["id"] != template_id


def test_creations_per_hour(client: Client) -> None:
    client.emulator.control("settings", creates_per_hour=2)
    for number in range(2):
        client.create(payload(name=f"t{number}"))
    answer = client.call("POST", PATH, json=payload(name="t2"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 80008)
    usage = json.loads(answer.headers["x-business-use-case-usage"])[WABA_ID][0]
    assert usage["estimated_time_to_regain_access"] == 60
    client.clock.move(hours=1)
    client.create(payload(name="t2"))


def test_the_default_is_100_creations_per_hour(client: Client) -> None:
    for number in range(100):
        client.create(payload(name=f"t{number}"))
    assert client.refused_create(payload(name="t100"))["code"] == 80008


def test_templates_per_account(client: Client) -> None:
    client.emulator.control("account", template_limit=2)
    client.create(payload())
    assert client.refused_create(payload(language="es"))["error_subcode"] == 2388019


def test_calls_per_hour(client: Client) -> None:
    client.emulator.control("settings", calls_per_hour=4)
    for expected in (25, 50, 75, 100):
        usage = json.loads(client.call("GET", PATH).headers["x-business-use-case-usage"])[WABA_ID][0]
        assert (usage["type"], usage["call_count"]) == ("whatsapp_business_management", expected)
        assert usage["estimated_time_to_regain_access"] == 0
    client.clock.move(minutes=20)
    answer = client.call("GET", PATH)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 80008)
    usage = json.loads(answer.headers["x-business-use-case-usage"])[WABA_ID][0]
    assert usage["estimated_time_to_regain_access"] == 40
    client.clock.move(minutes=41)
    assert client.call("GET", PATH).status_code == 200, (
        "the refused call counted, the old ones do not any more"
    )


def test_an_account_without_a_number_has_200_calls(client: Client) -> None:
    client.emulator.control("account", phone_numbers=[])
    for _ in range(200):
        assert client.call("GET", WABA_ID).status_code == 200
    assert client.refused("GET", WABA_ID)["code"] == 80008


def test_reading_one_template_is_not_counted(client: Client) -> None:
    template_id = client.create(payload())["id"]
    assert "x-business-use-case-usage" not in client.call("GET", template_id).headers


def test_upsert_creates_the_missing_and_edits_the_others(client: Client) -> None:
    existing = client.approved(authentication(language="es"))
    given = authentication() | {"languages": ["en_US", "es"]}
    del given["language"]
    found = client.call("POST", f"{WABA_ID}/upsert_message_templates", json=given).json()["data"]
    assert [(one["language"], one["status"]) for one in found] == [("en_US", "PENDING"), ("es", "PENDING")]
    assert found[1]["id"] == existing
    labelled = authentication() | {"languages": ["fr"]}
    labelled["components"][2]["buttons"][0]["text"] = "Copy it"
    assert client.refused("POST", f"{WABA_ID}/upsert_message_templates", json=labelled)["code"] == 100
    given["category"] = "UTILITY"
    assert client.refused("POST", f"{WABA_ID}/upsert_message_templates", json=given)["code"] == 100


def test_previews(client: Client) -> None:
    found = client.get(
        f"{WABA_ID}/message_template_previews",
        category="AUTHENTICATION",
        languages="en_US,es_ES",
        add_security_recommendation="true",
        code_expiration_minutes=10,
        button_types="OTP",
    )["data"]
    assert found[0] == {
        "body": "*{{1}}* is your verification code. For your security, do not share this code.",
        "footer": "This code expires in 10 minutes.",
        "buttons": [{"text": "Copy code", "autofill_text": "Autofill"}],
        "language": "en_US",
    }
    assert found[1]["language"] == "es_ES"


def test_library_templates_are_approved_at_once_and_fixed(client: Client) -> None:
    given = payload(library_template_name="delivery_update_1")
    del given["components"]
    created = client.create(given)
    assert created["status"] == "APPROVED"
    assert client.get(created["id"])["library_template_name"] == "delivery_update_1"
    assert client.refused("POST", created["id"], json={"components": [body("New")]})["code"] == 100


def start_upload(client: Client, length: int, kind: str = "image/png") -> str:
    path = f"{APP_ID}/uploads?file_name=a&file_length={length}&file_type={kind}"
    session: str = client.call("POST", path).json()["id"]
    return session


def test_an_upload_in_two_pieces(client: Client) -> None:
    session = start_upload(client, 6)
    assert session.startswith("upload:")
    headers = {"Authorization": f"OAuth {client.token}", "file_offset": "0"}
    assert client.call("POST", session, data=b"abcd", headers=headers).json()["file_offset"] == 4
    assert client.call("GET", session, headers=headers).json() == {"id": session, "file_offset": 4}
    assert client.refused("POST", session, data=b"ef", headers=headers)["code"] == 100
    headers["file_offset"] = "4"
    assert client.call("POST", session, data=b"ef", headers=headers).json()["h"].startswith("4::")


def test_an_upload_session_wants_the_token_in_its_header(client: Client) -> None:
    session = start_upload(client, 1)
    headers = {"Authorization": "", "file_offset": "0"}
    in_query = f"{session}?access_token={client.token}"
    assert client.refused("POST", in_query, data=b"a", headers=headers)["code"] == 190


BAD_UPLOADS = [
    "file_name=a&file_length=1&file_type=image/webp",
    "file_name=a&file_type=image/png",
    "file_length=1&file_type=image/png",
]


@pytest.mark.parametrize("query", BAD_UPLOADS)
def test_what_an_upload_refuses(client: Client, query: str) -> None:
    assert client.refused("POST", f"{APP_ID}/uploads?{query}")["code"] == 100
    assert client.refused("POST", f"{WABA_ID}/uploads?{query}")["code"] == 100


def test_a_sample_must_fit_its_header(client: Client) -> None:
    handle = client.upload(b"pdf", "application/pdf")
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}}
    assert client.refused_create(payload(header, body()))["error_subcode"] == 2388273
    client.create(payload(header | {"format": "DOCUMENT"}, body()))


def test_an_edit_needs_a_handle_again(client: Client) -> None:
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [client.upload()]}}
    template_id = client.approved(payload(header, body()))
    shown = client.get(template_id)["components"]
    assert client.refused("POST", template_id, json={"components": shown})["error_subcode"] == 2388273
