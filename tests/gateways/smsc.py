"""The project's own carrier for tests and benches: an SMPP 3.4 SMSC on the loopback, stdlib alone, no product code.

It binds, checks the 140 octets of a part, joins parts, sends receipts (late, twice, first, never) and replies, and
misbehaves on request: busy, refusing, silent, cutting the line between a submission and its answer.

`python -m tests.gateways.smsc [--receipts N]` prints its port, serves until stdin is closed, then prints how many parts
and whole texts it took.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import socket
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.gateways import smsc_frames as wire
from tests.gateways.smsc_frames import OWN_NUMBER, Part, Text

BIND_REFUSED, TOO_LONG, THROTTLED, QUEUE_FULL, INVALID_NUMBER, NOT_BOUND = 0x0E, 0x01, 0x58, 0x14, 0x0B, 0x04
SILENT, RESET, RESET_BEFORE = -1, -2, -3
"""Verdicts that are no status: no answer; the line is cut after the part was taken, or before it was."""
MOST_OCTETS = 140
PATIENCE_S = 10


@dataclass
class Behaviour:
    """How it serves; may be changed while it does. verdict : status of a part, or SILENT, RESET, RESET_BEFORE.

    receipts : how many of each part; first : receipts go before the answer; window : deliver_sm unanswered at once,
    0 without end; name : what a part is called in its answer and in its receipt, by its number
    """

    password: str = "secret"
    bind_status: int = 0
    verdict: Callable[[Part], int] = lambda part: 0
    receipts: int = 1
    state: str = "DELIVRD"
    error: str = "000"
    first: bool = False
    by_tags: bool = True
    window: int = 0
    answer_name: Callable[[int], str] = str
    receipt_name: Callable[[int], str] = str


@dataclass
class _Line:
    """One connection. unanswered : deliver_sm on it by number, as they were queued."""

    socket: socket.socket
    bound: bool = False
    receives: bool = False
    unanswered: dict[int, bytes] = field(default_factory=dict)
    out: bytearray = field(default_factory=bytearray)


class Smsc:
    """A thread a connection; everything below is shared under one lock, `seen` wakes whoever waits for it."""

    def __init__(self, behaviour: Behaviour | None = None, *, port: int = 0, keep: bool = True) -> None:
        self.behaviour = behaviour or Behaviour()
        self.parts: list[Part] = []
        self.texts: list[Text] = []
        self.n_parts = self.n_texts = self.n_binds = self.n_unbinds = self.n_enquiries = self.n_answered = 0
        self.answers: list[tuple[int, int]] = []
        self._keep = keep
        self._queue: list[bytes] = []
        self._lines: list[_Line] = []
        self._joining: dict[tuple[str, int], dict[int, bytes]] = {}
        self._deliveries = 0
        self._lock = threading.RLock()
        self._seen = threading.Condition(self._lock)
        self._listener = socket.create_server(("127.0.0.1", port), backlog=16)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Smsc:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up on everybody."""
        # A blocked accept only wakes by a shutdown.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def cut(self, *, hard: bool = True) -> None:
        """Cut every line, with a reset if `hard`."""
        with self._lock:
            for line in list(self._lines):
                self._hang_up(line, hard=hard)

    def wait(self, until: Callable[[Smsc], object]) -> None:
        """Until something is so; AssertionError if that takes too long."""
        with self._seen:
            assert self._seen.wait_for(lambda: until(self), PATIENCE_S), "the carrier waited in vain"

    @property
    def n_unanswered(self) -> int:
        """deliver_sm that wait for a session or for their answer."""
        with self._lock:
            return len(self._queue) + sum(len(line.unanswered) for line in self._lines)

    # What phones and the carrier say.

    def reply(self, phone: str, text: str, *, coding: int = 8, form: str = "plain") -> None:
        """A phone writes. form : plain, payload, or udh8, udh16, sar for a long reply in pieces."""
        octets = text.encode(wire.ALPHABETS[coding])
        if form in ("plain", "payload"):
            tags = [(0x0424, octets)] if form == "payload" else []
            self.deliver(phone, OWN_NUMBER, b"" if tags else octets, coding=coding, tags=tags)
            return
        size = 134 if coding == 8 else 153
        pieces = [octets[start : start + size] for start in range(0, len(octets), size)]
        for place, piece in enumerate(pieces, start=1):
            self.deliver_piece(phone, piece, (77, len(pieces), place), coding=coding, form=form)

    def deliver_piece(
        self, phone: str, octets: bytes, of: tuple[int, int, int], *, coding: int = 8, form: str = "udh8"
    ) -> None:
        """One piece of a long reply; of : reference, total, place."""
        said, tags = wire.piece_of(octets, of, form)
        self.deliver(phone, OWN_NUMBER, said, esm_class=0 if tags else 0x40, coding=coding, tags=tags)

    def deliver(
        self,
        source: str,
        destination: str,
        octets: bytes,
        *,
        esm_class: int = 0,
        coding: int = 0,
        tags: list[tuple[int, bytes]] | None = None,
    ) -> None:
        """A deliver_sm as it is given; waits for a session if there is none."""
        body = wire.delivery(source, destination, octets, esm_class, coding, tags or [])
        with self._lock:
            self._queue.append(body)
            self._pump()

    def receipt(self, part: Part, state: str = "", *, tags: bool | None = None) -> None:
        """A receipt of a part, in the state of the behaviour if none is given."""
        how, name = self.behaviour, self.behaviour.receipt_name(part.number + 1)
        said = state or how.state
        with_tags = how.by_tags if tags is None else tags
        fields = [(0x001E, name.encode() + b"\0"), (0x0427, bytes([wire.STATES.get(said, 5)]))] if with_tags else []
        self.deliver(part.phone, part.source, wire.receipt_words(name, said, how.error), esm_class=4, tags=fields)

    def enquire(self) -> None:
        """Ask everybody whether they are there; `n_enquiries` counts what they ask."""
        with self._lock:
            for line in self._lines:
                line.socket.sendall(wire.HEAD.pack(16, wire.ENQUIRE, 0, 900_000))

    # The lines.

    def _accept(self) -> None:
        while True:
            try:
                taken, _ = self._listener.accept()
            except OSError:
                return
            taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = _Line(taken)
            with self._lock:
                self._lines.append(line)
            thread = threading.Thread(target=self._serve, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, line: _Line) -> None:
        buffer = bytearray()
        try:
            while octets := line.socket.recv(1 << 16):
                buffer += octets
                with self._lock:
                    for frame in wire.frames(buffer):
                        if not self._take(line, *frame):
                            return
                    self._pump()
                    for one in list(self._lines):
                        self._flush(one)
                    self._seen.notify_all()
        except OSError:
            pass
        finally:
            with self._lock:
                self._hang_up(line, hard=False)
                self._seen.notify_all()

    def _flush(self, line: _Line) -> None:
        octets, line.out = bytes(line.out), bytearray()
        if octets:
            line.socket.sendall(octets)

    def _hang_up(self, line: _Line, *, hard: bool) -> None:
        """What was not answered on the line waits for the next session."""
        if line not in self._lines:
            return
        self._lines.remove(line)
        self._queue[:0] = line.unanswered.values()
        with contextlib.suppress(OSError):
            self._flush(line)
        with contextlib.suppress(OSError):
            if hard:
                line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # A thread that still reads would keep the socket open: this wakes it.
            line.socket.shutdown(socket.SHUT_RD if hard else socket.SHUT_RDWR)
        line.socket.close()

    def _take(self, line: _Line, command: int, status: int, sequence: int, body: bytes) -> bool:
        """Whether the line stands after a frame."""
        if command in (wire.RECEIVER, wire.TRANSMITTER, wire.TRANSCEIVER):
            self._bind(line, command, sequence, body)
        elif command == wire.SUBMIT:
            return self._submit(line, sequence, body)
        elif command == wire.DELIVER | wire.ANSWER:
            line.unanswered.pop(sequence, None)
            self.n_answered += 1
            self.answers.append((sequence, status))
        elif command == wire.ENQUIRE:
            self.n_enquiries += 1
            self._answer(line, wire.ENQUIRE, 0, sequence)
        elif command == wire.UNBIND:
            self.n_unbinds += 1
            self._answer(line, wire.UNBIND, 0, sequence)
            self._flush(line)
            return False
        elif not command & wire.ANSWER:
            self._answer(line, wire.NACK, 3, sequence)
        return True

    def _answer(self, line: _Line, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        line.out += wire.HEAD.pack(16 + len(body), command | wire.ANSWER, status, sequence) + body

    def _bind(self, line: _Line, command: int, sequence: int, body: bytes) -> None:
        fields = body.split(b"\0")
        status = self.behaviour.bind_status or (0 if fields[1].decode() == self.behaviour.password else BIND_REFUSED)
        line.bound, line.receives = not status, not status and command != wire.TRANSMITTER
        self.n_binds += not status
        self._answer(line, command, status, sequence, b"smsc\0")

    def _submit(self, line: _Line, sequence: int, body: bytes) -> bool:
        part = wire.part_of(self.n_parts, body, self.behaviour.answer_name(self.n_parts + 1))
        self.n_parts += 1
        verdict = self.behaviour.verdict(part)
        if len(part.octets) > MOST_OCTETS:
            verdict = TOO_LONG
        elif not line.bound:
            verdict = NOT_BOUND
        if verdict == RESET_BEFORE:
            self._hang_up(line, hard=True)
            return False
        if verdict > 0:
            self._answer(line, wire.SUBMIT, verdict, sequence)
            return True
        if self.behaviour.first:
            self._receipts(part)
            self._pump()
        if verdict == 0:
            self._answer(line, wire.SUBMIT, 0, sequence, part.name.encode() + b"\0")
        self._keep_part(part)
        if verdict == RESET:
            self._hang_up(line, hard=True)
            return False
        if not self.behaviour.first:
            self._receipts(part)
        return True

    def _receipts(self, part: Part) -> None:
        for _ in range(self.behaviour.receipts if part.registered & 1 else 0):
            self.receipt(part)

    def _keep_part(self, part: Part) -> None:
        reference, total, place = part.place
        if self._keep:
            self.parts.append(part)
        if total == 1:
            self._show(part, part.words, 1)
            return
        pieces = self._joining.setdefault((part.phone, reference), {})
        pieces[place] = part.words
        if len(pieces) == total:
            del self._joining[part.phone, reference]
            self._show(part, b"".join(pieces[n] for n in sorted(pieces)), total)

    def _show(self, part: Part, octets: bytes, n_parts: int) -> None:
        self.n_texts += 1
        if self._keep:
            words = octets.decode("utf-16-be" if part.coding == 8 else "latin-1")
            self.texts.append(Text(part.phone, words, n_parts))

    def _pump(self) -> None:
        """Write what waits to the first line that receives, as far as its window goes."""
        line = next((line for line in self._lines if line.receives), None)
        if line is None:
            return
        own = threading.current_thread() in self._threads
        while self._queue and not (self.behaviour.window and len(line.unanswered) >= self.behaviour.window):
            body = self._queue.pop(0)
            self._deliveries += 1
            line.unanswered[self._deliveries] = body
            line.out += wire.HEAD.pack(16 + len(body), wire.DELIVER, 0, self._deliveries) + body
        if not own:
            with contextlib.suppress(OSError):
                self._flush(line)


def main() -> None:
    """Serve until stdin is closed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--receipts", type=int, default=1)
    options = parser.parse_args()
    with Smsc(Behaviour(receipts=options.receipts), keep=False) as smsc:
        print(smsc.port, flush=True)
        told: dict[str, Any] = {}
        sys.stdin.read()
        told |= {"parts": smsc.n_parts, "texts": smsc.n_texts, "answered": smsc.n_answered}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
