"""How each field is read: one reader per type of cell, and special ones for numbers of people, phones, wages, ages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from matcher.errors import Severity
from matcher.intake import identity_cells, work_cells
from matcher.intake.cells import Cell, Reader, warning
from matcher.intake.context import IntakeContext
from matcher.intake.fields import IDENTITY_FIELDS, Field, FieldType, field_map
from matcher.intake.plain_cells import (
    read_amount,
    read_code,
    read_codes,
    read_count,
    read_day,
    read_flag,
    read_key,
    read_listed,
    read_objects,
    read_text,
    read_texts,
)
from matcher.records import Kind

_Factory = Callable[[IntakeContext], Reader]

_LISTS_OF_FLAGS = frozenset({"wish_to_work"})
"""Flags with wordings of their own besides yes and no."""
_SOURCE_LISTS = frozenset(
    {"household_kind", "exit_state", "wishes", "plan_to_go", "training_wish", "skill_grade", "board_lodging", "shift"}
)
"""Source columns whose wordings state fields of other names."""
_SOURCE_TEXTS = frozenset(
    {
        "place.province",
        "place.city",
        "place.county",
        "place.township",
        "place.village",
        "place.name",
        "hukou.name",
        "household.head_name",
        "worker.name",
        "ethnicity_condition",
        "marital_condition",
        "duties.more",
    }
)
_NAMES = frozenset({*IDENTITY_FIELDS, "employer_name"})
"""Names are closed up: a space between two characters is padding."""
_MAY_STAY_EMPTY = frozenset(
    {
        "phone",
        "employment_status",
        "waiting_since",
        "returned_on",
        "registered_from",
        "left_poverty_on",
        "monitored_from",
        "monitored_to",
        "relocated_from",
        "low_income_from",
        "low_income_to",
        "available_from",
        "wish_to_work",
        "wish_to_go_out",
        "wish_to_train",
        "wish_to_start_up",
        "wishes",
        "plan_to_go",
        "training_wish",
        "skill_grade",
        "board_lodging",
        "shift",
        "channel.words",
    }
)
"""Fields whose unreadable cell in a sheet is left out: it does not cost a person or an advert the whole row."""
_LEFT_EMPTY_FIX = "这一格没有登记，其余照常。"
_KEYS = ("_id", "_code", "credit_code")

_PAID = frozenset({"wage", "wage_yuan_month"})

_SPECIAL: dict[str, _Factory] = {
    "id_number": lambda c: partial(identity_cells.read_id_number, on=c.on),
    "worker.id_number": lambda c: partial(identity_cells.read_id_number, on=c.on, field="worker.id_number", told=False),
    "household.head_id": lambda c: partial(
        identity_cells.read_id_number, on=c.on, field="household.head_id", told=False
    ),
    "household_id": lambda c: partial(identity_cells.read_household_id, on=c.on),
    "phone": lambda c: identity_cells.read_phone,
    "birth_date": lambda c: partial(identity_cells.read_birth_date, on=c.on),
    "age": lambda c: identity_cells.read_age,
    "place_code": lambda c: partial(work_cells.read_place_code, field="place_code", gazetteer=c.gazetteer),
    "hukou_code": lambda c: partial(work_cells.read_place_code, field="hukou_code", gazetteer=c.gazetteer),
    "preferred_places": lambda c: partial(work_cells.read_preferred_places, gazetteer=c.gazetteer, near=c.region_code),
    "wage": lambda c: partial(work_cells.read_wage, settings=c.settings),
    "wage_floor": lambda c: partial(work_cells.read_least_wage, settings=c.settings, field="wage_floor_yuan_month"),
    "headcount": lambda c: work_cells.read_headcount,
    "age_range": lambda c: work_cells.read_age_range,
    "age_min": lambda c: partial(work_cells.read_age_bound, field="age_min"),
    "age_max": lambda c: partial(work_cells.read_age_bound, field="age_max"),
    "valid_to": lambda c: partial(work_cells.read_deadline, field="valid_to"),
    "sex_condition": lambda c: work_cells.read_sex_condition,
    "channel.words": lambda c: partial(read_listed, field="channel"),
    "contract_months": lambda c: partial(read_count, field="contract_months"),
}


def sheet_reader_for(kind: Kind, name: str, context: IntakeContext) -> Reader | None:
    """The reader of a column of a sheet: as `reader_for`, but an unreadable optional cell keeps the row."""
    read = reader_for(kind, name, context)
    return partial(_or_empty, read=read) if read is not None and name in _MAY_STAY_EMPTY else read


def _or_empty(raw: object, *, read: Reader) -> Cell:
    cell = read(raw)
    if not cell.rejected:
        return cell
    notes = (
        warning(note.found, note.expected, f"{note.fix}{_LEFT_EMPTY_FIX}") if note.severity is Severity.ERROR else note
        for note in cell.notes
    )
    return Cell((), tuple(notes))


def reader_for(kind: Kind, name: str, context: IntakeContext) -> Reader | None:
    """The reader of a column of a kind, or None for a name that is no column."""
    if kind is Kind.PLACEMENTS and name in _PAID:
        return partial(work_cells.read_paid_wage, settings=context.settings)
    if name in _SPECIAL and not (name == "age" and kind is Kind.VACANCIES):
        return _SPECIAL[name](context)
    if name in _SOURCE_LISTS:
        return partial(read_listed, field=name)
    if name in _SOURCE_TEXTS:
        return partial(read_text, field=name, close=name != "duties.more")
    field = field_map(kind).get(name)
    return None if field is None else _by_type(field)


def _by_type(field: Field) -> Reader:
    name = field.name
    if field.content is FieldType.TEXT:
        if name.endswith(_KEYS):
            return partial(read_key, field=name)
        return partial(read_text, field=name, close=name in _NAMES)
    if field.content is FieldType.FLAG:
        return partial(read_flag, field=name, also=name if name in _LISTS_OF_FLAGS else "")
    if field.content is FieldType.CODE:
        assert field.enum is not None  # a coded field has its enum  # noqa: S101
        return partial(read_code, field=name, enum=field.enum)
    if field.content is FieldType.CODES:
        assert field.enum is not None  # noqa: S101
        return partial(read_codes, field=name, enum=field.enum)
    plain: dict[FieldType, Callable[..., object]] = {
        FieldType.INTEGER: read_count,
        FieldType.DECIMAL: read_amount,
        FieldType.DAY: read_day,
        FieldType.TEXTS: read_texts,
        FieldType.OBJECTS: read_objects,
    }
    return partial(plain[field.content], field=name)  # type: ignore[return-value]
