"""What Kannel tells our server over HTTP: a receipt or a reply as the query of a call, signed by us beforehand."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode

from matcher.errors import Forbidden, InvalidInput
from matcher.gateways.account import Account
from matcher.gateways.alphabets import decoded
from matcher.gateways.statuses import kannel_word
from matcher.ports.gateways import Incoming, Receipt
from matcher.records.texts import PartState

GATEWAY: Final = "kannel"
RECEIPT_PATH, REPLY_PATH = "/sms/receipt", "/sms/reply"
_STATES: Final = {
    "1": PartState.DELIVERED,
    "2": PartState.FAILED,
    "4": PartState.ACCEPTED,
    "8": PartState.ACCEPTED,
    "16": PartState.FAILED,
    "32": PartState.ACCEPTED,
}
"""Bits of dlr-mask (Kannel user guide, delivery reports): delivered, failed, buffered, accepted by the carrier, refused
by it, on its way."""
_UCS2: Final = 8


class KannelCallbacks:
    """Reads the calls whose addresses `receipt_address` and `reply_address` give out; `key` signs them.

    Kannel calls again until it is answered with 200 to 299, so a call that was read and kept twice is nothing new.
    """

    def __init__(self, key: bytes, account: Account) -> None:
        self._key, self._account = key, account

    def receipt_address(self, text_id: str, place: int) -> str:
        """dlr-url of a part; Kannel puts the state for %d and the carrier's word for %A."""
        name = urlsafe_b64encode(text_id.encode()).decode().rstrip("=")
        signed = {"t": name, "p": place, "s": self._signature(f"{name}\n{place}")}
        return f"{self._account.server}{RECEIPT_PATH}?{urlencode(signed)}&d=%d&a=%A"

    def reply_address(self, server: str) -> str:
        """get-url of the sms-service of Kannel's configuration."""
        return f"{server}{REPLY_PATH}?s={self._signature('reply')}&f=%p&i=%I&c=%c&h=%C&b=%b"

    def receipt(self, query: bytes) -> Receipt:
        """The part and its state: 1 delivered, 2 and 16 failed, 4, 8 and 32 accepted; in any order, perhaps twice."""
        fields = _fields(query)
        name, place = _plain(fields, "t"), _plain(fields, "p")
        self._check(fields, f"{name}\n{place}")
        state = _STATES.get(_plain(fields, "d"))
        if state is None:
            raise InvalidInput("a receipt of no known state", where="d", remedy="Give dlr-url as it was sent.")
        text_id = urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
        word = fields.get("a", b"").decode("utf-8", "replace")[:100]
        error = kannel_word(word) if state is PartState.FAILED else ""
        return Receipt(gateway=GATEWAY, text_id=text_id, part=int(place), state=state, at=self._now(), error=error)

    def reply(self, query: bytes) -> Incoming:
        """The number and the words, raw in UTF-16BE or recoded, by what `h` (charset) and `c` (coding) say."""
        fields = _fields(query)
        self._check(fields, "reply")
        phone = _plain(fields, "f")
        if not phone:
            raise InvalidInput("a reply of nobody", where="f", remedy="Give get-url as the manual has it.")
        text = _words(fields.get("b", b""), _plain(fields, "h").upper(), _plain(fields, "c"))
        name = _plain(fields, "i")
        plain = self._account.plain_number(phone)
        return Incoming(gateway=GATEWAY, message_id=name, phone=plain, text=text, at=self._now())

    @property
    def _now(self) -> Callable[[], datetime]:
        return self._account.now

    def _signature(self, of: str) -> str:
        return hmac.digest(self._key, of.encode(), "sha256").hex()[:32]

    def _check(self, fields: dict[str, bytes], of: str) -> None:
        if not hmac.compare_digest(fields.get("s", b""), self._signature(of).encode()):
            raise Forbidden("a call of no gateway of ours", remedy="Give the addresses as the manual has them.")


def _fields(query: bytes) -> dict[str, bytes]:
    """Fields of a query as octets, whatever they mean: words may be UTF-16 or GB."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=20)
    return {name: value.encode("latin-1") for name, value in pairs}


def _plain(fields: dict[str, bytes], name: str) -> str:
    return fields.get(name, b"").decode("latin-1").strip()


def _words(octets: bytes, charset: str, coding: str) -> str:
    """Charset first; without one UCS-2 for coding 2, and UTF-8 or else the default alphabet for the others."""
    if charset in ("UTF-16BE", "UTF-16", "UCS-2", "UCS2") or (not charset and coding == "2"):
        return decoded(octets, _UCS2)
    # "mo-recode" says UTF-8 also of what it could not recode: raw UTF-16BE of Chinese is never UTF-8.
    for one in filter(None, (charset, "UTF-8")):
        try:
            text = octets.decode(one)
        except (LookupError, UnicodeDecodeError):
            continue
        if coding != "2" or "\0" not in text:
            return text
    return decoded(octets, _UCS2 if coding == "2" else 0)
