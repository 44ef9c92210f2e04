"""The demo county: synthetic roster files written as an officer would have them, then imported and planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import msgspec

from matcher.demo import DemoFile, county_spec, write_county
from matcher.errors import UsageError
from matcher.intake.context import no_progress
from matcher.ports import RosterStore
from matcher.services.ground.rulebook import Means
from matcher.services.rosters.import_roster import ImportRoster, import_roster, summary_line
from matcher.services.rounds.plan_season import plan_line, plan_season
from matcher.services.rounds.season import PlanSeason
from matcher.settings import FILE, Settings, from_environment

FOLDER = "demo-files"
DEMO = "demo = true"


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

    A home that holds the whole county already is left as it is, and nothing is read again. Where a seeding was
    stopped on the way it goes on: what is there comes out unchanged. Raises UsageError for a home that holds
    another county: two would mix.
    """
    spec = county_spec(call.jurisdiction)
    seeded = is_seeded(store, call)
    tell(f"{spec.name}（合成数据）：{call.workers}人，种子{call.seed}，演示日期{spec.on}")
    if not seeded:
        _begin(call)
        folder = call.home / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for file in write_county(folder, call.jurisdiction, call.seed, call.workers):
            summary = import_roster(store, means, _import_of(file, call, spec.on), at=at, progress=no_progress)
            tell("  " + summary_line(file.path.name, summary))
    settings = from_environment(home=call.home) if seeded else _remember(call, spec.on.isoformat())
    if store.current_plan(spec.on) is None:
        plan = PlanSeason(
            season=spec.season, on=spec.on, jurisdiction=call.jurisdiction, top=settings.top, seed=call.seed
        )
        lists = list(plan_season(store, means, plan, at=at))
        tell("  " + plan_line(lists))
    return settings


def _import_of(file: DemoFile, call: SeedCounty, on: date) -> ImportRoster:
    return ImportRoster(
        kind=file.kind,
        path=file.path,
        on=on,
        jurisdiction=call.jurisdiction,
        channel=file.channel,
        rejects=file.path.with_name(f"{file.path.stem}-退回.xlsx"),
        by="demo",
    )


def _mark(call: SeedCounty) -> str:
    return f"# demo: {call.jurisdiction}, {call.workers} workers, seed {call.seed}"


def is_seeded(store: RosterStore, call: SeedCounty) -> bool:
    """Whether the home holds the whole of this very demo county. Raises UsageError if it holds another county."""
    path = call.home / FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    if lines[:1] == [_mark(call)]:
        return DEMO in lines
    if lines or store.batches():
        holds = lines[0].removeprefix("# ") if lines and lines[0].startswith("# demo:") else "a county of its own"
        raise UsageError(
            f"this home holds another county ({holds})",
            where=str(call.home),
            remedy="Use another --home for the demonstration.",
        )
    return False


def _begin(call: SeedCounty) -> None:
    """Say whose home this is before the first row comes in: a seeding that is stopped can then go on."""
    (call.home / FILE).write_text(f"{_mark(call)}\n# not finished: run `matcher demo` again\n", encoding="utf-8")


def _remember(call: SeedCounty, today: str) -> Settings:
    """Write the county and its demo day into the home's settings file, so that later commands need no options."""
    text = (
        f"{_mark(call)}\n# A synthetic county; delete `today` for the real day, `demo` to hide the logins.\n"
        f'jurisdiction = "{call.jurisdiction}"\ntoday = {today}\n{DEMO}\n'
    )
    (call.home / FILE).write_text(text, encoding="utf-8")
    return from_environment(home=call.home)
