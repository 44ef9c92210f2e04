"""A typed line as chips: 缝纫 百朋 周五走 不要 货车司机; nothing typed is lost, what is not understood is told.

A piece of the line is read as what fits it whole: a phrase, a day, a place, a known trade, words of the roster, a name.
What fits nothing whole is taken apart (会平车的韦小英). 不要 before a piece turns it round.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from matcher.geography import gazetteer, significant
from matcher.language.names import begins_with_surname, plain_name, spellings
from matcher.language.skills import known_words
from matcher.language.trade_words import folded, found_words, spoken_terms
from matcher.orders.departures import read_departure
from matcher.orders.search.homes import HomeNames
from matcher.orders.search.query import (
    EXACTLY,
    LITERAL,
    MOST_CHIPS,
    PAIR,
    UNKNOWN,
    About,
    Chip,
    Contacted,
    Departs,
)
from matcher.records import TravelRange

LONGEST_LINE: Final = 200
LONGEST_NAME: Final = 30
"""Characters of the longest name: those of minority people are written out with middle dots."""

_SEPARATORS: Final = re.compile(r"[\s、,;/|+]+|(?<=[\u4e00-\u9fff])(?:或者?|还有|以及)(?=[\u4e00-\u9fff])")
_NOT: Final = re.compile(r"^(?:不要|不找|不含|不包括|除了|除去|排除|去掉|-|!)")
_QUOTED: Final = re.compile(r"^[\"'“”‘’《「]+(.+?)[\"'“”‘’》」]+$")
_TO: Final = re.compile(r"^(?:愿意?|想|肯|能|可以)?去(?P<place>.{2,12}?)(?:的|做工|打工|务工|上班)?$")
_WITHIN: Final = re.compile(
    r"^(?P<n>\d{1,2}|[一二三四五六七八九十])(?P<unit>天|周|个?星期|个?礼拜)(?:之?内|以内)?(?:能|可以?)?"
    r"(?:走|到|出发|上岗|动身)"
)
_CAN: Final = re.compile(r"(?:之?前)?(?:就)?(?:能|可以|可)(?=(?:走|出发|动身|上车|上岗|到岗))|(?:之前|前)$")
_NAME: Final = re.compile(rf"^[\u3400-\u9fff\U00020000-\U0003ffff·•]{{1,{LONGEST_NAME}}}$")
_LETTERS: Final = re.compile(r"^[a-zA-Z\u00c0-\u024f':]+[1-5]?$")
_FILLERS: Final = re.compile(
    r"^(?:的|人|个|名|位|会|能|可以|做过|干过|做|干|要|找|想|有|在|住|是|和|及|又|都|师傅|熟练工?|熟手|老手|工人|"
    r"劳动力|员工|年|以上|左右|多|几|一个|\d+|[一二三四五六七八九十两]+年?)+$"
)
_CHINESE_NUMBERS: Final = {sign: number for number, sign in enumerate("零一二三四五六七八九十")} | {"两": 2}
_PHRASES: Final[tuple[tuple[str, Chip], ...]] = (
    (r"(?:现在|马上|立刻|随时|已经)(?:就)?(?:能|可以)?(?:走|出发|上岗|到岗)", Chip(About.DEPARTS, Departs.NOW)),
    (r"(?:没说|没登记|不知道)(?:哪天|什么时候)(?:能)?走", Chip(About.DEPARTS, Departs.UNKNOWN)),
    (r"可联系|能联系|可以?打电话|能打电话|同意给电话|有电话", Chip(About.CONTACT, "agreed")),
    (r"没同意给?电话|不给电话|不同意给电话", Chip(About.CONTACT, "refused")),
    (r"没问过?(?:给不给)?电话|还没问给不给电话", Chip(About.CONTACT, "not_asked")),
    (r"(?:从)?没(?:有)?(?:打过|联系过)(?:电话)?", Chip(About.CONTACTED, Contacted.NEVER)),
    (r"(?:7|七)天(?:之?内|以内)?没(?:有)?(?:打|联系)过?(?:电话)?", Chip(About.CONTACTED, Contacted.WEEK, negated=True)),
    (r"(?:7|七)天(?:之?内|以内)?(?:打|联系)过(?:电话)?", Chip(About.CONTACTED, Contacted.WEEK)),
    (r"夫妻|夫妇|两口子|两公婆|一起走|同户|一家(?:两个|几个)?|带(?:老婆|老公|家属)", Chip(About.TOGETHER, PAIR)),
    (r"都?合适的?|条件合适", Chip(About.VERDICT, "yes")),
    (r"要(?:先)?问(?:一句)?的?", Chip(About.VERDICT, "unknown")),
    (r"哪里都(?:行|可以|去)|全国(?:都)?(?:行|可以)|出省|外省|省外", Chip(About.GOING, TravelRange.ANYWHERE)),
    (r"(?:本|在)省(?:内|以内)?|出市", Chip(About.GOING, TravelRange.PROVINCE)),
    (r"(?:本|在)市(?:内|以内)?|出县", Chip(About.GOING, TravelRange.CITY)),
    (r"(?:本|在)县(?:内|以内)?|不出县|县内", Chip(About.GOING, TravelRange.COUNTY)),
    (r"(?:本|在)[镇乡](?:内|以内)?|不出[镇乡]|[镇乡]内", Chip(About.GOING, TravelRange.TOWNSHIP)),
    (r"(?:本|在)村(?:内|以内)?|不出村|村里|天天回家|家门口", Chip(About.GOING, TravelRange.VILLAGE)),
    (r"没问(?:过)?(?:去哪里|愿去哪里|去不去)", Chip(About.GOING, UNKNOWN)),
)  # fmt: skip
_COMPILED: Final = tuple((re.compile(pattern), chip) for pattern, chip in _PHRASES)


class Read(msgspec.Struct, frozen=True):
    """What a line says: chips, and the pieces nobody could read."""

    chips: tuple[Chip, ...]
    unread: tuple[str, ...] = ()


class Vocabulary(msgspec.Struct, frozen=True):
    """What a line can name: homes of the roster, and whether any entry of it holds some folded words."""

    homes: HomeNames
    written: Callable[[str], bool]


def read_line(line: str, vocabulary: Vocabulary, on: date) -> Read:
    """The chips of a line, in its order; a bare 不要 turns the next piece round."""
    chips: list[Chip] = []
    unread: list[str] = []
    turned = False
    for piece in _pieces(line):
        bare, told = piece, False
        while cut := _NOT.match(bare):
            bare, told = bare[cut.end() :], True
        if not bare:
            turned = told
            continue
        found = list(_read_piece(bare, vocabulary, on))
        negated = told or turned
        chips += [_turned(chip) if negated else chip for chip in found if isinstance(chip, Chip)]
        unread += [part for part in found if isinstance(part, str)]
        turned = False
    return Read(tuple(dict.fromkeys(chips))[:MOST_CHIPS], tuple(dict.fromkeys(unread)))


def _turned(chip: Chip) -> Chip:
    return msgspec.structs.replace(chip, negated=not chip.negated)


def _pieces(line: str) -> Sequence[str]:
    """Pieces of a line; letters typed apart (wei xiao ying) are one name."""
    text = unicodedata.normalize("NFKC", line)[:LONGEST_LINE].replace("，", ",").replace("；", ";")
    pieces: list[str] = []
    for piece in filter(None, _SEPARATORS.split(text)):
        if pieces and _is_pinyin(piece) and _is_pinyin(pieces[-1]):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _is_pinyin(piece: str) -> bool:
    return bool(_LETTERS.match(piece)) and folded(piece) not in known_words() and bool(spellings(piece))


def _read_piece(piece: str, vocabulary: Vocabulary, on: date) -> Iterator[Chip | str]:
    """Chips of a piece as a whole, else of its parts; parts that say nothing come back as they are."""
    whole = list(_whole(piece, vocabulary, on))
    if whole:
        yield from whole
        return
    parts = list(_taken_apart(piece, vocabulary, on))
    if any(isinstance(part, Chip) for part in parts):
        yield from parts
    else:
        yield piece


def _whole(piece: str, vocabulary: Vocabulary, on: date) -> Iterator[Chip]:
    """What a piece is as a whole; nothing if it is none of these."""
    quoted = _QUOTED.match(piece)
    if quoted:
        yield _exactly(quoted[1], vocabulary)
        return
    for read in (_phrase, _day, _home, _far, _trade):
        found = tuple(read(piece, vocabulary, on))
        if found:
            yield from found
            return
    plain = folded(piece)
    if len(plain) > 1 and vocabulary.written(plain) and not _looks_like_name(piece):
        yield Chip(About.SKILL, LITERAL + plain)
    elif _looks_like_name(piece) or _is_pinyin(piece):
        yield Chip(About.NAME, plain_name(piece))


def _exactly(words: str, vocabulary: Vocabulary) -> Chip:
    """Quoted words as they stand: of an entry if there is one, else a name of just these characters."""
    plain = folded(words)
    if vocabulary.written(plain) or not _NAME.match(words):
        return Chip(About.SKILL, LITERAL + plain)
    return Chip(About.NAME, EXACTLY + plain_name(words))


def _looks_like_name(piece: str) -> bool:
    """Whether a piece is written as names are: a surname and one to three characters, or parts joined by a dot."""
    plain = plain_name(piece)
    if not plain or not _NAME.match(piece):
        return False
    dotted = plain != piece
    if len(plain) == 1:
        return begins_with_surname(plain)
    return (dotted or (begins_with_surname(plain) and len(plain) <= 4)) and not any(found_words(folded(piece)))


def _phrase(piece: str, vocabulary: Vocabulary, on: date) -> Iterator[Chip]:
    for pattern, chip in _COMPILED:
        if pattern.fullmatch(piece):
            yield chip
            return
    within = _WITHIN.match(piece)
    if within and within.end() == len(piece):
        yield _by(within, on)


def _by(within: re.Match[str], on: date) -> Chip:
    number = _CHINESE_NUMBERS.get(within["n"]) or int(within["n"])
    days = number if within["unit"] == "天" else 7 * number
    return Chip(About.DEPARTS, (on + timedelta(days=days)).isoformat())


def _day(piece: str, vocabulary: Vocabulary, on: date) -> Iterator[Chip]:
    told = _stripped_of_go(piece)
    departure = read_departure(told, on)
    if departure.day is not None and departure.spans and departure.spans[0] == (0, len(told)):
        yield Chip(About.DEPARTS, departure.day.isoformat())


def _stripped_of_go(piece: str) -> str:
    """周五前能走 as 周五走: how a departure is said of people, in the words it is said of a bus."""
    return _CAN.sub("", piece).replace("上岗", "走").replace("到岗", "走")


def _home(piece: str, vocabulary: Vocabulary, on: date) -> Iterator[Chip]:
    yield from vocabulary.homes.chips(re.sub(r"^(?:住|家在|住在)|的$|人$", "", piece))


def _far(piece: str, vocabulary: Vocabulary, on: date) -> Iterator[Chip]:
    """A place of work: with 去 any place, alone a province or a city."""
    to = _TO.match(piece)
    match = gazetteer().find(to["place"] if to else piece)
    if match.code and not match.problem and (to or match.level in ("province", "city")):
        yield Chip(About.GOING, significant(match.code))


def _trade(piece: str, vocabulary: Vocabulary, on: date) -> Iterator[Chip]:
    """A trade if every character of the piece belongs to known words or says nothing."""
    text = folded(piece)
    if not spoken_terms(text):
        return
    found = list(found_words(text))
    rest, at = "", 0
    for word in found:
        rest, at = rest + text[at : word.start], word.end
    rest += text[at:]
    if not rest or _FILLERS.match(rest):
        yield from (Chip(About.SKILL, word.term) for word in found)


def _taken_apart(piece: str, vocabulary: Vocabulary, on: date) -> Iterator[Chip | str]:
    """What the parts of a piece say, the longest readable part at each place; the rest as text."""
    start, unread = 0, ""
    while start < len(piece):
        part, chips = _part_at(piece, start, vocabulary, on)
        if not chips:
            unread += piece[start]
            start += 1
            continue
        yield from _rest(unread)
        yield from chips
        start, unread = start + len(part), ""
    yield from _rest(unread)


def _part_at(piece: str, start: int, vocabulary: Vocabulary, on: date) -> tuple[str, tuple[Chip, ...]]:
    for end in range(len(piece), start + 1, -1):
        part = piece[start:end]
        for read in (_phrase, _day, _home, _far, _trade):
            chips = tuple(read(part, vocabulary, on))
            if chips:
                return part, chips
    return "", ()


def _rest(unread: str) -> Iterator[Chip | str]:
    text = re.sub(r"^(?:的|会|做过|干过|做|干|叫|找|要|和)+|(?:的|工|人|师傅)+$", "", unread)
    if not text or _FILLERS.match(text):
        return
    yield Chip(About.NAME, plain_name(text)) if _looks_like_name(text) and len(text) > 1 else text
