"""Rules about files as such: what YAML loses or refuses, what the schema refuses, what is not there.

The reader and the schema check them; here they are explained. Only WA012 has its function here, since it
looks at all declarations together.
"""

from __future__ import annotations

from collections.abc import Sequence

from wasync.checks.registry import Rule, declare
from wasync.model.template import Declaration, Place, Problem, Severity

_GOOD = """\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
"""

_RULES = (
    Rule(
        "WA001",
        "a file is YAML",
        """\
Texts are full of what YAML reads as its own signs. Quote a text, or write it after `|`, when it begins
with one of `* > @ % & ! [ ] { } # |` or a backtick or a quote, or holds a colon and a space. Indent with
spaces, never with tabs.""",
        good="""\
category: utility
languages:
  en_US:
    body: "Note: your order left our warehouse today."
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Note: your order left our warehouse today.
""",
        ignorable=False,
    ),
    Rule(
        "WA002",
        "no key stands twice in one place",
        "YAML keeps the last and drops the others without a word; wasync refuses.",
        good=_GOOD,
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    body: Your order is on its way.
""",
        ignorable=False,
    ),
    Rule(
        "WA003",
        "every key is one wasync knows",
        """\
A key with a slip in it would otherwise be a part that quietly goes missing. `description` and `owner` are
free texts for people. What Meta has and wasync does not know yet can be given under `components:`, as
Meta writes it.""",
        good=_GOOD,
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    foter: Acme Store
""",
        ignorable=False,
    ),
    Rule(
        "WA004",
        "every value has the shape its key needs, and none is missing",
        "`wasync schema` prints the schema; editors that read it complete keys and explain them.",
        good=_GOOD,
        bad="""\
category: utilities
languages:
  en_US:
    body: Your order left our warehouse today.
""",
        ignorable=False,
    ),
    Rule(
        "WA005",
        "a text is not cut short by a comment",
        """\
For YAML a `#` after a space begins a comment: what follows is lost without a word. Quote the text if the
`#` belongs to it. Comments on lines of their own, or with a space after the `#`, are fine.""",
        good="""\
category: utility
languages:
  en_US:
    body: "Your order #10293 left our warehouse today."
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order #10293 left our warehouse today.
""",
        ignorable=False,
    ),
    Rule(
        "WA006",
        "a text inside { } has no comma unless it is quoted",
        """\
Inside braces a comma ends the value: `{text: Yes, send it}` is the text "Yes" and a key "send it" without
a value. Quote the text, or write one key per line.""",
        good="""\
category: utility
languages:
  en_US:
    body: Shall we send your order today?
    buttons:
      - {type: quick_reply, text: "Yes, send it"}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Shall we send your order today?
    buttons:
      - {type: quick_reply, text: Yes, send it}
""",
        ignorable=False,
    ),
    Rule(
        "WA007",
        "a file has no YAML tags",
        """\
Tags (`!something`, `!!int`) change how a value is read, in other tools up to running code. wasync needs
none. Quote a text that begins with an exclamation mark.""",
        good="""\
category: utility
languages:
  en_US:
    body: "!Hola! Your order left our warehouse today."
""",
        bad="""\
category: utility
languages:
  en_US:
    body: !!str Your order left our warehouse today.
""",
        ignorable=False,
    ),
    Rule(
        "WA008",
        "aliases do not blow a file up",
        """\
Anchors and aliases save repetition, and work. But aliases of aliases can make a small file expand to
gigabytes, so there is a bound.""",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons: &buttons
      - {type: url, text: Acme Store, url: https://shop.example/}
  en_GB:
    body: Your order left our warehouse this morning.
    buttons: *buttons
""",
        bad="""\
category: utility
description: &a [x, x, x, x, x, x, x, x, x, x]
languages:
  en_US: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
  en_GB: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
  es_MX: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
  fr: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
""",
        ignorable=False,
    ),
    Rule(
        "WA009",
        "a file is UTF-8",
        """\
Some editors save UTF-16 or the system's own encoding, where an accented letter is another byte. Save the
file as UTF-8. The bad example looks right here; on disk it is Latin-1.""",
        good="""\
category: utility
languages:
  es_MX:
    body: Tu pedido salió hoy de nuestro almacén.
""",
        bad="""\
category: utility
languages:
  es_MX:
    body: Tu pedido salió hoy de nuestro almacén.
""",
        ignorable=False,
        encoding="latin-1",
    ),
    Rule(
        "WA010",
        "a file has no byte order mark and no Windows line ends",
        """\
Both are read all right, and neither reaches Meta. But they make differences in reviews that nobody sees,
so wasync warns. Save the file as UTF-8 without BOM, with LF line ends.""",
        good=_GOOD,
        bad=f"\ufeff{_GOOD}",
        severity=Severity.WARNING,
        ignorable=False,
    ),
    Rule(
        "WA011",
        "every ${value} is defined",
        """\
`${name}` is a value of the account: from its `vars:` in wasync.yaml, from `--var name=value`, or from the
environment variable `WASYNC_VAR_name`. Letters are replaced in texts, URLs, phone numbers, examples and
media paths. A literal `${name}` is written `$${name}`; `${{1}}` is a dollar sign and a variable.""",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today. It costs $${nothing} more.
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: url, text: Visit shop, url: "${shop_ulr}/"}
""",
        ignorable=False,
    ),
    Rule(
        "WA012",
        "a name is declared once",
        """\
One document declares one name, with all its languages. Two would each be half of the truth. The live name
counts: a file with `revision: 2` and another that is called `_v2` can meet.""",
        good=_GOOD,
        bad="""\
name: order_shipped
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
---
name: order_shipped
category: utility
languages:
  es_MX:
    body: Tu pedido salió hoy de nuestro almacén.
""",
        ignorable=False,
    ),
    Rule(
        "WA013",
        "files are found and can be read",
        """\
A glob under `templates:` that matches nothing, a file that cannot be read, or no template at all is an
error, since an empty project looks the same as one in which everything was deleted.""",
        good="""\
version: 1
templates: ["templates/**/*.yaml"]
accounts:
  production: {waba_id: "102290129340398"}
""",
        bad="""\
version: 1
templates: ["templatse/**/*.yaml"]
accounts:
  production: {waba_id: "102290129340398"}
""",
        ignorable=False,
        file="wasync.yaml",
    ),
    Rule(
        "WA014",
        "media are files inside the project",
        """\
`media:` is relative to the YAML file that names it. It must exist, be readable and lie inside the
project, links followed: what a pull request can name, it could otherwise send away.""",
        good="""\
category: utility
languages:
  en_US:
    header: {format: image, handle: "4::aW"}
    body: Your order left our warehouse today.
""",
        bad="""\
category: utility
languages:
  en_US:
    header: {format: image, media: ../../parcel.png}
    body: Your order left our warehouse today.
""",
        ignorable=False,
    ),
    Rule(
        "WA015",
        "media have the right type and size",
        """\
An image is JPEG or PNG, a video MP4, a document PDF, a gif an MP4 of at most 3.5 MB. The content counts,
not the file's name.""",
        good="""\
category: utility
languages:
  en_US:
    header: {format: document, handle: "4::aW"}
    body: Here is the invoice of your order.
""",
        bad="""\
category: utility
languages:
  en_US:
    header: {format: document, media: order_shipped.yaml}
    body: Here is the invoice of your order.
""",
        ignorable=False,
    ),
    Rule(
        "WA016",
        "each of several documents in a file has a name",
        """\
A file with one document is named by the file. With several, separated by `---`, each says `name:`; the
file's name means none of them.""",
        good="""\
name: order_shipped
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
---
name: order_arrived
category: utility
languages:
  en_US:
    body: Your order arrived today.
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
---
category: utility
languages:
  en_US:
    body: Your order arrived today.
""",
        ignorable=False,
    ),
)

for _rule in _RULES:
    declare(_rule)


def two_of_one_name(declarations: Sequence[Declaration]) -> list[Problem]:
    """WA012 for each declaration whose name an earlier one has; the problem carries its place."""
    problems: list[Problem] = []
    first: dict[str, Declaration] = {}
    for declaration in declarations:
        other = first.setdefault(declaration.name, declaration)
        if other is declaration:
            continue
        message = f"{declaration.name} is declared here and at {_place(other)}"
        fix = "Put all its languages into one document, or give one of the two another name."
        problems.append(Problem("WA012", message, fix, ("name",), place=_place(declaration)))
    return problems


def _place(declaration: Declaration) -> Place:
    """Where a declaration's first language stands; its file's start if it has none."""
    places = [template.place for template in declaration.templates if template.place]
    return min(
        [*places, *declaration.absent.values()],
        key=lambda place: place.line,
        default=Place(declaration.file, 1),
    )
