"""The seals of a signed result: one over its cover, and one for each row under that, with the county's own key.

The cover says which run, how far it was answered and how many rows there are; a row's seal covers the cover's, its
number and every cell, so that a row that was changed, added, left out or brought over from another download is named.
Cells count as the text they show: saving the file again alters nothing. Without the key nobody makes or checks a seal.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec

ROW_SEAL, COVER_SEAL = "行印", "封印"
RUN, UNTIL, N_ROWS = "核对编号", "判断到第几条", "待核对的对数"
N_ALONE: Final = "只在一家的行数"
SIGNATURES: Final = ("甲方签字、日期", "乙方签字、日期")
"""Lines of the cover that are filled in by hand after the seal."""
_BYTES: Final = 16

Cover = Sequence[tuple[str, str]]


def cover_seal(cover: Cover, key: bytes) -> str:
    """Seal over the lines of a cover, label and words, but for the seal itself and what is signed by hand."""
    return _sealed("cover", [list(line) for line in cover if line[0] not in (COVER_SEAL, *SIGNATURES)], key)


def row_seal(cover: str, number: int, cells: Iterable[str], key: bytes) -> str:
    """Seal of a row. cover : seal of the cover it stands under; number : from 1 on."""
    return _sealed("row", [cover, number, list(cells)], key)


def alone_seal(cover: str, number: int, cells: Iterable[str], key: bytes) -> str:
    """Seal of a row one office alone has, numbered by itself: no seal of a pair fits it."""
    return _sealed("alone", [cover, number, list(cells)], key)


def _sealed(kind: str, told: Any, key: bytes) -> str:
    return hmac.new(key, msgspec.json.encode(["signed result", kind, told]), sha256).hexdigest()[: 2 * _BYTES]
