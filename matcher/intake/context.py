"""What intake needs to know besides the file: the day, the place, the law on adverts, what is stored already."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from matcher.geography import Gazetteer
from matcher.policy import PublicationRule
from matcher.policy.publication import Law
from matcher.records import Channel, Identity, Kind, Record
from matcher.settings import Settings


class Known(Protocol):
    """What the store holds already; asked in chunks."""

    def holds_none(self, kind: Kind) -> bool:
        """Whether no record of a kind is stored."""

    def workers(self, id_numbers: Collection[str]) -> Mapping[str, str]:
        """Normalised identity number -> worker id, for those that are known."""

    def records(self, kind: Kind, ids: Collection[str]) -> Mapping[str, Record]:
        """Id -> record, for those that are known."""

    def identities(self, worker_ids: Collection[str]) -> Mapping[str, Identity]:
        """Worker id -> identity, for those that are known."""


class NothingKnown:
    """An empty store: every row is new."""

    def holds_none(self, kind: Kind) -> bool:
        """Yes."""
        return True

    def workers(self, id_numbers: Collection[str]) -> Mapping[str, str]:
        """Nobody."""
        return {}

    def records(self, kind: Kind, ids: Collection[str]) -> Mapping[str, Record]:
        """Nothing."""
        return {}

    def identities(self, worker_ids: Collection[str]) -> Mapping[str, Identity]:
        """Nobody."""
        return {}


Progress = Callable[[int, int], None]
"""Called with rows done and rows to come."""


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeContext:
    """The circumstances of one import.

    on : the day of the import; region_code : of the county that imports, used where a row names no place and to
    settle names of townships and villages; channel : of vacancies that state none, None if nobody said
    publication_rules : condition (sex, ethnicity, marital, age, deposit ...) -> what the law says
    working_age : youngest age that may work, from pack `national`; younger people are kept with a remark, an advert
    that asks for them is kept as not publishable
    key : secret under which ids are hashed, so that an id does not give away the identity number behind it
    """

    kind: Kind
    on: date
    region_code: str
    gazetteer: Gazetteer
    settings: Settings
    channel: Channel | None = None
    publication_rules: Mapping[str, PublicationRule] = field(default_factory=dict)
    working_age: int | None = None
    known: Known = field(default_factory=NothingKnown)
    key: bytes = b""
    progress: Progress = no_progress
    chunk_rows: int = 2000

    @property
    def law(self) -> Law:
        """The law on adverts on the day of the import."""
        return Law(rules=self.publication_rules, minimum_age=self.working_age, on=self.on)
