"""Figures on data that may not ship: real adverts, blank provincial templates, a document with a garbled end.

Run by `make check-local DATA=DIR`; DIR is the folder that holds `adverts/`, `headers/` and stands beside `policy/`.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from matcher.errors import Severity
from matcher.geography import gazetteer
from matcher.intake import ColumnPlan, IntakeContext, Outcome, RowResult, plan_columns, read_rows, read_table
from matcher.intake.repair import undo_garbling
from matcher.policy import publication_rules, standard_packs, working_age
from matcher.records import Kind
from matcher.settings import Settings

ON = date(2015, 6, 1)
"""A day on which about half of the adverts are still open."""
TEMPLATES: dict[str, Kind] = {
    "贫困户信息导入模板.xlsx": Kind.HOUSEHOLDS,
    "家庭成员信息导入模板.xlsx": Kind.WORKERS,
    "就业信息导入模板.xlsx": Kind.PLACEMENTS,
    "创业信息导入模板.xlsx": Kind.PLACEMENTS,
    "培训信息导入模板.xlsx": Kind.WORKERS,
    "技工院校信息导入模板.xlsx": Kind.WORKERS,
}


def read_adverts(path: Path, on: date) -> tuple[ColumnPlan, list[RowResult]]:
    """The plan and every row of the adverts as `matcher import vacancies` reads them on a day."""
    settings, packs = Settings(), standard_packs()
    table = read_table(path, settings=settings)
    plan = plan_columns(table, Kind.VACANCIES)
    context = IntakeContext(
        kind=Kind.VACANCIES,
        on=on,
        region_code="450206",
        gazetteer=gazetteer(),
        settings=settings,
        publication_rules=publication_rules(packs, on),
        working_age=working_age(packs, on).minimum,
    )
    return plan, list(read_rows(table, plan, context))


def report_adverts(path: Path, figures: dict[str, Any]) -> bool:
    """Print what became of the adverts; False if a row has no outcome or is rejected without a reason."""
    started = time.perf_counter()
    plan, results = read_adverts(path, ON)
    seconds = time.perf_counter() - started
    outcomes = Counter(result.outcome.value for result in results)
    print(f"adverts, read as on {ON}: {len(results)} rows in {seconds:.1f} s: {dict(outcomes)}")
    print(f"  recognised as {plan.sheets[0].form}; not read: {[unread.header for unread in plan.sheets[0].unread]}")
    figures |= {"rows": len(results), "outcomes": dict(outcomes)}
    taken = [result.change.fields for result in results if result.change]
    for name, title in (("publish_bars", "not publishable"), ("publish_warnings", "published with a warning")):
        kinds = Counter(bar["code"] for fields in taken for bar in fields.get(name, ()))
        print(f"  {title}: {sum(bool(fields.get(name)) for fields in taken)} adverts; {dict(kinds.most_common())}")
    for severity in (Severity.ERROR, Severity.REPAIRED, Severity.WARNING):
        said = Counter(
            (p.column, p.fix.split("：", 1)[0][:36] if severity is Severity.WARNING else p.fix[-36:])
            for result in results
            for p in result.problems
            if p.severity is severity
        )
        print(f"  {severity.value}:")
        figures[severity.value] = [[column, fix, count] for (column, fix), count in said.most_common()]
        for (column, fix), count in said.most_common(14):
            print(f"    {count:5} {column}: {fix}")
    bare = [r for r in results if r.outcome is Outcome.REJECTED and not r.problems]
    return sum(outcomes.values()) == len(results) and not bare


def report_templates(folder: Path, figures: dict[str, Any]) -> bool:
    """Print how each blank provincial template is recognised; False if one is not."""
    right = True
    for name, kind in TEMPLATES.items():
        plan = plan_columns(read_table(folder / name, settings=Settings()), kind)
        first = plan.sheets[0]
        print(f"template {name} -> {first.form or 'NOT RECOGNISED'}: {len(first.columns)} columns read")
        figures[name] = {"form": first.form, "columns_read": len(first.columns)}
        right = right and bool(first.form) and not first.skipped
    return right


def report_garbled(document: Path) -> bool:
    """Print how many garbled lines are mended and which are lost; False if none is mended."""
    lines = document.read_text("utf-8").split("\n")
    repairs = [undo_garbling(line) for line in lines]
    mended = sum(repair.garbled for repair in repairs)
    lost = [part for repair in repairs for part in repair.lost]
    print(f"{document.name}: {mended} lines mended, {len(lost)} parts lost: {[part[:16] for part in lost]}")
    return mended > 0


def main(data: Path, figures: dict[str, Any]) -> int:
    """Run all checks; 0 if everything held."""
    results = (
        report_adverts(data / "adverts" / "adverts.csv", figures),
        report_templates(data / "headers" / "templates", figures),
        report_garbled(data.parent / "policy" / "documents" / "wuyuan_2021.txt"),
    )
    return 0 if all(results) else 1
