"""Beds for people who are already chosen. The one place where a sex is read, and it changes nobody who goes.

Rooms of a dormitory are split between women and men; what does not fit is said, so that rooms are found, not people
left behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matcher.allocation.beds import beds
from matcher.records import Sex, Worker
from matcher.services.assignment.limits_file import Dormitory


def beds_told(dormitories: Sequence[Dormitory], sent: Mapping[str, Sequence[Worker]]) -> list[dict[str, Any]]:
    """Of each dormitory the beds for women and for men, and what is missing; sent : vacancy id -> who goes there."""
    return [
        _told(one, [worker for vacancy_id in one.vacancies for worker in sent.get(vacancy_id, ())])
        for one in dormitories
    ]


def _told(dormitory: Dormitory, people: Sequence[Worker]) -> dict[str, Any]:
    women = [None if worker.sex is None else worker.sex is Sex.FEMALE for worker in people]
    split = beds(dormitory.rooms, women)
    rooms_of_women = [dormitory.rooms[at] for at in split.rooms]
    notes = [
        f"女工宿舍还差{split.missing[0]}张床，请再腾出房间。" if split.missing[0] else "",
        f"男工宿舍还差{split.missing[1]}张床，请再腾出房间。" if split.missing[1] else "",
        f"有{split.unknown}人没有登记性别，安排床位前请补登。" if split.unknown else "",
    ]
    return {
        "dormitory_id": dormitory.dormitory_id,
        "people": len(people),
        "beds_women": sum(rooms_of_women),
        "beds_men": sum(dormitory.rooms) - sum(rooms_of_women),
        "missing_women": split.missing[0],
        "missing_men": split.missing[1],
        "unknown": split.unknown,
        "notes": [note for note in notes if note],
    }
