"""Two departments, a payment explained, a village given out: in a browser, with presses and seconds counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import county
import pytest
from browsing import faults_at
from claims_county import approved, paid_file, proposed, station_line
from claims_county import desk as claims
from county import application_of
from live_server import served_app
from office_day import Count, decide, push_ledgers
from office_desk import desk, seeker, shown_to
from playwright.sync_api import Browser, Page

from matcher.ports import DeedStore
from matcher.records.access import Role
from matcher.services.claims.bank_replies import book_bank_reply
from matcher.services.claims.demo_claims import seed_demo_claims
from matcher.services.claims.pay import find_payment

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, PHONE = (1366, 768), (360, 740)
N_PAIRS, N_DIFFER = 12, 7
"""Of all pairs those whose rows differ: who it is, then which row is right, a key each."""
MOST_CLICKS, MOST_S = 2, 10
LEAST_AN_HOUR = 60
"""Decisions (O-d), two keys at most; the system may take a tenth of the time of each."""


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple]:
    settings = county.seed(tmp_path_factory.mktemp("day") / "home")
    with county.opened(settings) as app, served_app(app) as address:
        run = application_of(app)
        at, on = run.clock.now(), run.today()
        seed_demo_claims(run.store, run.deeds, run.means, jurisdiction=county.JURISDICTION, on=on, at=at)
        pay(app)
        yield app, address


def pay(app) -> None:
    """A station's year, approved by two and answered by the bank."""
    (claim_id,) = proposed(app, [station_line("station-1", county.COUNTY, months=12)])
    payment_id = paid_file(app, [approved(app, claim_id)])
    (line,) = find_payment(claims(app), payment_id).lines
    book_bank_reply(claims(app), payment_id, f"行号,结果,退回原因\n{line.line_id},成功,\n".encode(), "回单.csv")


@contextmanager
def signed_in(chromium: Browser, served: tuple, role: Role) -> Iterator[Page]:
    app, address = served
    cookie = desk(app, role)[0].get_cookie("matcher_session")
    width, height = DESK
    context = chromium.new_context(
        viewport={"width": width, "height": height}, base_url=address, bypass_csp=True, locale="zh-CN"
    )
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    yield context.new_page()
    context.close()


def decided(deeds: DeedStore) -> int:
    return len(deeds.deeds(prefix="pair:"))


def test_two_departments_are_reconciled_by_keys_alone_and_a_key_takes_one_back(chromium, served):
    app, _ = served
    deeds = application_of(app).deeds
    with signed_in(chromium, served, Role.OFFICER) as page:
        sent, said = Count(), Count()
        push_ledgers(page, sent, N_PAIRS)
        assert sent.clicks <= MOST_CLICKS
        before = decided(deeds)
        page.evaluate("document.addEventListener('mousedown', () => { throw new Error('a mouse was used'); })")
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        decide(page, said, "11")
        decide(page, said, "zz")
        assert "哪家的对" in page.locator("h1").inner_text()
        decide(page, said, "2")
        rest = "1" * (2 * (N_DIFFER - 1) + N_PAIRS - N_DIFFER)
        decide(page, said, rest)
        assert faults == []
        assert page.locator("h1").inner_text().startswith("这次都核对完了")
        assert decided(deeds) - before == 2 + 1 + 1 + len(rest)
        assert 2 * median(said.seconds) * LEAST_AN_HOUR * 10 < 3600
        assert faults_at(page, PHONE) == {}


def test_a_payment_and_a_recommendation_are_explained_in_two_clicks(chromium, served):
    app, _ = served
    worker = seeker(app)
    shown_to(app, worker.worker_id)
    with signed_in(chromium, served, Role.AUDITOR) as page:
        paid, listed = Count(), Count()
        page.goto("/office/claims?state=paid")
        paid.click(page, "tbody a[href^='/office/claims/']")
        claim = page.locator("main").inner_text()
        assert all(word in claim for word in ("元", "条款", "政策版本", "材料", "到账", "谁看过"))
        page.goto(f"/office/people/{worker.worker_id}")
        listed.click(page, "a[href^='/office/decisions/']")
        assert page.locator("table.fall").count() or page.locator("a[href*='rank=']").count()
        for count in (paid, listed):
            assert count.clicks <= MOST_CLICKS
            assert sum(count.seconds) < MOST_S
        assert page.locator("main form[method=post]").count() == 0


def test_the_day_opens_the_names_behind_a_figure_in_one_click_and_fits_a_phone(chromium, served):
    with signed_in(chromium, served, Role.OFFICER) as page:
        for what in ("没有人在岗的户", "到日子的回访", "申领缺材料或要核实"):
            count = Count()
            page.goto("/office")
            row = page.locator("tr", has_text=what).first
            n = int("".join(c for c in row.locator("td").first.inner_text().split("\n")[0] if c.isdigit()) or 0)
            assert n > 0
            count.click(page, f"a[aria-label='看名单：{what}']")
            assert count.clicks == 1
            assert page.locator("main tbody tr, main ul.rows > li").count() > 0
        for path in ("/office", "/office/classes", "/office/fairs"):
            page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            page.goto(path)
            assert faults_at(page, PHONE) == {}, path
