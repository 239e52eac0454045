"""convert: payloads from anywhere become files that validate; what cannot is told with its mend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wasync.canonical import from_yaml, to_graph
from wasync.cli import main
from wasync.model.errors import WasyncError
from wasync.model.template import JSON, Document
from wasync.project.payloads import read_payloads
from wasync.project.yaml_reader import read

PAYLOAD: dict[str, JSON] = {
    "name": "order_shipped",
    "language": "en_US",
    "category": "utility",
    "parameter_format": "named",
    "components": [
        {"type": "header", "format": "image", "example": {"header_handle": ["4::aW"]}},
        {
            "type": "body",
            "text": "Hi {{first_name}}, your order left today.",
            "example": {"body_text_named_params": [{"param_name": "first_name", "example": "Ana"}]},
        },
        {"type": "buttons", "buttons": [{"type": "quick_reply", "text": "Yes"}]},
    ],
}


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["convert", *argv])
    assert isinstance(ended.value.code, int)
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def test_a_payload_becomes_a_file_that_says_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.json").write_text(json.dumps(PAYLOAD), encoding="utf-8")
    code, out, err = run(capsys, str(tmp_path / "p.json"))
    assert (code, err) == (0, "")
    body, lines = read(out.encode()).documents[0]
    assert isinstance(body, dict)
    template = from_yaml(Document("f.yaml", 0, "order_shipped", body, lines)).templates[0]
    sent = to_graph(template, {})
    upper: dict[str, JSON] = {"category": "UTILITY", "parameter_format": "NAMED"}
    assert {**sent, "components": None} == {**PAYLOAD, **upper, "components": None}
    assert 'handle: "4::aW"' in out


def test_out_writes_files_and_overwrites_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = json.dumps([PAYLOAD, {**PAYLOAD, "name": "second"}, {**PAYLOAD, "language": "de"}])
    (tmp_path / "p.json").write_text(both, encoding="utf-8")
    out = tmp_path / "templates"
    assert run(capsys, str(tmp_path / "p.json"), "--out", str(out))[0] == 0
    assert sorted(path.name for path in out.iterdir()) == ["order_shipped.yaml", "second.yaml"]
    before = (out / "second.yaml").read_bytes()
    code, _, err = run(capsys, str(tmp_path / "p.json"), "--out", str(out))
    assert code == 1
    assert "is here already: nothing was written." in " ".join(err.split())
    assert (out / "second.yaml").read_bytes() == before


@pytest.mark.parametrize(
    "wrapped",
    [
        [PAYLOAD],
        {"data": [PAYLOAD]},
        {
            "info": {},
            "item": [{"item": [{"request": {"body": {"mode": "raw", "raw": json.dumps(PAYLOAD)}}}]}],
        },
    ],
)
def test_payloads_are_found_where_people_have_them(wrapped: JSON) -> None:
    assert read_payloads(json.dumps(wrapped), "x") == read_payloads(json.dumps(PAYLOAD), "x")


def test_an_upsert_gives_each_language() -> None:
    upsert = {**PAYLOAD, "languages": ["en_US", "de"]}
    assert [str(template.key) for template in read_payloads(json.dumps(upsert), "x")] == [
        "order_shipped/en_US",
        "order_shipped/de",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"name": }', "x:1:10: this is not JSON: Expecting value."),
        ("[]", "x: no create payload is in it."),
        ("7", "x: a create payload is an object, not 7."),
        (json.dumps({**PAYLOAD, "name": ""}), "x: the payload has no name."),
        (
            json.dumps({**PAYLOAD, "language": {"code": "de"}}),
            "x: order_shipped: language is an object, as in a message to send.",
        ),
        (json.dumps({**PAYLOAD, "language": None}), "x: order_shipped: the payload has no language."),
        (
            json.dumps({**PAYLOAD, "components": "[]"}),
            "x: order_shipped: components is a text that holds JSON.",
        ),
        (json.dumps({**PAYLOAD, "components": {}}), "x: order_shipped: components is missing or no list."),
        (json.dumps({**PAYLOAD, "category": None}), "x: order_shipped: the payload has no category."),
        (
            json.dumps({"messaging_product": "whatsapp", "to": "1", "template": {}}),
            "x: this is a message to send, not a template to create.",
        ),
    ],
)
def test_what_is_no_payload_is_told_with_its_mend(text: str, message: str) -> None:
    with pytest.raises(WasyncError) as caught:
        read_payloads(text, "x")
    assert caught.value.message == message
    assert caught.value.fix
