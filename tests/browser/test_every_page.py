"""Every page that the crawl finds, in a browser: accessible, no wider than a phone, and one sees where the focus is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import county
import pytest
from browsing import WIDER, axe_findings
from crawl_calls import Call, endpoint_of
from crawl_county import DRAWN, PAGES, Prepared
from crawler import PERSONS, Crawler
from live_server import served_app
from playwright.sync_api import Page

DESK, PHONE, STAND = (1366, 768), (360, 740), (1080, 1920)
REDIRECTS: Final = range(300, 400)
N_TABS: Final = 6
FOCUS: Final = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return '';
  const style = getComputedStyle(one);
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return ring || style.boxShadow !== 'none' ? '' : one.outerHTML.slice(0, 120);
}"""

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Found:
    """The county behind a real socket, and for each asker the pages that the crawl found with the way to each."""

    def __init__(self, app: Any, address: str) -> None:
        self.app, self.address = app, address
        prepared = Prepared(app)
        # Deeds lead on to pages at a kiosk; of the desk they leave only other states of the same.
        self.walked = {
            asker.name: Crawler(app, asker, prepared.known(asker), deeds=asker.role in PERSONS)
            for asker in PAGES
            if asker.name in DRAWN
        }
        for crawler in self.walked.values():
            crawler.run()
        self._seen: Counter[str] = Counter()

    def pages(self, name: str) -> Iterator[tuple[tuple[Call, ...], str]]:
        """A way to each page that this asker sees and nobody before did, and to one of each error at desk and kiosk.

        Of what leads elsewhere a browser shows nothing.
        """
        crawler = self.walked[name]
        for way, visit in zip(crawler.ways, crawler.visits, strict=True):
            if visit.is_page and visit.call.method == "GET" and visit.status not in REDIRECTS:
                error = f"{visit.status} {visit.call.url.startswith('/kiosk')}"
                shown = endpoint_of(self.app, visit.call) if visit.status == 200 else error
                key = f"{shown} {len(way) > 2}"
                self._seen[key] += 1
                if self._seen[key] == 1:
                    yield way, visit.call.url


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Iterator[Found]:
    settings = county.seed(tmp_path_factory.mktemp("every_page") / "home")
    with county.opened(settings) as app, served_app(app) as address:
        yield Found(app, address)


@pytest.mark.timeout(600)
def test_every_page_of_everybody_is_accessible_and_fits(chromium, found):
    faults: dict[str, list[Any]] = {}
    n_pages: Counter[str] = Counter()
    # axe is put in from outside, which our content policy would rightly refuse.
    context = chromium.new_context(base_url=found.address, bypass_csp=True)
    page = context.new_page()
    for name in DRAWN:
        for way, url in found.pages(name):
            n_pages[name] += 1
            crawler = found.walked[name]
            crawler.go(way)
            cookie = crawler.client.get_cookie("matcher_session")
            context.clear_cookies()
            if cookie:
                context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": found.address}])
            told = faults_of(page, url, *((STAND,) if url.startswith("/kiosk") else (PHONE, DESK)))
            if told:
                faults[f"{name}: {url}"] = told
    context.close()
    assert faults == {}
    assert n_pages.total() > 40, n_pages
    assert set(n_pages) == set(DRAWN)


def faults_of(page: Page, url: str, *sizes: tuple[int, int]) -> list[Any]:
    """On which screens the page is wider than they are; of the last, what axe finds and what hides the focus.

    The width of a phone is measured here; axe reads pages at that width in the tests of the desks.
    """
    page.set_viewport_size({"width": sizes[0][0], "height": sizes[0][1]})
    page.goto(url)
    told: list[Any] = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate(WIDER) > 0:
            told.append(f"scrolls sideways at {width}")
    told += axe_findings(page)
    for _ in range(N_TABS):
        page.keyboard.press("Tab")
        unseen = page.evaluate(FOCUS)
        if unseen:
            told.append(f"no focus seen on {unseen}")
    return told


def test_a_page_that_is_at_fault_is_found(chromium):
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    page.route("http://fault/*", lambda route: route.fulfill(body=FAULTY, content_type="text/html"))
    told = str(faults_of(page, "http://fault/", PHONE, DESK))
    context.close()
    assert "image-alt" in told
    assert "sideways at 1366" in told
    assert "sideways at 360" in told
    assert "no focus seen" in told


FAULTY: Final = """<!doctype html><html lang="zh-CN"><title>x</title><style>:focus{outline:0}p{width:3000px}</style>
<p><img src="data:,"><a href="/y">x</a></p></html>"""
