"""What a document states and decides: parameters, conditions, steps, outputs, rules; frozen, strict, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of everything read from a pack."""


class ParameterKind(StrEnum):
    """What the value of a parameter is; the last three have none and are refused by name."""

    NUMBER = "number"
    RATIO = "ratio"
    DATE = "date"
    YEAR = "year"
    TEXT = "text"
    MASKED = "masked"
    UNSPECIFIED = "unspecified"
    ABSENT = "absent"

    @property
    def has_value(self) -> bool:
        """Whether the document states a figure or a term."""
        return self not in {ParameterKind.MASKED, ParameterKind.UNSPECIFIED, ParameterKind.ABSENT}

    @property
    def is_open(self) -> bool:
        """Whether the document has the thing and not its figure, so that a county may supply it."""
        return self in {ParameterKind.MASKED, ParameterKind.UNSPECIFIED}

    @property
    def is_figure(self) -> bool:
        """Whether the value is a number that needs a unit."""
        return self in {ParameterKind.NUMBER, ParameterKind.RATIO}


class Parameter(Part, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One figure or listed term of a document.

    value : int or Decimal (number, ratio, year), date, text or tuple of texts; None for masked, unspecified, absent
    from_, to : days it holds, both inclusive; taken from the pack where the row is silent; None = not stated
    """

    id: str
    kind: ParameterKind
    value: Any = None
    unit: str = ""
    operator: str = "="
    from_: date | None = None
    to: date | None = None
    clause: str
    name: str = ""
    subject: str = ""
    condition: str = ""
    note: str = ""
    basis: str = "stated"

    def holds_on(self, on: date) -> bool:
        """Whether the parameter is in force on a day, as far as its own dates tell."""
        return (self.from_ is None or self.from_ <= on) and (self.to is None or on <= self.to)


class LocalFigure(Part, frozen=True, kw_only=True):
    """A rate that a document leaves to the county: inside a stated range, under a stated cap, or by another rule.

    It is no parameter of the document and has no value in a pack; the county records one (`records.figures`).
    at_least, at_most : ids of the stated parameters that bound it; "" where the document states no such bound
    part_of : the parameter left open by the document that this is one share of ("" : none)
    """

    id: str
    name: str
    unit: str
    clause: str
    at_least: str = ""
    at_most: str = ""
    part_of: str = ""
    note: str = ""


class Condition(Part, frozen=True, kw_only=True, rename={"is_": "is"}):
    """A predicate of the closed vocabulary with its arguments, or all / any / none of further conditions.

    is_ : name of the predicate; fact : the fact it looks at; bound : id of the parameter it compares with
    on : fact holding the day (or year) it is asked for; than : fact it is compared with
    values : codes it compares with
    reason : code reported when the condition decides a step
    """

    is_: str = ""
    fact: str = ""
    on: str = ""
    than: str = ""
    bound: str = ""
    values: tuple[str, ...] = ()
    all: tuple[Condition, ...] | None = None
    any: tuple[Condition, ...] | None = None
    none: tuple[Condition, ...] | None = None
    reason: str = ""


class StopOn(StrEnum):
    """When a step decides: a requirement is known to fail, or nobody knows."""

    NO = "no"
    UNKNOWN = "unknown"


class Step(Part, frozen=True, kw_only=True):
    """One stage of a decision: if any requirement fails (or is unknown), `outcome` with every such reason.

    silent : the outcome says it all and carries no reasons (met, not_met, ok, too_long: requirements 14.1)
    """

    outcome: str
    silent: bool = False
    stop_on: StopOn = StopOn.NO
    requires: tuple[Condition, ...]


class Choice(Part, frozen=True, kw_only=True):
    """One word of a closed list and when it applies."""

    text: str
    when: Condition


class Output(Part, frozen=True, kw_only=True, rename={"as_": "as"}):
    """A value computed from facts, parameters and what was computed before it: a key of the answer, or a derived fact.

    formula, of, groups : the kind of computation and its operands; fixed : text instead of a formula
    rows, where, field : the list it goes over, which rows count, the column taken of them (`where` alone: `holds`)
    choices : words of `classify` and `row_lists`, each with its condition
    as_ : money, rate or as computed; beside : outcomes it stands beside, empty = all; when : further condition
    null : the key stays as null where there is no value; else a key without a value is left out (requirements 14.1)
    """

    key: str
    formula: str = ""
    of: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    rows: str = ""
    where: Condition | None = None
    field: str = ""
    choices: tuple[Choice, ...] = ()
    as_: str = ""
    beside: tuple[str, ...] = ()
    when: Condition | None = None
    fixed: str | None = None
    null: bool = False


class RowRule(Part, frozen=True, kw_only=True):
    """How each row of a list is judged by itself: steps in order, else `otherwise` (formula `judge_rows`)."""

    steps: tuple[Step, ...]
    otherwise: str


class Saying(Part, frozen=True, kw_only=True):
    """What is said of an outcome or a reason: to the worker (no word on poverty) and to the officer."""

    code: str
    worker: str
    officer: str


class Land(Part, frozen=True, kw_only=True):
    """The land behind a route: parameters of its sizes and free term, rules of a running plot.

    poor_mu, other_mu, free_years : ids of parameters, "" where the document states none
    term_rule : decides what the end of the free term asks for; change_rule : what a change in the household asks for
    meanwhile : channels offered to those who wait
    """

    poor_mu: str = ""
    other_mu: str = ""
    free_years: str = ""
    term_rule: str = ""
    change_rule: str = ""
    meanwhile: tuple[str, ...] = ()


class Group(Part, frozen=True, kw_only=True):
    """A rule on people sent out together. size : the fact that counts them; largest : parameter, most of one unit."""

    size: str
    largest: str


class Rule(Part, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One rule of a document.

    inputs : fact -> type; rows : input that is a list -> column -> type; aliases : fact -> code -> word of the document
    day : the fact that dates the figures; derives : facts computed before the steps, in order
    steps in order, else `otherwise` (with steps but without `otherwise` the outputs alone are the answer)
    figures : input -> id of the local figure, or of the masked or open parameter, that fills it where it is not given
    figures_day : the fact whose day those figures are taken of, before `day` and the day of the call
    each : how a row is judged; reasons : whether an empty list of reasons is shown
    channel : set where the rule decides a route; age_bound : parameter of the age from which the route is shown
    land : of a route to land; group : set where the rule divides people who are sent out together
    """

    id: str
    title: str
    clause: str
    inputs: Mapping[str, str]
    rows: Mapping[str, Mapping[str, str]] = {}
    aliases: Mapping[str, Mapping[str, str]] = {}
    day: str = ""
    figures: Mapping[str, str] = {}
    figures_day: str = ""
    derives: tuple[Output, ...] = ()
    steps: tuple[Step, ...] = ()
    otherwise: str = ""
    each: RowRule | None = None
    outputs: tuple[Output, ...] = ()
    reasons: bool = True
    says: tuple[Saying, ...] = ()
    channel: str = ""
    age_bound: str = ""
    land: Land | None = None
    group: Group | None = None
    from_: date | None = None
    to: date | None = None
