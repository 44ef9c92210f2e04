"""`matcher office`: from rosters of section 3 to registers, lists, villages and households, of any day and version."""

from __future__ import annotations

import io

import openpyxl
import pytest
from command_line import COUNTY, ON, VILLAGE, jsonl, worker

DAY = ("--on", ON, "--jurisdiction", COUNTY)
POOR = {
    "registered_poor": True, "birth_date": "1980-01-01", "employment_status": "unemployed", "household_id": "h1",
    "wish_to_go_out": True,
}  # fmt: skip


def placed(worker_id, start, **fields):
    told = {"placement_id": f"p-{worker_id}-{start}", "worker_id": worker_id, "start": start, "place_code": "440300"}
    return told | {"evidence": [{"kind": "contract", "on": start, "by": "liang"}], "wage_yuan_month": 4000} | fields


@pytest.fixture
def office(blank, tmp_path):
    people = [
        worker("w1", **POOR),
        worker("w2", **POOR | {"household_id": "h2"}),
        worker("w3", **POOR | {"relocated": True, "wish_to_go_out": None}),
        worker("w4", **POOR | {"registered_poor": False}),
    ]
    jobs = [placed("w1", "2018-03-01"), placed("w2", "2017-03-01", end="2017-08-31")]
    blank.load("workers", jsonl(tmp_path / "w.jsonl", people))
    blank.load("placements", jsonl(tmp_path / "p.jsonl", jobs))
    return blank


def test_the_databases_of_a_village_and_what_is_not_clear(office):
    answer = office.ok("office", "registers", *DAY)
    (row,) = answer.json
    assert (row["code"], row["registered_poor_rural_labour"], row["relocated_poor_rural_labour"]) == (VILLAGE, 3, 1)
    assert row["unclear:wish_to_go_out"] == 1
    assert "江政办发〔2018〕97号 三(一)" in answer.err
    (named,) = office.ok("office", "registers", "--names", "unclear:wish_to_go_out", *DAY).json
    assert named["worker_id"] == "w3"
    assert "wish_to_go_out" in [one["field"] for one in named["unclear"]]


@pytest.mark.parametrize(("figure", "names"), [("employed_list", ["w1"]), ("wish_list", ["w2"]), ("unproved", [])])
def test_two_lists_follow_from_placements_and_wishes(office, figure, names):
    assert [row["worker_id"] for row in office.ok("office", "two-lists", "--names", figure, *DAY).json] == names


def test_a_list_of_an_earlier_day_and_of_an_earlier_version(office, tmp_path):
    before = ("office", "two-lists", "--names", "employed_list")
    assert office.ok(*before, "--on", "2018-02-28", "--jurisdiction", COUNTY).json == []
    version = office.ok("office", "two-lists", *DAY).err.partition("数据第")[2].partition("版")[0]
    office.load("placements", jsonl(tmp_path / "late.jsonl", [placed("w2", "2018-04-01")]))
    assert [row["worker_id"] for row in office.ok(*before, *DAY).json] == ["w1", "w2"]
    assert [row["worker_id"] for row in office.ok(*before, *DAY, "--revision", version).json] == ["w1"]


def test_a_village_is_compared_with_the_year_before_until_the_county_names_one(office):
    answer = office.ok("office", "villages", *DAY)
    (row,) = answer.json
    assert (row["code"], row["base"], row["now"], row["gone"], row["short"]) == (VILLAGE, 1, 1, 1, 0)
    assert row["months_open"] == 1
    assert "policy figure set masked_county_2020 work_time_out_of_county_min_months" in answer.err
    assert "先按2017年比" in answer.err


def test_a_list_of_the_base_year_comes_in_as_a_roster_and_what_nobody_recorded_is_told(office, tmp_path):
    entered = [worker("w1", **POOR, system_work_years=["2017"]), worker("w9", place_code="450206101201", **POOR)]
    office.load("workers", jsonl(tmp_path / "list.jsonl", entered))
    answer = office.ok("office", "villages", *DAY)
    assert {row["code"]: (row["base_count"], row["base_basis"], row["short"]) for row in answer.json} == {
        VILLAGE: (1, "listed", 0), "450206101201": (None, "unknown", 0),
    }  # fmt: skip
    assert "1个村没有对比年的人数" in answer.err
    towns = {row["code"]: row["base_count"] for row in office.ok("office", "villages", "--towns", *DAY).json}
    assert towns == {VILLAGE[:9]: 1, "450206101": None}


def test_households_without_work_have_a_next_step(office):
    (row,) = office.ok("office", "households", *DAY).json
    assert (row["household_id"], row["members"], row["step"]["code"]) == ("h2", ["w2"], "training")
    assert office("office", "households", "--list", "nothing", *DAY).code == 2


def test_a_workbook_of_the_same_state_has_the_same_bytes(office, tmp_path):
    for name in ("registers", "two-lists", "villages", "households"):
        first, again = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
        office.ok("office", name, *DAY, "--out", first)
        office.ok("office", name, *DAY, "--out", again)
        assert first.read_bytes() == again.read_bytes()
        assert openpyxl.load_workbook(io.BytesIO(first.read_bytes())).sheetnames
