"""A county whose people have got their lists and may answer."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

from texting_county import AT, COUNTY, OFFICER, desk_of, opened, send_all

from matcher.services.messages.plan_texts import plan_texts
from matcher.services.messages.release import release_sending
from matcher.services.messages.write_lists import PlanTexts

CALL = PlanTexts(jurisdiction=COUNTY)


SENT = AT + timedelta(minutes=5)


READ = AT + timedelta(hours=1)


@contextmanager
def sent_county(home, people):
    """A desk whose people have got their lists."""
    with opened(home, people) as app:
        desk = desk_of(app)
        sending = plan_texts(desk, CALL, OFFICER).sending
        release_sending(desk, sending.sending_id, OFFICER)
        send_all(desk, SENT)
        yield desk


def answers(desk, kept):
    return desk.texts.texts(reply_id=kept.reply_id)
