"""The world a new emulator starts with; importing it costs nothing (no werkzeug)."""

from __future__ import annotations

from wasync.emulator.shapes import Row

WABA_ID = "102290129340398"
WABA_NAME = "Acme Store"
APP_ID = "2790000000000001"
APP_NAME = "Acme Templates"
BUSINESS_ID = "506914307656634"
PHONE_NUMBER_ID = "106540352242922"
USER_ID = "122100000000000001"
TOKEN = "EAAsandboxSystemUserFullAccess"  # noqa: S105 - opens only the emulator
GRAPH_VERSION = "v26.0"
TEMPLATE_LIMIT = 6000

HELLO_WORLD: Row = {
    "name": "hello_world",
    "language": "en_US",
    "category": "UTILITY",
    "status": "APPROVED",
    "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Hello World"},
        {
            "type": "BODY",
            "text": "Welcome! This is the sample message that every new account starts with.",
        },
        {"type": "FOOTER", "text": "Sample message"},
    ],
}
"""A fresh account already holds sample templates nobody declared (docs/meta-api.md, A1)."""


def default_account() -> Row:
    """The account node, its phone number, and what the emulator must know besides (`template_limit`)."""
    return {
        "id": WABA_ID,
        "name": WABA_NAME,
        "status": "ACTIVE",
        "currency": "USD",
        "country": "US",
        "timezone_id": "1",
        "message_template_namespace": "ba30dd89_2ebd_41e4_b805_f2c05ae04cc9",
        "business_verification_status": "verified",
        "account_review_status": "APPROVED",
        "ownership_type": "SELF",
        "is_enabled_for_insights": False,
        "template_auto_archival_enabled": True,
        "whatsapp_business_manager_messaging_limit": "TIER_10K",
        "owner_business_info": {"name": "Acme", "id": BUSINESS_ID},
        "template_limit": TEMPLATE_LIMIT,
        "app_ids": [APP_ID],
        "phone_numbers": [
            {
                "id": PHONE_NUMBER_ID,
                "verified_name": WABA_NAME,
                "code_verification_status": "VERIFIED",
                "display_phone_number": "+1 631-555-5555",
                "quality_rating": "GREEN",
                "platform_type": "CLOUD_API",
                "throughput": {"level": "STANDARD"},
                "status": "CONNECTED",
                "name_status": "APPROVED",
                "account_mode": "LIVE",
                "is_official_business_account": False,
                "country_dial_code": "1",
            }
        ],
    }


def default_world() -> Row:
    """The whole default world as a seed; a seed of the caller's is laid over it, key by key."""
    return {
        "accounts": [default_account()],
        "apps": [{"id": APP_ID, "name": APP_NAME, "link": "https://www.example.com/"}],
        "tokens": [{"token": TOKEN, "kind": "SYSTEM_USER", "name": "acme-ci", "user_id": USER_ID}],
        "templates": [HELLO_WORLD],
    }
