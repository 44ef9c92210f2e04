"""The card a county starts with says nothing that is untrue of a pair."""

from __future__ import annotations

from matcher.features import BY_NAME, VOCABULARY
from matcher.scoring import STAGES, hand_card, load_model

# Cells that only a refused pair has: a limit was missed, and that can be no merit in any stage.
REFUSED = (("education", "below"), ("travel_margin", "outside"))


def test_what_refuses_a_pair_never_speaks_for_it():
    model = load_model(hand_card(), VOCABULARY)
    for term, cell in REFUSED:
        at = [known.name for known in BY_NAME[term].cells].index(cell)
        for stage in STAGES:
            tables = model.stages[stage].tables
            if term in tables:
                assert tables[term][at] <= 0, (stage, term, cell)
    assert {term for term, _ in REFUSED} <= {term for stage in STAGES for term in model.stages[stage].tables}
