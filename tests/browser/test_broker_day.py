"""Forty by Friday (B1) in a browser: a chat line, a list of fifty, seats, the manifest, a bus without network."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from browsing import axe_findings
from call_county import call_app, csrf_of, on_bus_day, open_order, phone
from county import application_of, clock
from live_server import served_app
from order_desk import Desk, write
from playwright.sync_api import Browser, Page, expect

from matcher.records import Employer, Kind
from matcher.records.orders import LabourOrder, OrderState, SeatState

pytestmark = [pytest.mark.browser]

LINE = "样例新制衣厂 柳州市柳江区 缝纫 40人 周五7点 5500起 包住"
MOST_CLICKS, MOST_SECONDS = 8, 180
PHONE = (360, 740)


@pytest.fixture
def served(tmp_path) -> Iterator[tuple[Desk, str]]:
    """A broker's desk in a county of seventy who fit, and the address of its pages."""
    with call_app(tmp_path / "home") as app, served_app(app) as address:
        firm = Employer(employer_id="e-new", name="样例新制衣厂", vetted_on=date(2018, 5, 1))
        write(app, Kind.EMPLOYERS, "employer_id", [firm])
        yield Desk(app), address


def opened(chromium: Browser, served: tuple[Desk, str], size: tuple[int, int] = (1366, 768)) -> Page:
    desk, address = served
    cookie = desk.client.get_cookie("matcher_session")
    width, height = size
    context = chromium.new_context(viewport={"width": width, "height": height}, base_url=address, bypass_csp=True)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    return context.new_page()


class Clicks:
    """Clicks on a page, counted."""

    def __init__(self, page: Page) -> None:
        self._page, self.n = page, 0

    def __call__(self, selector: str) -> None:
        self.n += 1
        self._page.click(selector)


def order_of(desk: Desk) -> LabourOrder:
    (order,) = application_of(desk.app).orders.orders()
    return order


def in_state(desk: Desk, state: SeatState) -> list[str]:
    return [seat.worker_id for seat in order_of(desk).people if seat.state is state]


def eventually(holds: Callable[[], bool], page: Page) -> None:
    """Wait until something holds on the server; fails after five seconds."""
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        page.wait_for_timeout(50)


def test_forty_are_found_for_friday(chromium, served):
    desk, _ = served
    page = opened(chromium, served)
    start, click = time.monotonic(), Clicks(page)
    page.goto("/broker")
    click("nav >> text=新订单")
    page.fill("#line", LINE)
    click("button[value=read]")
    click("button[value=open]")
    click("button:has-text('放前50人')")
    expect(page.locator("h2#next")).to_contain_text("50人")
    seconds = time.monotonic() - start
    assert click.n <= MOST_CLICKS
    assert seconds < MOST_SECONDS
    assert click.n == 4, (click.n, seconds)

    click("text=打第一个")
    click("label:has-text('问愿不愿意')")
    click("button:has-text('看号码')")
    first = order_of(desk).people[0].worker_id
    expect(page.locator(".dial")).to_contain_text(phone(first))
    assert axe_findings(page) == []
    page.keyboard.press("1")
    expect(page.locator("main")).to_contain_text("座位定了")
    assert phone(first) not in page.content()
    page.go_back()
    assert phone(first) not in page.content()

    base = f"/broker/orders/{order_of(desk).order_id}"
    desk.post(f"{base}/calls")
    people = [seat.worker_id for seat in order_of(desk).people][:52]
    for n, worker_id in enumerate(people[1:], 1):
        desk.post(f"{base}/calls/{worker_id}/outcome", outcome="no" if n >= 48 else "go", reason="wage")
    assert [len(in_state(desk, state)) for state in (SeatState.CONFIRMED, SeatState.WAITING)] == [40, 8]

    page.goto(f"{base}/seats")
    click("ol.seats > li:first-child summary")
    click("ol.seats > li:first-child button:has-text('本人不去了')")
    expect(page.locator("main")).to_contain_text("1 待回")
    for worker_id in people[1:6]:
        desk.post(f"{base}/seats/{worker_id}", deed="leave", why="withdrawn")
    held = in_state(desk, SeatState.HELD)
    assert set(held) == set(people[40:46])
    clock(desk.app).advance(minutes=5)
    for worker_id in held:
        desk.post(f"{base}/calls/{worker_id}/outcome", outcome="go")
    assert len(in_state(desk, SeatState.CONFIRMED)) == 40
    page.goto(f"{base}/manifest")
    expect(page.locator("main")).to_contain_text("第1班 40人 · 带队：由县里定带队人")
    expect(page.locator("main table tbody tr")).to_have_count(40)
    for place in ("manifest", "seats", "calls"):
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        page.goto(f"{base}/{place}")
        assert axe_findings(page) == [], place
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], place
    page.context.close()


def test_a_bus_is_filled_without_a_network(chromium, served):
    desk, address = served
    open_order(desk.app, n_seats=4, listed=6)
    on_bus_day(desk.app)
    desk = Desk(desk.app)
    served = desk, address
    for n in range(5):
        desk.post(f"/broker/orders/o-1/calls/w{n:02d}/outcome", outcome="go")
    page = opened(chromium, served, PHONE)
    page.goto("/broker/orders/o-1/check-in")
    assert axe_findings(page) == []
    row = page.locator("#seat-2")
    row.get_by_role("button", name="到了").click()
    expect(row).to_contain_text("已上车")
    page.wait_for_function("document.activeElement.closest('li')?.id === 'seat-2'")

    page.context.set_offline(True)
    row = page.locator("#seat-1")
    row.get_by_role("button", name="到了").click()
    expect(row).to_contain_text("到了，记着")
    page.locator("#seat-3").get_by_role("button", name="没来").click()
    expect(page.locator("#offline")).to_contain_text("没有网，2下")
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "w00" in kept
    assert "韦" not in kept
    assert csrf_of(desk.client) not in kept
    assert axe_findings(page) == []
    context = page.context
    page.close()
    assert in_state(desk, SeatState.CHECKED_IN) == ["w01"]

    context.set_offline(False)
    page = context.new_page()
    page.goto("/broker/orders/o-1/check-in")
    eventually(lambda: in_state(desk, SeatState.NO_SHOW) == ["w02"], page)
    assert set(in_state(desk, SeatState.CHECKED_IN)) == {"w00", "w01"}
    assert in_state(desk, SeatState.HELD) == ["w04"]
    expect(page.locator("#seat-1")).to_contain_text("已上车")
    assert page.evaluate("localStorage.length") == 0

    context.set_offline(True)
    page.get_by_role("button", name="发车").click()
    expect(page.locator("#offline")).to_contain_text("没有网，1下")
    assert order_of(desk).state is OrderState.OPEN
    context.set_offline(False)
    page.wait_for_url("**/o-1/seats")
    assert order_of(desk).state is OrderState.DEPARTED
    context.close()


def test_a_tap_that_is_refused_is_told_and_one_without_session_waits(chromium, served):
    desk, address = served
    open_order(desk.app, n_seats=1, listed=2)
    on_bus_day(desk.app)
    desk = Desk(desk.app)
    served = desk, address
    desk.post("/broker/orders/o-1/calls/w00/outcome", outcome="go")
    page = opened(chromium, served, PHONE)
    page.goto("/broker/orders/o-1/check-in")
    desk.post("/broker/orders/o-1/seats/w00", deed="leave", why="withdrawn")
    page.get_by_role("button", name="到了").click()
    expect(page.locator("#refused")).to_contain_text("已经退出")
    expect(page.locator("main")).to_contain_text("还没有人确认座位")

    desk.post("/broker/orders/o-1/calls/w01/outcome", outcome="go")
    page.reload()
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="到了").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("登录")
    assert in_state(desk, SeatState.CHECKED_IN) == []
    page.context.add_cookies([{"name": c["name"], "value": c["value"], "url": address} for c in cookies])
    page.goto("/broker/orders/o-1/check-in")
    eventually(lambda: in_state(desk, SeatState.CHECKED_IN) == ["w01"], page)
    page.context.close()
