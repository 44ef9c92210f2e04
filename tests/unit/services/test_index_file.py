"""An index read back lists what it listed, goes on being changed, and is refused by name for another ground."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from factories import ON, vacancy, worker

from matcher.errors import StoreError
from matcher.policy import standard_packs
from matcher.records import Channel, TravelRange
from matcher.scoring import hand_card
from matcher.services.ground.best_lines import best_of
from matcher.services.ground.index_file import Stamp, index_bytes, index_from_bytes, roll_of
from matcher.services.ground.packed_arrays import packed, unpacked
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground, indexed, with_changes
from matcher.services.rounds.match_round import law_frame
from matcher.settings import Settings
from matcher.shortlist import PlanMode

MEANS = Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())
GROUND = Ground(MEANS.model, law_frame(MEANS, ON), 3)
STAMP = Stamp(
    program="this", model=MEANS.model.digest, rulebook=MEANS.digest, on=ON, seed=3, public=False, change=7, posts="s",
    plan="p", prices="d",
)  # fmt: skip
ROLL = roll_of([vacancy("v1", valid_to=ON), vacancy("v2", channel=Channel.MICRO_FARM)])
ASK = {"factor": 1 << 18, "mode": PlanMode.BALANCED, "top": 6}
PEOPLE = [worker("a"), worker("b", wage_floor_yuan_month=3600, travel_range=TravelRange.COUNTY, skills=None)]


@pytest.fixture(scope="module")
def index():
    posts = [
        vacancy(
            f"v{n}", title=("缝纫工", "保安")[n % 2], skills_required=(("电焊",), None)[n % 2], age_max=40 + n,
            place_code=("450206", "450206100", "441900")[n % 3], wage_low_yuan_month=2500 + 100 * n,
        )
        for n in range(12)
    ]  # fmt: skip
    made = indexed(posts, GROUND, {"v1": 0.5, "v2": -0.25})
    return with_changes(made, [vacancy("v3", filled=10), vacancy("v99", title="电焊工")], ["v4"])


def lists(index):
    return [best_of(index, person, **ASK) for person in PEOPLE]


def test_what_is_read_back_lists_what_was_written(index):
    read = index_from_bytes(index_bytes(index, ROLL, STAMP), STAMP, GROUND)
    again = read.index
    assert read.stamp == STAMP
    assert (read.roll.ids, read.roll.digest) == (ROLL.ids, ROLL.digest)
    assert np.array_equal(read.roll.days, ROLL.days)
    assert np.array_equal(read.roll.plots, ROLL.plots)
    assert lists(again) == lists(index)
    assert all(lists(again))
    assert again.numbers == index.numbers
    assert again.said.tolist() == index.said.tolist() != []
    assert np.array_equal(again.shelf.segments.best, index.shelf.segments.best)


def test_what_is_read_back_goes_on_being_changed(index):
    again = index_from_bytes(index_bytes(index, ROLL, STAMP), STAMP, GROUND).index
    written = [vacancy("v5", title="叉车工"), vacancy("v1", wage_low_yuan_month=9000, wage_high_yuan_month=9000)]
    assert lists(with_changes(again, written, ["v0"])) == lists(with_changes(index, written, ["v0"]))


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"model": "x"}, "model"),
        ({"rulebook": "x"}, "packs or settings"),
        ({"seed": 4}, "seed"),
        ({"public": True}, "readers"),
        ({"program": "older"}, "program"),
        ({"format": 1}, "format"),
    ],
)
def test_a_file_of_another_ground_is_refused_by_name(index, other, named):
    with pytest.raises(StoreError, match=f"of another {named} "):
        index_from_bytes(index_bytes(index, ROLL, msgspec.structs.replace(STAMP, **other)), STAMP, GROUND)


@pytest.mark.parametrize(
    "spoil", [lambda body: body[:-1], lambda body: body[:40], lambda body: b"", lambda body: b"x" * 99]
)
def test_a_damaged_file_is_refused(index, spoil):
    with pytest.raises(StoreError, match="damaged"):
        index_from_bytes(spoil(index_bytes(index, ROLL, STAMP)), STAMP, GROUND)


def test_a_file_without_what_this_version_writes_is_refused():
    with pytest.raises(StoreError, match="another version"):
        index_from_bytes(packed({"number": np.zeros(3)}), STAMP, GROUND)


def test_arrays_come_back_as_they_were():
    arrays = {"a": np.arange(3, dtype=np.int16), "b": np.zeros(0, dtype=np.bool_), "c": np.ones((2, 3))}
    read = unpacked(packed(arrays))
    assert {name: (a.dtype, a.tolist()) for name, a in read.items()} == {
        name: (a.dtype, a.tolist()) for name, a in arrays.items()
    }
    assert not any(array.flags.writeable for array in read.values())
    assert packed(arrays) == packed(read)
