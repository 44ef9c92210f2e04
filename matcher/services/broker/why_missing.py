"""Why somebody is not in an order's list: every reason, what would open it, and what to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from matcher import eligibility, features, scoring
from matcher.explanation import Finding, Verdict
from matcher.ports import RosterStore
from matcher.privacy import Audience, seen_by
from matcher.records import Channel, Worker
from matcher.services.broker.order_round import AboutOrder, round_of_order
from matcher.services.ground.answering import vacancy_named, worker_named, working_ids
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.answers import term_row
from matcher.services.rounds.list_candidates import NO_POST
from matcher.services.rounds.match_round import Round
from matcher.services.rounds.whole_order import floor_of

N_WEAK: Final = 3
IN_WORK: Final = Finding(
    rule_id="in_work", outcome="no", sentence="已经在岗，名单只列没有工作的人", change="这份工作结束后再推荐"
)


def why_missing(
    store: RosterStore, means: Means, call: AboutOrder, worker_id: str, *, ranks: Mapping[str, int]
) -> dict[str, Any]:
    """One person against one order: listed with the rank, or not and why; as a broker may hear it.

    Every limit that refuses the pair is named, not the first alone, with the smallest change that lets go of all of
    them. Closed rules (groups of a post, health) refuse nobody in public: they ask everybody the same.
    ranks : worker id -> rank of the list as it was shown. Raises NotFound for a worker the store does not reach.
    """
    worker, vacancy = worker_named(store, worker_id), vacancy_named(store, call.vacancy_id)
    person = msgspec.to_builtins(masked_people(store, [worker])[worker_id])
    asked: dict[str, Any] = {"person": person, "rank": ranks.get(worker_id, 0)}
    if vacancy.channel is Channel.MICRO_FARM:
        return {**asked, "reasons": [{"rule_id": "micro_farm", "sentence": NO_POST}], **_nothing_more()}
    solved = round_of_order(store, means, call, [worker], [vacancy], everything=True)
    found = eligibility.findings(worker, vacancy, solved.frame)
    refusing = [finding for finding in found if finding.outcome == "no"]
    if _in_work(store, call, worker):
        refusing.insert(0, IN_WORK)
    told = seen_by(Audience.MEDIATOR, {"reasons": [msgspec.to_builtins(finding) for finding in refusing]})
    below = not refusing and int(solved.pairs["fit"][0]) < floor_of(solved)
    return {
        **asked,
        "reasons": [_of_third_person(reason) for reason in told["reasons"]],
        "smallest_change": eligibility.smallest_change(refusing).replace("您", "本人"),
        "questions": list(eligibility.questions(found)),
        "below_floor": below,
        "weak": _weak(solved) if below else [],
        "undecided": eligibility.verdict_of(found) is Verdict.UNKNOWN,
    }


def _nothing_more() -> dict[str, Any]:
    return {"smallest_change": "", "questions": [], "below_floor": False, "weak": [], "undecided": False}


def _in_work(store: RosterStore, call: AboutOrder, worker: Worker) -> bool:
    return worker.worker_id in working_ids(store, call.on, None)


def _of_third_person(reason: Mapping[str, Any]) -> dict[str, Any]:
    """The reason as a broker hears it: it speaks of the person, and found and limit are in the sentence already."""
    return {
        "rule_id": reason["rule_id"],
        "sentence": str(reason["sentence"]).replace("您", "本人"),
        "article": f"{reason.get('document', '')}{reason.get('clause', '')}",
    }


def _weak(solved: Round) -> list[str]:
    """What of the person weighs most against the pair, the worst first."""
    values = term_row(solved, int(solved.pairs["row"][0]))
    totals: dict[str, int] = {}
    for stage in scoring.STAGES:
        for term, part in scoring.contributions(solved.means.model, stage, values).items():
            # The record of a firm or a town says nothing of the person.
            if term not in scoring.OFFSET_KINDS:
                totals[term] = totals.get(term, 0) + part
    worst = sorted((term for term, total in totals.items() if total < 0), key=lambda term: totals[term])
    told = (features.BY_NAME[term].say_of_person(values[term]) for term in worst)
    return [sentence for sentence in told if sentence][:N_WEAK]
