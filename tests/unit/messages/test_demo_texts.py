"""The demonstration's sending: the same each time, only for who agreed, all of it through the file gateway."""

from __future__ import annotations

from contextlib import closing
from datetime import date

from texting_county import COUNTY, OFFICER, opened, person

from matcher.records.texts import SendingState
from matcher.services.messages.demo_texts import seed_demo_texts
from matcher.services.messages.sms_status import sms_status

ON = date(2018, 6, 1)


def seeded(home, people):
    with opened(home, people) as app, closing(app.gateway("file")) as gateway:
        desk = app.message_desk
        made = seed_demo_texts(desk, gateway, ON, COUNTY)
        again = seed_demo_texts(desk, gateway, ON, COUNTY)
        told = sms_status(desk, OFFICER)
        texts = [(text.worker_id, text.body, text.state) for text in desk.texts.texts()]
        return made, again, told, sorted(texts), [(one.act, one.worker_id) for one in desk.texts.replies()]


def test_the_sending_of_last_season_is_sent_answered_and_called_the_same_each_time(tmp_path):
    people = [person(n) for n in range(1, 9)]
    made, again, told, texts, replies = seeded(tmp_path / "one", people)
    assert (made, again) == (True, False)
    (row,) = told["sendings"]
    assert row["state"] == SendingState.ENDED.value
    assert row["n_planned"] == row["n_sent"] > 3
    assert row["n_stopped"] == 1
    assert row["n_placed"] == 1
    assert told["n_unread"] == 1
    assert all(state.value == "accepted" for _, _, state in texts)
    assert seeded(tmp_path / "two", people)[2:] == (told, texts, replies)


def test_without_a_plan_of_that_season_there_is_none(tmp_path):
    with opened(tmp_path, [person(1)], planned=False) as app, closing(app.gateway("file")) as gateway:
        assert seed_demo_texts(app.message_desk, gateway, ON, COUNTY) is False
