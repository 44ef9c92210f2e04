"""Whose name stands before a text: told where no county gave it, and never let out to a carrier."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed
from texting_county import COUNTY, OFFICER, POSTS, opened, person

from matcher.bootstrap import Application
from matcher.errors import Conflict
from matcher.records.texts import SendingState
from matcher.services.messages.plan_texts import plan_texts
from matcher.services.messages.release import release_sending
from matcher.services.messages.signature import signature_note
from matcher.services.messages.write_lists import PlanTexts

CALL = PlanTexts(jurisdiction=COUNTY)


def sending_as(desk, **settings):
    """The same desk under other settings."""
    means = replace(desk.means, settings=changed(desk.means.settings, **settings))
    return replace(desk, means=means)


def test_a_county_that_gave_no_signature_is_told_and_its_texts_reach_no_carrier(tmp_path):
    with opened(tmp_path, [person(1)], POSTS) as app:
        desk = app.message_desk
        assert "templates.toml" in signature_note(desk)
        planned = plan_texts(desk, CALL, OFFICER)
        for gateway in ("smpp", "kannel"):
            with pytest.raises(Conflict, match="签名还没有定"):
                release_sending(sending_as(desk, sms_gateway=gateway), planned.sending.sending_id, OFFICER)
        # Into a file somebody may look into before anything is forwarded.
        assert release_sending(desk, planned.sending.sending_id, OFFICER).state is SendingState.RELEASED


def test_a_signature_of_ones_own_goes_out(tmp_path):
    tmp_path.joinpath("templates.toml").write_text('signature = "河县人社局"\n', encoding="utf-8")
    with opened(tmp_path, [person(1)], POSTS) as app:
        desk = sending_as(app.message_desk, sms_gateway="smpp")
        assert signature_note(desk) == ""
        planned = plan_texts(desk, CALL, OFFICER)
        assert {text.body[:7] for text in planned.texts} == {"【河县人社局】"}
        assert release_sending(desk, planned.sending.sending_id, OFFICER).state is SendingState.RELEASED


def test_a_demonstration_signs_as_its_kiosks_do_and_is_not_told(tmp_path):
    with opened(tmp_path, [person(1)], POSTS) as app:
        shown = Application(changed(app.settings, demo=True, jurisdiction=COUNTY)).message_desk
        assert (shown.texting.book.signature, signature_note(shown)) == ("柳江就业局", "")
