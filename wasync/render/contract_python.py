"""The contract with senders as a Python module: a frozen dataclass for each template."""

from __future__ import annotations

from collections.abc import Iterator

from wasync.model.contract import Contract, Kind, Parameter, Variant
from wasync.render.contract_code import (
    HEADER,
    Builder,
    Dialect,
    builders,
    component_lines,
    example_of,
    in_order,
    quick_replies,
)
from wasync.render.literals import comment, python_literal

_START = f'''\
# fmt: off
"""{HEADER}

`template()` of each class is the "template" of a send call of Meta's Cloud API:
    {{..., "type": "template", "template": OrderShipped(language="en_US", ...).template()}}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, NotRequired, TypeAlias, TypedDict

SendComponent: TypeAlias = dict[str, object]


class MediaId(TypedDict):
    """Media uploaded to Meta."""

    id: str


class MediaLink(TypedDict):
    """Media that Meta fetches."""

    link: str


ImageValue: TypeAlias = MediaId | MediaLink
VideoValue: TypeAlias = MediaId | MediaLink
DocumentValue: TypeAlias = MediaId | MediaLink


class LocationValue(TypedDict):
    """A place on the map."""

    latitude: float | str
    longitude: float | str
    name: str
    address: str


class ProductValue(TypedDict):
    """A product of a catalog."""

    product_retailer_id: str
    catalog_id: str


ProductsValue: TypeAlias = tuple[ProductValue, ProductValue, *tuple[ProductValue, ...]]


class FlowValue(TypedDict):
    """What a flow begins with."""

    flow_token: str
    flow_action_data: NotRequired[Mapping[str, object]]


class CatalogValue(TypedDict):
    """The product whose picture stands for the catalog."""

    thumbnail_product_retailer_id: str


class ProductItemValue(TypedDict):
    """A product of a section."""

    product_retailer_id: str


class SectionValue(TypedDict):
    """Products under one title."""

    title: str
    product_items: Sequence[ProductItemValue]


class ProductListValue(TypedDict):
    """Sections of products."""

    thumbnail_product_retailer_id: str
    sections: Sequence[SectionValue]


class OrderState(TypedDict):
    """How an order stands."""

    status: str
    description: NotRequired[str]


class OrderStatusValue(TypedDict):
    """The order a message is about."""

    reference_id: str
    order: OrderState


class SendLanguage(TypedDict):
    """The language of a send call."""

    code: str


class SendTemplate(TypedDict):
    """The "template" of a send call."""

    name: str
    language: SendLanguage
    components: NotRequired[list[SendComponent]]


def _reply(index: int, payload: str | None) -> list[SendComponent]:
    """A quick reply; without payload its label comes back."""
    if payload is None:
        return []
    return [
        {{
            "type": "button",
            "sub_type": "quick_reply",
            "index": index,
            "parameters": [{{"type": "payload", "payload": payload}}],
        }}
    ]


def _template(name: str, language: str, components: list[SendComponent]) -> SendTemplate:
    if not components:
        return {{"name": name, "language": {{"code": language}}}}
    return {{"name": name, "language": {{"code": language}}, "components": components}}
'''
_TYPES = {
    Kind.TEXT: "str",
    Kind.IMAGE: "ImageValue",
    Kind.VIDEO: "VideoValue",
    Kind.DOCUMENT: "DocumentValue",
    Kind.LOCATION: "LocationValue",
    Kind.PRODUCT: "ProductValue",
    Kind.PRODUCT_CARDS: "ProductsValue",
    Kind.COUPON_CODE: "str",
    Kind.PAYLOAD: "str | None = None",
    Kind.FLOW: "FlowValue",
    Kind.CATALOG: "CatalogValue",
    Kind.PRODUCTS: "ProductListValue",
    Kind.EXPIRATION: "int",
    Kind.ORDER_STATUS: "OrderStatusValue",
    Kind.COMPONENT: "SendComponent",
}
_DIALECT = Dialect(
    literal=python_literal,
    value="self.{}".format,
    reply="_reply({}, {})".format,
    products=lambda value: (
        '[{"card_index": index, "components": [{"type": "header", "parameters": '
        f'[{{"type": "product", "product": product}}]}}]}} for index, product in enumerate({value})]'
    ),
    spread="*{}".format,
)


def contract_python(contract: Contract) -> str:
    """A module that needs only the standard library: a sender that disagrees with a template fails mypy.

    Fields are given by keyword, so that no two can be swapped.
    """
    written = [_class(builder) for builder in builders(contract)]
    start = (
        _START
        if written
        else _START.replace("from dataclasses import dataclass\n", "").replace(
            "import ClassVar, Literal, NotRequired", "import NotRequired"
        )
    )
    return "\n\n".join((start, *written))


def _class(builder: Builder) -> str:
    return "\n".join(_lines(builder)) + "\n"


def _lines(builder: Builder) -> Iterator[str]:
    template, variant = builder.template, builder.variant
    name = python_literal(template.live_name)
    languages = ", ".join(python_literal(language.code) for language in variant.languages)
    yield "@dataclass(frozen=True, slots=True, kw_only=True)"
    yield f"class {builder.type_name}:"
    said = python_literal(f"Template {template.name}, revision {template.revision}.")
    yield f'    ""{said}""'
    yield ""
    yield f"    NAME: ClassVar[Literal[{name}]] = {name}"
    if replies := quick_replies(variant):
        yield "    REPLIES: ClassVar[Mapping[str, tuple[str, ...]]] = {"
        for code, labels in replies.items():
            texts = ", ".join(map(python_literal, labels)) + ("," if len(labels) == 1 else "")
            yield f"        {python_literal(code)}: ({texts}),"
        yield "    }"
    yield ""
    yield f"    language: Literal[{languages}]"
    if not variant.shape.known:
        yield "    components: Sequence[SendComponent]  # Meta's library holds the texts: `--live` reads them"
    for parameter in in_order(variant.shape.parameters):
        yield _field(parameter, variant)
    yield ""
    yield "    def template(self) -> SendTemplate:"
    yield '        """The "template" of a send call."""'
    yield "        return _template("
    yield "            self.NAME,"
    yield "            self.language,"
    if not variant.shape.known:
        yield "            list(self.components),"
    elif lines := component_lines(variant.shape, _DIALECT):
        yield "            ["
        yield from (f"                {line}" for line in lines)
        yield "            ],"
    else:
        yield "            [],"
    yield "        )"


def _field(parameter: Parameter, variant: Variant) -> str:
    example = example_of(variant, parameter.field)
    said = f"  # {comment(example)}" if example is not None else ""
    return f"    {parameter.field}: {_TYPES[parameter.kind]}{said}"
