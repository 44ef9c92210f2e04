"""The alphabets a phone's words come in (SMPP 3.4, 5.2.19; 3GPP TS 23.038, 6.2.1; 15 is what carriers in China add)."""

from __future__ import annotations

from typing import Final

_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]",
                    0x40: "|", 0x65: "€"}  # fmt: skip
_ESCAPE: Final = 0x1B
_LAST_GENERAL: Final = 0x3F
_ALPHABET_BITS: Final = 0x0C
_NAMED: Final = {1: "ascii", 3: "latin-1", 8: "utf-16-be", 15: "gb18030"}


def decoded(octets: bytes, coding: int) -> str:
    """The words of a message under its data_coding; octets that mean nothing become U+FFFD, none is left out."""
    if coding in _NAMED:
        return octets.decode(_NAMED[coding], "replace").removeprefix("\ufeff")
    if coding <= _LAST_GENERAL and coding & _ALPHABET_BITS == 8:
        return octets.decode("utf-16-be", "replace").removeprefix("\ufeff")
    return _default(octets)


def _default(octets: bytes) -> str:
    """The default alphabet, an octet a character; above 127 it is no such alphabet, and Latin-1 is what is sent."""
    if any(octet > 0x7F for octet in octets):
        return octets.decode("latin-1")
    told, escaped = [], False
    for octet in octets:
        if escaped:
            told.append(_EXTENDED.get(octet, _BASIC[octet]))
        elif octet != _ESCAPE:
            told.append(_BASIC[octet])
        escaped = octet == _ESCAPE and not escaped
    return "".join(told)
