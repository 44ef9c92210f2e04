"""Current records as rows: what is asked for in SQL as typed columns, the whole record as its JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.errors import InvalidInput
from matcher.records import (
    ID_FIELDS,
    RECORD_TYPES,
    Employer,
    Household,
    Identity,
    Kind,
    Placement,
    Plot,
    Record,
    Vacancy,
    Worker,
)
from matcher.store import fold, log, people, schema
from matcher.store.chunks import chunks
from matcher.store.sealing import Vault


class Projection(NamedTuple):
    """A table and the typed columns it wants of a record."""

    table: sa.Table
    columns: Callable[[Any], dict[str, Any]]


def _worker(worker: Worker) -> dict[str, Any]:
    return {
        "worker_id": worker.worker_id,
        "place_code": worker.place_code,
        "household_id": worker.household_id,
        "birth_date": worker.birth_date,
        "wish_to_work": worker.wish_to_work,
    }


def _household(household: Household) -> dict[str, Any]:
    return {"household_id": household.household_id, "place_code": household.place_code}


def _vacancy(vacancy: Vacancy) -> dict[str, Any]:
    return {
        "vacancy_id": vacancy.vacancy_id,
        "channel": vacancy.channel.value,
        "employer_id": vacancy.employer_id,
        "place_code": vacancy.place_code,
        "headcount": vacancy.headcount,
        "filled": vacancy.filled,
        "wage_low_yuan_month": vacancy.wage_low_yuan_month,
        "wage_high_yuan_month": vacancy.wage_high_yuan_month,
        "valid_from": vacancy.valid_from,
        "valid_to": vacancy.valid_to,
        "publishable": not vacancy.unlawful,
    }


def _employer(employer: Employer) -> dict[str, Any]:
    return {
        "employer_id": employer.employer_id,
        "name": employer.name,
        "place_code": employer.place_code,
        "credit_code": employer.credit_code,
    }


def _plot(plot: Plot) -> dict[str, Any]:
    return {
        "plot_id": plot.plot_id,
        "site_code": plot.site_code,
        "area_mu": plot.area_mu,
        "state": plot.state.value,
        "household_id": plot.household_id,
    }


def _placement(placement: Placement) -> dict[str, Any]:
    return {
        "placement_id": placement.placement_id,
        "worker_id": placement.worker_id,
        "vacancy_id": placement.vacancy_id,
        "employer_id": placement.employer_id,
        "starts_on": placement.start,
        "ends_on": placement.end,
    }


PROJECTIONS: Final[dict[Kind, Projection]] = {
    Kind.HOUSEHOLDS: Projection(schema.household, _household),
    Kind.WORKERS: Projection(schema.worker, _worker),
    Kind.VACANCIES: Projection(schema.vacancy, _vacancy),
    Kind.EMPLOYERS: Projection(schema.employer, _employer),
    Kind.PLOTS: Projection(schema.plot, _plot),
    Kind.PLACEMENTS: Projection(schema.placement, _placement),
}


def current(connection: Connection, kind: Kind, ids: Collection[str] | None) -> list[Record]:
    """Records as they stand, sorted by id."""
    table, id_column = _id_column(kind)
    decode = msgspec.json.Decoder(RECORD_TYPES[kind]).decode
    statement = sa.select(table.c.body).order_by(id_column)
    if ids is None:
        return [decode(body) for (body,) in connection.execute(statement)]
    return [
        decode(body)
        for piece in chunks(sorted(set(ids)))
        for (body,) in connection.execute(statement.where(id_column.in_(piece)))
    ]


def as_of(
    connection: Connection, vault: Vault | None, kind: Kind, ids: Collection[str] | None, revision: int
) -> list[Record]:
    """Records as they stood at a revision, sorted by id: the fold of the patches that counted then."""
    found = []
    for story in log.stories(connection, vault, kind, ids=ids, revision=revision):
        record = fold.record(kind, story.record_id, (patch.fields for patch in story.patches))
        if record is not None:
            found.append(record)
    return found


def identities_as_of(
    connection: Connection, vault: Vault, worker_ids: Collection[str], revision: int
) -> dict[str, Identity]:
    """Who workers were at a revision; of whoever was erased since, nothing is left to read."""
    stories = log.stories(connection, vault, Kind.WORKERS, ids=worker_ids, revision=revision)
    return {
        story.record_id: fold.identity(story.record_id, (patch.identity for patch in story.patches))
        for story in stories
    }


def on_day(
    connection: Connection, vault: Vault | None, kind: Kind, on: date, revision: int | None = None
) -> list[Record]:
    """Records by what holds on a day, of what was known at a revision (default now), sorted by id."""
    stories = log.stories(connection, vault, kind, revision=revision, on=on)
    told = (fold.record(kind, story.record_id, (patch.fields for patch in story.patches)) for story in stories)
    return [record for record in told if record is not None]


def add(connection: Connection, vault: Vault, kind: Kind, stories: list[log.Story], known: set[str]) -> bool:
    """Add records that nothing was stated of but their own story; False if `rebuild` has to settle it instead.

    It has to where a record is stated twice, in `stories` or among the ids `known` from before, and where one is
    incomplete or shares a number: what comes later in the batch may mend that.
    """
    ids = {story.record_id for story in stories}
    if len(ids) < len(stories) or not known.isdisjoint(ids):
        return False
    known |= ids
    try:
        _insert(connection, vault, kind, stories, complete=True)
    except InvalidInput:
        return False
    return True


def rebuild(connection: Connection, vault: Vault, kind: Kind, *, touched_by: int, complete: bool) -> None:
    """Work out anew every record that the batch of revision `touched_by` states something of.

    All of them are removed first, so that two workers may exchange their numbers in one batch. A record that
    lacks a required field is left out, or refused as InvalidInput if `complete` demands it.
    """
    table, id_column = _id_column(kind)
    touched = sa.select(schema.assertion.c.record_id).where(schema.assertion.c.revision == touched_by)
    connection.execute(sa.delete(table).where(id_column.in_(touched)))
    if kind is Kind.WORKERS:
        people.delete_identities(connection, touched)
    for ids in log.touched_ids(connection, touched_by):
        _insert(connection, vault, kind, list(log.stories(connection, vault, kind, ids=ids)), complete=complete)


def remove(connection: Connection, kind: Kind, record_id: str) -> None:
    """Take one record out of the current state."""
    table, id_column = _id_column(kind)
    connection.execute(sa.delete(table).where(id_column == record_id))


def _insert(connection: Connection, vault: Vault, kind: Kind, stories: list[log.Story], *, complete: bool) -> None:
    projection = PROJECTIONS[kind]
    rows, identities = [], []
    for story in stories:
        record = fold.record(kind, story.record_id, (patch.fields for patch in story.patches))
        if record is None:
            if complete:
                raise _incomplete(kind, story)
            continue
        rows.append({**projection.columns(record), "body": msgspec.json.encode(record)})
        if story.key is not None:
            identity = fold.identity(story.record_id, (patch.identity for patch in story.patches))
            identities.append(people.sealed_row(vault, story.key, identity))
    if rows:
        connection.execute(sa.insert(projection.table), rows)
    people.insert_identities(connection, identities)


def _incomplete(kind: Kind, story: log.Story) -> InvalidInput:
    stated = fold.merged(patch.fields for patch in story.patches)
    stated[ID_FIELDS[kind]] = story.record_id
    missing = [name for name in fold.required_fields(kind) if stated.get(name) is None]
    return InvalidInput(f"the {kind} record lacks {', '.join(missing)}", where=story.record_id)


def _id_column(kind: Kind) -> tuple[sa.Table, sa.Column[Any]]:
    table = PROJECTIONS[kind].table
    return table, table.c[ID_FIELDS[kind]]
