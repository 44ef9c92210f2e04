"""Every vacancy of a revision by its index: the records of a few are read by id, all of them only for who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, Final, cast, overload

from matcher.ports import RosterStore
from matcher.records import Kind, Vacancy
from matcher.services.ground.index_file import Roll
from matcher.services.ground.vacancy_index import VacancyIndex


class ShelvedPosts(Sequence[Vacancy]):
    """The vacancies of a revision, by id. shelved : index of those that may be listed; roll : of all, listed or not

    digest : of all the records

    Whoever looks at one by its place, or at all, makes the store read them all.
    """

    def __init__(self, store: RosterStore, revision: int | None, roll: Roll, index: VacancyIndex) -> None:
        self.shelved: Final = index
        self.roll: Final = roll
        self._read: Final[Callable[..., Any]] = store.records
        self._revision: Final = revision

    @cached_property
    def digest(self) -> str:
        """As `roster_digests.records_digest` of all of them."""
        return self.roll.digest

    def of(self, ids: Sequence[str]) -> list[Vacancy]:
        """The records of some ids, in the order of the ids."""
        found = {vacancy.vacancy_id: vacancy for vacancy in self._some(ids)}
        return [found[vacancy_id] for vacancy_id in ids]

    def plots(self) -> list[Vacancy]:
        """Plots of land whose dates hold the day of the index, by id."""
        return self._some(self.roll.plots_open(self.shelved.ground.frame.on))

    def _some(self, ids: Sequence[str]) -> list[Vacancy]:
        return cast("list[Vacancy]", self._read(Kind.VACANCIES, ids=ids, revision=self._revision)) if ids else []

    @cached_property
    def _all(self) -> list[Vacancy]:
        return cast("list[Vacancy]", self._read(Kind.VACANCIES, revision=self._revision))

    def __len__(self) -> int:
        return len(self.roll)

    def __iter__(self) -> Iterator[Vacancy]:
        return iter(self._all)

    @overload
    def __getitem__(self, at: int) -> Vacancy: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Vacancy]: ...

    def __getitem__(self, at: int | slice) -> Vacancy | Sequence[Vacancy]:
        """The vacancy at a place, or those of a slice."""
        return self._all[at]
