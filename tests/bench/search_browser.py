"""The broker of the broker workload: Debian's Chromium, one search after the other, on the page as brokers use it."""

from __future__ import annotations

import os
import time
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.bench.measure import Laps

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
LINES = ("缝纫", "电焊 可联系", "缝纫 百朋", "叉车 去广东", "wxy", "砌砖 夫妻 不要 电焊")
# Resolves when htmx has put the answer in and the browser has drawn it.
DRAWN = """() => new Promise(done => document.addEventListener('htmx:afterSettle',
    () => requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0)), {once: true}))"""


def searches(port: int, cookie: str, order: str, repeats: int) -> tuple[Laps, Any]:
    """Seconds of typed searches and of clicks on facets, without an order and in one; what the page then held."""
    seconds: dict[str, list[float]] = {"people": [], "people, facet": [], "order": [], "order, facet": []}
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage"]
        )
        address = f"http://127.0.0.1:{port}"
        context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=address)
        context.add_cookies([{"name": "matcher_session", "value": cookie, "url": address}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        for name, path in (("people", "/broker/people"), ("order", f"/broker/orders/{order}")):
            for round_ in range(repeats + 1):
                for line in LINES:
                    page.goto(path)
                    typed = _typed(page, line)
                    clicked = _clicked(page)
                    if round_:
                        seconds[name].append(typed)
                        seconds[f"{name}, facet"] += [clicked] if clicked else []
        page.goto("/broker/people")
        shown = {"rows": page.locator("ol.people > li").count(), "facets": page.locator("#narrow fieldset").count()}
        browser.close()
    return Laps([], []), {"seconds": seconds, "faults": faults, **shown}


def _typed(page: Page, line: str) -> float:
    page.fill("#seek", line)
    return _waited(page, "document.querySelector('form.seek button').click()")


def _clicked(page: Page) -> float:
    box = "#narrow input[type=checkbox]:not(:checked)"
    return _waited(page, f"document.querySelector('{box}').click()") if page.locator(box).count() else 0.0


def _waited(page: Page, deed: str) -> float:
    """Seconds from a deed until the list stands there anew, by the page's own clock."""
    start = time.perf_counter()
    page.evaluate(f"() => {{ const drawn = ({DRAWN})(); {deed}; return drawn; }}")
    return time.perf_counter() - start
