"""Placements that a look found false: read by everybody who counts people in work or pays for their work.

What was found is a deed of a sample (`services.tracking.audit_sample`); the record of the placement stays as it is.
"""

from __future__ import annotations

from datetime import date

from matcher.office.tracking.sample import FOUND, PREFIX, refutations
from matcher.ports import DeedStore
from matcher.records.deeds import Deed


def refutations_on(deeds: DeedStore, on: date, until: int | None = None) -> dict[str, Deed]:
    """Placement -> the deed that found it false, of those found false by a day.

    until : by the deeds up to this number (0: before the first; None: all)
    """
    return {} if until == 0 else refutations(deeds.deeds(prefix=PREFIX, kinds=(FOUND,), until=until or 0), on)


def refuted_on(deeds: DeedStore, on: date, until: int | None = None) -> frozenset[str]:
    """Ids of the placements of `refutations_on`."""
    return frozenset(refutations_on(deeds, on, until))
