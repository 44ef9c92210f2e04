"""The office's pages in a browser: readable at a desk and on a phone, by keyboard alone, without scripts, small."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import county
import pytest
from browsing import faults_at
from live_server import served_app
from msgspec.structs import replace
from office_desk import ROSTER, candidates_of, desk, preview, seeker, shown_to
from playwright.sync_api import Browser, BrowserContext, Page, expect

from matcher.records import Kind
from matcher.records.access import ImportJob, Role

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, PHONE = (1366, 768), (360, 740)
MOST_BYTES: Final = 150 * 1024
N_AT_ONCE: Final = 6


class Served:
    """The synthetic county behind a real socket, with one of everything the office has a page for."""

    def __init__(self, app: Any, address: str) -> None:
        self.app, self.address = app, address
        client, csrf = desk(app)
        run = county.application_of(app)
        counts = run.store.exposure_counts("2018-02-01/2018-07-31")
        worker = seeker(app)
        shown = shown_to(app, worker.worker_id)
        job = ImportJob(job_id="i-waits", kind="workers", file="a.csv", actor="x", created_at=run.clock.now())
        self.pages = (
            "/office",
            "/office/adverts?reason=deposit",
            "/office/imports",
            "/office/orders",
            "/office/arrears",
            "/office/brokers",
            preview(client, csrf).location,
            f"/office/imports/{run.store.batches()[1].batch_id}",
            "/office/policy",
            "/office/figures",
            "/office/figures/liujiang_2018/welfare_post_subsidy",
            "/office/policy/liujiang_2018?on=2026-01-01",
            "/office/policy/national",
            f"/office/people?town={worker.place_code[:9]}",
            f"/office/people/{worker.worker_id}",
            f"/office/decisions/{shown}",
            f"/office/decisions/{candidates_of(app, max(counts, key=lambda name: (counts[name], name)))}",
            f"/office/lists/{worker.worker_id}",
            "/office/decisions/nothing",
        )
        self.worker_id, self.shown = worker.worker_id, shown
        self.waiting = job


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    settings = county.seed(tmp_path_factory.mktemp("browser") / "home")
    with county.opened(settings) as app, served_app(app) as address:
        yield Served(app, address)


@contextmanager
def signed_in(chromium: Browser, served: Served, size=DESK, **options: Any) -> Iterator[BrowserContext]:
    """A context of a browser in which somebody of the office has signed in."""
    cookie = desk(served.app, Role.OFFICER)[0].get_cookie("matcher_session")
    width, height = size
    context = chromium.new_context(viewport={"width": width, "height": height}, base_url=served.address, **options)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": served.address}])
    yield context
    context.close()


@pytest.fixture
def page(chromium, served) -> Iterator[Page]:
    with signed_in(chromium, served) as context:
        yield context.new_page()


@dataclass(frozen=True)
class Shown:
    """What one load of a page showed.

    n_filled : filled buttons at a desk
    low : what a thumb misses on a phone
    faults : width -> what axe finds and what leaves the screen, with everything open that can be opened
    """

    n_filled: int
    low: list[str]
    faults: dict[int, list[Any]]


@pytest.fixture(scope="module")
def shown(chromium, served) -> dict[str, Shown]:
    """What each page showed, loaded once."""
    # axe is put in from outside, which our content policy would rightly refuse.
    with signed_in(chromium, served, bypass_csp=True) as context:
        page = context.new_page()
        return {path: look_at(page, path) for path in served.pages}


def look_at(page: Page, path: str) -> Shown:
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.goto(path)
    n_filled = page.locator("main .main:visible").count()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    low = page.locator("main :is(button, a.btn, summary):visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"
    )
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    return Shown(n_filled, low, faults_at(page, PHONE, DESK))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_and_nothing_leaves_the_screen(shown, size):
    assert {path: seen.faults[size[0]] for path, seen in shown.items() if size[0] in seen.faults} == {}


def test_a_narrow_screen_has_targets_for_a_thumb(shown):
    assert {path: seen.low for path, seen in shown.items() if seen.low} == {}


def test_one_button_a_page_is_filled(shown):
    assert [path for path, seen in shown.items() if seen.n_filled > 1] == []
    assert any(seen.n_filled for seen in shown.values())


def test_every_first_load_is_small_breaks_no_rule_and_asks_nobody_else(chromium, served):
    paths = served.pages[:-1]
    for some in (paths[at : at + N_AT_ONCE] for at in range(0, len(paths), N_AT_ONCE)):
        with ExitStack() as stack:
            # Each in a browser that has kept nothing; until nothing more is asked for is waited once for all.
            loads = {path: Load(stack.enter_context(signed_in(chromium, served)), path) for path in some}
            for path, load in loads.items():
                load.page.wait_for_load_state("networkidle")
                foreign = load.page.evaluate(
                    "performance.getEntriesByType('resource').filter(e => !e.name.startsWith(origin)).length"
                )
                assert foreign == 0, path
                assert [text for text in load.said if "favicon" not in text and "404" not in text] == [], path
                assert 0 < sum(load.sizes) <= MOST_BYTES, (path, sum(load.sizes))


class Load:
    """A page that is asked for, what it complains of and how many bytes come for it."""

    def __init__(self, context: BrowserContext, path: str) -> None:
        self.page = context.new_page()
        self.said: list[str] = []
        self.sizes: list[int] = []
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("requestfinished", lambda request: self.sizes.append(request.sizes()["responseBodySize"]))
        self.page.goto(path)


def test_a_roster_is_previewed_imported_and_taken_back_by_keyboard_alone(page, served):
    before = len(county.application_of(served.app).store.records(Kind.WORKERS))
    page.goto("/office/imports")
    page.locator("#kind").focus()
    for _ in ("户", "人员"):
        page.keyboard.press("ArrowDown")
    page.locator("#file").set_input_files(
        {"name": "名册.csv", "mimeType": "text/csv", "buffer": ROSTER.encode("utf-8-sig")}
    )
    page.get_by_role("button", name="先预览").press("Enter")
    expect(page.get_by_role("button", name="导入2行")).to_be_visible(timeout=20_000)
    expect(page.locator("td.bad")).to_have_count(1)
    page.get_by_role("button", name="导入2行").press("Enter")
    expect(page.locator("#undo")).to_be_visible(timeout=20_000)
    assert len(county.application_of(served.app).store.records(Kind.WORKERS)) == before + 2
    page.locator("summary", has_text="撤销这一批").press("Enter")
    page.locator("input[name=sure]").press("Space")
    page.get_by_role("button", name="撤销这一批").press("Enter")
    expect(page.locator("[data-say]")).to_contain_text("已经撤销")
    assert len(county.application_of(served.app).store.records(Kind.WORKERS)) == before


def test_an_import_on_its_way_comes_to_its_end_without_a_press(page, served):
    access = county.application_of(served.app).access
    access.put_job(served.waiting)
    page.goto("/office/imports/i-waits")
    expect(page.locator("[data-say]")).to_contain_text("还没有轮到")
    access.put_job(replace(served.waiting, state="interrupted", error="系统在导入途中停了"))
    expect(page.locator("[data-say]")).to_contain_text("中途停了", timeout=5_000)
    expect(page.locator("#said")).to_contain_text("中途停了")
    assert page.locator("[hx-trigger]").count() == 0


def test_a_person_is_found_and_the_list_explained_in_a_few_presses(page, served):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    run = county.application_of(served.app)
    name = run.store.identities([served.worker_id])[served.worker_id].name
    page.goto("/office/people")
    page.locator("#q").fill(name)
    page.keyboard.press("Enter")
    page.locator(f'a[href$="{served.worker_id}"]').press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.get_by_role("link", name="为什么这样").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("为什么给")
    expect(page.locator("ul.bars li")).to_have_count(3)
    page.get_by_role("link", name="第2位为什么").press("Enter")
    expect(page.locator("#three")).to_contain_text("第2位")
    assert not [url for url in asked if name in url or "%E" in url]


def test_everything_works_without_scripts(chromium, served):
    with signed_in(chromium, served, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/office")
        page.locator('.figures a[href="/office/figures"]').click()
        expect(page.locator("table").first).to_be_visible()
        page.goto("/office/policy")
        page.locator("#on").fill("2026-01-01")
        page.get_by_role("button", name="看").click()
        expect(page.locator(".tag.halt").first).to_contain_text("已到期")
        page.goto("/office/imports")
        page.locator("#kind").select_option("workers")
        page.locator("#file").set_input_files(
            {"name": "名册.csv", "mimeType": "text/csv", "buffer": ROSTER.encode("utf-8-sig")}
        )
        page.get_by_role("button", name="先预览").click()
        for _ in range(50):
            if page.get_by_role("button", name="导入2行").count():
                break
            page.get_by_role("link", name="现在看看").click()
        expect(page.get_by_role("button", name="导入2行")).to_be_visible()
