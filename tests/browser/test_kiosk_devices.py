"""The kiosk with a reader, a printer and a recorded voice beside it: W1 to W3 as far as a screen can show them."""

from __future__ import annotations

import json
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

import county
import msgspec
import pytest
from browsers import cookie_of
from kiosk_walk import touch, until
from live_server import served_app
from paper_reading import read_paper
from playwright.sync_api import Browser, Page, expect

from matcher.bridges.card_bridge import card_routes
from matcher.bridges.loopback import Bridge
from matcher.bridges.pad import Pad
from matcher.bridges.printer import Printer, Simulated
from matcher.bridges.printer_bridge import printer_routes
from matcher.records.access import Role
from matcher.services.kiosk.cards import demo_cards
from matcher.services.kiosk.speech import spoken
from matcher.services.kiosk.voices import catalogue, new_voice

pytestmark = [pytest.mark.browser]

SECRET: Final = "pairing-secret-of-a-test"
RATE: Final = 8000
SOUNDS: Final = """
  window.played = [];
  window.Audio = class { constructor(url) { this.url = url; }
    async play() { played.push(this.url); setTimeout(() => { this.onplaying(); this.onended(); }, 0); }
    pause() {} };
"""
STORED: Final = "JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie])"


SPEAKS: Final = """(() => {
  const asked = performance.getEntriesByName("asked").at(-1).startTime;
  return performance.getEntriesByName("voice").some(e => e.startTime >= asked);
})()"""
"""Whether a voice was heard since it was last asked for."""


@dataclass
class Stall:
    """A kiosk on its stall: its pages' address, the pad, the paper, and the people by the key of their test card."""

    address: str
    app: Any
    pad: Pad
    paper: Simulated
    numbers: dict[str, tuple[str, str]]

    def lay(self, key: str = "sewer") -> None:
        """Somebody's card is laid on the pad."""
        name, number = self.numbers[key]
        self.pad.lay({"name": name, "id_number": number, "address": "样例村", "photo": "AAAA"})


@contextmanager
def listening(routes, address: str, port: int = 0) -> Iterator[int]:
    bridge = Bridge(port, frozenset({address}), SECRET, routes)
    thread = threading.Thread(target=bridge.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield bridge.port
    finally:
        bridge.shutdown()
        bridge.server_close()
        thread.join()


@pytest.fixture(scope="module")
def stall(tmp_path_factory) -> Iterator[Stall]:
    settings = county.seed(tmp_path_factory.mktemp("stall") / "home")
    folder = new_voice(settings.home, "cmn", "普通话")
    for entry in catalogue().entries:
        silence(folder / f"{entry.key}.wav")
    pad, paper = Pad(), Simulated()
    # The bridges must know the pages' address, the pages the bridges' ports: the address comes first.
    given = {"demo": False, "card_bridge_port": 1, "printer_bridge_port": 1}
    with county.opened(settings, **given) as app, served_app(app) as address:
        run = county.application_of(app)
        with (
            listening(card_routes(pad), address) as card,
            listening(printer_routes(Printer(paper, 32)), address) as printer,
        ):
            ports = {"card_bridge_port": card, "printer_bridge_port": printer}
            object.__setattr__(run, "settings", msgspec.structs.replace(run.settings, **ports))
            cards = {found["key"]: found["worker_id"] for found in demo_cards(run.store, run.settings, run.today())}
            people = run.store.identities(cards.values())
            numbers = {key: (people[who].name, people[who].id_number) for key, who in cards.items()}
            yield Stall(address, app, pad, paper, numbers)


def silence(path: Path) -> None:
    """A tenth of a second of nothing."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(b"\x80" * (RATE // 10))


@contextmanager
def kiosk(chromium: Browser, stall: Stall, *scripts: str) -> Iterator[Page]:
    """A browser that was started with the pairing secret, nothing on the pad."""
    stall.pad.lift()
    stall.paper.told = "ok"
    stall.paper.slips.clear()
    context = chromium.new_context(viewport={"width": 1080, "height": 1920}, has_touch=True, base_url=stall.address)
    machine = stall.app.test_client()
    county.signed_in(machine, Role.KIOSK)
    context.add_cookies([{"name": "matcher_session", "value": cookie_of(machine) or "", "url": stall.address}])
    for script in scripts:
        context.add_init_script(script)
    page = context.new_page()
    page.goto(f"/kiosk#pair={SECRET}")
    expect(page).to_have_url(f"{stall.address}/kiosk")
    yield page
    context.close()


def press(page: Page, name: str) -> None:
    touch(page, page.get_by_role("button", name=name, exact=True))


def to_jobs(page: Page, stall: Stall, key: str = "sewer") -> None:
    stall.lay(key)
    page.wait_for_url("**/kiosk/agree")
    press(page, "行")
    touch(page, page.get_by_role("button", name="天天回家"))
    page.wait_for_url("**/kiosk/jobs")


def test_a_card_four_taps_a_printed_slip_and_nothing_left(chromium, stall, capfd):
    name, number = stall.numbers["sewer"]
    with kiosk(chromium, stall, SOUNDS) as page:
        page.clock.install()
        to_jobs(page, stall)
        touch(page, page.get_by_role("link", name="选1号"))
        title = page.locator(".chosen h2").inner_text()
        press(page, "好，打印")
        expect(page.get_by_text("小票出来了，请拿走。")).to_be_visible()
        (slip,) = (read_paper(each) for each in stall.paper.slips)
        code = page.locator(".code").inner_text()
        for said in ("服务台", "工钱", "12333", code):
            assert said in slip.text
        assert title.split(" · ")[0] in slip.text.replace("\n", "")
        assert slip.qr == code
        page.reload()
        expect(page.get_by_text("小票出来了，请拿走。")).to_be_visible()
        assert len(stall.paper.slips) == 1, "the same slip is printed once"
        # The card is taken: ten seconds later nothing is left, nor 30 seconds after that.
        stall.pad.lift()
        page.wait_for_url("**/kiosk/lifted**")
        assert name[0] + "*" not in page.content()
        page.clock.run_for(11_000)
        page.wait_for_url("**/kiosk")
        page.clock.run_for(30_000)
        for _ in range(6):
            page.go_back()
            assert not any(word in page.content() for word in (name, number, f"{name[0]}*", title))
        page.goto("/kiosk")
        kept = page.evaluate(STORED)
        paper = b"".join(stall.paper.slips).decode("gb18030", "replace")
        said = capfd.readouterr()
        for place in (kept, paper, said.out + said.err):
            assert number not in place
            assert name not in place


def test_walking_away_and_a_card_left_behind(chromium, stall):
    with kiosk(chromium, stall, SOUNDS) as page:
        page.clock.install()
        stall.lay()
        page.wait_for_url("**/kiosk/agree")
        for _ in range(11):
            page.clock.run_for(45_500)
            page.wait_for_url("**/kiosk/idle**")
            # The page's clock goes on by itself: of the twenty seconds a slow machine needs some for the tap.
            page.clock.run_for(12_000)
            touch(page, page.get_by_role("link", name="我还在"))
            page.wait_for_url("**/kiosk/agree")
        page.clock.run_for(45_500)
        page.wait_for_url("**/kiosk/idle**")
        page.clock.run_for(20_500)
        page.wait_for_url("**/kiosk/card-left")
        expect(page.get_by_role("heading", name="身份证别忘了")).to_be_visible()
        expect(page.get_by_text("请工作人员过来")).to_be_hidden()
        with page.expect_request("**/kiosk/alarm"):
            page.clock.run_for(20_500)
        expect(page.get_by_text("请工作人员过来")).to_be_visible()
        page.goto("/kiosk")
        page.wait_for_url("**/kiosk/card-left")
        stall.pad.lift()
        page.wait_for_url("**/kiosk")
        stall.lay("young")
        page.wait_for_url("**/kiosk/agree")


def test_cards_swapped_two_at_once_unreadable_and_a_dead_reader(chromium, stall):
    with kiosk(chromium, stall, SOUNDS) as page:
        to_jobs(page, stall)
        stall.pad.lift()
        page.wait_for_url("**/kiosk/lifted**")
        stall.lay()
        page.wait_for_url("**/kiosk/jobs")
        stall.lay("young")
        page.wait_for_url("**/kiosk/agree")
        expect(page.locator(".hello")).to_contain_text(stall.numbers["young"][0][0] + "*")
        stall.pad.crowd()
        page.wait_for_url("**/kiosk/one-card")
        stall.pad.lift()
        page.wait_for_url("**/kiosk")
        stall.pad.lay({"name": "?"})
        page.wait_for_url("**/kiosk/one-card?unread=1")
        stall.pad.lay({"name": "外人", "id_number": "450206190001010011"})
        page.wait_for_url("**/kiosk/where")
        expect(page.get_by_text("没找到您的登记")).to_be_visible()
        stall.pad.fail()
        page.goto("/kiosk")
        expect(page.get_by_text("读卡器坏了")).to_be_visible()
        press(page, "没带身份证，先看看")
        page.wait_for_url("**/kiosk/where")


def test_no_paper_and_a_server_that_is_gone(chromium, stall):
    with kiosk(chromium, stall, SOUNDS) as page:
        to_jobs(page, stall)
        stall.paper.told = "paper_out"
        touch(page, page.get_by_role("link", name="选1号"))
        page.get_by_role("button", name="好，打印").tap()
        page.wait_for_url("**/kiosk/copy?why=paper_out")
        expect(page.get_by_role("heading", name="打印机没纸了")).to_be_visible()
        code = page.locator(".huge").inner_text()
        assert len(code) == 4
        # The server is gone at the next tap: the page says so, and goes on by itself when it is there again.
        page.route("**/kiosk/**", lambda route: route.abort())
        page.get_by_role("link", name="返回").tap()
        expect(page.get_by_role("heading", name="等一下")).to_be_visible()
        assert code not in page.locator("body").inner_text()
        expect(page.get_by_role("link", name="找人帮忙")).to_be_hidden()
        page.unroute("**/kiosk/**")
        expect(page.get_by_role("heading", name="打印机没纸了")).to_be_visible(timeout=8_000)


def test_a_recorded_voice_begins_at_once_and_says_what_stands_there(chromium, stall):
    with kiosk(chromium, stall) as page:
        press(page, "没带身份证，先看看")
        page.wait_for_url("**/kiosk/where")
        page.get_by_role("button", name="听").tap()
        until(page, SPEAKS)
        waited = page.evaluate("""() => {
          const asked = performance.getEntriesByName("asked").at(-1).startTime;
          return performance.getEntriesByName("voice").find(e => e.startTime >= asked).startTime - asked;
        }""")
        assert waited <= 300
    with kiosk(chromium, stall, SOUNDS) as page:
        press(page, "没带身份证，先看看")
        page.wait_for_url("**/kiosk/where")
        until(page, "performance.getEntriesByName('said').length > 0")
        texts = {entry.key: entry.text for entry in catalogue().entries}
        heard = [texts[url.rsplit("/", 1)[-1].partition(".")[0]] for url in page.evaluate("played")]
        shown = page.locator("main").inner_text().replace("\n", "。")
        lexicon = catalogue().lexicon()
        said = [piece.key for text in heard for piece in spoken(text, lexicon)]
        assert said == [piece.key for piece in spoken(shown, lexicon)]


def test_a_page_of_another_address_hears_nothing(stall):
    line = HTTPConnection("127.0.0.1", county.application_of(stall.app).settings.card_bridge_port, timeout=5)
    line.request("GET", "/events", headers={"Origin": "http://evil.example", "Authorization": f"Bearer {SECRET}"})
    answer = line.getresponse()
    assert (answer.status, json.loads(answer.read())) == (403, {"error": "origin"})
    line.close()
