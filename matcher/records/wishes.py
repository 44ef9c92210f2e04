"""What somebody's own words come to, where two fields of a record speak of one thing."""

from __future__ import annotations

from matcher.records.codes import TravelRange
from matcher.records.people import Worker


def accepted_range(worker: Worker) -> TravelRange | None:
    """The farthest place class a worker accepts, None where nobody asked.

    The range that was stated; without one, who does not wish to go out to work stays in the own township. Participation
    is voluntary (A 一; B 二(二)): a no that was given is not asked for again.
    """
    if worker.travel_range is None and worker.wish_to_go_out is False:
        return TravelRange.TOWNSHIP
    return worker.travel_range


def accepted_rank(worker: Worker) -> int | None:
    """The rank of `accepted_range`, as `PlaceClass.rank` counts."""
    reach = accepted_range(worker)
    return None if reach is None else reach.rank
