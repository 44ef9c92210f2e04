"""Two identity numbers beside each other: where they part is read, the rest of neither."""

from __future__ import annotations

import pytest

from matcher.privacy import NO_WORDS, birth_days_for, compared_numbers, own_words_for
from matcher.records.access import Role

LEFT, RIGHT = "450206197801010028", "450206197810010028"


def texts(pieces):
    return [(piece["text"], piece["differs"]) for piece in pieces]


def test_who_serves_people_reads_where_two_numbers_part():
    left, right = compared_numbers(Role.OFFICER, LEFT, RIGHT)
    assert texts(left) == [("4502…", False), ("01", True), ("…0028", False)]
    assert texts(right) == [("4502…", False), ("10", True), ("…0028", False)]


@pytest.mark.parametrize(
    ("role", "right"), [(Role.AUDITOR, RIGHT), (Role.OFFICER, LEFT[:-1]), (Role.OFFICER, "452331196512319999")]
)
def test_everybody_else_and_numbers_far_apart_have_only_their_ends(role, right):
    pieces = compared_numbers(role, LEFT, right)
    assert texts(pieces[0]) == [("****0028", False)]
    assert texts(pieces[1]) == [(f"****{right[-4:]}", False)]


def test_a_number_that_agrees_is_not_whole_either():
    left, right = compared_numbers(Role.OFFICER, LEFT, LEFT)
    assert texts(left) == texts(right) == [("4502…0028", False)]


def test_birth_dates_and_words_of_unknown_columns():
    days = ("1978-01-01", "1978-10-01")
    assert birth_days_for(Role.OFFICER, *days) == days
    assert birth_days_for(Role.OFFICER, days[0], days[0]) == ("1978年", "1978年")
    assert birth_days_for(Role.AUDITOR, *days) == ("1978年", "1978年")
    assert birth_days_for(Role.OFFICER, days[0], "") == (days[0], "")
    assert own_words_for(Role.AUDITOR, "在粤") == NO_WORDS
    assert own_words_for(Role.OFFICER, "在粤") == "在粤"
