"""Replies where something stops half-way: limits of a release, a sending too old, whoever dies between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from replied_county import CALL, READ, SENT, answers, sent_county
from texting_county import OFFICER, SECOND, desk_of, later, opened, person, phone, reply, send_all

from matcher.errors import Conflict
from matcher.records.texts import SendingState
from matcher.services.messages.plan_texts import plan_texts
from matcher.services.messages.release import cancel_sending, release_sending
from matcher.services.messages.take_reply import take_reply


def test_above_the_limit_two_accounts_release_and_a_trial_is_never_sent(tmp_path):
    tmp_path.joinpath("sending.toml").write_text("[release]\ntwo_people_above = 1\n", encoding="utf-8")
    with opened(tmp_path, [person(1), person(2)]) as app:
        desk = desk_of(app)
        sending = plan_texts(desk, CALL, OFFICER).sending
        assert release_sending(desk, sending.sending_id, OFFICER).state is SendingState.WAITING
        with pytest.raises(Exception, match="另一个人"):
            release_sending(desk, sending.sending_id, OFFICER)
        assert send_all(desk, SENT) == []
        after = release_sending(desk, sending.sending_id, SECOND)
        assert (after.state, after.released_by) == (SendingState.RELEASED, ("officer", "second"))
        assert len(send_all(desk, SENT)) == 2


@pytest.mark.parametrize(("days", "hours", "goes"), [(2, 23, True), (3, 0, False), (9, 0, False)])
def test_a_sending_that_lay_too_long_is_not_released(tmp_path, days, hours, goes):
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        sending = plan_texts(desk, CALL, OFFICER).sending
        late = later(OFFICER, days=days, hours=hours)
        if goes:
            assert release_sending(desk, sending.sending_id, late).state is SendingState.RELEASED
            return
        with pytest.raises(Conflict, match="放得太久"):
            release_sending(desk, sending.sending_id, late)
        assert desk.texts.sending(sending.sending_id).state is SendingState.WAITING
        assert cancel_sending(desk, sending.sending_id, late).state is SendingState.CANCELLED


class Dies:
    """A store whose process dies the first time a reply is to be kept."""

    def __init__(self, texts) -> None:
        self._texts = texts
        self.alive = False

    def __getattr__(self, name):
        return getattr(self._texts, name)

    def add_reply(self, *arguments, **more):
        if self.alive:
            return self._texts.add_reply(*arguments, **more)
        self.alive = True
        raise ConnectionError


@pytest.mark.parametrize("word", ["1", "0", "T", "8", "9"])
def test_whoever_dies_between_effect_and_keeping_does_it_once_all_the_same(tmp_path, word):
    with sent_county(tmp_path, [person(1)]) as desk:
        dying = replace(desk, texts=Dies(desk.texts))
        told = reply(phone(1), word, READ, "m1")
        with pytest.raises(ConnectionError):
            take_reply(dying, told, at=READ)
        assert desk.texts.replies() == []
        kept = take_reply(dying, told, at=READ + timedelta(minutes=1))
        assert [one.reply_id for one in desk.texts.replies()] == [kept.reply_id]
        assert len(desk.texts.tasks()) == (0 if word == "T" else 1)
        assert len(answers(desk, kept)) == 1
        (offer,) = desk.texts.offers(worker_ids=["w1"])
        assert len(desk.access.reactions(offer.decision_id)) == (1 if word in "01" else 0)
        assert len(desk.texts.consents(["w1"]).get("w1", ())) == (1 if word == "T" else 0)
        assert len(desk.texts.number_marks([phone(1)]).get(phone(1), ())) == (1 if word == "8" else 0)
