"""Welfare posts as pages and the command line tell them: villages, who is to leave a post or be put right, like pay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from matcher.geography import significant
from matcher.office.claims.cases import Case
from matcher.office.claims.measures import VILLAGE_DIGITS, Rules
from matcher.office.claims.welfare import Finding, Holder, holders, unlike_pay, village_posts
from matcher.office.reports.forms import forms
from matcher.policy import worker_flags
from matcher.policy.benefits.answer import NEEDS_REVIEW
from matcher.records import Channel, Kind, Vacancy, Worker
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.verdicts import verdict_told
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.place_words import home_words

N_SHOWN: Final = 100
FINDINGS: Final = {
    Finding.OVER: "协议到期了还在岗",
    Finding.NOT_QUALIFIED: "不在文件写的对象里",
    Finding.PAY_LOW: "待遇低于县里定的数",
    Finding.TOO_LONG: "协议超过期限",
    Finding.INVALID: "协议日期不对",
    Finding.NO_TERM: "协议没写起止",
    Finding.ENDS_SOON: "快到期",
}


def welfare_told(desk: ClaimDesk, every: Iterable[Case], rules: Rules) -> dict[str, Any]:
    """Villages, the standing audit of holders and unlike pay, each figure with whom it counts."""
    posts = [case for case in every if case.channel is Channel.WELFARE_POST]
    audit = audited(desk, posts, rules)
    of_placement = {case.placement.placement_id: case for case in posts}
    return {
        "villages": _villages(desk, posts, rules),
        "terms": _rows(desk, audit, of_placement),
        "audit": _audit(audit),
        "unlike_pay": [
            {
                "title": one.title,
                "low_yuan_month": one.low_yuan_month,
                "high_yuan_month": one.high_yuan_month,
                "n": len(one.placement_ids),
                "placement_ids": list(one.placement_ids),
                "worker_ids": [of_placement[name].worker.worker_id for name in one.placement_ids],
            }
            for one in unlike_pay(
                ((case.vacancy.title, case.placement) for case in posts if case.vacancy is not None), desk.on
            )
        ],
    }


def audited(desk: ClaimDesk, posts: Iterable[Case], rules: Rules) -> list[Holder]:
    """The standing audit of whoever holds a welfare post on the desk's day."""
    flags = partial(worker_flags, on=desk.on, vocabulary=desk.means.packs.vocabulary)
    asked = ((case.placement, flags(case.worker)) for case in posts)
    return holders(asked, desk.on, rules, soon_days=forms().ending_days)


def _villages(desk: ClaimDesk, posts: Iterable[Case], rules: Rules) -> dict[str, Any]:
    """Villages where somebody of the regions lives, against their welfare posts of the day."""
    workers = [one for one in desk.store.records(Kind.WORKERS) if isinstance(one, Worker)]
    codes = {one.place_code for one in workers if len(significant(one.place_code)) == VILLAGE_DIGITS}
    adverts = [one for one in desk.store.records(Kind.VACANCIES) if isinstance(one, Vacancy)]
    of_placement = {case.placement.placement_id: case for case in posts}
    told = village_posts(adverts, (case.placement for case in of_placement.values()), codes, desk.on, rules)
    return {
        "n_villages": len(told.posts),
        "n_posts": sum(told.posts.values()),
        "rows": [
            {
                "place_code": code,
                "name": home_words(code),
                "n": n,
                "n_held": len(told.held.get(code, ())),
                "vacancy_ids": list(told.open_posts.get(code, ())),
                "worker_ids": [of_placement[name].worker.worker_id for name in told.held.get(code, ())],
            }
            for code, n in told.posts.items()
            if n
        ],
        "missing": [{"place_code": code, "name": home_words(code)} for code in told.missing],
        "n_unplaced": len(told.unplaced),
        "unplaced": list(told.unplaced),
        **verdict_told(told.verdict),
    }


def _audit(audit: Iterable[Holder]) -> dict[str, Any]:
    """How many hold a post, how many of them are found how, and of how many nobody recorded the group."""
    listed = list(audit)
    n = Counter(finding for one in listed for finding in one.findings)
    unknown = [one.worker_id for one in listed if one.group.outcome == NEEDS_REVIEW]
    return {
        "n_holders": len(listed),
        "worker_ids": [one.worker_id for one in listed],
        "findings": [
            {
                "finding": finding.value,
                "label": label,
                "n": n[finding],
                "worker_ids": [one.worker_id for one in listed if finding in one.findings],
            }
            for finding, label in FINDINGS.items()
            if n[finding]
        ],
        "n_unknown": len(unknown),
        "unknown": unknown,
        "group": verdict_told(listed[0].group)["clause"] if listed else "",
    }


def _rows(desk: ClaimDesk, audit: Iterable[Holder], of_placement: Mapping[str, Case]) -> list[dict[str, Any]]:
    """Those with a finding, whoever is to leave first: contract over, no longer of the groups; then by the day."""
    found = sorted((one for one in audit if one.findings), key=_urgency)[:N_SHOWN]
    workers = {one.worker_id: of_placement[one.placement_id].worker for one in found}
    people = masked_people(desk.store, list(workers.values()))
    return [
        {
            "worker_id": one.worker_id,
            "name": people[one.worker_id].name,
            "place": people[one.worker_id].place,
            "title": _title(of_placement[one.placement_id]),
            "start": one.start.isoformat(),
            "end": one.end.isoformat() if one.end else "",
            "days_left": one.days_left,
            "findings": [finding.value for finding in one.findings],
            "labels": [FINDINGS[finding] for finding in one.findings],
            **verdict_told(one.term),
        }
        for one in found
    ]


def _urgency(one: Holder) -> tuple[int, int, str]:
    order = list(FINDINGS)
    left = one.days_left if one.days_left is not None else 0
    return min(order.index(finding) for finding in one.findings), left, one.placement_id


def _title(case: Case) -> str:
    return case.vacancy.title if case.vacancy else "公益性岗位"
