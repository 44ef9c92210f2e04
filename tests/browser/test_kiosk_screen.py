"""The kiosk as a screen: four touches, nothing to scroll, targets for a thumb, readable, without scripts, wiped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import county
import pytest
from browsing import axe_findings, served_app
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("kiosk_screen")]

TALL, LOW = (1080, 1920), (1080, 1440)
LEAST_PX: Final = 80
LEAST_TEXT_PX: Final = 36
MOST_BYTES: Final = 150 * 1024

SMALL = """() => [...document.querySelectorAll("a, button:not([hidden])")].map(e => {
  const r = e.getBoundingClientRect();
  return [e.innerText.trim(), Math.round(r.width), Math.round(r.height)];
}).filter(([, w, h]) => w && (w < LEAST || h < LEAST))""".replace("LEAST", str(LEAST_PX))
OUTSIDE = """() => [...document.querySelectorAll("main *, nav *, header *")].filter(e => {
  const r = e.getBoundingClientRect();
  return r.width > 1 && !e.closest("svg") && !e.closest(".vh")
    && (r.bottom > innerHeight + 1 || r.right > innerWidth + 1);
}).map(e => e.tagName + " " + e.className)"""
OVERLAID = """() => {
  const main = document.querySelector("main").getBoundingClientRect();
  return [...document.querySelectorAll("main a, main button")].filter(e =>
    e.getBoundingClientRect().bottom > main.bottom + 1).map(e => e.innerText.trim());
}"""
SMALL_TEXT = """() => [...document.querySelectorAll("main *, nav *, header *")].filter(e =>
  !e.closest(".slip") && !e.closest("svg") && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
  && parseFloat(getComputedStyle(e).fontSize) < LEAST).map(e => e.innerText)""".replace("LEAST", str(LEAST_TEXT_PX))


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


def touch(page: Page, what: Locator) -> None:
    """Touch something that leads to another page, and be there."""
    with page.expect_navigation():
        what.tap()


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


@pytest.mark.parametrize("size", [TALL, LOW], ids=["1920", "1440"])
def test_every_screen_fits_reads_and_is_touched_easily(chromium, address, size):
    faults: dict[str, Any] = {}
    with screen(chromium, address, size, bypass_csp=True) as context:
        page = context.new_page()

        def judge() -> None:
            found = {
                "small": page.evaluate(SMALL),
                "outside": page.evaluate(OUTSIDE),
                "overlaid": page.evaluate(OVERLAID),
                "text": page.evaluate(SMALL_TEXT),
                "axe": axe_findings(page),
            }
            if any(found.values()):
                faults[page.url.removeprefix(address)] = {name: what for name, what in found.items() if what}

        page.goto("/kiosk")
        judge()
        lay_card(page)
        judge()
        touch(page, page.get_by_role("button", name="行", exact=True))
        judge()
        touch(page, page.get_by_role("button", name="天天回家"))
        judge()
        first = page.get_by_role("link", name="为啥给我看1号").get_attribute("href") or ""
        for path in (first, first.replace("/why", "/not"), first.replace("/why", "/take")):
            page.goto(path)
            judge()
        touch(page, page.get_by_role("button", name="好，打印"))
        judge()
        for path in ("/kiosk/plot", "/kiosk/all", "/kiosk/all?page=3", "/kiosk/help", "/kiosk/idle?back=/kiosk/jobs"):
            page.goto(path)
            judge()
        page.goto("/kiosk")
        touch(page, page.get_by_role("button", name="先看看"))
        touch(page, page.get_by_role("button", name="县里、市里"))
        judge()
        touch(page, page.get_by_role("button", name="什么活都看看"))
        judge()
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
        context.add_init_script(
            "window.spoken = []; window.speechSynthesis.speak = said => { spoken.push([said.lang, said.text]); };"
        )
        page = context.new_page()
        to_jobs(page)
        page.get_by_role("button", name="听").tap()
        ((language, text),) = page.evaluate("spoken")
        assert language == "zh-CN"
        assert text == page.locator("main").inner_text()
        assert "缺点" in text
