"""Notices: the chosen job is gone, the bus leaves tomorrow; to whom, in which words, once, within gates."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from delivering import Hands
from texting_county import (
    AT,
    CHINA,
    COUNTY,
    HOME,
    OFFICER,
    POSTS,
    desk_of,
    opened,
    person,
    phone,
    post,
    reply,
    send_all,
    write,
)
from texting_rig import Rig

from matcher.records import Kind
from matcher.records.orders import LabourOrder, OrderState, Seat, SeatState
from matcher.records.texts import Queue
from matcher.services.messages.call_queue import NoteCallBack, note_call_back
from matcher.services.messages.notices import send_notices
from matcher.services.messages.plan_texts import plan_texts
from matcher.services.messages.release import release_sending
from matcher.services.messages.take_reply import take_reply
from matcher.services.messages.timers import run_timers
from matcher.services.messages.write_lists import PlanTexts
from matcher.services.rosters.suspension import suspend_post

CALL = PlanTexts(jurisdiction=COUNTY)
READ = AT + timedelta(hours=1)
LATER = READ + timedelta(hours=1)
BUS = datetime(2018, 3, 7, 7, 30, tzinfo=CHINA)
DAY_BEFORE = datetime(2018, 3, 6, 10, tzinfo=CHINA)


@pytest.fixture
def desk(tmp_path):
    """Two people have chosen the first job of their list, a third one has not answered."""
    with opened(tmp_path, [person(n) for n in (1, 2, 3)], [*POSTS, post("v5", place_code=HOME)]) as app:
        found = desk_of(app)
        release_sending(found, plan_texts(found, CALL, OFFICER).sending.sending_id, OFFICER)
        send_all(found, AT)
        for n in (1, 2):
            take_reply(found, reply(phone(n), "1", READ), at=READ)
        send_all(found, READ)
        yield found


def chosen(desk, worker_id="w1"):
    return desk.texts.offers(worker_ids=[worker_id])[0].chosen


def fill(desk, vacancy_id):
    write(desk.store, Kind.VACANCIES, [(vacancy_id, {"filled": 99, "headcount": 99}, None)], tag="filled", at=LATER)


def notices(desk, template_id):
    return [text for text in desk.texts.texts() if text.template_id == template_id]


def order(vacancy_id, *worker_ids, seats=SeatState.CONFIRMED, **fields):
    people = tuple(Seat(worker_id=one, state=seats, place=nr, changed_at=AT) for nr, one in enumerate(worker_ids, 1))
    usual = {
        "order_id": "o1", "vacancy_id": vacancy_id, "region_code": "450206", "n_seats": 40, "state": OrderState.OPEN,
        "departs_at": BUS, "pickup": "镇政府门口", "broker": "broker", "created_at": AT, "people": people,
    }  # fmt: skip
    return LabourOrder(**{**usual, **fields})


def test_who_chose_a_job_that_fills_before_the_call_is_told_once(desk):
    assert run_timers(desk, LATER).n_notices == 0
    assert chosen(desk, "w1") == chosen(desk, "w2")
    fill(desk, chosen(desk))
    assert run_timers(desk, LATER).n_notices == 2
    assert run_timers(desk, LATER).n_notices == 0
    told = notices(desk, "filled")
    assert {text.worker_id for text in told} == {"w1", "w2"}
    assert all("已经招满，请别白跑" in text.body and len(text.parts) <= 2 for text in told)
    assert len(send_all(desk, LATER)) == 2
    assert send_notices(desk, LATER + timedelta(days=1)) == 0


def test_who_has_been_called_is_not_told_by_text(desk):
    (task,) = [one for one in desk.texts.tasks(open_only=True) if one.worker_id == "w1"]
    note_call_back(desk, NoteCallBack(task_id=task.task_id, outcome="no"), OFFICER._replace(at=READ))
    fill(desk, chosen(desk, "w2"))
    assert send_notices(desk, LATER) == 1
    assert [text.worker_id for text in notices(desk, "filled")] == ["w2"]


def test_a_halted_job_is_not_called_full(desk):
    suspend_post(desk.store, chosen(desk), at=LATER, by="officer")
    assert send_notices(desk, LATER) == 2
    assert notices(desk, "filled") == []
    assert all("现在不招人" in text.body for text in notices(desk, "closed"))


def test_seats_of_an_order_fill_a_job_but_not_for_who_sits_on_them(desk):
    vacancy_id = chosen(desk)
    (found,) = desk.store.records(Kind.VACANCIES, ids=[vacancy_id])
    others = [f"x{n}" for n in range(found.places_left - 1)]
    desk.orders.add_order(order(vacancy_id, "w1", *others, departs_at=None))
    assert send_notices(desk, LATER) == 1
    assert [text.worker_id for text in notices(desk, "filled")] == ["w2"]


def test_neither_at_night_nor_to_who_refused_since(desk):
    fill(desk, chosen(desk))
    night = AT + timedelta(hours=9)
    assert send_notices(desk, night) == 0
    take_reply(desk, reply(phone(1), "T", night), at=night)
    assert send_notices(desk, AT + timedelta(days=1)) == 1
    assert [text.worker_id for text in notices(desk, "filled")] == ["w2"]


def test_the_day_before_who_is_confirmed_and_agreed_is_told_of_the_bus(desk):
    write(desk.store, Kind.WORKERS, [("w2", {"consent": {"sms": False}}, None)], tag="no")
    desk.orders.add_order(order("v2", "w1", "w2"))
    desk.orders.add_order(order("v2", "w3", order_id="o2", seats=SeatState.HELD))
    assert send_notices(desk, DAY_BEFORE - timedelta(days=1)) == 0
    assert send_notices(desk, DAY_BEFORE) == 1
    assert send_notices(desk, DAY_BEFORE) == 0
    (text,) = notices(desk, "departure")
    assert (text.worker_id, text.phone, text.not_after) == ("w1", phone(1), BUS)
    assert "韦师傅您好，3月7日7:30在镇政府门口上车去" in text.body
    assert "东莞" in text.body
    assert len(text.parts) <= 2
    assert send_notices(desk, BUS) == 0


def test_a_bus_that_is_moved_is_told_anew_and_a_cancelled_one_not_at_all(desk):
    desk.orders.add_order(order("v2", "w1"))
    desk.orders.add_order(order("v2", "w3", order_id="o2", pickup="很远" * 20))
    assert send_notices(desk, DAY_BEFORE) == 1
    moved = BUS + timedelta(hours=1)
    desk.orders.change_order("o1", lambda found, _: order("v2", "w1", departs_at=moved))
    assert send_notices(desk, DAY_BEFORE) == 1
    states = {text.not_after: text.queue for text in notices(desk, "departure")}
    assert states == {BUS: Queue.WITHDRAWN, moved: Queue.QUEUED}
    early = BUS - timedelta(hours=1)
    desk.orders.change_order("o1", lambda found, _: order("v2", "w1", departs_at=early, state=OrderState.CANCELLED))
    assert send_notices(desk, DAY_BEFORE) == 0


@pytest.fixture
def family(tmp_path):
    """Two Weis and a Lan on one phone, another Wei with a phone of one's own; a worker and its carrier."""
    names = {1: "韦小英", 2: "韦大山", 3: "兰小妹", 4: "韦小英"}
    people = [person(n, name=name, phone=phone(min(n, 3) if n > 3 else 1)) for n, name in names.items()]
    with opened(tmp_path, people, [*POSTS, post("v5", place_code=HOME)]) as app, closing(app.gateway("file")) as way:
        rig = Rig(app, way, Hands(DAY_BEFORE))
        rig.desk.orders.add_order(order("v2", "w1", "w2", "w3", "w4"))
        yield rig


def test_each_of_a_family_on_one_phone_is_told_of_the_bus_once_and_told_apart(family):
    told = [family.turn() for _ in range(4)]
    assert [turn.n_accepted for turn in told] == [4, 0, 0, 0]
    family.clock.move(timedelta(hours=2))
    assert family.turn().n_accepted == 0
    (day,) = (family.app.settings.home / "outbox").glob("*.jsonl")
    lines = [json.loads(line) for line in day.read_text("utf-8").splitlines()]
    greeted = sorted((line["phone"], line["body"].partition("】")[2].partition("您好")[0]) for line in lines)
    # The surname alone where that says whom it is for.
    assert greeted == sorted([(phone(1), "韦*英"), (phone(1), "韦*山"), (phone(1), "兰师傅"), (phone(3), "韦师傅")])
    assert all("韦小英" not in line["body"] for line in lines)


def test_one_of_a_family_who_refused_keeps_nobody_else_from_the_bus_but_the_number_does(family):
    write(family.desk.store, Kind.WORKERS, [("w2", {"consent": {"sms": False}}, None)], tag="no")
    family.turn()
    assert {text.worker_id for text in notices(family.desk, "departure")} == {"w1", "w3", "w4"}
    # A refusal from the number itself holds for everybody on it.
    moved = BUS + timedelta(hours=1)
    family.desk.orders.change_order("o1", lambda found, _: order("v2", "w1", "w2", "w3", departs_at=moved))
    take_reply(family.desk, reply(phone(1), "T", DAY_BEFORE), at=DAY_BEFORE)
    assert send_notices(family.desk, DAY_BEFORE) == 0


def test_a_name_that_fits_no_slot_masked_stays_a_surname(tmp_path):
    people = [person(n, name=name, phone=phone(1)) for n, name in ((1, "𬭎一𬭎"), (2, "𬭎二𬭎"))]
    with opened(tmp_path, people, [*POSTS, post("v5", place_code=HOME)]) as app:
        desk = desk_of(app)
        desk.orders.add_order(order("v2", "w1", "w2"))
        assert send_notices(desk, DAY_BEFORE) == 2
        assert all("】𬭎师傅您好" in text.body for text in notices(desk, "departure"))
