"""One template as rules look at it: its texts and their placeholders, found once for all rules."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wasync.checks.letters import is_plain
from wasync.model.template import JSON, Problem, Severity, Spec, SpecPath, Template

PLACEHOLDER = re.compile(r"\{\{([a-z_][a-z0-9_]*|[0-9]+)\}\}")
"""A placeholder Meta reads as one (docs/meta-api.md, section C2); anything else in braces is malformed."""

_PLAIN_PARTS = frozenset({"header", "body", "footer", "buttons", "examples"})
_PLAIN_FORMATS = frozenset({"", "text", "image", "video", "document"})
_PLAIN_BUTTONS = ("quick_reply", "url", "phone_number", "copy_code")
_NO_CARDS: Sequence[View] = ()


class View:
    """What rules read of a template, or of one card of its carousel. Missing texts are "", missing parts
    are empty; junk from `components:` counts as missing. Placeholders are in order and repeated as written.

    `cards` are views of their own, whose problems name the card (`card` counts from 1; 0 is the message).
    `special` is what has more than texts, media and the usual buttons: only for it are rules of kinds asked.

    A plain class: it is made once per template, and a dataclass takes longer to define and to make.
    """

    __slots__ = (
        "body",
        "body_variables",
        "buttons",
        "card",
        "cards",
        "category",
        "examples",
        "footer",
        "header",
        "header_format",
        "header_variables",
        "key",
        "labels",
        "plain",
        "spec",
        "special",
        "urls",
    )

    def __init__(self, template: Template, spec: Spec | None = None, card: int = 0) -> None:
        if spec is None:
            spec = template.spec
        self.spec = spec
        self.card = card
        self.key = template.key
        self.category = template.category
        body, footer = spec.get("body"), spec.get("footer")
        self.body: str = body if isinstance(body, str) else ""
        self.footer: str = footer if isinstance(footer, str) else ""
        self.header: str = ""
        self.header_format: str = ""
        header = spec.get("header")
        if isinstance(header, dict):
            text, form = header.get("text"), header.get("format")
            self.header = text if isinstance(text, str) else ""
            self.header_format = form if isinstance(form, str) else ""
        special = not _PLAIN_PARTS.issuperset(spec) or self.header_format not in _PLAIN_FORMATS
        self.header_variables: list[str] = PLACEHOLDER.findall(self.header) if "{{" in self.header else []
        self.body_variables: list[str] = PLACEHOLDER.findall(self.body) if "{{" in self.body else []
        self.buttons: list[dict[str, JSON]] = []
        self.labels: list[tuple[int, str]] = []
        self.urls: list[tuple[int, str]] = []
        buttons = spec.get("buttons")
        if isinstance(buttons, list):
            for number, button in enumerate(buttons):
                if not isinstance(button, dict):
                    button = {}
                self.buttons.append(button)
                label, url, kind = button.get("text"), button.get("url"), button.get("type")
                if kind not in _PLAIN_BUTTONS or "app_deep_link" in button:
                    special = True
                if isinstance(label, str):
                    self.labels.append((number, label))
                if isinstance(url, str):
                    self.urls.append((number, url))
        examples = spec.get("examples")
        self.examples: dict[str, JSON] = examples if isinstance(examples, dict) else {}
        self.plain: bool = is_plain(
            "".join([self.header, self.body, self.footer, *[label for _, label in self.labels]])
        )
        """No text holds an emoji or an invisible character."""
        self.special = special
        self.cards = self._cards(template) if special and not card and "carousel" in spec else _NO_CARDS

    def _cards(self, template: Template) -> list[View]:
        cards, samples = self.spec["carousel"], self.examples.get("carousel")
        views: list[View] = []
        for index, card in enumerate(cards if isinstance(cards, list) else ()):
            spec = dict(card) if isinstance(card, dict) else {}
            own = samples.get(str(index)) if isinstance(samples, dict) else None
            spec["examples"] = own
            views.append(View(template, spec, index + 1))
        return views

    def texts(self) -> list[tuple[SpecPath, str]]:
        """Header, body and footer, those that are there, each with its path."""
        parts: list[tuple[SpecPath, str]] = [
            (("header", "text"), self.header),
            (("body",), self.body),
            (("footer",), self.footer),
        ]
        return [(path, text) for path, text in parts if text]

    def problem(
        self,
        rule: str,
        message: str,
        fix: str,
        path: SpecPath = (),
        needle: str = "",
        severity: Severity | None = None,
    ) -> Problem:
        """A problem of this template, at a path in its spec, or in that of its card."""
        if self.card:
            message, path = f"card {self.card}: {message}", ("carousel", self.card - 1, *path)
        return Problem(rule, message, fix, path, self.key, needle, severity=severity)


def button_path(number: int, part: str = "") -> SpecPath:
    """The path of a button, or of one part of it."""
    return ("buttons", number, part) if part else ("buttons", number)
