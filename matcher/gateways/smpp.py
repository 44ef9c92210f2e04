"""A carrier's own port over SMPP 3.4: a window of parts under way, receipts on every part, replies (extra `sms`)."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from matcher.errors import InvalidInput
from matcher.gateways.account import Account, Pace
from matcher.gateways.outcomes import untouched
from matcher.gateways.smpp_flight import Flight, part_of_answer
from matcher.gateways.smpp_inbox import Owed, SmppInbox
from matcher.gateways.smpp_link import ANSWER, DELIVER, ENQUIRE, NACK, SUBMIT, UNBIND, Frame, Link, Lost
from matcher.messaging.segments import encode
from matcher.ports.gateways import Fate, Incoming, Outgoing, Receipt, Submitted, SubmittedPart
from matcher.records.texts import PartState

NAME: Final = "smpp"
_NOT_BOUND, _INVALID_COMMAND = 0x04, 0x03
_UCS2, _HEADER_INDICATOR, _RECEIPT_ALWAYS = 8, 0x40, 1
_INTERNATIONAL, _ISDN = 1, 1


class _Written(NamedTuple):
    """A part that was written: of which flight, its place, when."""

    flight: Flight
    place: int
    at: float


class SmppGateway:
    """One session as transceiver, opened when it is first needed.

    All parts of a text are written at once, in order, so that whoever dies has sent all of them or none; no more than
    `window` parts are unanswered. A throttled part of a text that is otherwise out goes again by itself; a throttled
    text is BUSY, and nothing that was not begun is begun after it. A part whose answer is missing when the session is
    lost, or after `answer_s`, is UNKNOWN; an answer that comes later still is told by `receive`.
    """

    name: Final = NAME

    def __init__(self, account: Account, pace: Pace | None = None) -> None:
        self._account, self._pace = account, pace or Pace()
        self._link = Link(account, self._pace)
        self._inbox = SmppInbox(account, self._pace, NAME)
        self._under_way: dict[int, _Written] = {}
        self._late: dict[int, tuple[str, int]] = {}
        self._asked_at = 0.0
        self._locked_out = False

    def submit(self, texts: Sequence[Outgoing]) -> Iterator[Submitted]:
        """What becomes of each text as soon as it is known; sends while it is read, so read it to its end."""
        waiting, flights = deque(texts), list[Flight]()
        if not waiting:
            return
        try:
            self._link.open()
            while waiting or flights:
                yield from self._launch(waiting, flights)
                self._send_again(flights)
                self._listen(flights)
                for ended in self._ended(flights):
                    yield ended
                    if ended.fate is Fate.BUSY:
                        yield from (untouched(text, Fate.BUSY, ended.error, ended.retry_after_s) for text in waiting)
                        waiting.clear()
        except Lost as lost:
            self._lose()
            while flights:
                yield flights.pop(0).settled(self._pace)
            yield from (untouched(text, Fate.DOWN, str(lost), self._link.rest_s) for text in waiting)
        finally:
            self._keep_for_later(flights)

    def receive(self, timeout_s: float = 0.0) -> Iterable[Receipt | Incoming]:
        """What came in and is not kept, after waiting for more for at most so long (longer where it connects)."""
        try:
            self._link.open()
            wait_s = timeout_s
            while self._read(wait_s):
                wait_s = 0.0
            self._keep_alive()
        except Lost:
            self._lose()
        return self._inbox.items(self._answer)

    def done(self, items: Iterable[Receipt | Incoming]) -> None:
        """These are kept: the carrier gets its answers, or says them again in the next session if this one is lost."""
        self._inbox.done(list(items), self._answer)

    def purge(self, before: datetime) -> int:
        """Nothing: texts and replies are kept by us alone."""
        return 0

    def close(self) -> None:
        """Unbind."""
        self._link.close()
        self._lose()

    def _launch(self, waiting: deque[Outgoing], flights: list[Flight]) -> Iterator[Submitted]:
        """Write whole texts until the window is full, a text wider than it alone; refused are those with no octets.

        Nothing is begun while a part that was throttled waits to go again.
        """
        octets = bytearray()
        while waiting and not any(flight.again_at for flight in flights):
            if self._under_way and len(self._under_way) + len(waiting[0].parts) > self._pace.window:
                break
            text = waiting.popleft()
            try:
                parts = encode("".join(text.parts), text.reference)
            except InvalidInput as error:
                yield untouched(text, Fate.REFUSED, error.what)
                continue
            if len(parts) != len(text.parts):
                yield untouched(text, Fate.REFUSED, f"{len(text.parts)} parts, cut they are {len(parts)}")
                continue
            flights.append(Flight(text, parts, [None] * len(parts)))
            octets += self._frames(flights[-1])
        if octets:
            self._link.write(bytes(octets))

    def _frames(self, flight: Flight) -> bytes:
        """The submit_sm of every part that is not settled, noted as under way before they are written."""
        octets, now = bytearray(), time.monotonic()
        for place in flight.missing():
            one = self._link.request(
                "submit_sm",
                source_addr=self._account.source,
                source_addr_npi=_ISDN,
                dest_addr_ton=_INTERNATIONAL if self._account.prefix else 0,
                dest_addr_npi=_ISDN,
                destination_addr=self._account.wire_number(flight.text.phone),
                esm_class=_HEADER_INDICATOR if len(flight.octets) > 1 else 0,
                registered_delivery=_RECEIPT_ALWAYS,
                data_coding=_UCS2,
                short_message=flight.octets[place],
            )
            self._under_way[one.sequence] = _Written(flight, place, now)
            flight.n_open += 1
            octets += one.generate()
        return bytes(octets)

    def _send_again(self, flights: Iterable[Flight]) -> None:
        """The throttled parts of texts that are otherwise out, when their rest is over."""
        now = time.monotonic()
        for flight in flights:
            if flight.again_at and now >= flight.again_at:
                flight.again_at = 0.0
                self._link.write(self._frames(flight))

    def _listen(self, flights: Iterable[Flight]) -> None:
        """Take what comes until something is answered, overdue, or may go again."""
        now = time.monotonic()
        ends = [flight.again_at for flight in flights if flight.again_at]
        ends += [one.at + self._pace.answer_s for one in self._under_way.values()][:1]
        if not ends:
            return
        self._read(min(ends) - now)
        self._give_up_overdue()
        if self._locked_out and not self._under_way:
            self._link.drop()
            raise Lost("网关说没有登录")

    def _give_up_overdue(self) -> None:
        """Parts without an answer are UNKNOWN; a session in which nothing at all came since is lost."""
        line = time.monotonic() - self._pace.answer_s
        overdue = {sequence: one for sequence, one in self._under_way.items() if one.at <= line}
        for sequence, one in overdue.items():
            del self._under_way[sequence]
            self._settle(one, SubmittedPart(state=PartState.UNKNOWN, error="运营商没有答复"))
            self._late[sequence] = one.flight.text.text_id, one.place
        if any(self._link.heard_at < one.at for one in overdue.values()):
            self._link.drop()
            raise Lost("网关没有答复")

    def _ended(self, flights: list[Flight]) -> Iterator[Submitted]:
        """Texts of which all is known leave the flights."""
        ended = [flight for flight in flights if not flight.waits(self._pace)]
        for flight in ended:
            flights.remove(flight)
            yield flight.settled(self._pace)

    def _keep_for_later(self, flights: Iterable[Flight]) -> None:
        """Whoever reads a submission no further hears by `receive` what became of the parts that were written."""
        for flight in flights:
            for place, part in enumerate(flight.parts):
                if part is not None:
                    self._tell_late(flight.text.text_id, place, part)
        self._late |= {sequence: (one.flight.text.text_id, one.place) for sequence, one in self._under_way.items()}
        self._under_way.clear()

    def _settle(self, one: _Written, part: SubmittedPart | None) -> None:
        one.flight.parts[one.place] = part
        one.flight.n_open -= 1

    def _lose(self) -> None:
        """The session is over: what was written and not answered may have gone."""
        for one in self._under_way.values():
            self._settle(one, SubmittedPart(state=PartState.UNKNOWN, error="连接断了，没有答复"))
        self._under_way.clear()
        self._late.clear()
        self._asked_at, self._locked_out = 0.0, False
        self._inbox.forget_answers()

    def _read(self, wait_s: float) -> bool:
        """Whether frames came and were taken."""
        came = False
        for frame in self._link.frames(wait_s):
            came = True
            self._take(frame)
        return came

    def _take(self, frame: Frame) -> None:
        if frame.command in (SUBMIT | ANSWER, NACK):
            self._take_answer(frame)
        elif frame.command == DELIVER:
            self._inbox.take(Owed(self._link.made, frame.sequence, frame.body), self._answer)
        elif frame.command == ENQUIRE:
            self._link.answer(ENQUIRE, frame.sequence)
        elif frame.command == UNBIND:
            self._link.answer(UNBIND, frame.sequence)
            self._link.drop()
            raise Lost("网关结束了会话")
        elif not frame.command & ANSWER:
            self._link.answer(NACK, frame.sequence, _INVALID_COMMAND)

    def _take_answer(self, frame: Frame) -> None:
        part = part_of_answer(frame.status, frame.body, self._account.id_form)
        if frame.sequence in self._under_way:
            self._settle(self._under_way.pop(frame.sequence), part)
        elif frame.sequence in self._late:
            text_id, place = self._late.pop(frame.sequence)
            self._tell_late(text_id, place, part or SubmittedPart(state=PartState.FAILED, error="运营商忙"))
        self._locked_out |= frame.status == _NOT_BOUND

    def _tell_late(self, text_id: str, place: int, part: SubmittedPart) -> None:
        self._inbox.put(
            Receipt(
                gateway=NAME,
                provider_id=part.provider_id,
                text_id=text_id,
                part=place,
                state=part.state,
                at=self._account.now(),
                error=part.error,
            )
        )

    def _answer(self, owed: Owed) -> bool:
        """Answer a deliver_sm; False if the session it came in is over."""
        if not self._link.up or owed.session != self._link.made:
            return False
        try:
            self._link.answer(DELIVER, owed.sequence, body=b"\0")
        except Lost:
            self._lose()
            return False
        return True

    def _keep_alive(self) -> None:
        """Ask the other side whether it is there after a silence; raises Lost if it does not answer."""
        now = time.monotonic()
        if self._asked_at > self._link.heard_at and now - self._asked_at >= self._pace.answer_s:
            self._link.drop()
            raise Lost("网关没有答复")
        if now - self._link.heard_at >= self._pace.enquire_s and self._asked_at <= self._link.heard_at:
            self._link.write(self._link.request("enquire_link").generate())
            self._asked_at = now
