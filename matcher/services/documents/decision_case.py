"""A logged decision as a worked example of the rule behind it: the facts it stood on, and nothing that tells who."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, NotFound
from matcher.policy import age_on, evaluate_rule, from_settings, pack_for, tier_of, tiers, worker_flags
from matcher.policy.checks.case_text import Example, case_stanza, polarity_of
from matcher.policy.evaluation.conventions import birthday
from matcher.policy.route import MICRO_FARM, ruling_pack
from matcher.policy.rule_types import Rule
from matcher.ports import Decision, RosterStore
from matcher.services.ground.answering import households_of, vacancies_at, vacancy_named, worker_named
from matcher.services.ground.rulebook import Means, kept_means
from matcher.services.rounds.list_candidates import ListCandidates, service_of
from matcher.services.rounds.recommend import Recommend, as_of_today
from matcher.services.rounds.replay_decision import CALLS, replay_decision
from matcher.services.rounds.routes import Ground, household_of, open_plots, route_facts

ORDER: Final = "X_PRIORITY"
TIER_RULE: Final = "priority_tier"
SHARED_AGE: Final = "出生日期换成了当天同龄的一天，不是本人的。"
CHANGED: Final = "今天的规则给出的结果不一样，请核对后再收进算例。"


class DecisionCase(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which decision, of whom (everybody it lists by default), by which rule.

    rule_id : X_PRIORITY, or the rule of the route; by default the route's where the answer shows one, else the order
    """

    decision_id: str
    worker_id: str = ""
    rule_id: str = ""


def decision_case(store: RosterStore, means: Means, call: DecisionCase) -> str:
    """The `[[case]]` stanza, ending with a line feed; the answer in it is the one given then.

    Raises NotFound for an unknown decision, a person or rule that has no part in it, Erased where somebody it rests
    on was erased since, InvalidInput where its facts do not make an example.
    """
    decision = store.decision(call.decision_id)
    if decision.kind == "match":
        raise InvalidInput(
            "外部系统的一次匹配不能写成算例", where=call.decision_id, remedy="它的资料不在本县的登记里；请选一份名单。"
        )
    replay_decision(store, means.settings, call.decision_id)
    then = kept_means(store, decision.model, decision.pack, means.settings)
    answer = _explained(store, then, decision)
    (listed,) = answer["lists"]
    route = _route_rule(then, answer) if listed.get("routes") else None
    wanted = call.rule_id or (route.id if route else ORDER)
    if route is not None and wanted == route.id:
        example = _route_case(store, then, decision, call, answer, route)
    elif wanted == ORDER:
        example = _order_case(store, then, decision, call, answer)
    else:
        known = "、".join([ORDER, *([route.id] if route else [])])
        raise NotFound(f"这份名单没有用到规则 {wanted}", where=wanted, remedy=f"请用：{known}。")
    return case_stanza(_checked(example, means))


def _explained(store: RosterStore, then: Means, decision: Decision) -> dict[str, Any]:
    """The same answer with every reason asked for."""
    call_type, answer_call = CALLS[decision.kind]
    asked = msgspec.structs.replace(msgspec.convert(dict(decision.request), call_type), explain=True)
    plan = store.plan(decision.plan_id) if decision.plan_id else None
    answer, _ = answer_call(store, then, asked, plan=plan, revision=decision.revision)
    return answer


def _route_rule(then: Means, answer: Mapping[str, Any]) -> Rule | None:
    """The rule a shown route was decided by: that of the pack the route cites."""
    cited = answer["lists"][0]["routes"][0]["document"]
    for pack in then.packs.packs.values():
        if pack.cited == cited and pack.route_rule(MICRO_FARM) is not None:
            return pack.route_rule(MICRO_FARM)
    return None


def _route_case(
    store: RosterStore, then: Means, decision: Decision, call: DecisionCase, answer: Mapping[str, Any], rule: Rule
) -> Example:
    """The route of the worker of a list, his day of birth replaced by one of the same age."""
    asked = msgspec.convert(dict(decision.request), Recommend)
    if call.worker_id not in ("", asked.worker_id):
        raise _not_listed(call.worker_id)
    worker = as_of_today(worker_named(store, asked.worker_id, decision.revision), asked)
    homes = households_of(store, [worker], decision.revision)
    bound = pack_for(then.packs, answer["jurisdiction"], asked.on)
    ground = Ground(
        plots=open_plots(vacancies_at(store, decision.revision), asked.on, then),
        means=then,
        bound=bound,
        on=asked.on,
        public=asked.public,
    )
    facts = route_facts(worker, ground, household=household_of(worker, homes))
    facts["birth_date"] = _same_age(facts["birth_date"], asked.on, then)
    ruling = ruling_pack(bound, then.packs, asked.on, has_land=bool(ground.plots))
    inputs = {name: facts.get(name) for name in rule.inputs} | ({rule.day: asked.on} if rule.day else {})
    told = evaluate_rule(rule.id, inputs, packs=then.packs, conventions=from_settings(then.settings))
    shown = answer["lists"][0]["routes"][0]
    if (told["outcome"], told["reasons"]) != (shown["outcome"], shown["reasons"]):
        raise _no_example(call.decision_id)
    word = then.packs.vocabulary.words.get(told["outcome"], told["outcome"])
    notes = (SHARED_AGE,) if inputs.get("birth_date") else ()
    return Example(
        rule=rule.id,
        name=f"{asked.on.year}年一份名单的路线：{word}（{ruling.pack.name}）",
        polarity=polarity_of(rule.id, told, then.packs),
        inputs=inputs,
        expected=told,
        notes=notes,
    )


def _same_age(birth: date | None, on: date, then: Means) -> date | None:
    """A day of birth that makes somebody exactly as old on the day, counted as the county counts."""
    if birth is None:
        return None
    basis, leap = then.settings.age_basis, then.settings.leap_birthday
    age = age_on(birth, on, basis, leap)
    day = birthday(on, -age, leap=leap)
    while age_on(day, on, basis, leap) < age:
        day -= timedelta(days=1)
    return day


def _order_case(
    store: RosterStore, then: Means, decision: Decision, call: DecisionCase, answer: Mapping[str, Any]
) -> Example:
    """The order of the listed people by the flags their tiers rest on, under letters in place of ids."""
    pack = then.packs[answer["pack"].partition("@")[0]]
    people = _listed(decision, answer, call.worker_id)
    asked, place = _post(store, then, decision)
    service = asked or pack.general_service
    order, on = tiers(pack, service), date.fromisoformat(answer["on"])

    def flags_of(worker_id: str) -> tuple[str, ...]:
        worker = worker_named(store, worker_id, decision.revision)
        told = worker_flags(worker, on=on, work_place_code=place, vocabulary=then.packs.vocabulary)
        return tier_of(told, order).flags_used

    candidates = [
        {"id": f"p{at:03}", "flags": list(flags_of(worker_id))} for at, worker_id in enumerate(people, start=1)
    ]
    inputs = {"jurisdiction": pack.id, "service": service, "equal_fit": True, "candidates": candidates}
    told = evaluate_rule(ORDER, inputs, packs=then.packs, conventions=from_settings(then.settings))
    ranks: dict[tuple[int, int], list[str]] = {}
    for row, listed in zip(candidates, people.values(), strict=True):
        ranks.setdefault(listed[:2], []).append(str(row["id"]))
    if told["order"] != [sorted(ranks[rank]) for rank in sorted(ranks)]:
        raise _no_example(call.decision_id)
    clauses = dict.fromkeys(clause for _, _, clause in people.values())
    return Example(
        rule=ORDER,
        name=f"{answer['on'][:4]}年一份名单里{len(candidates)}人的先后",
        polarity="neutral",
        inputs=inputs,
        expected=told,
        clause="; ".join(clauses),
    )


def _listed(decision: Decision, answer: Mapping[str, Any], worker_id: str) -> dict[str, tuple[int, int, str]]:
    """Tier, sub-tier and clause of everybody listed once, or of one of them, in the order of the list."""
    about = decision.request.get("worker_id")
    found = {
        item.get("worker_id", about): (item["tier"], item["sub_tier"], _clause(item))
        for item in answer["lists"][0]["items"]
    }
    if worker_id and worker_id not in found:
        raise _not_listed(worker_id)
    if not found:
        raise NotFound("这份名单是空的，没有先后可写", remedy="请选一份有人或有岗位的名单。")
    return {worker_id: found[worker_id]} if worker_id else found


def _clause(item: Mapping[str, Any]) -> str:
    """The clause of the tier, which every list names."""
    return next(str(rule["clause"]) for rule in item["explanation"]["rules"] if rule["rule_id"] == TIER_RULE)


def _post(store: RosterStore, then: Means, decision: Decision) -> tuple[str, str | None]:
    """The service whose tiers ordered the list ("" for the general one), and where the post is of one post's list."""
    if decision.kind != "candidates":
        return "", None
    asked = msgspec.convert(dict(decision.request), ListCandidates)
    vacancy = vacancy_named(store, asked.vacancy_id, decision.revision)
    return service_of(vacancy, then.packs.vocabulary, asked.service), vacancy.place_code


def _checked(example: Example, means: Means) -> Example:
    """The example with a note where the rules of today answer it otherwise."""
    today = evaluate_rule(example.rule, example.inputs, packs=means.packs, conventions=from_settings(means.settings))
    if today == example.expected:
        return example
    return msgspec.structs.replace(example, notes=(*example.notes, CHANGED))


def _not_listed(worker_id: str) -> NotFound:
    return NotFound("这份名单里没有这个人", where=worker_id, remedy="请核对编号，或不写编号。")


def _no_example(decision_id: str) -> InvalidInput:
    return InvalidInput(
        "这份名单的事实不足以写成算例：同样的事实单独算，结果不一样", where=decision_id, remedy="请换一份名单。"
    )
