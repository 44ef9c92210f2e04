"""Lists that were shown, built again from the log: impressions, and the records as they were seen then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from matcher.decisions import digest
from matcher.errors import Erased, StoreError
from matcher.ports import Decision, RosterStore
from matcher.records import Employer, Household, Kind, Record, Vacancy, Worker
from matcher.records.events import Channel, Impression, Snapshot
from matcher.services.rounds.list_candidates import ListCandidates
from matcher.services.rounds.log_match import ARTIFACT
from matcher.services.rounds.recommend import Recommend, as_of_today
from matcher.services.rounds.replay_decision import replay_decision
from matcher.services.rounds.requests import read_request
from matcher.settings import Settings

DETERMINISTIC: Final = 1.0


class Seen(NamedTuple):
    """The people, homes, posts and firms behind a list, by id, as they were when it was made."""

    workers: Mapping[str, Worker]
    households: Mapping[str, Household]
    vacancies: Mapping[str, Vacancy]
    employers: Mapping[str, Employer]


class Shown(NamedTuple):
    """A list that can still be told: what it said, to whom, on which day, of which records."""

    decision: Decision
    lists: Sequence[Mapping[str, Any]]
    on: date
    season: str
    policy: str
    seen: Seen


def shown_lists(store: RosterStore, settings: Settings) -> Iterator[Shown | Decision]:
    """Every logged list in the order of the log; the bare decision where somebody it rests on was erased since."""
    for decision in store.decisions():
        try:
            answer = msgspec.json.decode(replay_decision(store, settings, decision.decision_id))
        except (Erased, StoreError):
            yield decision
            continue
        on = date.fromisoformat(answer["on"])
        plan = store.current_plan(on)
        season = (answer.get("plan") or {}).get("season") or (plan.season if plan else "")
        mode = (answer.get("plan") or {}).get("mode", "balanced")
        lists = answer["lists"]
        order = lists[0].get("order", mode) if lists else mode
        yield Shown(decision, lists, on, season, f"{decision.kind}-{order}", _seen(store, decision, lists))


def list_id(decision: Decision, entry: Mapping[str, Any], n_lists: int) -> str:
    """What names one list: the decision, and the worker where a decision holds several."""
    return decision.decision_id if n_lists == 1 else f"{decision.decision_id}:{entry['worker_id']}"


def impressions(shown: Shown, *, synthetic: bool) -> Iterator[Impression]:
    """One row per line of the lists."""
    for entry in shown.lists:
        of = list_id(shown.decision, entry, len(shown.lists))
        counted = entry["n_yes"] + entry["n_unknown"] if "n_yes" in entry else None
        for item in entry["items"]:
            worker_id = entry.get("worker_id") or item["worker_id"]
            vacancy_id = entry.get("vacancy_id") or item["vacancy_id"]
            worker = shown.seen.workers.get(worker_id)
            rules = (item.get("explanation") or {"rules": ()})["rules"]
            yield Impression(
                event_id=event_id("i", of, worker_id, vacancy_id),
                ts=shown.decision.made_at,
                synthetic=synthetic,
                season=shown.season,
                channel=_channel(shown.decision),
                policy_id=shown.policy,
                model_sha=shown.decision.model,
                seed=shown.decision.seed,
                worker_id=worker_id,
                household_id=(worker.household_id or "") if worker else "",
                list_id=of,
                slot=item["rank"],
                vacancy_id=vacancy_id,
                propensity=item.get("propensity", DETERMINISTIC),
                n_candidates=counted,
                p_apply=item["p_apply"],
                p_hire=item["p_hire"],
                p_keep=item["p_keep"],
                slot_price=item["slot_price"],
                score=item["score"],
                openings_left=item["places_left"],
                eligible_rules=tuple(rule["rule_id"] for rule in rules),
                explore=False,
                consent_version="",
            )


def snapshots(shown: Shown, *, synthetic: bool) -> Iterator[Snapshot]:
    """The records of the lists as they were seen; the same version of a record has the same id wherever it was seen."""
    tables: tuple[tuple[Any, Mapping[str, Record]], ...] = (
        ("worker", shown.seen.workers),
        ("household", shown.seen.households),
        ("vacancy", shown.seen.vacancies),
        ("employer", shown.seen.employers),
    )
    for kind, records in tables:
        for record_id, record in sorted(records.items()):
            fields = msgspec.to_builtins(record)
            version = digest(msgspec.json.encode(fields, order="deterministic"))
            yield Snapshot(
                event_id=event_id("s", shown.season, kind, record_id, version),
                ts=shown.decision.made_at,
                synthetic=synthetic,
                season=shown.season,
                kind=kind,
                id=record_id,
                fields=fields,
            )


def event_id(letter: str, *parts: str) -> str:
    """The id of an event: the same for the same event, whenever it is written."""
    return f"{letter}-{digest(msgspec.json.encode(parts))[:32]}"


def _channel(decision: Decision) -> Channel:
    if decision.request.get("channel") == "sms":
        return "sms"
    if not decision.request.get("public"):
        return "api"
    return {"recommend": "kiosk", "candidates": "broker"}.get(decision.kind, "api")  # type: ignore[return-value]


def _seen(store: RosterStore, decision: Decision, lists: Sequence[Mapping[str, Any]]) -> Seen:
    if decision.kind == "match":
        return _sent(store, decision)
    pairs = [
        (entry.get("worker_id") or item["worker_id"], entry.get("vacancy_id") or item["vacancy_id"])
        for entry in lists
        for item in entry["items"]
    ]
    workers = _records(store, Kind.WORKERS, Worker, {worker for worker, _ in pairs}, decision, "worker_id")
    if decision.kind == "recommend":
        call = msgspec.convert(dict(decision.request), Recommend)
        workers = {worker_id: as_of_today(worker, call) for worker_id, worker in workers.items()}
    homes = {worker.household_id for worker in workers.values() if worker.household_id}
    vacancies = _records(store, Kind.VACANCIES, Vacancy, {post for _, post in pairs}, decision, "vacancy_id")
    firms = {vacancy.employer_id for vacancy in vacancies.values() if vacancy.employer_id}
    return Seen(
        workers=workers,
        households=_records(store, Kind.HOUSEHOLDS, Household, homes, decision, "household_id"),
        vacancies=vacancies,
        employers=_records(store, Kind.EMPLOYERS, Employer, firms, decision, "employer_id"),
    )


def _sent(store: RosterStore, decision: Decision) -> Seen:
    """The objects of a match as they were sent: a match knows nothing else."""
    request = read_request(store.artifact(str(decision.request["request"])), name=ARTIFACT)
    return Seen(
        workers={worker.worker_id: worker for worker in request.workers},
        households={household.household_id: household for household in request.households},
        vacancies={vacancy.vacancy_id: vacancy for vacancy in request.vacancies},
        employers={},
    )


def _records(
    store: RosterStore, kind: Kind, record_type: type[Any], ids: set[str], decision: Decision, name: str
) -> dict[str, Any]:
    found = store.records(kind, ids=sorted(ids), revision=decision.revision) if ids else []
    return {getattr(record, name): record for record in found if isinstance(record, record_type)}


def on_of(decision: Decision) -> date | None:
    """The day a decision that can no longer be told was asked for, None for a match, whose request says it."""
    calls: dict[str, type[Recommend] | type[ListCandidates]] = {"recommend": Recommend, "candidates": ListCandidates}
    call_type = calls.get(decision.kind)
    return None if call_type is None else msgspec.convert(dict(decision.request), call_type).on
