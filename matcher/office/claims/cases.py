"""A placement with the person, post and firm around it: what a claim is read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import msgspec

from matcher.geography import significant
from matcher.office.claims.workshop import evidence_months
from matcher.records import COUNTY_DIGITS, Channel, Employer, EvidenceKind, Placement, Vacancy, Worker
from matcher.records.codes import PROVINCE_DIGITS


class Purpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which placements a benefit of this purpose is read from, whose claim it is, and whether it is paid monthly.

    monthly_by : the evidence of which each month is a claim; together : one claim for all placements of a person with
    one employer
    """

    placements: str
    claimant: str
    operator: str = ""
    kind_facts: tuple[str, ...] = ()
    monthly_by: EvidenceKind | None = None
    together: bool = False


class ClaimFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The committed table."""

    purposes: Mapping[str, Purpose]
    facts: Mapping[str, str]
    proof: Mapping[str, tuple[str, ...]]
    agreements: Mapping[str, str]
    own_payees: tuple[str, ...]
    rosters: Mapping[str, str]
    courses: Mapping[str, tuple[str, ...]]
    roster_facts: Mapping[str, str]


@cache
def claim_facts() -> ClaimFacts:
    """The committed table, read once per process."""
    return msgspec.toml.decode((files("matcher.office.claims") / "claim_facts.toml").read_bytes(), type=ClaimFacts)


SOURCE: Final = "placement:"
"""How the source of a claim that is read from a placement begins."""


class Case(NamedTuple):
    """A placement with its worker, post and employer; month : the month claimed, YYYY-MM, "" where it is no matter.

    beside : further placements of the person with the same employer, where what is claimed looks at all of them
    since : first month, YYYY-MM, of the year claimed for, where it is paid again each year; "" the first one
    """

    placement: Placement
    worker: Worker
    vacancy: Vacancy | None
    employer: Employer | None
    month: str = ""
    beside: tuple[Placement, ...] = ()
    since: str = ""

    @property
    def on(self) -> date:
        """The day what is claimed begins: that of the placement, or of the later year it is claimed for."""
        return date.fromisoformat(f"{self.since}-01") if self.since else self.placement.start

    @property
    def placements(self) -> tuple[Placement, ...]:
        """What months, pay and papers are read from."""
        return (self.placement, *self.beside)

    @property
    def source(self) -> str:
        """The record a claim is read from, and the month or the later year of it."""
        part = self.month or self.since
        return f"{SOURCE}{self.placement.placement_id}" + (f":{part}" if part else "")

    @property
    def place_code(self) -> str | None:
        """Where the work is."""
        return self.placement.place_code or (self.vacancy.place_code if self.vacancy else None)

    @property
    def channel(self) -> Channel | None:
        """The way into work: that of the post, else of the firm."""
        return self.vacancy.channel if self.vacancy else self.employer.kind if self.employer else None


def cases_of(
    purpose: Purpose, every: Iterable[Case], on: date, apart: Collection[str] = (), years: Years | None = None
) -> Iterator[Case]:
    """The cases a benefit of this purpose may be claimed for; by the month one each, or one each of `years`.

    apart : as `together` has it
    """
    fits = _PLACEMENTS[purpose.placements]
    fitting = [case for case in every if fits(case)]
    for case in together(fitting, apart) if purpose.together else fitting:
        if purpose.monthly_by is None:
            yield from (case,) if years is None else (case._replace(since=since) for since in years(case))
            continue
        for month in evidence_months(case.placement, purpose.monthly_by, on):
            yield case._replace(month=month)


Years = Callable[[Case], Sequence[str]]
"""A case -> the years it is claimed for, each by its `since`."""

_PLACEMENTS: Final[Mapping[str, Callable[[Case], bool]]] = {
    "brokered": lambda case: case.placement.broker_id is not None,
    "out_of_province": lambda case: destination(case) == "out_of_province",
    "workshop": lambda case: case.channel is Channel.WORKSHOP,
    "of_employer": lambda case: case.placement.employer_id is not None and case.channel is not Channel.WELFARE_POST,
    "welfare_post": lambda case: case.channel is Channel.WELFARE_POST,
}


def together(every: Iterable[Case], apart: Collection[str] = ()) -> list[Case]:
    """One case for each person and employer, of the first placement with the others beside it, in the order given.

    Meter and claim both read these, so that what the one promises the other grants. Without an employer: one each.
    apart : ids of placements that stand beside no other, such as those found false
    """
    found: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in every:
        placement = case.placement
        firm = "" if placement.placement_id in apart else placement.employer_id or ""
        found[(firm, case.worker.worker_id) if firm else ("", placement.placement_id)].append(case)
    return [_first(cases) for cases in found.values()]


def _first(cases: Sequence[Case]) -> Case:
    first, *others = sorted(cases, key=lambda case: (case.placement.start, case.placement.placement_id))
    return first._replace(beside=tuple(case.placement for case in others))


def destination(case: Case) -> str | None:
    """Whether the work is in the home county, in the province, or outside it; None where nobody wrote the place."""
    work = case.place_code
    if work is None:
        return None
    home, there = case.worker.place_code, significant(work)
    if there[:PROVINCE_DIGITS] != home[:PROVINCE_DIGITS]:
        return "out_of_province"
    if len(there) < COUNTY_DIGITS:
        return None
    return "in_county" if there[:COUNTY_DIGITS] == home[:COUNTY_DIGITS] else "in_province_out_county"
