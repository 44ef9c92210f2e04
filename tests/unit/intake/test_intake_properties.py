"""Whatever a file holds, every row has exactly one outcome, and the same file reads the same twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.errors import InvalidInput, Problem, Severity
from matcher.intake import IntakeContext, Outcome, RowResult, Sheet, Table, plan_columns, read_rows, read_table
from matcher.intake.cells import is_blank
from matcher.intake.headers import header_table
from matcher.records import RECORD_TYPES, Kind
from matcher.settings import Settings

WORDS = [
    "是",
    "否",
    "初中",
    "面议",
    "3000-5000元/月",
    "若干",
    "柳江区拉堡镇",
    "18-35",
    "2018.2.8",
    "面",
    "450221197301011204",
]
CELLS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.just(""),
    st.sampled_from(WORDS),
    st.text(max_size=20),
    st.floats(allow_nan=True),
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


NEEDED: dict[Kind, tuple[str, ...]] = {
    Kind.WORKERS: ("姓名",),
    Kind.HOUSEHOLDS: ("户编号",),
    Kind.VACANCIES: ("岗位名称",),
    Kind.EMPLOYERS: ("单位名称",),
    Kind.PLOTS: ("地块编号",),
    Kind.PLACEMENTS: ("人员编号", "开始日期"),
}


def table_of(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    """A table in memory, as a reader would give it."""
    body = [header, *rows]
    sheet = Sheet("", len(body), lambda: iter(list(enumerate(body, start=1))), tuple)
    return Table("junk", "xlsx", (sheet,))


def outcome_rules(result: RowResult) -> None:
    has_error = any(problem.severity is Severity.ERROR for problem in result.problems)
    assert has_error == (result.outcome is Outcome.REJECTED)
    assert (result.change is not None) == (result.outcome in (Outcome.ACCEPTED, Outcome.REPAIRED))
    assert all(problem.row == result.row for problem in result.problems)
    if result.outcome is Outcome.REPAIRED:
        assert any(problem.severity is Severity.REPAIRED for problem in result.problems)


@pytest.mark.parametrize("kind", list(Kind))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_row_of_any_junk_has_one_outcome(kind: Kind, context: IntakeContext, data: st.DataObject) -> None:
    others = sorted(set(header_table(kind)).difference(NEEDED[kind]))
    header = [*NEEDED[kind], *data.draw(st.lists(st.sampled_from(others), max_size=7, unique=True))]
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header) + 1), max_size=6))
    table = table_of(header, rows)
    plan = plan_columns(table, kind)
    here = replace(context, kind=kind)
    results = list(read_rows(table, plan, here))
    after = rows[plan.sheets[0].header_row - 1 :]
    assert len(results) == sum(any(not is_blank(cell) for cell in row) for row in after)
    for result in results:
        outcome_rules(result)
        if result.change is not None:
            id_field = RECORD_TYPES[kind].__struct_fields__[0]
            msgspec.convert({**result.change.fields, id_field: result.change.record_id}, RECORD_TYPES[kind])
            msgspec.json.encode(result.change)
    assert results == list(read_rows(table, plan, here))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@pytest.mark.parametrize("kind", list(Kind))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_json_line_has_one_outcome(kind: Kind, context: IntakeContext, data: st.DataObject) -> None:
    names = st.sampled_from(RECORD_TYPES[kind].__struct_fields__) | st.text(max_size=8)
    objects = data.draw(st.lists(st.dictionaries(names, JSON, max_size=6), min_size=1, max_size=4))
    source = b"\n".join(map(msgspec.json.encode, objects))
    table = read_table(source, settings=Settings())
    results = list(read_rows(table, plan_columns(table, kind), replace(context, kind=kind)))
    assert len(results) == len(objects)
    for result in results:
        outcome_rules(result)


def problems_of(source: bytes) -> list[Problem]:
    """Read bytes to the end; the problems of a refusal, if there is one."""
    try:
        for sheet in read_table(source, name="x", settings=Settings()).sheets:
            list(sheet.rows())
    except InvalidInput as refusal:
        return list(refusal.problems) or [Problem(row=-1)]
    return []


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_refusal_with_its_remedy(source: bytes) -> None:
    assert all(problem.row == 0 and problem.fix for problem in problems_of(source))


def test_progress_is_told_up_to_the_end(context: IntakeContext) -> None:
    told: list[tuple[int, int]] = []
    table = table_of(["姓名"], [[f"甲{n}"] for n in range(7)])
    here = replace(context, kind=Kind.WORKERS, chunk_rows=3, progress=lambda done, total: told.append((done, total)))
    list(read_rows(table, plan_columns(table, Kind.WORKERS), here))
    assert told == [(3, 7), (6, 7), (7, 7)]


def test_chunks_make_no_difference(context: IntakeContext) -> None:
    cells = [date(1973, 1, 1), datetime(1973, 1, 1, 8, tzinfo=UTC), time(1), timedelta(1), "1973-01-01", 26665.0, True]
    table = table_of(["姓名", "出生日期"], [[f"甲{n % 5}", cell] for n, cell in enumerate(cells * 3)])
    plan = plan_columns(table, Kind.WORKERS)
    runs = [list(read_rows(table, plan, replace(context, kind=Kind.WORKERS, chunk_rows=n))) for n in (1, 4, 1000)]
    assert runs[0] == runs[1] == runs[2]
