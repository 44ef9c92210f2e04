"""Two ledgers compared: every pair told with its evidence, the queue in the order of what hangs on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from matcher.errors import Problem
from matcher.intake.values import wording_of
from matcher.linkage import (
    Cells,
    Entry,
    Evidence,
    Found,
    Linkage,
    PairClass,
    Rank,
    Scale,
    Weights,
    checked_one_by_one,
    classed,
    doubles,
    evidence_of,
    link,
    looks_like_village,
    queue_of,
    stated_by_both,
)
from matcher.policy import PackSet
from matcher.privacy import own_words_for, without_numbers
from matcher.records.access import Role
from matcher.services.reconcile.ledgers import Ledger

_JSON: Final = msgspec.json.Encoder()
CLASS_LABELS: Final = {
    PairClass.AGREE: "两家一致",
    PairClass.TYPO: "同一人，写法有误",
    PairClass.STATUS_DIFFERS: "同一人，情况不一致",
    PairClass.NEEDS_PERSON: "要人来认",
}
_FLAGS: Final = {"true": "是", "false": "否"}
RANK_LABELS: Final = {Rank.MONEY: "关系到钱", Rank.BASELINE: "关系到去年比较", Rank.REST: "其余"}


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One row as it stands in its file. facts : field -> value as read."""

    row: int
    sheet: str
    cells: Cells
    facts: Mapping[str, str]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A pair as it is shown and kept.

    left_ix, right_ix : places among the entries; rank : what hangs on it; differs : fields at odds; slips : number,
    name; evidence : the waterfall, its points add up to `points`; rival : how far the next best partner stays behind
    """

    left_ix: int
    right_ix: int
    kind: PairClass
    rank: Rank
    points: int
    rival: int | None
    differs: tuple[str, ...]
    slips: tuple[str, ...]
    left: Side
    right: Side
    evidence: tuple[Evidence, ...]


class DoubleRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who stands twice in one ledger."""

    side: str
    points: int
    earlier: Side
    later: Side


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What two ledgers came to. left_only, right_only : rows one office alone holds, by index."""

    left: Ledger
    right: Ledger
    found: tuple[Found, ...]
    left_only: tuple[int, ...]
    right_only: tuple[int, ...]
    queue: tuple[Told, ...]
    doubles: tuple[DoubleRow, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Rows, pairs of each class and rows without a partner: classes and one-sided rows come to the rows."""
        kinds = Counter(one.kind for one in self.found)
        return {
            "left_rows": len(self.left.entries),
            "right_rows": len(self.right.entries),
            **{kind.value: kinds[kind] for kind in reversed(PairClass)},
            "left_only": len(self.left_only),
            "right_only": len(self.right_only),
            "doubles": len(self.doubles),
        }

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is to be said about both files."""
        return self.left.problems + self.right.problems

    @property
    def labels(self) -> dict[str, str]:
        """Field -> what it is called on paper."""
        return {**self.right.labels, **self.left.labels}


def compare(
    left: Ledger,
    right: Ledger,
    weights: Weights,
    packs: PackSet,
    *,
    together: Collection[tuple[int, int]] = (),
    apart: frozenset[tuple[int, int]] = frozenset(),
) -> Comparison:
    """Pair two ledgers; together, apart : index pairs that were decided before and still hold.

    Whose records are looked at one by one is the document's to say (MC_RECONCILE, masked county 四(八)).
    """
    linkage = link(left.entries, right.entries, weights, together=together, apart=apart)
    at_odds = _at_odds(left, right, linkage, packs)
    found = classed(left.entries, right.entries, linkage, weights, at_odds.pairs)
    queue = tuple(_told(one, left, right, linkage.scale, weights) for one in queue_of(found))
    twice = (
        *_twice("left", left, linkage.scale, weights, at_odds.left_only),
        *_twice("right", right, linkage.scale, weights, at_odds.right_only),
    )
    return Comparison(
        left=left,
        right=right,
        found=found,
        left_only=at_odds.left_only,
        right_only=at_odds.right_only,
        queue=queue,
        doubles=twice,
    )


class _AtOdds(NamedTuple):
    """What the rule names of two ledgers: pairs that differ, and rows of one office alone; by index."""

    pairs: frozenset[tuple[int, int]]
    left_only: tuple[int, ...]
    right_only: tuple[int, ...]


def _at_odds(left: Ledger, right: Ledger, linkage: Linkage, packs: PackSet) -> _AtOdds:
    """Ask the rule, each person under one key; of a pair what both offices state, whole."""
    ours = {f"{a}-": "" for a in linkage.left_only}
    theirs = {f"-{b}": "" for b in linkage.right_only}
    for pair in linkage.pairs:
        key = f"{pair.left}-{pair.right}"
        stated = stated_by_both(left.entries[pair.left], right.entries[pair.right])
        ours[key], theirs[key] = (_JSON.encode(one).decode() for one in stated)
    named = checked_one_by_one(ours, theirs, packs)
    return _AtOdds(
        frozenset((p.left, p.right) for p in linkage.pairs if f"{p.left}-{p.right}" in named),
        tuple(a for a in linkage.left_only if f"{a}-" in named),
        tuple(b for b in linkage.right_only if f"-{b}" in named),
    )


def side_of(ledger: Ledger, ix: int) -> Side:
    """A row as it stands in its file."""
    entry = ledger.entries[ix]
    return Side(row=entry.row, sheet=entry.sheet, cells=ledger.cells[ix], facts=entry.facts)


def _told(one: Found, left: Ledger, right: Ledger, scale: Scale, weights: Weights) -> Told:
    pair = one.pair
    ours, theirs = left.entries[pair.left], right.entries[pair.right]
    return Told(
        left_ix=pair.left,
        right_ix=pair.right,
        kind=one.kind,
        rank=one.rank,
        points=pair.points,
        rival=pair.rival,
        differs=one.differs,
        slips=one.slips,
        left=side_of(left, pair.left),
        right=side_of(right, pair.right),
        evidence=evidence_of(ours, theirs, scale, weights),
    )


def _twice(side: str, ledger: Ledger, scale: Scale, weights: Weights, suspects: Sequence[int]) -> tuple[DoubleRow, ...]:
    entries: tuple[Entry, ...] = ledger.entries
    return tuple(
        DoubleRow(side=side, points=points, earlier=side_of(ledger, a), later=side_of(ledger, b))
        for a, b, points in doubles(entries, scale, weights, suspects)
    )


def told_row(told: Told, labels: Mapping[str, str]) -> dict[str, Any]:
    """A pair of the queue as a JSON object, whole."""
    return {
        "class": told.kind.value,
        "consequence": told.rank.name.lower(),
        "left_row": told.left.row,
        "right_row": told.right.row,
        "points": told.points,
        "rival": told.rival,
        "left": told_side(told.left),
        "right": told_side(told.right),
        "slips": list(told.slips),
        "differs": [
            {
                "field": field,
                "label": labels.get(field, field),
                "left": told.left.facts.get(field, ""),
                "right": told.right.facts.get(field, ""),
            }
            for field in told.differs
        ],
        "evidence": [msgspec.to_builtins(line) for line in told.evidence],
    }


def told_side(side: Side) -> dict[str, Any]:
    """A row as a JSON object: where it stands, and the words of its cells."""
    cells = side.cells
    return {
        "row": side.row,
        "sheet": side.sheet,
        "name": cells.name,
        "id_number": cells.number,
        "birth_date": cells.born,
        "phone": cells.phone,
        "village": cells.village,
        "facts": dict(side.facts),
    }


def village_for(role: Role, side: Side) -> str:
    """The village of a row as a reader may see it: where a village stands for the name, the name stands in its cell."""
    words = without_numbers(side.cells.village)
    return own_words_for(role, words) if looks_like_village(side.cells.name) or not side.cells.name else words


def worded(field: str, text: str) -> str:
    """What a known column says in words for people, not as the code it is compared by: 已就业, 是, 缝纫、电工."""
    if text.startswith("["):
        return "、".join(worded(field, one) for one in msgspec.json.decode(text, type=list[str]))
    return _FLAGS.get(text) or wording_of(field, field, text)


def differs_words(told: Told, labels: Mapping[str, str]) -> str:
    """The facts at odds, what each ledger says of them; a column no import knows in its own words."""

    def of(side: Side, field: str) -> str:
        return worded(field, side.facts[field]) if field in labels else side.facts[field]

    return "；".join(
        f"{labels.get(field, field)}：{of(told.left, field)} / {of(told.right, field)}" for field in told.differs
    )
