"""What a document says of the land behind a route: sizes, free term, rules of a running plot, what those waiting get.

The pack names its parameters and rules; here stand no figures. Areas are exact decimals in mu (requirements section 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from matcher.policy.binding import BoundPack
from matcher.policy.evaluation.conventions import term_end
from matcher.policy.rule_types import Land, Rule
from matcher.policy.types import Pack


class LandFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The land figures of a document on a day; None where it states none.

    poor_mu, other_mu : average size per poor and per other household (户均); free_years : length of the free term
    """

    document: str
    clause: str
    poor_mu: Decimal | None = None
    other_mu: Decimal | None = None
    free_years: int | None = None

    def required_mu(self, n_poor: int, n_other: int) -> Decimal | None:
        """Land that many households need; None where a size needed for it is not stated."""
        parts = [(n_poor, self.poor_mu), (n_other, self.other_mu)]
        if any(n and size is None for n, size in parts):
            return None
        return sum((n * size for n, size in parts if size is not None), Decimal(0))

    def free_until(self, start: date, convention: str) -> date | None:
        """Last free day of a plot given on `start`, under a convention of `conventions.CHOICES["term_end"]`."""
        return None if self.free_years is None else term_end(start, self.free_years, convention)


class ClassAverage(msgspec.Struct, frozen=True, kw_only=True):
    """The plots of one class against its average size.

    mean_mu : None without a plot; meets : whether the sum reaches n times the size, None without plot or size.
    Single plots may be smaller or larger as long as it holds.
    """

    n: int
    total_mu: Decimal
    standard_mu: Decimal | None
    mean_mu: Decimal | None
    meets: bool | None


def class_average(areas_mu: Sequence[Decimal], standard_mu: Decimal | None) -> ClassAverage:
    """Whether plots of one class reach its average size, by their exact sum: the mean is for showing only."""
    n, total = len(areas_mu), sum(areas_mu, Decimal(0))
    meets = None if not n or standard_mu is None else total >= n * standard_mu
    return ClassAverage(n=n, total_mu=total, standard_mu=standard_mu, mean_mu=total / n if n else None, meets=meets)


def land_of(bound: BoundPack, channel: str) -> Land | None:
    """What the pack that orders names for the land of a route; None where it has no such route or no land."""
    rule = bound.pack.route_rule(channel)
    return None if rule is None else rule.land


def land_figures(bound: BoundPack, channel: str, on: date) -> LandFigures:
    """The land figures in force on a day; what the document does not state is None."""
    pack, rule = bound.pack, bound.pack.route_rule(channel)
    land = rule.land if rule is not None else None
    if rule is None or land is None:
        return LandFigures(document=pack.cited, clause=rule.clause if rule else "")
    years = _figure(pack, land.free_years, on)
    return LandFigures(
        document=pack.cited,
        clause=rule.clause,
        poor_mu=_figure(pack, land.poor_mu, on),
        other_mu=_figure(pack, land.other_mu, on),
        free_years=None if years is None else int(years),
    )


def rule_named(pack: Pack, rule_id: str) -> Rule | None:
    """A rule the land names; None where it names none."""
    return pack.rule(rule_id) if rule_id else None


def _figure(pack: Pack, parameter_id: str, on: date) -> Decimal | None:
    row = pack.parameter(parameter_id, on) if parameter_id else None
    stated = row is not None and row.kind.is_figure and row.holds_on(on)
    return Decimal(row.value) if row is not None and stated else None
