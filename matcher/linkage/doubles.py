"""Who stands twice in one ledger: under one number, or under evidence as strong as between two ledgers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from matcher.linkage.blocking import pairs_in_reach
from matcher.linkage.entries import Entry, Form
from matcher.linkage.evidence import Scale, evidence_of, name_level, total
from matcher.linkage.matching import NAMES_ALIKE
from matcher.linkage.weights import Weights

Double = tuple[int, int, int]
"""Index of the earlier row, of the later one, points."""


def doubles(entries: Sequence[Entry], scale: Scale, weights: Weights, suspects: Iterable[int]) -> tuple[Double, ...]:
    """Pairs of rows of one person, in order; rows of one number always, the `suspects` also by evidence.

    suspects : rows that found no partner in the other ledger, or all rows of a single list
    """
    found = dict(_one_number(entries, scale, weights))
    blocks = pairs_in_reach(
        entries, entries, (sorted(set(suspects)), range(len(entries))), frozenset(), weights.verdict.largest_block
    )
    for a, b in blocks.pairs:
        pair = (min(a, b), max(a, b))
        if a == b or pair in found or name_level(entries[a], entries[b]) not in NAMES_ALIKE:
            continue
        points = total(evidence_of(entries[pair[0]], entries[pair[1]], scale, weights))
        if points >= weights.verdict.same:
            found[pair] = points
    return tuple((a, b, found[a, b]) for a, b in sorted(found))


def _one_number(entries: Sequence[Entry], scale: Scale, weights: Weights) -> Iterable[tuple[tuple[int, int], int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for ix, entry in enumerate(entries):
        if entry.form in (Form.RIGHT, Form.OLD):
            rows[entry.number].append(ix)
    for same in rows.values():
        for later in same[1:]:
            yield (same[0], later), total(evidence_of(entries[same[0]], entries[later], scale, weights))
