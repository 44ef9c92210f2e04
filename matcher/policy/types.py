"""What a pack is: the document, its parameters and rules, its order of people, its cases; frozen, strict, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from matcher.policy.benefit_types import Benefit
from matcher.policy.label_types import LabelRow
from matcher.policy.rule_types import LocalFigure, Parameter, Part, Rule
from matcher.records.codes import Channel


class Mode(StrEnum):
    """How tiers and fit combine (requirements 10.3).

    No document gives weights, so no pack may ask for `additive`: it comes from a county's own file (`policy.weights`).
    """

    LEXICOGRAPHIC_IN_BAND = "lexicographic_in_band"
    STRICT_TIER = "strict_tier"
    TIE_BREAK = "tie_break"
    ADDITIVE = "additive"


class FlagTest(Part, frozen=True, kw_only=True):
    """A condition over flags: every one of `all`, at least one of `any` (if given), not one of `none`."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    @property
    def flags(self) -> tuple[str, ...]:
        """Every flag the test looks at, in order, each once."""
        return tuple(dict.fromkeys((*self.all, *self.any, *self.none)))


class TierRow(Part, frozen=True, kw_only=True):
    """One tier as written in a pack; `lifts` are sub-tiers, the first that holds counts."""

    rank: int
    label: str
    when: FlagTest = FlagTest()
    lifts: tuple[FlagTest, ...] = ()
    clause: str


class Service(Part, frozen=True, kw_only=True):
    """The order of one service (job_fair, dispatch, ...); service `general` stands for all that are not named."""

    id: str
    title: str
    mode: Mode = Mode.LEXICOGRAPHIC_IN_BAND
    band_width_permille: int | None = None
    floor_permille: int | None = None
    tiers: tuple[TierRow, ...]
    note: str = ""


class QuotaOf(StrEnum):
    """What a quota is counted over: a firm's year, the places of one post, one village."""

    EMPLOYER = "employer"
    POST = "post"
    VILLAGE = "village"


class Quota(Part, frozen=True, kw_only=True):
    """A share or number to be reached, counted after ranking; it reports a shortage and moves nobody (10.3).

    share : parameter with the share of the whole, rounded up to the next head; least : parameter with a number
    (one of the two); counted, whole : facts it is reckoned from, with their questions in the vocabulary
    channels : posts it is shown beside, all if empty; group : who counts
    """

    id: str
    title: str
    of: QuotaOf
    share: str = ""
    least: str = ""
    counted: str
    whole: str = ""
    group: FlagTest = FlagTest()
    channels: tuple[Channel, ...] = ()
    clause: str
    note: str = ""

    @property
    def bound(self) -> str:
        """The parameter that states how much."""
        return self.share or self.least


class Effect(StrEnum):
    """What a condition in an advert leads to."""

    BAR = "bar"
    WARN = "warn"


class PublicationRule(Part, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What the law says of one kind of condition in an advert; `from_`, `to` are days of that law."""

    kind: str
    effect: Effect
    document: str
    clause: str
    sentence: str
    from_: date | None = None
    to: date | None = None


class Protection(Part, frozen=True, kw_only=True):
    """Work that young workers are not offered: heavy or night work; `basis` is law or design."""

    kind: str
    document: str
    clause: str
    sentence: str
    basis: str = "law"


class Case(Part, frozen=True, kw_only=True):
    """A worked example of a rule or a benefit that runs as a test.

    unknown : inputs given as null; null : keys expected as null; a path goes into lists: `workers.0.status`
    clause : where it differs from that of its rule or benefit
    on, figures : of a benefit, the day of the claim, and values the county is taken to have set since that day
    """

    rule: str = ""
    benefit: str = ""
    on: date | None = None
    figures: Mapping[str, Decimal] = {}
    name: str
    polarity: str
    inputs: Mapping[str, Any]
    unknown: tuple[str, ...] = ()
    expected: Mapping[str, Any]
    null: tuple[str, ...] = ()
    clause: str = ""

    @property
    def about(self) -> str:
        """The id of the rule or of the benefit it tries."""
        return self.rule or self.benefit


class Document(Part, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The document behind a pack and when it applies.

    from_, to : stated or assumed window; printed : a later printing day (the days between are for review)
    last_year_named : where no end is stated, the last year the text speaks of; always : no document, always applies
    """

    title: str
    number: str = ""
    issuer: str = ""
    issued: date | None = None
    printed: date | None = None
    from_: date | None = None
    to: date | None = None
    last_year_named: int | None = None
    always: bool = False
    carries_out: tuple[str, ...] = ()
    superseded_by: str = ""
    note: str = ""


class Pack(Part, frozen=True, kw_only=True):
    """One document as data. `regions` are leading digits of region codes the document binds."""

    id: str
    name: str
    document: Document
    regions: tuple[str, ...] = ()
    general_service: str = "general"
    parameters: tuple[Parameter, ...] = ()
    figures: tuple[LocalFigure, ...] = ()
    rules: tuple[Rule, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    services: tuple[Service, ...] = ()
    quotas: tuple[Quota, ...] = ()
    publication: tuple[PublicationRule, ...] = ()
    protections: tuple[Protection, ...] = ()
    cases: tuple[Case, ...] = ()

    @property
    def cited(self) -> str:
        """Document number, or the title where the document has none."""
        return self.document.number or self.document.title

    def rule(self, rule_id: str) -> Rule | None:
        """A rule by id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def parameter(self, parameter_id: str, on: date | None = None) -> Parameter | None:
        """The row of a parameter in force on `on` (any row where no day is given or none is in force)."""
        rows = [row for row in self.parameters if row.id == parameter_id]
        in_force = [row for row in rows if on is None or row.holds_on(on)]
        return next(iter(in_force or rows), None)

    def local_figure(self, figure_id: str) -> LocalFigure | None:
        """A rate left to the county, by id."""
        return next((figure for figure in self.figures if figure.id == figure_id), None)

    def benefit(self, benefit_id: str) -> Benefit | None:
        """A benefit by its code or by a name all documents share; None where the document has none such."""
        return next((benefit for benefit in self.benefits if benefit.stated(benefit_id) is not None), None)

    def route_rule(self, channel: str) -> Rule | None:
        """The rule that decides a route of this channel, if the document has one."""
        return next((rule for rule in self.rules if rule.channel == channel), None)


class Ranked(StrEnum):
    """What a service puts in order."""

    PEOPLE = "people"
    EMPLOYERS = "employers"
    PLACES = "places"


class Term(Part, frozen=True, kw_only=True):
    """A fact or flag of the closed vocabulary: its Chinese name and the question asked when it is unknown.

    of : whom a flag is said of
    """

    label: str
    ask: str
    of: Ranked = Ranked.PEOPLE


class ServiceTerm(Part, frozen=True, kw_only=True):
    """A service of the closed vocabulary; posts of `channels` are ordered by it unless another is named."""

    label: str
    channels: tuple[Channel, ...] = ()
    ranks: Ranked = Ranked.PEOPLE


class Vocabulary(Part, frozen=True, kw_only=True):
    """Facts rules may ask for, flags tiers may ask for, group words by vocabulary, services; shared by all packs.

    poverty_relief_over_on : from this day everybody on the register counts as out of poverty (requirements 7.2)
    mainland_provinces : first two digits of region codes inside the documents' reach
    words : code or English term of the packs -> the Chinese word a page shows
    """

    facts: Mapping[str, Term]
    flags: Mapping[str, Term]
    labels: tuple[LabelRow, ...] = ()
    services: Mapping[str, ServiceTerm] = {}
    poverty_relief_over_on: date | None = None
    mainland_provinces: tuple[str, ...] = ()
    words: Mapping[str, str] = {}

    def service_of(self, channel: Channel) -> str:
        """The service whose order the posts of a channel follow, "" for the general one."""
        return next((name for name, term in self.services.items() if channel in term.channels), "")


class PackSet(msgspec.Struct, frozen=True, kw_only=True):
    """All packs of an installation with the vocabulary they share; `packs` in alphabetical order of id.

    added : ids of the packs a county put beside those of the program
    """

    packs: Mapping[str, Pack]
    vocabulary: Vocabulary
    added: frozenset[str] = frozenset()

    def shipped(self) -> PackSet:
        """Only the packs of the program."""
        if not self.added:
            return self
        kept = {name: pack for name, pack in self.packs.items() if name not in self.added}
        return PackSet(packs=kept, vocabulary=self.vocabulary)

    def __getitem__(self, pack_id: str) -> Pack:
        return self.packs[pack_id]

    def rule_owner(self, rule_id: str) -> tuple[Pack, Rule] | None:
        """The pack that holds a rule, and the rule."""
        for pack in self.packs.values():
            rule = pack.rule(rule_id)
            if rule is not None:
                return pack, rule
        return None
