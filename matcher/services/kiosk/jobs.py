"""What a kiosk shows: three jobs for somebody whose card lies there, or for somebody who only looks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from matcher.geography import distance_km, place_class
from matcher.ports import RosterStore
from matcher.privacy import Audience, seen_by
from matcher.records import Kind, PlaceClass, TravelRange, Vacancy
from matcher.services.browse_vacancies import Browse, advert_item, browse
from matcher.services.ground.answering import vacancy_named, worker_named
from matcher.services.ground.rulebook import Means
from matcher.services.kiosk.live_offers import Offers, no_offers
from matcher.services.rounds.answers import Unsaid
from matcher.services.rounds.recommend import Recommend, recommend

N_SHOWN: Final = 3
N_RECKONED: Final = 60
"""How many are asked for, so that every 不要 has a next one."""
N_LOOKED_THROUGH: Final = 100

PLACE_WORDS: Final = {
    PlaceClass.SAME_VILLAGE: "就在本村",
    PlaceClass.SAME_TOWNSHIP: "就在本镇",
    PlaceClass.SAME_COUNTY: "在本县",
    PlaceClass.SAME_CITY: "在本市",
    PlaceClass.SAME_PROVINCE: "在本省",
    PlaceClass.OTHER_PROVINCE: "在外省",
}


class Where(StrEnum):
    """The answer to 您想去哪里干活."""

    HOME = "home"
    NEAR = "near"
    AWAY = "away"
    ANY = "any"

    @property
    def label(self) -> str:
        """As the picture card says it."""
        return {"home": "天天回家", "near": "县里、市里", "away": "去外省", "any": "哪里都行"}[self.value]


_REACH: Final[Mapping[Where, frozenset[PlaceClass]]] = {
    Where.HOME: frozenset({PlaceClass.SAME_VILLAGE, PlaceClass.SAME_TOWNSHIP, PlaceClass.SAME_COUNTY}),
    Where.NEAR: frozenset({
        PlaceClass.SAME_VILLAGE, PlaceClass.SAME_TOWNSHIP, PlaceClass.SAME_COUNTY, PlaceClass.SAME_CITY,
    }),
    Where.AWAY: frozenset({PlaceClass.OTHER_PROVINCE}),
    Where.ANY: frozenset(PlaceClass),
}  # fmt: skip
_RANGES: Final[Mapping[Where, tuple[TravelRange, bool]]] = {
    Where.HOME: (TravelRange.CITY, True),
    Where.NEAR: (TravelRange.CITY, False),
    Where.AWAY: (TravelRange.ANYWHERE, False),
    Where.ANY: (TravelRange.ANYWHERE, False),
}
"""The day's answer as travel range and daily return, for this list alone; the record keeps what it says."""
_HERS: Final = ("start_gap",)
_ANSWERED: Final[Mapping[Where, tuple[str, ...]]] = {
    Where.AWAY: ("distance", "travel_margin"),
    Where.ANY: ("travel_margin",),
}


def unsaid_at(where: Where) -> Unsaid:
    """What a card says already or the person has just said: the wage above, her own days, how far she wants to go."""
    return Unsaid(reason=("wage", *_HERS), drawback=(*_HERS, *_ANSWERED.get(where, ())))


class KioskList(msgspec.Struct, frozen=True, kw_only=True):
    """Whose list, on which day, for which answer. refused : vacancies answered with 不要 during this visit."""

    worker_id: str
    on: date
    jurisdiction: str
    where: Where
    refused: Collection[str] = ()
    regions: tuple[str, ...] = ()


def jobs_for(
    store: RosterStore, means: Means, call: KioskList, *, at: datetime, offers: Offers = no_offers
) -> dict[str, Any]:
    """The three best of the answer's places, each with one reason and one drawback, and the plot beside them.

    What a message still offers stands first, in the order of the message; `offered` says so of a job. An offer that
    the list no longer holds, or that lies outside today's answer, is not shown before others. A wish not to work
    leaves no jobs and one sentence, `note`.
    """
    answer = _list_of(store, means, call, at)
    entry = answer["lists"][0]
    home = worker_named(store, call.worker_id).place_code
    adverts = _adverts(store, [item["vacancy_id"] for item in entry["items"]])
    fitting = [
        _job(item, adverts[item["vacancy_id"]], home)
        for item in entry["items"]
        if item["vacancy_id"] not in call.refused and _reaches(call.where, home, adverts[item["vacancy_id"]].place_code)
    ]
    fitting = _offered_first(fitting, offers(call.worker_id, call.on))
    return {
        "decision_id": answer["decision_id"],
        "jobs": fitting[:N_SHOWN],
        "more": len(fitting) > N_SHOWN,
        "plot": next((route for route in entry["routes"] if route["channel"] == "micro_farm"), None),
        "note": entry.get("note", ""),
    }


def _offered_first(jobs: Sequence[dict[str, Any]], offered: Sequence[str]) -> list[dict[str, Any]]:
    rank = {vacancy_id: nr for nr, vacancy_id in enumerate(offered)}
    marked = [{**job, "offered": job["vacancy_id"] in rank} for job in jobs]
    return sorted(marked, key=lambda job: rank.get(job["vacancy_id"], len(rank)))


def _list_of(store: RosterStore, means: Means, call: KioskList, at: datetime) -> dict[str, Any]:
    """The worker's logged list for the answer of today, as the person may read it."""
    reach, daily = _RANGES[call.where]
    asked = Recommend(
        worker_id=call.worker_id,
        on=call.on,
        jurisdiction=call.jurisdiction,
        top=N_RECKONED,
        seed=means.settings.seed,
        public=True,
        regions=call.regions,
        travel_range=reach,
        needs_daily_return=daily,
        packed=True,
        unsaid=unsaid_at(call.where),
    )
    return seen_by(Audience.PERSON, recommend(store, means, asked, at=at))


def jobs_to_look_at(
    store: RosterStore, means: Means, *, on: date, home: str, where: Where, trade: str, refused: Collection[str]
) -> dict[str, Any]:
    """Three open jobs of a trade for somebody without a record: the same to everybody, newest first.

    home : region code of the kiosk's county, from which near and far are told
    """
    found = browse(store, means, Browse(on=on, trade=trade, limit=N_LOOKED_THROUGH))
    fitting = [
        {**item, **place_told(home, item["place_code"]), "reason": _fact(item), "drawback": _unsaid(item)}
        for item in found["items"]
        if item["vacancy_id"] not in refused and _reaches(where, home, item["place_code"])
    ]
    return {"jobs": fitting[:N_SHOWN], "more": len(fitting) > N_SHOWN}


def is_filled(store: RosterStore, vacancy_id: str, on: date) -> bool:
    """Whether a known vacancy can be taken no more: full, over, or taken back. Raises NotFound for an unknown one."""
    return not vacancy_named(store, vacancy_id).open_on(on)


def job_at(store: RosterStore, vacancy_id: str, home: str) -> dict[str, Any]:
    """One advert as the kiosk tells it. Raises NotFound."""
    item = advert_item(vacancy_named(store, vacancy_id))
    return {**item, **place_told(home, item["place_code"]), "reason": _fact(item), "drawback": _unsaid(item)}


def place_told(home: str, work: str) -> dict[str, Any]:
    """How far a job lies: a class unless the home is unknown, kilometres only where both places carry coordinates."""
    if not home:
        return {"place_class": "", "kilometres": None}
    kilometres = distance_km(home, work)
    return {
        "place_class": PLACE_WORDS[place_class(home, work)],
        "kilometres": None if kilometres is None else round(kilometres),
    }


def _reaches(where: Where, home: str, work: str) -> bool:
    """Whether a place lies where the answer wants it; a kiosk that knows no home leaves nothing out."""
    return not home or place_class(home, work) in _REACH[where]


def _adverts(store: RosterStore, ids: Collection[str]) -> dict[str, Vacancy]:
    found = store.records(Kind.VACANCIES, ids=ids)
    return {vacancy.vacancy_id: vacancy for vacancy in found if isinstance(vacancy, Vacancy)}


def _job(item: Mapping[str, Any], vacancy: Vacancy, home: str) -> dict[str, Any]:
    return {
        **advert_item(vacancy),
        **place_told(home, vacancy.place_code),
        "reason": item["sentence"],
        "drawback": item["drawback"],
        "left_out": item.get("left_out", []),
        "question": next(iter(item["questions"]), ""),
    }


def _fact(item: Mapping[str, Any]) -> str:
    """One true thing of an advert, for somebody of whom nothing is known."""
    conditions = item["conditions"]
    if not conditions["skills_required"] and not conditions["certificates_required"]:
        return "招聘上没有要求手艺。"
    return f"要会{'、'.join((*conditions['skills_required'], *conditions['certificates_required']))}。"


def _unsaid(item: Mapping[str, Any]) -> str:
    """What speaks against an advert, or what it leaves open: a drawback is never hidden."""
    conditions = item["conditions"]
    if conditions["night_shift"]:
        return "要上夜班。"
    if conditions["heavy_work"]:
        return "活比较重。"
    if item["lodging"] is False:
        return "不包住。"
    if item["board"] is False:
        return "不包吃。"
    if item["insured"] is False:
        return "不交社保。"
    return "加班多少、几号发钱，招聘上没写，要当面问清。"
