"""Head counts at both doors: an import refuses none and far too many, showing the number; a match takes them."""

from __future__ import annotations

import json

import pytest

from matcher.intake.parse import parse_headcount
from matcher.services.rosters.import_roster import problem_lines
from matcher.services.rounds.requests import read_request


def line(kind, found):
    problem = {"severity": "error", "row": 3, "column": "招聘人数", "found": found, "expected": "", "fix": "请核对。"}
    (told,) = problem_lines({"kind": kind, "problems": [problem]}, 20)
    return told


@pytest.mark.parametrize("found", ["0", "10000000", "9999999999"])
def test_a_count_of_a_post_is_shown_as_it_was_written(found):
    assert line("vacancies", found) == f"  第3行 招聘人数：{found}。请核对。"


@pytest.mark.parametrize(
    ("kind", "found"),
    [("workers", "10000000"), ("vacancies", "13900000001"), ("vacancies", "韦 13900000001"), ("employers", "10000000")],
)
def test_what_may_be_a_phone_is_not(kind, found):
    assert found not in line(kind, found)


@pytest.mark.parametrize("count", [0, 10_000_000])
def test_a_match_takes_the_counts_that_an_import_refuses(count):
    assert parse_headcount(str(count)).problem
    vacancy = {"vacancy_id": "v", "title": "x", "channel": "workshop", "place_code": "450206", "headcount": count}
    asked = read_request(json.dumps({"on": "2018-06-01", "workers": [], "vacancies": [vacancy]}).encode())
    assert asked.vacancies[0].headcount == count
