"""Earlier seasons as event folders: rows the product's own reader takes without a complaint, written once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from matcher.learning.events import read_events
from matcher.records.events import TABLES
from training_data.market import history as histories
from training_data.market.history import MANIFEST, History, history_folder, write_history
from training_data.market.observe import observe
from training_data.market.policies import HAND, POLICIES
from training_data.market.season import run_season
from training_data.market.spec import Spec, load_spec, resized
from training_data.market.truth import Truth
from training_data.market.world import World


@pytest.fixture(scope="module")
def small(spec: Spec) -> History:
    return History(spec=resized(spec, workers=100, vacancies=14), variant="base", seasons=2)


@pytest.fixture(scope="module")
def folder(small: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return history_folder(small, tmp_path_factory.mktemp("work"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_products_reader_finds_nothing_wrong(folder: Path):
    log = read_events(folder)
    assert log.problems == ()
    assert log.synthetic
    assert {name: count.n_repeated for name, count in log.counts.items()} == dict.fromkeys(TABLES, 0)
    assert all(log.tables[name] for name in TABLES)
    assert {row.propensity < 1 for row in log.impressions} == {True, False}


def test_seasons_come_before_the_first_judged_one_and_end_before_the_next(folder: Path, small: History):
    first_judged = small.world(0).day(0)
    log = read_events(folder)
    assert log.known_until is not None
    assert log.known_until.date() < first_judged
    told = json.loads((folder / MANIFEST).read_bytes())
    seasons = told["seasons"]
    assert len(seasons) == 2
    assert {row.season for row in log.impressions} == set(seasons)
    for earlier, later in zip(seasons, [*seasons[1:], small.world(0).season], strict=True):
        rows = [row.ts for row in log.impressions if row.season == earlier]
        begins = datetime.fromisoformat(later[:10])
        assert max(rows).replace(tzinfo=None) + timedelta(days=180 + 7) < begins
        assert earlier < later


def test_people_and_posts_of_two_seasons_are_others_and_employers_stay(folder: Path):
    log = read_events(folder)
    by_season: dict[str, dict[str, set[str]]] = {}
    for row in log.snapshots:
        by_season.setdefault(row.season, {}).setdefault(row.kind, set()).add(row.id)
    one, two = by_season.values()
    for kind in ("worker", "vacancy", "household"):
        assert not one[kind] & two[kind]
    assert one["employer"] & two["employer"]


def test_it_is_written_once(folder: Path, small: History, monkeypatch: pytest.MonkeyPatch):
    before = contents(folder)
    monkeypatch.setattr(histories, "logged_season", lambda *_: pytest.fail("run again"))
    assert not write_history(small, folder)
    assert history_folder(small, folder.parent) == folder
    assert contents(folder) == before


def test_the_same_bytes_each_time(folder: Path, small: History, tmp_path: Path):
    assert write_history(small, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(folder)


def test_another_history_has_another_folder_and_replaces_what_lies_in_its_place(
    folder: Path, small: History, tmp_path: Path
):
    other = replace_history(small, seed=1, seasons=1)
    assert other.key != small.key
    place = tmp_path / "place"
    write_history(other, place)
    first = contents(place)
    assert write_history(replace_history(small, seasons=1), place)
    assert contents(place)["impressions.jsonl"] != first["impressions.jsonl"]
    assert [path.name for path in tmp_path.iterdir()] == ["place"]
    variant = load_spec("shortage")
    assert replace_history(small, spec=variant, variant="shortage").key != small.key


def replace_history(history: History, **changes: object) -> History:
    fields = {name: getattr(history, name) for name in History.__dataclass_fields__}
    return History(**{**fields, **changes})


def test_only_a_share_may_be_listed(small: History, tmp_path: Path):
    """What a county knows after its first few thousand lines, for who starts with a wrong card."""
    few = replace_history(small, seasons=1, listed=0.2)
    write_history(few, tmp_path / "few")
    log = read_events(tmp_path / "few")
    homes = {row.household_id for row in log.impressions}
    world = few.world(-1)
    assert 0 < len(homes) < 0.4 * world.people.n_households


def test_another_card_may_have_made_the_lists(small: History, tmp_path: Path):
    card = json.loads(histories.hand_card())
    card["stages"]["apply"]["intercept"] -= 700
    told = replace_history(small, seasons=1, card=msgspec.json.encode(card))
    write_history(told, tmp_path / "told")
    log = read_events(tmp_path / "told")
    assert {row.model_sha for row in log.impressions} == {told.model_sha} != {small.model_sha}


def test_seasons_before_the_first_change_nothing_of_it(small: History):
    """Draws of a season are its own: judged seasons are the same whether or not somebody trained before."""
    world = small.world(0)
    assert world.prefix == "450206-0"
    assert small.world(-1).prefix == "450206-b1"
    assert ran(world) == ran(small.world(0))
    assert ran(world) != ran(small.world(-1))


def ran(world: World) -> list[int]:
    return list(run_season(world, Truth(world), observe(world), POLICIES[HAND](world)).post.tolist())
