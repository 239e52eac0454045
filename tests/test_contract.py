"""What senders must pass: golden files of every kind, generated code that runs, and what mypy refuses."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from tests.command_line import WRITE_GOLDEN
from tests.shell import ROOT, CommandLine
from wasync.canonical import from_yaml
from wasync.checks.schema_files import load_schema
from wasync.contract import contract
from wasync.model.config import Account
from wasync.model.contract import Contract
from wasync.model.live import Live
from wasync.model.template import JSON, Desired, Document, Key, Template
from wasync.render.contract_json import contract_json
from wasync.render.contract_python import contract_python
from wasync.render.contract_typescript import contract_typescript

GOLDEN = Path(__file__).parent / "contracts"
ACCOUNT = Account("production", "102290129340398")
FORMS = {"json": "kinds.json", "python": "kinds.py.txt", "typescript": "kinds.ts.txt"}


def declared(**files: dict[str, JSON]) -> Desired:
    """What files declare, each by its name."""
    found = [from_yaml(Document(f"{name}.yaml", 0, name, data, {})) for name, data in files.items()]
    templates = {template.key: template for one in found for template in one.templates}
    return Desired(templates, {}, (), {one.name: one.revision for one in found if one.revision.number > 1})


def of(**files: dict[str, JSON]) -> Contract:
    """The contract of some files; its JSON meets the schema."""
    return checked(contract(ACCOUNT, declared(**files)))


def checked(found: Contract) -> Contract:
    """The contract, whose JSON meets the schema."""
    jsonschema.Draft202012Validator(load_schema("contract")).validate(contract_json(found))
    return found


def message(**languages: JSON) -> dict[str, JSON]:
    """A file of these languages."""
    return {"category": "utility", "languages": languages}


def module(text: str, name: str = "generated") -> Any:  # the generated names are known to no checker
    """The generated module, run."""
    made = ModuleType(name)
    sys.modules[name] = made
    try:
        exec(compile(text, f"{name}.py", "exec"), made.__dict__)
    finally:
        del sys.modules[name]
    return made


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """One template of every kind that Meta has."""
    root = tmp_path_factory.mktemp("kinds") / "kinds"
    shutil.copytree(ROOT / "examples/kinds", root, ignore=shutil.ignore_patterns(".wasync"))
    return CommandLine(root)


# -- every kind ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_every_kind_is_written_as_ever(form: str, kinds: CommandLine) -> None:
    run = kinds("contract", "--format", form)
    assert (run.code, run.err) == (0, "")
    kinds_file = GOLDEN / FORMS[form]
    if WRITE_GOLDEN:
        kinds_file.write_text(run.out, encoding="utf-8")
    assert run.out == kinds_file.read_text(encoding="utf-8")
    if form == "json":
        run.document("contract")


IMAGE = {"link": "https://shop.acme.example/spring.png"}
PRODUCT = {"product_retailer_id": "echeveria", "catalog_id": "100"}
BUTTON: dict[str, Any] = {"type": "button", "index": 0}


def text(value: str, name: str | None = None) -> dict[str, str]:
    """A text parameter of a send call."""
    return {"type": "text", "text": value} | ({"parameter_name": name} if name else {})


# The form of each is what Meta's pages show (docs/contract.md).
CALLS: list[tuple[str, dict[str, Any], list[Any] | None]] = [
    ("ButtonApp", {}, None),
    (
        "TextNamed",
        {"first_name": "Ana", "order_id": "A-1", "button_1_payload": "stop"},
        [
            {"type": "header", "parameters": [text("A-1", "order_id")]},
            {"type": "body", "parameters": [text("Ana", "first_name"), text("A-1", "order_id")]},
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": 1,
                "parameters": [{"type": "payload", "payload": "stop"}],
            },
        ],
    ),
    (
        "TextPositional",
        {"header_1": "A-1", "body_1": "Ana", "body_2": "A-1"},
        [
            {"type": "header", "parameters": [text("A-1")]},
            {"type": "body", "parameters": [text("Ana"), text("A-1")]},
        ],
    ),
    (
        "CodeCopy",
        {"code": "123456"},
        [
            {"type": "body", "parameters": [text("123456")]},
            BUTTON | {"sub_type": "url", "parameters": [text("123456")]},
        ],
    ),
    (
        "LimitedTimeOffer",
        {
            "header_image": IMAGE,
            "first_name": "Ana",
            "expiration_time_ms": 1699400090000,
            "button_0_coupon_code": "SPRING20",
        },
        [
            {"type": "header", "parameters": [{"type": "image", "image": IMAGE}]},
            {"type": "body", "parameters": [text("Ana", "first_name")]},
            {
                "type": "limited_time_offer",
                "parameters": [
                    {
                        "type": "limited_time_offer",
                        "limited_time_offer": {"expiration_time_ms": 1699400090000},
                    }
                ],
            },
            BUTTON
            | {"sub_type": "copy_code", "parameters": [{"type": "coupon_code", "coupon_code": "SPRING20"}]},
        ],
    ),
    (
        "CarouselProducts",
        {"products": (PRODUCT, PRODUCT)},
        [
            {
                "type": "carousel",
                "cards": [
                    {
                        "card_index": index,
                        "components": [
                            {"type": "header", "parameters": [{"type": "product", "product": PRODUCT}]}
                        ],
                    }
                    for index in range(2)
                ],
            }
        ],
    ),
    (
        "FlowByName",
        {"button_0_flow": {"flow_token": "t"}},
        [BUTTON | {"sub_type": "flow", "parameters": [{"type": "action", "action": {"flow_token": "t"}}]}],
    ),
    ("HeaderGif", {"header": {"type": "header", "parameters": []}}, [{"type": "header", "parameters": []}]),
    ("LibraryDelivery", {"components": ()}, None),
]


@pytest.mark.parametrize(("name", "given", "components"), CALLS, ids=[name for name, _, _ in CALLS])
def test_the_generated_python_makes_the_template_of_a_send_call(
    name: str, given: dict[str, Any], components: list[Any] | None
) -> None:
    made = module((GOLDEN / "kinds.py.txt").read_text(encoding="utf-8"))
    one = getattr(made, name)(language="en_US", **given)
    wanted = {"name": one.NAME, "language": {"code": "en_US"}}
    assert one.template() == wanted | ({} if components is None else {"components": components})


def test_each_card_of_a_carousel_has_its_own_values() -> None:
    made = module((GOLDEN / "kinds.py.txt").read_text(encoding="utf-8"))
    fields = {
        f"card_{card}_{part}": f"{part} {card}" for card in (0, 1) for part in ("body_1", "button_0_url")
    }
    images = {"card_0_header_image": {"id": "1"}, "card_1_header_image": {"id": "2"}}
    sent = made.CarouselMedia(language="en_US", card_1_button_1_payload="more", **fields, **images).template()
    payload = [{"type": "payload", "payload": "more"}]
    reply = {"type": "button", "sub_type": "quick_reply", "index": 1, "parameters": payload}
    replies: list[list[Any]] = [[], [reply]]
    cards: list[Any] = [
        {
            "card_index": card,
            "components": [
                {"type": "header", "parameters": [{"type": "image", "image": {"id": str(card + 1)}}]},
                {"type": "body", "parameters": [text(f"body_1 {card}")]},
                BUTTON | {"sub_type": "url", "parameters": [text(f"button_0_url {card}")]},
                *replies[card],
            ],
        }
        for card in (0, 1)
    ]
    assert sent["components"] == [{"type": "carousel", "cards": cards}]


# -- what a type checker says ----------------------------------------------------------------------------

SENDER = """\
from kinds import CodeCopy, HeaderImage, HeaderLocation, TextNamed, TextPositional

TextNamed(language="en_US", first_name="Ana", order_id="A-1").template()
TextPositional(language="en_US", header_1="A-1", body_1="Ana", body_2="A-1")
HeaderImage(language="en_US", header_image={"id": "1"})
TextNamed(language="en_US", first_name="Ana")  # missing
TextNamed(language="en_US", first_name="Ana", order_id="A-1", city="Lima")  # unknown
TextNamed("en_US", "A-1", "Ana")  # could be swapped
CodeCopy(language="it", code="1")  # no such language
HeaderImage(language="en_US", header_image="1")  # not an image
HeaderImage(language="en_US", header_image={"latitude": 1, "longitude": 1})  # another medium
HeaderLocation(language="en_US", header_location={"latitude": 1, "longitude": 1})  # half a place
"""


def test_mypy_and_ruff_accept_the_python_and_mypy_refuses_a_sender_that_disagrees(tmp_path: Path) -> None:
    (tmp_path / "kinds.py").write_bytes((GOLDEN / "kinds.py.txt").read_bytes())
    (tmp_path / "sender.py").write_text(SENDER, encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=.cache", "sender.py"],
        cwd=tmp_path,
        text=True,
        capture_output=True,
        check=False,
    )
    refused = {line.split(":")[1] for line in checked.stdout.splitlines() if ": error:" in line}
    wanted = {str(number) for number, line in enumerate(SENDER.splitlines(), 1) if "  # " in line}
    assert refused == wanted, checked.stdout
    assert "kinds.py" not in checked.stdout
    linted = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "kinds.py"],
        cwd=tmp_path,
        text=True,
        capture_output=True,
        check=False,
    )
    assert linted.stdout == "All checks passed!\n"


# -- names, languages, revisions -------------------------------------------------------------------------


def test_a_revision_keeps_the_name_and_changes_what_is_sent() -> None:
    body: dict[str, JSON] = {"body": "Hi {{first_name}}, it left."}
    before, after = (of(order=message(en=body) | more) for more in ({}, {"revision": 3}))
    assert [(one.name, one.live_name) for one in (*before.templates, *after.templates)] == [
        ("order", "order"),
        ("order", "order_v3"),
    ]
    assert contract_python(after) == contract_python(before).replace('"order"', '"order_v3"').replace(
        "revision 1", "revision 3"
    )
    made = module(contract_python(after))
    assert made.Order(language="en", first_name="Ana").template()["name"] == "order_v3"


def test_other_words_in_another_order_are_the_same_contract() -> None:
    found = of(
        order=message(
            en={"body": "Hi {{first_name}}, {{order_id}} left.", "buttons": [reply("Talk to us")]},
            es={"body": "Tu pedido {{order_id}} va, {{first_name}}.", "buttons": [reply("Hablar")]},
        )
    )
    (template,) = found.templates
    assert [language.code for language in template.variants[0].languages] == ["en", "es"]
    assert (len(template.variants), template.differences) == (1, ())
    assert '"en": ("Talk to us",),\n        "es": ("Hablar",),' in contract_python(found)


def reply(label: str) -> dict[str, JSON]:
    """A quick reply."""
    return {"type": "quick_reply", "text": label}


def test_languages_that_differ_are_told_and_typed_apart() -> None:
    found = of(
        order=message(
            de={"body": "Hallo {{first_name}}!", "header": {"format": "image", "media": "a.png"}},
            en={"body": "Hi {{first_name}}, {{order_id}} left.", "buttons": [reply("Talk to us")]},
            es={"body": "Tu pedido {{order_id}} va, {{first_name}}.", "buttons": [reply("Hablar")]},
        )
    )
    assert found.templates[0].differences == (
        "order: body: de takes {{first_name}}; en, es takes {{first_name}}, {{order_id}}",
        "order: buttons: de takes nothing; en, es takes quick_reply",
        "order: buttons[0]: de takes nothing; en, es takes payload",
        "order: header: de takes image; en, es takes nothing",
    )
    made = module(contract_python(found))
    assert made.Order_de(language="de", first_name="Ana", header_image=IMAGE).NAME == "order"
    sent = made.Order_en(language="es", first_name="Ana", order_id="A-1").template()
    assert sent["language"] == {"code": "es"}
    assert 'readonly language: "en" | "es";' in contract_typescript(found)


def test_names_become_identifiers_that_are_free() -> None:
    body: dict[str, JSON] = {"body": "It left."}
    names = ("2fa", "a1", "a_1", "class", "image_value", "order", "order_", "t2fa")
    found = of(**{name: message(en=body) for name in names})
    made = module(contract_python(found))
    types = {getattr(made, name).NAME: name for name in dir(made) if hasattr(getattr(made, name), "NAME")}
    assert types == {
        "2fa": "T2fa",
        "a1": "A1",
        "a_1": "A_1",
        "class": "Class",
        "image_value": "Image_Value",
        "order": "Order",
        "order_": "Order_",
        "t2fa": "T2fa_",
    }
    typed = contract_typescript(found)
    assert all(f"export interface {name} {{" in typed for name in types.values())


def test_variables_become_fields_that_hide_nothing() -> None:
    names = ("class", "language", "template", "str", "self", "_x", "header_image", "int")
    texts = " and ".join(f"{{{{{name}}}}}" for name in names)
    header: JSON = {"format": "image", "media": "a.png"}
    found = of(message=message(en={"header": header, "body": f"Hi {texts}."}))
    fields = {
        "_x": "v_x",
        "class": "class_",
        "header_image": "header_image_",
        "int": "int_",
        "language": "language_",
        "self": "self_",
        "str": "str_",
        "template": "template_",
    }
    made = module(contract_python(found))
    given = {field: name for name, field in fields.items()}
    sent = made.Message(language="en", header_image=IMAGE, **given).template()
    assert sent["components"][1]["parameters"] == [text(name, name) for name in sorted(names)]


# -- live ------------------------------------------------------------------------------------------------


def test_live_gives_ids_and_the_texts_of_the_library() -> None:
    library = message(en={}, es={}) | {"library_template_name": "delivery_update_1"}
    key = Key("parcel", "en")
    spec: dict[str, JSON] = {"body": "Hi {{1}}, it left.", "library_template_name": "delivery_update_1"}
    live = Live(Template(key, "marketing", spec), "1689", "APPROVED")
    found = checked(contract(ACCOUNT, declared(parcel=library), {key: live}))
    assert found.templates[0].differences == (
        "parcel: all: en takes nothing; es takes what Meta's library says",
        "parcel: body: en takes body_1; es takes nothing",
    )
    languages = [
        language
        for variant in json.loads(json.dumps(contract_json(found)))["templates"][0]["variants"]
        for language in variant["languages"]
    ]
    assert [language["live"] for language in languages] == [
        {"id": "1689", "status": "APPROVED", "category": "marketing"},
        None,
    ]
    assert "live" not in json.dumps(contract_json(of(parcel=library))["templates"]).replace("live_name", "")


def test_no_template_is_a_module_too() -> None:
    made = module(contract_python(of()))
    assert made.SendTemplate.__name__ == "SendTemplate"
