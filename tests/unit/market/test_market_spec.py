"""The numbers of the market are frozen; a variant differs from the base in what it says and in nothing else."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from matcher.errors import UsageError
from training_data.market.observe import observe, recorded_reach
from training_data.market.people import FAR
from training_data.market.spec import (
    BASE,
    Variant,
    committed_hash,
    frozen_hash,
    load_spec,
    resized,
    variants,
)
from training_data.market.truth import Truth
from training_data.market.world import World, draw_world

OTHERS = [name for name in variants() if name != BASE]


def small(variant: str) -> World:
    return draw_world(resized(load_spec(variant), workers=240, vacancies=24))


def flat(variant: str) -> dict[str, Any]:
    told = msgspec.to_builtins(load_spec(variant))
    return {
        f"{table}.{key}": value
        for table, values in told.items()
        for key, value in (values if isinstance(values, dict) else {"all": values}).items()
    }


def test_the_numbers_are_those_that_were_frozen():
    assert frozen_hash() == committed_hash()


def test_mean_chances_are_those_the_readme_tells():
    """The hash covers numbers, not code: a slip in how they are used moves these."""
    truth = Truth(draw_world(load_spec()))
    inside = truth._rank <= truth.world.people.reach[:, None]
    means = [truth.probability(stage)[inside].mean() for stage in ("apply", "hire", "keep")]
    assert means == pytest.approx([0.166, 0.685, 0.406], abs=0.002)


def test_there_are_sixteen_markets_and_the_base():
    assert len(OTHERS) >= 16
    assert len({variants()[name].says for name in variants()}) == len(variants())


@pytest.mark.parametrize("name", OTHERS)
def test_a_variant_changes_what_it_names_and_nothing_else(name: str):
    told: Variant = variants()[name]
    base, other = flat(BASE), flat(name)
    assert {key for key in base if base[key] != other[key]} == {*told.factor, *told.value}
    for key, factor in told.factor.items():
        assert other[key] == pytest.approx(base[key] * factor)


def test_an_unknown_variant_is_refused_by_name():
    with pytest.raises(UsageError, match="mars"):
        load_spec("mars")


def test_shares_are_shares():
    spec = load_spec()
    for shares in (
        spec.households.sizes,
        spec.people.education,
        spec.season.worker_arrivals,
        spec.season.vacancy_arrivals,
        [share for _, _, share in spec.people.ages],
        [channel.share for channel in spec.channels],
    ):
        assert sum(shares) == pytest.approx(1)


def test_every_channel_has_a_trade():
    spec = load_spec()
    assert all(any(c.channel in trade.channels for trade in spec.trades) for c in spec.channels)


def openings(world: World) -> int:
    return int(world.posts.headcount.sum())


def test_shortage_and_surplus_are_of_openings():
    n = small(BASE).people.size
    for name, each in (("shortage", 0.45), (BASE, 0.8), ("surplus", 2.0)):
        assert openings(small(name)) / n == pytest.approx(each, rel=0.06)


def test_the_guangdong_shock_is_one_of_guangdong():
    base, shocked = small(BASE).posts, small("guangdong_shock").posts
    partner = np.array([code.startswith("44") for code in base.place])
    assert np.array_equal(base.headcount[~partner], shocked.headcount[~partner])
    assert np.array_equal(base.wage[~partner], shocked.wage[~partner])
    assert shocked.headcount[partner].sum() / base.headcount[partner].sum() == pytest.approx(0.3, abs=0.06)
    assert np.allclose(shocked.wage[partner] / base.wage[partner], 0.8, atol=0.03)


def test_noisy_records_are_wrong_about_the_same_people():
    for name, wrong, missing in ((BASE, 0.2, 0.1), ("noisy_records", 0.5, 0.3)):
        world = draw_world(resized(load_spec(name), workers=1500, vacancies=24))
        records = observe(world)
        unknown = np.mean([worker.travel_range is None for worker in records.gaps])
        reach = np.array([worker.travel_range.rank for worker in records.full if worker.travel_range])
        assert unknown == pytest.approx(missing, abs=0.03)
        # A step beyond the first or last range stays where it is: a little fewer are wrong than are drawn.
        assert wrong - 0.16 < np.mean(reach != world.people.reach) < wrong + 0.02


def test_hidden_variants_hide_more_or_less_and_record_the_same():
    spreads = {}
    for name in ("hidden_little", BASE, "hidden_much"):
        world = small(name)
        spreads[name] = world.people.reliability.std(), world.employers.quality.std(), world.people.mobility.std()
        assert records_equal(world)
    for little, base, much in zip(*spreads.values(), strict=True):
        assert little == pytest.approx(base / 2)
        assert much == pytest.approx(base * 1.5)


def records_equal(world: World) -> bool:
    ours, base = observe(world), observe(small(BASE))
    return (ours.full, ours.gaps, ours.vacancies) == (base.full, base.gaps, base.vacancies)


def test_interactions_are_none_or_double():
    base, none, double = (Truth(small(name)).apply for name in (BASE, "additive", "interactions_double"))
    assert np.allclose(double - base, base - none)
    assert np.abs(base - none).max() > 0.5


def test_home_loving_people_gain_less_from_far_posts():
    base, home = Truth(small(BASE)), Truth(small("home_loving"))
    far = np.asarray(base.far)
    assert (home.apply - base.apply)[far].mean() < (home.apply - base.apply)[~far].mean() - 0.3
    assert FAR == 4


def test_biases_lower_only_whom_they_name():
    base, old, minority = (Truth(small(name)) for name in (BASE, "age_bias", "ethnic_bias"))
    people = base.world.people
    assert np.array_equal((old.hire < base.hire).all(axis=1), people.age > 40)
    assert np.array_equal((minority.hire < base.hire).all(axis=1), people.minority)


def test_people_come_later_when_they_are_said_to():
    base, late = small(BASE), small("late_arrivals")
    assert late.people.arrival.mean() > base.people.arrival.mean() + 0.5
    assert late.posts.opens.mean() > base.posts.opens.mean() + 0.3


def test_recorded_reach_is_a_step_off_at_most(world: World):
    assert np.abs(recorded_reach(world, world.draws) - world.people.reach).max() == 1
