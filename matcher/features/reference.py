"""The slow twin: term values of one pair in plain Python, straight from the records; the oracle of `pairs.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matcher.features.columns import Readings, typical_wage
from matcher.features.terms import VOCABULARY
from matcher.geography import in_place, place_class
from matcher.language.skills import held_terms, normalise_skill
from matcher.records import PlaceClass, Vacancy, Worker
from matcher.records.wishes import accepted_rank


def _level(left: str, right: str) -> int:
    """Equal leading levels of two codes such as 6-11-01-01."""
    level = 0
    for a, b in zip(left.split("-"), right.split("-"), strict=True):
        if a != b:
            break
        level += 1
    return level


def _best(left: Sequence[str], right: Sequence[str]) -> int:
    return max((_level(a, b) for a in left for b in right), default=0)


def _tri(value: bool | None) -> str:
    return "unknown" if value is None else "yes" if value else "no"


def _codes(texts: Sequence[str] | None, readings: Readings, most: int) -> list[str]:
    return list(dict.fromkeys(code for text in texts or () for code in readings.get(text, ())))[:most]


def _trade(worker: Worker, vacancy_codes: Sequence[str], readings: Readings) -> str:
    texts = (*(worker.trades or ()), *(worker.skills or ()))
    held = list(worker.occupations)[:6] if worker.occupations is not None else _codes(texts, readings, 6)
    if not held or not vacancy_codes:
        return "unknown"
    return ("none", "major", "middle", "small", "exact")[_best(held, vacancy_codes)]


def _preferred_trade(worker: Worker, title: str, vacancy_codes: Sequence[str], readings: Readings) -> str:
    if not worker.preferred_trades:
        return "not_stated"
    if any(word in title for word in worker.preferred_trades):
        return "match"
    wanted = _codes(worker.preferred_trades, readings, 6)
    if not wanted or not vacancy_codes:
        return "unknown"
    return ("other", "other", "near", "match", "match")[_best(wanted, vacancy_codes)]


def _skills(worker: Worker, vacancy: Vacancy) -> str:
    wanted = {normalise_skill(term) for term in vacancy.skills_preferred or ()}
    if not wanted:
        return "not_asked"
    if worker.skills is None and worker.trades is None:
        return "unknown"
    held = held_terms((*(worker.skills or ()), *(worker.trades or ())))
    return "all" if wanted <= held else "some" if wanted & held else "none"


def _education(worker: Worker, vacancy: Vacancy) -> str:
    if vacancy.education_min is None or vacancy.education_min.rank == 0:
        return "not_asked"
    if worker.education is None:
        return "unknown"
    if worker.education.rank < vacancy.education_min.rank:
        return "below"
    return "above" if worker.education.rank > vacancy.education_min.rank else "meets"


def _preferred_place(worker: Worker, vacancy: Vacancy) -> str:
    if not worker.preferred_places:
        return "not_stated"
    return "match" if any(in_place(vacancy.place_code, area) for area in worker.preferred_places) else "other"


def _lodging(place: PlaceClass, vacancy: Vacancy) -> str:
    if place.rank <= PlaceClass.SAME_COUNTY.rank:
        return "near"
    return {None: "unknown", True: "provided", False: "not_provided"}[vacancy.lodging]


def _travel_margin(place: PlaceClass, worker: Worker) -> str:
    rank = accepted_rank(worker)
    if rank is None:
        return "unknown"
    margin = min(3, rank - place.rank)
    if margin < 0:
        return "outside"
    return ("at_edge", "one_inside", "two_inside", "far_inside")[margin]


def pair_values(worker: Worker, vacancy: Vacancy, readings: Readings, *, on: date) -> dict[str, int]:
    """Term name -> cell index or number of one pair, as `term_values` gives it for many."""
    place = place_class(worker.place_code, vacancy.place_code)
    codes = (
        list(dict.fromkeys(vacancy.occupations))[:3]
        if vacancy.occupations is not None
        else _codes((vacancy.title,), readings, 3)
    )
    wage, floor = typical_wage(vacancy), worker.wage_floor_yuan_month
    coded = {
        "distance": place.value,
        "travel_margin": _travel_margin(place, worker),
        "preferred_place": _preferred_place(worker, vacancy),
        "trade": _trade(worker, codes, readings),
        "preferred_trade": _preferred_trade(worker, vacancy.title, codes, readings),
        "skills_preferred": _skills(worker, vacancy),
        "education": _education(worker, vacancy),
        "lodging": _lodging(place, vacancy),
        "board": _tri(vacancy.board),
        "night_shift": _tri(vacancy.night_shift),
        "heavy_work": _tri(vacancy.heavy_work),
        "insured": _tri(vacancy.insured),
        "channel": vacancy.channel.value,
    }
    values = {term: (VOCABULARY[term] or ()).index(cell) for term, cell in coded.items()}
    values["wage"] = -1 if wage is None else wage
    values["wage_margin"] = -1 if wage is None or not floor else wage * 100 // floor
    values["contract_months"] = -1 if vacancy.contract_months is None else vacancy.contract_months
    gap = None if worker.available_from is None else max(0, (worker.available_from - on).days)
    values["start_gap"] = -1 if gap is None else gap
    return values
