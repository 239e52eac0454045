"""One project folder, one emulated account, one clock that tests move: the main job without a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.event_lines import check_event
from wasync.apply import stale_steps
from wasync.attempt import Walk
from wasync.emulator import world
from wasync.emulator.app import Emulator
from wasync.graph.client import Graph
from wasync.model.config import Account, Config, Policy
from wasync.model.live import Live, Snapshot
from wasync.model.outcome import Event, Outcome
from wasync.model.plan import Plan
from wasync.model.template import JSON, Key
from wasync.plan import adoptions, decide
from wasync.precondition import live_by_key
from wasync.project.config import load_config
from wasync.project.desired import desired
from wasync.project.documents import read_documents
from wasync.project.media import open_media
from wasync.render.outcome_text import event_json
from wasync.rollouts import decide_gc
from wasync.snapshot import Sources, live_now, take_snapshots
from wasync.state.local import LocalState
from wasync.walk import walk

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PROJECT = f"""\
version: 1
templates: ["templates/**/*.yaml"]
accounts:
  production:
    waba_id: "{world.WABA_ID}"
    app_id: "{world.APP_ID}"
    token_env: WHATSAPP_TOKEN
"""


@dataclass
class Clock:
    """A clock that only tests move; sleeping moves it too."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def seconds(self) -> float:
        return self.now.timestamp()


@dataclass
class World:
    """A project at `root` against an emulator; every method is one thing a person does."""

    root: Path
    clock: Clock = field(default_factory=Clock)
    events: list[Event] = field(default_factory=list)
    seed: dict[str, JSON] = field(default_factory=dict)
    max_wait: float = 600.0
    parallelism: int = 1

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        if not (self.root / "wasync.yaml").exists():
            self.write("wasync.yaml", PROJECT)
        self.emulator = Emulator(self.seed, clock=self.clock, review_seconds=60, sleep=self.clock.sleep)
        self.state = LocalState(self.root / ".wasync" / "state.json")

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    @property
    def config(self) -> Config:
        return load_config(self.root, {})

    @property
    def account(self) -> Account:
        return self.config.accounts[0]

    def graph(self, read_only: bool = False, base_url: str = "https://graph.facebook.com") -> Graph:
        """Open the way to the emulator."""
        return Graph(
            base_url,
            "v26.0",
            world.TOKEN,
            adapter=self.emulator.adapter(),
            sleep=self.clock.sleep,
            clock=self.clock.seconds,
            random=lambda: 0.5,
            read_only=read_only,
            max_wait=self.max_wait,
        )

    def policy(self, allowed: Mapping[str, object] | None = None) -> Policy:
        """What the project's file allows, and this run."""
        config = self.config
        file = {
            "prune": self.account.prune,
            "owns": config.owns,
            "protect": config.protect,
            "limits": config.limits,
        }
        return Policy(**(file | dict(allowed or {})))  # type: ignore[arg-type]  # names and types are the test's

    def snapshot(self) -> Snapshot:
        """Read files, live and state."""
        config = self.config
        sources = Sources(
            read_documents=lambda: read_documents(config),
            desired=lambda documents, account: desired(documents, config, account, account.values),
            graph=lambda _: self.graph(),
            memory=lambda account: self.state.read(account.waba_id),
        )
        return next(take_snapshots([self.account], sources, config.graph_version, self.clock()))

    def plan(self, allowed: Mapping[str, object] | None = None) -> Plan:
        """Plan, and write nothing."""
        return decide(self.snapshot(), self.policy(allowed))

    def gc(self, allowed: Mapping[str, object] | None = None) -> Plan:
        """Plan the deletes of older revisions, and write nothing."""
        return decide_gc(self.snapshot(), self.policy(allowed))

    def live(self) -> dict[Key, Live]:
        """Read live as wasync sees it."""
        return live_now(self.graph(), self.account)

    def apply(
        self,
        plan: Plan | None = None,
        stop: Callable[[], bool] = lambda: False,
        allowed: Mapping[str, object] | None = None,
    ) -> Outcome:
        """Apply a plan, or plan and apply."""
        snapshot = self.snapshot()
        plan = plan or decide(snapshot, self.policy(allowed))
        live = live_by_key(snapshot.listing.rows)
        with self.state.lock("the test", self.clock()):
            assert not stale_steps(plan, live) or snapshot.memory.interrupted == plan.fingerprint
            journal = self.state.journal(self.account.waba_id, plan.fingerprint, self.clock())
            journal.adopt(adoptions(snapshot))
            work = Walk(
                plan,
                self.graph(),
                journal,
                self.account.app_id,
                partial(open_media, str(self.root)),
                self.clock,
                self._tell,
                stop,
                snapshot.memory,
                self.parallelism,
            )
            outcome = walk(work, live)
            journal.close(
                complete=all(result.state.value in {"done", "already"} for result in outcome.results)
            )
        return outcome

    def _tell(self, event: Event) -> None:
        """Keep an event; its line has to fit the published schema."""
        check_event(event_json(event))
        self.events.append(event)

    def review(self) -> None:
        """Let an hour pass: Meta has reviewed everything."""
        self.clock.sleep(3600)

    def steer(self, operations: Iterable[tuple[str, dict[str, JSON]]]) -> None:
        """Let Meta, other people and time do something."""
        for operation, given in operations:
            self.emulator.control(operation, **given)

    def writes(self) -> list[JSON]:
        """Every writing request the emulator has received since the last look."""
        calls = self.emulator.control("calls", clear=True)["calls"]
        assert isinstance(calls, list)
        return [call for call in calls if isinstance(call, dict) and call["method"] != "GET"]
