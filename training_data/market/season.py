"""One season under one policy: lists, applications, employers who fill up, offers, starts, six months of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from msgspec.structs import replace

from matcher.records import Household, Vacancy, Worker
from training_data.market.draws import Draws, Flags, Floats, Index
from training_data.market.observe import Records
from training_data.market.truth import Truth
from training_data.market.world import World

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class View:
    """What whoever makes the lists sees at a round: records as they stand today, and nothing hidden.

    worker_ix : position in the season of each worker; vacancies : all that are published, `filled` as of today
    shown : worker id -> vacancies listed before; registered : people who came so far, in work by now or not
    """

    round_ix: int
    world_seed: int
    workers: tuple[Worker, ...]
    worker_ix: Index
    vacancies: tuple[Vacancy, ...]
    vacancy_ix: Index
    households: dict[str, Household]
    shown: dict[str, frozenset[str]]
    top: int
    registered: int = 0


@dataclass(frozen=True, slots=True)
class Lists:
    """Lines of lists: positions in the season, slot from 1, and what the maker thought of each pair.

    propensity : chance of the line given those above it, 1 where nothing was drawn; explore : true where it was
    """

    worker_ix: Index
    vacancy_ix: Index
    slot: Index
    n_candidates: Index
    p_apply: Floats
    p_hire: Floats
    p_keep: Floats
    slot_price: Floats
    score: Floats
    propensity: Floats
    explore: Flags

    def __len__(self) -> int:
        return self.worker_ix.size


Policy = Callable[[View], Lists]


@dataclass(frozen=True, slots=True)
class RoundLog:
    """What happened to the lines of one round, one element per line. offered implies applied.

    left : openings of each vacancy when the lists were made
    """

    lists: Lists
    looked: Flags
    applied: Flags
    fit: Flags
    offered: Flags
    best: Flags
    started: Flags
    left: Index


@dataclass(frozen=True, slots=True)
class Season:
    """A finished season. post : vacancy of each worker or -1; months : worked of the first six; rounds in order."""

    world: World
    truth: Truth
    records: Records
    post: Index
    started_in: Index
    kept: Flags
    months: Index
    outsiders: Index
    rounds: tuple[RoundLog, ...]


@dataclass(slots=True)
class _State:
    """What a season remembers between rounds."""

    left: Index
    post: Index
    started_in: Index
    outsiders: Index
    shown: dict[str, set[str]] = field(default_factory=dict)


def run_season(world: World, truth: Truth, records: Records, policy: Policy) -> Season:
    """The season under the policy; the same world and lists give the same season."""
    n = world.people.size
    state = _State(
        left=world.posts.headcount.copy(),
        post=np.full(n, NOWHERE, dtype=np.int64),
        started_in=np.full(n, NOWHERE, dtype=np.int64),
        outsiders=np.zeros(world.posts.size, dtype=np.int64),
    )
    rounds = []
    for round_ix in range(world.spec.season.rounds):
        view = _view(world, records, state, round_ix)
        lists = policy(view)
        _remember(view, lists, state, records)
        rounds.append(_play(world, truth, lists, state, round_ix))
        _outsiders(world, state, round_ix)
    kept, months = _lasting(world, truth, state.post)
    return Season(world, truth, records, state.post, state.started_in, kept, months, state.outsiders, tuple(rounds))


def _view(world: World, records: Records, state: _State, round_ix: int) -> View:
    people, posts = world.people, world.posts
    worker_ix = np.flatnonzero((people.arrival <= round_ix) & (state.post == NOWHERE))
    vacancy_ix = np.flatnonzero(posts.opens <= round_ix)
    workers = tuple(records.worker(ix, round_ix) for ix in worker_ix.tolist())
    at_work = np.bincount(people.household[state.post != NOWHERE], minlength=people.n_households)
    homes = sorted(set(people.household[worker_ix].tolist()))
    return View(
        round_ix=round_ix,
        world_seed=world.seed,
        workers=workers,
        worker_ix=worker_ix,
        vacancies=tuple(
            replace(records.vacancies[ix], filled=int(posts.headcount[ix] - state.left[ix]))
            for ix in vacancy_ix.tolist()
        ),
        vacancy_ix=vacancy_ix,
        households={
            records.households[ix].household_id: replace(records.households[ix], employed_members=int(at_work[ix]))
            for ix in homes
        },
        shown={worker.worker_id: frozenset(state.shown.get(worker.worker_id, ())) for worker in workers},
        top=world.spec.season.list_length,
        registered=int((people.arrival <= round_ix).sum()),
    )


def _remember(view: View, lists: Lists, state: _State, records: Records) -> None:
    for worker_ix, vacancy_ix in zip(lists.worker_ix.tolist(), lists.vacancy_ix.tolist(), strict=True):
        worker_id = records.full[worker_ix].worker_id
        state.shown.setdefault(worker_id, set()).add(records.vacancies[vacancy_ix].vacancy_id)


def examination(world: World, slot: Index) -> Floats:
    """Chance that the line at each slot is read."""
    chances = np.array(world.spec.season.examination)
    return np.asarray(chances[np.minimum(slot, chances.size) - 1])


def _play(world: World, truth: Truth, lists: Lists, state: _State, round_ix: int) -> RoundLog:
    """Who reads, applies, is wanted, is offered the post, takes it and starts."""
    w, v = lists.worker_ix, lists.vacancy_ix
    looked = world.draws.pairs("looks", w, v) < examination(world, lists.slot)
    applied = _within(looked & (truth.apply_gain[w, v] > 0), lists, world.spec.season.applications_per_round)
    fit = truth.hire_gain[w, v] > 0
    left = state.left.copy()
    offered = applied & fit & (_place_in(v, truth.hire_gain[w, v], applied & fit) < left[v])
    best = offered & (_place_in(w, truth.apply_gain[w, v], offered) == 0)
    started = best & (world.draws.pairs("takes", w, v) < world.spec.season.takes_best_offer)
    state.post[w[started]] = v[started]
    state.started_in[w[started]] = round_ix
    np.subtract.at(state.left, v[started], 1)
    return RoundLog(lists, looked, applied, fit, offered, best, started, left)


def _within(wants: Flags, lists: Lists, most: int) -> Flags:
    """The first `most` wanted lines of each list, in the order of the slots."""
    return np.asarray(wants & (_place_in(lists.worker_ix, -lists.slot.astype(np.float64), wants) < most))


def _place_in(group: Index, value: Floats, among: Flags) -> Index:
    """Place (0 the largest value) of each row of `among` in its group; beyond all others for the rest."""
    place = np.full(group.size, np.iinfo(np.int64).max)
    rows = np.flatnonzero(among)
    order = rows[np.lexsort((-value[rows], group[rows]))]
    starts = np.flatnonzero(np.r_[True, group[order][1:] != group[order][:-1]]) if order.size else order
    place[order] = np.arange(order.size) - np.repeat(starts, np.diff(np.r_[starts, order.size]))
    return place


def _outsiders(world: World, state: _State, round_ix: int) -> None:
    """People from elsewhere take their share of what was published and is left."""
    due = world.posts.headcount * world.spec.season.outside_fill
    taken = np.floor(due + world.draws.uniform(f"outsiders {round_ix}", world.posts.size)).astype(np.int64)
    taken = np.minimum(np.where(world.posts.opens <= round_ix, taken, 0), state.left)
    state.left -= taken
    state.outsiders += taken


def _lasting(world: World, truth: Truth, post: Index) -> tuple[Flags, Index]:
    """Whose job lasts six months, and the months worked by the others; a family that is all away comes back sooner."""
    people, most = world.people, world.spec.follow_up.months_kept
    at = np.flatnonzero(post != NOWHERE)
    away = np.zeros(people.size)
    away[at] = truth.far[at, post[at]]
    size = np.bincount(people.household, minlength=people.n_households)
    all_far = (np.bincount(people.household, weights=away, minlength=people.n_households) == size) & (size > 1)
    gain = truth.keep_gain[at, post[at]] + world.spec.keep["all_far"] * all_far[people.household[at]]
    kept, months = np.zeros(people.size, dtype=np.bool_), np.zeros(people.size, dtype=np.int64)
    kept[at] = gain > 0
    left_after = np.floor(world.draws.pairs("leaves", at, post[at]) * most).astype(np.int64)
    months[at] = np.where(kept[at], most, left_after)
    return kept, months


def policy_draws(view: View) -> Draws:
    """Draws for a policy that needs some; they are not those of the world."""
    return Draws.of(view.world_seed, "policy")
