"""What registers say of a person, in Chinese: what is unclear, what proves work, where somebody stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from matcher.geography import gazetteer
from matcher.intake.values import wording_of
from matcher.office.registers.rules import Source
from matcher.office.registers.standing import ABILITY, COARSE, IDENTITY, STATUS, WISH, Standing
from matcher.office.tracking.evidence import definition
from matcher.policy.evaluation.logic import Truth
from matcher.policy.types import Vocabulary
from matcher.privacy import without_personal
from matcher.records import Worker
from matcher.records.base import label
from matcher.services.ground.place_words import home_words

_ID: Final = re.compile(r"[A-Za-z0-9_-]*[0-9]{5,}[A-Za-z0-9_-]*")
"""A person's id in the records: whoever reads of a village may know nothing of that person."""
UNSTATED: Final = "没有登记"
FOUR: Final = {IDENTITY: "身份", ABILITY: "劳动能力", STATUS: "就业状态", WISH: "外出意愿"}
ASKS: Final = {
    IDENTITY: "请补登姓名和身份证号。",
    ABILITY: "请村里核实劳动能力并登记。",
    STATUS: "请核实在哪里做事，补一样佐证；没有做事的也登记清楚。",
    WISH: "请问本人愿不愿意出去做事。",
}
EVIDENCE: Final = {
    "contract": "合同",
    "wage_roll": "工资单",
    "insurance": "社保记录",
    "visit": "上门核实",
    "check_in": "上岗签到",
    "own_reply": "本人回复",
}
BORROWED: Final = "本县的文件没有写这一项，按{document}的写法列，请县里确认。"


def place_name(code: str) -> str:
    """A village or town of a register as neighbours say it; a home that nobody wrote down as far is said as such."""
    digits = code.removesuffix(COARSE)
    if not digits:
        return "没有登记住在哪里"
    words = home_words(f"{digits:0<6}") or gazetteer().name(digits) or digits
    return words if digits == code else f"{words}（没写到村）"


def town_name(code: str) -> str:
    """A town; the county where a home is known no further."""
    digits = code.removesuffix(COARSE)
    if not digits:
        return "没有登记住在哪里"
    words = home_words(f"{digits:0<6}") or digits
    return words if digits == code else f"{words}（没写到乡镇）"


def source_words(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """Each document and clause, with a word of care where it does not bind the county."""
    return [
        {
            "rule": one.rule_id,
            "title": one.title,
            "document": one.document,
            "clause": one.clause,
            "care": "" if one.local or not one.document else BORROWED.format(document=one.document),
        }
        for one in sources
    ]


def person_row(one: Standing, worker: Worker, vocabulary: Vocabulary) -> dict[str, Any]:
    """What a list tells of somebody beside the name; nothing recorded is said as such and never left out."""
    return {
        "worker_id": one.worker_id,
        "village": place_name(one.place),
        "household_id": one.household_id,
        "birth_date": worker.birth_date.isoformat() if worker.birth_date else "",
        "ability": wording_of(ABILITY, ABILITY, worker.labour_ability.value) if worker.labour_ability else UNSTATED,
        "relocated": truth_words(one.relocated),
        "wish": truth_words(one.wish),
        "state": _state(one),
        "employer": one.work.employer,
        "since": one.work.since.isoformat() if one.work.since else "",
        "evidence": [EVIDENCE.get(kind, kind) for kind in one.work.evidence],
        "not_counted": _not_counted(one),
        "unclear": [{"field": name, "label": FOUR[name], "ask": ASKS[name]} for name in one.unclear],
        "review": [vocabulary.words.get(reason, reason) for reason in one.review],
        "months_inside": one.work.inside.months / 10,
        "months_outside": one.work.outside.months / 10,
        "income_yuan": _income(one),
    }


def truth_words(value: Truth) -> str:
    """是, 否, or that nobody recorded it."""
    return UNSTATED if value is None else "是" if value else "否"


def field_label(name: str) -> str:
    """A field as forms call it."""
    return FOUR.get(name) or (label(Worker, name) if name in Worker.__struct_fields__ else name)


def _state(one: Standing) -> str:
    if one.employed:
        return "在岗，有佐证"
    return "说在岗，还不能计入" if one.employed is None else "没有在岗"


def _not_counted(one: Standing) -> str:
    """Why nobody may count work that is said to be there; "" where nothing is said or it counts."""
    if one.employed is not None:
        return ""
    return definition().left_out[one.work.why] if one.work.why else "没有登记在哪里做事"


def _income(one: Standing) -> int | None:
    """Income of the counted work of the year; None where a wage is not recorded."""
    parts = (one.work.inside.income_yuan, one.work.outside.income_yuan, one.work.nowhere.income_yuan)
    return None if None in parts else sum(part or 0 for part in parts)


def without_ids(text: str) -> str:
    """What somebody wrote of a village, on one line, without anything that is or may be a person's number or id."""
    return _ID.sub("…", without_personal(" ".join(text.split())))
