"""The return ledger at a desk: the person is found, the entry kept, the lists follow; inside the region alone."""

from __future__ import annotations

import pytest
from county import application_of
from order_desk import Desk
from texting_desk import person_of

from matcher.records.access import Role

HERE, ELSEWHERE = "450206102", "450206110"
ENTRY = {"returned_on": "2018-05-30", "from_words": "东莞", "why": "", "wish": "", "helper": "韦样例"}


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.mark.parametrize(("role", "room"), [(Role.OFFICER, "office"), (Role.BROKER, "broker")])
def test_a_person_is_found_and_noted_and_stands_in_the_ledger(app, role, room):
    desk = Desk(app, role, HERE)
    person, phone = person_of(app, HERE)
    found = desk.post(f"/{room}/returns/find", q=person.worker_id)
    page = found.get_data(as_text=True)
    assert found.status_code == 200
    assert f'value="{person.worker_id}"' in page
    assert phone not in page
    for _ in range(2):
        answer = desk.post(f"/{room}/returns", worker_id=person.worker_id, **ENTRY)
        assert answer.status_code == 303
    told = desk.client.get(f"/{room}/returns.json").get_json()
    (row,) = told["entries"]
    assert (row["returned_on"], row["from"], row["helper"], row["by"]) == ("2018-05-30", "东莞", "韦样例", desk.name)
    assert told["villages"] == [{"place": row["place"], "n": 1}]
    assert len(told["willing"]) + len(told["in_work"]) == 1
    assert "记下了" in desk.client.get(answer.headers["Location"]).get_data(as_text=True)
    assert application_of(app).store.records


def test_what_is_asked_for_is_said_when_it_is_missing(app):
    desk = Desk(app, Role.OFFICER)
    person, _ = person_of(app)
    for fields, words in (
        ({"worker_id": "", **ENTRY}, "没有选是谁"),
        ({"worker_id": person.worker_id, **ENTRY, "returned_on": "前天"}, "看不懂"),
        ({"worker_id": person.worker_id, **ENTRY, "returned_on": "2018-06-02"}, "不能在今天以后"),
        ({"worker_id": person.worker_id, **ENTRY, "why": "luck"}, "返乡原因"),
    ):
        answer = desk.post("/office/returns", **fields)
        assert answer.status_code == 422
        assert words in answer.get_data(as_text=True)


def test_somebody_of_another_township_can_neither_be_found_nor_noted(app):
    there, _ = person_of(app, ELSEWHERE)
    for role, room in ((Role.OFFICER, "office"), (Role.BROKER, "broker")):
        desk = Desk(app, role, HERE)
        assert "没有找到" in desk.post(f"/{room}/returns/find", q=there.worker_id).get_data(as_text=True)
        assert desk.post(f"/{room}/returns", worker_id=there.worker_id, **ENTRY).status_code == 404
    assert Desk(app, Role.OFFICER).post("/office/returns", worker_id=there.worker_id, **ENTRY).status_code == 303
    assert Desk(app, Role.BROKER, HERE).client.get("/broker/returns.json").get_json()["entries"] == []


def test_the_auditor_reads_the_ledger_and_notes_nobody(app):
    auditor = Desk(app, Role.AUDITOR)
    for room in ("office", "broker"):
        page = auditor.client.get(f"/{room}/returns").get_data(as_text=True)
        assert 'method="post"' not in page.split('id="main"')[1]
        assert auditor.post(f"/{room}/returns/find", q="某某").status_code == 403
        assert auditor.post(f"/{room}/returns", **ENTRY).status_code == 403
