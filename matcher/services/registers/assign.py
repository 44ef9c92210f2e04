"""What an officer does about a village below the base year: give it to a broker, take it back, end its scheduling."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput
from matcher.office.registers.scale import Village
from matcher.office.registers.schedule import Scheduled, Step, assign, close, release, scheduled, stream_of
from matcher.ports import AccessStore, DeedStore
from matcher.records.access import Role, User
from matcher.records.deeds import Deed, NewDeed
from matcher.services.registers.ledger import Ledger
from matcher.services.registers.village_page import village_named
from matcher.services.registers.words import without_ids

LONGEST_NOTE: Final = 120


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which village, who acts and when; `broker` and `note` of an assignment."""

    village: str
    actor: str
    at: datetime
    broker: str = ""
    note: str = ""


def assign_village(book: Ledger, deeds: DeedStore, access: AccessStore, call: Act) -> Scheduled:
    """Give a village to a broker who works there; the first time opens its scheduling.

    Raises NotFound for a village out of reach, InvalidInput for a broker who does not work there, or for a village
    that is not below the base year.
    """
    village = village_named(book, deeds, call.village)
    if village.base.n is None and not scheduled(deeds.stream(stream_of(call.village, book.span.year))).open:
        raise InvalidInput("没有对比年的人数，判不了要不要调度", where="village", remedy="请先填这里对比年的人数。")
    if call.broker not in {user.name for user in brokers_for(access, call.village)}:
        raise InvalidInput("没有这个劳务员，或者他不管这个村", where="broker", remedy="请从名单里选一个劳务员。")
    note = without_ids(call.note)[:LONGEST_NOTE]
    return _act(book, deeds, call, lambda done: assign(done, call.broker, note, _step(book, call), below=village.below))


def release_village(book: Ledger, deeds: DeedStore, call: Act) -> Scheduled:
    """Take a village back from its broker; scheduling goes on. Raises NotFound, Conflict."""
    village_named(book, deeds, call.village)
    return _act(book, deeds, call, lambda done: release(done, _step(book, call)))


def close_village(book: Ledger, deeds: DeedStore, call: Act) -> Scheduled:
    """End the scheduling of a village that has recovered. Raises NotFound, Conflict, InvalidInput."""
    village: Village = village_named(book, deeds, call.village)
    return _act(book, deeds, call, lambda done: close(done, _step(book, call), recovered=village.recovered))


def brokers_for(access: AccessStore, village: str) -> list[User]:
    """Brokers who may sign in and whose regions hold the village, by name."""
    return [
        user
        for user in access.users()
        if user.role is Role.BROKER
        and user.disabled_at is None
        and (not user.regions or village.startswith(user.regions))
    ]


def told_brokers(access: AccessStore, village: str) -> list[dict[str, Any]]:
    """The same as a form offers them."""
    return [{"name": user.name, "display_name": user.display_name} for user in brokers_for(access, village)]


def _step(book: Ledger, call: Act) -> Step:
    return Step(actor=call.actor, at=call.at, on=book.asked.on)


def _act(book: Ledger, deeds: DeedStore, call: Act, decide: Callable[[Iterable[Deed]], Sequence[NewDeed]]) -> Scheduled:
    return scheduled(deeds.act(stream_of(call.village, book.span.year), decide))
