"""What an import adds to an advert: the occupation of its title, and how many people an age condition shuts out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.intake import RowResult
from matcher.language.readings import read_texts
from matcher.policy.evaluation.conventions import age_on
from matcher.policy.publication import AGE
from matcher.ports import Change, RosterStore
from matcher.records import Kind, Vacancy, Worker
from matcher.settings import Settings


def reviewed(results: Iterable[RowResult], store: RosterStore, on: date, settings: Settings) -> list[RowResult]:
    """Rows of adverts with their occupations, and with the reach of their age conditions.

    The people of the county are read only if some advert has an age condition.
    """
    told = [_changed(result, _with_occupation) for result in results]
    ids = [result.change.record_id for result in told if result.change is not None and _warns_of_age(result.change)]
    if not ids:
        return told
    stored = {v.vacancy_id: v for v in store.records(Kind.VACANCIES, ids=ids) if isinstance(v, Vacancy)}
    reach = AgeReach((w for w in store.records(Kind.WORKERS) if isinstance(w, Worker)), on, settings)
    return [_changed(result, partial(_with_reach, reach=reach, stored=stored)) for result in told]


class ShutOut(NamedTuple):
    """People an age condition excludes: those who wish to work, and those nobody has asked yet."""

    n_willing: int
    n_unasked: int


class AgeReach:
    """Ages of a county's people on a day, to tell what an age condition costs; who wishes no work is not counted."""

    def __init__(self, workers: Iterable[Worker], on: date, settings: Settings) -> None:
        ages: dict[bool | None, list[int]] = {True: [], None: [], False: []}
        for worker in workers:
            if worker.birth_date is not None:
                age = age_on(worker.birth_date, on, basis=settings.age_basis, leap=settings.leap_birthday)
                ages[worker.wish_to_work].append(age)
        self._willing, self._unasked = _sorted(ages[True]), _sorted(ages[None])

    def shut_out(self, low: int | None, high: int | None) -> ShutOut:
        """How many are younger than `low` or older than `high`; of bounds that cross nobody is left in."""
        return ShutOut(_outside(self._willing, low, high), _outside(self._unasked, low, high))


def _sorted(ages: list[int]) -> NDArray[np.int16]:
    return np.sort(np.array(ages, dtype=np.int16))


def _outside(ages: NDArray[np.int16], low: int | None, high: int | None) -> int:
    first = 0 if low is None else int(np.searchsorted(ages, low, side="left"))
    last = len(ages) if high is None else int(np.searchsorted(ages, high, side="right"))
    return len(ages) - max(0, last - first)


def asked_ages(fields: Mapping[str, Any], stored: Vacancy | None) -> tuple[int | None, int | None]:
    """Youngest and oldest age an advert leaves open after a row: who is to be hired fits the column and the text.

    A row that has been judged states the ages of the whole text; those of a column may stand in the store alone.
    """
    low, high = (fields.get(name, getattr(stored, name, None)) for name in ("age_min", "age_max"))
    lows = [age for age in (low, fields.get("text_age_min")) if age is not None]
    highs = [age for age in (high, fields.get("text_age_max")) if age is not None]
    return max(lows, default=None), min(highs, default=None)


def _changed(result: RowResult, change: Callable[[Change], Change]) -> RowResult:
    return result if result.change is None else msgspec.structs.replace(result, change=change(result.change))


def _with_occupation(change: Change) -> Change:
    """The advert with the occupation codes of its title: each is read once, when it is stored."""
    if "title" not in change.fields:
        return change
    title = change.fields["title"]
    return msgspec.structs.replace(change, fields={**change.fields, "occupations": list(read_texts([title])[title])})


def _warns_of_age(change: Change) -> bool:
    return any(warning["code"] == AGE for warning in change.fields.get("publish_warnings", ()))


def _with_reach(change: Change, *, reach: AgeReach, stored: Mapping[str, Vacancy]) -> Change:
    """The advert with the number of people added to its age warning, if it has one."""
    if not _warns_of_age(change):
        return change
    said = _said(reach.shut_out(*asked_ages(change.fields, stored.get(change.record_id))))
    warnings = [
        {**warning, "sentence": f"{warning['sentence']}（{said}）"} if warning["code"] == AGE else warning
        for warning in change.fields["publish_warnings"]
    ]
    return msgspec.structs.replace(change, fields={**change.fields, "publish_warnings": warnings})


def _said(shut_out: ShutOut) -> str:
    willing = f"本县登记求职者中有{shut_out.n_willing}人因此不能应聘"
    if not shut_out.n_unasked:
        return willing
    return f"{willing}；还没有问过求职意愿的人中，另有{shut_out.n_unasked}人年龄不符"
