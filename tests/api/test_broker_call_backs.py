"""Calls promised by text: the late one first, the number for one call, one tap for what came of it."""

from __future__ import annotations

import county
import pytest
from county import application_of
from order_desk import Desk
from texting_desk import texted

from matcher.records.access import Role
from matcher.records.texts import Act

HERE, ELSEWHERE = "450206102", "450206110"
LIST = "/broker/call-backs"


@pytest.fixture
def app(make_app):
    return make_app()


def rows(desk: Desk, path: str = f"{LIST}.json"):
    answer = desk.client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["tasks"]


def test_who_was_promised_a_call_stands_there_masked_and_the_late_one_says_so(app):
    kept = texted(app, HERE)
    broker = Desk(app, Role.BROKER, HERE)
    (row,) = rows(broker)
    assert (row["task_id"], row["late"], row["reason_label"]) == (kept.task_id, False, "要人打电话")
    assert kept.phone not in broker.client.get(LIST).get_data(as_text=True)
    county.clock(app).advance(hours=7)
    broker = Desk(app, Role.BROKER, HERE)
    assert rows(broker)[0]["late"] is True
    assert "迟了" in broker.client.get(LIST).get_data(as_text=True)


def test_the_number_is_there_for_one_call_and_every_look_is_logged(app):
    kept = texted(app, HERE)
    broker = Desk(app, Role.BROKER, HERE)
    card = f"{LIST}/{kept.task_id}"
    assert kept.phone not in broker.client.get(card).get_data(as_text=True)
    answer = broker.post(f"{card}/number")
    assert answer.status_code == 200
    assert f"tel:{kept.phone}" in answer.get_data(as_text=True)
    looks = [one for one in application_of(app).access.audit(actor=broker.name) if one.action == "sms_number"]
    assert [one.subjects[0] for one in looks] == [kept.task_id]
    assert rows(broker)[0]["broker"] == broker.name
    assert rows(broker, f"{LIST}.json?mine=1")
    assert rows(Desk(app, Role.BROKER, HERE), f"{LIST}.json?mine=1") == []
    assert kept.phone not in broker.client.get(card).get_data(as_text=True)


def test_beyond_the_days_quota_no_number_is_shown(make_app):
    app = make_app(unlocks_per_day=1)
    one, two = texted(app, HERE, "a", nr=0), texted(app, HERE, "b", nr=1)
    broker = Desk(app, Role.BROKER, HERE)
    assert broker.post(f"{LIST}/{one.task_id}/number").status_code == 200
    assert broker.post(f"{LIST}/{one.task_id}/number").status_code == 200
    answer = broker.post(f"{LIST}/{two.task_id}/number")
    assert answer.status_code == 429
    assert two.phone not in answer.get_data(as_text=True)


def test_one_tap_ends_the_call_or_promises_it_anew(app):
    one, two = texted(app, HERE, "a", nr=0), texted(app, HERE, "b", nr=1)
    broker = Desk(app, Role.BROKER, HERE)
    assert broker.post(f"{LIST}/{one.task_id}/outcome", outcome="go").status_code == 303
    assert broker.post(f"{LIST}/{two.task_id}/outcome", outcome="no_answer").status_code == 303
    (row,) = rows(broker)
    assert (row["task_id"], row["n_calls"], row["last"]) == (two.task_id, 1, "打不通")
    assert broker.client.get(f"{LIST}/{one.task_id}").status_code == 404
    assert broker.post(f"{LIST}/{one.task_id}/number").status_code == 409
    assert broker.post(f"{LIST}/{two.task_id}/outcome", outcome="burnt").status_code == 422


def test_a_refusal_said_in_the_call_holds_at_once_and_can_be_taken_back(app):
    kept = texted(app, HERE)
    broker = Desk(app, Role.BROKER, HERE)
    card = f"{LIST}/{kept.task_id}"
    words = broker.client.get(f"{card}.json").get_json()["texts"]["words_version"]
    for answer in ("no", "yes"):
        assert broker.post(f"{card}/texts", agreed=answer, words=words).status_code == 303
        county.clock(app).advance(seconds=1)
    said = application_of(app).texts.consents([kept.worker_id])[kept.worker_id]
    assert [(one.agreed, one.channel.value, one.words, one.by) for one in said] == [
        (False, "call", words, broker.name), (True, "call", words, broker.name),
    ]  # fmt: skip
    assert broker.post(f"{card}/texts", agreed="perhaps", words=words).status_code == 422


def test_another_townships_call_is_none(app):
    there = texted(app, ELSEWHERE)
    broker = Desk(app, Role.BROKER, HERE)
    assert rows(broker) == []
    unknown = broker.client.get(f"{LIST}/t-none.json").get_json()
    foreign = broker.client.get(f"{LIST}/{there.task_id}.json").get_json()
    assert unknown["detail"].replace("t-none", there.task_id) == foreign["detail"]
    for deed in ("number", "outcome", "texts"):
        assert broker.post(f"{LIST}/{there.task_id}/{deed}", outcome="go", agreed="no").status_code == 404


def test_a_complaint_is_the_offices_and_no_brokers(app):
    kept = texted(app, HERE)
    application_of(app).texts.change_task(
        kept.task_id, lambda now: type(now)(**{**{n: getattr(now, n) for n in now.__struct_fields__},
                                               "reason": Act.COMPLAINT.value}),
    )  # fmt: skip
    assert rows(Desk(app, Role.BROKER, HERE)) == []
    officer = Desk(app, Role.OFFICER, HERE)
    assert [row["reason"] for row in rows(officer)] == ["complaint"]
    assert kept.phone in officer.post(f"{LIST}/{kept.task_id}/number").get_data(as_text=True)


def test_without_a_registration_and_for_the_auditor_no_call_is_made(app):
    kept = texted(app, HERE)
    auditor = Desk(app, Role.AUDITOR)
    page = auditor.client.get(f"{LIST}/{kept.task_id}").get_data(as_text=True)
    assert 'method="post"' not in page.split('id="main"')[1]
    assert auditor.post(f"{LIST}/{kept.task_id}/number").status_code == 403
    client = app.test_client()
    county.session_of(client, county.new_user(app, Role.BROKER, (HERE,), licensed=False))
    assert client.get(LIST).status_code == 403
