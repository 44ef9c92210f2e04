"""Names of places become region codes; who cannot be placed is rejected, a former name is brought up to date."""

from __future__ import annotations

import re

from matcher.geography import PlaceMatch
from matcher.intake.cells import error, repaired, warning
from matcher.intake.context import IntakeContext
from matcher.intake.drafts import Draft
from matcher.records import Kind

PARTS = ("place.province", "place.city", "place.county", "place.township", "place.village")
WHOLE = "place.name"
_FIX = "请写“省 市 县（区）乡镇 村”的现用名称，或区划代码。"
_GENERAL_ADVICE = re.compile(r"，请(?:按“|填写省).*$")
"""What the reading advises when it knows nothing of a place; `_FIX` says it once and in full."""


def settle_place(
    draft: Draft, context: IntakeContext, *, kind: Kind, required: bool = True, registered: str | None = None
) -> None:
    """Set `place_code` from the columns that name the place; of a new record without any, the importing county's.

    A vacancy whose place column is left blank is not given a place: that would move a job to the wrong county.
    registered : where a person is registered, as written; it stands in where nothing is said of the home
    """
    parts = [(name, draft.sources.pop(name)) for name in PARTS if draft.sources.get(name)]
    whole = draft.sources.pop(WHOLE, None)
    if "place_code" in draft.fields:
        return
    column, text = ("", "")
    if parts:
        column, text = parts[-1][0], " ".join(value for _, value in parts)
    if whole and (not parts or context.gazetteer.find(text, context.region_code).code is None):
        column, text = WHOLE, whole
    if text:
        _read(draft, context, column, text)
    elif required and draft.current is None and not _from_registration(draft, context, registered):
        _default(draft, context, kind)


def _read(draft: Draft, context: IntakeContext, column: str, text: str) -> None:
    match = context.gazetteer.find(text, context.region_code)
    if match.code is None:
        reason = plain_reason(match)
        advice = _candidates(match) or ("" if "，请" in reason else _FIX)
        draft.say(column, error(text, "能认出的地点", f"{reason}。{advice}"))
        return
    draft.fields["place_code"] = match.code
    if match.problem:
        draft.say(column, warning(text, match.name or "", f"{match.problem}。"))
    if match.note:
        draft.say(column, repaired(text, match.name or "", f"{match.note}，请核对。"))


def plain_reason(match: PlaceMatch) -> str:
    """Why a place cannot be told, without advice that holds for every place."""
    return _GENERAL_ADVICE.sub("", match.problem or "")


def _candidates(match: PlaceMatch) -> str:
    names = "、".join(other.name for other in match.alternatives[:4])
    return f"可能是：{names}。" if names else ""


def _from_registration(draft: Draft, context: IntakeContext, registered: str | None) -> bool:
    """Take the place of registration for the home, and say so; whether that could be done."""
    match = context.gazetteer.find(registered, context.region_code) if registered else None
    if match is None or match.code is None:
        return False
    draft.fields["place_code"] = match.code
    fix = f"没有写现住地，按户籍地{match.name}登记；住在别处的请补填现住的村或乡镇。"
    draft.say(WHOLE, warning("没有写现住地", "现住的乡镇、村或区划代码", fix))
    return True


def _default(draft: Draft, context: IntakeContext, kind: Kind) -> None:
    if kind is Kind.VACANCIES and (WHOLE in draft.headers or "place_code" in draft.headers):
        draft.say(WHOLE, error("", "工作地点", "工作地点为空，无法判断岗位在哪里。" + _FIX))
        return
    if not context.region_code:
        draft.say(WHOLE, error("", "乡镇、村或区划代码", "没有写明地点，也没有指定导入的县。" + _FIX))
        return
    draft.fields["place_code"] = context.region_code
    name = context.gazetteer.name(context.region_code)
    fix = f"没有写明地点的行按{name}登记，请补填到村或乡镇。"
    draft.say(WHOLE, warning("没有写明地点", "乡镇、村或区划代码", fix, once=True))
