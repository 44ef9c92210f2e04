"""`chromium`: Debian's browser, one for the files a worker runs in a row; it must be there where nothing is skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
from browsing import CHROMIUM
from county import cheap
from playwright.sync_api import Browser, sync_playwright

HERE: Final = Path(__file__).parent
ARGUMENTS: Final = (
    "--no-sandbox",
    "--no-proxy-server",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
)
_LEAVING: Final = ExitStack()
_RUNNING: Final[list[Browser]] = []


@pytest.fixture(scope="module", autouse=True)
def cheap_machine() -> Iterator[None]:
    """Around each file of this folder, before what the file builds for all of its tests."""
    with cheap():
        yield


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser that the folder's files share on a worker; what a file left open in it is closed with the file."""
    if not Path(CHROMIUM).exists():
        told = f"no Chromium at {CHROMIUM}: apt-get install chromium, or set CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    if not _RUNNING:
        playwright = _LEAVING.enter_context(sync_playwright())
        _RUNNING.append(playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS]))
        _LEAVING.callback(_RUNNING.clear)
        _LEAVING.callback(_RUNNING[0].close)
    [browser] = _RUNNING
    yield browser
    for context in browser.contexts:
        context.close()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """No other folder's tests run beside playwright, whose loop stands in their thread."""
    if nextitem is None or HERE not in nextitem.path.parents:
        _LEAVING.close()
