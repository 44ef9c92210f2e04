"""Of what is left of a line: who hires, where, and for which trade."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from matcher.geography import gazetteer
from matcher.language.occupations import occupation_index
from matcher.language.skills import normalise_skill

_BREAK = re.compile(r"[\s,，。;；、:：|/+!！?？()（）【】\[\]\"“”]+")
_HIRING = re.compile(r"(?:急招|招聘|招收|招工|急聘|诚招|现招|需要|招|聘|缺|找|要|送|去|到|派)+")
_ASIDE = re.compile(r"^(?:老板|各位|大家好?|帮忙|麻烦|订单|急|急急急|有单|接单|工地名|厂名|单位|岗位|工种|地点|地址)$")
_FIRM = re.compile(
    r"(?:厂|公司|集团|有限|合作社|酒店|宾馆|饭店|餐厅|工地|基地|农场|果园|茶园|园区|工坊|车间|物流|商行|超市|项目部|建筑队|医院|学校|门店|店"
    r"|制衣|服饰|鞋业|电子|五金|塑胶|家具|陶瓷|玩具|食品|科技|实业|纺织|针织|毛织|印刷|包装厂|快递|仓库|工业园)$"
)
_PLACE_END = re.compile(r"[省市县区镇乡村州盟旗]\Z")
_TRADE_END = re.compile(r"(?:工|员|师|手|匠|师傅|司机|学徒|保安|助理|保姆|阿姨|焊|搬运|包装|打包|分拣|装卸)$")
_LONGEST_PLACE: Final = 14
_SHORTEST: Final = 2
_LONGEST_TRADE: Final = 8


class Firm(msgspec.Struct, frozen=True, kw_only=True):
    """Employer, place and trade as texts of the form; what is left; what has to be asked."""

    fields: dict[str, str]
    unread: tuple[str, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()


def read_firm(text: str, near: str) -> Firm:
    """Employer, place and trade in what other readers left of a line."""
    parts = [part for piece in _BREAK.split(text) for part in _HIRING.split(piece) if part and not _ASIDE.match(part)]
    parts = [part for part in parts if len(part) >= _SHORTEST or not part.isascii()]
    fields: dict[str, str] = {}
    unread: list[str] = []
    pieces = [piece for part in parts for piece in _split_trade(part, fields)]
    for piece in pieces:
        _settle(piece, fields, unread, near)
    questions: list[tuple[str, str]] = []
    if "trade" not in fields and unread:
        fields["trade"] = unread.pop(0)
        questions.append(("trade", f"“{fields['trade']}”是不是工种？"))
    kept = tuple(piece for piece in unread if len(piece) >= _SHORTEST)
    return Firm(fields=fields, unread=kept, questions=tuple(questions))


def is_trade(text: str) -> bool:
    """Whether a text is a known word for a trade or a skill."""
    return occupation_index().exact(text) is not None or normalise_skill(text) != text


def _split_trade(part: str, fields: dict[str, str]) -> list[str]:
    """A part without its trade, which is taken; 东莞制衣厂缝纫工 gives 东莞制衣厂."""
    if "trade" in fields:
        return [part]
    if is_trade(part) and not _FIRM.search(part):
        fields["trade"] = part
        return []
    for length in range(min(_LONGEST_TRADE, len(part) - _SHORTEST), _SHORTEST - 1, -1):
        head, tail = part[:-length], part[-length:]
        if is_trade(tail) and not _FIRM.search(tail) and (_FIRM.search(head) or place_of(head, "")):
            fields["trade"] = tail
            return [head]
    return [part]


def _settle(piece: str, fields: dict[str, str], unread: list[str], near: str) -> None:
    """Put a piece where it belongs: place, place and firm, firm, a trade nobody has listed, or unread."""
    place = place_of(piece, near)
    if place == piece and "place" not in fields:
        fields["place"] = piece
    elif _FIRM.search(piece) and "employer" not in fields:
        fields["employer"] = piece
        if place:
            fields.setdefault("place", place)
    elif place and "employer" not in fields and len(piece) > len(place) + 1 and not _TRADE_END.search(piece):
        fields["employer"] = piece
        fields.setdefault("place", place)
    elif _TRADE_END.search(piece) and "trade" not in fields:
        fields["trade"] = piece
    else:
        unread.append(piece)


def place_of(text: str, near: str) -> str:
    """The words of a place a text begins with, the longest; "" if none is sure.

    Firms are called like far counties (安康, 兴业): outside the own county only provinces, cities, and what is written
    with its 市, 县 or 镇 count.
    """
    for length in range(min(len(text), _LONGEST_PLACE), _SHORTEST - 1, -1):
        head = text[:length]
        if not _FIRM.search(head) and _is_place(head, near) and (_is_sure(head, near) or _begins_surely(head, near)):
            return _shortest(head, near)
    return ""


def _shortest(head: str, near: str) -> str:
    """The words that name the place and nothing behind: villages nobody listed are read as their township."""
    code = gazetteer().find(head, near or None).code
    for length in range(_SHORTEST, len(head)):
        if _is_place(head[:length], near) and gazetteer().find(head[:length], near or None).code == code:
            return head[: length + 1] if _PLACE_END.match(head[length]) else head[:length]
    return head


def _begins_surely(text: str, near: str) -> bool:
    """Whether a province or a city stands in front: 深圳龙华, 浙江宁波."""
    heads = (text[:length] for length in range(_SHORTEST, len(text)))
    return any(_is_place(head, near) and _is_sure(head, near) for head in heads)


def _is_place(text: str, near: str) -> bool:
    found = gazetteer().find(text, near or None)
    return found.code is not None and not (found.problem or found.alternatives or found.note)


def _is_sure(text: str, near: str) -> bool:
    found = gazetteer().find(text, near or None)
    own = bool(near) and (found.code or "").startswith(near[:4])
    return bool(_PLACE_END.search(text)) or found.level in ("province", "city") or own
