"""What signs of false placement are looked for among: the placements that run on a day, with what stands beside them.

Phones and cards of a county are opened once for each state of its records and kept as numbers that say only whether
two are the same; nobody can be rung up by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

import msgspec

from matcher.office.tracking.checks import State
from matcher.office.tracking.evidence import Counted, counted
from matcher.office.tracking.signs import Case, Seen, sign_rules, signs_of
from matcher.ports import DeedStore, OrderStore, RosterStore
from matcher.records import Kind, Placement, Worker
from matcher.services.documents.county_figures import kept_figures
from matcher.services.ground.refuted import refuted_on
from matcher.services.ground.rulebook import Means
from matcher.services.ground.same_person import joined_pairs
from matcher.services.tracking.visits import checks_at
from matcher.services.tracking.words import of_persons, placements_at, runs_on

N_KEPT: Final = 4


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """The call: the day, from which row; regions : what the asker reaches; sign : placements with this one alone."""

    on: date
    skip: int = 0
    regions: tuple[str, ...] = ()
    sign: str = ""


class Beside(NamedTuple):
    """What is looked at beside a placement. phone, card : equal for equal numbers, "" where none is recorded."""

    village: str = ""
    birth_date: date | None = None
    phone: str = ""
    card: str = ""


_NOTHING: Final = Beside()


def looked_at(
    store: RosterStore, orders: OrderStore, deeds: DeedStore, means: Means, call: Signs
) -> tuple[Counted, dict[str, tuple[Seen, ...]]]:
    """The placements that run on the day, by their proof, and the signs among them."""
    running = of_persons(store, deeds, [one for one in placements_at(store) if runs_on(one, call.on)])
    checks = checks_at(orders, deeds, means, running, call.on, call.regions)
    beside = means.remembered.of_shared(
        "beside placements",
        (store.records(Kind.PLACEMENTS), store.records(Kind.WORKERS)),
        lambda: _beside(store, running),
        by=(call.on, call.regions, store.revision(), joined_pairs(deeds)),
        n_kept=N_KEPT,
    )
    cases = [
        Case(
            placement=one,
            heard=any(check.state is State.DONE for check in checks[one.placement_id]),
            **beside.get(one.worker_id, _NOTHING)._asdict(),
        )
        for one in running
    ]
    lowest = lowest_wage(store, call.on)
    count = counted(running, call.on, refuted=refuted_on(deeds, call.on))
    return count, signs_of(cases, sign_rules(), call.on, lowest_yuan_month=lowest)


def lowest_wage(store: RosterStore, on: date) -> int | None:
    """The wage under which a placement is looked at, as the county has entered it."""
    wage = sign_rules().wage
    figure = kept_figures(store).on(wage.pack, wage.parameter, on)
    return None if figure is None else int(figure.value)


def _beside(store: RosterStore, running: Sequence[Placement]) -> Mapping[str, Beside]:
    found = store.records(Kind.WORKERS, ids=sorted({one.worker_id for one in running}))
    workers = {one.worker_id: one for one in found if isinstance(one, Worker)}
    identities = store.identities(list(workers))
    phones = _numbered(one.phone for one in identities.values())
    cards = _numbered(one.id_number for one in identities.values())
    told = {}
    for name, worker in workers.items():
        identity = identities.get(name)
        phone, card = (identity.phone, identity.id_number) if identity else (None, None)
        told[name] = Beside(worker.place_code, worker.birth_date, phones.get(phone, ""), cards.get(card, ""))
    return told


def _numbered(texts: Iterable[str | None]) -> dict[str | None, str]:
    """Each text that is there -> a number of its own."""
    return {text: str(n) for n, text in enumerate(dict.fromkeys(text for text in texts if text))}
