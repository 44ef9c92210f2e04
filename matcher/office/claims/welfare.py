"""Welfare posts: the villages against their least number of posts, and the standing audit of whoever holds one.

Posts are those of the day: advertised and open, or held by somebody named. A contract that is over, a holder who is
none of the groups the document names, pay under the county's figure and like posts paid unlike are each told by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from matcher.office.claims.measures import VILLAGE_DIGITS, Judgement, Rules
from matcher.policy.benefits.answer import NEEDS_REVIEW, NO_RULE, NOT_ELIGIBLE
from matcher.records import Channel, Placement, Vacancy

PAY: Final = "welfare_post_subsidy"
"""What a post pays, where a document or its county says so."""


class VillagePosts(msgspec.Struct, frozen=True, kw_only=True):
    """Villages against their least number of welfare posts.

    posts : village -> posts of the day; open_posts, held : village -> ids of the adverts and placements behind them
    unplaced : ids of adverts and placements whose village nobody wrote down
    """

    posts: Mapping[str, int]
    open_posts: Mapping[str, tuple[str, ...]]
    held: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]
    unplaced: tuple[str, ...]
    verdict: Judgement


def is_running(placement: Placement, on: date) -> bool:
    """Whether somebody holds the post on the day, its last day included."""
    return placement.start <= on and (placement.end is None or placement.end >= on)


def village_posts(
    vacancies: Iterable[Vacancy], placements: Iterable[Placement], villages: Iterable[str], on: date, rules: Rules
) -> VillagePosts:
    """Welfare posts of a day per village; a village without any is counted with 0.

    placements : of welfare posts; those that ended and those to come hold none
    An advert that is lawful and inside its dates counts with all its places, one that is not with its holders alone.
    """
    posts = dict.fromkeys(sorted(set(villages)), 0)
    unplaced: list[str] = []
    adverts: dict[str, list[str]] = defaultdict(list)
    held: dict[str, list[str]] = defaultdict(list)
    of_advert: dict[str, list[str]] = defaultdict(list)
    listed = [one for one in placements if is_running(one, on)]
    known = {one.vacancy_id: one for one in vacancies if one.channel is Channel.WELFARE_POST}
    for placement in listed:
        advert = known.get(placement.vacancy_id or "")
        if advert is not None:
            of_advert[advert.vacancy_id].append(placement.placement_id)
            continue
        village = (placement.place_code or "")[:VILLAGE_DIGITS]
        if village in posts:
            posts[village] += 1
            held[village].append(placement.placement_id)
        else:
            unplaced.append(placement.placement_id)
    for advert in known.values():
        mine, village = of_advert[advert.vacancy_id], advert.place_code[:VILLAGE_DIGITS]
        n = max(len(mine), advert.headcount if _is_offered(advert, on) else 0)
        if n and village in posts:
            posts[village] += n
            held[village] += mine
            adverts[village] += [advert.vacancy_id] * (n > len(mine))
        elif n:
            unplaced.append(advert.vacancy_id)
    verdict = rules.judge("welfare_villages", {"posts_per_village": posts})
    return VillagePosts(
        posts=posts,
        open_posts={village: tuple(sorted(ids)) for village, ids in adverts.items()},
        held={village: tuple(sorted(ids)) for village, ids in held.items()},
        missing=tuple(verdict.told.get("missing", ())),
        unplaced=tuple(sorted(unplaced)),
        verdict=verdict,
    )


def _is_offered(vacancy: Vacancy, on: date) -> bool:
    """Whether an advert stands on the day; one whose places are all taken still tells of posts."""
    begun = vacancy.valid_from is None or vacancy.valid_from <= on
    return begun and (vacancy.valid_to is None or on <= vacancy.valid_to) and not vacancy.unlawful


class Finding(StrEnum):
    """What is to be looked into about the holder of a post; the first three lead out of it or mend it."""

    OVER = "over"
    NOT_QUALIFIED = "not_qualified"
    PAY_LOW = "pay_low"
    TOO_LONG = "too_long"
    INVALID = "invalid"
    NO_TERM = "no_term"
    ENDS_SOON = "ends_soon"


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a welfare post as the standing audit sees them.

    days_left : until the contract ends, None without an end; term, group : what the document says of it and the person
    """

    placement_id: str
    worker_id: str
    start: date
    end: date | None
    days_left: int | None
    findings: tuple[Finding, ...]
    term: Judgement
    group: Judgement


def holders(
    posts: Iterable[tuple[Placement, Mapping[str, bool | None]]], on: date, rules: Rules, *, soon_days: int
) -> list[Holder]:
    """Everybody in a welfare post on the day, those whose contract ends first first.

    posts : placement and the groups its holder belongs to or not, None where nobody recorded it
    """
    found = [_holder(one, groups, on, rules, soon_days) for one, groups in posts if is_running(one, on)]
    return sorted(found, key=lambda one: (one.end or date.max, one.placement_id))


def _holder(placement: Placement, groups: Mapping[str, bool | None], on: date, rules: Rules, soon_days: int) -> Holder:
    start, end = placement.contract_start or placement.start, placement.contract_end
    term = rules.judge("welfare_term", {"start": start.isoformat(), "end": end.isoformat() if end else None})
    if end is None and term.outcome != NO_RULE:
        term = msgspec.structs.replace(term, outcome=NEEDS_REVIEW, reasons=("agreement_term_not_recorded",))
    group = _group(groups, rules)
    left = (end - on).days if end else None
    pay = rules.county.of(rules.pack.id, PAY, on)
    said = {
        Finding.OVER: left is not None and left < 0,
        Finding.NOT_QUALIFIED: group.outcome == NOT_ELIGIBLE,
        Finding.PAY_LOW: pay is not None
        and placement.wage_yuan_month is not None
        and placement.wage_yuan_month < pay.value,
        Finding.TOO_LONG: term.outcome == Finding.TOO_LONG.value,
        Finding.INVALID: term.outcome == Finding.INVALID.value,
        Finding.NO_TERM: term.outcome == NEEDS_REVIEW,
        Finding.ENDS_SOON: left is not None and 0 <= left <= soon_days,
    }
    return Holder(
        placement_id=placement.placement_id,
        worker_id=placement.worker_id,
        start=start,
        end=end,
        days_left=left,
        findings=tuple(one for one, holds in said.items() if holds),
        term=term,
        group=group,
    )


def _group(groups: Mapping[str, bool | None], rules: Rules) -> Judgement:
    """What the document says of the holder's groups; no no rests on a group that nobody recorded."""
    held = [name for name, is_in in groups.items() if is_in]
    said = rules.judge("welfare_holder", {"status": held})
    perhaps = [name for name, is_in in groups.items() if is_in is None]
    if said.outcome == NOT_ELIGIBLE and perhaps:
        best = rules.judge("welfare_holder", {"status": held + perhaps})
        if best.outcome != NOT_ELIGIBLE:
            return msgspec.structs.replace(said, outcome=NEEDS_REVIEW, reasons=("group_not_recorded",))
    return said


class UnlikePay(msgspec.Struct, frozen=True, kw_only=True):
    """Like posts of one county that are not paid alike: the lowest and the highest monthly pay, with the posts."""

    title: str
    low_yuan_month: int
    high_yuan_month: int
    placement_ids: tuple[str, ...]


def unlike_pay(posts: Iterable[tuple[str, Placement]], on: date) -> list[UnlikePay]:
    """Posts of one title whose holders of the day are paid differently; pay nobody recorded says nothing.

    The widest gap first.
    """
    groups: dict[str, list[Placement]] = defaultdict(list)
    for title, placement in posts:
        if placement.wage_yuan_month is not None and is_running(placement, on):
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
