"""One process per file: our check by column and its peers, one after the other, over and over.

Every method counts the same five faults: wrong identity numbers (form, birth date, check character), phones that are
no mobile number, unknown schooling, ages two years off the number's birth date, numbers stated before.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from matcher.geography import gazetteer
from matcher.intake import IntakeContext, plan_columns, read_rows, read_table, sheets, survey
from matcher.policy import publication_rules, standard_packs, working_age
from matcher.records import Kind
from matcher.settings import Settings
from tests.bench.bulk_data import CHECKS, HEADER, SCHOOLING, TODAY, WEIGHTS
from tests.bench.measure import Laps, peak_of, resident_mib, timed

FAULTS = ("number", "phone", "schooling", "age", "again")
NUMBER, PHONE, SCHOOL, AGE = (HEADER.index(name) for name in ("身份证号", "联系电话", "文化程度", "年龄"))
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
ON = date(TODAY // 10_000, TODAY // 100 % 100, TODAY % 100)
Counts = dict[str, int]
Timed = tuple[Laps, Any]


def csv_file(path: str, repeats: int, sample: int) -> Timed:
    """Ours, ours with every problem made, polars if it is there, pandas with pyarrow, csv.reader on `sample` rows."""
    check = _Check(path)
    peers = {
        "polars": lambda: of_polars(path),
        "pandas_arrow": lambda: of_pandas(_arrow_frame(path)),
        "csv_loop": lambda: of_loop(_csv_rows(path, sample)),
    }
    if find_spec("polars") is None:
        del peers["polars"]
    return _alternating(check, peers, repeats, exact_rows=sample, expected_loop=lambda: of_loop(_csv_rows(path, None)))


def xlsx_file(path: str, repeats: int, sample: int) -> Timed:
    """Ours, ours with every problem made, pandas with openpyxl and with calamine."""
    check = _Check(path)
    peers = {
        "pandas_openpyxl": lambda: of_pandas(_excel_frame(path, "openpyxl")),
        "pandas_calamine": lambda: of_pandas(_excel_frame(path, "calamine")),
    }
    return _alternating(check, peers, repeats, exact_rows=sample, expected_loop=None)


def _alternating(
    check: _Check,
    peers: dict[str, Callable[[], Counts]],
    repeats: int,
    *,
    exact_rows: int,
    expected_loop: Callable[[], Counts] | None,
) -> Timed:
    """Laps of ours; the value holds those of all others, what each counted and what ours says of each row."""
    check.surveyed()  # loads the compiled loops, once a process
    works: dict[str, Callable[[], Any]] = {"ours": check.surveyed, "made": check.made, **peers}
    laps = {name: Laps([], []) for name in works}
    told: dict[str, Any] = {}
    peaks, shared = dict.fromkeys(works, 0.0), resident_mib()
    for _ in range(repeats):
        for name, work in works.items():
            ((wall, cpu), (told[name],)), peak = peak_of(lambda work=work: timed([work]))
            laps[name].wall.extend(wall)
            laps[name].cpu.extend(cpu)
            peaks[name] = max(peaks[name], shared + peak)
    problems = check.counts()
    if expected_loop is not None:
        told["csv_loop"] = expected_loop()
    value = {
        "laps": {name: {**lap._asdict(), "peak_mib": peaks[name]} for name, lap in laps.items()},
        "counts": {name: told[name] for name in peers},
        "ours": problems,
        "rows": told["ours"]["rows"],
        "problems": told["made"],
        "by_row": check.same_by_row(exact_rows),
    }
    return laps["ours"], value


class _Check:
    """The product's check of a file."""

    def __init__(self, path: str) -> None:
        sheets.BULK_ROWS = 1  # small sizes are checked by column as well
        packs = standard_packs()
        self.path, self.settings = Path(path), Settings()
        self.context = IntakeContext(
            kind=Kind.WORKERS,
            on=ON,
            region_code="450206",
            gazetteer=gazetteer(),
            settings=self.settings,
            publication_rules=publication_rules(packs, ON),
            working_age=working_age(packs, ON).minimum,
            key=b"bench",
        )

    def _survey(self, source: Path | bytes) -> Any:
        table = read_table(source, name=self.path.name, settings=self.settings)
        return survey(table, plan_columns(table, Kind.WORKERS), self.context)

    def surveyed(self) -> Counts:
        """Every row its outcome, every problem known by row, column and cause."""
        told = self._survey(self.path)
        return {"rows": told.n_rows, "problems": told.n_problems}

    def made(self) -> int:
        """As `surveyed`, and every problem made with its words."""
        return len(self._survey(self.path).problems)

    def counts(self) -> Counts:
        """The five faults among the problems."""
        told = Counter(self._fault(problem) for problem in self._survey(self.path).problems)
        return {fault: told[fault] for fault in FAULTS}

    @staticmethod
    def _fault(problem: Any) -> str:
        if problem.column == HEADER[NUMBER]:
            return "again" if problem.found.startswith("与") else "number"
        by_column = {HEADER[PHONE]: "phone", HEADER[SCHOOL]: "schooling", HEADER[AGE]: "age"}
        is_once = problem.column == HEADER[AGE] and "按出生日期" not in problem.found
        return "other" if is_once else by_column.get(problem.column, "other")

    def same_by_row(self, n_rows: int) -> bool:
        """Whether a csv's first rows, a workbook's rows have the outcomes and problems of the way row by row."""
        source: Path | bytes = self.path
        if self.path.suffix == ".csv":
            with self.path.open("rb") as file:
                source = b"".join(islice(file, n_rows + 1))
        table = read_table(source, name=self.path.name, settings=self.settings)
        plan = plan_columns(table, Kind.WORKERS)
        told = survey(table, plan, self.context)
        rows = list(read_rows(table, plan, self.context))
        if told is None:
            return False
        same = told.problems == tuple(problem for row in rows for problem in row.problems)
        return same and +told.outcomes == Counter(row.outcome for row in rows)


def of_polars(path: str) -> Counts:
    """polars, lazily, all expressions in one query; digits by integer division, the fastest of four ways tried."""
    import polars as pl

    number = pl.col(HEADER[NUMBER])
    first = pl.col("first")
    total = sum(first // 10 ** (16 - at) % 10 * weight for at, weight in enumerate(WEIGHTS.tolist())) % 11
    check = total.replace_strict(list(range(11)), list(CHECKS), return_dtype=pl.String)
    born = first // 1000 % 10**8
    month, day, year = born // 100 % 100, born % 100, born // 10_000
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    last = pl.when(month == 2).then(28 + leap.cast(pl.Int64)).when(month.is_in([4, 6, 9, 11])).then(30).otherwise(31)
    real = month.is_between(1, 12) & (day >= 1) & (day <= last) & (born <= TODAY) & (TODAY - born < 121 * 10_000)
    right = ((number.str.len_bytes() == 18) & (number.str.tail(1) == check) & real).fill_null(value=False)
    age = (pl.col(HEADER[AGE]).cast(pl.Int64, strict=False) - (TODAY - pl.col("born")) // 10_000).abs()
    kept = first.filter(pl.col("right"))
    frame = (
        pl.scan_csv(path, schema_overrides=dict.fromkeys(HEADER, pl.String))
        .with_columns(first=number.str.head(17).cast(pl.Int64, strict=False))
        .with_columns(right=right, born=born)
        .select(
            number=(~pl.col("right")).sum(),
            phone=(~pl.col(HEADER[PHONE]).str.contains(r"^1[3-9]\d{9}$")).sum(),
            schooling=(~pl.col(HEADER[SCHOOL]).is_in(SCHOOLING)).sum(),
            age=(age >= 2).filter(pl.col("right")).sum(),
            again=kept.len() - kept.n_unique(),
        )
        .collect()
    )
    return {name: int(frame[name][0]) for name in FAULTS}


def _arrow_frame(path: str) -> Any:
    import pandas as pd
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    types = arrow_csv.ConvertOptions(column_types=dict.fromkeys(HEADER, pa.string()))
    return arrow_csv.read_csv(path, convert_options=types).to_pandas(types_mapper=pd.ArrowDtype)


def _excel_frame(path: str, engine: Any) -> Any:
    import pandas as pd

    return pd.read_excel(path, engine=engine, dtype=str)


def of_pandas(frame: Any) -> Counts:
    """pandas over columns."""
    import numpy as np
    import pandas as pd

    number = frame[HEADER[NUMBER]].astype(str)
    shaped = number.str.fullmatch(r"[0-9]{17}[0-9X]").to_numpy(dtype=bool)
    first = pd.to_numeric(number.where(shaped, "0" * 18).str[:17]).to_numpy(dtype=np.int64)
    total = sum(first // 10 ** (16 - at) % 10 * weight for at, weight in enumerate(WEIGHTS.tolist())) % 11
    check = np.array(list(CHECKS))[total]
    born = first // 1000 % 10**8
    real = pd.to_datetime(pd.Series(born).astype(str), format="%Y%m%d", errors="coerce").notna().to_numpy()
    right = shaped & real & (number.str[-1].to_numpy(dtype=object) == check) & (born <= TODAY)
    age = np.abs(pd.to_numeric(frame[HEADER[AGE]]).to_numpy(dtype=np.int64) - (TODAY - born) // 10_000)
    return {
        "number": int((~right).sum()),
        "phone": int((~frame[HEADER[PHONE]].astype(str).str.fullmatch(MOBILE.pattern)).sum()),
        "schooling": int((~frame[HEADER[SCHOOL]].isin(SCHOOLING)).sum()),
        "age": int(((age >= 2) & right).sum()),
        "again": int(pd.Series(first[right]).duplicated().sum()),
    }


def _csv_rows(path: str, n_rows: int | None) -> Iterable[Sequence[str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from islice(reader, n_rows)


def of_loop(rows: Iterable[Sequence[str]]) -> Counts:
    """A plain loop over rows."""
    weights, schooling = WEIGHTS.tolist(), set(SCHOOLING)
    counts, seen = Counter(dict.fromkeys(FAULTS, 0)), set()
    for row in rows:
        number = row[NUMBER]
        right = len(number) == 18 and number[:17].isdigit()
        if right:
            total = sum(weight * int(digit) for weight, digit in zip(weights, number, strict=False))
            try:
                date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
            except ValueError:
                right = False
            born = int(number[6:14])
            right = right and CHECKS[total % 11] == number[17] and born <= TODAY
        if right:
            counts["age"] += abs(int(row[AGE]) - (TODAY - born) // 10_000) >= 2
            counts["again"] += number in seen
            seen.add(number)
        counts["number"] += not right
        counts["phone"] += MOBILE.fullmatch(row[PHONE]) is None
        counts["schooling"] += row[SCHOOL] not in schooling
    return dict(counts)
