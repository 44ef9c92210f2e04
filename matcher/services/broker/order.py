"""One order as a broker reads it: what it pays, what it asks, what the law says of it; nothing missing is a zero."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from matcher import eligibility
from matcher.eligibility.rules.abilities import EDUCATION_NAMES
from matcher.policy.publication import age_span
from matcher.ports import RosterStore
from matcher.records import Channel, PublishBar, Vacancy
from matcher.services.ground.answering import vacancy_named
from matcher.services.ground.place_words import work_words
from matcher.services.ground.post_words import CHANNEL_LABELS, CONTRACT_LABELS, UNSTATED, wage_words
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.list_candidates import NO_POST
from matcher.services.rounds.match_round import law_frame

RESERVED: Final = "有专门的招用对象，由县就业局核对"


def broker_order(store: RosterStore, means: Means, vacancy_id: str, on: date) -> dict[str, Any]:
    """The order: heading, money, conditions, and every word of the law on it with its article.

    A group the post is reserved for is not named: that would say of everybody listed that they belong to it.
    Raises NotFound for an unknown vacancy.
    """
    vacancy = vacancy_named(store, vacancy_id)
    return {
        **order_heading(vacancy),
        "duties": vacancy.duties or "",
        "asks_everybody": asks_everybody(vacancy),
        "money": _told(_money(vacancy)),
        "conditions": _told(_conditions(vacancy)),
        "barred": [_law(bar) for bar in vacancy.unlawful],
        "warnings": [_law(warning) for warning in vacancy.publish_warnings],
        "closed": _closed(vacancy, means, on),
    }


def order_heading(vacancy: Vacancy) -> dict[str, Any]:
    """What a row of orders and the head of an order say alike."""
    return {
        "vacancy_id": vacancy.vacancy_id,
        "title": vacancy.title,
        "employer": vacancy.employer_name or "",
        "channel": vacancy.channel.value,
        "channel_label": CHANNEL_LABELS[vacancy.channel],
        "place": work_words(vacancy.place_code),
        "headcount": vacancy.headcount,
        "headcount_unknown": vacancy.headcount_unknown,
        "filled": vacancy.filled,
        "places_left": vacancy.places_left,
        "wage": wage_words(vacancy),
        "valid_to": vacancy.valid_to.isoformat() if vacancy.valid_to else "",
        "n_warnings": len(vacancy.publish_warnings),
        "reserved": bool(vacancy.reserved_for),
    }


def asks_everybody(vacancy: Vacancy) -> bool:
    """Whether the post itself leaves everybody to be asked in public: it has its groups, or the work is heavy."""
    return bool(vacancy.reserved_for) or vacancy.heavy_work is True


def _money(vacancy: Vacancy) -> Iterable[tuple[str, str | None]]:
    yield "工资", None if wage_words(vacancy) == UNSTATED else f"{wage_words(vacancy)}（招聘上写的，到手多少要问）"
    yield "吃饭", _flag(vacancy.board, "包吃", "不包吃")
    yield "住宿", _flag(vacancy.lodging, "包住", "不包住")
    yield "社保", _flag(vacancy.insured, "缴纳社会保险", "不缴纳社会保险")
    yield "合同", _contract(vacancy)
    if vacancy.deposit_yuan is not None:
        yield "押金", f"{vacancy.deposit_yuan}元" if vacancy.deposit_yuan else "不收"


def _conditions(vacancy: Vacancy) -> Iterable[tuple[str, str | None]]:
    yield "年龄", age_span(vacancy.age_min, vacancy.age_max)
    yield "文化程度", "不限" if vacancy.education_min is None else f"{EDUCATION_NAMES[vacancy.education_min.rank]}以上"
    yield "要会", _listed(vacancy.skills_required)
    yield "会了优先", _listed(vacancy.skills_preferred)
    yield "证书", _listed(vacancy.certificates_required)
    yield "夜班", _flag(vacancy.night_shift, "有夜班", "不上夜班")
    yield "体力", _flag(vacancy.heavy_work, "体力活比较重", "不是重体力活")
    if vacancy.reserved_for:
        yield "对象", RESERVED
    yield "报名", _days(vacancy)


def _closed(vacancy: Vacancy, means: Means, on: date) -> list[str]:
    """Why nobody is proposed today, besides what the law bars."""
    found = eligibility.post_findings(vacancy, law_frame(means, on))
    told = [finding.sentence for finding in found if finding.rule_id != "not_publishable"]
    return [NO_POST, *told] if vacancy.channel is Channel.MICRO_FARM else told


def _told(facts: Iterable[tuple[str, str | None]]) -> list[dict[str, Any]]:
    return [{"label": label, "value": value or UNSTATED, "stated": value is not None} for label, value in facts]


def _flag(value: bool | None, yes: str, no: str) -> str | None:
    return None if value is None else yes if value else no


def _listed(texts: tuple[str, ...] | None) -> str:
    return "、".join(texts) if texts else "不要求"


def _contract(vacancy: Vacancy) -> str | None:
    if vacancy.contract_type is None and vacancy.contract_months is None:
        return None
    kind = CONTRACT_LABELS[vacancy.contract_type] if vacancy.contract_type else "合同种类没写"
    return f"{kind}，{vacancy.contract_months}个月" if vacancy.contract_months else kind


def _days(vacancy: Vacancy) -> str | None:
    start = f"{vacancy.valid_from:%Y年%-m月%-d日}起" if vacancy.valid_from else ""
    end = f"{vacancy.valid_to:%Y年%-m月%-d日}截止" if vacancy.valid_to else ""
    return "，".join(part for part in (start, end) if part) or None


def _law(bar: PublishBar) -> dict[str, str]:
    return {
        "code": bar.code,
        "sentence": bar.sentence,
        "article": f"{bar.document}{bar.clause}",
        "found": bar.found,
    }
