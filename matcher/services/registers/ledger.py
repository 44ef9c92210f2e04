"""The registers of a day, frozen: what holds by then of what was known at a revision; of shared lists made once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, cast

import msgspec

from matcher.errors import InvalidInput
from matcher.office.registers.persons import of_persons, one_each
from matcher.office.registers.rules import BASE_YEAR, TOWN_YEAR, VILLAGE_YEAR, Rules, Source, rule_ids
from matcher.office.registers.standing import Day, Standing, standings
from matcher.office.registers.work import Span
from matcher.policy import BoundPack, from_settings, pack_for
from matcher.policy.binding import pack_of_homes
from matcher.policy.figures.in_force import CountyFigures, FiguresOn, scaled
from matcher.ports import DeedStore, RosterStore, Shared
from matcher.records import Household, Kind, Placement, Record, Vacancy, Worker
from matcher.records.deeds import Deed
from matcher.services.ground.refuted import refuted_on
from matcher.services.ground.rulebook import Means
from matcher.services.ground.same_person import Pairs, joined_by
from matcher.services.ground.scoped_store import reach, whole

N_KEPT: Final = 4
"""Registers that are kept: of a few regions, or a day and the one before."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which registers: of which day, in which county, of what was known by when.

    A register frozen at these stays as it is, whatever is dated back into its day, set or done later on.
    revision : records and identities by it (0 = now); deeds_until : the last deed that counts (None = all; 0 = none)
    n_figures : how many of the county's figures count, in the order they were recorded (None = all)
    joined : records said to be one person; refuted : ids of placements found false by the day; both by `known_by`
    """

    on: date
    jurisdiction: str = ""
    revision: int = 0
    deeds_until: int | None = None
    n_figures: int | None = None
    joined: Pairs = ()
    refuted: frozenset[str] = frozenset()

    def known_by(self, deeds: DeedStore) -> Asked:
        """With what the deeds that count say of the records."""
        until = self.deeds_until
        joined, refuted = joined_by(deeds, until), refuted_on(deeds, self.on, until)
        return msgspec.structs.replace(self, joined=joined, refuted=refuted)

    def deeds(self, deeds: DeedStore, *, prefix: str = "", kinds: Collection[str] = ()) -> list[Deed]:
        """The deeds that count, of streams whose name begins so and of these kinds if asked."""
        if self.deeds_until == 0:
            return []
        return deeds.deeds(prefix=prefix, kinds=kinds, until=self.deeds_until or 0)

    def stream(self, deeds: DeedStore, stream: str) -> list[Deed]:
        """The deeds of a stream that count."""
        return [deed for deed in deeds.stream(stream) if self.deeds_until is None or deed.number <= self.deeds_until]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Everybody of the registers on a day.

    asked : revision and n_figures always stated; unset : base years the county has not set, ids of parameters
    reach : leading digits of the regions read, empty for everywhere
    """

    asked: Asked
    bound: BoundPack
    rules: Rules
    span: Span
    unset: tuple[str, ...]
    reach: tuple[str, ...]
    people: tuple[Standing, ...]
    by_id: Mapping[str, Standing]
    workers: Mapping[str, Worker]
    households: Sequence[Household]
    vacancies: Sequence[Vacancy]
    means: Means

    def source(self, rule_id: str) -> Source:
        """Where a rule of these registers is written."""
        return self.rules.source(rule_id, self.bound.asked.id)


def ledger(store: RosterStore, means: Means, asked: Asked, *, identities: bool = False) -> Ledger:
    """The registers as the store's regions reach. Raises InvalidInput for a revision still to come.

    identities : look whether name and number of identity are recorded, for what is clear of each person; without it
    everybody counts as known by identity
    """
    now = store.revision()
    if asked.revision > now:
        raise InvalidInput("没有这个数据版本", where="revision", remedy=f"现在是第{now}版。")
    revision = asked.revision or None
    figures = tuple(store.county_figures())[: asked.n_figures]
    stated = msgspec.structs.replace(asked, revision=asked.revision or now, n_figures=len(figures))
    people = _records(store, means, Kind.WORKERS, asked.on, revision)
    there = _there(store, means, asked, revision)
    placements = _records(store, means, Kind.PLACEMENTS, asked.on, revision)
    homes = _records(store, means, Kind.HOUSEHOLDS, asked.on, revision)
    vacancies = store.records(Kind.VACANCIES, revision=revision)

    def made() -> Ledger:
        return _ledger(
            store,
            means,
            stated,
            *_persons(cast("list[Worker]", people), cast("list[Placement]", placements), dict(asked.joined), there),
            FiguresOn(figures=CountyFigures(figures), on=asked.on),
            households=cast("list[Household]", homes),
            vacancies=cast("list[Vacancy]", vacancies),
            identities=identities,
        )

    lists = (people, placements, homes, vacancies)
    if not all(isinstance(records, Shared) for records in lists):
        return made()
    # Of the deeds those alone count here that `known_by` reads: registers are not made anew for every other one.
    by = (msgspec.structs.replace(stated, deeds_until=None), figures, identities, there)
    kept = means.remembered.get("registers", lists, made, by=by, n_kept=N_KEPT)
    return kept if kept.asked == stated else replace(kept, asked=stated)


def _records(store: RosterStore, means: Means, kind: Kind, on: date, revision: int | None) -> list[Record]:
    """Records of the day; those of now where nothing is stated of a later one."""
    whole = store.records(kind)
    if not store.stated_after(kind, on):
        return whole if revision is None else store.records(kind, revision=revision)

    def made() -> Shared[Record]:
        return Shared(store.records_on(kind, on, revision=revision))

    if not isinstance(whole, Shared):
        return made()
    # What is known of a past day changes with the list of now and with nothing else.
    return means.remembered.get(f"{kind.value} on a day", (whole,), made, by=(on, revision), n_kept=N_KEPT)


def _there(store: RosterStore, means: Means, asked: Asked, revision: int | None) -> frozenset[str]:
    """Persons some of whose records were joined to theirs, recorded anywhere on the day, in or out of the regions."""
    if not asked.joined or whole(store) is store:
        return frozenset()
    people = {keep for _, keep in asked.joined}
    known = _records(whole(store), means, Kind.WORKERS, asked.on, revision)
    return frozenset(one.worker_id for one in known if isinstance(one, Worker) and one.worker_id in people)


def _persons(
    workers: list[Worker], placements: list[Placement], joined: Mapping[str, str], there: Collection[str]
) -> tuple[list[Worker], list[Placement]]:
    """Workers and placements with records of one person as one."""
    if not joined:
        return workers, placements
    people = one_each(workers, joined, there)
    return people, of_persons(placements, {one.worker_id for one in people}, joined)


def _ledger(
    store: RosterStore,
    means: Means,
    asked: Asked,
    workers: list[Worker],
    placements: list[Placement],
    county: FiguresOn,
    *,
    identities: bool,
    **rosters: Any,
) -> Ledger:
    if asked.jurisdiction:
        bound = pack_for(means.packs, asked.jurisdiction, asked.on)
    else:
        bound = pack_of_homes(means.packs, (worker.place_code for worker in workers), asked.on)
    rules = Rules(means.packs, from_settings(means.settings), county)
    years = {name: _base_year(rules, name, asked.on) for name in (VILLAGE_YEAR, TOWN_YEAR)}
    span = Span(asked.on.year, asked.on, *(year or asked.on.year - 1 for year in years.values()))
    by_id = {worker.worker_id: worker for worker in workers}
    known = _known(store, by_id, asked.revision) if identities else by_id.keys()
    people = standings(workers, placements, Day(span, rules, means.packs.vocabulary, known, asked.refuted))
    return Ledger(
        asked=asked,
        bound=bound,
        rules=rules,
        span=span,
        unset=tuple(name for name, year in years.items() if year is None),
        reach=reach(store),
        people=tuple(people),
        by_id={one.worker_id: one for one in people},
        workers=by_id,
        means=means,
        **rosters,
    )


def _base_year(rules: Rules, name: str, on: date) -> int | None:
    """A base year the document blanks out as the county has set it, else the year it compares with in all; or None."""
    owner = rules.packs.rule_owner(rule_ids().threshold)
    told = (rules.county.of(owner[0].id, one, on) if owner else None for one in (name, BASE_YEAR))
    return next((year for figure in told if figure is not None and (year := int(scaled(figure))) < on.year), None)


def _known(store: RosterStore, workers: Mapping[str, Worker], revision: int) -> frozenset[str]:
    """Those whose name and number of identity were recorded; the opened identities do not leave this function.

    Asked behind the regions: whoever was of them at the revision may live elsewhere by now.
    """
    asked = [name for name, worker in workers.items() if _may_be_poor(worker)]
    found = whole(store).identities(asked, revision=revision)
    return frozenset(name for name, identity in found.items() if identity.name and identity.id_number)


def _may_be_poor(worker: Worker) -> bool:
    """Whether somebody may stand on the register of the poor on some day."""
    left = worker.out_of_poverty or worker.left_poverty_on is not None
    return worker.registered_poor is not False or worker.registered_from is not None or bool(left)
