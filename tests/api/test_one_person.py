"""Two records said to be one person: one in registers, lists, villages, households and reports; parted, two again."""

from __future__ import annotations

from datetime import date

import county
import msgspec
import pytest
from office_desk import ON, desk

from matcher.office.registers.figures import POOR_DATABASE
from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.access import Role
from matcher.records.deeds import NewDeed
from matcher.services.ground.same_person import everybody_of, joined_pairs, stands_for
from matcher.services.office.erase_person import ErasePerson, erase_person
from matcher.services.reconcile.merges import SPLIT
from matcher.services.reports.snapshot import Freeze, again, compare, freeze

TOWN, OTHER_TOWN = "450206103", "450206102"
PERSON = {
    "birth_date": "1978-01-01", "wish_to_work": True, "wish_to_go_out": True, "registered_poor": True,
    "labour_ability": "normal",
}  # fmt: skip
WORK = {
    "start": "2018-02-01", "checked_by": "liang", "evidence": [{"kind": "contract", "on": "2018-02-01", "by": "liang"}],
}  # fmt: skip
ROWS = (
    ("w-one", {**PERSON, "place_code": f"{TOWN}201", "household_id": "h-one"}),
    ("w-two", {**PERSON, "place_code": f"{OTHER_TOWN}201", "household_id": "h-two"}),
)


def batch(kind, rows):
    changes = [Change(record_id=name, sheet="", row=n, fields=fields) for n, (name, fields) in enumerate(rows, start=2)]
    made = Batch(
        batch_id=f"b-{kind.value}", kind=kind, file="a.csv", file_sha256="", imported_at=county.NOON, by="a", summary={}
    )
    return made, changes


@pytest.fixture
def app(make_app):
    made = make_app()
    store = county.application_of(made).store
    store.write_batch(*batch(Kind.WORKERS, ROWS))
    homes = [("h-one", {"place_code": f"{TOWN}201"}), ("h-two", {"place_code": f"{OTHER_TOWN}201"})]
    store.write_batch(*batch(Kind.HOUSEHOLDS, homes))
    work = {"worker_id": "w-two", **WORK}
    store.write_batch(*batch(Kind.PLACEMENTS, [("p-two", work)]))
    return made


def join(client, csrf, keep="w-one", other="w-two"):
    answer = client.post("/office/doubles", data={"csrf": csrf, "keep": keep, "other": other})
    assert answer.status_code == 303, answer.get_data(as_text=True)


def figures(client):
    """The sums of every page that counts people."""
    pages = {path: client.get(f"/office/{path}.json").get_json() for path in ("registers", "two-lists", "households")}
    sums = {path: page["total"] for path, page in pages.items()}
    return sums | {"villages": client.get("/office/villages.json").get_json()["villages"]}


def ids(client, path, figure, **asked):
    page = client.get(f"/office/{path}.json", query_string={"list": figure, **asked}).get_json()
    return [row["worker_id"] for row in page["rows"] if row["worker_id"] in ("w-one", "w-two")]


def test_one_person_stands_once_in_every_figure_and_parted_twice_as_before(app):
    client, csrf = desk(app)
    before = figures(client)
    assert ids(client, "registers", POOR_DATABASE, place=f"{TOWN}201") == ["w-one"]
    join(client, csrf)
    joined = figures(client)
    n = {path: sums.get("n", sums) for path, sums in joined.items() if path != "villages"}
    assert n["registers"][POOR_DATABASE] == before["registers"]["n"][POOR_DATABASE] - 1
    assert n["two-lists"]["employed_list"] == before["two-lists"]["n"]["employed_list"]
    assert n["two-lists"]["wish_list"] == before["two-lists"]["n"]["wish_list"] - 1
    assert ids(client, "two-lists", "employed_list", place=f"{TOWN}201") == ["w-one"]
    assert ids(client, "two-lists", "employed_list", place=f"{OTHER_TOWN}201") == []
    (pair,) = client.get("/office/doubles.json").get_json()["joined"]
    assert client.post("/office/doubles", data={"csrf": csrf, "stream": pair["stream"]}).status_code == 303
    assert figures(client) == before


def test_each_record_says_whose_it_is_and_work_is_counted_once(app):
    client, csrf = desk(app)
    store = county.application_of(app).store
    work = {"worker_id": "w-one", **WORK}
    made, changes = batch(Kind.PLACEMENTS, [("p-one", work)])
    store.write_batch(msgspec.structs.replace(made, batch_id="b-one"), changes)
    before = client.get("/office/visits.json").get_json()
    join(client, csrf)
    after = client.get("/office/visits.json").get_json()
    assert (after["total"], after["n_running"]) == (before["total"] - 1, before["n_running"] - 1)
    told = {one: client.get(f"/office/people/{one}.json").get_json()["same_person"] for one in ("w-one", "w-two")}
    assert told == {
        "w-one": [{"worker_id": "w-two", "counted": False}],
        "w-two": [{"worker_id": "w-one", "counted": True}],
    }
    assert "认定为同一个人" in client.get("/office/people/w-two").text
    town, _ = desk(app, Role.OFFICER, (TOWN,))
    assert town.get("/office/people/w-one.json").get_json()["same_person"] == []


def test_the_other_town_counts_nobody_whose_record_is_here(app):
    join(*desk(app))
    other, _ = desk(app, Role.OFFICER, (OTHER_TOWN,))
    here, _ = desk(app, Role.OFFICER, (TOWN,))
    assert ids(other, "registers", POOR_DATABASE, place=f"{OTHER_TOWN}201") == []
    assert ids(here, "registers", POOR_DATABASE, place=f"{TOWN}201") == ["w-one"]


def test_a_report_counts_one_person_once_and_stays_as_it_was_frozen(app):
    run = county.application_of(app)
    asked = {"kind": "quarterly", "period": "2018-Q1", "on": date(2018, 3, 31), "at": county.NOON, "by": "a"}
    join(*desk(app))
    frozen = freeze(run.store, run.deeds, run.means, Freeze(**asked))
    kept = run.deeds.file(frozen.workbook)
    client, csrf = desk(app)
    (pair,) = client.get("/office/doubles.json").get_json()["joined"]
    client.post("/office/doubles", data={"csrf": csrf, "stream": pair["stream"]})
    assert again(run.store, run.deeds, run.means, frozen) == kept
    changed = compare(run.store, run.deeds, run.means, frozen)
    assert {one.figure for one in changed if "w-two" in one.came} >= {"database"}


def test_erasing_one_of_two_parts_them_first_and_the_other_may_be_joined_again(app):
    client, csrf = desk(app)
    join(client, csrf)
    run = county.application_of(app)
    assert everybody_of(run.deeds, "w-one") == everybody_of(run.deeds, "w-two") == ("w-one", "w-two")
    call = ErasePerson(worker_id="w-one", reason="twice", actor="liang", role="administrator", now=county.NOON, on=ON)
    erase_person(run.store, run.orders, run.texts, run.deeds, run.access, call)
    assert (stands_for(run.deeds), joined_pairs(run.deeds), run.deeds.holder("one-person:w-two")) == ({}, (), "")
    assert run.deeds.stream("same-person:w-one:w-two")[-1].kind == SPLIT
    assert ids(client, "registers", POOR_DATABASE, place=f"{OTHER_TOWN}201") == ["w-two"]
    run.store.write_batch(*batch(Kind.VACANCIES, []))
    third = Batch(
        batch_id="b-3", kind=Kind.WORKERS, file="b.csv", file_sha256="", imported_at=county.NOON, by="a", summary={}
    )
    run.store.write_batch(third, [Change(record_id="w-three", sheet="", row=2, fields=ROWS[0][1])])
    join(client, csrf, "w-three", "w-two")


def test_what_was_paid_to_one_record_is_delivered_to_the_person_from_its_day_on(app):
    client, csrf = desk(app)
    deed = NewDeed(kind="claim.paid", at=county.NOON, on=date(2018, 5, 20), by="bank", subjects=("w-two",))
    county.application_of(app).deeds.act("claim:c-two", lambda _: [deed])
    join(client, csrf)

    def delivered(on):
        asked = {"list": "delivered", "on": on}
        page = client.get(f"/office/villages/{TOWN}201.json", query_string=asked)
        return [row["worker_id"] for part in page.get_json()["lists"] for row in part["rows"]]

    assert delivered("2018-06-01") == delivered("2018-05-20") == ["w-one"]
    assert delivered("2018-05-19") == []


def test_who_looked_at_the_other_record_of_a_person_is_one_click_away(app):
    client, csrf = desk(app)
    join(client, csrf)
    for one, other in (("w-one", "w-two"), ("w-two", "w-one")):
        assert [
            row["worker_id"] for row in client.get(f"/office/people/{one}/looks.json").get_json()["same_person"]
        ] == [other]
        assert f'href="/office/people/{other}/looks"' in client.get(f"/office/people/{one}/looks").get_data(
            as_text=True
        )
    part, _ = desk(app, Role.AUDITOR, (TOWN,))
    assert part.get("/office/people/w-one/looks.json").get_json()["same_person"] == []
