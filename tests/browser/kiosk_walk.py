"""Every page of the kiosk in turn, and what is measured on each: nothing to scroll, targets, gaps, size of letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from playwright.sync_api import Locator, Page

LEAST_PX: Final = 80
LEAST_GAP_PX: Final = 24
LEAST_PRIMARY_PX: Final = 160
LEAST_TEXT_PX: Final = 36

JUDGE: Final = (
    """() => {
  const seen = e => e.getClientRects().length > 0 && !e.closest("[hidden], template");
  const box = e => e.getBoundingClientRect();
  const name = e => (e.innerText || e.className || e.tagName).trim().slice(0, 30);
  const targets = [...document.querySelectorAll("a, button")].filter(seen);
  const small = targets.filter(e => box(e).width < LEAST_PX || box(e).height < LEAST_PX)
    .map(e => [name(e), Math.round(box(e).width), Math.round(box(e).height)]);
  const primary = targets.filter(e => e.matches(".primary"))
    .filter(e => box(e).width < LEAST_PRIMARY || box(e).height < LEAST_PRIMARY)
    .map(e => [name(e), Math.round(box(e).width), Math.round(box(e).height)]);
  const near = [];
  targets.forEach((a, i) => targets.slice(i + 1).forEach(b => {
    const [r, s] = [box(a), box(b)];
    const wide = Math.max(r.left - s.right, s.left - r.right), high = Math.max(r.top - s.bottom, s.top - r.bottom);
    if (Math.max(wide, high) < LEAST_GAP - 0.5) near.push([name(a), name(b), Math.round(Math.max(wide, high))]);
  }));
  const outside = [...document.querySelectorAll("main *, nav *, header *")].filter(e => {
    const r = box(e);
    return seen(e) && r.width > 1 && !e.closest("svg, .vh") && (r.bottom > innerHeight + 1 || r.right > innerWidth + 1);
  }).map(e => e.tagName + " " + e.className);
  const main = box(document.querySelector("main"));
  const overlaid = [...document.querySelectorAll("main *")].filter(e => seen(e) && !e.closest("svg")
    && box(e).width > 1 && box(e).bottom > main.bottom + 1).map(name);
  const cut = [...document.querySelectorAll("main *, nav *")].filter(e => {
    if (!seen(e) || box(e).width <= 1 || e.closest("svg")) return false;
    const inner = [...e.children].filter(seen);
    return getComputedStyle(e).display !== "inline" && inner.some(c => box(c).bottom > box(e).bottom + 2
      && getComputedStyle(c).display !== "inline" && getComputedStyle(c).position !== "absolute");
  }).map(name);
  const wide = [...document.querySelectorAll("main *, nav *, header *")].filter(e => seen(e) && !e.closest("svg, .vh")
    && box(e).width > 1 && box(e.parentElement).width > 0 && getComputedStyle(e).position !== "absolute"
    && getComputedStyle(e.parentElement).overflow !== "hidden"
    && box(e).right > box(e.parentElement).right + 2).map(name);
  const text = [...document.querySelectorAll("main *, nav *, header *")].filter(e => seen(e)
    && !e.closest(".slip, svg") && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
    && parseFloat(getComputedStyle(e).fontSize) < LEAST_TEXT).map(name);
  const names = [...document.querySelectorAll(".jobs:not(:has(.plot)) h2")]
    .filter(e => e.scrollHeight > e.clientHeight + 20 || e.scrollWidth > e.clientWidth + 2).map(name);
  const whole = document.documentElement;
  const scroll = whole.scrollHeight > innerHeight || whole.scrollWidth > innerWidth;
  return { small, primary, near, outside, overlaid, cut, wide, text, names, scroll };
}""".replace("LEAST_PX", str(LEAST_PX))
    .replace("LEAST_PRIMARY", str(LEAST_PRIMARY_PX))
    .replace("LEAST_GAP", str(LEAST_GAP_PX))
    .replace("LEAST_TEXT", str(LEAST_TEXT_PX))
)
"""What is wrong with the page that is shown; all of it empty if nothing is."""


SMALL: Final = ((540, 960), (960, 540), (1366, 700))
"""A standing and a lying kiosk enlarged to 200 %, and a laptop on which somebody looks at the demonstration."""

OUT_OF_REACH: Final = """() => {
  const whole = document.documentElement;
  const held = [whole, document.body].some(e => getComputedStyle(e).overflowY === "hidden");
  const aside = [...document.querySelectorAll("a, button, h1, h2, p, li")].filter(e => {
    const r = e.getBoundingClientRect();
    return r.width > 1 && (r.right > innerWidth + 1 || r.left < -1 || (held && r.bottom > innerHeight + 1));
  }).map(e => (e.innerText || e.className).trim().slice(0, 30));
  const over = [...document.querySelectorAll("a, button")].filter(e => {
    if (!e.checkVisibility({ visibilityProperty: true })) return false;
    e.scrollIntoView({ block: "center" });
    const r = e.getBoundingClientRect();
    const top = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
    return !(top && e.contains(top));
  }).map(e => (e.innerText || e.className).trim().slice(0, 30));
  return [...aside, ...over];
}"""
"""What of a page nobody can reach by scrolling down, or touch once it is there."""


GONE: Final = """() => {
  document.querySelector("main").replaceChildren(document.getElementById("gone").content.cloneNode(true));
  document.body.classList.add("is-gone");
}"""
"""Shows what is shown when the server answers no more."""


def touch(page: Page, what: Locator) -> None:
    """Touch something that leads to another page, and be there."""
    with page.expect_navigation():
        what.tap()


def until(page: Page, what: str) -> None:
    """Wait until an expression is true; asked from outside, for the page's policy lets no text be run in it."""
    for _ in range(500):
        if page.evaluate(what):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"never: {what}")


def out_of_reach(page: Page) -> dict[str, list[str]]:
    """What of the page cannot be reached on each small screen; the screen has its size again afterwards."""
    size = page.viewport_size
    found = {}
    for width, height in SMALL:
        page.set_viewport_size({"width": width, "height": height})
        found[f"{width}x{height}"] = page.evaluate(OUT_OF_REACH)
    if size:
        page.set_viewport_size(size)
    return {screen: what for screen, what in found.items() if what}


def pages(page: Page) -> Iterator[str]:
    """Stand on every page of the kiosk in turn; a page that only the visit before leads to comes after it."""

    def at(path: str) -> str:
        page.goto(path)
        return path

    yield at("/kiosk")
    touch(page, page.locator(".cards li", has_text="会缝纫").locator("button"))
    yield "/kiosk/agree"
    touch(page, page.get_by_role("button", name="行", exact=True))
    yield "/kiosk/where"
    touch(page, page.get_by_role("button", name="天天回家"))
    yield "/kiosk/jobs"
    first = page.get_by_role("link", name="为啥给我看1号").get_attribute("href") or ""
    for last in ("why", "not", "take"):
        yield at(first.replace("/why", f"/{last}"))
    touch(page, page.get_by_role("button", name="好，打印"))
    yield "/kiosk/done"
    touch(page, page.get_by_role("link", name="发到手机"))
    yield "/kiosk/phone"
    # Whoever walked here before has answered: the other answer is what the page then offers.
    touch(page, page.locator("main form button").first)
    yield "/kiosk/phone answered"
    for path in ("/kiosk/copy?why=paper_out", "/kiosk/lifted", "/kiosk/plot", "/kiosk/all", "/kiosk/all?page=3",
                 "/kiosk/help", "/kiosk/idle?back=/kiosk/jobs", "/kiosk/card-left", "/kiosk/one-card",
                 "/kiosk/one-card?unread=1", "/kiosk/nowhere"):  # fmt: skip
        yield at(path)
    page.goto("/kiosk")
    touch(page, page.get_by_role("button", name="先看看"))
    yield "/kiosk/where without a card"
    touch(page, page.get_by_role("button", name="县里、市里"))
    yield "/kiosk/trade"
    touch(page, page.get_by_role("button", name="什么活都看看"))
    yield "/kiosk/jobs without a card"
    page.evaluate(GONE)
    yield "server gone"
