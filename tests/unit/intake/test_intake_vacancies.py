"""Vacancies: senseless figures are refused, conditions in the text stand beside the column, the law is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from intake_files import Run, Stored, csv_bytes, one, xlsx

from matcher.errors import Severity
from matcher.intake import employer_id
from matcher.intake.adverts import trades_in
from matcher.records import SUSPENDED, Kind, PublishBar, Vacancy

Read = Callable[..., Run]


def advert(read: Read, header: str = "", *cells: Any, **changes: Any) -> Run:
    """An advert with a title, a place and some more columns."""
    more = f"|{header}" if header else ""
    return one(read, f"title|region{more}", "缝纫工", "柳州市柳江区", *cells, kind=Kind.VACANCIES, **changes)


def codes(run: Run, name: str) -> list[str]:
    return [bar["code"] for bar in run.fields().get(name, [])]


def test_a_row_of_the_real_sites_table_becomes_a_vacancy(read: Read) -> None:
    header = "title|category|wage|company|region|sex|education|headcount|deadline|published|description"
    run = one(
        read, header, "缝纫工", "缝纫工", "3000-5000元/月", "柳江 某某制衣（有限）公司", "广西 - 柳州市", "不限",
        "初中", "20人", "2018-12-31", "2018-05-01", "负责车缝，包吃住", kind=Kind.VACANCIES,
    )  # fmt: skip
    assert run.outcomes == {"repaired": 1}
    assert run.fields() == {
        "title": "缝纫工",
        "wage_low_yuan_month": 3000,
        "wage_high_yuan_month": 5000,
        "employer_name": "柳江某某制衣（有限）公司",
        "employer_id": employer_id("柳江某某制衣(有限)公司", b"test"),
        "place_code": "450200",
        "education_min": "junior",
        "headcount": 20,
        "valid_from": "2018-05-01",
        "valid_to": "2018-12-31",
        "duties": "负责车缝，包吃住",
        "channel": "other_labour_export",
    }
    assert [u.header for u in run.plan.sheets[0].unread] == ["category"]


def test_adverts_of_one_firm_share_its_id(read: Read) -> None:
    rows = [["title", "region", "company"], *(["普工", "柳江区", name] for name in ("甲公司", "甲公司", "乙公司"))]
    rows[2][0] = "保洁"
    run = read(Kind.VACANCIES, xlsx(rows))
    first, second, other = (run.fields(ix)["employer_id"] for ix in range(3))
    assert first == second != other


@pytest.mark.parametrize("wage", ["2000~300", "18-4", "5000-3000元/月"])
def test_a_wage_cut_by_a_column_limit_rejects_the_row(read: Read, wage: str) -> None:
    run = advert(read, "wage", wage)
    assert run.outcomes == {"rejected": 1}
    assert run.problems[0].found == wage


@pytest.mark.parametrize(
    ("wage", "low", "high"),
    [
        ("面议", None, None),
        ("1-1.5万/月", 10000, 15000),
        ("150元/天", 3900, 3900),
        ("5000元及以上", 5000, None),
        (3500, 3500, 3500),
        ("按公司制度", None, None),
    ],
)
def test_wages_are_read_or_left_open(read: Read, wage: Any, low: int | None, high: int | None) -> None:
    fields = advert(read, "wage", wage).fields()
    assert (fields.get("wage_low_yuan_month"), fields.get("wage_high_yuan_month")) == (low, high)


@pytest.mark.parametrize("count", [0, "0", "0人", "负一", -3])
def test_no_openings_reject_the_row(read: Read, count: Any) -> None:
    assert advert(read, "headcount", count).outcomes == {"rejected": 1}


def test_no_openings_in_json_reject_the_row(read: Read) -> None:
    line = b'{"vacancy_id": "v1", "title": "x", "channel": "workshop", "place_code": "450206", "headcount": 0}'
    assert read(Kind.VACANCIES, line).outcomes == {"rejected": 1}


@pytest.mark.parametrize(
    ("count", "number", "unknown"),
    [("5人", 5, None), ("3-4名", 3, None), ("若干人", 1, True), ("不限", 1, True), ("人", 1, True), (12.0, 12, None)],
)
def test_openings_are_counted_or_marked_unknown(read: Read, count: Any, number: int, unknown: bool | None) -> None:
    fields = advert(read, "headcount", count).fields()
    assert (fields["headcount"], fields.get("headcount_unknown")) == (number, unknown)


def test_without_a_column_the_number_is_unknown(read: Read) -> None:
    assert advert(read).fields()["headcount_unknown"] is True


def test_a_deadline_of_1970_means_none_and_is_shown(read: Read) -> None:
    run = advert(read, "deadline", "1970-01-01")
    assert run.outcomes == {"repaired": 1}
    assert "valid_to" not in run.fields()
    assert run.problems[0].found == "1970-01-01"
    assert advert(read, "deadline", "长期有效").outcomes == {"accepted": 1}


@pytest.mark.parametrize(("deadline", "bars"), [("2018-05-31", ["expired"]), ("2018-06-01", [])])
def test_an_expired_advert_is_kept_and_not_publishable(read: Read, deadline: str, bars: list[str]) -> None:
    run = advert(read, "deadline", deadline)
    assert run.outcomes == {"accepted": 1}
    assert codes(run, "publish_bars") == bars


@pytest.mark.parametrize(
    ("header", "cells", "code", "law"),
    [
        ("sex", ("女",), "sex", "就业促进法"),
        ("description", ("限女性，工作轻松",), "sex", "就业促进法"),
        ("description", ("只招汉族",), "ethnicity", "就业促进法"),
        ("民族要求", ("汉族",), "ethnicity", "就业促进法"),
        ("description", ("要求未婚",), "marital", "就业促进法"),
        ("婚姻要求", ("未婚",), "marital", "就业促进法"),
        ("deposit_yuan", (500,), "deposit", "劳动合同法"),
        ("description", ("入职须交押金300元",), "deposit", "劳动合同法"),
    ],
)
def test_an_unlawful_condition_bars_the_advert_and_names_the_article(
    read: Read, header: str, cells: tuple[Any, ...], code: str, law: str
) -> None:
    run = advert(read, header, *cells)
    assert run.outcomes == {"accepted": 1}
    assert codes(run, "publish_bars") == [code]
    bar = run.fields()["publish_bars"][0]
    assert law in bar["document"]
    assert bar["clause"].startswith("第")
    assert bar["found"]
    assert any(law in p.fix and p.severity is Severity.WARNING for p in run.problems)


@pytest.mark.parametrize("words", ["男女不限", "不收押金", "性别不限，婚否不限"])
def test_words_that_lift_a_condition_bar_nothing(read: Read, words: str) -> None:
    assert codes(advert(read, "description", words), "publish_bars") == []


def test_an_age_condition_is_a_warning_and_the_text_stands_beside_the_column(read: Read) -> None:
    run = advert(read, "age|description", "18-45", "年龄18-35周岁")
    fields = run.fields()
    assert (fields["age_min"], fields["age_max"]) == (18, 45)
    assert (fields["text_age_min"], fields["text_age_max"]) == (18, 35)
    assert codes(run, "publish_bars") == []
    assert codes(run, "publish_warnings") == ["age"]
    assert any("18—45岁" in p.found and "18—35岁" in p.found for p in run.problems)


def test_ages_that_agree_are_no_contradiction(read: Read) -> None:
    run = advert(read, "age|description", "18-35", "年龄18-35周岁")
    assert not any("不一致" in p.fix for p in run.problems)


@pytest.mark.parametrize(
    ("column", "words", "said"),
    [("不限", "限男性", True), ("女", "限男性", True), ("女", "限女性", False), ("不限", "男女不限", False)],
)
def test_a_sex_column_that_contradicts_the_text_is_shown(read: Read, column: str, words: str, said: bool) -> None:
    run = advert(read, "sex|description", column, words)
    assert any("不一致" in p.fix for p in run.problems) == said


@pytest.mark.parametrize(
    ("column", "words", "barred"),
    [
        ("age", "15-30", True),
        ("age", "16-30", False),
        ("age", "不限", False),
        ("age_min", 15, True),
        ("age_min", 9, True),
        ("age_min", 16, False),
        ("age_max", 15, True),
        ("description", "年龄15-30周岁", True),
        ("description", "年龄16-30周岁", False),
    ],
)
def test_an_advert_below_the_working_age_is_kept_and_not_publishable(
    read: Read, column: str, words: Any, barred: bool
) -> None:
    run = advert(read, column, words)
    assert run.outcomes == {"accepted": 1}
    assert codes(run, "publish_bars") == (["under_age"] if barred else [])
    told = [p for p in run.problems if "法定就业年龄" in p.fix]
    assert [p.column for p in told] == ([column] if barred else [])


def test_an_age_of_nought_is_no_age(read: Read) -> None:
    assert advert(read, "age_min", 0).outcomes == {"rejected": 1}


def test_bounds_the_wrong_way_round_reject_the_row(read: Read) -> None:
    assert advert(read, "age_min|age_max", 45, 18).outcomes == {"rejected": 1}
    assert advert(read, "wage_low_yuan_month|wage_high_yuan_month", 5000, 3000).outcomes == {"rejected": 1}
    assert advert(read, "age_min|age_max", 18, 18).outcomes == {"accepted": 1}


@pytest.mark.parametrize(
    ("title", "duties", "trades"),
    [
        ("普工/叉车工/维修工", "", ("普工", "叉车工", "维修工")),
        ("车工、钳工", "", ("车工", "钳工")),
        ("缝纫工（平车/双针）", "", ()),
        ("cnc/加工中心", "", ()),
        ("多岗位", "1、叉车工：2名 2、普工", ("叉车工",)),
        ("招工", "1、叉车工：2名\n2、普工：10人\n3、设备维修工：1名", ("叉车工", "普工", "设备维修工")),
        ("高底薪+高提成", "", ()),
    ],
)
def test_several_trades_in_one_advert_are_seen(title: str, duties: str, trades: tuple[str, ...]) -> None:
    assert trades_in(title, duties) == trades


def test_several_trades_are_a_warning(read: Read) -> None:
    run = one(read, "title|region", "普工/叉车工", "柳江区", kind=Kind.VACANCIES)
    assert run.outcomes == {"accepted": 1}
    assert any("普工、叉车工" in p.found for p in run.problems)


def test_a_job_nowhere_is_not_moved_to_the_importing_county(read: Read) -> None:
    blank = one(read, "title|region", "普工", "", kind=Kind.VACANCIES)
    assert blank.outcomes == {"rejected": 1}
    assert one(read, "title|headcount", "普工", 3, kind=Kind.VACANCIES).fields()["place_code"] == "450206"


def test_an_unknown_place_rejects_the_row(read: Read) -> None:
    assert one(read, "title|region", "普工", "桃花源村", kind=Kind.VACANCIES).outcomes == {"rejected": 1}


def test_a_vacancy_without_a_title_is_rejected(read: Read) -> None:
    run = one(read, "title|region|company", "", "柳江区", "甲公司", kind=Kind.VACANCIES)
    assert run.outcomes == {"rejected": 1}
    assert any("岗位名称" in p.fix for p in run.problems if p.severity is Severity.ERROR)


def test_the_same_advert_twice_is_a_repetition(read: Read) -> None:
    rows = [["title", "region"], ["普工", "柳江区"], ["普工", "柳江区"]]
    run = read(Kind.VACANCIES, csv_bytes(*rows))
    assert run.outcomes == {"accepted": 1, "rejected": 1}
    assert "内容完全相同" in run.rows[1].problems[-1].found


V1 = Vacancy(
    vacancy_id="v1", title="缝纫工", channel="workshop", place_code="450206", headcount=1, headcount_unknown=True,  # type: ignore[arg-type]
    duties="限女性", valid_to=date(2018, 12, 31),
)  # fmt: skip


def test_a_later_row_changes_only_what_it_states(read: Read) -> None:
    run = one(read, "vacancy_id|headcount", "v1", 5, kind=Kind.VACANCIES, known=Stored(V1))
    assert run.fields() == {"headcount": 5, "headcount_unknown": False}


def test_a_later_row_that_mends_the_text_lifts_the_bar(read: Read) -> None:
    barred = one(read, "vacancy_id|duties", "v1", "限女性", kind=Kind.VACANCIES, known=Stored(V1)).fields()
    assert [bar["code"] for bar in barred["publish_bars"]] == ["sex"]
    stored = msgspec.structs.replace(V1, publish_bars=(PublishBar(code="sex", sentence="x"),))
    mended = one(read, "vacancy_id|duties", "v1", "男女不限", kind=Kind.VACANCIES, known=Stored(stored)).fields()
    assert mended["publish_bars"] == []


def test_a_post_an_officer_has_halted_stays_so_whatever_a_list_says(read: Read) -> None:
    bars = tuple(PublishBar(code=code, sentence="x") for code in ("sex", SUSPENDED))
    stored = msgspec.structs.replace(V1, publish_bars=bars)
    mended = one(read, "vacancy_id|duties", "v1", "男女不限", kind=Kind.VACANCIES, known=Stored(stored)).fields()
    assert [bar["code"] for bar in mended["publish_bars"]] == [SUSPENDED]


@pytest.mark.parametrize(
    ("wording", "code"),
    [("扶贫基地企业", "base_enterprise"), ("就业帮扶车间", "workshop"), ("乡村公益性岗位", "welfare_post"),
     ("粤桂劳务协作", "guangdong_partner"), ("work_relief", "work_relief")],
)  # fmt: skip
def test_channels_are_read_in_chinese_and_by_code(read: Read, wording: str, code: str) -> None:
    assert advert(read, "渠道", wording).fields()["channel"] == code


@pytest.mark.parametrize(
    ("header", "piece"), [("headcount", "1"), ("wage_low_yuan_month", "9"), ("skills_required", "焊、"), ("title", "(")]
)
def test_a_cell_beyond_all_measure_is_refused_and_said(read: Read, header: str, piece: str) -> None:
    """20,000 digits ended an import with a fault, 30,000 brackets held it up for a minute."""

    def errors(text: str) -> list[str]:
        cells = {"title": "缝纫工", "region": "柳州市柳江区"} | {header: text}
        problems = one(read, "|".join(cells), *cells.values(), kind=Kind.VACANCIES).problems
        assert all(len(problem.found) < 200 for problem in problems)
        return [problem.expected for problem in problems if problem.severity is Severity.ERROR]

    long = piece * (2000 // len(piece))
    assert "不超过2000个字" not in errors(long)
    assert "不超过2000个字" in errors(long + piece)


def test_duties_may_be_as_long_as_a_cell(read: Read) -> None:
    def line(n: int) -> bytes:
        return b'{"vacancy_id":"v","title":"a","place_code":"450206","duties":"%s"}' % (b"x" * n)

    assert read(Kind.VACANCIES, line(32_767)).fields()["duties"] == "x" * 32_767
    assert "不超过32767个字" in [problem.expected for problem in read(Kind.VACANCIES, line(32_768)).problems]
