"""A typed line as chips: trades with all their words, homes, days, wishes, names; what nobody can read is told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.orders.search.homes import home_names
from matcher.orders.search.query import LITERAL, MOST_CHIPS, About, Chip, Departs, asked
from matcher.orders.search.reading import Read, Vocabulary, read_line

FRIDAY = date(2018, 6, 1)
BAIPENG, LITUAN, ELSEWHERE = "450206102", "450206102203", "450206103999"
VOCABULARY = Vocabulary(home_names([BAIPENG], [LITUAN, ELSEWHERE]), lambda text: text in "手工活 招待客人 方便面包装")


def read(line: str) -> Read:
    return read_line(line, VOCABULARY, FRIDAY)


def said(line: str) -> list[str]:
    return [f"{'-' if chip.negated else ''}{chip.about.value}:{chip.value}" for chip in read(line).chips]


@pytest.mark.parametrize(
    ("line", "chips"),
    [
        ("缝纫 平车 周五走", ["skill:缝纫", "departs:2018-06-01"]),
        ("电车、叉车；电焊", ["skill:缝纫", "skill:叉车", "skill:电焊"]),
        ("缝纫或叉车", ["skill:缝纫", "skill:叉车"]),
        ("缝纫3年以上", ["skill:缝纫"]),
        ("百朋 里团村", [f"township:{BAIPENG}", f"village:{LITUAN}"]),
        ("百朋镇的缝纫工下周一出发", [f"township:{BAIPENG}", "skill:缝纫", "departs:2018-06-04"]),
        ("愿去东莞 去广东做工", ["going:4419", "going:44"]),
        ("广东 柳州", ["going:44", "going:4502"]),
        ("夫妻 可联系 7天没打过", ["together:pair", "contact:agreed", "-contacted:week"]),
        ("周五前能走", ["departs:2018-06-01"]),
        ("3天内能走 两周内能走", ["departs:2018-06-04"]),
        ("一周内能走", ["departs:2018-06-08"]),
        ("马上能走", ["departs:now"]),
        ("8号走", ["departs:2018-06-08"]),
        ("不出县 哪里都行", ["going:county", "going:anywhere"]),
        ("要先问一句", ["verdict:unknown"]),
        ("韦小英", ["name:韦小英"]),
        ("会平车的韦小英", ["skill:缝纫", "name:韦小英"]),
        ("阿依·木拉提", ["name:阿依木拉提"]),
        ("wei xiao ying", ["name:weixiaoying"]),
        ("Wxy", ["name:Wxy"]),
        ("韦", ["name:韦"]),
        ("黄平 高明", ["name:黄平", "name:高明"]),
        ("“韦小英”", ["name:=韦小英"]),
        ("“方便面包装”", [f"skill:{LITERAL}方便面包装"]),
        ("方便面包装 手工活", [f"skill:{LITERAL}方便面包装", f"skill:{LITERAL}手工活"]),
        ("c1", ["skill:驾驶证C1"]),
    ],
)  # fmt: skip
def test_a_line_is_read(line, chips):
    assert said(line) == chips


@pytest.mark.parametrize("word", ["不要", "不找", "除了", "-", "!"])
def test_what_is_not_wanted_is_turned_round_and_only_that(word):
    assert said(f"缝纫 {word}货车司机 百朋") == ["skill:缝纫", "-skill:货车驾驶", f"township:{BAIPENG}"]


def test_a_bare_word_turns_the_next_piece_round():
    assert said("不要 夫妻 缝纫") == ["-together:pair", "skill:缝纫"]
    assert said("不要") == []


@pytest.mark.parametrize("line", ["小", "xyz123", "'", "·", "刘三姐会唱歌", "40人", ELSEWHERE, "桥头镇"])
def test_what_nobody_can_read_is_told_and_not_dropped(line):
    assert read(line).chips == ()
    assert read(line).unread == (line,)


@given(st.text(max_size=80))
def test_no_line_breaks_the_reading_and_every_line_is_heard(line):
    found = read(line)
    assert len(found.chips) <= MOST_CHIPS
    assert all(chip.value for chip in found.chips)


@given(st.lists(st.builds(Chip, st.sampled_from(About), st.text(max_size=70), st.booleans()), max_size=60))
def test_a_query_keeps_each_value_once_in_a_fixed_order(chips):
    query = asked(chips)
    assert len({(chip.about, chip.value) for chip in query.chips}) == len(query.chips) <= MOST_CHIPS
    assert asked(query.chips) == query
    assert asked(reversed(query.chips)) == query


def test_a_chip_typed_again_the_other_way_round_takes_its_place():
    now = Chip(About.DEPARTS, Departs.NOW)
    turned = Chip(About.DEPARTS, Departs.NOW, negated=True)
    assert asked([now, turned]).chips == (turned,)
    assert asked([turned, now]).without(now).chips == ()
    assert not asked([])
