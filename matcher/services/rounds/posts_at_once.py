"""Every vacancy by the index that an earlier process left, carried on to the present; a large county's first list.

A file is believed only if it is whole and of this very program, model, rulebook, seed and database; otherwise it is
made anew from the records, and a line of the log says why. Vacancies written since, another day and another plan are
no reason: the index is carried on by what differs.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, cast

import msgspec

from matcher.decisions import digest
from matcher.errors import ModelError, StoreError, UsageError
from matcher.ports import IndexFolder, RosterStore, Shared, StoredPlan
from matcher.ports.index_folder import Posts
from matcher.records import Kind, Vacancy
from matcher.services.ground.answering import prices_digest, prices_of, vacancies_at
from matcher.services.ground.index_file import Read, Stamp, index_bytes, index_from_bytes, roll_of
from matcher.services.ground.kept_index import MOST_CHANGED, MOST_LEFT_BEHIND, kept_indexes
from matcher.services.ground.rulebook import Means
from matcher.services.ground.shelved_posts import ShelvedPosts
from matcher.services.ground.vacancy_index import Ground, indexed, repriced, with_changes
from matcher.services.rounds.match_round import law_frame

LOG: Final = logging.getLogger(__name__)
FEWEST_ON_DISK: Final = 20_000
"""Vacancies from which on it takes longer to read them all than to start the program."""


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom and when the vacancies are listed: day, seed of the last tie, readers, the plan whose prices count."""

    on: date
    seed: int
    public: bool
    plan: StoredPlan | None
    revision: int | None


def folder_of(store: RosterStore) -> IndexFolder | None:
    """Where the store leaves indexes for the next process; none where it stands in memory, as a kiosk's."""
    try:
        return getattr(store, "index_folder", None)
    except StoreError as error:
        LOG.info("no index is kept or taken over: %s", error)
        return None


def posts_at_once(folder: IndexFolder | None, store: RosterStore, means: Means, asked: Asked) -> Sequence[Vacancy]:
    """The vacancies as of the revision: by their index where one is kept for so many, else all of them read."""
    now = None if folder is None or asked.seed != means.settings.seed else folder.posts()
    if folder is None or now is None or asked.revision is None or now.change > asked.revision:
        return vacancies_at(store, asked.revision)
    try:
        return _Shelving(folder, store, means, asked, now).posts()
    except (ModelError, UsageError):
        # Tables too wide for a cell, or a price beyond reckoning: the whole round says which.
        return vacancies_at(store, asked.revision)


def take_over_index(folder: IndexFolder, store: RosterStore, means: Means, asked: Asked) -> bool:
    """For a process that keeps its vacancies: go on with the index of the process before; whether there is one now.

    Where there is none it is made here, and left for the next.
    """
    vacancies = vacancies_at(store, asked.revision)
    if not isinstance(vacancies, Shared) or len(vacancies) < FEWEST_ON_DISK:
        return False
    found = posts_at_once(folder, store, means, asked)
    if isinstance(found, ShelvedPosts):
        kept_indexes(means).take(vacancies, prices_of(asked.plan), found.shelved)
    return isinstance(found, ShelvedPosts)


@dataclass(frozen=True, slots=True)
class _Shelving:
    """One look for the vacancies as they stand now."""

    folder: IndexFolder
    store: RosterStore
    means: Means
    asked: Asked
    now: Posts

    def posts(self) -> Sequence[Vacancy]:
        """By the file that is there, else by one that is made."""
        stamp = self._stamp()
        kept = self._kept(stamp)
        is_later = kept is not None and kept.stamp.change > self.now.change
        carried = None if kept is None or is_later else self._carried_on(kept, stamp)
        if carried is None:
            return self._made(stamp, leaves_file=not is_later)
        known = carried.stamp.prices if carried.stamp.plan == stamp.plan else ""
        stamp = msgspec.structs.replace(stamp, prices=prices_digest(self.asked.plan, self.means, known))
        if carried.stamp != stamp:
            self._save(replace(carried, stamp=stamp))
        return ShelvedPosts(self.store, self.asked.revision, carried.roll, carried.index)

    @property
    def _name(self) -> str:
        return "vacancies-public.idx" if self.asked.public else "vacancies.idx"

    def _stamp(self) -> Stamp:
        plan = self.asked.plan
        return Stamp(
            program=self.folder.program(),
            model=self.means.model.digest,
            rulebook=self.means.digest,
            seed=self.asked.seed,
            public=self.asked.public,
            on=self.asked.on,
            change=self.now.change,
            posts=self.now.name,
            plan="" if plan is None else digest(f"{plan.plan_id} {plan.created_at}".encode()),
        )

    def _ground(self, on: date) -> Ground:
        return Ground(self.means.model, law_frame(self.means, on, public=self.asked.public), self.asked.seed)

    def _kept(self, stamp: Stamp) -> Read | None:
        """The file of an earlier process, if there is one and it is of this ground and database."""
        body = self.folder.load(self._name)
        if body is None:
            return None
        try:
            kept = index_from_bytes(body, stamp, self._ground(self.asked.on))
        except StoreError as error:
            LOG.warning("%s: %s; it is made anew", self._name, error.what)
            return None
        at = Posts(kept.stamp.change, kept.stamp.posts)
        if at != self.now and self.folder.posts(at.change) != at:
            LOG.warning("%s: the index file is of another database; it is made anew", self._name)
            return None
        return kept

    def _carried_on(self, kept: Read, stamp: Stamp) -> Read | None:
        """With the vacancies written since, those another day opens or closes, and the prices of the present plan."""
        then, now = self._ground(kept.stamp.on).frame, self._ground(stamp.on).frame
        touched = set(kept.roll.open_otherwise(then.on, now.on))
        if kept.stamp.change != stamp.change:
            touched |= self.folder.touched_since(kept.stamp.change)
        few = len(touched) <= MOST_CHANGED * len(kept.roll)
        light = len(kept.index.ids) <= MOST_LEFT_BEHIND * (len(kept.index) + 1)
        if not (few and light and msgspec.structs.replace(then, on=now.on) == now):
            LOG.info("%s: too much differs since %s; it is made anew", self._name, then.on)
            return None
        roll, index, prices = kept.roll, kept.index, prices_of(self.asked.plan)
        if kept.stamp.plan != stamp.plan:
            index = repriced(index, prices)
        if touched:
            written = self._records(touched)
            gone = sorted(touched - {vacancy.vacancy_id for vacancy in written})
            index, roll = with_changes(index, written, gone, prices), roll.with_changes(written, gone)
            LOG.info("%s: carried on by %d vacancies", self._name, len(touched))
        return Read(kept.stamp, roll, index)

    def _made(self, stamp: Stamp, *, leaves_file: bool) -> Sequence[Vacancy]:
        """From the records. leaves_file : not over that of a process beside this one, which has read more by now"""
        vacancies = vacancies_at(self.store, self.asked.revision)
        if len(vacancies) < FEWEST_ON_DISK:
            return vacancies
        index = indexed(vacancies, self._ground(stamp.on), prices_of(self.asked.plan))
        stamp = msgspec.structs.replace(stamp, prices=prices_digest(self.asked.plan, self.means))
        made = Read(stamp, roll_of(vacancies), index)
        if leaves_file:
            self._save(made)
        return ShelvedPosts(self.store, self.asked.revision, made.roll, index)

    def _save(self, made: Read) -> None:
        if not self.folder.save(self._name, index_bytes(made.index, made.roll, made.stamp)):
            LOG.warning("%s: it cannot be written, so the next process makes it anew", self._name)

    def _records(self, ids: Collection[str]) -> list[Vacancy]:
        found: list[Any] = self.store.records(Kind.VACANCIES, ids=ids, revision=self.asked.revision)
        return cast("list[Vacancy]", found)
