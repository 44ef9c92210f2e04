"""Payment files and banks' replies that are kept no longer: papers of accounts, dropped by deeds after their years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from matcher.office.claims.payments import PREFIX
from matcher.office.keeping.terms import FileKind, terms
from matcher.ports import DeedStore
from matcher.records.deeds import Deed, NewDeed

DROPPED: Final = "payment.dropped"
KINDS: Final[Mapping[str, FileKind]] = {"payment.made": FileKind.PAYMENT, "payment.replied": FileKind.REPLY}


def drop_old_payments(deeds: DeedStore, *, by: str, on: date, at: datetime) -> dict[FileKind, int]:
    """Drop what is past its years, each file counted from its own deed; kind -> how many files went.

    Lines, sums and what the bank said of each stay: they name people by id alone.
    """
    streams: dict[str, list[Deed]] = {}
    for deed in deeds.deeds(prefix=PREFIX, kinds={*KINDS, DROPPED}):
        streams.setdefault(deed.stream, []).append(deed)
    over = {stream: files for stream, found in streams.items() if (files := _over(found, on))}
    still = {name for stream, found in streams.items() for name in _kept(found).keys() - over.get(stream, {}).keys()}
    new: dict[str, Sequence[NewDeed]] = {
        stream: [
            NewDeed(
                kind=DROPPED,
                at=at,
                on=on,
                by=by,
                body={"why": "term", "files": sorted(files)},
                drops=tuple(sorted(files.keys() - still)),
            )
        ]
        for stream, files in over.items()
    }
    if new:
        deeds.act_all(new)
    told = [kind for files in over.values() for kind in files.values()]
    return {kind: told.count(kind) for kind in KINDS.values()}


def _over(found: Iterable[Deed], on: date) -> dict[str, FileKind]:
    """Files past their term -> what they are."""
    kept = _kept(found)
    return {name: KINDS[deed.kind] for name, deed in kept.items() if terms()[KINDS[deed.kind]].is_over(deed.on, on)}


def _kept(found: Iterable[Deed]) -> dict[str, Deed]:
    """Files that were not dropped -> the newest deed about each."""
    kept: dict[str, Deed] = {}
    for deed in found:
        if deed.kind == DROPPED:
            kept = {name: one for name, one in kept.items() if name not in deed.body["files"]}
        else:
            kept[deed.body["sha256"]] = deed
    return kept
