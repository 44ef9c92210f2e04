"""The outbox: texts leased, settled, joined with receipts, withdrawn; and what went out, counted over plain columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from msgspec.structs import replace

from matcher.ports.gateways import Receipt
from matcher.records.texts import OutText, Part, PartState, Queue, TextState
from matcher.store import text_rows as rows
from matcher.store import texts_schema as schema
from matcher.store.text_joining import joined, settled, with_receipt
from matcher.store.text_shelves import TEXTS, Room, in_pieces

_OFFER: Final = "offer"


class Outbox(Room):
    """Texts on their way."""

    def add_text(self, text: OutText) -> bool:
        """A text outside a sending; False and nothing done if its id stands already."""
        with self._writing() as (connection, vault):
            return TEXTS.add(connection, vault, rows.with_parts(text))

    def lease(self, n: int, *, by: str, now: datetime, until: datetime) -> list[OutText]:
        """Up to `n` texts whose time has come, answers first, now in the hands of `by`; two never get one."""
        columns = schema.out_text.c
        due = (
            sa.select(columns.text_id)
            .where(columns.queue == Queue.QUEUED.value, columns.next_at <= now, columns.not_after > now)
            .order_by(columns.urgency, columns.next_at, columns.text_id)
            .limit(n)
        )
        with self._writing() as (connection, vault):
            # PostgreSQL passes over what another worker is taking; SQLite has one writer at a time.
            text_ids = connection.execute(due.with_for_update(skip_locked=True)).scalars().all()
            found = {text.text_id: text for text in in_pieces(connection, vault, TEXTS, "text_id", text_ids)}
            leased = [
                replace(text, queue=Queue.LEASED, lease_by=by, lease_until=until, n_tries=text.n_tries + 1)
                for text in map(found.__getitem__, text_ids)
            ]
            TEXTS.put_all(connection, vault, leased)
            rows.hand(connection, text_ids, now)
        return leased

    def settle(self, texts: Collection[OutText], *, open_for: timedelta | None = None) -> None:
        """Texts as they stand after a submission, joined with what receipts said meanwhile.

        The offer of a text that is out, or may be, gets the moment and, if it has none, the end of its window,
        `open_for` later; the offer of one that surely never goes is withdrawn.
        """
        with self._writing() as (connection, vault):
            kept = {text.text_id: text for text in rows.locked(connection, vault, [text.text_id for text in texts])}
            after = [settled(kept[text.text_id], text) for text in texts if text.text_id in kept]
            rows.name_parts(connection, after)
            after = rows.with_early(connection, vault, after)
            TEXTS.put_all(connection, vault, after)
            rows.hand(connection, [text.text_id for text in after if rows.surely_not_out(text)], None)
            rows.tell_offers(connection, vault, after, open_for)

    def lapsed(self, now: datetime, *, open_for: timedelta | None = None, every: bool = False) -> list[OutText]:
        """Texts whose lease ended without a word, now UNKNOWN: they may have gone, and are never sent again."""
        columns = schema.out_text.c
        over = sa.select(columns.text_id).where(columns.queue == Queue.LEASED.value)
        over = over if every else over.where(columns.lease_until <= now)
        with self._writing() as (connection, vault):
            text_ids = connection.execute(over.with_for_update()).scalars().all()
            after = [
                replace(
                    text,
                    queue=Queue.DONE,
                    lease_until=None,
                    ended_at=now,
                    parts=tuple(
                        joined(part, Part(state=PartState.UNKNOWN, at=text.lease_until)) for part in text.parts
                    ),
                    why="lapsed",
                )
                for text in in_pieces(connection, vault, TEXTS, "text_id", text_ids)
            ]
            TEXTS.put_all(connection, vault, after)
            rows.tell_offers(connection, vault, after, open_for)
        return after

    def expired(self, now: datetime) -> list[OutText]:
        """Texts that never went and whose time is over, now withdrawn with their offers."""
        columns = schema.out_text.c
        over = (columns.queue.in_(rows.WAITING), columns.not_after <= now)
        with self._writing() as (connection, vault):
            return rows.withdrawn(connection, vault, over, now=now, why="expired")

    def wake(self, now: datetime) -> int:
        """Let every queued text be looked at now, after the clock was set back or nobody worked; how many."""
        columns = schema.out_text.c
        late = sa.select(columns.text_id).where(columns.queue == Queue.QUEUED.value, columns.next_at > now)
        with self._writing() as (connection, vault):
            text_ids = connection.execute(late.with_for_update()).scalars().all()
            after = [replace(text, next_at=now) for text in in_pieces(connection, vault, TEXTS, "text_id", text_ids)]
            TEXTS.put_all(connection, vault, after)
        return len(after)

    def join_receipts(self, receipts: Sequence[Receipt], *, keep_from: datetime) -> list[OutText]:
        """Receipts joined with the parts they speak of; the texts they changed.

        One for a name nobody knows is kept for a submission that is settled later; those of before `keep_from` go.
        """
        with self._writing() as (connection, vault):
            connection.execute(sa.delete(schema.early_receipt).where(schema.early_receipt.c.at < keep_from))
            owners = rows.owners(connection, receipts)
            texts = {text.text_id: text for text in rows.locked(connection, vault, list(owners.values()))}
            before = dict(texts)
            for place, receipt in enumerate(receipts):
                text_id = owners.get(place, "")
                if text_id in texts:
                    texts[text_id] = with_receipt(texts[text_id], receipt)
                elif receipt.provider_id:
                    rows.keep_early(connection, vault, receipt)
            changed = [text for text_id, text in texts.items() if text != before[text_id]]
            TEXTS.put_all(connection, vault, changed)
        return changed

    def n_early(self) -> int:
        """How many receipts wait for a text."""
        with self.database.reading() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(schema.early_receipt)).scalar_one())

    def silent(self, before: datetime) -> int:
        """How many texts a carrier took before a moment and never spoke of since: nobody knows where they are."""
        columns = schema.out_text.c
        told = (TextState.ACCEPTED.value, TextState.PARTLY.value)
        quiet = (columns.queue == Queue.DONE.value, columns.state.in_(told), columns.handed_at < before)
        with self.database.reading() as connection:
            return rows.count(connection, *quiet)

    def texts(
        self, *, sending_id: str = "", worker_id: str = "", reply_id: str = "", text_ids: Collection[str] = ()
    ) -> list[OutText]:
        """Texts by what they belong to, oldest first; all of them if nothing is named."""
        columns = schema.out_text.c
        named = {columns.sending_id: sending_id, columns.worker_id: worker_id, columns.reply_id: reply_id}
        wanted = [column == value for column, value in named.items() if value]
        with self._reading() as (connection, vault):
            if not text_ids:
                return TEXTS.where(connection, vault, *wanted, by=("created_at",))
            found = in_pieces(connection, vault, TEXTS, "text_id", text_ids, *wanted)
            return sorted(found, key=lambda text: (text.created_at, text.text_id))

    def change_text(self, text_id: str, change: Callable[[OutText], OutText]) -> OutText:
        """What `change` makes of a text; NotFound."""
        return self._changed(TEXTS, text_id, change, "no text has this id")

    def withdraw(self, worker_id: str, *, now: datetime, why: str, purposes: Collection[str] = ()) -> int:
        """Withdraw the texts of a person that are not out yet, with their offers; how many."""
        columns = schema.out_text.c
        wanted = [columns.worker_id == worker_id, columns.queue.in_(rows.WAITING)]
        wanted += [columns.purpose.in_(list(purposes))] if purposes else []
        with self._writing() as (connection, vault):
            return len(rows.withdrawn(connection, vault, wanted, now=now, why=why))

    def sent(
        self, phones: Collection[str], *, since: datetime, besides: Collection[str] = ()
    ) -> Mapping[str, tuple[datetime, ...]]:
        """Number -> when offers went to it (or may have gone) since a moment, oldest first."""
        with self._reading() as (connection, vault):
            indexes = {vault.phone_index(phone): phone for phone in phones if phone}
            went = rows.went(connection, "phone_index", indexes, since, besides)
            return rows.times((indexes[bytes(row.key)], row.at) for row in went if row.purpose == _OFFER)

    def sent_to(
        self, worker_ids: Collection[str], *, since: datetime, besides: Collection[str] = ()
    ) -> Mapping[str, tuple[datetime, ...]]:
        """Worker -> the same."""
        with self.database.reading() as connection:
            went = rows.went(connection, "worker_id", worker_ids, since, besides)
            return rows.times((row.key, row.at) for row in went if row.purpose == _OFFER)

    def sent_templates(
        self, phones: Collection[str], *, since: datetime, besides: Collection[str] = ()
    ) -> frozenset[tuple[str, str, str]]:
        """(number, template, worker) of every text that went or may have gone since a moment."""
        with self._reading() as (connection, vault):
            indexes = {vault.phone_index(phone): phone for phone in phones if phone}
            went = rows.went(connection, "phone_index", indexes, since, besides)
            return frozenset((indexes[bytes(row.key)], row.template_id, row.worker_id) for row in went)

    def n_leased(self, *, since: datetime) -> int:
        """How many texts were handed to a gateway since a moment."""
        columns = schema.out_text.c
        with self.database.reading() as connection:
            return rows.count(connection, columns.handed_at >= since)

    def n_queued(self) -> int:
        """How many texts wait for their turn."""
        columns = schema.out_text.c
        with self.database.reading() as connection:
            return rows.count(connection, columns.queue == Queue.QUEUED.value)

    def text_counts(self, sending_id: str) -> Mapping[tuple[str, str], tuple[int, int]]:
        """(state, purpose) -> texts and parts."""
        columns = schema.out_text.c
        by = (columns.state, columns.purpose)
        counted = sa.select(*by, sa.func.count(), sa.func.sum(columns.n_parts)).where(columns.sending_id == sending_id)
        with self.database.reading() as connection:
            found = connection.execute(counted.group_by(*by))
            return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in found}


def _lost(text: OutText, now: datetime) -> OutText:
    """A text nobody tells of any more: its parts may have gone."""
    maybe = Part(state=PartState.UNKNOWN, at=now)
    parts = tuple(joined(part, maybe) for part in text.parts)
    return replace(text, queue=Queue.DONE, lease_until=None, ended_at=now, parts=parts, why="lapsed")
