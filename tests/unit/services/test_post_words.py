"""Every channel and contract has its word, and a wage is told as it stands in the advert."""

from __future__ import annotations

import pytest
from factories import vacancy

from matcher.records import Channel, ContractType
from matcher.services.ground.post_words import CHANNEL_LABELS, CONTRACT_LABELS, UNSTATED, wage_told, wage_words


def test_every_channel_and_contract_has_its_own_word():
    for labels, codes in ((CHANNEL_LABELS, Channel), (CONTRACT_LABELS, ContractType)):
        assert set(labels) == set(codes)
        assert len(set(labels.values())) == len(codes)


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (None, None, UNSTATED), (None, 2600, "每月最高2600元"), (1800, None, "每月1800元起"),
        (1800, 2600, "每月1800–2600元"), (2600, 2600, "每月2600元"), (0, 0, "每月0元"),
    ],
)  # fmt: skip
def test_a_wage_is_told_as_it_is_posted(low, high, told):
    assert wage_words(vacancy(wage_low_yuan_month=low, wage_high_yuan_month=high)) == told
    assert (wage_told(low, high) is None) == (told == UNSTATED)


@pytest.mark.parametrize(("headcount", "filled", "left"), [(3, 0, 3), (3, 2, 1), (3, 3, 0), (3, 5, 0)])
def test_a_post_has_no_fewer_than_no_places_left(headcount, filled, left):
    assert vacancy(headcount=headcount, filled=filled).places_left == left
