"""Villages against the base year as a worklist: how many are missing, who is willing, which posts suit, who has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import NotFound
from matcher.office.registers.figures import BASE, DELIVERED, EMPLOYED, GONE, NEW, NOW, UNPROVED, WISHING
from matcher.office.registers.rules import rule_ids
from matcher.office.registers.scale import THRESHOLDS, Village, villages
from matcher.office.registers.schedule import NOT_BEGUN, PREFIX, Scheduled, scheduled, stream_of, village_of_stream
from matcher.ports import DeedStore, RosterStore, Shared
from matcher.records import Vacancy
from matcher.records.access import Role
from matcher.records.deeds import Deed
from matcher.services.ground.place_words import work_words
from matcher.services.ground.post_words import CHANNEL_LABELS
from matcher.services.registers.boards import N_NAMES, rows_of, state_of
from matcher.services.registers.ledger import Ledger
from matcher.services.registers.words import place_name, source_words
from matcher.services.rounds.suitable import n_suitable, suitable_posts

N_POSTS: Final = 20
PAID: Final = "claim.paid"
CLAIMS: Final = "claim:"
LISTS: Final = {
    GONE: ("对比年在、今年还没有的", "去年有佐证在外做事，今年一天都没有。先问这些人。"),
    WISHING: ("有意愿未外出", "没有在岗，本人愿意出去。"),
    UNPROVED: ("说在岗，还不能计入", "补佐证、写明谁核实的，就能计入；补不了的，核实是不是真的在岗。"),
    BASE: ("对比年在外的", "对比年里至少有一天有佐证的就业。"),
    NOW: ("今年在外的", "今年到这一天为止，至少有一天有佐证的就业。"),
    NEW: ("今年新增的", "今年有、对比年没有的。"),
    EMPLOYED: ("眼下在岗的", "这一天在岗，有佐证。"),
    "months_met": ("务工月数达标", "今年累计月数达到县里定的数。"),
    "months_short": ("务工月数不够", "今年累计月数还没有达到。"),
    "months_open": ("务工月数判不了", "县里还没有定这个数，或者没有登记在哪里做事。"),
    "income_met": ("务工收入达标", "今年累计收入达到县里定的数。"),
    "income_short": ("务工收入不够", "今年累计收入还没有达到。"),
    "income_open": ("务工收入判不了", "县里还没有定这个数，或者没有登记工资。"),
    DELIVERED: ("政策落实到人", "今年已经有补贴到账。"),
}
"""Figures of a village, each with what it counts."""


def villages_of(book: Ledger, deeds: DeedStore) -> list[Village]:
    """Every village of the reader's reach, those that miss most first."""
    return villages(book.people, book.rules, _delivered(deeds, book))


def villages_page(book: Ledger, deeds: DeedStore) -> dict[str, Any]:
    """The worklist of all villages: figures, what starts scheduling, who has it."""
    found = villages_of(book, deeds)
    posts, states = _posts(book, found), schedules(book.asked.deeds(deeds, prefix=PREFIX), book.span.year)
    return {
        **_heading(book),
        "figures": [{"name": name, "title": title} for name, (title, _) in LISTS.items()],
        "n_below": sum(one.below for one in found),
        "n_open": sum(states.get(one.place.code, NOT_BEGUN).open for one in found),
        "n_short": sum(one.short for one in found),
        "needed": _needed(book, {name for one in found for name in one.needed}),
        "villages": [_row(one, len(posts[one.place.code]), states.get(one.place.code, NOT_BEGUN)) for one in found],
    }


def village_page(
    store: RosterStore, book: Ledger, deeds: DeedStore, code: str, role: Role, *, figure: str = "", skip: int = 0
) -> dict[str, Any]:
    """One village: whom to ask first, who is willing and how many posts suit each, which posts; or one list alone.

    NotFound for a village in which nobody of the reader's reach stands on a list.
    """
    one = village_named(book, deeds, code)
    posts = _posts(book, [one])[code]
    shown = [figure] if figure else [GONE, WISHING, UNPROVED]
    if figure and figure not in LISTS:
        raise NotFound("没有这个数", where="list", remedy="请从村表点进来。")
    lists = [_list(store, book, one, name, role, skip=skip) for name in shown]
    history = book.asked.stream(deeds, stream_of(code, book.span.year))
    _tell_posts(book, lists)
    return {
        **_heading(book),
        **_row(one, len(posts), scheduled(history)),
        "needed": _needed(book, set(one.needed)),
        "figures": [{"name": name, "title": title, "hint": hint} for name, (title, hint) in LISTS.items()],
        "figure": figure,
        "lists": lists,
        "posts": [] if figure else [post_row(book.vacancies[at]) for at in posts[:N_POSTS].tolist()],
        "history": [_step(deed) for deed in history],
    }


def village_named(book: Ledger, deeds: DeedStore, code: str) -> Village:
    """A village of the reader's reach; NotFound."""
    for one in villages_of(book, deeds):
        if one.place.code == code:
            return one
    raise NotFound("没有这个村", where="village", remedy="请从村表点进来；不在您管的范围里的村，这里查不到。")


def people_of(page: Mapping[str, Any]) -> list[str]:
    """Ids of everybody a page of a village names, for the audit."""
    return sorted({row["worker_id"] for part in page["lists"] for row in part["rows"]})


def schedules(deeds: Iterable[Deed], year: int) -> dict[str, Scheduled]:
    """Village -> how it stands in the year after deeds of `PREFIX`; those nothing was done about are left out."""
    streams: dict[str, list[Deed]] = {}
    for deed in deeds:
        village, of_year = village_of_stream(deed.stream)
        if of_year == year:
            streams.setdefault(village, []).append(deed)
    return {code: scheduled(found) for code, found in streams.items()}


def post_row(post: Vacancy) -> dict[str, Any]:
    """A post as the worklist shows it; what is not stated is null or ""."""
    return {
        "vacancy_id": post.vacancy_id,
        "title": post.title,
        "employer": post.employer_name or "",
        "place": work_words(post.place_code),
        "channel": CHANNEL_LABELS[post.channel],
        "wage_low": post.wage_low_yuan_month,
        "wage_high": post.wage_high_yuan_month,
        "places_left": None if post.headcount_unknown else post.places_left,
    }


def _posts(book: Ledger, found: list[Village]) -> dict[str, NDArray[np.intp]]:
    """Village -> positions of the open posts that suit somebody willing there; of kept registers worked out once."""
    groups = {one.place.code: [book.workers[name] for name in one.place.people.get(WISHING, ())] for one in found}

    def made() -> dict[str, NDArray[np.intp]]:
        return suitable_posts(groups, book.vacancies, book.means, book.asked.on)

    if not isinstance(book.vacancies, Shared):
        return made()
    return book.means.remembered.get(
        "posts of villages", (book.people, book.vacancies), made, by=tuple(groups), n_kept=2 * N_NAMES
    )


def _list(store: RosterStore, book: Ledger, one: Village, name: str, role: Role, *, skip: int) -> dict[str, Any]:
    title, hint = LISTS[name]
    ids = one.place.people.get(name, [])
    end = skip + N_NAMES
    return {
        "name": name,
        "title": title,
        "hint": hint,
        "n": len(ids),
        "skip": skip,
        "next": end if end < len(ids) else 0,
        "rows": [{**row} for row in rows_of(store, book, ids[skip:end], role)],
    }


def _tell_posts(book: Ledger, lists: list[dict[str, Any]]) -> None:
    """Beside everybody who is named: how many open posts suit."""
    ids = {row["worker_id"] for part in lists for row in part["rows"]}
    counts = n_suitable([book.workers[name] for name in sorted(ids)], book.vacancies, book.means, book.asked.on)
    for part in lists:
        for row in part["rows"]:
            row["n_posts"] = counts[row["worker_id"]]


def _row(one: Village, n_posts: int, state: Scheduled) -> dict[str, Any]:
    return {
        "code": one.place.code,
        "name": place_name(one.place.code),
        "short": one.short,
        "below": one.below,
        "recovered": one.recovered,
        "target_met": bool(one.scale.get("target_met")),
        "n": {name: one.place.n(name) for name in LISTS},
        "n_posts": n_posts,
        "broker": state.broker,
        "since": state.since.isoformat() if state.since else "",
        "closed_on": state.closed_on.isoformat() if state.closed_on else "",
        "note": state.note,
        "open": state.open,
    }


def _heading(book: Ledger) -> dict[str, Any]:
    return {
        "title": "各村和上年比",
        **state_of(book),
        "year": book.span.year,
        "base_year": book.span.base_year,
        "base_is_set": book.base_is_set,
        "sources": source_words(book.source(rule) for rule in (rule_ids().scale, rule_ids().threshold)),
    }


def _needed(book: Ledger, names: set[str]) -> list[dict[str, str]]:
    """The masked figures a verdict waits for, with the page on which the county sets each."""
    owner = book.rules.packs.rule_owner(rule_ids().threshold)
    if owner is None:
        return []
    pack = owner[0]
    told = []
    for name in (name for name in THRESHOLDS if name in names):
        row = pack.parameter(name)
        told.append({"pack_id": pack.id, "parameter_id": name, "name": (row.name if row else "") or name})
    return told


def _delivered(deeds: DeedStore, book: Ledger) -> frozenset[str]:
    """Every person a claim is about that was paid in the year by the day, under whichever record of theirs."""
    first, last = book.span.now
    joined = dict(book.asked.joined)
    paid = (deed for deed in book.asked.deeds(deeds, prefix=CLAIMS, kinds=[PAID]) if first <= deed.on <= last)
    # As the registers have it: a record that stays for itself is not read as another's.
    return frozenset(one if one in book.by_id else joined.get(one, one) for deed in paid for one in deed.subjects)


_DEEDS: Final = {
    "village.assigned": "交给了劳务员",
    "village.released": "从劳务员那里收回",
    "village.closed": "结束调度",
}


def _step(deed: Deed) -> dict[str, str]:
    return {
        "on": deed.on.isoformat(),
        "by": deed.by,
        "what": _DEEDS.get(deed.kind, deed.kind),
        "broker": str(deed.body.get("broker", "")),
        "note": str(deed.body.get("note", "")),
    }
