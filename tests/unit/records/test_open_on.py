"""A post is open on the days between its dates, both included, while a place is left and the law bars nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from factories import ON, vacancy

from matcher.records import EXPIRED, PublishBar

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, True),
        ({"valid_from": ON}, True),
        ({"valid_from": ON + DAY}, False),
        ({"valid_to": ON}, True),
        ({"valid_to": ON - DAY}, False),
        ({"valid_from": ON, "valid_to": ON}, True),
        ({"headcount": 2, "filled": 1}, True),
        ({"headcount": 2, "filled": 2}, False),
        ({"headcount": 2, "filled": 3}, False),
        ({"headcount": 0}, False),
        ({"publish_bars": (PublishBar(code="sex", sentence="不得限定性别"),)}, False),
        ({"publish_warnings": (PublishBar(code="age", sentence="请说明年龄要求"),)}, True),
        # A deadline that was past when the advert was judged counts by its date.
        ({"publish_bars": (PublishBar(code=EXPIRED, sentence="已截止"),), "valid_to": ON}, True),
    ],
)
def test_a_post_is_open_on(fields, told):
    assert vacancy(**fields).open_on(ON) is told


def test_the_day_asked_decides_and_not_the_day_it_is():
    post = vacancy(valid_from=date(2018, 2, 1), valid_to=date(2018, 2, 28))
    assert [post.open_on(date(2018, month, 15)) for month in (1, 2, 3)] == [False, True, False]
