"""What is known of parts, joined: the order in which carriers speak, and how often, does not matter."""

from __future__ import annotations

from itertools import zip_longest

from msgspec.structs import replace

from matcher.ports.gateways import Receipt
from matcher.records.texts import OutText, Part, Queue


def joined(one: Part, other: Part) -> Part:
    """What both know of a part: the greater state with its moment and error, the name either has."""
    most, least = (other, one) if other.state.rank > one.state.rank else (one, other)
    return replace(
        most,
        provider_id=most.provider_id or least.provider_id,
        at=most.at or (least.at if most.state is least.state else None),
        error=most.error or (least.error if most.state is least.state else ""),
    )


def joined_parts(ours: tuple[Part, ...], theirs: tuple[Part, ...]) -> tuple[Part, ...]:
    """Part by part; who tells of fewer parts says nothing of the others."""
    return tuple(joined(one, other) for one, other in zip_longest(ours, theirs, fillvalue=Part()))


def with_receipt(text: OutText, receipt: Receipt) -> OutText:
    """A text after a carrier's word on one of its parts: named by the carrier's name of it, else by its number."""
    place = _place(text, receipt)
    if place is None:
        return text
    said = Part(state=receipt.state, provider_id=receipt.provider_id, at=receipt.at, error=receipt.error)
    parts = list(text.parts)
    parts[place] = joined(parts[place], said)
    return replace(text, parts=tuple(parts))


def settled(kept: OutText, told: OutText) -> OutText:
    """A text after its submission, as the worker tells it of what is kept.

    Whose lease is over is not taken back: nothing brings it to the queue again, only what is known of parts grows.
    """
    parts = joined_parts(kept.parts, told.parts)
    if kept.queue is not Queue.LEASED or kept.lease_by != told.lease_by:
        return replace(kept, parts=parts, gateway=kept.gateway or told.gateway)
    return replace(told, parts=parts, lease_until=told.lease_until if told.queue is Queue.LEASED else None)


def _place(text: OutText, receipt: Receipt) -> int | None:
    names = [part.provider_id for part in text.parts]
    if receipt.provider_id and receipt.provider_id in names:
        return names.index(receipt.provider_id)
    if receipt.part is not None and 0 <= receipt.part < len(text.parts):
        return receipt.part
    return None
