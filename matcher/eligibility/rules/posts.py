"""Limits of the post: published, valid, with a place left, reserved."""

from __future__ import annotations

from matcher.eligibility.rules.frame import NO, UNKNOWN, Frame
from matcher.explanation import Finding
from matcher.policy.evaluation.labels import worker_flags
from matcher.records import Group, Vacancy, Worker

RESERVED = "这个岗位有专门的招用对象"
# In public, for everybody alike: who belongs to a group is not said at a counter (PIPL article 28).
RESERVED_QUESTION = "这个岗位有专门的招用对象，请到窗口核对资格"

GROUP_NAMES = {
    Group.REGISTERED_POOR: "建档立卡",
    Group.OUT_OF_POVERTY: "脱贫人口",
    Group.MONITORED: "监测对象",
    Group.RELOCATED: "易地搬迁",
    Group.RURAL_LOW_INCOME: "农村低收入",
    Group.HARD_TO_EMPLOY: "就业困难",
    Group.WEAK_LABOUR: "弱劳力",
    Group.HALF_LABOUR: "半劳力",
    Group.LOCAL: "本地户籍",
    Group.RETURNED: "返乡",
}


def not_publishable(_worker: Worker, vacancy: Vacancy, _frame: Frame) -> Finding | None:
    """An advert that the law keeps from being published is offered to nobody; its last day is `validity`."""
    bars = vacancy.unlawful
    if not bars:
        return None
    bar = bars[0]
    return Finding(
        rule_id="not_publishable",
        outcome=NO,
        sentence=bar.sentence,
        document=bar.document,
        clause=bar.clause,
        found=bar.found or None,
        change="请用人单位改正招聘条件",
    )


def validity(_worker: Worker, vacancy: Vacancy, frame: Frame) -> Finding | None:
    """The post is open on the day, both ends included."""
    if vacancy.valid_from is not None and frame.on < vacancy.valid_from:
        return Finding(
            rule_id="validity",
            outcome=NO,
            sentence=f"岗位{vacancy.valid_from:%Y年%-m月%-d日}才开始招聘",
            found=frame.on.isoformat(),
            limit=vacancy.valid_from.isoformat(),
            change=f"{vacancy.valid_from:%Y年%-m月%-d日}以后再推荐",
        )
    if vacancy.valid_to is not None and frame.on > vacancy.valid_to:
        return Finding(
            rule_id="validity",
            outcome=NO,
            sentence=f"岗位已于{vacancy.valid_to:%Y年%-m月%-d日}截止",
            found=frame.on.isoformat(),
            limit=vacancy.valid_to.isoformat(),
            change="请用人单位延长招聘日期",
        )
    return None


def filled(_worker: Worker, vacancy: Vacancy, _frame: Frame) -> Finding | None:
    """There is a place left."""
    if vacancy.filled < vacancy.headcount:
        return None
    return Finding(
        rule_id="filled",
        outcome=NO,
        sentence=f"招{vacancy.headcount}人，已经招满",
        found=vacancy.filled,
        limit=vacancy.headcount,
        change="等岗位有空缺",
    )


def reserved_for(worker: Worker, vacancy: Vacancy, frame: Frame) -> Finding | None:
    """A reserved post is open to its groups: one suffices, a missing flag is unknown; in public it is open for all."""
    groups = vacancy.reserved_for or ()
    if not groups:
        return None
    if frame.public:
        return Finding(rule_id="reserved_for", outcome=UNKNOWN, sentence=RESERVED, question=RESERVED_QUESTION)
    flags = worker_flags(worker, on=frame.on, vocabulary=frame.vocabulary, work_place_code=vacancy.place_code)
    states = [flags[group.value] for group in groups]
    if any(states):
        return None
    names = "、".join(GROUP_NAMES[group] for group in groups)
    if any(state is None for state in states):
        return Finding(
            rule_id="reserved_for",
            outcome=UNKNOWN,
            sentence=RESERVED,
            question=f"请工作人员核对：是否属于{names}？",
        )
    return Finding(
        rule_id="reserved_for",
        outcome=NO,
        sentence=RESERVED,
        limit="、".join(group.value for group in groups),
        change=f"登记为{names}后再推荐",
    )
