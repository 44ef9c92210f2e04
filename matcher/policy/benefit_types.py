"""What a document grants: who is paid what for which facts, how often, from which fund; frozen, strict, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from matcher.policy.rule_types import Output, Part, Step

MONEY = "元"


class Nature(StrEnum):
    """What is granted: money paid, a premium lowered, a rate, a thing, or a way to other rules without a figure."""

    PAYMENT = "payment"
    PREMIUM = "premium"
    RATE = "rate"
    IN_KIND = "in_kind"
    REFERRAL = "referral"


class Subject(StrEnum):
    """Whose turn it is that a period counts."""

    PERSON = "person"
    OPERATOR = "operator"
    MARKET = "market"
    HOUSEHOLD = "household"
    STATION = "station"


class Every(StrEnum):
    """How often one subject is paid; `open`: the document says nothing, so nothing is taken for a repetition."""

    EVER = "ever"
    YEAR = "year"
    MONTH = "month"
    OCCASION = "occasion"
    OPEN = "open"


class Basis(StrEnum):
    """Whether the document asks for a paper, or a condition cannot be proved without it."""

    STATED = "stated"
    DESIGN = "design"


class Period(Part, frozen=True, kw_only=True):
    """How often: once in a life, a year (calendar or policy year, a convention), a month, or a course or contract."""

    per: Subject
    every: Every


class Party(Part, frozen=True, kw_only=True):
    """Somebody who is paid, or who is barred from it by name."""

    code: str
    label: str
    clause: str = ""


class Paper(Part, frozen=True, kw_only=True):
    """One piece of evidence: `proves` are the facts it stands for; clause where it differs from the benefit's."""

    id: str
    label: str
    proves: tuple[str, ...]
    basis: Basis
    clause: str = ""


class Share(Part, frozen=True, kw_only=True):
    """A payer's part: a ratio of the document (`parameter`), a key of the rule's answer, or (neither) what is left."""

    payer: str
    label: str
    parameter: str = ""
    key: str = ""


class Fund(Part, frozen=True, kw_only=True):
    """A source of the money: the parameter that names it; beside : keys of the rule's answer it goes with."""

    parameter: str
    beside: Mapping[str, str] = {}


class Exclusion(Part, frozen=True, kw_only=True):
    """Another benefit of the same document that bars this one for the same people, and where that stands."""

    benefit: str
    clause: str


class People(Part, frozen=True, kw_only=True):
    """Where the people of a claim stand: a list among the facts, and its column with their ids.

    Without a column the rows go in the order of the people named in the claim.
    """

    rows: str
    column: str = ""


class Computes(Part, frozen=True, kw_only=True):
    """How an amount follows where no rule says it: a formula of the closed set with its operands."""

    formula: str
    of: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()

    @property
    def output(self) -> Output:
        """The same as an output of a rule."""
        return Output(key="amount_yuan", formula=self.formula, of=self.of, groups=self.groups)


class Benefit(Part, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One benefit of a document.

    id : code within the set of packs; shared : name all documents share -> the parameter that says its amount here
    amount : the parameter that states the amount or leaves it open
    rule : the rule that decides; given : facts of it that this benefit settles; key : key of its answer with the amount
    explicit : facts whose null is an answer (an open-ended contract), so that a claim must say them
    outcomes : words of that rule -> outcome of a claim, where they are not the same
    inputs, derives, steps : conditions the rule does not ask for; computes : the amount where no rule says it
    figures : input -> figure of the county that fills it; cap, term : parameters of the ceiling and of the free years
    on_top : the document grants it besides others; purpose : benefits of one purpose are told apart by people
    day : the fact with the day of the event; from_, to : days other than those of the document
    """

    id: str
    title: str
    clause: str
    nature: Nature = Nature.PAYMENT
    shared: Mapping[str, str] = {}
    amount: str = ""
    unit: str = MONEY
    rule: str = ""
    given: Mapping[str, Any] = {}
    key: str = ""
    outcomes: Mapping[str, str] = {}
    explicit: tuple[str, ...] = ()
    inputs: Mapping[str, str] = {}
    derives: tuple[Output, ...] = ()
    steps: tuple[Step, ...] = ()
    computes: Computes | None = None
    figures: Mapping[str, str] = {}
    cap: str = ""
    term: str = ""
    period: Period | None = None
    payees: tuple[Party, ...] = ()
    excluded_payees: tuple[Party, ...] = ()
    funds: tuple[Fund, ...] = ()
    shares: tuple[Share, ...] = ()
    evidence: tuple[Paper, ...] = ()
    excludes: tuple[Exclusion, ...] = ()
    on_top: bool = False
    purpose: str = ""
    people: People | None = None
    day: str = ""
    from_: date | None = None
    to: date | None = None
    note: str = ""

    def stated(self, name: str) -> str | None:
        """The parameter that says the amount under a name, shared or the benefit's own; None for another name."""
        return self.shared.get(name) or (self.amount if name == self.id else None)
