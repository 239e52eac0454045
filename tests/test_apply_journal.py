"""The journal around each call: its intent is on disk before, and one result after, if anybody can tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from tests.test_upsert import CODE
from tests.worlds import World
from wasync.emulator import world as emulated
from wasync.graph.client import Graph
from wasync.model.errors import WasyncError
from wasync.model.outcome import State
from wasync.model.template import JSON
from wasync.state.disk import Disk
from wasync.state.local import LocalState

WRITES = ("POST", "DELETE")


class Notes(Disk):
    """A disk that remembers the journal's lines once they would survive a power cut."""

    def __init__(self) -> None:
        self.pending, self.lines = dict[int, bytes](), list[dict[str, Any]]()

    def write(self, file: int, data: bytes) -> None:
        super().write(file, data)
        self.pending[file] = self.pending.get(file, b"") + data

    def sync(self, file: int) -> None:
        super().sync(file)
        written = self.pending.pop(file, b"").decode()
        found = [json.loads(line) for line in written.splitlines() if line.startswith('{"event"')]
        self.lines += found

    def close(self, file: int) -> None:
        super().close(file)
        self.pending.pop(file, None)

    def of(self, event: str) -> list[str]:
        """The keys of every note of a kind, in order."""
        return [str(line["key"]) for line in self.lines if line["event"] == event]


class Watch(BaseAdapter):
    """Hands calls on, and keeps what stood in the journal when each writing one went out."""

    def __init__(self, inner: BaseAdapter, notes: Notes) -> None:
        super().__init__()
        self._inner, self._notes = inner, notes
        self.seen: list[tuple[str, frozenset[str]]] = []

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        if request.method in WRITES:
            begun = frozenset(self._notes.of("intent")) - {*self._notes.of("done"), *self._notes.of("failed")}
            self.seen.append((f"{request.method} {request.url} {request.body!r}", begun))
        return self._inner.send(request, stream, timeout, verify, cert, proxies)

    def close(self) -> None:
        self._inner.close()


@dataclass
class Watched(World):
    """A world whose journal is watched beside its calls."""

    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.state = LocalState(self.root / ".wasync" / "state.json", self.notes)
        self.watch = Watch(self.emulator.adapter(), self.notes)

    def graph(self, read_only: bool = False, base_url: str = "https://graph.facebook.com") -> Graph:
        return Graph(
            base_url,
            "v26.0",
            emulated.TOKEN,
            adapter=self.watch,
            sleep=self.clock.sleep,
            clock=self.clock.seconds,
            random=lambda: 0.5,
            read_only=read_only,
            max_wait=self.max_wait,
        )

    def fault(self, **given: JSON) -> None:
        self.steer([("fault", {"method": "POST", "times": 1, "status": 400, **given})])

    def notes_of(self, key: str) -> list[tuple[str, bool | None]]:
        """Each note of a key with what it says of Meta's rations."""
        return [
            (line["event"], line.get("counted", line.get("until_later")))
            for line in self.notes.lines
            if line.get("key") == key
        ]


@pytest.fixture(params=[1, 4])
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Watched:
    return Watched(tmp_path, parallelism=request.param)


def body(text: str) -> str:
    return f"category: utility\nlanguages:\n  en_US:\n    body: {text}\n"


def in_sync(world: Watched) -> None:
    """One template that is approved, one that was rejected, one that goes."""
    world.steer([("review-rule", {"name": "b_rejected", "outcome": "reject", "reason": "SCAM"})])
    for name in ("a_approved", "b_rejected", "c_gone"):
        world.write(f"templates/{name}.yaml", body(f"The first text of {name} here."))
    world.apply()
    world.review()
    world.notes.lines.clear()
    world.watch.seen.clear()


def change(world: Watched) -> None:
    for name in ("a_approved", "b_rejected"):
        world.write(f"templates/{name}.yaml", body(f"The second text of {name} is other."))
    world.write("templates/c_gone.yaml", "absent: true\n")
    world.write("templates/d_new.yaml", body("The first text of something new."))
    world.write("templates/login_code.yaml", CODE)


def test_each_call_has_its_intent_on_disk_before_and_its_result_after(world: Watched) -> None:
    in_sync(world)
    ids = {row.id: str(key) for key, row in world.live().items()}
    change(world)
    outcome = world.apply()
    assert {result.state for result in outcome.results} == {State.DONE}
    assert len(world.watch.seen) == 5
    for call, begun in world.watch.seen:
        called = {ids[one] for one in ids if one in call} or {
            f"{name}/{language}"
            for name in ("d_new", "login_code")
            for language in ("de", "en_US", "fr")
            if f'"{name}"' in call and f'"{language}"' in call
        }
        assert called, call
        assert called <= begun, call
    keys = [str(result.step.key) for result in outcome.results]
    assert sorted(world.notes.of("intent")) == sorted(world.notes.of("done")) == keys
    # What Meta counts: creates, and edits of what is approved.
    counted = {line["key"]: line["counted"] for line in world.notes.lines if line["event"] == "intent"}
    assert [key for key in keys if not counted[key]] == ["b_rejected/en_US", "c_gone/en_US"]


@pytest.mark.parametrize(
    ("given", "until_later"),
    [
        ({"code": 100, "subcode": 2388040}, False),
        ({"code": 100, "subcode": 2388023}, True),
        ({"code": 190, "subcode": 463}, False),
        ({"code": 80008, "estimated_minutes": 60}, False),
    ],
    ids=["content", "a locked name", "a dead token", "too many calls"],
)
def test_a_refused_create_is_noted_with_whether_time_mends_it(
    world: Watched, given: dict[str, JSON], until_later: bool
) -> None:
    world.write("templates/order.yaml", body("The only text of this account."))
    world.fault(path="message_templates", **given)
    world.apply()
    assert world.notes_of("order/en_US") == [("intent", True), ("failed", until_later)]


def test_a_refused_edit_is_noted_with_whether_time_mends_it(world: Watched) -> None:
    in_sync(world)
    change(world)
    world.fault(path=r"/\d+$", code=100, subcode=2388039)
    world.fault(path="upsert", kind="drop", after=True)
    world.apply()
    assert sorted([world.notes_of("a_approved/en_US"), world.notes_of("b_rejected/en_US")]) in (
        [[("intent", False), ("done", None)], [("intent", True), ("failed", True)]],
        [[("intent", False), ("failed", True)], [("intent", True), ("done", None)]],
    )
    for language in ("de", "en_US", "fr"):  # found by looking, after the answer was lost
        assert world.notes_of(f"login_code/{language}") == [("intent", True), ("done", None)]


def test_what_nobody_can_tell_has_an_intent_and_no_result(world: Watched) -> None:
    world.write("templates/order.yaml", body("The only text of this account."))
    world.write("templates/login_code.yaml", CODE)
    world.fault(path="message_templates", kind="drop", after=True, times=0)
    # The look before the call for several languages is let through, the one after it is not.
    world.fault(method="GET", path="name=login_code", kind="drop", nth=2, times=0)
    world.fault(method="GET", path="name=order", kind="drop", times=0)
    plan = world.plan()
    outcome = world.apply(plan)
    assert {result.state for result in outcome.results} == {State.FAILED}
    for result in outcome.results:
        assert world.notes_of(str(result.step.key)) == [("intent", True)]
    world.steer([("clear-faults", {})])
    world.notes.lines.clear()
    world.watch.seen.clear()
    assert {result.state for result in world.apply(plan).results} == {State.ALREADY}
    assert (world.watch.seen, world.notes.of("intent")) == ([], [])
    assert len(world.notes.of("done")) == 4


def test_a_repeat_is_one_intent(world: Watched) -> None:
    """The first call never arrived: it is looked up and sent once more, as the same step."""
    world.write("templates/order.yaml", body("The only text of this account."))
    world.fault(path="message_templates", kind="drop")
    world.apply()
    assert len(world.watch.seen) == 2
    assert world.notes_of("order/en_US") == [("intent", True), ("done", None)]


def test_what_waits_for_its_time_stands_in_no_journal(world: Watched) -> None:
    for number in range(101):
        world.write(f"templates/t{number:03}.yaml", body(f"The text number {number} of many."))
    outcome = world.apply()
    later = [str(result.step.key) for result in outcome.results if result.state is State.LATER]
    assert len(later) == 1
    assert sorted([*world.notes.of("intent"), *later]) == [str(result.step.key) for result in outcome.results]


def test_a_journal_that_cannot_be_written_stops_every_worker(tmp_path: Path) -> None:
    class Full(Notes):
        def sync(self, file: int) -> None:
            super().sync(file)
            if len(self.of("intent")) >= 3:
                raise OSError(28, "No space left on device")

    world = Watched(tmp_path, parallelism=4, notes=Full())
    for number in range(12):
        world.write(f"templates/t{number:03}.yaml", body(f"The text number {number} of many."))
    with pytest.raises(WasyncError, match="No space left"):
        world.apply()
    states = [event.result.state for event in world.events if event.result is not None]
    assert len(states) == 12
    assert states.count(State.NOT_TRIED) >= 12 - 3 - 4
    assert len(world.watch.seen) <= 3
