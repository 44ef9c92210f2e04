"""Compiled loops over a sheet of a workbook as XML: how far its cells reach, whether they are all in the usual form."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.machine_code import compiled

_U8: Any = np.uint8
_LANE = 240
_ROW = np.frombuffer(b'row r="', dtype=np.uint8)


@compiled
def marks(text: Any) -> tuple[int, int, bool]:
    """How often `<c` or `:c` and how often `r=` stand in some text; whether it holds a NUL or an `r` before space."""
    n_cells, n_places, odd = 0, 0, _U8(0)
    for lo in range(0, len(text) - 1, _LANE):
        few = text[lo : min(lo + _LANE, len(text) - 1)]
        after = text[lo + 1 : lo + 1 + _LANE]
        cells, places = _U8(0), _U8(0)
        for at in range(len(few)):
            one, other = few[at], after[at]
            is_r = one == _U8(114)
            is_space = (other == _U8(32)) | ((other >= _U8(9)) & (other <= _U8(13)))
            cells = _U8(cells + _U8(((one == _U8(60)) | (one == _U8(58))) & (other == _U8(99))))
            places = _U8(places + _U8(is_r & (other == _U8(61))))
            odd = _U8(odd | _U8((one == _U8(0)) | (is_r & is_space)))
        n_cells += cells
        n_places += places
    return n_cells, n_places, odd > 0 or (len(text) > 0 and text[-1] == 0)


@compiled
def _place(text: Any, at: int) -> tuple[int, int, int]:
    """Column and row of `AB12"` that begins at a place, three letters and seven digits at most; its end, -1 if none."""
    column, row, start = 0, 0, at
    while at < len(text) and 65 <= text[at] <= 90:
        column = column * 26 + text[at] - 64
        at += 1
    letters, start = at - start, at
    while at < len(text) and 48 <= text[at] <= 57 and at - start < 8:
        row = row * 10 + text[at] - 48
        at += 1
    digits = at - start
    is_place = 1 <= letters <= 3 and 1 <= digits <= 7 and at < len(text) and text[at] == 34
    return column, row, at if is_place else -1


@compiled
def _is_row(text: Any, at: int) -> bool:
    """Whether `row r="` stands at a place."""
    is_so = at + len(_ROW) <= len(text)
    for nth in range(len(_ROW)):
        is_so = is_so and text[at + nth] == _ROW[nth]
    return is_so


@compiled
def spanned(text: Any) -> tuple[int, int, int, int]:
    """How many cells of the usual form stand in a part of a sheet, `<c r="AB12"` or `<x:c r="AB12"`; the last row and
    column any of them stands in; how many rows say where they are."""
    n_cells, n_rows, n_columns, n_told = 0, 0, 0, 0
    for at in range(len(text) - 8):
        if text[at] != 60:
            continue
        here = at + 3 if text[at + 1] == 120 and text[at + 2] == 58 else at + 1
        if text[here] == 114 and _is_row(text, here):
            n_told += 1
        if text[here] != 99 or here + 4 >= len(text):
            continue
        if text[here + 1] != 32 or text[here + 2] != 114 or text[here + 3] != 61 or text[here + 4] != 34:
            continue
        column, row, end = _place(text, here + 5)
        if end > 0:
            n_cells, n_rows, n_columns = n_cells + 1, max(n_rows, row), max(n_columns, column)
    return n_cells, n_rows, n_columns, n_told
