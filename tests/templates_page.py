"""docs/templates.md, written from examples/kinds: each template beside the message it makes.

Write it anew: python -m tests.templates_page > docs/templates.md
"""

from __future__ import annotations

import sys
from pathlib import Path

from wasync.canonical import from_yaml
from wasync.model.template import Document, Template
from wasync.project.yaml_reader import read

FOLDER = Path(__file__).parents[1] / "examples" / "kinds" / "templates"
SECTIONS: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Text",
        "Variables have names or numbers, not both in one template.",
        (
            ("text_named", "Named variables", "Header, body, footer and quick replies."),
            (
                "text_positional",
                "Numbered variables",
                "Meta counts them anew in the header; numbers in `variables` mean the body's.",
            ),
        ),
    ),
    (
        "Headers",
        "Instead of a text, one medium. `media` is the sample Meta's reviewers see; the message has its own.",
        (
            ("header_image", "Image", "JPEG or PNG."),
            ("header_video", "Video", "MP4."),
            ("header_document", "Document", "PDF."),
            ("header_gif", "GIF", "An MP4 of at most 3.5 MB; only Meta's Marketing Messages API sends it."),
            (
                "header_location",
                "Location",
                "Utility or marketing. The place is given when the message is sent.",
            ),
            ("product", "Product", "One product, with a button of type `spm`. See also the carousel."),
        ),
    ),
    (
        "Buttons",
        "Up to ten; quick replies stand together. Where Meta fixes a label, `text` may be left out.",
        (
            ("button_url", "URL and phone number", "One variable, at the very end of the URL."),
            ("button_app", "URL that opens an app", "Only Meta's Marketing Messages API opens the app."),
            ("coupon", "Coupon", "`copy_code`: marketing; its label is Meta's."),
            ("flow_by_id", "Flow by id", "The flow is published."),
            ("flow_by_name", "Flow by name", "Meta reads it back as an id; that is no difference."),
            ("flow_by_json", "Flow as JSON", "Meta's JSON as a text; read back as an id too."),
            ("catalog", "Catalog", "Marketing; the account has a catalog."),
            (
                "products",
                "Several products",
                "`mpm`: marketing, with a text header. The message has the products.",
            ),
            ("voice_call", "Voice call", "A call on WhatsApp, for 1440 to 43200 minutes."),
            ("contact_info", "Contact info", "Asks for the phone number; its label is Meta's."),
        ),
    ),
    (
        "Orders",
        "",
        (
            ("order_details", "Order details", "Utility. The message has the bill."),
            ("order_details_marketing", "Order details in marketing", "Needs `display_format`."),
            ("order_status", "Order status", "`sub_category`, and no buttons."),
        ),
    ),
    (
        "Carousels",
        "Marketing: a body, then two to ten cards, all of one layout. Each counts its variables from {{1}}.",
        (
            ("carousel_media", "Media cards", "An image or video, a text, up to two buttons."),
            ("carousel_products", "Product cards", "Two cards are declared; the message may have up to ten."),
        ),
    ),
    (
        "Offers and calls",
        "",
        (
            (
                "limited_time_offer",
                "Limited-time offer",
                "Marketing; no footer; `copy_code` is the first button.",
            ),
            ("call_permission", "Call permission request", "Utility or marketing; no buttons beside it."),
        ),
    ),
    (
        "Authentication",
        "Meta writes the text, in every language; so `languages` may be a list.",
        (
            ("code_copy", "Copy code", "One declaration for many languages."),
            ("code_one_tap", "One-tap", "A tap hands the code to an Android app; elsewhere people copy it."),
            (
                "code_zero_tap",
                "Zero-tap",
                "The app gets the code by itself. `zero_tap_terms_accepted` must be true.",
            ),
        ),
    ),
    (
        "Library and options",
        "",
        (
            (
                "library_delivery",
                "Library template",
                "Meta has the text; the inputs are sent once and never read back.",
            ),
            (
                "options_marketing",
                "Options of marketing",
                "How long Meta tries to deliver, whether it counts clicks, what it may do to the picture.",
            ),
            (
                "options_utility",
                "Options of utility",
                "Delivered to the phone only: cannot be changed later.",
            ),
        ),
    ),
)
_INTRODUCTION = """\
# Every kind of template

Each kind in YAML, beside the message it makes. This page is generated from `examples/kinds`, whose files are
applied to the emulator in every test run. How a file is built is in [format.md](format.md); what Meta allows,
in [rules.md](rules.md). What wasync does not know goes through `components:`, as Meta's documents list it.

The messages are as `wasync preview --format svg` draws them ([preview.md](preview.md)), with examples in
place of variables.
"""


def page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION]
    for title, introduction, kinds in SECTIONS:
        parts.append(f"## {title}\n")
        if introduction:
            parts.append(f"{introduction}\n")
        parts += [_kind(*kind) for kind in kinds]
    return "\n".join(parts)


def _kind(name: str, title: str, note: str) -> str:
    yaml = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return (
        f"### {title}\n\n{note}\n\n```yaml\n# {name}.yaml\n{yaml}```\n\n"
        f"![{title}: the message](pictures/kinds/{name}.svg)\n"
    )


def first_language(name: str) -> Template:
    """The template of an example, in the language it declares first."""
    data, lines = read((FOLDER / f"{name}.yaml").read_bytes()).documents[0]
    assert isinstance(data, dict)
    return from_yaml(Document(f"{name}.yaml", 0, name, data, lines)).templates[0]


if __name__ == "__main__":
    sys.stdout.write(page())
