"""What of a push is kept no longer: names and numbers go by their term or with somebody who is erased; deeds stay.

Each drop is a deed that says what went and why and names an outline without it. Fingerprints of the files and answers
of officers stay: neither tells a name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import msgspec

from matcher.errors import Problem
from matcher.linkage import Entry, Form, entry_of
from matcher.office.keeping.terms import FileKind, terms
from matcher.ports import DeedStore
from matcher.records import Identity
from matcher.records.deeds import Deed, NewDeed, file_name
from matcher.records.id_numbers import normalise_id_number
from matcher.services.reconcile.alone import ALONE
from matcher.services.reconcile.comparison import Side, Told
from matcher.services.reconcile.lists import Listed, listed, parts_of, shelved
from matcher.services.reconcile.runs import COMPARED, DROPPED, PAIR, RUN, Outline, outline_of

KINDS: Final = (FileKind.LEDGER, FileKind.QUEUE)
TERM_OVER, PERSON_ERASED = "term", "person_erased"
_LEAST_NAME: Final = 2


class _Rest(NamedTuple):
    """What is left of a push: its outline and the files of its queue that are new."""

    outline: Outline
    parts: tuple[bytes, ...] = ()


def drop_old_runs(deeds: DeedStore, *, by: str, on: date, at: datetime) -> dict[FileKind, int]:
    """Drop what is past its term, counted from the newest deed of each push; kind -> how many pushes it went from."""
    streams = _streams(deeds)
    over = {
        stream: kinds for stream, found in streams.items() if (kinds := _over(found, _last(deeds, stream, found), on))
    }
    rests = {stream: _Rest(_without(_read(deeds, stream), kinds, on)) for stream, kinds in over.items()}
    why = {stream: {"why": TERM_OVER, "gone": [kind.value for kind in kinds]} for stream, kinds in over.items()}
    _write(deeds, streams, rests, why, by=by, on=on, at=at)
    return {kind: sum(kind in kinds for kinds in over.values()) for kind in KINDS}


def forget_in_runs(deeds: DeedStore, people: Collection[Identity], *, by: str, on: date, at: datetime) -> int:
    """Take erased people out of every push: the pairs that show them, and all ledgers as they came; pushes changed.

    A ledger has no index by person, so that each one that is still kept goes.
    """
    streams = _streams(deeds)
    rests: dict[str, _Rest] = {}
    why: dict[str, dict[str, Any]] = {}
    for stream, found in streams.items():
        gone = _gone(found)
        outline = _read(deeds, stream)
        rest = _redacted(deeds, outline, people) if FileKind.QUEUE not in gone else _Rest(outline)
        n_pairs = len(outline.lines) - len(rest.outline.lines)
        kinds = () if FileKind.LEDGER in gone else (FileKind.LEDGER,)
        if kinds or n_pairs or rest.outline != outline:
            rests[stream] = rest._replace(outline=_without(rest.outline, kinds, on))
            why[stream] = {"why": PERSON_ERASED, "gone": [kind.value for kind in kinds], "n_pairs": n_pairs}
    _write(deeds, streams, rests, why, by=by, on=on, at=at)
    return len(rests)


def _write(
    deeds: DeedStore,
    streams: Mapping[str, Sequence[Deed]],
    rests: Mapping[str, _Rest],
    why: Mapping[str, Mapping[str, Any]],
    *,
    by: str,
    on: date,
    at: datetime,
) -> None:
    """One deed a push, all in one transaction: no file goes that another push still needs."""
    needed = (
        {
            name
            for stream, found in streams.items()
            for name in _files(found, rests[stream].outline if stream in rests else _read(deeds, stream))
        }
        if rests
        else set()
    )
    new: dict[str, list[NewDeed]] = {}
    for stream, rest in rests.items():
        kept = msgspec.json.encode(rest.outline)
        before = {*_files(streams[stream], _read(deeds, stream)), _outline_name(streams[stream])}
        drops = tuple(sorted(before - needed - {file_name(kept)}))
        body = {**why[stream], "outline": file_name(kept), "files": list(drops)}
        new[stream] = [NewDeed(kind=DROPPED, at=at, on=on, by=by, body=body, keeps=(kept, *rest.parts), drops=drops)]
    if new:
        deeds.act_all(new)


def _streams(deeds: DeedStore) -> dict[str, list[Deed]]:
    found: dict[str, list[Deed]] = {}
    for deed in deeds.deeds(prefix=RUN, kinds={COMPARED, DROPPED}):
        found.setdefault(deed.stream, []).append(deed)
    return found


def _read(deeds: DeedStore, stream: str) -> Outline:
    return outline_of(deeds, stream.removeprefix(RUN))


def _outline_name(found: Sequence[Deed]) -> str:
    return str(found[-1].body["outline"])


def _gone(found: Iterable[Deed]) -> frozenset[str]:
    return frozenset(kind for deed in found for kind in deed.body.get("gone", ()))


def _files(found: Sequence[Deed], outline: Outline) -> set[str]:
    """Names of the files an outline still stands on, itself left out."""
    ledgers = {found[0].body["left"], found[0].body["right"], outline.book}
    of_lists = (part for shelf in outline.lists.values() for part in shelf.parts)
    return {*(ledgers if FileKind.LEDGER not in outline.gone else ()), *outline.parts, *of_lists}


def _last(deeds: DeedStore, stream: str, found: Sequence[Deed]) -> date:
    """The day of the newest thing said in a push; what was dropped since then is none."""
    said = [deed for prefix in (PAIR, ALONE) for deed in deeds.deeds(prefix=prefix, subject=stream.removeprefix(RUN))]
    return max(deed.on for deed in (found[0], *said))


def _over(found: Sequence[Deed], last: date, on: date) -> tuple[FileKind, ...]:
    gone = _gone(found)
    return tuple(kind for kind in KINDS if kind not in gone and terms()[kind].is_over(last, on))


def _without(outline: Outline, kinds: Iterable[FileKind], on: date) -> Outline:
    """An outline without these kinds of files and all that quotes them."""
    for kind in kinds:
        outline = msgspec.structs.replace(outline, gone={**outline.gone, kind.value: on})
        if kind is FileKind.LEDGER:
            outline = msgspec.structs.replace(outline, book="")
        else:
            outline = msgspec.structs.replace(outline, lines=(), parts=(), problems=(), lists={})
    return outline


def _redacted(deeds: DeedStore, outline: Outline, people: Collection[Identity]) -> _Rest:
    """An outline whose queue, lists and problems show none of these people."""
    outline, of_lists = _redacted_lists(deeds, outline, people)
    queue = [told for part in outline.parts for told in msgspec.json.decode(deeds.file(part), type=tuple[Told, ...])]
    left = [ix for ix, told in enumerate(queue) if not any(_shows(told, outline, person) for person in people)]
    problems = tuple(one for one in outline.problems if not any(_quotes(one, person) for person in people))
    quiet = msgspec.structs.replace(outline, problems=problems)
    if len(left) == len(queue):
        return _Rest(quiet, of_lists)
    parts = parts_of([queue[ix] for ix in left])
    return _Rest(
        msgspec.structs.replace(
            quiet,
            lines=tuple(outline.lines[ix] for ix in left),
            parts=tuple(map(file_name, parts)),
            n_redacted=outline.n_redacted + len(queue) - len(left),
        ),
        (*parts, *of_lists),
    )


def _redacted_lists(
    deeds: DeedStore, outline: Outline, people: Collection[Identity]
) -> tuple[Outline, tuple[bytes, ...]]:
    """An outline whose lists show none of these people, and the files of the lists that are new."""
    kept = {
        name: [row for row in listed(deeds, shelf) if not _is_of_any(row, outline, people)]
        for name, shelf in outline.lists.items()
    }
    shelves, files = shelved({name: rows for name, rows in kept.items() if len(rows) < outline.lists[name].n})
    return msgspec.structs.replace(outline, lists={**outline.lists, **shelves}), files


def _is_of_any(row: Listed, outline: Outline, people: Collection[Identity]) -> bool:
    return any(_is_of(side, outline, person) for side in row.rows for person in people)


def _shows(told: Told, outline: Outline, person: Identity) -> bool:
    return any(_is_of(side, outline, person) for side in (told.left, told.right))


def _is_of(side: Side, outline: Outline, person: Identity) -> bool:
    """Whether a row shows somebody: number, phone, a name that no right number tells for a namesake's, or a note."""
    entry = entry_of(side.row, side.cells, on=outline.on)
    words = _words(person)
    if {entry.number, entry.phone} & words.keys():
        return True
    if person.name and entry.name == person.name and not _is_namesake(entry, person):
        return True
    told = (*side.facts.values(), side.cells.village)
    return any(word in value for value in told for word in words if len(word) >= _LEAST_NAME)


def _is_namesake(entry: Entry, person: Identity) -> bool:
    return bool(person.id_number) and entry.form in {Form.RIGHT, Form.OLD}


def _words(person: Identity) -> dict[str, None]:
    """What gives somebody away: name, number as written and in full, phone."""
    number = person.id_number or ""
    return {one: None for one in (person.name or "", number, normalise_id_number(number), person.phone or "") if one}


def _quotes(problem: Problem, person: Identity) -> bool:
    return any(word in problem.found for word in _words(person))
