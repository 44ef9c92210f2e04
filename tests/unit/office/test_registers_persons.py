"""Records of one person read as one: nobody counted twice, what is known of either kept, parted again both stand."""

from __future__ import annotations

from datetime import date

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.office.registers.persons import of_persons, one_each
from matcher.records import Placement, Worker

KEEP = Worker(worker_id="w-1", place_code="450206102201", wish_to_work=False)
OTHER = Worker(worker_id="w-2", place_code="450206103201", wish_to_work=True, registered_poor=True)
JOINED = {"w-2": "w-1"}
IDS = tuple(f"w-{n}" for n in range(6))


def job(worker_id: str) -> Placement:
    return Placement(placement_id=f"p-{worker_id}", worker_id=worker_id, start=date(2018, 1, 1))


def test_the_persons_own_record_speaks_first_and_the_other_fills_what_it_leaves_open():
    (one,) = one_each([OTHER, KEEP], JOINED)
    assert (one.worker_id, one.place_code, one.wish_to_work, one.registered_poor) == (
        "w-1",
        "450206102201",
        False,
        True,
    )
    assert [placement.worker_id for placement in of_persons([job("w-2"), job("w-1")], {"w-1"}, JOINED)] == ["w-1"] * 2


def test_of_a_person_recorded_out_of_reach_nothing_is_counted_here_and_of_one_who_is_not_there_the_other_stays():
    assert one_each([OTHER], JOINED, {"w-1"}) == []
    assert one_each([OTHER], JOINED) == [OTHER]
    assert of_persons([job("w-2")], {"w-2"}, JOINED) == [job("w-2")]


@settings(max_examples=60)
@given(st.lists(st.sampled_from(IDS), unique=True), st.dictionaries(st.sampled_from(IDS[3:]), st.sampled_from(IDS[:3])))
def test_everybody_stands_once_and_parted_as_before(ids, joined):
    workers = [msgspec.structs.replace(KEEP, worker_id=one) for one in ids]
    people = one_each(workers, joined)
    persons = {joined[one] if joined.get(one) in ids else one for one in ids}
    assert [one.worker_id for one in people] == [one for one in ids if one in persons]
    of = of_persons([job(one) for one in ids], persons, joined)
    assert {one.worker_id for one in of} == persons
    assert one_each(workers, {}) == workers
