"""Trades in phrases: what people of one trade call it is found, what only looks like it is not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.language.skills import held_terms
from matcher.language.trade_words import folded, found_words, named_with, spoken_terms

SEWING = "缝纫"
# Written and split in halves by the hash of the phrase before the words were chosen; only `tried` was looked at.
PHRASES = list(csv.DictReader(Path(__file__).with_name("trade_phrases.csv").read_text("utf-8").splitlines()))
LEAST_FOUND, MOST_LET_IN = 0.95, 0.05


def share(half: str, sews: str) -> float:
    phrases = [row["phrase"] for row in PHRASES if row["half"] == half and row["sews"] == sews]
    assert len(phrases) > 50
    return sum(SEWING in spoken_terms(phrase) for phrase in phrases) / len(phrases)


@pytest.mark.parametrize("half", ["tried", "held"])
def test_sewers_are_found_and_lathes_lorries_and_welders_are_not(half):
    assert share(half, "1") >= LEAST_FOUND
    assert share(half, "0") <= MOST_LET_IN


@pytest.mark.parametrize(
    ("phrase", "terms"),
    [
        ("车床工", {"车床"}),
        ("数控车工", {"车床"}),
        ("货车司机", {"货车驾驶", "驾驶"}),
        ("平车 三年，会电焊", {"缝纫", "电焊"}),
        ("踩电车，骑电车上下班", {"缝纫"}),
        ("骑电车", set()),
        ("停车位管理", set()),
        ("洗衣车间", set()),
        ("没做过平车", set()),
        ("不会踩电车，做过整烫", {"整烫"}),
        ("想学缝纫", set()),
        ("有C1证", {"驾驶证C1", "驾驶证C2"}),
        ("abc12", set()),
        ("", set()),
    ],
)
def test_a_phrase_says_what_somebody_can_do(phrase, terms):
    assert spoken_terms(phrase) == terms


def test_the_longest_word_at_a_place_counts_and_none_inside_it():
    found = list(found_words(folded("车床工和车工")))
    assert [(word.term, word.start, word.end) for word in found] == [("车床", 0, 3), ("缝纫", 4, 6)]


def test_words_of_one_term_are_named_beside_it():
    assert {"平车", "电车", "车位", "衣车"} <= set(named_with(SEWING))
    assert named_with("没有这一行") == ()


@given(st.sampled_from(["平车", "电焊", "叉车", "c1", "养猪", "焊工证", "月嫂"]))
def test_a_listed_entry_reads_as_the_limits_read_it(word):
    assert spoken_terms(word) == held_terms([word])


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text):
    assert all(isinstance(term, str) and term for term in spoken_terms(text))
