"""Units, stops and buses of a group: exact cuts, couples together, the document's sizes and leaders."""

from __future__ import annotations

from datetime import date
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.office.tracking.cohorts import (
    Member,
    Party,
    buses_of,
    cohort_rules,
    cut,
    parties_of,
    require_one_unit,
    stops_of,
    units_of,
)
from matcher.policy import standard_packs
from matcher.policy.groups import group_rule

PACKS = standard_packs()
GROUP = group_rule(PACKS, "hekou_2018", date(2018, 6, 1))
RULES = cohort_rules()


def people(*villages: int, couples: tuple[tuple[int, int], ...] = ()) -> list[Member]:
    """So many of each village, couples by their numbers."""
    along = {a: b for pair in couples for a, b in (pair, pair[::-1])}
    homes = [village for village, n in enumerate(villages) for _ in range(n)]
    return [
        Member(
            worker_id=f"w{n:03d}",
            place_code=f"4502061022{home:02d}",
            along=(f"w{along[n]:03d}",) if n in along else (),
        )
        for n, home in enumerate(homes)
    ]


def sizes(runs: tuple[tuple[Party, ...], ...]) -> list[int]:
    """People of each run."""
    return [sum(map(len, run)) for run in runs]


def test_a_village_is_cut_only_where_it_must_be() -> None:
    assert sizes(cut(parties_of(people(4, 6, 7)), 10)) == [10, 7]
    assert sizes(cut(parties_of(people(7, 6, 4)), 10)) == [7, 10]
    assert sizes(cut(parties_of(people(20)), 10)) == [10, 10]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(2, 6), st.booleans())
def test_a_cut_is_as_good_as_the_best_of_all_cuts(villages: list[int], most: int, couple: bool) -> None:
    n = sum(villages)
    parties = parties_of(people(*villages, couples=((0, n - 1),) if couple and n > 1 else ()))
    if any(len(party) > most for party in parties):
        return

    def cost(ends: tuple[int, ...]) -> tuple[int, int, int] | None:
        bounds = [0, *ends, len(parties)]
        runs = [parties[a:b] for a, b in pairwise(bounds)]
        counts = [sum(map(len, run)) for run in runs]
        if max(counts) > most:
            return None
        parted = sum(parties[at - 1][-1].place_code == parties[at][0].place_code for at in ends)
        return len(runs), parted, sum(count * count for count in counts)

    every = [cost(ends) for k in range(len(parties)) for ends in combinations(range(1, len(parties)), k)]
    runs = cut(parties, most)
    ends, at = [], 0
    for run in runs[:-1]:
        at += len(run)
        ends.append(at)
    assert cost(tuple(ends)) == min(found for found in every if found is not None)
    assert [member for run in runs for party in run for member in party] == [m for party in parties for m in party]


@pytest.mark.parametrize(
    ("n", "name", "units"), [(1, "组", 1), (10, "组", 1), (11, "班", 1), (50, "班", 1), (51, "班", 2)]
)
def test_units_have_the_documents_size_and_leader(n: int, name: str, units: int) -> None:
    found = units_of(parties_of(people(n)), PACKS, GROUP)
    assert len(found) == units
    assert {unit.name for unit in found} == {name}
    assert all(unit.leader for unit in found)
    assert sum(len(unit.worker_ids) for unit in found) == n


def test_sixty_people_in_one_class_are_refused_with_the_clause() -> None:
    require_one_unit(50, GROUP)
    with pytest.raises(InvalidInput) as raised:
        require_one_unit(60, GROUP)
    (problem,) = raised.value.problems
    assert "三(二)3" in problem.expected
    assert "60人" in problem.found


def test_a_couple_of_two_villages_stays_in_one_unit_on_one_bus() -> None:
    parties = parties_of(people(40, 20, couples=((0, 59),)))
    units = units_of(parties, PACKS, GROUP)
    buses = buses_of(parties, units, 33, RULES)
    for groups in (
        [unit.worker_ids for unit in units],
        [[one for stop in bus.stops for one in stop.worker_ids] for bus in buses],
        [stop.worker_ids for bus in buses for stop in bus.stops],
    ):
        assert any({"w000", "w059"} <= set(group) for group in groups)
    assert all(bus.n <= bus.seats for bus in buses)


def test_a_village_with_enough_people_is_a_stop_and_others_get_on_in_the_town() -> None:
    stops = stops_of(parties_of(people(5, 4, 1)), RULES)
    assert [(stop.place_code, len(stop.worker_ids)) for stop in stops] == [("450206102", 5), ("450206102200", 5)]


def test_two_couples_of_whom_one_half_each_go_together_stay_whole() -> None:
    bonds = {"a": ("b", "c"), "b": ("a",), "c": ("d",), "d": ("c",), "e": ()}
    parties = parties_of(Member(worker_id=one, place_code="450206102", along=bonds[one]) for one in bonds)
    assert [[member.worker_id for member in party] for party in parties] == [["a", "b", "c", "d"], ["e"]]


def test_who_goes_along_with_somebody_who_stays_goes_alone() -> None:
    (party,) = parties_of([Member(worker_id="a", place_code="450206102", along=("b",))])
    assert len(party) == 1


def test_misfits_are_refused() -> None:
    with pytest.raises(InvalidInput):
        parties_of([*people(1), *people(1)])
    with pytest.raises(InvalidInput):
        cut(parties_of(people(3, couples=((0, 1), (1, 2)))), 2)
    with pytest.raises(InvalidInput):
        buses_of((), (), 0, RULES)
