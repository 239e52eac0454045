"""pywa, a client others wrote, drives the emulator; wasync reads what it sends and pywa what wasync sends.

Where pywa and our reading of Meta's documents disagree is written in docs/emulator.md.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any  # options and components are of many kinds

import httpx
import pytest
from pywa.client import WhatsApp
from pywa.errors import WhatsAppError
from pywa.types import templates as t
from pywa.types.flows import FlowActionType
from pywa.types.others import Pagination

from tests.clients import (
    MP4,
    OTHER_WABA,
    PDF,
    PNG,
    create_as_wasync,
    listed,
    project,
    sent,
    taken_over,
    two_accounts,
)
from tests.shell import APP_ID, TOKEN, WABA_ID, Account
from wasync.canonical import from_graph

EN, UTILITY, MARKETING, AUTHENTICATION = (
    t.TemplateLanguage.ENGLISH_US,
    t.TemplateCategory.UTILITY,
    t.TemplateCategory.MARKETING,
    t.TemplateCategory.AUTHENTICATION,
)
APPS = [t.OTPSupportedApp(package_name="com.example.app", signature_hash="K8a/AINcGX7")]
DEEP_LINK = t.AppDeepLink(
    meta_app_id=2790000000000001,
    android_deep_link="acme://order/1",
    android_fallback_playstore_url="https://play.google.com/store/apps/details?id=com.example.app",
)
FLOW_JSON = {"version": "7.0", "screens": [{"id": "FIRST", "title": "Survey", "terminal": True}]}


def made(category: t.TemplateCategory, *components: t.TemplateBaseComponent, **more: Any) -> t.Template:
    """A template whose name is its key in KINDS."""
    return t.Template(name="", language=EN, category=category, components=list(components), **more)


def body(text: str = "Your order has left our warehouse today.") -> t.BodyText:
    return t.BodyText(text)


def buttons(*given: t.BaseButtonComponent) -> t.Buttons:
    return t.Buttons(buttons=list(given))


def url(text: str = "Track parcel") -> t.URLButton:
    return t.URLButton(text=text, url="https://example.com/t/{{1}}", example="https://example.com/t/A-1")


def media_card(thing: str) -> t.CarouselCard:
    text = t.BodyText("Our {{1}} is what everybody wears in the rain now.", thing)
    quick = t.QuickReplyButton(text="More like this")
    return t.CarouselCard(components=[t.HeaderImage(PNG, mime_type="image/png"), text, buttons(quick, url())])


def product_card() -> t.CarouselCard:
    return t.CarouselCard(components=[t.HeaderProduct(), buttons(t.SPMButton(text="View"))])


def one_time(
    button: t.BaseOTPButton, minutes: int | None = 5, *, advice: bool = True, **more: Any
) -> t.Template:
    footer = [] if minutes is None else [t.AuthenticationFooter(code_expiration_minutes=minutes)]
    text = t.AuthenticationBody(add_security_recommendation=advice)
    return made(AUTHENTICATION, text, *footer, buttons(button), **more)


FEATURES = t.CreativeFeaturesSpec(image_touchups=True, text_formatting_optimization=False)
KINDS: dict[str, t.Template | t.LibraryTemplate] = {
    "positional": made(
        UTILITY,
        t.HeaderText("Order {{1}} shipped", "A-10293"),
        t.BodyText("Hi {{1}}, your order {{2}} left our warehouse today.", "Ana", "A-10293"),
        t.FooterText(text="Acme Store"),
        parameter_format=t.ParamFormat.POSITIONAL,
    ),
    "named": made(
        MARKETING,
        t.HeaderText("Our {{sale}} is on", sale="summer sale"),
        t.BodyText("Shop until {{end}} and get {{part}} off of all that we have.", end="May", part="25 %"),
        parameter_format=t.ParamFormat.NAMED,
    ),
    "image": made(MARKETING, t.HeaderImage(PNG, mime_type="image/png"), body()),
    "video": made(MARKETING, t.HeaderVideo(MP4, mime_type="video/mp4"), body()),
    "gif": made(MARKETING, t.HeaderGIF(MP4, mime_type="video/mp4"), body()),
    "document": made(UTILITY, t.HeaderDocument(PDF, mime_type="application/pdf"), body()),
    "location": made(UTILITY, t.HeaderLocation(), body()),
    "buttons": made(
        MARKETING,
        body(),
        buttons(
            t.QuickReplyButton(text="Stop"),
            t.QuickReplyButton(text="Talk to us"),
            url(),
            t.PhoneNumberButton(text="Call", phone_number="+15550051310"),
        ),
    ),
    "deep_link": made(
        MARKETING,
        body(),
        buttons(t.URLButton(text="Open", url="https://example.com/order", app_deep_link=DEEP_LINK)),
    ),
    "coupon": made(MARKETING, body(), buttons(t.CopyCodeButton(example="SUMMER20"))),
    "flow_by_id": made(
        UTILITY,
        body(),
        buttons(
            t.FlowButton(
                text="Open survey",
                flow_id="1234567890123",
                flow_action=FlowActionType.NAVIGATE,
                navigate_screen="FIRST",
                icon=t.FlowButtonIcon.DOCUMENT,
            )
        ),
    ),
    "flow_by_name": made(UTILITY, body(), buttons(t.FlowButton(text="Open survey", flow_name="survey"))),
    "flow_by_json": made(UTILITY, body(), buttons(t.FlowButton(text="Open survey", flow_json=FLOW_JSON))),
    "catalog": made(MARKETING, body(), buttons(t.CatalogButton(text="View catalog"))),
    "mpm": made(MARKETING, t.HeaderText("For rain"), body(), buttons(t.MPMButton(text="View items"))),
    "spm": made(MARKETING, t.HeaderProduct(), body(), buttons(t.SPMButton(text="View"))),
    "voice_call": made(UTILITY, body(), buttons(t.VoiceCallButton(text="Call Now"))),
    "contact_info": made(UTILITY, body(), buttons(t.ContactInfoRequestButton())),
    "call_permission": made(UTILITY, body(), t.CallPermissionRequestButton()),
    "limited_time_offer": made(
        MARKETING,
        t.HeaderImage(PNG, mime_type="image/png"),
        t.LimitedTimeOffer(text="Ends tonight", has_expiration=True),
        body(),
        buttons(t.CopyCodeButton(example="SUMMER20"), url("Shop now")),
    ),
    "media_carousel": made(
        MARKETING, body(), t.Carousel(cards=[media_card("yellow coat"), media_card("red hat")])
    ),
    "product_carousel": made(MARKETING, body(), t.Carousel(cards=[product_card(), product_card()])),
    "otp_copy_code": one_time(t.CopyCodeOTPButton(text="Copy it"), message_send_ttl_seconds=60),
    "otp_one_tap": one_time(t.OneTapOTPButton(autofill_text="Fill it in", supported_apps=APPS), advice=False),
    "otp_zero_tap": one_time(t.ZeroTapOTPButton(zero_tap_terms_accepted=True, supported_apps=APPS), None),
    "creative": made(
        MARKETING,
        t.HeaderImage(PNG, mime_type="image/png"),
        body(),
        degrees_of_freedom_spec=t.DegreesOfFreedomSpec(creative_features_spec=FEATURES),
    ),
    "library": t.LibraryTemplate(
        name="",
        library_template_name="delivery_update_1",
        category=UTILITY,
        language=EN,
        library_template_button_inputs=[
            t.URLButton.library_input(
                base_url="https://example.com/t/{{1}}", url_suffix_example="https://example.com/t/A-1"
            )
        ],
    ),
}


def client(
    account: Account, waba_id: str = WABA_ID, transport: httpx.BaseTransport | None = None
) -> WhatsApp:
    """Pywa on the emulator, in process: httpx hands its requests to the WSGI app."""
    session = httpx.Client(transport=transport or httpx.WSGITransport(app=account.emulator.app))
    return WhatsApp(token=TOKEN, waba_id=waba_id, app_id=APP_ID, session=session)


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """The account in which pywa has created one template of every kind it knows."""
    with two_accounts() as made_here:
        wa = client(made_here)
        for name, template in KINDS.items():
            template.name = name
            wa.create_template(template)
        yield made_here


def everything(wa: WhatsApp) -> dict[str, t.TemplateDetails]:
    """Every template, page after page, by name."""
    found: dict[str, t.TemplateDetails] = {}
    after = None
    while True:
        page = wa.get_templates(pagination=Pagination(limit=7, after=after))
        found |= {one.name: one for one in page}
        if not page.has_next:
            return found
        after = page.after


def kinds_of(components: list[t.TemplateBaseComponent | dict[str, object]]) -> list[str]:
    """The classes of components, buttons and cards; a dict is something pywa could not read."""
    found = []
    for one in components:
        found.append(type(one).__name__)
        if isinstance(one, t.Buttons):
            found += [type(button).__name__ for button in one.buttons]
        if isinstance(one, t.Carousel):
            found += [kind for card in one.cards for kind in kinds_of(card.components)]
    return found


# What pywa is right to read as another class than it sent (docs/meta-api.md, section B2).
READ_AS = {"CopyCodeOTPButton": "URLButton", "OneTapOTPButton": "URLButton", "ZeroTapOTPButton": "URLButton"}


@pytest.mark.parametrize("name", KINDS)
def test_pywa_reads_back_what_it_created(name: str, account: Account) -> None:
    found = client(account).get_templates(name=name)[0]
    template = KINDS[name]
    assert (found.name, found.status, found.category) == (name, t.TemplateStatus.APPROVED, template.category)
    if isinstance(template, t.Template):
        wanted = [READ_AS.get(kind, kind) for kind in kinds_of(template.components)]
        assert kinds_of(found.components) == wanted
    else:
        assert found.library_template_name == template.library_template_name


def test_pywa_pages_through_the_whole_listing(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "pywa"):
        assert set(everything(client(account))) == {"hello_world", *KINDS}
    assert caplog.messages == [], "pywa logs what it cannot parse"
    page = client(account).get_templates(pagination=Pagination(limit=5))
    assert (len(page), page.total_count, page.has_next) == (5, len(KINDS) + 1, True)


@pytest.mark.parametrize("name", KINDS)
def test_pywa_reads_what_wasync_creates(name: str, account: Account) -> None:
    create_as_wasync(account, sent(account)[name])
    ours, theirs = (listed(account, waba_id)[name] for waba_id in (OTHER_WABA, WABA_ID))
    assert ours == theirs
    parsed = client(account, OTHER_WABA).get_templates(name=name)[0]
    wanted = client(account).get_templates(name=name)[0]
    assert kinds_of(parsed.components) == kinds_of(wanted.components)


def test_wasync_takes_over_what_pywa_created(account: Account, tmp_path: Path) -> None:
    plan = taken_over(project(tmp_path, account))
    assert {step["key"]: step["difference"] for step in plan["steps"]} == {}
    assert plan["summary"]["in_sync"] == len(KINDS) + 1


def test_pywa_filters(account: Account) -> None:
    wa = client(account)
    one_time_codes = {name for name in KINDS if name.startswith("otp_")}
    assert {one.name for one in wa.get_templates(categories=[AUTHENTICATION])} == one_time_codes
    some = wa.get_templates(content="WAREHOUSE", languages=[EN], categories=[UTILITY], name="flow_by")
    assert {one.name for one in some} == {"flow_by_id", "flow_by_json", "flow_by_name"}
    none = wa.get_templates(statuses=[t.TemplateStatus.REJECTED], quality_scores=[t.QualityScoreType.RED])
    assert list(none) == []


def test_pywa_waits_for_approval() -> None:
    with two_accounts(review_seconds=60) as account:
        wa = client(account)
        wait = made(UTILITY, body())
        wait.name = "waits"
        created = wa.create_template(wait)
        assert created.status == t.TemplateStatus.PENDING
        assert wa.get_template(created.id).status == t.TemplateStatus.PENDING
        account.do("clock", by="61s")
        assert created.get().status == t.TemplateStatus.APPROVED


def test_pywa_edits_archives_and_deletes() -> None:
    with two_accounts() as account:
        wa = client(account)
        order = made(UTILITY, body(), t.FooterText(text="Acme Store"))
        order.name = "order"
        created = wa.create_template(order)
        edited = wa.update_template(created.id, new_components=[body("Your order waits in our shop now.")])
        assert (edited.success, edited.id, edited.category) == (True, created.id, UTILITY)
        found = wa.get_template(created.id)
        assert [one.text for one in found.get_components(t.BodyText)] == ["Your order waits in our shop now."]
        assert found.get_component(t.FooterText) is None
        with pytest.raises(WhatsAppError) as refused:
            found.update(new_components=[body("The second edit of the same day comes too soon.")])
        assert (refused.value.code, refused.value.subcode) == (100, 2388039)

        assert wa.archive_templates([created.id]).archived == (created.id,)
        assert found.archive().failed == {created.id: "Only approved or rejected templates can be archived"}
        assert wa.unarchive_templates([created.id]).unarchived == (created.id,)

        assert found.delete().success
        assert wa.get_templates(name="order").total_count == 0
        with pytest.raises(WhatsAppError) as locked:
            wa.create_template(order)
        assert (locked.value.code, locked.value.subcode) == (100, 2388023)


class OnceEncoded(httpx.WSGITransport):
    """Sends a body that is a JSON text holding JSON as the JSON it holds."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        given = json.loads(request.read() or b"{}")
        if isinstance(given, str):
            headers = {"Authorization": request.headers["Authorization"]}
            request = httpx.Request(request.method, request.url, headers=headers, json=json.loads(given))
        return super().handle_request(request)


def upsert(wa: WhatsApp, button: t.BaseOTPButton, minutes: int) -> None:
    """One name in two languages."""
    wa.upsert_authentication_template(
        name="login_code",
        languages=[EN, t.TemplateLanguage.GERMAN],
        otp_button=button,
        add_security_recommendation=True,
        code_expiration_minutes=minutes,
    )


@pytest.mark.parametrize(
    ("button", "kind"),
    [
        (t.CopyCodeOTPButton(), "copy_code"),
        (t.OneTapOTPButton(supported_apps=APPS), "one_tap"),
        (t.ZeroTapOTPButton(zero_tap_terms_accepted=True, supported_apps=APPS), "zero_tap"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_pywa_upserts(button: t.BaseOTPButton, kind: str) -> None:
    """Pywa encodes this one body twice, and wants a category in the answer: Meta documents neither."""
    with two_accounts() as account:
        with pytest.raises(WhatsAppError, match="must be a JSON object"):
            upsert(client(account), button, 5)
        mended = client(account, transport=OnceEncoded(app=account.emulator.app))
        for minutes in (5, 10):
            with pytest.raises(KeyError, match="category"):
                upsert(mended, button, minutes)
        assert account.live() == {"login_code/de": "APPROVED", "login_code/en_US": "APPROVED"}
        spec = from_graph(listed(account)["login_code"]).template.spec
        assert spec["authentication"] == {
            "add_security_recommendation": True,
            "code_expiration_minutes": 10,
            "otp": {"type": kind, "text": "Copy code"},
        }
