"""The same money twice: a claim held against earlier ones by person, operator, market, year, fund and exclusion.

Requirements 0.4 `once`: a person counts once over all claimants; a year is the calendar year or the policy year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from matcher.policy.benefit_types import Benefit, Every, Subject
from matcher.policy.evaluation.conventions import Conventions, year_of
from matcher.policy.types import Pack


class Claim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who claims what for whom. Ids only: no name and no number of a document of identity.

    claimant_kind : code of what the claimant is, where the benefit bars some
    id : of the claim ("" while it has none); on : day of the event; months : for what is paid by the month (YYYY-MM)
    occasion : the course or contract it is for; fund : parameter or name of the fund; cost : id of the bill it covers
    """

    id: str = ""
    pack: str
    benefit: str
    on: date
    claimant: str = ""
    claimant_kind: str = ""
    persons: tuple[str, ...] = ()
    operator: str = ""
    market: str = ""
    household: str = ""
    station: str = ""
    occasion: str = ""
    months: tuple[str, ...] = ()
    fund: str = ""
    cost: str = ""


class Kind(StrEnum):
    """What was found; the first three bar a claim, the fourth is for a person to judge, the last only told."""

    SAME_BENEFIT = "already_paid"
    OTHER_CLAIMANT = "claimed_by_another"
    EXCLUDED = "excluded_with_another_benefit"
    TWO_FUNDS = "same_cost_from_two_funds"
    STACKED = "stacking_not_stated"


BARS = frozenset({Kind.SAME_BENEFIT, Kind.OTHER_CLAIMANT, Kind.EXCLUDED})


class Double(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One finding: its kind, whom or what it is about, for which period, and the earlier claim."""

    kind: Kind
    subject: str
    period: str
    earlier_on: date
    earlier_id: str
    earlier_benefit: str
    earlier_claimant: str


class _Key(msgspec.Struct, frozen=True):
    pack: str
    benefit: str
    subject: str
    period: str


class Claims:
    """Earlier claims, findable by what may not come twice; the order they are given in makes no difference."""

    def __init__(self, packs: Mapping[str, Pack], conventions: Conventions, earlier: Iterable[Claim] = ()) -> None:
        """packs : by id; a claim under a pack or benefit nobody knows is kept for its cost alone"""
        self._packs, self._conventions = packs, conventions
        self._benefits = {
            (pack.id, name): benefit
            for pack in packs.values()
            for benefit in pack.benefits
            for name in (benefit.id, *benefit.shared)
        }
        self._by_key: dict[_Key, list[Claim]] = defaultdict(list)
        self._by_subject: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        self._by_cost: dict[str, list[Claim]] = defaultdict(list)
        for claim in earlier:
            self.add(claim)

    def add(self, claim: Claim) -> None:
        """Take a claim among the earlier ones."""
        benefit = self._benefit(claim)
        for key in keys(claim, benefit, self._start(claim), self._conventions) if benefit else ():
            self._by_key[key].append(claim)
        for subject in _everybody(claim):
            self._by_subject[claim.pack, subject].append(claim)
        if claim.cost:
            self._by_cost[claim.cost].append(claim)

    def doubles(self, claim: Claim) -> tuple[Double, ...]:
        """Every finding about a claim, sorted, each naming the earliest claim it clashes with; itself never."""
        benefit = self._benefit(claim)
        if benefit is None:
            return ()
        found = {*self._repeated(claim, benefit), *self._together(claim, benefit), *self._two_funds(claim, benefit)}
        return tuple(sorted(found))

    def keys(self, claim: Claim) -> tuple[str, ...]:
        """What a claim uses up, as text: benefit, subject and period."""
        benefit = self._benefit(claim)
        used = keys(claim, benefit, self._start(claim), self._conventions) if benefit else ()
        return tuple(" ".join(part for part in (key.benefit, key.subject, key.period) if part) for key in used)

    def _repeated(self, claim: Claim, benefit: Benefit) -> Iterator[Double]:
        for key in keys(claim, benefit, self._start(claim), self._conventions):
            other = _first(self._by_key.get(key, ()), claim)
            if other is not None:
                same = other.claimant == claim.claimant
                yield _double(Kind.SAME_BENEFIT if same else Kind.OTHER_CLAIMANT, key.subject, key.period, other)

    def _together(self, claim: Claim, benefit: Benefit) -> Iterator[Double]:
        """Benefits that bar each other, and benefits of one purpose whose meeting the document does not settle."""
        for subject in _everybody(claim):
            for other in self._by_subject.get((claim.pack, subject), ()):
                against = self._benefit(other)
                if _is_itself(other, claim) or against is None or against.id == benefit.id:
                    continue
                if _bars(benefit, against) or _bars(against, benefit):
                    yield _double(Kind.EXCLUDED, subject, "", other)
                elif _one_purpose(benefit, against):
                    yield _double(Kind.STACKED, subject, "", other)

    def _two_funds(self, claim: Claim, benefit: Benefit) -> Iterator[Double]:
        """One bill may be covered by one fund and one benefit, unless the document grants the benefit besides."""
        for other in self._by_cost.get(claim.cost, ()) if claim.cost else ():
            against = self._benefit(other)
            granted = benefit.on_top or (against is not None and against.on_top)
            elsewhere = (other.pack, other.benefit, other.fund) != (claim.pack, claim.benefit, claim.fund)
            if elsewhere and not granted and not _is_itself(other, claim):
                yield _double(Kind.TWO_FUNDS, claim.cost, "", other)

    def _benefit(self, claim: Claim) -> Benefit | None:
        return self._benefits.get((claim.pack, claim.benefit))

    def _start(self, claim: Claim) -> date | None:
        pack = self._packs.get(claim.pack)
        return pack.document.from_ if pack else None


def double_claims(
    earlier: Iterable[Claim], new: Sequence[Claim], packs: Mapping[str, Pack], conventions: Conventions
) -> tuple[tuple[Double, ...], ...]:
    """Findings of each new claim in their order, against the earlier ones and the new ones before it."""
    known = Claims(packs, conventions, earlier)
    found = []
    for claim in new:
        found.append(known.doubles(claim))
        known.add(claim)
    return tuple(found)


def keys(claim: Claim, benefit: Benefit, start: date | None, conventions: Conventions) -> tuple[_Key, ...]:
    """What a claim uses up: each subject in each period; none where the document says nothing of repetition."""
    if benefit.period is None or benefit.period.every is Every.OPEN:
        return ()
    periods = _periods(claim, benefit, start, conventions)
    return tuple(
        _Key(claim.pack, benefit.id, subject, period)
        for subject in subjects(claim, benefit.period.per)
        for period in periods
    )


def subjects(claim: Claim, per: Subject) -> tuple[str, ...]:
    """Whose turn a claim uses up; nobody where the claim does not say."""
    one = {
        Subject.OPERATOR: claim.operator or claim.claimant,
        Subject.MARKET: claim.market,
        Subject.HOUSEHOLD: claim.household,
        Subject.STATION: claim.station,
    }
    named = claim.persons if per is Subject.PERSON else (one[per],)
    return tuple(dict.fromkeys(name for name in named if name))


def _periods(claim: Claim, benefit: Benefit, start: date | None, conventions: Conventions) -> tuple[str, ...]:
    every = benefit.period.every if benefit.period else Every.OPEN
    if every is Every.YEAR:
        return (str(year_of(claim.on, start, conventions.once_per_year)),)
    if every is Every.MONTH:
        return tuple(dict.fromkeys(claim.months)) or (claim.on.isoformat()[: len("YYYY-MM")],)
    return (claim.occasion or claim.on.isoformat(),) if every is Every.OCCASION else ("",)


def _everybody(claim: Claim) -> tuple[str, ...]:
    named = (*claim.persons, claim.operator, claim.market, claim.household, claim.station)
    return tuple(dict.fromkeys(name for name in named if name))


def _first(claims: Sequence[Claim], claim: Claim) -> Claim | None:
    others = [other for other in claims if not _is_itself(other, claim)]
    return min(others, key=lambda other: (other.on, other.id, other.claimant), default=None)


def _is_itself(other: Claim, claim: Claim) -> bool:
    return bool(claim.id) and other.id == claim.id


def _bars(benefit: Benefit, other: Benefit) -> bool:
    return any(exclusion.benefit == other.id for exclusion in benefit.excludes)


def _one_purpose(benefit: Benefit, other: Benefit) -> bool:
    return bool(benefit.purpose) and benefit.purpose == other.purpose and not (benefit.on_top or other.on_top)


def _double(kind: Kind, subject: str, period: str, other: Claim) -> Double:
    return Double(
        kind=kind,
        subject=subject,
        period=period,
        earlier_on=other.on,
        earlier_id=other.id,
        earlier_benefit=other.benefit,
        earlier_claimant=other.claimant,
    )
