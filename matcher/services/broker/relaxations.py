"""Forty wanted, twelve fit: which condition of the order, let go, would bring how many more; each one counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from matcher import eligibility
from matcher.eligibility.rules.abilities import EDUCATION_NAMES
from matcher.explanation import Verdict
from matcher.policy.publication import age_span
from matcher.ports import RosterStore
from matcher.records import Texts, Vacancy, Worker
from matcher.services.broker.order import asks_everybody
from matcher.services.broker.order_round import AboutOrder, people_of_variant
from matcher.services.ground.answering import free_workers, vacancy_named
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.whole_order import WholeOrder

WAGE_STEP_YUAN: Final = 100


class Relaxation(NamedTuple):
    """One thing the order could do without: what it is called, what is then asked, and the fields that change."""

    condition: str
    instead: str
    changes: dict[str, Any]


def relaxations(store: RosterStore, means: Means, call: AboutOrder) -> list[dict[str, Any]]:
    """Per condition of the order, how many more people would fit without it; most first, those that add nobody last.

    Of a post that leaves everybody to be asked, those one may ask are counted.

    The list is worked out anew with the condition let go, one at a time: same people, same rules, same floor.
    What a closed rule decides (the groups of a post, heavy work) is never varied: a count would tell of the group.
    """
    vacancy = vacancy_named(store, call.vacancy_id)
    workers = free_workers(store, call.on, None, means)
    ways = [*_conditions(vacancy), *_wage(store, means, call, vacancy, workers)]
    variants = [vacancy, *(_variant(vacancy, number, way) for number, way in enumerate(ways))]
    least = Verdict.UNKNOWN if asks_everybody(vacancy) else Verdict.YES
    counts = [_n_fitting(people_of_variant(store, means, call, workers, variant), least) for variant in variants]
    told = [
        {"condition": way.condition, "instead": way.instead, "adds": n - counts[0]}
        for way, n in zip(ways, counts[1:], strict=True)
    ]
    return sorted(told, key=lambda way: -way["adds"])


def _conditions(vacancy: Vacancy) -> Iterator[Relaxation]:
    if vacancy.age_min is not None or vacancy.age_max is not None:
        said = age_span(vacancy.age_min, vacancy.age_max)
        yield Relaxation(f"年龄{said}", "不限年龄", {"age_min": None, "age_max": None})
    if vacancy.education_min is not None and vacancy.education_min.rank:
        yield Relaxation(f"{EDUCATION_NAMES[vacancy.education_min.rank]}以上", "不限学历", {"education_min": None})
    for skill, rest in _each(vacancy.skills_required):
        yield Relaxation(f"要会{skill}", "来了再学", {"skills_required": rest})
    for certificate, rest in _each(vacancy.certificates_required):
        yield Relaxation(f"要有{certificate}", "来了再考", {"certificates_required": rest})
    if vacancy.valid_to is not None:
        yield Relaxation(f"{vacancy.valid_to:%-m月%-d日}前到岗", "可以晚来", {"valid_to": None})


def _each(texts: Texts | None) -> Iterator[tuple[str, Texts]]:
    for text in texts or ():
        yield text, tuple(other for other in texts or () if other != text)


def _wage(
    store: RosterStore, means: Means, call: AboutOrder, vacancy: Vacancy, workers: list[Worker]
) -> Iterator[Relaxation]:
    """The wage at which half of those come whom nothing but the wage keeps away."""
    highest = vacancy.wage_high_yuan_month
    if highest is None:
        return
    unpaid = msgspec.structs.replace(vacancy, wage_low_yuan_month=None, wage_high_yuan_month=None)
    near = people_of_variant(store, means, call, workers, unpaid)
    floors = sorted(
        floor
        for ix in near.people_at.tolist()
        if (floor := workers[ix].wage_floor_yuan_month or 0) > highest and _only_wage(workers[ix], vacancy, near)
    )
    if floors:
        middle = floors[(len(floors) - 1) // 2]
        wage = -(-middle // WAGE_STEP_YUAN) * WAGE_STEP_YUAN
        changes = {"wage_low_yuan_month": wage, "wage_high_yuan_month": wage}
        yield Relaxation(f"工资最高{highest}元", f"涨到{wage}元", changes)


def _only_wage(worker: Worker, vacancy: Vacancy, near: WholeOrder) -> bool:
    found = eligibility.findings(worker, vacancy, near.frame)
    return [finding.rule_id for finding in found if finding.outcome == "no"] == ["wage_floor"]


def _variant(vacancy: Vacancy, number: int, way: Relaxation) -> Vacancy:
    return msgspec.structs.replace(vacancy, vacancy_id=f"{vacancy.vacancy_id}#{number}", **way.changes)


def _n_fitting(people: WholeOrder, least: Verdict) -> int:
    """People with at least that verdict, at or above the floor."""
    return int(np.count_nonzero((people.pairs["verdict"] >= least) & (people.pairs["fit"] >= people.floor)))
