"""Whom a query finds and how many a choice leaves, each beside a slow twin that reads the records one by one."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from factories import worker
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.language.trade_words import folded, spoken_terms
from matcher.orders.search.columns import encode_people
from matcher.orders.search.facets import KINDS, N_CHOICES, N_COMPARED, Crowd, facets
from matcher.orders.search.matching import NEVER, People, Sieve, holding, matching, neutral_order, pairs_of
from matcher.orders.search.names import called, encode_names
from matcher.orders.search.query import (
    LITERAL,
    PAIR,
    UNKNOWN,
    About,
    Chip,
    Contacted,
    Departs,
    Query,
    asked,
)
from matcher.records import Consent, TravelRange, Worker

ON = date(2018, 6, 1)
TOWNS = ("450206102", "450206103")
HOMES = ("450206102201", "450206102203", "450206103201", "450206103")
NAMES = ("韦小英", "魏晓颖", "覃丽", "单明", "欧阳小英", "阿依·木拉提", "黄平", "", None)
SKILLS = (("缝纫工",), ("踩电车",), ("车床工",), ("货车司机", "电焊"), ("手工活",), (), None)
DAYS = (None, -400, -1, 0, 1, 7, 8, 30, 31, 400)
CALLS = (None, 0, 6, 7, 8, 29, 30, 31, 400)

people_drawn = st.lists(
    st.tuples(
        st.sampled_from(HOMES),
        st.sampled_from(SKILLS),
        st.sampled_from((None, *TravelRange)),
        st.sampled_from(DAYS),
        st.sampled_from((None, True, False)),
        st.sampled_from(("h1", "h2", "h3", None)),
        st.sampled_from((True, False, None)),
        st.sampled_from((None, ("441900",), ("440000",), ("450200",))),
        st.sampled_from(NAMES),
        st.sampled_from(CALLS),
        st.sampled_from((0, 1, 2)),
    ),
    max_size=12,
)
values = {
    About.SKILL: ("缝纫", "车床", "驾驶", f"{LITERAL}手工", f"{LITERAL}电"),
    About.NAME: ("韦小英", "=韦小英", "wei", "wxy", "小英", "韦", "qinli"),
    About.TOWNSHIP: (*TOWNS, "999"),
    About.VILLAGE: (*HOMES[:2], "x"),
    About.GOING: (*TravelRange, UNKNOWN, "44", "4419", "4502", "450206", "<b>", "９"),
    About.DEPARTS: (*Departs, "2018-06-01", "2018-06-08", "2018-13-40"),
    About.CONTACTED: (*Contacted, "no"),
    About.TOGETHER: (PAIR,),
    About.CONTACT: ("agreed", "refused", "not_asked", "no"),
    About.VERDICT: ("yes", "unknown", "no"),
    About.FRESH: ("new",),
}
chips_drawn = st.sampled_from([(about, value) for about, found in values.items() for value in found]).flatmap(
    lambda pair: st.booleans().map(lambda negated: Chip(pair[0], pair[1], negated))
)


def one(number: int, drawn: tuple) -> Worker:
    home, skills, travel, days, shares, household, wish, places, *_ = drawn
    return worker(
        f"w{number}", place_code=home, skills=skills, trades=None, travel_range=travel, household_id=household,
        available_from=None if days is None else ON + timedelta(days=days), wish_to_work=wish,
        consent=None if shares is None else Consent(share_with_employer=shares), preferred_places=places,
    )  # fmt: skip


def roster(drawn: list[tuple]) -> tuple[list[Worker], People]:
    workers = [one(number, row) for number, row in enumerate(drawn)]
    columns = encode_people(workers)
    called_on = [NEVER if row[9] is None else (ON - timedelta(days=row[9])).toordinal() for row in drawn]
    names = encode_names([row[8] for row in drawn])
    return workers, People(
        columns=columns,
        names=lambda: names,
        on=ON,
        called_on=np.array(called_on, dtype=np.int32),
        together=pairs_of(columns, np.ones(len(workers), dtype=np.bool_)),
        verdict=np.array([row[10] for row in drawn], dtype=np.int8),
        fresh=np.array([number % 2 == 0 for number in range(len(drawn))], dtype=np.bool_),
    )


class Twin:
    """What a chip holds for, read from one record at a time."""

    def __init__(self, workers: list[Worker], drawn: list[tuple], people: People) -> None:
        self.workers, self.drawn, self.people = workers, drawn, people

    def holds(self, chip: Chip, at: int) -> bool:
        return bool(getattr(self, f"_{chip.about.value}")(chip.value, at))

    def fits(self, query: Query, at: int) -> bool:
        wanted = all(
            any(self.holds(Chip(about, value), at) for value in query.of(about)) for about in About if query.of(about)
        )
        return wanted and not any(
            self.holds(Chip(about, value), at) for about in About for value in query.of(about, negated=True)
        )

    def _skill(self, value: str, at: int) -> bool:
        texts = self.workers[at].skills or ()
        if value.startswith(LITERAL):
            return any(folded(value[1:]) in folded(text) for text in texts)
        return any(value in spoken_terms(text) for text in texts)

    def _name(self, value: str, at: int) -> bool:
        return called(encode_names([self.drawn[at][8]]), value)[0]

    def _township(self, value: str, at: int) -> bool:
        return self.workers[at].place_code[:9] == value

    def _village(self, value: str, at: int) -> bool:
        return self.workers[at].place_code == value and len(value) == 12

    def _going(self, value: str, at: int) -> bool:
        person = self.workers[at]
        if value == UNKNOWN:
            return person.travel_range is None
        if value in set(TravelRange):
            return person.travel_range == value
        if value not in ("44", "4419", "4502", "450206"):
            return False
        rank = -1 if person.travel_range is None else person.travel_range.rank
        needed = {"44": 5, "4419": 5, "4502": 3, "450206": 2}[value]
        return rank >= needed or any(place.startswith(value) for place in person.preferred_places or ())

    def _departs(self, value: str, at: int) -> bool:
        days = self.drawn[at][3]
        if value.startswith("2018"):
            by = {"2018-06-01": 0, "2018-06-08": 7}.get(value)
            return by is not None and days is not None and days <= by
        bounds = {Departs.NOW: (-999, 0), Departs.WEEK: (1, 7), Departs.MONTH: (8, 30), Departs.LATER: (31, 999)}
        if days is None:
            return value == Departs.UNKNOWN
        return value != Departs.UNKNOWN and bounds[Departs(value)][0] <= days <= bounds[Departs(value)][1]

    def _contacted(self, value: str, at: int) -> bool:
        ago = self.drawn[at][9]
        if ago is None:
            return value == Contacted.NEVER
        return value == ("week" if ago < 7 else "month" if ago < 30 else "earlier")

    def _together(self, value: str, at: int) -> bool:
        mine = self.workers[at]
        others = [w for w in self.workers if w.household_id == mine.household_id and w.wish_to_work is not False]
        return mine.household_id is not None and mine in others and len(others) > 1

    def _contact(self, value: str, at: int) -> bool:
        return {True: "agreed", False: "refused", None: "not_asked"}[self.drawn[at][4]] == value

    def _verdict(self, value: str, at: int) -> bool:
        return {2: "yes", 1: "unknown", 0: ""}[self.drawn[at][10]] == value

    def _fresh(self, value: str, at: int) -> bool:
        return at % 2 == 0


@given(people_drawn, st.lists(chips_drawn, max_size=6))
@settings(max_examples=150, deadline=None)
def test_a_query_finds_whom_its_slow_twin_finds(drawn, chips):
    workers, people = roster(drawn)
    twin = Twin(workers, drawn, people)
    query = asked(chips)
    assert matching(people, query).tolist() == [twin.fits(query, at) for at in range(len(workers))]
    for chip in chips:
        assert holding(people, chip).tolist() == [twin.holds(chip, at) for at in range(len(workers))]


@given(people_drawn, st.lists(chips_drawn, max_size=5))
@settings(max_examples=80, deadline=None)
def test_a_facet_counts_whom_its_choice_would_leave(drawn, chips):
    _, people = roster(drawn)
    query = asked(chips)
    sieve = Sieve(people, query, people.columns.willing)
    told = facets(sieve, KINDS)
    assert [facet.about for facet in told] == list(KINDS)
    for facet in told:
        assert len(facet.choices) <= N_CHOICES + len(query.of(facet.about))
        for choice in facet.choices:
            only = asked((*query.open_to(facet.about).chips, Chip(facet.about, choice.value)))
            if Chip(facet.about, choice.value, negated=True) in query.chips:
                assert choice.n == 0
                continue
            assert choice.n == int((matching(people, only) & people.columns.willing).sum())
            assert choice.chosen == (choice.value in query.of(facet.about))


def test_every_choice_has_everybody_whom_nobody_narrowed():
    drawn = [(HOMES[n % 4], SKILLS[n % 5], None, 0, True, None, True, None, "韦英", None, 1) for n in range(40)]
    _, people = roster(drawn)
    by_kind = {facet.about: facet for facet in facets(Sieve(people, Query(), people.columns.willing), KINDS)}
    assert sum(choice.n for choice in by_kind[About.TOWNSHIP].choices) == 40
    assert [choice.value for choice in by_kind[About.CONTACTED].choices] == [Contacted.NEVER]
    assert by_kind[About.TOGETHER].choices == ()


@pytest.mark.parametrize(
    ("asked_for", "found"),
    [
        ("韦小英", {"韦小英", "魏晓颖"}),
        ("=韦小英", {"韦小英"}),
        ("小英", {"韦小英", "魏晓颖", "欧阳小英"}),
        ("weixiaoying", {"韦小英", "魏晓颖"}),
        ("wxy", {"韦小英", "魏晓颖"}),
        ("oyxy", {"欧阳小英"}),
        ("ouyangxiaoying", {"欧阳小英"}),
        ("qinli", {"覃丽"}),
        ("tanli", {"覃丽"}),
        ("shanming", {"单明"}),
        ("阿依木", {"阿依·木拉提"}),
        ("韦", {"韦小英", "魏晓颖"}),
        ("小", set()),
        ("英", set()),
        ("wei", {"韦小英", "魏晓颖"}),
        ("xy", set()),
        ("平黄", set()),
        ("=", set()),
    ],
)
def test_a_name_is_found_by_characters_sound_and_letters(asked_for, found):
    masks = called(encode_names(NAMES), asked_for)
    assert {name for name, held in zip(NAMES, masks.tolist(), strict=True) if held} == found


def test_no_name_runs_over_into_the_next_one():
    assert not called(encode_names(["韦小", "英", "", "韦", "小英"]), "韦小英").any()
    assert called(encode_names([None, "", "韦小英", "", None]), "=韦小英").tolist() == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert called(encode_names([]), "韦小英").shape == (0,)


def test_what_stands_for_nothing_is_no_skill():
    columns = encode_people([worker("w1", skills=("无", " "), trades=("平车",), certificates=("暂无",))])
    assert (columns.terms.words, columns.texts.words, columns.untold.words) == (("缝纫",), ("平车",), ())


def test_who_waits_longest_stands_first_and_nobody_knows_stands_last():
    since = [date(2018, 5, 1), None, date(2018, 1, 1), date(2018, 5, 1)]
    columns = encode_people([worker(f"w{n}", waiting_since=day) for n, day in enumerate(since)])
    ties = np.array([9, 1, 1, 2], dtype=np.uint64)
    assert neutral_order(columns, ties).tolist() == [2, 3, 0, 1]


@pytest.mark.parametrize("n_values", [N_COMPARED, N_COMPARED + 1])
@pytest.mark.parametrize("first", [0, -1])
def test_many_values_are_counted_as_few_are(n_values, first):
    codes = np.random.default_rng(n_values).integers(-1, n_values + first, 500).astype(np.int32)
    mask = np.arange(500) % 3 > 0
    _, people = roster([])
    values = [str(number) for number in range(n_values)]
    told = Crowd(people, mask).counts(codes, values, first=first)
    looped = [sum(bool(one) and code == at for one, code in zip(mask, codes, strict=True))
              for at in range(first, n_values + first)]  # fmt: skip
    assert told == dict(zip(values, looped, strict=True))
