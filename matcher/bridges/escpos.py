"""Bytes for a thermal printer (ESC/POS, as Epson publishes it; Chinese makers follow it with GB18030 characters)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from matcher.bridges.slip import Printed

ESC, FS, GS = b"\x1b", b"\x1c", b"\x1d"
START: Final = ESC + b"@" + FS + b"&"
"""Reset, then Chinese characters on."""
CUT: Final = GS + b"VB\x00"
"""Feed to the knife and cut."""
ASK_PAPER: Final = b"\x10\x04\x04"
"""DLE EOT 4: the paper sensor's state, one byte, at once."""
PAPER_GONE: Final = 0x60
"""Both bits of the sensor at the end of the paper."""
PAPER_ENDS: Final = 0x0C
"""Both bits of the sensor near the end, where the printer has one."""
_LARGE, _NORMAL = 0x11, 0x00
_LARGE_CHINESE: Final = 0x0C
_QR_DOTS: Final = 6
_QR_MODEL_2, _QR_ECC_M = b"1A2\x00", b"1E1"


def slip_bytes(lines: Iterable[Printed], code: str) -> bytes:
    """A slip from reset to cut: its lines, then `code` as a QR symbol of its own."""
    return b"".join((START, *(_line(line) for line in lines), _aligned(True), _qr(code), b"\n", CUT))


def _line(line: Printed) -> bytes:
    size = _LARGE if line.large else _NORMAL
    chinese = _LARGE_CHINESE if line.large else _NORMAL
    marks = ESC + b"E" + bytes([line.bold]) + GS + b"!" + bytes([size]) + FS + b"!" + bytes([chinese])
    return _aligned(line.centred) + marks + line.text.encode("gb18030", "replace") + b"\n"


def _aligned(centred: bool) -> bytes:
    return ESC + b"a" + bytes([centred])


def _qr(text: str) -> bytes:
    """The printer draws the symbol itself (GS ( k, functions 165, 167, 169, 180, 181)."""
    store = b"1P0" + text.encode("ascii")
    steps = (_QR_MODEL_2, b"1C" + bytes([_QR_DOTS]), _QR_ECC_M, store, b"1Q0")
    return b"".join(GS + b"(k" + len(step).to_bytes(2, "little") + step for step in steps)
