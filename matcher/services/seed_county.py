"""The demo county: synthetic roster files written as an officer would have them, then imported and planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from matcher.demo import DemoFile, county_spec, write_county
from matcher.intake.context import no_progress
from matcher.ports import RosterStore
from matcher.records import Channel
from matcher.services.import_roster import ImportRoster, import_roster
from matcher.services.plan_season import PlanSeason, plan_season
from matcher.services.rulebook import Means
from matcher.settings import FILE, Settings, from_environment

FOLDER = "demo-files"


class SeedCounty(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which county, how many workers, which seed, into which home folder."""

    jurisdiction: str
    workers: int
    seed: int
    home: Path


def seed_county(
    store: RosterStore, means: Means, call: SeedCounty, *, at: datetime, tell: Callable[[str], None]
) -> Settings:
    """Write the files, import them all, solve the season's plan; returns the settings of the seeded county.

    A home that holds this county already is left as it is: every row comes out unchanged.
    """
    spec = county_spec(call.jurisdiction)
    folder = call.home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    tell(f"{spec.name}（合成数据）: {call.workers} workers, seed {call.seed}, day {spec.on}")
    for file in write_county(folder, call.jurisdiction, call.seed, call.workers):
        summary = import_roster(store, means, _import_of(file, call, spec.on), at=at, progress=no_progress)
        tell(
            f"  {file.path.name}: {summary['rows']} rows, {summary['accepted']} accepted, "
            f"{summary['repaired']} repaired, {summary['unchanged']} unchanged, {summary['rejected']} rejected"
        )
    settings = _remember(call, spec.on.isoformat())
    plan = PlanSeason(season=spec.season, on=spec.on, jurisdiction=call.jurisdiction, top=settings.top, seed=call.seed)
    if store.current_plan(spec.on) is None:
        lists = list(plan_season(store, means, plan, at=at))
        tell(f"  plan of season {spec.season}: {len(lists) - 1} lists, mode {lists[0]['mode']}")
    return settings


def _import_of(file: DemoFile, call: SeedCounty, on: object) -> ImportRoster:
    return ImportRoster(
        kind=file.kind,
        path=file.path,
        on=on,  # type: ignore[arg-type]
        jurisdiction=call.jurisdiction,
        channel=file.channel or Channel.OTHER_LABOUR_EXPORT,
        rejects=file.path.with_name(f"{file.path.stem}-退回.xlsx"),
        by="demo",
    )


def _remember(call: SeedCounty, today: str) -> Settings:
    """Write the county and its demo day into the home's settings file, so that later commands need no options."""
    text = (
        "# Written by `matcher demo` (synthetic county); delete `today` for the real day.\n"
        f'jurisdiction = "{call.jurisdiction}"\ntoday = {today}\n'
    )
    (call.home / FILE).write_text(text, encoding="utf-8")
    return from_environment(home=call.home)
