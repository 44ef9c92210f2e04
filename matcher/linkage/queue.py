"""What two ledgers came to: every pair in its class, and those somebody has to look at, worst consequence first."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from enum import IntEnum, StrEnum

import msgspec

from matcher.linkage.entries import Entry, Form
from matcher.linkage.evidence import name_level
from matcher.linkage.matching import Linkage, Pairing, Sureness
from matcher.linkage.numbers import NumberLevel, number_level
from matcher.linkage.weights import Consequence, Weights


class PairClass(StrEnum):
    """What became of a pair, in the order in which one is said for several."""

    NEEDS_PERSON = "needs_person"
    STATUS_DIFFERS = "status_differs"
    TYPO = "typo"
    AGREE = "agree"


class Rank(IntEnum):
    """What hangs on a pair, worst first."""

    MONEY = 0
    BASELINE = 1
    REST = 2


class Found(msgspec.Struct, frozen=True):
    """A pair as it is told.

    differs : fields that both rows state, not alike; slips : whether `number` and `name` are written otherwise
    """

    pair: Pairing
    kind: PairClass
    rank: Rank
    differs: tuple[str, ...] = ()
    slips: tuple[str, ...] = ()


def classed(
    left: Sequence[Entry],
    right: Sequence[Entry],
    linkage: Linkage,
    weights: Weights,
    at_odds: Container[tuple[int, int]],
) -> tuple[Found, ...]:
    """Every pair with its class, by left row. at_odds : index pairs whose records are not alike, as the rule has it."""
    return tuple(
        _found(left[pair.left], right[pair.right], pair, weights, differ=(pair.left, pair.right) in at_odds)
        for pair in linkage.pairs
    )


def queue_of(found: Sequence[Found]) -> tuple[Found, ...]:
    """Whatever does not simply agree: money first, then what the baseline counts, then the rest.

    Within a rank people to be recognised stand before facts that differ, and these before slips of the pen; then the
    pair with the most fields at odds, then the order of the left ledger.
    """
    order = list(PairClass)
    asked = [one for one in found if one.kind is not PairClass.AGREE]
    return tuple(sorted(asked, key=lambda one: (one.rank, order.index(one.kind), -len(one.differs), one.pair.left)))


def rank_of(fields: Sequence[str], consequence: Consequence) -> Rank:
    """The worst of what hangs on the fields."""
    if any(field in consequence.money for field in fields):
        return Rank.MONEY
    return Rank.BASELINE if any(field in consequence.baseline for field in fields) else Rank.REST


def stated_by_both(left: Entry, right: Entry) -> tuple[dict[str, str], dict[str, str]]:
    """What each row states of the fields both state: a field one office does not keep is no difference."""
    both = sorted(left.facts.keys() & right.facts.keys())
    return {field: left.facts[field] for field in both}, {field: right.facts[field] for field in both}


def _found(left: Entry, right: Entry, pair: Pairing, weights: Weights, *, differ: bool) -> Found:
    differs = _differs(*stated_by_both(left, right)) if differ else ()
    slips = _slips(left, right)
    if pair.verdict is Sureness.ASK:
        # Whatever either office knows about the person would be moved by a wrong answer.
        stated = sorted(set(left.facts) | set(right.facts))
        return Found(pair, PairClass.NEEDS_PERSON, rank_of(stated, weights.consequence), differs, slips)
    kind = PairClass.STATUS_DIFFERS if differs else PairClass.TYPO if slips else PairClass.AGREE
    return Found(pair, kind, rank_of(differs, weights.consequence), differs, slips)


def _differs(left: Mapping[str, str], right: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(field for field in left if left[field] != right[field])


def _slips(left: Entry, right: Entry) -> tuple[str, ...]:
    number = number_level(left, right)
    broken = Form.BROKEN in (left.form, right.form)
    found = ["number"] if number is not NumberLevel.SAME or broken else []
    return tuple(found + (["name"] if name_level(left, right) not in ("same", "missing") else []))
