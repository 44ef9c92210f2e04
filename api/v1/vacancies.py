"""Adverts as anybody may read them: searched, filtered, counted, paged, and one by one."""

from __future__ import annotations

from typing import Any

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, Field

from api.state import means, store, today
from api.v1.operations import Operation, attach
from api.v1.reading import N_A_PAGE, Cursor, Flag, NotNegative, OfVacancy, OnDay, PageLength, absent
from matcher.errors import NotFound
from matcher.records import Channel
from matcher.records.access import Scope
from matcher.services.browse_vacancies import Browse, advert_item, browse
from matcher.services.ground.answering import vacancy_named


class AdvertQuery(OnDay):
    """What is looked for; absent filters let everything through."""

    q: str = Field(default="", max_length=100, description="Words, all of which must stand in the advert.")
    channel: Channel | None = absent("Way into work.")
    place: str = Field(
        default="", max_length=12, pattern=r"^([1-9][0-9]{1,11})?$", description="Leading digits of a region code."
    )
    trade: str = Field(default="", max_length=20, description="Small group of occupations (6-05-01), or unknown.")
    wage_from: NotNegative | None = absent("Yuan a month the post brings at least, at its best.")
    lodging: Flag | None = absent("Whether a bed is given.")
    cursor: Cursor | None = absent("`next_cursor` of the page before; opaque.")
    limit: PageLength = Field(default=N_A_PAGE, description="Adverts a page.")


class Conditions(BaseModel):
    """What the post asks for; of a reserved post no group is named."""

    age: str | None
    education_min: str | None
    skills_required: list[str]
    skills_preferred: list[str]
    certificates_required: list[str]
    night_shift: bool | None
    heavy_work: bool | None
    reserved: bool


class Advert(BaseModel):
    """An advert; what it does not state is null."""

    vacancy_id: str
    title: str
    duties: str | None
    channel: Channel
    channel_label: str
    employer: str | None
    place_code: str
    place: str
    wage_low_yuan_month: int | None
    wage_high_yuan_month: int | None
    wage: str
    lodging: bool | None
    board: bool | None
    places_left: int | None
    headcount_unknown: bool
    valid_from: str | None
    valid_to: str | None
    contract: str | None
    contract_months: int | None
    insured: bool | None
    conditions: Conditions


class OneAdvert(Advert):
    """An advert, and whether anybody may still be offered it on the day."""

    on: str
    open: bool


class FacetValue(BaseModel):
    """How many adverts a filter would leave."""

    value: str
    label: str
    count: int


class Facets(BaseModel):
    """Counts of what all other filters leave."""

    channel: list[FacetValue]
    place: list[FacetValue]
    trade: list[FacetValue]


class AdvertPage(BaseModel):
    """A page of adverts."""

    on: str
    items: list[Advert]
    facets: Facets
    total: int
    next_cursor: str | None


def init_api(api: APIBlueprint) -> None:
    """Attach these operations."""
    attach(api, "get", "/vacancies", vacancies, Operation(scope=Scope.VACANCIES, answer=AdvertPage, faults=(400,)))
    attach(api, "get", "/vacancies/<id>", vacancy, Operation(scope=Scope.VACANCIES, answer=OneAdvert, faults=(404,)))


def vacancies(query: AdvertQuery) -> dict[str, Any]:
    """Open adverts of a day, newest first, with the counts of each facet."""
    call = Browse(
        on=query.on or today(),
        q=query.q,
        channel=query.channel or "",
        place=query.place,
        trade=query.trade,
        wage_from=query.wage_from,
        lodging=query.lodging,
        cursor=query.cursor or "",
        limit=query.limit,
    )
    page = browse(store(), means(), call)
    return {**{name: value for name, value in page.items() if name != "next"}, "next_cursor": page["next"] or None}


def vacancy(path: OfVacancy, query: OnDay) -> dict[str, Any]:
    """One advert; it may be filled or past, then `open` says so. What may not be published is not found."""
    day = query.on or today()
    found = vacancy_named(store(), path.vacancy_id)
    if found.unlawful:
        raise NotFound(f"no vacancy {path.vacancy_id}", where="vacancy")
    return {"on": day.isoformat(), **advert_item(found), "open": found.open_on(day)}
