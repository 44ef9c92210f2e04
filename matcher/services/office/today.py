"""What waits for an officer today: each with how many, since or until when, and where to go on. No figure for show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from matcher.ports import RosterStore, StoredPlan
from matcher.records import COUNTY_DIGITS, TOWNSHIP_DIGITS, Kind, Vacancy, Worker
from matcher.records.local_time import WEEKDAYS
from matcher.services.documents.county_figures import kept_figures
from matcher.services.documents.pack_page import packs_on
from matcher.services.ground.place_words import home_words, township_of
from matcher.services.ground.rulebook import Means
from matcher.services.office.adverts import open_vacancies, reasons_on, vacancies_of
from matcher.services.office.people import seekers

N_DEAREST: Final = 3


def office_today(
    store: RosterStore, means: Means, imports: Iterable[Mapping[str, Any]], *, jurisdiction: str, on: date
) -> dict[str, Any]:
    """Imports with rows sent back, adverts that cannot be published, packs, figures, the plan, and places for people.

    imports : rows of `office_imports` the reader may see, newest first
    """
    kinds = (Kind.WORKERS, Kind.PLACEMENTS, Kind.VACANCIES)
    lists = tuple(store.records(kind) for kind in kinds)
    day = means.remembered.of_shared("people and posts of a day", lists, lambda: _day(store, on), by=on, n_kept=4)
    packs = packs_on(means.packs, jurisdiction, on, kept_figures(store))
    return {
        "on": on.isoformat(),
        "weekday": WEEKDAYS[on.weekday()],
        "imports": [row for row in imports if row["open"]],
        "adverts": day.adverts,
        "packs": packs,
        "plan": _plan(store, day.seeking, on),
        "n_seekers": len(day.seeking),
        "n_posts": day.n_posts,
        "n_places": day.n_places,
        "towns": day.towns,
    }


class _Day(NamedTuple):
    """What of a day follows from the rosters alone."""

    seeking: list[Worker]
    n_posts: int
    n_places: int
    adverts: list[dict[str, Any]]
    towns: list[dict[str, Any]]


def _day(store: RosterStore, on: date) -> _Day:
    seeking, posts = seekers(store, on), open_vacancies(store, on)
    n_places = sum(post.places_left for post in posts)
    return _Day(seeking, len(posts), n_places, reasons_on(vacancies_of(store), on), _towns(seeking, posts))


def _plan(store: RosterStore, seeking: Iterable[Worker], on: date) -> dict[str, Any] | None:
    """Who has a list by the season's plan, and which posts are sought most; None where no plan holds the day."""
    plan = store.current_plan(on)
    if plan is None:
        return None
    listed = store.exposures(plan.season)
    ids = [worker.worker_id for worker in seeking]
    first, _, last = plan.season.partition("/")
    return {
        "plan_id": plan.plan_id,
        "first": first,
        "last": last,
        "solved_on": plan.solved_on.isoformat(),
        "n_with_list": sum(bool(listed.get(worker_id)) for worker_id in ids),
        "n_without": sum(not listed.get(worker_id) for worker_id in ids),
        "n_priced": sum(price > 0 for price in plan.prices.values()),
        "n_posts": len(plan.prices),
        "dearest": _dearest(store, plan),
    }


def _dearest(store: RosterStore, plan: StoredPlan) -> list[dict[str, Any]]:
    """The posts whose places are sought most, by the price of a place."""
    titles = {vacancy.vacancy_id: vacancy for vacancy in vacancies_of(store)}
    counts = store.exposure_counts(plan.season)
    ranked = sorted(
        ((price, name) for name, price in plan.prices.items() if price > 0 and name in titles),
        key=lambda row: (-row[0], row[1]),
    )
    return [
        {
            "vacancy_id": name,
            "title": titles[name].title,
            "employer": titles[name].employer_name or "",
            "places_left": titles[name].places_left,
            "n_listed": counts.get(name, 0),
            "price": round(price, 4),
        }
        for price, name in ranked[:N_DEAREST]
    ]


def _towns(seeking: list[Worker], posts: list[Vacancy]) -> list[dict[str, Any]]:
    """People who seek work and places that are open, per township of theirs; what the records say and no more.

    Homes and posts known to the county alone stand in a row of the county. Posts of other counties are summed in
    one row without people: nobody of this roster lives there.
    """
    # Thousands share a village: each code is looked up once.
    people: Counter[str] = Counter()
    for place_code, n in Counter(worker.place_code for worker in seeking).items():
        people[township_of(place_code)] += n
    counties = {code[:COUNTY_DIGITS] for code in people}
    places: Counter[str] = Counter()
    for vacancy in posts:
        code = township_of(vacancy.place_code)
        places[code if code[:COUNTY_DIGITS] in counties else ""] += vacancy.places_left
    codes = sorted({*people, *places} - {""}, key=lambda code: (-people[code], -places[code], code))
    rows = [
        {
            "code": code,
            "name": home_words(code.ljust(COUNTY_DIGITS, "0")) if len(code) >= TOWNSHIP_DIGITS else _coarse(code),
            "n_people": people[code],
            "n_places": places[code],
        }
        for code in codes
    ]
    elsewhere = [{"code": "", "name": "县外的岗", "n_people": 0, "n_places": places[""]}] if places[""] else []
    return rows + elsewhere


def _coarse(code: str) -> str:
    return f"{home_words(code.ljust(COUNTY_DIGITS, '0'))}（没写到乡镇）"
