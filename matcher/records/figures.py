"""Figures a county sets where a document states none: dated, with author and source; never overwritten."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from matcher.records.base import Record


class CountyFigure(Record, frozen=True, kw_only=True):
    """One local figure: the value of a masked or open parameter, or a rate under a document's cap.

    pack_id, parameter_id : the parameter it fills; unit : that of the parameter
    from_, to : days it holds, both inclusive, `to` None = until another is recorded
    author : who answers for it; source : the paper or decision it comes from; recorded_on : the day it was entered
    (of two that hold on one day the one recorded later counts)
    """

    pack_id: str
    parameter_id: str
    value: Decimal
    unit: str
    from_: date
    to: date | None = None
    author: str
    source: str
    recorded_on: date

    def holds_on(self, on: date) -> bool:
        """Whether the figure is in force on a day."""
        return self.from_ <= on and (self.to is None or on <= self.to)
