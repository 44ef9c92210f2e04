"""Employers, plots and placements: their ids, their places, the terms of a contract."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from matcher.intake.cells import error, warning
from matcher.intake.context import IntakeContext
from matcher.intake.drafts import Draft, content_id, employer_id, household_id
from matcher.intake.places import settle_place
from matcher.policy.evaluation.conventions import add_months
from matcher.records import Kind


def finish_employer(draft: Draft, context: IntakeContext) -> None:
    """An employer's place; local poor workers cannot outnumber all workers."""
    settle_place(draft, context, kind=Kind.EMPLOYERS, required=False)
    total, local = draft.stated("annual_total_workers"), draft.stated("annual_poor_local_workers")
    if total is not None and local is not None and local > total:
        found = f"用工总数{total}，其中本地建档立卡{local}"
        draft.say("annual_poor_local_workers", error(found, "其中数不多于总数", "两项可能填反，请核对后改正。"))


def finish_plot(draft: Draft, context: IntakeContext) -> None:
    """A plot's household from its head; a plot has some area."""
    head = draft.sources.pop("household.head_id", None)
    if head and "household_id" not in draft.fields:
        draft.fields["household_id"] = household_id(head, context.key)
    if draft.fields.get("area_mu") == "0":
        draft.say("area_mu", error("0", "大于0的面积", "请填写地块面积（亩）。"))


def placement_id(draft: Draft, workers: Mapping[str, str], key: bytes) -> str:
    """The placement's id, and its worker through the identity number.

    Without an id of its own a placement is its worker, start and employer, so that the same row with an end date
    added is the same placement.
    """
    number = draft.sources.pop("worker.id_number", None)
    draft.sources.pop("worker.name", None)
    known = workers.get(number) if number else None
    stated = draft.fields.get("worker_id")
    if known is not None and stated not in (None, known):
        found = f"人员编号{stated}，身份证号属于{known}"
        draft.say("worker_id", error(found, "同一个人的编号和身份证号", "请核对这一行是谁，改正其中一项。"))
    if known is not None:
        draft.fields["worker_id"] = known
    elif number and stated is None:
        fix = "库里没有这个人，请先导入人员（matcher import workers），再导入就业信息。"
        draft.say("worker.id_number", error(number, "已登记人员的身份证号", fix))
    if "placement_id" in draft.fields:
        return str(draft.fields["placement_id"])
    who = draft.fields.get("worker_id") or number
    told = (who, draft.fields.get("start"), draft.fields.get("employer_id") or draft.fields.get("employer_name"))
    return content_id(Kind.PLACEMENTS, told, key)


def finish_placement(draft: Draft, context: IntakeContext) -> None:
    """A placement's employer, place, and the days of its contract; an end before the start is an error."""
    settle_place(draft, context, kind=Kind.PLACEMENTS, required=False)
    name = draft.fields.get("employer_name")
    if name and "employer_id" not in draft.fields:
        draft.fields["employer_id"] = employer_id(name, context.key)
    _settle_contract(draft)
    _check_days(draft, "start", "end", "结束日期不早于开始日期")
    _check_days(draft, "contract_start", "contract_end", "合同终止日期不早于起始日期")
    start = draft.fields.get("start")
    if start and start > context.on.isoformat():
        draft.say("start", warning(start, f"不晚于{context.on}的日期", "开始日期在将来，请核对是否已经上岗。"))


def _settle_contract(draft: Draft) -> None:
    months, start = draft.sources.pop("contract_months", None), draft.stated("start")
    if not months or not start or "contract_end" in draft.fields:
        return
    begin = draft.fields.setdefault("contract_start", start)
    # A contract of a year from 1 March runs to the last of February: its last day is counted.
    draft.fields["contract_end"] = (add_months(date.fromisoformat(begin), months) - timedelta(days=1)).isoformat()


def _check_days(draft: Draft, first: str, last: str, expected: str) -> None:
    if first not in draft.fields and last not in draft.fields:
        return
    a, b = draft.stated(first), draft.stated(last)
    if a is not None and b is not None and b < a:
        draft.say(last, error(f"{a}—{b}", expected, "两个日期可能填反，请核对后改正。"))
