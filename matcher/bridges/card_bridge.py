"""The card bridge's addresses: /state, /events; of a simulated reader /simulate/lay, lift and dead too."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

import msgspec

from matcher.bridges import pad
from matcher.bridges.loopback import Answer, Call, Routes
from matcher.bridges.reader_lines import bring
from matcher.errors import InvalidInput

VERSION: Final = 1
LONGEST_WAIT_S: Final = 20


def card_routes(of: pad.Pad, *, simulate: bool = False) -> Routes:
    """What a card bridge answers. The simulated reader has addresses of its own, a real one has none of them."""
    asked: dict[tuple[str, str], Any] = {
        ("GET", "/state"): lambda _call: _told(of),
        ("GET", "/events"): lambda call: _events(of, call),
    }
    if simulate:
        asked |= {
            ("POST", "/simulate/lay"): lambda call: _lay(of, call),
            ("POST", "/simulate/lift"): lambda _call: _done(of, of.lift),
            ("POST", "/simulate/dead"): lambda _call: _done(of, of.fail),
        }
    return asked


def follow(lines: Iterable[str | bytes], of: pad.Pad) -> None:
    """Bring a reader's lines to the pad beside everything else."""
    threading.Thread(target=bring, args=(lines, of), name="reader", daemon=True).start()


def _told(of: pad.Pad) -> Answer:
    """The state without whose card it is."""
    now = of.now
    return HTTPStatus.OK, {"bridge": "card", "version": VERSION, "seq": now.seq, "state": now.event}


def _events(of: pad.Pad, call: Call) -> Answer:
    """The present state as soon as its number is not `after`; after `wait` seconds without news, that there is none."""
    after, wait_s = _number(call, "after", -1), _number(call, "wait", LONGEST_WAIT_S)
    news = of.wait(after, min(max(wait_s, 0), LONGEST_WAIT_S))
    return HTTPStatus.OK, news if news is not None else {"seq": after, "event": "none"}


def _number(call: Call, name: str, absent: int) -> int:
    text = call.query.get(name, str(absent))
    if len(text) > len("-1000000000") or not text.removeprefix("-").isdecimal():
        raise InvalidInput("no number", where=name, remedy="Give a whole number.")
    return int(text)


def _lay(of: pad.Pad, call: Call) -> Answer:
    """A card beside one that lies there makes two; the same card again is the same card."""
    read = msgspec.json.decode(call.body, type=dict[str, Any])
    now, card = of.now, pad.card_of(read)
    lies = now.event in (pad.LAID, pad.TWO_CARDS)
    if lies and (card is None or card.id_number != now.id_number):
        of.crowd()
    else:
        of.lay(read)
    return _told(of)


def _done(of: pad.Pad, deed: Any) -> Answer:
    deed()
    return _told(of)
