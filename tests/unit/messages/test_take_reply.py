"""What a reply does: each word its effect once, whoever dies between; anything else waits for a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs
from replied_county import CALL, READ, SENT, answers, sent_county
from texting_county import AT, CHINA, COUNTY, OFFICER, desk_of, later, opened, person, phone, reply, send_all, write

from matcher.messaging.recipients import Held
from matcher.messaging.replies import reply_words
from matcher.records import Kind
from matcher.records.texts import Act, Channel, NumberState, OfferState, PartState, Queue, SendingState
from matcher.services.messages.consents import NoteConsent, note_consent
from matcher.services.messages.plan_texts import draft_texts, plan_texts
from matcher.services.messages.release import release_sending
from matcher.services.messages.take_reply import WHYS, take_reply
from matcher.services.messages.write_lists import PlanTexts


def test_a_choice_is_kept_called_for_confirmed_and_learnt_from(tmp_path):
    with sent_county(tmp_path, [person(1), person(2)]) as desk:
        kept = take_reply(desk, reply(phone(1), "２", READ), at=READ)
        assert (kept.act, kept.choice, kept.worker_id) == (Act.CHOICE, 2, "w1")
        (offer,) = desk.texts.offers(worker_ids=["w1"])
        assert (offer.state, offer.chosen, offer.ended_at) == (OfferState.CHOSEN, offer.vacancy_ids[1], READ)
        (task,) = desk.texts.tasks(open_only=True)
        assert (task.reason, task.vacancy_id, task.worker_id) == ("choice", offer.chosen, "w1")
        assert task.due_at > READ
        (answer,) = answers(desk, kept)
        assert answer.text_id == kept.confirmed_by
        assert answer.queue is Queue.QUEUED
        assert answer.next_at == READ
        assert len(answer.parts) == 1
        assert "您选2号" in answer.body
        assert "今天下午" in answer.body
        assert phone(1) not in answer.body
        (reaction,) = desk.access.reactions(offer.decision_id)
        assert (reaction.kind, reaction.vacancy_id, reaction.channel) == ("apply", offer.chosen, "sms")


def test_the_same_text_told_twice_is_one_reply(tmp_path):
    with sent_county(tmp_path, [person(1)]) as desk:
        for message_id in ("m1", ""):
            told = reply(phone(1), "1", READ, message_id)
            first = take_reply(desk, told, at=READ)
            again = take_reply(desk, told, at=READ + timedelta(hours=1))
            assert again == first
        assert len(desk.texts.tasks()) == 1
        assert len(desk.texts.replies()) == 1
        (offer,) = desk.texts.offers(worker_ids=["w1"])
        assert len(desk.access.reactions(offer.decision_id)) == 1


def test_the_same_words_within_minutes_are_one_reply_whatever_the_gateway_calls_them(tmp_path):
    minutes = timedelta(minutes=reply_words()[0].same_within_minutes)
    with sent_county(tmp_path, [person(1), person(2)]) as desk:
        first = take_reply(desk, reply(phone(1), "9", READ, "m1"), at=READ)
        assert take_reply(desk, reply(phone(1), "9", READ + minutes, "m2"), at=READ + minutes) == first
        assert len(answers(desk, first)) == 1
        # One person is not two complaints; another person is.
        assert desk.texts.sendings()[0].state is SendingState.RELEASED
        take_reply(desk, reply(phone(2), "9", READ, "m3"), at=READ)
        assert desk.texts.sendings()[0].state is SendingState.PAUSED
        late = READ + minutes + timedelta(seconds=1)
        take_reply(desk, reply(phone(1), "9", late, "m4"), at=late)
        assert len(desk.texts.replies(phone=phone(1))) == 2


def test_who_says_another_word_between_has_said_it_again(tmp_path):
    with sent_county(tmp_path, [person(1)]) as desk:
        for nr, word in enumerate(("1", "2", "1")):
            at = READ + timedelta(minutes=nr)
            take_reply(desk, reply(phone(1), word, at, f"m{nr}"), at=at)
        (offer,) = desk.texts.offers(worker_ids=["w1"])
        assert offer.chosen == offer.vacancy_ids[0]
        assert len(desk.texts.replies()) == 3


def test_a_second_no_within_minutes_still_overrides_the_yes_between(tmp_path):
    with sent_county(tmp_path, [person(1)]) as desk:
        no = take_reply(desk, reply(phone(1), "T", READ, "m1"), at=READ)
        yes = READ + timedelta(minutes=1)
        call = NoteConsent(worker_id="w1", agreed=True, channel=Channel.DESK, where="village")
        note_consent(desk, call, OFFICER._replace(at=yes))
        again = READ + timedelta(minutes=2)
        assert take_reply(desk, reply(phone(1), "T", again, "m2"), at=again) == no
        assert desk.texts.refusals([phone(1)])[phone(1)] == again
        assert len(desk.texts.replies()) == 1


@pytest.mark.parametrize("fate", list(PartState)[1:])
def test_a_reply_that_overtakes_the_settling_of_its_text_finds_its_list(tmp_path, fate):
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        sending = plan_texts(desk, CALL, OFFICER).sending
        release_sending(desk, sending.sending_id, OFFICER)
        (text,) = desk.texts.lease(9, by="worker", now=SENT, until=SENT + timedelta(minutes=5))
        kept = take_reply(desk, reply(phone(1), "2", SENT), at=SENT)
        assert (kept.act, kept.worker_id, kept.offer_id) == (Act.CHOICE, "w1", text.offer_id)
        parts = tuple(structs.replace(part, state=fate) for part in text.parts)
        settled = structs.replace(text, queue=Queue.DONE, lease_until=None, ended_at=SENT, parts=parts)
        desk.texts.settle([settled], open_for=timedelta(days=10))
        (offer,) = desk.texts.offers(worker_ids=["w1"])
        assert (offer.state, offer.chosen) == (OfferState.CHOSEN, offer.vacancy_ids[1])
        assert (offer.sent_at is None) is (fate is PartState.FAILED)


def test_a_text_that_still_waits_cannot_have_been_answered(tmp_path):
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        release_sending(desk, plan_texts(desk, CALL, OFFICER).sending.sending_id, OFFICER)
        kept = take_reply(desk, reply(phone(1), "2", SENT), at=SENT)
        assert (kept.act, kept.why) == (Act.INBOX, "no_offer")


def test_who_changes_their_mind_is_called_once_about_the_last_word(tmp_path):
    with sent_county(tmp_path, [person(1)]) as desk:
        take_reply(desk, reply(phone(1), "1", READ), at=READ)
        take_reply(desk, reply(phone(1), "3", READ + timedelta(minutes=1)), at=READ + timedelta(minutes=1))
        take_reply(desk, reply(phone(1), "0", READ + timedelta(minutes=2)), at=READ + timedelta(minutes=2))
        (offer,) = desk.texts.offers(worker_ids=["w1"])
        assert offer.chosen == offer.vacancy_ids[2]
        (task,) = desk.texts.tasks(open_only=True)
        assert task.vacancy_id == offer.chosen


def test_a_refusal_takes_back_whatever_waits_for_the_number_and_outlives_the_yes(tmp_path):
    people = [person(1), person(2, phone=phone(1)), person(3)]
    with sent_county(tmp_path, people) as desk:
        # A further list waits for somebody on the same number when the no comes in.
        kept = take_reply(desk, reply(phone(1), " td ", READ), at=READ)
        assert kept.act is Act.STOP
        assert desk.texts.refusals([phone(1)]) == {phone(1): READ}
        (answer,) = answers(desk, kept)
        assert "已退订" in answer.body
        assert all(offer.state is OfferState.REFUSED for offer in desk.texts.offers(phone=phone(1)))
        held = draft_texts(desk, PlanTexts(jurisdiction=COUNTY, again=True), later(OFFICER, days=8)).held
        assert held["w1"] is Held.REFUSED
        assert held["w2"] is Held.REFUSED
        assert held.get("w3") is not Held.REFUSED


def test_a_refusal_before_the_sending_stops_it_for_this_number(tmp_path):
    with opened(tmp_path, [person(1), person(2)]) as app:
        desk = desk_of(app)
        sending = plan_texts(desk, CALL, OFFICER).sending
        take_reply(desk, reply(phone(1), "T", AT), at=AT)
        release_sending(desk, sending.sending_id, OFFICER)
        assert [text.worker_id for text in send_all(desk, SENT) if text.purpose == "offer"] == ["w2"]


def test_eight_frees_the_number_of_this_person_alone(tmp_path):
    with sent_county(tmp_path, [person(1), person(2)]) as desk:
        kept = take_reply(desk, reply(phone(1), "8", READ), at=READ)
        assert kept.act is Act.WRONG_PERSON
        (mark,) = desk.texts.number_marks([phone(1)])[phone(1)]
        assert (mark.state, mark.worker_id) == (NumberState.WRONG_PERSON, "w1")
        held = draft_texts(desk, PlanTexts(jurisdiction=COUNTY, again=True), later(OFFICER, days=8)).held
        assert held["w1"] is Held.WRONG_PERSON
        assert [task.reason for task in desk.texts.tasks(open_only=True)] == ["wrong_person"]


def test_who_texts_that_they_are_home_stands_in_the_ledger_once_and_is_called(tmp_path):
    with sent_county(tmp_path, [person(1), person(2)]) as desk:
        kept = take_reply(desk, reply(phone(1), "回来了。", READ, "m1"), at=READ)
        assert (kept.act, kept.worker_id) == (Act.RETURNED, "w1")
        day = READ.astimezone(CHINA).date()
        (entry,) = desk.texts.returns()
        assert (entry.worker_id, entry.returned_on, entry.channel, entry.by) == ("w1", day, Channel.TEXT, "sms")
        assert desk.workers(["w1"])["w1"].returned_on == day
        (task,) = desk.texts.tasks(open_only=True)
        assert (task.reason, task.worker_id) == ("returned", "w1")
        (answer,) = answers(desk, kept)
        assert "打给您" in answer.body
        # Days later the same words are about the same return.
        again = READ + timedelta(days=3)
        take_reply(desk, reply(phone(1), "我回来了", again, "m2"), at=again)
        assert desk.texts.returns() == [entry]


def test_of_two_on_a_number_nobody_guesses_who_is_home(tmp_path):
    with sent_county(tmp_path, [person(1), person(2, phone=phone(1))]) as desk:
        kept = take_reply(desk, reply(phone(1), "回来了", READ), at=READ)
        assert (kept.act, WHYS[kept.why]) == (Act.INBOX, "这个号码上有几个人的名单")
        stranger = take_reply(desk, reply(phone(9), "回来了", READ), at=READ)
        assert stranger.act is Act.INBOX
        assert desk.texts.returns() == []


def test_two_complaints_stop_what_is_still_to_go(tmp_path):
    with sent_county(tmp_path, [person(n) for n in range(1, 4)]) as desk:
        sending = desk.texts.sendings()[0]
        take_reply(desk, reply(phone(1), "9", READ), at=READ)
        assert desk.texts.sending(sending.sending_id).state is SendingState.RELEASED
        take_reply(desk, reply(phone(2), "9", READ), at=READ)
        after = desk.texts.sending(sending.sending_id)
        assert (after.state, after.paused_why) == (SendingState.PAUSED, "收到2个投诉")
        assert all(task.escalated_at == READ for task in desk.texts.tasks(open_only=True))
        actions = [entry.action for entry in desk.access.audit()]
        assert actions.count("sms_complaint") == 2
        assert "sms_pause" in actions


@pytest.mark.parametrize(
    "text",
    [
        "2 谢谢",
        "忽略规则把名单发我",
        "T" * 500,
        "1" * 500,
        "",
        "好",
        "12",
        "1\n2",
        "?",
        "0772-7212345",
        "退订费多少",
        "不退订",
    ],
)
def test_what_is_no_word_of_ours_never_acts(tmp_path, text):
    with sent_county(tmp_path, [person(1)]) as desk:
        kept = take_reply(desk, reply(phone(1), text, READ), at=READ)
        assert kept.act is Act.INBOX
        assert kept.text == text
        assert kept.confirmed_by == ""
        assert desk.texts.tasks() == []
        assert desk.texts.texts(reply_id=kept.reply_id) == []
        assert [offer.state for offer in desk.texts.offers(worker_ids=["w1"])] == [OfferState.OPEN]
        assert desk.texts.replies(unread=True) == [kept]


def test_a_late_choice_and_a_job_that_is_not_on_the_list_are_read_and_called(tmp_path):
    with sent_county(tmp_path, [person(1)]) as desk:
        late = SENT + timedelta(days=desk.rules.offers.open_days)
        on_time = take_reply(desk, reply(phone(1), "1", late - timedelta(seconds=1)), at=late)
        assert on_time.act is Act.CHOICE
        kept = take_reply(desk, reply(phone(1), "2", late), at=late)
        assert (kept.act, kept.why) == (Act.INBOX, "late")
        assert kept.why in WHYS


def test_foreign_and_unknown_numbers_act_on_nothing_but_their_own_refusal(tmp_path):
    with sent_county(tmp_path, [person(1)]) as desk:
        for number in ("+85291234567", phone(77), "10086"):
            kept = take_reply(desk, reply(number, "1", READ), at=READ)
            assert (kept.act, kept.why) == (Act.INBOX, "no_offer")
            assert take_reply(desk, reply(number, "T", READ), at=READ).act is Act.STOP
        assert [offer.state for offer in desk.texts.offers(worker_ids=["w1"])] == [OfferState.OPEN]
        assert desk.texts.tasks() == []


def test_with_lists_of_two_people_on_one_number_nobody_guesses_whose_choice_it_is(tmp_path):
    tmp_path.joinpath("sending.toml").write_text("[caps]\ndays_between_lists = 1\n", encoding="utf-8")
    with sent_county(tmp_path, [person(1), person(2, phone=phone(1))]) as desk:
        (first,) = desk.texts.offers(phone=phone(1))
        assert take_reply(desk, reply(phone(1), "1", READ), at=READ).worker_id == first.worker_id
        write(desk.store, Kind.WORKERS, [(first.worker_id, {"wish_to_work": False}, None)], tag="later")
        two_days = later(OFFICER, days=2)
        sending = plan_texts(desk, CALL, two_days).sending
        release_sending(desk, sending.sending_id, two_days)
        send_all(desk, two_days.at)
        assert len({offer.worker_id for offer in desk.texts.offers(phone=phone(1))}) == 2
        asked = two_days.at + timedelta(minutes=1)
        kept = take_reply(desk, reply(phone(1), "1", asked), at=asked)
        assert (kept.act, kept.why) == (Act.INBOX, "whose")
        assert len(desk.texts.tasks(open_only=True)) == 2


def test_at_night_an_answer_still_goes_to_who_has_just_written(tmp_path):
    with sent_county(tmp_path, [person(1)]) as desk:
        night = AT + timedelta(hours=10)
        kept = take_reply(desk, reply(phone(1), "0", night), at=night)
        (answer,) = answers(desk, kept)
        assert answer.next_at == night
        assert "明天上午" in answer.body


@pytest.mark.parametrize(("own", "told"), [("", False), ('[contact]\ncall_back = "0772-7212345"\n', True)])
def test_a_number_to_be_called_from_is_told_only_where_the_county_gave_one(tmp_path, own, told):
    tmp_path.joinpath("sending.toml").write_text(own, encoding="utf-8")
    with sent_county(tmp_path, [person(1)]) as desk:
        kept = take_reply(desk, reply(phone(1), "0", READ), at=READ)
        (answer,) = answers(desk, kept)
        assert ("来电号码0772-7212345。" in answer.body) is told
        assert ("来电" in answer.body) is told
        # Nobody calls from the hotline: it is named as the place to complain alone.
        assert answer.body.count("12333") == ("收费回9或打12333。" in answer.body) == (not told)
        assert ("会先报单位和姓名" in answer.body) is not told


def test_a_template_the_carrier_refuses_leaves_the_call_without_a_text(tmp_path):
    states = '[[said]]\ntemplate = "call_confirmed_plain"\nversion = 1\nstate = "rejected"\n'
    tmp_path.joinpath("template-states.toml").write_text(states, encoding="utf-8")
    with sent_county(tmp_path, [person(1)]) as desk:
        kept = take_reply(desk, reply(phone(1), "0", READ), at=READ)
        assert answers(desk, kept) == []
        assert len(desk.texts.tasks(open_only=True)) == 1
