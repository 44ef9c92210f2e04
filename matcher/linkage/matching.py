"""Two ledgers paired: numbers first, then evidence, each row in one pair at most, the surest pairs first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from matcher.linkage.blocking import pairs_in_reach
from matcher.linkage.entries import Entry, Form
from matcher.linkage.evidence import Scale, evidence_of, name_level, scale_of, total
from matcher.linkage.villages import moved_villages
from matcher.linkage.weights import Weights

NAMES_ALIKE = frozenset({"same", "sound", "one_character", "missing"})


def names_alike(left: Entry, right: Entry) -> bool:
    """Whether two rows may be one person by their names: alike, alike in sound, one character off, or one unnamed."""
    return name_level(left, right) in NAMES_ALIKE


class Sureness(StrEnum):
    """One person, or somebody has to look."""

    SAME = "same"
    ASK = "ask"


class Pairing(msgspec.Struct, frozen=True):
    """Two rows: indices into the lists, points, verdict; `rival` is how far the next best partner stays behind."""

    left: int
    right: int
    points: int
    verdict: Sureness
    rival: int | None = None


class Linkage(msgspec.Struct, frozen=True):
    """Pairs by left index; rows without a partner; what rarities the points rest on."""

    pairs: tuple[Pairing, ...]
    left_only: tuple[int, ...]
    right_only: tuple[int, ...]
    scale: Scale
    n_weighed: int
    n_too_large: int


def link(
    left: Sequence[Entry],
    right: Sequence[Entry],
    weights: Weights,
    *,
    together: Collection[tuple[int, int]] = (),
    apart: frozenset[tuple[int, int]] = frozenset(),
) -> Linkage:
    """Pair two ledgers; together, apart : pairs somebody has said are one person, or two.

    A number that stands once in each list, under names that are alike, settles a pair; every other row is weighed.
    """
    settled = _settled(together, [pair for pair in _by_number(left, right) if pair not in apart])
    scale = scale_of(left, right)
    moved = moved_villages(((left[a], right[b]) for a, b in sorted(settled)), weights.village)
    scale = msgspec.structs.replace(scale, moved=moved)
    open_left = sorted(set(range(len(left))) - {a for a, _ in settled})
    open_right = sorted(set(range(len(right))) - {b for _, b in settled})
    blocks = pairs_in_reach(left, right, (open_left, open_right), moved, weights.verdict.largest_block)
    same_number = _sharing_number(left, right, open_left, open_right)
    weighed = {
        pair: total(evidence_of(left[pair[0]], right[pair[1]], scale, weights))
        for pair in sorted({*blocks.pairs, *same_number} - apart)
    }
    certain = [
        Pairing(a, b, total(evidence_of(left[a], right[b], scale, weights)), Sureness.SAME) for a, b in sorted(settled)
    ]
    chosen = _one_to_one(left, right, weighed, weights)
    pairs = tuple(sorted([*certain, *chosen], key=lambda pair: pair.left))
    return Linkage(
        pairs=pairs,
        left_only=tuple(sorted(set(open_left) - {pair.left for pair in chosen})),
        right_only=tuple(sorted(set(open_right) - {pair.right for pair in chosen})),
        scale=scale,
        n_weighed=len(weighed),
        n_too_large=blocks.n_too_large,
    )


def _settled(said: Iterable[tuple[int, int]], by_number: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """What was said first, then what the numbers say of rows nothing was said of; no row stands in two pairs."""
    kept: set[tuple[int, int]] = set()
    taken: tuple[set[int], set[int]] = (set(), set())
    for a, b in (*sorted(said), *by_number):
        if a not in taken[0] and b not in taken[1]:
            kept.add((a, b))
            taken[0].add(a)
            taken[1].add(b)
    return kept


def _by_number(left: Sequence[Entry], right: Sequence[Entry]) -> list[tuple[int, int]]:
    ours, theirs = _rows_of_numbers(left), _rows_of_numbers(right)
    return [
        (rows[0], theirs[number][0])
        for number, rows in ours.items()
        if len(rows) == 1
        and len(theirs.get(number, ())) == 1
        and name_level(left[rows[0]], right[theirs[number][0]]) in NAMES_ALIKE
    ]


def _rows_of_numbers(entries: Sequence[Entry]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for ix, entry in enumerate(entries):
        if entry.form in (Form.RIGHT, Form.OLD):
            rows[entry.number].append(ix)
    return rows


def _sharing_number(
    left: Sequence[Entry], right: Sequence[Entry], open_left: Sequence[int], open_right: Sequence[int]
) -> list[tuple[int, int]]:
    """Open rows with one number: stated several times, or under names that do not agree."""
    theirs: dict[str, list[int]] = defaultdict(list)
    for ix in open_right:
        if right[ix].form is not Form.MASKED and right[ix].number:
            theirs[right[ix].number].append(ix)
    return [(a, b) for a in open_left if left[a].number for b in theirs.get(left[a].number, ())]


def _one_to_one(
    left: Sequence[Entry], right: Sequence[Entry], weighed: Mapping[tuple[int, int], int], weights: Weights
) -> list[Pairing]:
    """The best pair first, then the best of what is left; equal points in the order of the rows."""
    limits = weights.verdict
    ranked = sorted((-points, pair) for pair, points in weighed.items() if points >= limits.ask)
    taken: tuple[set[int], set[int]] = (set(), set())
    picked: list[tuple[int, int, int]] = []
    for minus, (a, b) in ranked:
        if a not in taken[0] and b not in taken[1]:
            taken[0].add(a)
            taken[1].add(b)
            picked.append((a, b, -minus))
    chosen = {(a, b) for a, b, _ in picked}
    rivals: dict[tuple[str, int], list[tuple[int, tuple[int, int]]]] = defaultdict(list)
    worth = {row: points for a, b, points in picked for row in (("left", a), ("right", b))}
    for minus, (a, b) in ranked:
        if (a, b) not in chosen:
            rivals["left", a].append((-minus, (a, b)))
            rivals["right", b].append((-minus, (a, b)))
    return [_judged(left, right, pair, points, rivals, worth, weights) for *pair, points in picked]


def _judged(
    left: Sequence[Entry],
    right: Sequence[Entry],
    pair: Sequence[int],
    points: int,
    rivals: Mapping[tuple[str, int], list[tuple[int, tuple[int, int]]]],
    worth: Mapping[tuple[str, int], int],
    weights: Weights,
) -> Pairing:
    """A rival counts unless its other row has a partner it fits better by the margin."""
    a, b = pair
    limits = weights.verdict
    near = [
        points - other
        for row in (("left", a), ("right", b))
        for other, (x, y) in rivals.get(row, ())
        if worth.get(("right", y) if row[0] == "left" else ("left", x), other - limits.margin) < other + limits.margin
        and not _alias(left, right, (a, b), (x, y))
    ]
    rival = min(near, default=None)
    unsure = points < limits.same or (rival is not None and rival < limits.margin)
    odd_name = name_level(left[a], right[b]) not in NAMES_ALIKE
    return Pairing(a, b, points, Sureness.ASK if unsure or odd_name else Sureness.SAME, rival)


def _alias(left: Sequence[Entry], right: Sequence[Entry], pair: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether a rival row is the same person once more: then which of the two is paired does no harm."""
    (a, b), (x, y) = pair, other
    one, two = (right[b], right[y]) if a == x else (left[a], left[x])
    return bool(one.number) and one.number == two.number and name_level(one, two) in NAMES_ALIKE
