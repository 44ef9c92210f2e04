"""The round behind an order's list, run again over the few records a broker asks about; nothing is logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import msgspec

from matcher.ports import RosterStore
from matcher.records import Vacancy, Worker
from matcher.services.ground.answering import households_of, mode_of, prices_of
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.list_candidates import service_of
from matcher.services.rounds.match_round import Brief, Rosters, Round, prepare
from matcher.services.rounds.whole_order import WholeOrder, whole_order


class AboutOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which order, on which day, under which pack, with which seed of the last tie; as its list had them."""

    vacancy_id: str
    on: date
    jurisdiction: str
    seed: int


def round_of_order(
    store: RosterStore,
    means: Means,
    call: AboutOrder,
    workers: Sequence[Worker],
    vacancies: Sequence[Vacancy],
    *,
    everything: bool = False,
) -> Round:
    """The workers against variants of the order, in public, by the same pack, prices and tiers as its list.

    everything : refused pairs are kept as well
    """
    brief = _brief(store, means, call, vacancies[0])
    brief = replace(brief, everything=everything, paired_only=not everything)
    return prepare(_rosters(store, means, workers, vacancies), means, brief)


def people_of_variant(
    store: RosterStore, means: Means, call: AboutOrder, workers: Sequence[Worker], vacancy: Vacancy
) -> WholeOrder:
    """Everybody of the workers whom a variant of the order could be offered to, by the same rules."""
    return whole_order(_rosters(store, means, workers, [vacancy]), means, _brief(store, means, call, vacancy))


def _rosters(store: RosterStore, means: Means, workers: Sequence[Worker], vacancies: Sequence[Vacancy]) -> Rosters:
    return Rosters(workers=workers, vacancies=vacancies, households=households_of(store, workers, None, means))


def _brief(store: RosterStore, means: Means, call: AboutOrder, vacancy: Vacancy) -> Brief:
    plan = store.current_plan(call.on)
    return Brief(
        on=call.on,
        jurisdiction=call.jurisdiction or vacancy.place_code,
        seed=call.seed,
        prices=prices_of(plan),
        mode=mode_of(plan),
        service=service_of(vacancy, means.packs.vocabulary),
        work_place=vacancy.place_code,
        paired_only=True,
        public=True,
    )
