"""Why one candidate stands before another: the sort rule step by step, and every term's share, exact to the last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from matcher import features, scoring, shortlist
from matcher.kernels.ranking import WEIGHT_ONE
from matcher.pairs import Pairs
from matcher.policy.types import Mode
from matcher.ports import RosterStore
from matcher.privacy import order_sentence
from matcher.records import Worker
from matcher.services.broker.order_round import AboutOrder, round_of_order
from matcher.services.ground.answering import vacancy_named, worker_named, working_ids
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.answers import term_row
from matcher.services.rounds.match_round import Round
from matcher.services.rounds.whole_order import floor_of, order_of

STAGE_LABELS: Final = {"apply": "愿不愿去", "hire": "单位要不要", "keep": "能不能干满半年"}
STEP_LABELS: Final = {
    "verdict": "条件",
    "fit_band": "合适档",
    "tier": "县里规定的次序",
    "sub_tier": "同一次序里的先后",
    "fit": "合适程度",
    "weighted": "合适程度加县里自定的分值",
    "waiting_days": "等了多少天",
    "draw": "抽签（按日期固定）",
}
# The keys of `shortlist.candidate_list` in the order they are compared; the larger comes first, of a tier the smaller.
_STEPS: Final[Mapping[Mode, tuple[str, ...]]] = {
    Mode.LEXICOGRAPHIC_IN_BAND: ("verdict", "fit_band", "tier", "sub_tier", "fit", "waiting_days", "draw"),
    Mode.STRICT_TIER: ("verdict", "tier", "sub_tier", "fit_band", "fit", "waiting_days", "draw"),
    Mode.TIE_BREAK: ("verdict", "fit", "tier", "sub_tier", "waiting_days", "draw"),
    Mode.ADDITIVE: ("verdict", "weighted", "fit", "waiting_days", "draw"),
}
_SMALLER_FIRST: Final = frozenset({"tier", "sub_tier"})
_VERDICTS: Final = {2: "都合适", 1: "要先问一句"}


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two as the round ranked them: the sort keys of the pair and the values of its terms."""

    worker: Worker
    keys: Mapping[str, int]
    values: Mapping[str, int]
    percent: Mapping[str, float]


def compare_candidates(
    store: RosterStore, means: Means, call: AboutOrder, *, first: str, second: str
) -> dict[str, Any]:
    """Which of two people of an order's list stands ahead, at which step that was settled, and what each term gives.

    `fall` leads from the one behind to the one ahead in units of 2**-10 log-odds: start + every delta = end, stage
    by stage and in all. The answer is whole: `privacy.compared_for` takes out what a broker may not hear.
    Somebody who is not in the list is named in `not_listed`, and nothing is compared. Raises NotFound for a worker
    or vacancy that the store does not reach.
    """
    vacancy = vacancy_named(store, call.vacancy_id)
    workers = [worker_named(store, worker_id) for worker_id in (first, second)]
    people = {worker_id: msgspec.to_builtins(person) for worker_id, person in masked_people(store, workers).items()}
    asked: dict[str, Any] = {"vacancy_id": vacancy.vacancy_id, "title": vacancy.title}
    in_work = working_ids(store, call.on, None)
    free = [worker for worker in dict.fromkeys(workers) if worker.worker_id not in in_work]
    solved = round_of_order(store, means, call, free, [vacancy])
    mode = order_of(solved, vacancy)
    ranked = shortlist.candidate_list(
        solved.pairs, solved.worker_keys, solved.vacancy_keys, top=2, floor=floor_of(solved), order=mode
    )
    sides = [_side(solved, ranked, ix) for ix in range(len(ranked))]
    listed = {side.worker.worker_id for side in sides}
    missing = [people[worker_id] for worker_id in dict.fromkeys((first, second)) if worker_id not in listed]
    if missing or len(sides) < 2:
        return {**asked, "not_listed": missing, "same": first == second}
    ahead, behind = sides
    return {
        **asked,
        "not_listed": [],
        "same": False,
        "ahead": people[ahead.worker.worker_id],
        "behind": people[behind.worker.worker_id],
        **_compared(solved, mode, ahead, behind),
    }


def _compared(solved: Round, mode: Mode, ahead: _Side, behind: _Side) -> dict[str, Any]:
    """What settled the order of the two, step by step, and the shares of their terms."""
    steps = _steps(ahead, behind, _STEPS[mode])
    return {
        "order": mode.value,
        "order_sentence": order_sentence(mode),
        "same_band": ahead.keys["fit_band"] == behind.keys["fit_band"],
        "stopped_at": next(step["step"] for step in steps if step["result"] == "ahead"),
        "steps": steps,
        "open_steps": _steps(ahead, behind, ("verdict", "fit_band")),
        "differences": list(_differences(ahead, behind)),
        "fall": _fall(solved, ahead, behind),
        "bars": _bars(ahead, behind),
    }


def _side(solved: Round, ranked: Pairs, ix: int) -> _Side:
    columns = ("verdict", "fit_band", "tier", "sub_tier", "fit", "waiting_days", *_weighted(solved))
    keys = {name: int(ranked[name][ix]) for name in columns}
    return _Side(
        worker=solved.rosters.workers[ranked.worker_ix[ix]],
        # `candidate_list` has drawn the lots already: the first of the two it gives has the better one.
        keys={**keys, "draw": -ix},
        values=term_row(solved, int(ranked["row"][ix])),
        percent={stage: 100 * int(ranked[f"p_{stage}"][ix]) / scoring.P_ONE for stage in scoring.STAGES},
    )


def _weighted(solved: Round) -> tuple[str, ...]:
    return () if solved.weights is None else ("weighted",)


def _steps(ahead: _Side, behind: _Side, names: Sequence[str]) -> list[dict[str, Any]]:
    """The named steps of the rule with both values; those after the one that settled the order were not used."""
    settled, told = False, []
    for name in names:
        ours, theirs = ahead.keys[name], behind.keys[name]
        better = (ours < theirs) if name in _SMALLER_FIRST else (ours > theirs)
        told.append({
            "step": name,
            "label": STEP_LABELS[name],
            "ahead": _key_words(name, ours),
            "behind": _key_words(name, theirs),
            "result": "unused" if settled else "ahead" if better else "equal",
        })  # fmt: skip
        settled = settled or better
    return told


def _key_words(name: str, value: int) -> str:
    if name == "verdict":
        return _VERDICTS[value]
    if name == "fit":
        return f"{value / (1 << scoring.FIT_BITS):.6f}"
    if name == "weighted":
        return f"{value / (WEIGHT_ONE * scoring.P_ONE):.6f}"
    if name == "draw":
        return ""
    return {"fit_band": f"{value}档", "waiting_days": f"{value}天"}.get(name, str(value))


def _differences(ahead: _Side, behind: _Side) -> Iterator[dict[str, str]]:
    """What is recorded differently of the two, in the order of the vocabulary: facts, no weights."""
    for term in features.TERMS:
        ours, theirs = _words(term, ahead.values[term.name]), _words(term, behind.values[term.name])
        if ours != theirs:
            yield {"term": term.name, "label": term.label, "ahead": ours, "behind": theirs}


def _fall(solved: Round, ahead: _Side, behind: _Side) -> dict[str, Any]:
    """From the log-odds of the one behind to those of the one ahead, in units of 2**-10, by stage and term."""
    stages = [_stage(solved, name, ahead, behind) for name in scoring.STAGES]
    return {
        "unit": "2^-10",
        "start": sum(stage["start"] for stage in stages),
        "end": sum(stage["end"] for stage in stages),
        "stages": stages,
    }


def _stage(solved: Round, name: str, ahead: _Side, behind: _Side) -> dict[str, Any]:
    model = solved.means.model
    ours, theirs = (scoring.contributions(model, name, side.values) for side in (ahead, behind))
    intercept = model.stages[name].intercept
    steps = [
        {
            "term": term,
            **_told(name, term, (ahead, ours[term]), (behind, theirs[term])),
            "delta": ours[term] - theirs[term],
        }
        for term in ours
        if ours[term] != theirs[term]
    ]
    return {
        "stage": name,
        "label": STAGE_LABELS[name],
        "start": intercept + sum(theirs.values()),
        "end": intercept + sum(ours.values()),
        "steps": sorted(steps, key=lambda step: (-abs(int(str(step["delta"]))), str(step["term"]))),
    }


def _told(stage: str, name: str, ahead: tuple[_Side, int], behind: tuple[_Side, int]) -> dict[str, str]:
    """A term's label and what is said of both sides; of a firm's or town's record by what it adds."""
    if name in scoring.OFFSET_KINDS:
        ours, theirs = (scoring.offset_sentence(stage, name, part) if part else "" for _, part in (ahead, behind))
        return {"label": scoring.OFFSET_LABELS[name], "ahead": ours, "behind": theirs}
    term = features.BY_NAME[name]
    ours, theirs = (_words(term, side.values[name]) for side, _ in (ahead, behind))
    return {"label": term.label, "ahead": ours, "behind": theirs}


def _words(term: features.Term, value: int) -> str:
    """What the cell says of the person; the worker's own sentence in the third person where it has no other."""
    return term.say_of_person(value) or term.say(value).replace("您", "本人")


def _bars(ahead: _Side, behind: _Side) -> list[dict[str, Any]]:
    return [
        {"stage": name, "label": STAGE_LABELS[name], "ahead": ahead.percent[name], "behind": behind.percent[name]}
        for name in scoring.STAGES
    ]
