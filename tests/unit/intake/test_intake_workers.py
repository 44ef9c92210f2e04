"""Workers: rows of real ledgers and of JSON, their wordings, and what is said of them."""

from __future__ import annotations

from typing import Any

import pytest
from intake_files import COUNTY, Read, csv_bytes, id_number, one, worker, xlsx

from matcher.errors import Severity
from matcher.intake import household_id
from matcher.records import Kind


def test_a_row_of_a_provincial_template_becomes_a_worker(read: Read) -> None:
    header = "户主姓名*|户主证件号码*|姓名*|身份证号*|电话*|文化程度*|就业创业状态|就创业意愿|劳动能力|培训教育意愿"
    head = id_number("19450101", sex="male")
    run = one(
        read, header, "韦老大", head, "韦秀英", id_number(), "13800138000", "文盲或半文盲", "未就业创业",
        "有转移就业意愿", "弱劳动力", "创业培训",
    )  # fmt: skip
    assert run.outcomes == {"accepted": 1}
    assert run.fields() == {
        "name": "韦秀英",
        "id_number": id_number(),
        "phone": "13800138000",
        "birth_date": "1973-01-01",
        "sex": "female",
        "education": "none",
        "employment_status": "unemployed",
        "wish_to_work": True,
        "wish_to_train": True,
        "labour_ability": "weak",
        "household_id": household_id(head, b"test"),
        "place_code": COUNTY,
    }


@pytest.mark.parametrize(
    ("column", "wording", "expected"),
    [
        ("就业状态", "在家务农", {"employment_status": "flexible"}),
        ("就业状态", "在校", {"employment_status": "in_training"}),
        ("文化程度", "九年义务教育", {"education": "junior"}),
        ("外出意愿", "省外", {"wish_to_work": True, "wish_to_go_out": True, "travel_range": "anywhere"}),
        ("外出意愿", "县内", {"wish_to_work": True, "wish_to_go_out": True, "travel_range": "county"}),
        ("外出意愿", "镇内", {"wish_to_work": True, "wish_to_go_out": False, "travel_range": "township"}),
        ("外出意愿", "是", {"wish_to_work": True, "wish_to_go_out": True}),
        ("外出意愿", "否", {"wish_to_work": None, "wish_to_go_out": False}),
        ("是否愿意外出务工", "不愿意", {"wish_to_work": None, "wish_to_go_out": False}),
        ("外出意愿", "不详", {"wish_to_work": None, "wish_to_go_out": None}),
        ("系统录入务工年份", "2016、2017", {"system_work_years": ["2016", "2017"]}),
        ("系统录入务工年份", 2017, {"system_work_years": ["2017"]}),
        ("wish_to_go_out", "否", {"wish_to_work": None, "wish_to_go_out": False}),
        ("意向务工地", "省内", {"travel_range": "province"}),
        ("务工意向地", "柳江区、省外", {"preferred_places": ["450206"], "travel_range": "anywhere"}),
        ("意愿就业地", "县内、市内", {"travel_range": "city"}),
        ("意愿工资", "3500", {"wage_floor_yuan_month": 3500}),
        ("培训意愿", "√", {"wish_to_train": True}),
        ("就创业意愿", "×", {"wish_to_work": False, "wish_to_start_up": False}),
        ("是否搬迁户", "○", {"relocated": True}),
        ("是否搬迁户", "0", {"relocated": False}),
    ],
)
def test_a_wording_of_the_field_is_read(read: Read, column: str, wording: str, expected: dict[str, Any]) -> None:
    fields = worker(read, column, wording).fields()
    assert {name: fields.get(name) for name in expected} == expected


@pytest.mark.parametrize("column", ["就业状态", "登记日期", "就业意愿", "外出意愿", "培训意愿", "可上岗时间"])
def test_an_optional_cell_that_cannot_be_read_keeps_the_person(read: Read, column: str) -> None:
    run = worker(read, column, "看情况")
    assert run.outcomes == {"accepted": 1}
    (problem,) = [p for p in run.problems if p.column == column]
    assert (problem.found, problem.severity) == ("看情况", Severity.WARNING)
    assert "其余照常" in problem.fix
    assert not run.fields().keys() & {"employment_status", "waiting_since", "wish_to_work", "wish_to_train"}


@pytest.mark.parametrize(
    ("column", "wording", "expected"),
    [
        ("文化程度", "半文盲", {"education": "none"}),
        ("文化程度", "高职高专", {"education": "college"}),
        ("文化程度", "职业高中", {"education": "vocational"}),
        ("文化程度", "本科及以上", {"education": "university"}),
        ("文化程度", "junior", {"education": "junior"}),
        ("劳动技能", "技能劳动力", {"labour_ability": "skilled"}),
        ("劳动技能", "弱劳动力或半劳动力", {"labour_ability": "weak"}),
        ("劳动技能", "丧失劳动力", {"labour_ability": "none"}),
        ("户类型", "脱贫户", {"registered_poor": True, "out_of_poverty": True}),
        ("户类型", "一般农户", {"registered_poor": False}),
        ("户类型", "脱贫不稳定户", {"registered_poor": True, "out_of_poverty": True, "monitored_type": "unstable"}),
        ("脱贫状态", "未脱贫", {"registered_poor": True, "out_of_poverty": False}),
        ("脱贫状态", "已脱贫", {"registered_poor": True, "out_of_poverty": True}),
        ("监测对象类别", "突发严重困难户", {"monitored_type": "sudden"}),
        ("监测对象类别", "无", {"monitored_type": "none"}),
        ("是否属于易地扶贫搬迁户*", "是", {"relocated": True}),
        ("就业意愿", "无就业意愿", {"wish_to_work": False}),
        ("就创业意愿", "有创业意愿", {"wish_to_start_up": True}),
        ("是否打算外出就业", "否", {"wish_to_go_out": False}),
        ("外出范围", "乡（镇）外县内", {"travel_range": "county"}),
        ("外出范围", "市外省内", {"travel_range": "province"}),
        ("就业状态", "自主创业", {"employment_status": "own_business"}),
        ("现有技术等级", "高级技工", {"certificates": ["技能等级:高级技工"]}),
        ("技能", "缝纫、 电焊，缝纫", {"skills": ["缝纫", "电焊"]}),
        ("期望工资", "3000-4000元/月", {"wage_floor_yuan_month": 3000}),
        ("最低月工资要求(元)", "3500元", {"wage_floor_yuan_month": 3500}),
        ("consent.plot", "同意", {"consent": {"plot": True}}),
        ("同意短信", "否", {"consent": {"sms": False}}),
    ],
)
def test_the_wordings_of_real_lists_are_understood(
    read: Read, column: str, wording: str, expected: dict[str, Any]
) -> None:
    fields = worker(read, column, wording).fields()
    assert {name: value for name, value in fields.items() if name not in ("name", "place_code")} == expected


@pytest.mark.parametrize(("column", "wording"), [("文化程度", "很高"), ("外出范围", "月球")])
def test_an_unknown_wording_is_refused_with_the_accepted_ones(read: Read, column: str, wording: str) -> None:
    run = worker(read, column, wording)
    assert run.outcomes == {"rejected": 1}
    assert "、" in run.problems[0].expected
    assert run.problems[0].found == wording


def test_a_doubtful_reading_is_said_once_a_file(read: Read) -> None:
    rows = [["姓名", "劳动技能"], *([f"甲{n}", "弱劳动力或半劳动力"] for n in range(5))]
    run = read(Kind.WORKERS, xlsx(rows))
    assert [p.row for p in run.problems if p.column == "劳动技能"] == [2]


def test_two_columns_that_contradict_each_other_are_shown(read: Read) -> None:
    run = one(read, "姓名|户类型|脱贫状态", "韦秀英", "脱贫户", "返贫")
    assert run.fields()["out_of_poverty"] is False
    assert run.problems[0].found == "脱贫人口：“户类型”写的是“脱贫户”，“脱贫状态”写的是“返贫”"


def test_all_problems_of_a_row_are_told_at_once(read: Read) -> None:
    run = one(read, "姓名|身份证号|联系电话|文化程度|家庭住址", "韦秀英", "123", "456", "很高", "桃花源村")
    assert {p.column for p in run.problems} == {"身份证号", "联系电话", "文化程度", "家庭住址"}


def test_garbled_cells_and_headers_are_mended_and_shown(read: Read) -> None:
    name, header = (text.encode("gb18030").decode("latin-1") for text in ("韦秀英", "姓名"))
    run = read(Kind.WORKERS, xlsx([[header, "身份证号"], [name, id_number()]]))
    assert run.outcomes == {"repaired": 1}
    assert run.fields()["name"] == "韦秀英"
    assert (run.problems[0].found, run.problems[0].expected) == (name, "韦秀英")


def test_a_name_padded_with_spaces_is_closed_up(read: Read) -> None:
    run = one(read, "姓名", "韦　英")
    assert run.fields()["name"] == "韦英"
    assert run.outcomes == {"repaired": 1}


def test_blank_rows_are_no_rows(read: Read) -> None:
    run = read(Kind.WORKERS, csv_bytes(["姓名", "民族"], ["甲", ""], ["", " "], [""], ["乙", ""]))
    assert [row.row for row in run.rows] == [2, 5]


def test_an_unknown_field_of_json_is_an_error_that_names_it(read: Read) -> None:
    run = read(Kind.WORKERS, b'{"worker_id": "w1", "place_code": "450206", "star_sign": "Leo"}')
    assert run.outcomes == {"rejected": 1}
    assert run.problems[0].found == "star_sign"
    assert run.problems[0].column == "star_sign"


@pytest.mark.parametrize(
    "line",
    [
        '{"worker_id": "w1", "consent": {"plot": true, "pigeon": true}}',
        '{"worker_id": "w1", "household": {}}',
        '{"worker_id": "w1", "skills": [1, {"a": 2}], "registered_poor": "maybe"}',
        "{not json}",
        '{"worker_id": "w1", "birth_date": [1973]}',
    ],
)
def test_json_that_does_not_fit_is_rejected_in_its_own_line(read: Read, line: str) -> None:
    run = read(Kind.WORKERS, f'{line}\n{{"worker_id": "w2", "place_code": "450206"}}\n'.encode())
    assert [(row.row, row.outcome.value) for row in run.rows] == [(1, "rejected"), (2, "accepted")]


def test_json_objects_of_the_contract_come_in_as_they_are(read: Read) -> None:
    line = (
        '{"worker_id":"w1","birth_date":"1973-01-01","sex":"female","education":"vocational","skills":["缝纫"],'
        '"labour_ability":"half","place_code":"450206100","travel_range":"anywhere","preferred_places":["440600"],'
        '"wage_floor_yuan_month":3000,"needs_daily_return":false,"registered_poor":true,"monitored_type":"none",'
        '"off_farm_hard":{"value":true,"by":"王","on":"2018-05-01","grounds":"照顾老人"},'
        '"consent":{"plot":true,"sms":false},"rural_low_income":null}'
    )
    run = read(Kind.WORKERS, line.encode())
    assert run.outcomes == {"accepted": 1}
    import json

    stated = {k: v for k, v in json.loads(line).items() if v is not None and k != "worker_id"}
    assert run.fields() == stated
    assert run.rows[0].change is not None
    assert run.rows[0].change.record_id == "w1"
