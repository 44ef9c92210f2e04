"""Texts as pieces to be recorded: numbers as they are read, the longest entries first, names left over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.services.kiosk.speech import Lexicon, all_number_words, key_of, normalise, number_words, spoken
from matcher.services.kiosk.voices import catalogue

LEXICON = Lexicon(
    [
        "工钱",
        "每月",
        "元",
        "号",
        "公里",
        "约",
        "人",
        "还要",
        "行吗",
        "给您找活，行吗？",
        "12333",
        "有事打 12333",
        "岁以上",
    ]
)


def said(text: str, **more) -> list[str]:
    """Pieces, the unknown ones after a question mark."""
    return [piece.text if piece.known else f"?{piece.text}" for piece in spoken(text, LEXICON, **more)]


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("0", "零"), ("2", "二"), ("10", "十"), ("19", "十九"), ("20", "二十"), ("100", "一百"), ("101", "一百零一"),
        ("110", "一百一十"), ("200", "两百"), ("222", "两百二十二"), ("1001", "一千零一"), ("1010", "一千零一十"),
        ("2600", "两千六百"), ("9999", "九千九百九十九"), ("10000", "一万"), ("10001", "一万零一"),
        ("12000", "一万两千"), ("220000", "二十二万"),
        ("20010", "两万零一十"), ("105000", "十万五千"), ("3.5", "三点五"), ("100000000", "一零零零零零零零零"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_chinese_reads_them(number, read):
    assert "".join(number_words(number)) == read


DIGITS = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}


def heard(words: str) -> int:
    """The slow twin: a number from what is heard of it."""
    above, _, below = words.rpartition("万")
    if above:
        return heard(above) * 10_000 + (heard(below) if below else 0)
    total, digit = 0, None
    for sign in below:
        if sign in UNITS:
            total += UNITS[sign] * (1 if digit is None else digit)
            digit = None
        else:
            digit = DIGITS[sign]
    return total + (digit or 0)


@given(st.integers(0, 99_999_999))
def test_what_is_heard_is_the_number(number):
    words = number_words(str(number))
    assert heard("".join(words)) == number
    assert set(words) <= set(all_number_words())


def test_every_word_of_numbers_is_heard_in_one():
    tried = [str(unit * digit + more) for unit in (1, 10, 100, 1000) for digit in range(1, 10) for more in (0, 1, 11)]
    used = {word for number in (*tried, "0", "10000", "1.5") for word in number_words(number)}
    assert set(all_number_words()) - used == {"两", "到"}


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("工钱每月 2600–3500 元", ["工钱", "每月", "两千", "六百", "到", "三千", "五百", "元"]),
        ("给您找活，行吗？", ["给您找活行吗"]),
        ("您找活，行吗", ["?您找活", "行吗"]),
        ("有事打12333", ["有事打12333"]),
        ("1号 缝纫工 · 元宝人造花厂", ["一", "号", "?缝纫工", "?元宝人造花厂"]),
        ("还要2人", ["还要", "两", "人"]),
        ("还要12人", ["还要", "十", "二", "人"]),
        ("约4.5公里", ["约", "四", "点", "五", "公里"]),
        ("2345", ["两千", "三百", "四十", "五"]),
        ("45岁以上", ["四十", "五", "岁以上"]),
        ("112333", ["十", "一", "万", "两千", "三百", "三十", "三"]),
        ("", []),
        ("……", []),
    ],
)
def test_texts_are_cut_into_what_is_recorded_and_what_is_not(text, pieces):
    assert said(text) == pieces


def test_a_code_is_read_digit_by_digit():
    assert said("9283", digit_by_digit=True) == ["九", "二", "八", "三"]


@given(st.text(max_size=60))
def test_nothing_of_a_text_is_lost_and_every_piece_has_a_key(text):
    pieces = spoken(text, LEXICON)
    assert all(piece.key == key_of(piece.text) and len(piece.key) == 12 for piece in pieces)
    letters = [sign for sign in normalise(text) if not sign.isdecimal()]
    kept = iter("".join(piece.text for piece in pieces))
    assert all(sign in kept for sign in letters if sign not in ".–")


def test_texts_that_sound_alike_share_a_recording():
    assert key_of("行吗？") == key_of(" 行 吗 ") != key_of("行")


def test_the_catalogue_has_no_text_twice_and_no_single_letter_to_find_in_names():
    entries = catalogue().entries
    assert len({entry.key for entry in entries}) == len(entries)
    assert all(normalise(entry.text) for entry in entries)
