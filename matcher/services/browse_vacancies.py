"""The open adverts of a day, searched, filtered, counted and paged: the same to everybody who looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInput
from matcher.geography import gazetteer, significant
from matcher.language.classification import occupation_name
from matcher.policy.publication import age_span
from matcher.ports import RosterStore
from matcher.records import COUNTY_DIGITS, TOWNSHIP_DIGITS, Channel, Vacancy
from matcher.services.advert_index import CHANNELS, UNREAD, AdvertIndex, Mask, advert_index, search
from matcher.services.ground.answering import vacancies_at
from matcher.services.ground.cursors import Place, query_digest, read_cursor, stale, written_cursor
from matcher.services.ground.place_words import work_words
from matcher.services.ground.post_words import CHANNEL_LABELS, CONTRACT_LABELS, wage_words
from matcher.services.ground.rulebook import Means

LONGEST_PAGE: Final = 100
UNREAD_LABEL: Final = "看不出工种"
_CODE_DIGITS: Final = 12
_PLOT: Final = CHANNELS.index(Channel.MICRO_FARM)


class Browse(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for among the adverts open on a day; an empty filter lets everything through.

    q : words, all of which must be in the advert; place : leading digits of a region code
    trade : a small group of occupations (6-05-01) or `unknown`; wage_from : yuan a month the post may bring at most
    cursor : `next` of the page before
    """

    on: date
    q: str = ""
    channel: str = ""
    place: str = ""
    trade: str = ""
    wage_from: int | None = None
    lodging: bool | None = None
    cursor: str = ""
    limit: int = 20


def browse(store: RosterStore, means: Means, call: Browse) -> dict[str, Any]:
    """One page of adverts, what the facets hold, how many there are, and the cursor of the next page or "".

    Newest first, adverts that name the words in title or trade before the others. Plots of land are no posts: they
    stand apart under their own channel. All pages of a cursor are of the revision of the first.
    Raises InvalidInput for a filter that can fit nothing, StaleCursor for a cursor of another query or store.
    """
    _refuse_misfits(call)
    query = query_digest(msgspec.structs.replace(call, cursor="", limit=0))
    after = read_cursor(store, call.cursor, query) if call.cursor else None
    revision = after.revision if after else store.revision()
    index = advert_index(vacancies_at(store, revision), call.on, means.remembered)
    masks, rank = _masks(index, call)
    fitting = np.flatnonzero(np.logical_and.reduce(list(masks.values())))
    order = fitting[np.argsort(rank[fitting], kind="stable")]
    start = 0 if after is None else _behind(index, order, rank[order].tolist(), after)
    page = order[start : start + call.limit].tolist()
    last = start + len(page) < len(order)
    return {
        "on": call.on.isoformat(),
        "items": [advert_item(index.adverts[ix]) for ix in page],
        "facets": _facets(index, masks, call),
        "total": len(order),
        "next": written_cursor(store, Place(revision, query, int(rank[page[-1]]), index.adverts[page[-1]].vacancy_id))
        if page and last
        else "",
    }


def advert_item(vacancy: Vacancy) -> dict[str, Any]:
    """An advert as anybody may read it; what is not stated is null, and of a reserved post no group is named."""
    return {
        "vacancy_id": vacancy.vacancy_id,
        "title": vacancy.title,
        "duties": vacancy.duties,
        "channel": vacancy.channel.value,
        "channel_label": CHANNEL_LABELS[vacancy.channel],
        "employer": vacancy.employer_name,
        "place_code": vacancy.place_code,
        "place": work_words(vacancy.place_code),
        "wage_low_yuan_month": vacancy.wage_low_yuan_month,
        "wage_high_yuan_month": vacancy.wage_high_yuan_month,
        "wage": wage_words(vacancy),
        "lodging": vacancy.lodging,
        "board": vacancy.board,
        "places_left": vacancy.places_left,
        "headcount_unknown": vacancy.headcount_unknown,
        "valid_from": None if vacancy.valid_from is None else vacancy.valid_from.isoformat(),
        "valid_to": None if vacancy.valid_to is None else vacancy.valid_to.isoformat(),
        "contract": None if vacancy.contract_type is None else CONTRACT_LABELS[vacancy.contract_type],
        "contract_months": vacancy.contract_months,
        "insured": vacancy.insured,
        "conditions": {
            "age": age_span(vacancy.age_min, vacancy.age_max),
            "education_min": None if vacancy.education_min is None else vacancy.education_min.value,
            "skills_required": list(vacancy.skills_required or ()),
            "skills_preferred": list(vacancy.skills_preferred or ()),
            "certificates_required": list(vacancy.certificates_required or ()),
            "night_shift": vacancy.night_shift,
            "heavy_work": vacancy.heavy_work,
            "reserved": bool(vacancy.reserved_for),
        },
    }


def _refuse_misfits(call: Browse) -> None:
    """InvalidInput for what no advert could have: the caller mistook a field."""
    for field, fits, expected in (
        ("channel", not call.channel or call.channel in set(CHANNELS), "a channel such as workshop"),
        ("place", _is_place(call.place), "1 to 12 leading digits of a region code"),
        ("limit", 1 <= call.limit <= LONGEST_PAGE, f"1 to {LONGEST_PAGE}"),
    ):
        if not fits:
            raise InvalidInput(f"{field} does not fit", where=field, remedy=f"Give {expected}.")


def _is_place(place: str) -> bool:
    return not place or (place.isascii() and place.isdigit() and len(place) <= _CODE_DIGITS and place[:2] != "00")


def _digits(place: str) -> str:
    """The digits that name the place: 450200 is the city 4502."""
    return significant(place) if len(place) >= COUNTY_DIGITS else place


def _masks(index: AdvertIndex, call: Browse) -> tuple[dict[str, Mask], NDArray[np.int8]]:
    """Filter -> which adverts it lets through, and the rank of each advert for the words."""
    everything = np.ones(len(index.adverts), dtype=np.bool_)
    text, rank = search(index, call.q)
    channel = index.channel == CHANNELS.index(Channel(call.channel)) if call.channel else index.channel != _PLOT
    masks: dict[str, Mask] = {
        "text": text,
        "channel": channel,
        "place": np.strings.startswith(index.places, _digits(call.place)) if call.place else everything,
        "trade": index.trades == call.trade if call.trade else everything,
        "wage": everything if call.wage_from is None else index.pay >= max(0, call.wage_from),
        "lodging": everything if call.lodging is None else index.lodging == int(call.lodging),
    }
    return masks, rank


def _behind(index: AdvertIndex, order: Any, ranks: list[int], after: Place) -> int:
    """Position of the first row behind the one a cursor names."""
    last = index.position.get(after.last_id)
    if last is None:
        raise stale("names an advert that is no longer there")
    key = (after.rank, last)
    rows = zip(ranks, order.tolist(), strict=True)
    return next((at for at, row in enumerate(rows) if row > key), len(order))


def _facets(index: AdvertIndex, masks: Mapping[str, Mask], call: Browse) -> dict[str, list[dict[str, Any]]]:
    """What each facet would find: counts of what all other filters leave."""

    def left(facet: str) -> Mask:
        return np.asarray(np.logical_and.reduce([mask for name, mask in masks.items() if name != facet]))

    plots = index.channel == _PLOT
    channels = left("channel") & (plots == (call.channel == Channel.MICRO_FARM))
    places = index.places[left("place")]
    county = _digits(call.place)[:COUNTY_DIGITS] if len(_digits(call.place)) >= COUNTY_DIGITS else ""
    townships = [place[:TOWNSHIP_DIGITS] for place in places.tolist() if county and place.startswith(county)]
    return {
        "channel": _counted(
            (CHANNELS[ix].value for ix in index.channel[channels].tolist()), lambda v: CHANNEL_LABELS[Channel(v)]
        ),
        "place": [
            *_counted((place[:COUNTY_DIGITS] for place in places.tolist()), work_words),
            *_counted((code for code in townships if code[COUNTY_DIGITS:] != "000"), _township_name),
        ],
        "trade": _counted(index.trades[left("trade")].tolist(), _trade_name),
    }


def _counted(values: Iterable[str], label: Any) -> list[dict[str, Any]]:
    """Values with label and count, the most frequent first, equal counts by value."""
    rows = sorted(Counter(values).items(), key=lambda row: (-row[1], row[0]))
    return [{"value": value, "label": label(value), "count": count} for value, count in rows]


def _township_name(code: str) -> str:
    return gazetteer().short_name(code) or code


def _trade_name(group: str) -> str:
    return UNREAD_LABEL if group == UNREAD else occupation_name(f"{group}-00")
