"""The stages of a season's plan over a part of its people, and what is worked out of all parts between them.

`assess` finds the pairs of a part and scores them; from all of them come the slot prices, one number a vacancy; `tell`
makes the lists of a part with these prices. (Of a crowd `plan_choice.choose` stands for `assess`.) A part is whole
households of one region after the other. However the people are shared out, the lists are those of a round over all of
them at once, to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher import features, shortlist
from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.policy import Tier, tiers
from matcher.policy.binding import pack_for
from matcher.ports import Shared
from matcher.priority import Priority
from matcher.program import program_stamp
from matcher.records import COUNTY_DIGITS, Household, Vacancy, Worker
from matcher.services.ground.packed_arrays import packed, unpacked
from matcher.services.ground.roster_columns import RosterColumns, Rosters
from matcher.services.ground.rulebook import Means, means_of
from matcher.services.rounds.match import lists
from matcher.services.rounds.match_round import Brief, Round, law_frame, prepare, scored_pairs
from matcher.settings import Settings

Arrays = dict[str, NDArray[Any]]
SLICE_PAIRS: Final = 1 << 21
"""People times vacancies looked at in one step: some hundred megabytes."""
N_AHEAD: Final = 16
"""People of whom a stage has read about all it will read."""
CHANCES: Final = ("p_apply", "p_hire", "p_keep")
_OF_PAIR: Final = (*CHANCES, "fit_band")
OF_WORKER: Final = ("tier", "sub_tier", "household", "priority", "group", "waiting_days", "weight")


@dataclass(frozen=True, slots=True)
class Scope:
    """What every part is told. vacancies : one shared list; brief : names its jurisdiction, neither shown nor prices.

    prices : of the vacancies (of 2**30), None before they are known; top, explain : of the lists
    each : of candidates, which are the best `top` of all and so many of each channel
    """

    means: Means
    vacancies: Sequence[Vacancy]
    brief: Brief
    prices: NDArray[np.int64] | None = None
    top: int = 0
    explain: bool = False
    each: int = 0

    def __reduce__(self) -> tuple[Callable[..., Scope], tuple[Any, ...]]:
        """Sent to another process it finds there the means and posts of the stage before, and what is known of them."""
        told = (self.brief, self.prices, self.top, self.explain, self.each)
        return _arrived, (self.means.__reduce__()[1], msgspec.msgpack.encode(self.vacancies), *told)


def _arrived(means: tuple[bytes, bytes, Settings], vacancies: bytes, *told: Any) -> Scope:
    model, rulebook, settings = means
    known = _means(model, rulebook, repr(settings))
    if not known:
        known.append(means_of(model, rulebook, settings))
    return Scope(known[0], _vacancies(vacancies), *told)


# Of the plan under way, and of one before it whose scope is still held.
@lru_cache(maxsize=2)
def _means(_model: bytes, _rulebook: bytes, _settings: str) -> list[Means]:
    """Where the means of these bytes are put by whoever comes first."""
    return []


@lru_cache(maxsize=2)
def _vacancies(body: bytes) -> Shared[Vacancy]:
    return Shared(msgspec.msgpack.decode(body, type=list[Vacancy]))


@dataclass(frozen=True, slots=True)
class People:
    """One part. shown : worker id -> vacancies that are not listed again

    assessed : what the stage before found, or the pairs a crowd's plan lists, without their chances
    household : factors the prices hold for (of 64), None where they are those of the order
    """

    workers: Sequence[Worker]
    households: Mapping[str, Household]
    shown: Mapping[str, frozenset[str]]
    assessed: bytes = b""
    household: NDArray[np.int64] | None = None

    def __reduce__(self) -> tuple[Callable[..., People], tuple[Any, ...]]:
        """Sent to another process as one run of bytes: that takes a tenth of the time of record after record."""
        told = (self.workers, self.households, {name: sorted(ids) for name, ids in self.shown.items()})
        return _people, (msgspec.msgpack.encode(told), self.assessed, self.household)

    def told(self, assessed: bytes, household: NDArray[np.int64] | None, share: NDArray[np.intp]) -> People:
        """The part with what is known of it, and of the household factors of everybody those of its people."""
        return replace(self, assessed=assessed, household=None if household is None else household[share])


def _people(body: bytes, assessed: bytes, household: NDArray[np.int64] | None) -> People:
    workers, homes, shown = _RECORDS.decode(body)
    return People(workers, homes, {name: frozenset(ids) for name, ids in shown.items()}, assessed, household)


_RECORDS: Final = msgspec.msgpack.Decoder(tuple[list[Worker], dict[str, Household], dict[str, list[str]]])


def shares(workers: Sequence[Worker], most: int) -> list[NDArray[np.intp]]:
    """Positions of the people of each part, rising: counties one after the other, households whole, `most` at a time.

    A larger household is a part of its own; nobody at all is one empty part.
    """
    homes: dict[str, list[int]] = {}
    for ix, worker in enumerate(workers):
        homes.setdefault(worker.household_id or f"\0{ix}", []).append(ix)
    told: list[list[int]] = [[]]
    for home in sorted(homes.values(), key=lambda members: workers[members[0]].place_code[:COUNTY_DIGITS]):
        if told[-1] and len(told[-1]) + len(home) > most:
            told.append([])
        told[-1].extend(home)
    return [np.array(sorted(share), dtype=np.intp) for share in told]


def assess(scope: Scope, people: People) -> bytes:
    """First stage: the pairs of the part that may be offered, with probabilities, and the order of its people."""
    step = max(1, SLICE_PAIRS // max(1, len(scope.vacancies)))
    slices = [_slice(scope, people, lo, lo + step) for lo in range(0, max(1, len(people.workers)), step)]
    return packed({name: np.concatenate([found[name] for found in slices]) for name in slices[0]})


def _slice(scope: Scope, people: People, lo: int, hi: int) -> Arrays:
    workers = people.workers[lo:hi]
    solved = prepare(
        Rosters(workers=workers, vacancies=scope.vacancies, households=people.households),
        scope.means,
        replace(scope.brief, shown=people.shown, prices=_NO_PRICES),
    )
    sure = solved.pairs.take(solved.pairs["verdict"] == Verdict.YES)
    return {
        "worker_ix": sure.worker_ix + np.int32(lo),
        "vacancy_ix": sure.vacancy_ix,
        **{name: sure[name].astype(np.int16) for name in _OF_PAIR},
        **{name: getattr(solved.ranked, name) for name in OF_WORKER},
        "with_yes": np.array([worker.worker_id in solved.with_yes for worker in workers], dtype=np.bool_),
    }


_NO_PRICES: Final[Mapping[str, float]] = {}


def gathered(at: Sequence[NDArray[np.intp]], found: Sequence[bytes]) -> tuple[Pairs, Priority]:
    """Pairs and order of everybody from the first stage of all parts; at : where the people of each part stand.

    The order says the numbers alone, without the clauses they follow from.
    """
    parts = [unpacked(body) for body in found]
    n_of, n = np.zeros(sum(map(len, at)), dtype=np.int64), sum(len(part["worker_ix"]) for part in parts)
    for share, part in zip(at, parts, strict=True):
        n_of[share] = np.bincount(part["worker_ix"], minlength=len(share))
    starts = np.cumsum(n_of) - n_of
    columns: Arrays = {name: np.empty(n, dtype=parts[0][name].dtype) for name in ("vacancy_ix", *CHANCES)}
    numbers: Arrays = {name: np.empty(len(n_of), dtype=parts[0][name].dtype) for name in OF_WORKER}
    for share, part in zip(at, parts, strict=True):
        here = n_of[share]
        # Pairs of a part stand worker by worker: those of each move together to where the worker's begin.
        moved = np.repeat(starts[share] - np.cumsum(here) + here, here) + np.arange(here.sum())
        for name, column in columns.items():
            column[moved] = part[name]
        for name, column in numbers.items():
            column[share] = part[name]
    worker_ix = np.repeat(np.arange(len(n_of), dtype=np.int32), n_of)
    pairs = Pairs(worker_ix, columns.pop("vacancy_ix"), columns)
    yes = np.full(n, Verdict.YES, dtype=np.int8)
    return pairs.with_columns(verdict=yes), Priority(**numbers, results=())


def tell(scope: Scope, people: People) -> bytes:
    """Second stage: the list of everybody of the part as JSON, in the order of the part."""
    means, brief, read = scope.means, scope.brief, unpacked(people.assessed)
    rosters = Rosters(workers=people.workers, vacancies=scope.vacancies, households=people.households)
    columns = RosterColumns(rosters, means, law_frame(means, brief.on, public=brief.public))
    bound = pack_for(means.packs, brief.jurisdiction, brief.on)
    order = tiers(bound.pack, brief.service)
    ranked = columns.ranked(order, None)
    if people.household is not None:
        ranked = replace(ranked, household=people.household)
    worker_keys, vacancy_keys = columns.worker_keys(brief.seed, None), columns.vacancy_keys(brief.seed)
    values: Mapping[str, NDArray[np.int32]] | None = None
    if "p_apply" not in read:
        read, values = _judged(columns, read, order[0])
    scored = _scored(read, ranked, scope.prices, brief)
    scored = scored.with_columns(row=np.arange(len(scored), dtype=np.int64))
    listed = shortlist.worker_lists(scored, worker_keys, vacancy_keys, top=scope.top)
    if values is None:
        values = {**features.term_values(*columns.codes(listed)), **columns.offsets(listed)}
        listed = listed.with_columns(row=np.arange(len(listed), dtype=np.int64))
    solved = Round(
        rosters=rosters,
        means=means,
        on=brief.on,
        bound=bound,
        order=order,
        frame=columns.frame,
        ranked=ranked,
        pairs=listed,
        values=values,
        with_yes=frozenset(people.workers[ix].worker_id for ix in np.flatnonzero(read["with_yes"]).tolist()),
        mode=brief.mode,
        worker_keys=worker_keys,
        vacancy_keys=vacancy_keys,
    )
    return msgspec.json.encode(lists(solved, top=scope.top, explain=scope.explain))


def _judged(columns: RosterColumns, read: Arrays, first: Tier) -> tuple[Arrays, Mapping[str, NDArray[np.int32]]]:
    """What the first stage says of pairs it was given without: chances and fit band; and the term values of each."""
    pairs, values = scored_pairs(columns, Pairs(read["worker_ix"], read["vacancy_ix"]), first)
    return {**read, **{name: pairs[name] for name in _OF_PAIR}}, values


def _scored(read: Arrays, ranked: Priority, prices: NDArray[np.int64] | None, brief: Brief) -> Pairs:
    """The pairs of the first stage with fit, price, score and the order of their workers."""
    worker_ix, vacancy_ix = read["worker_ix"], read["vacancy_ix"]
    chances = {name: read[name].astype(np.int64) for name in _OF_PAIR}
    price = np.zeros(len(worker_ix), dtype=np.int64) if prices is None else prices[vacancy_ix]
    pairs = Pairs(
        worker_ix,
        vacancy_ix,
        {
            **chances,
            "verdict": np.full(len(worker_ix), Verdict.YES, dtype=np.int8),
            "fit": chances["p_apply"] * chances["p_hire"] * chances["p_keep"],
            "price": price,
            "tier": ranked.tier[worker_ix],
            "sub_tier": ranked.sub_tier[worker_ix],
        },
    )
    return pairs.with_columns(score=shortlist.score(pairs, ranked.factor[worker_ix], price, brief.mode))


def read_ahead(scope: Scope, people: People) -> None:
    """Go through both stages for a few people of a part and throw the lists away.

    Words, rules and the columns of the vacancies are then read in this process, and every process forked from it has
    them: they are not read by each of them again.
    """
    few = replace(people, workers=people.workers[:N_AHEAD])
    tell(scope, replace(few, assessed=assess(scope, few)))


def part_key(stage: Callable[[Scope, People], bytes], scope: Scope) -> Callable[[People], str]:
    """Digest of all that the result of a part depends on: program, stage, scope, and the records of the part."""

    @cache
    def of_scope() -> bytes:
        means, prices = scope.means, b"" if scope.prices is None else scope.prices.tobytes()
        return b"\0".join(
            (
                f"{program_stamp()}:{stage.__qualname__}:{scope.top}:{scope.each}:{scope.explain}:{means.model.digest}:{means.digest}".encode(),
                msgspec.msgpack.encode(asdict(scope.brief)),
                sha256(msgspec.msgpack.encode(scope.vacancies)).digest(),
                sha256(prices).digest(),
            )
        )

    def key(people: People) -> str:
        told = sha256(of_scope())
        shown = {worker: sorted(ids) for worker, ids in people.shown.items()}
        told.update(msgspec.msgpack.encode((people.workers, people.households, shown), order="deterministic"))
        told.update(sha256(people.assessed).digest())
        told.update(b"" if people.household is None else people.household.tobytes())
        return told.hexdigest()

    return key
