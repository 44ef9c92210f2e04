"""Who agreed to texts and who refused, what became known of numbers; a refusal outlives a restore from a backup."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.records.texts import Channel, NumberMark, TextConsent
from matcher.store import texts_schema as schema
from matcher.store.chunks import chunks
from matcher.store.columns import yielding_insert
from matcher.store.refusals_journal import End, Journal, Refusal
from matcher.store.schema import store_mark
from matcher.store.sealing import Vault
from matcher.store.text_shelves import CONSENTS, MARKS, Mark, Room, in_pieces

_REACHED: Final = "refusals"
# Any number will do, as long as every version of the program uses the same one.
_JOURNAL_LOCK: Final = 7_301_121


class Consents(Room):
    """Answers, refusals, marks."""

    def add_consents(self, consents: Collection[TextConsent]) -> int:
        """Append answers, those known by their id already passed over; how many were new.

        A no stands in the journal before the database has it. Of two processes one waits for the other meanwhile, so
        that the journal's order is the database's.
        """
        with self._writing() as (connection, vault):
            refusals = [_refusal(vault, consent) for consent in consents if not consent.agreed]
            if not refusals:
                return _append(connection, vault, consents)
            journal = self._journal(connection, vault)
            known = _known(connection, [refusal.consent_id for refusal in refusals])
            before = journal.end()
            after = journal.append([refusal for refusal in refusals if refusal.consent_id not in known])
            n_new = _append(connection, vault, consents)
            # Somebody died between journal and database: `restore_refusals` still has to read that line.
            if _reached(connection) == before:
                _reach(connection, after)
            return n_new

    def restore_refusals(self) -> int:
        """Append the refusals of the journal that the database lacks (it was restored); how many came back."""
        with self._reading() as (connection, vault):
            if _reached(connection) == Journal(self.home, vault.journal_key).end():
                return 0
        with self._writing() as (connection, vault):
            journal = self._journal(connection, vault)
            lacking = list(journal.since(_reached(connection)))
            known = _known(connection, [refusal.consent_id for refusal in lacking])
            restored = {one.consent_id: one for one in lacking if one.consent_id not in known}
            _insert(connection, vault, [(_consent(one), one.phone_index or None) for one in restored.values()])
            _reach(connection, journal.end())
            return len(restored)

    def consents(self, worker_ids: Collection[str] | None = None) -> Mapping[str, tuple[TextConsent, ...]]:
        """Worker -> answers, oldest first; of who was erased without place, hand and number."""
        log = schema.text_consent.c
        rows = sa.select(log.consent_id, log.worker_id, log.agreed, log.at, log.words, log.channel)
        rows = rows.order_by(log.at, log.seq)
        found: dict[str, list[TextConsent]] = {}
        with self._reading() as (connection, vault):
            if worker_ids is None:
                told = list(connection.execute(rows))
                bodies: Iterable[TextConsent] = CONSENTS.where(connection, vault)
            else:
                told = []
                for piece in chunks(dict.fromkeys(worker_ids)):
                    told += connection.execute(rows.where(log.worker_id.in_(piece)))
                bodies = in_pieces(connection, vault, CONSENTS, "worker_id", worker_ids)
            whole = {consent.consent_id: consent for consent in bodies}
        for row in told:
            found.setdefault(row.worker_id, []).append(whole.get(row.consent_id) or _bare(row))
        return {worker_id: tuple(answers) for worker_id, answers in found.items()}

    def refusals(self, phones: Collection[str]) -> Mapping[str, datetime]:
        """Number -> when it last refused."""
        log = schema.text_consent.c
        found: dict[str, datetime] = {}
        with self._reading() as (connection, vault):
            for piece in chunks(dict.fromkeys(phones)):
                indexes = {vault.phone_index(phone): phone for phone in piece if phone}
                last = sa.select(log.phone_index, sa.func.max(log.at, type_=log.at.type))
                last = last.where(log.phone_index.in_(list(indexes)), log.agreed.is_(sa.false())).group_by(
                    log.phone_index
                )
                found.update((indexes[bytes(index)], at) for index, at in connection.execute(last))
        return found

    def mark_number(self, mark: NumberMark) -> None:
        """Append what became known of a number; said again it is kept once."""
        with self._writing() as (connection, vault):
            index = vault.phone_index(mark.phone)
            bare = msgspec.structs.replace(mark, phone="")
            mark_id = hashlib.sha256(index + msgspec.json.encode(bare)).hexdigest()
            MARKS.add(connection, vault, Mark(mark_id=mark_id, phone_index=index, mark=bare))

    def number_marks(self, phones: Collection[str]) -> Mapping[str, tuple[NumberMark, ...]]:
        """Number -> marks, oldest first."""
        found: dict[str, list[NumberMark]] = {}
        with self._reading() as (connection, vault):
            indexes = {vault.phone_index(phone): phone for phone in phones if phone}
            kept = in_pieces(connection, vault, MARKS, "phone_index", indexes)
            for one in sorted(kept, key=lambda one: one.mark.at):
                phone = indexes[one.phone_index]
                found.setdefault(phone, []).append(msgspec.structs.replace(one.mark, phone=phone))
        return {phone: tuple(marks) for phone, marks in found.items()}

    def _journal(self, connection: Connection, vault: Vault) -> Journal:
        """The journal, for one transaction at a time; on SQLite the transaction alone sees to that."""
        if not self.database.is_sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_JOURNAL_LOCK})")
        return Journal(self.home, vault.journal_key)


def purge_answers(connection: Connection, before: datetime) -> int:
    """Delete answers of before a moment that a later one supersedes; how many.

    After the no of a number a later yes of one person is not enough: others may share the number.
    """
    log, later = schema.text_consent.c, schema.text_consent.alias("later").c
    of_person = sa.exists().where(later.worker_id == log.worker_id, later.at > log.at)
    again = schema.text_consent.alias("again").c
    of_number = sa.exists().where(again.phone_index == log.phone_index, again.agreed.is_(sa.false()), again.at > log.at)
    said_again = sa.and_(of_person, sa.or_(log.agreed.is_(sa.true()), log.phone_index.is_(None), of_number))
    old = connection.execute(sa.select(log.consent_id).where(log.at < before, said_again)).scalars().all()
    for piece in chunks(old):
        connection.execute(sa.delete(schema.text_consent_body).where(CONSENTS.table.c.consent_id.in_(piece)))
        connection.execute(sa.delete(schema.text_consent).where(log.consent_id.in_(piece)))
    return len(old)


def _append(connection: Connection, vault: Vault, consents: Collection[TextConsent]) -> int:
    known = _known(connection, [consent.consent_id for consent in consents])
    new = {consent.consent_id: consent for consent in consents if consent.consent_id not in known}
    _insert(connection, vault, [(one, vault.phone_index(one.phone) if one.phone else None) for one in new.values()])
    return len(new)


def _insert(connection: Connection, vault: Vault, new: Collection[tuple[TextConsent, bytes | None]]) -> None:
    for piece in chunks(new):
        rows = [
            {
                "consent_id": consent.consent_id,
                "worker_id": consent.worker_id,
                "agreed": consent.agreed,
                "at": consent.at,
                "words": consent.words,
                "channel": consent.channel.value,
                "phone_index": index,
            }
            for consent, index in piece
        ]
        connection.execute(sa.insert(schema.text_consent), rows)
        CONSENTS.add_all(connection, vault, [consent for consent, _ in piece])


def _known(connection: Connection, consent_ids: Collection[str]) -> set[str]:
    column = schema.text_consent.c.consent_id
    return {
        known
        for piece in chunks(dict.fromkeys(consent_ids))
        for known in connection.execute(sa.select(column).where(column.in_(piece))).scalars()
    }


def _reached(connection: Connection) -> End:
    """Up to where the database has the journal."""
    mark = store_mark.c
    found = connection.execute(sa.select(mark.value).where(mark.name == _REACHED)).scalar()
    octets, _, digest = (found or "0 start").partition(" ")
    return End(int(octets), digest)


def _reach(connection: Connection, end: End) -> None:
    insert = yielding_insert(connection, store_mark).values(name=_REACHED, value=f"{end.octets} {end.digest}")
    connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": insert.excluded.value}))


def _refusal(vault: Vault, consent: TextConsent) -> Refusal:
    return Refusal(
        consent_id=consent.consent_id,
        worker_id=consent.worker_id,
        at=consent.at,
        words=consent.words,
        where=consent.where,
        channel=consent.channel.value,
        by=consent.by,
        phone_index=vault.phone_index(consent.phone) if consent.phone else b"",
    )


def _consent(refusal: Refusal) -> TextConsent:
    return TextConsent(
        consent_id=refusal.consent_id,
        worker_id=refusal.worker_id,
        agreed=False,
        at=refusal.at,
        words=refusal.words,
        where=refusal.where,
        channel=Channel(refusal.channel),
        by=refusal.by,
    )


def _bare(row: Any) -> TextConsent:
    """What stays of an answer whose person was erased."""
    return TextConsent(
        consent_id=row.consent_id,
        worker_id=row.worker_id,
        agreed=row.agreed,
        at=row.at,
        words=row.words,
        channel=Channel(row.channel),
    )
