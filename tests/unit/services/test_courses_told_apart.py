"""Courses for what people lack: two of one name and township are told apart by the first thing that differs."""

from __future__ import annotations

from datetime import date

import pytest
from factories import vacancy

from matcher.records import Channel
from matcher.services.broker.courses import courses_for

ON = date(2018, 6, 1)


class Courses:
    """Two courses of one title, as a store gives them."""

    def __init__(self, first, second):
        given = {"title": "电工培训班", "channel": Channel.TRAINING, "place_code": "450206100"}
        self._found = [
            vacancy("c-1", headcount=12, **{**given, **first}),
            vacancy("c-2", headcount=4, **{**given, **second}),
        ]

    def records(self, _kind):
        return self._found


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ({}, {"title": "电工提高班"}, ("拉堡镇电工培训班", "拉堡镇电工提高班")),
        ({}, {"place_code": "450206102"}, ("拉堡镇电工培训班", "百朋镇电工培训班")),
        (
            {"valid_from": date(2018, 5, 2), "valid_to": date(2018, 6, 30)},
            {"valid_from": date(2018, 5, 2), "valid_to": date(2018, 7, 31)},
            ("拉堡镇电工培训班（5月2日起，6月30日止）", "拉堡镇电工培训班（5月2日起，7月31日止）"),
        ),
        (
            {"employer_name": "样例学校"},
            {"employer_name": "样例工厂"},
            ("拉堡镇电工培训班（样例学校）", "拉堡镇电工培训班（样例工厂）"),
        ),
        (
            {"employer_name": "样例学校"},
            {"employer_name": "样例学校"},
            ("拉堡镇电工培训班（编号c-1）", "拉堡镇电工培训班（编号c-2）"),
        ),
    ],
)
def test_two_courses_of_one_name_are_told_apart(first, second, names):
    told = courses_for(Courses(first, second), ["电工"], ON)
    assert [course["sentence"] for course in told] == [
        f"差电工：{name}还有{n}个名额" for name, n in zip(names, (12, 4), strict=True)
    ]
