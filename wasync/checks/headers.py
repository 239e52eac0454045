"""Rules about headers that are no text and no plain medium: product, location, gif."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wasync.checks.registry import Rule, listed, on_kind
from wasync.checks.view import View, button_path
from wasync.model.template import Problem, Severity

MAX_PRODUCT_BODY = 160


@on_kind(
    Rule(
        "WA731",
        "a product header and an spm button go together, with a body of at most 160 characters",
        """\
The button opens the product that the header shows. Cards of a carousel have product headers too: see WA703.
Characters are counted as Unicode code points; Meta does not say how it counts, so this is inferred.""",
        good="""\
category: marketing
languages:
  en_US:
    header: {format: product}
    body: It is back in stock.
    buttons:
      - {type: spm, text: View}
""",
        bad="""\
category: marketing
languages:
  en_US:
    header: {format: product}
    body: >-
      It is back in stock. We make each one by hand, of oak from forests nearby, which takes our carpenters
      three days, and one more day until it is dry; so do not wait for too long.
    buttons:
      - {type: spm, text: View}
""",
        subcode=2388040,
    )
)
def product(view: View) -> Sequence[Problem]:
    """A product above, its button below, and little between."""
    return list(_product(view))


def _product(view: View) -> Iterator[Problem]:
    kinds = [button.get("type") for button in view.buttons]
    shown = view.header_format == "product"
    if shown and "spm" not in kinds:
        message = "a product header without an spm button; Meta allows it only with one"
        yield view.problem("WA731", message, "Add a button {type: spm}, or use an image.", ("header",))
    if "spm" in kinds and not shown:
        message = "an spm button without a product header, which shows what it opens"
        fix = "Make the header {format: product}."
        yield view.problem("WA731", message, fix, button_path(kinds.index("spm")))
    if shown and (over := len(view.body) - MAX_PRODUCT_BODY) > 0:
        message = f"body is {len(view.body):,} characters; below a product Meta allows {MAX_PRODUCT_BODY}"
        yield view.problem("WA731", message, f"Remove {over:,}.", ("body",))


@on_kind(
    Rule(
        "WA732",
        "a location header is in a utility or marketing template, and has nothing but its format",
        "Who sends the message says which place it shows: the template has no room for a text or a sample.",
        good="""\
category: utility
languages:
  en_US:
    header: {format: location}
    body: Your table is ready. This is where you find us.
""",
        bad="""\
category: authentication
authentication:
  otp: {type: copy_code}
languages:
  en_US:
    header: {format: location}
""",
    )
)
def location(view: View) -> Sequence[Problem]:
    """A place in a message that may have one."""
    if view.header_format != "location":
        return ()
    problems: list[Problem] = []
    if view.category not in ("utility", "marketing"):
        message = f"a location header in category {view.category}; Meta allows it in utility and marketing"
        fix = "Remove the header, or choose another category."
        problems.append(view.problem("WA732", message, fix, ("header",)))
    header = view.spec.get("header")
    if isinstance(header, dict) and (more := [key for key in header if key != "format"]):
        message = f"a location header has {listed(more)}; it has only its format"
        problems.append(view.problem("WA732", message, f"Remove {listed(more)}.", ("header", more[0])))
    return problems


@on_kind(
    Rule(
        "WA733",
        "a gif header is in a marketing template",
        """\
Only the Marketing Messages API sends them, and it sends only marketing. That Meta refuses one elsewhere is
inferred from that: a warning. The file is an mp4 of at most 3.5 MB.""",
        good="""\
category: marketing
languages:
  en_US:
    header: {format: gif, handle: "4::aW"}
    body: Spring is in the air. Come and see what is new.
""",
        bad="""\
category: utility
languages:
  en_US:
    header: {format: gif, handle: "4::aW"}
    body: Your order left our warehouse today.
""",
        severity=Severity.WARNING,
    )
)
def gif(view: View) -> Sequence[Problem]:
    """A moving picture where one can be sent."""
    if view.header_format != "gif" or view.category == "marketing":
        return ()
    message = f"a gif header in category {view.category}; only the Marketing Messages API sends gif"
    fix = "Use a video or an image, or make the category marketing."
    return [view.problem("WA733", message, fix, ("header",))]
