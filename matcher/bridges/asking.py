"""How the devices beside this machine are, as their bridges say; for a kiosk's heartbeat, never whose card it is."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException
from typing import Final

import msgspec

from matcher.bridges.door import LOOPBACK
from matcher.bridges.pad import DEAD

ASK_S: Final = 2.0
OK: Final = "ok"
MISSING: Final = "missing"


class _State(msgspec.Struct, frozen=True):
    state: str


def reader_state(port: int, *, origin: str, secret: str) -> str | None:
    """`ok`, or `missing` if the reader or its bridge does not answer; None where no bridge is set."""
    if not port:
        return None
    return MISSING if _asked(port, origin, secret) in (DEAD, MISSING) else OK


def paper_state(port: int, *, origin: str, secret: str) -> str | None:
    """`ok`, `low`, `out`, or `error` if the printer or its bridge does not answer; None where no bridge is set."""
    if not port:
        return None
    return {"ok": OK, "paper_low": "low", "paper_out": "out"}.get(_asked(port, origin, secret), "error")


def _asked(port: int, origin: str, secret: str) -> str:
    line = HTTPConnection(LOOPBACK, port, timeout=ASK_S)
    try:
        line.request("GET", "/state", headers={"Origin": origin, "Authorization": f"Bearer {secret}"})
        answer = line.getresponse()
        body = answer.read()
        return msgspec.json.decode(body, type=_State).state if answer.status == 200 else MISSING
    except (OSError, HTTPException, msgspec.DecodeError):
        return MISSING
    finally:
        line.close()
