"""The schemas, and what people read when a file does not meet them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from wasync.checks.schema import check_project_file, check_schema, schema_names, schema_text
from wasync.checks.schema_files import load_schema
from wasync.model.template import JSON, Document, Problem, SpecPath
from wasync.project.yaml_reader import read

NAMES = ("template", "project")
JARGON = ("given schemas", "valid under", "dditional propert", "is not of type", "does not match", "$defs")
CHECKS = {"template": check_schema, "project": check_project_file}
REFERENCE = {name: Draft202012Validator(load_schema(name)) for name in NAMES}
FAST = {name: jsonschema_rs.Draft202012Validator(load_schema(name)) for name in NAMES}

GOOD = """\
x-sign: &sign {type: quick_reply, text: Talk to us}
name: order_shipped
revision: 2
category: utility
description: Carrier scanned the parcel.
owner: "@acme/order-comms"
message_send_ttl_seconds: 600
variables:
  first_name: {example: Ana}
  order_id: {example: A-10293, description: public order number}
  shop: {}
ignore: {WA104: approved in 2023}
languages:
  en_US:
    header: Order {{order_id}} shipped
    body: |
      Hi {{first_name}}, your order {{order_id}} left.
    footer: Yes
    buttons:
      - {type: url, text: Track, url: "${shop_url}/t/{{1}}", example: 012345}
      - {type: phone_number, text: Call, phone_number: +15550051310}
      - *sign
  es_MX:
    header: {format: image, media: media/parcel.png}
    body: {text: "Hola {{first_name}}, gracias", examples: {first_name: Lucía}}
    examples: {first_name: Lucía}
    buttons: [{type: copy_code, example: SPRING25}, {type: copy_code}]
    ignore: {WA309: later}
  de:
    header: {text: "Bestellung {{1}}", examples: [A-1]}
    body: {text: "Hallo {{1}}, danke", examples: [Ana]}
  nl:
    components: [{type: BODY, text: Hi, anything: {at: [all, 1, true, null]}}]
  pt_BR: {header: {format: video, handle: "4::aW"}, body: 10:30}
  it: {header: {format: document}, body: Ciao}
  fr: absent
"""
OTHER_GOOD = (
    "absent: true",
    "languages: {en: absent, fr: absent}",
    "languages: {en: {category: utility, body: Hi}}",
    "category: utility\nabsent: false\nbody: Hi\nlanguages: {en: {}, fr: {footer: Acme}}",
    "category: authentication\nauthentication: {otp: {type: copy_code}}\nlanguages: [en_US, 'no']",
    """
category: authentication
authentication: {otp: {type: copy_code}, code_expiration_minutes: 10}
languages: {en: {}, es: {authentication: {otp: {text: Copiar}}}, fr: absent}
""",
    """
category: authentication
languages: {en: {authentication: {add_security_recommendation: true, otp: {type: copy_code, text: Copy}}}}
""",
    """
category: authentication
authentication: {otp: {type: zero_tap, zero_tap_terms_accepted: true, supported_apps: &apps
  [{package_name: com.acme.shop, signature_hash: 12345678901}]}}
languages: {en: {}, es: {authentication: {otp: {text: Copiar, autofill_text: Rellenar}}},
  de: {authentication: {otp: {type: one_tap, supported_apps: *apps}}}}
""",
    """
category: marketing
languages:
  en:
    header: {format: gif, media: clip.mp4}
    limited_time_offer: {text: Ends soon!, has_expiration: true}
    body: Hi
    buttons:
      - {type: copy_code, example: SPRING25}
      - {type: url, text: Open, url: 'https://acme.example/{{1}}', example: a, app_deep_link:
          {meta_app_id: 1, android_deep_link: 'acme://a', android_fallback_playstore_url: 'https://play.google.com'}}
  es: {header: {format: product}, body: Hola, buttons: [{type: spm}]}
  de: {body: Hallo, call_permission_request: true}
  fr:
    body: Salut
    carousel:
      - {header: {format: image, media: a.png}, body: Un, buttons: [{type: quick_reply, text: Oui}]}
      - {header: {format: video, handle: x}, body: {text: "Deux {{1}} ici", examples: [Ana]}}
  it:
    header: {format: location}
    body: Ciao
    buttons:
      - {type: flow, text: Go, flow_json: '{"a": 1}', flow_action: navigate, navigate_screen: A, icon: review}
  nl: {body: Hoi, buttons: [{type: voice_call, text: Bel, ttl_minutes: 1440}, {type: catalog}, {type: mpm}]}
  pt_BR: {body: Oi, display_format: order_details, buttons: [{type: order_details, text: Copy Pix code}]}
  da: {body: Hej, buttons: [{type: request_contact_info}], degrees_of_freedom_spec: {creative_features_spec:
    {image_touchups: {enroll_status: opt_in}}}}
""",
    """
category: utility
library_template_name: delivery_update_1
library_template_button_inputs:
  - {type: url, url: {base_url: 'https://acme.example/{{1}}', url_suffix_example: 'https://acme.example/1'}}
  - {type: phone_number, phone_number: +15550051310}
  - {type: otp, otp_type: one_tap, supported_apps: [{package_name: com.acme, signature_hash: K8a/AINcGX7}]}
library_template_body_inputs: {add_contact_number: true, code_expiration_minutes: 5}
languages: [en, es]
""",
    "category: utility\nlanguages: {en: {library_template_name: delivery_update_1}}",
    "category: authentication\nlanguages: {en: {library_template_name: login_code_1}}",
    "category: authentication\ncomponents: [{type: BODY}]\nlanguages: [en]",
    "category: utility\nlanguages: {en: {components: []}}",  # as pull writes a live template without content
    "category: marketing\nsub_category: custom\nlanguages: {en: {body: Hi, display_format: order_details}}",
)
GOOD_PROJECT = """\
version: 1
x-ids: {a: 1}
templates: [templates/**/*.yaml]
owns: ["order_*"]
protect: [login_code]
graph: {version: v26.0, base_url: http://127.0.0.1:8080}
accounts:
  production:
    waba_id: 102290129340398
    app_id: "670843887433847"
    token_env: WASYNC_TOKEN
    app_secret_env: WASYNC_APP_SECRET
    vars: {shop_url: https://acme.example, vat: 21}
    prune: delete
    select: ["*"]
  staging: {waba_id: '1', token_command: [pass, show, whatsapp]}
limits: {updates: 10, updates_percent: 50, deletes: 0, deletes_percent: 100}
state: .wasync/state.json
rules: {WA205: error, WA301: 'off'}
"""


def parse(text: str) -> dict[str, JSON]:
    reading = read(text.encode())
    assert reading.spotted == ()
    data = reading.documents[0][0]
    assert isinstance(data, dict)
    return data


def check(name: str, data: dict[str, JSON]) -> list[Problem]:
    return CHECKS[name](Document("templates/a.yaml", 0, "a", data, {}))


def written(problem: Problem) -> str:
    assert problem == Problem(problem.rule, problem.message, problem.fix, problem.path, at_key=problem.at_key)
    path = ".".join(map(str, problem.path)) or "."
    return f"{problem.rule} {path}{' (key)' if problem.at_key else ''}: {problem.message} | {problem.fix}\n"


def mistakes() -> list[tuple[str, str, str]]:
    """(title, yaml, problems) of the golden file; titles that begin with wasync.yaml are project files."""
    text = (Path(__file__).parent / "schema_mistakes.txt").read_text(encoding="utf-8")
    cases = []
    for block in text.removeprefix("=== ").split("\n=== "):
        head, _, problems = block.partition("\n---\n")
        title, _, yaml = head.partition("\n")
        cases.append((title, yaml, problems.rstrip("\n") + "\n"))
    return cases


@pytest.mark.parametrize(
    ("title", "yaml", "problems"), mistakes(), ids=lambda value: value.partition("\n")[0]
)
def test_each_mistake_has_its_sentence(title: str, yaml: str, problems: str) -> None:
    name = "project" if title.startswith("wasync.yaml") else "template"
    data = parse(yaml)
    assert "".join(map(written, check(name, data))) == problems
    assert not REFERENCE[name].is_valid(data)
    assert not FAST[name].is_valid(data)


@pytest.mark.parametrize("text", [GOOD, *OTHER_GOOD])
def test_good_templates_pass(text: str) -> None:
    data = parse(text)
    assert check_schema(Document("a.yaml", 0, "a", data, {})) == []
    assert REFERENCE["template"].is_valid(data)


def test_a_good_project_file_passes() -> None:
    data = parse(GOOD_PROJECT)
    assert check("project", data) == []
    assert REFERENCE["project"].is_valid(data)


def test_null_says_the_same_wherever_text_belongs() -> None:
    data = parse(
        "category: utility\nowner:\nlanguages: {en: {body: Hi, buttons: [{type: url, url: x, text: }]}}"
    )
    assert [problem.message for problem in check("template", data)] == [
        "owner is empty",
        "buttons[0].text is empty",
    ]


def test_a_token_is_never_shown() -> None:
    token = "EAAG" + "x1" * 40
    for key in (
        "waba_id",
        "app_id",
        "token_env",
        "app_secret_env",
        "prune",
        "vars",
        "token",
        "EAAG",
        "select",
    ):
        data: dict[str, JSON] = {"version": 1, "accounts": {"shop": {"waba_id": "1", key: token}}}
        problems = check("project", data)
        assert problems
        assert token[:10] not in "".join(map(written, problems))


def test_hundreds_of_mistakes_come_in_the_order_of_the_document() -> None:
    languages: dict[str, JSON] = {f"l{number}": {"body": "Hi", "footr": "x"} for number in range(300)}
    problems = check("template", {"category": "utility", "languages": languages})
    assert [problem.path for problem in problems] == [("languages", name, "footr") for name in languages]


# The schemas as such


def test_the_schemas_are_found_by_name() -> None:
    assert set(NAMES) <= set(schema_names())
    assert json.loads(schema_text("template")) == load_schema("template")
    with pytest.raises(KeyError):
        schema_text("../pyproject")


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_2020_12(name: str) -> None:
    assert load_schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(load_schema(name))


def subschemas(schema: JSON, path: SpecPath = ()) -> Iterator[tuple[SpecPath, dict[str, JSON]]]:
    """Every schema within a schema, with its path."""
    if not isinstance(schema, dict):
        return
    yield path, schema
    for keyword, value in schema.items():
        match keyword, value:
            case "properties" | "patternProperties" | "$defs" | "dependentSchemas", dict():
                for name, inner in value.items():
                    yield from subschemas(inner, (*path, keyword, name))
            case "allOf" | "anyOf" | "oneOf", list():
                for index, inner in enumerate(value):
                    yield from subschemas(inner, (*path, keyword, index))
            case "if" | "then" | "else" | "not" | "items" | "additionalProperties" | "propertyNames", dict():
                yield from subschemas(value, (*path, keyword))


def described(name: str) -> Iterator[tuple[SpecPath, dict[str, JSON]]]:
    """The property schemas that editors show, references followed."""
    root = load_schema(name)
    defs = root["$defs"]
    assert isinstance(defs, dict)
    for path, schema in subschemas(root):
        if len(path) >= 2 and path[-2] == "properties" and not {"if", "then", "else", "allOf"} & set(path):
            ref = schema.get("$ref")
            target = defs[ref.removeprefix("#/$defs/")] if isinstance(ref, str) else schema
            assert isinstance(target, dict)
            yield path, target


@pytest.mark.parametrize("name", NAMES)
def test_every_property_is_explained(name: str) -> None:
    unexplained = [
        path
        for path, schema in described(name)
        if not (schema.get("title") and (schema.get("description") or "const" in schema))
    ]
    assert not unexplained


@pytest.mark.parametrize("name", NAMES)
def test_every_example_and_default_is_good(name: str) -> None:
    root = load_schema(name)
    checked = 0
    for path, schema in subschemas(root):
        given = [schema["default"]] if "default" in schema else []
        examples = schema.get("examples", [])
        assert isinstance(examples, list)
        for example in (*examples, *given):
            if isinstance(schema.get("title"), str) and not {"allOf", "else", "whole_otp"} & set(path):
                validator = Draft202012Validator({**schema, "$defs": root["$defs"]})
                assert validator.is_valid(example), (path, example)
                checked += 1
    assert checked > 20


@pytest.mark.parametrize("name", NAMES)
def test_alternatives_stand_only_in_conditions(name: str) -> None:
    """anyOf and oneOf make noise of one mistake; inside `if` nobody hears it."""
    for path, schema in subschemas(load_schema(name)):
        assert {"anyOf", "oneOf", "unevaluatedProperties"}.isdisjoint(schema) or "if" in path, path


@pytest.mark.parametrize("name", NAMES)
def test_every_map_with_properties_refuses_others(name: str) -> None:
    dispatching = {"media_header", "button", "otp", "whole_otp", "library_button"}
    of_meta = {"components", "degrees_of_freedom_spec"}
    open_maps = dispatching | of_meta
    for path, schema in subschemas(load_schema(name)):
        if schema.get("type") == "object" and "properties" in schema and not open_maps & set(path):
            assert schema.get("additionalProperties") is False, path


# Both validators agree, and every refusal is explained

_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12) | st.sampled_from(
    ["absent", "Yes", "{{1}}"]
)
_LABELLED = {"text": _TEXT}
_APP_LINK = st.fixed_dictionaries(
    {}, optional={"meta_app_id": _TEXT, "android_deep_link": _TEXT, "android_fallback_playstore_url": _TEXT}
)
_BUTTON = st.one_of(
    st.fixed_dictionaries({"type": st.just("quick_reply"), **_LABELLED}),
    st.fixed_dictionaries(
        {"type": st.just("url"), "url": _TEXT, **_LABELLED},
        optional={"example": _TEXT, "app_deep_link": _APP_LINK},
    ),
    st.fixed_dictionaries({"type": st.just("phone_number"), "phone_number": _TEXT, **_LABELLED}),
    st.fixed_dictionaries({"type": st.just("copy_code")}, optional={"example": _TEXT}),
    st.fixed_dictionaries(
        {"type": st.just("flow"), **_LABELLED},
        optional={
            "flow_id": _TEXT,
            "flow_name": _TEXT,
            "flow_json": _TEXT,
            "flow_action": st.sampled_from(["navigate", "data_exchange"]),
            "navigate_screen": _TEXT,
            "icon": st.sampled_from(["document", "promotion", "review"]),
        },
    ),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["catalog", "mpm", "spm", "order_details", "request_contact_info"])},
        optional=_LABELLED,
    ),
    st.fixed_dictionaries(
        {"type": st.just("voice_call")}, optional={"ttl_minutes": st.integers(1440, 43200), **_LABELLED}
    ),
)
_EXAMPLES = st.lists(_TEXT, max_size=2) | st.dictionaries(_TEXT, _TEXT, max_size=2)
_LONG_TEXT = _TEXT | st.fixed_dictionaries({"text": _TEXT}, optional={"examples": _EXAMPLES})
_MEDIA = st.fixed_dictionaries(
    {"format": st.sampled_from(["image", "video", "document", "gif"])}, optional={"media": _TEXT}
) | st.fixed_dictionaries({"format": st.sampled_from(["location", "product"])})
_BUTTONS = st.lists(_BUTTON, min_size=1, max_size=3)
_CARD = st.fixed_dictionaries({"header": _MEDIA}, optional={"body": _LONG_TEXT, "buttons": _BUTTONS})
_FEATURES = st.dictionaries(
    st.sampled_from(["image_touchups", "add_text_overlay"]),
    st.fixed_dictionaries({"enroll_status": st.sampled_from(["opt_in", "opt_out"])}),
    max_size=2,
)
_IGNORE = st.dictionaries(st.sampled_from(["WA104", "WA205"]), _TEXT, max_size=2)
_OPTIONS = {
    "description": _TEXT,
    "owner": _TEXT,
    "ignore": _IGNORE,
    "message_send_ttl_seconds": st.sampled_from([-1, 30, 2592000]),
    "is_primary_device_delivery_only": st.booleans(),
    "sub_category": _TEXT,
    "degrees_of_freedom_spec": st.fixed_dictionaries({"creative_features_spec": _FEATURES}),
}
_KEYED = st.fixed_dictionaries(
    {"body": _LONG_TEXT},
    optional={
        "header": _LONG_TEXT | _MEDIA,
        "footer": _TEXT,
        "buttons": _BUTTONS,
        "examples": _EXAMPLES,
        "carousel": st.lists(_CARD, min_size=1, max_size=2),
        "limited_time_offer": st.fixed_dictionaries(_LABELLED, optional={"has_expiration": st.booleans()}),
        "call_permission_request": st.booleans(),
        **_OPTIONS,
    },
)
_RAW = st.fixed_dictionaries(
    {"components": st.lists(st.fixed_dictionaries({"type": _TEXT}), min_size=1, max_size=2)},
    optional=_OPTIONS,
)
_APPS = st.lists(
    st.fixed_dictionaries({"package_name": _TEXT, "signature_hash": _TEXT}), min_size=1, max_size=2
)
_OTP = st.fixed_dictionaries(
    {"type": st.just("copy_code")}, optional={"text": _TEXT}
) | st.fixed_dictionaries(
    {"type": st.sampled_from(["one_tap", "zero_tap"]), "supported_apps": _APPS},
    optional={"text": _TEXT, "autofill_text": _TEXT, "zero_tap_terms_accepted": st.booleans()},
)
_AUTHENTICATION = st.fixed_dictionaries(
    {"otp": _OTP},
    optional={"add_security_recommendation": st.booleans(), "code_expiration_minutes": st.integers(1, 90)},
)
_LIBRARY = {
    "library_template_name": _TEXT,
    "library_template_button_inputs": st.lists(
        st.fixed_dictionaries(
            {
                "type": st.just("url"),
                "url": st.fixed_dictionaries({"base_url": _TEXT}, optional={"url_suffix_example": _TEXT}),
            }
        )
        | st.fixed_dictionaries({"type": st.just("phone_number"), "phone_number": _TEXT})
        | st.fixed_dictionaries(
            {"type": st.just("otp"), "otp_type": st.sampled_from(["copy_code", "zero_tap"])},
            optional={"supported_apps": _APPS, "zero_tap_terms_accepted": st.booleans()},
        ),
        max_size=2,
    ),
    "library_template_body_inputs": st.fixed_dictionaries(
        {}, optional={"add_contact_number": st.booleans(), "code_expiration_minutes": st.integers(1, 90)}
    ),
}
_LANGUAGES = st.sampled_from(["en_US", "es", "fr", "no"])
_TEMPLATES = st.one_of(
    st.fixed_dictionaries(
        {
            "category": st.sampled_from(["utility", "marketing"]),
            "languages": st.dictionaries(
                _LANGUAGES, _KEYED | _RAW | st.just("absent"), min_size=1, max_size=3
            ),
        },
        optional={
            "name": _TEXT,
            "revision": st.integers(2, 9),
            "variables": st.dictionaries(
                _TEXT,
                st.fixed_dictionaries({}, optional={"example": _TEXT, "description": _TEXT}),
                max_size=2,
            ),
            **_OPTIONS,
        },
    ),
    st.fixed_dictionaries(
        {
            "category": st.just("authentication"),
            "authentication": _AUTHENTICATION,
            "languages": st.lists(_LANGUAGES, min_size=1, max_size=2)
            | st.dictionaries(_LANGUAGES, st.just({}) | st.just("absent"), min_size=1, max_size=2),
        },
        optional=_OPTIONS,
    ),
    st.fixed_dictionaries(
        {
            "category": st.sampled_from(["utility", "marketing", "authentication"]),
            "languages": st.lists(_LANGUAGES, min_size=1, max_size=2)
            | st.dictionaries(_LANGUAGES, st.just({}) | st.just("absent"), min_size=1, max_size=2),
            **_LIBRARY,
        },
        optional=_OPTIONS,
    ),
)
_GLOBS = st.lists(_TEXT, min_size=1, max_size=2)
_PROJECTS = st.fixed_dictionaries(
    {
        "version": st.just(1),
        "accounts": st.dictionaries(
            _TEXT,
            st.fixed_dictionaries(
                {"waba_id": st.from_regex(r"[0-9]{1,9}", fullmatch=True)},
                optional={
                    "app_id": st.just("670843887433847"),
                    "token_env": st.just("WASYNC_TOKEN"),
                    "vars": st.dictionaries(st.sampled_from(["a", "shop_url"]), _TEXT),
                    "prune": st.sampled_from(["never", "delete"]),
                    "select": _GLOBS,
                },
            ),
            min_size=1,
            max_size=2,
        ),
    },
    optional={
        "templates": _GLOBS,
        "owns": _GLOBS,
        "protect": _GLOBS,
        "graph": st.fixed_dictionaries({}, optional={"version": st.just("v26.0")}),
        "limits": st.fixed_dictionaries({}, optional={"deletes": st.integers(0, 9)}),
        "rules": st.dictionaries(st.just("WA104"), st.sampled_from(["error", "warning", "off"])),
        "state": _TEXT,
    },
)
_DOCUMENTS = st.one_of(st.tuples(st.just("template"), _TEMPLATES), st.tuples(st.just("project"), _PROJECTS))
_ANYTHING: st.SearchStrategy[JSON] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.just(2.0),
    _TEXT,
    st.just(""),
    st.sampled_from(["image", "text", "url", "copy_code", "authentication", "utility", "flow", "product"]),
    st.sampled_from(["one_tap", "spm", "location"]),
    st.builds(list),
    st.builds(dict),
    st.just({"type": "url", "text": "Go"}),
    st.just({"format": "location"}),
)
_KEYS = st.one_of(
    st.sampled_from(["text", "type", "format", "media", "body", "header", "components", "authentication"]),
    st.sampled_from(["absent", "footr", "x-y", "category", "languages", "carousel", "otp", "example"]),
    st.sampled_from(
        ["token", "id", "name", "WA1O4", "limited_time_offer", "call_permission_request", "cards"]
    ),
    st.sampled_from(["library_template_name", "supported_apps", "flow_id", "has_expiration", "sections"]),
)


def places(value: JSON, path: SpecPath = ()) -> Iterator[SpecPath]:
    yield path
    match value:
        case dict():
            for key, item in value.items():
                yield from places(item, (*path, key))
        case list():
            for index, item in enumerate(value):
                yield from places(item, (*path, index))


def at(data: JSON, path: SpecPath) -> JSON:
    for step in path:
        if isinstance(data, dict):
            data = data[str(step)]
        else:
            assert isinstance(data, list)
            data = data[int(step)]
    return data


def as_json(data: Mapping[str, object]) -> dict[str, JSON]:
    """A copy, shared with no other example."""
    copied: dict[str, JSON] = json.loads(json.dumps(data))
    return copied


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, dict[str, JSON]]:
    """A good document with one thing put in, taken out or replaced."""
    name, good = draw(_DOCUMENTS)
    data = as_json(good)
    path = draw(st.sampled_from(list(places(data))))
    target = at(data, path)
    if isinstance(target, dict) and (not path or draw(st.booleans())):
        target[draw(_KEYS)] = draw(_ANYTHING)
        return name, data
    parent = at(data, path[:-1])
    if isinstance(parent, dict):
        key = str(path[-1])
        old = parent.pop(key)
        match draw(st.sampled_from(["remove", "rename", "replace"])):
            case "rename":
                parent[key + "e"] = old
            case "replace":
                parent[key] = draw(_ANYTHING)
    elif isinstance(parent, list):
        parent[int(path[-1])] = draw(_ANYTHING)
    return name, data


@given(_DOCUMENTS)
@settings(max_examples=60, deadline=None)
def test_generated_documents_pass_both(document: tuple[str, dict[str, JSON]]) -> None:
    name, data = document
    assert FAST[name].is_valid(data)
    assert REFERENCE[name].is_valid(data)
    assert check(name, data) == []


@given(mutated())
@settings(max_examples=300, deadline=None)
def test_both_agree_and_every_refusal_is_explained(document: tuple[str, dict[str, JSON]]) -> None:
    name, data = document
    good = REFERENCE[name].is_valid(data)
    assert FAST[name].is_valid(data) == good
    problems = check(name, data)
    assert bool(problems) != good
    assert len(set(map(written, problems))) == len(problems)
    for problem in problems:
        assert problem.rule in ("WA003", "WA004")
        assert problem.message
        assert problem.fix.endswith((".", "?"))
        assert not any(word in problem.message for word in JARGON)
        at(data, problem.path)  # leads somewhere
        assert not problem.at_key or isinstance(problem.path[-1], str)


@given(_DOCUMENTS, st.data())
@settings(max_examples=60, deadline=None)
def test_one_unknown_key_gives_one_problem(
    document: tuple[str, dict[str, JSON]], pick: st.DataObject
) -> None:
    name, data = document[0], as_json(document[1])
    free = {"components", "examples", "variables", "vars", "ignore", "rules", "languages", "accounts"}
    maps = [
        path
        for path in places(data)
        if isinstance(at(data, path), dict)
        and not (path and path[-1] in free)
        and {"components", "degrees_of_freedom_spec"}.isdisjoint(path)
    ]
    path = pick.draw(st.sampled_from(maps))
    target = at(data, path)
    assert isinstance(target, dict)
    target["qwxyz"] = "x"
    assert [(problem.rule, problem.path, problem.at_key) for problem in check(name, data)] == [
        ("WA003", (*path, "qwxyz"), True)
    ]
