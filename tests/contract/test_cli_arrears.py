"""Lists of wage arrears and registrations from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import call

CODE = "91350100M000100Y43"
LIST = f"""单位名称,统一社会信用代码,列入日期,移出日期
样例制衣有限公司,{CODE},2018-01-05,
样例建筑队,,2018年3月1日,2018年5月1日
"""


@pytest.fixture
def home(tmp_path) -> Path:
    assert call("--home", tmp_path, "init").code == 0
    return tmp_path


def taken(home: Path, text: str, *more: str, name: str = "名单.csv"):
    (home / name).write_text(text, encoding="utf-8")
    return call("--home", home, "arrears", "import", home / name, "--source", "样例市人社局", *more)


def listed(home: Path, on: str = "2018-06-01") -> dict[str, bool]:
    answer = call("--home", home, "arrears", "list", "--on", on, "--format", "jsonl")
    assert answer.code == 0, answer.err
    return {row["employer_name"]: row["stands"] for row in answer.lines}


def test_a_list_goes_in_and_removals_are_honoured(home):
    answer = taken(home, LIST, "--on", "2018-06-01")
    assert answer.code == 0, answer.err
    assert {name: answer.json[name] for name in ("rows", "accepted", "changed", "removed", "rejected")} == {
        "rows": 2, "accepted": 2, "changed": 2, "removed": 1, "rejected": 0,
    }  # fmt: skip
    assert listed(home) == {"样例制衣有限公司": True, "样例建筑队": False}
    assert listed(home, "2018-04-30") == {"样例制衣有限公司": True, "样例建筑队": True}


def test_the_same_list_again_changes_nothing(home):
    taken(home, LIST)
    assert taken(home, LIST).json["changed"] == 0


def test_a_whole_list_takes_off_what_it_lacks(home):
    taken(home, LIST)
    rest = "\n".join(LIST.splitlines()[:1] + LIST.splitlines()[2:])
    part = taken(home, rest, "--on", "2018-06-02")
    assert part.json["removed"] == 1
    assert listed(home, "2018-06-02")["样例制衣有限公司"] is True
    taken(home, rest, "--whole", "--on", "2018-06-02")
    assert listed(home, "2018-06-01")["样例制衣有限公司"] is True
    assert listed(home, "2018-06-02")["样例制衣有限公司"] is False


def test_an_entry_taken_off_stays_off_when_an_old_list_comes_again(home):
    taken(home, LIST.replace("2018-01-05,", "2018-01-05,2018-05-01"))
    taken(home, LIST)
    assert listed(home)["样例制衣有限公司"] is False


def test_rows_at_fault_are_named_and_the_others_kept(home):
    bad = LIST + "样例针织厂,123,2018-01-01,\n,,2018-01-01,\n样例五金厂,,某日,\n样例木器厂,,2018-02-01,2018-01-01\n"
    answer = taken(home, bad, "--whole")
    assert answer.code == 1
    assert (answer.json["accepted"], answer.json["rejected"]) == (2, 4)
    assert [problem["row"] for problem in answer.json["problems"]] == [4, 5, 6, 7]
    assert [problem["column"] for problem in answer.json["problems"]] == [
        "信用代码",
        "单位名称",
        "列入日期",
        "移出日期",
    ]
    assert answer.json["whole_list_ignored"] is True
    assert len(listed(home)) == 2


def test_a_file_that_is_no_list_is_refused(home):
    answer = taken(home, "姓名,电话\n某某,1\n")
    assert answer.code != 0
    assert "单位名称" in answer.err


def test_an_xlsx_goes_in(home):
    import xlsxwriter

    path = home / "名单.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["拖欠农民工工资名单"])
        sheet.write_row(1, 0, ["序号", "企业名称", "列入日期", "列入机关"])
        sheet.write_row(2, 0, [1, "样例制衣有限公司", "2018-01-05", "样例县人社局"])
    answer = call("--home", home, "arrears", "import", path, "--source", "别处")
    assert answer.code == 0, answer.err
    assert listed(home) == {"样例制衣有限公司": True}
    rows = call("--home", home, "arrears", "list", "--format", "jsonl").lines
    assert rows[0]["source"] == "样例县人社局"


def test_a_brokers_registration_is_recorded(home):
    made = call("--home", home, "user", "add", "huang", "--role", "broker", "--region", "450206")
    assert made.code == 0, made.err
    days = ("--from", "2018-01-01", "--to", "2018-12-31")
    answer = call("--home", home, "user", "licence", "huang", "--number", "桂劳备2018-17", *days)
    assert answer.code == 0, answer.err
    assert answer.json["user"] == "huang"
    assert call("--home", home, "user", "licence", "wei", "--number", "桂劳备2018-17", *days).code != 0
    turned = ("--from", "2018-12-31", "--to", "2018-01-01")
    assert "结束" in call("--home", home, "user", "licence", "huang", "--number", "备2018", *turned).err
