"""Reads a slip back from the bytes a printer got: its lines with their marks, its QR code, whether it was cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Read:
    """What stands on the paper; `marked` are the lines with (bold, large, centred)."""

    lines: list[str] = field(default_factory=list)
    marked: list[tuple[bool, bool, bool]] = field(default_factory=list)
    qr: str = ""
    cut: bool = False
    bold: bool = False
    large: bool = False
    centred: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def reset(self, _order: bytes) -> None:
        self.bold = self.large = self.centred = False

    def embolden(self, order: bytes) -> None:
        self.bold = bool(order[0] & 1)

    def align(self, order: bytes) -> None:
        self.centred = order[0] == 1

    def enlarge(self, order: bytes) -> None:
        self.large = order[0] == 0x11

    def enlarge_chinese(self, order: bytes) -> None:
        assert (order[0] == 0x0C) == self.large, "Chinese and Latin letters of one size"

    def symbol(self, order: bytes) -> None:
        if order[1:2] == b"P":
            self.qr = order[3:].decode("ascii")

    def sever(self, _order: bytes) -> None:
        self.cut = True

    def end(self, line: bytes) -> None:
        if line:
            self.lines.append(line.decode("gb18030"))
            self.marked.append((self.bold, self.large, self.centred))


ORDERS: dict[bytes, tuple[int, Callable[[Read, bytes], None]]] = {
    b"\x1b@": (0, Read.reset),
    b"\x1c&": (0, lambda *_: None),
    b"\x1bE": (1, Read.embolden),
    b"\x1ba": (1, Read.align),
    b"\x1d!": (1, Read.enlarge),
    b"\x1c!": (1, Read.enlarge_chinese),
    b"\x1dVB": (1, Read.sever),
}
"""An order's first bytes -> how many follow, and what it does."""
LONG = b"\x1d(k"


def read_paper(data: bytes) -> Read:
    """Step through the bytes as a printer does; an order it does not know is an error."""
    read, at, line = Read(), 0, b""
    while at < len(data):
        order = next((order for order in (*ORDERS, LONG) if data.startswith(order, at)), b"")
        if order == LONG:
            begin = at + len(LONG) + 2
            at = begin + int.from_bytes(data[begin - 2 : begin], "little")
            read.symbol(data[begin:at])
        elif order:
            begin, (more, do) = at + len(order), ORDERS[order]
            at = begin + more
            do(read, data[begin:at])
        elif data[at] == ord("\n"):
            read.end(line)
            line, at = b"", at + 1
        else:
            assert data[at] >= 0x20, f"an order nobody knows: {data[at : at + 4]!r}"
            begin, at = at, at + _letter_bytes(data, at)
            line += data[begin:at]
    return read


def _letter_bytes(data: bytes, at: int) -> int:
    """Bytes of the GB18030 character that begins here: 1, 2 or 4."""
    if data[at] < 0x81:
        return 1
    return 4 if 0x30 <= data[at + 1] <= 0x39 else 2
