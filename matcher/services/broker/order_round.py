"""The round behind an order's list, run again over the few records a broker asks about; nothing is logged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from matcher.ports import RosterStore
from matcher.records import Vacancy, Worker
from matcher.services.ground.answering import households_of, mode_of, prices_of
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.list_candidates import service_of
from matcher.services.rounds.match_round import Brief, Rosters, Round, prepare


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
    plan = store.current_plan(call.on)
    return prepare(
        Rosters(workers=workers, vacancies=vacancies, households=households_of(store, workers, None, means)),
        means,
        Brief(
            on=call.on,
            jurisdiction=call.jurisdiction or vacancies[0].place_code,
            seed=call.seed,
            prices=prices_of(plan),
            mode=mode_of(plan),
            service=service_of(vacancies[0], means.packs.vocabulary),
            work_place=vacancies[0].place_code,
            everything=everything,
            paired_only=not everything,
            public=True,
        ),
    )
