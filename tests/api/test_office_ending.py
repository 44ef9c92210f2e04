"""What ends soon: the county's own document alone, and people by name, as the reader may see them, in the audit."""

from __future__ import annotations

import county
from county import application_of
from office_desk import desk

from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.access import Role

NAME = "韦合成"


def with_certificate(app):
    """The county with somebody whose certificate runs out; the id."""
    made = Batch(
        batch_id="b-e", kind=Kind.WORKERS, file="e.csv", file_sha256="", imported_at=county.NOON, by="a", summary={}
    )
    fields = {
        "place_code": "450206103201",
        "certificates": ["电工证"],
        "certificates_to": "2018-06-30",
    }
    change = Change(record_id="w-ends", sheet="", row=2, fields=fields, identity={"name": NAME})
    application_of(app).store.write_batch(made, [change])
    return "w-ends"


def rows_of(client, kind):
    page = client.get("/office/ending.json").get_json()
    return next(one["rows"] for one in page["kinds"] if one["kind"] == kind)


def test_whom_it_is_about_stands_by_name_as_the_role_reads_it_and_the_look_is_filed(make_app):
    app = make_app()
    worker_id = with_certificate(app)
    (row,) = rows_of(desk(app)[0], "certificate")
    assert (row["id"], row["person"]["name"]) == (worker_id, NAME)
    assert NAME in desk(app)[0].get("/office/ending").text
    auditor = desk(app, Role.AUDITOR)[0]
    assert NAME not in auditor.get("/office/ending").text
    found = application_of(app).access.audit(subject=worker_id)
    assert {entry.role for entry in found if entry.action == "ending"} >= {"officer", "auditor"}


def test_deadlines_of_other_counties_documents_are_no_work_of_this_one(app):
    rows = rows_of(desk(app)[0], "document")
    assert {row["id"] for row in rows} == {county.JURISDICTION}
    (kind,) = [
        one for one in desk(app)[0].get("/office.json").get_json()["waiting"]["ending"] if one["kind"] == "document"
    ]
    assert kind["n"] == len(rows)
