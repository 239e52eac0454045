"""The contract between templates and the code that sends them: what must be passed, for each language."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a sender passes for one parameter.

    COMPONENT is a whole component: its shape is not known for certain, so the sender gives it.
    """

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    LOCATION = "location"
    PRODUCT = "product"
    PRODUCT_CARDS = "product_cards"
    COUPON_CODE = "coupon_code"
    PAYLOAD = "payload"
    FLOW = "flow"
    CATALOG = "catalog"
    PRODUCTS = "products"
    EXPIRATION = "expiration_time_ms"
    ORDER_STATUS = "order_status"
    COMPONENT = "component"


class Parameter(NamedTuple):
    """One value a sender passes. Parameters of one field get the same value.

    `name` is the placeholder of a parameter passed by name, "" for one passed by position.
    """

    field: str
    kind: Kind
    name: str = ""

    @property
    def required(self) -> bool:
        """Whether Meta refuses to send without it: a quick reply without payload gives back its label."""
        return self.kind is not Kind.PAYLOAD


class Part(NamedTuple):
    """One component of a send call, with its parameters in Meta's order; buttons have a kind, a position."""

    type: str
    parameters: tuple[Parameter, ...]
    sub_type: str = ""
    position: int | None = None


class Shape(NamedTuple):
    """Everything a sender passes, texts and labels left out: languages that agree have equal shapes.

    `buttons` and `card_buttons` are their kinds in order. `known` is false where Meta holds the texts, and
    nobody has read them.
    """

    parts: tuple[Part, ...] = ()
    cards: tuple[tuple[Part, ...], ...] = ()
    buttons: tuple[str, ...] = ()
    card_buttons: tuple[tuple[str, ...], ...] = ()
    known: bool = True

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every parameter, those of cards last; of several with one field the first."""
        found: dict[str, Parameter] = {}
        for part in (*self.parts, *(part for card in self.cards for part in card)):
            for parameter in part.parameters:
                found.setdefault(parameter.field, parameter)
        return tuple(found.values())


class AtMeta(NamedTuple):
    """What Meta has for one language."""

    id: str
    status: str
    category: str


class Label(NamedTuple):
    """The text of one button; of a quick reply it comes back in the webhook. `card` None: not on a card.

    `flow` says what a flow begins with, by Meta's keys: senders pass the data of that screen of that flow.
    """

    card: int | None
    position: int
    type: str
    text: str
    flow: Mapping[str, str] = {}


class Language(NamedTuple):
    """One language: its labels, and an example for each field that has one."""

    code: str
    category: str
    labels: tuple[Label, ...] = ()
    examples: Mapping[str, str] = {}
    live: AtMeta | None = None


class Variant(NamedTuple):
    """The languages of one name whose senders pass the same."""

    languages: tuple[Language, ...]
    shape: Shape


class TemplateContract(NamedTuple):
    """One name of the files: its live name, and what is passed; more than one variant is a difference."""

    name: str
    revision: int
    live_name: str
    variants: tuple[Variant, ...]
    differences: tuple[str, ...] = ()


class Contract(NamedTuple):
    """What senders need to know of one account's templates, in order of name. `live`: Meta was read too."""

    account: str
    waba_id: str
    templates: tuple[TemplateContract, ...]
    live: bool = False
