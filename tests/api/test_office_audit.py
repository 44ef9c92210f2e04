"""Whoever audits: a seed draws the same for everybody, grounds are one click away, every look at a person is told."""

from __future__ import annotations

import msgspec
import pytest
from county import NOON, application_of
from office_desk import desk, seeker, shown_to

from matcher.errors import InvalidInput
from matcher.office.lots import LARGEST_SEED, MOST, lots
from matcher.records import Kind
from matcher.records.access import AuditEntry, Role

TOWN = "450206103"


def drawn(client, **asked):
    answer = client.get("/office/audit.json", query_string=asked)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["drawn"]


def test_a_seed_draws_the_same_ids_whatever_their_order():
    ids = [f"d-{n}" for n in range(50)]
    assert lots(ids, seed=7, n=5) == lots(reversed(ids), seed=7, n=5)
    assert lots(ids, seed=7, n=5) != lots(ids, seed=8, n=5)
    assert set(lots(ids, seed=7, n=5)) < set(lots(ids, seed=7, n=9))
    assert len(lots(ids, seed=7, n=MOST)) == 50
    for wrong in ({"seed": -1, "n": 1}, {"seed": 1, "n": 0}, {"seed": 1, "n": MOST + 1}):
        with pytest.raises(InvalidInput):
            lots(ids, **wrong)


def test_a_drawn_list_opens_its_grounds(app):
    decision_id = shown_to(app, seeker(app).worker_id)
    client, _ = desk(app, Role.AUDITOR)
    told = drawn(client, seed=20180601, n=MOST)
    assert decision_id in [row["decision_id"] for row in told["lists"]]
    page = client.get("/office/audit?seed=20180601")
    assert page.status_code == 200
    first = drawn(client, seed=20180601)["lists"][0]["decision_id"]
    assert f"/office/decisions/{first}" in page.get_data(as_text=True)
    assert drawn(client, seed=20180601) == drawn(desk(app)[0], seed=20180601)
    assert client.get("/office/audit?seed=x").status_code == 422
    assert drawn(client, seed=LARGEST_SEED)["seed"] == LARGEST_SEED
    assert client.get(f"/office/audit?seed={LARGEST_SEED + 1}").status_code == 422
    assert client.get("/office/audit?seed=1&n=999").status_code == 422


def test_a_region_draws_its_own_people_alone(app):
    shown_to(app, seeker(app).worker_id)
    store = application_of(app).store
    for row in drawn(desk(app, regions=(TOWN,))[0], seed=1, n=MOST)["lists"]:
        worker_id = store.decision(row["decision_id"]).request["worker_id"]
        (worker,) = store.records(Kind.WORKERS, ids=[worker_id])
        assert worker.place_code.startswith(TOWN)


def test_every_look_at_a_person_is_told_to_the_last(app):
    client, _ = desk(app, Role.AUDITOR)
    worker_id = application_of(app).store.records(Kind.WORKERS)[0].worker_id
    for _ in range(3):
        assert client.get(f"/office/people/{worker_id}").status_code == 200
    told = client.get(f"/office/people/{worker_id}/looks.json").get_json()
    assert [row["what"] for row in told["looks"][:3]] == ["看了来由页"] * 3
    again = client.get(f"/office/people/{worker_id}/looks.json").get_json()
    assert again["looks"][0]["what"] == "看了谁看过此人"
    assert client.get(f"/office/people/{worker_id}/looks").status_code == 200
    assert client.get("/office/people/nobody/looks").status_code == 404


def test_who_was_given_a_list_or_looked_at_it_stands_beside_its_grounds(app):
    worker_id = seeker(app).worker_id
    kept = application_of(app)
    decision_id = shown_to(app, worker_id)
    given = AuditEntry(
        at=NOON, actor="b1", role=Role.BROKER.value, action="recommend", subjects=(worker_id,),
        detail={"decision_id": decision_id},
    )  # fmt: skip
    kept.access.append_audit(given)
    kept.access.append_audit(msgspec.structs.replace(given, actor="b2", detail={"decision_id": "d-other"}))
    client, _ = desk(app, Role.AUDITOR)
    client.get(f"/office/decisions/{decision_id}")
    looks = client.get(f"/office/decisions/{decision_id}.json").get_json()["looks"]
    assert [row["what"] for row in looks][:2] == ["看了一份名单的来由", "取了推荐名单"]
    assert [row["by"] for row in looks if row["by"].startswith("b")] == ["b1"]
    assert "谁看过这份名单" in client.get(f"/office/decisions/{decision_id}").get_data(as_text=True)


def test_nobody_else_audits(app):
    client, _ = desk(app, Role.BROKER)
    assert client.get("/office/audit?seed=1").status_code == 403
