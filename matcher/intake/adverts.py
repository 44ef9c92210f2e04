"""Vacancies: what an advert asks for beside its columns, what the law says of it, and who offers the work."""

from __future__ import annotations

import re

from matcher.intake.cells import error, warning
from matcher.intake.context import IntakeContext
from matcher.intake.drafts import Draft, employer_id
from matcher.intake.leftovers import WHOLE_ROW
from matcher.intake.places import settle_place
from matcher.intake.publication import apply_law, keep_conditions
from matcher.intake.values import shown_values, wording_of
from matcher.records import Channel, Kind

# What an advert counts as where neither the file nor the importer says who offers the work.
ASSUMED_CHANNEL = Channel.OTHER_LABOUR_EXPORT

_TITLE_BREAK = re.compile(r"[/／、，,;；]|\s{2,}")
_IN_BRACKETS = re.compile(r"[(（【\[][^)）】\]]*[)）】\]]")
_TRADE_ENDING = re.compile(
    r"(?:工|员|师|手|匠|师傅|司机|长|经理|主管|助理|会计|出纳|保安|保洁|客服|文员|文秘|厨师|导购|代表|专员|顾问)$"
)
_LISTED_POST = re.compile(
    r"(?:^|[\n;；。])\s*\d{1,2}\s*[、.．)）]\s*([\u4e00-\u9fff/]{2,10})\s*[:：,，(（]?\s*\d{1,3}\s*[名人]"
)
_MIN_TRADES = 2


def finish_vacancy(draft: Draft, context: IntakeContext) -> None:
    """Settle place, head count and employer; check the bounds; find conditions in the text; ask the law."""
    settle_place(draft, context, kind=Kind.VACANCIES)
    keep_conditions(draft)
    if draft.current is None:
        _fill_new(draft, context)
    _count_known(draft)
    _check_order(draft, "wage_low_yuan_month", "wage_high_yuan_month", "工资下限不高于上限")
    _check_order(draft, "age_min", "age_max", "年龄下限不高于上限")
    _check_order(draft, "valid_from", "valid_to", "开始日期不晚于截止日期", severe=False)
    _check_filled(draft)
    _settle_employer(draft, context)
    _warn_of_several_trades(draft)
    apply_law(draft, context)


def _fill_new(draft: Draft, context: IntakeContext) -> None:
    if "channel" not in draft.fields:
        draft.fields["channel"] = (context.channel or ASSUMED_CHANNEL).value
        if context.channel is None:
            _say_assumed(draft)
    if "headcount" not in draft.fields:
        draft.fields["headcount"] = 1
        draft.fields["headcount_unknown"] = True


def _say_assumed(draft: Draft) -> None:
    name = wording_of("channel", "channel", ASSUMED_CHANNEL.value)
    fix = f"没有写明渠道，按“{name}”登记，请核对。"
    column = "channel" if "channel" in draft.headers else WHOLE_ROW
    draft.say(column, warning("没有写明渠道", "、".join(shown_values("channel")), fix, once=True))


def _count_known(draft: Draft) -> None:
    """A number stated now replaces "wanted, number unknown" of before."""
    if "headcount" in draft.fields and "headcount_unknown" not in draft.fields and draft.stored("headcount_unknown"):
        draft.fields["headcount_unknown"] = False


def _check_order(draft: Draft, low: str, high: str, expected: str, *, severe: bool = True) -> None:
    if low not in draft.fields and high not in draft.fields:
        return
    a, b = draft.stated(low), draft.stated(high)
    if a is not None and b is not None and a > b:
        say = error if severe else warning
        column = low if low in draft.fields else high
        draft.say(column, say(f"{a}—{b}", expected, "两项可能填反或被截断，请核对后改正。"))


def _check_filled(draft: Draft) -> None:
    filled, openings = draft.fields.get("filled"), draft.stated("headcount")
    if filled is not None and openings is not None and filled > openings and not draft.stated("headcount_unknown"):
        found = f"招{openings}人，已招{filled}人"
        draft.say("filled", warning(found, "已招人数不多于招聘人数", "按招满处理，请核对。"))


def _settle_employer(draft: Draft, context: IntakeContext) -> None:
    name = draft.fields.get("employer_name")
    if name and "employer_id" not in draft.fields:
        draft.fields["employer_id"] = employer_id(name, context.key)


def trades_in(title: str, duties: str) -> tuple[str, ...]:
    """The trades an advert seems to offer at once, from its title or a numbered list of posts; one is normal."""
    parts = [part.strip() for part in _TITLE_BREAK.split(_IN_BRACKETS.sub("", title))]
    trades = [part for part in parts if len(part) > 1]
    if len(trades) >= _MIN_TRADES and sum(bool(_TRADE_ENDING.search(part)) for part in trades) >= _MIN_TRADES:
        return tuple(dict.fromkeys(trades))
    return tuple(dict.fromkeys(_LISTED_POST.findall(duties)))


def _warn_of_several_trades(draft: Draft) -> None:
    if "title" not in draft.fields and "duties" not in draft.fields:
        return
    trades = trades_in(draft.stated("title") or "", draft.stated("duties") or "")
    if len(trades) >= _MIN_TRADES:
        fix = "请按工种拆成几条，分别填写人数和工资，匹配会更准。"
        draft.say("title", warning("、".join(trades), "一条岗位一个工种", fix))
