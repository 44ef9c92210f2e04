"""Answers of CONTRACT section 4 from a prepared round: items, refused pairs, every part that makes the score."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from matcher import eligibility, features, scoring
from matcher.explanation import Contribution, Explanation, Finding, Stage, Verdict
from matcher.pairs import Pairs
from matcher.services.rounds.match_round import Round
from matcher.shortlist import PRICE_BITS, SCORE_BITS

VERDICTS = {Verdict.YES: "yes", Verdict.UNKNOWN: "unknown", Verdict.NO: "no"}


class Unsaid(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Terms that where a list is shown are said neither as its one reason nor as its one drawback: shown there already.

    The next true one stands in their place; an item says what was left out in `left_out`, nothing is hidden.
    """

    reason: tuple[str, ...] = ()
    drawback: tuple[str, ...] = ()


EVERYTHING_SAID: Final = Unsaid()
NO_REASON = "条件都符合"
NO_DRAWBACK = "没看出明显不足，加班、发薪日要问清"
NO_DRAWBACK_OF_PERSON = "没有看到明显不足，请再核对本人意愿"


def _ratio(number: int, bits: int) -> float:
    return int(number) / (1 << bits)


def term_row(solved: Round, row: int) -> dict[str, int]:
    """Term values of one pair of the round."""
    return {term: int(column[row]) for term, column in solved.values.items()}


def stages(solved: Round, values: dict[str, int]) -> tuple[Stage, ...]:
    """The three stages with every contribution that is not zero, strongest first."""
    model = solved.means.model
    told = []
    for name in scoring.STAGES:
        parts = scoring.contributions(model, name, values)
        shares = sorted(
            ((term, part) for term, part in parts.items() if part), key=lambda share: (-abs(share[1]), share[0])
        )
        intercept = model.stages[name].intercept
        told.append(
            Stage(
                stage=name,
                intercept=intercept / scoring.SCALE,
                contributions=tuple(_contribution(name, term, part, values[term]) for term, part in shares),
                log_odds=(intercept + sum(parts.values())) / scoring.SCALE,
            )
        )
    return tuple(told)


def _contribution(stage: str, term: str, part: int, value: int) -> Contribution:
    offset = term in scoring.OFFSET_KINDS
    sentence = scoring.offset_sentence(stage, term, part) if offset else features.BY_NAME[term].say(value)
    return Contribution(term=term, value=part / scoring.SCALE, sentence=sentence)


def _reason_and_drawback(
    totals: dict[str, int], values: dict[str, int], *, to_broker: bool, unsaid: Unsaid
) -> tuple[str, str]:
    """The term that helps most and the one that hurts most over the three stages, as plain facts.

    A broker hears of the person only: facts of the post are the same for every candidate.
    """
    best = max((term for term in totals if term not in unsaid.reason), key=lambda term: totals[term], default="")
    worst = min((term for term in totals if term not in unsaid.drawback), key=lambda term: totals[term], default="")
    good, bad = totals.get(best, 0) > 0, totals.get(worst, 0) < 0
    if to_broker:
        return (
            features.BY_NAME[best].say_of_person(values[best]) if good else NO_REASON,
            features.BY_NAME[worst].say_of_person(values[worst]) if bad else NO_DRAWBACK_OF_PERSON,
        )
    return (
        features.BY_NAME[best].say(values[best]) if good else NO_REASON,
        features.BY_NAME[worst].say(values[worst], against=True) if bad else NO_DRAWBACK,
    )


def _totals(solved: Round, values: dict[str, int], *, to_broker: bool) -> dict[str, int]:
    """Term -> its share over the three stages, in the order of the vocabulary."""
    totals: dict[str, int] = {}
    for name in scoring.STAGES:
        for term, part in scoring.contributions(solved.means.model, name, values).items():
            totals[term] = totals.get(term, 0) + part
    # A record of others (an offset) is told in the explanation, not as what speaks for or against this pair.
    return {
        term.name: totals[term.name]
        for term in features.TERMS
        if term.name in totals and (not to_broker or term.say_of_person(values[term.name]))
    }


def _left_out(totals: dict[str, int], values: dict[str, int], unsaid: Unsaid) -> list[str]:
    """What would speak for or against a pair but is not said of it as reason or drawback, in the vocabulary's order."""
    return [
        features.BY_NAME[term].say(values[term], against=part < 0)
        for term, part in totals.items()
        if part and term in (unsaid.reason if part > 0 else unsaid.drawback)
    ]


def item(
    solved: Round,
    pairs: Pairs,
    ix: int,
    rank: int,
    *,
    explain: bool,
    to_broker: bool = False,
    unsaid: Unsaid = EVERYTHING_SAID,
) -> dict[str, Any]:
    """The pair at position `ix` of the listed `pairs` as JSON, with every part that makes its score.

    to_broker : reason and drawback speak of the person, not to the person; unsaid : what they do not name
    """
    worker = solved.rosters.workers[pairs.worker_ix[ix]]
    vacancy = solved.rosters.vacancies[pairs.vacancy_ix[ix]]
    verdict = Verdict(int(pairs["verdict"][ix]))
    # A yes is a pair with no finding: the kernel that said so equals the rules.
    findings = () if verdict is Verdict.YES else eligibility.findings(worker, vacancy, solved.frame)
    values = term_row(solved, int(pairs["row"][ix]))
    totals = _totals(solved, values, to_broker=to_broker)
    sentence, drawback = _reason_and_drawback(totals, values, to_broker=to_broker, unsaid=unsaid)
    ranked, worker_ix = solved.ranked, int(pairs.worker_ix[ix])
    answer: dict[str, Any] = {
        "rank": rank,
        "worker_id": worker.worker_id,
        "vacancy_id": vacancy.vacancy_id,
        "verdict": VERDICTS[verdict],
        "questions": list(eligibility.questions(findings)),
        "fit": _ratio(pairs["fit"][ix], scoring.FIT_BITS),
        "p_apply": _ratio(pairs["p_apply"][ix], scoring.P_BITS),
        "p_hire": _ratio(pairs["p_hire"][ix], scoring.P_BITS),
        "p_keep": _ratio(pairs["p_keep"][ix], scoring.P_BITS),
        "fit_band": int(pairs["fit_band"][ix]),
        "household_factor": int(ranked.household[worker_ix]) / 64,
        "priority_factor": int(ranked.priority[worker_ix]) / 64,
        "group_factor": int(ranked.group[worker_ix]) / 64,
        "slot_price": _ratio(pairs["price"][ix], PRICE_BITS),
        "score": _ratio(pairs["score"][ix], SCORE_BITS),
        "tier": int(pairs["tier"][ix]),
        "sub_tier": int(pairs["sub_tier"][ix]),
        "stretch": "stretch" in pairs.columns and bool(pairs["stretch"][ix]),
        "places_left": vacancy.places_left,
        "sentence": sentence,
        "drawback": drawback,
    }
    if unsaid != EVERYTHING_SAID:
        # A broker is told of the person alone, and nothing is left out there.
        answer["left_out"] = _left_out(totals, values, unsaid)
    if explain:
        told = Explanation(stages=stages(solved, values), rules=(*findings, tier_finding(solved, worker_ix)))
        answer["explanation"] = msgspec.to_builtins(told)
    return answer


def tier_finding(solved: Round, worker_ix: int) -> Finding:
    """The priority tier of a worker as a finding with document and clause."""
    result = solved.ranked.results[worker_ix]
    return Finding(
        rule_id="priority_tier",
        outcome=f"tier_{result.rank}",
        sentence=result.label,
        document=result.document,
        clause=result.clause,
        # In public no word names a group; the order itself still goes by the tier.
        found=None if solved.frame.public else "、".join(result.flags_used) or None,
    )


def refusal(findings: tuple[Finding, ...]) -> dict[str, Any]:
    """A refused pair: every reason that says no, and the smallest change that would open it.

    Under the minimum age of the law nothing else matters, and nothing is suggested but to wait.
    """
    refusing = tuple(finding for finding in findings if finding.outcome == "no")
    refusing = tuple(f for f in refusing if f.rule_id == "under_16") or refusing
    reasons = [msgspec.to_builtins(finding) for finding in refusing]
    for reason in reasons:
        reason.pop("outcome")
        reason.pop("change", None)
    return {"verdict": "no", "reasons": reasons, "smallest_change": eligibility.smallest_change(refusing)}
