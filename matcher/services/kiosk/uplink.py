"""A kiosk's contact with its server: what waits, how it is, a new pack, and the end; one turn a minute.

Every step may be cut off and is simply made again: a visit is forgotten when the server has it, a pack is replaced
when the new one is proven, and what is to be destroyed is destroyed before the server is told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from matcher.errors import InvalidInput, NotFound, PackRefused, Revoked, SignInNeeded, Unreachable
from matcher.fair_pack import News, news_of
from matcher.ports import Clock
from matcher.ports.kiosk_home import CountyServer, KioskFile, KioskHome
from matcher.records.kiosks import Heartbeat, KioskState

EVERY_S: Final = 60.0
WAITING_S: Final = 5.0
"""While somebody's finished visit waits to be sent."""


class Contact(StrEnum):
    """How a turn ended."""

    NOT_ENROLLED = "not_enrolled"
    OFFLINE = "offline"
    UNKNOWN = "unknown"
    ONLINE = "online"
    TAKEN_OUT = "taken_out"


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one turn.

    n_left : finished visits the server would not read; they stay, and nothing waits for them
    refused : the reason for which a pack was not taken, "" if none was refused
    """

    contact: Contact
    n_sent: int = 0
    n_left: int = 0
    fetched: bool = False
    refused: str = ""
    what: str = ""


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What the machine knows of its devices."""

    version: str = ""
    paper: str | None = None
    reader: str | None = None


def take_turn(
    home: KioskHome, server: Callable[[KioskFile], CountyServer], machine_now: datetime, condition: Condition
) -> Turn:
    """One contact, and what has to be done without one: people of a pack that is over are destroyed.

    machine_now : by the machine's own clock, right or wrong; server : the way to the server of an enrolment
    """
    file = home.enrolment()
    if file is None:
        return Turn(contact=Contact.NOT_ENROLLED)
    way = server(file)
    try:
        if home.is_wiped():
            return _told_out(home, way)
        turn = _in_touch(home, way, machine_now, condition)
    except Revoked as gone:
        home.wipe()
        home.forget()
        return Turn(contact=Contact.TAKEN_OUT, what=gone.what)
    except SignInNeeded as stranger:
        turn = Turn(contact=Contact.UNKNOWN, what=stranger.what)
    except Unreachable as silent:
        turn = Turn(contact=Contact.OFFLINE, what=silent.what)
    if turn.contact is not Contact.TAKEN_OUT:
        _mind_the_clock(home, right_time(home, machine_now))
    return turn


def right_time(home: KioskHome, machine_now: datetime) -> datetime:
    """The time as the server would say it, as far as the kiosk knows."""
    return machine_now - timedelta(seconds=home.clock_off_s())


class RightClock:
    """The clock of a kiosk: the machine's, set right by what the server last said."""

    def __init__(self, home: KioskHome, machine: Clock) -> None:
        self._home = home
        self._machine = machine

    def now(self) -> datetime:
        """UTC, timezone-aware, whole seconds."""
        return right_time(self._home, self._machine.now())


def keep_in_touch(
    turn: Callable[[], Contact], waits: Callable[[], bool], stop: threading.Event, *, every_s: float = EVERY_S
) -> None:
    """Take turns until told to stop: `every_s` apart, sooner where a finished visit waits and the server answers."""
    while True:
        patience = min(every_s, WAITING_S) if turn() is Contact.ONLINE else every_s
        slept = 0.0
        while slept < every_s and not (slept and waits()):
            if stop.wait(patience):
                return
            slept += patience


def _in_touch(home: KioskHome, way: CountyServer, machine_now: datetime, condition: Condition) -> Turn:
    n_sent = _sent(home, way)
    n_left = home.visits.n_ended()
    heading = home.heading()
    answer = way.heartbeat(
        Heartbeat(
            at=machine_now,
            version=condition.version,
            paper=condition.paper,
            reader=condition.reader,
            n_waiting=n_left,
            pack_id=heading.pack_id if heading else "",
            pack_until=heading.expires_at if heading else None,
        )
    )
    home.note_clock(off_s=round((machine_now - answer.at).total_seconds()), seen=answer.at)
    if answer.state == KioskState.WIPING:
        home.wipe()
        return _told_out(home, way)
    if not answer.fetch_pack:
        return Turn(contact=Contact.ONLINE, n_sent=n_sent, n_left=n_left)
    try:
        home.install(way.pack(), right_time(home, machine_now))
    except PackRefused as refused:
        return Turn(contact=Contact.ONLINE, n_sent=n_sent, n_left=n_left, refused=refused.reason, what=refused.what)
    return Turn(contact=Contact.ONLINE, n_sent=n_sent, n_left=n_left, fetched=True)


def _sent(home: KioskHome, way: CountyServer) -> int:
    """Hand over what is over, oldest first; how many. One that the server cannot read stays, the others go on."""
    file = home.enrolment()
    n_sent = 0
    for visit in home.visits.ended(file.enrolment.kiosk_id) if file else ():
        try:
            way.send(visit)
        except (InvalidInput, NotFound):
            continue
        home.visits.forget(visit.visit_id)
        n_sent += 1
    return n_sent


def _told_out(home: KioskHome, way: CountyServer) -> Turn:
    """Everything is destroyed; once the server knows, the secret goes too."""
    way.wiped()
    home.forget()
    return Turn(contact=Contact.TAKEN_OUT)


def _mind_the_clock(home: KioskHome, now: datetime) -> None:
    news = news_of(home.heading(), now, latest=home.latest())
    if news is News.EXPIRED:
        home.drop_people()
    if news is not News.TOO_EARLY:
        home.note_clock(seen=now)
