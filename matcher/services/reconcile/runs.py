"""A weekly push: two ledgers taken in, compared with what was decided before, and kept sealed with what came out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Final, NamedTuple, TypeVar

import msgspec

from matcher.errors import Erased, InvalidInput, NotFound, Problem
from matcher.linkage import ANSWERED, UNDONE, Answer, Entry, decided, fold_pair, settled, weights
from matcher.office.keeping.terms import FileKind
from matcher.ports import DeedStore
from matcher.records.deeds import Deed, NewDeed, file_name
from matcher.services.ground.rulebook import Means
from matcher.services.reconcile.comparison import Comparison, Told, compare
from matcher.services.reconcile.files import workbook
from matcher.services.reconcile.independence import hidden_places
from matcher.services.reconcile.keys import facts_of, pair_key, row_key
from matcher.services.reconcile.ledgers import Ledger, read_ledger
from matcher.services.reconcile.lines import Line, told_apart
from matcher.services.reconcile.lists import N_PER_FILE, Shelf, lists_of, parts_of, shelved

RUN: Final = "reconcile:"
PAIR: Final = "pair:"
COMPARED: Final = "reconcile.compared"
DROPPED: Final = "reconcile.dropped"
"""Of files that are kept no longer: the deed names a new outline, without what went."""
N_PROBLEMS: Final = 200

_T = TypeVar("_T")


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """The call: both files as they came, on which day, for which county, from whom."""

    left: bytes
    right: bytes
    left_name: str
    right_name: str
    on: date
    jurisdiction: str
    by: str


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to. parts : SHA-256 of the files that hold the queue, N_PER_FILE pairs each; book : the workbook.

    settled : pairs that had been decided before and said the same as then; problems : the first of them
    lists : rows that are no pair, by name; a run of before they were kept has none
    gone : kind of kept file -> the day it was dropped; n_redacted : pairs taken out with somebody who was erased
    """

    run_id: str
    on: date
    at: datetime
    by: str
    left_name: str
    right_name: str
    left_sha256: str
    right_sha256: str
    counts: Mapping[str, int]
    settled: int
    lines: tuple[Line, ...]
    parts: tuple[str, ...]
    labels: Mapping[str, str]
    book: str
    n_problems: int
    problems: tuple[Problem, ...] = ()
    lists: Mapping[str, Shelf] = {}
    gone: Mapping[str, date] = {}
    n_redacted: int = 0


def _untold(_: int) -> None:
    pass


def push(
    deeds: DeedStore,
    means: Means,
    call: Push,
    *,
    key: bytes,
    at: datetime,
    tell: Callable[[int], None] = _untold,
) -> str:
    """Compare and keep; the run's id, the same for the same two files of one day.

    tell : is told how many rows have been read, after each file

    Both files are kept sealed. A pair that was decided and says what it said then is not asked again. Raises
    InvalidInput for a file nobody can be read from, and for one file given twice.
    """
    if call.left == call.right:
        raise InvalidInput("两份是同一个文件", remedy="左边选本局的名单，右边选另一家的名单。")
    left = read_ledger(call.left, means, on=call.on, jurisdiction=call.jurisdiction, name=call.left_name)
    tell(len(left.entries))
    right = read_ledger(call.right, means, on=call.on, jurisdiction=call.jurisdiction, name=call.right_name)
    tell(len(left.entries) + len(right.entries))
    run_id = run_id_of(left.sha256, right.sha256, call.on)
    if deeds.stream(RUN + run_id):
        return run_id
    before = _decided_before(deeds, left, right, key)
    compared = compare(left, right, weights(), means.packs, together=before.together, apart=before.apart)
    open_pairs = [told for told in compared.queue if not before.settles(told)]
    book, parts = workbook(compared), parts_of(open_pairs)
    shelves, of_lists = shelved(lists_of(compared, key))
    outline = _outlined(call, run_id, compared, open_pairs, key, at)
    outline = msgspec.structs.replace(
        outline,
        settled=before.n_settled(open_pairs),
        book=file_name(book),
        parts=tuple(map(file_name, parts)),
        lists=shelves,
    )
    kept = msgspec.json.encode(outline)
    files = {"outline": file_name(kept), "left": left.sha256, "right": right.sha256, "n": len(open_pairs)}
    bodies = (kept, call.left, call.right, book, *parts, *of_lists)
    new = NewDeed(kind=COMPARED, at=at, on=call.on, by=call.by, body=files, keeps=bodies)
    deeds.act(RUN + run_id, lambda before: () if before else (new,))
    return run_id


def run_id_of(left_sha256: str, right_sha256: str, on: date) -> str:
    """The id of a push: the same for the same two files of one day."""
    return "r-" + sha256(f"{left_sha256}:{right_sha256}:{on}".encode()).hexdigest()[:20]


def outlines(deeds: DeedStore) -> list[Outline]:
    """Every run, newest first."""
    newest = {deed.stream: deed for deed in deeds.deeds(prefix=RUN, kinds={COMPARED, DROPPED})}
    order = [deed.stream for deed in deeds.deeds(prefix=RUN, kinds={COMPARED})]
    return [_outline(deeds, newest[stream]) for stream in reversed(order)]


def outline_of(deeds: DeedStore, run_id: str) -> Outline:
    """One run. Raises NotFound."""
    kept = [deed for deed in deeds.stream(RUN + run_id) if deed.kind in {COMPARED, DROPPED}]
    if not kept:
        raise NotFound("没有这次核对", remedy="请从核对列表重新点进来。")
    return _outline(deeds, kept[-1])


def place_of(outline: Outline, pair: str) -> int:
    """Where a pair stands in the queue. Raises NotFound."""
    for ix, line in enumerate(outline.lines):
        if line.pair == pair:
            return ix
    raise NotFound("这次核对里没有这一对", remedy="请从核对页重新点进来。")


def pair_at(deeds: DeedStore, outline: Outline, ix: int) -> Told:
    """The pair at a place of the queue, with both rows and the evidence."""
    part = deeds.file(outline.parts[ix // N_PER_FILE])
    return msgspec.json.decode(part, type=tuple[Told, ...])[ix % N_PER_FILE]


def book_of(deeds: DeedStore, run_id: str) -> bytes:
    """The whole comparison as it was kept, a workbook. Raises NotFound, Erased where it went by its term."""
    outline = outline_of(deeds, run_id)
    if not outline.book:
        day = outline.gone.get(FileKind.LEDGER, "")
        raise Erased(f"对比工作簿已在{day}按规定删除", where=run_id, remedy="请看当时下载的那一份，或重新核对一次。")
    return deeds.file(outline.book)


def states_of(deeds: DeedStore, run_id: str) -> dict[str, list[Deed]]:
    """Pair -> the deeds that were done about it in this run or about one of its rows in another."""
    return _by_stream(deeds.deeds(prefix=PAIR, subject=run_id))


def _by_stream(found: Iterable[Deed]) -> dict[str, list[Deed]]:
    streams: dict[str, list[Deed]] = defaultdict(list)
    for deed in found:
        streams[deed.stream.removeprefix(PAIR)].append(deed)
    return streams


def _outline(deeds: DeedStore, deed: Deed) -> Outline:
    read = msgspec.json.decode(deeds.file(deed.body["outline"]), type=Outline)
    return msgspec.structs.replace(read, lines=told_apart(read.lines))


class _Before(NamedTuple):
    """Index pairs that say what they said when somebody answered them: one person, two people.

    told : of those the ones about whom nothing is left to be said, which row is right either
    """

    together: frozenset[tuple[int, int]]
    apart: frozenset[tuple[int, int]]
    told: frozenset[tuple[int, int]]

    def settles(self, told: Told) -> bool:
        """Whether nothing is left to be asked of a pair of the queue."""
        pair = (told.left_ix, told.right_ix)
        return pair in self.together and (not told.differs or pair in self.told)

    def n_settled(self, still_asked: Iterable[Told]) -> int:
        """How many of them are not asked again."""
        asked = {(told.left_ix, told.right_ix) for told in still_asked}
        return len(self.together - asked) + len(self.apart)


def _decided_before(deeds: DeedStore, left: Ledger, right: Ledger, key: bytes) -> _Before:
    streams = _by_stream(deeds.deeds(prefix=PAIR, kinds={ANSWERED, UNDONE}))
    ours, theirs = _rows_by_key(left.entries, key), _rows_by_key(right.entries, key)
    found: dict[Answer, set[tuple[int, int]]] = defaultdict(set)
    told: set[tuple[int, int]] = set()
    for stream in streams.values():
        state = fold_pair(stream)
        if state.decision is None:
            continue
        rows = next(deed.body for deed in stream if deed.seq == state.decision.seq)
        for a in ours.get(rows["left"], ()):
            for b in theirs.get(rows["right"], ()):
                facts = facts_of(left.entries[a], right.entries[b], key)
                said = decided(state, facts)
                if said is not None:
                    found[said.answer].add((a, b))
                if settled(state, facts, differs=True):
                    told.add((a, b))
    return _Before(frozenset(found[Answer.SAME]), frozenset(found[Answer.APART]), frozenset(told))


def _rows_by_key(entries: Collection[Entry], key: bytes) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for ix, entry in enumerate(entries):
        rows[row_key(entry, key)].append(ix)
    return rows


def _outlined(call: Push, run_id: str, compared: Comparison, queue: list[Told], key: bytes, at: datetime) -> Outline:
    """What a run came to, without the names of its files."""
    left, right = compared.left, compared.right
    hidden = hidden_places(run_id, len(queue))
    lines = tuple(
        _line(left.entries[told.left_ix], right.entries[told.right_ix], told, key, hidden=ix in hidden)
        for ix, told in enumerate(queue)
    )
    return Outline(
        run_id=run_id,
        on=call.on,
        at=at,
        by=call.by,
        left_name=call.left_name,
        right_name=call.right_name,
        left_sha256=left.sha256,
        right_sha256=right.sha256,
        counts=compared.counts,
        settled=0,
        lines=lines,
        parts=(),
        labels=compared.labels,
        book="",
        n_problems=len(compared.problems),
        problems=compared.problems[:N_PROBLEMS],
    )


def _line(left: Entry, right: Entry, told: Told, key: bytes, *, hidden: bool) -> Line:
    return Line(
        pair=pair_key(left, right, key),
        facts=facts_of(left, right, key),
        kind=told.kind,
        rank=told.rank,
        left_key=row_key(left, key),
        right_key=row_key(right, key),
        differs=told.differs,
        points=told.points,
        hidden=hidden,
    )
