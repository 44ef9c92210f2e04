"""The printer bridge's addresses: /state, /print, and of a simulated printer /simulate/paper."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final, Literal

import msgspec

from matcher.bridges.loopback import Answer, Call, Routes
from matcher.bridges.printer import OK, Printer, Simulated
from matcher.bridges.slip import read_slip

VERSION: Final = 1


class _Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    state: Literal["ok", "paper_low", "paper_out", "error"]


def printer_routes(printer: Printer, simulated: Simulated | None = None) -> Routes:
    """What a printer bridge answers; a real printer has no address that sets its state."""
    asked: dict[tuple[str, str], Any] = {
        ("GET", "/state"): lambda _call: (HTTPStatus.OK, _state(printer.state())),
        ("POST", "/print"): lambda call: _printed(printer, call),
    }
    if simulated is not None:
        asked["POST", "/simulate/paper"] = lambda call: _set(simulated, call)
    return asked


def _state(state: str) -> dict[str, Any]:
    return {"bridge": "printer", "version": VERSION, "state": state}


def _printed(printer: Printer, call: Call) -> Answer:
    state = printer.print(read_slip(call.body))
    return HTTPStatus.OK if state == OK else HTTPStatus.SERVICE_UNAVAILABLE, _state(state)


def _set(simulated: Simulated, call: Call) -> Answer:
    simulated.told = msgspec.json.decode(call.body, type=_Told).state
    return HTTPStatus.OK, _state(simulated.told)
