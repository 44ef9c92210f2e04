"""Recorded values as an officer reads them: the record's own labels, the wordings of the import, names of places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from matcher.geography import gazetteer
from matcher.intake.values import wording_of
from matcher.records import Consent, Kind, Placement, Record, Worker
from matcher.records.base import label
from matcher.services.ground.place_words import home_words, work_words

UNSTATED: Final = "没有登记"
_PLACES: Final = frozenset({"place_code", "hukou_code", "site_code", "relocation_site"})
_PARTS: Final[Mapping[str, type[Record]]] = {"consent": Consent}
_EVIDENCE: Final = {
    "contract": "合同",
    "wage_roll": "工资单",
    "insurance": "社保记录",
    "visit": "上门核实",
    "check_in": "上岗签到",
    "own_reply": "本人回复",
}
_JUDGEMENT: Final = {"value": "判断", "by": "判断人", "on": "日期", "grounds": "依据"}

KIND_LABELS: Final = {
    Kind.HOUSEHOLDS: "户",
    Kind.WORKERS: "人员",
    Kind.VACANCIES: "岗位",
    Kind.EMPLOYERS: "单位",
    Kind.PLOTS: "地块",
    Kind.PLACEMENTS: "就业安置",
}


def value_words(name: str, value: Any) -> str:
    """One field's value: 是, 初中, 百朋镇里团村, a list joined; nothing recorded is said as such."""
    if value is None or value == "":
        return UNSTATED
    if isinstance(value, Mapping):
        return _parts(name, value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(value_words(name, item) for item in value) or "无"
    return _one(name, value)


def _one(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if name in _PLACES and str(value).isdigit():
        return f"{place_words(str(value))}（{value}）"
    if name == "preferred_places":
        return work_words(str(value))
    return wording_of(name, name, str(value))


def place_words(code: str) -> str:
    """Township and village of this county or another one's full steps; the code itself where nothing is known."""
    return home_words(code) or gazetteer().name(code) or code


def told_fields(record: Record, names: Sequence[str]) -> list[dict[str, Any]]:
    """Label and words of some fields of a record, whether stated or not."""
    plain = msgspec.to_builtins(record)
    return [
        {"field": name, "label": label(type(record), name), "value": value_words(name, plain.get(name)),
         "stated": plain.get(name) is not None}
        for name in names
    ]  # fmt: skip


def label_of(kind: Kind, name: str) -> str:
    """Chinese label of a worker's or placement's field; the name itself of a field that is no longer there."""
    record_type: type[Record] = Placement if kind is Kind.PLACEMENTS else Worker
    return label(record_type, name) if name in record_type.__struct_fields__ else name


def _parts(name: str, value: Mapping[str, Any]) -> str:
    """consent, off_farm_hard: each part with its own label; what nobody answered is left out."""
    if name == "evidence":
        return _EVIDENCE.get(str(value.get("kind")), str(value.get("kind")))
    owner = _PARTS.get(name)
    labels = {part: label(owner, part) for part in owner.__struct_fields__} if owner else _JUDGEMENT
    told = [f"{labels.get(part, part)}：{value_words(part, item)}" for part, item in value.items() if item is not None]
    return "；".join(told) or UNSTATED
