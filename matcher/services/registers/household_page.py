"""The goal per household: how many have somebody in work, which have nobody, and the best next step of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, Final

import msgspec

from matcher.errors import NotFound
from matcher.office.registers.homes import (
    PERSONS_A_HOUSEHOLD,
    Home,
    Next,
    Step,
    goal,
    homes,
    next_skill,
    next_step,
    one_skill,
)
from matcher.office.registers.rules import rule_ids
from matcher.policy.rule_types import Parameter
from matcher.ports import RosterStore, Shared
from matcher.records import TOWNSHIP_DIGITS
from matcher.records.access import Role
from matcher.services.ground.named_people import named
from matcher.services.registers.boards import state_of
from matcher.services.registers.ledger import Ledger
from matcher.services.registers.words import (
    UNSTATED,
    field_label,
    person_row,
    place_name,
    source_words,
    town_name,
    truth_words,
)
from matcher.services.rounds.suitable import n_suitable

N_HOMES: Final = 30
REACHED, MISSING, OPEN = "reached", "missing", "open"
SKILLED, SKILL_SHORT, SKILL_OPEN = "skilled", "skill_short", "skill_open"
LISTS: Final = {
    MISSING: ("没有人在岗的户", "户里有劳动力，一个在岗的都没有。先办下一步。"),
    OPEN: ("还判不了的户", "户里有人的情况没有登记清楚，先核实。"),
    REACHED: ("至少一人在岗的户", "有佐证的才算。"),
    SKILL_SHORT: ("还没有人有技能的户", "一户一人一技：按文件，每户至少有文件写的人数掌握一项技能。"),
    SKILL_OPEN: ("技能没有登记的户", "先问清楚会什么、有没有证。"),
    SKILLED: ("一户一人一技已有的户", "登记了技能或者证书。"),
}
STEPS: Final = {
    Step.OFFER: "有合适的岗，去介绍",
    Step.QUESTION: "先问清楚",
    Step.TRAINING: "愿意学手艺或者出去，先安排培训",
    Step.PLOT: "本人同意菜园地块，按地块名单排",
    Step.VISIT: "没有人说愿意，上门了解",
}


class Homes(msgspec.Struct, frozen=True, kw_only=True):
    """Which households: of which list, which place (leading digits, "" everywhere), from where on."""

    figure: str = MISSING
    place: str = ""
    skip: int = 0
    most: int = N_HOMES


def household_figures(book: Ledger) -> dict[str, list[Home]]:
    """Every figure as the households behind it; of kept registers worked out once."""

    def made() -> dict[str, list[Home]]:
        found = homes(book.households, book.people, book.workers)
        told = goal(found, book.rules)
        missing, unjudged = set(told.missing), set(told.open)
        others = missing | unjudged
        figures: dict[str, list[Home]] = {
            MISSING: [home for home in found if home.row.household_id in missing],
            OPEN: [home for home in found if home.row.household_id in unjudged],
            REACHED: [home for home in found if _reached(home, others)],
        }
        persons = _persons(book)
        if persons is not None:
            figures[SKILLED], figures[SKILL_SHORT], figures[SKILL_OPEN] = one_skill(found, persons)
        return figures

    if not isinstance(book.households, Shared):
        return made()
    return book.means.remembered.get("households of registers", (book.people, book.households), made, n_kept=8)


def households_page(store: RosterStore, book: Ledger, asked: Homes, role: Role) -> dict[str, Any]:
    """Figures by town and village and one list with its next steps. NotFound for a list the document does not know."""
    figures = household_figures(book)
    if asked.figure not in figures:
        raise NotFound("没有这个数", where="list", remedy="请从表里点进来。")
    behind = [home for home in figures[asked.figure] if home.place.startswith(asked.place)]
    end = asked.skip + asked.most
    persons = _persons(book)
    title, hint = LISTS[asked.figure]
    return {
        "title": "一户一人在岗",
        **state_of(book),
        "sources": source_words([book.source(rule_ids().goal)]),
        "skill": {"document": book.bound.asked.cited, "clause": persons.clause, "n": int(persons.value)}
        if persons
        else None,
        "figures": [{"name": name, "title": LISTS[name][0]} for name in figures],
        "total": {name: len(found) for name, found in figures.items()},
        "counted": sum(len(figures[name]) for name in (REACHED, MISSING)),
        "towns": _towns(figures),
        "figure": asked.figure,
        "figure_title": title,
        "hint": hint,
        "place": asked.place,
        "place_name": place_name(asked.place) if asked.place else "全部",
        "n": len(behind),
        "skip": asked.skip,
        "next": end if end < len(behind) else 0,
        "rows": home_rows(store, book, behind[asked.skip : end], role, asked.figure),
    }


def home_rows(
    store: RosterStore, book: Ledger, found: Sequence[Home], role: Role, figure: str = MISSING
) -> list[dict[str, Any]]:
    """One row a household of a list: its members as the role reads them, and what to do next.

    The step is towards work where nobody is in work, and towards a skill on the lists of those that lack one.
    """
    members = [book.workers[one.worker_id] for home in found for one in home.members]
    people = {person["worker_id"]: person for person in named(store, members, role, book.asked.revision)}
    idle = [book.workers[one.worker_id] for home in found if not home.row.employed for one in home.members]
    posts = n_suitable(idle, book.vacancies, book.means, book.asked.on)
    vocabulary = book.means.packs.vocabulary
    rows = []
    for home in found:
        step = _next(home, book, posts, figure)
        rows.append(
            {
                "household_id": home.row.household_id,
                "place": place_name(home.place),
                "able": home.row.able,
                "employed": home.row.employed,
                "poor": truth_words(home.row.poor),
                "skilled": home.skilled,
                "members": [
                    {
                        **person_row(one, book.workers[one.worker_id], vocabulary),
                        "person": people[one.worker_id],
                        "n_posts": posts.get(one.worker_id),
                    }
                    for one in home.members
                ],
                "step": {
                    "code": step.step.value,
                    "label": STEPS[step.step],
                    "worker_id": step.worker_id,
                    "asks": field_label(step.asks) if step.asks else "",
                    "n_posts": step.n_posts,
                }
                if step
                else None,
            }
        )
    return rows


def _next(home: Home, book: Ledger, posts: Mapping[str, int], figure: str) -> Next | None:
    if figure in (SKILL_SHORT, SKILL_OPEN):
        return next_skill(home, book.workers)
    return None if home.row.employed else next_step(home, book.workers, lambda name: posts.get(name, 0))


def people_of(page: dict[str, Any]) -> list[str]:
    """Ids of everybody the page names, for the audit."""
    return sorted({member["worker_id"] for row in page["rows"] for member in row["members"]})


def able_words(n: int | None) -> str:
    """A number of members, or that nobody recorded it."""
    return UNSTATED if n is None else f"{n}人"


def _reached(home: Home, others: Set[str]) -> bool:
    return bool(home.row.poor and home.row.able) and home.row.household_id not in others


def _persons(book: Ledger) -> Parameter | None:
    """How many people of a household the document wants to have a skill; None where it asks for none."""
    row = book.bound.asked.parameter(PERSONS_A_HOUSEHOLD, book.asked.on)
    return row if row is not None and row.holds_on(book.asked.on) else None


def _towns(figures: dict[str, list[Home]]) -> list[dict[str, Any]]:
    """Figures by town and village; of a town they are the sums of its villages."""
    counts: dict[str, dict[str, int]] = {}
    for name, found in figures.items():
        for home in found:
            village = counts.setdefault(home.place, dict.fromkeys(figures, 0))
            village[name] += 1
    towns: dict[str, list[str]] = {}
    for code in sorted(counts):
        towns.setdefault(code[:TOWNSHIP_DIGITS], []).append(code)
    return [
        {
            "code": town,
            "name": town_name(town),
            "n": {name: sum(counts[code][name] for code in codes) for name in figures},
            "villages": [{"code": code, "name": place_name(code), "n": counts[code]} for code in codes],
        }
        for town, codes in towns.items()
    ]
