"""What came in over SMPP and is not kept yet, with the answers we owe for it; long replies are joined here."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from matcher.gateways.account import Account, Pace
from matcher.gateways.deliveries import Piece, Word, is_receipt, piece_of, read_delivery, word_of, words_of
from matcher.ports.gateways import Incoming, Receipt

Item = Receipt | Incoming
Owed = tuple[int, int]
"""A deliver_sm that is not answered: which session of ours, and its number there."""
Answer = Callable[[Owed], None]


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
    """

    def __init__(self, account: Account, pace: Pace, gateway: str) -> None:
        self._account, self._pace, self._gateway = account, pace, gateway
        self._items: dict[Item, list[Owed]] = {}
        self._long: dict[tuple[str, str, int], _Long] = {}

    def take(self, owed: Owed, body: bytes, answer: Answer) -> None:
        """A deliver_sm that came in; what nobody can read is answered at once, or it would come for ever."""
        try:
            delivery = read_delivery(body)
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
        for item in items:
            for owed in self._items.pop(item, ()):
                answer(owed)

    def forget_answers(self) -> None:
        """The session is over: nothing of it can be answered, and the carrier says it again in the next."""
        for owed in self._items.values():
            owed.clear()
        for long in self._long.values():
            long.owed.clear()
