"""How made-up examples are chosen: the same in every `make test`, others in every `make soak`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "wasync",
    deadline=None,  # a busy machine is no failure
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="WASYNC_EXAMPLES" not in os.environ,
)
settings.load_profile("wasync")
