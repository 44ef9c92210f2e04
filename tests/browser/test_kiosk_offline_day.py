"""W1: a known worker, the network cut: four touches, a slip, and after reconnecting exactly one visit at the server."""

from __future__ import annotations

import re
from collections.abc import Iterator

import county
import pytest
from browsing import served_app
from kiosk_rig import Rig
from playwright.sync_api import Page

from matcher.services.kiosk.uplink import Contact

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("kiosk_screen")]


@pytest.fixture(scope="module")
def rig(tmp_path_factory) -> Iterator[Rig]:
    """A kiosk that enrolled, took its pack, and was then carried to where there is no network."""
    with county.opened(county.seed(tmp_path_factory.mktemp("w1") / "home")) as server:
        rig = Rig(server, tmp_path_factory.mktemp("w1-kiosk") / "kiosk")
        rig.enrol()
        assert rig.turn().fetched
        rig.start()
        yield rig


def touch(page: Page, name: str | re.Pattern[str], role: str = "button") -> None:
    with page.expect_navigation():
        page.get_by_role(role, name=name).first.tap()  # type: ignore[arg-type]


def test_a_known_worker_with_the_network_cut(chromium, rig):
    with served_app(rig.app) as address:
        context = chromium.new_context(viewport={"width": 1080, "height": 1920}, has_touch=True, base_url=address)
        context.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; }")
        page = context.new_page()
        page.goto("/kiosk")
        name = page.locator(".cards strong").first.inner_text()
        with page.expect_navigation():
            page.locator(".cards button").first.tap()
        began = page.evaluate("performance.now()")
        touch(page, re.compile(r"^行$"))
        touch(page, "哪里都行")
        with page.expect_navigation():
            page.get_by_role("link", name=re.compile("选1号")).tap()
        touch(page, re.compile("打印"))
        assert page.evaluate("performance.now()") - began < 10_000
        slip = page.locator("main").inner_text()
        assert "12333" in slip
        assert not re.search(r"\d{15}", slip)
        page.goto("/kiosk/slip")
        slip = page.locator("body").inner_text()
        assert "12333" in slip
        assert name not in slip
        assert rig.offline().contact is Contact.OFFLINE
        rig.pass_time(seconds=rig.kiosk.settings.kiosk_seconds + 1)
        page.goto("/kiosk/jobs")
        assert page.url == f"{address}/kiosk"
        stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
        assert name not in stored
        context.close()
    kiosk_id = rig.kiosk_id
    assert [rig.turn().n_sent for _ in range(2)] == [1, 0]
    (kept,) = rig.run.kiosks.visits(kiosk_id)
    assert [event["kind"] for event in kept.events if event["event"] == "reaction"][:1] == ["apply"]
