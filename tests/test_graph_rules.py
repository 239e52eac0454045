"""The pure parts of the Graph client: redaction, pace, repeats, what a token is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasync.graph.inspection import (
    TokenKind,
    describe_expiry,
    describe_kind,
    explain_access,
    read_token_info,
    token_warnings,
)
from wasync.graph.redaction import one_line, redact
from wasync.graph.retry import Repeat, Trouble, delay
from wasync.graph.throttle import Usage, read_usage, slowdown, wait_after_refusal
from wasync.model.template import JSON

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
json_values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Malformed access token EAAGm0PX4ZCpsBAO.", "Malformed access token ***."),
        ("GET /debug_token?input_token=1|abc&x=1", "GET /debug_token?input_token=***&x=1"),
        ("GET /me?access_token=abc", "GET /me?access_token=***"),
        ('{"access_token": "abc", "a": 1}', '{"access_token": "***", "a": 1}'),
        ("a?appsecret_proof=00ff", "a?appsecret_proof=***"),
        ("upload:MTp?sig=ARZ", "upload:MTp?sig=***"),
        ("the value s3cr3t|x and s3cr3t%7Cx", "the value *** and ***"),
        (
            "OAuthException: An active access token is needed",
            "OAuthException: An active access token is needed",
        ),
    ],
)
def test_redact(text: str, shown: str) -> None:
    assert redact(text, ("s3cr3t|x", "")) == shown


@given(before=st.text(), after=st.text(), secret=st.text("abcXYZ0123|-_.", min_size=6))
def test_a_secret_never_survives(before: str, after: str, secret: str) -> None:
    assert secret not in redact(f"{before}{secret}{after}", (secret,)).replace("***", "")


def test_one_line_cannot_steer_the_terminal() -> None:
    assert one_line("a\x1b[31mred\r\n\tb\u2028c") == "a [31mred b c"
    assert len(one_line("x" * 2000)) == 600


BUC, APP = "x-business-use-case-usage", "x-app-usage"


@pytest.mark.parametrize(
    ("headers", "usage"),
    [
        ({}, Usage(0, 0)),
        ({BUC: "not json"}, Usage(0, 0)),
        ({BUC: '{"1":[{"call_count":28,"total_time":5,"estimated_time_to_regain_access":0}]}'}, Usage(28, 0)),
        ({BUC: '{"1":[{"call_count":5},{"total_time":91}]}', APP: '{"call_count":93}'}, Usage(93, 0)),
        ({BUC: '{"1":[{"call_count":100,"estimated_time_to_regain_access":12}]}'}, Usage(100, 720)),
        ({BUC: '{"1":[{"call_count":"x","total_time":-3}], "2": 7}', APP: "[]"}, Usage(0, 0)),
    ],
)  # fmt: skip
def test_read_usage(headers: dict[str, str], usage: Usage) -> None:
    assert read_usage(headers) == usage


@given(json_values)
def test_read_usage_takes_anything(value: JSON) -> None:
    usage = read_usage({BUC: json.dumps(value), "x-app-usage": json.dumps(value)})
    assert usage.percent >= 0
    assert usage.regain_seconds >= 0


def test_pace() -> None:
    assert [slowdown(Usage(percent)) for percent in (0, 79, 80, 90, 100, 1000)] == [0, 0, 1, 3, 5, 30]
    assert wait_after_refusal(Usage(100, 720), 3) == 720
    assert [wait_after_refusal(Usage(), n) for n in (1, 2, 3, 4, 5, 6)] == [60, 120, 240, 480, 600, 600]


def test_repeats() -> None:
    def delays(trouble: Trouble, repeat: Repeat) -> list[float | None]:
        return [delay(trouble, repeat, attempt, 0.0) for attempt in (1, 2, 3, 4)]

    again = [0.5, 1.0, 2.0, None]
    never = [None] * 4
    assert {(t.name, r.name): delays(t, r) for t in Trouble for r in Repeat} == {
        ("NOT_SENT", "FREELY"): again,
        ("NOT_SENT", "UNLESS_DONE"): again,
        ("LOST", "FREELY"): again,
        ("LOST", "UNLESS_DONE"): never,
        ("TRANSIENT", "FREELY"): again,
        ("TRANSIENT", "UNLESS_DONE"): never,
        ("BUSY", "FREELY"): again,
        ("BUSY", "UNLESS_DONE"): again,
        ("FAILED_ONCE", "FREELY"): [0.5, None, None, None],
        ("FAILED_ONCE", "UNLESS_DONE"): [0.5, None, None, None],
        ("FINAL", "FREELY"): never,
        ("FINAL", "UNLESS_DONE"): never,
    }


@given(spread=st.floats(0, 1, exclude_max=True), attempt=st.integers(1, 9))
def test_jitter_stays_within_half_and_whole(spread: float, attempt: int) -> None:
    full = delay(Trouble.LOST, Repeat.FREELY, attempt, 1.0, 10)
    found = delay(Trouble.LOST, Repeat.FREELY, attempt, spread, 10)
    assert full is not None
    assert found is not None
    assert full / 2 <= found <= full <= 30


TOKEN_DATA: dict[str, JSON] = {
    "app_id": "2790000000000001",
    "type": "SYSTEM_USER",
    "application": "Acme Templates",
    "data_access_expires_at": 0,
    "expires_at": 0,
    "is_valid": True,
    "issued_at": 1712099387,
    "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"],
    "granular_scopes": [{"scope": "whatsapp_business_management"}],
    "user_id": "122100000000000001",
}


def test_a_good_system_user_token_needs_no_warning() -> None:
    info = read_token_info(TOKEN_DATA)
    assert (info.kind, info.valid, info.expires, info.targets) == (TokenKind.SYSTEM_USER, True, None, None)
    assert info.issued == datetime(2024, 4, 2, 23, 9, 47, tzinfo=UTC)
    assert (describe_kind(info), describe_expiry(info, NOW)) == ("system user", "never")
    assert token_warnings(info, "1", NOW) == ()


def test_what_is_wrong_with_a_token_is_said_with_its_cure() -> None:
    soon = int((NOW + timedelta(hours=3)).timestamp())
    user = read_token_info(
        TOKEN_DATA | {"type": "USER", "expires_at": soon, "scopes": ["whatsapp_business_messaging"]}
    )
    assert describe_expiry(user, NOW) == "2026-11-23 15:00 UTC (in 3 hours)"
    assert token_warnings(user, "1", NOW) == (
        (
            "This is a person's token: such tokens end within hours, and with the person's access. "
            "Make a token of a system user in Meta's business settings; it can be made without expiry."
        ),
        (
            "The token lacks the permission whatsapp_business_management: calls for templates get code 200. "
            "Make a new token with it; whatsapp_business_messaging alone only sends."
        ),
    )
    granted: JSON = [{"scope": "whatsapp_business_management", "target_ids": ["7", "8"]}]
    limited = read_token_info(TOKEN_DATA | {"granular_scopes": granted, "expires_at": soon})
    assert describe_kind(limited) == (
        "business integration system user, or a system user that is assigned to single accounts"
    )
    assert token_warnings(limited, "1", NOW) == (
        "The token ends in 3 hours. Make a new one before then.",
        (
            "The token does not reach account 1: calls get code 200, or 100 with subcode 33. It reaches: "
            "7, 8. "
            "Check waba_id, or in Meta's business settings, under System users, assign the WhatsApp "
            "account to the "
            "token's system user with full control, or at least with the task Manage templates, and make "
            "the token "
            "with the permission whatsapp_business_management."
        ),
    )
    dead = read_token_info(TOKEN_DATA | {"is_valid": False})
    assert token_warnings(dead, "1", NOW) == (
        (
            "The token is not valid any more; every call gets code 190. "
            "Make a token of a system user in Meta's business settings."
        ),
    )


def test_access_is_explained_in_words() -> None:
    cure = (
        "To cure it, in Meta's business settings, under System users, assign the WhatsApp account to the "
        "token's "
        "system user with full control, or at least with the task Manage templates, and make the token "
        "with the "
        "permission whatsapp_business_management."
    )
    assert explain_access(readable=False) == (
        f"Code 200 means: the token is good, but has no access to this account. {cure} "
        "An account of another business also needs Advanced Access for your app."
    )
    assert explain_access(readable=True) == (
        "Meta does not tell how far access to an account goes. With view-only access, plan works and "
        "every create, "
        "edit and delete gets code 200; with partial access it depends on the tasks given: templates "
        "need Manage "
        f"templates (MANAGE_TEMPLATES) or full control (MANAGE). {cure}"
    )


@given(st.dictionaries(st.sampled_from(sorted(TOKEN_DATA)), json_values))
def test_token_info_takes_anything(data: dict[str, JSON]) -> None:
    info = read_token_info(data)
    token_warnings(info, "1", NOW)
    describe_expiry(info, NOW)
