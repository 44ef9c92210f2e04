"""One worker's list from the store: reads the plan's prices, logs what was shown and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

import msgspec

from matcher.errors import NotFound
from matcher.ports import IndexFolder, RosterStore, StoredPlan
from matcher.records import Household, TravelRange, Worker
from matcher.records.fair_packs import Standing
from matcher.services.ground.answering import (
    Look,
    answered_once,
    households_of,
    inputs_of,
    members_of,
    mode_of,
    prices_of,
    told_plan,
    worker_named,
)
from matcher.services.ground.rulebook import Means
from matcher.services.ground.scoped_store import Scoped
from matcher.services.rounds.answers import EVERYTHING_SAID, Unsaid
from matcher.services.rounds.match import decision_id, heading, lists, routes_of
from matcher.services.rounds.match_round import Brief, Rosters
from matcher.services.rounds.packed_people import packed_person
from matcher.services.rounds.posts_at_once import Asked, posts_at_once
from matcher.services.rounds.routes import offers_plot
from matcher.services.rounds.short_round import prepare_list


class Recommend(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="recommend", tag_field="call"):
    """The call: whose list, on which day, how long, with what beside it, for whom to read.

    public : without poverty, relocation and health, which then move nothing but the order
    regions : leading digits of the region codes the asker reaches, all of them if empty
    travel_range, needs_daily_return : the worker's answer of today, instead of the record's for this list alone
    packed : reckoned from what a fair pack carries of the worker: a kiosk without a network gives the same bytes
    members : the others of the household are read, who may be offered its one plot first; older calls did not
    stretch : the last line of a list of five or more may widen the choice; never where a kiosk or a text shows it
    channel : where the list is read, where the call does not say it otherwise: sms
    unsaid : what the page around the list says already, named neither as reason nor as drawback
    """

    worker_id: str
    on: date
    jurisdiction: str
    top: int
    seed: int
    explain: bool = False
    refused: bool = False
    public: bool = False
    regions: tuple[str, ...] = ()
    travel_range: TravelRange | None = None
    needs_daily_return: bool | None = None
    packed: bool = False
    members: bool = False
    stretch: bool = False
    channel: str = ""
    unsaid: Unsaid = EVERYTHING_SAID


def recommend(
    store: RosterStore,
    means: Means,
    call: Recommend,
    *,
    at: datetime,
    folder: IndexFolder | None = None,
    look: Look | None = None,
    as_json: bool = False,
) -> dict[str, Any]:
    """Answer of CONTRACT section 4 with one list, logged before it leaves. Raises NotFound for an unknown worker.

    folder : of a process that answers once: the index that an earlier one left, so that few vacancies are read
    look : gives the entry of the audit that is written with the decision
    as_json : parts of the answer may be encoded already (`msgspec.Raw`), for a caller who only sends it on
    """
    call = msgspec.structs.replace(call, members=True)
    answers = partial(answer_recommend, folder=folder, as_json=as_json)
    return answered_once(store, means, call, answers, kind="recommend", at=at, look=look)


def answer_recommend(
    store: RosterStore,
    means: Means,
    call: Recommend,
    *,
    plan: StoredPlan | None,
    revision: int | None,
    folder: IndexFolder | None = None,
    as_json: bool = False,
) -> tuple[dict[str, Any], bytes]:
    """The answer as of a revision of the store, and the bytes of everything that went into it."""
    store = Scoped(store, call.regions)
    asked_at = Asked(on=call.on, seed=call.seed, public=call.public, plan=plan, revision=revision)
    asked = _person(store, means, call, revision)
    rosters = Rosters(
        workers=[as_of_today(asked.worker, call)],
        vacancies=posts_at_once(folder, store, means, asked_at),
        households=asked.households,
    )
    solved = prepare_list(rosters, means, _brief(call, plan, asked.standings), top=call.top, stretch=call.stretch)
    routes = routes_of(solved)
    others = asked.others() if call.members and offers_plot(routes[0]) else ()
    body = inputs_of(call, rosters, plan, means=means, also=others) + asked.told(call)
    decision = decision_id(body, means, call.seed)
    answer = {
        **heading(solved, told_plan(plan)),
        "decision_id": decision,
        "lists": lists(
            solved,
            top=call.top,
            explain=call.explain,
            refused=means.settings.refused_limit if call.refused else None,
            routes=routes_of(solved, others) if others else routes,
            stretch=call.stretch,
            unsaid=call.unsaid,
            as_json=as_json,
        ),
    }
    return answer, body


def _brief(call: Recommend, plan: StoredPlan | None, standings: Mapping[str, Standing] | None) -> Brief:
    return Brief(
        on=call.on,
        jurisdiction=call.jurisdiction,
        seed=call.seed,
        prices=prices_of(plan),
        mode=mode_of(plan),
        public=call.public,
        standings=standings,
    )


class _Asked(NamedTuple):
    """Whose list it is. standings : the place in the order, where the record does not give it; others : see members"""

    worker: Worker
    households: Mapping[str, Household]
    standings: Mapping[str, Standing] | None
    others: Callable[[], Sequence[Worker]]

    def told(self, call: Recommend) -> bytes:
        """What a pack says of the place in the order: it goes into the answer as the records do."""
        if self.standings is None:
            return b""
        # From which day on it holds is a matter of the pack, not of the list.
        return msgspec.json.encode(msgspec.structs.replace(self.standings[call.worker_id], since=call.on))


def _person(store: RosterStore, means: Means, call: Recommend, revision: int | None) -> _Asked:
    """The worker with the household; of a packed call what a fair pack carries of both."""
    worker = worker_named(store, call.worker_id, revision)
    households = households_of(store, [worker], revision)
    if not call.packed:
        return _Asked(worker, households, None, lambda: members_of(store, worker, revision, means))
    person = packed_person(
        store, means, worker, households, on=call.on, jurisdiction=call.jurisdiction, revision=revision
    )
    standing = person.standing(call.on)
    if standing is None:
        raise NotFound(f"the pack does not hold {call.on.isoformat()}", where=call.worker_id, remedy="Fetch a new one.")
    homes = {} if person.household is None else {person.household.household_id: person.household}
    return _Asked(person.worker, homes, {call.worker_id: standing}, lambda: person.before)


def as_of_today(worker: Worker, call: Recommend) -> Worker:
    """The worker with what was answered today in place of the record."""
    said = {"travel_range": call.travel_range, "needs_daily_return": call.needs_daily_return}
    return msgspec.structs.replace(worker, **{name: value for name, value in said.items() if value is not None})
