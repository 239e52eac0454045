"""The rule about media headers: each has a sample."""

from __future__ import annotations

from collections.abc import Sequence

from wasync.checks.registry import Rule, on_template
from wasync.checks.view import View
from wasync.model.template import Problem, Severity

MEDIA_FORMATS = frozenset({"image", "video", "document", "gif"})


@on_template(
    Rule(
        "WA601",
        "a media header has a sample",
        """\
Meta's reviewers look at a sample of the image, video or document, and Meta refuses to create a template
without one. It is a warning since a template taken over from an account has none that could be read back;
a step that must send the template is then held.""",
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
    header: {format: document}
    body: Here is the invoice of your order.
""",
        severity=Severity.WARNING,
        subcode=2388273,
    ),
    cards=True,
)
def media_sample(view: View) -> Sequence[Problem]:
    """A media header names a file or a handle."""
    form = view.header_format
    if form == "text" or form not in MEDIA_FORMATS:
        return ()
    sample = view.examples.get("header")
    if isinstance(sample, dict) and (sample.get("path") or sample.get("handle")):
        return ()
    fix = "Add media: with the path of a file, relative to this one."
    return [view.problem("WA601", f"the {form} header has no sample", fix, ("header",))]
