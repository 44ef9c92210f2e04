"""The shares of a pair's terms are those of the specification, however its terms come together."""

from __future__ import annotations

from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import features, scoring
from matcher.explanation import Contribution
from matcher.scoring import hand_card
from matcher.scoring.model import load_model
from matcher.scoring.shares import contributions
from matcher.services.rounds.term_shares import TermShares, plain, strongest, terms_of

MODEL = load_model(hand_card(), features.VOCABULARY)
SHARES = TermShares(MODEL)
TERMS = tuple(term.name for term in features.TERMS)
CELLS = {name: features.VOCABULARY[name] for name in TERMS}
VALUES = st.fixed_dictionaries(
    {name: st.integers(-1, 9000) if cells is None else st.integers(0, len(cells) - 1) for name, cells in CELLS.items()}
)


def said_plainly(values):
    """Every stage as the specification tells it."""
    stages = []
    for stage in scoring.STAGES:
        parts = {term: part for term, part in contributions(MODEL, stage, values).items() if part}
        intercept = MODEL.stages[stage].intercept
        stages.append(
            {
                "stage": stage,
                "intercept": intercept / scoring.SCALE,
                "contributions": [
                    msgspec.to_builtins(
                        Contribution(
                            term=term,
                            value=parts[term] / scoring.SCALE,
                            sentence=features.BY_NAME[term].say(values[term]),
                        )
                    )
                    for term in sorted(parts, key=lambda term: (-abs(parts[term]), term))
                ],
                "log_odds": (intercept + sum(parts.values())) / scoring.SCALE,
            }
        )
    return stages


@settings(max_examples=40, deadline=None)
@given(VALUES, st.permutations(TERMS), st.sets(st.integers(1, len(TERMS) - 1), max_size=4))
def test_pieces_tell_what_the_specification_tells(values, order, cuts):
    bounds = [0, *sorted(cuts), len(order)]
    groups = [tuple(order[a:b]) for a, b in pairwise(bounds)]
    (pieces,) = SHARES.pieces((group, [tuple(values[term] for term in group)]) for group in groups)
    whole, plainly = SHARES.of(values), said_plainly(values)
    assert bytes(SHARES.stages(pieces)) == bytes(SHARES.stages(whole)) == msgspec.json.encode(plainly)
    assert plain(SHARES.stages(pieces)) == plainly
    assert SHARES.log_odds(pieces) == tuple(round(stage["log_odds"] * scoring.SCALE) for stage in plainly)
    assert terms_of(pieces) == terms_of(whole)
    weighing = [term for term in terms_of(whole) if term.weighs]
    # `max` and `min` hand out the first of equals, which is the first of the vocabulary.
    assert strongest(pieces) == (max(weighing, key=lambda t: t.total), min(weighing, key=lambda t: t.total))


def test_a_piece_of_terms_that_no_model_knows_adds_nothing():
    ((piece,),) = SHARES.pieces([(("nobody's term",), [(3,)])])
    assert (piece.told, piece.odds) == ((), (0, 0, 0))
    assert strongest([piece]) == (None, None)


def test_whoever_changes_an_explanation_changes_nobody_elses():
    pieces = SHARES.of(dict.fromkeys(TERMS, 0))
    first = plain(SHARES.stages(pieces))
    first[0]["contributions"].clear()
    assert plain(SHARES.stages(pieces)) != first
