"""An index of vacancies as bytes, for a process that starts: read back in a moment, or refused by name.

The file holds the arrays of the shelf and, as records, the vacancies that stand for the codes; these are encoded anew
by the program that reads, so that no way of reading is remembered from another version. Beside them stands the roll:
of every vacancy, listed or not, what a list needs without its record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher import kernels
from matcher.errors import StoreError
from matcher.kernels.shelf import reshelved
from matcher.records import Channel, Vacancy
from matcher.services.ground.packed_arrays import packed, unpacked
from matcher.services.ground.relations import HEAD, RELATIONS, WHERE, Book, layout_of_model, vacancy_keys
from matcher.services.ground.roster_digests import records_digests
from matcher.services.ground.vacancy_index import Ground, VacancyIndex, encoded_vacancies

FORMAT: Final = 3
COLUMNS: Final = ("number", "key", "base", "price", "codes")
ROLL: Final = ("digests", "days", "plots")
EVER: Final = (date.min.toordinal(), date.max.toordinal())
LABELS: Final = {
    "format": "format",
    "program": "program",
    "model": "model",
    "rulebook": "packs or settings",
    "seed": "seed",
    "public": "readers",
}
"""Fields of a stamp that must agree, and what they are called; the others tell from where an index is carried on."""


_IDS: Final = msgspec.json.Decoder(tuple[str, ...])


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What an index was made of: program, model, packs with settings, seed, readers, day, vacancies, plan.

    change, posts : `ports.index_folder.Posts`
    plan : digest of its id and moment, empty before any; prices : digest of its prices
    program : digest of the sources that give codes and cells; model, rulebook : digests
    """

    program: str
    model: str
    rulebook: str
    seed: int
    public: bool
    on: date
    change: int
    posts: str
    plan: str
    prices: str = ""
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Roll:
    """Every vacancy of the store by id. digests : SHA-256 of each record, uint8, shape (n, 32)

    days : first and last day on which each may be open, as ordinals, int32, shape (n, 2); plots : of land, bool
    """

    ids: tuple[str, ...]
    digests: NDArray[np.uint8]
    days: NDArray[np.int32]
    plots: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def digest(self) -> str:
        """As `roster_digests.records_digest` of the records."""
        return sha256(self.digests.tobytes()).hexdigest()

    def open_otherwise(self, then: date, now: date) -> list[str]:
        """Ids of those whose dates hold one of two days and not the other."""
        held = [(self.days[:, 0] <= on) & (on <= self.days[:, 1]) for on in (then.toordinal(), now.toordinal())]
        return [self.ids[ix] for ix in np.flatnonzero(held[0] ^ held[1]).tolist()]

    def plots_open(self, on: date) -> list[str]:
        """Ids of the plots whose dates hold the day."""
        day = on.toordinal()
        held = self.plots & (self.days[:, 0] <= day) & (day <= self.days[:, 1])
        return [self.ids[ix] for ix in np.flatnonzero(held).tolist()]

    def with_changes(self, written: Sequence[Vacancy], gone: Sequence[str]) -> Roll:
        """The roll after vacancies were written and some ids are gone."""
        new = roll_of(sorted(written, key=lambda vacancy: vacancy.vacancy_id))
        touched = {*new.ids, *gone}
        stays = np.array([key not in touched for key in self.ids], dtype=np.bool_)
        ids = [*(key for key in self.ids if key not in touched), *new.ids]
        order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.intp)
        columns = (np.concatenate([getattr(self, name)[stays], getattr(new, name)])[order] for name in ROLL)
        return Roll(tuple(ids[ix] for ix in order.tolist()), *columns)


def roll_of(vacancies: Sequence[Vacancy]) -> Roll:
    """The roll of vacancies that are sorted by id."""
    days = [
        (
            EVER[0] if v.valid_from is None else v.valid_from.toordinal(),
            EVER[1] if v.valid_to is None else v.valid_to.toordinal(),
        )
        for v in vacancies
    ]
    return Roll(
        tuple(v.vacancy_id for v in vacancies),
        records_digests(vacancies),
        np.array(days, dtype=np.int32).reshape(len(vacancies), 2),
        np.array([v.channel is Channel.MICRO_FARM for v in vacancies], dtype=np.bool_),
    )


class _Head(NamedTuple):
    stamp: Stamp
    bundles: tuple[tuple[int, ...], ...]


class _AnyFormat(msgspec.Struct, frozen=True):
    """What every format begins with: other fields may be anything."""

    format: int = 0


def index_bytes(index: VacancyIndex, roll: Roll, stamp: Stamp) -> bytes:
    """The index as the bytes of a file: digest of all that follows, then named arrays one after another."""
    rows, shelf = index.shelf.rows, index.shelf
    listed = np.fromiter(index.numbers.values(), dtype=np.int64, count=len(index.numbers))
    arrays: dict[str, NDArray[Any]] = {name: getattr(rows, name) for name in COLUMNS}
    arrays |= {"place": shelf.place, "areas": shelf.areas, "listed": listed, "said": index.said}
    arrays |= {name: getattr(roll, name) for name in ROLL}
    arrays |= {f"part{ix}": part for ix, part in enumerate(shelf.parts)}
    arrays |= {f"at{ix}": at for ix, at in enumerate(index.book.at)}
    texts = {
        "stamp": stamp,
        "head": _Head(stamp, shelf.bundles),
        "ids": index.ids,
        "roll": roll.ids,
        "stand_ins": index.book.records.records,
    }
    arrays |= {name: np.frombuffer(msgspec.json.encode(told), dtype=np.uint8) for name, told in texts.items()}
    return packed(arrays)


@dataclass(frozen=True, slots=True)
class Read:
    """A file that is whole and of this program, model and rulebook; its index for the day it was made for."""

    stamp: Stamp
    roll: Roll
    index: VacancyIndex


def index_from_bytes(body: bytes, stamp: Stamp, ground: Ground) -> Read:
    """The index of a file, for the day of `ground`. Raises StoreError naming what it is of otherwise, or its damage.

    Day, state of the vacancies and plan may differ from those of `stamp`: the caller carries the index on.
    """
    # Copies: loops are compiled anew for arrays that are not writeable.
    arrays = {name: array.copy() for name, array in unpacked(body).items()}
    head = _head_of(arrays, stamp)
    book = _book(arrays, ground)
    none = np.zeros(len(arrays["number"]), dtype=np.int64)
    number, key, base, price, codes = (arrays[name] for name in COLUMNS)
    rows = kernels.Rows(number, key, base, price, none, none, none, codes)
    parts = tuple(arrays[f"part{ix}"] for ix in range(len(head.bundles)))
    layout = layout_of_model(ground.model)
    shelf = reshelved(rows, arrays["place"], head.bundles, parts, arrays["areas"], layout)
    ids, listed = _IDS.decode(arrays["ids"].data), arrays["listed"].tolist()
    index = VacancyIndex(ground, book, shelf, arrays["said"], ids, {ids[number]: number for number in listed})
    return Read(head.stamp, Roll(_IDS.decode(arrays["roll"].data), *(arrays[name] for name in ROLL)), index)


def _head_of(arrays: Mapping[str, NDArray[Any]], stamp: Stamp) -> _Head:
    try:
        told = msgspec.json.decode(arrays["stamp"].data, type=_AnyFormat)
        if told.format != FORMAT:
            raise StoreError(f"the index file is of another format {told.format}, here {FORMAT}")
        head = msgspec.json.decode(arrays["head"].data, type=_Head)
    except (msgspec.MsgspecError, KeyError) as error:
        raise StoreError(f"the index file is of another version: {error}", remedy="It is made anew.") from None
    wrong = [
        f"{label} {getattr(head.stamp, name)}, here {getattr(stamp, name)}"
        for name, label in LABELS.items()
        if getattr(head.stamp, name) != getattr(stamp, name)
    ]
    if head.bundles[:2] != (HEAD, WHERE):
        wrong.append("order of the shelf")
    if wrong:
        raise StoreError(f"the index file is of another {'; '.join(wrong)}", remedy="It is made anew.")
    return head


def _book(arrays: Mapping[str, NDArray[Any]], ground: Ground) -> Book:
    """The codes as the stand-ins give them to whoever reads."""
    records = msgspec.json.decode(arrays["stand_ins"].data, type=tuple[Vacancy, ...])
    told = encoded_vacancies(records, ground.frame)
    keys = [list(keys) for keys in vacancy_keys(told, ground.frame)]
    at = tuple(arrays[f"at{ix}"] for ix in range(len(RELATIONS)))
    codes = tuple(
        {known[place]: code for code, place in enumerate(places.tolist())}
        for known, places in zip(keys, at, strict=True)
    )
    return Book(codes, told, at)
