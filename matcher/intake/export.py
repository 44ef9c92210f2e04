"""Records out: csv, xlsx and JSON lines with English headers, the same bytes for the same records, and back again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

import msgspec

from matcher.errors import UsageError
from matcher.intake.drafts import json_ready
from matcher.intake.fields import IDENTITY_FIELDS, Field, FieldType, fields_of
from matcher.intake.plain_cells import LIST_BREAK
from matcher.intake.textual import guarded
from matcher.intake.workbook import Target, new_workbook, put
from matcher.records import ID_FIELDS, Identity, Kind, Record

_JOIN = "、"
_JSON = msgspec.json.Encoder(order="deterministic", decimal_format="number")


class ExportForm(StrEnum):
    """Forms a file ending can name."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


def export_form(name: str) -> ExportForm:
    """The form by file ending; raises UsageError for another ending."""
    ending = Path(name).suffix.lower().lstrip(".")
    try:
        return ExportForm(ending)
    except ValueError:
        raise UsageError(f"cannot export to .{ending}", where=name, remedy="Use .csv, .xlsx or .jsonl.") from None


def write_export(
    target: Target,
    form: ExportForm,
    kind: Kind,
    records: Iterable[Record],
    *,
    identities: Mapping[str, Identity] | None = None,
) -> int:
    """Write records of a kind, sorted by id; returns how many.

    identities : of workers; without them the export names nobody. Every form reads back through an import as unchanged.
    """
    id_field = ID_FIELDS[kind]
    ordered = sorted(records, key=lambda record: str(getattr(record, id_field)))
    if form is ExportForm.XLSX:
        _write_xlsx(target, kind, ordered, identities)
    elif isinstance(target, Path):
        with target.open("wb") as stream:
            _write_text(stream, form, kind, ordered, identities)
    else:
        _write_text(target, form, kind, ordered, identities)
    return len(ordered)


def _write_text(
    stream: Any, form: ExportForm, kind: Kind, records: list[Record], identities: Mapping[str, Identity] | None
) -> None:
    if form is ExportForm.JSONL:
        for record in records:
            stream.write(_JSON.encode(_object(record, kind, identities)) + b"\n")
        return
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    columns = _columns(kind, identities)
    writer.writerow([column.name for column in columns])
    for row in _rows(records, columns, kind, identities):
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    text.detach()


def _write_xlsx(target: Target, kind: Kind, records: list[Record], identities: Mapping[str, Identity] | None) -> None:
    columns = _columns(kind, identities)
    with new_workbook(target, streaming=True) as (workbook, styles):
        sheet = workbook.add_worksheet(kind.value)
        sheet.freeze_panes(1, 1)
        for index, column in enumerate(columns):
            is_text = column.content not in (FieldType.INTEGER, FieldType.DECIMAL)
            sheet.set_column(index, index, 16, styles.text if is_text else None)
            put(sheet, 0, index, column.name, styles.header)
        for number, row in enumerate(_rows(records, columns, kind, identities), start=1):
            for index, cell in enumerate(row):
                if cell != "":
                    put(sheet, number, index, cell, styles.text if isinstance(cell, str) else None)


def _columns(kind: Kind, identities: Mapping[str, Identity] | None) -> list[Field]:
    return [field for field in fields_of(kind) if identities is not None or not _is_identity(kind, field.name)]


def _is_identity(kind: Kind, name: str) -> bool:
    return kind is Kind.WORKERS and name in IDENTITY_FIELDS


def _rows(
    records: list[Record], columns: list[Field], kind: Kind, identities: Mapping[str, Identity] | None
) -> Iterator[list[str | int]]:
    id_field = ID_FIELDS[kind]
    for record in records:
        identity = (identities or {}).get(getattr(record, id_field))
        yield [_cell(identity if _is_identity(kind, column.name) else record, column) for column in columns]


def _cell(owner: Any, column: Field) -> str | int:
    """A value as a cell; a list is joined by 、 unless an item would be cut apart again, then it is written as JSON."""
    value = owner
    for part in column.name.split("."):
        value = getattr(value, part, None)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, int):
        return value
    if isinstance(value, tuple):
        return _list_cell(value, column)
    return str(json_ready(value))


def _list_cell(values: tuple[Any, ...], column: Field) -> str:
    if column.content is FieldType.OBJECTS:
        return _JSON.encode(values).decode() if values else ""
    items = [str(json_ready(value)) for value in values]
    if not items or any(LIST_BREAK.search(item) or item.startswith("[") for item in items):
        return _JSON.encode(items).decode()
    return _JOIN.join(items)


def _object(record: Record, kind: Kind, identities: Mapping[str, Identity] | None) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: value for name in record.__struct_fields__ if (value := getattr(record, name)) is not None
    }
    identity = (identities or {}).get(getattr(record, ID_FIELDS[kind]))
    if identity is None:
        return fields
    told = {name: value for name in IDENTITY_FIELDS if (value := getattr(identity, name)) is not None}
    return {ID_FIELDS[kind]: fields.pop(ID_FIELDS[kind]), **told, **fields}
