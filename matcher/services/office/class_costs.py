"""What a class would cost by the document's own figures: a line for each aid to a trainee, none made up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from matcher.office.claims.cases import claim_facts
from matcher.office.claims.programmes import Course
from matcher.policy import pack_for
from matcher.policy.benefit_types import Benefit
from matcher.policy.figures.in_force import CountyFigures, scaled
from matcher.policy.types import Pack
from matcher.services.ground.rulebook import Means

PURPOSES: Final = frozenset({"training", "training_base"})
"""Purposes of the benefits that a trainee or the trainer is given for a class."""


def class_costs(means: Means, county: CountyFigures, jurisdiction: str, on: date, seats: int) -> dict[str, Any]:
    """Each aid of the county's document for one trainee and for the class; null where nobody has stated the figure.

    most : the figure is the document's ceiling; county : the county set it. The sum is of the lines with a figure, for
    a class whose every trainee meets the conditions.
    """
    pack = pack_for(means.packs, jurisdiction, on).asked
    lines = list(_lines(pack, county, on, seats))
    stated = [line["total_yuan"] for line in lines if line["total_yuan"] is not None]
    return {
        "document": pack.cited,
        "pack_id": pack.id,
        "lines": lines,
        "total_yuan": sum(stated) if stated else None,
        "n_open": len(lines) - len(stated),
    }


def _lines(pack: Pack, county: CountyFigures, on: date, seats: int) -> Iterator[dict[str, Any]]:
    for benefit in pack.benefits:
        if benefit.purpose not in PURPOSES or not _is_of_trades(benefit):
            continue
        name, most = _figure_of(benefit)
        value, set_here = _value(pack, name, county, on)
        yield {
            "title": benefit.title,
            "clause": benefit.clause,
            "figure_id": name,
            "each_yuan": value,
            "total_yuan": None if value is None else value * seats,
            "most": most,
            "county": set_here,
            "note": benefit.note,
        }


def _is_of_trades(benefit: Benefit) -> bool:
    """Whether a class that teaches a trade is given it: what is paid for another course is no cost of this one."""
    courses = claim_facts().courses.get(benefit.rule)
    return courses is None or Course.SKILL in courses


def _figure_of(benefit: Benefit) -> tuple[str, bool]:
    """The parameter that says how much, and whether it is a ceiling."""
    if benefit.amount:
        return benefit.amount, False
    if benefit.figures:
        return next(iter(benefit.figures.values())), False
    return benefit.cap, True


def _value(pack: Pack, name: str, county: CountyFigures, on: date) -> tuple[int | None, bool]:
    figure = county.on(pack.id, name, on)
    if figure is not None:
        return int(scaled(figure)), True
    row = pack.parameter(name, on)
    if row is None or not row.kind.is_figure or not row.holds_on(on):
        return None, False
    return int(row.value), False
