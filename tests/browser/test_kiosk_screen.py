"""The kiosk as a screen: four touches, nothing to scroll, targets for a thumb, readable, without scripts, wiped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import county
import pytest
from browsing import axe_findings
from kiosk_walk import JUDGE, out_of_reach, pages, touch, until
from live_server import served_app
from playwright.sync_api import Browser, BrowserContext, Page, expect

SPEAKING: Final = """
  window.spoken = [];
  speechSynthesis.cancel = () => {};
  speechSynthesis.speak = said => { spoken.push([said.lang, said.text]); setTimeout(() => said.onend(), 0); };
"""
"""A browser's voice that is done at once."""
pytestmark = [pytest.mark.browser]

TALL = (1080, 1920)
SIZES: Final = {"tall": TALL, "low": (1080, 1440), "lying": (1920, 1080)}
MOST_BYTES: Final = 150 * 1024


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    with county.opened(county.seed(tmp_path_factory.mktemp("kiosk") / "home")) as app, served_app(app) as where:
        yield where


@contextmanager
def screen(chromium: Browser, address: str, size=TALL, **options: Any) -> Iterator[BrowserContext]:
    width, height = size
    context = chromium.new_context(
        viewport={"width": width, "height": height}, has_touch=True, base_url=address, **options
    )
    context.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; }")
    yield context
    context.close()


def lay_card(page: Page, key: str = "会缝纫") -> None:
    page.goto("/kiosk")
    touch(page, page.locator(".cards li", has_text=key).locator("button"))


def to_jobs(page: Page) -> None:
    lay_card(page)
    touch(page, page.get_by_role("button", name="行", exact=True))
    touch(page, page.get_by_role("button", name="天天回家"))
    page.wait_for_url("**/kiosk/jobs")


def test_four_touches_from_card_to_slip(chromium, address):
    with screen(chromium, address) as context:
        page = context.new_page()
        lay_card(page)
        touch(page, page.get_by_role("button", name="行", exact=True))
        touch(page, page.get_by_role("button", name="天天回家"))
        touch(page, page.get_by_role("link", name="选1号"))
        touch(page, page.get_by_role("button", name="好，打印"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("请拿小票")
        touch(page, page.get_by_role("button", name="打小票"))
        expect(page.locator(".s-code b")).to_have_text(page.locator(".s-code b").inner_text())
        assert page.evaluate("window.printed") == 1


def test_every_screen_fits_reads_and_is_touched_easily(chromium, address):
    """One walk: each page is judged in every size, and left in each size in turn."""
    faults: dict[str, Any] = {}
    with screen(chromium, address, bypass_csp=True) as context:
        page = context.new_page()
        for number, name in enumerate(pages(page)):
            found = {}
            for size, (width, height) in SIZES.items():
                page.set_viewport_size({"width": width, "height": height})
                found |= {f"{rule}, {size}": what for rule, what in page.evaluate(JUDGE).items()}
            # What axe looks at is the same in every size.
            found["axe"] = axe_findings(page)
            found["out of reach"] = out_of_reach(page)
            if any(found.values()):
                faults[name] = {rule: what for rule, what in found.items() if what}
            width, height = list(SIZES.values())[number % len(SIZES)]
            page.set_viewport_size({"width": width, "height": height})
    assert faults == {}


def test_works_without_scripts(chromium, address):
    with screen(chromium, address, java_script_enabled=False) as context:
        page = context.new_page()
        to_jobs(page)
        touch(page, page.get_by_role("link", name="不要1号，换一个"))
        touch(page, page.get_by_role("button", name="太远"))
        touch(page, page.get_by_role("link", name="选1号"))
        touch(page, page.get_by_role("button", name="好，打印"))
        expect(page.locator(".slip")).to_contain_text("12333")


def test_asks_who_is_still_there_then_wipes(chromium, address):
    with screen(chromium, address) as context:
        page = context.new_page()
        page.clock.install()
        to_jobs(page)
        page.clock.run_for(44_000)
        expect(page).to_have_url(f"{address}/kiosk/jobs")
        page.clock.run_for(2_000)
        page.wait_for_url("**/kiosk/idle?back=/kiosk/jobs")
        page.clock.run_for(19_000)
        touch(page, page.get_by_role("link", name="我还在"))
        page.wait_for_url("**/kiosk/jobs")
        page.clock.run_for(46_000)
        page.wait_for_url("**/kiosk/idle**")
        page.clock.run_for(21_000)
        page.wait_for_url(f"{address}/kiosk")
        page.goto("/kiosk/jobs")
        expect(page).to_have_url(f"{address}/kiosk")
        sentences = page.locator(".rotating li")
        for turn in range(sentences.count() + 1):
            expect(sentences.nth(turn % sentences.count())).to_be_visible()
            page.clock.run_for(6_000)


def test_the_server_gone_at_every_step_and_two_taps(chromium, address):
    """At each step the server is gone once, nothing of the person stays, the page comes back and the step is made."""
    steps = (
        ("/kiosk/agree", lambda page: page.get_by_role("button", name="行", exact=True)),
        ("/kiosk/where", lambda page: page.get_by_role("button", name="天天回家")),
        ("/kiosk/jobs", lambda page: page.get_by_role("link", name="选1号")),
        ("/take", lambda page: page.get_by_role("button", name="好，打印")),
        ("/kiosk/done", lambda page: page.get_by_role("link", name="发到手机")),
    )
    with screen(chromium, address) as context:
        page = context.new_page()
        page.clock.install()
        sent: list[str] = []
        page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
        lay_card(page)
        name = page.locator(".hello").inner_text().partition("，")[0]
        for path, target in steps:
            assert page.url.endswith(path)
            page.route("**/kiosk/**", lambda route: route.abort())
            target(page).tap()
            expect(page.get_by_role("heading", name="等一下")).to_be_visible()
            assert name not in page.locator("body").inner_text()
            page.unroute("**/kiosk/**")
            with page.expect_navigation():
                page.clock.run_for(3_500)
            assert page.url.endswith(path), "the same page, asked for anew"
            before = len(sent)
            with page.expect_navigation():
                target(page).dblclick()
            assert len(sent) - before <= 1, "two taps send once"
        expect(page).to_have_url(f"{address}/kiosk/phone")


def test_the_first_load_is_light_and_nothing_comes_from_elsewhere(chromium, address):
    with screen(chromium, address) as context:
        page = context.new_page()
        sizes: dict[str, int] = {}
        page.on("requestfinished", lambda r: sizes.__setitem__(r.url, r.sizes()["responseBodySize"]))
        page.goto("/kiosk", wait_until="networkidle")
        assert sum(sizes.values()) <= MOST_BYTES
        assert {url for url in sizes if not url.startswith(address)} == set()


def test_a_page_is_read_aloud_as_it_stands(chromium, address):
    with screen(chromium, address) as context:
        context.add_init_script(SPEAKING)
        page = context.new_page()
        to_jobs(page)
        until(page, "performance.getEntriesByName('said').length === 1")
        first = page.evaluate("spoken.splice(0)")
        page.get_by_role("button", name="听").tap()
        until(page, "performance.getEntriesByName('said').length === 2")
        assert page.evaluate("spoken") == first, "read on arrival, and again by 听"
        assert {language for language, _ in first} == {"zh-CN"}
        shown = "".join(page.locator("main").inner_text().split())
        heard = ["".join(text.split()) for _, text in first]
        assert [text for text in heard if text not in shown] == []
        corners = len("123")
        assert sum(map(len, heard)) == len(shown) - corners
        assert page.locator(".speaking").count() == 0
