"""What a history is made of: plain values that a person can paste, and how a seed draws them."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from wasync.model.template import JSON

NAMES = ("alpha", "beta", "gamma", "login")
LANGUAGES = ("de", "en_US", "fr")


class Declare(NamedTuple):
    """A person writes the file of a name: `kind` is a category or `image`, `text` one of few wordings."""

    name: str
    kind: str
    languages: tuple[str, ...]
    text: int = 0
    absent: tuple[str, ...] = ()
    revision: int = 1


class Absent(NamedTuple):
    """The file says that the name is to be gone in all languages."""

    name: str


class Remove(NamedTuple):
    """The file is removed."""

    name: str


class Prune(NamedTuple):
    """The project's file says whether what left the files is deleted."""

    on: bool


class Hand(NamedTuple):
    """Somebody's hand, or Meta's, on the nth live template: an operation of the emulator's control."""

    operation: str
    which: int
    given: tuple[tuple[str, JSON], ...] = ()


class Made(NamedTuple):
    """Somebody makes a template in WhatsApp Manager."""

    name: str
    language: str
    status: str = "APPROVED"


class Verdict(NamedTuple):
    """How reviews end from now on; "" forgets all rules."""

    outcome: str
    name: str = ".*"
    to: str = ""


class Pass(NamedTuple):
    """Time passes."""

    seconds: float


class Fault(NamedTuple):
    """A fault of docs/emulator.md."""

    kind: str
    method: str = "*"
    nth: int = 1
    times: int = 1
    more: tuple[tuple[str, JSON], ...] = ()


class Meanwhile(NamedTuple):
    """A hand that comes just before the nth request from now on."""

    nth: int
    hand: Hand | Made


class Forget(NamedTuple):
    """The state is lost."""


class Plan(NamedTuple):
    """wasync plan; `save` keeps it for ApplySaved."""

    save: bool = False
    allow_deletes: int | None = None


class Kill(NamedTuple):
    """The process dies at the nth operation on the disk or request: before it, half done, or after it."""

    nth: int
    when: str = "before"


class Apply(NamedTuple):
    """wasync apply."""

    kill: Kill | None = None
    allow_deletes: int | None = None
    overwrite: bool = False
    workers: int = 1


class ApplySaved(NamedTuple):
    """wasync apply FILE, with the plan saved last."""

    kill: Kill | None = None


class Collect(NamedTuple):
    """wasync gc."""

    kill: Kill | None = None


Deed = (
    Declare | Absent | Remove | Prune | Hand | Made | Verdict | Pass | Fault | Meanwhile | Forget | Plan
    | Apply | ApplySaved | Collect
)  # fmt: skip

_CODES: tuple[tuple[tuple[str, JSON], ...], ...] = (
    (("code", 100),),
    (("code", 100), ("subcode", 2388040)),
    (("code", 100), ("subcode", 2388293)),
    (("code", 1),),
    (("code", 2), ("status", 503)),
    (("code", 2), ("status", 500), ("after", True)),
    (("code", 1), ("after", True)),
    (("code", 80008), ("estimated_minutes", 3)),
    (("code", 80008), ("estimated_minutes", 60)),
    (("code", 80008),),
    (("code", 80012),),
    (("code", 4), ("status", 429)),
    (("code", 613),),
    (("code", 190), ("subcode", 463), ("status", 401)),
    (("code", 200002),),
)


def draw_history(seed: int | str) -> list[Deed]:
    """The history of a seed: the same in every run."""
    random = Random(seed)
    deeds: list[Deed] = [_declare(random) for _ in range(random.randint(1, 3))]
    if random.random() < 0.3:
        deeds.append(Prune(True))
    for _ in range(random.randint(3, 12)):
        deeds.extend(_some(random))
    return deeds


def _some(random: Random) -> list[Deed]:
    match random.choices(range(10), (5, 2, 4, 2, 5, 9, 8, 0.6, 2, 1))[0]:
        case 0:
            return [_declare(random)]
        case 1:
            name = random.choice(NAMES)
            return [random.choice((Absent(name), Remove(name), Prune(random.random() < 0.7)))]
        case 2:
            return [_hand(random)]
        case 3:
            outcomes = ("reject", "hold", "recategorise", "", "")
            outcome = random.choice(outcomes)
            to = random.choice(("MARKETING", "UTILITY")) if outcome == "recategorise" else ""
            # Meta moves nothing into or out of AUTHENTICATION.
            every = "(?!login).*" if to else ".*"
            return [Verdict(outcome, random.choice((*NAMES[:3], every)), to)]
        case 4:
            return [Pass(random.choice((20, 90, 3600, 4 * 3600, 26 * 3600, 26 * 3600, 31 * 86_400)))]
        case 5:
            return [*_troubles(random), _apply(random)]
        case 6:
            # The common case: it is applied, reviewed, and a day later changed.
            return [Apply(_kill(random)), Pass(26 * 3600), _declare(random)]
        case 7:
            return [Forget()]
        case 8:
            saved = Plan(save=True, allow_deletes=random.choice((None, 9)))
            between = [_hand(random)] if random.random() < 0.4 else []
            again = [ApplySaved(None)] if random.random() < 0.5 else []
            return [saved, *between, *_troubles(random), ApplySaved(_kill(random)), *again]
        case _:
            return [Plan(), Collect(_kill(random))]


def _declare(random: Random) -> Declare:
    name = random.choice(NAMES)
    kind = (
        "authentication" if name == "login" else random.choice(("utility", "marketing", "utility", "image"))
    )
    languages = random.sample(LANGUAGES, random.randint(1, 3))
    absent = [one for one in LANGUAGES if one not in languages and random.random() < 0.3]
    return Declare(
        name,
        kind,
        tuple(sorted(languages)),
        random.randrange(4),
        tuple(absent),
        2 if random.random() < 0.08 else 1,
    )


def _hand(random: Random) -> Hand | Made:
    which = random.randrange(12)
    match random.randrange(9):
        case 0 | 1:
            words = f"Somebody wrote this by hand, {random.randrange(3)}."
            part = random.choice(("body", "body", "footer"))
            review = random.random() < 0.3
            return Hand("edit", which, ((part, words), ("review", review), ("counts", review)))
        case 2:
            return Hand("delete", which, (("lock", random.random() < 0.5),))
        case 3:
            return Made(
                random.choice(NAMES[:3]), random.choice(LANGUAGES), random.choice(("APPROVED", "PENDING"))
            )
        case 4:
            status = random.choice(("DISABLED", "IN_APPEAL", "LIMIT_EXCEEDED", "APPROVED", "REJECTED"))
            return Hand("set", which, (("status", status),))
        case 5:
            notice: tuple[tuple[str, JSON], ...] = (("in_hours", 24),) if random.random() < 0.5 else ()
            return Hand("recategorise", which, (("category", "MARKETING"), *notice))
        case 6:
            return Hand(random.choice(("pause", "pause", "archive")), which)
        case 7:
            return Hand("reject", which, (("reason", "PROMOTIONAL"),))
        case _:
            return Hand("approve", which)


def _troubles(random: Random) -> list[Deed]:
    if random.random() < 0.35:
        return []
    troubles: list[Deed] = [_fault(random) for _ in range(random.randint(1, 2))]
    if random.random() < 0.15:
        troubles.append(Meanwhile(random.randint(1, 6), _hand(random)))
    return troubles


def _fault(random: Random) -> Fault:
    method = random.choice(("POST", "POST", "POST", "GET", "DELETE", "*"))
    nth, times = random.randint(1, 4), random.choice((1, 1, 1, 2, 5))
    after: tuple[tuple[str, JSON], ...] = (("after", True),) if random.random() < 0.6 else ()
    match random.randrange(9):
        case 0 | 1 | 2:
            return Fault("error", method, nth, times, random.choice(_CODES))
        case 3:
            status = random.choice((502, 503, 429))
            return Fault("html", method, nth, times, (("status", status), *(after if status != 429 else ())))
        case 4 | 5:
            return Fault("drop", method, nth, times, after)
        case 6:
            return Fault("truncate", method, nth, times)
        case 7:
            return Fault("delay", method, nth, times, (("seconds", random.choice((5, 600))),))
        case _:
            return Fault("short", "GET", nth, 1, (("rows", random.randint(1, 2)),))


def _apply(random: Random) -> Apply:
    return Apply(
        _kill(random), random.choice((None, None, 20)), random.random() < 0.2, random.choice((1, 1, 1, 4))
    )


def _kill(random: Random) -> Kill | None:
    if random.random() < 0.5:
        return None
    return Kill(random.randint(1, random.choice((12, 60))), random.choice(("before", "half", "after")))
