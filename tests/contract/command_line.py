"""The command line as a stranger meets it: arguments in; exit code, stdout and stderr out."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import xlsxwriter

from matcher.cli import run

ON = "2018-06-01"
SEASON = "2018-02-01/2018-07-31"
COUNTY = "liujiang_2018"
VILLAGE = "450206100201"
FORMS = ("csv", "xlsx", "jsonl")
KINDS = ("households", "workers", "employers", "vacancies", "plots", "placements")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Answer:
    """What one call left behind."""

    code: int
    out: bytes
    err: str

    @property
    def json(self) -> Any:
        """Stdout as one JSON value."""
        return msgspec.json.decode(self.out)

    @property
    def lines(self) -> list[Any]:
        """Stdout as JSON lines."""
        return [msgspec.json.decode(line) for line in self.out.splitlines()]

    @property
    def text(self) -> str:
        """Stdout as text."""
        return self.out.decode("utf-8")


def call(*arguments: object) -> Answer:
    """Run one command inside this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return Answer(code, out.buffer.getvalue(), err.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]


def process(
    *arguments: object,
    setup: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    seconds: int = 120,
) -> Answer:
    """Run one command as a process of its own; `setup` is Python that runs in it first."""
    command = [sys.executable, "-m", "matcher"]
    if setup:
        command = [sys.executable, "-c", f"{setup}\nfrom matcher.__main__ import main\nmain()"]
    done = subprocess.run(
        [*command, *(str(argument) for argument in arguments)],
        capture_output=True,
        timeout=seconds,
        check=False,
        cwd=cwd,
        env={name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")} | dict(env or {}),
    )
    return Answer(done.returncode, done.stdout, done.stderr.decode("utf-8"))


@dataclass(frozen=True)
class Office:
    """One home folder, on the demo day."""

    home: Path

    def __call__(self, *arguments: object) -> Answer:
        """Run a command on this home."""
        return call("--home", self.home, *arguments)

    def ok(self, *arguments: object) -> Answer:
        """Run a command that must succeed."""
        answer = self(*arguments)
        assert answer.code == 0, answer.err
        return answer

    def load(self, kind: str, path: Path, *options: object) -> dict[str, Any]:
        """Import a file on the demo day and give its summary; the sum rule of section 6 holds always."""
        answer = self("import", kind, path, "--jurisdiction", COUNTY, "--on", ON, "--format", "json", *options)
        summary: dict[str, Any] = answer.json
        parts = (summary[name] for name in ("accepted", "repaired", "rejected", "unchanged"))
        assert sum(parts) == summary["rows"]
        assert answer.code == (1 if summary["rejected"] else 0), answer.err
        return summary

    def objects(self, kind: str, *options: object) -> list[dict[str, Any]]:
        """All records of a kind, read from an export."""
        path = self.home / f"objects-{kind}.jsonl"
        self.ok("export", kind, path, *options)
        return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]

    def snapshot(self, *thorough: str) -> dict[str, bytes]:
        """The exports that must come back after an undo: every kind as jsonl, `thorough` ones in every form."""
        exports = {}
        for kind in KINDS:
            for form in FORMS if kind in (thorough or KINDS) else ("jsonl",):
                path = self.home / f"snapshot.{form}"
                self.ok("export", kind, path)
                exports[f"{kind}.{form}"] = path.read_bytes()
        return exports


def jsonl(path: Path, objects: Iterable[Mapping[str, Any]]) -> Path:
    """Write section-3 objects, one a line."""
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in objects))
    return path


def csv(path: Path, *rows: Iterable[object], encoding: str = "utf-8") -> Path:
    """Write rows of cells that hold neither commas nor quotes."""
    path.write_bytes("".join(",".join(map(str, row)) + "\r\n" for row in rows).encode(encoding))
    return path


def xlsx(path: Path, *rows: Iterable[object]) -> Path:
    """Write one sheet; text stays text, numbers are number cells."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write(number, column, cell)
    return path


def id_number(birth: str = "19800315", order: int = 12, sex: int = 0) -> str:
    """A right 18-digit number of GB 11643 for a birth date YYYYMMDD; sex: 1 male, 0 female."""
    digits = f"450221{birth}{order:02d}{sex}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


def worker(worker_id: str, **fields: Any) -> dict[str, Any]:
    """A willing woman of 38 in whom nothing is missing that a limit asks for."""
    return {
        "worker_id": worker_id,
        "birth_date": "1980-03-15",
        "education": "junior",
        "skills": ["缝纫"],
        "trades": ["缝纫工"],
        "certificates": [],
        "labour_ability": "normal",
        "place_code": VILLAGE,
        "travel_range": "anywhere",
        "needs_daily_return": False,
        "wish_to_work": True,
        "registered_poor": False,
        "out_of_poverty": False,
        "monitored_type": "none",
        "relocated": False,
        "rural_low_income": False,
        "hard_to_employ": False,
    } | fields


def vacancy(vacancy_id: str, **fields: Any) -> dict[str, Any]:
    """An open post for ten in the own county that asks for nothing."""
    return {
        "vacancy_id": vacancy_id,
        "title": "缝纫工",
        "channel": "workshop",
        "place_code": "450206",
        "headcount": 10,
        "wage_low_yuan_month": 3000,
        "wage_high_yuan_month": 4000,
        "night_shift": False,
        "heavy_work": False,
    } | fields
