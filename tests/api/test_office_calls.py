"""The office sees wrong numbers with their day, looks and calls of each broker, and who looked and did not call."""

from __future__ import annotations

import pytest
from broker_county import asker
from call_county import call_app, open_order, phone, post, say

from matcher.records.access import Role


@pytest.fixture
def app(tmp_path):
    with call_app(tmp_path / "home", unlocks_without_call=2) as made:
        yield made


def test_wrong_numbers_looks_and_alerts(app):
    open_order(app, listed=6)
    client = asker(app)
    for n in range(4):
        post(client, f"/broker/orders/o-1/calls/w0{n}/number", reason="offer")
    say(client, "w00", "wrong_number")
    told = asker(app, Role.OFFICER).get("/office/calls.json").json
    assert [(row["worker_id"], row["on"]) for row in told["wrong"]] == [("w00", "2018-06-01")]
    (day,) = told["days"]
    assert (day["looked"], day["called"], day["idle"]) == (2, 1, 1)
    assert [(row["why"], row["n"]) for row in told["alerts"]] == [("看了号码没有记结果", 2)]
    page = asker(app, Role.OFFICER).get("/office/calls").text
    assert phone("w00") not in page
    assert "2018-06-01" in page


@pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 200), (Role.BROKER, 403), (Role.EMPLOYER, 403)])
def test_who_may_look(app, role, status):
    assert asker(app, role).get("/office/calls").status_code == status


def test_another_township_sees_none_of_it(app):
    open_order(app, listed=2)
    say(asker(app), "w00", "wrong_number")
    told = asker(app, Role.OFFICER, "450206110").get("/office/calls.json").json
    assert (told["wrong"], told["days"]) == ([], [])
