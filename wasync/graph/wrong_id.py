"""What an id given as waba_id really is, when Meta knows no account of that id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, ParamSpec, Protocol, TypeVar

from wasync.graph.inspection import TokenInfo
from wasync.graph.meanings import NO_SUCH_OBJECT
from wasync.model.errors import GraphError
from wasync.model.template import JSON

P = ParamSpec("P")
T = TypeVar("T")

_LOOKED_AT = 5
"""How many accounts are searched for the owner of a phone number or a business: one call each."""
_NOT_SURE = "the id of something else, perhaps of a business or an app"


class Lookup(Protocol):
    """The reads this needs of the client; each raises GraphError."""

    def node(self, node_id: str, fields: str, *, metadata: bool = False) -> Mapping[str, JSON]:
        """Some fields of any node."""

    def phone_numbers(self, waba_id: str) -> Sequence[Mapping[str, JSON]]:
        """The phone numbers of an account."""

    def token_info(self) -> TokenInfo:
        """What the token is."""


class _Found(NamedTuple):
    """What an id is, in words ("" when that cannot be told), and the account that was meant."""

    kind: str = ""
    account: str | None = None


def may_be_wrong_id(error: GraphError) -> bool:
    """Whether this is how Meta refuses an id that is no account, or none of ours.

    A node of another kind refuses our fields and edges with code 100 and no subcode.
    """
    numbers = (error.graph_code, error.subcode)
    return numbers in NO_SUCH_OBJECT or numbers == (100, None)


def name_wrong_id(waba_id: str, error: GraphError, lookup: Lookup) -> GraphError:
    """The same error, saying what the id is, as far as a few more reads can tell; else as it was."""
    info = _try(lookup.token_info)
    reached = (info.targets or ()) if info is not None else ()
    found = _identify(waba_id, info, reached, lookup)
    if found.kind:
        message = f"waba_id {waba_id} is {found.kind}, not the id of a WhatsApp Business Account"
        if found.account is not None:
            return _told(error, f"{message}; the account id is {found.account}.", _set_to(found.account))
        return _told(error, f"{message}.", _set_to_one_of(reached))
    known = _way_out(error)
    if (error.graph_code, error.subcode) in NO_SUCH_OBJECT and reached and waba_id not in reached:
        return _told(error, error.message, f"{_set_to_one_of(reached)} {known}")
    error.fix = known
    # Whatever it is, no other call for this account will fare better.
    error.stops_run = True
    return error


def _way_out(error: GraphError) -> str:
    """What to do about an account that is not there; nobody deletes one between two runs."""
    from wasync.checks.refusals import refusal

    known = refusal(error.graph_code, error.subcode)
    return known.fix if known is not None else error.fix


def _identify(waba_id: str, info: TokenInfo | None, reached: tuple[str, ...], lookup: Lookup) -> _Found:
    if info is not None and info.app_id == waba_id:
        return _Found("the id of the token's app", reached[0] if len(reached) == 1 else None)
    phone = _try(lookup.node, waba_id, "id,display_phone_number")
    if phone is not None and "display_phone_number" in phone:
        return _Found("a phone number id", _account_of_phone(waba_id, reached, lookup))
    if _try(lookup.node, waba_id, "id,message_template_namespace") is not None:
        return _Found()
    owned = _account_of_business(waba_id, reached, lookup)
    if owned is not None:
        return _Found("the id of a business", owned)
    node = _try(lookup.node, waba_id, "id", metadata=True)
    return _Found(_kind_of(node)) if node is not None else _Found()


def _kind_of(node: Mapping[str, JSON]) -> str:
    """The type that Graph's introspection names, if it does: docs/meta-api.md is silent on it."""
    metadata = node.get("metadata")
    told = str(metadata.get("type")).lower() if isinstance(metadata, dict) else ""
    match told:
        case "business":
            return "the id of a business"
        case "application":
            return "the id of an app"
        case _:
            return _NOT_SURE


def _account_of_phone(phone_id: str, accounts: tuple[str, ...], lookup: Lookup) -> str | None:
    for account in accounts[:_LOOKED_AT]:
        numbers = _try(lookup.phone_numbers, account) or ()
        if any(number.get("id") == phone_id for number in numbers):
            return account
    return None


def _account_of_business(business_id: str, accounts: tuple[str, ...], lookup: Lookup) -> str | None:
    for account in accounts[:_LOOKED_AT]:
        node = _try(lookup.node, account, "id,owner_business_info") or {}
        owner = node.get("owner_business_info")
        if isinstance(owner, dict) and owner.get("id") == business_id:
            return account
    return None


def _try(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """One more read to explain an error; if it fails too, it explains nothing."""
    try:
        return read(*args, **kwargs)
    except GraphError:
        return None


def _told(error: GraphError, message: str, fix: str) -> GraphError:
    return GraphError(
        message,
        fix,
        status=error.status,
        code=error.graph_code,
        subcode=error.subcode,
        trace=error.trace,
        rule=error.rule,
        stops_run=True,
    )


def _set_to(account: str) -> str:
    return f"Set waba_id in wasync.yaml to {account}."


def _set_to_one_of(reached: tuple[str, ...]) -> str:
    if not reached:
        return "Set waba_id in wasync.yaml to the id of the account; WhatsApp Manager shows it."
    return f"Set waba_id in wasync.yaml to the id of an account; the token reaches: {', '.join(reached)}."
