"""The return ledger at a desk: the person is found, the entry kept, the lists follow; inside the region alone."""

from __future__ import annotations

from datetime import date

import pytest
from county import NOON, application_of
from order_desk import Desk
from texting_desk import person_of

from matcher.ports import Change
from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.ground.own_batch import Deed, write_own

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
    assert len(told["willing"]) + len(told["in_work"]) + len(told["not_left"]) == 1
    assert "记下了" in desk.client.get(answer.headers["Location"]).get_data(as_text=True)
    assert application_of(app).store.records


def placed(app, name, **fields):
    write = Change(record_id=name, sheet="", row=1, fields=fields, since=date.fromisoformat(fields["start"]))
    write_own(application_of(app).store, f"b-{name}", Kind.PLACEMENTS, Deed("test", b"", NOON, "test"), [write])


def end_of(app, name):
    (found,) = application_of(app).store.records(Kind.PLACEMENTS, ids=[name])
    return found.end


def test_who_comes_home_for_good_works_there_no_more_and_a_slip_is_taken_back(app):
    officer, broker, other = Desk(app, Role.OFFICER), Desk(app, Role.BROKER, HERE), Desk(app, Role.BROKER, HERE)
    person, _ = person_of(app, HERE)
    work = {"worker_id": person.worker_id, "employer_name": "样例制衣厂", "start": "2018-03-01"}
    placed(app, "pl-away", **work, place_code="441900")
    placed(app, "pl-near", **work, place_code=f"{HERE}")

    def stands(desk=officer):
        told = desk.client.get("/office/returns.json" if desk is officer else "/broker/returns.json").get_json()
        ids = {name: [row["worker_id"] for row in told[name]] for name in ("entries", "in_work", "not_left", "willing")}
        return {name: person.worker_id in found for name, found in ids.items()}

    broker.post("/broker/returns", worker_id=person.worker_id, **ENTRY | {"why": "festival", "wish": "go_out"})
    assert end_of(app, "pl-away") is None
    assert stands() == {"entries": True, "in_work": False, "not_left": True, "willing": False}
    broker.post("/broker/returns", worker_id=person.worker_id, **ENTRY | {"why": "laid_off"})
    assert (end_of(app, "pl-away"), end_of(app, "pl-near")) == (date(2018, 5, 30), None)
    (row,) = broker.client.get("/broker/returns.json").get_json()["entries"]
    assert row["may_take_back"]
    (theirs,) = other.client.get("/broker/returns.json").get_json()["entries"]
    assert not theirs["may_take_back"]
    assert other.post("/broker/returns/take-back", return_id=row["return_id"]).status_code == 409
    assert broker.post("/broker/returns/take-back", return_id=row["return_id"]).status_code == 303
    assert broker.post("/broker/returns/take-back", return_id=row["return_id"]).status_code == 404
    looks = application_of(app).access.audit(subject=person.worker_id, limit=50)
    assert [one.action for one in looks].count("return_taken_back") == 1
    assert not any(stands().values())
    assert end_of(app, "pl-away") is None
    officer.post("/office/returns", worker_id=person.worker_id, **ENTRY | {"why": "contract_over", "wish": "go_out"})
    assert end_of(app, "pl-away") == date(2018, 5, 30)
    assert officer.post("/office/returns/take-back", return_id=row["return_id"]).status_code == 303
    assert not stands()["entries"]


def test_one_return_told_for_two_days_of_a_week_is_not_two(app):
    desk = Desk(app, Role.OFFICER)
    person, _ = person_of(app)
    told = ENTRY | {"worker_id": person.worker_id}
    assert desk.post("/office/returns", **told).status_code == 303
    for day in ("2018-05-31", "2018-05-24"):
        answer = desk.post("/office/returns", **told | {"returned_on": day})
        assert answer.status_code == 409
        assert "2018-05-30" in answer.get_data(as_text=True)
    assert len(desk.client.get("/office/returns.json").get_json()["entries"]) == 1
    assert desk.post("/office/returns", **told | {"returned_on": "2018-05-01"}).status_code == 303


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
