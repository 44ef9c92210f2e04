"""What is kept of text messages, each kind on its shelf, and what the stores of one kind and another share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.errors import NotFound
from matcher.ports.gateways import Receipt
from matcher.records.replies import CallTask, Reply, Return
from matcher.records.texts import Act, NumberMark, OutText, Sending, TextConsent, TextOffer
from matcher.store import texts_schema as schema
from matcher.store.chunks import chunks
from matcher.store.database import Database
from matcher.store.keyholder import Keyholder
from matcher.store.sealing import Vault
from matcher.store.shelf import NumberShelf, Shelf

T = TypeVar("T", bound=msgspec.Struct)

URGENCIES: Final = {"answer": 0, "notice": 1}
"""Purpose -> place in the queue; whatever is not named goes last."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A mark as it is kept: under the keyed hash of its number, without the number."""

    mark_id: str
    phone_index: bytes
    mark: NumberMark


def _columns_of_text(text: OutText) -> dict[str, Any]:
    return {
        "text_id": text.text_id,
        "worker_id": text.worker_id,
        "sending_id": text.sending_id,
        "reply_id": text.reply_id,
        "purpose": text.purpose,
        "template_id": text.template_id,
        "urgency": URGENCIES.get(text.purpose, len(URGENCIES)),
        "queue": text.queue.value,
        "state": text.state.value,
        "n_parts": len(text.parts),
        "created_at": text.created_at,
        "next_at": text.next_at,
        "not_after": text.not_after,
        "lease_until": text.lease_until,
        "ended_at": text.ended_at,
    }


CONSENTS: Final = Shelf(
    schema.text_consent_body,
    TextConsent,
    lambda consent: {"consent_id": consent.consent_id, "worker_id": consent.worker_id},
)
MARKS: Final = Shelf(
    schema.number_mark,
    Mark,
    lambda kept: {
        "mark_id": kept.mark_id,
        "phone_index": kept.phone_index,
        "worker_id": kept.mark.worker_id,
        "at": kept.mark.at,
    },
)
SENDINGS: Final = Shelf(
    schema.text_sending,
    Sending,
    lambda sending: {
        "sending_id": sending.sending_id,
        "created_at": sending.created_at,
        "season": sending.season,
        "state": sending.state.value,
    },
)
TEXTS: Final = NumberShelf(schema.out_text, OutText, _columns_of_text)
EARLY: Final = Shelf(
    schema.early_receipt,
    Receipt,
    lambda receipt: {"gateway": receipt.gateway, "provider_id": receipt.provider_id, "at": receipt.at},
)
OFFERS: Final = NumberShelf(
    schema.text_offer,
    TextOffer,
    lambda offer: {
        "offer_id": offer.offer_id,
        "worker_id": offer.worker_id,
        "sending_id": offer.sending_id,
        "state": offer.state.value,
        "created_at": offer.created_at,
        "open_until": offer.open_until,
        "ended_at": offer.ended_at,
    },
)
REPLIES: Final = NumberShelf(
    schema.text_reply,
    Reply,
    lambda reply: {
        "reply_id": reply.reply_id,
        "worker_id": reply.worker_id,
        "received_at": reply.received_at,
        "act": reply.act.value,
        "unread": reply.act is Act.INBOX and reply.read_at is None,
    },
)
TASKS: Final = Shelf(
    schema.call_task,
    CallTask,
    lambda task: {
        "task_id": task.task_id,
        "worker_id": task.worker_id,
        "broker": task.broker,
        "region_code": task.region_code,
        "due_at": task.due_at,
        "done_at": task.done_at,
    },
)
RETURNS: Final = Shelf(
    schema.return_entry,
    Return,
    lambda entry: {
        "return_id": entry.return_id,
        "worker_id": entry.worker_id,
        "region_code": entry.region_code,
        "returned_on": entry.returned_on,
    },
)
SHELVES: Final[tuple[Shelf[Any], ...]] = (
    CONSENTS,
    MARKS,
    SENDINGS,
    TEXTS,
    EARLY,
    OFFERS,
    REPLIES,
    TASKS,
    RETURNS,
)


class Room:
    """The database and its keys, and what every store of text messages does with them."""

    def __init__(self, database: Database, *, home: Path) -> None:
        self.database = database
        self.home = home
        self._keys = Keyholder(home)

    def close(self) -> None:
        """Give the connections back and forget the keys."""
        self.database.close()
        self._keys.forget()

    @contextmanager
    def _reading(self) -> Iterator[tuple[Connection, Vault]]:
        with self.database.reading() as connection:
            yield connection, self._keys.vault(connection)

    @contextmanager
    def _writing(self) -> Iterator[tuple[Connection, Vault]]:
        with self.database.writing() as connection:
            yield connection, self._keys.vault(connection)

    def _changed(self, shelf: Shelf[T], key: str, change: Callable[[T], T], missing: str) -> T:
        with self._writing() as (connection, vault):
            found = shelf.change(connection, vault, key, change)
        if found is None:
            raise NotFound(missing, where=key)
        return found


def in_pieces(
    connection: Connection, vault: Vault, shelf: Shelf[T], name: str, keys: Collection[Any], *conditions: Any
) -> Iterator[T]:
    """Things of a shelf whose column holds one of the keys, piece by piece."""
    for piece in chunks(dict.fromkeys(keys)):
        yield from shelf.where(connection, vault, shelf.table.c[name].in_(piece), *conditions)


def inside(column: sa.Column[Any], regions: Collection[str]) -> list[sa.ColumnElement[bool]]:
    """The condition that a region code begins with one of the regions; none if none are given."""
    if not regions:
        return []
    return [sa.or_(*(column.startswith(region, autoescape=True) for region in regions))]
