"""`chromium`: Debian's browser, one for the run; without it the tests fail where nothing may be skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import CHROMIUM
from county import cheap
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="module", autouse=True)
def cheap_machine() -> Iterator[None]:
    """Around each file of this folder, before what the file builds for all of its tests."""
    with cheap():
        yield


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        told = f"no Chromium at {CHROMIUM}: apt-get install chromium, or set CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--no-proxy-server",
                "--disable-dev-shm-usage",
                "--autoplay-policy=no-user-gesture-required",
            ],
        )
        yield browser
        browser.close()
