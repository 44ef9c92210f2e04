"""The orders a broker may fill on a day: open, fit to be published, most places left first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from matcher.candidates import is_open
from matcher.errors import StaleCursor
from matcher.ports import RosterStore
from matcher.records import Kind, Vacancy
from matcher.services.broker.order import order_heading
from matcher.services.ground.cursors import Place, query_digest, read_cursor, written_cursor
from matcher.services.ground.place_words import work_words
from matcher.services.ground.post_words import CHANNEL_LABELS


class OpenOrders(msgspec.Struct, frozen=True, kw_only=True):
    """The call: the words that must all stand in title, firm or place, a channel or none, where the last page ended."""

    on: date
    words: str = ""
    channel: str = ""
    after: str = ""
    top: int = 20


def open_orders(store: RosterStore, call: OpenOrders) -> dict[str, Any]:
    """A page of orders, how many there are, and of each channel how many the words alone would leave.

    A page begins behind the key of the last order of the one before, so that what comes or goes meanwhile moves no
    other. Raises StaleCursor for a cursor that no page of these words and this channel gave.
    """
    named = [
        vacancy
        for vacancy in store.records(Kind.VACANCIES)
        if isinstance(vacancy, Vacancy) and is_open(vacancy, call.on) and _says(vacancy, call.words)
    ]
    wanted = sorted((vacancy for vacancy in named if call.channel in ("", vacancy.channel.value)), key=_key)
    query = query_digest(msgspec.structs.replace(call, after="", top=0))
    start = _key_of(store, call.after, query) if call.after else None
    rest = [vacancy for vacancy in wanted if start is None or _key(vacancy) > start]
    page = rest[: call.top]
    return {
        "on": call.on.isoformat(),
        "words": call.words,
        "channel": call.channel,
        "n_orders": len(wanted),
        "n_places": sum(vacancy.places_left for vacancy in wanted),
        "channels": _channels(named, call.channel),
        "orders": [order_heading(vacancy) for vacancy in page],
        "first": start is None,
        "next": written_cursor(store, Place(store.revision(), query, *_key(page[-1]))) if len(rest) > len(page) else "",
    }


def _says(vacancy: Vacancy, words: str) -> bool:
    """Whether every word stands in the title, the firm's name or the place."""
    text = f"{vacancy.title} {vacancy.employer_name or ''} {work_words(vacancy.place_code)}".casefold()
    return all(word in text for word in words.casefold().split())


def _channels(vacancies: Iterable[Vacancy], chosen: str) -> list[dict[str, Any]]:
    counts = Counter(vacancy.channel for vacancy in vacancies)
    return [
        {"value": channel.value, "label": label, "n": counts[channel], "chosen": channel.value == chosen}
        for channel, label in CHANNEL_LABELS.items()
        if counts[channel] or channel.value == chosen
    ]


def _key(vacancy: Vacancy) -> tuple[int, str]:
    return -vacancy.places_left, vacancy.vacancy_id


def _key_of(store: RosterStore, cursor: str, query: str) -> tuple[int, str]:
    try:
        place = read_cursor(store, cursor, query)
    except StaleCursor:
        raise StaleCursor("翻页标记不对", where="after", remedy="请从第一页重新看起。") from None
    return place.rank, place.last_id
