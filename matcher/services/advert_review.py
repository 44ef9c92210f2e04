"""What an import adds to an advert: the occupation of its title, and how many people an age condition shuts out."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import numpy as np

from matcher.intake import RowResult
from matcher.language.readings import read_texts
from matcher.policy.conventions import age_on
from matcher.ports import RosterStore
from matcher.records import Kind, Worker
from matcher.settings import Settings

AGE = "age"


def with_occupation(result: RowResult) -> RowResult:
    """The row with the occupation codes of its title: each advert is read once, when it is stored."""
    change = result.change
    if change is None or "title" not in change.fields:
        return result
    title = change.fields["title"]
    fields = {**change.fields, "occupations": list(read_texts([title])[title])}
    return msgspec.structs.replace(result, change=msgspec.structs.replace(change, fields=fields))


class AgeReach:
    """Ages of the willing people of the county on a day, to tell what an age condition costs."""

    def __init__(self, store: RosterStore, on: date, settings: Settings) -> None:
        ages = [
            age_on(worker.birth_date, on, basis=settings.age_basis, leap=settings.leap_birthday)
            for worker in store.records(Kind.WORKERS)
            if isinstance(worker, Worker) and worker.birth_date is not None and worker.wish_to_work is not False
        ]
        self.ages = np.array(sorted(ages), dtype=np.int16)

    def excluded(self, low: int | None, high: int | None) -> int:
        """How many people are younger than `low` or older than `high`."""
        younger = 0 if low is None else int(np.searchsorted(self.ages, low, side="left"))
        older = 0 if high is None else len(self.ages) - int(np.searchsorted(self.ages, high, side="right"))
        return younger + older

    def told(self, result: RowResult) -> RowResult:
        """The row with the number of people added to its age warning."""
        change = result.change
        if change is None or not change.fields.get("publish_warnings"):
            return result
        fields: dict[str, Any] = dict(change.fields)
        n_excluded = self.excluded(fields.get("age_min"), fields.get("age_max"))
        fields["publish_warnings"] = [
            {**warning, "sentence": f"{warning['sentence']}（本县登记求职者中有{n_excluded}人因此不能应聘）"}
            if warning["code"] == AGE
            else warning
            for warning in fields["publish_warnings"]
        ]
        return msgspec.structs.replace(result, change=msgspec.structs.replace(change, fields=fields))
