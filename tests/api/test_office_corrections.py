"""What workers say is wrong reaches one queue of the office: from the desk, a broker's call, a text; and is settled."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from broker_county import asker
from call_county import call_app, open_order, post
from county import application_of, clock
from office_desk import ON, desk, seeker
from texting_county import reply

from matcher.office.tracking.corrections import correction_rules
from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.messages.take_reply import take_reply
from matcher.services.tracking.corrections import corrections_due, corrections_told

PATH = "/office/corrections"


@pytest.fixture
def app(make_app):
    return make_app()


def queue(client):
    return client.get(f"{PATH}.json").get_json()


def test_said_at_the_desk_it_waits_once_is_late_and_settled_once(app):
    (client, csrf), worker = desk(app), seeker(app)
    where = f"/office/people/{worker.worker_id}"
    assert client.post(f"{where}/wrong", data={"csrf": csrf, "what": "shoe_size"}).status_code == 422
    assert client.post("/office/people/w-none/wrong", data={"csrf": csrf, "what": "phone"}).status_code == 404
    for _ in range(2):
        assert client.post(f"{where}/wrong", data={"csrf": csrf, "what": "phone"}).status_code == 303
    (row,) = queue(client)["rows"]
    assert (row["worker_id"], row["what"], row["late_days"]) == (worker.worker_id, "电话", 0)
    assert client.get("/office.json").get_json()["corrections"] == {"n_open": 1, "n_late": 0}
    assert "本人要更正登记" in client.get("/office").get_data(as_text=True)
    assert "电话" in str(client.get(f"{where}.json").get_json()["corrections"]["rows"])
    run, last = application_of(app), ON + timedelta(days=correction_rules().days)
    assert [corrections_due(run.store, run.deeds, on)["n_late"] for on in (last, last + timedelta(days=1))] == [0, 1]
    assert corrections_told(run.store, run.deeds, last + timedelta(days=2))["rows"][0]["late_days"] == 2
    form = {"csrf": csrf, "correction_id": row["correction_id"], "how": "corrected"}
    assert client.post(f"{PATH}/settled", data=form | {"how": "lost"}).status_code == 422
    assert client.post(f"{PATH}/settled", data=form | {"correction_id": "co-none"}).status_code == 404
    for _ in range(2):
        assert client.post(f"{PATH}/settled", data=form).status_code == 303
    assert client.post(f"{PATH}/settled", data=form | {"how": "right"}).status_code == 409
    assert queue(client)["n"] == 0
    assert len(run.deeds.deeds(prefix="correction:")) == 2
    # The same may turn out wrong again.
    assert client.post(f"{where}/wrong", data={"csrf": csrf, "what": "phone"}).status_code == 303
    assert queue(client)["n"] == 1


def test_only_the_office_reads_the_queue_and_only_of_its_towns(app):
    (client, csrf), worker = desk(app), seeker(app)
    client.post(f"/office/people/{worker.worker_id}/wrong", data={"csrf": csrf, "what": "home"})
    assert queue(desk(app, Role.AUDITOR)[0])["n"] == 1
    assert 'method="post"' not in desk(app, Role.AUDITOR)[0].get(PATH).get_data(as_text=True).split('id="main"')[1]
    assert desk(app, Role.BROKER)[0].get(PATH).status_code == 403
    elsewhere, other = desk(app, regions=("450206110" if worker.place_code[:9] != "450206110" else "450206102",))
    (row,) = queue(client)["rows"]
    assert queue(elsewhere)["n"] == 0
    form = {"csrf": other, "correction_id": row["correction_id"], "how": "right"}
    assert elsewhere.post(f"{PATH}/settled", data=form).status_code == 404


def test_a_broker_hands_on_what_was_heard_in_a_call(tmp_path):
    with call_app(tmp_path / "home") as app:
        open_order(app, n_seats=1, listed=2)
        client, card = asker(app), "/broker/orders/o-1/calls/w00"
        assert post(client, f"{card}/wrong", what="shoe_size").status_code == 422
        assert post(client, "/broker/orders/o-1/calls/w99/wrong", what="skills").status_code == 404
        assert post(client, f"{card}/wrong", what="skills").status_code == 303
        assert "记下了" in client.get(f"{card}?wrong=1").get_data(as_text=True)
        (row,) = queue(desk(app)[0])["rows"]
        assert (row["worker_id"], row["through"]) == ("w00", "打电话时说的")


def test_a_text_that_says_so_is_handed_on_by_who_reads_it(app):
    run = application_of(app)
    held = run.store.identities([one.worker_id for one in run.store.records(Kind.WORKERS)])
    numbers = Counter(one.phone for one in held.values() if one.phone)
    worker_id, phone = next((name, one.phone) for name, one in held.items() if one.phone and numbers[one.phone] == 1)
    now = clock(app).now()
    kept = take_reply(run.message_desk, reply(phone, "我的手艺写错了", now - timedelta(hours=1)), at=now)
    assert kept.worker_id == worker_id
    client, csrf = desk(app)
    form = {"csrf": csrf, "deed": "wrong", "note": ""}
    assert client.post(f"/office/sms/inbox/{kept.reply_id}", data=form).status_code == 303
    (row,) = queue(client)["rows"]
    assert (row["worker_id"], row["what"], row["through"]) == (worker_id, "别的", "回短信说的")
    assert run.texts.replies(unread=True) == []
