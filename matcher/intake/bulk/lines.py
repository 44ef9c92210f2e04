"""Compiled loops over the bytes of a text: whether they are UTF-8, where its lines and their cells stand.

Loops without a branch over slices of a known length become vector instructions; counts within a slice are bytes, so a
slice is shorter than 256.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.machine_code import compiled, inlined

_U8: Any = np.uint8
_I64: Any = np.int64
_Place: Any = np.uint64
"""An index that is surely not negative costs no question whether it counts from the end."""
BLOCK = 64
"""Bytes looked at together."""
_LANE = 240
_LINE_END, _RETURN, _QUOTE = _U8(10), _U8(13), _U8(34)
_ONE: Any = np.uint64(1)
_GATHER: Any = np.uint64(0x0102040810204080)
"""Times this, the lowest bits of eight bytes stand side by side in the highest byte, that of the first byte lowest."""


@compiled
def count_ends(part: Any) -> tuple[int, int, int]:
    """How many line ends, carriage returns and quotes some bytes hold."""
    ends, returns, quotes = 0, 0, 0
    for lo in range(0, len(part), _LANE):
        few = part[lo : lo + _LANE]
        n_ends, n_returns, n_quotes = _U8(0), _U8(0), _U8(0)
        for at in range(len(few)):
            n_ends = _U8(n_ends + _U8(few[at] == _LINE_END))
            n_returns = _U8(n_returns + _U8(few[at] == _RETURN))
            n_quotes = _U8(n_quotes + _U8(few[at] == _QUOTE))
        ends += n_ends
        returns += n_returns
        quotes += n_quotes
    return ends, returns, quotes


@compiled
def utf8_lines(text: Any) -> int:
    """How many line ends stand in text[3:], -1 where a byte of it cannot follow the three before it in strict UTF-8.

    Judged byte by byte without a branch, so that the machine takes many at a time.
    """
    n_lines, bad = 0, _U8(0)
    for lo in range(3, len(text), _LANE):
        few, before = text[lo : lo + _LANE], text[lo - 1 : lo - 1 + _LANE]
        third, fourth = text[lo - 2 : lo - 2 + _LANE], text[lo - 3 : lo - 3 + _LANE]
        n_ends = _U8(0)
        for at in range(len(few)):
            byte, lead = few[at], before[at]
            is_due = (lead >= _U8(0xC2)) | (third[at] >= _U8(0xE0)) | (fourth[at] >= _U8(0xF0))
            wrong = is_due ^ ((byte >= _U8(0x80)) & (byte < _U8(0xC0)))
            wrong |= (byte == _U8(0xC0)) | (byte == _U8(0xC1)) | (byte > _U8(0xF4))
            wrong |= ((lead == _U8(0xE0)) & (byte < _U8(0xA0))) | ((lead == _U8(0xED)) & (byte > _U8(0x9F)))
            wrong |= ((lead == _U8(0xF0)) & (byte < _U8(0x90))) | ((lead == _U8(0xF4)) & (byte > _U8(0x8F)))
            bad = _U8(bad | _U8(wrong))
            n_ends = _U8(n_ends + _U8(byte == _LINE_END))
        n_lines += n_ends
    return -1 if bad else n_lines


@inlined
def _lowest(bits: Any) -> Any:
    """Place of the lowest bit that is set; LLVM knows these steps and makes one instruction of them."""
    below = (bits - _ONE) & ~bits
    below -= (below >> np.uint64(1)) & np.uint64(0x5555555555555555)
    below = (below & np.uint64(0x3333333333333333)) + ((below >> np.uint64(2)) & np.uint64(0x3333333333333333))
    below = (below + (below >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return _I64((below * np.uint64(0x0101010101010101)) >> np.uint64(56))


@inlined
def _separators(body: Any, lo: int, delimiter: Any, flags: Any, words: Any) -> Any:
    """Where delimiters and line ends stand in a block, as bits.

    flags : a block of bytes to work in, words : the same, eight at a time. With one question more the machine takes
    one byte after the other.
    """
    for at in range(BLOCK):
        byte = body[_Place(lo + at)]
        flags[_Place(at)] = _U8(byte == delimiter) | _U8(byte == _LINE_END)
    bits = np.uint64(0)
    for nth in range(BLOCK // 8):
        bits |= ((words[_Place(nth)] * _GATHER) >> np.uint64(56)) << np.uint64(8 * nth)
    return bits


@compiled
def _may_be_none(body: Any, start: int, end: int, delimiter: Any, begins: Any) -> bool:
    """Whether a line may be no record by its first character: one that `begins` says (by code point), or one that is
    neither ASCII nor of U+4000 to U+9FFF, or the apostrophe that stands before a formula."""
    at = start
    while at < end and (body[_Place(at)] == delimiter or body[_Place(at)] <= 32):
        at += 1
    first = _I64(body[_Place(at)])
    may_be = at < end and first >= 0x80
    if may_be and 0xE4 <= first <= 0xE9 and at + 2 < end:
        may_be = begins[_Place(_three(body, at))]
    return may_be or (at < end and first == 39)


@inlined
def _three(body: Any, at: int) -> Any:
    """The character three bytes of UTF-8 make."""
    first, second, third = _I64(body[_Place(at)]), _I64(body[_Place(at + 1)]), _I64(body[_Place(at + 2)])
    return (first & 15) << 12 | (second & 63) << 6 | third & 63


@compiled
def cut(body: Any, delimiter: int, part: tuple[int, int, int], begins: Any, out: Any, told: Any) -> None:
    """Bounds of the cells of whole lines of UTF-8; those beyond the columns of `out` are only counted.

    body : of BLOCK bytes at least, zeros behind a shorter text
    part : where the lines begin and end, and the row of the first; begins : as `_may_be_none` takes it
    told : of each row how many cells it has, and whether it may be no record
    """
    start, hi, row = part
    width, other = told
    mark, flags = _U8(delimiter), np.empty(BLOCK, dtype=np.uint8)
    words = flags.view(np.uint64)
    n_columns, column = out.shape[1] - 1, 0
    for lo in range(start, hi, BLOCK):
        base = max(min(lo, hi - BLOCK), 0)  # the last block begins within the one before
        bits = _separators(body, base, mark, flags, words) >> np.uint64(lo - base)
        while bits != 0:
            at = lo + _lowest(bits)
            bits &= bits - _ONE
            column += 1
            if body[_Place(at)] == mark:
                if column <= n_columns:
                    out[_Place(row), _Place(column)] = at + 1
                continue
            out[_Place(row), 0] = start
            end = at - 1 if at > start and body[_Place(at - 1)] == _RETURN else at
            width[_Place(row)] = 0 if end == start else column
            for rest in range(column, n_columns + 1):
                out[_Place(row), _Place(rest)] = end + 1
            if 0xE4 <= body[_Place(start)] <= 0xE9:  # nearly every line; the call would cost more than all of the above
                other[_Place(row)] = begins[_Place(_three(body, start))]
            else:
                other[_Place(row)] = _may_be_none(body, start, end, mark, begins)
            row, start, column = row + 1, at + 1, 0
