"""Two records of one person are joined and parted at the office; the demonstration has pairs that wait."""

from __future__ import annotations

import pytest
from county import application_of
from office_desk import desk

from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.reconcile.demo_ledgers import N_PEOPLE, seed_demo_ledgers
from matcher.services.reconcile.runs import outline_of

ONE = ("w-one", {"name": "韦晓盈", "id_number": "450206197801010028", "phone": "15400000003"})
TWO = ("w-two", {"name": "韦小盈", "id_number": "450206197801010038", "phone": "15400000003"})
THREE = ("w-three", {"name": "韦小盈", "phone": "15400000003"})


def twins(county, rows=(ONE, TWO)):
    """Two records of one woman, the second with a slip in her number and another character of the same sound."""
    application = application_of(county)
    at = application.clock.now()
    changes = [
        Change(
            record_id=worker_id,
            sheet="",
            row=number,
            fields={"birth_date": "1978-01-01", "place_code": "450206103201", "wish_to_work": True},
            identity=identity,
        )
        for number, (worker_id, identity) in enumerate(rows, start=2)
    ]
    batch = Batch(
        batch_id="b-twins", kind=Kind.WORKERS, file="twins.csv", file_sha256="", imported_at=at, by="test", summary={}
    )
    application.store.write_batch(batch, changes)


def test_two_records_of_one_person_are_joined_and_parted_and_both_histories_stand(county, officer):
    client, csrf = officer
    twins(county)
    store = application_of(county).store
    before = [store.history(Kind.WORKERS, one) for one in ("w-one", "w-two")]
    page = client.get("/office/doubles.json").get_json()
    row = next(row for row in page["rows"] if row["keep"]["worker_id"] == "w-one")
    assert row["other"]["worker_id"] == "w-two"
    fields = {"csrf": csrf, "keep": "w-one", "other": "w-two"}
    assert client.post("/office/doubles", data=fields).status_code == 303
    assert client.post("/office/doubles", data=fields).status_code == 409
    joined = client.get("/office/doubles.json").get_json()
    assert len(joined["rows"]) == len(page["rows"]) - 1
    (pair,) = joined["joined"]
    assert client.post("/office/doubles", data={"csrf": csrf, "stream": pair["stream"]}).status_code == 303
    after = client.get("/office/doubles.json").get_json()
    assert (after["joined"], len(after["rows"])) == ([], len(page["rows"]))
    assert [store.history(Kind.WORKERS, one) for one in ("w-one", "w-two")] == before
    kinds = [deed.kind for deed in application_of(county).deeds.stream(pair["stream"])]
    assert kinds == ["workers.merged", "workers.split"]


def ours(client):
    """The pairs of the woman that wait, each with the records that pressing would join."""
    page = client.get("/office/doubles.json").get_json()
    rows = [row for row in page["rows"] if row["keep"]["worker_id"].startswith("w-")]
    return {(row["keep"]["worker_id"], row["other"]["worker_id"]): row["join"] for row in rows}


@pytest.mark.parametrize("first", [("w-one", "w-two"), ("w-one", "w-three"), ("w-two", "w-three")])
def test_three_records_of_one_person_are_joined_by_the_pairs_that_are_offered_and_none_is_left(county, officer, first):
    client, csrf = officer
    twins(county, (ONE, TWO, THREE))
    assert len(ours(client)) == 3
    join = dict(zip(("keep", "other"), first, strict=True))
    assert client.post("/office/doubles", data={"csrf": csrf, **join}).status_code == 303
    left = ours(client)
    assert len(left) == 2
    (join,) = {tuple(one.values()) for one in left.values()}
    answer = client.post("/office/doubles", data={"csrf": csrf, "keep": join[0], "other": join[1]})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert ours(client) == {}
    joined = client.get("/office/doubles.json").get_json()["joined"]
    assert {one[name]["worker_id"] for one in joined for name in ("keep", "other")} == {"w-one", "w-two", "w-three"}


def test_who_is_named_among_the_joined_is_filed_as_looked_at(county, officer):
    client, csrf = officer
    twins(county)
    client.post("/office/doubles", data={"csrf": csrf, "keep": "w-one", "other": "w-two"})
    auditor = desk(county, Role.AUDITOR)[0]
    assert auditor.get("/office/doubles").status_code == 200
    found = application_of(county).access.audit(subject="w-two")
    assert [entry.role for entry in found if entry.action == "doubles"] == ["auditor"]


def test_joining_needs_two_records_that_are_there(officer):
    client, csrf = officer
    assert client.post("/office/doubles", data={"csrf": csrf, "keep": "no", "other": "one"}).status_code == 404
    assert client.post("/office/doubles", data={"csrf": csrf, "stream": "same-person:x:y"}).status_code == 404


def test_the_demonstration_has_pairs_that_wait(county, officer):
    run = application_of(county)
    told = [
        seed_demo_ledgers(
            run.store, run.deeds, run.means, jurisdiction=run.settings.jurisdiction, on=run.today(), at=run.clock.now()
        )
        for _ in range(2)
    ]
    assert told[0] == told[1]
    outline = outline_of(run.deeds, told[0])
    assert outline.counts["left_rows"] == N_PEOPLE == outline.counts["right_rows"] + 1
    page = officer[0].get(f"/office/reconcile/{told[0]}")
    assert page.status_code == 200
    assert {line.kind.value for line in outline.lines} >= {"status_differs", "typo"}
