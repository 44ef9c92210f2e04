"""Octets of SMPP 3.4 as the carrier of the tests reads and writes them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

HEAD = struct.Struct(">IIII")
ANSWER = 0x80000000
RECEIVER, TRANSMITTER, SUBMIT, DELIVER, UNBIND, TRANSCEIVER, ENQUIRE, NACK = 1, 2, 4, 5, 6, 9, 0x15, ANSWER
OWN_NUMBER = "106900001"
STATES = {"ENROUTE": 1, "DELIVRD": 2, "EXPIRED": 3, "UNDELIV": 5, "ACCEPTD": 6, "UNKNOWN": 7, "REJECTD": 8}
ALPHABETS = {0: "latin-1", 8: "utf-16-be", 15: "gb18030"}


class Part(NamedTuple):
    """A submit_sm. number : how many came before it, the refused ones among them; name : what it was called."""

    number: int
    source: str
    phone: str
    esm_class: int
    registered: int
    coding: int
    octets: bytes
    name: str

    @property
    def place(self) -> tuple[int, int, int]:
        """Reference, total, place of its header; (-1, 1, 1) if it stands alone."""
        if not self.esm_class & 0x40:
            return -1, 1, 1
        return self.octets[3], self.octets[4], self.octets[5]

    @property
    def words(self) -> bytes:
        """Its octets behind the header."""
        return self.octets[self.octets[0] + 1 :] if self.esm_class & 0x40 else self.octets


class Text(NamedTuple):
    """A text as the phone shows it when its last part is there."""

    phone: str
    text: str
    n_parts: int


def frames(buffer: bytearray) -> Iterator[tuple[int, int, int, bytes]]:
    """Command, status, sequence, body of every whole frame in a buffer, which keeps the rest."""
    while len(buffer) >= HEAD.size:
        length, command, status, sequence = HEAD.unpack_from(buffer)
        if len(buffer) < length:
            return
        body = bytes(buffer[16:length])
        del buffer[:length]
        yield command, status, sequence, body


def part_of(number: int, body: bytes, name: str) -> Part:
    """The part a submit_sm brings."""
    at = body.index(0) + 3
    end = body.index(0, at)
    source, at = body[at:end].decode(), end + 3
    end = body.index(0, at)
    phone, esm_class, at = body[at:end].decode(), body[end + 1], end + 4
    at = body.index(0, at) + 1
    at = body.index(0, at) + 1
    registered, coding, length = body[at], body[at + 2], body[at + 4]
    return Part(number, source, phone, esm_class, registered, coding, body[at + 5 : at + 5 + length], name)


def delivery(
    source: str, destination: str, octets: bytes, esm_class: int, coding: int, tags: list[tuple[int, bytes]]
) -> bytes:
    """The body of a deliver_sm."""
    return (
        # A number in its own country is of no known type, else another gateway puts a plus before it.
        b"\0" + (b"\1" if source.startswith("86") else b"\0") + b"\1" + source.encode() + b"\0"
        + b"\0\1" + destination.encode() + b"\0"
        + bytes([esm_class, 0, 0]) + b"\0\0" + bytes([0, 0, coding, 0, len(octets)]) + octets
        + b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in tags)
    )  # fmt: skip


def piece_of(octets: bytes, of: tuple[int, int, int], form: str) -> tuple[bytes, list[tuple[int, bytes]]]:
    """One piece of a long reply, with its header or beside its tags; of : reference, total, place."""
    reference, total, place = of
    if form == "sar":
        return octets, [(0x020C, struct.pack(">H", reference)), (0x020E, bytes([total])), (0x020F, bytes([place]))]
    wide = form == "udh16"
    header = b"\x06\x08\x04" + struct.pack(">H", reference) if wide else b"\x05\x00\x03" + bytes([reference])
    return header + bytes([total, place]) + octets, []


def receipt_words(name: str, state: str, error: str) -> bytes:
    """What a receipt says of a part of that name."""
    dates = "submit date:2611210000 done date:2611210001"
    return f"id:{name} sub:001 dlvrd:001 {dates} stat:{state} err:{error} text:".encode()
