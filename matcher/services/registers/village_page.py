"""Villages against the base year as a worklist: how many are missing, who is willing, which posts suit, who has it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import NotFound
from matcher.office.registers.bases import PREFIX as BASES
from matcher.office.registers.bases import SAID, Base, Bases, Basis, bases_of, stream_of_base
from matcher.office.registers.figures import BASE, DELIVERED, EMPLOYED, GONE, NEW, NOW, UNPROVED, WISHING
from matcher.office.registers.rules import BASE_YEAR, rule_ids
from matcher.office.registers.scale import RECOVERY, THRESHOLDS, Village, towns, villages
from matcher.office.registers.schedule import NOT_BEGUN, PREFIX, Scheduled, scheduled, stream_of, village_of_stream
from matcher.office.registers.standing import COARSE
from matcher.policy.figures.in_force import scaled
from matcher.ports import DeedStore, RosterStore, Shared
from matcher.records import Vacancy
from matcher.records.access import Role
from matcher.records.deeds import Deed
from matcher.services.documents.county_figures import sees
from matcher.services.ground.place_words import work_words
from matcher.services.ground.post_words import CHANNEL_LABELS
from matcher.services.registers.boards import N_NAMES, Names, rows_of, state_of
from matcher.services.registers.ledger import Ledger
from matcher.services.registers.words import place_name, source_words
from matcher.services.rounds.suitable import n_suitable, suitable_posts

N_POSTS: Final = 20
PAID: Final = "claim.paid"
CLAIMS: Final = "claim:"
LISTS: Final = {
    GONE: ("对比年在、今年还没有的", "对比年在外做事，今年到这一天一天有佐证的都没有。先问这些人。"),
    WISHING: ("有意愿未外出", "没有在岗，本人愿意出去。"),
    UNPROVED: ("说在岗，还不能计入", "补佐证、写明谁核实的，就能计入；补不了的，核实是不是真的在岗。"),
    BASE: ("对比年在外的", "对比年里全国系统录入了务工的；没有录入名单的，是有佐证的就业。"),
    NOW: ("今年在外的", "今年到这一天为止，至少有一天有佐证的就业。"),
    NEW: ("今年新增的", "今年有、对比年没有的；对比年没有名单的，不列。"),
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
POSTS: Final = "posts"
BASIS: Final = {
    Basis.STATED: "县里填的",
    Basis.LISTED: "全国系统名单",
    Basis.PROVED: "有佐证的就业",
    Basis.UNKNOWN: "没有登记",
}
"""What the number of the base year rests on."""


def villages_of(book: Ledger, deeds: DeedStore) -> list[Village]:
    """Every village of the reader's reach, those that miss most first."""
    return villages(book.people, book.rules, bases(book, deeds), _delivered(deeds, book))


def towns_of(book: Ledger, deeds: DeedStore, found: Sequence[Village]) -> list[Village]:
    """The towns of the villages found that lie in the reader's reach as a whole: no part is told for the whole."""
    told = towns(book.people, book.rules, bases(book, deeds), found, _delivered(deeds, book))
    return [one for one in told if not book.reach or one.place.code.startswith(book.reach)]


def bases(book: Ledger, deeds: DeedStore) -> Bases:
    """The base years, with the numbers stated of places of the reader's reach."""
    return bases_of(book.span, book.asked.deeds(deeds, prefix=BASES), book.reach)


def villages_page(book: Ledger, deeds: DeedStore) -> dict[str, Any]:
    """The worklist of all villages and their towns: figures, what starts scheduling, who has it."""
    found = villages_of(book, deeds)
    above = towns_of(book, deeds, found)
    posts, states = posts_of(book, found), schedules(book.asked.deeds(deeds, prefix=PREFIX), book.span.year)

    def row(one: Village) -> dict[str, Any]:
        suits = [posts[code] for code in one.inside or (one.place.code,)]
        return _row(one, len(np.unique(np.concatenate(suits))), states.get(one.place.code, NOT_BEGUN))

    return {
        **_heading(book),
        "figures": [{"name": name, "title": title} for name, (title, _) in LISTS.items()],
        "n_below": sum(one.below for one in found),
        "n_open": sum(states.get(one.place.code, NOT_BEGUN).open for one in found),
        "n_short": sum(one.short for one in found),
        "n_unknown": sum(one.unknown for one in found),
        "needed": _needed(book, (*found, *above)),
        "towns": [row(one) for one in above],
        "villages": [row(one) for one in found],
    }


def village_page(
    store: RosterStore, book: Ledger, deeds: DeedStore, code: str, role: Role, *, asked: Names
) -> dict[str, Any]:
    """One village or town: whom to ask first, who is willing and how many posts suit each; or one list alone.

    asked.figure : a list of `LISTS`, or `POSTS` for all posts that suit; asked.worker : of these, those that suit
    one person alone. NotFound for a place in which nobody of the reader's reach stands on a list.
    """
    one, figure = village_named(book, deeds, code), asked.figure
    if figure not in ("", POSTS, *LISTS):
        raise NotFound("没有这个数", where="list", remedy="请从村表点进来。")
    all_posts = posts_of(book, [one])[code]
    posts = posts_of_person(book, code, asked.worker) if asked.worker else all_posts
    shown = {"": [GONE, WISHING, UNPROVED], POSTS: []}.get(figure, [figure])
    lists = [_list(store, book, one, name, role, skip=asked.skip) for name in shown]
    history = book.asked.stream(deeds, stream_of(code, book.span.year))
    said = book.asked.stream(deeds, stream_of_base(code))
    _tell_posts(book, lists)
    return {
        **_heading(book),
        **_row(one, len(all_posts), scheduled(history)),
        "is_town": bool(one.inside),
        "is_known_home": COARSE not in code,
        "base_of_year": book.span.base_years[bool(one.inside)],
        "needed": _needed(book, [one]),
        "figures": [{"name": name, "title": title, "hint": hint} for name, (title, hint) in LISTS.items()],
        "figure": figure,
        "worker": asked.worker,
        "lists": lists,
        **_posts_told(book, posts, asked),
        "history": [_step(deed) for deed in sorted((*history, *said), key=lambda deed: deed.number)],
    }


def village_named(book: Ledger, deeds: DeedStore, code: str) -> Village:
    """A village of the reader's reach, or a town that lies in it as a whole; NotFound."""
    found = villages_of(book, deeds)
    for one in (*found, *towns_of(book, deeds, found)):
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


def posts_of(book: Ledger, found: Sequence[Village]) -> dict[str, NDArray[np.intp]]:
    """Village -> positions of the open posts that suit somebody willing there; of kept registers worked out once."""
    groups = {one.place.code: [book.workers[name] for name in one.place.people.get(WISHING, ())] for one in found}

    def made() -> dict[str, NDArray[np.intp]]:
        return suitable_posts(groups, book.vacancies, book.means, book.asked.on)

    if not isinstance(book.vacancies, Shared):
        return made()
    return book.means.remembered.get(
        "posts of villages", (book.people, book.vacancies), made, by=tuple(groups), n_kept=2 * N_NAMES
    )


def posts_of_person(book: Ledger, place: str, worker_id: str) -> NDArray[np.intp]:
    """Positions of the open posts that suit one person of a place; NotFound for somebody of elsewhere."""
    person = book.by_id.get(worker_id)
    if person is None or not person.place.startswith(place):
        raise NotFound("这里没有这个人", where="worker", remedy="请从名单里点进来。")
    return suitable_posts({"": [book.workers[worker_id]]}, book.vacancies, book.means, book.asked.on)[""]


def _posts_told(book: Ledger, posts: NDArray[np.intp], asked: Names) -> dict[str, Any]:
    """The first posts beside the lists, or all of them page by page on a page of their own."""
    if asked.figure not in ("", POSTS):
        return {"posts": [], "n_shown": 0, "posts_skip": 0, "posts_next": 0}
    first, most = (asked.skip, N_NAMES) if asked.figure else (0, N_POSTS)
    end = first + most
    return {
        "posts": [post_row(book.vacancies[at]) for at in posts[first:end].tolist()],
        "n_shown": len(posts),
        "posts_skip": first,
        "posts_next": end if end < len(posts) else 0,
    }


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
        "then": _then(one.base),
        "n": {name: one.place.n(name) for name in LISTS},
        "n_posts": n_posts,
        "broker": state.broker,
        "since": state.since.isoformat() if state.since else "",
        "closed_on": state.closed_on.isoformat() if state.closed_on else "",
        "note": state.note,
        "open": state.open,
    }


def _then(base: Base) -> dict[str, Any]:
    said = base.stated
    return {
        "n": base.n,
        "basis": base.basis.value,
        "label": BASIS[base.basis],
        "source": said.source if said else "",
        "by": said.by if said else "",
        "on": said.on if said else "",
    }


def _heading(book: Ledger) -> dict[str, Any]:
    return {
        "title": "各村和上年比",
        **state_of(book),
        "year": book.span.year,
        "base_year": book.span.base_year,
        "town_base_year": book.span.base_years[1],
        "base_is_set": not book.unset,
        "every_base": BASE_YEAR,
        "recover_by": day.isoformat() if (day := _recover_by(book)) else "",
        "is_late": day is not None and book.asked.on > day,
        "sources": source_words(book.source(rule) for rule in (rule_ids().scale, rule_ids().threshold)),
    }


def _recover_by(book: Ledger) -> date | None:
    """The last day by which a place under scheduling must have recovered, as the county has set it; None: it has not.

    The document blanks the month out: 四(二), by the end of a month of the year.
    """
    owner = book.rules.packs.rule_owner(rule_ids().scale)
    figure = book.rules.county.of(owner[0].id, RECOVERY, book.asked.on) if owner else None
    if figure is None:
        return None
    month = int(scaled(figure))
    return date(book.span.year, month, monthrange(book.span.year, month)[1])


def _needed(book: Ledger, found: Sequence[Village]) -> list[dict[str, Any]]:
    """The masked figures that verdicts on places wait for; is_seen : whether the reader may open the page of each."""
    owner = book.rules.packs.rule_owner(rule_ids().threshold)
    if owner is None:
        return []
    pack, names = owner[0], {name for one in found for name in one.needed}
    if any(one.below for one in found) and _recover_by(book) is None:
        names.add(RECOVERY)
    told = []
    for name in (*book.unset, *(name for name in (*THRESHOLDS, RECOVERY) if name in names)):
        row = pack.parameter(name)
        told.append(
            {
                "pack_id": pack.id,
                "parameter_id": name,
                "name": (row.name if row else "") or name,
                "is_seen": sees(pack, book.reach),
            }
        )
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
    if deed.kind == SAID:
        n, year, source = (deed.body[name] for name in ("n", "year", "source"))
        note = f"{source}：{year}年{'不填，按名单算' if n is None else f'{n}人'}"
        return {"on": deed.on.isoformat(), "by": deed.by, "what": "填了对比年的人数", "broker": "", "note": note}
    return {
        "on": deed.on.isoformat(),
        "by": deed.by,
        "what": _DEEDS.get(deed.kind, deed.kind),
        "broker": str(deed.body.get("broker", "")),
        "note": str(deed.body.get("note", "")),
    }
