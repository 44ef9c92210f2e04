"""What came in over SMPP and is not kept yet, with the answers we owe for it; long replies are joined here."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from matcher.gateways.account import Account, Pace
from matcher.gateways.deliveries import Piece, Word, is_receipt, piece_of, read_delivery, word_of, words_of
from matcher.ports.gateways import Incoming, Receipt

Item = Receipt | Incoming


class Owed(NamedTuple):
    """A deliver_sm that is not answered: which session of ours, its number there, its octets."""

    session: int
    sequence: int
    body: bytes


Answer = Callable[[Owed], bool]
"""Answers; False if the session of it is over."""


@dataclass(slots=True)
class _Long:
    """A long reply that is not whole: its pieces by place, and of each the answer we owe."""

    began: float
    touched: float
    pieces: dict[int, Piece] = field(default_factory=dict)
    owed: list[Owed] = field(default_factory=list)


class SmppInbox:
    """Every deliver_sm is answered when `done` was called for what it became, so a crash before makes the carrier say
    it again.

    Pieces of a long reply are held in the same way, but only for `hold_s`: a carrier that sends the next piece after
    the answer to this one would wait for ever. A crash in between then loses that piece and no other; what remains is
    told after `join_s` as it is, with …… where words are missing.

    What comes again because the session was lost before it was answered is no second reply: its octets are known for
    `again_s`. So is what was answered in the last `answer_s` before the loss: that answer may have been lost with it.
    """

    def __init__(self, account: Account, pace: Pace, gateway: str) -> None:
        self._account, self._pace, self._gateway = account, pace, gateway
        self._items: dict[Item, list[Owed]] = {}
        self._long: dict[tuple[str, str, int], _Long] = {}
        self._again: dict[bytes, deque[tuple[Item, float]]] = {}
        self._answered: deque[tuple[float, Item, Owed]] = deque()

    def take(self, owed: Owed, answer: Answer) -> None:
        """A deliver_sm that came in; what nobody can read is answered at once, or it would come for ever."""
        known = self._known(owed)
        if known in self._items:
            self._items[known].append(owed)
        elif known is not None:
            answer(owed)
        else:
            self._take_new(owed, answer)

    def _take_new(self, owed: Owed, answer: Answer) -> None:
        try:
            delivery = read_delivery(owed.body)
            word = word_of(delivery, self._account.id_form)
            if word is not None:
                self.put(self._receipt(word), owed)
            elif is_receipt(delivery):
                answer(owed)
            else:
                self._take_piece(piece_of(delivery), owed)
        except ValueError:
            answer(owed)

    def _receipt(self, word: Word) -> Receipt:
        return Receipt(
            gateway=self._gateway,
            provider_id=word.provider_id,
            state=word.state,
            at=self._account.now(),
            error=word.error,
        )

    def put(self, item: Item, *owed: Owed) -> None:
        """Tell this until it is kept, and answer these then."""
        self._items.setdefault(item, []).extend(owed)

    def _take_piece(self, piece: Piece, owed: Owed) -> None:
        if piece.total == 1:
            self.put(self._incoming(piece, words_of({1: piece})), owed)
            return
        key, now = (piece.phone, piece.reference, piece.total), time.monotonic()
        long = self._long.setdefault(key, _Long(began=now, touched=now))
        long.pieces[piece.place] = piece
        long.touched = now
        long.owed.append(owed)
        if len(long.pieces) == piece.total:
            del self._long[key]
            self.put(self._incoming(piece, words_of(long.pieces)), *long.owed)

    def _incoming(self, piece: Piece, text: str) -> Incoming:
        phone = self._account.plain_number(piece.phone)
        return Incoming(gateway=self._gateway, phone=phone, text=text, at=self._account.now())

    def items(self, answer: Answer) -> list[Item]:
        """What is not kept yet, oldest first; pieces held for long enough are answered, or told as they are."""
        now = time.monotonic()
        for key, long in list(self._long.items()):
            if now - long.began >= self._pace.join_s:
                del self._long[key]
                self.put(self._incoming(next(iter(long.pieces.values())), words_of(long.pieces)), *long.owed)
            elif now - long.touched >= self._pace.hold_s:
                for owed in long.owed:
                    answer(owed)
                long.owed.clear()
        return list(self._items)

    def done(self, items: Collection[Item], answer: Answer) -> None:
        """These are kept: the carrier gets its answers."""
        now = time.monotonic()
        while self._answered and now - self._answered[0][0] > self._pace.answer_s:
            self._answered.popleft()
        for item in items:
            for owed in self._items.pop(item, ()):
                if answer(owed):
                    self._answered.append((now, item, owed))
                else:
                    self._expect(item, owed)

    def forget_answers(self) -> None:
        """The session is over: nothing of it can be answered, and the carrier says it again in the next."""
        for item, told in self._items.items():
            for owed in told:
                self._expect(item, owed)
            told.clear()
        since = time.monotonic() - self._pace.answer_s
        for at, item, owed in self._answered:
            if at >= since:
                self._expect(item, owed)
        self._answered.clear()
        for long in self._long.values():
            long.owed.clear()

    def _expect(self, item: Item, owed: Owed) -> None:
        until = time.monotonic() + self._pace.again_s
        self._again.setdefault(owed.body, deque()).append((item, until))

    def _known(self, owed: Owed) -> Item | None:
        """The item a deliver_sm became when it came the first time, if it was not answered then."""
        expected = self._again.get(owed.body)
        while expected:
            item, until = expected.popleft()
            if not expected:
                del self._again[owed.body]
            if until > time.monotonic():
                return item
        return None
