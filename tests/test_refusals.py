"""The table of Meta's refusals covers every row of the facts, and speaks as the rest of wasync does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from wasync.checks import RULES, Refusal, refusal
from wasync.checks.refusals import all_refusals

FACTS = (Path(__file__).parent.parent / "docs" / "meta-api.md").read_text(encoding="utf-8")
TABLE = [pytest.param(*codes, known, id=f"{codes}") for codes, known in all_refusals().items()]


def rows_of(title: str) -> list[list[str]]:
    """The cells of a table of section G, without its head."""
    section = FACTS[FACTS.index("## G. Errors") : FACTS.index("## H. ")]
    after = section[section.index(title) :]
    lines = after[after.index("\n|") + 1 :].split("\n\n")[0].splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:] if line.startswith("|")
    ]


def documented() -> list[tuple[int, int | None]]:
    """Every code, with every subcode, that section G names."""
    found: list[tuple[int, int | None]] = []
    for first, *_ in rows_of("**Template subcodes"):
        code = 10 if "(code 10)" in first else 100
        found += [(code, int(number)) for number in re.findall(r"\d{7}", first)]
    for first, _, meaning, *_ in rows_of("**Codes**"):
        plain = re.sub(r"\(.*?\)|100 sub 33|\*", "", first)
        for low, high in re.findall(r"(\d+)(?:-(\d+))?", plain):
            found += [(int(low), None), *([(int(high), None)] if high else [])]
        found += [(4, int(number)) for number in re.findall(r"\(sub (\d+)\)", first)]
        found += [(100, 33)] * ("100 sub 33" in first)
        if "190 subs" in meaning:
            subs = meaning[meaning.index("190 subs") :]
            found += [(190, int(number)) for number in re.findall(r"\b4\d\d\b", subs)]
    return found


def test_the_facts_are_read_whole() -> None:
    rows = documented()
    assert len(rows) == len(set(rows)) == 52
    for one in [
        (100, 2388019),
        (10, 2388185),
        (190, 492),
        (4, 2446079),
        (299, None),
        (200007, None),
        (100, 33),
    ]:
        assert one in rows


@pytest.mark.parametrize(("code", "subcode"), documented())
def test_every_refusal_of_the_facts_is_explained(code: int, subcode: int | None) -> None:
    known = refusal(code, subcode)
    assert known is not None
    if subcode is not None:
        assert (code, subcode) in all_refusals()


@pytest.mark.parametrize(
    ("code", "subcode", "rule"),
    [
        (100, 2388046, "WA101"),
        (100, 2388155, "WA102"),
        (100, 2388040, "WA106"),
        (100, 2388047, "WA109"),
        (100, 2388072, "WA207"),
        (100, 2388073, "WA108"),
        (100, 2388299, "WA202"),
        (100, 2388293, "WA204"),
        (100, 2388043, "WA205"),
        (100, 2388060, "WA306"),
        (100, 2388273, "WA601"),
        (192, None, "WA308"),
        (100, 2388024, None),
        (100, None, None),
    ],
)
def test_the_rule_that_finds_it_offline(code: int, subcode: int | None, rule: str | None) -> None:
    known = refusal(code, subcode)
    assert known is not None
    assert known.rule == rule


def test_rules_and_refusals_know_each_other() -> None:
    named = {known.rule for known in all_refusals().values() if known.rule}
    assert named <= set(RULES)
    subcodes = {subcode for _, subcode in all_refusals()}
    assert {rule.subcode for rule in RULES.values() if rule.subcode} <= subcodes


@pytest.mark.parametrize(
    ("code", "subcode", "stops"),
    [
        (190, 463, True),
        (0, None, True),
        (200, None, True),
        (299, None, True),
        (10, None, True),
        (10, 2388185, False),  # other categories can still be created
        (368, None, True),
        (131031, None, True),
        (4, None, True),
        (80008, None, True),
        (80012, None, False),  # only this template is throttled
        (100, 33, True),
        (803, None, False),
        (2635, None, True),
        (100, 2388019, True),
        (100, 2388024, False),
        (100, 2388039, False),
        (100, None, False),
        (2, None, False),
        (131059, None, False),
    ],
)
def test_what_stops_a_run(code: int, subcode: int | None, stops: bool) -> None:
    known = refusal(code, subcode)
    assert known is not None
    assert known.stops_run is stops


def test_an_unknown_subcode_falls_back_to_its_code() -> None:
    assert refusal(190, 999) == refusal(190)
    assert refusal(100, 2_399_999) == refusal(100)
    assert refusal(200, 1349174) == refusal(250) == refusal(200)


def test_a_template_subcode_is_known_under_any_code() -> None:
    assert refusal(10, 2388293) == refusal(100, 2388293)
    assert refusal(131000, 2388024) == refusal(100, 2388024)


def test_what_nobody_knows_is_none() -> None:
    assert refusal(None) is None
    assert refusal(None, 2388024) is None
    assert refusal(987654) is None
    assert refusal(987654, 1) is None


@pytest.mark.parametrize(("code", "subcode", "known"), TABLE)
def test_words(code: int, subcode: int | None, known: Refusal) -> None:
    # A message reads: Meta refused to create order_shipped in en_US, then meaning, then fix.
    assert known.meaning[0].islower() or known.meaning.startswith("Meta's")
    assert not known.meaning.endswith(".")
    assert known.fix[0].isupper() or known.fix.startswith("`wasync")
    assert known.fix.endswith(".")
    assert "  " not in known.meaning + known.fix
    assert refusal(code, subcode) == known


def test_explaining_a_refusal_loads_no_rule() -> None:
    code = (
        "import sys; from wasync.checks import refusal; refusal(190, 463); "
        "print([name for name in sys.modules if name.startswith('wasync.checks.')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['wasync.checks.refusals']"
