"""Whether officers judge by themselves: of one pair in so many the score is hidden until the pair is answered.

How often the first answers agree with the score is told apart for hidden and shown ones: who agrees far oftener where
the score is seen follows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matcher.linkage import Answer, Decision, PairState, fold_pair, weights
from matcher.records.deeds import Deed
from matcher.services.reconcile.lines import Line


def hidden_places(run_id: str, n: int) -> frozenset[int]:
    """Places of a queue of `n` pairs whose score is hidden: every so manieth; the files themselves choose the first."""
    one_in = weights().hidden_one_in
    return frozenset(range(int(run_id.removeprefix("r-"), 16) % one_in, n, one_in))


def is_hidden(line: Line, state: PairState) -> bool:
    """Whether the score of a pair is not to be seen yet: nobody has ever said who these very rows are."""
    return line.hidden and _first(line, state) is None


def agreement(lines: Sequence[Line], deeds: Mapping[str, Sequence[Deed]]) -> dict[str, Any]:
    """Of answered pairs how many there are and how many agree with the score, {n, n_agree} under hidden and shown.

    Counted is the first answer to each, taken back or not: later ones were given with the score in sight. A score
    above 0 says one person, it is ten times the logarithm of the odds.
    """
    told: dict[str, Any] = {name: {"n": 0, "n_agree": 0} for name in ("hidden", "shown")}
    for line in lines:
        first = _first(line, fold_pair(deeds.get(line.pair, ())))
        if first is None or line.points is None:
            continue
        row = told["hidden" if first.hidden else "shown"]
        row["n"] += 1
        row["n_agree"] += (first.answer is Answer.SAME) == (line.points > 0)
    return {**told, "one_in": weights().hidden_one_in}


def _first(line: Line, state: PairState) -> Decision | None:
    """The first word on who the rows are, as they stand; to ring up is none."""
    said = (one for one in state.history if one.answer is not Answer.PHONE and one.facts == line.facts)
    return next(said, None)
