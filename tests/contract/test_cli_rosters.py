"""Rosters in: the summary of section 6, undo, and the demo county."""

from __future__ import annotations

import sqlite3
import tomllib
from contextlib import closing
from datetime import datetime, time, timedelta

import pytest
from command_line import COUNTY, KINDS, Office, csv, id_number, jsonl, worker
from roster_objects import FULL

from matcher.demo import jurisdictions
from matcher.records import ID_FIELDS, Kind

DAY = timedelta(days=1)

SUMMARY = {"batch_id", "kind", "rows", "accepted", "repaired", "rejected", "unchanged", "problems"}
PROBLEM = {"sheet", "row", "column", "found", "expected", "fix", "severity"}


class TestSummary:
    def test_keys_and_problems_are_those_of_the_contract(self, blank, tmp_path):
        path = csv(
            tmp_path / "w.csv",
            ["姓名", "身份证号", "联系电话", "村"],
            ["韦一", id_number("19800315", 1), "13900000001", "基隆村"],
            ["韦二", id_number("19800315", 2)[:-1] + "？", "13900000002", "基隆村"],
            ["韦三", id_number("19800315", 3), "１３９００００３３３３", "基隆村"],
        )
        summary = blank.load("workers", path)
        assert summary.keys() >= SUMMARY
        assert (summary["kind"], summary["rows"]) == ("workers", 3)
        assert (summary["accepted"], summary["repaired"], summary["rejected"], summary["unchanged"]) == (1, 1, 1, 0)
        assert all(problem.keys() == PROBLEM for problem in summary["problems"])
        (wrong,) = [problem for problem in summary["problems"] if problem["severity"] == "error"]
        assert (wrong["row"], wrong["column"]) == (3, "身份证号")
        assert wrong["found"]
        assert wrong["expected"]
        assert wrong["fix"]
        (mended,) = [problem for problem in summary["problems"] if problem["severity"] == "repaired"]
        assert (mended["row"], mended["found"], mended["expected"]) == (4, "１３９００００３３３３", "13900003333")

    def test_the_same_file_again_changes_nothing(self, county, county_files):
        before = county.snapshot()
        for kind, path in county_files.items():
            summary = county.load(kind, path)
            assert summary["unchanged"] == summary["rows"]
        assert county.snapshot() == before

    def test_a_dry_run_tells_all_and_writes_nothing(self, county, tmp_path):
        before, batches = county.snapshot(), county.ok("import", "list").json
        path = csv(
            tmp_path / "w.csv",
            ["姓名", "身份证号", "村"],
            ["韦一", id_number("19800315", 1), "基隆村"],
            ["韦二", "0", "基隆村"],
        )
        rejects = tmp_path / "rejects.xlsx"
        tried = county.load("workers", path, "--dry-run", "--rejects", rejects)
        assert (tried["accepted"], tried["rejected"]) == (1, 1)
        assert rejects.is_file()
        assert county.snapshot() == before
        assert county.ok("import", "list").json == batches
        real = county.load("workers", path)
        assert {k: v for k, v in real.items() if k not in ("batch_id", "dry_run")} == {
            k: v for k, v in tried.items() if k not in ("batch_id", "dry_run")
        }

    def test_every_import_is_listed(self, readable_county):
        listed = readable_county.ok("import", "list").json
        assert [row["kind"] for row in listed] == list(KINDS)
        assert all(row["undone_at"] is None and row["rows"] > 0 for row in listed)


class TestUndo:
    @pytest.mark.parametrize("kind", KINDS)
    def test_an_export_before_and_after_is_byte_identical(self, county, tmp_path, kind):
        before = county.snapshot(kind)
        first, id_field = county.objects(kind)[0], ID_FIELDS[Kind(kind)]
        changed = {
            "households": {"able_members": 9},
            "workers": {"trades": ["焊工"], "consent": {"sms": False}, "name": "改名"},
            "employers": {"name": "改名公司"},
            "vacancies": {"headcount": 99},
            "plots": {"area_mu": 9.5},
            "placements": {"end": "2018-05-31", "checked_by": "另一人"},
        }[kind]
        added = {**FULL[kind], **({"worker_id": first["worker_id"]} if kind == "placements" else {})}
        path = jsonl(tmp_path / "change.jsonl", [{id_field: first[id_field], **changed}, added])
        summary = county.load(kind, path)
        assert (summary["rows"], summary["rejected"], summary["unchanged"]) == (2, 0, 0), summary["problems"]
        after = county.snapshot(kind)
        assert {name for name in after if after[name] != before[name]} == {
            f"{kind}.{form}" for form in ("csv", "xlsx", "jsonl")
        }
        undone = county.ok("import", "undo", summary["batch_id"])
        assert undone.json["undone"] is True
        assert county.snapshot(kind) == before

    def test_only_once(self, blank, tmp_path):
        summary = blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]))
        blank.ok("import", "undo", summary["batch_id"])
        assert blank.objects("workers") == []
        again = blank("import", "undo", summary["batch_id"])
        assert again.code == 1
        assert summary["batch_id"] in again.err
        assert again.out == b""

    def test_an_undone_file_comes_in_again(self, blank, tmp_path):
        path = csv(tmp_path / "w.csv", ["姓名", "身份证号", "村"], ["韦一", id_number(), "基隆村"])
        first = blank.load("workers", path)
        before = blank.snapshot()
        blank.ok("import", "undo", first["batch_id"])
        second = blank.load("workers", path)
        assert second["accepted"] == 1
        assert second["batch_id"] != first["batch_id"]
        assert blank.snapshot() == before

    def test_an_older_import_taken_back_leaves_the_newer_one(self, blank, tmp_path):
        first = blank.load("workers", jsonl(tmp_path / "a.jsonl", [worker("w1", education="primary")]))
        blank.load("workers", jsonl(tmp_path / "b.jsonl", [worker("w2"), {"worker_id": "w1", "skills": ["电焊"]}]))
        blank.ok("import", "undo", first["batch_id"])
        # w1 lacks what only the first file stated, so it is no worker until somebody states it again.
        assert [w["worker_id"] for w in blank.objects("workers")] == ["w2"]


@pytest.mark.parametrize("jurisdiction", jurisdictions())
def test_the_demo_county_of_each_place_is_seeded_by_one_command(tmp_path, jurisdiction):
    office = Office(tmp_path / "home")
    seeded = office.ok("demo", "--no-serve", "--jurisdiction", jurisdiction, "--workers", "50")
    assert "合成数据" in seeded.text + seeded.err
    assert "matcher recommend --worker" in seeded.text
    with closing(sqlite3.connect(office.home / "matcher.db")) as raw:
        shown = [moment for (moment,) in raw.execute("SELECT made_at FROM decision")]
    # What the tour shows was shown on the demo day, which is years ago.
    on = tomllib.loads((office.home / "matcher.toml").read_text(encoding="utf-8"))["today"]
    assert shown
    assert all(abs(datetime.fromisoformat(str(one)[:19]) - datetime.combine(on, time())) <= DAY for one in shown)
    # The day of the demo and its county are remembered.
    first = office.objects("workers")[0]["worker_id"]
    answer = office.ok("recommend", "--worker", first).json
    assert answer["jurisdiction"] == jurisdiction
    assert answer["plan"] is not None
    if jurisdiction != COUNTY:
        return
    # A second run leaves the county as it is and reads nothing again.
    before = office.ok("import", "list").json
    office.ok("demo", "--no-serve", "--jurisdiction", jurisdiction, "--workers", "50")
    assert office.ok("import", "list").json == before
    # The rosters came in before anybody answered on the demo day: a no of theirs gives way to a yes.
    refused = next(w["worker_id"] for w in office.objects("workers") if (w.get("consent") or {}).get("sms") is False)
    assert office.ok("sms", "consent", refused).json["agreed"] is False
    assert office.ok("sms", "consent", refused, "--yes").json["agreed"] is True
