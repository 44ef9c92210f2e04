"""What documents ask of firms, posts, classes and fairs, judged by their own rules over the records, with names behind.

A measure whose document has no such rule says no_rule; what is not recorded is for review and never 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import msgspec

from matcher.policy.benefits.answer import NEEDS_REVIEW, NO_RULE
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.evaluate import answer, rule_facts
from matcher.policy.figures.in_force import FiguresOn
from matcher.policy.types import Pack
from matcher.records import COUNTY_DIGITS, Channel, Employer, Placement, Vacancy, Worker

VILLAGE_DIGITS: Final = 12


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says: outcome, reasons, where it stands, and the rest of its answer."""

    outcome: str
    reasons: tuple[str, ...] = ()
    document: str = ""
    clause: str = ""
    told: Mapping[str, Any] = {}


class Rules(NamedTuple):
    """The document in force with its conventions and the county's figures of a day."""

    pack: Pack
    conventions: Conventions
    county: FiguresOn

    def judge(self, measure: str, facts: Mapping[str, Any]) -> Verdict:
        """The verdict of the document's rule for a measure; no_rule where it has none."""
        for rule_id in _rule_ids()[measure]:
            rule = self.pack.rule(rule_id)
            if rule is not None:
                told = answer(self.pack, rule, rule_facts(rule, facts), self.conventions, self.county)
                return Verdict(
                    outcome=str(told.get("outcome", "")),
                    reasons=tuple(told.get("reasons", ())),
                    document=self.pack.cited,
                    clause=rule.clause,
                    told=told,
                )
        return Verdict(outcome=NO_RULE, document=self.pack.cited)


@cache
def _rule_ids() -> dict[str, tuple[str, ...]]:
    body = (files("matcher.office.claims") / "measures.toml").read_bytes()
    return msgspec.toml.decode(body, type=dict[str, tuple[str, ...]])


class FirmShare(msgspec.Struct, frozen=True, kw_only=True):
    """A base enterprise's year: those of the county's register it employed, by name, against what its document asks.

    stated : what the firm reported itself, None where it did not; differs : the report and the names do not agree
    """

    employer_id: str
    year: int
    total: int | None
    worker_ids: tuple[str, ...]
    stated: int | None
    differs: bool
    required: int | None
    verdict: Verdict


def base_shares(
    employers: Iterable[Employer],
    placements: Iterable[Placement],
    workers: Mapping[str, Worker],
    year: int,
    rules: Rules,
) -> list[FirmShare]:
    """Each base enterprise's share of the year; people count once, those of other counties not at all."""
    of_firm: dict[str, set[str]] = defaultdict(set)
    for placement in placements:
        worker = workers.get(placement.worker_id)
        if placement.employer_id and worker is not None and _worked_in(placement, year) and _local_poor(worker, rules):
            of_firm[placement.employer_id].add(worker.worker_id)
    firms = sorted((one for one in employers if one.kind is Channel.BASE_ENTERPRISE), key=lambda one: one.employer_id)
    return [_share(firm, tuple(sorted(of_firm[firm.employer_id])), year, rules) for firm in firms]


def _worked_in(placement: Placement, year: int) -> bool:
    return placement.start.year <= year and (placement.end is None or placement.end.year >= year)


def _local_poor(worker: Worker, rules: Rules) -> bool:
    home = (worker.hukou_code or worker.place_code)[:COUNTY_DIGITS]
    return worker.registered_poor is True and (not rules.pack.regions or home.startswith(rules.pack.regions))


def _share(firm: Employer, named: tuple[str, ...], year: int, rules: Rules) -> FirmShare:
    stated = firm.annual_poor_local_workers
    counted = len(named) if named else stated
    facts = {"annual_local_registered_poor_workers": counted, "annual_total_workers": firm.annual_total_workers}
    verdict = rules.judge("base_share", facts)
    required = verdict.told.get("required_min")
    return FirmShare(
        employer_id=firm.employer_id,
        year=year,
        total=firm.annual_total_workers,
        worker_ids=named,
        stated=stated,
        differs=stated is not None and bool(named) and stated != len(named),
        required=int(required) if required is not None else None,
        verdict=verdict,
    )


class VillagePosts(msgspec.Struct, frozen=True, kw_only=True):
    """Villages against their least number of welfare posts; unplaced : posts whose village nobody wrote down."""

    posts: Mapping[str, int]
    missing: tuple[str, ...]
    unplaced: tuple[str, ...]
    verdict: Verdict


def village_posts(vacancies: Iterable[Vacancy], villages: Iterable[str], rules: Rules) -> VillagePosts:
    """Welfare posts per village, people in them and openings alike; a village without any is counted with 0."""
    posts = dict.fromkeys(sorted(set(villages)), 0)
    unplaced: list[str] = []
    for vacancy in vacancies:
        if vacancy.channel is not Channel.WELFARE_POST:
            continue
        village = vacancy.place_code[:VILLAGE_DIGITS]
        if village in posts:
            posts[village] += vacancy.headcount
        else:
            unplaced.append(vacancy.vacancy_id)
    verdict = rules.judge("welfare_villages", {"posts_per_village": posts})
    missing = tuple(verdict.told.get("missing", ()))
    return VillagePosts(posts=posts, missing=missing, unplaced=tuple(sorted(unplaced)), verdict=verdict)


class PostTerm(msgspec.Struct, frozen=True, kw_only=True):
    """The contract of somebody in a welfare post; days_left : until it ends, None without an end."""

    placement_id: str
    worker_id: str
    start: date
    end: date | None
    days_left: int | None
    verdict: Verdict


def post_terms(placements: Iterable[Placement], on: date, rules: Rules) -> list[PostTerm]:
    """Running contracts of welfare posts, those that end first first; no recorded term is for review."""
    found = [_term(one, on, rules) for one in placements if one.end is None or one.end >= on]
    return sorted(found, key=lambda one: (one.end or date.max, one.placement_id))


def _term(placement: Placement, on: date, rules: Rules) -> PostTerm:
    start, end = placement.contract_start or placement.start, placement.contract_end
    verdict = rules.judge("welfare_term", {"start": start.isoformat(), "end": end.isoformat() if end else None})
    if end is None and verdict.outcome != NO_RULE:
        verdict = msgspec.structs.replace(verdict, outcome=NEEDS_REVIEW, reasons=("agreement_term_not_recorded",))
    return PostTerm(
        placement_id=placement.placement_id,
        worker_id=placement.worker_id,
        start=start,
        end=end,
        days_left=(end - on).days if end else None,
        verdict=verdict,
    )


class UnlikePay(msgspec.Struct, frozen=True, kw_only=True):
    """Like posts of one county that are not paid alike: the lowest and the highest monthly pay, with the posts."""

    title: str
    low_yuan_month: int
    high_yuan_month: int
    placement_ids: tuple[str, ...]


def unlike_pay(posts: Iterable[tuple[str, Placement]]) -> list[UnlikePay]:
    """Posts of one title whose people are paid differently; pay nobody recorded says nothing. The widest gap first."""
    groups: dict[str, list[Placement]] = defaultdict(list)
    for title, placement in posts:
        if placement.wage_yuan_month is not None:
            groups["".join(title.split())].append(placement)
    found = [_pay(title, group) for title, group in groups.items()]
    return sorted((one for one in found if one is not None), key=lambda one: (_gap(one), one.title))


def _gap(one: UnlikePay) -> int:
    return one.low_yuan_month - one.high_yuan_month


def _pay(title: str, group: Sequence[Placement]) -> UnlikePay | None:
    pays = [one.wage_yuan_month for one in group if one.wage_yuan_month is not None]
    if min(pays) == max(pays):
        return None
    ids = tuple(sorted(one.placement_id for one in group))
    return UnlikePay(title=title, low_yuan_month=min(pays), high_yuan_month=max(pays), placement_ids=ids)
