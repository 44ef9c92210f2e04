"""The compiled loops of `often`: of each who asks the rows that are chosen. This module imports numba.

Rows are not pruned here by bounds, as `loops` does: a choice of dozens leaves few runs of rows out. What a bundle lets
through is told as one bit a row, once for all who have the same codes in it; whoever asks joins the bits of her
bundles and looks at those rows alone that may be offered for certain.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from matcher.kernels.layout import N_STAGES, SUM_MASK
from matcher.kernels.loop_parts import HIRE_AT, KEEP_AT, NOBODY, SUMS, UNKNOWN_ONE, Int, tie_of, worth
from matcher.kernels.views import (
    ASKER_KEY,
    BASE,
    FACTOR,
    KEY,
    OWN,
    WAITING,
    AskersView,
    Codes,
    Ints,
    RankingView,
    ShelfView,
    Sieve,
    Told,
    WantedView,
)
from matcher.machine_code import compiled, lent

WORD: Final = 64
LOWEST_AT: Final = np.zeros(67, dtype=np.int64)
LOWEST_AT[[pow(2, bit, 67) for bit in range(WORD)]] = range(WORD)
"""Position of a bit by the remainder of its power of two: they all differ."""
N_LEVELS: Final = 3
SLOT_BITS: Final = 32
SLOTS: Final = (1 << SLOT_BITS) - 1


class Scratch(NamedTuple):
    """What one thread writes down, a place for each row of the shelf.

    at, told, scores : rows that may be offered, their cells and scores; kept : of each of these whether it is chosen
    keys, left : what is compared, and those that are not decided yet
    held, barred : of each row of the shelf the last turn that holds it, or may not have it
    best, room : the foremost of each kind that are not among the best of all, and how many of each are wanted
    """

    at: Ints
    told: Ints
    scores: Ints
    kept: Any
    keys: Ints
    left: Ints
    held: Ints
    barred: Ints
    best: Ints
    room: Ints


@compiled
def _scratch(n_rows: int, n_kinds: int, each: int) -> Scratch:
    return Scratch(
        np.empty(n_rows, dtype=np.int64),
        np.empty(n_rows, dtype=np.int64),
        np.empty(n_rows, dtype=np.int64),
        np.empty(n_rows, dtype=np.uint8),
        np.empty(n_rows, dtype=np.int64),
        np.empty(n_rows, dtype=np.int64),
        np.full(n_rows, NOBODY, dtype=np.int64),
        np.full(n_rows, NOBODY, dtype=np.int64),
        np.empty((n_kinds, max(each, 1)), dtype=np.int64),
        np.empty(n_kinds, dtype=np.int64),
    )


@compiled
def sift(lets: Any, codes: Codes, bits: Any) -> None:
    """Write the rows of those tuples that each line lets through, as bits. lets : of each line and tuple, uint8

    codes : tuple of each row; bits : uint64, of each line and WORD rows
    """
    for line in range(lets.shape[0]):
        through = lets[line]
        for word in range(bits.shape[1]):
            told, first = np.uint64(0), word * WORD
            for bit in range(min(WORD, codes.size - first)):
                told |= np.uint64(through[codes[first + bit]]) << np.uint64(bit)
            bits[line, word] = told


@compiled
def _offered(shelf: ShelfView, told: Told, sieve: Sieve, nth: int, own: Int, scratch: Scratch) -> Int:
    """Write the rows that may be offered for certain in their order, and their cells; returns how many."""
    n_bundles, n_lines, n = told.kinds_at.size - 1, 0, np.int64(0)
    lines, starts = np.empty(n_bundles, dtype=np.int64), np.empty(n_bundles, dtype=np.int64)
    for bundle in range(n_bundles):
        starts[bundle] = told.cells_at[nth, bundle]
        line = sieve.of[told.kinds_at[bundle] + told.kinds[nth, bundle]]
        if line != NOBODY:
            lines[n_lines] = line
            n_lines += 1
    bits, cells, codes, base, rows, sums = (
        sieve.bits,
        told.cells,
        shelf.codes,
        shelf.rows[BASE],
        scratch.at,
        scratch.told,
    )
    for word in range(bits.shape[1]):
        through = sieve.all_rows[word]
        for ix in range(n_lines):
            through &= bits[lines[ix], word]
        while through:
            lowest = through & (~through + np.uint64(1))
            through ^= lowest
            row = word * WORD + LOWEST_AT[lowest % np.uint64(67)]
            cell = own + base[row]
            for bundle in range(n_bundles):
                cell += cells[starts[bundle] + codes[row, bundle]]
            rows[n], sums[n] = row, cell
            n += 1
    return n


@compiled
def _unbarred(n: int, nth: int, scratch: Scratch) -> Int:
    """Leave out of n rows those that are barred; returns how many are left."""
    rows, sums, barred, n_left = scratch.at, scratch.told, scratch.barred, np.int64(0)
    for slot in range(n):
        rows[n_left], sums[n_left] = rows[slot], sums[slot]
        n_left += barred[rows[slot]] != nth
    return n_left


@lent
def _score(shelf: ShelfView, rules: RankingView, factor: Int, n: int, scratch: Scratch) -> None:
    """Write the scores of n rows."""
    rows, sums, scores, table = scratch.at, scratch.told, scratch.scores, shelf.rows
    order = rules.chosen[0]
    for slot in range(n):
        _, scores[slot], _ = worth(sums[slot], factor, table, rows[slot], order, rules, False)


@compiled
def _nth_smallest(keys: Ints, nth: Int) -> Int:
    """The nth smallest key, 0 for the smallest; keys are moved. Hoare's selection."""
    low, high = np.int64(0), np.int64(keys.size - 1)
    while low < high:
        a, b, c = keys[low], keys[(low + high) >> 1], keys[high]
        pivot = max(min(a, b), min(max(a, b), c))
        left, right = low, high
        while left <= right:
            while keys[left] < pivot:
                left += 1
            while keys[right] > pivot:
                right -= 1
            if left <= right:
                keys[left], keys[right] = keys[right], keys[left]
                left += 1
                right -= 1
        if nth <= right:
            high = right
        elif nth >= left:
            low = left
        else:
            return keys[nth]
    return keys[low]


@compiled
def _last_of(slot: Int, level: int, shelf: ShelfView, key: Any, scratch: Scratch) -> Int:
    """What is compared of equal scores, larger first: waiting days, then the tie."""
    row = scratch.at[slot]
    if level == 1:
        return shelf.rows[WAITING, row]
    return np.int64(~tie_of(key, np.uint64(shelf.rows[KEY, row])) ^ np.uint64(1 << 63))


@compiled
def _keep_best(shelf: ShelfView, key: Any, n: Int, top: Int, scratch: Scratch) -> None:
    """Mark the first `top` of n that may be offered as chosen, the others as not."""
    room, n_left, left, kept, keys, scores = top, np.int64(n), scratch.left, scratch.kept, scratch.keys, scratch.scores
    for slot in range(n):
        left[slot], kept[slot] = slot, n <= top
    for level in range(N_LEVELS if n > top else 0):
        if n_left <= room:
            break
        for ix in range(n_left):
            keys[ix] = scores[left[ix]] if level == 0 else _last_of(left[ix], level, shelf, key, scratch)
        last, n_tied = _nth_smallest(keys[:n_left], n_left - room), np.int64(0)
        for ix in range(n_left):
            slot = left[ix]
            told = scores[slot] if level == 0 else _last_of(slot, level, shelf, key, scratch)
            kept[slot] = told > last
            room -= told > last
            left[n_tied] = slot
            n_tied += told == last
        n_left = n_tied
    for ix in range(min(n_left, room)):
        kept[left[ix]] = 1


@compiled
def _is_before(slot: Int, other: Int, shelf: ShelfView, key: Any, scratch: Scratch) -> Any:
    """Whether one of two equal scores is listed before the other."""
    a, b = _last_of(slot, 1, shelf, key, scratch), _last_of(other, 1, shelf, key, scratch)
    if a != b:
        return a > b
    return _last_of(slot, 2, shelf, key, scratch) > _last_of(other, 2, shelf, key, scratch)


@compiled
def _keep_each(shelf: ShelfView, wanted: WantedView, key: Any, n: int, scratch: Scratch) -> None:
    """Mark the first of each kind as chosen as well: those among the best of all are its first."""
    kept, room, best, scores, rows, kinds = (
        scratch.kept,
        scratch.room,
        scratch.best,
        scratch.scores,
        scratch.at,
        wanted.kinds,
    )
    room[:] = wanted.each
    for slot in range(n):
        room[kinds[rows[slot]]] -= kept[slot]
    n_of = np.zeros(room.size, dtype=np.int64)
    for slot in range(n):
        kind = kinds[rows[slot]]
        if kept[slot] or room[kind] <= 0:
            continue
        score, place = scores[slot], n_of[kind]
        while place > 0:
            other = best[kind, place - 1]
            if score < scores[other] or (score == scores[other] and not _is_before(slot, other, shelf, key, scratch)):
                break
            if place < room[kind]:
                best[kind, place] = other
            place -= 1
        if place < room[kind]:
            best[kind, place] = slot
            n_of[kind] = min(n_of[kind] + 1, room[kind])
    for kind in range(room.size):
        for place in range(n_of[kind]):
            kept[best[kind, place]] = 1


@compiled
def _write(
    rules: RankingView, wanted: WantedView, nth: int, n: int, scratch: Scratch, first: Int, at: Codes, chances: Any
) -> Int:
    """Write the rows that are chosen or held, by rank, from `first` on, with their probabilities; returns how many."""
    n_kept, keys, apply, hire, keep = np.int64(0), scratch.keys, rules.apply, rules.hire, rules.keep
    rows, sums, kept, held, rank = scratch.at, scratch.told, scratch.kept, scratch.held, wanted.rank
    for slot in range(n):
        row = rows[slot]
        keys[n_kept] = (rank[row] << SLOT_BITS) | slot
        n_kept += (kept[slot] != 0) | (held[row] == nth)
    keys[:n_kept].sort()
    for ix in range(n_kept):
        slot = keys[ix] & SLOTS
        at[first + ix], cell = rows[slot], sums[slot] & SUMS
        chances[0, first + ix] = apply[cell & SUM_MASK]
        chances[1, first + ix] = hire[(cell >> HIRE_AT) & SUM_MASK]
        chances[2, first + ix] = keep[(cell >> KEEP_AT) & SUM_MASK]
    return n_kept


@compiled
def _mark(starts: Ints, rows: Codes, line: int, nth: int, marks: Ints) -> Any:
    """Write the turn beside each row named of somebody; returns whether there is one."""
    if not starts.size:
        return False
    for at in range(starts[line], starts[line + 1]):
        marks[rows[at]] = nth
    return starts[line] < starts[line + 1]


@compiled
def _room(told: Told, nths: Ints, wanted: WantedView, n_rows: Int) -> Int:
    """How many rows may be chosen at most."""
    size = np.int64(0)
    for nth in nths:
        line, n = told.turns[nth], np.int64(wanted.top + wanted.each * wanted.n_kinds)
        if wanted.held_at.size:
            n += wanted.held_at[line + 1] - wanted.held_at[line]
        size += min(n, n_rows)
    return size


@compiled
def chosen(
    askers: AskersView, shelf: ShelfView, rules: RankingView, told: Told, sieve: Sieve, wanted: WantedView, nths: Ints
) -> tuple[Ints, Codes, Any]:
    """How many rows are chosen in some of the turns, NOBODY where none may be offered at all; these rows, one turn
    after the other; and their probabilities, shape (3, n).
    """
    n_rows = shelf.rows.shape[1]
    scratch, size = _scratch(n_rows, wanted.n_kinds, wanted.each), _room(told, nths, wanted, n_rows)
    n_of, at, chances = np.full(nths.size, NOBODY), np.empty(size, np.int32), np.empty((N_STAGES, size), np.int16)
    end = np.int64(0)
    for ix in range(nths.size):
        nth = nths[ix]
        line = told.turns[nth]
        own, key = askers.ones[line, OWN], np.uint64(askers.ones[line, ASKER_KEY])
        if own >= UNKNOWN_ONE:
            continue
        n = _offered(shelf, told, sieve, nth, own, scratch)
        if not n:
            continue
        if _mark(wanted.barred_at, wanted.barred, line, nth, scratch.barred):
            n = _unbarred(n, nth, scratch)
        _mark(wanted.held_at, wanted.held, line, nth, scratch.held)
        _score(shelf, rules, askers.ones[line, FACTOR], n, scratch)
        _keep_best(shelf, key, n, wanted.top, scratch)
        if wanted.each:
            _keep_each(shelf, wanted, key, n, scratch)
        n_of[ix] = _write(rules, wanted, nth, n, scratch, end, at, chances)
        end += n_of[ix]
    return n_of, at[:end].copy(), chances[:, :end].copy()


@compiled
def placed(n_of: Ints, at: Codes, chances: Any, starts: Ints, all_at: Codes, all_chances: Any) -> None:
    """Copy what some turns chose to where it stands among all; starts : of each of the turns there."""
    first = np.int64(0)
    for ix in range(n_of.size):
        for nth in range(max(n_of[ix], 0)):
            all_at[starts[ix] + nth] = at[first + nth]
            for stage in range(N_STAGES):
                all_chances[stage, starts[ix] + nth] = chances[stage, first + nth]
        first += max(n_of[ix], 0)
