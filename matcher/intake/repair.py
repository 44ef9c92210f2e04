"""Repairs that are certain: garbled encodings, full-width characters, stray spaces; nothing is guessed.

A repair returns the mended text and what could not be mended, so that both can be shown to the officer.
"""

from __future__ import annotations

import re
import unicodedata

import msgspec

_CP1252_HIGH = bytes(b for b in range(0x80, 0xA0) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)).decode("cp1252")
_TO_LATIN1 = str.maketrans({char: bytes(char, "cp1252").decode("latin-1") for char in _CP1252_HIGH})
_HIGH = f"\u0080-\u00ff{re.escape(_CP1252_HIGH)}"
_SUSPECT = re.compile(f"[{_HIGH}\ufffd]")
_RUN = re.compile(f"[\\x20-\\x7e{_HIGH}]+")
_LATIN1_LETTER = re.compile("[\u00a1-\u00ff]")
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff\u00ad]")
_WIDE_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_SPACE_BESIDE_CJK = re.compile("(?<=[\u3400-\u9fff])\\s+(?=[\u3400-\u9fff])")
_WIDE_ALNUM = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")

_AROUND = 12
_MIN_HANZI = 2
_MIN_GARBLED = 4
_MIN_COMMON_SHARE = 0.9
_MIN_GARBLED_SHARE = 0.6


class Repair(msgspec.Struct, frozen=True):
    """A text after repair; `garbled` tells that an encoding was undone, `lost` holds the parts beyond repair."""

    text: str
    garbled: bool = False
    lost: tuple[str, ...] = ()


def looks_garbled(text: str) -> bool:
    """Whether a character stands in a text that a wrong encoding may have left there."""
    return not text.isascii() and _SUSPECT.search(text) is not None


def undo_garbling(text: str) -> Repair:
    """GBK or UTF-8 text that was read as Latin-1, read again rightly; line by line, only where no byte is missing.

    A run is taken for garbled only if it decodes without an error into at least two Chinese characters of which
    nine in ten are of GB 2312; a run that looks garbled and does not decode is left as it is and reported as lost.
    """
    if not looks_garbled(text):
        return Repair(text)
    lost: list[str] = []
    lines = [_RUN.sub(lambda run: _read_again(run[0], lost), line) for line in text.split("\n")]
    hole = text.find("\ufffd")
    if hole >= 0:
        lost.append(text[max(hole - _AROUND, 0) : hole + _AROUND + 1].replace("\n", " "))
    mended = "\n".join(lines)
    return Repair(mended, mended != text, tuple(lost))


def _read_again(run: str, lost: list[str]) -> str:
    n_high = len(_LATIN1_LETTER.findall(run))
    if n_high < _MIN_GARBLED // 2:
        return run
    try:
        raw = run.translate(_TO_LATIN1).encode("latin-1")
    except UnicodeEncodeError:
        return run
    for encoding in ("utf-8", "gb18030"):
        try:
            candidate = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _reads_as_chinese(candidate):
            return candidate
    if n_high >= _MIN_GARBLED and n_high >= _MIN_GARBLED_SHARE * len(run):
        lost.append(run.strip())
    return run


def _reads_as_chinese(text: str) -> bool:
    others = [char for char in text if not char.isascii()]
    n_hanzi = sum("\u4e00" <= char <= "\u9fff" for char in others)
    n_common = sum(bool(char.encode("gb2312", "ignore")) for char in others)
    return n_hanzi >= _MIN_HANZI and n_common >= _MIN_COMMON_SHARE * len(others)


def tidy_spaces(text: str) -> str:
    """The text without invisible characters and outer spaces; wide spaces become plain ones."""
    if not text.isprintable():
        text = _WIDE_SPACE.sub(" ", _INVISIBLE.sub("", text))
    return text.strip()


def close_up(text: str) -> str:
    """Chinese words closed up: a name padded with spaces (张 三) is the name (张三)."""
    return _SPACE_BESIDE_CJK.sub("", text)


def narrow(text: str) -> str:
    """Full-width digits and letters as plain ones; Chinese punctuation stays."""
    if text.isascii():
        return text
    return _WIDE_ALNUM.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
