"""Reports: frozen once, every cell opens its names, the same bytes again, what came in behind is told apart."""

from __future__ import annotations

import io
from datetime import date

import county
import openpyxl
import pytest
from county import application_of
from office_desk import desk

from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.reports.calendar import report_calendar
from matcher.services.reports.due import is_early
from matcher.services.reports.snapshot import Freeze, again, freeze, last_frozen, work_out

BASE = "/office/reports/quarterly/2018-Q1"
TOWN = "450206103"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A county of this file's own, in which the first quarter is frozen."""
    home = tmp_path_factory.mktemp("reports")
    with county.opened(county.seed(home / "home")) as made:
        client, csrf = desk(made)
        assert client.post(f"{BASE}/freeze", data={"csrf": csrf}).status_code == 303
        yield made


def told(client, path="", **asked):
    answer = client.get(f"{BASE}{path}.json" if path != "/office/reports" else f"{path}.json", query_string=asked)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def cells(page):
    """Every figure of the page with the names it opens."""
    for town in page["towns"]:
        for figure, n in town["n"].items():
            yield figure, town["code"], n


def ids(client, figure, place=""):
    found, skip = [], 0
    while True:
        page = told(client, figure=figure, place=place, skip=skip)
        found += [row["worker_id"] for row in page["people"]]
        skip = page["next"]
        if not skip:
            return found


class Landing:
    """A store in which an import lands once the first list has been read."""

    def __init__(self, store, land):
        self._store, self._land = store, land

    def __getattr__(self, name):
        return getattr(self._store, name)

    def records(self, kind, **asked):
        found = self._store.records(kind, **asked)
        land, self._land = self._land, None
        if land is not None:
            land()
        return found


def test_an_import_that_lands_on_the_way_is_in_no_part_of_the_report(tmp_path):
    with county.opened(county.seed(tmp_path / "home")) as app:
        run = application_of(app)
        call = Freeze(kind="quarterly", period="2018-Q1", on=run.today(), at=county.NOON, by="a")
        before = work_out(run.store, run.deeds, run.means, call)
        gone = [
            Change(record_id=one.placement_id, sheet="", row=1, fields={"end": one.start.isoformat()})
            for one in run.store.records(Kind.PLACEMENTS)
            if one.end is None
        ]
        batch = Batch(
            batch_id="b-land", kind=Kind.PLACEMENTS, file="a.csv", file_sha256="", imported_at=county.NOON, by="a",
            summary={},
        )  # fmt: skip
        landing = Landing(run.store, lambda: run.store.write_batch(batch, gone))
        met = work_out(landing, run.deeds, run.means, call)
        assert run.store.revision() > met.revision == before.revision
        assert met == before
        assert work_out(run.store, run.deeds, run.means, call) != before


def test_every_figure_is_the_number_of_names_it_opens(app):
    client, _ = desk(app)
    page = told(client)
    assert page["on"] == "2018-03-31"
    assert page["total"]["database"]
    lists = client.get("/office/two-lists.json", query_string={"on": "2018-03-31"}).get_json()["total"]["n"]
    assert 0 < page["total"]["in_work"] == lists["employed_list"] < page["total"]["in_work_all"]
    assert page["total"]["wishing"] == lists["wish_list"]
    for figure, place, n in cells(page):
        if n:
            assert len(ids(client, figure, place)) == n
    for figure, n in page["total"].items():
        assert n == sum(town["n"][figure] for town in page["towns"])
    grades = sum(page["total"][name] for name in ("grade_a", "grade_b", "grade_c"))
    assert grades == page["total"]["in_work"]
    assert client.get(BASE).status_code == 200
    assert client.get(f"{BASE}?figure=database").status_code == 200


def test_the_workbook_is_the_same_bytes_each_time_and_names_nobody(app):
    client, _ = desk(app)
    first, second = (client.get(f"{BASE}/workbook.xlsx").data for _ in range(2))
    run = application_of(app)
    frozen = last_frozen(run.deeds, "quarterly", "2018-Q1")
    assert first == second == again(run.remembering_store, run.deeds, run.means, frozen)
    book = openpyxl.load_workbook(io.BytesIO(first))
    rows = list(book["每个数里的人"].iter_rows(min_row=3, values_only=True))
    sums = [cell.value for cell in book["乡镇"][book["乡镇"].max_row]][1:]
    assert sums == [sum(row[at] or 0 for row in rows) for at in range(2, len(rows[0]))]
    page = told(client)
    assert sums == [page["total"][one["id"]] for one in page["figures"]]


def test_the_public_one_shows_no_small_cell_and_lists_nobody(app):
    client, _ = desk(app, regions=(TOWN,))
    assert client.get(f"{BASE}/workbook.xlsx").status_code == 403
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{BASE}/workbook.xlsx?public=1").data))
    assert book.sheetnames == ["乡镇", "说明"]
    values = [cell for row in book["乡镇"].iter_rows(min_row=3, min_col=2, values_only=True) for cell in row]
    assert values
    assert all(value in ("*", 0) or value >= 5 for value in values)
    assert "*" in values


def test_what_is_dated_back_is_told_and_not_mixed_in(tmp_path):
    with county.opened(county.seed(tmp_path / "home")) as app:
        client, csrf = desk(app)
        client.post(f"{BASE}/freeze", data={"csrf": csrf})
        before, body = told(client), client.get(f"{BASE}/workbook.xlsx").data
        assert before["changes"] == []
        late = ids(client, "database")[0]
        change = Change(
            record_id=late, sheet="s", row=1, fields={"returned_on": date(2018, 2, 3)}, since=date(2018, 2, 3)
        )
        batch = Batch(batch_id="b-late", kind=Kind.WORKERS, file="f", file_sha256="0" * 64, imported_at=county.NOON)
        application_of(app).store.write_batch(batch, [change])
        after = told(client)
        assert {**after, "changes": []} == before
        assert late in [one for row in after["changes"] if row["figure"] == "returned" for one in row["came"]]
        village = application_of(app).store.records(Kind.WORKERS, ids=[late])[0].place_code
        beside = f"{village[:9]}999999999"[:12]
        of_village, _ = desk(app, regions=(village[:12],))
        of_neighbour, _ = desk(app, regions=(beside,))
        assert late in str(told(of_village)["changes"])
        assert told(of_neighbour)["changes"] == []
        assert client.post(f"{BASE}/freeze", data={"csrf": csrf}).status_code == 303
        assert client.get(f"{BASE}/workbook.xlsx").data == body
        other, others = desk(app)
        sign = {"csrf": csrf, "sign": "yes"}
        assert client.post(f"{BASE}/freeze", data=sign).status_code == 409
        assert client.post(f"{BASE}/again", data={"csrf": csrf, "again": " "}).status_code == 422
        for _ in range(2):
            assert client.post(f"{BASE}/again", data={"csrf": csrf, "again": "补录返乡"}).status_code == 303
        assert len(application_of(app).deeds.deeds(prefix="report_again:")) == 1
        assert told(client)["asked"]["why"] == "补录返乡"
        assert "不能自己签" in client.post(f"{BASE}/freeze", data=sign).get_data(as_text=True)
        assert client.get(f"{BASE}/workbook.xlsx").data == body
        assert "签字重做" in other.get(BASE).get_data(as_text=True)
        assert "签字重做" not in client.get(BASE).get_data(as_text=True)
        assert other.post(f"{BASE}/freeze", data={"csrf": others, "sign": "yes"}).status_code == 303
        redone = told(client)
        assert [one["again"] for one in redone["versions"]] == ["", "补录返乡"]
        assert redone["by"] != redone["asked_by"] == before["by"]
        assert redone["asked"] is None
        assert other.post(f"{BASE}/freeze", data={"csrf": others, "sign": "yes"}).status_code == 409
        assert redone["changes"] == []
        assert late in ids(client, "returned")


@pytest.mark.parametrize(("kind", "day", "early"), [
    ("half_year", date(2018, 6, 24), True), ("half_year", date(2018, 6, 25), False),
    ("annual", date(2018, 12, 25), False), ("quarterly", date(2018, 6, 29), True),
    ("quarterly", date(2018, 6, 30), False),
])  # fmt: skip
def test_a_summary_is_ripe_on_its_day_and_a_quarter_at_its_end(app, kind, day, early):
    period = "2018-Q2" if kind == "quarterly" else "2018"
    assert is_early(application_of(app).means, kind, period, day) is early


@pytest.mark.parametrize("period", ["0000-Q1", "9999-Q4"])
def test_a_period_beyond_the_calendar_is_none(app, period):
    client, csrf = desk(app)
    assert client.post(f"/office/reports/quarterly/{period}/freeze", data={"csrf": csrf}).status_code == 422
    assert client.get("/office/registers?on=9999-12-31").status_code == 422


def test_the_calendar_says_what_is_late_and_what_comes(app):
    client, _ = desk(app)
    page = told(client, "/office/reports")
    rows = {row["kind"]: row for row in page["rows"]}
    assert (rows["quarterly"]["due"], rows["quarterly"]["late"]) == ("2018-04-02", True)
    assert (rows["half_year"]["due"], rows["half_year"]["days_left"]) == ("2018-06-25", 24)
    assert page["frozen"][0]["period"] == "2018-Q1"
    assert client.get("/office/reports").status_code == 200


def test_a_report_nobody_froze_stays_late_when_its_period_is_over(app):
    run = application_of(app)

    def missed(day):
        rows = report_calendar(run.deeds, run.means, county.JURISDICTION, day)["rows"]
        return [(row["kind"], row["period"]) for row in rows if row["late"] and not row["frozen"]]

    assert missed(date(2018, 6, 1)) == []
    assert missed(date(2019, 1, 3)) == [
        ("half_year", "2018"), ("system_sync_1", "2018"), ("quarterly", "2018-Q2"), ("quarterly", "2018-Q3"),
        ("annual", "2018"), ("system_sync_2", "2018"), ("quarterly", "2018-Q4"),
    ]  # fmt: skip
    assert ("annual", "2018") in missed(date(2019, 12, 20))
    assert ("annual", "2018") not in missed(date(2020, 1, 1))


def test_a_region_sees_its_own_part_and_freezes_nothing(app):
    client, csrf = desk(app, regions=(TOWN,))
    page = told(client)
    assert {town["code"][:9] for town in page["towns"]} <= {TOWN}
    assert page["may_freeze"] is False
    assert client.post("/office/reports/annual/2018/freeze", data={"csrf": csrf}).status_code == 403


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR, Role.WORKER}))
def test_nobody_else_reads_reports(app, role):
    client, _ = desk(app, role)
    assert client.get("/office/reports").status_code == 403
    assert client.get(f"{BASE}/workbook.xlsx").status_code == 403


def test_an_auditor_reads_and_freezes_nothing(app):
    client, csrf = desk(app, Role.AUDITOR)
    assert told(client)["may_freeze"] is False
    assert client.post(f"{BASE}/freeze", data={"csrf": csrf}).status_code == 403


@pytest.mark.parametrize(("path", "status"), [
    ("/office/reports/quarterly/2018-Q2", 404), ("/office/reports/weekly/2018", 404),
    ("/office/reports/quarterly/2018", 422), (f"{BASE}?figure=nothing", 404), (f"{BASE}?figure=paid&place=x1", 422),
])  # fmt: skip
def test_what_there_is_not_is_refused(app, path, status):
    client, _ = desk(app)
    assert client.get(path).status_code == status


def test_what_ends_soon_is_told_by_its_day(app):
    run = application_of(app)
    (one, *_) = run.store.records(Kind.PLACEMENTS)
    soon, late = date(2018, 7, 31), date(2018, 8, 1)
    for n, end in enumerate((late, soon)):
        change = Change(record_id=one.placement_id, sheet="s", row=1, fields={"contract_end": end, "end": None})
        batch = Batch(batch_id=f"b-{n}", kind=Kind.PLACEMENTS, file="f", file_sha256="0" * 64, imported_at=county.NOON)
        run.store.write_batch(batch, [change])
        page = desk(app)[0].get("/office/ending.json").get_json()
        rows = {kind["kind"]: kind["rows"] for kind in page["kinds"]}
        found = [row["day"] for row in rows["contract"] if row["id"] == one.worker_id]
        assert found == ([end.isoformat()] if end == soon else [])
    worker = next(iter(run.store.records(Kind.WORKERS)))
    batch = Batch(batch_id="b-w", kind=Kind.WORKERS, file="f", file_sha256="0" * 64, imported_at=county.NOON)
    fields = {"certificates": ["电工证"], "certificates_to": soon}
    run.store.write_batch(batch, [Change(record_id=worker.worker_id, sheet="s", row=1, fields=fields)])
    page = desk(app)[0].get("/office/ending.json").get_json()
    rows = {kind["kind"]: kind["rows"] for kind in page["kinds"]}
    assert [(row["day"], row["id"], row["title"]) for row in rows["certificate"]] == [
        ("2018-07-31", worker.worker_id, "电工证")
    ]
    assert page["until"] == "2018-07-31"
    assert [row["day"] for row in rows["document"]] == sorted(row["day"] for row in rows["document"])
    assert desk(app)[0].get("/office/ending").status_code == 200
    assert desk(app, Role.BROKER)[0].get("/office/ending").status_code == 403


def test_a_quarter_frozen_before_its_end_is_still_to_be_frozen(app):
    run = application_of(app)

    def frozen(day):
        call = Freeze(kind="quarterly", period="2019-Q1", on=day, at=county.NOON, by="a")
        return freeze(run.store, run.deeds, run.means, call)

    def row(day):
        rows = report_calendar(run.deeds, run.means, county.JURISDICTION, day)["rows"]
        return next(row for row in rows if (row["kind"], row["period"]) == ("quarterly", "2019-Q1"))

    early = frozen(date(2019, 2, 1))
    assert frozen(date(2019, 2, 1)) == early
    assert (row(date(2019, 4, 2))["frozen"], row(date(2019, 4, 3))["late"]) == (None, True)
    whole = frozen(date(2019, 4, 1))
    assert (early.on, whole.on, whole.seq) == (date(2019, 2, 1), date(2019, 3, 31), 2)
    assert frozen(date(2019, 4, 9)) == whole
    assert row(date(2019, 4, 9))["frozen"]["on"] == "2019-03-31"
