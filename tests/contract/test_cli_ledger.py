"""`matcher import ledger`: another office's list held against our roster; nothing in it changes, no row is lost."""

from __future__ import annotations

import csv

import pytest
from command_line import COUNTY

from matcher.records.id_numbers import check_digit

DAY = ("--on", "2018-06-01", "--jurisdiction", COUNTY)
ROSTER = ("姓名", "身份证号", "联系电话", "居住地区划代码", "就业状态")
OURS = (
    ("韦小英", "450206197801010028", "15400000003", "450206102201", "已就业"),
    ("覃大海", "450206199203050010", "15400000011", "450206102201", "未就业"),
    ("黎阿妹", "450206196511110018", "15400000019", "450206102201", "未就业"),
)
HEADERS = ("姓名", "身份证号", "联系电话", "村", "就业状态")
SUMMED = ("accepted", "repaired", "rejected", "unchanged")


def written(path, headers, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([headers, *rows])
    return path


@pytest.fixture
def office(blank, tmp_path):
    blank.ok("import", "workers", written(tmp_path / "ours.csv", ROSTER, OURS), *DAY)
    return blank


def theirs(tmp_path, *rows):
    return written(tmp_path / "theirs.csv", HEADERS, rows)


def test_it_is_compared_with_the_roster_and_the_pairs_wait_for_an_officer(office, tmp_path):
    file = theirs(
        tmp_path,
        ("韦小英", "450206197801010028", "15400000003", "", "未就业"),
        ("覃大海", "450206199203050010", "15400000011", "", "未就业"),
        ("蓝新人", "450206199901010013", "", "", "未就业"),
    )
    before = office.objects("workers")
    told = office("import", "ledger", file, *DAY, "--by", "liang")
    summary = told.json
    assert told.code == 0, told.err
    assert summary["kind"] == "ledger"
    assert summary["rows"] == sum(summary[name] for name in SUMMED) == 3
    compared = summary["compared"]
    assert (compared["agree"], compared["status_differs"], compared["right_only"], compared["left_only"]) == (
        1,
        1,
        1,
        1,
    )
    assert f"/office/reconcile/{summary['batch_id']}" in told.err
    assert office.objects("workers") == before
    again = office("import", "ledger", file, *DAY).json
    assert (again["batch_id"], again["unchanged"], again["accepted"]) == (summary["batch_id"], 3, 0)


def test_swapped_cells_and_one_person_three_times_under_two_names_are_told_and_kept(office, tmp_path):
    file = theirs(
        tmp_path,
        ("450206197801010028", "韦小英", "15400000003", "", "已就业"),
        ("韦晓英", "450206197801010028", "15400000003", "", "已就业"),
        ("韦小英", "450206197801010028", "", "", "已就业"),
        ("覃大海", "450206199203050010", "15400000011", "", "未就业"),
    )
    summary = office("import", "ledger", file, *DAY).json
    assert (summary["rows"], summary["rejected"], summary["repaired"]) == (4, 0, 1)
    compared = summary["compared"]
    paired = sum(compared[name] for name in ("agree", "typo", "status_differs", "needs_person"))
    assert paired + compared["right_only"] == 4
    assert (paired, compared["doubles"]) == (2, 3)
    assert [problem["row"] for problem in summary["problems"] if "错位" in problem["found"]] == [2]


def test_a_dry_run_keeps_nothing_and_a_file_without_people_is_refused(office, tmp_path):
    file = theirs(tmp_path, ("韦小英", "450206197801010028", "", "", "未就业"))
    dry = office("import", "ledger", file, *DAY, "--dry-run").json
    assert (dry["batch_id"], dry["compared"]["status_differs"]) == ("", 1)
    assert office("import", "ledger", file, *DAY).json["accepted"] == 1
    nobody = written(tmp_path / "x.csv", ("温度", "湿度"), [["1", "2"]])
    refused = office("import", "ledger", nobody, *DAY)
    assert refused.code == 1
    assert (refused.json["rows"], len(refused.json["problems"]) > 0) == (0, True)


def test_without_a_roster_there_is_nothing_to_compare(blank, tmp_path):
    refused = blank("import", "ledger", theirs(tmp_path, OURS[0]), *DAY)
    assert refused.code == 1
    assert "名册" in refused.err


def test_a_village_renamed_in_the_middle_of_the_year_loses_nobody(blank, tmp_path):
    people = [
        (f"韦样{one}", f"45020619780101{n:03}", f"1540000{n}00{n}") for n, one in enumerate("甲乙丙丁戊己", start=1)
    ]
    numbers = [(name, body + check_digit(body), phone) for name, body, phone in people]
    rows = [(*row, "450206102201", "已就业") for row in numbers]
    blank.ok("import", "workers", written(tmp_path / "ours.csv", ROSTER, rows), *DAY)
    told = [(name, number, phone, "新改名村", "已就业") for name, number, phone in numbers[1:]]
    name, _, phone = numbers[0]
    file = theirs(tmp_path, (name, "", phone, "新改名村", "已就业"), *told)
    compared = blank("import", "ledger", file, *DAY).json["compared"]
    assert (compared["left_only"], compared["right_only"]) == (0, 0)
    assert compared["agree"] >= len(told)
