"""What the workloads run on: a roster file of 25 columns and a stored county, both of the synthetic demo county."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from matcher.demo import DEFAULT_MESS, clean_records, county_spec
from matcher.demo.draws import Draws
from matcher.demo.mess import messy
from matcher.demo.people_forms import ledger_form, people
from matcher.demo.tables import Table, xlsx_bytes
from matcher.language.readings import read_texts
from matcher.ports import Batch, Change, StoredPlan
from matcher.records import ID_FIELDS, Kind, Record, Vacancy
from matcher.store import Store, open_store
from tests.bench.measure import Laps, repeated

JURISDICTION = "liujiang_2018"
SEED = 0
AT = datetime(2018, 6, 1, tzinfo=UTC)
N_COLUMNS = 25
SOURCES = {
    Kind.HOUSEHOLDS: "households",
    Kind.WORKERS: "workers",
    Kind.EMPLOYERS: "employers",
    Kind.VACANCIES: "vacancies",
    Kind.PLACEMENTS: "placements",
}


def write_roster(folder: str, workers: int) -> tuple[Laps, dict[str, Any]]:
    """Write the roster file and say how large it is."""
    return repeated(lambda: _roster(folder, workers), repeats=1)


def _roster(folder: str, workers: int) -> dict[str, Any]:
    """`roster.xlsx` and its twin `roster.csv`: the members' ledger of the demo county with its usual slips."""
    spec, county = county_spec(JURISDICTION), clean_records(JURISDICTION, SEED, workers)
    whole = ledger_form(spec, people(county, spec.counties[0]))
    table = Table(whole.sheet, whole.titles, whole.columns[:N_COLUMNS], tuple(row[:N_COLUMNS] for row in whole.rows))
    table = messy(table, spec, DEFAULT_MESS, Draws(SEED, JURISDICTION, "mess", "bench"))
    Path(folder, "roster.xlsx").write_bytes(xlsx_bytes(table, spec.on))
    with Path(folder, "roster.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.header for column in table.columns])
        writer.writerows([["" if value is None else str(value) for value in row] for row in table.rows])
    return {"rows": len(table.rows), "columns": len(table.columns)}


def fill_store(folder: str, workers: int, vacancies: int) -> tuple[Laps, dict[str, Any]]:
    """Fill the store and say whose lists to ask for."""
    return repeated(lambda: _store(folder, workers, vacancies), repeats=1)


def _store(folder: str, workers: int, vacancies: int) -> dict[str, Any]:
    """A store in `folder` with the county as imports leave it: adverts read as occupations, slot prices of a plan.

    The prices are drawn, not solved: what is measured and compared reads them, whoever made them.
    """
    county = clean_records(JURISDICTION, SEED, workers, vacancies)
    store = open_store(f"sqlite:///{folder}/matcher.db", home=Path(folder))
    store.migrate()
    identities = {identity.worker_id: identity for identity in county.identities}
    readings = read_texts({vacancy.title for vacancy in county.vacancies})
    for kind, name in SOURCES.items():
        batch = Batch(batch_id=f"b-{name}", kind=kind, file=f"{name}.xlsx", file_sha256="0" * 64, imported_at=AT)
        store.write_batch(batch, changes_of(kind, getattr(county, name), identities, readings))
    prices = Draws(SEED, JURISDICTION, "bench prices").uniform(len(county.vacancies))
    _keep_prices(
        store, county.season, {v.vacancy_id: float(p) / 4 for v, p in zip(county.vacancies, prices, strict=True)}
    )
    store.close()
    return {"vacancy_ids": some_vacancies(county.vacancies), **some_workers(county)}


def changes_of(kind: Kind, records: tuple[Record, ...], identities: Any, readings: Any) -> Iterator[Change]:
    """The records as the rows of an import: identities beside workers, occupations read of adverts."""
    id_field = ID_FIELDS[kind]
    for row, record in enumerate(records, 2):
        fields = msgspec.to_builtins(record)
        record_id = fields.pop(id_field)
        identity = None
        if kind is Kind.WORKERS:
            identity = msgspec.to_builtins(identities[record_id])
            identity.pop("worker_id")
        if isinstance(record, Vacancy):
            fields["occupations"] = list(readings[record.title])
        yield Change(record_id=record_id, sheet="", row=row, fields=fields, identity=identity)


def _keep_prices(store: Store, season: str, prices: dict[str, float]) -> None:
    store.save_plan(
        StoredPlan(
            plan_id="p-bench",
            season=season,
            mode="balanced",
            seed=SEED,
            model="",
            pack="",
            solved_on=AT.date(),
            created_at=AT,
            prices=prices,
        ),
        (),
    )


def some_vacancies(vacancies: tuple[Vacancy, ...]) -> list[str]:
    """Ids of open posts of unlike reach: in the own county, in the partner province, reserved for a group."""
    today = AT.date()
    live = [
        v
        for v in vacancies
        if not v.unlawful
        and v.filled < v.headcount
        and (v.valid_from or today) <= today <= (v.valid_to or today)
        and v.channel.value != "micro_farm"
    ]
    near = next(v for v in live if v.place_code.startswith("450206") and not v.reserved_for)
    far = next(v for v in live if v.place_code.startswith("44"))
    reserved = next(v for v in live if v.reserved_for)
    return [near.vacancy_id, far.vacancy_id, reserved.vacancy_id]


def some_workers(county: Any) -> dict[str, list[str]]:
    """Ids of willing people spread over the roster."""
    willing = [worker.worker_id for worker in county.workers if worker.wish_to_work]
    return {"worker_ids": willing[:: max(1, len(willing) // 24)][:24]}
