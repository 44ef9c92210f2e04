"""Small records for tests: complete by default, so that each test states only what it is about."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from hypothesis import strategies as st

from matcher.records import (
    Channel,
    Education,
    Group,
    LabourAbility,
    MonitoredType,
    TravelRange,
    Vacancy,
    Worker,
)

ON = date(2018, 6, 1)
HOME = "450206100201"


def worker(worker_id: str = "w1", **fields: Any) -> Worker:
    """A willing, able person of 38 who would go anywhere; nothing is missing that a limit asks for."""
    complete: dict[str, Any] = {
        "birth_date": date(1980, 3, 15),
        "education": Education.JUNIOR,
        "skills": ("缝纫",),
        "trades": ("缝纫工",),
        "certificates": (),
        "labour_ability": LabourAbility.NORMAL,
        "place_code": HOME,
        "travel_range": TravelRange.ANYWHERE,
        "needs_daily_return": False,
        "wish_to_work": True,
        "registered_poor": False,
        "out_of_poverty": False,
        "monitored_type": MonitoredType.NONE,
        "relocated": False,
        "rural_low_income": False,
        "hard_to_employ": False,
    }
    return Worker(worker_id=worker_id, **(complete | fields))


def vacancy(vacancy_id: str = "v1", **fields: Any) -> Vacancy:
    """An open post for ten in the own county without any condition."""
    complete: dict[str, Any] = {
        "title": "缝纫工",
        "channel": Channel.WORKSHOP,
        "place_code": "450206",
        "headcount": 10,
        "wage_low_yuan_month": 3000,
        "wage_high_yuan_month": 4000,
        "night_shift": False,
        "heavy_work": False,
    }
    return Vacancy(vacancy_id=vacancy_id, **(complete | fields))


PLACES = st.sampled_from(
    [HOME, "450206", "450206100", "450206100202", "450206101", "450202", "450200", "450100", "441900", "440000"]
)
SKILLS = st.lists(st.sampled_from(["缝纫", "电焊", "叉车", "驾驶"]), max_size=2, unique=True).map(tuple)
DAYS = st.dates(date(2018, 4, 1), date(2018, 8, 1))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The value or None: unknown."""
    return st.none() | strategy


ANY_WORKER = {
    "birth_date": maybe(st.dates(date(1950, 1, 1), date(2004, 1, 1))),
    "education": maybe(st.sampled_from(Education)),
    "skills": maybe(SKILLS),
    "trades": maybe(SKILLS),
    "certificates": maybe(SKILLS),
    "labour_ability": maybe(st.sampled_from(LabourAbility)),
    "place_code": PLACES,
    "travel_range": maybe(st.sampled_from(TravelRange)),
    "preferred_places": maybe(st.lists(PLACES, max_size=2).map(tuple)),
    "preferred_trades": maybe(st.sampled_from([("缝纫工",), ("保安",), ("说不清的活",)])),
    "wage_floor_yuan_month": maybe(st.integers(1, 6000)),
    "available_from": maybe(DAYS),
    "needs_daily_return": maybe(st.booleans()),
    "wish_to_work": maybe(st.booleans()),
    "wish_to_go_out": maybe(st.booleans()),
    "registered_poor": maybe(st.booleans()),
    "out_of_poverty": maybe(st.booleans()),
    "monitored_type": maybe(st.sampled_from(MonitoredType)),
    "relocated": maybe(st.booleans()),
    "rural_low_income": maybe(st.booleans()),
    "hard_to_employ": maybe(st.booleans()),
    "returned_on": maybe(DAYS),
}
"""What a worker may be drawn from: every fact may be missing. Made once: a strategy is examined when it is new."""
ANY_VACANCY = {
    "title": st.sampled_from(["缝纫工", "保安", "电焊工", "说不清"]),
    "channel": st.sampled_from([c for c in Channel if c is not Channel.MICRO_FARM]),
    "place_code": PLACES,
    "headcount": st.integers(0, 5),
    "filled": st.integers(0, 3),
    "wage_low_yuan_month": maybe(st.integers(1, 6000)),
    "wage_high_yuan_month": maybe(st.integers(1, 8000)),
    "age_min": maybe(st.integers(14, 40)),
    "age_max": maybe(st.integers(30, 65)),
    "education_min": maybe(st.sampled_from(Education)),
    "skills_required": maybe(SKILLS),
    "skills_preferred": maybe(SKILLS),
    "certificates_required": maybe(SKILLS),
    "lodging": maybe(st.booleans()),
    "board": maybe(st.booleans()),
    "night_shift": maybe(st.booleans()),
    "heavy_work": maybe(st.booleans()),
    "valid_from": maybe(DAYS),
    "valid_to": maybe(DAYS),
    "contract_months": maybe(st.integers(0, 36)),
    "insured": maybe(st.booleans()),
    "reserved_for": maybe(st.lists(st.sampled_from(Group), max_size=2, unique=True).map(tuple)),
}


@cache
def workers(worker_id: str = "w1") -> st.SearchStrategy[Worker]:
    """Any worker: every fact may be missing."""
    return st.fixed_dictionaries(ANY_WORKER).map(lambda facts: Worker(worker_id=worker_id, **facts))


@cache
def vacancies(vacancy_id: str = "v1") -> st.SearchStrategy[Vacancy]:
    """Any vacancy, open or not, with any limits."""
    return st.fixed_dictionaries(ANY_VACANCY).map(lambda facts: Vacancy(vacancy_id=vacancy_id, **facts))
