"""Counts of a list that was cut stay true: what is certain is said, the rest is "at least"."""

from __future__ import annotations

import pytest
from factories import worker

from matcher.records import Kind
from matcher.services.broker.order_people import Narrowing, people_of_order


class Roster:
    """As many workers as asked for, without identities."""

    def records(self, kind, *, ids):
        assert kind is Kind.WORKERS
        return [worker(worker_id) for worker_id in sorted(ids)]

    def identities(self, _ids):
        return {}


def told(verdicts: str, *, n_yes: int, n_unknown: int, n_below_floor: int = 0):
    """People of an answer whose list holds the verdicts given, y or u, best first."""
    items = [
        {
            "rank": rank, "worker_id": f"w{rank}", "verdict": "yes" if verdict == "y" else "unknown", "questions": [],
            "fit_band": 5, "sentence": "好", "drawback": "远", "tier": 0, "score": 1.0,
        }
        for rank, verdict in enumerate(verdicts, 1)
    ]  # fmt: skip
    listed = {
        "vacancy_id": "v", "order": "lexicographic_in_band", "n_yes": n_yes, "n_unknown": n_unknown,
        "n_below_floor": n_below_floor, "items": items,
    }  # fmt: skip
    return people_of_order(Roster(), {"decision_id": "d", "lists": [listed]}, Narrowing(top=2))


@pytest.mark.parametrize(
    ("verdicts", "counts", "expected"),
    [
        ("yyu", {"n_yes": 2, "n_unknown": 1}, (2, False, 1, 0)),
        ("yyu", {"n_yes": 3, "n_unknown": 2, "n_below_floor": 2}, (2, False, 1, 0)),
        ("yyu", {"n_yes": 2, "n_unknown": 9}, (2, False, 9, 8)),
        ("yyy", {"n_yes": 7, "n_unknown": 4}, (7, False, 4, 8)),
        ("yyy", {"n_yes": 7, "n_unknown": 4, "n_below_floor": 2}, (5, True, 4, 6)),
        ("yyy", {"n_yes": 3, "n_unknown": 4, "n_below_floor": 2}, (3, True, 2, 2)),
        ("", {"n_yes": 0, "n_unknown": 0}, (0, False, 0, 0)),
    ],
)
def test_counts_reach_behind_the_end_of_the_list(verdicts, counts, expected):
    people = told(verdicts, **counts)
    assert (people["n_yes"], people["n_yes_at_least"], people["n_unknown"], people["n_unlisted"]) == expected


def test_no_row_holds_what_tells_of_a_group():
    people = told("yyu", n_yes=2, n_unknown=1)
    assert len(people["people"]) == 2
    assert people["people"][0].keys() & {"tier", "score", "sub_tier", "fit"} == set()
