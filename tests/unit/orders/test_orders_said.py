"""A chat-like line and the form: the same draft, nothing lost, everything unsure asked."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.orders.departures import read_departure
from matcher.orders.drafts import LONGEST, Told, read_draft
from matcher.orders.said import LONGEST_LINE, read_line
from matcher.records.local_time import CHINA
from matcher.records.orders import MAX_SEATS
from matcher.services.broker.order_checks import readers
from matcher.settings import Settings

WEDNESDAY = date(2018, 6, 6)
COUNTY = "450206"
READERS = readers(Settings())

LINES = [
    ("东莞制衣 缝纫 40人 周五7点 5500起 包住",
     {"employer": "东莞制衣", "place": "东莞", "trade": "缝纫", "headcount": "40人", "departs_on": "2018-06-08",
      "departs_time": "07:00", "wage": "5500起", "lodging": "yes"}),
    ("东莞制衣厂招缝纫工40人周五早上7点走5500起包吃住",
     {"employer": "东莞制衣厂", "place": "东莞", "trade": "缝纫工", "headcount": "40人", "departs_on": "2018-06-08",
      "departs_time": "07:00", "wage": "5500起", "lodging": "yes", "board": "yes"}),
    ("佛山陶瓷厂，搬运15人，明天早上8点，6000-7000，包吃不包住",
     {"employer": "佛山陶瓷厂", "place": "佛山", "trade": "搬运", "headcount": "15人", "departs_on": "2018-06-07",
      "departs_time": "08:00", "wage": "6000-7000", "board": "yes", "lodging": "no"}),
    ("深圳龙华电子厂 插件 30个 6月8日出发 4-6k",
     {"employer": "深圳龙华电子厂", "place": "深圳龙华", "trade": "插件", "headcount": "30人",
      "departs_on": "2018-06-08", "wage": "4-6k"}),
    ("普工二十名 8号早上7点半 五千五 惠州",
     {"place": "惠州", "trade": "普工", "headcount": "二十人", "departs_on": "2018-06-08", "departs_time": "07:30",
      "wage": "五千五"}),
    ("柳江区百朋镇莲藕合作社 采藕工 10人 明早6点半 200一天 管中餐",
     {"employer": "柳江区百朋镇莲藕合作社", "place": "柳江区百朋镇", "trade": "采藕工", "headcount": "10人",
      "departs_on": "2018-06-07", "departs_time": "06:30", "wage": "200一天", "board": "yes"}),
    ("要焊工5名，月薪8000到10000，下周一走，广东东莞五金厂，要有焊工证",
     {"employer": "广东东莞五金厂", "place": "广东东莞", "trade": "焊工", "headcount": "5人",
      "departs_on": "2018-06-11", "wage": "月薪8000到10000", "terms": "要有焊工证"}),
    ("计件 缝盘工10人 大后天上午9点 百朋镇政府门口上车",
     {"trade": "缝盘工", "headcount": "10人", "departs_on": "2018-06-09", "departs_time": "09:00", "wage": "计件",
      "pickup": "百朋镇政府门口"}),
    ("保洁2人 3000 男女不限 50岁以下",
     {"trade": "保洁", "headcount": "2人", "wage": "3000", "ages": "50岁以下", "terms": "男女不限"}),
    ("东莞制衣 缝纫 女工 18-35岁 40人 汉族优先 押金300 周五7点",
     {"employer": "东莞制衣", "place": "东莞", "trade": "缝纫", "headcount": "40人", "departs_on": "2018-06-08",
      "departs_time": "07:00", "ages": "18-35岁", "terms": "女工；汉族优先 押金300"}),
    ("浙江宁波注塑厂 操作工 50人 6/8 早上6点发车 6500左右 五险 包住 两班倒",
     {"employer": "浙江宁波注塑厂", "place": "浙江宁波", "trade": "操作工", "headcount": "50人",
      "departs_on": "2018-06-08", "departs_time": "06:00", "wage": "6500左右", "lodging": "yes",
      "terms": "五险；两班倒"}),
]  # fmt: skip
DEPARTURES = [
    ("周五7点", date(2018, 6, 8), time(7)),
    ("星期三", date(2018, 6, 6), None),
    ("下周三", date(2018, 6, 13), None),
    ("下下周一", date(2018, 6, 18), None),
    ("本周一", date(2018, 6, 4), None),
    ("礼拜天晚上8点", date(2018, 6, 10), time(20)),
    ("今晚9点", date(2018, 6, 6), time(21)),
    ("后天中午12点", date(2018, 6, 8), time(12)),
    ("5号", date(2018, 7, 5), None),
    ("6号", date(2018, 6, 6), None),
    ("六月八号下午两点半", date(2018, 6, 8), time(14, 30)),
    ("2018-07-01 07:05", date(2018, 7, 1), time(7, 5)),
    ("2018年7月1日7点05分", date(2018, 7, 1), time(7, 5)),
    ("6月1日", date(2018, 6, 1), None),
    ("1月5日", date(2018, 1, 5), None),
    ("12月31日", date(2018, 12, 31), None),
    ("周五7点5500起", date(2018, 6, 8), time(7)),
    ("凌晨5点", None, time(5)),
    ("7号凌晨12点", date(2018, 6, 7), time(0)),
    ("7号凌晨0点半", date(2018, 6, 7), time(0, 30)),
    ("今晚11点", date(2018, 6, 6), time(23)),
    ("晚上5点", None, time(17)),
    ("8点到17点", None, None),
]
ASKED = [
    ("2点走", "早上还是下午"),
    ("月底走", "哪一天走"),
    ("2月30日走", "不存在"),
    ("25点走", "不是钟点"),
    ("今晚12点走", "几号凌晨0点"),
    ("周五24点走", "几号凌晨0点"),
    ("晚上1点走", "几号凌晨1点"),
    ("明晚4点走", "几号凌晨4点"),
]


@pytest.mark.parametrize(("line", "fields"), LINES)
def test_a_line_fills_the_form(line, fields):
    assert read_line(line, WEDNESDAY, COUNTY).fields == fields


@pytest.mark.parametrize(("line", "fields"), LINES)
def test_line_and_form_give_the_same_draft(line, fields):
    said = read_line(line, WEDNESDAY, COUNTY).fields
    assert read_draft(said, WEDNESDAY, READERS, COUNTY) == read_draft(fields, WEDNESDAY, READERS, COUNTY)


@pytest.mark.parametrize(("text", "day", "at"), DEPARTURES)
def test_departures(text, day, at):
    found = read_departure(text, WEDNESDAY)
    assert (found.day, found.time) == (day, at)


@pytest.mark.parametrize(("text", "asked"), ASKED)
def test_what_is_unsure_of_a_departure_is_asked(text, asked):
    found = read_departure(text, WEDNESDAY)
    assert any(asked in question for question in found.questions)
    assert None in (found.day, found.time)


def test_a_day_of_half_a_year_ago_is_next_years():
    assert read_departure("1月5日", date(2018, 11, 1)).day == date(2019, 1, 5)
    assert read_departure("31号", date(2018, 6, 6)).questions


def test_the_whole_draft():
    draft = read_draft(dict(LINES[0][1]), WEDNESDAY, READERS, COUNTY)
    assert draft.faults == ()
    assert (draft.employer, draft.trade, draft.n_seats) == ("东莞制衣", "缝纫", 40)
    assert (draft.place_code, draft.place_name) == ("441900", "广东省东莞市")
    assert (draft.wage_low_yuan_month, draft.wage_high_yuan_month) == (5500, None)
    assert draft.departs_at == datetime(2018, 6, 8, 7, 0, tzinfo=CHINA)
    assert (draft.board, draft.lodging) == (None, True)
    assert [told.field for told in draft.questions] == ["board"]


GOOD = {"employer": "东莞制衣厂", "place": "东莞", "trade": "缝纫工", "headcount": "40"}


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"headcount": "10000人"}, "headcount", "请分成几张"),
        ({"headcount": str(MAX_SEATS + 1)}, "headcount", "请分成几张"),
        ({"headcount": "0"}, "headcount", "看不出要几个人"),
        ({"headcount": "若干"}, "headcount", "确定的人数"),
        ({"headcount": ""}, "headcount", "没写要几个人"),
        ({"trade": ""}, "trade", "没写要什么工"),
        ({"employer": ""}, "employer", "哪个单位"),
        ({"place": ""}, "place", "在哪里干活"),
        ({"place": "某某国某某城"}, "place", "没有找到"),
        ({"trade": "<script>alert(1)</script>"}, "trade", "网页代码"),
        ({"employer": "=HYPERLINK(1)"}, "employer", "表格公式"),
        ({"terms": "@SUM(A1)"}, "terms", "表格公式"),
        ({"trade": "工" * (LONGEST["trade"] + 1)}, "trade", "太长"),
        ({"departs_on": "2018-06-05", "departs_time": "07:00"}, "departs_on", "已经过了"),
        ({"departs_on": "2018-06-08"}, "departs_time", "几点走"),
        ({"departs_on": "8号", "departs_time": "07:00"}, "departs_on", "看不懂"),
        ({"departs_on": "2018-06-08", "departs_time": "7"}, "departs_time", "看不懂"),
        ({"ages": "45-18"}, "ages", "下限"),
        ({"board": "si"}, "board", "请选"),
    ],
)
def test_a_bad_form_is_told_what_to_mend(changed, field, words):
    faults = read_draft(GOOD | changed, WEDNESDAY, READERS, COUNTY).faults
    assert [told.field for told in faults] == [field]
    assert words in faults[0].sentence


@pytest.mark.parametrize("headcount", ["1", str(MAX_SEATS)])
def test_both_ends_of_the_seats(headcount):
    draft = read_draft(GOOD | {"headcount": headcount}, WEDNESDAY, READERS, COUNTY)
    assert (draft.faults, draft.n_seats) == ((), int(headcount))


def test_today_is_no_day_past_and_nothing_written_is_an_empty_order():
    today = GOOD | {"departs_on": WEDNESDAY.isoformat(), "departs_time": "23:59"}
    assert read_draft(today, WEDNESDAY, READERS, COUNTY).faults == ()
    for nothing in ({}, {"trade": "  "}, {"csrf": "x"}):
        told = read_draft(nothing, WEDNESDAY, READERS, COUNTY).faults
        assert [fault.field for fault in told] == ["trade"]
        assert "空的" in told[0].sentence


def test_piece_wages_may_say_about_how_much():
    assert read_draft(GOOD | {"wage": "计件"}, WEDNESDAY, READERS, COUNTY).wage_low_yuan_month is None
    assert read_draft(GOOD | {"wage": "计件，5000左右"}, WEDNESDAY, READERS, COUNTY).wage_low_yuan_month == 5000


def test_what_belongs_nowhere_is_kept_and_asked_about():
    reading = read_line("东莞制衣厂 缝纫工 5人 呜啦呜啦", WEDNESDAY, COUNTY)
    assert reading.fields["terms"] == "呜啦呜啦"
    assert any("呜啦呜啦" in question for _, question in reading.questions)
    assert read_line("工" * (LONGEST_LINE + 1), WEDNESDAY, COUNTY).questions[0][1].startswith("这句话太长")


PIECES = """东莞 制衣厂 缝纫 40人 四十个 周五 7点 明早 8号 6月31日 5500起 4-6k 五千五 计件 包住 不包吃 女工 18-35岁
汉族优先 押金300 上车 百朋镇 ， 、 = < > <b> 2点半 月底 0人 99999人 若干 \u202e · 𬭎 / - ~"""
WORDS = st.lists(st.sampled_from(PIECES.split()), max_size=14).map("".join)


@given(st.one_of(WORDS, st.text(max_size=60)), st.dates(date(2018, 1, 1), date(2030, 12, 31)))
def test_anything_typed_gives_a_draft(line, on):
    reading = read_line(line, on, COUNTY)
    assert set(reading.fields) <= set(LONGEST)
    draft = read_draft(reading.fields, on, READERS, COUNTY)
    assert all(isinstance(told, Told) and told.sentence for told in (*draft.faults, *draft.questions))
    assert draft.n_seats is None or 1 <= draft.n_seats <= MAX_SEATS
    assert draft.departs_at is None or draft.departs_at.date() >= on
