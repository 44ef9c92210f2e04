"""What the browser tests share: where Chromium is, and what axe says of a page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

CHROMIUM: Final = os.environ.get("CHROMIUM", "/usr/bin/chromium")
AXE: Final = Path(__file__).with_name("vendor") / "axe.min.js"
WIDER: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WCAG: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# What axe found right is counted, not described: telling where each of it stands is half of its work.
VIOLATIONS: Final = """async tags => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  return found.violations.map(v => [v.id, v.impact, v.nodes.slice(0, 3).map(node => node.target)]);
}"""


def axe_findings(page: Page) -> list[Any]:
    """Rule, impact and place of what axe finds against WCAG 2.2 AA; the context must bypass the content policy."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE.read_text("utf-8"))
    return list(page.evaluate(VIOLATIONS, WCAG))


def faults_at(page: Page, *sizes: tuple[int, int]) -> dict[int, list[Any]]:
    """Width -> what is at fault with the page that stands there, if anything is: axe's findings, and its own width.

    The page is laid out anew for each size, not loaded anew: no script of ours looks at the size of a screen. It should
    have been loaded at the narrowest: what is not in view keeps the size that it had when it was.
    """
    found = {}
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        told = [*axe_findings(page), *(["sideways"] if page.evaluate(WIDER) > 0 else [])]
        if told:
            found[width] = told
    return found


def slowed(page: Page, times: float) -> None:
    """Let the page's processor take so many times as long for everything, from now on."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})
