"""What the law says of a vacancy that comes as an object: bars and warnings an import would have set."""

from __future__ import annotations

from datetime import date

import msgspec

from matcher.language.conditions import find_conditions
from matcher.policy import PackSet, publication_rules
from matcher.policy.publication import judge
from matcher.records import Vacancy


def with_bars(vacancy: Vacancy, packs: PackSet, on: date) -> Vacancy:
    """The vacancy with what keeps it from being published on the day; one that has been judged stays as it is."""
    if vacancy.publish_bars or vacancy.publish_warnings:
        return vacancy
    quotes: dict[str, list[str]] = {}
    if vacancy.sex_condition:
        quotes["sex"] = [f"性别：{vacancy.sex_condition}"]
    if vacancy.deposit_yuan:
        quotes["deposit"] = [f"押金{vacancy.deposit_yuan}元"]
    for text in (vacancy.title, vacancy.duties or ""):
        for condition in find_conditions(text):
            quotes.setdefault(condition.kind.value, []).append(condition.text)
    if not quotes:
        return vacancy
    bars, warnings = judge(quotes, publication_rules(packs, on))
    return msgspec.structs.replace(vacancy, publish_bars=tuple(bars), publish_warnings=tuple(warnings))
