"""Formats, days and processes of commands: what a reader, a pipe and a clock may count on."""

from __future__ import annotations

import csv as csv_reader
import io
import os
import subprocess
import sys
from datetime import date

import msgspec
import pytest
from command_line import COUNTY, ON, csv, jsonl, process, worker


class TestFormats:
    """`--format json|jsonl|csv|table` wherever a command prints rows; data on stdout, notes on stderr."""

    ROWS = (
        ("policy", "list", "--on", ON),
        ("model", "show"),
        ("doctor",),
        ("doctor", "--settings"),
        ("import", "list"),
        ("policy", "check"),
        ("policy", "deadlines", "--on", ON),
        ("policy", "figures-needed"),
        ("policy", "figure", "history", "liujiang_2018", "welfare_post_subsidy"),
    )

    @pytest.mark.parametrize("command", ROWS, ids=" ".join)
    def test_four_forms_of_the_same_rows(self, readable_county, command):
        forms = {form: readable_county.ok(*command, "--format", form) for form in ("json", "jsonl", "csv", "table")}
        rows = forms["json"].json
        assert rows or command[:2] in {("policy", "check"), ("policy", "figure")}
        assert forms["jsonl"].lines == rows
        read = list(csv_reader.DictReader(io.StringIO(forms["csv"].text)))
        assert [list(row) for row in read] == [list(row) for row in rows]
        for row, told in zip(rows, read, strict=True):
            for name, value in row.items():
                plain = "" if value is None else value
                assert told[name] == (plain if isinstance(plain, str) else msgspec.json.encode(plain).decode())
        assert len(forms["table"].text.splitlines()) == len(rows) + 2 or any(
            "\n" in str(value) for row in rows for value in row.values()
        )

    @pytest.mark.parametrize("command", ["recommend", "candidates"])
    def test_a_list_as_rows(self, readable_county, records, command):
        asked = {
            "recommend": ("--worker", next(w for w in records.workers if w.wish_to_work).worker_id),
            "candidates": ("--vacancy", records.vacancies[0].vacancy_id),
        }[command]
        options = (command, *asked, "--on", ON, "--jurisdiction", COUNTY)
        (listed,) = readable_county.ok(*options).json["lists"]
        rows = readable_county.ok(*options, "--format", "jsonl").lines
        assert len(rows) == len(listed["items"]) > 0
        told = {"rank", "verdict", "fit", "fit_band", "score", "tier", "sentence", "drawback"}
        for row, item in zip(rows, listed["items"], strict=True):
            assert {name: row[name] for name in told} == {name: item[name] for name in told}
            assert {"worker_id", "vacancy_id"} <= row.keys()
        read = list(csv_reader.DictReader(io.StringIO(readable_county.ok(*options, "--format", "csv").text)))
        assert [float(row["score"]) for row in read] == [item["score"] for item in listed["items"]]
        assert len(readable_county.ok(*options, "--format", "table").text.splitlines()) == len(rows) + 2

    def test_the_summary_is_alone_on_stdout(self, blank, tmp_path):
        path = csv(tmp_path / "w.csv", ["姓名", "身份证号", "村"], ["王小明", "1", "基隆村"])
        answer = blank("import", "workers", path, "--jurisdiction", COUNTY, "--on", ON)
        assert answer.code == 1
        assert answer.json["rejected"] == 1
        assert "w.csv" in answer.err


def test_on_decides_the_day(blank, tmp_path):
    """A post is listed on its last day, not the day after, and the default is today."""
    blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]))
    today = date.today()  # noqa: DTZ011 - the default of --on is the local calendar day
    blank.load(
        "vacancies",
        jsonl(
            tmp_path / "v.jsonl",
            [
                {"vacancy_id": "v1", "title": "缝纫工", "channel": "workshop", "place_code": "450206", "headcount": 1,
                 "valid_to": "2018-06-01"},
                {"vacancy_id": "v2", "title": "缝纫工", "channel": "workshop", "place_code": "450206", "headcount": 1,
                 "valid_from": today.isoformat()},
            ],
        ),
    )  # fmt: skip

    def listed(*on):
        (found,) = blank.ok("recommend", "--worker", "w1", "--jurisdiction", COUNTY, *on).json["lists"]
        return [item["vacancy_id"] for item in found["items"]]

    assert listed("--on", "2018-06-01") == ["v1"]
    assert listed("--on", "2018-06-02") == []
    assert listed() == ["v2"]


class TestProcesses:
    """The same through a real process: exit codes, separate streams, UTF-8 whatever the locale."""

    def test_data_to_stdout_notes_to_stderr_exit_0(self, tmp_path):
        home = ("--home", tmp_path / "home")
        made = process(*home, "init")
        assert (made.code, made.out) == (0, b"")
        assert "database ready" in made.err
        loaded = process(
            *home, "import", "workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]),
            env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii:backslashreplace"},
        )  # fmt: skip
        assert (loaded.code, loaded.json["accepted"]) == (0, 1)
        assert loaded.err.count("\n") == 1

    def test_problems_in_the_data_exit_1(self, blank, tmp_path):
        path = csv(tmp_path / "坏.csv", ["姓名", "身份证号", "村"], ["王小明", "1", "基隆村"])
        answer = process("--home", blank.home, "import", "workers", path, env={"LC_ALL": "C.UTF-8"})
        assert answer.code == 1
        assert answer.json["rejected"] == 1

    def test_wrong_usage_exits_2(self):
        answer = process("import", "people", "x.csv")
        assert (answer.code, answer.out) == (2, b"")

    def test_a_reader_that_leaves_early_is_no_fault(self, blank):
        made = subprocess.Popen(
            [sys.executable, "-m", "matcher", "--home", str(blank.home), "model", "show", "--format", "jsonl"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ),
        )  # fmt: skip
        made.stdout.close()
        err = made.stderr.read().decode()
        made.stderr.close()
        assert made.wait(timeout=60) in (0, 1)
        assert "Traceback" not in err
