"""What an age condition costs: whom it shuts out among the willing, and how many nobody has asked yet."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from factories import ON, vacancy, worker
from hypothesis import given
from hypothesis import strategies as st

from matcher.intake import Outcome, RowResult
from matcher.ports import Change
from matcher.records import Kind, Record, Worker
from matcher.services.rosters.advert_review import AgeReach, ShutOut, asked_ages, reviewed
from matcher.settings import Settings


def aged(years: int, wish: bool | None = True) -> Worker:
    """Somebody whose birthday is the day of the import."""
    return worker(birth_date=date(ON.year - years, ON.month, ON.day), wish_to_work=wish)


def reach(*people: Worker) -> AgeReach:
    return AgeReach(people, ON, Settings())


def test_both_bounds_belong_to_those_who_may_apply():
    people = [aged(years) for years in (17, 18, 45, 46)]
    assert reach(*people).shut_out(18, 45) == ShutOut(2, 0)
    assert reach(*people).shut_out(18, None) == ShutOut(1, 0)
    assert reach(*people).shut_out(None, None) == ShutOut(0, 0)


def test_nobody_who_was_not_asked_counts_as_willing_and_a_no_counts_nowhere():
    people = [aged(50), aged(50, None), aged(51, None), aged(50, wish=False), aged(30, None)]
    assert reach(*people).shut_out(18, 45) == ShutOut(1, 2)


def test_an_unknown_age_is_not_shut_out():
    assert reach(worker(birth_date=None)).shut_out(18, 45) == ShutOut(0, 0)


@given(st.lists(st.integers(16, 70), max_size=20), st.none() | st.integers(14, 70), st.none() | st.integers(14, 70))
def test_the_count_is_that_of_a_plain_loop(ages: list[int], low: int | None, high: int | None):
    out = [age for age in ages if (low is not None and age < low) or (high is not None and age > high)]
    assert reach(*map(aged, ages)).shut_out(low, high) == ShutOut(len(out), 0)


@pytest.mark.parametrize(
    ("fields", "ages"),
    [
        ({}, (None, None)),
        ({"age_min": 18, "age_max": 45}, (18, 45)),
        ({"text_age_min": 20, "text_age_max": 35}, (20, 35)),
        ({"age_min": 18, "age_max": 45, "text_age_max": 35}, (18, 35)),
        ({"age_min": 18, "age_max": 30, "text_age_min": 20, "text_age_max": 35}, (20, 30)),
    ],
)
def test_ages_of_the_column_and_of_the_text_both_count(fields: dict[str, Any], ages: tuple[int | None, int | None]):
    assert asked_ages(fields, None) == ages


def test_a_column_that_stands_in_the_store_alone_counts_but_not_the_text_of_before():
    stored = vacancy(age_max=40, text_age_max=25)
    assert asked_ages({"duties": "不限年龄"}, stored) == (None, 40)
    assert asked_ages({"age_max": 50}, stored) == (None, 50)


class Held:
    """A store that tells how often the people were read."""

    def __init__(self, *people: Worker, posts: tuple[Record, ...] = ()) -> None:
        self.people, self.posts, self.n_read = people, posts, 0

    def records(self, kind: Kind, *, ids: Any = None) -> list[Record]:
        if kind is Kind.WORKERS:
            self.n_read += 1
            return list(self.people)
        return [post for post in self.posts if post.vacancy_id in ids]  # type: ignore[attr-defined]


def row(record_id: str = "v1", **fields: Any) -> RowResult:
    change = Change(record_id=record_id, sheet="", row=1, fields=fields)
    return RowResult(sheet="", row=1, outcome=Outcome.ACCEPTED, change=change)


def sentences(store: Held, *rows: RowResult) -> list[str]:
    told = reviewed(rows, store, ON, Settings())  # type: ignore[arg-type]
    return [w["sentence"] for r in told if r.change for w in r.change.fields.get("publish_warnings", ())]


AGE = {"code": "age", "sentence": "请放宽年龄。"}


def test_the_warning_tells_both_numbers_apart():
    store = Held(aged(50), aged(60, None), aged(61, None))
    assert sentences(store, row(publish_warnings=[AGE], text_age_max=45)) == [
        "请放宽年龄。（本县登记求职者中有1人因此不能应聘；还没有问过求职意愿的人中，另有2人年龄不符）"
    ]
    assert sentences(Held(aged(50)), row(publish_warnings=[AGE], age_max=45)) == [
        "请放宽年龄。（本县登记求职者中有1人因此不能应聘）"
    ]


def test_a_row_that_mends_the_text_is_counted_with_the_column_of_before():
    store = Held(aged(42), posts=(vacancy("v1", age_max=40),))
    assert "1人" in sentences(store, row("v1", publish_warnings=[AGE], duties="年龄50岁以下", text_age_max=50))[0]


def test_nobody_is_read_for_adverts_without_an_age_condition():
    other = {"code": "other", "sentence": "x"}
    rejected = RowResult(sheet="", row=2, outcome=Outcome.REJECTED)
    store = Held(aged(50))
    assert sentences(store, row(title="缝纫工"), row(publish_warnings=[other]), rejected) == ["x"]
    assert store.n_read == 0
    told = reviewed([row(title="缝纫工"), rejected], store, ON, Settings())  # type: ignore[arg-type]
    assert told[0].change is not None
    assert told[0].change.fields["occupations"]
    assert told[1] is rejected
