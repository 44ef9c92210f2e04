"""The kiosk by hand: a card, an answer, three jobs, a slip; and what must never stand on it."""

from __future__ import annotations

import re

import county
import pytest

from matcher.records import Kind
from matcher.services.kiosk.cards import demo_cards

CLOSED = re.compile("贫|搬迁|监测|低收入|残|弱劳|半劳|建档|tier|factor|slot_price|身份证号码")


def csrf(client) -> str:
    found = re.search(r'data-csrf="([^"]*)"', client.get("/kiosk/help").text)
    return found[1] if found else ""


def press(client, path: str, **said: str):
    """Press a button; follows to the next page."""
    return client.post(path, data={"csrf": csrf(client), **said}, follow_redirects=True)


def lay(client, key: str = "sewer"):
    return press(client, "/kiosk/card", card=key)


def with_list(client, key: str = "sewer", where: str = "any") -> list[dict]:
    lay(client, key)
    press(client, "/kiosk/agree")
    press(client, "/kiosk/where", where=where)
    return client.get("/kiosk/jobs.json").json["jobs"]


def worker_of(app, key: str) -> str:
    application = county.application_of(app)
    cards = demo_cards(application.store, application.settings, application.today())
    return next(card["worker_id"] for card in cards if card["key"] == key)


def test_four_presses_from_card_to_slip(client):
    asked = lay(client)
    assert "行吗" in asked.text
    assert "您想去哪里干活" in press(client, "/kiosk/agree").text
    shown = press(client, "/kiosk/where", where="any")
    assert "给您找了三个活" in shown.text
    job = client.get("/kiosk/jobs.json").json["jobs"][0]
    done = press(client, f"/kiosk/jobs/{job['vacancy_id']}/take")
    code = client.get("/kiosk/done.json").json["code"]
    assert re.fullmatch(r"\d{4}", code)
    for page in (done, client.get("/kiosk/slip")):
        assert code in page.text
        assert job["title"] in page.text
        assert "12333" in page.text
        assert "没人可以收您钱" in page.text


def test_each_job_has_one_reason_one_drawback_money_place_and_places(client):
    for job in with_list(client):
        assert job["reason"]
        assert job["drawback"]
        assert job["place_class"]
        assert job["places_left"] >= 1
    page = client.get("/kiosk/jobs").text
    assert page.count("缺点：") >= 3


def test_the_answer_of_today_decides_the_places_and_is_not_written_back(app, client):
    before = county.application_of(app).store.revision()
    near = with_list(client, "young", where="home")
    assert {job["place_class"] for job in near} <= {"就在本村", "就在本镇", "在本县"}
    away = with_list(client, "young", where="away")
    assert away
    assert {job["place_class"] for job in away} == {"在外省"}
    assert county.application_of(app).store.revision() == before


def test_a_no_brings_the_next_one_and_is_kept_with_its_reason(app, client):
    jobs = with_list(client)
    unwanted = jobs[0]["vacancy_id"]
    press(client, f"/kiosk/jobs/{unwanted}/not", reason="distance")
    after = [job["vacancy_id"] for job in client.get("/kiosk/jobs.json").json["jobs"]]
    assert unwanted not in after
    assert after[:2] == [job["vacancy_id"] for job in jobs[1:]]
    access = county.application_of(app).access
    worker_id = worker_of(app, "sewer")
    decision = next(e for e in access.audit(subject=worker_id) if e.action == "recommend").subjects[1]
    assert [(r.kind, r.reason_code, r.channel) for r in access.reactions(decision)][-1] == (
        "decline", "distance", "kiosk",
    )  # fmt: skip


def test_who_does_not_wish_to_work_gets_no_list_and_may_look(client):
    assert with_list(client, "unwilling") == []
    page = client.get("/kiosk/jobs").text
    assert "想找活了，随时再来" in page
    assert "看全部岗位" in page


def test_a_plot_is_a_card_of_its_own_without_area_or_amount(client):
    with_list(client)
    data = client.get("/kiosk/jobs.json").json
    assert set(data["plot"]) == {"channel", "first", "sentence"}
    page = client.get("/kiosk/jobs").text
    assert "微田园" in page
    assert not re.search(r"\d\s*亩", page)
    slip = press(client, "/kiosk/plot").text
    assert "问菜地" in slip


def test_looking_needs_no_record_and_six_presses(app, client):
    subjects = len(county.application_of(app).access.audit(limit=1000))
    press(client, "/kiosk/look")
    press(client, "/kiosk/where", where="near")
    press(client, "/kiosk/trade", trade="")
    jobs = client.get("/kiosk/jobs.json").json
    assert jobs["known"] is False
    assert len(jobs["jobs"]) == 3
    press(client, f"/kiosk/jobs/{jobs['jobs'][0]['vacancy_id']}/take")
    assert "编号" in client.get("/kiosk/slip").text
    assert len(county.application_of(app).access.audit(limit=1000)) == subjects


def test_all_jobs_are_the_same_with_and_without_a_card(client):
    def every() -> list[str]:
        first = client.get("/kiosk/all.json").json
        pages = [client.get(f"/kiosk/all.json?page={nr}").json for nr in range(1, first["n_pages"] + 1)]
        return [job["vacancy_id"] for page in pages for job in page["jobs"]]

    looked = every()
    assert len(looked) == len(set(looked)) == client.get("/kiosk/all.json").json["total"]
    with_list(client)
    assert every() == looked
    assert client.get("/kiosk/all.json?page=9999").json["page"] == client.get("/kiosk/all.json").json["n_pages"]
    assert client.get("/kiosk/all.json?page=-1").json["page"] == 1


def test_a_job_refused_by_two_taps_is_refused_once(client):
    refused = with_list(client)[0]["vacancy_id"]
    for _ in range(2):
        press(client, f"/kiosk/jobs/{refused}/not", reason="wage")
    told = client.get("/kiosk/jobs.json").json
    assert told["n_refused"] == 1
    assert refused not in [job["vacancy_id"] for job in told["jobs"]]


def test_the_end_leaves_nothing_of_the_person(client):
    lay(client)
    name = client.get("/kiosk/agree.json").json["name"]
    assert re.fullmatch(r".\*.?", name)
    press(client, "/kiosk/over")
    for path in ("/kiosk/agree", "/kiosk/jobs", "/kiosk/done", "/kiosk/slip", "/kiosk/plot"):
        answer = client.get(path)
        assert answer.status_code == 303
        assert name not in answer.text


def test_an_idle_visit_is_wiped_by_the_server_too(make_app):
    app = make_app()
    client = app.test_client()
    lay(client)
    county.clock(app).advance(seconds=county.application_of(app).settings.kiosk_seconds + 1)
    assert client.get("/kiosk/agree").status_code == 303


@pytest.mark.parametrize("key", ["sewer", "young", "daily", "plain"])
def test_no_page_tells_status_numbers_or_the_worker(app, client, key):
    store = county.application_of(app).store
    worker_id = worker_of(app, key)
    identity = store.identities([worker_id])[worker_id]
    jobs = with_list(client, key)
    chosen = jobs[0]["vacancy_id"]
    press(client, f"/kiosk/jobs/{chosen}/take")
    of_job = [f"jobs/{chosen}/{page}" for page in ("why", "not", "take")]
    for path in ("agree", "where", "jobs", *of_job, "done", "phone", "slip", "plot", "all", "help", "idle", "lifted"):
        for page in (client.get(f"/kiosk/{path}").text, client.get(f"/kiosk/{path}.json").text):
            assert not CLOSED.search(page), (path, CLOSED.search(page))
            for secret in (identity.name, identity.phone, identity.id_number, worker_id):
                assert not secret or secret not in page


FRAME = {"speak", "back", "helper", "list", "ok", "warn", "ask"}
"""Pictograms of the frame, which every page may use."""


def test_a_page_sends_the_pictograms_it_shows_and_no_other(client):
    job = with_list(client)[0]["vacancy_id"]
    press(client, f"/kiosk/jobs/{job}/take")
    pages = ["", "/agree", "/where", "/trade", "/jobs", *(f"/jobs/{job}/{page}" for page in ("why", "not", "take"))]
    pages = (*pages, "/plot", "/done", "/phone", "/copy", "/lifted", "/all", "/all?page=2", "/help", "/idle")
    for page in (*pages, "/nowhere", "/card-left", "/one-card", "/one-card?unread=1"):
        text = client.get(f"/kiosk{page}").text
        sent, used = re.findall(r'<symbol id="i-(\w+)"', text), set(re.findall(r'href="#i-(\w+)"', text))
        assert len(sent) == len(set(sent)), page
        assert used <= set(sent) <= used | FRAME, page


def test_without_demonstration_there_are_no_cards_and_the_page_says_so(make_app):
    app = make_app(demo=False)
    client = app.test_client()
    assert client.get("/kiosk.json").json["cards"] == []
    assert "还没有接读卡器" in client.get("/kiosk").text
    assert client.post("/kiosk/card", data={"card": "sewer"}).status_code == 404


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        ("/kiosk/where", {"where": "moon"}, 422),
        ("/kiosk/card", {"card": "nobody"}, 404),
        ("/kiosk/jobs/none/take", {}, 404),
        ("/kiosk/jobs/%3Cscript%3E/not", {"reason": "wage"}, 404),
    ],
)
def test_what_is_not_on_the_screen_is_refused(client, path, said, status):
    with_list(client)
    answer = client.post(path, data={"csrf": csrf(client), **said})
    assert answer.status_code == status
    assert "<script>alert" not in answer.text


def test_a_form_without_its_token_is_refused(client):
    with_list(client)
    assert client.post("/kiosk/over", data={"csrf": "guess"}).status_code == 403


def test_every_card_is_a_worker_of_the_county_once(app):
    application = county.application_of(app)
    cards = demo_cards(application.store, application.settings, application.today())
    ids = [card["worker_id"] for card in cards]
    known = {worker.worker_id for worker in application.store.records(Kind.WORKERS)}
    assert len(ids) == len(set(ids)) >= 4
    assert set(ids) <= known
