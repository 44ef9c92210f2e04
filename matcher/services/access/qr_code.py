"""A text as a QR code: bytes, error correction M, versions 1 to 10 (ISO/IEC 18004:2015).

A code is square: rows of booleans, True is dark, without the quiet zone that has to stand around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise, product
from typing import Final, NamedTuple

from matcher.errors import InvalidInput

Grid = list[list[bool]]
BYTE_MODE: Final = 0b0100
PADDING: Final = (0xEC, 0x11)
FIELD: Final = 0x11D
"""x^8 + x^4 + x^3 + x^2 + 1, modulo which the bytes of a code are multiplied."""
FORMAT_GENERATOR, FORMAT_MASK, VERSION_GENERATOR = 0x537, 0x5412, 0x1F25
LEVEL_M: Final = 0b00
TIMING: Final = 6
LONG_COUNT_FROM: Final = 10
VERSION_SHOWN_FROM: Final = 7


class Layout(NamedTuple):
    """A version at level M. correction : bytes of it a block; blocks : data bytes of each; centres : of alignment"""

    correction: int
    blocks: tuple[int, ...]
    centres: tuple[int, ...]


LAYOUTS: Final = (
    Layout(10, (16,), ()),
    Layout(16, (28,), (6, 18)),
    Layout(26, (44,), (6, 22)),
    Layout(18, (32,) * 2, (6, 26)),
    Layout(24, (43,) * 2, (6, 30)),
    Layout(16, (27,) * 4, (6, 34)),
    Layout(18, (31,) * 4, (6, 22, 38)),
    Layout(22, (38,) * 2 + (39,) * 2, (6, 24, 42)),
    Layout(22, (36,) * 3 + (37,) * 2, (6, 26, 46)),
    Layout(26, (43,) * 4 + (44,), (6, 28, 50)),
)
"""Tables 7, 9 and E.1 of the standard."""
MASKS: Final[tuple[Callable[[int, int], bool], ...]] = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, _: y % 2 == 0,
    lambda _, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)


def qr_code(text: str) -> Grid:
    """The code of a text, UTF-8, in the smallest version that holds it. InvalidInput for a text too long for all."""
    data = text.encode()
    for version, layout in enumerate(LAYOUTS, start=1):
        head = 4 + (16 if version >= LONG_COUNT_FROM else 8)
        if head + 8 * len(data) <= 8 * sum(layout.blocks):
            return _drawn(version, _interleaved(_padded(data, head, sum(layout.blocks)), layout))
    raise InvalidInput(f"{len(data)} bytes are too many for a code", where="qr_code")


def qr_path(grid: Grid) -> str:
    """The dark modules as one path of SVG in units of a module: a run of each row is one rectangle."""
    return "".join(
        f"M{start} {y}h{end - start}v1h-{end - start}z" for y, row in enumerate(grid) for start, end in _runs(row)
    )


def _runs(row: list[bool]) -> Iterator[tuple[int, int]]:
    start = -1
    for x, dark in enumerate([*row, False]):
        if dark and start < 0:
            start = x
        elif not dark and start >= 0:
            yield start, x
            start = -1


def _padded(data: bytes, head: int, n_bytes: int) -> bytes:
    """Mode, count, data, terminator and padding: the data bytes of a version."""
    bits = f"{BYTE_MODE:04b}{len(data):0{head - 4}b}" + "".join(f"{byte:08b}" for byte in data)
    bits += "0" * min(4, 8 * n_bytes - len(bits))
    bits += "0" * (-len(bits) % 8)
    body = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    return body + bytes(PADDING[at % 2] for at in range(n_bytes - len(body)))


def _interleaved(data: bytes, layout: Layout) -> list[int]:
    """Blocks with their correction, column by column."""
    blocks, at = [], 0
    for length in layout.blocks:
        blocks.append(data[at : at + length])
        at += length
    corrections = [_correction(block, layout.correction) for block in blocks]
    mixed = [block[column] for column in range(max(layout.blocks)) for block in blocks if column < len(block)]
    return mixed + [correction[column] for column in range(layout.correction) for correction in corrections]


@cache
def _powers() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Powers of 2 in the field, and their logarithms."""
    powers, logarithms, value = [], [0] * 256, 1
    for exponent in range(255):
        powers.append(value)
        logarithms[value] = exponent
        value = value << 1 ^ (FIELD if value & 0x80 else 0)
    return tuple(powers), tuple(logarithms)


def _times(left: int, right: int) -> int:
    powers, logarithms = _powers()
    return powers[(logarithms[left] + logarithms[right]) % 255] if left and right else 0


@cache
def _generator(degree: int) -> tuple[int, ...]:
    """Coefficients of (x - 1)(x - 2)(x - 4)..., the leading one left out."""
    found = [0] * (degree - 1) + [1]
    root = 1
    for _ in range(degree):
        found = [_times(one, root) ^ following for one, following in pairwise([*found, 0])]
        root = _times(root, 2)
    return tuple(found)


def _correction(data: bytes, degree: int) -> list[int]:
    """Reed-Solomon remainder of a block."""
    rest = [0] * degree
    for byte in data:
        factor = byte ^ rest.pop(0)
        rest.append(0)
        rest = [one ^ _times(part, factor) for one, part in zip(rest, _generator(degree), strict=True)]
    return rest


def _drawn(version: int, words: list[int]) -> Grid:
    """The grid of the mask with the least penalty."""
    side = 17 + 4 * version
    fixed: dict[tuple[int, int], bool] = dict(_patterns(version, side))
    held = {*fixed, *(at for at, _ in _format_bits(side, 0))}
    bits = (bool(word >> bit & 1) for word in words for bit in range(7, -1, -1))
    data = {at: next(bits, False) for at in _zigzag(side) if at not in held}
    drawn = []
    for number, mask in enumerate(MASKS):
        dark = fixed | {at: bit ^ mask(*at) for at, bit in data.items()} | dict(_format_bits(side, number))
        drawn.append([[dark[y, x] for x in range(side)] for y in range(side)])
    return min(drawn, key=penalty)


def _patterns(version: int, side: int) -> Iterator[tuple[tuple[int, int], bool]]:
    """Timing, alignment, finders with their light border, the dark module, and the version where it is shown."""
    for at in range(side):
        yield (TIMING, at), at % 2 == 0
        yield (at, TIMING), at % 2 == 0
    centres = LAYOUTS[version - 1].centres
    ends = {6, side - 7}
    for y, x in product(centres, repeat=2):
        if not {y, x} <= ends or (y, x) == (side - 7, side - 7):
            yield from _rings((y, x), 2, side)
    for centre in ((3, 3), (3, side - 4), (side - 4, 3)):
        yield from _rings(centre, 4, side)
    yield (side - 8, 8), True
    if version >= VERSION_SHOWN_FROM:
        told = version << 12 | _remainder(version << 12, VERSION_GENERATOR)
        for bit in range(18):
            y, x = bit // 3, side - 11 + bit % 3
            yield (y, x), bool(told >> bit & 1)
            yield (x, y), bool(told >> bit & 1)


def _rings(centre: tuple[int, int], reach: int, side: int) -> Iterator[tuple[tuple[int, int], bool]]:
    """Squares around a centre: every ring is dark but those at distance 2 and 4, of an alignment that at 1."""
    light = (2, 4) if reach == 4 else (1,)
    for dy, dx in product(range(-reach, reach + 1), repeat=2):
        at = (centre[0] + dy, centre[1] + dx)
        if min(at) >= 0 and max(at) < side:
            yield at, max(abs(dy), abs(dx)) not in light


def _format_bits(side: int, mask: int) -> Iterator[tuple[tuple[int, int], bool]]:
    """Level and mask, written twice beside the finders."""
    told = (LEVEL_M << 3 | mask) << 10
    told = (told | _remainder(told, FORMAT_GENERATOR)) ^ FORMAT_MASK
    down = [*range(6), 7, 8, *range(side - 7, side)]
    across = [*range(side - 1, side - 9, -1), 7, *range(5, -1, -1)]
    for bit, (y, x) in enumerate(zip(down, across, strict=True)):
        yield (y, 8), bool(told >> bit & 1)
        yield (8, x), bool(told >> bit & 1)


def _remainder(value: int, generator: int) -> int:
    """Of a division without carry, which the codes of format and version are."""
    while value.bit_length() >= generator.bit_length():
        value ^= generator << (value.bit_length() - generator.bit_length())
    return value


def _zigzag(side: int) -> Iterator[tuple[int, int]]:
    """Two columns at a time from the right, up and down in turn; the column of the timing is left out."""
    columns = [x for x in range(side) if x != TIMING][::-1]
    for turn, at in enumerate(range(0, len(columns), 2)):
        rows = range(side) if turn % 2 else range(side - 1, -1, -1)
        yield from ((y, x) for y in rows for x in columns[at : at + 2])


def penalty(grid: Grid) -> int:
    """How hard a code is to read (7.8.3): long runs, blocks of one colour, likenesses of finders, too much of one."""
    lines = ["".join("1" if dark else "0" for dark in row) for row in (*grid, *zip(*grid, strict=True))]
    total = sum(_of_runs(line) + _of_finders(line) for line in lines)
    for above, below in pairwise(grid):
        total += 3 * sum(above[x] == above[x + 1] == below[x] == below[x + 1] for x in range(len(above) - 1))
    n_dark, n_all = sum(map(sum, grid)), len(grid) ** 2
    return total + 10 * (abs(20 * n_dark - 10 * n_all) // n_all)


def _of_runs(line: str) -> int:
    lengths = [len(run) for run in line.replace("10", "1 0").replace("01", "0 1").split(" ")]
    return sum(length - 2 for length in lengths if length >= 5)


def _of_finders(line: str) -> int:
    """40 for each dark-light 1:1:3:1:1 with four light modules on a side."""
    at = range(len(line) - 10)
    return 40 * sum(line[x : x + 11] in ("10111010000", "00001011101") for x in at)
