"""The texts of the county: the counter says what is sent, and what the carrier said decides what is used."""

from __future__ import annotations

import pytest
from order_desk import Desk

from matcher.records.access import Role

THREE = "/office/sms/texts/shortlist_3"


@pytest.fixture
def app(make_app):
    return make_app()


def test_every_text_stands_there_with_its_worst_case(app):
    data = Desk(app, Role.OFFICER).client.get("/office/sms/texts.json").get_json()
    assert {row["id"] for row in data["texts"]} >= {"shortlist_3", "choice_confirmed"}
    assert all(row["worst_units"] <= row["room"] for row in data["texts"])
    assert all(not row["label"].isascii() for row in data["texts"]), "every text has a name in Chinese"
    assert all(not slot["label"].isascii() or slot["label"][-1].isdigit() for r in data["texts"] for slot in r["slots"])


def test_the_server_counts_as_the_texts_are_cut_and_keeps_nothing(app):
    officer = Desk(app, Role.OFFICER)
    page = officer.post(THREE, **{"slot-greeting": "𬭎师傅"})
    told = officer.client.get(f"{THREE}.json").get_json()
    assert page.status_code == 200
    assert "𬭎师傅" in page.get_data(as_text=True)
    # Two units stand for the character, so the greeting is as long as it may be: the worst case.
    assert f"{told['worst_units']}字" in page.get_data(as_text=True)
    assert "𬭎师傅" not in officer.client.get(THREE).get_data(as_text=True)
    assert told["count"]["units"] == told["worst_units"]
    assert sum(len(part.encode("utf-16-le")) // 2 for part in told["count"]["parts"]) == told["worst_units"]


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ({"slot-job1": "一" * 20}, "不超过19个字"),
        ({"slot-job1": "贫困户专岗"}, "岗位1"),
        ({"slot-job1": "厂★"}, "岗位1"),
    ],
)
def test_what_may_not_be_sent_is_said(app, slots, words):
    page = Desk(app, Role.OFFICER).post(THREE, **slots).get_data(as_text=True)
    assert words in page.split("没填的变量按最长的算")[1]
    assert "note halt" in page


def test_a_version_goes_to_the_carrier_and_is_approved_or_not(app):
    officer = Desk(app, Role.OFFICER)
    for to, state in (("submitted", "submitted"), ("approved", "approved"), ("rejected", "rejected")):
        assert officer.post(f"{THREE}/state", version="1", to=to).status_code == 303
        assert officer.client.get(f"{THREE}.json").get_json()["state"] == state
    told = officer.client.get(f"{THREE}.json").get_json()
    assert (told["in_use"], told["moves"]) == (False, [])
    assert "不能发" in officer.client.get(THREE).get_data(as_text=True)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"version": "1", "to": "approved"}, 409),
        ({"version": "9", "to": "submitted"}, 404),
        ({"version": "x", "to": "submitted"}, 422),
        ({"version": "1", "to": "lost"}, 422),
    ],
)
def test_a_step_there_is_none_is_refused_in_chinese(app, fields, status):
    officer = Desk(app, Role.OFFICER)
    answer = officer.post(f"{THREE}/state", **fields)
    assert answer.status_code == status
    assert officer.client.get(f"{THREE}.json").get_json()["state"] == "draft"


def test_a_township_and_the_auditor_read_the_texts_and_change_none(app):
    for desk in (Desk(app, Role.OFFICER, "450206102"), Desk(app, Role.AUDITOR)):
        assert "报给运营商了" not in desk.client.get(THREE).get_data(as_text=True)
        assert desk.post(f"{THREE}/state", version="1", to="submitted").status_code == 403
        assert desk.post(THREE, **{"slot-greeting": "韦师傅"}).status_code == 200
    assert Desk(app, Role.OFFICER).client.get("/office/sms/texts/none").status_code == 404
