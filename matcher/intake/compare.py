"""A row against its record type, against the rows before it and against what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from matcher.intake.cells import Note, error, warning
from matcher.intake.context import IntakeContext
from matcher.intake.drafts import Draft, json_ready
from matcher.intake.fields import fields_of
from matcher.intake.leftovers import WHOLE_ROW
from matcher.records import ID_FIELDS, RECORD_TYPES, Identity, Kind

_BY_CODE = frozenset({"publish_bars", "publish_warnings"})
"""Lists compared by code: a service may have added figures to their sentences since."""
SAME_NUMBER = "是同一个身份证号"
_MAY_REPEAT = frozenset({Kind.HOUSEHOLDS, Kind.EMPLOYERS})
"""Kinds whose rows repeat in lists of people: the same statement again is no mistake."""


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names (`consent.plot`) as objects."""
    if not any("." in name for name in fields):
        return dict(fields)
    built: dict[str, Any] = {}
    for name, value in fields.items():
        outer, _, inner = name.partition(".")
        if inner:
            built.setdefault(outer, {})[inner] = value
        else:
            built[name] = value
    return built


def fits_record(draft: Draft, kind: Kind) -> None:
    """Check that the row, on top of what is stored, makes a record; say every field that is missing or does not fit."""
    draft.fields = nested(draft.fields)
    id_field = ID_FIELDS[kind]
    # A rejected row lacks what could not be read; that was said where it stood.
    missing = [] if draft.rejected else _missing(draft, kind, id_field)
    for name, label in missing:
        draft.say(name, error("", label, f"缺少必填的{label}，请补填。"))
    if draft.rejected:
        return
    stored = {} if draft.current is None else msgspec.to_builtins(draft.current)
    try:
        msgspec.convert({**stored, **draft.fields, id_field: draft.record_id}, RECORD_TYPES[kind])
    except msgspec.ValidationError as failure:
        name = _path(str(failure))
        draft.say(name, error(draft.fields.get(name, ""), str(failure).split(" - ")[0], "内容不符合要求，请核对。"))


def _missing(draft: Draft, kind: Kind, id_field: str) -> list[tuple[str, str]]:
    if draft.current is not None:
        return []
    return [
        (field.name, field.label)
        for field in fields_of(kind)
        if field.required and field.name != id_field and field.name not in draft.fields
    ]


def _path(message: str) -> str:
    return message.rpartition("$.")[2].split("[")[0].split(".")[0].rstrip("`") if "$." in message else ""


def seen_keys(draft: Draft) -> tuple[str, ...]:
    """What a row is recognised by when it comes again: its id, and a worker's identity number."""
    number = draft.identity.get("id_number")
    return (draft.record_id,) if number is None else (draft.record_id, f"id_number {number}")


def duplicate(
    draft: Draft, seen: Mapping[str, tuple[str, Draft]], sheet: str, kind: Kind, context: IntakeContext
) -> bool:
    """Was this record stated before in the file? The later row is rejected, naming the first.

    True only for a household or employer that is stated again word for word, which is no mistake.
    """
    before = next((seen[key] for key in seen_keys(draft) if key in seen), None)
    if before is None:
        return False
    first_sheet, first = before
    if kind in _MAY_REPEAT and first.fields == draft.fields:
        return True
    where = f"第{first.row}行" if first_sheet == sheet else f"工作表“{first_sheet}”第{first.row}行"
    column, what = _same_what(draft, first, kind)
    codes = [d.fields["place_code"] for d in (first, draft) if kind is Kind.WORKERS and "place_code" in d.fields]
    draft.say(column, said_before(where, what, list(map(context.gazetteer.name, codes))))
    return False


def said_before(where: str, what: str, homes: Sequence[str | None]) -> Note:
    """The remark on a row that states what an earlier one did; homes : of the earlier row and of this one."""
    found = f"与{where}{what}"
    if len(set(homes)) > 1:
        found += f"，那一行在{homes[0]}，这一行在{homes[1]}"
    return error(found, "每个对象只填一行", f"请核对后只保留一行；{where}已按首次出现导入。")


def _same_what(draft: Draft, first: Draft, kind: Kind) -> tuple[str, str]:
    number = draft.identity.get("id_number")
    if number is not None and number == first.identity.get("id_number"):
        return "id_number", SAME_NUMBER
    column = ID_FIELDS[kind] if ID_FIELDS[kind] in draft.headers else WHOLE_ROW
    if column != WHOLE_ROW or draft.fields.keys() != first.fields.keys():
        return column, "编号相同"
    return column, "内容完全相同"


def same_person(draft: Draft, identity: Identity | None, context: IntakeContext) -> None:
    """Compare a row with the stored identity of its worker: another number under the same id is not taken silently."""
    if identity is None:
        return
    number, name = draft.identity.get("id_number"), draft.identity.get("name")
    if number and identity.id_number and number != identity.id_number:
        if name and identity.name and name != identity.name:
            found = f"编号{draft.record_id}已登记为{identity.name}"
            draft.say("id_number", error(found, "同一个人的编号", "编号、姓名、身份证号对不上，请核对这一行是谁。"))
        else:
            found = f"{identity.id_number}→{number}"
            draft.say("id_number", warning(found, "与登记一致的身份证号", "身份证号与登记的不同，将更新，请核对。"))
    _drop_known_identity(draft, identity)


def _drop_known_identity(draft: Draft, identity: Identity) -> None:
    draft.sources["identity.unchanged"] = all(
        getattr(identity, name, None) == value for name, value in draft.identity.items()
    )


def drop_unchanged(draft: Draft) -> bool:
    """Does the row state anything that is not stored already?"""
    if draft.current is None:
        return True
    if draft.identity and not draft.sources.get("identity.unchanged", False):
        return True
    return any(_differs(name, value, draft) for name, value in draft.fields.items())


def _differs(name: str, value: Any, draft: Draft) -> bool:
    stored = draft.stored(name)
    if stored is None or isinstance(value, bool) != isinstance(stored, bool):
        return bool(value != stored)
    if isinstance(stored, dict) and isinstance(value, dict):
        return any(json_ready(stored.get(part)) != inner for part, inner in value.items())
    if name in _BY_CODE:
        return _codes(value) != _codes(stored)
    if isinstance(stored, tuple | list):
        return list(stored) != list(value)
    return bool(value != stored)


def _codes(bars: Any) -> list[tuple[str, str, str]]:
    return [(bar["code"], bar.get("document", ""), bar.get("clause", "")) for bar in bars]
