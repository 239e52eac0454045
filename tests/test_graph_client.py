"""The client against scripted answers: what is sent, what is said, what is repeated, what never leaks."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import traceback
from pathlib import Path
from socket import gaierror

import pytest
import requests
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

from tests.graph_wire import BASE, SECRET, TOKEN, WABA, Clock, Reply, Wire, graph, page, refusal, row
from wasync import __version__
from wasync.graph.client import Created, Graph
from wasync.model.errors import GraphError
from wasync.model.template import JSON

PAYLOAD: dict[str, JSON] = {
    "name": "order_shipped",
    "language": "en_US",
    "category": "UTILITY",
    "components": [],
}
POOL, CONNECTION = HTTPConnectionPool("unused"), HTTPConnection("unused")
UNRESOLVED = NameResolutionError("h", CONNECTION, gaierror())
GOLDEN = Path(__file__).parent / "graph_messages.txt"
CREATED = Reply({"id": "594", "status": "PENDING", "category": "MARKETING"})
DONE = Reply({"success": True})
BUC = "x-business-use-case-usage"


def refused(wire: Wire, *, clock: Clock | None = None, max_wait: float = 600.0) -> GraphError:
    """The error of a create."""
    with pytest.raises(GraphError) as caught:
        graph(wire, clock, max_wait=max_wait).create(WABA, PAYLOAD)
    return caught.value


def usage(percent: int, minutes: int = 0) -> dict[str, str]:
    limit = {
        "type": "whatsapp_business_management",
        "call_count": percent,
        "estimated_time_to_regain_access": minutes,
    }
    return {BUC: json.dumps({WABA: [limit]})}


# What is sent


def test_writes_as_meta_wants_them() -> None:
    wire = Wire(CREATED, DONE, DONE)
    client = graph(wire)
    assert client.create(WABA, PAYLOAD) == Created("594", "PENDING", "MARKETING")
    client.edit("594", {"components": []})
    client.delete(WABA, "order_shipped", "594")
    assert [(sent.method, sent.path, sent.query) for sent in wire.sent] == [
        ("POST", f"/v26.0/{WABA}/message_templates", {}),
        ("POST", "/v26.0/594", {}),
        ("DELETE", f"/v26.0/{WABA}/message_templates", {"hsm_id": "594", "name": "order_shipped"}),
    ]
    assert [sent.json for sent in wire.sent[:2]] == [PAYLOAD, {"components": []}]
    assert {sent.headers["content-type"] for sent in wire.sent[:2]} == {"application/json"}
    assert {sent.headers["authorization"] for sent in wire.sent} == {f"Bearer {TOKEN}"}
    assert {sent.headers["user-agent"] for sent in wire.sent} == {f"wasync/{__version__}"}
    assert {sent.timeout for sent in wire.sent} == {(10.0, 60.0)}


def test_netrc_cannot_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine graph.facebook.com login thief password stolen\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert requests.utils.get_netrc_auth(BASE) == ("thief", "stolen")
    wire = Wire(Reply({"id": "1", "name": "acme-ci"}))
    assert graph(wire).me() == {"id": "1", "name": "acme-ci"}
    assert wire.sent[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_appsecret_proof_goes_along() -> None:
    wire = Wire(DONE, Reply({"id": "1"}))
    client = graph(wire, app_secret=SECRET)
    client.edit("594", {})
    client.me()
    # printf %s "$TOKEN" | openssl dgst -sha256 -hmac "$SECRET"
    proof = "2ae7165ab00887f2181bce3723b690be9e72f3ce87a5dc9567b668be38c9dd9f"
    assert [sent.query for sent in wire.sent] == [
        {"appsecret_proof": proof},
        {"fields": "id,name", "appsecret_proof": proof},
    ]


def test_proxies_of_the_environment_are_not_asked_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    # A proxy refuses with ProxyError, which would be told apart.
    client = Graph("http://127.0.0.1:1", "v26.0", TOKEN, sleep=lambda _: None)
    with client, pytest.raises(GraphError) as caught:
        client.me()
    assert caught.value.message == "Cannot read the token's user: 127.0.0.1 does not accept connections."


def test_read_only_refuses_before_anything_is_sent() -> None:
    wire = Wire(Reply({"id": "1"}))
    client = graph(wire, read_only=True)
    doing = []
    for write in (
        lambda: client.create(WABA, PAYLOAD),
        lambda: client.edit("594", {}),
        lambda: client.delete(WABA, "n", "594"),
        lambda: client.upload("7", io.BytesIO(b"x"), 1, "a.png", "image/png"),
    ):
        with pytest.raises(GraphError) as caught:
            write()
        assert caught.value.stops_run
        assert not caught.value.uncertain
        doing.append(caught.value.message)
    assert wire.sent == []
    assert doing[0] == (
        f"Cannot create order_shipped/en_US in account {WABA}: wasync is in read-only mode and sends "
        f"nothing but "
        "reads; nothing was sent."
    )
    assert client.me() == {"id": "1"}


def test_version_must_look_like_one() -> None:
    with pytest.raises(GraphError) as caught:
        graph(Wire(), version="26/../..")
    assert str(caught.value) == "graph.version '26/../..' is no version of Meta's Graph API."


def test_only_the_session_pays_for_requests() -> None:
    names = ", ".join(f"wasync.graph.{name}" for name in ("errors", "inspection", "redaction", "token"))
    code = f"import sys, {names}; print('requests' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# What is said


REPLIES: dict[str, Reply | Exception] = {
    "template refused": refusal(
        100,
        2388024,
        error_user_title="Content in This Language Already Exists",
        error_user_msg="There is already English content for this template.",
        error_data={"blame_field_specs": [["name"], ["components", 0]]},
    ),
    "details in a JSON string": refusal(
        131000,
        message="(#131000) Something",
        error_data='{"messaging_product":"whatsapp","details":"Details"}',
    ),
    "details in a text": refusal(131000, message="Odd", error_data="not json"),
    "token expired, and echoed": refusal(
        190, 463, status=401, message=f"Malformed access token {TOKEN}. Also EAAanotherToken123."
    ),
    "may not write": refusal(200, status=403, message="(#200) You do not have the necessary permissions"),
    "unknown version": refusal(2500, message="Unknown path components: /v99.0"),
    "bare code": Reply({"error": {"code": "100"}}, 400),
    "steering the terminal": refusal(100, message="\x1b[2Jred\r\nnext"),
    "HTML from a gateway": Reply(raw=b"<!DOCTYPE html><html>...", status=502),
    "HTML from a sign-in page": Reply(raw=b"\n<html>", status=200),
    "HTML from a proxy": Reply(raw=b"Forbidden", status=403, headers={"Content-Type": "text/html"}),
    "JSON cut short": Reply(raw=b'{"id":"59', status=200),
    "JSON list": Reply([], status=200),
    "empty body": Reply(raw=b"", status=404),
    "redirect": Reply(status=302, headers={"Location": f"https://evil.example/?t={TOKEN}"}),
    "no answer in time": requests.ReadTimeout(f"GET {BASE}?access_token={TOKEN}"),
    "answer lost": requests.ConnectionError("Connection aborted"),
    "created without an id": Reply({"status": "PENDING"}),
    "service down": refusal(2, status=503, message="Service temporarily unavailable", is_transient=True),
}


def test_messages_say_what_why_and_what_to_do() -> None:
    said = []
    for name, reply in REPLIES.items():
        error = refused(Wire(reply))
        said.append(f"# {name}\n{error.message}\n-> {error.fix}\n")
    assert "\n".join(said) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (requests.ConnectTimeout("x"), "no connection to graph.facebook.com within 10 s"),
        (
            requests.exceptions.InvalidProxyURL("x"),
            "no request to graph.facebook.com can be made of graph.base_url and the proxy",
        ),
        (requests.exceptions.SSLError("x"), "no trusted TLS connection to graph.facebook.com"),
        (
            requests.exceptions.ProxyError("x"),
            "the proxy on the way to graph.facebook.com refused the connection",
        ),
        (
            requests.ConnectionError(MaxRetryError(POOL, "u", NewConnectionError(CONNECTION, "refused"))),
            "graph.facebook.com does not accept connections",
        ),
        (
            requests.ConnectionError(MaxRetryError(POOL, "u", UNRESOLVED)),
            "the host name graph.facebook.com cannot be resolved",
        ),
    ],
)  # fmt: skip
def test_what_was_surely_not_sent_is_sent_again_and_is_certain(failure: Exception, message: str) -> None:
    wire = Wire(failure, CREATED)
    assert graph(wire).create(WABA, PAYLOAD).id == "594"
    error = refused(Wire(*[failure] * 4))
    assert error.message == f"Cannot create order_shipped/en_US in account {WABA}: {message}."
    assert error.fix == "Check the network, and any proxy in HTTPS_PROXY, then run again."
    assert not error.uncertain


def test_numbers_stay_with_the_error() -> None:
    error = refused(Wire(refusal(100, 2388046)))
    assert (error.status, error.graph_code, error.subcode, error.trace) == (400, 100, 2388046, "AxbTrace")
    assert (error.rule, error.stops_run, error.uncertain) == ("WA101", False, False)


# What is repeated


@pytest.mark.parametrize(
    "failure",
    [
        requests.ConnectionError("Connection aborted"),
        requests.ReadTimeout("x"),
        requests.exceptions.ChunkedEncodingError("x"),
        refusal(2, status=503),
        refusal(131000, status=500),
        refusal(131000, is_transient=True),
        Reply(raw=b"<html>", status=504),
        Reply(raw=b'{"a":'),
        Reply(raw=b""),
    ],
)
def test_reads_are_repeated_and_writes_are_left_uncertain(failure: Reply | Exception) -> None:
    clock = Clock()
    assert graph(Wire(failure, failure, failure, Reply({"id": "1"})), clock).me() == {"id": "1"}
    assert clock.slept == [0.75, 1.5, 3.0]
    wire = Wire(failure, failure)
    client = graph(wire)
    with pytest.raises(GraphError) as caught:
        client.create(WABA, PAYLOAD)
    assert caught.value.uncertain
    assert len(wire.sent) == 1
    with pytest.raises(GraphError) as caught:
        client.edit("594", {})
    assert caught.value.uncertain
    assert len(wire.sent) == 2


def test_reads_end_after_four_attempts() -> None:
    wire = Wire(*[requests.ReadTimeout("x")] * 4)
    with pytest.raises(GraphError) as caught:
        graph(wire).me()
    assert (
        caught.value.message == "Cannot read the token's user: no answer from graph.facebook.com within 60 s."
    )
    assert not caught.value.uncertain


def test_creation_failed_is_worth_one_repeat() -> None:
    wire = Wire(refusal(200002, status=500), CREATED)
    assert graph(wire).create(WABA, PAYLOAD).id == "594"
    again = refused(Wire(refusal(200002, status=500), refusal(100, 2388024)))
    assert (again.subcode, again.uncertain) == (2388024, True)


def test_delete_is_repeated_and_a_refused_repeat_is_uncertain() -> None:
    wire = Wire(requests.ReadTimeout("x"), DONE)
    graph(wire).delete(WABA, "n", "594")
    assert len(wire.sent) == 2
    wire = Wire(requests.ReadTimeout("x"), refusal(100, 33))
    with pytest.raises(GraphError) as caught:
        graph(wire).delete(WABA, "n", "594")
    assert caught.value.uncertain


def test_edit_without_success_is_uncertain() -> None:
    with pytest.raises(GraphError) as caught:
        graph(Wire(Reply({"success": False}))).edit("594", {})
    assert caught.value.uncertain


# The pace


def test_refusals_for_too_many_calls_are_waited_out_even_for_a_create() -> None:
    clock, paused = Clock(), list[float]()
    wire = Wire(refusal(80008, headers=usage(100, 5)), refusal(4, headers={}), CREATED)
    assert graph(wire, clock, on_pause=paused.append).create(WABA, PAYLOAD).id == "594"
    assert paused == [300.0, 120.0]
    assert clock.slept[0] == 300.0


def test_a_wait_longer_than_allowed_ends_the_run() -> None:
    clock = Clock()
    wire = Wire(refusal(80008, message="(#80008) too many", headers=usage(100, 12)))
    error = refused(wire, clock=clock)
    assert error.message == (
        f"Meta refused to create order_shipped/en_US in account {WABA}: there were too many calls to this "
        f"account. "
        'Meta says: "(#80008) too many" (code 80008, fbtrace_id AxbTrace). Meta opens again in 12 min, '
        "longer than "
        "this run may wait."
    )
    assert error.fix == "Run again in 12 min; `wasync apply --max-wait SECONDS` waits longer."
    assert (error.stops_run, error.wait_seconds, error.uncertain) == (True, 720.0, False)
    assert (error.graph_code, error.trace) == (80008, "AxbTrace")
    assert clock.slept == []


def test_waiting_shares_one_budget() -> None:
    wire = Wire(*[refusal(80008, headers=usage(100, 4))] * 3)
    clock = Clock()
    error = refused(wire, clock=clock)
    assert clock.slept == [240.0, 240.0]
    assert error.wait_seconds == 240.0


def test_a_success_that_says_wait_stops_the_next_call() -> None:
    clock = Clock()
    client = graph(Wire(Reply({"id": "1"}, headers=usage(100, 2)), Reply({"id": "1"})), clock)
    client.me()
    assert clock.slept == []
    client.me()
    assert clock.slept == [120.0]
    client = graph(Wire(Reply({"id": "1"}, headers=usage(100, 20))), clock)
    client.me()
    with pytest.raises(GraphError) as caught:
        client.me()
    assert caught.value.message == (
        "Cannot read the token's user yet: too many calls; nothing was sent. Meta opens again in 20 min, "
        "longer than "
        "this run may wait."
    )


def test_calls_are_spread_near_the_limit() -> None:
    clock = Clock()
    client = graph(
        Wire(*[Reply({"id": "1"}, headers=usage(percent)) for percent in (79, 80, 95)], Reply({})), clock
    )
    for _ in range(4):
        client.me()
    assert clock.slept == [1.0, 4.0]


# Uploads


def test_upload_goes_on_where_it_broke() -> None:
    content = b"0123456789"
    wire = Wire(
        Reply({"id": "upload:MTp?sig=ARZ"}),
        requests.ConnectionError("broken"),
        Reply({"id": "upload:MTp", "file_offset": 4}),
        Reply({"id": "upload:MTp", "file_offset": 10}),
        Reply({"id": "upload:MTp", "file_offset": 10}),
        Reply({"h": "4::aW"}),
    )
    assert graph(wire).upload("279", io.BytesIO(content), 10, "hero.png", "image/png") == "4::aW"
    start, first, where, rest, _, last = wire.sent
    assert (start.method, start.path) == ("POST", "/v26.0/279/uploads")
    assert start.query == {"file_name": "hero.png", "file_length": "10", "file_type": "image/png"}
    assert start.headers["authorization"] == f"Bearer {TOKEN}"
    assert (first.method, first.path, first.query) == ("POST", "/v26.0/upload:MTp", {"sig": "ARZ"})
    assert first.headers["authorization"] == f"OAuth {TOKEN}"
    assert (first.headers["file_offset"], first.body) == ("0", content)
    assert (where.method, where.headers["authorization"]) == ("GET", f"OAuth {TOKEN}")
    assert (rest.headers["file_offset"], rest.body) == ("4", b"456789")
    assert (last.headers["file_offset"], last.body, last.headers["content-length"]) == ("10", b"", "0")


def test_upload_that_keeps_breaking_ends() -> None:
    script: list[Reply | Exception] = [Reply({"id": "upload:MTp"})]
    for _ in range(5):
        script += [requests.ConnectionError("broken"), Reply({"file_offset": 0})]
    with pytest.raises(GraphError) as caught:
        graph(Wire(*script)).upload("279", io.BytesIO(b"0123456789"), 10, "hero.png", "image/png")
    assert caught.value.message.startswith(
        "Cannot upload hero.png: the connection to graph.facebook.com broke"
    )
    assert not caught.value.uncertain


def test_upload_refused_is_not_tried_again() -> None:
    wire = Wire(Reply({"id": "upload:MTp"}), refusal(100))
    with pytest.raises(GraphError) as caught:
        graph(wire).upload("279", io.BytesIO(b"x"), 1, "hero.png", "image/png")
    assert caught.value.graph_code == 100


# What never leaks


def test_token_and_secret_are_in_no_log_no_error_and_no_address(caplog: pytest.LogCaptureFixture) -> None:
    log, errors = list[str](), list[str]()
    echo = f"token {TOKEN} and EAAsomeOtherToken1 in https://x/?access_token={TOKEN}&appsecret_proof=ff"
    wire = Wire(
        Reply({"data": {"is_valid": True}}),
        refusal(
            190,
            message=echo,
            error_user_msg=echo,
            error_data={"details": echo, "blame_field_specs": [[echo]]},
        ),
        Reply(raw=echo.encode(), status=400),
        requests.ConnectionError(echo),
        *[requests.ConnectionError(echo)] * 3,
        page(row(1), after=TOKEN),
        page(row(2)),
        *[requests.ReadTimeout(f"{BASE}/debug_token?input_token={TOKEN}")] * 4,
    )
    client = graph(wire, app_secret=SECRET, log=log.append)
    with caplog.at_level(logging.DEBUG):
        assert client.inspect_token() == {"is_valid": True}
        for call in (
            lambda: client.create(WABA, PAYLOAD | {"note": TOKEN}),
            lambda: client.edit("594", {}),
            lambda: client.me(),
            lambda: client.listing(WABA, dict) and client.inspect_token(),
        ):
            with pytest.raises(GraphError) as caught:
                call()
            errors.append("".join(traceback.format_exception(caught.value)) + caught.value.fix)
            assert caught.value.__cause__ is None
            assert not isinstance(caught.value.__context__, requests.RequestException)
    proof = wire.sent[0].query["appsecret_proof"]
    shown = "\n".join([*log, *errors, caplog.text, str(caplog.records)])
    for secret in (TOKEN, SECRET, proof, "EAAsomeOtherToken1"):
        assert secret not in shown
    for sent in wire.sent:
        assert TOKEN not in sent.url or "/debug_token?" in sent.url or f"after={TOKEN}" in sent.url
        assert SECRET not in sent.url
    assert log[0] == "> GET /v26.0/debug_token?input_token=***"
    assert log[1] == "< 200 28 bytes in 0.00 s"
    assert log[2].startswith('> POST /v26.0/102290129340398/message_templates {"name": "order_shipped"')
    assert log[3].startswith("< 400")


def test_log_shows_version_usage_and_trace() -> None:
    log = list[str]()
    headers = {"Facebook-Api-Version": "v27.0", "X-FB-Trace-ID": "Bx", **usage(28)}
    client = graph(Wire(Reply({"id": "1"}, headers=headers)), log=log.append)
    client.me()
    assert client.served_version == "v27.0"
    assert "facebook-api-version: v27.0" in log[1]
    assert '"call_count": 28' in log[1]
    assert log[1].endswith("x-fb-trace-id: Bx")
