"""What one call of a rule looks at: its facts, those derived from them, the figures in force, the readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.inputs import Facts
from matcher.policy.figures.in_force import NO_COUNTY, FiguresOn, filled, scaled
from matcher.policy.formulas.kinds import Unknown, compute
from matcher.policy.predicates.facts import Window
from matcher.policy.rule_types import Output, Parameter, ParameterKind, Rule
from matcher.policy.types import Pack
from matcher.records.figures import CountyFigure


class FigureMissing(Exception):
    """A rule needs a figure the document does not state for that day; `outcome` and `reason` say which."""

    def __init__(self, parameter_id: str, outcome: str, reason: str) -> None:
        self.parameter_id, self.outcome, self.reason = parameter_id, outcome, reason
        super().__init__(f"{parameter_id}: {reason}")


class Known(Mapping[str, Any]):
    """Facts by name: those given, and those derived from them, each worked out when first asked for."""

    def __init__(self, given: Facts, derives: Mapping[str, Output], world: RuleWorld) -> None:
        self._given, self._derives, self._world = given, derives, world
        self._kept: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name in self._given:
            value = self._given[name]
            return self._world.county_rate(name) if value is None and name in self._world.rule.figures else value
        if name not in self._kept:
            self._kept[name] = compute(self._derives[name], self._world)
        return self._kept[name]

    def __contains__(self, name: object) -> bool:
        return name in self._given or name in self._kept or name in self._derives

    def given(self, name: str) -> Any:
        """A fact as the caller gave it."""
        return self._given.get(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._given, *self._derives, *self._kept)))

    def __len__(self) -> int:
        return len(tuple(iter(self)))

    def keep(self, name: str, value: Any) -> None:
        """Remember a computed value; a fact given of that name stays as it is."""
        self._kept[name] = value


class RuleWorld:
    """What the predicates and formulas of one rule look at on one call."""

    def __init__(
        self,
        pack: Pack,
        rule: Rule,
        facts: Facts,
        conventions: Conventions,
        on: date | None = None,
        county: FiguresOn = NO_COUNTY,
    ) -> None:
        """on : the day of the rule where it names no fact for it; county : figures for what the document leaves out"""
        self.pack, self.rule, self.conventions = pack, rule, conventions
        self._on, self._county = on, county
        self.asked: dict[str, CountyFigure | None] = {}
        self._known = Known(facts, {output.key: output for output in rule.derives}, self)
        self.facts: Mapping[str, Any] = self._known

    @property
    def on(self) -> date | None:
        """The day of the rule: the fact it names, else the day given by the caller."""
        return self.facts.get(self.rule.day) if self.rule.day else self._on

    @property
    def window(self) -> Window:
        """The days of the rule, else of its document."""
        document = self.pack.document
        settled = document.printed if self.rule.from_ is None else None
        return Window(from_=self.rule.from_ or document.from_, settled=settled, to=self.rule.to or document.to)

    def parameter(self, parameter_id: str) -> Parameter | None:
        """The row of a parameter, whether or not it has a value in force; the county's figure where there is one."""
        row = self.pack.parameter(parameter_id, self.on)
        if row is None or not row.kind.is_open:
            return row
        figure = self._county_figure(parameter_id)
        return row if figure is None else filled(row, figure)

    def county_rate(self, name: str) -> Any:
        """The county's figure for an input that was not given; None where it has set none."""
        figure = self._county_figure(self.rule.figures[name])
        return None if figure is None else scaled(figure)

    def _county_figure(self, figure_id: str) -> CountyFigure | None:
        """The figure of this pack on the day of the rule; what was asked for is remembered for the findings."""
        named = self._known.given(self.rule.figures_day) if self.rule.figures_day else None
        found = self._county.of(self.pack.id, figure_id, named or self.on)
        self.asked[figure_id] = found
        return found

    def figure(self, parameter_id: str) -> Parameter:
        """The row in force on the day; raises FigureMissing for masked, unspecified and out-of-date figures."""
        row = self.parameter(parameter_id)
        if row is None:
            raise KeyError(parameter_id)
        if row.kind is ParameterKind.MASKED:
            raise FigureMissing(parameter_id, "not_computable", f"masked:{parameter_id}")
        if row.kind is ParameterKind.UNSPECIFIED:
            raise FigureMissing(parameter_id, "needs_config", f"unspecified:{parameter_id}")
        if row.kind is ParameterKind.ABSENT or (self.on is not None and not row.holds_on(self.on)):
            raise FigureMissing(parameter_id, "no_rule", f"not_in_force:{parameter_id}")
        return row

    def value(self, name: str) -> Any:
        """A fact, a value computed before, or a figure; raises Unknown where nobody knows."""
        value = self.facts[name] if name in self.facts else self._absent_or_figure(name)
        if value is None:
            raise Unknown(name)
        return value

    def keep(self, name: str, value: Any) -> None:
        """Make a computed key of the answer known to those after it."""
        self._known.keep(name, value)

    def of_row(self, row: Mapping[str, Any]) -> RowWorld:
        """The same world seen from one row of a list: its columns stand before the facts of the rule."""
        return RowWorld(self, row)

    def _absent_or_figure(self, name: str) -> Any:
        return None if name in self.rule.inputs else self.figure(name).value


class RowWorld(RuleWorld):
    """One row of a list; everything it does not hold is that of its rule."""

    def __init__(self, whole: RuleWorld, row: Mapping[str, Any]) -> None:
        self.pack, self.rule, self.conventions, self._on = whole.pack, whole.rule, whole.conventions, whole._on
        self._county, self.asked = whole._county, whole.asked
        self._known, self.facts = whole._known, RowFacts(row, whole.facts)


class RowFacts(Mapping[str, Any]):
    """Columns of a row before the facts of the rule around it."""

    def __init__(self, row: Mapping[str, Any], around: Mapping[str, Any]) -> None:
        self._row, self._around = row, around

    def __getitem__(self, name: str) -> Any:
        return self._row[name] if name in self._row else self._around[name]

    def __contains__(self, name: object) -> bool:
        return name in self._row or name in self._around

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._row, *self._around)))

    def __len__(self) -> int:
        return len(tuple(iter(self)))
