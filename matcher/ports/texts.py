"""What the shell asks of the store about text messages: consents, sendings, the outbox, offers, replies, calls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Protocol

from matcher.ports.gateways import Receipt
from matcher.ports.rosters import StoredPlan
from matcher.records.replies import CallTask, Reply, Return
from matcher.records.texts import NumberMark, OutText, Sending, SendingState, TextConsent, TextOffer


class TextStore(Protocol):
    """Every call is one transaction. Numbers and words are sealed; a number is found by its keyed hash alone.

    `phone` is always a mobile number as plain digits (`messaging.phones.read_phone`).
    """

    def close(self) -> None:
        """Give the connections back; the store is not used after it."""

    def working(self) -> AbstractContextManager[None]:
        """Be the one worker of this database meanwhile; raises Conflict if another process is.

        Whoever is killed lets go at once: what a new worker finds leased was in the hands of a dead one.
        """

    # Who agreed, and what is known of numbers.

    def add_consents(self, consents: Collection[TextConsent]) -> int:
        """Append answers, those known by their id already passed over; how many were new.

        A no is written to the refusal journal beside the database first: it outlives a restore from a backup.
        """

    def consents(self, worker_ids: Collection[str] | None = None) -> Mapping[str, tuple[TextConsent, ...]]:
        """Worker -> answers, oldest first; of everybody if no ids are given."""

    def refusals(self, phones: Collection[str]) -> Mapping[str, datetime]:
        """Number -> when it last refused, whoever it came from; numbers that never did are left out."""

    def restore_refusals(self) -> int:
        """Append the refusals of the journal that the database lacks (it was restored); how many came back.

        Cheap where none is missing; called before anything is sent.
        """

    def mark_number(self, mark: NumberMark) -> None:
        """Append what became known of a number."""

    def number_marks(self, phones: Collection[str]) -> Mapping[str, tuple[NumberMark, ...]]:
        """Number -> marks, oldest first."""

    # Sendings and the outbox.

    def add_sending(
        self,
        sending: Sending,
        offers: Collection[TextOffer],
        texts: Collection[OutText],
        *,
        plan: StoredPlan | None = None,
        exposures: Iterable[tuple[str, str]] = (),
    ) -> None:
        """A sending with its offers and texts, the plan it comes from and what it shows: all of it or nothing.

        Raises InvalidInput if the id is taken.
        """

    def sending(self, sending_id: str) -> Sending:
        """A sending by id; raises NotFound."""

    def sendings(self, *, season: str = "", states: Collection[SendingState] = ()) -> list[Sending]:
        """Sendings, newest first."""

    def change_sending(self, sending_id: str, change: Callable[[Sending], Sending]) -> Sending:
        """What `change` makes of a sending, nobody else between; raises NotFound.

        Its held texts are queued when it becomes RELEASED, queued ones are held when it is paused, and both are
        withdrawn with their offers when it is CANCELLED.
        """

    def add_text(self, text: OutText) -> bool:
        """A text outside a sending (an answer, a notice); False and nothing done if its id stands already."""

    def lease(self, n: int, *, by: str, now: datetime, until: datetime) -> list[OutText]:
        """Up to `n` queued texts whose time has come, answers first, now in the hands of `by`; two never get one.

        Of each the lease is written before it is returned: whoever dies with it leaves a text that may have gone.
        A text past its `not_after` is never leased.
        """

    def settle(self, texts: Collection[OutText], *, open_for: timedelta | None = None) -> None:
        """Texts as they stand after a submission; parts are joined with what receipts said meanwhile.

        The offer of a text that is out, or may be, gets the moment (`ended_at`) and, if it has none, the end of its
        window, `open_for` later; the offer of one that surely never goes is withdrawn. A text whose lease was ended
        meanwhile is not brought back to the queue.
        """

    def lapsed(self, now: datetime, *, open_for: timedelta | None = None, every: bool = False) -> list[OutText]:
        """Texts whose lease ended without a word: they may have gone, and are turned into UNKNOWN, never sent again.

        every : whenever it ends; asked by the one worker as it begins, for then whoever had them is dead.
        """

    def expired(self, now: datetime) -> list[OutText]:
        """Texts past their `not_after` that never went: withdrawn with their offers."""

    def wake(self, now: datetime) -> int:
        """Let every queued text be looked at now, whatever its `next_at` (the clock was set back); how many."""

    def join_receipts(self, receipts: Sequence[Receipt], *, keep_from: datetime) -> list[OutText]:
        """Receipts joined with the parts they speak of, in any order and any number of times; the texts they changed.

        One for a name nobody knows is kept: the submission may be settled later. Those of before `keep_from` go.
        """

    def n_early(self) -> int:
        """How many receipts are kept for names nobody knows."""

    def silent(self, before: datetime) -> int:
        """How many texts a carrier took before a moment and said nothing final of since: nobody knows of them."""

    def texts(
        self, *, sending_id: str = "", worker_id: str = "", reply_id: str = "", text_ids: Collection[str] = ()
    ) -> list[OutText]:
        """Texts by what they belong to, oldest first."""

    def change_text(self, text_id: str, change: Callable[[OutText], OutText]) -> OutText:
        """What `change` makes of a text, nobody else between; raises NotFound."""

    def withdraw(self, worker_id: str, *, now: datetime, why: str, purposes: Collection[str] = ()) -> int:
        """Withdraw the texts of a person that are not out yet, with their offers; how many."""

    def sent(
        self, phones: Collection[str], *, since: datetime, besides: Collection[str] = ()
    ) -> Mapping[str, tuple[datetime, ...]]:
        """Number -> when offers went to it (or may have gone) since a moment, oldest first; some texts left out."""

    def sent_to(
        self, worker_ids: Collection[str], *, since: datetime, besides: Collection[str] = ()
    ) -> Mapping[str, tuple[datetime, ...]]:
        """Worker -> the same."""

    def sent_templates(
        self, phones: Collection[str], *, since: datetime, besides: Collection[str] = ()
    ) -> frozenset[tuple[str, str, str]]:
        """(number, template, worker) of texts of every purpose that went or may have gone since a moment."""

    def n_leased(self, *, since: datetime) -> int:
        """How many texts were handed to a gateway since a moment (the daily limit counts them)."""

    def n_queued(self) -> int:
        """How many texts wait for their turn."""

    def text_counts(self, sending_id: str) -> Mapping[tuple[str, str], tuple[int, int]]:
        """(state, purpose) -> texts and parts, of a sending, or of all texts outside sendings for ""."""

    # Offers, replies, calls, returns.

    def offers(
        self,
        *,
        phone: str = "",
        worker_ids: Collection[str] = (),
        sending_id: str = "",
        open_at: datetime | None = None,
    ) -> list[TextOffer]:
        """Offers by number, people or sending, only those that hold seats at a moment if asked; oldest first."""

    def change_offer(self, offer_id: str, change: Callable[[TextOffer], TextOffer]) -> TextOffer:
        """What `change` makes of an offer, nobody else between; raises NotFound."""

    def add_reply(self, reply: Reply, *, confirm: OutText | None = None, tasks: Collection[CallTask] = ()) -> bool:
        """A reply with its confirmation and the calls it asks for, all or nothing; False if the reply is known."""

    def replies(
        self,
        *,
        phone: str = "",
        worker_ids: Collection[str] | None = None,
        unread: bool = False,
        since: datetime | None = None,
    ) -> list[Reply]:
        """Replies, newest first, of these people alone if asked; unread : those a person has to read and nobody has."""

    def n_complaints(self, *, since: datetime) -> int:
        """How many complaints came in since a moment."""

    def change_reply(self, reply_id: str, change: Callable[[Reply], Reply]) -> Reply:
        """What `change` makes of a reply; raises NotFound."""

    def put_tasks(self, tasks: Collection[CallTask]) -> None:
        """Keep calls, those of the same id anew."""

    def tasks(
        self,
        *,
        open_only: bool = False,
        broker: str = "",
        regions: Sequence[str] = (),
        worker_ids: Collection[str] | None = None,
    ) -> list[CallTask]:
        """Calls by when they are due, of a broker, inside regions (leading digits) and of these people if asked."""

    def change_task(self, task_id: str, change: Callable[[CallTask], CallTask]) -> CallTask:
        """What `change` makes of a call; raises NotFound."""

    def put_return(self, entry: Return) -> None:
        """Keep an entry of the return ledger in place of the one of its id."""

    def returns(self, *, regions: Sequence[str] = (), since: date | None = None, worker_id: str = "") -> list[Return]:
        """Entries, newest first."""

    # Keeping and forgetting.

    def forget_person(self, worker_id: str) -> int:
        """Take a person's texts, offers, replies, calls and returns away; how many rows. Refusals of numbers stay."""

    def purge(self, *, texts_before: datetime, consents_before: datetime) -> int:
        """Take away texts, replies and offers that ended before a moment, and answers superseded before another."""
