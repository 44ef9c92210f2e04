"""Which document orders and pays in a place on a day (requirements 14.5 X_EFFECTIVE; DESIGN section 6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

from matcher.errors import NoJurisdiction
from matcher.policy.types import Pack, PackSet
from matcher.records import COUNTY_DIGITS

STANDARD = "standard"
NATIONAL = "national"


class State(StrEnum):
    """State of a document on a day."""

    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    NEEDS_REVIEW = "needs_review"
    NEEDS_CONFIG = "needs_config"


ORDERING_STATES = frozenset({State.IN_FORCE, State.NEEDS_REVIEW})
_WARNINGS = {
    State.NOT_YET: "{title}自{start}起执行，目前尚未开始；暂按通用规则排序，不计发补贴。",
    State.EXPIRED: "{title}已于{end}到期；暂按通用规则排序，不再计发补贴，请核实有无接续文件。",
    State.NEEDS_REVIEW: "{title}在这一天是否有效需要人工核实；先按该文件排序，核实前不计发补贴。",
    State.NEEDS_CONFIG: "{title}没有载明日期，需先由县里补充；暂按通用规则排序，不计发补贴。",
}
_SEVERAL = (
    "名单上的人住在{n}个县区（{some}），所依据的文件不止一份，又没有写明以哪里的为准；"
    "大家都暂按通用规则排序，不计发补贴。请写明辖区(jurisdiction)。"
)
N_QUOTES = 3
_NO_DOCUMENT = "本地区没有登记专门的就业帮扶文件，按通用规则排序，不计发补贴。"


class BoundPack(msgspec.Struct, frozen=True, kw_only=True):
    """What binds a place on a day.

    pack : the pack that orders; asked : the pack of the place (the same unless `standard` stands in for it)
    state : of `asked`; pays : whether amounts of `asked` may be claimed; warnings : Chinese, for officers
    """

    pack: Pack
    asked: Pack
    state: State
    pays: bool
    warnings: tuple[str, ...] = ()


def state(pack: Pack, on: date) -> State:
    """State of a pack's document on a day.

    Start and end stated: not_yet, in_force, expired, and needs_review from signature to the eve of printing.
    Start without end: needs_review once the years named in the text are over. No date at all: needs_config.
    """
    document = pack.document
    if document.always:
        return State.IN_FORCE
    if document.from_ is None:
        return State.NEEDS_CONFIG
    if on < document.from_:
        return State.NOT_YET
    if document.printed is not None and on < document.printed:
        return State.NEEDS_REVIEW
    if document.to is not None:
        return State.EXPIRED if on > document.to else State.IN_FORCE
    last_year = document.last_year_named
    return State.IN_FORCE if last_year is not None and on.year <= last_year else State.NEEDS_REVIEW


def pack_for(packs: PackSet, where: str, on: date) -> BoundPack:
    """The pack that binds a jurisdiction (pack id) or a region code on a day.

    Several documents of one region: the one in force, else for review, else the last to begin.
    Raises NoJurisdiction for a name that is neither a pack nor digits.
    """
    asked = _asked(packs, where, on)
    if asked is None:
        standard = packs[STANDARD]
        return BoundPack(pack=standard, asked=standard, state=State.IN_FORCE, pays=False, warnings=(_NO_DOCUMENT,))
    now = state(asked, on)
    document = asked.document
    warnings: tuple[str, ...] = ()
    if now is not State.IN_FORCE:
        title = document.number or asked.name
        warnings = (_WARNINGS[now].format(title=title, start=document.from_, end=document.to),)
    orders = asked if now in ORDERING_STATES and asked.services else packs[STANDARD]
    pays = now is State.IN_FORCE and not document.always
    return BoundPack(pack=orders, asked=asked, state=now, pays=pays, warnings=warnings)


def pack_of_homes(packs: PackSet, place_codes: Iterable[str], on: date) -> BoundPack:
    """The pack that binds people by where they live, when nobody says whose order counts.

    It is that of their counties where these share one. Where they do not, no document can order everybody: `standard`
    does, and a warning says so, for a single person from elsewhere is enough. `standard` as well for nobody at all.
    """
    counties = sorted({code[:COUNTY_DIGITS] for code in place_codes})
    bound = {found.asked.id: found for found in (pack_for(packs, county, on) for county in counties)}
    if len(bound) == 1:
        return next(iter(bound.values()))
    general = pack_for(packs, STANDARD, on)
    if not bound:
        return general
    some = "、".join(counties[:N_QUOTES]) + ("等" if len(counties) > N_QUOTES else "")
    return msgspec.structs.replace(general, warnings=(_SEVERAL.format(n=len(counties), some=some),))


def region_of(packs: PackSet, jurisdiction: str) -> str:
    """Region code of a jurisdiction: itself if it is a code, else the region its pack binds, "" if none.

    A pack names a city or province by its leading digits; codes are filled up with zeros to six.
    """
    if not jurisdiction or jurisdiction.isdigit():
        return jurisdiction
    regions = pack_for(packs, jurisdiction, date.min).asked.regions
    return f"{regions[0]:0<6}" if regions else ""


def _asked(packs: PackSet, where: str, on: date) -> Pack | None:
    if where in packs.packs:
        return packs[where]
    if not where.isdigit():
        known = ", ".join(packs.packs)
        raise NoJurisdiction(
            f"no jurisdiction {where!r}", where="jurisdiction", remedy=f"Use a region code or one of: {known}."
        )
    bound = [pack for pack in packs.packs.values() if any(where.startswith(region) for region in pack.regions)]
    order = (State.IN_FORCE, State.NEEDS_REVIEW, State.EXPIRED, State.NOT_YET, State.NEEDS_CONFIG)
    ranked = sorted(bound, key=lambda pack: (order.index(state(pack, on)), -_ordinal(pack.document.from_)))
    return next(iter(ranked), None)


def _ordinal(day: date | None) -> int:
    return 0 if day is None else day.toordinal()
