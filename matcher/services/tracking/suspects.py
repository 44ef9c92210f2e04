"""What signs of false placement are looked for among: placements of a day, some over, with what stands beside them.

Phones and cards of a county are opened once for each state of its records and kept as numbers that say only whether
two are the same; nobody can be rung up by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

import msgspec

from matcher.office.tracking.checks import State
from matcher.office.tracking.evidence import Proof, definition, proof_of
from matcher.office.tracking.signs import Case, Seen, looked_for, sign_rules, signs_of, wage_rule
from matcher.ports import DeedStore, OrderStore, RosterStore
from matcher.records import Kind, Placement, Worker
from matcher.services.documents.county_figures import kept_figures
from matcher.services.ground.refuted import refuted_on
from matcher.services.ground.rulebook import Means
from matcher.services.ground.same_person import joined_pairs
from matcher.services.tracking.visits import bound_pack, checks_at
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


class Looked(NamedTuple):
    """Placements that were looked at, by id, and the signs among them: those that run, and those over not long ago.

    n_ended : how many of them are over; lowest : wage under which one that runs is looked at, see `lowest_wage`
    """

    proofs: Mapping[str, Proof]
    signs: Mapping[str, tuple[Seen, ...]]
    n_ended: int
    lowest: Lowest


class Lowest(NamedTuple):
    """The lowest wage as the county has entered it, None where nobody has.

    document : in which the figure stands; borrowed : that document does not bind the county
    """

    yuan_month: int | None
    document: str
    borrowed: bool


def looked_at(store: RosterStore, orders: OrderStore, deeds: DeedStore, means: Means, call: Signs) -> Looked:
    """The placements of the day, with their proof and signs."""
    rules = sign_rules()
    placed = [one for one in placements_at(store) if looked_for(one, rules.limits, call.on)]
    placed = list(of_persons(store, deeds, placed))
    running = [one for one in placed if runs_on(one, call.on)]
    checks = checks_at(orders, deeds, means, running, call.on, call.regions)
    beside = means.remembered.of_shared(
        "beside placements",
        (store.records(Kind.PLACEMENTS), store.records(Kind.WORKERS)),
        lambda: _beside(store, placed),
        by=(call.on, call.regions, store.revision(), joined_pairs(deeds)),
        n_kept=N_KEPT,
    )
    cases = [
        Case(
            placement=one,
            heard=any(check.state is State.DONE for check in checks.get(one.placement_id, ())),
            **beside.get(one.worker_id, _NOTHING)._asdict(),
        )
        for one in placed
    ]
    lowest = lowest_wage(store, means, call.on)
    refuted = refuted_on(deeds, call.on)
    return Looked(
        proofs={one.placement_id: proof_of(one, call.on, definition(), refuted) for one in placed},
        signs=signs_of(cases, rules, call.on, lowest_yuan_month=lowest.yuan_month),
        n_ended=len(placed) - len(running),
        lowest=lowest,
    )


def lowest_wage(store: RosterStore, means: Means, on: date) -> Lowest:
    """The wage under which a placement is looked at: of the document that binds the county, else a borrowed one."""
    bound = bound_pack(means, on)
    wage = wage_rule(sign_rules(), bound)
    figure = kept_figures(store).on(wage.pack, wage.parameter, on)
    document = means.packs[wage.pack].cited
    return Lowest(None if figure is None else int(figure.value), document, borrowed=wage.pack != bound)


def _beside(store: RosterStore, placed: Sequence[Placement]) -> Mapping[str, Beside]:
    found = store.records(Kind.WORKERS, ids=sorted({one.worker_id for one in placed}))
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
