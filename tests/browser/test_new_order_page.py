"""An illegal order in a browser (B3): read from one line, blocked as it is typed, mended by taps, agreed to, open."""

from __future__ import annotations

from datetime import date

import pytest
from broker_county import county_app
from browsing import axe_findings
from county import application_of
from live_server import served_app
from order_desk import Desk, write
from playwright.sync_api import Browser, Page, expect

from matcher.records import Employer, Kind
from matcher.records.access import Role
from matcher.records.orders import OrderState

pytestmark = [pytest.mark.browser]

LINE = "样例新制衣厂 柳州市柳江区 缝纫女工 40人 周五7点 5500起 包住 18-35岁 汉族优先 押金300"


@pytest.fixture
def served(tmp_path):
    with county_app(tmp_path / "home") as app, served_app(app) as address:
        firm = Employer(employer_id="e-new", name="样例新制衣厂", vetted_on=date(2018, 5, 1))
        write(app, Kind.EMPLOYERS, "employer_id", [firm])
        yield app, address


def opened(chromium: Browser, served, role: Role, size: tuple[int, int]) -> Page:
    """A page in which somebody of the role has signed in."""
    app, address = served
    cookie = Desk(app, role).client.get_cookie("matcher_session")
    width, height = size
    context = chromium.new_context(viewport={"width": width, "height": height}, base_url=address, bypass_csp=True)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    return context.new_page()


def test_an_illegal_line_is_mended_by_taps_and_opened_by_an_officer(chromium, served):
    app, _ = served
    page = opened(chromium, served, Role.BROKER, (360, 740))
    page.goto("/broker/orders/new")
    page.fill("#line", LINE)
    page.click("button[value=read]")
    found = page.locator("#found")
    for words in ("限定了性别", "限定了民族", "押金", "会少掉"):
        expect(found).to_contain_text(words)
    expect(page.locator("button[value=open]")).to_have_count(0)
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for code in ("sex", "ethnicity", "deposit"):
        with page.expect_navigation():
            page.click(f"button[value=drop-{code}]")
    expect(page.locator("#f-terms")).to_have_value("")
    page.fill("#f-headcount", "10000")
    page.press("#f-headcount", "Tab")
    expect(found).to_contain_text("请分成几张")
    expect(page.locator("#f-wage")).to_be_focused()
    page.fill("#f-headcount", "40")
    page.press("#f-headcount", "Tab")
    expect(found).not_to_contain_text("请分成几张")
    page.click("button[value=open]")
    expect(page.locator("main")).to_contain_text("等县就业局同意")
    officer = opened(chromium, served, Role.OFFICER, (1366, 768))
    officer.goto("/office/orders")
    assert axe_findings(officer) == []
    officer.click("text=同意开单")
    expect(officer.locator("main")).to_contain_text("没有单子等着同意")
    officer.click("summary:has-text('停下核查')")
    assert axe_findings(officer) == []
    officer.set_viewport_size({"width": 360, "height": 740})
    assert officer.evaluate("document.documentElement.scrollWidth <= innerWidth")
    officer.fill("input[name=why]", "有人说收了200元")
    officer.click("text=停下这个岗位")
    expect(officer.locator("main")).not_to_contain_text("200元")
    officer.click("text=查清了，恢复")
    (order,) = application_of(app).orders.orders()
    assert (order.state, order.n_seats) == (OrderState.OPEN, 40)
    page.reload()
    page.click("text=缝纫")
    expect(page.locator("h1")).to_contain_text("呼叫单")
