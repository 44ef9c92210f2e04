"""The index of the vacancies a process serves, kept and carried on from one state of the store to the next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date
from threading import Lock
from typing import Final, NamedTuple, TypeAlias

from matcher.records import Vacancy
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground, VacancyIndex, indexed, repriced, with_changes

FEWEST_INDEXED: Final = 500
"""Records of a list, vacancies or people, below which a whole round over all of them is as quick."""
N_KEPT: Final = 6
"""Indexes of different days, seeds, readers, states or plans."""
MOST_CHANGED: Final = 0.1
"""Share of changed vacancies up to which an index is carried on; beyond it a new one is sooner made."""
MOST_LEFT_BEHIND: Final = 2
"""Numbers given for each vacancy on the shelf, after which the index is made anew."""


_OfWhom: TypeAlias = tuple[date, int, bool]
_Key: TypeAlias = tuple[date, int, bool, int, int]


class _Kept(NamedTuple):
    vacancies: Sequence[Vacancy]
    prices: Mapping[str, float]
    made: VacancyIndex


class KeptIndexes:
    """Indexes of lists that never change, by identity; safe between threads, whose readers keep what they hold.

    A new list is compared with the one before and only what differs is encoded. Whoever asks while an index is made
    waits for it.
    """

    def __init__(self) -> None:
        self._lock: Final = Lock()
        self._kept: Final[OrderedDict[_Key, _Kept]] = OrderedDict()

    def of(self, vacancies: Sequence[Vacancy], ground: Ground, prices: Mapping[str, float]) -> VacancyIndex:
        """The index of these very vacancies at these prices. Raises as `vacancy_index.indexed`.

        Prices are compared by what they are: a list of an older plan, made again, finds an index of its own and
        leaves that of the present plan as it is.
        """
        of_whom = (ground.frame.on, ground.seed, ground.frame.public)
        with self._lock:
            key = self._known(of_whom, vacancies, prices)
            if key not in self._kept:
                self._kept[key] = _Kept(vacancies, prices, self._carried_on(of_whom, vacancies, ground, prices))
            self._kept.move_to_end(key)
            while len(self._kept) > N_KEPT:
                self._kept.popitem(last=False)
            return self._kept[key].made

    def _known(self, of_whom: _OfWhom, vacancies: Sequence[Vacancy], prices: Mapping[str, float]) -> _Key:
        """Under which key the index stands, or will."""
        of_these = (*of_whom, id(vacancies))
        key = (*of_these, id(prices))
        if key in self._kept:
            return key
        same = (known for known, kept in self._kept.items() if known[:4] == of_these and kept.prices == prices)
        return next(same, key)

    def take(self, vacancies: Sequence[Vacancy], prices: Mapping[str, float], made: VacancyIndex) -> None:
        """Keep an index of these very vacancies at these very prices that was made elsewhere."""
        frame, seed = made.ground.frame, made.ground.seed
        with self._lock:
            self._kept[frame.on, seed, frame.public, id(vacancies), id(prices)] = _Kept(vacancies, prices, made)

    def _carried_on(
        self, of_whom: _OfWhom, vacancies: Sequence[Vacancy], ground: Ground, prices: Mapping[str, float]
    ) -> VacancyIndex:
        """From the index used last of the same day, seed and readers if few vacancies differ, else made anew."""
        for key in reversed(self._kept):
            known = self._kept[key]
            if key[:3] != of_whom or len(known.made.ids) > MOST_LEFT_BEHIND * (len(vacancies) + 1):
                continue
            if known.vacancies is vacancies:
                return repriced(known.made, prices)
            written, gone = differences(known.vacancies, vacancies)
            if len(written) + len(gone) <= MOST_CHANGED * len(vacancies):
                index = known.made if known.prices == prices else repriced(known.made, prices)
                return with_changes(index, written, gone, prices)
        return indexed(vacancies, ground, prices)


def differences(before: Sequence[Vacancy], after: Sequence[Vacancy]) -> tuple[list[Vacancy], list[str]]:
    """Vacancies of `after` that are new or not as before, and ids that are no longer there."""
    known = {vacancy.vacancy_id: vacancy for vacancy in before}
    written = [vacancy for vacancy in after if known.pop(vacancy.vacancy_id, None) != vacancy]
    return written, list(known)


def kept_indexes(means: Means) -> KeptIndexes:
    """The indexes of a process that serves with these means."""
    return means.remembered.get("vacancy indexes", (), KeptIndexes)
