"""The pages of text messages in a browser: accessible, no wider than a phone; the counter counts as the server does."""

from __future__ import annotations

from collections.abc import Iterator

import county
import pytest
from browsing import WIDER, faults_at
from live_server import served_app
from order_desk import Desk
from playwright.sync_api import Browser, Page
from texting_desk import OPEN_IN_JUNE, texted

from matcher.records import Kind
from matcher.records.access import Role
from matcher.records.texts import SendingState

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = ((360, 740), (1366, 768))
OFFICE = ("/office", "/office/sms", "/office/sms/s-a", "/office/sms/s-b", "/office/sms/plan", "/office/sms/inbox",
          "/office/sms/texts", "/office/sms/texts/shortlist_3", "/office/returns", "/office/halts")  # fmt: skip
BROKER = ("/broker/call-backs", "/broker/call-backs/c-a", "/broker/returns")


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[object, str]]:
    settings = county.seed(tmp_path_factory.mktemp("sms_pages") / "home")
    (settings.home / "sending.toml").write_text(OPEN_IN_JUNE, "utf-8")
    with county.opened(settings) as app, served_app(app) as address:
        texted(app, tag="a")
        texted(app, tag="b", nr=2, state=SendingState.WAITING)
        post = county.application_of(app).store.records(Kind.VACANCIES)[0]
        texted(app, tag="c", nr=1, complained=post.vacancy_id)
        yield app, address


def opened(chromium: Browser, served: tuple[object, str], role: Role, *, bypass_csp: bool = True) -> Page:
    app, address = served
    desk = Desk(app, role)
    context = chromium.new_context(base_url=address, bypass_csp=bypass_csp)
    cookie = desk.client.get_cookie("matcher_session")
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    return context.new_page()


def test_a_closed_season_fits_a_phone(chromium, served):
    app, _ = served
    path = county.application_of(app).settings.home / "sending.toml"
    text = path.read_text("utf-8")
    path.unlink()
    page = opened(chromium, served, Role.OFFICER)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/office/sms")
    path.write_text(text, "utf-8")
    assert "还没到返乡季" in page.inner_text("main")
    assert page.evaluate(WIDER) == 0
    page.context.close()


@pytest.mark.parametrize(("role", "paths"), [(Role.OFFICER, OFFICE), (Role.BROKER, BROKER)])
def test_axe_finds_nothing_and_nothing_leaves_the_screen(chromium, served, role, paths):
    page = opened(chromium, served, role)
    faults = {}
    for path in paths:
        page.set_viewport_size({"width": WIDTHS[0][0], "height": WIDTHS[0][1]})
        page.goto(path)
        told = faults_at(page, *WIDTHS)
        if told:
            faults[path] = told
    assert faults == {}
    page.context.close()


@pytest.mark.parametrize(
    "slots", [{}, {"greeting": "韦师傅", "job1": "缝纫工 月3200起 就在本村"}, {"greeting": "𬭎师傅", "job3": "一" * 30}]
)
def test_the_counter_in_the_browser_says_what_the_server_says(chromium, served, slots):
    page = opened(chromium, served, Role.OFFICER, bypass_csp=False)
    page.goto("/office/sms/texts/shortlist_3")
    for name, text in slots.items():
        page.fill(f"#slot-{name}", text)
    shown = [page.inner_text(f"#{part}") for part in ("units", "n-parts", "preview")]
    halted = "halt" in (page.get_attribute("#left", "class") or "")
    page.click("form[data-counter] button")
    page.wait_for_load_state()
    assert shown == [page.inner_text(f"#{part}") for part in ("units", "n-parts", "preview")]
    assert halted == ("不能发" in page.inner_text("#left") or page.locator(".note.halt").count() > 1)
    page.context.close()


def test_a_number_goes_when_the_card_is_left(chromium, served):
    page = opened(chromium, served, Role.BROKER, bypass_csp=False)
    page.goto("/broker/call-backs/c-a")
    page.click("text=看号码")
    assert page.locator("a[href^='tel:']").count() == 1
    # The page itself sets its address back, so that going back asks for no number.
    page.wait_for_url("**/broker/call-backs/c-a")
    page.goto("/broker/call-backs")
    page.go_back()
    assert page.locator("a[href^='tel:']").count() == 0
    page.context.close()
