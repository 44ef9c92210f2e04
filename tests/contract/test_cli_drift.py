"""`matcher model drift`: silent while the county is as it was, an exit of 1 and a sentence when it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import call
from small_log import VACANCY, WORKER, LogMaker


def season(folder: Path, wage: int, *, synthetic: bool = False, n: int = 60) -> Path:
    made = LogMaker(0, 0)
    made.snapshot("vacancy", {**VACANCY, "wage_low_yuan_month": wage, "wage_high_yuan_month": wage})
    for ix in range(n):
        made.snapshot("worker", {**WORKER, "worker_id": f"w{ix}"})
        made.shown(f"w{ix}")
    folder.mkdir()
    for name, rows in made.rows.items():
        told = [{**row, "synthetic": synthetic} for row in rows]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in told), "utf-8")
    return folder


@pytest.mark.parametrize(("wage", "code"), [(3000, 0), (6000, 1)])
def test_other_wages_ring_and_the_same_do_not(tmp_path, wage, code):
    before, now = season(tmp_path / "before", 3000), season(tmp_path / "now", wage)
    found = call("--home", tmp_path, "model", "drift", "--trained-on", before, "--events", now)
    assert found.code == code, found.err
    assert bool(found.json["alarms"]) is bool(code)
    assert ("月工资" in found.err) is bool(code)
    assert {term["term"] for term in found.json["terms"] if term["alarm"]} <= {"wage", "wage_margin"}


def test_few_people_have_no_figure(tmp_path):
    before, now = season(tmp_path / "before", 3000), season(tmp_path / "now", 6000, n=19)
    found = call("--home", tmp_path, "model", "drift", "--trained-on", before, "--events", now)
    assert (found.code, found.json) == (0, {"alarms": [], "terms": [], "stages": []})


def test_logs_that_cannot_be_compared_are_refused(tmp_path):
    real, invented = season(tmp_path / "real", 3000), season(tmp_path / "invented", 3000, synthetic=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "impressions.jsonl").write_bytes(b"")
    drift = ("--home", tmp_path, "model", "drift", "--trained-on", real, "--events")
    for wrong, said in ((invented, "synthetic"), (empty, "no lists"), (tmp_path / "none", "no folder")):
        answer = call(*drift, wrong)
        assert (answer.code, answer.out) == (1, b"")
        assert said in answer.err
