"""Slot prices of a solved round as plain numbers."""

from __future__ import annotations

from matcher import shortlist
from matcher.services.rounds.match_round import Round


def slot_prices(solved: Round) -> dict[str, float]:
    """Vacancy id -> slot price of every vacancy that has a pair; the others have none."""
    ids = [vacancy.vacancy_id for vacancy in solved.rosters.vacancies]
    first = dict(zip(solved.pairs.vacancy_ix.tolist(), solved.pairs["price"].tolist(), strict=True))
    return {ids[ix]: price / (1 << shortlist.PRICE_BITS) for ix, price in sorted(first.items())}
