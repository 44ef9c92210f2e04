"""Every figure of a page as the people behind it: a count is never kept apart from its names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from matcher.office.registers.standing import ABILITY, IDENTITY, STATUS, WISH, Standing
from matcher.records import TOWNSHIP_DIGITS

POOR_DATABASE: Final = "registered_poor_rural_labour"
RELOCATED_DATABASE: Final = "relocated_poor_rural_labour"
EMPLOYED, WISHING, RETURNEES = "employed_list", "wish_list", "returnee_ledger"
UNPROVED: Final = "unproved"
REVIEW: Final = "review"
CLEAR, UNCLEAR = "clear", "unclear"
FOUR: Final = (IDENTITY, ABILITY, STATUS, WISH)

Test = Callable[[Standing], bool]


class Named(NamedTuple):
    """A figure: its words, and whom it counts."""

    title: str
    test: Test


def _in_database(name: str) -> Test:
    return lambda one: name in one.databases


def _on_list(name: str) -> Test:
    return lambda one: name in one.lists


def _lacks(field: str) -> Test:
    return lambda one: bool(one.databases) and field in one.unclear


REGISTERS: Final[Mapping[str, Named]] = {
    POOR_DATABASE: Named("建档立卡劳动力库", _in_database(POOR_DATABASE)),
    RELOCATED_DATABASE: Named("易地搬迁劳动力库", _in_database(RELOCATED_DATABASE)),
    REVIEW: Named("够不够入库还判不了", lambda one: bool(one.review)),
    CLEAR: Named("四项都清楚", lambda one: bool(one.databases) and not one.unclear),
    UNCLEAR: Named("还有不清楚的", lambda one: bool(one.databases) and bool(one.unclear)),
    f"unclear:{IDENTITY}": Named("身份不清楚", _lacks(IDENTITY)),
    f"unclear:{ABILITY}": Named("劳动能力不清楚", _lacks(ABILITY)),
    f"unclear:{STATUS}": Named("就业状态不清楚", _lacks(STATUS)),
    f"unclear:{WISH}": Named("外出意愿不清楚", _lacks(WISH)),
}
"""Figures of the databases and of the four that must be clear."""

TWO_LISTS: Final[Mapping[str, Named]] = {
    EMPLOYED: Named("已就业", _on_list(EMPLOYED)),
    WISHING: Named("有意愿未外出", _on_list(WISHING)),
    UNPROVED: Named("说在岗，还不能计入", lambda one: one.unproved),
    RETURNEES: Named("登记过返乡", _on_list(RETURNEES)),
}
"""The two lists; beside them whom nobody may count yet, and who came home."""

BASE, NOW, GONE, NEW = "base", "now", "gone", "new"
MONTHS, INCOME = "months", "income"
MONTHS_MET, MONTHS_SHORT, MONTHS_OPEN = "months_met", "months_short", "months_open"
INCOME_MET, INCOME_SHORT, INCOME_OPEN = "income_met", "income_short", "income_open"
DELIVERED: Final = "delivered"


class Place(NamedTuple):
    """One village (or whatever of a home is known) with the people behind every figure, ids in roster order."""

    code: str
    people: dict[str, list[str]]

    def n(self, figure: str) -> int:
        """The figure: how many people stand behind it."""
        return len(self.people.get(figure, ()))


def counted(people: Iterable[Standing], figures: Mapping[str, Named]) -> list[Place]:
    """The figures of every village in which somebody stands behind one, by code."""
    found: dict[str, Place] = {}
    for one in people:
        for name, figure in figures.items():
            if figure.test(one):
                place = found.setdefault(one.place, Place(one.place, {}))
                place.people.setdefault(name, []).append(one.worker_id)
    return [found[code] for code in sorted(found)]


def by_town(villages: Sequence[Place]) -> list[tuple[Place, list[Place]]]:
    """Towns with their villages: behind a figure of a town stand the people of its villages, and nobody else."""
    towns: dict[str, list[Place]] = {}
    for village in villages:
        towns.setdefault(village.code[:TOWNSHIP_DIGITS], []).append(village)
    return [(together(code, towns[code]), towns[code]) for code in sorted(towns)]


def together(code: str, places: Iterable[Place]) -> Place:
    """Several places as one."""
    people: dict[str, list[str]] = {}
    for place in places:
        for name, ids in place.people.items():
            people.setdefault(name, []).extend(ids)
    return Place(code, people)
