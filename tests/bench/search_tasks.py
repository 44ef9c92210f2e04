"""Children of the broker workload: the index and its queries, SQLite's full text and LIKE, a plain Python loop."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from matcher.bootstrap import Application
from matcher.language.trade_words import folded, spoken_terms
from matcher.orders.search.query import Query, asked
from matcher.records import Kind, Worker
from matcher.services.broker.people_index import Asker, people_index, warm_people
from matcher.services.broker.search_people import SearchPeople, read_box, search_people, sieve_of
from matcher.services.ground.answering import working_ids
from matcher.settings import from_environment
from tests.bench.county import AT
from tests.bench.measure import Laps, repeated, timed

ON = AT.date()
LINES = (
    "缝纫", "缝纫 平车 周五走", "缝纫 百朋", "缝纫 去广东 可联系", "电焊 不要 叉车", "叉车 本县", "砌砖 夫妻",
    "养猪 进德 现在能走", "打扫卫生 没打过", "",
)  # fmt: skip
TERMS = ("缝纫", "电焊", "叉车", "砌筑", "包装")
NAMES = ("韦小英", "覃丽", "weixiaoying", "wxy", "黄")
BOUND = "zz"
Timed = tuple[Laps, Any]


def _application(home: str) -> Application:
    return Application(from_environment({}, home=Path(home)))


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def make_index(home: str) -> Timed:
    """Encode everybody and open their names, the records in memory already; value: megabytes it holds on to."""
    app = _application(home)
    store = app.remembering_store
    for kind in Kind:
        store.records(kind)
    before = _resident_mib()
    laps, _ = repeated(lambda: warm_people(store, app.means, ON), repeats=1)
    columns = people_index(store, app.means).columns
    return laps, {"columns_mib": columns.n_bytes / 2**20, "resident_mib": _resident_mib() - before}


def ours(home: str, repeats: int) -> Timed:
    """Every line read, answered, counted in eight facets, fifty people opened and masked; ids of all found."""
    app = _application(home)
    store, orders, asker = app.remembering_store, app.orders, Asker(on=ON)
    warm_people(store, app.means, ON)

    def one(line: str) -> Any:
        call = SearchPeople(asker=asker, query=_query(app, asker, line))
        return search_people(store, orders, app.means, call)

    one("")
    laps, told = timed([lambda line=line: one(line) for _ in range(repeats) for line in (*LINES, *NAMES)])
    found = {line: _ids(app, asker, line) for line in LINES}
    counts = {line: _facet(answer) for line, answer in zip((*LINES, *NAMES), told, strict=False) if line in LINES}
    return laps, {"found": found, "townships": counts}


def plain(home: str) -> Timed:
    """The same lines by a loop over the records, no facets and nobody opened."""
    app = _application(home)
    people, busy = _people(app), working_ids(app.store, ON, None)
    households: dict[str, int] = {}
    free = [one for one in people if one.worker_id not in busy and one.wish_to_work is not False]
    for one in free:
        if one.household_id:
            households[one.household_id] = households.get(one.household_id, 0) + 1
    asker = Asker(on=ON)

    def search(line: str) -> list[str]:
        query = _query(app, asker, line)
        return sorted(one.worker_id for one in free if _fits(one, query, households))

    laps, found = timed([lambda line=line: search(line) for line in LINES])
    return laps, {"found": dict(zip(LINES, map(_short, found), strict=True))}


def full_text(home: str, repeats: int) -> Timed:
    """Trades alone in SQLite's FTS5, each character a word (two-character trades are too short for trigrams)."""
    return _in_sqlite(
        home, repeats,
        lambda texts: ("rowid IN (SELECT rowid FROM held WHERE held MATCH ?)", [" OR ".join(map(_phrase, texts))]),
    )  # fmt: skip


def like(home: str, repeats: int) -> Timed:
    """The same with LIKE over the texts."""
    return _in_sqlite(
        home, repeats, lambda texts: (" OR ".join("words LIKE ?" for _ in texts), [f"%|{text}|%" for text in texts])
    )


def _phrase(text: str) -> str:
    return f'"{_spaced(f"|{text}|")}"'


def _spaced(words: str) -> str:
    """Each character a word of its own, the bounds of entries too: 焊工证 is no 焊工."""
    return " ".join(words).replace("|", BOUND)


def _in_sqlite(home: str, repeats: int, condition: Callable[[list[str]], tuple[str, list[str]]]) -> Timed:
    """Each term's written forms looked up: counted, counted by township, fifty rows. How many, beside a loop."""
    app = _application(home)
    people = _people(app)
    table = sqlite3.connect(":memory:")
    table.execute("CREATE TABLE person (worker_id TEXT, township TEXT, words TEXT)")
    table.execute("CREATE VIRTUAL TABLE held USING fts5 (words, tokenize='unicode61')")
    rows = [(one.worker_id, one.place_code[:9], f"|{'|'.join(map(folded, _texts(one)))}|") for one in people]
    table.executemany("INSERT INTO person VALUES (?, ?, ?)", rows)
    table.executemany(
        "INSERT INTO held (rowid, words) VALUES (?, ?)",
        [(at, _spaced(words)) for at, (*_, words) in enumerate(rows, 1)],
    )
    texts = {text for one in people for text in _texts(one)}

    def search(term: str) -> int:
        where, values = condition(sorted({folded(text) for text in texts if term in spoken_terms(text)}))
        n, *_ = (
            table.execute(f"SELECT {what} FROM person WHERE {where} {rest}", values).fetchall()  # noqa: S608 - constants
            for what, rest in (
                ("count(*)", ""),
                ("township, count(*)", "GROUP BY township"),
                ("worker_id", "ORDER BY worker_id LIMIT 50"),
            )
        )
        return int(n[0][0])

    laps, found = timed([lambda term=term: search(term) for _ in range(repeats) for term in TERMS])
    return laps, {"n": dict(zip(TERMS, found, strict=False)), "looped": _looped(people, TERMS)}


def _looped(people: Sequence[Worker], terms: Iterable[str]) -> dict[str, int]:
    return {term: sum(any(term in spoken_terms(text) for text in _texts(one)) for one in people) for term in terms}


def _people(app: Application) -> list[Worker]:
    return [one for one in app.store.records(Kind.WORKERS) if isinstance(one, Worker)]


def _texts(one: Worker) -> tuple[str, ...]:
    return (*(one.trades or ()), *(one.skills or ()), *(one.certificates or ()))


def _query(app: Application, asker: Asker, line: str) -> Query:
    return asked(read_box(app.remembering_store, app.means, asker, line).chips)


def _ids(app: Application, asker: Asker, line: str) -> list[Any]:
    call = SearchPeople(asker=asker, query=_query(app, asker, line))
    _, sieve = sieve_of(app.remembering_store, app.orders, app.means, call)
    ids = sieve.people.columns.ids
    return _short(sorted(ids[row] for row in sieve.fits.nonzero()[0].tolist()))


def _short(ids: Sequence[str]) -> list[Any]:
    """How many and the first and last hundred: enough to see that two lists are one."""
    return [len(ids), *ids[:100], *ids[-100:]]


def _facet(answer: dict[str, Any]) -> int:
    return sum(choice["n"] for choice in answer["facets"][0]["choices"])


def _fits(one: Worker, query: Query, households: dict[str, int]) -> bool:
    for chip in query.chips:
        wanted = query.of(chip.about)
        hit = any(_HOLDS[chip.about.value](one, value, households) for value in wanted)
        if wanted and not hit:
            return False
        if chip.negated and _HOLDS[chip.about.value](one, chip.value, households):
            return False
    return True


def _going(one: Worker, value: str, _: object) -> bool:
    if one.travel_range is not None and value == one.travel_range.value:
        return True
    far = value.isdigit() and one.travel_range is not None and one.travel_range.value == "anywhere"
    return far or (value.isdigit() and any(place.startswith(value) for place in one.preferred_places or ()))


def _departs(one: Worker, value: str, _: object) -> bool:
    day = one.available_from
    return day is not None and day.isoformat() <= (ON.isoformat() if value == "now" else value)


_HOLDS: dict[str, Callable[[Worker, str, dict[str, int]], bool]] = {
    "skill": lambda one, value, _: (
        any(value[1:] in folded(text) for text in _texts(one))
        if value.startswith("~")
        else any(value in spoken_terms(text) for text in _texts(one))
    ),
    "township": lambda one, value, _: one.place_code.startswith(value),
    "going": _going,
    "departs": _departs,
    "contact": lambda one, value, _: one.consent is not None and one.consent.share_with_employer is True,
    "together": lambda one, value, homes: homes.get(one.household_id or "", 0) > 1,
    "contacted": lambda one, value, _: value == "never",
}
