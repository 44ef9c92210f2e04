"""The open adverts of a day as columns and folded texts, so that browsing twenty thousand takes milliseconds."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.geography import gazetteer, padded
from matcher.language.occupations import occupation_index
from matcher.language.segmentation import MIN_WORD_LENGTH, words
from matcher.language.skills import normalise_skill, split_terms
from matcher.records import Channel, Vacancy
from matcher.services.ground.remembered import Remembered

CHANNELS: Final = tuple(Channel)
UNREAD: Final = "unknown"
"""Trade of an advert whose title names no known one."""

N_TERMS: Final = 8
_GROUP_DIGITS: Final = 7
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AdvertIndex:
    """Adverts newest first, then by id; columns of shape (n_adverts,).

    places : 12-digit codes; trades : small group of the first occupation (6-05-01) or UNREAD
    titles, texts : folded title, and folded title, duties, employer and place; codes, skills : what they name
    pay : the most a month may bring, -1 not stated; lodging : 1 yes, 0 no, -1 not stated
    """

    adverts: tuple[Vacancy, ...]
    position: Mapping[str, int]
    channel: NDArray[np.int8]
    places: NDArray[np.str_]
    trades: NDArray[np.str_]
    pay: NDArray[np.int32]
    lodging: NDArray[np.int8]
    titles: tuple[str, ...]
    texts: tuple[str, ...]
    codes: tuple[frozenset[str], ...]
    skills: tuple[frozenset[str], ...]


def advert_index(vacancies: Sequence[Vacancy], on: date, remembered: Remembered) -> AdvertIndex:
    """The index of the vacancies open on the day; made once for a list and a day."""
    return remembered.get("adverts", (vacancies,), lambda: _indexed(vacancies, on), by=on)


def fold(text: str) -> str:
    """The form in which texts are compared: half-width, lower case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def search(index: AdvertIndex, q: str) -> tuple[Mask, NDArray[np.int8]]:
    """Which adverts hold every term of `q`, and whether in the title or its trade (0) or elsewhere (1).

    A term that is a known word for a trade or a skill finds every advert of that trade or skill, whatever word it
    uses: 缝纫 finds 平车, 车位 and 衣车. One that stands nowhere as it is written is cut into words, for Chinese is
    written without blanks: 百朋缝纫厂 is 百朋 and 缝纫.
    """
    found, rank = np.ones(len(index.adverts), dtype=np.bool_), np.zeros(len(index.adverts), dtype=np.int8)
    for term in split_terms(q)[:N_TERMS]:
        first, later = _holding(index, term)
        if not (first | later).any():
            first, later = _holding_words(index, term)
        found &= first | later
        rank = np.maximum(rank, np.where(first, 0, 1)).astype(np.int8)
    return found, rank


def _holding_words(index: AdvertIndex, term: str) -> tuple[Mask, Mask]:
    """Which adverts hold every word of a term of several: all of them in front, or some of them elsewhere."""
    parts = [part for part in words(term) if len(part) >= MIN_WORD_LENGTH]
    nobody = np.zeros(len(index.adverts), dtype=np.bool_)
    if not parts or parts == [term]:
        return nobody, nobody
    held = [_holding(index, part) for part in parts]
    return (
        np.logical_and.reduce([first for first, _ in held]),
        np.logical_and.reduce([first | later for first, later in held]),
    )


def _holding(index: AdvertIndex, term: str) -> tuple[Mask, Mask]:
    word, code, skill = fold(term), occupation_index().exact(term), normalise_skill(term)
    first = np.array(
        [word in title or code in codes for title, codes in zip(index.titles, index.codes, strict=True)],
        dtype=np.bool_,
    )
    later = np.array(
        [word in text or skill in skills for text, skills in zip(index.texts, index.skills, strict=True)],
        dtype=np.bool_,
    )
    return first, later


def _indexed(vacancies: Sequence[Vacancy], on: date) -> AdvertIndex:
    adverts = tuple(sorted((v for v in vacancies if v.open_on(on)), key=_newest_first))
    read = _Reader()
    codes = [read.codes(advert) for advert in adverts]
    lodging = {True: 1, False: 0, None: -1}
    return AdvertIndex(
        adverts=adverts,
        position={advert.vacancy_id: ix for ix, advert in enumerate(adverts)},
        channel=np.array([CHANNELS.index(advert.channel) for advert in adverts], dtype=np.int8),
        places=np.array([padded(advert.place_code) for advert in adverts], dtype=np.str_),
        trades=np.array([found[0][:_GROUP_DIGITS] if found else UNREAD for found in codes], dtype=np.str_),
        pay=np.array([_most_pay(advert) for advert in adverts], dtype=np.int32),
        lodging=np.array([lodging[advert.lodging] for advert in adverts], dtype=np.int8),
        titles=tuple(fold(advert.title) for advert in adverts),
        texts=tuple(read.text(advert) for advert in adverts),
        codes=tuple(map(frozenset, codes)),
        skills=tuple(
            frozenset(map(normalise_skill, (*(advert.skills_required or ()), *(advert.skills_preferred or ()))))
            for advert in adverts
        ),
    )


def _newest_first(advert: Vacancy) -> tuple[int, str]:
    return (0 if advert.valid_from is None else -advert.valid_from.toordinal(), advert.vacancy_id)


def _most_pay(advert: Vacancy) -> int:
    wages = [wage for wage in (advert.wage_low_yuan_month, advert.wage_high_yuan_month) if wage is not None]
    return max(wages, default=-1)


class _Reader:
    """Reads titles and places, each distinct one once; no segmentation: a known word is looked up, nothing more."""

    def __init__(self) -> None:
        self._titles: dict[str, tuple[str, ...]] = {}
        self._places: dict[str, str] = {}

    def codes(self, advert: Vacancy) -> tuple[str, ...]:
        if advert.occupations:
            return advert.occupations
        if advert.title not in self._titles:
            code = occupation_index().exact(advert.title)
            self._titles[advert.title] = () if code is None else (code,)
        return self._titles[advert.title]

    def text(self, advert: Vacancy) -> str:
        if advert.place_code not in self._places:
            self._places[advert.place_code] = gazetteer().name(advert.place_code)
        parts = (advert.title, advert.duties, advert.employer_name, self._places[advert.place_code])
        return "\n".join(fold(part) for part in parts if part)
