"""Employers, plots and placements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from intake_files import ID, W1, Run, Stored, id_number, one

from matcher.intake import employer_id, household_id
from matcher.records import Kind

Read = Callable[..., Run]
KNOWN = Stored(W1, identities=[ID])


def test_a_row_of_the_provincial_employment_template_becomes_a_placement(read: Read) -> None:
    header = "劳动力姓名*|劳动力身份证号*|就业单位|就业起始日期*|就业终止日期|签订合同或协议（月）*|就业地址*"
    run = one(
        read, header, "韦秀英", id_number(), "某某电子厂", "2018-03-01", "", 12, "广东省佛山市南海区",
        kind=Kind.PLACEMENTS, known=KNOWN,
    )  # fmt: skip
    assert run.outcomes == {"accepted": 1}
    assert run.fields() == {
        "worker_id": "w1",
        "employer_name": "某某电子厂",
        "employer_id": employer_id("某某电子厂", b"test"),
        "start": "2018-03-01",
        "contract_start": "2018-03-01",
        "contract_end": "2019-02-28",
        "place_code": "440605",
    }


def test_a_row_of_the_monthly_monitoring_becomes_a_placement(read: Read) -> None:
    header = "县|乡|行政村|户编号|人编号|证件号码|是否已务工|务工企业名称|务工所在县|务工月收入|开始时间"
    run = one(
        read, header, "柳江区", "拉堡镇", "黄岭村", "h1", "w1", id_number(), "是", "某厂", "南海区", "3500",
        "2023年10月", kind=Kind.PLACEMENTS, known=KNOWN,
    )  # fmt: skip
    fields = run.fields()
    assert fields["worker_id"] == "w1"
    assert fields["wage_yuan_month"] == 3500
    assert fields["start"] == "2023-10-01"
    assert fields["place_code"] == "440605"


def test_a_placement_of_an_unknown_person_is_rejected_with_what_to_do_first(read: Read) -> None:
    run = one(read, "身份证号|开始日期", id_number(), "2018-03-01", kind=Kind.PLACEMENTS)
    assert run.outcomes == {"rejected": 1}
    assert "先导入人员" in run.problems[0].fix


def test_another_persons_number_beside_an_id_is_rejected(read: Read) -> None:
    run = one(read, "人员编号|身份证号|开始日期", "w9", id_number(), "2018-03-01", kind=Kind.PLACEMENTS, known=KNOWN)
    assert run.outcomes == {"rejected": 1}


def test_the_same_placement_with_an_end_added_is_the_same_placement(read: Read) -> None:
    header = "人员编号|就业单位|开始日期|结束日期"
    ids = {
        row.change.record_id
        for end in ("", "2018-05-01")
        for row in one(read, header, "w1", "某厂", "2018-03-01", end, kind=Kind.PLACEMENTS).rows
        if row.change
    }
    assert len(ids) == 1


@pytest.mark.parametrize(("end", "outcome"), [("2018-02-28", "rejected"), ("2018-03-01", "accepted")])
def test_an_end_before_the_start_rejects_the_row(read: Read, end: str, outcome: str) -> None:
    run = one(read, "人员编号|开始日期|结束日期", "w1", "2018-03-01", end, kind=Kind.PLACEMENTS)
    assert run.outcomes == {outcome: 1}


@pytest.mark.parametrize(("wage", "kept"), [("3500元/月", 3500), (3500, 3500), ("3000-4000", None)])
def test_a_paid_wage_is_one_amount(read: Read, wage: Any, kept: int | None) -> None:
    run = one(read, "人员编号|开始日期|月工资", "w1", "2018-03-01", wage, kind=Kind.PLACEMENTS)
    assert run.fields().get("wage_yuan_month") == kept
    assert bool(run.problems) == (kept is None)


def test_a_placement_without_a_start_is_rejected(read: Read) -> None:
    assert one(read, "人员编号|开始日期", "w1", "", kind=Kind.PLACEMENTS).outcomes == {"rejected": 1}


def test_an_employer_is_known_by_its_name_however_it_is_spaced(read: Read) -> None:
    first, second = (
        one(read, "单位名称|单位类别|从业人数", name, "社区工厂", 80, kind=Kind.EMPLOYERS).rows[0].change
        for name in ("柳江（某某）制衣厂", "柳江 (某某) 制衣厂")
    )
    assert first is not None
    assert second is not None
    assert first.record_id == second.record_id
    assert first.fields["kind"] == "workshop"


@pytest.mark.parametrize(("local", "outcome"), [(80, "accepted"), (81, "rejected")])
def test_local_workers_cannot_outnumber_all(read: Read, local: int, outcome: str) -> None:
    header = "单位名称|全年用工总数|全年使用本地建档立卡人数"
    assert one(read, header, "甲", 80, local, kind=Kind.EMPLOYERS).outcomes == {outcome: 1}


@pytest.mark.parametrize(
    ("area", "kept"), [("0.3", "0.3"), ("0.30亩", "0.3"), (0.2, "0.2"), (1, "1"), ("0", None), ("半亩", None)]
)
def test_a_plots_area_is_a_decimal_above_zero(read: Read, area: Any, kept: str | None) -> None:
    header = "地块编号|安置点|面积(亩)|状态|户主身份证号"
    run = one(read, header, "p1", "兴柳小区", area, "已分配", id_number(), kind=Kind.PLOTS)
    if kept is None:
        assert run.outcomes == {"rejected": 1}
        return
    assert run.fields() == {
        "site_code": "兴柳小区",
        "area_mu": kept,
        "state": "held",
        "household_id": household_id(id_number(), b"test"),
    }


def test_evidence_comes_in_as_json(read: Read) -> None:
    evidence = '[{"kind":"contract","on":"2018-03-01","by":"王"}]'
    run = one(read, "人员编号|开始日期|evidence", "w1", "2018-03-01", evidence, kind=Kind.PLACEMENTS)
    assert run.fields()["evidence"] == [{"kind": "contract", "on": "2018-03-01", "by": "王"}]
    wrong = one(read, "人员编号|开始日期|evidence", "w1", "2018-03-01", '[{"kind":"hearsay"}]', kind=Kind.PLACEMENTS)
    assert wrong.outcomes == {"rejected": 1}
    assert wrong.problems[0].column == "evidence"


@pytest.mark.parametrize(
    ("registered", "drawn"),
    [("失业登记日期", "失业待遇"), ("失业登记时间", "失业保险待遇"), ("登记失业日期", "享受失业待遇情况")],
)
def test_who_left_work_and_registered_unemployed_is_read_as_offices_head_it(
    read: Read, registered: str, drawn: str
) -> None:
    header = f"人员编号|就业单位|开始日期|结束日期|离岗原因|{registered}|{drawn}"
    run = one(
        read, header, "w1", "某厂", "2018-03-01", "2018-05-01", "裁员", "2018年5月9日", "失业保险金",
        kind=Kind.PLACEMENTS, known=KNOWN,
    )  # fmt: skip
    fields = run.fields()
    assert (fields["end_reason"], fields["registered_unemployed_on"]) == ("裁员", "2018-05-09")
    assert fields["unemployment_benefit"] == "unemployment_insurance"
