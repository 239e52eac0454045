"""wasync state show, forget, unlock; and a state in a bucket through the whole command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from tests import command_line
from tests.command_line import PROJECT, WABA, Run, Shop, shop
from tests.object_stores import BUCKET, KEY, bucket, s3, s3_module
from wasync.checks.schema_files import load_schema
from wasync.state.remote import RemoteState

__all__ = ["s3", "s3_module", "shop"]

GOLDEN = "cli_state.txt"
REMOTE = f"{PROJECT}state: s3://{BUCKET}/{KEY}\n"
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)


@pytest.fixture(params=["local", "s3"])
def applied(request: pytest.FixtureRequest, shop: Shop) -> Shop:
    """A project that was applied once, with its state in a file or in a bucket."""
    if request.param == "s3":
        request.getfixturevalue("s3")
        shop.write("wasync.yaml", REMOTE)
    assert shop.run("apply", "--auto-approve").code == 0
    return shop


def compare(case: str, shop: Shop, run: Run) -> None:
    command_line.compare(GOLDEN, case, shop.shown(run))


def test_it_is_shown(applied: Shop) -> None:
    """The same, wherever it is kept."""
    compare("show", applied, applied.run("state", "show"))
    run = applied.run("state", "show", "--format", "json")
    form = json.loads(run.out)
    jsonschema.Draft202012Validator(load_schema("memory")).validate(form)
    account = form["accounts"][0]
    assert (form["lock"], account["waba_id"], len(account["creations"])) == (None, WABA, 1)
    assert [one["address"] for one in account["templates"]] == ["welcome/en_US"]


def test_nothing_is_remembered_and_asking_makes_nothing(shop: Shop) -> None:
    compare("show nothing", shop, shop.run("state", "show"))
    assert not (shop.root / ".wasync").exists()


def test_forgetting_needs_a_yes_and_sends_nothing(applied: Shop) -> None:
    written = applied.written()
    compare("forget, nobody there", applied, applied.run("state", "forget", "welcome"))
    compare("forget another", applied, applied.run("state", "forget", "x*", "--auto-approve"))
    assert "welcome" in applied.run("state", "show").out
    compare("forget", applied, applied.run("state", "forget", "welcome/en_*", "--auto-approve"))
    assert applied.written() == written
    compare("show after forget", applied, applied.run("state", "show"))
    applied.template("Your table is waiting.")
    assert "Never applied by wasync: the file takes over." in applied.run("plan").out


def test_a_local_lock_needs_no_unlock(shop: Shop) -> None:
    from wasync.state.local import LocalState

    compare("unlock, nobody holds it", shop, shop.run("state", "unlock"))
    with LocalState(shop.root / ".wasync" / "state.json").lock("ana@laptop", NOW):
        compare("show, held", shop, shop.run("state", "show"))
        run = shop.run("state", "unlock", "--auto-approve")
        compare("unlock, a local one", shop, run)
        assert run.code == 5


def test_a_lease_is_freed_by_hand(shop: Shop, s3: dict[str, str]) -> None:
    shop.write("wasync.yaml", REMOTE)
    with RemoteState(bucket(s3), KEY).lock("ci@runner", NOW):
        held = shop.run("apply", "--auto-approve")
        assert held.code == 5
        assert "held by ci@runner since 2026-11-23T09:12:00+00:00" in " ".join(held.err.split())
        assert shop.written() == []
        assert shop.run("plan").code == 0
        compare("unlock, nobody there", shop, shop.run("state", "unlock"))
        compare("unlock", shop, shop.run("state", "unlock", "--auto-approve"))
        assert shop.run("apply", "--auto-approve").code == 0


def test_plan_status_and_show_write_nothing_into_the_bucket(shop: Shop, s3: dict[str, str]) -> None:
    shop.write("wasync.yaml", REMOTE)
    for argv in (["plan"], ["status"], ["drift"], ["state", "show"]):
        assert shop.run(*argv).code == 0
    assert bucket(s3).names("wasync") == []
    assert not (shop.root / ".wasync").exists()


@pytest.mark.parametrize(
    "state", ["s3://", "s3://bucket", "ftp://bucket/key", "s3://key:secret@bucket/key", "s3://bucket/../key"]
)
def test_a_state_that_names_no_object(state: str, shop: Shop) -> None:
    shop.write("wasync.yaml", f"{PROJECT}state: {state}\n")
    run = shop.run("plan")
    assert run.code == 1
    assert "s3://bucket/key, gs://bucket/key, az://container/key" in " ".join((run.out + run.err).split())


CASES: dict[str, dict[str, str | None]] = {
    "no credentials": {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
    "no network": {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
    "no such bucket": {},
}


@pytest.mark.parametrize("case", CASES)
def test_a_store_that_cannot_be_used_leaves_live_untouched(
    case: str, shop: Shop, s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = case == "no such bucket"
    shop.write("wasync.yaml", REMOTE.replace(f"//{BUCKET}/", "//other/") if missing else REMOTE)
    for name, value in CASES[case].items():
        if value is None:
            monkeypatch.delenv(name)
            # Where a machine's role would be asked for: nobody answers there.
            monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1/metadata")
        else:
            monkeypatch.setenv(name, value)
    planned, run = shop.run("plan"), shop.run("apply", "--auto-approve")
    compare(f"store: {case}, plan", shop, planned)
    compare(f"store: {case}, apply", shop, run)
    assert planned.code == run.code == 1
    assert shop.written() == []
    assert "very-secret" not in run.err


def test_without_the_package_it_says_what_to_install(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    shop.write("wasync.yaml", REMOTE)
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    monkeypatch.setitem(sys.modules, "obstore.exceptions", None)
    run = shop.run("plan")
    compare("store: no package", shop, run)
    assert run.code == 1
