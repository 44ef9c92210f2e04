"""Names by sound: readings without tones, surnames read their own way, letters cut into sounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.language.names import (
    MOST_SPELLINGS,
    begins_with_surname,
    plain_name,
    plain_pinyin,
    sounds,
    spellings,
)


def cut(text: str) -> list[str]:
    """Spellings as text: initials end in a point."""
    return [
        "+".join(sound.letters + ("" if sound.whole else ".") for sound in spelling) for spelling in spellings(text)
    ]


@pytest.mark.parametrize(
    ("character", "heard", "also"),
    [("覃", "qin", "tan"), ("单", "shan", "dan"), ("仇", "qiu", "chou"), ("曾", "zeng", "ceng"), ("区", "ou", "qu"),
     ("韦", "wei", "wei"), ("㛃", "jie", "jie"), ("𬭎", "hong", "hong")],
)  # fmt: skip
def test_a_surname_is_heard_its_own_way_and_found_by_the_other_too(character, heard, also):
    assert sounds().common[character][0] == heard
    assert {heard, also} <= set(sounds().readings[character])


def test_names_of_one_sound_share_it():
    assert {sounds().common[character] for character in "韦魏维伟"} == {("wei",)}


@pytest.mark.parametrize(
    ("typed", "read"),
    [("weixiaoying", "wei+xiao+ying"), ("wxy", "w.+x.+y."), ("Wéi XIAO-ying3", "wei+xiao+ying"), ("weixy", "wei+x.+y."),
     ("zhsh", "zh.+sh."), ("lyuxia", "lv+xia"), ("lǚ", "lv"), ("nu:", "nv"), ("lyuan", "l.+yuan")],
)  # fmt: skip
def test_letters_are_cut_into_sounds(typed, read):
    assert cut(typed)[0] == read


def test_every_way_to_cut_whole_syllables_is_tried():
    assert set(cut("xian")) == {"xian", "xi+an"}
    assert set(cut("fangan")) == {"fang+an", "fan+gan"}


@pytest.mark.parametrize("typed", ["", "123", "韦", "i", "vvvv", "xi" * 17 + "vv", "a" * 1000])
def test_letters_that_are_no_name_have_no_spelling(typed):
    assert spellings(typed) == ()


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=36))
def test_every_spelling_says_the_letters_again_and_none_has_more_initials(text):
    found = spellings(text)
    letters = plain_pinyin(text)
    assert len(found) <= MOST_SPELLINGS
    assert all("".join(sound.letters for sound in spelling) == letters for spelling in found)
    assert len({sum(not sound.whole for sound in spelling) for spelling in found}) <= 1
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("written", "plain"), [(" 阿依·木拉提 ", "阿依木拉提"), ("韦 小英", "韦小英"), (None, ""), ("", "")]
)
def test_blanks_and_middle_dots_are_no_part_of_a_name(written, plain):
    assert plain_name(written) == plain


@pytest.mark.parametrize(("text", "is_name"), [("韦小英", True), ("欧阳娜", True), ("缝纫", False), ("", False)])
def test_a_name_begins_with_a_surname(text, is_name):
    assert begins_with_surname(text) is is_name


def test_the_table_covers_the_characters_of_names_and_no_syllable_has_tones():
    assert len(sounds().readings) > 40_000
    assert all(syllable.isascii() and syllable.isalpha() for syllable in sounds().syllables)
    assert sounds().surnames >= set("韦覃蒙莫黄罗") | {"欧阳", "司马"}
