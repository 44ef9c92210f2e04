"""What a comparison leaves behind: JSON for machines and one workbook for people, the same bytes for the same files."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from matcher.errors import UsageError
from matcher.intake.workbook import Styles, fitted, new_workbook, put
from matcher.linkage import PairClass, Rank
from matcher.services.reconcile.comparison import (
    CLASS_LABELS,
    RANK_LABELS,
    Comparison,
    Side,
    Told,
    differs_words,
    side_of,
    told_row,
    told_side,
)
from matcher.services.reconcile.ledgers import Ledger
from matcher.services.rosters.new_file import new_file

MATCHES, DIFFERENCES, LEFT_ONLY, RIGHT_ONLY, DOUBLES = (
    "matches.json",
    "differences.json",
    "left_only.json",
    "right_only.json",
    "doubles.json",
)
WORKBOOK: Final = "matches.xlsx"
_JSON: Final = msgspec.json.Encoder(order="deterministic")
_PERSON: Final = ("姓名", "身份证号", "电话", "村")
_WIDTH: Final = 16

Row = Sequence[Any]


def write_all(comparison: Comparison, out: Path) -> dict[str, str]:
    """Write every file into a folder, which is made if it is not there; what each holds -> its path. UsageError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot make the folder: {error.strerror or error}", where=str(out), remedy="Name another --out."
        ) from None
    parts: dict[str, Iterable[dict[str, Any]]] = {
        MATCHES: matches(comparison),
        DIFFERENCES: (told_row(told, comparison.labels) for told in comparison.queue),
        LEFT_ONLY: (told_side(side_of(comparison.left, ix)) for ix in comparison.left_only),
        RIGHT_ONLY: (told_side(side_of(comparison.right, ix)) for ix in comparison.right_only),
        DOUBLES: (
            {
                "side": one.side, "points": one.points,
                "earlier": told_side(one.earlier), "later": told_side(one.later),
            }
            for one in comparison.doubles
        ),
    }  # fmt: skip
    for name, rows in parts.items():
        with new_file(out / name) as stream:
            _write_json(stream, rows)
    with new_file(out / WORKBOOK) as stream:
        write_workbook(stream, comparison)
    return {Path(name).stem if name != WORKBOOK else "workbook": str(out / name) for name in (*parts, WORKBOOK)}


def matches(comparison: Comparison) -> Iterable[dict[str, Any]]:
    """The pairs held to be one person, by left row; whoever is to be looked at first stands in the differences only."""
    for one in comparison.found:
        if one.kind is PairClass.NEEDS_PERSON:
            continue
        left, right = comparison.left, comparison.right
        a, b = one.pair.left, one.pair.right
        yield {
            "class": one.kind.value,
            "left_row": left.entries[a].row,
            "right_row": right.entries[b].row,
            "left_sheet": left.entries[a].sheet,
            "right_sheet": right.entries[b].sheet,
            "left_id_number": left.cells[a].number,
            "right_id_number": right.cells[b].number,
            "left_name": left.cells[a].name,
            "right_name": right.cells[b].name,
            "points": one.pair.points,
        }


def workbook(comparison: Comparison, cover: Iterable[tuple[str, Any]] = (), decided: Sequence[Row] = ()) -> bytes:
    """The workbook as bytes, with a cover of lines (label, value) and the answers given, where there are any."""
    stream = io.BytesIO()
    write_workbook(stream, comparison, cover, decided)
    return stream.getvalue()


def write_workbook(
    stream: IO[bytes], comparison: Comparison, cover: Iterable[tuple[str, Any]] = (), decided: Sequence[Row] = ()
) -> None:
    """One sheet each: the counts, the queue, the pairs, rows without a partner, people written down twice."""
    labels = comparison.labels
    pairs = [
        (row["left_row"], row["right_row"], CLASS_LABELS[PairClass(row["class"])], row["left_name"], row["right_name"],
         row["left_id_number"], row["right_id_number"], row["points"])
        for row in matches(comparison)
    ]  # fmt: skip
    sheets: dict[str, tuple[Row, Iterable[Row]]] = {
        "合计": (("项", "数"), [*cover, *_sums(comparison)]),
        "待核对": (
            ("类别", "后果", "左行", "右行", *_both(_PERSON), "不一致", "证据", "分"),
            (_queue_row(told, labels) for told in comparison.queue),
        ),
        "已判断": (("左行", "右行", "判断", "谁", "何时", "理由"), decided),
        "同一人": (("左行", "右行", "类别", "左姓名", "右姓名", "左身份证号", "右身份证号", "分"), pairs),
        "只在左表": (("行", *_PERSON), _alone(comparison.left, comparison.left_only)),
        "只在右表": (("行", *_PERSON), _alone(comparison.right, comparison.right_only)),
        "同表重复": (
            ("哪张表", "前一行", *_PERSON, "后一行", *_PERSON, "分"),
            ((("左" if one.side == "left" else "右"), *_person(one.earlier), *_person(one.later), one.points)
             for one in comparison.doubles),
        ),
    }  # fmt: skip
    with new_workbook(stream) as (book, styles):
        for name, (header, rows) in sheets.items():
            _sheet(book.add_worksheet(name), styles, header, rows)


def _sheet(sheet: Any, styles: Styles, header: Row, rows: Iterable[Row]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(header) - 1, _WIDTH)
    for column, text in enumerate(header):
        put(sheet, 0, column, text, styles.header)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if value not in ("", None):
                put(sheet, number, column, fitted(value), None if isinstance(value, int) else styles.text)


def _sums(comparison: Comparison) -> list[tuple[str, Any]]:
    words = {
        "left_rows": "左表行数",
        "right_rows": "右表行数",
        **{kind.value: label for kind, label in CLASS_LABELS.items()},
        "left_only": "只在左表",
        "right_only": "只在右表",
        "doubles": "同一张表里重复",
    }
    return [(words[name], n) for name, n in comparison.counts.items()]


def _queue_row(told: Told, labels: Mapping[str, str]) -> Row:
    evidence = "；".join(f"{line.sentence}（{line.points:+d}）" for line in told.evidence)
    _, *ours = _person(told.left)
    _, *theirs = _person(told.right)
    rank = RANK_LABELS[Rank(told.rank)]
    head = (CLASS_LABELS[told.kind], rank, told.left.row, told.right.row)
    return (*head, *ours, *theirs, differs_words(told, labels), evidence, told.points)


def _both(words: Sequence[str]) -> tuple[str, ...]:
    return (*(f"左{word}" for word in words), *(f"右{word}" for word in words))


def _alone(ledger: Ledger, rows: Iterable[int]) -> Iterable[Row]:
    return (_person(side_of(ledger, ix)) for ix in rows)


def _person(side: Side) -> Row:
    cells = side.cells
    return (side.row, cells.name, cells.number, cells.phone, cells.village)


def _write_json(stream: IO[bytes], rows: Iterable[dict[str, Any]]) -> None:
    """A JSON array, an object a line."""
    stream.write(b"[")
    for number, row in enumerate(rows):
        stream.write((b",\n" if number else b"\n") + _JSON.encode(row))
    stream.write(b"\n]\n")
