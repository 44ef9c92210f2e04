"""`matcher reconcile`: two files in, a folder out; every row is counted once and nothing is lost."""

from __future__ import annotations

import csv
import json

import pytest
import xlsxwriter
from command_line import COUNTY
from two_ledgers import HEADERS, precision_recall, two_ledgers

from matcher.intake import read_table
from matcher.settings import Settings

DAY = ("--on", "2027-01-30", "--jurisdiction", COUNTY, "--format", "json")


def written(path, headers, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([headers, *rows])
    return path


def read(folder, name):
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def two():
    return two_ledgers(300, 280, seed=11)


@pytest.fixture
def files(two, tmp_path):
    return (
        written(tmp_path / "ours.csv", HEADERS, two.left.rows),
        written(tmp_path / "theirs.csv", HEADERS, two.right.rows),
    )


def test_every_row_is_counted_once_and_the_pairs_are_right(blank, two, files, tmp_path):
    out = tmp_path / "out"
    told = blank("reconcile", *files, "--out", out, *DAY)
    summary = told.json
    assert told.code == 1
    assert summary["to_decide"] > 0
    pairs = sum(summary[name] for name in ("agree", "typo", "status_differs", "needs_person"))
    assert pairs + summary["left_only"] == summary["left_rows"] == summary["left"]["rows"] == 300
    assert pairs + summary["right_only"] == summary["right_rows"] == 280
    rows = read(out, "matches")
    precision, recall = precision_recall(two, [(row["left_row"] - 2, row["right_row"] - 2) for row in rows])
    assert precision >= 0.995
    assert recall >= 0.98
    queue = read(out, "differences")
    assert len(queue) == summary["to_decide"]
    assert all(sum(line["points"] for line in row["evidence"]) == row["points"] for row in queue)
    ranks = ["money", "baseline", "rest"]
    assert [row["consequence"] for row in queue] == sorted((row["consequence"] for row in queue), key=ranks.index)
    sheets = {sheet.name: sheet.n_rows - 1 for sheet in read_table(out / "matches.xlsx", settings=Settings()).sheets}
    assert (sheets["待核对"], sheets["同一人"]) == (len(queue), len(rows))
    assert sheets["只在左表"] == summary["left_only"] == len(read(out, "left_only"))


def test_the_same_files_give_the_same_bytes(blank, files, tmp_path):
    for name in ("a", "b"):
        blank("reconcile", *files, "--out", tmp_path / name, *DAY)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_two_ledgers_that_agree_need_nobody(blank, tmp_path):
    rows = [["韦小英", "450206197801010028", "板江村", "已就业"], ["覃大海", "450206199203050010", "六屯村", "未就业"]]
    left = written(tmp_path / "a.csv", ("姓名", "身份证号", "村", "就业状态"), rows)
    book = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ("村", "劳动力姓名", "公民身份证号码", "就业状态"))
        for number, (name, id_number, village, status) in enumerate(rows, start=1):
            old = id_number[:6] + id_number[8:17]
            sheet.write_row(number, 0, (village, name, old, status))
    told = blank("reconcile", left, book, "--out", tmp_path / "out", *DAY)
    assert told.code == 0, told.err
    assert (told.json["agree"], told.json["to_decide"]) == (2, 0)


def test_swapped_cells_and_unknown_headers_are_told_and_the_rows_kept(blank, tmp_path):
    headers = ("姓名", "身份证号", "所在村", "电话", "帮扶去向")
    ours = [
        ["450206197801010028", "韦小英", "板江村", "", "在粤"],
        ["覃大海", "450206199203050010", "六屯村", "", "在家"],
        ["黎阿妹", "450206196511110018", "六屯村", "", "在家"],
        ["蓝小英", "450206********0036", "六屯村", "", "在家"],
    ]
    theirs = [["韦小英", "450206197801010028", "板江村", "", "在家"], *ours[1:]]
    left, right = written(tmp_path / "a.csv", headers, ours), written(tmp_path / "b.csv", headers, theirs)
    told = blank("reconcile", left, right, "--out", tmp_path / "out", *DAY).json
    assert told["left_rows"] == 4
    assert told["status_differs"] == 1
    (differs,) = read(tmp_path / "out", "differences")[0]["differs"]
    assert (differs["left"], differs["right"]) == ("在粤", "在家")
    said = {(problem["file"], problem["row"], problem["severity"]) for problem in told["problems"]}
    assert ("a.csv", 2, "warning") in said
    assert any(problem["column"] == "帮扶去向" or "帮扶去向" in problem["found"] for problem in told["problems"])


def test_a_file_without_people_is_refused_and_a_missing_one_is_wrong_usage(blank, files, tmp_path):
    nobody = written(tmp_path / "x.csv", ("温度", "湿度"), [["1", "2"], ["3", "4"]])
    refused = blank("reconcile", nobody, files[1], "--out", tmp_path / "out", *DAY)
    assert refused.code == 1
    assert "表头" in refused.err
    assert blank("reconcile", tmp_path / "none.csv", files[1], "--out", tmp_path / "out", *DAY).code == 2
