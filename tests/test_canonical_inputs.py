"""What is declared, what is missing, what may stand in, and what senders will feel."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.strategies import templates
from wasync.canonical import (
    as_declared,
    contract_breaks,
    fill_examples,
    media_paths,
    missing_inputs,
    without_defaults,
)
from wasync.model.template import JSON, Spec, SpecPath, Template

BODY = "Hi {{1}}, your order {{2}} left."


@pytest.mark.parametrize(
    ("live", "desired", "seen"),
    [
        # An option nobody declared is Meta's.
        (
            {"body": "x", "message_send_ttl_seconds": 600, "sub_category": "custom"},
            {"body": "x"},
            {"body": "x"},
        ),
        (
            {"body": "x", "message_send_ttl_seconds": 600},
            {"body": "x", "message_send_ttl_seconds": 60},
            {"body": "x", "message_send_ttl_seconds": 600},
        ),
        # An option that is off is not always listed.
        (
            {"body": "x"},
            {"body": "x", "is_primary_device_delivery_only": False},
            {"body": "x", "is_primary_device_delivery_only": False},
        ),
        ({"body": "x"}, {"body": "x", "is_primary_device_delivery_only": True}, {"body": "x"}),
        # What live has beyond the file stays a difference.
        ({"body": "x", "footer": "f"}, {"body": "x"}, {"body": "x", "footer": "f"}),
        # Samples nobody declared do not count; media never do.
        ({"body": BODY, "examples": {"body": ["a", "b"]}}, {"body": BODY}, {"body": BODY}),
        (
            {"body": BODY, "examples": {"body": ["a", "b"]}},
            {"body": BODY, "examples": {"body": [None, "c"]}},
            {"body": BODY, "examples": {"body": [None, "b"]}},
        ),
        (
            {"body": "x", "header": {"format": "image"}},
            {
                "body": "x",
                "header": {"format": "image"},
                "examples": {"header": {"path": "a", "sha256": "1"}},
            },
            {
                "body": "x",
                "header": {"format": "image"},
                "examples": {"header": {"path": "a", "sha256": "1"}},
            },
        ),
        # A text header's variables may be called path and handle: those samples are readable.
        (
            {"header": {"format": "text", "text": "{{handle}}"}, "examples": {"header": {"handle": "a"}}},
            {"header": {"format": "text", "text": "{{handle}}"}, "examples": {"header": {"handle": "b"}}},
            {"header": {"format": "text", "text": "{{handle}}"}, "examples": {"header": {"handle": "a"}}},
        ),
    ],
)
def test_only_what_is_declared_is_compared(live: Spec, desired: Spec, seen: Spec) -> None:
    assert as_declared(live, desired) == seen
    assert as_declared(seen, desired) == seen


def authentication(**otp: JSON) -> Spec:
    return {"authentication": {"add_security_recommendation": True, "otp": {"type": "copy_code", **otp}}}


def test_the_label_of_a_passcode_button_counts_only_where_declared() -> None:
    assert as_declared(authentication(text="Copy code"), authentication()) == authentication()
    label = authentication(text="Copy code")
    assert as_declared(label, authentication(text="Take it")) == label


def test_inputs_that_cannot_be_read_count_as_equal() -> None:
    desired = authentication(supported_apps=[{"package_name": "a.b", "signature_hash": "x" * 11}])
    assert as_declared(authentication(text="Copy code"), desired) == desired
    other = authentication(supported_apps=[{"package_name": "c.d", "signature_hash": "x" * 11}])
    assert as_declared(other, desired) == other


def test_what_meta_fills_in_is_not_worth_writing_down() -> None:
    live: Spec = {
        **authentication(text="Copy Code"),
        "message_send_ttl_seconds": 600,
        "is_primary_device_delivery_only": False,
        "sub_category": "custom",
        "more": {"body": {"new_key": 1}},
    }
    assert without_defaults(live) == authentication()
    kept: Spec = {"body": "x", "message_send_ttl_seconds": 600, "sub_category": "order_status"}
    assert without_defaults(kept) == kept
    assert without_defaults(authentication(text="Kopieren")) == authentication(text="Kopieren")


@pytest.mark.parametrize(
    ("spec", "missing"),
    [
        ({"body": BODY}, [("examples", "body", 0), ("examples", "body", 1)]),
        ({"body": BODY, "examples": {"body": [None, "b"]}}, [("examples", "body", 0)]),
        ({"body": "x {{a}} x {{b}} x", "examples": {"body": {"a": "1"}}}, [("examples", "body", "b")]),
        ({"header": {"format": "text", "text": "To {{1}}"}, "body": "x"}, [("examples", "header", 0)]),
        ({"header": {"format": "video"}, "body": "x"}, [("examples", "header")]),
        ({"header": {"format": "location"}, "body": "x"}, []),
        ({"header": {"format": "image"}, "examples": {"header": {"handle": "4::a"}}}, []),
        (
            {
                "buttons": [
                    {"type": "url", "text": "a", "url": "https://a/{{1}}"},
                    {"type": "url", "text": "b", "url": "https://a/"},
                    {"type": "copy_code"},
                ]
            },
            [("examples", "buttons", "0"), ("examples", "buttons", "2")],
        ),
        (authentication(), []),
        (
            {"authentication": {"otp": {"type": "zero_tap"}}},
            [
                ("authentication", "otp", "supported_apps"),
                ("authentication", "otp", "zero_tap_terms_accepted"),
            ],
        ),
        (
            {
                "library_template_name": "n",
                "examples": {
                    "library": {
                        "button_inputs": [
                            {"type": "url", "url": {"base_url": "https://a.b/"}},
                            {"type": "url"},
                            {"type": "phone_number"},
                            {"type": "otp", "otp_type": "zero_tap"},
                        ]
                    }
                },
            },
            [
                ("examples", "library", "button_inputs", 1, "url", "base_url"),
                ("examples", "library", "button_inputs", 2, "phone_number"),
                ("examples", "library", "button_inputs", 3, "supported_apps"),
                ("examples", "library", "button_inputs", 3, "zero_tap_terms_accepted"),
            ],
        ),
        (
            {"body": "x", "carousel": [{"body": "a {{1}} b"}, {"buttons": [{"type": "copy_code"}]}]},
            [("examples", "carousel", "0", "body", 0), ("examples", "carousel", "1", "buttons", "0")],
        ),
        (
            {"body": "x", "carousel": [{"body": "y"}, {"header": {"format": "image"}}]},
            [("examples", "carousel", "1", "header")],
        ),
    ],
)
def test_what_must_be_sent_and_is_missing(spec: Spec, missing: list[SpecPath]) -> None:
    assert missing_inputs(spec) == tuple(missing)


@given(templates())
def test_templates_of_the_strategies_lack_nothing_but_media(template: Template) -> None:
    assert missing_inputs(template.spec) == ()
    assert fill_examples(template.spec, {"examples": {"body": ["other"] * 3}}) is template.spec


@pytest.mark.parametrize(
    ("ours", "theirs", "filled"),
    [
        (None, ["a", "b"], ["a", "b"]),
        ([None, "mine"], ["a", "b", "surplus"], ["a", "mine"]),
        (["mine"], ["a"], ["mine"]),
        (["mine"], {"other": "style"}, ["mine"]),
    ],
)
def test_live_samples_stand_in_for_missing_ones(ours: JSON, theirs: JSON, filled: JSON) -> None:
    desired: Spec = {"body": BODY} if ours is None else {"body": BODY, "examples": {"body": ours}}
    assert fill_examples(desired, {"examples": {"body": theirs}})["examples"] == {"body": filled}


def test_live_samples_stand_in_by_name_and_by_button() -> None:
    desired: Spec = {
        "body": "x {{a}} x {{b}} x",
        "buttons": [{"type": "copy_code"}],
        "examples": {"body": {"a": "mine"}},
    }
    live: Spec = {"examples": {"body": {"a": "1", "b": "2", "c": "3"}, "buttons": {"0": "SAVE", "1": "x"}}}
    assert fill_examples(desired, live)["examples"] == {
        "body": {"a": "mine", "b": "2"},
        "buttons": {"0": "SAVE"},
    }


def test_media_have_paths() -> None:
    spec: Spec = {
        "header": {"format": "image"},
        "carousel": [{"header": {"format": "video"}}, {"header": {"format": "text", "text": "{{path}}"}}],
        "examples": {
            "header": {"path": "a.png", "sha256": ""},
            "carousel": {"0": {"header": {"path": "b.mp4", "sha256": ""}}, "1": {"header": {"path": "Ana"}}},
        },
    }
    assert media_paths(spec) == ("a.png", "b.mp4")


def buttons(*given: tuple[str, str]) -> Spec:
    listed: list[JSON] = []
    for kind, text in given:
        listed.append(
            {"type": kind, "text": "Go", "url": text} if kind == "url" else {"type": kind, "text": text}
        )
    return {"body": "x", "buttons": listed}


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        ({"body": "a {{x}} b"}, {"body": "b {{x}} a"}, []),
        ({"body": "a {{2}} {{1}}"}, {"body": "a {{1}} b {{2}}"}, []),
        ({"body": "a {{x}} b"}, {"body": "a {{y}} b"}, ["body: senders must pass {{y}} and no longer {{x}}"]),
        ({"body": "a {{1}} b"}, {"body": "a {{1}} b {{2}} c"}, ["body: senders must pass {{2}} too"]),
        ({"body": "a {{x}} b"}, {"body": "a"}, ["body: senders must no longer pass {{x}}"]),
        ({"body": "a {{1}} b"}, {"body": "a {{x}} b"}, ["body: senders must pass variables by name: {{x}}"]),
        (
            {"body": "a {{x}} b"},
            {"body": "a {{1}} b"},
            ["body: senders must pass variables by number: {{1}}"],
        ),
        ({"header": {"format": "text", "text": "a"}}, {}, []),
        (
            {"header": {"format": "text", "text": "a {{x}}"}},
            {"header": {"format": "image"}},
            ["header: senders must pass an image"],
        ),
        ({"header": {"format": "video"}}, {}, ["header: senders must no longer pass a video"]),
        (
            {"header": {"format": "video"}},
            {"header": {"format": "image"}},
            ["header: senders must pass an image instead of a video"],
        ),
        (
            {},
            {"header": {"format": "text", "text": "a {{1}}"}},
            ["header.text: senders must pass {{1}} too"],
        ),
        (
            buttons(("quick_reply", "A"), ("quick_reply", "B")),
            buttons(("quick_reply", "A"), ("quick_reply", "C")),
            ["buttons[1].text: senders match this text"],
        ),
        (
            buttons(("quick_reply", "A"), ("url", "https://a/")),
            buttons(("url", "https://a/"), ("quick_reply", "B")),
            ["buttons: quick_reply, url becomes url, quick_reply; senders pass buttons by position"],
        ),
        (
            buttons(("url", "https://a/")),
            buttons(("url", "https://a/{{1}}")),
            ["buttons[0].url: senders must pass {{1}} too"],
        ),
        (buttons(("url", "https://a/{{1}}")), buttons(("url", "https://b/{{1}}")), []),
        (
            {"buttons": [{"type": "flow", "text": "B", "flow_id": "1", "flow_action": "navigate"}]},
            {"buttons": [{"type": "flow", "text": "C", "flow_id": "1"}]},
            [],
        ),
        (
            {"buttons": [{"type": "flow", "text": "B", "flow_id": "1"}]},
            {"buttons": [{"type": "flow", "text": "B", "flow_id": "2", "flow_action": "data_exchange"}]},
            [
                "buttons[0]: flow_id, flow_action changed; senders must pass what the flow now begins with",
            ],
        ),
        (
            {"limited_time_offer": {"text": "a", "has_expiration": False}},
            {"limited_time_offer": {"text": "b", "has_expiration": True}},
            ["limited_time_offer: senders must pass when the offer expires"],
        ),
        (
            {"limited_time_offer": {"text": "a", "has_expiration": True}},
            {},
            ["limited_time_offer: senders must no longer pass when the offer expires"],
        ),
        (
            {"header": {"format": "location"}},
            {"header": {"format": "product"}},
            ["header: senders must pass a product instead of a location"],
        ),
        (
            {"carousel": [{}, {}]},
            {"carousel": [{}]},
            ["carousel: 2 cards become 1; senders must pass as many"],
        ),
        (
            {"carousel": [{"body": "a"}]},
            {"carousel": [{"body": "a {{1}} b"}]},
            ["carousel[0].body: senders must pass {{1}} too"],
        ),
    ],
)
def test_what_senders_will_feel(before: Spec, after: Spec, sentences: list[str]) -> None:
    assert contract_breaks(before, after) == tuple(sentences)


def test_live_samples_of_cards_stand_in_too() -> None:
    card: JSON = {"header": {"format": "image"}, "body": "a {{1}} b"}
    desired: Spec = {"body": "x", "carousel": [card, card]}
    theirs: JSON = {"0": {"body": ["p"], "header": {"handle": "no"}}, "1": {"body": ["q", "surplus"]}}
    filled = fill_examples(desired, {"examples": {"carousel": theirs}})
    assert filled["examples"] == {"carousel": {"0": {"body": ["p"]}, "1": {"body": ["q"]}}}
