"""Pages after placement: checks, returnees, early warning, signs and samples, groups; regions, roles, undo."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import county
import pytest
from county import NOON, application_of
from office_desk import ON, desk, entries
from tracked_office import placement, posted, told

from api.office import grouped
from matcher.ports import Batch, Change
from matcher.records import Kind, Worker
from matcher.records.access import Role
from matcher.services.ground.own_batch import Deed, write_own
from matcher.services.tracking import note_visit as noting

TOWN = ("450206102",)
PAGES = ("/office/visits", "/office/visits/ended", "/office/visits/signs", "/office/visits/sample", "/office/returnees",
         "/office/returnees/warnings", "/office/dispatch")  # fmt: skip


@pytest.fixture(scope="module")
def tracked(tmp_path_factory, seeded):
    """A copy of the county that the tests of this file write into."""
    with county.opened(county.copied(seeded, tmp_path_factory.mktemp("tracked") / "home")) as app:
        yield app


@pytest.fixture(scope="module")
def officer(tracked):
    return desk(tracked)


@pytest.mark.parametrize("path", PAGES)
def test_the_office_reads_and_nobody_else(tracked, path):
    assert desk(tracked, Role.AUDITOR)[0].get(path).status_code == 200
    assert desk(tracked, Role.BROKER)[0].get(path).status_code == 403


class TestVisits:
    def test_every_figure_opens_the_people_behind_it_and_d_is_in_no_total(self, officer):
        page = told(officer[0], "/office/visits")
        assert page["total"] == sum(row["n"] for row in page["grades"] if row["grade"] != "D")
        assert page["n_running"] == page["total"] + page["n_left_out"]
        assert page["n_left_out"]
        for row in page["grades"]:
            behind = told(officer[0], "/office/visits", grade=row["grade"])["rows"]
            assert len({one["worker_id"] for one in behind}) == row["n"]
        assert officer[0].get("/office/visits?grade=E").status_code == 422

    def test_a_check_is_evidence_and_taken_back_it_never_was(self, tracked, officer):
        row = told(officer[0], "/office/visits")["rows"][0]
        before = placement(tracked, row["placement_id"])
        form = {"placement_id": row["placement_id"], "months": row["check"]["months"], "on": ON.isoformat()}
        posted(officer, "/office/visits", 422, **form, status="kept", kind="")
        posted(officer, "/office/visits", 422, **form | {"on": "2018-06-02"}, status="kept", kind="visit")
        for _ in range(2):
            posted(officer, "/office/visits", **form, status="kept", kind="visit")
        after = placement(tracked, row["placement_id"])
        assert len(after.evidence) == len(before.evidence) + 1
        assert after.checked_by
        assert row["placement_id"] not in [one["placement_id"] for one in told(officer[0], "/office/visits")["rows"]]
        posted(officer, "/office/visits/undo", placement_id=row["placement_id"])
        assert placement(tracked, row["placement_id"]) == before
        posted(officer, "/office/visits/undo", 409, placement_id=row["placement_id"])
        assert entries(tracked, row["placement_id"])

    def test_said_again_behind_another_check_it_is_no_second_piece_of_evidence(self, tracked, officer):
        rows = told(officer[0], "/office/visits")["rows"]
        row = next(one for one in rows if one["check"]["months"] >= 3)
        before = placement(tracked, row["placement_id"])
        form = {"placement_id": row["placement_id"], "on": ON.isoformat()}
        first = form | {"months": 1, "status": "kept", "kind": "visit"}
        posted(officer, "/office/visits", **first)
        posted(officer, "/office/visits", **form, months=3, status="unreachable", kind="")
        posted(officer, "/office/visits", **first)
        assert len(placement(tracked, row["placement_id"]).evidence) == len(before.evidence) + 1
        for _ in range(2):
            posted(officer, "/office/visits/undo", placement_id=row["placement_id"])
        assert placement(tracked, row["placement_id"]) == before

    @pytest.mark.parametrize(("status", "ends"), [("unreachable", False), ("moved", True), ("returned", True)])
    def test_what_finds_nobody_at_work_proves_no_work(self, tracked, officer, status, ends):
        page = told(officer[0], "/office/visits")
        bare = next(row for row in page["rows"] if row["grade"] == "D" and not row["kinds"])
        form = {"placement_id": bare["placement_id"], "months": bare["check"]["months"], "on": ON.isoformat()}
        before = placement(tracked, bare["placement_id"])
        # The list of proofs stands at its first line when nobody touches it.
        posted(officer, "/office/visits", **form, status=status, kind="visit")
        after = placement(tracked, bare["placement_id"])
        assert (after.evidence, after.checked_by) == (before.evidence, before.checked_by)
        assert after.end == (ON if ends else None)
        assert told(officer[0], "/office/visits")["total"] == page["total"]
        posted(officer, "/office/visits/undo", placement_id=bare["placement_id"])
        assert placement(tracked, bare["placement_id"]) == before

    def test_a_visit_keeps_income_job_and_what_is_the_matter(self, tracked, officer):
        row = told(officer[0], "/office/visits")["rows"][0]
        form = {"placement_id": row["placement_id"], "months": row["check"]["months"], "on": ON.isoformat()}
        form |= {"status": "kept", "kind": "visit", "income_yuan_month": "4200", "issue": "wage_late"}
        for wrong in ({"issue": "ghosts"}, *({"income_yuan_month": bad} for bad in ("0", "4k", "1000000"))):
            posted(officer, "/office/visits", 422, **form | wrong)
        for _ in range(2):
            posted(officer, "/office/visits", **form, job="平车 13800000001")
        person = f"/office/people/{row['worker_id']}"
        (said,) = [one for one in told(officer[0], person)["visits"] if one["placement_id"] == row["placement_id"]]
        assert (said["income_yuan_month"], said["issue"], said["on"]) == (4200, "工钱晚发、没发", ON.isoformat())
        assert said["job"].startswith("平车")
        assert "13800000001" not in said["job"]
        assert f"月收入{grouped(4200)}元" in officer[0].get(person).get_data(as_text=True)
        posted(officer, "/office/visits", **form | {"income_yuan_month": "4300"})
        assert told(officer[0], person)["visits"][-1]["income_yuan_month"] == 4300
        for _ in range(2):
            posted(officer, "/office/visits/undo", placement_id=row["placement_id"])
        assert told(officer[0], person)["visits"] == []

    def test_two_checks_noted_at_once_both_leave_their_evidence(self, tracked, officer, monkeypatch):
        placements = application_of(tracked).store.records(Kind.PLACEMENTS)
        one = next(one for one in placements if one.end is None and one.start < ON - timedelta(days=100))
        calls = {1: "visit", 3: "own_reply"}
        askers = [desk(tracked) for _ in calls]
        both, write = Barrier(2), noting._write

        def write_together(*args):
            both.wait(20)
            write(*args)

        monkeypatch.setattr(noting, "_write", write_together)

        def note(asker, months):
            form = {"placement_id": one.placement_id, "months": months, "on": ON.isoformat()}
            client, csrf = asker
            return client.post(
                "/office/visits", data={"csrf": csrf, **form, "status": "kept", "kind": calls[months]}
            ).status_code

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(note, askers, calls)) == [303, 303]
        found = placement(tracked, one.placement_id).evidence
        assert sorted(piece.kind for piece in found[len(one.evidence) :]) == sorted(calls.values())
        for _ in calls:
            posted(officer, "/office/visits/undo", placement_id=one.placement_id)
        assert placement(tracked, one.placement_id) == one

    def test_a_check_of_six_months_is_not_made_after_days(self, tracked, officer):
        placements = application_of(tracked).store.records(Kind.PLACEMENTS)
        young = next(one for one in placements if one.end is None and ON - timedelta(days=90) < one.start < ON)
        form = {"placement_id": young.placement_id, "months": 6, "on": ON.isoformat(), "status": "kept"}
        answer = posted(officer, "/office/visits", 422, **form, kind="visit")
        assert "才能做" in answer.get_data(as_text=True)
        posted(officer, "/office/visits", 422, **form | {"months": 2_000_000_000}, kind="visit")

    def test_who_came_back_is_at_work_no_longer(self, tracked, officer):
        row = told(officer[0], "/office/visits")["rows"][-1]
        form = {"placement_id": row["placement_id"], "months": row["check"]["months"], "on": ON.isoformat()}
        worker_id = row["worker_id"]

        def home():
            """How often the ledger and the cases have them, and since when the roster has."""
            ledger = told(officer[0], "/office/returns")["entries"]
            cases = told(officer[0], "/office/returnees")["rows"]
            (worker,) = application_of(tracked).store.records(Kind.WORKERS, ids=[worker_id])
            return *(sum(one["worker_id"] == worker_id for one in rows) for rows in (ledger, cases)), worker.returned_on

        before = home()
        assert before[:2] == (0, 0)
        for _ in range(2):
            posted(officer, "/office/visits", **form, status="returned", kind="")
        assert placement(tracked, row["placement_id"]).end == ON
        assert home() == (1, 1, ON)
        posted(officer, "/office/visits/undo", placement_id=row["placement_id"])
        assert placement(tracked, row["placement_id"]).end is None
        assert home() == before

    def test_who_is_in_the_ledger_already_is_not_there_twice_and_stays(self, tracked, officer):
        row = told(officer[0], "/office/visits")["rows"][-2]
        posted(officer, "/office/returns", worker_id=row["worker_id"], returned_on="2018-05-30", wish="go_out")
        form = {"placement_id": row["placement_id"], "months": row["check"]["months"], "on": ON.isoformat()}
        posted(officer, "/office/visits", **form, status="returned", kind="")
        posted(officer, "/office/visits/undo", placement_id=row["placement_id"])
        entries = told(officer[0], "/office/returns")["entries"]
        (entry,) = [one for one in entries if one["worker_id"] == row["worker_id"]]
        assert entry["returned_on"] == "2018-05-30"

    def test_nobody_of_another_town_is_seen_or_noted(self, tracked, officer):
        here = desk(tracked, regions=TOWN)
        homes = {w.worker_id: w.place_code for w in application_of(tracked).store.records(Kind.WORKERS)
                 if isinstance(w, Worker)}  # fmt: skip
        mine = [row["worker_id"] for row in told(here[0], "/office/visits")["rows"]]
        assert mine
        assert all(homes[one].startswith(TOWN) for one in mine)
        rows = told(officer[0], "/office/visits")["rows"]
        other = next(row for row in rows if not homes[row["worker_id"]].startswith(TOWN))
        form = {
            "placement_id": other["placement_id"],
            "months": 1,
            "on": "2018-06-01",
            "status": "kept",
            "kind": "visit",
        }
        posted(here, "/office/visits", 404, **form)


class TestEnded:
    def test_who_left_work_is_registered_once_and_the_rule_asks_for_what_lacks(self, tracked, officer):
        run, path = application_of(tracked), "/office/visits/ended"
        poor = {"place_code": "450206102203", "registered_poor": True}
        work = {"worker_id": "w-ended", "employer_name": "样例制衣厂", "start": "2018-01-01", "end": "2018-05-01"}
        for kind, name, fields in ((Kind.WORKERS, "w-ended", poor), (Kind.PLACEMENTS, "pl-ended", work)):
            change = Change(record_id=name, sheet="", row=1, fields=fields, since=date(2018, 1, 1))
            write_own(run.store, f"b-{name}", kind, Deed("test", b"", NOON, "test"), [change])

        def row():
            rows = []
            while True:
                page = told(officer[0], path, skip=len(rows))
                rows += page["rows"]
                if page["next"] is None:
                    assert page["n"] == len(rows)
                    assert page["borrowed"]
                    return next((one for one in rows if one["placement_id"] == "pl-ended"), None)

        assert (row()["registered"], row()["benefit"], row()["support"]) == ("", "", "")
        assert row()["ask"] == ["是不是符合低保、临时救助的条件没有记录", "参保缴费没有记录"]
        form = {"placement_id": "pl-ended", "registered": "2018-05-10", "benefit": "unemployment_insurance"}
        for wrong in ({"registered": "2018-04-30"}, {"registered": "2018-06-02"}, {"benefit": "gold"}):
            posted(officer, path, 422, **form | wrong)
        posted(officer, path, 422, placement_id="pl-ended")
        posted(officer, path, 404, **form | {"placement_id": "pl-none"})
        n_batches = len(run.store.batches())
        for _ in range(2):
            posted(officer, path, **form)
        assert len(run.store.batches()) == n_batches + 1
        assert (row()["registered"], row()["benefit"]) == ("2018-05-10", "失业保险待遇")
        assert (row()["hard_to_employ"], row()["support"], row()["ask"]) == (True, "失业保险待遇", [])
        person = officer[0].get("/office/people/w-ended").get_data(as_text=True)
        assert "失业登记日期" in person
        assert "失业保险待遇" in person
        again = Change(record_id="pl-new", sheet="", row=1, fields={"worker_id": "w-ended", "start": "2018-05-20"})
        write_own(run.store, "b-new", Kind.PLACEMENTS, Deed("test", b"", NOON, "test"), [again])
        assert row() is None
        posted(officer, path, 409, **form | {"placement_id": "pl-new"})


class TestSamples:
    def test_the_same_seed_draws_the_same_and_what_was_found_is_kept(self, officer):
        client = officer[0]
        first = posted(officer, "/office/visits/sample", seed="7", per_stratum="2").location
        assert posted(officer, "/office/visits/sample", seed="7", per_stratum="2").location == first
        page = told(client, "/office/visits/sample", id=client.get(first).request.args["id"])["sample"]
        rows = [row for part in page["strata"] for row in part["rows"]]
        assert len(rows) == page["n"] == sum(min(2, part["of"]) for part in page["strata"])
        assert not page["n_hidden"]
        form = {"sample_id": page["sample_id"], "placement_id": rows[0]["placement_id"]}
        posted(officer, "/office/visits/sample/found", **form, result="false")
        again = told(client, "/office/visits/sample", id=page["sample_id"])["sample"]
        assert (again["n_done"], again["n_false"]) == (1, 1)
        posted(officer, "/office/visits/sample/found", 422, **form, result="bad")
        posted(officer, "/office/visits/sample/found", 404, sample_id="x", placement_id="y", result="real")

    def test_a_sample_of_the_county_is_not_for_a_town(self, tracked, officer):
        first = posted(officer, "/office/visits/sample", seed="8", per_stratum="1").location
        assert desk(tracked, regions=TOWN)[0].get(first).status_code == 404

    def test_a_wage_rule_without_a_figure_is_said_not_to_be_looked_for(self, officer):
        page = told(officer[0], "/office/visits/signs")
        assert page["lowest_yuan_month"] is None
        assert page["not_looked_for"]


class TestSigns:
    def test_a_village_whose_ages_all_end_in_0_is_shown_and_numbers_are_opened_once(self, make_app, monkeypatch):
        app = make_app()
        run = county.application_of(app)
        village, job = "450206999201", {"start": "2018-05-20", "evidence": [{"kind": "contract", "on": "2018-05-20"}]}
        people = [(f"w-zero-{n}", {"place_code": village, "birth_date": f"{1948 + 10 * n}-05-01"}) for n in range(5)]
        work = [(f"p-zero-{n}", job | {"worker_id": f"w-zero-{n}"}) for n in range(5)]
        for kind, rows in ((Kind.WORKERS, people), (Kind.PLACEMENTS, work)):
            changes = [Change(record_id=name, sheet="", row=2, fields=fields) for name, fields in rows]
            made = Batch(batch_id=f"b-{kind.value}", kind=kind, file="a", file_sha256="", imported_at=county.NOON)
            run.store.write_batch(made, changes)
        client = desk(app)[0]
        rows = told(client, "/office/visits/signs")["rows"]
        found = {row["worker_id"] for row in rows if "round_ages" in [one["sign"] for one in row["signs"]]}
        assert found == {name for name, _ in people}
        opened = []
        identities = run.store.identities
        monkeypatch.setattr(
            run.store, "identities", lambda ids, **asked: opened.append(len(ids)) or identities(ids, **asked)
        )
        assert told(client, "/office/visits/signs")["rows"] == rows
        assert max(opened, default=0) <= 50
        by_sign = {one["sign"]: one["n"] for one in told(client, "/office/visits/signs")["by_sign"]}
        assert by_sign["round_ages"] == len(people)
        html = client.get("/office/visits/signs").get_data(as_text=True)
        for sign, n in by_sign.items():
            page = told(client, "/office/visits/signs", sign=sign)
            assert (page["n_rows"], page["n"]) == (n, told(client, "/office/visits/signs")["n"])
            assert all(sign in [one["sign"] for one in row["signs"]] for row in page["rows"])
            assert (f"/office/visits/signs?sign={sign}" in html) is bool(n)
        assert client.get("/office/visits/signs?sign=nothing").status_code == 404
