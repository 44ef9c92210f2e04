"""A no counts after a yes, whatever the clocks of carrier and machine said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from texting_county import AT, COUNTY, OFFICER, desk_of, later, opened, person, phone, reply, send_all

from matcher.messaging.recipients import Held
from matcher.records.texts import Channel
from matcher.services.messages.consents import NoteConsent, note_consent
from matcher.services.messages.plan_texts import draft_texts, plan_texts
from matcher.services.messages.release import release_sending
from matcher.services.messages.take_reply import take_reply
from matcher.services.messages.write_lists import PlanTexts

CALL = PlanTexts(jurisdiction=COUNTY, again=True)
HOUR = timedelta(hours=1)


def said(agreed, channel=Channel.DESK):
    return NoteConsent(worker_id="w1", agreed=agreed, channel=channel)


@pytest.mark.parametrize("slip", [-8 * HOUR, -timedelta(minutes=30), timedelta(), 8 * HOUR])
def test_a_stop_counts_whatever_the_carriers_clock_says(tmp_path, slip):
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        note_consent(desk, said(True), OFFICER)
        at = AT + timedelta(minutes=5)
        kept = take_reply(desk, reply(phone(1), "T", at + slip), at=at)
        assert draft_texts(desk, CALL, later(OFFICER, days=1)).held == {"w1": Held.REFUSED}
        # Its confirmation is made at the same moment, and goes.
        assert desk.texts.refusals([phone(1)])[phone(1)] == at
        (answer,) = desk.texts.texts(reply_id=kept.reply_id)
        assert answer.created_at == at


@pytest.mark.parametrize("by_text", [True, False])
def test_a_no_counts_after_a_yes_that_a_wrong_clock_put_into_the_future(tmp_path, by_text):
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        note_consent(desk, said(True), later(OFFICER, hours=2))
        if by_text:
            take_reply(desk, reply(phone(1), "退订", AT), at=AT)
        else:
            note_consent(desk, said(False), OFFICER)
        for hours in (0, 1, 2, 3):
            assert draft_texts(desk, CALL, later(OFFICER, hours=hours)).held == {"w1": Held.REFUSED}
        note_consent(desk, said(True), later(OFFICER, hours=3))
        assert draft_texts(desk, CALL, later(OFFICER, hours=3)).texts


@pytest.mark.parametrize("slip", [-HOUR, HOUR])
def test_who_says_wrong_person_is_told_so_whatever_the_carriers_clock_says(tmp_path, slip):
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        sending = plan_texts(desk, PlanTexts(jurisdiction=COUNTY), OFFICER).sending
        release_sending(desk, sending.sending_id, OFFICER)
        send_all(desk, AT + timedelta(minutes=1))
        at = AT + 2 * HOUR
        kept = take_reply(desk, reply(phone(1), "8", at + slip), at=at)
        (mark,) = desk.texts.number_marks([phone(1)])[phone(1)]
        (answer,) = desk.texts.texts(reply_id=kept.reply_id)
        assert mark.at <= answer.created_at
