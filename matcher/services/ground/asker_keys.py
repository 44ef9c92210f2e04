"""The keys of one worker who asks of an index, told in plain values: of one person an array costs more than it says."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, NamedTuple

from matcher import eligibility, features
from matcher.language.readings import read_texts
from matcher.pairs import UNSTATED
from matcher.records import Worker
from matcher.records.wishes import accepted_rank
from matcher.scoring.offsets import town_of
from matcher.services.ground.relations import standings

NOTHING_KNOWN: Final[frozenset[str]] = frozenset()


class AskerKeys(NamedTuple):
    """As `relations.worker_keys` has them of columns: of every relation in its order, and of what is said alone."""

    relations: tuple[Hashable, ...]
    alone: Hashable


def asker_keys(worker: Worker, frame: eligibility.Frame) -> AskerKeys:
    """The keys of a worker on the day of the frame, for its readers."""
    readings, skills = read_texts(features.worker_texts(worker)), features.skills_of(worker)
    wished = features.code_numbers(features.wished_occupations(worker, readings))
    start = worker.available_from
    relations = (
        features.code_numbers(features.occupations_of(worker, readings)),
        (wished, worker.preferred_trades or ()),
        skills,
        (worker.place_code, _stated(accepted_rank(worker)), bool(worker.needs_daily_return)),
        worker.preferred_places or None,
        _stated(eligibility.age_of(worker, frame)),
        _stated(eligibility.ability_of(worker)),
        UNSTATED if worker.education is None else worker.education.rank,
        _stated(worker.wage_floor_yuan_month),
        UNSTATED if start is None else start.toordinal(),
        (skills or NOTHING_KNOWN, worker.skills is not None),
        (frozenset(worker.certificates or ()), worker.certificates is not None),
        *standings([worker], frame),
    )
    gap = features.days_until_start(worker, frame.on)
    return AskerKeys(relations, (_stated(worker.wish_to_work), _stated(gap), town_of(worker)))


def _stated(value: int | None) -> int:
    return UNSTATED if value is None else value
