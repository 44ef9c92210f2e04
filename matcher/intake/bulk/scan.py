"""Compiled loops over the bytes of a sheet; they are run on parts of the rows by several threads at once.

`body` is UTF-8. Cell c of row i is `body[bounds[i, c] : bounds[i, c + 1] - 1]`: one byte, the delimiter or the line's
end, stands between two cells; of a cell that is missing the end stands before the start.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.machine_code import compiled, inlined

BLANK, PLAIN, ODD = 0, 1, 99
"""Nothing but spaces; as it should be; anything the loops do not judge."""
BIRTH_DATE, FUTURE, TOO_OLD, CHECKSUM, LOST_DIGITS, LENGTH = 2, 3, 4, 5, 6, 7
"""Faults of an identity number, in the order `records.id_numbers` finds them."""
FIRST_PHONE_LENGTH = 20
"""A phone of n digits that is none is told as FIRST_PHONE_LENGTH + n."""

OTHER_AGE, TOO_YOUNG, AGE_ALONE = 1, 2, 4
"""Marks of an age: another than the birth date's, below the age of work, told of somebody without a birth date."""

_U8: Any = np.uint8
_I64: Any = np.int64
_Place: Any = np.uint64
"""An index that is surely not negative costs no question whether it counts from the end."""
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_EVERY_OTHER: Any = np.uint64(0x000F000F000F000F)


def _lanes(weights: Any) -> Any:
    """Four weights so that four digits of 16 bits each, times them, have their sum in the highest 16 bits."""
    return np.uint64(sum(int(weight) << 16 * (3 - nth) for nth, weight in enumerate(weights)))


_FIRST, _SECOND = (
    (_lanes(_WEIGHTS[0:8:2]), _lanes(_WEIGHTS[1:8:2])),
    (_lanes(_WEIGHTS[8:16:2]), _lanes(_WEIGHTS[9:16:2])),
)
_MIX: Any = np.uint64(0x9E3779B97F4A7C15)
_DAYS = np.zeros(10000, dtype=np.bool_)
"""By MMDD, whether there is such a day in every year."""
_MONTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)
_DAYS[[month * 100 + day for month in range(1, 13) for day in range(1, _MONTHS[month] + 1)]] = True


@inlined
def _word(body: Any, start: int) -> Any:
    """Eight bytes as one number, the first one lowest; LLVM knows these steps and makes one instruction of them."""
    word = np.uint64(0)
    for nth in range(8):
        word |= np.uint64(body[_Place(start + nth)]) << np.uint64(8 * nth)
    return word


@inlined
def _are_digits(word: Any) -> Any:
    """Whether eight bytes are ASCII digits."""
    digits = word ^ np.uint64(0x3030303030303030)
    return ((digits | (digits + np.uint64(0x0606060606060606))) & np.uint64(0xF0F0F0F0F0F0F0F0)) == np.uint64(0)


@inlined
def _number(word: Any) -> Any:
    """The number eight digits make: pairs of them, pairs of pairs, both halves (Lemire 2018)."""
    pairs = ((word & np.uint64(0x0F0F0F0F0F0F0F0F)) * np.uint64(10 << 8 | 1)) >> np.uint64(8)
    fours = ((pairs & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(100 << 16 | 1)) >> np.uint64(16)
    return _I64(((fours & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(10000 << 32 | 1)) >> np.uint64(32))


@inlined
def _weighed(word: Any, lanes: Any) -> Any:
    """The sum of eight digits, each times its weight; lanes : those of every other digit and of the rest."""
    digits, other = word & _EVERY_OTHER, (word >> np.uint64(8)) & _EVERY_OTHER
    return _I64((digits * lanes[0]) >> np.uint64(48)) + _I64((other * lanes[1]) >> np.uint64(48))


@inlined
def _all_digits(body: Any, start: int, end: int) -> bool:
    """Whether body[start:end] is nothing but ASCII digits."""
    others = 0
    for at in range(start, end):
        others += _I64(body[_Place(at)] < _U8(48)) + _I64(body[_Place(at)] > _U8(57))
    return others == 0


@compiled
def _fault_of_day(year: int, month: int, date: int, dates: tuple[int, int]) -> int:
    """PLAIN for a year, month and day that can be a birth date, else its fault."""
    today, oldest = dates
    if year < 1 or month < 1 or month > 12 or date < 1:
        return BIRTH_DATE
    leap = month == 2 and date == 29 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    if date > _MONTHS[_Place(month)] and not leap:
        return BIRTH_DATE
    born = year * 10000 + month * 100 + date
    if born > today:
        return FUTURE
    return TOO_OLD if today - born >= (oldest + 1) * 10000 else PLAIN


@inlined
def _eighteen(body: Any, start: int, dates: tuple[int, int]) -> tuple[int, int, int]:
    """Class of an identity number of 18 characters, its first 17 digits, its birth date YYYYMMDD.

    Nearly every date is a usual one: a question with two likely answers costs more than all that is reckoned here.
    """
    first, second = _word(body, start), _word(body, start + 8)
    digit, last = _I64(body[_Place(start + 16)]) - 48, _I64(body[_Place(start + 17)])
    kind, number, born = ODD, 0, 0
    is_shaped = (digit >= 0) & (digit <= 9) & ((last == 88) | ((last >= 48) & (last <= 57)))
    if is_shaped & _are_digits(first) & _are_digits(second):
        total = _weighed(first, _FIRST) + _weighed(second, _SECOND) + digit * _WEIGHTS[16]
        wrong = _CHECKS[_Place(total % 11)] != last
        born, order = _number(_word(body, start + 6)), _number(second) % 100 * 10 + digit
        year = born // 10000
        is_usual = _DAYS[_Place(born - year * 10000)] & (year > 0) & (born <= dates[0])
        is_usual &= dates[0] - born < (dates[1] + 1) * 10000
        kind = PLAIN if is_usual else _fault_of_day(year, born // 100 % 100, born % 100, dates)
        kind = CHECKSUM if wrong & (kind == PLAIN) else kind
        kind = LOST_DIGITS if ((kind == BIRTH_DATE) | wrong) & (order % 100 == 0) & (last == 48) else kind
        number = (_number(first << np.uint64(16)) * 100_000_000 + born) * 1000 + order
    return kind, number, born


@compiled
def id_classes(
    body: Any, bounds: Any, column: int, dates: tuple[int, int], lo: int, hi: int, out: Any, told: Any
) -> None:
    """Class of identity numbers; dates : today, oldest age.

    told : first 17 digits, birth date YYYYMMDD and sex (1 female, 2 male) of right ones, arrays to be filled; of any
    other cell the birth date and the sex are 0
    """
    key, born, sex = told
    for row in range(lo, hi):
        start, end = bounds[row, column], bounds[row, column + 1] - 1
        n = end - start
        kind, number, day = BLANK, 0, 0
        if n == 18:
            kind, number, day = _eighteen(body, start, dates)
        elif n > 0:
            kind = LENGTH if n != 15 and n < 40 and _all_digits(body, start, end) else ODD
        is_right = kind == PLAIN
        out[row], key[row] = kind, number
        born[row] = day if is_right else 0
        sex[row] = 1 + number % 2 if is_right else 0


@compiled
def phone_classes(body: Any, bounds: Any, column: int, lo: int, hi: int, out: Any) -> None:
    """Class of phone numbers: a mobile one is PLAIN, digits that are no phone of any sort tell their length."""
    for row in range(lo, hi):
        start, end = bounds[row, column], bounds[row, column + 1] - 1
        n = end - start
        kind = BLANK
        if n > 0:
            kind = ODD
            if 8 <= n <= 16:
                is_number = _are_digits(_word(body, start)) & _are_digits(_word(body, end - 8))
            else:
                is_number = n <= 20 and _all_digits(body, start, end)
            if is_number:
                first = body[_Place(start)] - 48
                second = body[_Place(start + 1)] - 48 if n > 1 else 0
                # Of a landline and behind a country code the reader knows more.
                unsure = first == 0 or (first == 8 and second == 6) or (first >= 2 and 7 <= n <= 8)
                kind = PLAIN if n == 11 and first == 1 and second >= 3 else ODD if unsure else FIRST_PHONE_LENGTH + n
        out[row] = kind


@compiled
def name_classes(body: Any, bounds: Any, column: int, lo: int, hi: int, out: Any) -> None:
    """PLAIN where a cell is nothing but characters U+4E00 to U+9FFF, at most a hundred of them."""
    for row in range(lo, hi):
        start, end = bounds[row, column], bounds[row, column + 1] - 1
        n = end - start
        is_plain = n % 3 == 0 and n <= 300
        for at in range(start, end if is_plain else start, 3):
            lead, second = body[_Place(at)], body[_Place(at + 1)]
            is_plain &= (lead >= 0xE4) & (lead <= 0xE9) & ((lead > 0xE4) | (second >= 0xB8))
        out[row] = BLANK if n <= 0 else PLAIN if is_plain else ODD


@inlined
def _mixed(body: Any, start: int, end: int) -> Any:
    """A number for some bytes; no others have that of up to seven bytes."""
    number = np.uint64(1)
    for at in range(start, min(end, start + 7)):
        number = (number << np.uint64(8)) | np.uint64(body[_Place(at)])
    for at in range(start + 7, end):
        number = (number ^ np.uint64(body[_Place(at)])) * _MIX
        number ^= number >> np.uint64(29)
    return number


@inlined
def _same(body: Any, start: int, other: int, n: int) -> bool:
    """Whether the same n bytes stand at two places."""
    differing = 0
    for at in range(n):
        differing += body[_Place(start + at)] != body[_Place(other + at)]
    return differing == 0


@compiled
def coded(body: Any, bounds: Any, column: int, out: Any, table: Any, known: Any) -> int:
    """Code of each cell's bytes by first occurrence, and the first row of each code; -1 when there are too many.

    table : -1 everywhere, its size a power of two and at least twice that of the arrays of `known`
    known : of each code the first row, the length and the number of its bytes, to be filled
    """
    firsts, lengths, numbers = known
    mask, n_codes = np.uint64(table.size - 1), 0
    for row in range(bounds.shape[0]):
        start, end = _I64(bounds[row, column]), _I64(bounds[row, column + 1]) - 1
        n = max(end - start, 0)
        number = _mixed(body, start, start + n)
        slot = ((number * _MIX) >> np.uint64(32)) & mask
        while True:
            code = _I64(table[slot])
            if code < 0:
                if n_codes == firsts.size:
                    return -1
                table[slot] = code = n_codes
                firsts[n_codes], lengths[n_codes], numbers[n_codes] = row, n, number
                n_codes += 1
                break
            is_like = numbers[_Place(code)] == number and lengths[_Place(code)] == n
            if is_like and (n <= 7 or _same(body, start, bounds[firsts[_Place(code)], column], n)):
                break
            slot = (slot + np.uint64(1)) & mask
        out[row] = code
    return n_codes


@compiled
def ages(born: Any, codes: Any, told: Any, limits: tuple[int, int, int], late: Any, out: Any) -> None:
    """What a birth date YYYYMMDD, 0 where there is none, says beside the age that is told.

    codes : of the told ages, one of none where no column tells one; told : the age of each code, -1 for none
    limits : the year, the years two ages may differ, the age that is old enough; late : by MMDD, whether the birthday
    has not come yet; out : the marks that hold
    """
    year, slack, enough = limits
    is_told = codes.size > 0
    for row in range(born.size):
        day = born[row]
        stated = _I64(told[_Place(codes[row])]) if is_told else -1
        born_in = day // 10000
        age = year - born_in - _I64(late[_Place(day - born_in * 10000)])
        is_other = (stated >= 0) & (abs(stated - age) >= slack)
        known = OTHER_AGE * _I64(is_other) + TOO_YOUNG * _I64(age < enough)
        out[row] = known if day > 0 else AGE_ALONE * _I64(stated >= 0)


@compiled
def rows_of(codes: Any, wanted: Any, out: Any) -> int:
    """The rows whose code is wanted, into `out`; returns how many."""
    n = 0
    for row in range(codes.size):
        out[_Place(n)] = row
        n += _I64(wanted[_Place(codes[row])])
    return n


@compiled
def are_among(keys: Any, few: Any, out: Any) -> None:
    """Whether each key is one of some few, ascending; nearly all are told by a bit of their own."""
    bits = np.zeros(1 << 16, dtype=np.bool_)
    for nth in range(few.size):
        bits[(np.uint64(few[nth]) * _MIX) >> np.uint64(48)] = True
    for row in range(keys.size):
        out[row] = False
        if bits[(np.uint64(keys[row]) * _MIX) >> np.uint64(48)]:
            low, high = 0, few.size
            while low < high:
                middle = (low + high) // 2
                low, high = (middle + 1, high) if few[middle] < keys[row] else (low, middle)
            out[row] = low < few.size and few[low] == keys[row]


@compiled
def may_repeat(keys: Any, wanted: Any, once: Any, twice: Any, out: Any) -> int:
    """The wanted rows whose key may stand in another wanted row, into `out`; returns how many.

    once, twice : bits, no fewer than rows; keys that share a bit are taken for one
    """
    few = np.uint64(once.size - 1)
    for row in range(keys.size):
        mixed = np.uint64(keys[row]) * _MIX
        at, bit = (mixed >> np.uint64(40)) & few, np.uint64(wanted[row]) << ((mixed >> np.uint64(34)) & np.uint64(63))
        twice[at] |= once[at] & bit
        once[at] |= bit
    n = 0
    for row in range(keys.size):
        mixed = np.uint64(keys[row]) * _MIX
        at, bit = (mixed >> np.uint64(40)) & few, np.uint64(wanted[row]) << ((mixed >> np.uint64(34)) & np.uint64(63))
        out[_Place(n)] = row
        n += _I64(twice[at] & bit != np.uint64(0))
    return n


@compiled
def firsts_of(keys: Any, rows: Any, table: Any, first: Any) -> None:
    """For each of some rows, ascending, the first of them with the same key.

    table : zeros, its size a power of two and at least twice the number of rows
    """
    mask = np.uint64(table.size - 1)
    for nth in range(rows.size):
        key = keys[_Place(rows[nth])]
        slot = ((np.uint64(key) * _MIX) >> np.uint64(32)) & mask
        while table[slot] > 0 and keys[_Place(table[slot] - 1)] != key:
            slot = (slot + np.uint64(1)) & mask
        if table[slot] == 0:
            table[slot] = rows[nth] + 1
        first[nth] = table[slot] - 1


@compiled
def filled(body: Any, bounds: Any, column: int, lo: int, hi: int, out: Any) -> None:
    """PLAIN for a cell that holds an ASCII character beyond space, BLANK for ASCII space alone, ODD for the rest."""
    for row in range(lo, hi):
        start, end = bounds[row, column], bounds[row, column + 1] - 1
        kind = BLANK
        for at in range(start, end):
            byte = body[at]
            if byte >= 0x80 or (28 <= byte < 32):
                kind = ODD
            elif byte > 32 or not (byte == 32 or 9 <= byte <= 13):
                kind = PLAIN
                break
        out[row] = kind
