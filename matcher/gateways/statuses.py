"""Names of the statuses a carrier answers with (SMPP 3.4, 5.1.3): what people and rules know them by."""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = {
    0x01: "ESME_RINVMSGLEN",
    0x02: "ESME_RINVCMDLEN",
    0x03: "ESME_RINVCMDID",
    0x04: "ESME_RINVBNDSTS",
    0x05: "ESME_RALYBND",
    0x08: "ESME_RSYSERR",
    0x0A: "ESME_RINVSRCADR",
    0x0B: "ESME_RINVDSTADR",
    0x0D: "ESME_RBINDFAIL",
    0x0E: "ESME_RINVPASWD",
    0x0F: "ESME_RINVSYSID",
    0x14: "ESME_RMSGQFUL",
    0x15: "ESME_RINVSERTYP",
    0x43: "ESME_RINVESMCLASS",
    0x45: "ESME_RSUBMITFAIL",
    0x48: "ESME_RINVSRCTON",
    0x50: "ESME_RINVDSTTON",
    0x51: "ESME_RINVDSTNPI",
    0x58: "ESME_RTHROTTLED",
    0x61: "ESME_RINVSCHED",
    0x62: "ESME_RINVEXPIRY",
    0x64: "ESME_RX_T_APPN",
    0x65: "ESME_RX_P_APPN",
    0x66: "ESME_RX_R_APPN",
    0xFE: "ESME_RDELIVERYFAILURE",
    0xFF: "ESME_RUNKNOWNERR",
}
_STAT: Final = re.compile(r"\bstat:\s*([^\s]+)", re.IGNORECASE)
_ERROR: Final = re.compile(r"\berr:\s*([^\s]+)", re.IGNORECASE)
_NACK: Final = re.compile(r"^NACK/(0x[0-9a-fA-F]{1,8}|\d{1,10})(?=/|$)")


def status_name(status: int) -> str:
    """ESME_RTHROTTLED; a carrier's own status by its number: 0x00000400."""
    return _NAMES.get(status, f"0x{status:08X}")


def kannel_word(word: str) -> str:
    """A carrier's word as Kannel passes it on, as the carrier's own port would tell it.

    NACK/0x0000000b/... -> the name of the status before it; the text of a receipt -> what stands behind stat: and err:
    """
    refused, receipt = _NACK.match(word), receipt_words(word)
    if refused:
        return f"{status_name(int(refused[1], 0))} {word}"
    return " ".join(filter(None, receipt)) or word


def receipt_words(text: str) -> tuple[str, str]:
    """What a receipt's text says behind stat: (in capitals) and err:, "" where it says nothing."""
    state, error = _STAT.search(text), _ERROR.search(text)
    return state[1].upper() if state else "", error[1] if error else ""
