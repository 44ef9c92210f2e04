"""What the law says of vacancies that come as objects: worked out as an import would, whatever they say of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from matcher.language.conditions import age_bounds, find_conditions
from matcher.policy import PackSet
from matcher.policy.publication import Advert, Law, judge, publication_law
from matcher.records import Vacancy


def judged(vacancies: Iterable[Vacancy], packs: PackSet, on: date) -> list[Vacancy]:
    """The vacancies with what bars them on the day, what warns, and the ages of their text; given ones do not count.

    So an exported vacancy may come back, and nobody can write an advert past the law.
    """
    law = publication_law(packs, on)
    return [_judged(vacancy, law) for vacancy in vacancies]


def _judged(vacancy: Vacancy, law: Law) -> Vacancy:
    conditions = [found for text in (vacancy.title, vacancy.duties) if text for found in find_conditions(text)]
    judgement = judge(
        Advert(
            sex_condition=vacancy.sex_condition,
            deposit_yuan=vacancy.deposit_yuan,
            age_min=vacancy.age_min,
            age_max=vacancy.age_max,
            valid_to=vacancy.valid_to,
            conditions=conditions,
        ),
        law,
    )
    low, high = age_bounds(conditions)
    return msgspec.structs.replace(
        vacancy,
        text_age_min=low,
        text_age_max=high,
        publish_bars=judgement.bars,
        publish_warnings=judgement.warnings,
    )
