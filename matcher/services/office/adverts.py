"""Adverts the office must look at: barred ones by reason, those to be checked, those past their day; open ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import msgspec

from matcher.candidates import is_open
from matcher.ports import RosterStore
from matcher.records import SUSPENDED, Kind, PublishBar, Vacancy
from matcher.services.broker.order import order_heading
from matcher.services.ground.place_words import township_of, work_words

EXPIRED: Final = "expired"
CHECK: Final = "check-"
N_SHOWN: Final = 50

REASONS: Final = {
    "sex": "限男女",
    "ethnicity": "限民族",
    "religion": "限宗教信仰",
    "marital": "限婚育",
    "deposit": "收押金",
    "document_holding": "扣证件",
    "health": "限健康状况",
    "disability": "排除残疾人",
    "residence": "限户籍",
    "under_age": "招未满16岁的",
    "age": "限年龄",
    "papers": "证照没核验",
    "arrears": "拖欠工资",
    "heavy_work": "重体力活",
    "night_shift": "夜班",
    SUSPENDED: "停下核查",
    EXPIRED: "过了截止日期",
}
"""Code of a bar or warning -> what an officer calls it; one that is not here stands as it is."""


class Adverts(msgspec.Struct, frozen=True, kw_only=True):
    """The call: a reason of `reasons_on`, or a township (leading digits) whose open posts are meant; from which row."""

    on: date
    reason: str = ""
    town: str = ""
    skip: int = 0


def reasons_on(vacancies: Iterable[Vacancy], on: date) -> list[dict[str, Any]]:
    """Reason, how many adverts, `barred` or only to be checked; an advert with two reasons counts in both."""
    counts = Counter(reason for vacancy in vacancies for reason in _reasons(vacancy, on))
    told = [
        {
            "reason": reason,
            "label": REASONS.get(reason.removeprefix(CHECK), reason.removeprefix(CHECK)),
            "n": n,
            "barred": not reason.startswith(CHECK),
        }
        for reason, n in counts.items()
    ]
    return sorted(told, key=lambda row: (not row["barred"], -row["n"], row["reason"]))


def adverts(store: RosterStore, call: Adverts) -> dict[str, Any]:
    """A page of adverts by id, each with every reason the law gives; N_SHOWN at a time and how many there are."""
    every = vacancies_of(store)
    found = [vacancy for vacancy in every if _wanted(vacancy, call)]
    shown = found[call.skip : call.skip + N_SHOWN]
    end = call.skip + len(shown)
    return {
        "on": call.on.isoformat(),
        "reason": call.reason,
        "reason_label": REASONS.get(call.reason.removeprefix(CHECK), ""),
        "barred": bool(call.reason) and not call.reason.startswith(CHECK),
        "town": work_words(call.town.ljust(6, "0")) if call.town else "",
        "town_code": call.town,
        "reasons": reasons_on(every, call.on),
        "n_found": len(found),
        "n_places": sum(post.places_left for post in found),
        "skip": call.skip,
        "next": end if end < len(found) else 0,
        "adverts": [_told(vacancy, call) for vacancy in shown],
    }


def vacancies_of(store: RosterStore) -> list[Vacancy]:
    """All vacancies by id."""
    return [vacancy for vacancy in store.records(Kind.VACANCIES) if isinstance(vacancy, Vacancy)]


def open_vacancies(store: RosterStore, on: date) -> list[Vacancy]:
    """Those somebody could be sent to on the day."""
    return [vacancy for vacancy in vacancies_of(store) if is_open(vacancy, on)]


def _reasons(vacancy: Vacancy, on: date) -> set[str]:
    bars = {bar.code for bar in vacancy.unlawful}
    warned = {CHECK + warning.code for warning in vacancy.publish_warnings}
    late = {EXPIRED} if vacancy.valid_to is not None and vacancy.valid_to < on else set()
    return bars | warned | late


def _wanted(vacancy: Vacancy, call: Adverts) -> bool:
    if call.town:
        return is_open(vacancy, call.on) and township_of(vacancy.place_code) == call.town
    reasons = _reasons(vacancy, call.on)
    if call.reason:
        return call.reason in reasons
    return any(not reason.startswith(CHECK) for reason in reasons)


def _told(vacancy: Vacancy, call: Adverts) -> dict[str, Any]:
    late = EXPIRED in _reasons(vacancy, call.on)
    return {
        **order_heading(vacancy),
        "bars": [_bar(bar) for bar in vacancy.unlawful],
        "checks": [_bar(bar) for bar in vacancy.publish_warnings],
        "expired": late,
    }


def _bar(bar: PublishBar) -> dict[str, str]:
    return {
        "code": bar.code,
        "label": REASONS.get(bar.code, bar.code),
        "sentence": bar.sentence,
        "article": f"{bar.document}{bar.clause}",
        "found": bar.found,
    }
