"""How examples are made up (the same in every `make test`, others in `make soak`), and what tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.shell import Account, CommandLine, served, shell

settings.register_profile(
    "wasync",
    deadline=None,  # a busy machine is no failure
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="WASYNC_EXAMPLES" not in os.environ,
    max_examples=int(os.environ.get("WASYNC_EXAMPLES", "100")),
)
settings.load_profile("wasync")


@pytest.fixture
def account() -> Iterator[Account]:
    """An emulated account behind a port of its own."""
    with served() as found:
        yield found


@pytest.fixture
def line(tmp_path: Path, account: Account) -> CommandLine:
    """A small project of that account, and a shell in its folder."""
    return shell(tmp_path, account)
