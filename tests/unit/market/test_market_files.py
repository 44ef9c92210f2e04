"""What leaves the market: records and events the product reads, the same bytes each time, and nothing hidden."""

from __future__ import annotations

import ast
import dataclasses
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from matcher.records import Employer, Household, Vacancy, Worker
from matcher.records.events import TABLES
from training_data.market.journal import Journal, write_season
from training_data.market.observe import observe
from training_data.market.people import People
from training_data.market.policies import HAND, POLICIES
from training_data.market.season import NOWHERE, Season, run_season
from training_data.market.spec import load_spec, resized
from training_data.market.truth import Truth
from training_data.market.world import World, draw_world

ROOT = Path(__file__).parents[3]
RECORDS = {"households": Household, "workers": Worker, "employers": Employer, "vacancies": Vacancy}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
HIDDEN = {"mobility", "reliability", "skill", "reservation", "reach", "quality", "pickiness", "ties", "taste",
          "apply_gain", "hire_gain", "keep_gain", "minority"}  # fmt: skip


@pytest.fixture(scope="module")
def folder(hand: Season, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("season")
    write_season(hand, folder, policy_id="hand-weights", model_sha="m")
    return folder


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.json*"))}


def test_the_files_are_those_of_the_contract(folder: Path):
    names = {f"records/{name}.jsonl" for name in RECORDS} | {f"events/{name}.jsonl" for name in TABLES}
    assert set(written(folder)) == names | {"synthetic_manifest.json"}


@pytest.mark.parametrize("name", RECORDS)
def test_records_are_objects_of_section_3(folder: Path, name: str):
    lines = (folder / "records" / f"{name}.jsonl").read_bytes().splitlines()
    assert lines
    for line in lines:
        msgspec.json.decode(line, type=RECORDS[name])


@pytest.mark.parametrize("name", TABLES)
def test_events_are_rows_of_the_schema_and_say_that_they_are_synthetic(folder: Path, name: str):
    events = [
        msgspec.json.decode(line, type=TABLES[name])
        for line in (folder / "events" / f"{name}.jsonl").read_bytes().splitlines()
    ]
    assert events
    assert all(event.synthetic for event in events)
    assert len({event.event_id for event in events}) == len(events)
    assert events == sorted(events, key=lambda event: (event.ts, event.event_id))


def test_the_same_bytes_each_time(folder: Path, world: World, tmp_path: Path):
    again = draw_world(world.spec)
    season = run_season(again, Truth(again), observe(again), POLICIES[HAND](again))
    write_season(season, tmp_path, policy_id="hand-weights", model_sha="m")
    assert written(tmp_path) == written(folder)


def test_the_manifest_names_simulator_and_seed(folder: Path, world: World):
    told = json.loads((folder / "synthetic_manifest.json").read_bytes())
    assert told["synthetic"] is True
    assert (told["seed"], told["county"], told["season"]) == (world.seed, world.county.county, world.season)
    assert len(told["simulator"]) == 64


def test_no_file_names_anything_hidden(folder: Path):
    names: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            names.update(value)
            for inner in value.values():
                walk(inner)

    for path in folder.rglob("*.jsonl"):
        for row in rows(path):
            walk(row)
    assert {"travel_range", "worker_id", "p_keep"} <= names
    assert not names & HIDDEN
    assert {"mobility", "reliability", "skill", "reservation", "reach"} <= {f.name for f in dataclasses.fields(People)}


def test_what_is_hidden_moves_no_byte_of_the_records(world: World, folder: Path, tmp_path: Path):
    """The records of a county are the same however strong what nobody sees is."""
    spec = resized(load_spec("hidden_much"), workers=world.people.size, vacancies=world.posts.size)
    other = draw_world(spec)
    season = run_season(other, Truth(other), observe(other), POLICIES["random"](other))
    write_season(season, tmp_path, policy_id="random", model_sha="m")
    assert not np.array_equal(other.people.skill, world.people.skill)
    for name in RECORDS:
        path = f"records/{name}.jsonl"
        assert written(tmp_path)[path] == written(folder)[path]


def test_the_events_tell_the_season(hand: Season, folder: Path):
    tables = {name: rows(folder / "events" / f"{name}.jsonl") for name in TABLES}
    assert len(tables["impressions"]) == sum(len(log.lists) for log in hand.rounds)
    assert len(tables["placements"]) == (hand.post != NOWHERE).sum()
    applied = [row for row in tables["reactions"] if row["kind"] == "apply"]
    assert len(applied) == sum(log.applied.sum() for log in hand.rounds)
    full = [row for row in tables["decisions"] if row["outcome"] == "refuse_full"]
    assert len(full) == sum((log.applied & log.fit & ~log.offered).sum() for log in hand.rounds)
    offers = [row for row in tables["decisions"] if row["outcome"] == "offer"]
    gone = [row for row in tables["decisions"] if row["outcome"] in {"withdrawn", "no_show"}]
    assert len(offers) - len(gone) == len(tables["placements"])
    ids = {row["placement_id"] for row in tables["placements"]}
    assert {row["placement_id"] for row in tables["followups"]} == ids
    assert len(tables["followups"]) == 3 * len(ids)
    lost = np.mean([row["status"] == "unreachable" for row in tables["followups"]])
    assert 0.02 < lost < 0.16


def test_who_can_be_reached_says_what_is_true(hand: Season):
    tables = Journal(hand, "p", "m").tables()
    kept_by = {hand.records.full[w].worker_id: bool(hand.kept[w]) for w in range(hand.world.people.size)}
    worker = {row.placement_id: row.worker_id for row in tables["placements"]}
    half_year = [row for row in tables["followups"] if row.day == 180 and row.status != "unreachable"]
    assert half_year
    assert all((row.status == "kept") == kept_by[worker[row.placement_id]] for row in half_year)


def test_snapshots_are_as_seen_when_the_list_was_made(hand: Season):
    tables = Journal(hand, "p", "m").tables()
    seen = [row for row in tables["snapshots"] if row.kind == "vacancy"]
    # A post that filled up in between has a second version, and says so.
    assert len(seen) > len({row.id for row in seen})
    assert len({(row.id, row.fields.get("filled", 0)) for row in seen}) == len(seen)
    assert all(row.fields.get("filled", 0) < row.fields["headcount"] for row in seen)
    known = {(row.kind, row.id) for row in tables["snapshots"]}
    for line in tables["impressions"]:
        assert {("worker", line.worker_id), ("vacancy", line.vacancy_id), ("household", line.household_id)} <= known


def test_the_product_never_imports_the_market():
    """The import contracts say so of what is imported by name; this holds for a name made up at run time as well."""
    named = []
    for path in [*(ROOT / "matcher").rglob("*.py"), *(ROOT / "api").rglob("*.py")]:
        text = path.read_text("utf-8")
        if "training_data" in text:
            code = ast.parse(text)
            told = {ast.get_docstring(node, clean=False) for node in ast.walk(code) if isinstance(node, DOCUMENTED)}
            for node in ast.walk(code):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in told:
                    names.append(node.value)
                named += [f"{path.name}: {name}" for name in names if "training_data" in name]
    # The one name there is stands in a command line, which another process runs.
    assert named == ["evaluate.py: python -m training_data.evaluate"]
    text = (ROOT / "matcher" / "cli" / "evaluate.py").read_text("utf-8")
    assert not {"importlib", "runpy", "__import__", "exec("} & set(text.replace("(", "( ").split())
