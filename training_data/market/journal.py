"""A finished season as the files of CONTRACT section 6: event tables, records to import, a manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np

from matcher.records import Record
from matcher.records.events import (
    TABLES,
    DecisionEvent,
    Event,
    FollowUpEvent,
    Impression,
    PlacementEvent,
    ReactionEvent,
    Snapshot,
)
from training_data.market.season import NOWHERE, RoundLog, Season
from training_data.market.spec import frozen_hash

OPENED_AT, HEARD_AFTER, DECIDED_AFTER, LEFT_AFTER = time(9), timedelta(days=2), timedelta(days=5), timedelta(days=6)
START_AFTER = timedelta(days=7)
DAYS_OF_A_MONTH = 30


def _id(*parts: object) -> str:
    """Id of a row: the hash of what names it."""
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()[:24]


@lru_cache(maxsize=1024)
def _list_id(*parts: object) -> str:
    """Id of a list, which every line of it asks for."""
    return "l-" + _id(*parts)


class Journal:
    """The event tables of one season under a named policy."""

    def __init__(self, season: Season, policy_id: str, model_sha: str) -> None:
        self._season = season
        self._policy_id, self._model_sha = policy_id, model_sha
        self._prefix = season.world.prefix

    def tables(self) -> dict[str, list[Event]]:
        """Table -> rows by (ts, event_id)."""
        rows: dict[str, list[Event]] = {name: [] for name in TABLES}
        seen: dict[str, Snapshot] = {}
        for round_ix, log in enumerate(self._season.rounds):
            rows["impressions"] += self._impressions(round_ix, log)
            rows["reactions"] += self._reactions(round_ix, log)
            rows["decisions"] += self._decisions(round_ix, log)
            for snapshot in self._snapshots(round_ix, log):
                seen.setdefault(snapshot.event_id, snapshot)
        rows["snapshots"] += seen.values()
        rows["placements"] += self._placements()
        rows["followups"] += self._follow_ups()
        return {name: sorted(events, key=lambda event: (event.ts, event.event_id)) for name, events in rows.items()}

    def _at(self, round_ix: int) -> datetime:
        return datetime.combine(self._season.world.day(round_ix), OPENED_AT, UTC)

    def _lines(self, log: RoundLog) -> Iterator[tuple[int, str, str]]:
        """Row, worker and vacancy of each line."""
        records = self._season.records
        for row, (w, v) in enumerate(zip(log.lists.worker_ix.tolist(), log.lists.vacancy_ix.tolist(), strict=True)):
            yield row, records.full[w].worker_id, records.vacancies[v].vacancy_id

    def _list_id(self, round_ix: int, worker_id: str) -> str:
        return _list_id(self._policy_id, self._prefix, round_ix, worker_id)

    def _impressions(self, round_ix: int, log: RoundLog) -> Iterator[Event]:
        lists, world, full = log.lists, self._season.world, self._season.records.full
        at, season = self._at(round_ix), world.season
        for row, worker_id, vacancy_id in self._lines(log):
            of = self._list_id(round_ix, worker_id)
            yield Impression(
                event_id="i-" + _id(of, vacancy_id),
                ts=at,
                synthetic=True,
                season=season,
                channel="broker",
                policy_id=self._policy_id,
                model_sha=self._model_sha,
                seed=world.seed,
                worker_id=worker_id,
                household_id=full[int(lists.worker_ix[row])].household_id or "",
                list_id=of,
                slot=int(lists.slot[row]),
                vacancy_id=vacancy_id,
                propensity=float(lists.propensity[row]),
                n_candidates=int(lists.n_candidates[row]),
                p_apply=float(lists.p_apply[row]),
                p_hire=float(lists.p_hire[row]),
                p_keep=float(lists.p_keep[row]),
                slot_price=float(lists.slot_price[row]),
                score=float(lists.score[row]),
                openings_left=int(log.left[lists.vacancy_ix[row]]),
                eligible_rules=(),
                explore=bool(lists.explore[row]),
                consent_version="",
            )

    def _reactions(self, round_ix: int, log: RoundLog) -> Iterator[Event]:
        """What was read is opened or applied for; an unread line leaves no row."""
        at = self._at(round_ix) + HEARD_AFTER
        for row, worker_id, vacancy_id in self._lines(log):
            if log.looked[row]:
                of = self._list_id(round_ix, worker_id)
                yield ReactionEvent(
                    event_id="r-" + _id(of, vacancy_id),
                    ts=at,
                    synthetic=True,
                    list_id=of,
                    vacancy_id=vacancy_id,
                    worker_id=worker_id,
                    kind="apply" if log.applied[row] else "open",
                    reason_code="",
                )

    def _decisions(self, round_ix: int, log: RoundLog) -> Iterator[Event]:
        """The firm's answer to each application, then that of who had two offers or did not come."""
        at = self._at(round_ix) + DECIDED_AFTER
        for row, worker_id, vacancy_id in self._lines(log):
            if not log.applied[row]:
                continue
            told = [("offer", "employer", at)] if log.offered[row] else []
            if not log.offered[row]:
                told = [("refuse_full", "capacity", at)] if log.fit[row] else [("refuse_unfit", "employer", at)]
            elif not log.started[row]:
                told.append(("no_show" if log.best[row] else "withdrawn", "worker", at - DECIDED_AFTER + LEFT_AFTER))
            for outcome, by, ts in told:
                yield msgspec.convert(
                    {
                        "event_id": "d-" + _id(self._policy_id, vacancy_id, worker_id, outcome),
                        "ts": ts,
                        "synthetic": True,
                        "vacancy_id": vacancy_id,
                        "worker_id": worker_id,
                        "outcome": outcome,
                        "reason_code": "",
                        "decided_by": by,
                    },
                    DecisionEvent,
                )

    def _snapshots(self, round_ix: int, log: RoundLog) -> Iterator[Snapshot]:
        """Worker, vacancy and employer of every line as the round saw them; each version has one id."""
        records, posts = self._season.records, self._season.world.posts
        for w in np.unique(log.lists.worker_ix).tolist():
            yield self._snapshot(round_ix, "worker", records.full[w].worker_id, records.worker(w, round_ix))
        for v in np.unique(log.lists.vacancy_ix).tolist():
            vacancy = records.vacancies[v]
            seen = msgspec.structs.replace(vacancy, filled=int(posts.headcount[v] - log.left[v]))
            yield self._snapshot(round_ix, "vacancy", vacancy.vacancy_id, seen)
            employer = records.employers[int(posts.employer[v])]
            yield self._snapshot(round_ix, "employer", employer.employer_id, employer)
        homes = np.unique(self._season.world.people.household[log.lists.worker_ix])
        at_work = self._at_work(round_ix)
        for h in homes.tolist():
            home = records.households[h]
            seen_home = msgspec.structs.replace(home, employed_members=int(at_work[h]))
            yield self._snapshot(round_ix, "household", home.household_id, seen_home)

    def _at_work(self, round_ix: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """Members of each household who started before the round."""
        season = self._season
        before = (season.started_in != NOWHERE) & (season.started_in < round_ix)
        people = season.world.people
        return np.bincount(people.household[before], minlength=people.n_households)

    def _snapshot(self, round_ix: int, kind: str, record_id: str, record: Record) -> Snapshot:
        body = msgspec.json.encode(record)
        return msgspec.convert(
            {
                "event_id": "s-" + _id(self._season.world.season, kind, record_id, sha256(body).hexdigest()),
                "ts": self._at(round_ix),
                "synthetic": True,
                "season": self._season.world.season,
                "kind": kind,
                "id": record_id,
                "fields": msgspec.json.decode(body),
            },
            Snapshot,
        )

    def _started(self) -> Iterator[tuple[int, str, datetime]]:
        """Position, placement id and first day of everybody who started."""
        season = self._season
        for w in np.flatnonzero(season.post != NOWHERE).tolist():
            start = self._at(int(season.started_in[w])) + START_AFTER
            yield w, "p-" + _id(self._policy_id, season.records.full[w].worker_id), start

    def _placements(self) -> Iterator[Event]:
        season = self._season
        for w, placement_id, start in self._started():
            vacancy = season.records.vacancies[int(season.post[w])]
            yield PlacementEvent(
                event_id="e" + placement_id,
                ts=start,
                synthetic=True,
                placement_id=placement_id,
                worker_id=season.records.full[w].worker_id,
                vacancy_id=vacancy.vacancy_id,
                employer_id=vacancy.employer_id or "",
                start=start.date(),
                contract_months=vacancy.contract_months,
                wage_promised=vacancy.wage_low_yuan_month,
                evidence=("contract", "wage_roll") if season.kept[w] else ("contract",),
            )

    def _follow_ups(self) -> Iterator[Event]:
        """An answer on each of the days; some cannot be reached, whatever became of them."""
        season, asked = self._season, self._season.world.spec.follow_up
        n = season.world.people.size
        lost = {day: season.world.draws.flag(f"unreachable {day}", asked.unreachable, n) for day in asked.days}
        moved = season.world.draws.flag("moved", asked.moved_of_left, n)
        for w, placement_id, start in self._started():
            for day in asked.days:
                there = season.kept[w] or season.months[w] * DAYS_OF_A_MONTH >= day
                status = "kept" if there else "moved" if moved[w] else "returned"
                yield msgspec.convert(
                    {
                        "event_id": "f-" + _id(placement_id, day),
                        "ts": start + timedelta(days=day),
                        "synthetic": True,
                        "placement_id": placement_id,
                        "day": day,
                        "status": "unreachable" if lost[day][w] else status,
                        "wage_paid": None,
                        "reason_code": "",
                        "source": "visit",
                    },
                    FollowUpEvent,
                )


def lines_of(rows: Iterable[Event] | Iterable[Record]) -> bytes:
    """Rows as JSON lines."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def write_season(season: Season, folder: Path, *, policy_id: str, model_sha: str) -> None:
    """Write `records/*.jsonl` (the county before the first round), `events/*.jsonl` and the manifest."""
    records = season.records
    lots: dict[str, Iterable[Record]] = {
        "households": records.households,
        "workers": records.gaps,
        "employers": records.employers,
        "vacancies": records.vacancies,
    }
    for name, rows in lots.items():
        _write(folder / "records" / f"{name}.jsonl", lines_of(rows))
    for name, events in Journal(season, policy_id, model_sha).tables().items():
        _write(folder / "events" / f"{name}.jsonl", lines_of(events))
    world = season.world
    manifest = {
        "synthetic": True,
        "simulator": frozen_hash(),
        "county": world.county.county,
        "season": world.season,
        "seed": world.seed,
        "policy_id": policy_id,
        "size": msgspec.to_builtins(world.spec.size),
    }
    _write(folder / "synthetic_manifest.json", msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
