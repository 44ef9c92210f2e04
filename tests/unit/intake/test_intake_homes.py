"""Where people live and with whom: places of homes, and households."""

from __future__ import annotations

from typing import Any

import pytest
from intake_files import COUNTY, Read, csv_bytes, id_number, one, worker, xlsx

from matcher.intake import household_id
from matcher.records import Kind


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


def test_where_only_the_registration_is_written_it_stands_for_the_home_and_is_asked_about(read: Read) -> None:
    run = worker(read, "户籍地", "柳江区拉堡镇")
    assert run.fields()["place_code"] == "450206100"
    assert [p.found for p in run.problems if "户籍地" in p.fix] == ["没有写现住地"]


def test_a_home_that_is_written_is_not_replaced_by_the_registration(read: Read) -> None:
    run = one(read, "姓名|户籍地|家庭住址", "韦秀英", "柳江区拉堡镇", "柳江区里高镇")
    assert run.fields()["place_code"] == "450206107"
    assert not [p for p in run.problems if "没有写现住地" in p.found]


@pytest.mark.parametrize(
    ("written", "reach"),
    [("愿去广东", "anywhere"), ("只在镇里", "township"), ("家门口", "village"), ("县里", "county")],
)
def test_everyday_words_say_how_far_somebody_would_go(read: Read, written: str, reach: str) -> None:
    run = worker(read, "外出意愿", written)
    assert (run.fields()["wish_to_work"], run.fields()["travel_range"]) == (True, reach)


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
