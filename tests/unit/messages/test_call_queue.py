"""Calls that are owed: promised, masked, late, escalated, tried again, closed once; numbers for who may see them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from texting_county import AT, COUNTY, OFFICER, SECOND, desk_of, later, opened, person, phone, reply, send_all

from matcher.errors import Conflict, InvalidInput, NotFound, TooMany
from matcher.messaging.recipients import Held
from matcher.records import Kind
from matcher.records.texts import NumberState, OfferState
from matcher.services.messages.call_queue import HALT, NoteCallBack, call_queue, escalate, note_call_back, take_task
from matcher.services.messages.desk import By
from matcher.services.messages.number_for_call import number_for_call
from matcher.services.messages.plan_texts import draft_texts, plan_texts
from matcher.services.messages.release import release_sending
from matcher.services.messages.take_reply import take_reply
from matcher.services.messages.timers import run_timers
from matcher.services.messages.write_lists import PlanTexts
from matcher.services.rosters.suspension import is_suspended, suspend_post

CALL = PlanTexts(jurisdiction=COUNTY)
READ = AT + timedelta(hours=1)
BROKER = By("broker", "broker", READ, ("450206",))


@contextmanager
def replied(home, *words, **settings):
    """A desk to which person n has answered the n-th word."""
    with opened(home, [person(n) for n in range(1, len(words) + 1)], **settings) as app:
        desk = desk_of(app)
        sending = plan_texts(desk, CALL, OFFICER).sending
        release_sending(desk, sending.sending_id, OFFICER)
        send_all(desk, AT)
        for n, word in enumerate(words, start=1):
            take_reply(desk, reply(phone(n), word, READ), at=READ)
        yield desk


def only(desk, by=BROKER):
    (row,) = call_queue(desk, by)["tasks"]
    return row


def test_the_queue_is_masked_and_says_what_was_promised(tmp_path):
    with replied(tmp_path, "2") as desk:
        row = only(desk)
        (offer,) = desk.texts.offers(worker_ids=["w1"])
        assert row["phone"] == "138****0001"
        assert row["name"] == "韦*英"
        assert (row["reason"], row["vacancy_id"]) == ("choice", offer.vacancy_ids[1])
        assert (row["promised"], row["late"], row["escalated"]) == ("今天下午", False, False)
        assert phone(1) not in str(call_queue(desk, BROKER))


def test_a_promise_that_passes_goes_to_the_officer_once(tmp_path):
    with replied(tmp_path, "0") as desk:
        (task,) = desk.texts.tasks()
        assert escalate(desk, task.due_at) == 0
        assert escalate(desk, task.due_at + timedelta(seconds=1)) == 1
        assert escalate(desk, task.due_at + timedelta(seconds=2)) == 0
        told = call_queue(desk, BROKER._replace(at=task.due_at + timedelta(hours=1)))
        assert (told["n_late"], told["tasks"][0]["late"], told["tasks"][0]["promised"]) == (1, True, "3月5日下午")
        assert "sms_call_late" in [entry.action for entry in desk.access.audit()]


def test_brokers_hear_neither_of_complaints_nor_of_wrong_numbers_nor_of_other_regions(tmp_path):
    with replied(tmp_path, "9", "8", "0") as desk:
        assert [row["worker_id"] for row in call_queue(desk, BROKER)["tasks"]] == ["w3"]
        assert len(call_queue(desk, OFFICER._replace(at=READ))["tasks"]) == 3
        assert call_queue(desk, BROKER._replace(regions=("4503",)))["tasks"] == []
        complaint = next(task for task in desk.texts.tasks() if task.reason == "complaint")
        for ask in (take_task, number_for_call):
            with pytest.raises(NotFound):
                ask(desk, complaint.task_id, BROKER)


def test_who_says_no_gives_the_seat_back_and_a_second_tap_changes_nothing(tmp_path):
    with replied(tmp_path, "1") as desk:
        row = only(desk)
        done = note_call_back(desk, NoteCallBack(task_id=row["task_id"], outcome="no"), later(BROKER, hours=1))
        assert (done["done"], done["last"], done["n_calls"]) == (True, "不去", 1)
        (offer,) = desk.texts.offers(worker_ids=["w1"])
        assert offer.state is OfferState.REFUSED
        again = note_call_back(desk, NoteCallBack(task_id=row["task_id"], outcome="go"), later(BROKER, hours=2))
        assert (again["last"], again["n_calls"]) == ("不去", 1)
        assert call_queue(desk, BROKER)["tasks"] == []


def test_nobody_reached_is_promised_the_next_half_day_until_the_tries_are_used_up(tmp_path):
    with replied(tmp_path, "0") as desk:
        task_id = only(desk)["task_id"]
        seen = []
        for hours in (1, 24, 48):
            row = note_call_back(desk, NoteCallBack(task_id=task_id, outcome="no_answer"), later(BROKER, hours=hours))
            seen.append((row["n_calls"], row["done"]))
        assert seen == [(1, False), (2, False), (3, True)]
        stats = call_queue(desk, later(BROKER, hours=48))
        assert (stats["n_done"], stats["n_placed"]) == (1, 0)
        assert {row["code"]: row["n"] for row in stats["by_outcome"]}["no_answer"] == 1


def test_a_number_found_wrong_is_not_written_to_again(tmp_path):
    with replied(tmp_path, "0") as desk:
        note_call_back(desk, NoteCallBack(task_id=only(desk)["task_id"], outcome="wrong_number"), BROKER)
        assert desk.texts.number_marks([phone(1)])[phone(1)][-1].state is NumberState.DEAD
        found = draft_texts(desk, PlanTexts(jurisdiction=COUNTY, again=True), later(OFFICER, days=8))
        assert found.held == {"w1": Held.DEAD}


def test_placed_and_in_time_are_counted(tmp_path):
    with replied(tmp_path, "1", "2") as desk:
        first, second = (row["task_id"] for row in call_queue(desk, BROKER)["tasks"])
        note_call_back(desk, NoteCallBack(task_id=first, outcome="go"), later(BROKER, hours=1))
        note_call_back(desk, NoteCallBack(task_id=second, outcome="go"), later(BROKER, days=1))
        stats = call_queue(desk, BROKER)
        assert (stats["n_placed"], stats["n_done"], stats["n_in_time"], stats["in_time_permille"]) == (2, 2, 1, 500)


def test_an_outcome_that_is_none_is_refused(tmp_path):
    with replied(tmp_path, "0") as desk, pytest.raises(InvalidInput):
        note_call_back(desk, NoteCallBack(task_id=only(desk)["task_id"], outcome="maybe"), BROKER)


def test_the_full_number_leaves_once_asked_for_logged_and_within_the_quota(tmp_path):
    with replied(tmp_path, "0", "0", unlocks_per_day=1) as desk:
        one, two = (row["task_id"] for row in call_queue(desk, BROKER)["tasks"])
        told = number_for_call(desk, one, BROKER)
        assert told["phone"] in (phone(1), phone(2))
        number_for_call(desk, one, BROKER)
        with pytest.raises(TooMany):
            number_for_call(desk, two, BROKER)
        assert number_for_call(desk, two, SECOND._replace(at=READ))["phone"]
        entries = [entry for entry in desk.access.audit() if entry.action == "sms_number"]
        assert len(entries) == 3
        assert "138" not in str([entry.detail for entry in entries])
        note_call_back(desk, NoteCallBack(task_id=one, outcome="settled"), BROKER)
        with pytest.raises(Conflict):
            number_for_call(desk, one, BROKER)


def test_who_takes_a_call_is_noted_and_the_first_stays(tmp_path):
    with replied(tmp_path, "0") as desk:
        task_id = only(desk)["task_id"]
        assert take_task(desk, task_id, BROKER)["broker"] == "broker"
        assert take_task(desk, task_id, OFFICER._replace(at=READ))["broker"] == "broker"
        assert len(call_queue(desk, BROKER, mine=True)["tasks"]) == 1
        assert call_queue(desk, BROKER._replace(actor="other"), mine=True)["tasks"] == []


def test_windows_and_promises_run_out_once(tmp_path):
    with replied(tmp_path, "0", "什么") as desk:
        over = AT + timedelta(days=desk.rules.offers.open_days)
        assert run_timers(desk, READ) == (0, 0, 0)
        assert run_timers(desk, over) == (1, 1, 0)
        assert run_timers(desk, over) == (0, 0, 0)
        assert {offer.state for offer in desk.texts.offers()} == {OfferState.CALLED, OfferState.EXPIRED}


def test_a_complaint_about_a_known_job_proposes_its_halt_to_the_office_and_halts_nothing(tmp_path):
    with replied(tmp_path, "2", "9") as desk:
        at = READ + timedelta(minutes=1)
        take_reply(desk, reply(phone(1), "9", at), at=at)
        office = OFFICER._replace(at=at)
        rows = {row["worker_id"]: row for row in call_queue(desk, office)["tasks"] if row["reason"] == "complaint"}
        (chosen,) = desk.texts.offers(worker_ids=["w1"])
        assert (rows["w1"]["vacancy_id"], rows["w1"]["proposal"]) == (chosen.chosen, HALT)
        # Of three jobs on the list nobody knows which one was meant.
        assert (rows["w2"]["vacancy_id"], rows["w2"]["proposal"]) == ("", "")
        (post,) = desk.store.records(Kind.VACANCIES, ids=[chosen.chosen])
        assert not is_suspended(post)
        suspend_post(desk.store, chosen.chosen, at=at, by="officer")
        after = {row["worker_id"]: row for row in call_queue(desk, office)["tasks"] if row["reason"] == "complaint"}
        assert (after["w1"]["vacancy_id"], after["w1"]["proposal"]) == (chosen.chosen, "")
        assert all(row["reason"] != "complaint" for row in call_queue(desk, BROKER)["tasks"])
