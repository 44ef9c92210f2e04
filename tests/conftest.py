"""What every test shares: one worker a file, long files first, and with CI=true a skipped test is a failed run."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from made_once import made_once
from one_worker import OneWorkerAFile, group_of

# Last, so that the wheel is what is imported: here only `tests.bench` is looked for, however pytest was called.
sys.path.append(str(Path(__file__).parents[1]))

# A neighbour on the machine makes drawing slow, not wrong: time is the bench's matter, never a test's.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# What is collected stays to the end. Python would look through all of it again and again for what could be thrown away:
# a quarter of the time that collecting takes, a fifth of the tests'.
YOUNG, MIDDLE, OLD = 20_000, 20, 20
gc.disable()

# What tests write is thrown away: where there is room for it in memory, neither they nor the processes that they start
# wait for a disk, which takes twenty milliseconds to say that a commit will outlive a loss of power.
MEMORY = "/dev/shm"  # noqa: S108 - folders of random names are made there, by pytest and tempfile
ROOM_BYTES = 6 * 2**30
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
    os.environ["TMPDIR"] = tempfile.tempdir = MEMORY

# Checks of lists that several modules share tell what they compared, as tests do.
pytest.register_assert_rewrite("list_items")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneWorkerAFile:
    """With `-n`, what was built for a file is built once; xdist's own groups are lost with pytest 9.2 and xdist 3.8."""
    config.option.loadscopereorder = False
    # Who hands the tests out collects none.
    gc.enable()
    return OneWorkerAFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a slow test come first, so that no worker is left alone with one at the end."""
    slow = {group_of(item.nodeid) for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: group_of(item.nodeid) not in slow)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """From here on only what tests leave behind is looked through."""
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    gc.freeze()
    gc.enable()


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
