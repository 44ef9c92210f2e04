"""The worker's own word: wish, distance, coming home, wage, start."""

from __future__ import annotations

from matcher.eligibility.rules.frame import NO, UNKNOWN, Frame
from matcher.explanation import Finding
from matcher.geography import place_class
from matcher.records import PlaceClass, TravelRange, Vacancy, Worker
from matcher.records.wishes import accepted_range

RANGE_NAMES = ("本村", "本乡镇", "本县", "本市", "本省", "不限地区")

PLACE_NAMES = ("本村", "本乡镇", "本县", "本市其他县区", "本省其他市", "外省")

# A place within the own city can be reached and left on one day (CONTRACT section 3, reading of daily return).
DAILY_RETURN_RANK = PlaceClass.SAME_CITY.rank


def wish(worker: Worker, _vacancy: Vacancy, _frame: Frame) -> Finding | None:
    """Participation is voluntary (A 一; B 二(二)): no wish, no list; not asked, a question."""
    if worker.wish_to_work:
        return None
    if worker.wish_to_work is None:
        return Finding(
            rule_id="wish", outcome=UNKNOWN, sentence="还没有问过就业意愿", question="请问您现在想不想找工作？"
        )
    return Finding(
        rule_id="wish",
        outcome=NO,
        sentence="您表示现在不找工作",
        found=False,
        change="本人愿意时再推荐",
    )


def travel_range(worker: Worker, vacancy: Vacancy, _frame: Frame) -> Finding | None:
    """The farthest place the worker accepts; the worker's own word decides (`accepted_range`)."""
    rank, reach = place_class(worker.place_code, vacancy.place_code).rank, accepted_range(worker)
    if reach is None:
        if rank == 0:
            return None
        return Finding(
            rule_id="travel_range",
            outcome=UNKNOWN,
            sentence=f"工作在{PLACE_NAMES[rank]}",
            question="请问您最远愿意到哪里上班？",
        )
    if rank <= reach.rank:
        return None
    said = "您说过不愿意外出" if worker.travel_range is None else f"您只愿意在{RANGE_NAMES[reach.rank]}"
    return Finding(
        rule_id="travel_range",
        outcome=NO,
        sentence=f"工作在{PLACE_NAMES[rank]}，{said}",
        found=PLACE_NAMES[rank],
        limit=reach.value,
        change=f"把外出范围放宽到{RANGE_NAMES[rank]}",
    )


def daily_return(worker: Worker, vacancy: Vacancy, _frame: Frame) -> Finding | None:
    """Who has to be home every day is offered places up to the own city.

    A stated travel range that covers the place speaks for a person nobody asked about daily return; with
    neither stated the range is the question.
    """
    if not worker.needs_daily_return:
        return None
    rank = place_class(worker.place_code, vacancy.place_code).rank
    if rank <= DAILY_RETURN_RANK:
        return None
    return Finding(
        rule_id="daily_return",
        outcome=NO,
        sentence=f"您需要每天回家，工作在{PLACE_NAMES[rank]}",
        found=PLACE_NAMES[rank],
        limit=TravelRange.CITY.value,
        change="如果不用每天回家，可以考虑",
    )


def night_shift(worker: Worker, vacancy: Vacancy, _frame: Frame) -> Finding | None:
    """Who has to be home every day is asked before a night shift is offered."""
    if not (worker.needs_daily_return and vacancy.night_shift):
        return None
    return Finding(
        rule_id="night_shift",
        outcome=UNKNOWN,
        sentence="岗位有夜班，您需要每天回家",
        question="请问您能不能上夜班？",
    )


def wage_floor(worker: Worker, vacancy: Vacancy, _frame: Frame) -> Finding | None:
    """The worker's lowest wage: no if the upper wage is below it, a question if only the lower one is."""
    floor = worker.wage_floor_yuan_month
    if not floor:
        return None
    low, high = vacancy.wage_low_yuan_month, vacancy.wage_high_yuan_month
    if high is not None and high < floor:
        return Finding(
            rule_id="wage_floor",
            outcome=NO,
            sentence=f"工资最高{high}元，低于您要求的{floor}元",
            found=high,
            limit=floor,
            change=f"把最低工资要求降到{high}元",
        )
    if low is not None and low >= floor:
        return None
    return Finding(
        rule_id="wage_floor",
        outcome=UNKNOWN,
        sentence=f"不能确定工资能到您要求的{floor}元",
        question=f"请向用人单位问清：一个月能不能拿到{floor}元？",
    )


def available_from(worker: Worker, vacancy: Vacancy, _frame: Frame) -> Finding | None:
    """The worker can start before the post closes."""
    if worker.available_from is None or vacancy.valid_to is None or worker.available_from <= vacancy.valid_to:
        return None
    return Finding(
        rule_id="available_from",
        outcome=NO,
        sentence=f"岗位{vacancy.valid_to:%Y年%-m月%-d日}截止，您{worker.available_from:%Y年%-m月%-d日}才能上岗",
        found=worker.available_from.isoformat(),
        limit=vacancy.valid_to.isoformat(),
        change=f"提前到{vacancy.valid_to:%Y年%-m月%-d日}以前上岗",
    )
