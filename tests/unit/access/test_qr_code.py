"""QR codes: the modules of another program for one text, and every length read back and error-free."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.services.access import qr_code as qr

# Modules of "https://example.org/12345", level M, as python-qrcode 8 draws them with the mask of least penalty.
DRAWN = (
    0x1FC757F, 0x1041B41, 0x175815D, 0x1754C5D, 0x175A15D, 0x1059E41, 0x1FD557F, 0x11500, 0x17CE87C, 0x7B28A2,
    0xAECF2B, 0x383761, 0x19CDAD7, 0x148852A, 0x16CB27B, 0x16B67F1, 0x17C79F4, 0x11718, 0x1FC8957, 0x105811B,
    0x175CBF4, 0x17536DF, 0x1751A0D, 0x10485B9, 0x1FD08FF,
)  # fmt: skip
MOST = 213


def words_of(grid):
    """The bytes a reader finds: format, mask undone, blocks put in order, each of them a word of its code."""
    side = len(grid)
    layout = qr.LAYOUTS[(side - 17) // 4 - 1]
    told = sum(grid[y][8] << bit for bit, y in enumerate([*range(6), 7, 8, *range(side - 7, side)]))
    level, mask = (told ^ qr.FORMAT_MASK) >> 13, (told ^ qr.FORMAT_MASK) >> 10 & 7
    assert level == qr.LEVEL_M
    held = {at for at, _ in qr._patterns((side - 17) // 4, side)} | {at for at, _ in qr._format_bits(side, 0)}
    bits = "".join(str(int(grid[y][x] ^ qr.MASKS[mask](y, x))) for y, x in qr._zigzag(side) if (y, x) not in held)
    stream = iter(int(bits[at : at + 8], 2) for at in range(0, len(bits) // 8 * 8, 8))
    blocks = [[] for _ in layout.blocks]
    for column in range(max(layout.blocks)):
        for block, length in zip(blocks, layout.blocks, strict=True):
            if column < length:
                block.append(next(stream))
    for _ in range(layout.correction):
        for block in blocks:
            block.append(next(stream))
    for block in blocks:
        assert all(syndrome(block, power) == 0 for power in range(layout.correction))
    return bytes(byte for block, length in zip(blocks, layout.blocks, strict=True) for byte in block[:length])


def syndrome(block, power):
    """The polynomial of a block at 2**power: nought for a word of a Reed-Solomon code."""
    root = 1
    for _ in range(power):
        root = qr._times(root, 2)
    value = 0
    for byte in block:
        value = qr._times(value, root) ^ byte
    return value


def read(grid):
    bits = "".join(f"{byte:08b}" for byte in words_of(grid))
    n_count = 16 if len(grid) >= 17 + 4 * qr.LONG_COUNT_FROM else 8
    assert bits[:4] == "0100"
    n = int(bits[4 : 4 + n_count], 2)
    body = bits[4 + n_count : 4 + n_count + 8 * n]
    return bytes(int(body[at : at + 8], 2) for at in range(0, len(body), 8)).decode()


def test_the_modules_are_those_another_program_draws():
    grid = qr.qr_code("https://example.org/12345")
    assert tuple(int("".join(str(int(dark)) for dark in row), 2) for row in grid) == DRAWN


@pytest.mark.parametrize(
    "length", [0, 1, 14, 15, 26, 27, 42, 43, 62, 63, 84, 85, 106, 107, 122, 123, 152, 153, 180, 181, 213]
)
def test_every_version_is_read_back(length):
    text = ("ABCdef0189:/?=%&" * 14)[:length]
    grid = qr.qr_code(text)
    assert read(grid) == text
    assert all(len(row) == len(grid) for row in grid)


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=60))
def test_any_text_is_read_back(text):
    assert read(qr.qr_code(text)) == text


def test_a_text_too_long_is_refused():
    assert len(qr.qr_code("x" * MOST)) == 57
    with pytest.raises(InvalidInput, match="too many"):
        qr.qr_code("x" * (MOST + 1))


def test_the_path_covers_the_dark_modules_and_nothing_else():
    grid = qr.qr_code("路")
    covered = {
        (int(y), x)
        for start, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", qr.qr_path(grid))
        for x in range(int(start), int(start) + int(width))
    }
    assert covered == {(y, x) for y, row in enumerate(grid) for x, dark in enumerate(row) if dark}
