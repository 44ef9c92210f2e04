"""An index of vacancies as bytes, for a process that starts: read back in a moment, or refused by name.

The file holds the arrays of the shelf and, as records, the vacancies that stand for the codes; these are encoded anew
by the program that reads, so that no way of reading is remembered from another version.
"""

from __future__ import annotations

import io
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher import kernels
from matcher.errors import StoreError
from matcher.kernels.shelf import reshelved
from matcher.records import Vacancy
from matcher.services.ground.relations import HEAD, RELATIONS, WHERE, Book, layout_of_model, vacancy_keys
from matcher.services.ground.vacancy_index import Ground, VacancyIndex, encoded_vacancies

FORMAT: Final = 1
DIGEST_BYTES: Final = 32
COLUMNS: Final = ("number", "key", "base", "price", "codes")
LABELS: Final = {
    "format": "format",
    "model": "model",
    "rulebook": "packs or settings",
    "on": "day",
    "seed": "seed",
    "public": "readers",
    "change": "state of the store",
    "prices": "slot prices",
}


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What an index was made of: model, packs with settings, day, seed, readers, state of the vacancies, prices.

    change : number of the last change of a vacancy in the store; model, rulebook, prices : digests
    """

    model: str
    rulebook: str
    on: str
    seed: int
    public: bool
    change: int
    prices: str
    format: int = FORMAT


class _Head(NamedTuple):
    stamp: Stamp
    bundles: tuple[tuple[int, ...], ...]
    ids: tuple[str, ...]
    listed: tuple[str, ...]


def index_bytes(index: VacancyIndex, stamp: Stamp) -> bytes:
    """The index as the bytes of a file: digest of all that follows, then a numpy archive."""
    rows, shelf = index.shelf.rows, index.shelf
    arrays: dict[str, NDArray[Any]] = {name: getattr(rows, name) for name in COLUMNS}
    arrays |= {"place": shelf.place, "areas": shelf.areas}
    arrays |= {f"part{ix}": part for ix, part in enumerate(shelf.parts)}
    arrays |= {f"at{ix}": at for ix, at in enumerate(index.book.at)}
    head = _Head(stamp, shelf.bundles, index.ids, tuple(index.numbers))
    arrays["head"] = np.frombuffer(msgspec.json.encode(head), dtype=np.uint8)
    arrays["stand_ins"] = np.frombuffer(msgspec.json.encode(index.book.records.records), dtype=np.uint8)
    body = io.BytesIO()
    np.savez(body, **arrays)  # type: ignore[arg-type]
    return sha256(body.getvalue()).digest() + body.getvalue()


def index_from_bytes(body: bytes, stamp: Stamp, ground: Ground) -> VacancyIndex:
    """The index of a file. Raises StoreError naming what the file was made of otherwise, or that it is damaged."""
    if sha256(body[DIGEST_BYTES:]).digest() != body[:DIGEST_BYTES]:
        raise StoreError("the index file is damaged or cut off", remedy="Delete it; it is made anew.")
    with np.load(io.BytesIO(body[DIGEST_BYTES:]), allow_pickle=False) as arrays:
        head = _head_of(arrays["head"].tobytes(), stamp)
        book = _book(arrays, ground)
        n = len(arrays["number"])
        none = np.zeros(n, dtype=np.int64)
        number, key, base, price, codes = (arrays[name] for name in COLUMNS)
        rows = kernels.Rows(number, key, base, price, none, none, none, codes)
        parts = tuple(arrays[f"part{ix}"] for ix in range(len(head.bundles)))
        layout = layout_of_model(ground.model)
        shelf = reshelved(rows, arrays["place"], head.bundles, parts, arrays["areas"], layout)
    at = {vacancy_id: ix for ix, vacancy_id in enumerate(head.ids)}
    return VacancyIndex(ground, book, shelf, head.ids, {vacancy_id: at[vacancy_id] for vacancy_id in head.listed})


def _head_of(body: bytes, stamp: Stamp) -> _Head:
    try:
        head = msgspec.json.decode(body, type=_Head)
    except msgspec.MsgspecError as error:
        raise StoreError(f"the index file is of another version: {error}", remedy="Delete it.") from None
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


def _book(arrays: Any, ground: Ground) -> Book:
    """The codes as the stand-ins give them to whoever reads."""
    records = msgspec.json.decode(arrays["stand_ins"].tobytes(), type=tuple[Vacancy, ...])
    told = encoded_vacancies(records, ground.frame)
    keys = [list(keys) for keys in vacancy_keys(told, ground.frame)]
    at = tuple(arrays[f"at{ix}"] for ix in range(len(RELATIONS)))
    codes = tuple(
        {known[place]: code for code, place in enumerate(places.tolist())}
        for known, places in zip(keys, at, strict=True)
    )
    return Book(codes, told, at)
