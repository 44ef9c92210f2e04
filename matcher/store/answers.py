"""What was decided and with what: artifacts by content, plans with their prices, exposures, decisions, mappings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.errors import Conflict, InvalidInput, NotFound, StoreError
from matcher.ports import Decision, StoredPlan
from matcher.store import schema
from matcher.store.chunks import chunks
from matcher.store.columns import yielding_insert
from matcher.store.sealing import Vault, place

_DECISION = msgspec.json.Decoder(Decision)
_SUBJECTS = ("worker_id", "vacancy_id")
REQUEST: Final = "request"
"""The kind of artifact that is the whole call of a match, with everybody it names."""
_MAPPING = msgspec.json.Decoder(dict[str, str])


class _Named(msgspec.Struct):
    worker_id: str


class _Request(msgspec.Struct):
    workers: list[_Named]


def put_artifact(connection: Connection, vault: Vault, kind: str, body: bytes, at: datetime | None) -> str:
    """Keep a body once; returns its SHA-256. A request states facts of people: it is sealed, and its time begins anew.

    at : from when on a request is kept; None for what is kept for good
    """
    sha256 = hashlib.sha256(body).hexdigest()
    kept = vault.seal(body, _artifact_place(sha256)) if kind == REQUEST else body
    insert = yielding_insert(connection, schema.artifact).values(sha256=sha256, kind=kind, body=kept, kept_at=at)
    if at is None:
        connection.execute(insert.on_conflict_do_nothing())
    else:
        connection.execute(insert.on_conflict_do_update(index_elements=["sha256"], set_={"kept_at": at}))
    return sha256


def forget_requests(connection: Connection, before: datetime) -> int:
    """Delete every request that is kept since earlier than `before`; how many."""
    columns = schema.artifact.c
    old = sa.delete(schema.artifact).where(columns.kind == REQUEST, columns.kept_at < before)
    return connection.execute(old).rowcount


def artifact(connection: Connection, vault: Vault, sha256: str) -> bytes:
    """A kept body, checked against its name."""
    columns = schema.artifact.c
    row = connection.execute(sa.select(columns.kind, columns.body).where(columns.sha256 == sha256)).first()
    if row is None:
        raise NotFound("no body of this SHA-256 is kept", where=sha256)
    return _opened(vault, sha256, row)


def forget_requests_about(connection: Connection, vault: Vault, worker_id: str) -> int:
    """Delete every kept request that names a worker; how many."""
    columns = schema.artifact.c
    rows = connection.execute(sa.select(columns.sha256, columns.kind, columns.body).where(columns.kind == REQUEST))
    about = [row.sha256 for row in rows if _names(_opened(vault, row.sha256, row), worker_id)]
    for piece in chunks(about):
        connection.execute(sa.delete(schema.artifact).where(columns.sha256.in_(piece)))
    return len(about)


def reseal_requests(connection: Connection, vault: Vault) -> int:
    """Bring every kept request under the active master key, also those of days when they were kept open; how many."""
    columns = schema.artifact.c
    rows = connection.execute(
        sa.select(columns.sha256, columns.kind, columns.body).where(columns.kind == REQUEST)
    ).all()
    # An open request is JSON: its first bytes are no number of a key.
    old = [row for row in rows if not vault.is_current(bytes(row.body))]
    for row in old:
        sealed = vault.seal(_opened(vault, row.sha256, row), _artifact_place(row.sha256))
        connection.execute(sa.update(schema.artifact).where(columns.sha256 == row.sha256).values(body=sealed))
    return len(old)


def _opened(vault: Vault, sha256: str, row: Any) -> bytes:
    body = bytes(row.body)
    is_plain = hashlib.sha256(body).hexdigest() == sha256
    if row.kind == REQUEST and not is_plain:
        return vault.unseal(body, _artifact_place(sha256))
    if not is_plain:
        raise StoreError("a kept body was altered", where=sha256, remedy="Restore the last backup.")
    return body


def _names(request: bytes, worker_id: str) -> bool:
    return any(worker.worker_id == worker_id for worker in _REQUEST.decode(request).workers)


def _artifact_place(sha256: str) -> bytes:
    return place("artifact", "body", sha256)


_REQUEST = msgspec.json.Decoder(_Request)


def save_plan(connection: Connection, plan: StoredPlan, exposures: Iterable[tuple[str, str]]) -> None:
    """Keep a plan; Conflict if it is kept already, InvalidInput if it lists a pair listed in the season before."""
    number = _numbered(connection, plan)
    for prices in chunks(plan.prices.items()):
        connection.execute(
            sa.insert(schema.plan_price),
            [{"number": number, "vacancy_id": vacancy_id, "price": price} for vacancy_id, price in prices],
        )
    try:
        for pairs in chunks(exposures):
            connection.execute(
                sa.insert(schema.exposure),
                [
                    {"season": plan.season, "worker_id": worker_id, "vacancy_id": vacancy_id, "number": number}
                    for worker_id, vacancy_id in pairs
                ],
            )
    except sa.exc.IntegrityError as error:
        raise InvalidInput(
            "another plan was finished meanwhile: it lists some of the same vacancies to the same workers",
            where=plan.plan_id,
            remedy="Run it again: it then lists what is left in the season. Nothing of this one was kept.",
        ) from error


def _numbered(connection: Connection, plan: StoredPlan) -> int | None:
    """The number under which the store keeps the plan's line; Conflict if it has one already."""
    start, end = _season(plan.season)
    line = sa.insert(schema.plan).values(
        plan_id=plan.plan_id,
        season=plan.season,
        season_start=start,
        season_end=end,
        mode=plan.mode,
        seed=str(plan.seed),
        model=plan.model,
        pack=plan.pack,
        solved_on=plan.solved_on,
        created_at=plan.created_at,
    )
    try:
        inserted = connection.execute(line)
    except sa.exc.IntegrityError as error:
        raise Conflict("this plan is kept already", where=plan.plan_id, remedy="Read the one that is kept.") from error
    return inserted.inserted_primary_key[0] if inserted.inserted_primary_key else None


def current_plan(
    connection: Connection, on: date, unread: Callable[[int], Mapping[str, float]] | None = None
) -> StoredPlan | None:
    """The plan written last among those whose season holds the day.

    unread : gives the prices of a plan by its number for who does not want them read now
    """
    columns = schema.plan.c
    row = connection.execute(
        sa.select(schema.plan)
        .where(columns.season_start <= on, columns.season_end >= on)
        .order_by(columns.number.desc())
        .limit(1)
    ).first()
    return None if row is None else _plan(connection, row, None if unread is None else unread(row.number))


def plan_prices(connection: Connection, number: int) -> dict[str, float]:
    """Vacancy id -> slot price of a plan, by id."""
    columns = schema.plan_price.c
    prices = connection.execute(
        sa.select(columns.vacancy_id, columns.price).where(columns.number == number).order_by(columns.vacancy_id)
    )
    return {vacancy_id: price for vacancy_id, price in prices}  # noqa: C416 - a Row is no pair to mypy


def plan(connection: Connection, plan_id: str) -> StoredPlan:
    """A plan by id."""
    row = connection.execute(sa.select(schema.plan).where(schema.plan.c.plan_id == plan_id)).first()
    if row is None:
        raise NotFound("no plan has this id", where=plan_id)
    return _plan(connection, row)


def exposures(connection: Connection, season: str) -> dict[str, frozenset[str]]:
    """Worker id -> vacancies listed to that worker in the season."""
    columns = schema.exposure.c
    listed: dict[str, list[str]] = {}
    rows = connection.execute(sa.select(columns.worker_id, columns.vacancy_id).where(columns.season == season))
    for worker_id, vacancy_id in rows:
        listed.setdefault(worker_id, []).append(vacancy_id)
    return {worker_id: frozenset(vacancy_ids) for worker_id, vacancy_ids in listed.items()}


def exposure_counts(connection: Connection, season: str) -> dict[str, int]:
    """Vacancy id -> number of lists it stood in during the season."""
    columns = schema.exposure.c
    counted = sa.select(columns.vacancy_id, sa.func.count()).where(columns.season == season)
    return {row[0]: row[1] for row in connection.execute(counted.group_by(columns.vacancy_id))}


def append_decision(connection: Connection, vault: Vault, decision: Decision) -> None:
    """Add a row to the log, sealed: the request may state facts of a person."""
    inserted = connection.execute(
        sa.insert(schema.decision).values(
            decision_id=decision.decision_id,
            kind=decision.kind,
            made_at=decision.made_at,
            body=sealed_decision(vault, decision),
        )
    )
    if inserted.inserted_primary_key:
        _index(connection, decision, inserted.inserted_primary_key[0])


def sealed_decision(vault: Vault, decision: Decision) -> bytes:
    """The body of its row."""
    return vault.seal(msgspec.json.encode(decision), _place(decision.decision_id))


def subjects_of(decision: Decision) -> list[str]:
    """Ids of the records the request names, sorted: its list is found by them."""
    return sorted({str(decision.request[name]) for name in _SUBJECTS if decision.request.get(name)})


def index_decisions(connection: Connection, vault: Vault) -> int:
    """Note whom the decisions are about that were logged before there was an index; how many there were."""
    columns = schema.decision.c
    if connection.execute(sa.select(schema.decision_subject.c.seq).limit(1)).first() is not None:
        return 0
    rows = connection.execute(sa.select(columns.seq, columns.decision_id, columns.body).order_by(columns.seq)).all()
    for row in rows:
        _index(connection, _DECISION.decode(vault.unseal(row.body, _place(row.decision_id))), row.seq)
    return len(rows)


def decisions_of(connection: Connection, vault: Vault, subject: str, limit: int) -> list[Decision]:
    """The lists of a worker or of a vacancy, each time one was given, newest first."""
    columns, about = schema.decision.c, schema.decision_subject.c
    statement = (
        sa.select(columns.decision_id, columns.body)
        .join(schema.decision_subject, about.seq == columns.seq)
        .where(about.subject == subject)
        .order_by(columns.seq.desc())
        .limit(limit)
    )
    rows = connection.execute(statement)
    return [_DECISION.decode(vault.unseal(body, _place(decision_id))) for decision_id, body in rows]


def decisions(connection: Connection, vault: Vault) -> list[Decision]:
    """Every decision as it was logged the first time, oldest first."""
    columns = schema.decision.c
    first = sa.select(sa.func.min(columns.seq)).group_by(columns.decision_id)
    rows = connection.execute(
        sa.select(columns.decision_id, columns.body).where(columns.seq.in_(first)).order_by(columns.seq)
    )
    return [_DECISION.decode(vault.unseal(body, _place(decision_id))) for decision_id, body in rows]


def _index(connection: Connection, decision: Decision, seq: int) -> None:
    """One row per record the request names."""
    subjects = subjects_of(decision)
    if subjects:
        connection.execute(
            sa.insert(schema.decision_subject), [{"subject": subject, "seq": seq} for subject in subjects]
        )


def decision(connection: Connection, vault: Vault, decision_id: str) -> Decision:
    """The first time the decision was logged."""
    columns = schema.decision.c
    logged = sa.select(columns.body).where(columns.decision_id == decision_id).order_by(columns.seq).limit(1)
    body = connection.execute(logged).scalar()
    if body is None:
        raise NotFound("no decision of this id was logged", where=decision_id)
    return _DECISION.decode(vault.unseal(body, _place(decision_id)))


def mapping(connection: Connection, fingerprint: str) -> dict[str, str] | None:
    """How a header row was read before."""
    column = schema.mapping.c.fingerprint
    body = connection.execute(sa.select(schema.mapping.c.body).where(column == fingerprint)).scalar()
    return None if body is None else _MAPPING.decode(body)


def save_mapping(connection: Connection, fingerprint: str, fields: Mapping[str, str]) -> None:
    """Remember a header row; the last word counts."""
    body = msgspec.json.encode(dict(fields))
    insert = yielding_insert(connection, schema.mapping).values(fingerprint=fingerprint, body=body)
    connection.execute(insert.on_conflict_do_update(index_elements=["fingerprint"], set_={"body": body}))


def _place(decision_id: str) -> bytes:
    return place("decision", "body", decision_id)


def _season(season: str) -> tuple[date, date]:
    start, _, end = season.partition("/")
    try:
        days = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        days = date.max, date.min
    if days[0] > days[1]:
        raise InvalidInput("a season is written YYYY-MM-DD/YYYY-MM-DD", where=season)
    return days


def _plan(connection: Connection, row: Any, prices: Mapping[str, float] | None = None) -> StoredPlan:
    return StoredPlan(
        plan_id=row.plan_id,
        season=row.season,
        mode=row.mode,
        seed=int(row.seed),
        model=row.model,
        pack=row.pack,
        solved_on=row.solved_on,
        created_at=row.created_at,
        prices=plan_prices(connection, row.number) if prices is None else prices,
    )
