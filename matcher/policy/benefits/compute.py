"""A claim answered: conditions, figures, window and earlier claims together; pure, exact, nothing borrowed.

An amount stands beside `eligible` alone (0 beside `not_eligible`): a figure the document masks or leaves open is
named, never taken for nothing (requirements 0.5, 12).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from matcher.policy.benefit_types import Benefit, Every, Nature
from matcher.policy.benefits.answer import (
    ELIGIBLE,
    NEEDS_CONFIG,
    NEEDS_REVIEW,
    NO_RULE,
    NOT_ELIGIBLE,
    OUTCOMES,
    BenefitAnswer,
    FigureNeed,
    Hindrance,
    PartShare,
    PersonOutcome,
    deciding,
)
from matcher.policy.benefits.conditions import amount_output, claim_facts, deciding_rule, merged, sum_parameters
from matcher.policy.benefits.double_claims import BARS, Claim, Claims, Double, Kind
from matcher.policy.benefits.evidence import papers
from matcher.policy.benefits.money import told_parts
from matcher.policy.benefits.people import People, judged, without_paid
from matcher.policy.benefits.window import event_day, figures_of_day, hindered_by_days, stale_figures
from matcher.policy.benefits.worth import Worth, cap_fen, funds, granted
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.decide import Decided, walk
from matcher.policy.evaluation.evaluate import Answer, outputs
from matcher.policy.evaluation.inputs import Facts
from matcher.policy.evaluation.world import FigureMissing, RuleWorld
from matcher.policy.figures.in_force import CountyFigures, FiguresOn, scaled
from matcher.policy.formulas.kinds import compute
from matcher.policy.predicates.facts import parts_of
from matcher.policy.rule_types import Rule
from matcher.policy.types import Pack


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """What comes with a claim besides its facts: papers handed in, who claims for whom, what was claimed before."""

    evidence: tuple[str, ...] = ()
    who: Claim | None = None
    earlier: Claims | None = None


NOTHING_BESIDES = Dossier()


class _Heard(msgspec.Struct, kw_only=True):
    """What has been found so far about one claim."""

    told: Answer = msgspec.field(default_factory=dict)
    hindrances: set[Hindrance] = msgspec.field(default_factory=set)
    facts_missing: set[str] = msgspec.field(default_factory=set)
    people: tuple[PersonOutcome, ...] = ()
    amount: Decimal | None = None
    parts: tuple[PartShare, ...] = ()

    def against(self, outcome: str, *reasons: str) -> None:
        self.hindrances.update(Hindrance(outcome=outcome, reason=reason) for reason in reasons)


def claim(
    pack: Pack,
    benefit: Benefit,
    facts: Mapping[str, Any],
    figures: CountyFigures,
    on: date,
    conventions: Conventions,
    dossier: Dossier = NOTHING_BESIDES,
) -> BenefitAnswer:
    """The answer to one claim for a benefit of `pack`.

    facts : key -> JSON value, what is not said is unknown; figures : of the county, those of other packs are not seen
    on : the day of the claim, which is that of the event unless a fact the benefit names says otherwise
    Raises InvalidInput naming every fact that does not fit.
    """
    who = dossier.who
    doubles = dossier.earlier.doubles(who) if dossier.earlier is not None and who is not None else ()
    rule = merged(pack, benefit)
    typed = claim_facts(rule, benefit, facts, on)
    paid, typed = without_paid(benefit, rule, typed, who, doubles)
    day = event_day(benefit, typed, on)
    county = FiguresOn(figures=figures, on=day)
    world = RuleWorld(figures_of_day(pack, day), rule, typed, conventions, county=county)
    heard = _Heard()
    _ask_rule(heard, pack, benefit, world, paid)
    _ask_benefit(heard, benefit, world)
    heard.hindrances.update(hindered_by_days(pack, benefit, day))
    used = dossier.earlier.keys(who) if dossier.earlier is not None and who is not None else ()
    if dossier.earlier is not None and not used and _counted(benefit):
        heard.against(NEEDS_REVIEW, "subject_not_recorded")
    _ask_doubles(heard, benefit, who, doubles, paid)
    _ask_figures(heard, world, typed, county)
    _ask_amount(heard, benefit, world)
    if not heard.hindrances:
        heard.hindrances.update(stale_figures(pack, sum_parameters(pack, benefit), day))
    answer = _answer(heard, pack, benefit, world, day)
    return _with_papers(answer, benefit, dossier.evidence, period_keys=used, doubles=doubles)


def no_such_benefit(pack: Pack, benefit_id: str, on: date) -> BenefitAnswer:
    """The answer where other documents have the benefit and this one has not (requirements 14.5 X_JURISDICTION)."""
    return BenefitAnswer(
        pack_id=pack.id, benefit=benefit_id, title="", document=pack.cited, clause="", on=on, nature=Nature.PAYMENT,
        outcome=NO_RULE, reasons=("no_such_benefit_in_document",),
    )  # fmt: skip


def _ask_rule(heard: _Heard, pack: Pack, benefit: Benefit, world: RuleWorld, paid: People) -> None:
    """The word of the rule that decides; without one everything hangs on the benefit's own conditions."""
    rule = deciding_rule(pack, benefit)
    if rule is None:
        return
    try:
        decided = walk(rule.steps, rule.otherwise, world)
        heard.told = _verdict(rule, decided) | outputs(rule, world, decided.outcome)
    except FigureMissing as missing:
        heard.told = {"outcome": missing.outcome, "reasons": [missing.reason]}
        heard.against(missing.outcome, missing.reason)
        return
    if benefit.people is not None and rule.each is not None:
        heard.people = judged(heard.told.get(benefit.people.rows, ()), paid)
        _ask_people(heard)
        return
    heard.people = tuple(paid.paid)
    _hear(heard, decided, benefit, world)


def _ask_people(heard: _Heard) -> None:
    """A claim for several people stands as soon as one of them is eligible; whoever is for review adds nothing yet."""
    outcomes = {person.outcome for person in heard.people}
    if not heard.people:
        heard.against(NOT_ELIGIBLE, "nobody_listed")
    elif ELIGIBLE not in outcomes:
        word = next(word for word in (NEEDS_REVIEW, *OUTCOMES) if word in outcomes)
        heard.against(word, *(reason for one in heard.people if one.outcome == word for reason in one.reasons))


def _verdict(rule: Rule, decided: Decided) -> Answer:
    """Outcome and reasons as the rule itself shows them (14.1)."""
    if not decided.outcome:
        return {}
    shown = {"reasons": list(decided.reasons)} if rule.reasons or decided.reasons else {}
    return {"outcome": decided.outcome, **shown}


def _hear(heard: _Heard, decided: Decided, benefit: Benefit, world: RuleWorld) -> None:
    """Take up how steps came out, in the words of claims, and the facts whose lack decided."""
    outcome = benefit.outcomes.get(decided.outcome, decided.outcome)
    if outcome and outcome != ELIGIBLE:
        heard.against(outcome, *(decided.reasons or (decided.outcome,)))
    for part in (part for condition in decided.deciding for part in parts_of(condition)):
        named = (part.fact, part.on, part.than)
        heard.facts_missing.update(name for name in named if name in world.rule.inputs and world.facts[name] is None)


def _ask_benefit(heard: _Heard, benefit: Benefit, world: RuleWorld) -> None:
    """Conditions the rule does not ask for; each step by itself, so that no failing one hides behind another."""
    for step in benefit.steps:
        try:
            _hear(heard, walk((step,), ELIGIBLE, world), benefit, world)
        except FigureMissing as missing:
            heard.against(missing.outcome, missing.reason)
    if benefit.nature is Nature.REFERRAL:
        heard.against(NEEDS_CONFIG, "amount_by_other_rules")


def _counted(benefit: Benefit) -> bool:
    """Whether the document says how often a benefit is paid, so that somebody's turn is used up."""
    return benefit.period is not None and benefit.period.every is not Every.OPEN


def _ask_doubles(heard: _Heard, benefit: Benefit, who: Claim | None, doubles: Iterable[Double], paid: People) -> None:
    """Earlier claims; people taken out of the list of the claim no longer bar the others on it."""
    settled = {person.person for person in paid.paid}
    for double in doubles:
        if double.kind in BARS and double.subject not in settled:
            heard.against(NOT_ELIGIBLE, double.kind)
        elif double.kind is Kind.TWO_FUNDS:
            heard.against(NEEDS_REVIEW, double.kind)
    if who is not None and any(party.code == who.claimant_kind for party in benefit.excluded_payees):
        heard.against(NOT_ELIGIBLE, "excluded_payee")


def _ask_figures(heard: _Heard, world: RuleWorld, facts: Facts, county: FiguresOn) -> None:
    """A claim may not set a rate of its own beside the county's."""
    for fact, figure_id in world.rule.figures.items():
        kept = county.of(world.pack.id, figure_id, None)
        if kept is not None and facts.get(fact) is not None and scaled(kept) != facts[fact]:
            heard.against(NEEDS_REVIEW, "local_figure_differs")


def _ask_amount(heard: _Heard, benefit: Benefit, world: RuleWorld) -> None:
    """The sum, the rate or the thing; asked for even where something hinders it, for the figures it would need."""
    output = amount_output(benefit)
    _ask_operands(heard, () if output is None else output.of, world)
    heard.parts = told_parts(heard.told, benefit.shares) if benefit.shares else ()
    try:
        if benefit.key in heard.told:
            heard.amount = Decimal(heard.told[benefit.key])
        elif output is not None:
            heard.amount = compute(output, world)
    except FigureMissing as missing:
        # The figure itself is named among those needed; a masked one keeps its own reason (14.3).
        heard.against(missing.outcome, "amount_not_stated" if missing.outcome == NEEDS_CONFIG else missing.reason)


def _ask_operands(heard: _Heard, operands: Iterable[str], world: RuleWorld) -> None:
    """Facts an amount is reckoned from that nobody has said; a rate of the county's is for the county to set."""
    lacking = {name for name in operands if name in world.rule.inputs and world.facts[name] is None}
    if lacking & world.rule.figures.keys():
        heard.against(NEEDS_CONFIG, "amount_not_stated")
    recorded = lacking - world.rule.figures.keys()
    if recorded:
        heard.against(NEEDS_REVIEW, "amount_facts_not_recorded")
        heard.facts_missing |= recorded


def _answer(heard: _Heard, pack: Pack, benefit: Benefit, world: RuleWorld, day: date) -> BenefitAnswer:
    outcome, reasons, further = deciding(frozenset(heard.hindrances))
    if outcome == ELIGIBLE and heard.amount is None and not heard.parts:
        outcome, reasons = NEEDS_REVIEW, ("amount_not_determined",)
    closed = outcome in (ELIGIBLE, NOT_ELIGIBLE, NO_RULE)
    needed = () if closed else tuple(sorted(name for name, figure in world.asked.items() if figure is None))
    answer = BenefitAnswer(
        pack_id=pack.id,
        benefit=benefit.id,
        title=benefit.title,
        document=pack.cited,
        clause=benefit.clause,
        on=day,
        outcome=outcome,
        reasons=reasons,
        further=further,
        nature=benefit.nature,
        unit=benefit.unit,
        cap_fen=cap_fen(benefit, world),
        funds=funds(benefit, heard.told),
        payees=tuple(party.code for party in benefit.payees),
        people=heard.people,
        figures_needed=tuple(FigureNeed(pack_id=pack.id, parameter_id=name) for name in needed),
        figures_used=tuple(figure for _, figure in sorted(world.asked.items()) if figure is not None),
        facts_missing=() if closed else tuple(sorted(heard.facts_missing)),
        rule_id=benefit.rule,
        rule_answer=heard.told,
    )
    if outcome == NOT_ELIGIBLE and benefit.nature in (Nature.PAYMENT, Nature.PREMIUM):
        return msgspec.structs.replace(answer, amount_fen=0)
    if outcome != ELIGIBLE:
        return answer
    worth = Worth(amount=heard.amount, parts=heard.parts, capped=heard.told.get("capped"))
    return granted(answer, worth, benefit, world)


def _with_papers(
    answer: BenefitAnswer,
    benefit: Benefit,
    handed_in: Iterable[str],
    *,
    period_keys: tuple[str, ...],
    doubles: tuple[Double, ...],
) -> BenefitAnswer:
    """The answer with its papers and flags; `ready` when nothing more stands before payment."""
    found = papers(benefit, handed_in)
    flags = {Kind.STACKED.value for double in doubles if double.kind is Kind.STACKED}
    flags |= {"paper_not_asked_for"} if found.strange else set()
    flags |= set() if benefit.payees else {"payee_not_stated"}
    return msgspec.structs.replace(
        answer,
        evidence_needed=found.needed,
        evidence_held=found.held,
        evidence_missing=found.missing,
        period_keys=period_keys,
        doubles=doubles,
        flags=tuple(sorted(flags)),
        ready=answer.outcome == ELIGIBLE and not found.missing and bool(benefit.payees),
    )
