"""Skills: synonyms meet, neighbours do not, classes of licences include lower ones."""

import csv
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.language.skills import held_terms, normalise_skill, split_terms


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        ("电焊", "焊工"),
        ("电焊", "二保焊"),
        ("电焊", "会电焊"),
        ("电焊", "氩弧焊"),
        ("缝纫", "车位"),
        ("平车", "车衣"),
        ("缝纫", "缝纫车工"),
        ("叉车", "开叉车"),
        ("叉车证", "叉车操作证"),
        ("C1", "驾照Ｃ１"),
        ("驾驶证C1", "B2驾照"),
        ("C2", "A2"),
        ("B1", "a1驾驶证"),
        ("种植", "种甘蔗"),
        ("养殖", "养猪"),
        ("电脑操作", "熟练使用办公软件"),
        ("自编的手艺", "自编的 手艺"),
    ],
)
def test_skills_that_meet(wanted, held):
    assert normalise_skill(wanted) in held_terms([held])


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        ("缝纫", "车床工"),
        ("缝纫车工", "车床工"),
        ("车床", "缝纫车工"),
        ("车床", "车位"),
        ("叉车证", "叉车"),
        ("叉车", "铲车"),
        ("电焊", "焊锡"),
        ("焊锡", "电焊"),
        ("氩弧焊", "电焊"),
        ("驾驶证A2", "驾驶证C1"),
        ("驾驶证B2", "驾驶证B1"),
        ("C1", "C2"),
        ("电工证", "电工"),
        ("高压电工证", "低压电工证"),
        ("塔吊", "行车"),
        ("线切割", "火花机"),
        ("养猪", "养鸡"),
        ("会计", "计"),
    ],
)
def test_near_misses_do_not_meet(wanted, held):
    assert normalise_skill(wanted) not in held_terms([held])


@pytest.mark.parametrize(
    ("cell", "terms"),
    [
        ("电焊、叉车，缝纫/驾驶", ("电焊", "叉车", "缝纫", "驾驶")),
        ("电焊 叉车；电焊", ("电焊", "叉车")),
        ("  ", ()),
        ("C1,Ｂ２", ("C1", "B2")),
        ("、、电工、", ("电工",)),
    ],
)
def test_list_cells_are_split(cell, terms):
    assert split_terms(cell) == terms


@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing(text):
    once = normalise_skill(text)
    assert normalise_skill(once) == once


def test_no_word_of_the_table_means_two_things():
    table = resources.files("matcher.language") / "data" / "skills.csv"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    words = [word.lower() for row in rows for word in (row["term"], *filter(None, row["words"].split("|")))]
    assert len(words) == len(set(words))
    terms = {row["term"] for row in rows}
    assert {name for row in rows for name in filter(None, row["includes"].split("|"))} <= terms
    assert all(normalise_skill(word) == row["term"] for row in rows for word in filter(None, row["words"].split("|")))
