"""What the core asks of a store of a county's own figures."""

from __future__ import annotations

from typing import Protocol

from matcher.records.access import AuditEntry
from matcher.records.figures import CountyFigure


class FigureStore(Protocol):
    """Figures in the order they were recorded. None is changed or taken away: a correction is a further row."""

    def county_figures(self) -> list[CountyFigure]:
        """Every figure ever recorded, oldest first."""

    def record_figure(self, figure: CountyFigure, entry: AuditEntry) -> bool:
        """Append a figure and the entry of the deed in one transaction.

        False, and nothing written, where it says what the last one of its parameter says already: a form sent twice.
        """
