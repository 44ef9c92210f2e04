"""People sent together, divided into units of which each has one leader."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.records.orders import Seat


def divided(seats: Sequence[Seat], most: int) -> list[list[Seat]]:
    """Units of at most `most` in the order given, as equal as can be; a couple stays in one unit.

    most : at least 2. A couple that would be cut goes to the next unit as a whole.
    """
    by_id = {seat.worker_id: seat for seat in seats}
    n_units = max(1, -(-len(seats) // most))
    size = -(-len(seats) // n_units)
    units: list[list[Seat]] = [[]]
    placed: set[str] = set()
    for seat in seats:
        if seat.worker_id in placed:
            continue
        pair = [seat, *([by_id[seat.partner]] if seat.partner in by_id else [])]
        if len(units[-1]) + len(pair) > (size if len(pair) == 1 else min(most, size + 1)):
            units.append([])
        units[-1] += pair
        placed |= {one.worker_id for one in pair}
    return [unit for unit in units if unit]
