"""Answers of CONTRACT section 4 from a prepared round: items, refused pairs, every part that makes the score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from matcher import eligibility, features, scoring
from matcher.explanation import Finding, Verdict
from matcher.pairs import Pairs
from matcher.records import Worker
from matcher.services.rounds.match_round import Listed, Round
from matcher.services.rounds.term_shares import Pieces, TermShares, Told, plain, shares_of, strongest, terms_of
from matcher.shortlist import PRICE_BITS, SCORE_BITS

VERDICTS: Final = ("no", "unknown", "yes")
"""The word of each `Verdict`."""
P_ONE: Final = float(1 << scoring.P_BITS)
FIT_ONE: Final = float(1 << scoring.FIT_BITS)
PRICE_ONE: Final = float(1 << PRICE_BITS)
SCORE_ONE: Final = float(1 << SCORE_BITS)
FACTOR_ONE: Final = 64.0
"""A chance, a fit, a price, a score and a factor of 1, in the units they are reckoned in: powers of two, so that to
divide by them only rounds to what a number of JSON can hold."""


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


class _Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How pairs are told: the keywords of `item` and `listed_items`. unsaid : None where everything may be said"""

    explain: bool
    to_broker: bool
    unsaid: Unsaid | None
    as_json: bool


class _Person(msgspec.Struct, frozen=True, kw_only=True):
    """What every pair of one worker tells alike. household, priority, group : factors; shares : of the model

    rule : the finding that tells the worker's tier, as an answer does
    """

    worker: Worker
    household: float
    priority: float
    group: float
    tier: int
    sub_tier: int
    rule: dict[str, Any]
    shares: TermShares


def term_row(solved: Round, row: int) -> dict[str, int]:
    """Term values of one pair of the round."""
    return {term: int(column[row]) for term, column in solved.values.items()}


def _reason_and_drawback(told: Pieces, manner: _Manner) -> tuple[str, str]:
    """The term that helps most and the one that hurts most over the three stages, as plain facts.

    A broker hears of the person only: facts of the post are the same for every candidate.
    """
    if manner.unsaid is None and not manner.to_broker:
        good, bad = strongest(told)
    else:
        weighing, unsaid = _weighing(told, to_broker=manner.to_broker), manner.unsaid or EVERYTHING_SAID
        good = max((term for term in weighing if term.term not in unsaid.reason), key=_total, default=None)
        bad = min((term for term in weighing if term.term not in unsaid.drawback), key=_total, default=None)
    good = None if good is None or good.total <= 0 else good
    bad = None if bad is None or bad.total >= 0 else bad
    if manner.to_broker:
        return (
            features.BY_NAME[good.term].say_of_person(good.value) if good else NO_REASON,
            features.BY_NAME[bad.term].say_of_person(bad.value) if bad else NO_DRAWBACK_OF_PERSON,
        )
    return good.speaks_for if good else NO_REASON, bad.speaks_against if bad else NO_DRAWBACK


def _total(term: Told) -> int:
    return term.total


def _weighing(told: Pieces, *, to_broker: bool) -> list[Told]:
    """The terms that are said of a pair, in the order of the vocabulary."""
    # A record of others (an offset) is told in the explanation, not as what speaks for or against this pair.
    return [
        term
        for term in terms_of(told)
        if term.weighs and (not to_broker or features.BY_NAME[term.term].say_of_person(term.value))
    ]


def _left_out(told: Sequence[Told], unsaid: Unsaid) -> list[str]:
    """What would speak for or against a pair but is not said of it as reason or drawback, in the vocabulary's order."""
    return [
        term.speaks_for if term.total > 0 else term.speaks_against
        for term in told
        if term.total and term.term in (unsaid.reason if term.total > 0 else unsaid.drawback)
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
    row = {name: int(column[ix]) for name, column in pairs.columns.items()}
    shares = shares_of(solved.means)
    told = shares.of(term_row(solved, row["row"]))
    listed = Listed(
        worker_ix=int(pairs.worker_ix[ix]),
        vacancy=solved.rosters.vacancies[pairs.vacancy_ix[ix]],
        verdict=Verdict(row["verdict"]),
        told=told,
        odds=shares.log_odds(told),
        p=(row["p_apply"], row["p_hire"], row["p_keep"]),
        fit=row["fit"],
        fit_band=row["fit_band"],
        price=row["price"],
        score=row["score"],
        stretch=bool(row.get("stretch", 0)),
    )
    manner = _manner(explain=explain, to_broker=to_broker, unsaid=unsaid)
    return _told(solved, _person(solved, listed.worker_ix), listed, rank, manner)


def listed_items(
    solved: Round, lines: Sequence[Listed], *, explain: bool, unsaid: Unsaid = EVERYTHING_SAID, as_json: bool = False
) -> list[dict[str, Any]]:
    """The lines of one worker's list, best first, as `item` tells them.

    as_json : the stages stand in them encoded, for an answer that is
    """
    if not lines:
        return []
    person = _person(solved, lines[0].worker_ix)
    manner = _manner(explain=explain, unsaid=unsaid, as_json=as_json)
    return [_told(solved, person, listed, rank, manner) for rank, listed in enumerate(lines, 1)]


def _manner(*, explain: bool, unsaid: Unsaid, to_broker: bool = False, as_json: bool = False) -> _Manner:
    left_out = None if unsaid == EVERYTHING_SAID else unsaid
    return _Manner(explain=explain, to_broker=to_broker, unsaid=left_out, as_json=as_json)


def _person(solved: Round, worker_ix: int) -> _Person:
    ranked = solved.ranked
    return _Person(
        worker=solved.rosters.workers[worker_ix],
        household=ranked.household.item(worker_ix) / FACTOR_ONE,
        priority=ranked.priority.item(worker_ix) / FACTOR_ONE,
        group=ranked.group.item(worker_ix) / FACTOR_ONE,
        tier=ranked.tier.item(worker_ix),
        sub_tier=ranked.sub_tier.item(worker_ix),
        rule=msgspec.to_builtins(tier_finding(solved, worker_ix)),
        shares=shares_of(solved.means),
    )


def _told(solved: Round, person: _Person, listed: Listed, rank: int, manner: _Manner) -> dict[str, Any]:
    """A listed pair of the person; the order of its parts is that of the bytes."""
    vacancy, told, (p_apply, p_hire, p_keep) = listed.vacancy, listed.told, listed.p
    # A yes is a pair with no finding: the kernel that said so equals the rules.
    sure = listed.verdict is Verdict.YES
    findings = () if sure else eligibility.findings(person.worker, vacancy, solved.frame)
    sentence, drawback = _reason_and_drawback(told, manner)
    answer: dict[str, Any] = {
        "rank": rank,
        "worker_id": person.worker.worker_id,
        "vacancy_id": vacancy.vacancy_id,
        "verdict": VERDICTS[listed.verdict],
        "questions": list(eligibility.questions(findings)) if findings else [],
        "fit": listed.fit / FIT_ONE,
        "p_apply": p_apply / P_ONE,
        "p_hire": p_hire / P_ONE,
        "p_keep": p_keep / P_ONE,
        "fit_band": listed.fit_band,
        "household_factor": person.household,
        "priority_factor": person.priority,
        "group_factor": person.group,
        "slot_price": listed.price / PRICE_ONE,
        "score": listed.score / SCORE_ONE,
        "tier": person.tier,
        "sub_tier": person.sub_tier,
        "stretch": listed.stretch,
        "places_left": vacancy.places_left,
        "sentence": sentence,
        "drawback": drawback,
    }
    if manner.unsaid is not None:
        # A broker is told of the person alone, and nothing is left out there.
        answer["left_out"] = _left_out(_weighing(told, to_broker=manner.to_broker), manner.unsaid)
    if manner.explain:
        stages = person.shares.stages(told, listed.odds)
        answer["explanation"] = {
            "stages": stages if manner.as_json else plain(stages),
            # Whoever is handed an answer may change it: no two lines share a rule.
            "rules": [*map(msgspec.to_builtins, findings), person.rule.copy()],
        }
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
