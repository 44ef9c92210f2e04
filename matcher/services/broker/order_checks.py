"""What stands between a draft and an open order: the law's word, the employer's papers, wages owed, ages shut out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

from matcher.geography import gazetteer
from matcher.intake.parse import parse_age, parse_headcount, parse_wage
from matcher.language.conditions import age_bounds, find_conditions
from matcher.orders.drafts import OrderDraft, Readers, Span
from matcher.orders.papers import Listed, alike, arrears_of, employer_named, is_credit_code, vetted
from matcher.policy.publication import AGE, Advert, Judgement, Law, judge, publication_law
from matcher.ports import OrderStore, RosterStore
from matcher.records import Employer, Kind, PublishBar, Worker
from matcher.services.ground.rulebook import Means
from matcher.services.rosters.advert_review import AgeReach, ShutOut
from matcher.settings import Settings

N_ALIKE = 3
PAPERS, ARREARS = "papers", "arrears"


class Weight(StrEnum):
    """What a check asks: nothing can be opened so; an officer has to say yes; somebody should look; all is well."""

    HALT = "halt"
    OFFICER = "officer"
    CARE = "care"
    GOOD = "good"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One finding: its code, its weight, the sentence, the words it rests on, the article."""

    code: str
    weight: Weight
    sentence: str
    found: str = ""
    article: str = ""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was found of a draft, gravest first; `employer` as the roster has it."""

    checks: tuple[Check, ...]
    employer: Employer | None = None

    @property
    def halted(self) -> bool:
        """Whether the order cannot be opened by anybody."""
        return any(check.weight is Weight.HALT for check in self.checks)

    @property
    def needs_officer(self) -> bool:
        """Whether an officer's yes is needed before it opens."""
        return any(check.weight is Weight.OFFICER for check in self.checks)


def readers(settings: Settings) -> Readers:
    """The readers of an import, so that a wage means the same in an order and in a list of vacancies."""

    def wage(text: str) -> Span:
        found = parse_wage(
            text, days_per_month=settings.wage_days_per_month, hours_per_month=settings.wage_hours_per_month
        )
        return Span(found.low_yuan_month, found.high_yuan_month, found.problem, by_piece=found.basis == "piece")

    return Readers(wage=wage, headcount=_headcount, ages=_ages, place=gazetteer().find)


def _headcount(text: str) -> Span:
    found = parse_headcount(text)
    return Span(found.low, found.high, found.problem)


def _ages(text: str) -> Span:
    found = parse_age(text)
    return Span(found.min, found.max, found.problem)


def check_order(store: RosterStore, orders: OrderStore, means: Means, draft: OrderDraft, on: date) -> Checked:
    """The checks of a draft on a day. Faults of the form itself stand in the draft."""
    employers = [found for found in store.records(Kind.EMPLOYERS) if isinstance(found, Employer)]
    employer = employer_named(employers, draft.employer) if draft.employer else None
    law = publication_law(means.packs, on)
    found = law_checks(store, means, draft, on)
    if draft.employer:
        found += _papers(employer, draft.employer, employers, law, means.settings)
        found += owed(orders, employer, draft.employer, law)
    order = list(Weight)
    return Checked(checks=tuple(sorted(found, key=lambda check: order.index(check.weight))), employer=employer)


def law_checks(store: RosterStore, means: Means, draft: OrderDraft, on: date) -> list[Check]:
    """What the law says of everything the draft asks for; an age condition with the number of people it shuts out."""
    judgement = judged(draft, means, on)
    found = [_of_law(bar, Weight.HALT) for bar in judgement.bars]
    for warning in judgement.warnings:
        check = _of_law(warning, Weight.OFFICER if warning.code == AGE else Weight.CARE)
        if warning.code == AGE:
            said = _reach_words(age_reach(store, means, on).shut_out(*asked_ages(draft)))
            check = msgspec.structs.replace(check, sentence=f"{check.sentence}{said}要县就业局同意才能开单。")
        found.append(check)
    return found or [Check(code="law", weight=Weight.GOOD, sentence="没有查到违法的招聘条件。")]


def judged(draft: OrderDraft, means: Means, on: date) -> Judgement:
    """The law's word on the draft's fields and on every text of it."""
    texts = (draft.trade, draft.terms, draft.wage, draft.employer)
    conditions = [condition for text in texts for condition in find_conditions(text)]
    advert = Advert(age_min=draft.age_min, age_max=draft.age_max, conditions=conditions)
    return judge(advert, publication_law(means.packs, on))


def asked_ages(draft: OrderDraft) -> tuple[int | None, int | None]:
    """Youngest and oldest the draft leaves open, by its field and by its terms."""
    low, high = age_bounds(find_conditions(draft.terms))
    lows = [age for age in (draft.age_min, low) if age is not None]
    highs = [age for age in (draft.age_max, high) if age is not None]
    return max(lows, default=None), min(highs, default=None)


def age_reach(store: RosterStore, means: Means, on: date) -> AgeReach:
    """Ages of the people the store reaches, worked out once while they stay the same."""
    workers = store.records(Kind.WORKERS)

    def build() -> AgeReach:
        return AgeReach((worker for worker in workers if isinstance(worker, Worker)), on, means.settings)

    return means.remembered.get("ages of people", (workers,), build, by=on)


def owed(orders: OrderStore, employer: Employer | None, name: str, law: Law) -> list[Check]:
    """Entries of the lists of wage arrears against an employer, and of the roster's own mark, on the law's day."""
    on = law.on
    code = (employer.credit_code or "") if employer else ""
    listed = arrears_of(orders.arrears(), name, code, on)
    article = _article(law, ARREARS)
    found = [_of_list(entry, article) for entry in listed]
    until = employer.arrears_until if employer else None
    if until is not None and until >= on and not any(entry.sure for entry in listed):
        said = f"这个单位在欠薪名单上，到{until:%Y年%-m月%-d日}。名单上的单位不开单。"
        found.append(Check(code=ARREARS, weight=Weight.HALT, sentence=said, article=article))
    return found or [Check(code=ARREARS, weight=Weight.GOOD, sentence=f"欠薪名单{on:%-m月%-d日}查过，没有这个单位。")]


def _of_law(bar: PublishBar, weight: Weight) -> Check:
    return Check(
        code=bar.code, weight=weight, sentence=bar.sentence, found=bar.found, article=f"{bar.document}{bar.clause}"
    )


def _reach_words(shut_out: ShutOut) -> str:
    more = f"，还没问过意愿的另有{shut_out.n_unasked}人" if shut_out.n_unasked else ""
    return f"登记求职的人会少掉{shut_out.n_willing}人{more}。"


def _article(law: Law, kind: str) -> str:
    """Where the law of the day speaks of it; "" on a day on which none did."""
    rule = law.rules.get(kind)
    return f"{rule.document}{rule.clause}" if rule else ""


def _of_list(entry: Listed, article: str) -> Check:
    arrear = entry.arrear
    since = f"{arrear.listed_on:%Y年%-m月%-d日}列入，来源：{arrear.source}"
    if entry.sure:
        said = f"“{arrear.employer_name}”在拖欠工资名单上（{since}）。移出之前不开单，移出那天起自动解除。"
        return Check(code=ARREARS, weight=Weight.HALT, sentence=said, article=article)
    said = f"拖欠工资名单上有名字相近的“{arrear.employer_name}”（{since}）。请县就业局核对是不是同一家。"
    return Check(code="arrears_alike", weight=Weight.OFFICER, sentence=said, article=article)


def _papers(
    employer: Employer | None, name: str, employers: Iterable[Employer], law: Law, settings: Settings
) -> Iterable[Check]:
    """The employer's papers as the roster knows them."""
    on, article = law.on, _article(law, PAPERS)
    if employer is None:
        near = [other.name for other in employers if alike(other.name, name)][:N_ALIKE]
        ask = f"名册里相近的有：{'、'.join(near)}，是的话请改成全称。" if near else ""
        said = f"单位名册里没有“{name}”。{ask}新单位要先由县就业局核验营业执照和招工委托。"
        yield Check(code=PAPERS, weight=Weight.OFFICER, sentence=said, article=article)
        return
    if employer.credit_code and not is_credit_code(employer.credit_code):
        said = "登记的统一社会信用代码校验不对，可能抄错了。请县就业局对照营业执照改正。"
        yield Check(code="credit_code", weight=Weight.OFFICER, sentence=said, found=employer.credit_code)
    if not vetted(employer, on, days=settings.vetting_days):
        when = f"上次核验是{employer.vetted_on:%Y年%-m月%-d日}" if employer.vetted_on else "没有核验记录"
        said = f"单位证照{when}。请县就业局核验后再开单。"
        yield Check(code=PAPERS, weight=Weight.OFFICER, sentence=said, article=article)
    else:
        code = f"，信用代码{employer.credit_code}" if employer.credit_code else "，信用代码没登记"
        said = f"单位证照{employer.vetted_on:%Y年%-m月%-d日}核验过{code}。"
        yield Check(code=PAPERS, weight=Weight.GOOD, sentence=said)
