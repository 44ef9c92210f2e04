"""The queue as officers and auditors read it: one pair side by side, what speaks for it, what was said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from matcher.linkage import PairClass, Rank, decided, duties, entry_of, fold_pair, push_interval, settled, to_ring_up
from matcher.office.keeping.terms import FileKind, terms
from matcher.policy import pack_for
from matcher.ports import DeedStore
from matcher.privacy import birth_days_for, cell_for, compared_numbers, identity_for, own_words_for
from matcher.records.access import Role
from matcher.records.deeds import Deed
from matcher.services.ground.rulebook import Means
from matcher.services.reconcile.alone import LISTS, n_open, states_of_rows
from matcher.services.reconcile.answers import ANSWER_LABELS, TRUTH_LABELS, is_asked, said_words
from matcher.services.reconcile.comparison import CLASS_LABELS, RANK_LABELS, Side, Told, village_for, worded
from matcher.services.reconcile.independence import agreement, is_hidden
from matcher.services.reconcile.runs import (
    COMPARED,
    PAIR,
    RUN,
    Outline,
    outline_of,
    outlines,
    pair_at,
    place_of,
    states_of,
)

N_PROBLEMS: Final = 20


class Standing(msgspec.Struct, frozen=True):
    """How far a run is: places of pairs to be answered (those to ring up last), of those, and of answered ones."""

    waiting: tuple[int, ...]
    ring_up: tuple[int, ...]
    answered: tuple[int, ...]


def standing_of(outline: Outline, deeds: Mapping[str, Sequence[Deed]]) -> Standing:
    """Sort the pairs of a run by what was said of them; a ringing up leaves a pair open, behind the others."""
    fresh, ring_up, answered = [], [], []
    for ix, line in enumerate(outline.lines):
        state = fold_pair(deeds.get(line.pair, ()))
        if settled(state, line.facts, differs=line.is_at_odds):
            answered.append(ix)
        elif to_ring_up(state):
            ring_up.append(ix)
        else:
            fresh.append(ix)
    return Standing((*fresh, *ring_up), tuple(ring_up), tuple(answered))


def runs_page(deeds: DeedStore) -> list[dict[str, Any]]:
    """Every push, newest first, and how much of it is still to be answered."""
    return [_heading(outline, standing_of(outline, states_of(deeds, outline.run_id))) for outline in outlines(deeds)]


def push_clock(deeds: DeedStore, means: Means, jurisdiction: str, on: date) -> dict[str, Any]:
    """When the other office's ledger was pushed last, and until when the next push is due; None before the first.

    borrowed : the document that says so binds another county
    """
    last = max((deed.on for deed in deeds.deeds(prefix=RUN, kinds={COMPARED})), default=None)
    interval = push_interval(means.packs, on)
    due = last + interval if last and interval else None
    pack = means.packs[duties().pack]
    row = pack.parameter(duties().interval_weeks, on)
    return {
        "last_on": last.isoformat() if last else None,
        "due_on": due.isoformat() if due else None,
        "days_left": (due - on).days if due else None,
        "every_days": interval.days if interval else None,
        "document": pack.cited,
        "clause": row.clause if row else "",
        "borrowed": not jurisdiction or pack_for(means.packs, jurisdiction, on).asked.id != pack.id,
    }


def queue_page(deeds: DeedStore, run_id: str, role: Role, pair: str = "") -> dict[str, Any]:
    """One run: its sums, and one pair: the one asked for, else the first still open. Raises NotFound."""
    outline, states = outline_of(deeds, run_id), states_of(deeds, run_id)
    standing = standing_of(outline, states)
    place = _place(outline, standing, pair)
    around = standing.waiting
    at = around.index(place) if place in around else None
    last = _last(deeds, run_id)
    rows = states_of_rows(deeds) if any(shelf.keys for shelf in outline.lists.values()) else {}
    return {
        **_heading(outline, standing),
        "n_ring_up": len(standing.ring_up),
        "n_alone": sum(n_open(outline, name, rows) for name in LISTS),
        "n_answered": len(standing.answered),
        "agreed": agreement(outline.lines, states),
        "counts": dict(outline.counts),
        "labels": {kind.value: label for kind, label in CLASS_LABELS.items()},
        "problems": _problems(outline, role),
        "n_problems": outline.n_problems,
        "pair": None if place is None else _shown(deeds, outline, place, role),
        "number": 0 if at is None else at + 1,
        "before": "" if at is None or at == 0 else outline.lines[around[at - 1]].pair,
        "after": "" if at is None or at + 1 >= len(around) else outline.lines[around[at + 1]].pair,
        "last": last,
    }


def _heading(outline: Outline, standing: Standing) -> dict[str, Any]:
    return {
        "run_id": outline.run_id,
        "on": outline.on.isoformat(),
        "at": outline.at.isoformat(),
        "by": outline.by,
        "left_name": outline.left_name,
        "right_name": outline.right_name,
        "left_rows": outline.counts["left_rows"],
        "right_rows": outline.counts["right_rows"],
        "n_queue": len(outline.lines),
        "n_open": len(standing.waiting),
        "settled": outline.settled,
        "gone": [{"title": terms()[FileKind(kind)].title, "on": day.isoformat()} for kind, day in outline.gone.items()],
        "n_redacted": outline.n_redacted,
        "lists": [name for name, shelf in outline.lists.items() if shelf.n],
        "has_book": bool(outline.book),
    }


def _place(outline: Outline, standing: Standing, pair: str) -> int | None:
    if pair:
        return place_of(outline, pair)
    return standing.waiting[0] if standing.waiting else None


def _last(deeds: DeedStore, run_id: str) -> str:
    """The pair that was answered or taken back last, for the key that steps back."""
    found = deeds.deeds(prefix=PAIR, subject=run_id)
    return found[-1].stream.removeprefix(PAIR) if found else ""


def _shown(deeds: DeedStore, outline: Outline, place: int, role: Role) -> dict[str, Any]:
    line, told = outline.lines[place], pair_at(deeds, outline, place)
    state = fold_pair(deeds.stream(PAIR + line.pair))
    holds = decided(state, line.facts)
    asks_truth = is_asked(state, line)
    # Who audits answers nothing: the score may be seen.
    hidden = is_hidden(line, state) and role is not Role.AUDITOR
    return {
        "pair": line.pair,
        "kind": told.kind.value,
        "kind_label": CLASS_LABELS[PairClass(told.kind)],
        "rank_label": RANK_LABELS[Rank(told.rank)],
        "rows": _rows(told, outline, role),
        "fall": None if hidden else _fall(told),
        "signs": [one.sentence for one in told.evidence[1:]],
        "rival": None if hidden else told.rival,
        "seen": state.seq,
        "answer": "" if holds is None else holds.answer.value,
        "answer_label": "" if holds is None else ANSWER_LABELS[holds.answer],
        "asks_truth": asks_truth,
        "truth": "" if holds is None or holds.truth is None else holds.truth.value,
        "truth_label": "" if holds is None or holds.truth is None else TRUTH_LABELS[holds.truth],
        "changed": state.decision is not None and state.decision.facts != line.facts,
        "may_take_back": state.decision is not None,
        "history": [
            {
                "answer_label": said_words(one),
                "by": one.by,
                "at": one.at.isoformat(),
                "reason": one.reason,
                "taken_back": one.seq in state.taken_back,
            }
            for one in state.history
        ],
    }


def _rows(told: Told, outline: Outline, role: Role) -> list[dict[str, Any]]:
    """Line by line: what each ledger says, and whether they differ. Names, numbers and phones as the reader may see."""
    left, right = _person(told.left, outline), _person(told.right, outline)
    shown = [identity_for(role, name=one["name"], id_number=None, phone=one["phone"]) for one in (left, right)]
    born = birth_days_for(role, left["born"], right["born"])
    numbers = compared_numbers(role, left["number"], right["number"])
    rows = [
        _row("姓名", shown[0]["name"], shown[1]["name"], left["name"] != right["name"]),
        {"label": "身份证", "left": numbers[0], "right": numbers[1], "differs": left["number"] != right["number"]},
        _row("出生日期", *born, left["born"] != right["born"]),
        _row(
            "村",
            village_for(role, told.left),
            village_for(role, told.right),
            told.left.cells.village != told.right.cells.village,
        ),
        _row("电话", shown[0]["phone"], shown[1]["phone"], left["phone"] != right["phone"]),
    ]
    facts = sorted(set(told.left.facts) | set(told.right.facts))
    for field in (*told.differs, *(field for field in facts if field not in told.differs)):
        ours, theirs = told.left.facts.get(field, ""), told.right.facts.get(field, "")
        if field not in outline.labels:
            ours, theirs = own_words_for(role, ours), own_words_for(role, theirs)
        else:
            ours, theirs = worded(field, ours), worded(field, theirs)
        rows.append(_row(outline.labels.get(field, field), ours, theirs, field in told.differs))
    rows.append(_row("在哪一行", _where(told.left), _where(told.right), differs=False))
    return rows


def _person(side: Side, outline: Outline) -> dict[str, str]:
    """Name, number, phone and birth date each in its column, as the comparison read them."""
    entry = entry_of(side.row, side.cells, on=outline.on)
    return {"name": entry.name, "number": entry.number, "phone": entry.phone, "born": entry.born}


def _row(label: str, left: str, right: str, differs: bool | None = None) -> dict[str, Any]:
    apart = left != right if differs is None else differs
    return {
        "label": label,
        "left": [{"text": left, "differs": False}],
        "right": [{"text": right, "differs": False}],
        "differs": apart,
    }


def _where(side: Side) -> str:
    return f"{side.sheet}第{side.row}行" if side.sheet else f"第{side.row}行"


def _fall(told: Told) -> dict[str, Any]:
    start, *steps = told.evidence
    return {
        "start": start.points,
        "label": start.sentence,
        "steps": [{"sentence": line.sentence, "units": line.points} for line in steps],
        "end": told.points,
    }


def _problems(outline: Outline, role: Role) -> list[dict[str, Any]]:
    told: Iterable[Mapping[str, Any]] = (msgspec.to_builtins(one) for one in outline.problems[:N_PROBLEMS])
    return [cell_for(role, problem, of_people=True) for problem in told]
