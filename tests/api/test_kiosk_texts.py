"""A text and the kiosk tell the same: what still stands in a text is shown first, in the order of the text."""

from __future__ import annotations

from test_kiosk_flow import with_list, worker_of
from texting_desk import texted

from matcher.records.texts import SendingState


def test_the_jobs_of_a_text_come_first_and_in_its_order(make_app):
    app = make_app()
    plain = [job["vacancy_id"] for job in with_list(app.test_client())]
    turned = tuple(reversed(plain))
    texted(app, jobs=turned, whom=worker_of(app, "sewer"))
    shown = with_list(app.test_client())
    assert [job["vacancy_id"] for job in shown] == list(turned)
    assert all(job["offered"] for job in shown)


def test_a_text_that_is_not_out_yet_changes_nothing(make_app):
    app = make_app()
    plain = [job["vacancy_id"] for job in with_list(app.test_client())]
    texted(app, jobs=tuple(reversed(plain)), whom=worker_of(app, "sewer"), state=SendingState.WAITING)
    assert [job["vacancy_id"] for job in with_list(app.test_client())] == plain
