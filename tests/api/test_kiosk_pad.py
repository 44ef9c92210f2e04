"""The lit pad at the server: whose card it is, one that nobody is registered under, the same and another one laid."""

from __future__ import annotations

import county
import pytest
from browsers import cookie_of
from test_kiosk_flow import csrf, press

from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.access.sign_in import sha256_of
from matcher.services.kiosk.cards import demo_cards

NOBODY = "450206190001010011"
PORTS = {"card_bridge_port": 8771, "printer_bridge_port": 8772}


@pytest.fixture
def pad(make_app):
    """A kiosk with a reader, of a demonstration."""
    return make_app(**PORTS)


def number_of(app, key: str = "sewer") -> str:
    run = county.application_of(app)
    cards = demo_cards(run.store, run.settings, run.today())
    worker_id = next(card["worker_id"] for card in cards if card["key"] == key)
    return run.store.identities([worker_id])[worker_id].id_number


def lay(client, number: str, **more: str):
    return press(client, "/kiosk/card", number=number, **more)


def test_a_card_of_the_reader_opens_a_visit_and_its_number_is_kept_nowhere(pad, capfd):
    client, number = pad.test_client(), number_of(pad)
    answer = lay(client, number)
    assert "用您的登记信息" in answer.text
    assert 'data-pad="visit"' in answer.text
    run = county.application_of(pad)
    kept = run.access.session(sha256_of(cookie_of(client)))
    assert kept.facts["pad"] is True
    assert number not in str(kept)
    assert all(number not in str(entry) for entry in run.access.audit(limit=100))
    for path in ("/kiosk/agree", "/kiosk/agree.json"):
        assert number not in client.get(path).text
    said = capfd.readouterr()
    assert number not in said.out + said.err


def test_a_number_nobody_is_registered_under_leads_to_looking_round(pad):
    client = pad.test_client()
    shown = lay(client, NOBODY)
    assert "没找到您的登记" in shown.text
    assert "您想去哪里干活" in shown.text
    press(client, "/kiosk/where", where="any")
    press(client, "/kiosk/trade", trade="")
    assert len(client.get("/kiosk/jobs.json").json["jobs"]) == 3


def test_the_same_card_laid_again_goes_on_and_another_one_ends_the_visit(pad):
    client = pad.test_client()
    lay(client, number_of(pad))
    press(client, "/kiosk/agree")
    press(client, "/kiosk/where", where="any")
    before = client.get("/kiosk/jobs.json").json["jobs"]
    again = client.post("/kiosk/card", data={"csrf": csrf(client), "number": number_of(pad), "back": "/kiosk/jobs"})
    assert (again.status_code, again.headers["Location"]) == (303, "/kiosk/jobs")
    assert client.get("/kiosk/jobs.json").json["jobs"] == before
    other = lay(client, number_of(pad, "young"))
    assert "用您的登记信息" in other.text
    assert client.get("/kiosk/jobs").status_code == 303, "nothing of the first visit is left"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/kiosk", "/office", "/kiosk\r\nX: 1"])
def test_a_card_laid_again_leads_nowhere_else(pad, back):
    client = pad.test_client()
    lay(client, number_of(pad))
    again = client.post("/kiosk/card", data={"csrf": csrf(client), "number": number_of(pad), "back": back})
    assert again.headers["Location"] == "/kiosk/agree"


def test_two_cards_end_the_visit_and_say_so(pad):
    client = pad.test_client()
    lay(client, number_of(pad))
    assert "一次放一张身份证" in press(client, "/kiosk/over", two_cards="1").text
    assert client.get("/kiosk/agree").status_code == 303


def test_a_card_taken_away_shows_nothing_of_the_person_and_counts_ten_seconds(pad):
    client = pad.test_client()
    lay(client, number_of(pad))
    name = client.get("/kiosk/agree.json").json["name"]
    page = client.get("/kiosk/lifted?back=/kiosk/agree")
    assert 'data-over="10"' in page.text
    assert 'data-pad="lifted"' in page.text
    assert name not in page.text
    press(client, "/kiosk/over")
    assert client.get("/kiosk/lifted").status_code == 303


def test_a_card_left_behind_is_told_without_a_name_and_a_helper_is_called(pad):
    client = pad.test_client()
    lay(client, number_of(pad))
    press(client, "/kiosk/over")
    page = client.get("/kiosk/card-left")
    assert "身份证别忘了" in page.text
    assert "看全部岗位" not in page.text, "nobody begins before it is taken away"
    press(client, "/kiosk/alarm")
    entry = county.application_of(pad).access.audit(limit=1)[0]
    assert (entry.action, entry.subjects) == ("card_left", ())


def test_numbers_are_looked_up_for_the_countys_kiosks_alone(make_app):
    app = make_app(demo=False, **PORTS)
    number = number_of(app)
    stranger = app.test_client()
    refused = stranger.post("/kiosk/card", data={"number": number})
    assert refused.status_code == 403
    assert number not in refused.text
    kiosk = app.test_client()
    county.signed_in(kiosk, Role.KIOSK)
    assert "用您的登记信息" in lay(kiosk, number).text
    elsewhere = app.test_client()
    county.signed_in(elsewhere, Role.KIOSK, ("4503",))
    assert "没找到您的登记" in lay(elsewhere, number).text


def test_without_a_bridge_no_number_is_taken_and_the_page_asks_nobody_else(client, app):
    answer = client.post("/kiosk/card", data={"number": number_of(app)})
    assert answer.status_code == 404
    page = client.get("/kiosk")
    assert "kiosk-pad.js" not in page.text
    assert "127.0.0.1" not in page.headers["Content-Security-Policy"]


def test_a_kiosks_page_may_ask_the_two_ports_of_its_machine_and_the_staffs_may_not(pad):
    client = pad.test_client()
    policy = client.get("/kiosk").headers["Content-Security-Policy"]
    assert "connect-src 'self' http://127.0.0.1:8771 http://127.0.0.1:8772;" in policy
    assert client.get("/login").headers["Content-Security-Policy"].count("127.0.0.1") == 0
    assert 'data-card-port="8771"' in client.get("/kiosk").text


@pytest.mark.parametrize("number", ["", " ", "x" * 5000, "450206", "\u202e𠮷", "' OR 1=1"])
def test_what_is_no_number_opens_nobodys_record(pad, number):
    client = pad.test_client()
    answer = client.post("/kiosk/card", data={"number": number}, follow_redirects=True)
    assert answer.status_code in (200, 404)
    assert "用您的登记信息" not in answer.text


def test_everybody_has_a_number_of_their_own_on_a_kiosk_that_is_signed_in_all_day(make_app):
    app = make_app(**PORTS)
    client = app.test_client()
    county.signed_in(client, Role.KIOSK)
    codes = []
    for key in ("sewer", "plain"):
        lay(client, number_of(app, key))
        press(client, "/kiosk/agree")
        press(client, "/kiosk/plot")
        codes.append(client.get("/kiosk/done.json").json["paper"]["slip_id"])
        press(client, "/kiosk/over")
    assert len(set(codes)) == 2
    assert {worker.worker_id for worker in county.application_of(app).store.records(Kind.WORKERS)}
