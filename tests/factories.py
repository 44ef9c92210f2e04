"""Small records for tests: complete by default, so that each test states only what it is about."""

from __future__ import annotations

from datetime import date
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


@st.composite
def workers(draw: st.DrawFn, worker_id: str = "w1") -> Worker:
    """Any worker: every fact may be missing."""
    return Worker(
        worker_id=worker_id,
        birth_date=draw(maybe(st.dates(date(1950, 1, 1), date(2004, 1, 1)))),
        education=draw(maybe(st.sampled_from(Education))),
        skills=draw(maybe(SKILLS)),
        trades=draw(maybe(SKILLS)),
        certificates=draw(maybe(SKILLS)),
        labour_ability=draw(maybe(st.sampled_from(LabourAbility))),
        place_code=draw(PLACES),
        travel_range=draw(maybe(st.sampled_from(TravelRange))),
        preferred_places=draw(maybe(st.lists(PLACES, max_size=2).map(tuple))),
        preferred_trades=draw(maybe(st.sampled_from([("缝纫工",), ("保安",), ("说不清的活",)]))),
        wage_floor_yuan_month=draw(maybe(st.integers(1, 6000))),
        available_from=draw(maybe(DAYS)),
        needs_daily_return=draw(maybe(st.booleans())),
        wish_to_work=draw(maybe(st.booleans())),
        registered_poor=draw(maybe(st.booleans())),
        out_of_poverty=draw(maybe(st.booleans())),
        monitored_type=draw(maybe(st.sampled_from(MonitoredType))),
        relocated=draw(maybe(st.booleans())),
        rural_low_income=draw(maybe(st.booleans())),
        hard_to_employ=draw(maybe(st.booleans())),
        returned_on=draw(maybe(DAYS)),
    )


@st.composite
def vacancies(draw: st.DrawFn, vacancy_id: str = "v1") -> Vacancy:
    """Any vacancy, open or not, with any limits."""
    return Vacancy(
        vacancy_id=vacancy_id,
        title=draw(st.sampled_from(["缝纫工", "保安", "电焊工", "说不清"])),
        channel=draw(st.sampled_from([c for c in Channel if c is not Channel.MICRO_FARM])),
        place_code=draw(PLACES),
        headcount=draw(st.integers(0, 5)),
        filled=draw(st.integers(0, 3)),
        wage_low_yuan_month=draw(maybe(st.integers(1, 6000))),
        wage_high_yuan_month=draw(maybe(st.integers(1, 8000))),
        age_min=draw(maybe(st.integers(14, 40))),
        age_max=draw(maybe(st.integers(30, 65))),
        education_min=draw(maybe(st.sampled_from(Education))),
        skills_required=draw(maybe(SKILLS)),
        skills_preferred=draw(maybe(SKILLS)),
        certificates_required=draw(maybe(SKILLS)),
        lodging=draw(maybe(st.booleans())),
        board=draw(maybe(st.booleans())),
        night_shift=draw(maybe(st.booleans())),
        heavy_work=draw(maybe(st.booleans())),
        valid_from=draw(maybe(DAYS)),
        valid_to=draw(maybe(DAYS)),
        contract_months=draw(maybe(st.integers(0, 36))),
        insured=draw(maybe(st.booleans())),
        reserved_for=draw(maybe(st.lists(st.sampled_from(Group), max_size=2, unique=True).map(tuple))),
    )
