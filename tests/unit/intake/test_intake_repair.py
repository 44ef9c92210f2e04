"""Only what is certain is repaired, and what is beyond repair is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.intake.repair import close_up, narrow, tidy_spaces, undo_garbling

PLAIN = "坚持精准帮扶，促进稳定就业。"
HANZI = st.text(st.characters(codec="gb2312", min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=30)


@given(HANZI)
def test_gbk_read_as_latin_1_is_read_again_rightly(text: str) -> None:
    garbled = text.encode("gb18030").decode("latin-1")
    repair = undo_garbling(garbled)
    assert repair.text == text
    assert repair.garbled
    assert repair.lost == ()


@given(HANZI)
def test_utf_8_read_as_latin_1_is_read_again_rightly(text: str) -> None:
    assert undo_garbling(text.encode().decode("latin-1")).text == text


def test_windows_quotes_in_garbled_text_are_undone_too() -> None:
    assert undo_garbling(PLAIN.encode("gb18030").decode("cp1252", "replace")).text == PLAIN


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x9FFF, exclude_characters="\ufffd")))
def test_a_repair_never_touches_what_it_reports_as_lost(text: str) -> None:
    repair = undo_garbling(text)
    assert all(part in repair.text for part in repair.lost)
    assert repair.garbled == (repair.text != text)


@pytest.mark.parametrize(
    "text",
    ["résumé", "café", "Ñandú", "±5°C × 2", "买买提·艾山", "naïve Zürich", "正常的中文“引号”—", "a×b÷c", "€100", ""],
)
def test_text_in_other_scripts_stays_as_it_is(text: str) -> None:
    assert undo_garbling(text).text == text
    assert undo_garbling(text).lost == ()


def test_a_line_that_lost_a_byte_stays_and_is_reported_and_the_others_are_mended() -> None:
    good = "就业帮扶".encode("gb18030").decode("latin-1")
    whole = "巩固经济成果质量".encode("gb18030").decode("latin-1")
    assert "\xad" in whole  # the soft hyphen that editors drop
    broken = whole.replace("\xad", "")
    repair = undo_garbling(f"{good}\n{broken}\n柳江区")
    assert repair.text == f"就业帮扶\n{broken}\n柳江区"
    assert repair.lost == (broken,)


def test_a_replacement_character_is_reported_with_its_surroundings() -> None:
    assert undo_garbling("不断提高政策知晓\ufffd率").lost == ("不断提高政策知晓\ufffd率",)


@pytest.mark.parametrize(
    ("before", "after"),
    [("　张三　", "张三"), ("a\u200bb\ufeff", "ab"), (" \t x \n", "x"), ("a\u00a0b", "a b"), ("a\x00b", "ab")],
)
def test_spaces_are_tidied(before: str, after: str) -> None:
    assert tidy_spaces(before) == after


def test_names_padded_with_spaces_are_closed_up_and_foreign_names_are_not() -> None:
    assert close_up("张 三") == "张三"
    assert close_up("John Smith") == "John Smith"


def test_wide_digits_become_plain_and_chinese_punctuation_stays() -> None:
    assert narrow("１３８，ＡＢ（二）") == "138，AB（二）"
