"""Answers with their proof, withdrawn as easily as given; the ledger of who came home, and what follows from it."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

import msgspec
import pytest
from openpyxl import load_workbook
from texting_county import AT, CHINA, COUNTY, OFFICER, desk_of, later, opened, person, phone, reply, send_all

from matcher.errors import InvalidInput, NotFound, StoreError
from matcher.messaging.consent_words import consent_words
from matcher.messaging.recipients import Held
from matcher.records import Consent
from matcher.records.access import AuditEntry
from matcher.records.figures import CountyFigure
from matcher.records.texts import Act, Channel
from matcher.services.messages.consents import NoteConsent, consent_page, note_consent
from matcher.services.messages.keeping import DailyPurge, months_before, purge_texts
from matcher.services.messages.paper_plan import paper_file, paper_plan
from matcher.services.messages.plan_texts import draft_texts, plan_texts
from matcher.services.messages.read_inbox import CloseReply, close_inbox_reply
from matcher.services.messages.release import cancel_sending, pause_sending, release_sending, resume_sending
from matcher.services.messages.returns import NoteReturn, note_return, returns_told, take_back_return
from matcher.services.messages.sms_status import inbox, sending_page, sms_status
from matcher.services.messages.take_reply import take_reply
from matcher.services.messages.write_lists import PlanTexts
from matcher.services.tracking.returnees import Returnees, returnees_told

CALL = PlanTexts(jurisdiction=COUNTY)
READ = AT + timedelta(hours=1)


def yes(worker_id="w1", agreed=True, **more):
    return NoteConsent(worker_id=worker_id, agreed=agreed, channel=Channel.DESK, where="里团村委会", **more)


def test_a_yes_is_kept_with_who_when_where_words_and_channel(tmp_path):
    with opened(tmp_path, [person(1, consent=None)]) as app:
        desk = desk_of(app)
        assert consent_page(desk, "w1", OFFICER)["label"] == "还没问过"
        told = note_consent(desk, yes(), OFFICER)
        assert (told["agreed"], told["label"]) == (True, "愿意收短信")
        (answer,) = told["answers"]
        assert (answer["where"], answer["by"], answer["words_version"]) == (
            "里团村委会", "officer", consent_words().current,
        )  # fmt: skip
        assert answer["words"] == told["words"]
        assert draft_texts(desk, CALL, OFFICER).texts


def test_a_no_stops_what_waits_and_a_later_yes_counts_again(tmp_path):
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        sending = plan_texts(desk, CALL, OFFICER).sending
        told = note_consent(desk, yes(agreed=False), later(OFFICER, minutes=1))
        assert (told["agreed"], len(told["answers"])) == (False, 2)
        release_sending(desk, sending.sending_id, later(OFFICER, minutes=2))
        assert send_all(desk, AT + timedelta(minutes=3)) == []
        assert draft_texts(desk, PlanTexts(jurisdiction=COUNTY, again=True), OFFICER).held == {"w1": Held.REFUSED}
        note_consent(desk, yes(), later(OFFICER, minutes=4))
        assert draft_texts(desk, PlanTexts(jurisdiction=COUNTY, again=True), later(OFFICER, minutes=5)).texts


def test_a_yes_on_a_roster_of_before_does_not_outlive_the_refusal_of_the_number(tmp_path):
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        take_reply(desk, reply(phone(1), "退订", AT), at=AT)
        assert draft_texts(desk, CALL, later(OFFICER, days=1)).held == {"w1": Held.REFUSED}
        note_consent(desk, yes(), later(OFFICER, days=1))
        assert draft_texts(desk, CALL, later(OFFICER, days=2)).texts


@pytest.mark.parametrize("how", ["text", "desk"])
def test_a_refusal_dated_before_the_roster_that_is_kept_already_counts_all_the_same(tmp_path, how):
    with opened(tmp_path, [person(1)]) as app:
        desk, slow = desk_of(app), later(OFFICER, days=-400)
        if how == "text":
            take_reply(desk, reply(phone(1), "退订", slow.at), at=slow.at)
        else:
            assert note_consent(desk, yes(agreed=False), slow)["agreed"] is False
        assert consent_page(desk, "w1", OFFICER)["agreed"] is False
        assert draft_texts(desk, CALL, OFFICER).held == {"w1": Held.REFUSED}


def test_nobody_answers_for_somebody_of_another_region_or_in_words_nobody_knows(tmp_path):
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        with pytest.raises(NotFound):
            note_consent(desk, yes(), OFFICER._replace(regions=("4503",)))
        with pytest.raises(NotFound):
            note_consent(desk, yes(words="sms-0"), OFFICER)
        with pytest.raises(InvalidInput):
            note_consent(desk, NoteConsent(worker_id="w1", agreed=True, channel=Channel.DESK, where="村" * 41), OFFICER)


def test_a_return_is_a_fact_of_the_worker_and_feeds_both_lists(tmp_path):
    people = [person(1, wish_to_work=None), person(2), person(3)]
    with opened(tmp_path, people) as app:
        desk = desk_of(app)
        row = note_return(
            desk,
            NoteReturn(worker_id="w1", returned_on=date(2018, 3, 4), from_place="441900", why="contract_over",
                       wish="near_home", helper="村支书"),
            OFFICER,
        )  # fmt: skip
        assert (row["from"], row["why"], row["wish"], row["late"]) == ("东莞市", "合同到期", "想在家附近找活", None)
        worker = desk.workers(["w1"])["w1"]
        assert (worker.returned_on, worker.wish_to_work, worker.needs_daily_return) == (date(2018, 3, 4), True, True)
        assert worker.wish_to_go_out is False
        note_return(desk, NoteReturn(worker_id="w2", returned_on=date(2018, 2, 20), wish="stay"), OFFICER)
        told = returns_told(desk, OFFICER)
        assert (told["n"], told["clause"]) == (2, "四(七)")
        assert [row["worker_id"] for row in told["willing"]] == ["w1"]
        assert told["villages"][0]["n"] == 2
        # The document names no hours and the county gave none: nothing is called late, nothing on time.
        assert {entry["worker_id"]: (entry["late"], entry["report"]) for entry in told["entries"]} == {
            "w1": (None, "needs_config"), "w2": (None, "needs_config"),
        }  # fmt: skip
        assert phone(1) not in str(told)
        assert returns_told(desk, OFFICER._replace(regions=("4503",)))["n"] == 0
        # The next plan reaches who said what they want, and no longer who stays at home.
        held = draft_texts(desk, CALL, OFFICER).held
        assert "w1" not in held
        assert held["w2"] is Held.DECLINED


def test_the_same_return_told_twice_is_one_entry_and_one_batch(tmp_path):
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        n_batches = len(app.store.batches())
        for _ in range(2):
            note_return(desk, NoteReturn(worker_id="w1", returned_on=date(2018, 3, 4), wish="go_out"), OFFICER)
        assert returns_told(desk, OFFICER)["n"] == 1
        assert len(app.store.batches()) == n_batches + 1


def test_the_same_return_told_again_loses_nothing_that_was_said_and_not_the_hour_of_the_report(tmp_path):
    with opened(tmp_path, [person(1)]) as app:
        desk, home = desk_of(app), date(2018, 3, 4)
        hours = CountyFigure(
            pack_id="masked_county_2020", parameter_id="returnee_report_sla", value=Decimal(48), unit="小时",
            from_=date(2018, 1, 1), author="officer", source="会议纪要", recorded_on=date(2018, 1, 1),
        )  # fmt: skip
        app.store.record_figure(hours, AuditEntry(at=AT, actor="o", role="officer", action="county_figure"))
        said = {"from_words": "东莞", "wish": "go_out", "helper": "村支书"}
        note_return(desk, NoteReturn(worker_id="w1", returned_on=home, **said), OFFICER)
        row = note_return(desk, NoteReturn(worker_id="w1", returned_on=home, why="family"), later(OFFICER, days=9))
        assert (row["from"], row["why"], row["wish"], row["helper"]) == (
            "东莞",
            "家里要人照顾",
            "年后还想出去",
            "村支书",
        )
        assert row["late"] is False
        row = note_return(desk, NoteReturn(worker_id="w1", returned_on=home, helper="韦样例"), later(OFFICER, days=9))
        assert row["helper"] == "韦样例"


@pytest.mark.parametrize("n_times", [1, 2])
def test_what_is_taken_back_counts_nowhere_and_may_be_said_again(tmp_path, n_times):
    with opened(tmp_path, [person(1)]) as app:
        desk, home = desk_of(app), date(2018, 3, 4)
        before = desk.workers(["w1"])
        for _ in range(n_times):
            note_return(desk, NoteReturn(worker_id="w1", returned_on=home, wish="stay"), OFFICER)
            assert desk.workers(["w1"]) != before
            take_back_return(desk, "w1", home, noted_at=AT - timedelta(seconds=1), by=OFFICER)
            assert returns_told(desk, OFFICER)["n"] == 1
            take_back_return(desk, "w1", home, noted_at=AT, by=OFFICER)
            assert returns_told(desk, OFFICER)["n"] == 0
            assert returnees_told(desk, app.deeds, Returnees(on=home), OFFICER)["n_open"] == 0
            assert desk.workers(["w1"]) == before


def test_one_clock_tells_ledger_and_cases_by_the_countys_hours(tmp_path):
    with opened(tmp_path, [person(1), person(2)]) as app:
        desk = desk_of(app)
        for one, day in (("w1", date(2018, 3, 4)), ("w2", date(2018, 2, 20))):
            note_return(desk, NoteReturn(worker_id=one, returned_on=day), OFFICER)
        hours = CountyFigure(
            pack_id="masked_county_2020", parameter_id="returnee_report_sla", value=Decimal(48), unit="小时",
            from_=date(2018, 1, 1), author="officer", source="会议纪要", recorded_on=date(2018, 1, 1),
        )  # fmt: skip
        app.store.record_figure(hours, AuditEntry(at=AT, actor="o", role="officer", action="county_figure"))
        entries = {row["worker_id"]: row for row in returns_told(desk, OFFICER)["entries"]}
        assert [entries[one]["late"] for one in ("w1", "w2")] == [False, True]
        cases = returnees_told(desk, app.deeds, Returnees(on=date(2018, 3, 5)), OFFICER)["rows"]
        assert {row["worker_id"]: row["report"] for row in cases} == {
            one: row["report"] for one, row in entries.items()
        }


@pytest.mark.parametrize(
    "wrong",
    [
        {"returned_on": date(2018, 3, 6)},
        {"returned_on": date(2008, 3, 4)},
        {"why": "bored"},
        {"wish": "fly"},
        {"from_place": "999999"},
    ],
)
def test_a_return_that_cannot_be_is_refused(tmp_path, wrong):
    call = NoteReturn(**({"worker_id": "w1", "returned_on": date(2018, 3, 4)} | wrong))
    with opened(tmp_path, [person(1)]) as app, pytest.raises(InvalidInput):
        note_return(desk_of(app), call, OFFICER)


def test_the_figures_of_a_sending_from_planned_to_complained(tmp_path):
    people = [*(person(n) for n in range(1, 5)), person(5, consent=None)]
    with opened(tmp_path, people) as app:
        desk = desk_of(app)
        sending = plan_texts(desk, CALL, OFFICER).sending
        release_sending(desk, sending.sending_id, OFFICER)
        send_all(desk, AT)
        for n, word in enumerate(("1", "0", "T", "什么时候上班？"), start=1):
            take_reply(desk, reply(phone(n), word, READ), at=READ)
        told = sms_status(desk, OFFICER._replace(at=READ))
        (row,) = told["sendings"]
        assert (row["n_planned"], row["n_held"], row["n_sent"], row["n_answered"]) == (4, 1, 4, 4)
        assert row["held"] == [{"code": "not_asked", "label": "没同意收短信", "n": 1}]
        assert (row["n_stopped"], row["n_complaints"], row["n_delivered"]) == (1, 0, 0)
        assert row["no_receipts"] == told["no_receipts"] == "文件网关没有回执"
        settings = msgspec.structs.replace(desk.means.settings, sms_gateway="smpp")
        carrier = replace(desk, means=replace(desk.means, settings=settings))
        assert sms_status(carrier, OFFICER._replace(at=READ))["no_receipts"] == ""
        assert told["budget"] == {"parts": 8, "parts_a_season": 60000, "fen": 40}
        assert (told["open_now"], told["n_unread"], told["calls"]["n_open"]) == (True, 1, 2)
        page = sending_page(desk, sending.sending_id, OFFICER)
        assert [part["part"] for part in page["parts"]] == [1, 2]
        assert {state["code"]: state["n"] for state in page["parts"][0]["states"]}["accepted"] == 4
        assert {line["phone"] for line in page["lines"]} == {f"138****000{n}" for n in range(1, 5)}
        assert page["held_people"][0]["label"] == "没同意收短信"
        assert all(phone(n) not in str(page) for n in range(1, 6))
        with pytest.raises(NotFound):
            sending_page(desk, sending.sending_id, OFFICER._replace(regions=("4503",)))
        unread = inbox(desk, OFFICER)
        assert (unread["n"], unread["replies"][0]["text"]) == (1, "什么时候上班？")
        kept = close_inbox_reply(desk, CloseReply(reply_id=unread["replies"][0]["reply_id"], deed="call"), OFFICER)
        assert (kept.act, kept.read_by) == (Act.INBOX, "officer")
        assert inbox(desk, OFFICER)["n"] == 0
        assert len(desk.texts.tasks(open_only=True)) == 3


def test_a_sending_is_paused_goes_on_and_is_taken_back(tmp_path):
    with opened(tmp_path, [person(1), person(2)]) as app:
        desk = desk_of(app)
        sending = plan_texts(desk, CALL, OFFICER).sending.sending_id
        release_sending(desk, sending, OFFICER)
        pause_sending(desk, sending, "岗位写错了", OFFICER)
        assert send_all(desk, AT) == []
        assert sms_status(desk, OFFICER)["sendings"][0]["paused_why"] == "岗位写错了"
        resume_sending(desk, sending, OFFICER)
        assert len(send_all(desk, AT)) == 2
        cancel_sending(desk, sending, OFFICER)
        assert cancel_sending(desk, sending, OFFICER).state.value == "cancelled"


def test_plan_b_is_a_workbook_without_numbers_of_who_did_not_give_theirs(tmp_path):
    people = [person(1), person(2, consent=Consent(sms=False)), person(3, consent=None), person(4, wish_to_work=False)]
    with opened(tmp_path, people, sms_carrier="public_cloud") as app:
        desk = desk_of(app)
        lines = paper_plan(desk, CALL, OFFICER)
        assert [(line.phone, len(line.jobs)) for line in lines] == [(phone(1), 3), ("", 3)]
        book = load_workbook(BytesIO(paper_file(lines)))
        assert book.sheetnames == ["打电话名单", "村里张贴", "小票"]
        calls = [[cell.value for cell in row] for row in book["打电话名单"].iter_rows()]
        assert {row[2] for row in calls[1:]} == {phone(1), "没同意留号码，请村里带话"}
        for sheet in ("村里张贴", "小票"):
            told = str([[cell.value for cell in row] for row in book[sheet].iter_rows()])
            assert "韦小英" not in told
            assert "138" not in told
        assert desk.texts.sendings() == []


def test_what_is_kept_no_longer_and_who_is_forgotten(tmp_path):
    assert months_before(AT, 36).year == 2015
    assert months_before(AT.replace(month=5, day=31), 3).day == 28
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        sending = plan_texts(desk, CALL, OFFICER).sending
        release_sending(desk, sending.sending_id, OFFICER)
        send_all(desk, AT)
        take_reply(desk, reply(phone(1), "T", READ), at=READ)
        with closing(app.gateway("file")) as files:
            assert purge_texts(desk, files, later(OFFICER, days=30)) == (0, 0)
        assert desk.texts.forget_person("w1") > 0
        assert desk.texts.texts(worker_id="w1") == []
        assert desk.texts.refusals([phone(1)])


def test_what_is_old_goes_once_a_day_of_the_county_from_database_and_files(tmp_path):
    with opened(tmp_path, [person(1)]) as app, closing(app.gateway("file")) as files:
        desk, daily = desk_of(app), DailyPurge()
        release_sending(desk, plan_texts(desk, CALL, OFFICER).sending.sending_id, OFFICER)
        send_all(desk, AT)
        done = tmp_path / "inbox" / "done" / "replies.jsonl"
        done.parent.mkdir(parents=True)
        done.write_text(phone(1), encoding="utf-8")
        os.utime(done, (AT.timestamp(), AT.timestamp()))
        # 36 months later to the moment it is not over yet; the day begins where the people are.
        over = AT.replace(year=AT.year + 3)
        assert daily.run(desk, files, over) == (0, 0)
        midnight = datetime.combine(over.date() + timedelta(days=1), time(), CHINA)
        assert daily.run(desk, files, midnight - timedelta(seconds=1)) is None
        assert done.exists()
        gone = daily.run(desk, files, midnight)
        assert (gone.n_rows > 0, gone.n_files, done.exists()) == (True, 1, False)
        assert desk.texts.texts(worker_id="w1") == []
        told = {entry.action: entry.detail for entry in app.access.audit(limit=9) if "purge" in entry.action}
        assert told == {"sms_purge": {"n_rows": gone.n_rows}, "sms_purge_files": {"n_files": 1}}
        assert daily.run(desk, files, midnight + timedelta(hours=23)) is None


def test_a_purge_that_fails_is_tried_again_the_next_day_and_not_all_day_long(tmp_path):
    with opened(tmp_path, [person(1)]) as app, closing(app.gateway("file")) as files:
        desk, daily = desk_of(app), DailyPurge()
        stuck = tmp_path / "inbox" / "done" / "stuck"
        stuck.mkdir(parents=True)
        os.utime(stuck, (0, 0))
        with pytest.raises(StoreError, match="删不掉"):
            daily.run(desk, files, AT)
        assert daily.run(desk, files, AT + timedelta(hours=1)) is None
        stuck.rmdir()
        assert daily.run(desk, files, AT + timedelta(days=1)) == (0, 0)
