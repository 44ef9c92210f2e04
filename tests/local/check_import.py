"""Every real advert through the whole service, as `matcher import vacancies FILE --channel C --dry-run` does it.

Asserted: the outcomes sum to the rows, every rejected row has a reason of its own, a dry run leaves the store empty,
and what a full import stores comes out of an undone batch again as nothing.
"""

from __future__ import annotations

import csv
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec

from matcher.bootstrap import Application
from matcher.intake.context import no_progress
from matcher.records import Kind, Vacancy
from matcher.services.rosters.import_roster import ImportRoster, import_roster
from matcher.services.rosters.undo_import import undo_import
from matcher.settings import from_environment

ON = date(2015, 6, 1)
AT = datetime(2015, 6, 1, tzinfo=UTC)
OUTCOMES = ("accepted", "repaired", "unchanged", "rejected")


def main(data: Path, figures: dict[str, Any]) -> int:
    """Dry run, then a real import and its undoing in a throw-away store."""
    path = data / "adverts" / "adverts.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        n_rows = sum(1 for _ in csv.DictReader(file))
    with tempfile.TemporaryDirectory() as home:
        app = Application(from_environment({}, home=Path(home)))
        store = app.create_store()
        call = ImportRoster(
            kind=Kind.VACANCIES,
            path=path,
            on=ON,
            jurisdiction="liujiang_2018",
            dry_run=True,
        )
        start = time.perf_counter()
        summary = import_roster(store, app.means, call, at=AT, progress=no_progress)
        figures["seconds_dry_run"] = round(time.perf_counter() - start, 2)
        faults = [] if not store.records(Kind.VACANCIES) else ["a dry run wrote"]
        kept = import_roster(
            store, app.means, msgspec.structs.replace(call, dry_run=False), at=AT, progress=no_progress
        )
        stored = [v for v in store.records(Kind.VACANCIES) if isinstance(v, Vacancy)]
        undo_import(store, kept["batch_id"], at=AT)
        faults += ["something is left after the undo"] if store.records(Kind.VACANCIES) else []
    figures |= {"rows": summary["rows"], **{name: summary[name] for name in OUTCOMES}}
    faults += _sums(summary, n_rows) + _reasons(summary)
    figures["stored"], figures["conditions"] = len(stored), _conditions(stored)
    print(f"{figures['rows']} rows in {figures['seconds_dry_run']} s (dry run):", {n: figures[n] for n in OUTCOMES})
    for name, counts in figures["conditions"].items():
        print(f"  {name}: {counts}")
    for fault in faults:
        print(f"  FAULT {fault}")
    return int(bool(faults))


def _sums(summary: dict[str, Any], n_rows: int) -> list[str]:
    total = sum(summary[name] for name in OUTCOMES)
    if summary["rows"] == n_rows == total:
        return []
    return [f"{n_rows} rows in the file, {summary['rows']} read, {total} with an outcome"]


def _reasons(summary: dict[str, Any]) -> list[str]:
    refused = {problem["row"] for problem in summary["problems"] if problem["severity"] == "error"}
    if len(refused) == summary["rejected"]:
        return []
    return [f"{summary['rejected']} rows rejected, {len(refused)} rows with an error"]


def _conditions(stored: list[Vacancy]) -> dict[str, Any]:
    """What was found of the adverts: bars, warnings, ages out of the text, sex in column and text."""
    bars = Counter(bar.code for vacancy in stored for bar in vacancy.publish_bars)
    warnings = Counter(bar.code for vacancy in stored for bar in vacancy.publish_warnings)
    return {
        "vacancies": len(stored),
        "not publishable": sum(bool(v.publish_bars) for v in stored),
        "bars by code": dict(bars.most_common()),
        "warnings by code": dict(warnings.most_common()),
        "age condition in the text (the file has no age column to agree with)": warnings["age"],
        "sex condition in the column": sum(bool(v.sex_condition) for v in stored),
        "head count unknown": sum(bool(v.headcount_unknown) for v in stored),
        "wage stated": sum(v.wage_low_yuan_month is not None or v.wage_high_yuan_month is not None for v in stored),
        "with an occupation": sum(bool(v.occupations) for v in stored),
    }
