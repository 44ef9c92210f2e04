"""The store of `ports.TextStore`, in the same database as the rosters: each method is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.engine import Connection

from matcher.errors import InvalidInput, NotFound
from matcher.ports import StoredPlan
from matcher.records.replies import CallTask, Reply, Return
from matcher.records.texts import Act, OfferState, OutText, Queue, Sending, SendingState, TextOffer
from matcher.store import answers, text_rows
from matcher.store import texts_schema as schema
from matcher.store.chunks import chunks
from matcher.store.database import BUSY_TIMEOUT_S, Database
from matcher.store.sealing import Vault
from matcher.store.text_consents import Consents, purge_answers
from matcher.store.text_outbox import Outbox
from matcher.store.text_shelves import OFFERS, REPLIES, RETURNS, SENDINGS, TASKS, TEXTS, in_pieces, inside
from matcher.store.text_worker import working


def open_texts(url: str, *, home: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Texts:
    """Text messages in the database that `open_store` of the same URL and home made; nothing is touched before a call.

    The journal of refusals stands in `home`.
    """
    return Texts(Database(url, busy_timeout_s=busy_timeout_s), home=home)


class Texts(Consents, Outbox):
    """Consents, sendings with the outbox, offers, replies, calls, returns."""

    @contextmanager
    def working(self) -> Iterator[None]:
        """Be the one worker of this database meanwhile; Conflict if another process is."""
        with working(self.database):
            yield

    def add_sending(
        self,
        sending: Sending,
        offers: Collection[TextOffer],
        texts: Collection[OutText],
        *,
        plan: StoredPlan | None = None,
        exposures: Iterable[tuple[str, str]] = (),
    ) -> None:
        """A sending with its offers and texts, the plan it comes from and what it shows; InvalidInput if taken."""
        with self._writing() as (connection, vault):
            if not SENDINGS.add(connection, vault, sending):
                raise InvalidInput("a sending of this id is kept already", where=sending.sending_id)
            if plan is not None:
                answers.save_plan(connection, plan, exposures)
            OFFERS.add_all(connection, vault, offers)
            TEXTS.add_all(connection, vault, [text_rows.with_parts(text) for text in texts])

    def sending(self, sending_id: str) -> Sending:
        """A sending by id; NotFound."""
        with self._reading() as (connection, vault):
            found = SENDINGS.find(connection, vault, sending_id)
        if found is None:
            raise NotFound("no sending has this id", where=sending_id)
        return found

    def sendings(self, *, season: str = "", states: Collection[SendingState] = ()) -> list[Sending]:
        """Sendings, newest first."""
        columns = schema.text_sending.c
        wanted: list[sa.ColumnElement[bool]] = [columns.season == season] if season else []
        wanted += [columns.state.in_([state.value for state in states])] if states else []
        with self._reading() as (connection, vault):
            return SENDINGS.where(connection, vault, *wanted, by=("created_at",))[::-1]

    def change_sending(self, sending_id: str, change: Callable[[Sending], Sending]) -> Sending:
        """What `change` makes of a sending; its texts are queued, held or withdrawn with it; NotFound."""
        with self._writing() as (connection, vault):
            before: list[Sending] = []

            def noted(kept: Sending) -> Sending:
                before.append(kept)
                return change(kept)

            after = SENDINGS.change(connection, vault, sending_id, noted)
            if after is None:
                raise NotFound("no sending has this id", where=sending_id)
            if after.state is not before[0].state:
                _move_texts(connection, vault, after)
            return after

    def offers(
        self,
        *,
        phone: str = "",
        worker_ids: Collection[str] = (),
        sending_id: str = "",
        open_at: datetime | None = None,
    ) -> list[TextOffer]:
        """Offers, only those that hold seats at a moment if asked; oldest first."""
        columns = schema.text_offer.c
        wanted: list[sa.ColumnElement[bool]] = [columns.sending_id == sending_id] if sending_id else []
        if open_at is not None:
            running = sa.or_(columns.open_until.is_(None), columns.open_until > open_at)
            wanted += [columns.state == OfferState.OPEN.value, running]
        with self._reading() as (connection, vault):
            if phone:
                wanted.append(columns.phone_index == vault.phone_index(phone))
            if not worker_ids:
                return OFFERS.where(connection, vault, *wanted, by=("created_at",))
            found = in_pieces(connection, vault, OFFERS, "worker_id", worker_ids, *wanted)
            return sorted(found, key=lambda offer: (offer.created_at, offer.offer_id))

    def change_offer(self, offer_id: str, change: Callable[[TextOffer], TextOffer]) -> TextOffer:
        """What `change` makes of an offer; NotFound."""
        return self._changed(OFFERS, offer_id, change, "no offer has this id")

    def add_reply(self, reply: Reply, *, confirm: OutText | None = None, tasks: Collection[CallTask] = ()) -> bool:
        """A reply with its confirmation and the calls it asks for, all or nothing; False if the reply is known."""
        with self._writing() as (connection, vault):
            if not REPLIES.add(connection, vault, reply):
                return False
            if confirm is not None:
                TEXTS.add_all(connection, vault, [text_rows.with_parts(confirm)])
            for task in tasks:
                TASKS.put(connection, vault, task)
            return True

    def replies(
        self,
        *,
        phone: str = "",
        worker_ids: Collection[str] | None = None,
        unread: bool = False,
        since: datetime | None = None,
    ) -> list[Reply]:
        """Replies, newest first."""
        columns = schema.text_reply.c
        wanted: list[sa.ColumnElement[bool]] = [columns.unread.is_(sa.true())] if unread else []
        wanted += [columns.received_at >= since] if since is not None else []
        with self._reading() as (connection, vault):
            if phone:
                wanted.append(columns.phone_index == vault.phone_index(phone))
            if worker_ids is None:
                return REPLIES.where(connection, vault, *wanted, by=("received_at",))[::-1]
            found = in_pieces(connection, vault, REPLIES, "worker_id", worker_ids, *wanted)
            return sorted(found, key=lambda reply: (reply.received_at, reply.reply_id), reverse=True)

    def n_complaints(self, *, since: datetime) -> int:
        """How many complaints came in since a moment."""
        columns = schema.text_reply.c
        wanted = (columns.act == Act.COMPLAINT.value, columns.received_at >= since)
        with self.database.reading() as connection:
            rows = sa.select(sa.func.count()).select_from(schema.text_reply).where(*wanted)
            return int(connection.execute(rows).scalar_one())

    def change_reply(self, reply_id: str, change: Callable[[Reply], Reply]) -> Reply:
        """What `change` makes of a reply; NotFound."""
        return self._changed(REPLIES, reply_id, change, "no reply has this id")

    def put_tasks(self, tasks: Collection[CallTask]) -> None:
        """Keep calls, those of the same id anew."""
        with self._writing() as (connection, vault):
            for task in tasks:
                TASKS.put(connection, vault, task)

    def tasks(
        self,
        *,
        open_only: bool = False,
        broker: str = "",
        regions: Sequence[str] = (),
        worker_ids: Collection[str] | None = None,
    ) -> list[CallTask]:
        """Calls by when they are due."""
        columns = schema.call_task.c
        wanted = inside(columns.region_code, regions)
        wanted += [columns.done_at.is_(None)] if open_only else []
        wanted += [columns.broker == broker] if broker else []
        with self._reading() as (connection, vault):
            if worker_ids is None:
                return TASKS.where(connection, vault, *wanted, by=("due_at",))
            found = in_pieces(connection, vault, TASKS, "worker_id", worker_ids, *wanted)
            return sorted(found, key=lambda task: (task.due_at, task.task_id))

    def change_task(self, task_id: str, change: Callable[[CallTask], CallTask]) -> CallTask:
        """What `change` makes of a call; NotFound."""
        return self._changed(TASKS, task_id, change, "no call has this id")

    def put_return(self, entry: Return) -> None:
        """Keep an entry of the return ledger in place of the one of its id."""
        with self._writing() as (connection, vault):
            RETURNS.put(connection, vault, entry)

    def returns(self, *, regions: Sequence[str] = (), since: date | None = None, worker_id: str = "") -> list[Return]:
        """Entries, newest first."""
        columns = schema.return_entry.c
        wanted = inside(columns.region_code, regions)
        wanted += [columns.returned_on >= since] if since is not None else []
        wanted += [columns.worker_id == worker_id] if worker_id else []
        with self._reading() as (connection, vault):
            return RETURNS.where(connection, vault, *wanted, by=("returned_on",))[::-1]

    def forget_person(self, worker_id: str) -> int:
        """Take a person's texts, offers, replies, calls and returns away; how many rows.

        Answers stay as bare facts (when, yes or no, which words), without place, hand and number.
        """
        with self._writing() as (connection, vault):
            self.database.forget_deleted_pages(connection)
            texts = sa.select(schema.out_text.c.text_id).where(schema.out_text.c.worker_id == worker_id)
            connection.execute(sa.delete(schema.text_part).where(schema.text_part.c.text_id.in_(texts)))
            n_rows = sum(
                connection.execute(sa.delete(table).where(table.c.worker_id == worker_id)).rowcount
                for table in _OF_A_PERSON
            )
            for sending in SENDINGS.where(connection, vault):
                if worker_id in sending.held_people:
                    rest = {one: why for one, why in sending.held_people.items() if one != worker_id}
                    SENDINGS.put(connection, vault, replace(sending, held_people=rest))
                    n_rows += 1
        self.database.checkpoint()
        return n_rows

    def purge(self, *, texts_before: datetime, consents_before: datetime) -> int:
        """Take away texts, replies and offers that ended before a moment, and answers superseded before another."""
        text, reply, offer = schema.out_text.c, schema.text_reply.c, schema.text_offer.c
        with self._writing() as (connection, _):
            self.database.forget_deleted_pages(connection)
            old = connection.execute(sa.select(text.text_id).where(text.ended_at < texts_before)).scalars().all()
            for piece in chunks(old):
                connection.execute(sa.delete(schema.text_part).where(schema.text_part.c.text_id.in_(piece)))
                connection.execute(sa.delete(schema.out_text).where(text.text_id.in_(piece)))
            read = sa.and_(reply.received_at < texts_before, reply.unread.is_(sa.false()))
            n_replies = connection.execute(sa.delete(schema.text_reply).where(read)).rowcount
            over = sa.delete(schema.text_offer).where(offer.ended_at < texts_before)
            n_offers = connection.execute(over).rowcount
            return len(old) + n_replies + n_offers + purge_answers(connection, consents_before)


_OF_A_PERSON = (
    schema.out_text,
    schema.text_offer,
    schema.text_reply,
    schema.call_task,
    schema.return_entry,
    schema.number_mark,
    schema.text_consent_body,
)


def _move_texts(connection: Connection, vault: Vault, sending: Sending) -> None:
    """Bring the texts of a sending in line with its state; those in the hands of a worker or out stay as they are."""
    columns = schema.out_text.c
    own = columns.sending_id == sending.sending_id
    if sending.state is SendingState.CANCELLED:
        at = sending.ended_at or sending.paused_at or sending.created_at
        waiting = columns.queue.in_(text_rows.WAITING)
        text_rows.withdrawn(connection, vault, (own, waiting), now=at, why="cancelled")
        return
    moves = {SendingState.RELEASED: (Queue.HELD, Queue.QUEUED), SendingState.PAUSED: (Queue.QUEUED, Queue.HELD)}
    if sending.state in moves:
        before, after = moves[sending.state]
        # Rows first, their lock with them: a worker may be taking some of them at this moment.
        text_ids = connection.execute(
            sa.select(columns.text_id).where(own, columns.queue == before.value).with_for_update()
        ).scalars()
        texts = list(in_pieces(connection, vault, TEXTS, "text_id", list(text_ids)))
        TEXTS.put_all(connection, vault, [replace(text, queue=after) for text in texts])
