"""One tiny county and its seasons, run once for all tests of the market."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from training_data.market.observe import Records
    from training_data.market.season import Season
    from training_data.market.spec import Spec
    from training_data.market.truth import Truth
    from training_data.market.world import World

# The market is in no wheel. At the end, so that the product still comes from where it is installed.
ROOT = str(Path(__file__).parents[3])
if ROOT not in sys.path:
    sys.path.append(ROOT)


@pytest.fixture(scope="session")
def spec() -> Spec:
    from training_data.market.spec import load_spec, resized

    return resized(load_spec(), workers=240, vacancies=24)


@pytest.fixture(scope="session")
def world(spec: Spec) -> World:
    from training_data.market.world import draw_world

    return draw_world(spec)


@pytest.fixture(scope="session")
def truth(world: World) -> Truth:
    from training_data.market.truth import Truth

    return Truth(world)


@pytest.fixture(scope="session")
def records(world: World) -> Records:
    from training_data.market.observe import observe

    return observe(world)


@pytest.fixture(scope="session")
def seasons(world: World, truth: Truth, records: Records) -> dict[str, Season]:
    from training_data.market.policies import POLICIES
    from training_data.market.season import run_season

    names = ("hand weights", "hand + balanced", "random")
    return {name: run_season(world, truth, records, POLICIES[name](world)) for name in names}


@pytest.fixture(scope="session")
def hand(seasons: dict[str, Season]) -> Season:
    return seasons["hand weights"]
