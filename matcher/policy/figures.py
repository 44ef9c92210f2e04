"""County figures by parameter and day: what a computation may use where a document states no number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.records.figures import CountyFigure


class CountyFigures:
    """The figures of one county; `on` answers with the one recorded last among those that hold on a day."""

    def __init__(self, figures: Iterable[CountyFigure] = ()) -> None:
        """figures : in the order they were recorded"""
        self._rows: dict[tuple[str, str], list[CountyFigure]] = {}
        for figure in figures:
            self._rows.setdefault((figure.pack_id, figure.parameter_id), []).append(figure)

    def on(self, pack_id: str, parameter_id: str, day: date) -> CountyFigure | None:
        """The figure of a parameter on a day; None where the county has set none."""
        holding = [row for row in self._rows.get((pack_id, parameter_id), ()) if row.holds_on(day)]
        return holding[-1] if holding else None

    def history(self, pack_id: str, parameter_id: str) -> tuple[CountyFigure, ...]:
        """Everything recorded for a parameter, oldest first."""
        return tuple(self._rows.get((pack_id, parameter_id), ()))


NO_FIGURES = CountyFigures()
