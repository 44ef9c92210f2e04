"""One reason and one drawback a card: never what the card says above, nor what the person has just answered."""

from __future__ import annotations

from datetime import timedelta

import county
import pytest
from test_kiosk_flow import with_list, worker_of
from test_kiosk_sewer import written

from matcher.features import BY_NAME
from matcher.services.kiosk.jobs import Where, unsaid_at

HER_DAYS = BY_NAME["start_gap"].say(37)
FAR = BY_NAME["distance"].say(5)
WAGE = BY_NAME["wage"].sentence.split("{}")[0]


@pytest.mark.parametrize("where", ["home", "near", "away", "any"])
def test_a_card_says_neither_her_own_days_nor_the_wage_again(app, client, where):
    days = county.application_of(app).today() + timedelta(days=37)
    written(app, worker_of(app, "young"), {"available_from": days})
    jobs = with_list(client, "young", where=where)
    assert jobs
    for job in jobs:
        assert job["reason"]
        assert job["drawback"]
        assert not job["reason"].startswith(WAGE)
        assert HER_DAYS not in (job["reason"], job["drawback"])
        assert (where, job["drawback"]) != ("away", FAR)
    # 为啥 still tells all of it, each a sentence of its own.
    page = client.get(f"/kiosk/jobs/{jobs[0]['vacancy_id']}/why").text
    assert HER_DAYS in jobs[0]["left_out"]
    assert all(text in page for text in (*jobs[0]["left_out"], jobs[0]["reason"], jobs[0]["drawback"]))
    assert with_list(client, "young", where=where) == jobs


def test_far_is_a_drawback_unless_far_was_asked_for(client):
    assert any(job["drawback"] == FAR or FAR in job["left_out"] for job in with_list(client, "young", where="away"))
    assert "distance" in unsaid_at(Where.AWAY).drawback
    assert "distance" not in {term for where in Where if where is not Where.AWAY for term in unsaid_at(where).drawback}
    assert all("wage" not in unsaid_at(where).drawback for where in Where)
