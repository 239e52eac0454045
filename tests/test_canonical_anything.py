"""Rows and components of any shape: nothing raises, nothing is lost; and generated templates come back."""

from __future__ import annotations

from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import json_values
from wasync.canonical import (
    as_declared,
    fingerprint,
    from_graph,
    read_components,
    to_components,
    to_edit,
    to_graph,
)
from wasync.diff import compare
from wasync.model.template import JSON


@given(json_values)
def test_no_row_makes_it_raise(row: JSON) -> None:
    live = from_graph(row)
    assert as_declared(live.template.spec, live.template.spec) == live.template.spec


KEYS = [
    "name", "language", "id", "status", "category", "quality_score", "rejected_reason", "components",
    "sub_category", "degrees_of_freedom_spec", "message_send_ttl_seconds", "source",
]  # fmt: skip
PART_KEYS = [
    "type", "text", "format", "example", "buttons", "cards", "components", "body_text", "header_text",
    "header_handle", "url", "phone_number", "otp_type", "add_security_recommendation",
    "body_text_named_params", "param_name", "code_expiration_minutes", "flow_id", "flow_action",
    "creative_features_spec", "key", "value",
]  # fmt: skip
PART_VALUES = [
    "BODY", "header", "FOOTER", "BUTTONS", "CAROUSEL", "TEXT", "IMAGE", "URL", "OTP", "PHONE_NUMBER",
    "COPY_CODE", "FLOW", "examples", "components", "more", "authentication", "{{1}}",
    "{{99999999999999999999}}", "https://x/otp/code/?otp_type=COPY_CODE",
]  # fmt: skip
part_values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(PART_VALUES) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PART_KEYS), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(KEYS), part_values), part_values)
def test_no_row_of_familiar_keys_makes_anything_raise(row: dict[str, JSON], other: JSON) -> None:
    live, desired = from_graph(row).template, read_components(other)
    seen = as_declared(live.spec, desired)
    assert as_declared(seen, desired) == seen
    compare(desired, live.spec, read_components(other))
    compare(desired, live.spec, live.spec)
    assert fingerprint(cast(JSON, to_graph(live, {})))
    assert to_edit(live, live, {})["components"] == to_graph(live, {})["components"]


@settings(max_examples=300)
@given(part_values)
def test_components_go_back_without_loss(components: JSON) -> None:
    spec = read_components(components)
    if isinstance(components, list):
        assert read_components(to_components(spec, {})) == spec
