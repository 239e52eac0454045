"""Meta's refusals of names, options and components, with its codes and subcodes (sections C, D, G)."""

from __future__ import annotations

import re

from wasync.emulator.button_rules import check_buttons
from wasync.emulator.refusals import invalid, parameter
from wasync.emulator.shapes import JSON, Row, listed, row, rows, text, texts, upper, whole
from wasync.emulator.store import World
from wasync.emulator.texts import (
    Variables,
    emoji_count,
    has_adjacent,
    has_markup,
    touches_edge,
    variables,
    without_variables,
    word_count,
)

SAMPLE_NAMES = {
    "hello_world", "sample_flight_confirmation", "sample_happy_hour_announcement",
    "sample_issue_resolution", "sample_movie_ticket_confirmation", "sample_purchase_feedback",
    "sample_shipping_confirmation",
}  # fmt: skip
CATEGORIES = ("AUTHENTICATION", "MARKETING", "UTILITY")
LANGUAGES = frozenset({
    "af", "sq", "ar", "ar_EG", "ar_AE", "ar_LB", "ar_MA", "ar_QA", "az", "be_BY", "bn", "bn_IN", "bg", "ca",
    "zh_CN", "zh_HK", "zh_TW", "hr", "cs", "da", "prs_AF", "nl", "nl_BE", "en", "en_GB", "en_US", "en_AE",
    "en_AU", "en_CA", "en_GH", "en_IE", "en_IN", "en_JM", "en_MY", "en_NZ", "en_QA", "en_SG", "en_UG",
    "en_ZA", "et", "fil", "fi", "fr", "fr_BE", "fr_CA", "fr_CH", "fr_CI", "fr_MA", "ka", "de", "de_AT",
    "de_CH", "el", "gu", "ha", "he", "hi", "hu", "id", "ga", "it", "ja", "kn", "kk", "rw_RW", "ko", "ky_KG",
    "lo", "lv", "lt", "mk", "ms", "ml", "mr", "nb", "ps_AF", "fa", "pl", "pt_BR", "pt_PT", "pa", "ro", "ru",
    "sr", "si_LK", "sk", "sl", "es", "es_AR", "es_CL", "es_CO", "es_CR", "es_DO", "es_EC", "es_HN", "es_MX",
    "es_PA", "es_PE", "es_ES", "es_UY", "sw", "sv", "ta", "te", "th", "tr", "uk", "ur", "uz", "vi", "zu",
    "ar_SA", "es_VE",
})  # fmt: skip
_COMPONENTS = {
    "HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST",
    "GREETING",
}  # fmt: skip
_MEDIA = {
    "IMAGE": ("image/jpeg", "image/jpg", "image/png"),
    "VIDEO": ("video/mp4",),
    "GIF": ("video/mp4",),
    "DOCUMENT": ("application/pdf",),
}
_TTL = {"AUTHENTICATION": (30, 900), "UTILITY": (30, 43_200), "MARKETING": (43_200, 2_592_000)}


def check_name(name: str) -> None:
    """Lower-case letters, digits, underscores; not the name of a sample Meta ships."""
    if not re.fullmatch(r"[a-z0-9_]{1,512}", name):
        raise invalid(2388046, blame="name")
    if name in SAMPLE_NAMES:
        raise invalid(2388155, blame="name", name=name)


def check_language(language: str) -> None:
    """A code of Meta's list, case-sensitive, with an underscore."""
    if not language:
        raise parameter("The parameter language is required.")
    if language not in LANGUAGES:
        raise parameter(
            f"Param language must be one of {{{', '.join(sorted(LANGUAGES))}}} - got '{language}'."
        )


def check_category(category: str) -> None:
    """One of the three that can be asked for."""
    if not category:
        raise parameter("The parameter category is required.")
    if category not in CATEGORIES:
        raise parameter(f"Param category must be one of {{{', '.join(CATEGORIES)}}} - got '{category}'.")


def check_ttl(category: str, seconds: JSON) -> None:
    """Seconds within the category's bounds; -1 means 30 days, but not for marketing."""
    if seconds is None:
        return
    least, most = _TTL[category]
    if not (least <= whole(seconds) <= most or (whole(seconds) == -1 and category != "MARKETING")):
        raise parameter(
            f"Param message_send_ttl_seconds must be between {least} and {most} for category {category}"
        )


def check_sub_category(category: str, sub_category: JSON, components: JSON) -> None:
    """The status of an order is a utility message without buttons (section C5)."""
    if upper(sub_category) != "ORDER_STATUS":
        return
    if category != "UTILITY":
        raise parameter("Templates of sub_category ORDER_STATUS need category UTILITY")
    if "BUTTONS" in [upper(one.get("type")) for one in rows(components)]:
        raise parameter("Templates of sub_category ORDER_STATUS can't have buttons")


def check_components(world: World, components: JSON, category: str, parameter_format: str) -> None:
    """Refuse what Meta would of a template's components."""
    if not isinstance(components, list) or not components:
        raise parameter("The parameter components is required.")
    if parameter_format not in {"POSITIONAL", "NAMED"}:
        raise parameter("Param parameter_format must be one of {NAMED, POSITIONAL}")
    parts = rows(components)
    kinds = [upper(one.get("type")) for one in parts]
    if len(parts) < len(components) or not set(kinds) <= _COMPONENTS:
        wrong = next((index for index, kind in enumerate(kinds) if kind not in _COMPONENTS), len(kinds))
        raise parameter(
            f"Param components[{wrong}]['type'] must be one of {{{', '.join(sorted(_COMPONENTS))}}}"
        )
    if len(set(kinds)) < len(kinds):
        raise parameter("A template can have each component only once")
    if "BODY" not in kinds:
        raise parameter("A template must have a component of type BODY")
    by_kind = dict(zip(kinds, parts, strict=True))
    if category == "AUTHENTICATION":
        _check_authentication(by_kind)
    else:
        _check_message(world, by_kind, category, parameter_format)


def _check_authentication(by_kind: dict[str, Row]) -> None:
    """Body, footer, one OTP button: Meta writes the text (C4)."""
    if not set(by_kind) <= {"BODY", "FOOTER", "BUTTONS"}:
        raise parameter(
            "Templates of category AUTHENTICATION can only have BODY, FOOTER and BUTTONS components"
        )
    if "text" in by_kind["BODY"] or "text" in by_kind.get("FOOTER", {}):
        raise parameter("Templates of category AUTHENTICATION can't have custom text")
    if "FOOTER" in by_kind and not 1 <= whole(by_kind["FOOTER"].get("code_expiration_minutes")) <= 90:
        raise parameter("Param code_expiration_minutes must be between 1 and 90")
    if "BUTTONS" not in by_kind:
        raise parameter("Templates of category AUTHENTICATION need one button of type OTP")
    check_buttons(rows(by_kind["BUTTONS"].get("buttons")), "AUTHENTICATION", most=1)


def _check_message(world: World, by_kind: dict[str, Row], category: str, parameter_format: str) -> None:
    kinds = set(by_kind)
    if "add_security_recommendation" in by_kind["BODY"] or "code_expiration_minutes" in by_kind.get(
        "FOOTER", {}
    ):
        raise parameter(
            f"Templates of category {category} can't have the components of category AUTHENTICATION"
        )
    if kinds & {"CAROUSEL", "LIMITED_TIME_OFFER"} and category != "MARKETING":
        raise parameter("Carousels and limited-time offers need a template of category MARKETING")
    if "CALL_PERMISSION_REQUEST" in kinds and kinds & {"BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"}:
        raise parameter(
            "A call permission request can't stand beside buttons, carousel or limited-time offer"
        )
    if "LIMITED_TIME_OFFER" in kinds:
        if "FOOTER" in kinds:
            raise parameter("Limited-time offer templates can't have a FOOTER component")
        offer = text(row(by_kind["LIMITED_TIME_OFFER"].get("limited_time_offer")).get("text"))
        if len(offer) > 16:
            raise invalid(2388040, field="limited_time_offer", limit=16)
    product = upper(by_kind.get("HEADER", {}).get("format")) == "PRODUCT"
    limit = 600 if "LIMITED_TIME_OFFER" in kinds else 160 if product else 1024
    if "HEADER" in kinds:
        check_header(world, by_kind["HEADER"], parameter_format)
    check_body(by_kind["BODY"], parameter_format, limit)
    if "FOOTER" in kinds:
        _check_footer(text(by_kind["FOOTER"].get("text")))
    if "BUTTONS" in kinds:
        check_buttons(rows(by_kind["BUTTONS"].get("buttons")), category)
    if "CAROUSEL" in kinds:
        _check_carousel(world, by_kind["CAROUSEL"], category, parameter_format)


def check_header(world: World, header: Row, parameter_format: str) -> None:
    """A text with at most one variable, a place, a product, or media with the handle of an upload."""
    kind = upper(header.get("format"))
    if kind in _MEDIA:
        _check_sample(world, header, kind)
        return
    if kind in {"LOCATION", "PRODUCT"}:
        return
    if kind != "TEXT":
        raise parameter(
            f"Param components[0]['format'] must be one of {{TEXT, LOCATION, PRODUCT, {', '.join(_MEDIA)}}}"
        )
    content = text(header.get("text"))
    if not content.strip():
        raise parameter("The parameter text is required for headers of format TEXT")
    if len(content) > 60:
        raise invalid(2388040, field="header", limit=60)
    found = variables(content)
    if "\n" in content or emoji_count(content) or has_markup(content):
        raise invalid(2388047, what="new lines, emoji, asterisks or formatting")
    if len(found.names) > 1 or found.malformed or not _right_style(found, parameter_format):
        raise invalid(2388047, what="more than one variable, or a malformed one")
    _check_examples(found, row(header.get("example")), "header", parameter_format)


def _check_sample(world: World, header: Row, kind: str) -> None:
    handles = texts(row(header.get("example")).get("header_handle"))
    upload = world.uploads.get(world.handles.get(handles[0], "")) if len(handles) == 1 else None
    if upload is None or upload.file_type not in _MEDIA[kind]:
        raise invalid(2388273)


def check_body(body: Row, parameter_format: str, limit: int) -> None:
    """Length, variables, line breaks, emoji, examples, and the ratio of variables to words."""
    content = text(body.get("text"))
    if not content.strip():
        raise parameter("The parameter text is required for components of type BODY")
    if len(content) > limit:
        raise invalid(2388040, field="body", limit=limit)
    found = variables(content)
    if found.malformed or not _right_style(found, parameter_format):
        raise invalid(2388072, what="malformed variables, gaps between them, or mixed styles")
    if not without_variables(content).strip():
        raise invalid(2388072, what="variables only")
    if touches_edge(content):
        raise invalid(2388299)
    if has_adjacent(content):
        raise invalid(2388072, what="variables side by side")
    if re.search(r"\n\s*\n\s*\n", content):
        raise invalid(2388072, what="more than two consecutive new lines")
    if emoji_count(content) > 10:
        raise invalid(2388072, what="more than 10 emoji")
    if found.names and word_count(content) < 3 * len(found.names) + 1:
        raise invalid(2388293)
    _check_examples(found, row(body.get("example")), "body", parameter_format)


def _right_style(found: Variables, parameter_format: str) -> bool:
    if parameter_format == "NAMED":
        return found.named
    return found.positional and found.in_sequence


def _check_examples(found: Variables, example: Row, part: str, parameter_format: str) -> None:
    if not found.names:
        return
    if parameter_format == "NAMED":
        given = rows(example.get(f"{part}_text_named_params"))
        names = {text(one.get("param_name")) for one in given if text(one.get("example"))}
        if not set(found.names) <= names:
            raise invalid(2388043, field=part)
        return
    samples = listed(example.get(f"{part}_text"))
    if samples and isinstance(samples[0], list):
        samples = samples[0]
    if len([one for one in samples if text(one)]) < len(found.distinct):
        raise invalid(2388043, field=part)


def _check_footer(content: str) -> None:
    if not content.strip():
        raise parameter("The parameter text is required for components of type FOOTER")
    if len(content) > 60:
        raise invalid(2388040, field="footer", limit=60)
    found = variables(content)
    if found.names or found.malformed or "\n" in content or emoji_count(content):
        raise invalid(2388073, what="variables, new lines or emoji")


def _check_carousel(world: World, carousel: Row, category: str, parameter_format: str) -> None:
    """2 to 10 cards, all of one layout; each with a media or product header and at most two buttons."""
    cards = [rows(card.get("components")) for card in rows(carousel.get("cards"))]
    if not 2 <= len(cards) <= 10:
        raise parameter(f"A carousel must have between 2 and 10 cards, {len(cards)} given")
    if len({_layout(card) for card in cards}) > 1:
        raise parameter("All cards of a carousel must have the same components and buttons")
    for card in cards:
        by_kind = {upper(one.get("type")): one for one in card}
        if upper(by_kind.get("HEADER", {}).get("format")) not in {"IMAGE", "VIDEO", "PRODUCT"}:
            raise parameter("Each card of a carousel needs a HEADER of format IMAGE, VIDEO or PRODUCT")
        check_header(world, by_kind["HEADER"], parameter_format)
        if "BODY" in by_kind:
            check_body(by_kind["BODY"], parameter_format, 160)
        if "BUTTONS" in by_kind:
            check_buttons(rows(by_kind["BUTTONS"].get("buttons")), category, most=2)


def _layout(card: list[Row]) -> str:
    return str(
        [
            (
                upper(one.get("type")),
                upper(one.get("format")),
                [upper(each.get("type")) for each in rows(one.get("buttons"))],
            )
            for one in card
        ]
    )
