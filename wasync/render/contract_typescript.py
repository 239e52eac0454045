"""The contract with senders as a TypeScript module: an interface and a builder for each template."""

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
from wasync.render.literals import comment, typescript_literal

_START = f"""\
/* eslint-disable */
// {HEADER}
//
// The result of each builder is the "template" of a send call of Meta's Cloud API:
//   {{ messaging_product: "whatsapp", to: ..., type: "template", template: buildOrderShipped({{ ... }}) }}

export type SendComponent = Readonly<Record<string, unknown>>;

export type MediaValue = {{ readonly id: string }} | {{ readonly link: string }};
export type ImageValue = MediaValue;
export type VideoValue = MediaValue;
export type DocumentValue = MediaValue;

export interface LocationValue {{
  readonly latitude: number | string;
  readonly longitude: number | string;
  readonly name: string;
  readonly address: string;
}}

export interface ProductValue {{
  readonly product_retailer_id: string;
  readonly catalog_id: string;
}}

export type ProductsValue = readonly [ProductValue, ProductValue, ...ProductValue[]];

export interface FlowValue {{
  readonly flow_token: string;
  readonly flow_action_data?: Readonly<Record<string, unknown>> | undefined;
}}

export interface CatalogValue {{
  readonly thumbnail_product_retailer_id: string;
}}

export interface ProductListValue {{
  readonly thumbnail_product_retailer_id: string;
  readonly sections: readonly {{
    readonly title: string;
    readonly product_items: readonly {{ readonly product_retailer_id: string }}[];
  }}[];
}}

export interface OrderStatusValue {{
  readonly reference_id: string;
  readonly order: {{ readonly status: string; readonly description?: string | undefined }};
}}

export interface SendTemplate<Name extends string, Language extends string> {{
  readonly name: Name;
  readonly language: {{ readonly code: Language }};
  readonly components?: readonly SendComponent[];
}}

/** A quick reply; without payload its label comes back. */
export function reply(index: number, payload: string | undefined): readonly SendComponent[] {{
  if (payload === undefined) return [];
  const parameters = [{{ "type": "payload", "payload": payload }}];
  return [{{ "type": "button", "sub_type": "quick_reply", "index": index, "parameters": parameters }}];
}}

export function template<Name extends string, Language extends string>(
  name: Name,
  language: Language,
  components: readonly SendComponent[],
): SendTemplate<Name, Language> {{
  if (components.length === 0) return {{ name, language: {{ code: language }} }};
  return {{ name, language: {{ code: language }}, components }};
}}
"""
_TYPES = {
    Kind.TEXT: "string",
    Kind.IMAGE: "ImageValue",
    Kind.VIDEO: "VideoValue",
    Kind.DOCUMENT: "DocumentValue",
    Kind.LOCATION: "LocationValue",
    Kind.PRODUCT: "ProductValue",
    Kind.PRODUCT_CARDS: "ProductsValue",
    Kind.COUPON_CODE: "string",
    Kind.PAYLOAD: "string | undefined",
    Kind.FLOW: "FlowValue",
    Kind.CATALOG: "CatalogValue",
    Kind.PRODUCTS: "ProductListValue",
    Kind.EXPIRATION: "number",
    Kind.ORDER_STATUS: "OrderStatusValue",
    Kind.COMPONENT: "SendComponent",
}
_DIALECT = Dialect(
    literal=typescript_literal,
    value="input.{}".format,
    reply="reply({}, {})".format,
    products=lambda value: (
        f'{value}.map((product, index) => ({{"card_index": index, "components": [{{"type": "header", '
        '"parameters": [{"type": "product", "product": product}]}]}))'
    ),
    spread="...{}".format,
)


def contract_typescript(contract: Contract) -> str:
    """A module without imports: a sender that disagrees with a template fails tsc."""
    return "\n".join((_START, *(_written(builder) for builder in builders(contract))))


def _written(builder: Builder) -> str:
    return "\n".join(_lines(builder)) + "\n"


def _lines(builder: Builder) -> Iterator[str]:
    template, variant, name = builder.template, builder.variant, builder.type_name
    live_name = typescript_literal(template.live_name)
    languages = " | ".join(typescript_literal(language.code) for language in variant.languages)
    yield f"// Template {comment(template.name)}, revision {template.revision}."
    yield f"export interface {name} {{"
    yield f"  readonly language: {languages};"
    if not variant.shape.known:
        yield "  // Meta's library holds the texts: `--live` reads them"
        yield "  readonly components: readonly SendComponent[];"
    for parameter in in_order(variant.shape.parameters):
        yield _field(parameter, variant)
    yield "}"
    yield ""
    if replies := quick_replies(variant):
        yield f"export const replies{name}: Readonly<Record<string, readonly string[]>> = {{"
        for code, labels in replies.items():
            texts = ", ".join(typescript_literal(label) for label in labels)
            yield f"  {typescript_literal(code)}: [{texts}],"
        yield "};"
        yield ""
    result = f"SendTemplate<{live_name}, {name}[{typescript_literal('language')}]>"
    yield f"export function build{name}(input: {name}): {result} {{"
    if not variant.shape.known:
        yield f"  return template({live_name}, input.language, input.components);"
    elif lines := component_lines(variant.shape, _DIALECT):
        yield f"  return template({live_name}, input.language, ["
        yield from (f"    {line}" for line in lines)
        yield "  ]);"
    else:
        yield f"  return template({live_name}, input.language, []);"
    yield "}"


def _field(parameter: Parameter, variant: Variant) -> str:
    example = example_of(variant, parameter.field)
    said = f" // {comment(example)}" if example is not None else ""
    mark = "" if parameter.required else "?"
    return f"  readonly {parameter.field}{mark}: {_TYPES[parameter.kind]};{said}"
