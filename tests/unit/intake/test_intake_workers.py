"""Workers and households: every trap of real ledgers, row by row."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

import pytest
from intake_files import COUNTY, Run, csv_bytes, id_number, xlsx

from matcher.errors import Severity
from matcher.intake import NothingKnown, household_id
from matcher.records import RECORD_TYPES, Identity, Kind, Record, Worker

Read = Callable[..., Run]
VILLAGE = "柳江区拉堡镇黄岭村"


class Stored(NothingKnown):
    """A store that holds what it is given."""

    def __init__(self, *records: Record, identities: Collection[Identity] = ()) -> None:
        self._records = {str(getattr(record, record.__struct_fields__[0])): record for record in records}
        self._identities = {identity.worker_id: identity for identity in identities}

    def workers(self, id_numbers: Collection[str]) -> Mapping[str, str]:
        return {i.id_number: i.worker_id for i in self._identities.values() if i.id_number in set(id_numbers)}

    def records(self, kind: Kind, ids: Collection[str]) -> Mapping[str, Record]:
        return {i: r for i, r in self._records.items() if i in ids and isinstance(r, RECORD_TYPES[kind])}

    def identities(self, worker_ids: Collection[str]) -> Mapping[str, Identity]:
        return {i: identity for i, identity in self._identities.items() if i in worker_ids}


def one(read: Read, header: str, *cells: Any, kind: Kind = Kind.WORKERS, **changes: Any) -> Run:
    """One row under a header written with bars, in a workbook."""
    return read(kind, xlsx([header.split("|"), list(cells)]), **changes)


def worker(read: Read, column: str, cell: Any, **changes: Any) -> Run:
    """A worker with a name and one more column."""
    return one(read, f"姓名|{column}", "韦秀英", cell, **changes)


def errors(run: Run) -> list[str]:
    return [p.fix for p in run.problems if p.severity is Severity.ERROR]


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
    ("number", "words"),
    [
        (450206197301011234.0, "末几位已丢失"),
        ("4.50206E+17", "末几位已丢失"),
        ("450206197301011000", "末几位已丢失"),
        ("45020619730101123X"[:10] + "****" + "1234", "遮盖"),
        ("45020619730101XXXX", "遮盖"),
        (id_number()[:17] + ("1" if id_number()[17] != "1" else "2"), "校验"),
        (id_number()[:-1], "位数"),
        (id_number("20300101"), "未来"),
        (id_number("18730101"), "过早"),
        ("450221197302301234", "出生日期不存在"),
        ("abc", "位数"),
    ],
)
def test_a_wrong_identity_number_rejects_the_row_and_is_never_repaired(read: Read, number: Any, words: str) -> None:
    run = worker(read, "身份证号", number)
    assert run.outcomes == {"rejected": 1}
    assert run.rows[0].change is None
    assert words in errors(run)[0]
    assert run.problems[0].column == "身份证号"


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        (id_number(), "accepted"),
        (f" {id_number()} ", "repaired"),
        ("".join(chr(ord(c) + 0xFEE0) for c in id_number()), "repaired"),
        (id_number()[:6] + " " + id_number()[6:], "repaired"),
        ("450221730101122", "repaired"),
        (450221730101122.0, "repaired"),
    ],
)
def test_a_right_number_is_brought_to_one_form_and_the_change_is_shown(read: Read, written: Any, outcome: str) -> None:
    run = worker(read, "证件号码", written)
    assert run.outcomes == {outcome: 1}
    assert run.fields()["birth_date"] == "1973-01-01"
    if outcome == "repaired":
        assert run.problems[0].expected == run.fields()["id_number"]


def test_the_number_itself_cannot_be_read_off_the_derived_id(read: Read) -> None:
    first = worker(read, "身份证号", id_number()).rows[0].change
    other_key = worker(read, "身份证号", id_number(), key=b"another county").rows[0].change
    assert first is not None
    assert other_key is not None
    assert re.fullmatch("w-[0-9a-f]{16}", first.record_id)
    assert first.record_id != other_key.record_id


@pytest.mark.parametrize(
    ("born", "outcome", "registered"),
    [
        ("1973-01-01", "accepted", "1973-01-01"),
        ("1973.1.1", "accepted", "1973-01-01"),
        ("1973年1月1日", "accepted", "1973-01-01"),
        (date(1973, 1, 1), "accepted", "1973-01-01"),
        (26665, "accepted", "1973-01-01"),
        ("1972-12-01", "accepted", "1973-01-01"),
        ("1983-01-01", "rejected", None),
    ],
)
def test_a_birth_date_is_held_against_the_number(read: Read, born: Any, outcome: str, registered: str | None) -> None:
    run = one(read, "姓名|身份证号|出生日期", "韦秀英", id_number(), born)
    assert run.outcomes == {outcome: 1}
    if registered:
        assert run.fields()["birth_date"] == registered
    if born == "1972-12-01":
        assert "1972-12-01" in run.problems[0].found
        assert "1973-01-01" in run.problems[0].found


@pytest.mark.parametrize(("born", "words"), [("2018-06-02", "未来"), ("1890-01-01", ""), ("1973-02-30", "不存在")])
def test_an_impossible_birth_date_rejects_the_row(read: Read, born: str, words: str) -> None:
    run = worker(read, "出生日期", born)
    assert run.outcomes == {"rejected": 1}
    assert words in errors(run)[0]


def test_born_today_is_possible(read: Read) -> None:
    assert worker(read, "出生日期", "2018-06-01").outcomes == {"accepted": 1}


def test_a_sex_that_contradicts_the_number_is_shown(read: Read) -> None:
    run = one(read, "姓名|身份证号|性别", "韦秀英", id_number(), "男")
    assert run.outcomes == {"accepted": 1}
    assert run.fields()["sex"] == "female"
    assert "性别男" in run.problems[0].found


@pytest.mark.parametrize(("age", "said"), [("45", False), ("46", False), ("47", True), ("60岁", True)])
def test_an_age_two_years_off_is_shown(read: Read, age: str, said: bool) -> None:
    run = one(read, "姓名|身份证号|年龄", "韦秀英", id_number(), age)
    assert any("年龄" in p.found for p in run.problems) == said
    assert run.outcomes == {"accepted": 1}


@pytest.mark.parametrize(("born", "said"), [("20020602", True), ("20020601", False)])
def test_somebody_of_15_is_kept_as_a_member_and_said(read: Read, born: str, said: bool) -> None:
    run = worker(read, "身份证号", id_number(born))
    assert run.outcomes == {"accepted": 1}
    assert any("不会为其推荐" in p.fix for p in run.problems) == said


@pytest.mark.parametrize(
    ("phone", "kept", "severity"),
    [
        ("13800138000", "13800138000", None),
        (13800138000.0, "13800138000", Severity.REPAIRED),
        ("138-0013-8000", "13800138000", Severity.REPAIRED),
        ("+86 13800138000", "13800138000", Severity.REPAIRED),
        ("１３８００１３８０００", "13800138000", Severity.REPAIRED),
        ("13800138000/13900139000", "13800138000", Severity.WARNING),
        ("0772-7212345", "07727212345", Severity.WARNING),
        ("7212345", "7212345", Severity.WARNING),
    ],
)
def test_a_phone_is_kept_as_digits(read: Read, phone: Any, kept: str, severity: Severity | None) -> None:
    run = worker(read, "联系电话", phone)
    assert run.fields()["phone"] == kept
    if isinstance(phone, float):
        severity = None  # a number cell of eleven digits has lost nothing
    assert {p.severity for p in run.problems if p.column == "联系电话"} == ({severity} if severity else set())


@pytest.mark.parametrize("phone", ["12800138000", "1380013800", "138001380001", "1.38E+10", "138****8000", "没有"])
def test_a_number_that_is_no_phone_is_left_out_and_said(read: Read, phone: str) -> None:
    run = worker(read, "联系电话", phone)
    assert run.outcomes == {"accepted": 1}
    assert "phone" not in run.fields()
    (problem,) = [p for p in run.problems if p.column == "联系电话"]
    assert (problem.found, problem.severity) == (phone, Severity.WARNING)
    assert problem.fix.endswith("这一格没有登记，其余照常。")


def test_an_object_whose_phone_is_none_is_refused(read: Read) -> None:
    assert read(Kind.WORKERS, b'{"worker_id": "w1", "phone": "1380013800"}').outcomes == {"rejected": 1}


@pytest.mark.parametrize(
    ("column", "wording", "expected"),
    [
        ("就业状态", "在家务农", {"employment_status": "flexible"}),
        ("就业状态", "在校", {"employment_status": "in_training"}),
        ("文化程度", "九年义务教育", {"education": "junior"}),
        ("外出意愿", "省外", {"wish_to_work": True, "travel_range": "anywhere"}),
        ("外出意愿", "县内", {"wish_to_work": True, "travel_range": "county"}),
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
        ("是否打算外出就业", "否", {}),
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


@pytest.mark.parametrize(
    ("header", "cells", "code"),
    [
        ("县|乡镇|行政村", ("柳江区", "拉堡镇", "黄岭村"), "450206100"),
        ("乡(镇)|行政村", ("拉堡镇", "黄岭村"), "450206100"),
        ("家庭住址", ("广西柳州市柳江县拉堡镇",), "450206100"),
        ("所属行政区", ("柳江区",), "450206"),
        ("place_code", ("450206100",), "450206100"),
        ("居住地区划代码", (450206100.0,), "450206100"),
    ],
)
def test_a_home_is_placed_from_whatever_names_it(read: Read, header: str, cells: tuple[Any, ...], code: str) -> None:
    run = one(read, f"姓名|{header}", "韦秀英", *cells)
    assert run.fields()["place_code"].startswith(code)


def test_an_old_county_name_is_brought_up_to_date_and_shown(read: Read) -> None:
    run = worker(read, "家庭住址", "柳江县")
    assert run.outcomes == {"repaired": 1}
    assert run.problems[0].found == "柳江县"
    assert "柳江区" in run.problems[0].expected


def test_an_unknown_place_rejects_the_row(read: Read) -> None:
    run = worker(read, "家庭住址", "桃花源村")
    assert run.outcomes == {"rejected": 1}
    assert "桃花源村" in run.problems[0].found
    assert run.problems[0].column == "家庭住址"


def test_without_a_county_a_worker_must_say_where_he_lives(read: Read) -> None:
    assert read(Kind.WORKERS, csv_bytes(["姓名"], ["甲"]), region_code="").outcomes == {"rejected": 1}


def test_a_village_that_moved_to_another_county_is_placed_there_and_shown(read: Read) -> None:
    run = one(read, "姓名|县|乡镇", "韦秀英", "柳江区", "洛满镇")
    assert run.outcomes == {"repaired": 1}
    assert run.fields()["place_code"] == "450204101"
    assert run.problems[0].column == "乡镇"
    assert "柳南区" in run.problems[0].fix


def test_a_worker_without_a_place_lives_in_the_importing_county_and_that_is_said_once(read: Read) -> None:
    run = read(Kind.WORKERS, csv_bytes(["姓名"], ["甲"], ["乙"]))
    assert [run.fields(n)["place_code"] for n in (0, 1)] == [COUNTY, COUNTY]
    assert [p.row for p in run.problems if "没有写明地点" in p.found] == [2]


def test_all_problems_of_a_row_are_told_at_once(read: Read) -> None:
    run = one(read, "姓名|身份证号|联系电话|文化程度|家庭住址", "韦秀英", "123", "456", "很高", "桃花源村")
    assert {p.column for p in run.problems} == {"身份证号", "联系电话", "文化程度", "家庭住址"}


def test_a_number_stated_twice_rejects_the_later_row_and_names_the_first(read: Read) -> None:
    rows = [["姓名", "身份证号"], ["韦秀英", id_number()], ["覃海", id_number(order=20)], ["韦秀英", id_number()]]
    run = read(Kind.WORKERS, xlsx(rows))
    assert [row.outcome.value for row in run.rows] == ["accepted", "accepted", "rejected"]
    assert "第2行" in run.rows[2].problems[-1].found


def test_the_same_person_in_two_villages_is_shown_with_both(read: Read) -> None:
    rows = [
        ["姓名", "身份证号", "家庭住址"],
        ["韦秀英", id_number(), "柳江区拉堡镇"],
        ["韦秀英", id_number(), "柳江区百朋镇"],
    ]
    run = read(Kind.WORKERS, xlsx(rows))
    found = run.rows[1].problems[-1].found
    assert run.rows[1].outcome == "rejected"
    assert "拉堡镇" in found
    assert "百朋镇" in found


def test_a_rejected_first_row_does_not_bar_the_right_one_after_it(read: Read) -> None:
    rows = [["姓名", "身份证号", "联系电话"], ["韦秀英", id_number(), "12"], ["韦秀英", id_number(), "13800138000"]]
    assert read(Kind.WORKERS, xlsx(rows)).outcomes == {"rejected": 1, "accepted": 1}


def test_rows_repeated_across_sheets_name_the_sheet(read: Read) -> None:
    rows = [["姓名", "身份证号"], ["韦秀英", id_number()]]
    run = read(Kind.WORKERS, xlsx(rows, rows, names=["一村", "二村"]))
    assert "工作表“一村”第2行" in run.rows[1].problems[-1].found


ID = Identity(worker_id="w1", name="韦秀英", id_number=id_number(), phone="13800138000")
W1 = Worker(worker_id="w1", place_code=COUNTY, birth_date=date(1973, 1, 1), sex="female", education="junior")  # type: ignore[arg-type]


def test_a_known_number_is_the_stored_worker(read: Read) -> None:
    known = Stored(W1, identities=[ID])
    same = one(read, "姓名|身份证号|文化程度", "韦秀英", id_number(), "初中", known=known)
    assert same.outcomes == {"unchanged": 1}
    assert same.rows[0].change is None
    changed = one(read, "姓名|身份证号|文化程度", "韦秀英", id_number(), "高中", known=known)
    assert changed.outcomes == {"accepted": 1}
    assert changed.rows[0].change is not None
    assert changed.rows[0].change.record_id == "w1"
    assert "place_code" not in changed.fields()


def test_a_known_number_under_another_id_is_refused(read: Read) -> None:
    run = one(read, "人员编号|身份证号", "w2", id_number(), known=Stored(W1, identities=[ID]))
    assert run.outcomes == {"rejected": 1}
    assert "w1" in run.problems[0].found


def test_another_persons_number_and_name_under_a_known_id_are_refused(read: Read) -> None:
    other = id_number("19800101")
    run = one(read, "人员编号|姓名|身份证号", "w1", "覃海", other, known=Stored(W1, identities=[ID]))
    assert run.outcomes == {"rejected": 1}


def test_a_corrected_number_is_taken_with_a_warning(read: Read) -> None:
    run = one(read, "人员编号|姓名|身份证号", "w1", "韦秀英", id_number(order=20), known=Stored(W1, identities=[ID]))
    assert run.outcomes == {"accepted": 1}
    assert any("将更新" in p.fix for p in run.problems)


def test_a_stored_worker_on_another_villages_list_is_shown(read: Read) -> None:
    run = one(read, "姓名|身份证号|家庭住址", "韦秀英", id_number(), "柳江区百朋镇", known=Stored(W1, identities=[ID]))
    assert run.outcomes == {"accepted": 1}
    assert any("两个村" in p.fix for p in run.problems)


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


def test_households_take_their_id_from_the_head(read: Read) -> None:
    head = id_number("19450101", sex="male")
    run = one(
        read,
        "户主姓名*|户主身份证号*|详细住址*|是否属于易地扶贫搬迁户*|脱贫状态",
        *("韦老大", head, "拉堡镇", "否", "已脱贫"),
        kind=Kind.HOUSEHOLDS,
    )
    assert run.outcomes == {"accepted": 1}
    assert run.rows[0].change is not None
    assert run.rows[0].change.record_id == household_id(head, b"test")
    assert run.fields() == {"relocated": False, "poor_status": "out", "place_code": "450206100"}


def test_a_household_listed_once_per_member_is_one_household(read: Read) -> None:
    rows = [["户编号", "户类型"], ["h1", "脱贫户"], ["h1", "脱贫户"], ["h1", "一般农户"]]
    run = read(Kind.HOUSEHOLDS, xlsx(rows))
    assert [row.outcome.value for row in run.rows] == ["accepted", "unchanged", "rejected"]


def test_more_members_in_work_than_able_is_shown(read: Read) -> None:
    run = one(read, "户编号|劳动力人数|已就业人数", "h1", 2, 3, kind=Kind.HOUSEHOLDS)
    assert run.outcomes == {"accepted": 1}
    assert "劳动力2人" in run.problems[0].found


def test_a_household_number_that_lost_digits_is_refused(read: Read) -> None:
    assert one(read, "户编号|户类型", 4502060012345678900.0, "脱贫户", kind=Kind.HOUSEHOLDS).outcomes == {"rejected": 1}
