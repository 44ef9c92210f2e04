"""What a county knows beside its rosters when people are sent: buses, dormitories, quotas, kept places, who goes along.

A JSON file of the office; every part may be left out. Whatever names nobody is told, all of it at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from matcher.errors import InvalidInput, Problem
from matcher.records import Group


class Bus(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bus, or a day's buses, to one or several posts."""

    bus_id: str
    vacancies: tuple[str, ...]
    seats: int


class Dormitory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dormitory of one or several posts; rooms : beds of each."""

    dormitory_id: str
    vacancies: tuple[str, ...]
    rooms: tuple[int, ...]


class Quota(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """People that several posts take together at most, as those of one firm or of one programme."""

    quota_id: str
    vacancies: tuple[str, ...]
    people: int


class Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Places of a post that only people of a group may take."""

    vacancy_id: str
    group: Group
    places: int


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything the file may say; together : people who go to the same post or not at all."""

    buses: tuple[Bus, ...] = ()
    dormitories: tuple[Dormitory, ...] = ()
    quotas: tuple[Quota, ...] = ()
    kept: tuple[Kept, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()


def read_limits(path: Path | None) -> Limits:
    """The limits of a file, none without one. Raises InvalidInput for a file that does not say them."""
    if path is None:
        return Limits()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Limits)
    except msgspec.MsgspecError as error:
        raise InvalidInput(
            f"限制文件读不出来（{error}）",
            where=str(path),
            remedy='写成 {"buses": [...], "dormitories": [...], "quotas": [...], "kept": [...], '
            '"together": [["w1", "w2"]]}，不用的可以不写。',
        ) from None


def require_known(limits: Limits, workers: Mapping[str, int], vacancies: Mapping[str, int]) -> None:
    """Raise InvalidInput with a problem for every id that is unknown, number below 0 and person in two groups."""
    problems = (*_unknown(limits, workers, vacancies), *_wrong(limits))
    if problems:
        raise InvalidInput("限制文件里有对不上的地方", problems, where="--limits", remedy="按每条提示改好后再分配。")


def _unknown(limits: Limits, workers: Mapping[str, int], vacancies: Mapping[str, int]) -> Iterator[Problem]:
    posts = {
        **{f"buses {bus.bus_id}": bus.vacancies for bus in limits.buses},
        **{f"dormitories {one.dormitory_id}": one.vacancies for one in limits.dormitories},
        **{f"quotas {quota.quota_id}": quota.vacancies for quota in limits.quotas},
        **{f"kept {kept.vacancy_id}": (kept.vacancy_id,) for kept in limits.kept},
    }
    for column, named in posts.items():
        for vacancy_id in named:
            if vacancy_id not in vacancies:
                yield _problem(column, vacancy_id, "这个渠道的岗位编号", "改成这个渠道里的岗位编号，或者删去。")
    for group in limits.together:
        for worker_id in group:
            if worker_id not in workers:
                yield _problem("together", worker_id, "名册里的人员编号", "改成名册里的人员编号，或者删去。")


def _wrong(limits: Limits) -> Iterator[Problem]:
    numbers = [
        *((f"buses {bus.bus_id}", bus.seats) for bus in limits.buses),
        *((f"dormitories {one.dormitory_id}", size) for one in limits.dormitories for size in one.rooms),
        *((f"quotas {quota.quota_id}", quota.people) for quota in limits.quotas),
        *((f"kept {kept.vacancy_id}", kept.places) for kept in limits.kept),
    ]
    for column, number in numbers:
        if number < 0:
            yield _problem(column, str(number), "0或者更大的整数", "改成座位、床位或名额的实际数目。")
    for worker_id, n in Counter(one for group in limits.together for one in group).items():
        if n > 1:
            yield _problem("together", worker_id, "一个人只在一组里", "合成一组，或者从其中一组删去。")
    for vacancy_id, n in Counter(kept.vacancy_id for kept in limits.kept).items():
        if n > 1:
            yield _problem(f"kept {vacancy_id}", f"{n}条", "一个岗位只留一类名额", "合成一条。")


def _problem(column: str, found: str, expected: str, fix: str) -> Problem:
    return Problem(file="--limits", column=column, found=found, expected=expected, fix=fix)
