"""The micro-farm route (requirements section 6, DESIGN section 3): an ordered decision of the pack that orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from matcher.policy.binding import ORDERING_STATES, STANDARD, BoundPack, pack_for
from matcher.policy.evaluation.conventions import Conventions, birthday
from matcher.policy.evaluation.evaluate import decide
from matcher.policy.evaluation.inputs import read_inputs
from matcher.policy.evaluation.world import FigureMissing, RuleWorld
from matcher.policy.predicates.facts import parts_of
from matcher.policy.rule_types import Rule
from matcher.policy.types import Pack, PackSet

MICRO_FARM = "micro_farm"
BIRTH = "birth_date"
WAITS = "waitlist"
OFFERS = frozenset({"offer", "offer_priority"})
NO_RULE = "no_rule"
REVIEW = "needs_review"
NO_RULE_WORKER = "您所在地区目前没有安排菜园地块的办法，我们先为您看其他合适的机会。"
NO_RULE_OFFICER = "{document}没有微田园条款，不作安排。"
FIGURE_WORKER = "这一项需要工作人员先核实，核实后会告诉您。"
FIGURE_OFFICER = "规则所需的数字在这一天没有生效或没有载明：{reason}。"


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one outcome or reason, to the worker and to the officer."""

    code: str
    worker: str
    officer: str


class RouteResult(msgspec.Struct, frozen=True, kw_only=True):
    """How the route came out.

    reasons : codes of 14.3, sorted; sentences : the outcome's own first, then one per reason
    age_reached_on : the day of reaching the route's age while under it, else None: the route is worked out anew then
    meanwhile : channels offered to somebody who waits for land
    """

    outcome: str
    reasons: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    document: str = ""
    clause: str = ""
    age_reached_on: date | None = None
    meanwhile: tuple[str, ...] = ()

    @property
    def note_to_officer(self) -> str:
        """Every reason as the officer reads it, the outcome's own where there is none."""
        return "".join(sentence.officer for sentence in self.sentences[1 if self.reasons else 0 :])


def micro_farm_route(
    bound: BoundPack, facts: Mapping[str, Any], on: date, conventions: Conventions | None = None
) -> RouteResult:
    """The micro-farm route of one worker on a day under the pack that orders.

    facts : birth_date, poor_rural_worker, off_farm_hard, consent, household_has_plot, plots_available; a key that
    is missing or None is unknown. household_offered : given where a plan offers another of the household the plot.
    Raises InvalidInput for a value of a wrong type. `no_rule` where the pack has none.
    """
    pack = bound.pack
    rule = pack.route_rule(MICRO_FARM)
    if rule is None:
        officer = NO_RULE_OFFICER.format(document=pack.cited)
        reasons = ("no_micro_farm_clause",)
        said = tuple(Sentence(code=code, worker=NO_RULE_WORKER, officer=officer) for code in (NO_RULE, *reasons))
        return RouteResult(outcome=NO_RULE, reasons=reasons, sentences=said, document=pack.cited)
    conventions = conventions or Conventions()
    typed = read_inputs(rule.id, rule.inputs, _complete(rule, facts, on))
    return _decided(pack, rule, RuleWorld(pack, rule, typed, conventions, on))


def ruling_pack(bound: BoundPack, packs: PackSet, on: date, *, has_land: bool) -> BoundPack:
    """The pack whose route decides: the one bound, or the card's where it has none and there is land to give.

    A county without a rule of its own and without land has no route, and its own pack says so. A document with a route
    and no order of its own decides its route all the same.
    """
    if bound.state in ORDERING_STATES and bound.asked.route_rule(MICRO_FARM) is not None:
        bound = msgspec.structs.replace(bound, pack=bound.asked)
    return bound if route_age(bound, on) is not None or not has_land else pack_for(packs, STANDARD, on)


def route_age(bound: BoundPack, on: date) -> int | None:
    """Age from which the route is always shown; None where the pack has no such route or no such figure."""
    rule = bound.pack.route_rule(MICRO_FARM)
    row = bound.pack.parameter(rule.age_bound, on) if rule and rule.age_bound else None
    return int(row.value) if row is not None and row.kind.is_figure else None


def age_decides(rule: Rule) -> bool:
    """Whether a route's rule asks of the birth date nothing but how old somebody is on its day."""
    parts = (part for step in rule.steps for required in step.requires for part in parts_of(required))
    asked = [part for part in parts if BIRTH in (part.fact, part.on, part.than, *part.values)]
    return not rule.derives and all(part.is_ == "age_keeps" and part.fact == BIRTH and not part.on for part in asked)


def _complete(rule: Rule, facts: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Every input of the rule: unknown ones as None, those that may be left out only where given, the day as given."""
    given = {key: facts.get(key) for key, kind in rule.inputs.items() if key in facts or not kind.endswith("*")}
    return given | ({rule.day: on} if rule.day else {})


def _decided(pack: Pack, rule: Rule, world: RuleWorld) -> RouteResult:
    try:
        decided = decide(rule, world)
    except FigureMissing as missing:
        officer = FIGURE_OFFICER.format(reason=missing.reason)
        return RouteResult(
            outcome=missing.outcome,
            reasons=(missing.reason,),
            sentences=tuple(
                Sentence(code=code, worker=FIGURE_WORKER, officer=officer) for code in (missing.outcome, missing.reason)
            ),
            document=pack.cited,
            clause=rule.clause,
        )
    said = {saying.code: saying for saying in rule.says}
    return RouteResult(
        outcome=decided.outcome,
        reasons=decided.reasons,
        sentences=tuple(
            Sentence(code=code, worker=said[code].worker, officer=said[code].officer)
            for code in (decided.outcome, *decided.reasons)
        ),
        document=pack.cited,
        clause=rule.clause,
        age_reached_on=_age_reached_on(rule, world),
        meanwhile=rule.land.meanwhile if rule.land is not None and decided.outcome == WAITS else (),
    )


def _age_reached_on(rule: Rule, world: RuleWorld) -> date | None:
    """The day on which somebody still too young reaches the route's age."""
    birth = world.facts.get(BIRTH)
    if not rule.age_bound or birth is None or world.on is None:
        return None
    conventions = world.conventions
    age = int(world.figure(rule.age_bound).value)
    day = birthday(birth, age, basis=conventions.age_basis, leap=conventions.leap_birthday)
    return day if day > world.on else None
