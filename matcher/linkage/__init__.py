"""One person in two ledgers: number first, then weighed evidence; every pair with what speaks for it and against it.

`entry_of` tidies a row, `link` pairs two ledgers, `doubles` finds who stands twice in one, `evidence_of` tells a pair
line by line. Pure: no files, no clock; the same rows give the same answer in whatever order they stand.
"""

from matcher.linkage.blocking import Blocks, pairs_in_reach
from matcher.linkage.decisions import (
    ANSWERED,
    UNDONE,
    Answer,
    Decision,
    PairState,
    Truth,
    decided,
    fold_pair,
    settled,
    to_ring_up,
)
from matcher.linkage.doubles import doubles
from matcher.linkage.duties import checked_one_by_one, duties, push_interval
from matcher.linkage.entries import Cells, Entry, Form, Slip, entry_of, looks_like_village, shape_of
from matcher.linkage.evidence import Evidence, Scale, evidence_of, scale_of, total
from matcher.linkage.matching import Linkage, Pairing, Sureness, link, names_alike
from matcher.linkage.queue import Found, PairClass, Rank, classed, queue_of, stated_by_both
from matcher.linkage.weights import Weights, weights

__all__ = [
    "ANSWERED",
    "UNDONE",
    "Answer",
    "Blocks",
    "Cells",
    "Decision",
    "Entry",
    "Evidence",
    "Form",
    "Found",
    "Linkage",
    "PairClass",
    "PairState",
    "Pairing",
    "Rank",
    "Scale",
    "Slip",
    "Sureness",
    "Truth",
    "Weights",
    "checked_one_by_one",
    "classed",
    "decided",
    "doubles",
    "duties",
    "entry_of",
    "evidence_of",
    "fold_pair",
    "link",
    "looks_like_village",
    "names_alike",
    "pairs_in_reach",
    "push_interval",
    "queue_of",
    "scale_of",
    "settled",
    "shape_of",
    "stated_by_both",
    "to_ring_up",
    "total",
    "weights",
]
