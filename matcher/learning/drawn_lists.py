"""Lists of a log that were drawn by chance, with all that could have stood in them: the ground of off-policy estimates.

A line counts as drawn when it is marked so or when its chance is below 1; what a rule put in its place stands for every
order alike and is left out, and so is that vacancy as a candidate of the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from matcher.learning.event_rows import ImpressionRow
from matcher.learning.events import EventLog
from matcher.learning.limits import limits
from matcher.learning.off_policy import Choices
from matcher.learning.resampling import Floats, Index
from matcher.learning.training_sets import APPLY_WITHIN


@dataclass(frozen=True, slots=True)
class DrawnList:
    """A person's list. lines : those drawn, by slot; fixed : vacancies that a rule put into it"""

    list_id: str
    worker_id: str
    household_id: str
    ts: datetime
    lines: tuple[ImpressionRow, ...]
    fixed: frozenset[str]


class Offered(NamedTuple):
    """Candidates of lists, one element each: position of the list, vacancy, chance that a reader applies (q), and the
    scores or logits of the new order and of that in use."""

    list_ix: Index
    vacancy_id: Sequence[str]
    q: Floats
    new: Floats
    in_use: Floats


def joined(parts: Sequence[Offered]) -> Offered:
    """The candidates of all parts."""
    empty = Offered(np.zeros(0, dtype=np.int64), (), np.zeros(0), np.zeros(0), np.zeros(0))
    told = (empty, *parts)
    return Offered(
        list_ix=np.concatenate([part.list_ix for part in told]),
        vacancy_id=[name for part in told for name in part.vacancy_id],
        q=np.concatenate([part.q for part in told]),
        new=np.concatenate([part.new for part in told]),
        in_use=np.concatenate([part.in_use for part in told]),
    )


def equally_sharp(offered: Offered) -> Offered:
    """The scores of both orders as logits that are spread alike inside lists (`limits.off_policy.logit_spread`).

    Models that are surer score wider: drawn at one temperature, the unsure one would only look more random.
    """
    return offered._replace(new=_spread(offered.list_ix, offered.new), in_use=_spread(offered.list_ix, offered.in_use))


def _spread(list_ix: Index, scores: Floats) -> Floats:
    if not len(scores):
        return scores
    n = np.bincount(list_ix)
    centred = scores - (np.bincount(list_ix, scores) / np.maximum(n, 1))[list_ix]
    width = float(np.sqrt((centred**2).mean()))
    return np.asarray(centred * (limits().off_policy.logit_spread / width)) if width else centred


def drawn_lists(log: EventLog) -> tuple[DrawnList, ...]:
    """Lists of one person with a drawn line whose week is over, in the order of (ts, list id)."""
    rows: dict[str, list[ImpressionRow]] = {}
    for row in log.impressions:
        rows.setdefault(row.list_id, []).append(row)
    told = []
    for list_id, lines in rows.items():
        first = min(lines, key=lambda row: row.slot)
        drawn = sorted((row for row in lines if row.explore or row.propensity < 1), key=lambda row: row.slot)
        young = log.known_until is None or first.ts + APPLY_WITHIN > log.known_until
        if not drawn or young or len({row.worker_id for row in lines}) > 1:
            continue
        fixed = frozenset(row.vacancy_id for row in lines) - {row.vacancy_id for row in drawn}
        home = first.household_id or first.worker_id
        told.append(DrawnList(list_id, first.worker_id, home, first.ts, tuple(drawn), fixed))
    return tuple(sorted(told, key=lambda found: (found.ts, found.list_id)))


def choices_of(log: EventLog, lists: Sequence[DrawnList], offered: Offered) -> tuple[Choices, Floats, Floats]:
    """The choices of `off_policy` and the logits of both orders.

    A line that was shown and that no order of today offers (a record was corrected since) stays, and neither lists it.
    """
    code = _codes([*offered.vacancy_id, *(row.vacancy_id for told in lists for row in told.lines)])
    applied = _applied(log)
    shown = {
        (list_ix, code[row.vacancy_id]): (row, (told.list_id, row.vacancy_id) in applied)
        for list_ix, told in enumerate(lists)
        for row in told.lines
    }
    known = [code[name] for name in offered.vacancy_id]
    free = np.array(
        [name not in lists[ix].fixed for ix, name in zip(offered.list_ix.tolist(), offered.vacancy_id, strict=True)],
        dtype=np.bool_,
    )
    pairs = set(zip(offered.list_ix.tolist(), known, strict=True))
    extra = [key for key in shown if key not in pairs]
    list_ix = np.r_[offered.list_ix[free], np.array([key[0] for key in extra], dtype=np.int64)]
    vacancy = np.r_[np.array(known, dtype=np.int64)[free], np.array([key[1] for key in extra], dtype=np.int64)]
    order = np.lexsort((vacancy, list_ix))
    rows = [shown.get(key) for key in zip(list_ix[order].tolist(), vacancy[order].tolist(), strict=True)]
    never = np.full(len(extra), -np.inf)
    p = np.array([shown[key][0].p_apply or 0.0 for key in extra])
    choices = Choices(
        list_ix=list_ix[order],
        slot=np.array([row[0].slot if row else 0 for row in rows], dtype=np.int64),
        propensity=np.array([row[0].propensity if row else 1.0 for row in rows]),
        applied=np.array([bool(row and row[1]) for row in rows], dtype=np.bool_),
        q=np.r_[offered.q[free], p][order],
        homes=_numbers([told.household_id for told in lists]),
    )
    return choices, np.r_[offered.new[free], never][order], np.r_[offered.in_use[free], never][order]


def _applied(log: EventLog) -> set[tuple[str, str]]:
    """(list, vacancy) of applications within the week."""
    shown = {(row.list_id, row.vacancy_id): row.ts for row in log.impressions}
    return {
        key
        for row in log.reactions
        if row.kind == "apply"
        and (key := (row.list_id, row.vacancy_id)) in shown
        and shown[key] <= row.ts <= shown[key] + APPLY_WITHIN
    }


def _codes(names: Iterable[str]) -> Mapping[str, int]:
    return {name: ix for ix, name in enumerate(sorted(set(names)))}


def _numbers(names: Sequence[str]) -> Index:
    known = _codes(names)
    return np.array([known[name] for name in names], dtype=np.int64)
