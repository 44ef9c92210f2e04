"""County figures by parameter and day: what a computation may use where a document states no number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

from matcher.policy.figures.units import unit_rule
from matcher.policy.rule_types import Parameter, ParameterKind
from matcher.records.figures import CountyFigure

COUNTY = "county"
"""Basis of a parameter whose value a county has set; those of documents are `stated` and the like."""


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


class FiguresOn(msgspec.Struct, frozen=True, kw_only=True):
    """What one call may use of a county: its figures, and the day they are taken of where the facts name none."""

    figures: CountyFigures = NO_FIGURES
    on: date | None = None

    @property
    def asked(self) -> bool:
        """Whether the caller wants a county's figures at all; without it answers are those of the documents alone."""
        return self.figures is not NO_FIGURES

    def of(self, pack_id: str, parameter_id: str, day: date | None) -> CountyFigure | None:
        """The figure of a pack's own parameter on `day`, else on the day of the call; None without any day."""
        on = day or self.on
        return None if on is None else self.figures.on(pack_id, parameter_id, on)


NO_COUNTY = FiguresOn()


def filled(row: Parameter, figure: CountyFigure) -> Parameter:
    """A masked or open parameter with the county's value in it; days and bound stay those of the document."""
    return msgspec.structs.replace(
        row, kind=unit_rule(figure.unit).kind, value=scaled(figure), unit=figure.unit, basis=COUNTY
    )


def scaled(figure: CountyFigure) -> int | Decimal:
    """The value as rules reckon with it: a figure in % as a share, a year as a whole number."""
    rule = unit_rule(figure.unit)
    return int(figure.value) if rule.kind is ParameterKind.YEAR else figure.value / rule.per
