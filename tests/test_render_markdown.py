"""The plan as a comment: what matters first, within the limit, and no text of a template becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_render_plan import CREATE, DELETE, NOW, SHIPPED, UPDATE, hold, template
from wasync.model.plan import Action, Alarm, AlarmKind, Difference, FieldChange, Plan, Reason, Rollout, Step
from wasync.model.template import Key, Spec
from wasync.render.plan_markdown import COMMENT, plan_markdown

GOLDEN = Path(__file__).parent / "plan_comment.md"
WAITS = replace(
    hold(replace(UPDATE, key=Key("spring_sale", "en_US")), Reason.IN_REVIEW, "PENDING"),
    not_before=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
)


def plan_of(*steps: Step, account: str = "production", **more: object) -> Plan:
    plan = Plan(account, "102290129340398", "v26.0", steps, 41, (), (), (), (), "f", NOW)
    return replace(plan, **more)  # type: ignore[arg-type]  # names and types are the test's


WHOLE = plan_of(
    CREATE,
    UPDATE,
    WAITS,
    DELETE,
    alarms=(Alarm(AlarmKind.CATEGORY, SHIPPED, "Meta moved it from utility to marketing."),),
    rollouts=(Rollout("order", "order", "order_v2", ("es_MX",)),),
    notes=("Meta left out a field.",),
    refusals=("3 templates would be deleted; --allow-deletes 3.",),
)


def test_the_comment_whole() -> None:
    assert plan_markdown([WHOLE]) == GOLDEN.read_text(encoding="utf-8")


def test_a_plan_without_steps_is_short() -> None:
    assert plan_markdown([plan_of()]) == (
        "<!-- wasync:plan production -->\n"
        "### wasync plan · <code>production</code>\n\n"
        "**No changes. 41 templates are in sync.**\n"
    )


def test_the_first_line_tells_the_comments_of_accounts_apart_and_never_varies() -> None:
    plans = [plan_of(CREATE), plan_of(account="staging")]
    first = plan_markdown(plans).split("\n", 1)[0]
    assert first == "<!-- wasync:plan production,staging -->"
    assert plan_markdown([plan_of(DELETE), plan_of(UPDATE, account="staging")]).startswith(first + "\n")


def many(count: int, step: Step) -> Plan:
    return plan_of(*(replace(step, key=Key(f"name_{number}", "en_US")) for number in range(count)))


@pytest.mark.parametrize("step", [CREATE, UPDATE, DELETE, WAITS])
@pytest.mark.parametrize("count", [30, 3000])
def test_what_has_no_room_is_counted_and_nothing_is_cut(step: Step, count: int) -> None:
    text = plan_markdown([many(count, step)])
    assert len(text) <= COMMENT
    shown = text.count("<details>")
    assert shown == text.count("</details>") > 20
    more = re.search(r"^_(\d+) more in the artifact of this run", text, re.MULTILINE)
    assert shown + (int(more[1]) if more else 0) == count
    assert outside(text).count("`") == 0


def test_several_accounts_share_the_room() -> None:
    text = plan_markdown([many(3000, CREATE), replace(many(10, UPDATE), account="staging")])
    assert len(text) <= COMMENT
    assert text.count(" update") >= 10


# -- hostile texts ---------------------------------------------------------------------------------------

HOSTILE = [
    "</details><script>alert(1)</script>",
    "```\n# heading\n@acme/team please look",
    "````````",
    "~~~\n::error::broken",
    "[click](https://evil.example) ![x](https://evil.example/x.png)",
    "\x1b[31mred\x1b[0m \u202eevil\u202c",
    "😀" * 1024,
    "<!-- wasync:plan production -->",
    "#1 GH-2 https://github.com/a/b/issues/3 @team",
]


TABLE = re.compile(
    r"<table><tr>(?:<th>([\w (),]+)</th>)+</tr><tr>(?:<td><pre>(.*?)</pre></td>)+</tr></table>"
)


class Cells(HTMLParser):
    """Reads a table of messages; a tag that does not belong there fails the test."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.depth = 0
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"table", "tr", "th", "td", "pre", "b", "i", "s", "code", "del", "ins"}
        assert attrs == []
        self.depth += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "pre"

    def handle_data(self, data: str) -> None:
        self.text += data if self.depth else ""


def outside(text: str) -> str:
    """What stands outside fences and tables of messages: a fence ends at a line of as many backticks only."""
    kept, fence = [], ""
    for line in text.split("\n"):
        opened = re.fullmatch(r"(`{3,})text", line)
        if fence:
            fence = "" if line == fence else fence
        elif line.startswith("<table>"):
            assert TABLE.fullmatch(line), line
            assert Cells(line).depth == 0
            kept.append("<table>")
        elif opened:
            fence = opened[1]
        else:
            kept.append(line)
    assert fence == "", "a fence is left open"
    return "\n".join(kept)


def with_text(text: str) -> Plan:
    """The whole plan, with a text wherever templates, Meta or files can put one."""
    change = FieldChange("body", "before", text)
    update = replace(UPDATE, difference=Difference((change,)), breaking=(text,), detail=text)
    create = replace(CREATE, after=template(CREATE.key, {"body": text, "footer": text}))
    held = replace(WAITS, difference=Difference((change,)), detail=text)
    alarm = Alarm(AlarmKind.STATUS, SHIPPED, text)
    rollout = Rollout("order", "order", "order_v2", ("es_MX",), (text,))
    return plan_of(
        create, update, held, DELETE, alarms=(alarm,), rollouts=(rollout,), notes=(text,), refusals=(text,)
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_inside_its_fence(text: str) -> None:
    assert outside(plan_markdown([with_text(text)])) == outside(plan_markdown([with_text("plain")]))


@pytest.mark.parametrize("text", HOSTILE)
def test_why_a_template_is_deleted_stands_inside_a_fence(text: str) -> None:
    superseded = replace(DELETE, reason=Reason.SUPERSEDED, detail=text)
    plain = replace(superseded, detail="plain")
    assert outside(plan_markdown([plan_of(superseded)])) == outside(plan_markdown([plan_of(plain)]))


@given(st.text(max_size=200))
def test_any_text_stays_inside_its_fence(text: str) -> None:
    found = plan_markdown([with_text(text)])
    assert outside(found) == outside(plan_markdown([with_text("plain")]))
    assert "\x1b" not in found


@pytest.mark.parametrize("name", ["@acme/team", "</code><b>", "a`b", "a_b_c", "[x](y)", "#12", "x-->"])
def test_a_hostile_name_becomes_no_markup(name: str) -> None:
    plan = plan_of(replace(DELETE, key=Key(name, "en_US")), account=name)
    text = outside(plan_markdown([plan]))
    for sign in ("@", "`", "</code><b>", "](", "#12", "a_b"):
        assert sign not in text.replace("&#", "&")
    assert text.count("-->") == 1


def test_messages_stand_side_by_side_with_what_changes_marked() -> None:
    spec: Spec = {
        "header": {"format": "text", "text": "Order {{1}}"},
        "body": "Your order *left* our warehouse today, and the driver rings twice.\n- one\n1. two",
        "footer": "Acme",
        "buttons": [{"type": "quick_reply", "text": "Track"}],
        "examples": {"header": ["A-1"]},
    }
    after: Spec = {**spec, "body": str(spec["body"]).replace("twice", "once"), "footer": "Acme Store"}
    step = replace(UPDATE, before=template(UPDATE.key, spec), after=template(UPDATE.key, after))
    (table,) = [line for line in plan_markdown([plan_of(step)]).split("\n") if line.startswith("<table>")]
    now, then = (cell.replace("&#10;", "\n") for cell in re.findall("<pre>(.*?)</pre>", table))
    assert now == (
        "<b>Order A-1</b>\nYour order <b>left</b> our warehouse today,\n"
        "and the driver rings <del>twice.</del>\n• one\n1. two\n<i>Acme</i>\n▸ Track"
    )
    assert then == now.replace("<del>twice.</del>", "<ins>once.</ins>").replace(
        "<i>Acme</i>", "<i>Acme</i><ins><i> Store</i></ins>"
    )


def test_every_action_has_its_line() -> None:
    steps = {step.action for step in WHOLE.steps}
    assert steps == set(Action) - {Action.KEEP}


ALARMS = tuple(
    Alarm(AlarmKind.STATUS, Key(f"name_{number}", "en_US"), "Look at it.") for number in range(3000)
)


def test_of_many_alarms_those_with_room_are_told_and_the_others_counted() -> None:
    text = plan_markdown([plan_of(alarms=ALARMS)])
    assert len(text) <= COMMENT
    told = text.count("Look at it.")
    more = re.search(r"^_(\d+) more in the artifact", text, re.MULTILINE)
    assert more is not None
    assert (told > 100, told + int(more[1])) == (True, 3000)


@given(
    accounts=st.integers(1, 300),
    steps=st.integers(0, 30),
    refusals=st.integers(0, 9),
    limit=st.sampled_from([COMMENT, 20_000]),
    text=st.text(max_size=60),
)
def test_no_plan_is_longer_than_the_limit(
    accounts: int, steps: int, refusals: int, limit: int, text: str
) -> None:
    one = with_text(text)
    steps_of_one = tuple(
        replace(step, key=Key(f"name_{number}", "en_US")) for number in range(steps) for step in one.steps
    )
    plan = replace(one, steps=steps_of_one, refusals=(text,) * refusals, notes=(text,) * refusals)
    found = plan_markdown([replace(plan, account=f"account{number}") for number in range(accounts)], limit)
    assert len(found) <= limit
    assert found.startswith("<!-- wasync:plan ")
    outside(found)
