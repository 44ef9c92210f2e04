"""What the methods of the outbox do to rows, inside their transactions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, Final

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.engine import Connection

from matcher.messaging.segments import parts as cut
from matcher.ports.gateways import Receipt
from matcher.records.texts import OfferState, OutText, Part, PartState, Queue, TextOffer
from matcher.store import texts_schema as schema
from matcher.store.chunks import chunks
from matcher.store.columns import yielding_insert
from matcher.store.sealing import Vault
from matcher.store.text_joining import with_receipt
from matcher.store.text_shelves import EARLY, OFFERS, TEXTS, in_pieces

WAITING: Final = (Queue.HELD.value, Queue.QUEUED.value)
_HANDED: Final = (Queue.LEASED.value, Queue.DONE.value)


def with_parts(text: OutText) -> OutText:
    """A text with its parts counted, if it comes without."""
    return text if text.parts else replace(text, parts=(Part(),) * len(cut(text.body)))


def count(connection: Connection, *wanted: sa.ColumnElement[bool]) -> int:
    """How many texts fit."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(schema.out_text).where(*wanted)).scalar_one())


def locked(connection: Connection, vault: Vault, text_ids: Collection[str]) -> list[OutText]:
    """Texts that nobody else changes before the transaction ends."""
    column = schema.out_text.c.text_id
    for piece in chunks(sorted(set(text_ids))):
        connection.execute(sa.select(column).where(column.in_(piece)).order_by(column).with_for_update())
    return list(in_pieces(connection, vault, TEXTS, "text_id", text_ids))


def hand(connection: Connection, text_ids: Collection[str], at: datetime | None) -> None:
    """Note when texts were handed to a gateway; None: it surely has them not."""
    columns = schema.out_text.c
    for piece in chunks(text_ids):
        connection.execute(sa.update(schema.out_text).where(columns.text_id.in_(piece)).values(handed_at=at))


def surely_not_out(text: OutText) -> bool:
    """Whether nothing of a settled text can be at a carrier: not submitted, not taken, or every part refused."""
    if text.queue is Queue.DONE:
        return all(part.state is PartState.FAILED for part in text.parts)
    return text.queue is not Queue.LEASED


def name_parts(connection: Connection, texts: Iterable[OutText]) -> None:
    """Keep what a carrier calls the parts; a name it gives again is the later text's."""
    named = {
        (text.gateway, part.provider_id): text.text_id for text in texts for part in text.parts if part.provider_id
    }
    table = schema.text_part
    for piece in chunks(named.items()):
        rows = [{"gateway": gateway, "provider_id": name, "text_id": text_id} for (gateway, name), text_id in piece]
        insert = yielding_insert(connection, table)
        again = insert.on_conflict_do_update(
            index_elements=["gateway", "provider_id"], set_={"text_id": insert.excluded.text_id}
        )
        connection.execute(again, rows)


def with_early(connection: Connection, vault: Vault, texts: Sequence[OutText]) -> list[OutText]:
    """Texts joined with the receipts that came before them, which are kept no longer."""
    names: dict[str, set[str]] = {}
    for text in texts:
        names.setdefault(text.gateway, set()).update(part.provider_id for part in text.parts if part.provider_id)
    early: dict[tuple[str, str], Receipt] = {}
    columns = schema.early_receipt.c
    for gateway, provider_ids in names.items():
        for receipt in in_pieces(connection, vault, EARLY, "provider_id", provider_ids, columns.gateway == gateway):
            early[gateway, receipt.provider_id] = receipt
    for gateway, provider_id in early:
        gone = sa.delete(schema.early_receipt)
        connection.execute(gone.where(columns.gateway == gateway, columns.provider_id == provider_id))
    return [_with(text, (early.get((text.gateway, part.provider_id)) for part in text.parts)) for text in texts]


def _with(text: OutText, receipts: Iterable[Receipt | None]) -> OutText:
    return reduce(with_receipt, (receipt for receipt in receipts if receipt is not None), text)


def keep_early(connection: Connection, vault: Vault, receipt: Receipt) -> None:
    """Keep a receipt for a name nobody knows yet; of two the one that says more."""
    known = EARLY.find(connection, vault, receipt.gateway, receipt.provider_id)
    if known is None or receipt.state.rank > known.state.rank:
        EARLY.put(connection, vault, receipt)


def owners(connection: Connection, receipts: Sequence[Receipt]) -> dict[int, str]:
    """Place of a receipt -> the text it speaks of: by the carrier's name of a part, else by our own."""
    names: dict[str, set[str]] = {}
    for receipt in receipts:
        names.setdefault(receipt.gateway, set()).add(receipt.provider_id)
    columns = schema.text_part.c
    texts: dict[tuple[str, str], str] = {}
    for gateway, provider_ids in names.items():
        for piece in chunks(provider_ids - {""}):
            named = sa.select(columns.provider_id, columns.text_id).where(columns.gateway == gateway)
            for row in connection.execute(named.where(columns.provider_id.in_(piece))):
                texts[gateway, row.provider_id] = row.text_id
    found = {}
    for place, receipt in enumerate(receipts):
        text_id = texts.get((receipt.gateway, receipt.provider_id)) or receipt.text_id
        if text_id:
            found[place] = text_id
    return found


def withdrawn(
    connection: Connection, vault: Vault, wanted: Sequence[sa.ColumnElement[bool]], *, now: datetime, why: str
) -> list[OutText]:
    """Withdraw texts that are not out, and the offers nobody has seen; the texts."""
    columns = schema.out_text.c
    text_ids = connection.execute(sa.select(columns.text_id).where(*wanted).with_for_update()).scalars().all()
    after = [
        replace(text, queue=Queue.WITHDRAWN, ended_at=now, why=why)
        for text in in_pieces(connection, vault, TEXTS, "text_id", text_ids)
    ]
    TEXTS.put_all(connection, vault, after)
    tell_offers(connection, vault, after, None)
    return after


def tell_offers(connection: Connection, vault: Vault, texts: Iterable[OutText], open_for: timedelta | None) -> None:
    """What became of texts, told to the offers they carry, where those still wait for it."""
    by_offer = {text.offer_id: text for text in texts if text.offer_id and text.queue in _ENDED}
    found = list(in_pieces(connection, vault, OFFERS, "offer_id", by_offer))
    told = [(offer, _told(offer, by_offer[offer.offer_id], open_for)) for offer in found]
    OFFERS.put_all(connection, vault, [after for before, after in told if after != before])


def _told(offer: TextOffer, text: OutText, open_for: timedelta | None) -> TextOffer:
    if offer.sent_at is not None:
        return offer
    if surely_not_out(text):
        is_open = offer.state is OfferState.OPEN
        return replace(offer, state=OfferState.WITHDRAWN, ended_at=text.ended_at) if is_open else offer
    until = offer.open_until
    if until is None and open_for is not None and text.ended_at is not None:
        until = text.ended_at + open_for
    return replace(offer, sent_at=text.ended_at, open_until=until)


def went(
    connection: Connection, by: str, keys: Collection[Any], since: datetime, besides: Collection[str]
) -> list[Any]:
    """Rows of texts that went since a moment or may have, what failed later among them, with who and when (`at`)."""
    columns = schema.out_text.c
    key = columns[by].label("key")
    found: list[Any] = []
    for piece in chunks(keys):
        told = (columns.purpose, columns.template_id, columns.worker_id, columns.text_id)
        rows = sa.select(key, *told, columns.handed_at.label("at"))
        rows = rows.where(
            columns[by].in_(piece),
            columns.handed_at >= since,
            columns.queue.in_(_HANDED),
        )
        found += connection.execute(rows.order_by(columns.handed_at))
    return [row for row in found if row.text_id not in besides]


def times(found: Iterable[tuple[str, datetime]]) -> Mapping[str, tuple[datetime, ...]]:
    """Key -> moments in the order they come."""
    told: dict[str, list[datetime]] = {}
    for name, at in found:
        told.setdefault(name, []).append(at)
    return {name: tuple(moments) for name, moments in told.items()}


_ENDED: Final = (Queue.DONE, Queue.WITHDRAWN)
