"""What speaks for one person and against: points of each field, and a Chinese sentence beside each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from rapidfuzz.distance import OSA

from matcher.linkage.entries import Entry
from matcher.linkage.numbers import number_level, number_points, reads_birth
from matcher.linkage.weights import Weights

_LONG_NAME: Final = 3
_TWO_PARTS: Final = 2


class Evidence(msgspec.Struct, frozen=True):
    """One line of the waterfall: field, how it agrees, points, and what is to be read beside it."""

    field: str
    level: str
    points: int
    sentence: str


class Scale(msgspec.Struct, frozen=True):
    """What two ledgers say about rarity. start : points before any evidence; counts are of the larger list.

    names, sounds, villages, phones : how many people share one; moved : names of villages that are one
    """

    start: int
    n: int
    names: Mapping[str, int]
    sounds: Mapping[str, int]
    villages: Mapping[str, int]
    phones: Mapping[str, int]
    moved: frozenset[tuple[str, str]] = frozenset()


def scale_of(left: Sequence[Entry], right: Sequence[Entry]) -> Scale:
    """Rarities over both lists: of each name, sound, village and phone the count in the list that has it oftener."""
    n = max(len(left), len(right), 1)
    return Scale(
        start=-_points(n, 1),
        n=n,
        names=_counts([[one.name] for one in left], [[one.name] for one in right]),
        sounds=_counts([[one.heard] for one in left], [[one.heard] for one in right]),
        villages=_counts([one.villages for one in left], [one.villages for one in right]),
        phones=_counts([[one.phone] for one in left], [[one.phone] for one in right]),
    )


def evidence_of(left: Entry, right: Entry, scale: Scale, weights: Weights) -> tuple[Evidence, ...]:
    """The waterfall of a pair: the start, then number, name, village, birth date, phone; the points add up."""
    level = number_level(left, right)
    number = Evidence(
        "number", level.value, number_points(level, left, right, weights.number), NUMBER_WORDS[level.value]
    )
    told = reads_birth(level, left, right)
    start = Evidence("start", "start", scale.start, f"随便两条记录碰巧是同一个人（名单约{scale.n}人）")
    return (
        start,
        number,
        _name(left, right, scale, weights),
        _village(left, right, scale, weights),
        Evidence("birth", "told", 0, "出生日期已在身份证号里算过") if told else _birth(left, right, weights),
        _phone(left, right, scale, weights),
    )


def total(evidence: Sequence[Evidence]) -> int:
    """Points of all lines together."""
    return sum(line.points for line in evidence)


def name_level(left: Entry, right: Entry) -> str:
    """How two names agree: same, sound, one_character, surname, different, missing."""
    if not left.name or not right.name:
        return "missing"
    if left.name == right.name:
        return "same"
    if len(left.sounds) == len(right.sounds) and all(map(_heard_alike, left.sounds, right.sounds)):
        return "sound"
    longer = max(len(left.name), len(right.name))
    if longer >= _LONG_NAME and OSA.distance(left.name, right.name, score_cutoff=1) == 1:
        return "one_character"
    return "surname" if _heard_alike(left.sounds[0], right.sounds[0]) else "different"


NUMBER_WORDS: Final = {
    "same": "身份证号一样（15位与18位按同一号码算）",
    "check_digit": "身份证号只差末位校验码",
    "turned": "身份证号只差相邻两位颠倒",
    "one_digit": "身份证号只差一位",
    "two_digits": "身份证号差两位",
    "both_right": "身份证号很像，但两个号码校验都对，多半是两个人",
    "masked": "身份证号有遮盖，能看见的位都一样",
    "different": "身份证号对不上",
    "missing": "身份证号缺一边或看不清，不加不减",
}
_NAME_WORDS: Final = {
    "one_character": "姓名差一个字，读音也不同",
    "surname": "只有姓一样",
    "different": "姓名不一样",
    "missing": "姓名缺一边，不加不减",
}
_BIRTH_WORDS: Final = {
    "same": "出生日期一样",
    "turned": "出生日期的月和日颠倒",
    "one_part": "出生日期的年、月、日有两样相同",
    "different": "出生日期对不上",
    "missing": "出生日期缺一边，不加不减",
}


def _name(left: Entry, right: Entry, scale: Scale, weights: Weights) -> Evidence:
    points, level = weights.name, name_level(left, right)
    if level == "same":
        n = scale.names.get(left.name, 1)
        worth = _bounded(_points(scale.n, n), points.least, points.most)
        return Evidence("name", level, worth, f"姓名一样，名单里叫这个名的有{n}人")
    if level == "sound":
        n = max(scale.sounds.get(left.heard, 1), scale.sounds.get(right.heard, 1))
        worth = _bounded(_points(scale.n, n), points.least, points.most) - points.sound_less
        return Evidence("name", level, worth, f"姓名同音不同字，读这个音的有{n}人")
    return Evidence("name", level, int(getattr(points, level)), _NAME_WORDS[level])


def _village(left: Entry, right: Entry, scale: Scale, weights: Weights) -> Evidence:
    points = weights.village
    if not left.villages or not right.villages:
        return Evidence("village", "missing", points.missing, "村名缺一边，不加不减")
    shared = next((name for name in left.villages if name in right.villages), "")
    moved = any((old, new) in scale.moved for old in left.villages for new in right.villages)
    if not shared and not moved:
        return Evidence("village", "different", points.different, "村不一样")
    n = max(scale.villages.get(name, 1) for name in ((shared,) if shared else (*left.villages, *right.villages)))
    worth = _bounded(_points(scale.n, n), points.least, points.most)
    if shared:
        return Evidence("village", "same", worth, f"同一个村，名单里有{n}人")
    words = f"并村或改名前后的同一个村（“{left.villages[0]}”与“{right.villages[0]}”）"
    return Evidence("village", "moved", worth, words)


def _birth(left: Entry, right: Entry, weights: Weights) -> Evidence:
    level = _birth_level(_born(left), _born(right))
    return Evidence("birth", level, int(getattr(weights.birth, level)), _BIRTH_WORDS[level])


def _born(entry: Entry) -> str:
    """As stated, else as a number says that can be read."""
    told = entry.born_by_number
    if entry.born or not told.isdigit():
        return entry.born
    return f"{told[:4]}-{told[4:6]}-{told[6:]}"


def _birth_level(a: str, b: str) -> str:
    if not a or not b:
        return "missing"
    if a == b:
        return "same"
    left, right = a.split("-"), b.split("-")
    if left[0] == right[0] and left[1:] == right[:0:-1]:
        return "turned"
    return "one_part" if sum(map(str.__eq__, left, right)) == _TWO_PARTS else "different"


def _phone(left: Entry, right: Entry, scale: Scale, weights: Weights) -> Evidence:
    points = weights.phone
    if not left.phone or not right.phone:
        return Evidence("phone", "missing", points.missing, "电话缺一边，不加不减")
    if left.phone == right.phone:
        n = scale.phones.get(left.phone, 1)
        worth = max(points.least, points.alone - _points(n, 1))
        return Evidence("phone", "same", worth, "电话一样" if n == 1 else f"电话一样，有{n}人留这个号码")
    if OSA.distance(left.phone, right.phone, score_cutoff=1) == 1:
        return Evidence("phone", "one_digit", points.one_digit, "电话只差一位")
    return Evidence("phone", "different", points.different, "电话不一样，可能换过号")


def _heard_alike(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return any(reading in right for reading in left)


def _points(more: int, fewer: int) -> int:
    """Ten times the decimal logarithm of a ratio, a whole number."""
    return round(10 * math.log10(more / max(1, fewer)))


def _bounded(value: int, least: int, most: int) -> int:
    return max(least, min(most, value))


def _counts(left: Sequence[Sequence[str]], right: Sequence[Sequence[str]]) -> dict[str, int]:
    counted = [Counter(name for names in side for name in names if name) for side in (left, right)]
    return {name: max(counted[0][name], counted[1][name]) for name in counted[0] | counted[1]}
