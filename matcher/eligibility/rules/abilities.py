"""Limits of ability: schooling, skills, certificates, labour ability."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from matcher.eligibility.rules.frame import NO, UNKNOWN, Frame
from matcher.explanation import Finding
from matcher.language.skills import held_terms, normalise_skill
from matcher.records import LabourAbility, Texts, Vacancy, Worker

EDUCATION_NAMES = ("不识字", "小学", "初中", "高中或中专", "大专", "本科及以上")

ABILITY_QUESTION = "请问您身体怎么样？（能正常干活、只能干轻活、不能干活）"
HEAVY_QUESTION = "活比较重，您干得动吗？"


def education(worker: Worker, vacancy: Vacancy, _frame: Frame) -> Finding | None:
    """The lowest schooling the post asks for."""
    if vacancy.education_min is None or vacancy.education_min.rank == 0:
        return None
    wanted = EDUCATION_NAMES[vacancy.education_min.rank]
    if worker.education is None:
        return Finding(
            rule_id="education", outcome=UNKNOWN, sentence=f"岗位要求{wanted}", question="请问您读到什么文化程度？"
        )
    if worker.education.rank >= vacancy.education_min.rank:
        return None
    return Finding(
        rule_id="education",
        outcome=NO,
        sentence=f"岗位要求{wanted}，登记的是{EDUCATION_NAMES[worker.education.rank]}",
        found=worker.education.value,
        limit=vacancy.education_min.value,
        change=f"岗位学历要求放宽到{EDUCATION_NAMES[worker.education.rank]}",
    )


class _Demand(msgspec.Struct, frozen=True, kw_only=True):
    """The sentences of a post's demand for texts a person must all hold; `{}` is what is missing."""

    rule_id: str
    asks: str
    refuses: str
    question: str
    change: str

    def unmet(self, missing: Sequence[str], *, wanted: Texts, stated: Texts | None) -> Finding | None:
        """None if nothing is missing; a question where nobody recorded what the person holds, else a refusal."""
        named = "、".join(missing)
        if not missing:
            return None
        if stated is None:
            return Finding(
                rule_id=self.rule_id,
                outcome=UNKNOWN,
                sentence=self.asks.format(named),
                question=self.question.format(named),
            )
        return Finding(
            rule_id=self.rule_id,
            outcome=NO,
            sentence=self.refuses.format(named),
            found="、".join(stated) or "无",
            limit="、".join(wanted),
            change=self.change.format(named),
        )


SKILLS = _Demand(
    rule_id="skills_required",
    asks="岗位要求会{}",
    refuses="岗位要求会{}，登记的技能里没有",
    question="请问您会不会{}？",
    change="学会{}后再推荐",
)
CERTIFICATES = _Demand(
    rule_id="certificates_required",
    asks="岗位要求持有{}",
    refuses="岗位要求持有{}",
    question="请问您有没有{}？",
    change="取得{}后再推荐",
)


def skills_required(worker: Worker, vacancy: Vacancy, _frame: Frame) -> Finding | None:
    """Every required skill, compared as canonical terms with the worker's skills and trades."""
    wanted = vacancy.skills_required
    if not wanted:
        return None
    held = held_terms((*(worker.skills or ()), *(worker.trades or ())))
    missing = [term for term in wanted if normalise_skill(term) not in held]
    return SKILLS.unmet(missing, wanted=wanted, stated=worker.skills)


def certificates_required(worker: Worker, vacancy: Vacancy, _frame: Frame) -> Finding | None:
    """Every required certificate, by equal text (CONTRACT section 3)."""
    wanted = vacancy.certificates_required or ()
    missing = [text for text in wanted if text not in (worker.certificates or ())]
    return CERTIFICATES.unmet(missing, wanted=wanted, stated=worker.certificates)


def labour_ability(worker: Worker, _vacancy: Vacancy, frame: Frame) -> Finding | None:
    """Help into work presupposes labour ability (A 一, 三(一)); in public it is not read."""
    if frame.public:
        return None
    if worker.labour_ability is None:
        return Finding(
            rule_id="labour_ability", outcome=UNKNOWN, sentence="还没有登记劳动能力", question=ABILITY_QUESTION
        )
    if worker.labour_ability is not LabourAbility.NONE:
        return None
    return Finding(
        rule_id="labour_ability",
        outcome=NO,
        sentence="登记为无劳动能力",
        found=worker.labour_ability.value,
        change="劳动能力登记有变化后再推荐",
    )


def heavy_work(worker: Worker, vacancy: Vacancy, frame: Frame) -> Finding | None:
    """Weak and half labour are not offered heavy work; an unstated load is asked for.

    An unknown ability is no agreement (DESIGN section 2), so a post that is heavy or silent about it stays open.
    The person is asked, and not the employer: the answer "normal" settles every such post at once. It is the question
    of `labour_ability`, which is open for this person at every post (A 一 makes ability a gate), so this rule leaves
    no pair open that was not, and asks nothing that was not asked.
    In public the record is not read: everybody is asked, and only where the post says that it is heavy.
    """
    if frame.public:
        return _asked_of_everybody(vacancy)
    if vacancy.heavy_work is False:
        return None
    if worker.labour_ability is None:
        load = "岗位没有写明是不是重体力活" if vacancy.heavy_work is None else "这是重体力岗位"
        return Finding(
            rule_id="heavy_work",
            outcome=UNKNOWN,
            sentence=f"{load}，还没有登记劳动能力",
            question=ABILITY_QUESTION,
        )
    if worker.labour_ability not in (LabourAbility.WEAK, LabourAbility.HALF):
        return None
    if vacancy.heavy_work is None:
        return Finding(
            rule_id="heavy_work",
            outcome=UNKNOWN,
            sentence="岗位没有写明是不是重体力活",
            question="请向用人单位问清：这个岗位是不是重体力活？",
        )
    return Finding(
        rule_id="heavy_work",
        outcome=NO,
        sentence="这是重体力岗位，与登记的劳动能力不合适",
        found=worker.labour_ability.value,
        change="换成不是重体力的岗位",
    )


def _asked_of_everybody(vacancy: Vacancy) -> Finding | None:
    if not vacancy.heavy_work:
        return None
    return Finding(rule_id="heavy_work", outcome=UNKNOWN, sentence="这是重体力岗位", question=HEAVY_QUESTION)
