"""`matcher plots`: from rosters of section 3 to the queue, in every form, land told beside it."""

from __future__ import annotations

import pytest
from command_line import COUNTY, ON, VILLAGE, jsonl, worker

DAY = ("--on", ON, "--jurisdiction", COUNTY)
HARD = {"value": True, "by": "村委会", "on": "2018-03-01", "grounds": "多次应聘未成"}


def older(worker_id, **fields):
    told = {"birth_date": "1968-03-01", "registered_poor": True, "off_farm_hard": HARD, "household_id": "h1"}
    return worker(worker_id, **(told | {"consent": {"plot": True}} | fields))


@pytest.fixture
def office(blank, tmp_path):
    people = [
        older("w1", consent={"plot": True, "plot_on": "2018-05-01"}),
        older("w2", consent={"plot": True, "plot_on": "2018-03-01"}),
        older("w3", household_id="h3"),
        older("w4", household_id="h4", consent={}),
        older("w5", household_id="h5", consent={"plot": False}),
        older("w6", household_id="h6", off_farm_hard={}),
    ]
    homes = [{"household_id": f"h{n}", "holds_plot": False} for n in (1, 3, 4, 5, 6)]
    land = [{"plot_id": "p1", "site_code": VILLAGE, "area_mu": 0.3, "state": "free"}]
    blank.load("households", jsonl(tmp_path / "h.jsonl", homes))
    blank.load("workers", jsonl(tmp_path / "w.jsonl", people))
    blank.load("plots", jsonl(tmp_path / "p.jsonl", land))
    return blank


def test_the_queue_is_one_row_a_line(office):
    answer = office.ok("plots", *DAY)
    assert [(row["line"], row["worker_id"], row["also"]) for row in answer.json] == [
        ("offer", "w2", ["w1"]), ("wait", "w3", []), ("ask", "w4", []), ("judge", "w6", []),
    ]  # fmt: skip
    assert answer.json[0]["plot_id"] == "p1"
    assert {row["clause"] for row in answer.json} == {"三(二)4(2)"}
    assert all(row["notes"] for row in answer.json)
    assert f"{VILLAGE}：空地1块0.3亩，拟安排1块" in answer.err


@pytest.mark.parametrize("form", ["jsonl", "csv", "table"])
def test_every_form_holds_the_same_people(office, form):
    text = office.ok("plots", *DAY, "--format", form).text
    assert all(name in text for name in ("w2", "w3", "w4", "w6"))
    assert "w5" not in text


def test_no_land_and_no_rule_is_said_and_lists_nobody(blank, tmp_path):
    blank.load("workers", jsonl(tmp_path / "w.jsonl", [older("w1")]))
    answer = blank.ok("plots", "--on", ON, "--jurisdiction", "hekou_2018")
    assert answer.json == []
    assert "没有微田园条款" in answer.err
