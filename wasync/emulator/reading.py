"""How a stored template reads back: never quite what was sent (docs/meta-api.md, section B2)."""

from __future__ import annotations

import hashlib
import json
import zlib
from datetime import UTC, datetime

from wasync.emulator.shapes import JSON, Row, flag, listed, row, rows, text, texts, upper, whole
from wasync.emulator.store import Template

NODE = "WhatsAppBusinessHSM"
DEFAULT_FIELDS = (
    "name", "parameter_format", "components", "language", "status", "category", "sub_category",
    "previous_category", "message_send_ttl_seconds", "library_template_name", "disable_ios_autofill",
    "is_primary_device_delivery_only", "id",
)  # fmt: skip
"""What captured output of 2026 shows when no fields are named (A1)."""
FIELDS = frozenset(DEFAULT_FIELDS) | {
    "ad_account_id", "ad_adset_id", "ad_campaign_id", "ad_id", "bid_spec", "correct_category",
    "cta_url_link_tracking_opted_out", "degrees_of_freedom_spec", "display_format", "health_status",
    "is_sms_fallback_enabled", "last_updated_time", "optimization_spec", "quality_score", "rejected_reason",
    "source",
}  # fmt: skip

# Stand in a rendered template for what differs between reads, so that the rest can be kept.
MEDIA_BASE = "wasync-emulator-media-base"
MEDIA_HASH = "wasync-emulator-media-hash"
MEDIA_EXPIRY = "wasync-emulator-media-expiry"

_ORDER = {"HEADER": 0, "LIMITED_TIME_OFFER": 1, "BODY": 2, "FOOTER": 3, "BUTTONS": 4, "CAROUSEL": 5}
_OTP_ADDRESS = "https://www.whatsapp.com/otp/code/?otp_type="
_CODE_TEXT = "*{{1}}* is your verification code."
_ADVICE_TEXT = " For your security, do not share this code."
_MEDIA_ENDINGS = {"IMAGE": "jpg", "VIDEO": "mp4", "GIF": "mp4", "DOCUMENT": "pdf"}


def rendered(template: Template, selection: str, fields: tuple[str, ...]) -> str:
    """One template as JSON text for these fields, kept until the template changes.

    `selection` names the field list in the cache. Media addresses hold stand-ins: `signed` replaces them.
    """
    found = template.rendered.get(selection)
    if found is None:
        if len(template.rendered) > 6:
            template.rendered.clear()
        found = json.dumps(read(template, fields), ensure_ascii=False, separators=(",", ":"))
        template.rendered[selection] = found
    return found


def signed(answer: str, base_url: str, now: float, counter: int) -> str:
    """Give each media address the host asked, and a signature and expiry of this one read."""
    if MEDIA_BASE not in answer:
        return answer
    digest = hashlib.sha256(f"{counter}:{now}".encode()).hexdigest()[:24]
    return (
        answer.replace(MEDIA_BASE, base_url.rstrip("/") + "/_media")
        .replace(MEDIA_HASH, f"01_Q5Aa{digest}")
        .replace(MEDIA_EXPIRY, f"{int(now) + 2_592_000 + counter:X}")
    )


def read(template: Template, fields: tuple[str, ...] = DEFAULT_FIELDS) -> Row:
    """The template's fields in the order asked for, those without a value left out; `id` always comes."""
    wanted = fields if "id" in fields else (*fields, "id")
    found: Row = {}
    for name in wanted:
        value = _field(template, name)
        if value is not None:
            found[name] = value
    return found


def _field(template: Template, name: str) -> JSON:
    match name:
        case (
            "id"
            | "name"
            | "language"
            | "status"
            | "category"
            | "parameter_format"
            | "source"
            | "rejected_reason"
        ):
            return text(getattr(template, name))
        case "components":
            return read_components(template.components, template.category)
        case "previous_category" | "correct_category":
            return text(getattr(template, name)) or None
        case "disable_ios_autofill" | "is_primary_device_delivery_only" | "cta_url_link_tracking_opted_out":
            return flag(template.options.get(name))
        case "is_sms_fallback_enabled":
            return False
        case "message_send_ttl_seconds":
            seconds = template.options.get(name)
            return None if seconds is None else whole(seconds)
        case "sub_category" | "display_format":
            return upper(template.options.get(name)) or None
        case "degrees_of_freedom_spec":
            return _creative_features(template.options.get(name))
        case "quality_score":
            return {"score": template.quality, "date": template.quality_date or int(template.created)}
        case "health_status":
            able = "AVAILABLE" if template.status == "APPROVED" else "BLOCKED"
            entity: Row = {"entity_type": "MESSAGE_TEMPLATE", "id": template.id, "can_send_message": able}
            return {"can_send_message": able, "entities": [entity]}
        case "last_updated_time":
            return datetime.fromtimestamp(template.updated, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        case _:
            return template.options.get(name)


def filled_options(category: str, components: list[JSON], options: Row) -> Row:
    """The options with what Meta fills in at creation (B1: TTL of authentication, sub_category)."""
    filled = dict(options)
    if category == "AUTHENTICATION":
        filled.setdefault("message_send_ttl_seconds", 600)
    elif "sub_category" not in filled:
        kinds = {
            upper(button.get("type")) for part in rows(components) for button in rows(part.get("buttons"))
        }
        filled["sub_category"] = "FORM" if "FLOW" in kinds else "CUSTOM"
    return filled


def read_components(components: list[JSON], category: str = "") -> list[JSON]:
    """The components as Graph gives them back, in the order every capture shows."""
    parts = rows(components)
    minutes = next(
        (
            whole(one["code_expiration_minutes"])
            for one in parts
            if one.get("code_expiration_minutes") is not None
        ),
        0,
    )
    read_back: list[Row] = [_component(one, minutes, category) for one in parts]
    read_back.sort(key=lambda one: _ORDER.get(text(one["type"]), 6))
    return list[JSON](read_back)


def _component(given: Row, minutes: int, category: str) -> Row:
    found = dict(given) | {"type": upper(given.get("type"))}
    if "format" in found:
        found["format"] = upper(found["format"])
    if "example" in found:
        found["example"] = _examples(row(found["example"]), text(found.get("format")))
    match found["type"]:
        case "BODY" if category == "AUTHENTICATION" and not found.get("text"):
            advised = flag(found.get("add_security_recommendation"))
            found["text"] = _CODE_TEXT + (_ADVICE_TEXT if advised else "")
            found["example"] = {"body_text": [["123456"]]}
        case "FOOTER" if found.get("code_expiration_minutes") is not None and not found.get("text"):
            found["text"] = f"This code expires in {whole(found['code_expiration_minutes'])} minutes."
        case "BUTTONS":
            found["buttons"] = [_button(one, minutes) for one in rows(found.get("buttons"))]
        case "CAROUSEL":
            found["cards"] = [
                card | {"components": read_components(listed(card.get("components")))}
                for card in rows(found.get("cards"))
            ]
        case _:
            pass
    return found


def _examples(given: Row, header_format: str) -> Row:
    found = dict(given)
    if "body_text" in given:
        body = given["body_text"]
        nested = isinstance(body, list) and bool(body) and isinstance(body[0], list)
        found["body_text"] = body if nested else [list[JSON](texts(body))]
    if "header_text" in given:
        found["header_text"] = list[JSON](texts(given["header_text"]))
    if "header_handle" in given:
        found["header_handle"] = [_media_address(one, header_format) for one in texts(given["header_handle"])]
    return found


def _media_address(handle: str, header_format: str) -> str:
    """A signed address; the path stays with the handle, the rest is filled in at each read."""
    if handle.startswith(("http://", "https://")):
        return handle
    ending = _MEDIA_ENDINGS.get(header_format, "bin")
    return (
        f"{MEDIA_BASE}/v/t61.29466-34/{media_name(handle)}.{ending}?ccb=1-7&_nc_sid=8b1bef&_nc_ht=scontent.whatsapp.net"
        f"&oh={MEDIA_HASH}&oe={MEDIA_EXPIRY}"
    )


def media_name(handle: str) -> str:
    """The file name in a sample's address, without its ending: it stays with the handle."""
    digits = int(hashlib.sha256(handle.encode()).hexdigest()[:24], 16)
    return f"{digits % 10**9:09d}_{digits % 10**15:015d}_{digits % 10**18:018d}_n"


def _button(given: Row, minutes: int) -> Row:
    found = dict(given)
    for name in ("type", "otp_type", "flow_action", "icon"):
        if name in found:
            found[name] = upper(found[name])
    match found.get("type"):
        case "OTP":
            return _otp(found, minutes)
        case "URL" if "example" in found:
            found["example"] = list[JSON](texts(found["example"]))
        case "PHONE_NUMBER":
            found["phone_number"] = "+" + "".join(filter(str.isdigit, text(found.get("phone_number"))))
        case "COPY_CODE":
            found["text"] = text(found.get("text")) or "Copy offer code"
            found["example"] = list[JSON](texts(found.get("example")))
        case "FLOW":
            return _flow(found)
        case "VOICE_CALL":
            found["text"] = text(found.get("text")) or "Call Now"
        case _:
            pass
    return found


def _otp(given: Row, minutes: int) -> Row:
    """A one-time password button comes back as a URL button; its app pairs are not readable."""
    expires = f"&code_expiration_minutes={minutes}" if minutes else ""
    address = f"{_OTP_ADDRESS}{text(given.get('otp_type'))}{expires}&code=otp"
    label = text(given.get("text")) or "Copy code"
    return {"type": "URL", "text": label, "url": address + "{{1}}", "example": [address + "123456"]}


def _flow(given: Row) -> Row:
    """A flow is given by id, name or JSON, and read back by its id, a JSON number."""
    source = text(given.get("flow_id"))
    if not source.isdigit():
        named = json.dumps([given.get("flow_name"), given.get("flow_json")], sort_keys=True)
        source = str(10**15 + zlib.crc32(named.encode()))
    found: Row = {"type": "FLOW", "text": given.get("text"), "flow_id": int(source)}
    found["flow_action"] = text(given.get("flow_action")) or "NAVIGATE"
    for name in ("navigate_screen", "icon"):
        if name in given:
            found[name] = given[name]
    return found


def _creative_features(given: JSON) -> JSON:
    """Sent as a map with lower-case keys, read back as a list of key and value."""
    spec = row(given).get("creative_features_spec")
    if not isinstance(spec, dict):
        return given
    return {"creative_features_spec": [{"key": name.upper(), "value": value} for name, value in spec.items()]}
