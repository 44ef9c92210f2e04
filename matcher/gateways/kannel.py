"""Kannel's sendsms over HTTP: a request a part, in order, over one kept connection; receipts and replies come as calls
to our own server (`callbacks`)."""

from __future__ import annotations

import select
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import socket
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from matcher.errors import InvalidInput, UsageError
from matcher.gateways.account import Account, Pace
from matcher.gateways.callbacks import GATEWAY, KannelCallbacks
from matcher.gateways.outcomes import NOT_SENT, submitted, untouched
from matcher.messaging.segments import HEADER_OCTETS, encode
from matcher.ports.gateways import Fate, Incoming, Outgoing, Receipt, Submitted, SubmittedPart
from matcher.records.texts import PartState

_DLR_MASK: Final = 31
_TAKEN: Final = frozenset({200, 202})
_COME_AGAIN: Final = frozenset({429, 503})
_LOCKED_OUT: Final = frozenset({401, 403, 404, 407})
"""Not our user, or not the address of sendsms: nobody's number is at fault."""


class _NotTaken(Exception):
    """The part did not go. fate : BUSY, DOWN or REFUSED."""

    def __init__(self, fate: Fate, error: str, retry_after_s: float | None = None) -> None:
        self.fate, self.error, self.retry_after_s = fate, error, retry_after_s
        super().__init__(error)


class _Unanswered(Exception):
    """The part was written and nobody said what became of it."""


class KannelGateway:
    """Kannel keeps what it took on its own disk, so ACCEPTED means that it will try.

    The parts of a text go one after the other; none goes after one that was refused or may have gone. Where the first
    went and the next may come again, that one alone is tried for `patience_s`. After BUSY or DOWN no further text is
    begun.
    """

    name: Final = GATEWAY

    def __init__(self, account: Account, pace: Pace | None = None) -> None:
        self._account, self._pace = account, pace or Pace()
        address = urlsplit(account.address)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise UsageError(
                "Kannel 的地址要写成 http://主机:端口/cgi-bin/sendsms",
                where="MATCHER_SMS_ADDRESS",
                remedy="Set it to the address of sendsms, e.g. http://127.0.0.1:13013/cgi-bin/sendsms.",
            )
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        self._path = address.path or "/cgi-bin/sendsms"
        self._connection = kind(address.hostname, address.port, timeout=self._pace.connect_s)
        self._callbacks = KannelCallbacks(account.key, account)

    def submit(self, texts: Sequence[Outgoing]) -> Iterator[Submitted]:
        """What becomes of each text, one after the other."""
        stopped: Submitted | None = None
        for text in texts:
            if stopped is not None:
                yield untouched(text, stopped.fate, stopped.error, stopped.retry_after_s)
                continue
            told = self._submit(text)
            if told.fate in (Fate.BUSY, Fate.DOWN):
                stopped = told
            yield told

    def receive(self, timeout_s: float = 0.0) -> Iterable[Receipt | Incoming]:
        """Nothing: Kannel calls our server."""
        return ()

    def done(self, items: Iterable[Receipt | Incoming]) -> None:
        """Nothing: the answer of our server to the call says it."""

    def purge(self, before: datetime) -> int:
        """Nothing: texts and replies are kept by us alone."""
        return 0

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _submit(self, text: Outgoing) -> Submitted:
        try:
            octets = encode("".join(text.parts), text.reference)
        except InvalidInput as error:
            return untouched(text, Fate.REFUSED, error.what)
        parts: list[SubmittedPart] = []
        for place, part in enumerate(octets):
            try:
                self._patiently(text, place, part, alone=place == 0)
                parts.append(SubmittedPart(state=PartState.ACCEPTED))
            except _Unanswered:
                parts.append(SubmittedPart(state=PartState.UNKNOWN, error="没有答复"))
                break
            except _NotTaken as refusal:
                if place == 0:
                    return untouched(text, refusal.fate, refusal.error, refusal.retry_after_s)
                why = refusal.error if refusal.fate is Fate.REFUSED else f"{NOT_SENT}：{refusal.error}"
                parts.append(SubmittedPart(state=PartState.FAILED, error=why))
                break
        left_out = SubmittedPart(state=PartState.FAILED, error=NOT_SENT)
        return submitted(text, [*parts, *(left_out for _ in octets[len(parts) :])])

    def _patiently(self, text: Outgoing, place: int, octets: bytes, *, alone: bool) -> None:
        """Send a part; one whose text is partly out is tried again while it may be."""
        end = time.monotonic() + self._pace.patience_s
        while True:
            try:
                return self._send(text, place, octets)
            except _NotTaken as refusal:
                if alone or refusal.fate is Fate.REFUSED or time.monotonic() + self._pace.retry_s > end:
                    raise
            time.sleep(self._pace.retry_s)

    def _send(self, text: Outgoing, place: int, octets: bytes) -> None:
        """One request; raises _NotTaken or _Unanswered unless Kannel took it."""
        self._connect()
        try:
            self._connection.request("GET", f"{self._path}?{self._query(text, place, octets)}")
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise _Unanswered(type(error).__name__) from None
        if answer.status in _TAKEN:
            return
        if answer.status in _COME_AGAIN:
            after = answer.getheader("Retry-After", "")
            raise _NotTaken(Fate.BUSY, "网关忙", float(after) if after.isdigit() else self._pace.back_off_s)
        if answer.status in _LOCKED_OUT:
            raise _NotTaken(Fate.DOWN, f"网关不让发（HTTP {answer.status}）：请核对地址、账号和口令")
        if answer.status >= 500:
            # A proxy answers so when it lost sight of a request that it had passed on.
            raise _Unanswered(f"HTTP {answer.status}")
        raise _NotTaken(Fate.REFUSED, f"HTTP {answer.status}")

    def _connect(self) -> None:
        """Connect unless a connection stands; one that the other side hung up is seen before anything is written."""
        kept: socket | None = self._connection.sock
        if kept is not None and not select.select([kept], [], [], 0)[0]:
            return
        self._connection.close()
        self._connection.timeout = self._pace.connect_s
        try:
            self._connection.connect()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise _NotTaken(Fate.DOWN, f"网关连不上：{reason}", self._pace.back_off_s) from None
        made: socket | None = self._connection.sock
        if made is not None:
            made.settimeout(self._pace.answer_s)

    def _query(self, text: Outgoing, place: int, octets: bytes) -> str:
        alone = len(text.parts) == 1
        fields = {
            "username": self._account.system_id,
            "password": self._account.password,
            "from": self._account.source,
            "to": self._account.wire_number(text.phone),
            "coding": "2",
            "charset": "UTF-16BE",
            "dlr-mask": str(_DLR_MASK),
            "dlr-url": self._callbacks.receipt_address(text.text_id, place),
        }
        header, words = (b"", octets) if alone else (octets[:HEADER_OCTETS], octets[HEADER_OCTETS:])
        udh = f"&udh={quote(header)}" if header else ""
        return f"{urlencode(fields)}{udh}&text={quote(words)}"
