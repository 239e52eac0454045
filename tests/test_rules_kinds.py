"""The rules of every kind of template at their limits: buttons, apps, cards, offers, headers, options."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.emulator_client import Client
from tests.strategies import documents
from tests.test_rules import LONG, body, declared, link, problems_of, quick, said, template, with_uploads
from wasync.canonical import from_yaml, to_graph
from wasync.checks import check_declaration, check_schema, plainly_good, severity_of
from wasync.checks.run import check_document
from wasync.emulator.world import WABA_ID
from wasync.model.template import JSON, Document, Spec, Template
from wasync.project.yaml_reader import read

TEXT = "Everything for your garden is here."
APP: dict[str, JSON] = {"package_name": "com.acme.shop", "signature_hash": "K8a/AINcGX7"}


def button(kind: str, **more: JSON) -> dict[str, JSON]:
    return {"type": kind, **more}


def message(*buttons: JSON, **more: JSON) -> Spec:
    spec = body(TEXT, **more)
    return {**spec, "buttons": [*buttons]} if buttons else spec


def one_line(found: list[str]) -> str:
    """What the rules said, severity and rule of each with its message, without the ways out."""
    return " | ".join(line.partition(". ")[0] for line in found)


FLOW = button("flow", text="Open", flow_id="594425479261596")
SPM = button("spm", text="View")
PRODUCT: JSON = {"format": "product"}
PICTURE: JSON = {"format": "image"}
FILM: JSON = {"format": "video"}


@pytest.mark.parametrize(
    ("spec", "category", "expected"),
    [
        (message(FLOW), "utility", ""),
        (message(button("flow", text="Open", flow_name="rate")), "marketing", ""),
        (message(button("flow", text="Open", flow_json='{"version": "7.2"}')), "marketing", ""),
        (
            message(FLOW, FLOW | {"text": "Other"}),
            "utility",
            "error WA310: the template has 2 flow buttons; Meta allows 1",
        ),
        (
            message(button("flow", text="Open")),
            "utility",
            "error WA310: the flow button names no flow",
        ),
        (
            message(FLOW | {"flow_name": "rate"}),
            "utility",
            "error WA310: the flow button has flow_id and flow_name; Meta takes one of them",
        ),
        (message(FLOW | {"flow_id": "rate"}), "utility", 'error WA310: flow_id "rate" is not a number'),
        (
            message(button("flow", text="Open", flow_json="{version: 7}")),
            "utility",
            (
                "error WA310: flow_json is not JSON: Expecting property name enclosed in double quotes: "
                "line 1 column 2 (char 1)"
            ),
        ),
        (
            message(FLOW | {"icon": "star"}),
            "utility",
            'error WA310: icon "star" is none that Meta documents',
        ),
        (message(button("catalog")), "marketing", ""),
        (
            message(button("mpm", text="View items")),
            "marketing",
            "warning WA311: Meta's documents show a text header above a button of type mpm",
        ),
        (message(button("mpm"), header={"format": "text", "text": "For you"}), "marketing", ""),
        (
            message(button("catalog"), header=PICTURE, examples={"header": {"handle": "4::a"}}),
            "marketing",
            "warning WA311: Meta's documents show no header above a button of type catalog",
        ),
        (
            message(button("voice_call", text="Call"), button("voice_call", text="Ring")),
            "utility",
            "error WA311: the template has 2 voice_call buttons; Meta allows 1",
        ),
        (
            message(button("catalog"), quick("Stop")),
            "marketing",
            "warning WA311: other buttons beside the one of type catalog, which Meta's documents show alone",
        ),
        (message(button("voice_call", text="Call"), quick("Stop")), "utility", ""),
        (
            message(button("catalog", text="Zum Katalog")),
            "marketing",
            (
                'warning WA312: the label of the catalog button is "Zum Katalog"; '
                'Meta\'s documents show only "View catalog"'
            ),
        ),
        (message(button("order_details", text="Copy Pix code")), "utility", ""),
        (
            message(button("request_contact_info", text="share contact info")),
            "utility",
            (
                'error WA312: the label of the request_contact_info button is "share contact info"; '
                'Meta allows only "Share Contact Info"'
            ),
        ),
        (message(button("voice_call", text="Call", ttl_minutes=1440)), "utility", ""),
        (message(button("voice_call", text="Call", ttl_minutes=43200)), "utility", ""),
        (
            message(button("voice_call", text="Call", ttl_minutes=43201)),
            "utility",
            "error WA313: ttl_minutes is 43201; Meta allows 1,440 to 43,200",
        ),
        (message(button("voice_call", text="C" * 20)), "utility", ""),
        (
            message(button("voice_call", text="C" * 21)),
            "utility",
            f'error WA305: label "{"C" * 21}" is 21 characters; Meta allows 20',
        ),
        (
            message({"type": "url", "text": "Open", "url": "https://shop.example/", "app_deep_link": {
                "meta_app_id": "acme", "android_deep_link": "orders",
                "android_fallback_playstore_url": "play.google.com"}}),
            "marketing",
            (
                'warning WA314: android_deep_link "orders" has no scheme | '
                'warning WA314: android_fallback_playstore_url "play.google.com" is no web address | '
                'warning WA314: meta_app_id "acme" is not a number'
            ),
        ),
        (
            message({"type": "url", "text": "Open", "url": "https://shop.example/", "app_deep_link": {}}),
            "marketing",
            "warning WA314: app_deep_link has no meta_app_id and android_deep_link",
        ),
    ],
)  # fmt: skip
def test_buttons_of_kinds(spec: Spec, category: str, expected: str) -> None:
    assert one_line(said(spec, category=category)) == expected


def otp(kind: str, **more: JSON) -> Spec:
    return {"authentication": {"otp": {"type": kind, **more}}}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (otp("one_tap", supported_apps=[APP]), ""),
        (otp("one_tap", supported_apps=[APP] * 5), ""),
        (
            otp("one_tap", supported_apps=[APP] * 6),
            "error WA404: supported_apps has 6 apps; Meta allows 5",
        ),
        (otp("one_tap"), "warning WA404: the one_tap button names no app"),
        (
            otp("one_tap", supported_apps=[APP | {"package_name": "acme"}]),
            'error WA404: package_name "acme" is not the name of an Android package',
        ),
        (otp("one_tap", supported_apps=[APP | {"package_name": "a." + "b" * 222}]), ""),
        (
            otp("one_tap", supported_apps=[APP | {"package_name": "a." + "b" * 223}]),
            "error WA404: package_name is 225 characters; Meta allows 224",
        ),
        (
            otp("one_tap", supported_apps=[APP | {"signature_hash": "K8a/AINcGX"}]),
            'error WA404: signature_hash "K8a/AINcGX" is not 11 letters, digits, +, / or =',
        ),
        (otp("zero_tap", supported_apps=[APP], zero_tap_terms_accepted=True), ""),
        (
            otp("zero_tap", supported_apps=[APP], zero_tap_terms_accepted=False),
            "error WA405: zero_tap_terms_accepted is not true",
        ),
        (otp("zero_tap", supported_apps=[APP]), "warning WA405: zero_tap_terms_accepted is missing"),
        (otp("copy_code"), ""),
        (
            {
                "library_template_name": "verify_code_1",
                "examples": {"library": {"button_inputs": [{"type": "otp", "otp_type": "zero_tap"}]}},
            },
            (
                "warning WA404: the zero_tap button names no app | "
                "warning WA405: zero_tap_terms_accepted is missing"
            ),
        ),
    ],
)
def test_apps_that_take_codes(spec: Spec, expected: str) -> None:
    assert one_line(said(spec, category="authentication")) == expected


def card(text: str | None = None, header: JSON = PICTURE, *buttons: JSON) -> dict[str, JSON]:
    found: dict[str, JSON] = {"header": header} if header else {}
    if text is not None:
        found["body"] = text
    return found | ({"buttons": [*buttons]} if buttons else {})


def carousel(*cards: dict[str, JSON], samples: JSON = None, **more: JSON) -> Spec:
    """Cards below a body; those with a medium have a sample of it."""
    given_samples = dict(samples) if isinstance(samples, dict) else {}
    for number, one in enumerate(cards):
        if one.get("header") in (PICTURE, FILM):
            own = given_samples.get(str(number), {})
            given_samples[str(number)] = {
                "header": {"handle": "4::a"},
                **(own if isinstance(own, dict) else {}),
            }
    return body(TEXT, carousel=[*cards], examples={"carousel": given_samples}, **more)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (carousel(*[card("Oak.")] * 10), ""),
        (carousel(*[card("Oak.")] * 11), "error WA701: the carousel has 11 cards; Meta allows 2 to 10"),
        (carousel(card("Oak.")), "error WA701: the carousel has 1 card; Meta allows 2 to 10"),
        (
            carousel(*[card(None, PRODUCT, SPM)] * 3),
            "warning WA701: the carousel has 3 cards of products; Meta's documents define 2",
        ),
        (
            carousel(card(), card(), footer="Acme Store"),
            "warning WA701: footer beside the carousel; Meta's documents show only a body",
        ),
        (
            carousel(card("Oak.", PICTURE, quick("Yes")), card("Oak.", FILM, link("Go"))),
            (
                "error WA702: card 2: it has the button url, card 1 has the button quick_reply; "
                "Meta wants all cards alike | error WA702: card 2: it has the header format video, "
                "card 1 has the header format image; Meta wants all cards alike"
            ),
        ),
        (carousel(card("Oak."), card()), "error WA703: card 2: it has no body, card 1 has one"),
        (carousel(card("a" * 160), card("b")), ""),
        (
            carousel(card("a" * 161), card("b")),
            "error WA703: card 1: body is 161 characters; Meta allows 160",
        ),
        (
            carousel(card(None, None), card(None, {"format": "text", "text": "Oak"})),
            (
                "error WA702: card 2: it has the header format text, card 1 has no header; "
                "Meta wants all cards alike | error WA703: card 1: it has no header | "
                "error WA703: card 2: it has a header of format text"
            ),
        ),
        (
            carousel(*[card(None, PICTURE, quick("a"), quick("b"), quick("c"))] * 2),
            (
                "error WA703: card 1: it has 3 buttons; Meta allows 2 | "
                "error WA703: card 2: it has 3 buttons; Meta allows 2"
            ),
        ),
        (
            carousel(card(None, PRODUCT), card(None, PRODUCT)),
            (
                "error WA703: card 1: the card of a product has no button | "
                "error WA703: card 2: the card of a product has no button"
            ),
        ),
        (
            carousel(*[card(None, PICTURE, FLOW)] * 2),
            " | ".join(
                f"error WA703: card {number}: it has a button of type flow; "
                "Meta allows quick_reply, url and phone_number"
                for number in (1, 2)
            ),
        ),
        # What holds for texts, variables, labels and addresses of a message holds on cards.
        (
            carousel(card("{{1}} of oak from forests nearby"), card("b"), samples={"0": {"body": ["A"]}}),
            "error WA202: card 1: body starts with {{1}}",
        ),
        (
            carousel(card(f"Oak for {{{{2}}}} {LONG}"), card("b"), samples={"0": {"body": ["A"]}}),
            "error WA201: card 1: body uses {{2}} but not {{1}}",
        ),
        (
            carousel(card(f"Oak for {{{{1}}}} {LONG}"), card("b")),
            "warning WA205: card 1: body's {{1}} has no example",
        ),
        (
            carousel(card("Oak, {{1}} it"), card("b"), samples={"0": {"body": ["A"]}}),
            "error WA204: card 1: body has 2 words of fixed text for 1 variable; Meta wants at least 3",
        ),
        (
            carousel(card("b"), card("Oak.", PICTURE, quick("a" * 26)) | {"body": "b"}),
            (
                "error WA305: card 2: label "
                f'"{"a" * 26}" is 26 characters; Meta allows 25 | '
                "error WA702: card 2: it has the button quick_reply, card 1 has no buttons; "
                "Meta wants all cards alike"
            ),
        ),
        (
            carousel(*[card(None, PICTURE, quick("Yes"), quick("Yes"))] * 2),
            (
                'error WA303: card 1: buttons 1 and 2 have the same label "Yes" | '
                'error WA303: card 2: buttons 1 and 2 have the same label "Yes"'
            ),
        ),
        (
            carousel(*[card(None, PICTURE, link("Go", "https://bit.ly/a"))] * 2),
            " | ".join(
                f"warning WA307: card {number}: bit.ly shortens; reviewers reject such addresses"
                for number in (1, 2)
            ),
        ),
        (
            body(TEXT, carousel=[card("Oak."), card("Oak.")]),
            (
                "warning WA601: card 1: the image header has no sample | "
                "warning WA601: card 2: the image header has no sample"
            ),
        ),
    ],
)
def test_carousels(spec: Spec, expected: str) -> None:
    assert one_line(said(spec, category="marketing")) == expected


def test_a_problem_of_a_card_has_its_path_and_a_style_is_for_all_cards() -> None:
    samples: JSON = {"1": {"body": ["A"]}}
    spec = carousel(card("Oak."), card(f"Oak for {{{{1}}}} {LONG}"), samples=samples)
    spec["body"] = "Hi {{first_name}}, these chairs of oak are new."
    (mixed, *_) = [one for one in problems_of(spec, category="marketing") if one.rule == "WA208"]
    assert (mixed.path, mixed.needle) == (("carousel", 1, "body"), "{{1}}")
    spec = carousel(card("Oak."), card("Oak.\n\n\n\nMore oak."))
    (gap,) = problems_of(spec, category="marketing")
    assert (gap.rule, gap.path) == ("WA110", ("carousel", 1, "body"))


def test_cards_agree_in_all_languages() -> None:
    one = carousel(card(None, PICTURE, link("Go")), card(None, PICTURE, link("Go")))
    other = carousel(*[card(None, PICTURE, link("Go"), quick("Si"))] * 3)
    found = check_declaration(
        declared(template(one, category="marketing"), template(other, "es_MX", "marketing")), {}
    )
    assert [f"{problem.rule} {problem.message}" for problem in found] == [
        "WA503 es_MX has 3 cards, en_US has 2",
        "WA503 card 1: es_MX has buttons url, quick_reply, en_US has button url",
        "WA503 card 2: es_MX has buttons url, quick_reply, en_US has button url",
    ]
    english = carousel(card(f"For {{{{1}}}} {LONG}"), card("b"), samples={"0": {"body": ["A"]}})
    spanish = carousel(card("Nuevo."), card("b"))
    found = check_declaration(
        declared(template(english, category="marketing"), template(spanish, "es_MX", "marketing")), {}
    )
    assert [f"{problem.rule} {problem.message} {problem.path}" for problem in found] == [
        "WA502 card 1: es_MX's body lacks {{1}}, which en_US uses ('carousel', 0, 'body')"
    ]


def test_unused_examples_of_cards_are_found_before_they_are_dropped() -> None:
    source = b"""\
category: marketing
examples: {wood: oak, nobody: B}
languages:
  en_US:
    body: Two chairs our customers love most.
    carousel:
      - header: {format: image, media: a.png}
        body: {text: "The Oslo, now of {{wood}} too.", examples: {wood: oak, old: x}}
      - header: {format: image, media: a.png}
        body: The Turin.
"""
    ((data, lines),) = read(source).documents
    assert isinstance(data, dict)
    problems = check_document(Document("templates/a.yaml", 0, "a", data, lines))
    assert [(problem.path, problem.message) for problem in problems] == [
        (("examples", "nobody"), "there is an example for nobody, but no {{nobody}}"),
        (
            ("languages", "en_US", "carousel", 0, "body", "examples", "old"),
            "there is an example for old, but no {{old}}",
        ),
    ]


OFFER: JSON = {"text": "Ends soon!", "has_expiration": True}
CODE = button("copy_code")
WITH_CODE: JSON = {"buttons": {"0": "SAVE20"}}


@pytest.mark.parametrize(
    ("spec", "category", "expected"),
    [
        (message(CODE, link("Go"), limited_time_offer=OFFER, examples=WITH_CODE), "marketing", ""),
        (message(link("Go"), limited_time_offer={"text": "x" * 16}), "marketing", ""),
        (
            message(link("Go"), limited_time_offer={"text": "x" * 17}),
            "marketing",
            "error WA711: the offer is 17 characters; Meta allows 16",
        ),
        (
            message(link("Go"), limited_time_offer=OFFER, footer="Acme"),
            "marketing",
            "error WA711: a footer below a limited-time offer; Meta allows none",
        ),
        (
            message(link("Go"), limited_time_offer=OFFER),
            "utility",
            "error WA711: a limited-time offer in category utility; Meta allows it in marketing only",
        ),
        (
            message(link("Go"), limited_time_offer=OFFER, header={"format": "text", "text": "Sale"}),
            "marketing",
            "error WA711: a header of format text above a limited-time offer",
        ),
        (message(link("Go"), limited_time_offer=OFFER) | {"body": "a" * 600}, "marketing", ""),
        (
            message(link("Go"), limited_time_offer=OFFER) | {"body": "a" * 601},
            "marketing",
            "error WA711: body is 601 characters; beside an offer Meta allows 600",
        ),
        (
            message(link("Go"), CODE, limited_time_offer=OFFER, examples={"buttons": {"1": "SAVE20"}}),
            "marketing",
            "error WA711: the copy_code button of an offer is button 2",
        ),
        (
            message(link("Go"), quick("Stop"), limited_time_offer=OFFER),
            "marketing",
            (
                "error WA711: a button of type quick_reply below a limited-time offer; "
                "Meta allows copy_code and url"
            ),
        ),
        (
            message(limited_time_offer=OFFER),
            "marketing",
            "warning WA711: a limited-time offer without a url button; all of Meta's have one",
        ),
        (message(call_permission_request={}, footer="Acme"), "marketing", ""),
        (
            message(quick("No"), call_permission_request={}),
            "utility",
            "error WA721: buttons beside a call permission request; Meta allows none",
        ),
        (message(SPM, header=PRODUCT), "marketing", ""),
        (message(SPM, header=PRODUCT) | {"body": "a" * 160}, "marketing", ""),
        (
            message(SPM, header=PRODUCT) | {"body": "a" * 161},
            "marketing",
            "error WA731: body is 161 characters; below a product Meta allows 160",
        ),
        (
            message(header=PRODUCT),
            "marketing",
            "error WA731: a product header without an spm button; Meta allows it only with one",
        ),
        (
            message(SPM),
            "marketing",
            "error WA731: an spm button without a product header, which shows what it opens",
        ),
        (
            message(SPM, header=PRODUCT),
            "utility",
            "error WA311: a button of type spm in category utility; Meta allows it in marketing only",
        ),
        (message(header={"format": "location"}), "marketing", ""),
        (
            message(header={"format": "location", "text": "Here"}),
            "marketing",
            "error WA732: a location header has text; it has only its format",
        ),
    ],
)
def test_offers_requests_and_headers(spec: Spec, category: str, expected: str) -> None:
    assert one_line(said(spec, category=category)) == expected


ORDER = button("order_details", text="Review and Pay")


@pytest.mark.parametrize(
    ("spec", "category", "expected"),
    [
        (message(ORDER), "utility", ""),
        (message(ORDER, sub_category="order_details"), "utility", ""),
        (message(ORDER, display_format="order_details"), "marketing", ""),
        (
            message(ORDER),
            "marketing",
            "error WA751: an order_details button in category marketing without display_format",
        ),
        (
            message(ORDER, header={"format": "location"}),
            "utility",
            "error WA751: a header of format location above an order_details button",
        ),
        (
            message(display_format="order_details"),
            "marketing",
            "warning WA751: display_format is order_details, but there is no order_details button",
        ),
        (
            message(sub_category="order_status"),
            "marketing",
            "error WA751: sub_category order_status in category marketing; Meta allows it in utility only",
        ),
        (
            message(sub_category="order_status", header={"format": "text", "text": "Order"}),
            "utility",
            "warning WA751: an order_status template has a header; Meta's documents show none",
        ),
        ({"library_template_name": "delivery_update_1"}, "utility", ""),
        ({"library_template_name": "verify_code_1"}, "authentication", ""),
        (
            {"library_template_name": "delivery_update_1"},
            "marketing",
            "warning WA761: library_template_name in category marketing; the library has none such",
        ),
        (message(sub_category="custom"), "utility", ""),
        (
            message(sub_category="order_state"),
            "utility",
            'warning WA771: sub_category "order_state" is none that Meta documents',
        ),
        (
            message(display_format="wide"),
            "marketing",
            'warning WA771: display_format "wide" is none that Meta documents',
        ),
    ],
)
def test_orders_library_and_words(spec: Spec, category: str, expected: str) -> None:
    assert one_line(said(spec, category=category)) == expected


@pytest.mark.parametrize(
    ("category", "seconds", "severity"),
    [
        ("authentication", 30, None),
        ("authentication", 900, None),
        ("authentication", -1, None),
        ("authentication", 901, "error"),
        ("utility", 29, "error"),
        ("utility", 43_200, None),
        ("utility", -1, None),
        ("utility", 43_201, "error"),
        ("marketing", 43_200, None),
        ("marketing", 2_592_000, None),
        ("marketing", 120, "warning"),
        ("marketing", -1, "error"),
    ],
)
def test_time_to_live_by_category(category: str, seconds: int, severity: str | None) -> None:
    spec: Spec = otp("copy_code") if category == "authentication" else message()
    found = problems_of({**spec, "message_send_ttl_seconds": seconds}, category=category)
    assert [str(severity_of(one, {})) for one in found] == ([severity] if severity else [])


# -- rules and emulator ------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents(), st.data())
def test_what_the_emulator_refuses_a_rule_foresees(document: Document, data: st.DataObject) -> None:
    """Valid documents of every kind, then one thing of them spoiled: nobody is surprised by Meta."""
    if check_schema(document):
        return
    one = data.draw(st.sampled_from(from_yaml(document).templates))
    spoiled = data.draw(_spoiled(one))
    declaration = declared(spoiled)
    problems = check_declaration(declaration, {})
    assert not (problems and plainly_good(declaration))
    client = Client({"settings": {"reject_duplicates": False}})
    payload = with_uploads(to_graph(spoiled, {"": "4::a"}), client)
    answer = client.call("POST", f"{WABA_ID}/message_templates", json=payload).json()
    if "error" in answer:
        assert problems, answer


@st.composite
def _spoiled(draw: st.DrawFn, one: Template) -> Template:
    spec, category = dict(one.spec), one.category
    part = draw(st.sampled_from(("category", "footer", "header", "buttons", "cards", "ttl", "body", "offer")))
    buttons, cards = spec.get("buttons"), spec.get("carousel")
    match part:
        case "category":
            category = draw(st.sampled_from(("utility", "marketing", "authentication")))
        case "footer":
            spec["footer"] = draw(st.sampled_from(("Acme", "x" * 61, "Order {{1}}", "a\nb")))
        case "header":
            shape = draw(st.sampled_from(("text", "location", "product")))
            spec["header"] = {"format": shape, "text": "Hello"} if shape == "text" else {"format": shape}
        case "buttons" if isinstance(buttons, list):
            spec["buttons"] = [*buttons, draw(st.sampled_from([*buttons, quick("x" * 26), SPM, ORDER]))]
        case "cards" if isinstance(cards, list):
            count = draw(st.sampled_from((1, 2, 12)))
            other = card("Other wood.", PRODUCT, SPM)
            spec["carousel"] = [*cards[:1], *[draw(st.sampled_from([*cards, other]))] * (count - 1)]
        case "ttl":
            spec["message_send_ttl_seconds"] = draw(st.sampled_from((-1, 30, 900, 43_200, 2_592_000)))
        case "body" if "body" in spec:
            spec["body"] = draw(st.sampled_from(("a" * 161, "a" * 601, "a" * 1025, " ")))
        case "offer" if "body" in spec:
            spec["limited_time_offer"] = {"text": draw(st.sampled_from(("Ends soon!", "x" * 17)))}
        case _:
            pass
    return Template(one.key, category, spec)
