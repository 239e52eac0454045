"""The contract with senders as JSON."""

from __future__ import annotations

import json
import re

from wasync.model.contract import Contract, Label, Language, Parameter, Part, TemplateContract, Variant
from wasync.model.template import JSON


def contract_json(contract: Contract) -> dict[str, JSON]:
    """The public form; schemas/contract.schema.json describes it."""
    return {
        "format_version": "1.0",
        "kind": "contract",
        "account": contract.account,
        "waba_id": contract.waba_id,
        "templates": [_template(template, contract.live) for template in contract.templates],
    }


def contract_json_text(contract: Contract) -> str:
    """The public form as text that UTF-8 can encode: Meta's texts may hold half a surrogate pair."""
    text = json.dumps(contract_json(contract), ensure_ascii=False, indent=2)
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text) + "\n"


def _template(template: TemplateContract, live: bool) -> JSON:
    return {
        "name": template.name,
        "revision": template.revision,
        "live_name": template.live_name,
        "languages": [*sorted(one.code for variant in template.variants for one in variant.languages)],
        "variants": [_variant(variant, live) for variant in template.variants],
        "differences": list(template.differences),
    }


def _variant(variant: Variant, live: bool) -> JSON:
    shape = variant.shape
    return {
        "known": shape.known,
        "languages": [_language(language, live) for language in variant.languages],
        "parameters": [_parameter(parameter) for parameter in shape.parameters],
        "buttons": list(shape.buttons),
        "components": [_part(part) for part in shape.parts],
        "cards": [[_part(part) for part in card] for card in shape.cards],
    }


def _language(language: Language, live: bool) -> JSON:
    found: dict[str, JSON] = {
        "language": language.code,
        "category": language.category,
        "labels": [_label(label) for label in language.labels],
        "examples": {field: language.examples[field] for field in sorted(language.examples)},
    }
    if live:
        at = language.live
        found["live"] = {"id": at.id, "status": at.status, "category": at.category} if at else None
    return found


def _label(label: Label) -> JSON:
    found: dict[str, JSON] = {
        "card": label.card,
        "index": label.position,
        "type": label.type,
        "text": label.text,
    }
    return found | {"flow": {**label.flow}} if label.flow else found


def _parameter(parameter: Parameter) -> JSON:
    return {"field": parameter.field, "type": parameter.kind.value, "required": parameter.required}


def _part(part: Part) -> JSON:
    found: dict[str, JSON] = {"type": part.type}
    if part.position is not None:
        found |= {"sub_type": part.sub_type, "index": part.position}
    found["parameters"] = [_passed(parameter) for parameter in part.parameters]
    return found


def _passed(parameter: Parameter) -> JSON:
    found: dict[str, JSON] = {"field": parameter.field}
    if parameter.name:
        found["parameter_name"] = parameter.name
    return found
