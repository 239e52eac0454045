"""The files of a history, and what they ask for, told without wasync."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from tests.machine import steps
from tests.machine.steps import LANGUAGES
from tests.worlds import PROJECT, World
from wasync.model.template import Key

PICTURE = Path(__file__).parents[1] / "scenarios/create_media_header/templates/sale.png"
_WORDS = {
    "de": "Deine Bestellung ist unterwegs",
    "en_US": "Your order is on its way",
    "fr": "Votre commande arrive",
}
_AUTHENTICATION = """\
category: authentication
authentication:
  add_security_recommendation: true
  code_expiration_minutes: {minutes}
  otp: {{type: copy_code}}
languages:
"""


class Files:
    """The template files of a project, one a name."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.declared: dict[str, steps.Declare] = {}
        self.gone: set[str] = set()
        self.ever: set[Key] = set()
        self.prune = False
        (world.root / "templates").mkdir(exist_ok=True)
        shutil.copy(PICTURE, world.root / "templates/sale.png")

    def change(self, deed: steps.Declare | steps.Absent | steps.Remove | steps.Prune) -> None:
        """Write what a person writes."""
        match deed:
            case steps.Prune(on):
                self.prune = on
                text = (
                    PROJECT.replace("  production:\n", "  production:\n    prune: delete\n")
                    if on
                    else PROJECT
                )
                self._world.write("wasync.yaml", 'owns: ["*"]\n' + text)
            case steps.Remove(name):
                self.declared.pop(name, None)
                self.gone.discard(name)
                (self._world.root / f"templates/{name}.yaml").unlink(missing_ok=True)
            case steps.Absent(name):
                self.declared.pop(name, None)
                self.gone.add(name)
                self._world.write(f"templates/{name}.yaml", "absent: true\n")
            case steps.Declare(name):
                self.declared[name] = deed
                self.gone.discard(name)
                self.ever |= self.keys_of(deed)
                self._world.write(f"templates/{name}.yaml", _text(deed))

    def keys_of(self, one: steps.Declare) -> set[Key]:
        """The live keys of a file."""
        return {Key(live_name(one), language) for language in one.languages}

    def bodies(self) -> dict[Key, str]:
        """What each declared template says; "" where Meta writes the text."""
        return {
            Key(live_name(one), language): "" if one.kind == "authentication" else body(one, language)
            for one in self.declared.values()
            for language in one.languages
        }

    def absent_keys(self, live: Iterable[Key]) -> set[Key]:
        """Which of these the files want gone."""
        found = {Key(live_name(one), language) for one in self.declared.values() for language in one.absent}
        return {key for key in live if key in found or key.name in self.gone}

    def may_delete(self) -> set[Key]:
        """Which keys apply may delete."""
        every = {Key(name, one) for base in steps.NAMES for name in (base, f"{base}_v2") for one in LANGUAGES}
        asked = self.absent_keys(every)
        if self.prune and self.declared:
            asked |= self.ever - self.bodies().keys()
        return asked

    def older(self) -> set[Key]:
        """Which keys gc may delete."""
        return {
            Key(one.name, language)
            for one in self.declared.values()
            if one.revision > 1
            for language in LANGUAGES
        }


def live_name(one: steps.Declare) -> str:
    """What the name is called live."""
    return one.name if one.revision == 1 else f"{one.name}_v{one.revision}"


def body(one: steps.Declare, language: str) -> str:
    """The text of a template. The fourth wording is alike for all names: Meta rejects such repeats."""
    who = "" if one.text == 3 else f" from {one.name}, revision {one.revision}"
    return f"{_WORDS[language]}{who}, wording {one.text}."


def _text(one: steps.Declare) -> str:
    lines = [f"name: {one.name}", *([f"revision: {one.revision}"] if one.revision > 1 else [])]
    if one.kind == "authentication":
        lines.append(_AUTHENTICATION.format(minutes=one.text + 1).rstrip("\n"))
        lines += [f"  {language}: {{}}" for language in one.languages]
    else:
        lines += [f"category: {'marketing' if one.kind == 'image' else one.kind}", "languages:"]
        for language in one.languages:
            lines.append(f"  {language}:")
            if one.kind == "image":
                lines.append("    header: {format: image, media: sale.png}")
            lines.append(f"    body: {body(one, language)}")
    lines += [f"  {language}: absent" for language in one.absent]
    return "\n".join(lines) + "\n"
