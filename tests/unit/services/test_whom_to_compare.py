"""Whom somebody of an order's list is compared with, beside a slow twin that walks the list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matcher.services.broker.order_people import Listed

bands = st.tuples(st.sampled_from(("yes", "unknown")), st.integers(1, 2))


def walked(items: list[dict], mine: dict) -> str:
    """The nearest below of another verdict or band, else above, else the neighbour below, else above."""
    at = next((place for place, item in enumerate(items) if item["worker_id"] == mine["worker_id"]), len(items))
    for other in (*items[at + 1 :], *reversed(items[:at])):
        if (other["verdict"], other["fit_band"]) != (mine["verdict"], mine["fit_band"]):
            return other["worker_id"]
    neighbours = (*items[at + 1 : at + 2], *items[max(0, at - 1) : at])
    return neighbours[0]["worker_id"] if neighbours else ""


@given(drawn=st.lists(bands, max_size=7), behind=bands)
def test_everybody_is_compared_with_whom_a_walk_along_the_list_finds(drawn, behind):
    items = [{"worker_id": f"w{at}", "verdict": said, "fit_band": band} for at, (said, band) in enumerate(drawn)]
    listed = Listed({"lists": [{"order": "lexicographic_in_band", "items": items}]})
    someone = {"worker_id": "behind", "verdict": behind[0], "fit_band": behind[1]}
    for mine in (*items, someone):
        assert listed.beside(mine) == walked(items, mine)
