"""What a gateway is opened with: whose port, where, as whom; and how patient its session is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from matcher.errors import UsageError
from matcher.messaging.phones import read_phone
from matcher.messaging.sending import standard_rules

IdForm = Literal["same", "decimal_receipts", "hex_receipts"]
"""How a carrier writes the name of a part in its receipt: as in its answer, in tens where that was hexadecimal, or
the other way round. Older switches do the last two."""


def machine_clock() -> datetime:
    """UTC, timezone-aware, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Everything a gateway has to know of us and of its other side.

    home : folder of outbox and inbox; address : host:port (smpp) or address of sendsms (kannel); source : our number
    (端口号); prefix : stands before a plain number on the wire, e.g. 86; server : where a gateway program reaches our
    own pages; key : signs what it is to bring back; now : the clock of what comes in
    """

    home: Path
    address: str = ""
    system_id: str = ""
    password: str = field(default="", repr=False)
    source: str = ""
    prefix: str = ""
    server: str = ""
    key: bytes = field(default=b"", repr=False)
    id_form: IdForm = "same"
    now: Callable[[], datetime] = machine_clock

    def wire_number(self, phone: str) -> str:
        """A plain number as this carrier wants it."""
        return self.prefix + phone

    def plain_number(self, written: str) -> str:
        """A sender's number as we compare it: plain digits of a mobile number, anything else as it came."""
        patterns = standard_rules().phone
        for one in (written, f"+{written}"):
            _, plain = read_phone(one, patterns)
            if plain:
                return plain
        return written.strip()

    def host_and_port(self) -> tuple[str, int]:
        """The two halves of `address`; raises UsageError if it has not got them."""
        host, _, port = self.address.rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 2**16:
            raise UsageError(
                "短信网关的地址要写成 主机:端口",
                where="MATCHER_SMS_ADDRESS",
                remedy="Set it to host:port as the carrier gave them, e.g. 10.0.0.8:2775.",
            )
        return host.strip("[]"), int(port)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much is under way at once, and how long anything is waited for.

    window : parts written and not yet answered; answer_s : for an answer; connect_s : for a connection and its bind
    enquire_s : silence after which the other side is asked whether it is there; back_off_s, longest_back_off_s : first
    and longest rest before another connection; patience_s : a throttled part of a text that is partly out is tried
    for so long; join_s : a long reply waits so long for its missing pieces, hold_s : a piece is kept unanswered;
    again_s : what was not answered when a session was lost is known when it comes again
    """

    window: int = 20
    answer_s: float = 30.0
    connect_s: float = 10.0
    enquire_s: float = 30.0
    back_off_s: float = 1.0
    longest_back_off_s: float = 60.0
    patience_s: float = 10.0
    retry_s: float = 0.5
    join_s: float = 120.0
    hold_s: float = 1.0
    again_s: float = 600.0
