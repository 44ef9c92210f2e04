"""Two records of one person are joined and parted at the office; the demonstration has pairs that wait."""

from __future__ import annotations

import pytest
from county import application_of
from office_desk import desk

from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.services.reconcile.demo_ledgers import N_PEOPLE, seed_demo_ledgers
from matcher.services.reconcile.runs import outline_of


@pytest.fixture
def county(make_app):
    return make_app()


@pytest.fixture
def officer(county):
    return desk(county)


def twins(county):
    """Two records of one woman, the second with a slip in her number and another character of the same sound."""
    application = application_of(county)
    at = application.clock.now()
    rows = [
        ("w-one", {"name": "韦晓盈", "id_number": "450206197801010028", "phone": "15400000003"}),
        ("w-two", {"name": "韦小盈", "id_number": "450206197801010038", "phone": "15400000003"}),
    ]
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
