"""An experiment as files: a round parted into two rounds that share no household and no opening, and what came of it.

Each side's round is an input of `matcher match` like any other: the one is answered with the new model or settings,
the other as usual.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from matcher.errors import InvalidInput
from matcher.learning.events import EventLog
from matcher.learning.experiment import (
    Analysis,
    Arm,
    Leak,
    Split,
    analyse,
    detectable_points,
    leaks,
    people_needed,
    plan,
)
from matcher.learning.outcomes import outcomes
from matcher.records import Worker
from matcher.services.rounds.requests import MatchRequest

SIDE_LABELS: Final[Mapping[Arm, str]] = {Arm.NEW: "新办法", Arm.USUAL: "照旧"}


class Parted(NamedTuple):
    """The plan of an experiment and each side's round."""

    split: Split
    rounds: Mapping[Arm, MatchRequest]

    def record(self, points: float | None = None) -> dict[str, Any]:
        """How large the sides are, and what an experiment of that size can show; points : an effect asked about."""
        n = sum(len(round_.workers) for round_ in self.rounds.values())
        told: dict[str, Any] = {
            arm.value: {
                "people": len(round_.workers),
                "households": sum(side is arm for side in self.split.households.values()),
                "openings": sum(vacancy.places_left for vacancy in round_.vacancies),
            }
            for arm, round_ in self.rounds.items()
        }
        told["detectable_points"] = round(detectable_points(n, share=self.split.share), 3)
        if points is not None:
            told["people_needed"] = people_needed(points, share=self.split.share)
        return told


def part_round(request: MatchRequest, *, share: float = 0.5, seed: int = 0) -> Parted:
    """Households whole, and the openings left of every vacancy, on two sides, `share` of each on that of the new way.

    Raises InvalidInput where nobody is willing, or the share is none.
    """
    willing = [worker for worker in request.workers if worker.wish_to_work is not False]
    if not willing:
        raise InvalidInput("nobody of the round wishes to work", remedy="Give a round with people to be listed.")
    split = plan(
        map(_home, willing), {one.vacancy_id: one.places_left for one in request.vacancies}, share=share, seed=seed
    )
    return Parted(split, {arm: _round(request, split, arm, willing) for arm in Arm})


def _home(worker: Worker) -> str:
    return worker.household_id or worker.worker_id


def _round(request: MatchRequest, split: Split, arm: Arm, willing: Iterable[Worker]) -> MatchRequest:
    """The side's people, and every vacancy of which it has an opening, with its openings alone."""
    people = tuple(worker for worker in willing if split.side_of(_home(worker)) is arm)
    there = {worker.worker_id for worker in people}
    homes = {_home(worker) for worker in people}
    return replace(
        request,
        workers=people,
        households=tuple(home for home in request.households if home.household_id in homes),
        vacancies=tuple(
            replace(vacancy, headcount=seats, filled=0)
            for vacancy in request.vacancies
            if (seats := split.openings[vacancy.vacancy_id][arm]) > 0
        ),
        shown={worker: ids for worker, ids in request.shown.items() if worker in there},
        # Prices of the whole round are those of all its openings: each side solves its own.
        prices=None,
    )


class Read(NamedTuple):
    """What an experiment found, and the posts of which a side took more openings than it had."""

    analysis: Analysis
    leaks: tuple[Leak, ...]

    def record(self) -> dict[str, Any]:
        """As data, with the sentences of `told`."""
        return self.analysis.record() | {
            "leaks": [
                {"vacancy_id": leak.vacancy_id, "side": leak.arm.value, "placed": leak.placed, "had": leak.openings}
                for leak in self.leaks
            ],
            "told": list(self.told()),
        }

    def told(self) -> Iterable[str]:
        """The result in words; first what would make it worthless."""
        if self.leaks:
            n = sum(leak.placed - leak.openings for leak in self.leaks)
            yield f"有{len(self.leaks)}个岗位的名额被另一组占用，共{n}人：两组不再分开，下面的差别不可全信"
        yield self.analysis.sentence


def read_round(split: Split, log: EventLog, *, seed: int = 0) -> Read:
    """What the events say of an experiment: people of planned households alone, unknown outcomes left out.

    Raises InvalidInput where a side has too few people with a known outcome.
    """
    told = [one for one in outcomes(log) if one.household_id in split.households]
    homes = {one.worker_id: one.household_id for one in told}
    taken = [
        (homes[row.worker_id], row.vacancy_id)
        for row in log.placements
        if row.worker_id in homes and row.vacancy_id in split.openings
    ]
    return Read(analyse(split, told, seed=seed), leaks(split, taken))
