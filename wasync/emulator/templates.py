"""Creating, editing, deleting templates, and the edges beside them (docs/meta-api.md, section A1)."""

from __future__ import annotations

from wasync.emulator import limits, review
from wasync.emulator.button_rules import check_otp
from wasync.emulator.call import Answer, Call
from wasync.emulator.content_rules import (
    check_category,
    check_components,
    check_language,
    check_name,
    check_sub_category,
    check_ttl,
)
from wasync.emulator.reading import filled_options, read_components
from wasync.emulator.refusals import invalid, parameter, unknown_object
from wasync.emulator.shapes import JSON, Row, flag, listed, row, rows, text, upper, whole
from wasync.emulator.store import OPTIONS, Template, World

LARGEST_BATCH = 100


def create(call: Call, waba_id: str) -> Answer:
    """`POST /{WABA}/message_templates`."""
    template = _create(call, waba_id, call.params)
    return Answer({"id": template.id, "status": template.status, "category": template.category})


def _create(call: Call, waba_id: str, given: Row) -> Template:
    world = call.world
    name, language = text(given.get("name")), text(given.get("language"))
    category = upper(given.get("category"))
    components, library = given.get("components"), text(given.get("library_template_name"))
    parameter_format = upper(given.get("parameter_format")) or "POSITIONAL"
    check_name(name)
    check_language(language)
    check_category(category)
    limits.check_name_free(world, waba_id, name, language)
    check_same_category(world, waba_id, name, category)
    if category == "AUTHENTICATION":
        _check_verified(world, waba_id)
    if library and not components:
        components = _library_components(given)
    else:
        check_components(world, components, category, parameter_format)
    check_sub_category(category, given.get("sub_category"), components)
    check_ttl(category, given.get("message_send_ttl_seconds"))
    limits.spend_creation(call, waba_id)
    kept = listed(components)
    options: Row = {key: given[key] for key in OPTIONS if given.get(key) is not None}
    template = Template(
        id=world.next_id(),
        waba_id=waba_id,
        name=name,
        language=language,
        category=category,
        components=kept,
        parameter_format=parameter_format,
        options=filled_options(category, kept, options),
        created=call.now,
    )
    template.category = review.first_category(world, template)
    world.add(template)
    if library:
        review.approve(template, call.now)
    else:
        review.submit(world, template, call.now)
    return template


def check_same_category(world: World, waba_id: str, name: str, category: str) -> None:
    """All languages of a name share one category (section D)."""
    for other in world.named(waba_id, name):
        if other.category != category and other.status not in limits.GONE:
            raise parameter(
                "Category mismatch",
                "Category Mismatch",
                f"The category {category} doesn't match the one that's already associated with this "
                f"template, {other.category}. Change the category to {other.category}.",
            )


def _check_verified(world: World, waba_id: str) -> None:
    status = text(world.accounts[waba_id].get("business_verification_status")).lower()
    if status != "verified":
        raise invalid(2388185, code=10)


def _library_components(given: Row) -> list[JSON]:
    """A stand-in for the library's fixed text, with the buttons of the inputs."""
    body: Row = {
        "type": "BODY",
        "text": f"Text of the library template {text(given.get('library_template_name'))}.",
    }
    buttons: list[JSON] = []
    for one in rows(given.get("library_template_button_inputs")):
        if upper(one.get("type")) == "URL":
            address = row(one.get("url"))
            buttons.append({"type": "URL", "text": "View details", "url": text(address.get("base_url")),
                            "example": [text(address.get("url_suffix_example"))]})  # fmt: skip
        else:
            buttons.append(dict[str, JSON](text="Call us") | one)
    return [body, {"type": "BUTTONS", "buttons": buttons}] if buttons else [body]


def edit(call: Call, template: Template) -> Answer:
    """`POST /{TEMPLATE_ID}`: `components` replaces all of them; an approved one goes back to review."""
    _edit(call, template, call.params)
    name, category = template.name, template.category
    return Answer({"success": True, "id": template.id, "name": name, "category": category})


def _edit(call: Call, template: Template, given: Row) -> None:
    for name in ("name", "language"):
        if name in given and text(given[name]) != getattr(template, name):
            raise parameter(f"The {name} of a message template can't be changed")
    if template.status not in {"APPROVED", "REJECTED", "PAUSED"}:
        raise invalid(2388039)
    category = upper(given.get("category")) or template.category
    if category != template.category:
        check_category(category)
        if template.status == "APPROVED":
            raise parameter("The category of an approved message template can't be changed")
    known = {"components", "category", "parameter_format", *OPTIONS}
    if not known & set(given):
        raise parameter("The parameter components is required.")
    parameter_format = upper(given.get("parameter_format")) or template.parameter_format
    if "components" in given:
        if template.options.get("library_template_name"):
            raise parameter("The text of a template made from the library can't be edited")
        check_components(call.world, given["components"], category, parameter_format)
    sub_category = given.get("sub_category") or template.options.get("sub_category")
    check_sub_category(category, sub_category, given.get("components", template.components))
    check_ttl(category, given.get("message_send_ttl_seconds"))
    limits.spend_edit(call.world, template, call.now)
    if "components" in given:
        template.components = listed(given["components"])
    template.category, template.parameter_format = category, parameter_format
    template.options = template.options | {key: given[key] for key in OPTIONS if given.get(key) is not None}
    review.submit(call.world, template, call.now)


def delete(call: Call, waba_id: str) -> Answer:
    """`DELETE /{WABA}/message_templates`: by name, by name and id, or up to 100 ids at once."""
    name, one_id = call.word("name"), call.word("hsm_id")
    if "hsm_ids" in call.params:
        if name or one_id:
            raise parameter("Param hsm_ids can't be combined with name or hsm_id")
        _delete_all(call, [_own(call, waba_id, each) for each in _batch(call)], "")
    elif one_id:
        if not name:
            raise parameter("The parameter name is required.")
        template = _own(call, waba_id, one_id)
        if template.name != name:
            raise parameter(f"Param hsm_id does not belong to a message template named '{name}'")
        _delete_all(call, [template], "")
    elif name:
        found = [one for one in call.world.named(waba_id, name) if one.status not in limits.GONE]
        if not found:
            raise parameter("No message template with this name", "Message Template Not Found")
        _delete_all(call, found, "*")
    else:
        raise parameter("The parameter name is required.")
    return Answer({"success": True})


def _batch(call: Call) -> list[str]:
    ids = call.words("hsm_ids")
    if not 1 <= len(ids) <= LARGEST_BATCH:
        raise parameter(f"Param hsm_ids must have between 1 and {LARGEST_BATCH} elements")
    return ids


def _own(call: Call, waba_id: str, template_id: str) -> Template:
    template = call.world.templates.get(template_id)
    if template is None or template.waba_id != waba_id or template.status in limits.GONE:
        raise parameter(f"No message template with ID '{template_id}'", "Message Template Not Found")
    return template


def _delete_all(call: Call, templates: list[Template], locked: str) -> None:
    world = call.world
    if any(one.status == "DISABLED" for one in templates):
        raise parameter("Disabled message templates can't be deleted", "Message Template Can't Be Deleted")
    for one in templates:
        if not one.approved_once:
            world.remove(one)
            continue
        limits.lock(world, one.waba_id, one.name, locked or one.language)
        if world.settings.lingering_deletes:
            one.status = "PENDING_DELETION"
            one.touched(call.now)
            world.schedule(call.now + world.settings.name_lock_days * 86_400, one, "gone")
        else:
            world.remove(one)


def archive(call: Call, waba_id: str, *, restore: bool) -> Answer:
    """`POST /{WABA}/message_templates/archive` and `/unarchive`; on another host, without version."""
    done: list[JSON] = []
    failed: Row = {}
    for one_id in _batch(call):
        template = call.world.templates.get(one_id)
        if template is None or template.waba_id != waba_id:
            failed[one_id] = "Template does not exist"
        elif restore and template.status != "ARCHIVED":
            failed[one_id] = "Template is not archived"
        elif not restore and template.status not in {"APPROVED", "REJECTED"}:
            failed[one_id] = "Only approved or rejected templates can be archived"
        else:
            if restore:
                review.unarchive(template, call.now)
            else:
                review.archive(call.world, template, call.now)
            done.append(one_id)
    return Answer(
        {"unarchived_templates" if restore else "archived_templates": done, "failed_templates": failed}
    )


def upsert(call: Call, waba_id: str) -> Answer:
    """`POST /{WABA}/upsert_message_templates`: authentication only; creates the missing, edits the others."""
    languages = call.words("languages")
    if upper(call.params.get("category")) != "AUTHENTICATION":
        raise parameter("Only templates of category AUTHENTICATION can be upserted")
    if not languages:
        raise parameter("The parameter languages is required.")
    for part in rows(call.params.get("components")):
        for button in rows(part.get("buttons")):
            check_otp(button, bulk=True)
    done: list[JSON] = []
    for language in languages:
        found = call.world.named(waba_id, call.word("name"), language)
        if found:
            template = found[0]
            given: Row = {
                key: one
                for key, one in call.params.items()
                if key in {"components", "message_send_ttl_seconds"}
            }
            _edit(call, template, given)
        else:
            template = _create(call, waba_id, call.params | {"language": language})
        done.append({"id": template.id, "status": template.status, "language": language})
    return Answer({"data": done})


def previews(call: Call) -> Answer:
    """`GET /{WABA}/message_template_previews`: Meta's text of authentication templates; English stands in."""
    if upper(call.params.get("category")) != "AUTHENTICATION":
        raise parameter("Param category must be AUTHENTICATION")
    parts: list[JSON] = [
        {"type": "BODY", "add_security_recommendation": flag(call.params.get("add_security_recommendation"))}
    ]
    if call.word("code_expiration_minutes"):
        parts.append(
            {"type": "FOOTER", "code_expiration_minutes": whole(call.params["code_expiration_minutes"])}
        )
    shown: Row = {}
    for part in rows(read_components(parts, "AUTHENTICATION")):
        shown["body" if part["type"] == "BODY" else "footer"] = part["text"]
    if "OTP" in [one.upper() for one in call.words("button_types")]:
        shown["buttons"] = [{"text": "Copy code", "autofill_text": "Autofill"}]
    languages = call.words("languages") or ["en_US"]
    for language in languages:
        check_language(language)
    return Answer({"data": [shown | {"language": language} for language in languages]})


def unpause(call: Call, template: Template) -> Answer:
    """`POST /{TEMPLATE_ID}/unpause`."""
    if template.status != "PAUSED":
        return Answer({"success": False, "reason": "Template is not paused"})
    review.approve(template, call.now)
    return Answer({"success": True})


def find(call: Call) -> Template:
    """The template a path names, or 100/33."""
    template = call.world.templates.get(call.node)
    if template is None or template.status in limits.GONE:
        raise unknown_object(call.method, call.node)
    return template
