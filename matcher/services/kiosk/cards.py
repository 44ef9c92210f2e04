"""Whose card lies on the pad: by its number, or, of a demonstration, a test card found by rule in the rosters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple, cast

from matcher.policy.evaluation.conventions import age_on, from_settings
from matcher.ports import RosterStore
from matcher.records import Kind, TravelRange, Worker
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.scoped_store import whole
from matcher.settings import Settings

_SEWING: Final = ("缝", "平车", "车位", "衣车")


class _Rule(NamedTuple):
    key: str
    told: str
    fits: Callable[[Worker, int], bool]


def _sews(worker: Worker) -> bool:
    return any(word in text for text in (*(worker.skills or ()), *(worker.trades or ())) for word in _SEWING)


def _far(worker: Worker) -> bool:
    return worker.travel_range in (TravelRange.ANYWHERE, TravelRange.PROVINCE)


_RULES: Final = (
    _Rule("sewer", "上了年纪，会缝纫", lambda worker, age: age >= 50 and _sews(worker) and worker.wish_to_work is True),
    _Rule("young", "年轻，愿意出远门", lambda w, age: 18 <= age < 30 and _far(w) and w.wish_to_work is True),
    _Rule("daily", "要天天回家", lambda w, age: age < 50 and w.needs_daily_return is True and w.wish_to_work is True),
    _Rule("plain", "上了年纪，没有手艺", lambda w, age: age >= 50 and not w.skills and w.wish_to_work is True),
    _Rule("unwilling", "现在不想找活", lambda worker, _age: worker.wish_to_work is False),
)


class _Ages:
    """Ages on a day, reckoned for those who are looked at only: the first page of a kiosk does not wait for all."""

    def __init__(self, settings: Settings, on: date) -> None:
        self._conventions: Final = from_settings(settings)
        self._on: Final = on

    def fits(self, rule: _Rule, worker: Worker) -> bool:
        """Whether a rule fits somebody of a known age."""
        if worker.birth_date is None:
            return False
        said = self._conventions
        return rule.fits(worker, age_on(worker.birth_date, self._on, basis=said.age_basis, leap=said.leap_birthday))


def demo_cards(store: RosterStore, settings: Settings, on: date) -> list[dict[str, Any]]:
    """`key`, `told` and the masked `name` of each card; `worker_id` is for the shell and leaves with no page.

    Of the workers a rule fits, the first by id; a rule that fits nobody has no card, nobody has two.
    """
    workers = cast("list[Worker]", store.records(Kind.WORKERS))
    ages = _Ages(settings, on)
    chosen: dict[str, tuple[_Rule, Worker]] = {}
    for rule in _RULES:
        first = next((w for w in workers if w.worker_id not in chosen and ages.fits(rule, w)), None)
        if first is not None:
            chosen[first.worker_id] = (rule, first)
    people = masked_people(store, [worker for _, worker in chosen.values()])
    return [
        {"key": rule.key, "told": rule.told, "name": people[worker_id].name, "worker_id": worker_id}
        for worker_id, (rule, _) in chosen.items()
    ]


def worker_of_card(store: RosterStore, id_number: str) -> str:
    """Id of the worker of an identity number as far as the store reaches, "" if there is none.

    The number is looked for in the blind index and goes nowhere else: it is neither kept nor logged.
    """
    found = whole(store).workers_by_id_number([id_number]).values() if id_number else ()
    return next((worker_id for worker_id in found if store.records(Kind.WORKERS, ids=[worker_id])), "")
