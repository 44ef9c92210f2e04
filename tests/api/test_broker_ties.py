"""Who is alike to the last fact is ordered by the installation's seed: everywhere alike, by another one otherwise."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import combinations

import county
import pytest
from broker_county import BAIPENG, SEWERS, asker, compared, county_app, listed
from factories import worker

from matcher.records.access import Role

SEEDS = (0, 7, 2**40)
TWINS = tuple(f"twin{n}" for n in range(6))


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    """One county a seed, and the first of them once more."""
    twins = [worker(each, place_code=f"{BAIPENG}201") for each in TWINS]
    with ExitStack() as stack:
        yield [
            stack.enter_context(county_app(tmp_path_factory.mktemp("ties") / "home", more=twins, seed=seed))
            for seed in (*SEEDS, SEEDS[0])
        ]


@pytest.fixture(scope="module")
def orders(apps):
    return [[person["worker_id"] for person in listed(asker(app))["people"]] for app in apps]


def test_a_seed_orders_those_who_are_alike_and_nobody_else(orders):
    ties = [[each for each in order if each in TWINS] for order in orders]
    assert all(sorted(tie) == sorted(TWINS) for tie in ties)
    assert len({tuple(tie) for tie in ties[: len(SEEDS)]}) == len(SEEDS)
    places = [["" if each in TWINS else each for each in order] for order in orders]
    assert all(order == places[0] for order in places)


def test_a_seed_orders_alike_again(orders):
    assert orders[0] == orders[-1]


def test_the_programs_list_and_the_comparison_have_the_order_of_the_page(apps, orders):
    for app, order in zip(apps, orders, strict=True):
        headers = county.bearer(app, Role.BROKER)
        told = app.test_client().get(f"/api/v1/vacancies/{SEWERS}/candidates?top=99", headers=headers).json
        assert [item["worker_id"] for item in told["lists"][0]["items"]] == order
        broker = asker(app)
        for one, other in combinations([each for each in order if each in TWINS], 2):
            found = compared(broker, other, one)
            assert (found["ahead"]["worker_id"], found["behind"]["worker_id"]) == (one, other)
