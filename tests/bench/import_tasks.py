"""Children of the import workload: preview, validation and whole import of ours, and what peers do of it."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from matcher.bootstrap import Application
from matcher.geography import gazetteer
from matcher.intake import ColumnPlan, IntakeContext, Table, plan_columns, read_rows, read_table
from matcher.intake.context import no_progress
from matcher.intake.parse import parse_bool, parse_date, parse_place
from matcher.policy import publication_rules, standard_packs, working_age
from matcher.records import Kind
from matcher.records.id_numbers import check_id_number
from matcher.services.rosters.import_roster import ImportRoster, import_roster
from matcher.settings import Settings, from_environment
from tests.bench.county import AT, JURISDICTION
from tests.bench.measure import Laps, repeated

ON = AT.date()
REGION = "450206"
Timed = tuple[Laps, Any]


def _previewed(path: str) -> tuple[Table, ColumnPlan]:
    table = read_table(Path(path), settings=Settings())
    return table, plan_columns(table, Kind.WORKERS)


def preview(path: str, repeats: int) -> Timed:
    """Open, find the header, map the columns, show samples: what an officer confirms."""
    laps, (_, plan) = repeated(lambda: _previewed(path), repeats=repeats)
    sheet = plan.sheets[0]
    return laps, {"columns": len(sheet.columns), "rows": sheet.n_rows - sheet.header_row}


def validate(path: str, repeats: int) -> Timed:
    """Preview and every row read, checked and given its outcome; nothing is written."""
    packs, settings = standard_packs(), Settings()
    context = IntakeContext(
        kind=Kind.WORKERS,
        on=ON,
        region_code=REGION,
        gazetteer=gazetteer(),
        settings=settings,
        publication_rules=publication_rules(packs, ON),
        working_age=working_age(packs, ON).minimum,
        key=b"bench",
    )

    def once() -> dict[str, int]:
        outcomes = Counter(result.outcome.value for result in read_rows(*_previewed(path), context))
        return {"rows": outcomes.total(), **outcomes}

    return repeated(once, repeats=repeats)


def imported(path: str, repeats: int) -> Timed:
    """The whole service into a new SQLite store each time: identities sealed, batch written, summary made."""

    def once() -> dict[str, int]:
        with tempfile.TemporaryDirectory() as home:
            app = Application(from_environment({}, home=Path(home)))
            store = app.create_store()
            call = ImportRoster(kind=Kind.WORKERS, path=Path(path), on=ON, jurisdiction=JURISDICTION)
            summary = import_roster(store, app.means, call, at=AT, progress=no_progress)
            return {name: summary[name] for name in ("rows", "accepted", "repaired", "rejected", "unchanged")} | {
                "stored": len(store.records(Kind.WORKERS)),
                "problems": len(summary["problems"]),
            }

    return repeated(once, repeats=repeats)


def calamine(path: str, repeats: int) -> Timed:
    """python-calamine alone: every cell as a Python object, no meaning given to any."""
    from python_calamine import CalamineWorkbook

    laps, rows = repeated(lambda: CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(), repeats=repeats)
    return laps, {"rows": len(rows) - 1}


def pandas_openpyxl(path: str, repeats: int) -> Timed:
    """pandas.read_excel with openpyxl into a frame of text."""
    import pandas as pd

    laps, frame = repeated(lambda: pd.read_excel(path, engine="openpyxl", dtype=str), repeats=repeats)
    return laps, {"rows": len(frame)}


def csv_loop(path: str, repeats: int) -> Timed:
    """csv.DictReader and a loop that calls our checks of identity number, birth date, place and two yes/no columns."""
    names, on = gazetteer(), ON

    def once() -> dict[str, int]:
        faults = n_rows = 0
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                n_rows += 1
                faults += bool(row["身份证号*"]) and check_id_number(row["身份证号*"], on=on).problem is not None
                faults += bool(row["出生日期"]) and parse_date(row["出生日期"]).problem is not None
                faults += bool(row["家庭住址"]) and parse_place(row["家庭住址"], gazetteer=names).problem is not None
                for column in ("建档立卡贫困人口", "脱贫人口"):
                    faults += bool(row[column]) and parse_bool(row[column]).problem is not None
        return {"rows": n_rows, "faults": faults}

    return repeated(once, repeats=repeats)
