"""Titles: what names a trade is kept, pay and praise are cut, and nothing is left of an advert without a trade."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.language.titles import ASIDE, FIRST, LATER, core, forms, parts, plain


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("普工", ["普工"]),
        ("普 工", ["普工"]),
        ("办 公 文 员", ["办公文员"]),
        ("ＣＮＣ操作工", ["cnc操作工"]),
        ("急招！某某公司招聘电焊工/普工 包吃住6000+", ["电焊工", "普工"]),
        ("招聘专员", ["招聘专员"]),
        ("招生老师", ["招生老师"]),
        ("某某物业招聘保安", ["保安"]),
        ("电工 急招!!!", ["电工"]),
        ("仓库主管+急招5名！", ["仓库主管"]),
        ("电工 急招 双休", ["电工"]),
        ("数据线打包坐班26/小时", ["数据线打包"]),
        ("小时工", ["小时工"]),
        ("月入6000+美容师/包吃住/薪资高", ["美容师"]),
        ("销售经理(J10116)", ["销售经理"]),
        ("4.2米司机", ["4.2米司机"]),
        ("A2驾驶员 6000-8000", ["a2驾驶员"]),
        ("🔥家政保洁➕就近安排", ["家政保洁"]),
        ("c++", ["c++"]),
        ("", []),
        ("!!!", []),
        ("6000-8000", []),
        ("高薪等你来", []),
        ("包吃包住五险一金", []),
        ("招聘", []),
    ],
)
def test_parts_name_the_trade(title, expected):
    assert [part.text for part in parts(title)] == expected


def test_weights_fall_from_the_first_part_to_what_stands_aside():
    assert [(part.text, part.weight) for part in parts("缝纫工、烫工（鞋厂）")] == [
        ("缝纫工", FIRST),
        ("烫工", LATER),
        ("鞋厂", ASIDE),
    ]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("高级电工", "电工"),
        ("焊工学徒", "焊工"),
        ("女普工", "普工"),
        ("急招保安若干", "保安"),
        ("男工", "男工"),
        ("电工", "电工"),
    ],
)
def test_core_has_neither_urgency_nor_level(part, expected):
    assert core(part) == expected


def test_a_department_gives_its_trade():
    assert "营销经理" in forms("营销部经理")
    assert "部长" in forms("部长")


@given(st.text(max_size=40))
def test_any_text_gives_parts_of_at_least_two_characters(text):
    found = parts(text)
    assert all(len(part.text) >= 2 and 0 < part.weight <= 1 for part in found)
    assert [part.weight for part in found] == sorted((part.weight for part in found), reverse=True)
    assert len({part.text for part in found}) == len(found)


@given(st.text(max_size=40))
def test_plain_is_idempotent_on_words(text):
    once = plain(text)
    assert plain(once) == once


def test_the_head_of_an_endless_title_is_read_in_no_time():
    assert parts("电焊工" + "(" * 1_000_000) == parts("电焊工" + "(" * 197)
    assert [part.text for part in parts("电焊工 " + "普" * 1_000_000)][:1] == ["电焊工"]
