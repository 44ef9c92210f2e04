"""Factors of people on the day: what is unknown lifts nobody, and the best group of a person counts once."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import UsageError
from matcher.policy import standard_packs, tiers
from matcher.policy.evaluation.labels import worker_flags
from matcher.priority import FACTOR_GROUPS, Ranking, rank_workers
from matcher.records import Household, Worker
from matcher.settings import Settings

ON = date(2018, 6, 1)
PACKS = standard_packs()
ORDER = tiers(PACKS.packs["standard"], "")


def person(**fields) -> Worker:
    return Worker(worker_id="w", place_code="450206", **fields)


def factors(worker: Worker, *households: Household, **settings) -> tuple[int, int, int]:
    ranked = rank_workers(
        [worker],
        {household.household_id: household for household in households},
        tiers(PACKS.packs["standard"], ""),
        on=ON,
        vocabulary=PACKS.vocabulary,
        settings=Settings(**settings),
    )
    found = tuple(int(part[0]) for part in (ranked.household, ranked.priority, ranked.group))
    assert int(ranked.factor[0]) == found[0] * found[1] * found[2]
    return found


@pytest.mark.parametrize(
    ("home", "employed", "expected"), [("h", 0, 80), ("h", 1, 64), ("h", None, 64), ("other", 0, 64), (None, 0, 64)]
)
def test_a_household_with_nobody_in_work_counts_only_when_its_record_says_so(home, employed, expected):
    household = Household(household_id="h", employed_members=employed)
    assert factors(person(household_id=home), household, household_factor_64ths=16)[0] == expected


@pytest.mark.parametrize(
    ("steps", "expected"), [((80,), 80), ((80, 72), 72), ((80, 72, 66), 66), ((90, 80, 70, 1), 70)]
)
def test_the_last_priority_step_repeats(steps, expected):
    assert factors(person(), priority_factor_64ths=steps)[1] == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 64),
        ({"relocated": False}, 64),
        ({"relocated": True}, 72),
        ({"relocated": True, "rural_low_income": True}, 90),
        ({"hard_to_employ": True}, 32),
    ],
)
def test_the_best_group_of_a_person_counts_once(fields, expected):
    given = {"relocated": 72, "rural_low_income": 90, "hard_to_employ": 32}
    assert factors(person(**fields), group_factor_64ths=given)[2] == expected


def test_every_group_a_factor_may_be_given_to_is_a_flag_of_a_worker():
    assert {group.value for group in FACTOR_GROUPS} <= worker_flags(person(), on=ON).keys()


@pytest.mark.parametrize(("birth_date", "expected"), [
    (date(ON.year - 45, ON.month, ON.day), 80), (date(ON.year - 45, ON.month, ON.day + 1), 64),
    (date(ON.year - 61, 1, 1), 96), (None, 64),
])  # fmt: skip
def test_an_age_has_a_factor_from_the_birthday_on_and_only_if_it_is_given(birth_date, expected):
    given = {"from_45": 80, "from_60": 96}
    assert factors(person(birth_date=birth_date), group_factor_64ths=given)[2] == expected
    assert factors(person(birth_date=birth_date))[2] == 64


def test_of_group_and_age_the_larger_counts():
    old = person(birth_date=date(1950, 1, 1), hard_to_employ=True)
    assert factors(old, group_factor_64ths={"from_45": 80, "hard_to_employ": 72})[2] == 80
    assert factors(old, group_factor_64ths={"from_45": 72, "hard_to_employ": 80})[2] == 80
    assert factors(person(birth_date=date(1950, 1, 1)), group_factor_64ths={"from_45": 48})[2] == 48


@pytest.mark.parametrize("name", ["from_5", "from_045", "from_100", "45", "from_"])
def test_an_age_is_written_one_way(name):
    with pytest.raises(UsageError, match=name):
        factors(person(), group_factor_64ths={name: 90})


def test_an_unknown_group_is_refused_and_not_passed_over():
    with pytest.raises(UsageError, match="poorest"):
        factors(person(), group_factor_64ths={"poorest": 90})


drawn = st.tuples(
    st.sampled_from((None, True, False)),
    st.sampled_from((None, True, False)),
    st.sampled_from((None, date(2018, 5, 1), date(2018, 7, 1))),
    st.sampled_from(("450206", "450222")),
)


@given(st.lists(drawn, max_size=12))
def test_everybody_of_a_roster_ranks_as_each_does_alone(people):
    workers = [
        Worker(worker_id=f"w{n}", place_code=home, relocated=relocated, rural_low_income=poor, returned_on=returned)
        for n, (relocated, poor, returned, home) in enumerate(people)
    ]

    def ranked(some):
        return rank_workers(
            some,
            {},
            ORDER,
            on=ON,
            vocabulary=PACKS.vocabulary,
            settings=Settings(),
            work_place_code="450206",
        )

    together = ranked(workers)
    one_after_another = Ranking(ORDER, vocabulary=PACKS.vocabulary, settings=Settings(), weights=None)
    for ix, worker in enumerate(workers):
        kept = one_after_another.of([worker], {}, on=ON, work_place_code="450206")
        for alone in (ranked([worker]), kept):
            assert together.results[ix] == alone.results[0]
            assert together.standing(ix, ON) == alone.standing(0, ON)


def test_a_kept_ranking_follows_the_day_and_the_household_and_not_who_was_ranked_before():
    settings = Settings(household_factor_64ths=16, group_factor_64ths={"relocated": 72})
    ranking = Ranking(ORDER, vocabulary=PACKS.vocabulary, settings=settings, weights=None)
    home = Household(household_id="h", employed_members=0)
    dated = person(relocated_from=ON, household_id="h", waiting_since=date(2018, 5, 30))
    days = (({}, ON), ({"h": home}, ON), ({"h": home}, date(2018, 5, 31)), ({}, ON))
    told = [ranking.of([dated], homes, on=on) for homes, on in days]
    assert [int(one.household[0]) for one in told] == [64, 80, 80, 64]
    assert [int(one.group[0]) for one in told] == [72, 72, 64, 72]
    assert [int(one.tier[0]) for one in told] == [0, 0, 2, 0]
    assert [int(one.waiting_days[0]) for one in told] == [2, 2, 1, 2]
