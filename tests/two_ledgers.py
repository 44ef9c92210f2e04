"""Two ledgers of one invented county, and every way in which offices write one person differently: the error models.

The shares below were written down before any weight of `matcher.linkage` was chosen and are not fitted to it: people
whose number, name, village and phone go wrong independently of each other, in one office or the other. Numbers and
phones are of the ranges of the demonstration. A pair is right if both rows are of one person.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from matcher.demo.draws import Draws
from matcher.demo.names import person_names
from matcher.demo.numbers import id_numbers, mobile_numbers
from matcher.demo.specs import county_spec

HEADERS = ("序号", "姓名", "身份证号", "出生日期", "联系电话", "所在村", "就业状态")
STATUS = ("已就业", "未就业")
REGION = "450206"
COUNTY = "liujiang_2018"
PER_VILLAGE = 250
HOUSEHOLD = 3
OLDEST, YOUNGEST = date(1958, 1, 1), date(2002, 1, 1)
AS_15_UNTIL = 2000

# Shares of the rows of the second office, each drawn by itself.
ONE_DIGIT, TWO_DIGITS, TURNED, DROPPED = 0.04, 0.008, 0.01, 0.005
MASKED, MASKED_BIRTH, NO_NUMBER, HEADS_NUMBER = 0.006, 0.004, 0.01, 0.003
OLD_FORM, OLD_FORM_TYPO = 0.06, 0.003
HOMOPHONE, OTHER_CHARACTER = 0.02, 0.007
NEW_PHONE, NO_PHONE, PHONE_TYPO, SHARED_PHONE = 0.12, 0.08, 0.01, 0.4
NO_BIRTH_DATE, BIRTH_TYPO, BIRTH_TURNED = 0.3, 0.01, 0.005
NUMBER_UNDER_NAME, NUMBER_UNDER_PHONE = 0.003, 0.003
OTHER_STATUS = 0.0065
# Of the first office: its own slips, and people written down twice.
LEFT_ONE_DIGIT, LEFT_NO_PHONE, TWICE = 0.004, 0.05, 0.002
# Villages between the two lists: one in forty renamed, one in twenty-five merged into its neighbour.
RENAMED, MERGED = 1 / 40, 1 / 25
# Rows of the second office that the first does not know.
ONLY_RIGHT = 0.002

SOUND_ALIKE = (
    "英瑛莹", "伟玮炜", "芳坊", "军君钧", "华桦骅", "明铭鸣", "兰岚蓝", "丽莉利", "平萍苹", "梅媚玫", "秀绣", "强墙",
    "玉钰育", "小晓", "春椿", "志智", "文雯", "红宏洪", "建健", "珍贞真", "凤奉", "福富", "荣容蓉", "生升昇",
    "林琳霖", "飞菲", "佳家嘉", "欣新鑫", "宇雨羽", "浩昊", "俊峻骏", "杰洁", "婷亭", "燕艳雁", "桂贵", "金锦今",
    "龙隆", "勇永", "成诚", "辉晖", "国帼", "莲连", "香湘", "花华", "月悦", "彩采", "爱艾", "银寅",
    "妹媚", "义艺", "忠中", "庆清", "元源园", "才财", "有友", "光广", "德得", "敏闽", "静靖", "慧惠",
    "丹单", "倩茜", "怡宜", "思斯", "颖影", "涛滔", "凯楷", "翔祥", "毅艺", "博搏", "豪毫", "振镇",
    "宁柠", "磊垒", "鹏朋", "斌彬", "翠脆", "菊局", "美每",
)  # fmt: skip
_ALIKE = {character: group.replace(character, "") for group in SOUND_ALIKE for character in group}
_OTHERS = "秀芳军梅平国志林文海"
_PLACES = ("上", "下", "大", "小", "东", "西", "新", "老", "板", "龙", "石", "木", "水", "田", "山")
_NAMES = ("江", "屯", "洞", "岭", "塘", "寨", "坡", "湾", "桥", "榄", "洛", "怀", "六", "甘", "穿", "土", "博", "成")


@dataclass(frozen=True, slots=True)
class Ledger:
    """Rows under HEADERS, and of which person each is."""

    rows: list[list[str]]
    person: list[int]


@dataclass(frozen=True, slots=True)
class Two:
    """Both ledgers; `both` are the people who stand in each of them."""

    left: Ledger
    right: Ledger

    @property
    def both(self) -> set[int]:
        return set(self.left.person) & set(self.right.person)


@dataclass(slots=True)
class _Person:
    name: str
    number: str
    born: date
    phone: str
    village: int
    status: str
    head_number: str


def two_ledgers(n_left: int, n_right: int, seed: int = 20270130) -> Two:
    """n_left and n_right rows, nearly all of the smaller list in both; the same for the same seed."""
    draw = random.Random(seed)
    n_only = round(n_right * ONLY_RIGHT)
    n_twice = round(n_left * TWICE)
    people = _people(n_left - n_twice + n_only, seed, draw)
    known = range(n_left - n_twice)
    old, new = _villages(1 + people[-1].village, draw)
    left = [(ix, _as_left(people[ix], old, draw)) for ix in known]
    left += [(ix, _again(people[ix], old, draw)) for ix in draw.sample(known, n_twice)]
    in_both = draw.sample(known, n_right - n_only)
    right = [(ix, _as_right(people[ix], new, draw)) for ix in (*in_both, *range(n_left - n_twice, len(people)))]
    draw.shuffle(left)
    draw.shuffle(right)
    return Two(_ledger(left), _ledger(right))


def precision_recall(two: Two, pairs: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """Of (left row index, right row index) pairs how many are right; of the people in both how many were found."""
    right = [(a, b) for a, b in pairs if two.left.person[a] == two.right.person[b]]
    found = {two.left.person[a] for a, _ in right}
    return len(right) / max(1, len(pairs)), len(found) / max(1, len(two.both))


def _ledger(rows: list[tuple[int, list[str]]]) -> Ledger:
    return Ledger([[str(n), *cells] for n, (_, cells) in enumerate(rows, start=1)], [ix for ix, _ in rows])


def _people(n: int, seed: int, draw: random.Random) -> list[_Person]:
    draws, days = Draws(seed, "ledgers"), (YOUNGEST - OLDEST).days
    male = draws.flag(0.5, n)
    age = draws.between(0, days - 1, n)
    born = np.datetime64(YOUNGEST) - age
    names = person_names(county_spec(COUNTY), draws, male, age / 365.25 + 17)
    numbers = id_numbers([REGION] * n, born, male)
    phones = mobile_numbers(n)
    made: list[_Person] = []
    for ix in range(n):
        head = ix - ix % HOUSEHOLD
        # A household has one surname; who shares the household's phone states it.
        name = names[head][0] + names[ix][1:] if draw.random() < 0.7 else names[ix]
        phone = phones[head] if draw.random() < SHARED_PHONE else phones[ix]
        status = STATUS[draw.random() < 0.3]
        day = YOUNGEST - timedelta(days=int(age[ix]))
        made.append(_Person(name, numbers[ix], day, phone, head // PER_VILLAGE, status, numbers[head]))
    return made


def _villages(n: int, draw: random.Random) -> tuple[list[str], list[str]]:
    """What the villages are called in the first list, and in the second."""
    combinations = [a + b + "村" for a in _PLACES for b in _NAMES]
    names = draw.sample(combinations, min(n, len(combinations)))
    names += [f"{names[k % len(names)][:-1]}{k // len(names)}村" for k in range(len(names), n)]
    fresh = [name for name in combinations if name not in set(names)] or ["新设村"]
    later = list(names)
    for k in range(n):
        chance = draw.random()
        if chance < RENAMED:
            later[k] = draw.choice(fresh)
        elif chance < RENAMED + MERGED:
            later[k] = names[(k + 1) % n]
    return names, later


def _as_left(one: _Person, villages: list[str], draw: random.Random) -> list[str]:
    number = _one_digit(one.number, draw) if draw.random() < LEFT_ONE_DIGIT else one.number
    phone = "" if draw.random() < LEFT_NO_PHONE else one.phone
    return [one.name, number, one.born.isoformat(), phone, villages[one.village], one.status]


def _again(one: _Person, villages: list[str], draw: random.Random) -> list[str]:
    """The same person once more under another name, with the number or a slip of it."""
    number = one.number if draw.random() < 0.6 else _one_digit(one.number, draw)
    return [_alike(one.name, draw), number, one.born.isoformat(), one.phone, villages[one.village], one.status]


def _as_right(one: _Person, villages: list[str], draw: random.Random) -> list[str]:
    name = _drawn(one.name, draw, ((HOMOPHONE, _alike), (OTHER_CHARACTER, _other)))
    status = STATUS[1 - STATUS.index(one.status)] if draw.random() < OTHER_STATUS else one.status
    number, phone = _number(one, draw), _phone(one, draw)
    cells = [name, number, _birth(one, draw), phone, villages[one.village], status]
    chance = draw.random()
    if chance < NUMBER_UNDER_NAME:
        cells[0], cells[1] = cells[1], cells[0]
    elif chance < NUMBER_UNDER_NAME + NUMBER_UNDER_PHONE:
        cells[1], cells[3] = cells[3], cells[1]
    return cells


def _number(one: _Person, draw: random.Random) -> str:
    old = one.number[:6] + one.number[8:17]
    is_old = one.born.year < AS_15_UNTIL
    return _drawn(
        one.number, draw,
        (
            (ONE_DIGIT, _one_digit), (TWO_DIGITS, lambda text, d: _one_digit(_one_digit(text, d), d)),
            (TURNED, _turned), (DROPPED, _dropped),
            (MASKED, lambda text, d: text[:6] + d.choice("X*") * 8 + text[14:]),
            (MASKED_BIRTH, lambda text, d: text[:14] + d.choice("X*") * 4),
            (NO_NUMBER, lambda text, d: ""), (HEADS_NUMBER, lambda text, d: one.head_number),
            (OLD_FORM, lambda text, d: old if is_old else text),
            (OLD_FORM_TYPO, lambda text, d: _one_digit(old, d) if is_old else text),
        ),
    )  # fmt: skip


def _phone(one: _Person, draw: random.Random) -> str:
    return _drawn(
        one.phone, draw,
        (
            (NEW_PHONE, lambda text, d: f"154{d.randrange(10**8):08d}"), (NO_PHONE, lambda text, d: ""),
            (PHONE_TYPO, _one_digit),
        ),
    )  # fmt: skip


def _birth(one: _Person, draw: random.Random) -> str:
    born = one.born
    turned = born.replace(month=born.day, day=born.month) if born.day <= 12 else born
    off = date.fromordinal(born.toordinal() + draw.choice((-365, -30, -10, -1, 1, 10, 30, 365)))
    return _drawn(
        born.isoformat(), draw,
        (
            (NO_BIRTH_DATE, lambda text, d: ""), (BIRTH_TYPO, lambda text, d: off.isoformat()),
            (BIRTH_TURNED, lambda text, d: turned.isoformat()),
        ),
    )  # fmt: skip


_Slip = Callable[[str, random.Random], str]


def _drawn(text: str, draw: random.Random, slips: Sequence[tuple[float, _Slip]]) -> str:
    """The text after the one slip that was drawn, if any was."""
    chance = draw.random()
    for share, slip in slips:
        if chance < share:
            return slip(text, draw)
        chance -= share
    return text


def _one_digit(text: str, draw: random.Random) -> str:
    at = draw.randrange(len(text))
    return text[:at] + draw.choice([digit for digit in "0123456789" if digit != text[at]]) + text[at + 1 :]


def _turned(text: str, draw: random.Random) -> str:
    at = draw.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _dropped(text: str, draw: random.Random) -> str:
    at = draw.randrange(len(text))
    return text[:at] + text[at + 1 :]


def _alike(name: str, draw: random.Random) -> str:
    places = [at for at in range(1, len(name)) if _ALIKE.get(name[at])]
    if not places:
        return _other(name, draw)
    at = draw.choice(places)
    return name[:at] + draw.choice(_ALIKE[name[at]]) + name[at + 1 :]


def _other(name: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(name))
    return name[:at] + draw.choice([one for one in _OTHERS if one != name[at]]) + name[at + 1 :]
