"""The base year: stated, listed or proved; unknown where nobody recorded any, and then nothing is compared."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.office.registers.bases import Basis, bases_of, state, stream_of_base
from matcher.office.registers.rules import Rules
from matcher.office.registers.scale import towns, villages
from matcher.office.registers.schedule import Step
from matcher.office.registers.standing import Day, standings
from matcher.office.registers.work import Span
from matcher.policy import Conventions, standard_packs
from matcher.records import Evidence, EvidenceKind, Placement, Worker
from matcher.records.deeds import Deed

ON = date(2018, 6, 1)
NOON = datetime(2018, 6, 1, 4, tzinfo=UTC)
SPAN = Span(2018, ON, 2017)
RULES = Rules(standard_packs(), Conventions())
TOWN = "450206100"
HOME, NEXT = f"{TOWN}201", f"{TOWN}202"


def worker(name, place=HOME, **fields):
    told = {"place_code": place, "registered_poor": True, "labour_ability": "normal", "wish_to_go_out": True}
    return msgspec.convert({"worker_id": name, **told, **fields}, Worker)


def placed(worker_id, year):
    day = date(year, 3, 1)
    paper = Evidence(kind=EvidenceKind.CONTRACT, on=day, by="liang")
    return Placement(
        placement_id=f"p{worker_id}{year}", worker_id=worker_id, start=day, end=date(year, 5, 1), evidence=(paper,)
    )


def said(place, year, n, number=1, source="系统名单"):
    new = state(year, n, source, Step(actor="liang", at=NOON, on=ON))
    return Deed(
        number=number,
        stream=stream_of_base(place),
        seq=number,
        kind=new.kind,
        at=NOON,
        on=ON,
        by="liang",
        body=new.body,
    )


def compared(people, placements=(), deeds=(), span=SPAN, reach=()):
    found = standings(people, placements, Day(span, RULES, standard_packs().vocabulary))
    bases = bases_of(span, deeds, reach)
    told = villages(found, RULES, bases)
    return {one.place.code: one for one in told}, {one.place.code: one for one in towns(found, RULES, bases, told)}


def test_a_village_nobody_recorded_a_base_year_of_is_neither_above_nor_short():
    told, above = compared([worker("w1"), worker("w2")], [placed("w1", 2018)])
    for one in (told[HOME], above[TOWN]):
        assert (one.scale["outcome"], one.scale["reasons"]) == ("needs_config", ["base_count"])
        assert (one.base.n, one.base.basis, one.short) == (None, Basis.UNKNOWN, 0)
        assert (one.below, one.recovered, one.scale.get("target_met")) == (False, False, None)
        assert one.place.n("now") == 1
        assert not {"new", "gone", "base"} & one.place.people.keys()


def test_a_list_of_the_year_counts_alone_and_names_who_is_gone():
    people = [
        worker("w1", system_work_years=["2017"]),
        worker("w2", system_work_years=["2016年", "2017年"]),
        worker("w3"),
    ]
    told, _ = compared(people, [placed("w1", 2018), placed("w3", 2017)])
    one = told[HOME]
    assert (one.base.n, one.base.basis, one.base.ids) == (2, Basis.LISTED, ("w1", "w2"))
    assert (one.place.people["gone"], one.short, one.below) == (["w2"], 1, True)
    told, _ = compared([worker("w1", system_work_years=["2016", "去年"]), worker("w3")], [placed("w3", 2017)])
    assert (told[HOME].base.basis, told[HOME].base.ids) == (Basis.PROVED, ("w3",))


def test_a_number_the_county_states_counts_before_lists_and_0_is_one_until_it_is_taken_back():
    people = [worker("w1"), worker("w2", system_work_years=["2017"])]
    told, _ = compared(people, [placed("w1", 2018)], [said(HOME, 2017, 5)])
    assert (told[HOME].base.n, told[HOME].base.basis, told[HOME].short) == (5, Basis.STATED, 4)
    told, _ = compared(people, [placed("w1", 2018)], [said(HOME, 2017, 5), said(HOME, 2017, 0, 2)])
    assert (told[HOME].base.n, told[HOME].below, told[HOME].scale["target_met"]) == (0, False, True)
    told, _ = compared(people, (), [said(HOME, 2017, 5), said(HOME, 2017, None, 2)])
    assert (told[HOME].base.n, told[HOME].base.basis) == (1, Basis.LISTED)
    told, _ = compared(people, (), [said(HOME, 2016, 5)])
    assert told[HOME].base.basis is Basis.LISTED
    with pytest.raises(InvalidInput):
        said(HOME, 2017, 1, source="")


def test_a_stated_village_in_which_nobody_stands_on_a_list_is_short_of_all_of_them():
    told, _ = compared([], (), [said(NEXT, 2017, 3), said("450206101201", 2017, 2)], reach=(TOWN,))
    assert {code: (one.base.n, one.short) for code, one in told.items()} == {NEXT: (3, 3)}


def test_a_town_is_the_sum_of_its_villages_in_its_own_base_year_and_unknown_while_one_is():
    span = Span(2018, ON, 2017, 2016)
    people = [
        worker("w1", system_work_years=["2016", "2017"]), worker("w2", NEXT, system_work_years=["2016"]),
        worker("w3", TOWN, system_work_years=["2016"]), worker("w4", "450206"),
    ]  # fmt: skip
    told, above = compared(people, [placed("w1", 2018)], span=span)
    assert (told[HOME].base.n, told[NEXT].base.n) == (1, None)
    assert above.keys() == {TOWN}
    assert (above[TOWN].base.n, above[TOWN].base.basis, above[TOWN].short) == (3, Basis.LISTED, 2)
    assert above[TOWN].place.people["gone"] == ["w2", "w3"]
    _, above = compared([*people, worker("w5", f"{TOWN}203")], span=span)
    assert above[TOWN].base.n is None
    _, above = compared([*people, worker("w5", f"{TOWN}203")], (), [said(TOWN, 2016, 9)], span)
    assert (above[TOWN].base.n, above[TOWN].base.basis, above[TOWN].short) == (9, Basis.STATED, 9)
    _, above = compared([*people, worker("w5", f"{TOWN}203")], (), [said(f"{TOWN}203", 2016, 0)], span)
    assert above[TOWN].base.n == 3


def test_a_village_where_nobody_stands_on_a_list_is_asked_for_its_number_and_its_town_is_unknown_until_then():
    stays = {"wish_to_go_out": False, "wish_to_work": False}
    people = [worker("w1", system_work_years=["2017"]), worker("w2", NEXT, birth_date=date(1980, 1, 1), **stays)]
    told, above = compared(people)
    assert (told[NEXT].unknown, above[TOWN].base.n) == (True, None)
    told, above = compared(people, (), [said(NEXT, 2017, 0)])
    assert (told[NEXT].unknown, above[TOWN].base.n) == (False, 1)
    told, above = compared([people[0], worker("w2", NEXT, birth_date=date(2010, 1, 1), **stays)])
    assert (told.keys(), above[TOWN].base.n) == ({HOME}, 1)


PEOPLE = st.lists(
    st.builds(
        lambda n, home, years: worker(f"w{n}", home, system_work_years=years),
        st.integers(0, 9),
        st.sampled_from([HOME, NEXT, f"{TOWN}203", TOWN, "450206101201"]),
        st.sampled_from([None, [], ["2017"], ["2016"]]),
    ),
    unique_by=lambda one: one.worker_id,
)


@given(PEOPLE, st.lists(st.tuples(st.integers(0, 9), st.sampled_from([2017, 2018])), max_size=5))
def test_what_opens_behind_a_base_that_is_not_stated_is_its_number_and_a_town_is_its_villages(people, work):
    told, above = compared(people, [placed(f"w{n}", year) for n, year in work])
    for one in told.values():
        assert one.base.n == (one.place.n("base") or None)
        assert one.place.n("now") - one.place.n("new") + one.place.n("gone") == one.place.n("base") or not one.base.ids
    for one in above.values():
        inside = [told[code] for code in one.inside]
        for figure in ("now", "new", "gone"):
            assert one.place.n(figure) == sum(village.place.n(figure) for village in inside)
        if one.base.n is not None:
            assert one.base.n == one.place.n("base") == sum(village.base.n or 0 for village in inside)
