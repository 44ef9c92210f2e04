"""What every test shares: with CI=true a skipped test is a failed run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from made_once import made_once

# A neighbour on the machine makes drawing slow, not wrong: time is the bench's matter, never a test's.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Checks of lists that several modules share tell what they compared, as tests do.
pytest.register_assert_rewrite("list_items")


@pytest.fixture(scope="session", autouse=True)
def builds_once() -> Iterator[None]:
    """Applications and databases of a process share what is alike in all of them."""
    with made_once():
        yield


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Nothing may be skipped where it counts."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None or exitstatus != pytest.ExitCode.OK:
        return
    if reporter.stats.get("skipped"):
        reporter.write_line("CI=true: skipped tests count as failures", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
