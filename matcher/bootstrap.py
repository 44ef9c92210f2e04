"""The composition root: the only place that names adapters; each is imported when it is first used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from matcher.errors import StoreError
from matcher.policy import PackSet, installed_packs
from matcher.policy.weights import load_weights
from matcher.ports import AccessStore, KioskStore, OrderStore, RosterStore
from matcher.priority import group_factors
from matcher.scoring import hand_card
from matcher.services.documents.rulebook import Means
from matcher.settings import Settings


class SystemClock:
    """The machine's clock in UTC."""

    def now(self) -> datetime:
        """UTC, timezone-aware, whole seconds: decisions are logged by the second."""
        return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Application:
    """A run of the program: settings and everything built from them on first use.

    Raises UsageError for settings that fit by themselves but name a group that does not exist.
    """

    settings: Settings
    model_path: Path | None = None

    def __post_init__(self) -> None:
        group_factors(self.settings)

    @cached_property
    def clock(self) -> SystemClock:
        """The clock of the shell."""
        return SystemClock()

    @cached_property
    def packs(self) -> PackSet:
        """The packs of the program and the county's own under `<home>/packs`. Raises PackError naming every fault."""
        return installed_packs(self.settings.home)

    @cached_property
    def means(self) -> Means:
        """Packs, model, settings and the county's weights of a round. Raises PackError for weights that do not fit."""
        weights = load_weights(self.settings.home, self.packs)
        return Means(packs=self.packs, settings=self.settings, model_body=self.model_body, weights=weights)

    @property
    def model_body(self) -> bytes:
        """Bytes of the model file in use: the given file, else the hand card."""
        return hand_card() if self.model_path is None else self.model_path.read_bytes()

    @cached_property
    def store(self) -> RosterStore:
        """The opened, migrated database. Raises StoreError when there is none yet."""
        url, home = self.settings.url, self.settings.home
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
            remedy = "Is --home (MATCHER_HOME) right? `matcher init` makes a new one."
            raise StoreError("there is no database yet", where=url, remedy=remedy)
        from matcher.store import open_store

        return open_store(url, home=home)

    @cached_property
    def remembering_store(self) -> RosterStore:
        """The store with its records kept in memory per revision, for a process that answers many calls."""
        from matcher.store import remembering

        return remembering(self.store)

    @cached_property
    def access(self) -> AccessStore:
        """Users, tokens, sessions, jobs and audit, in the same database."""
        from matcher.store import open_access

        return open_access(self.settings.url, home=self.settings.home)

    @cached_property
    def orders(self) -> OrderStore:
        """Brokers' orders with their people and what belongs to them, in the same database."""
        from matcher.store import open_orders

        return open_orders(self.settings.url, home=self.settings.home)

    @cached_property
    def kiosks(self) -> KioskStore:
        """Kiosks, what they hold and what they sent later, in the same database."""
        from matcher.store import open_kiosks

        return open_kiosks(self.settings.url, home=self.settings.home)

    def today(self) -> date:
        """The county's day: `today` of the settings of a demonstration, else the machine's local day."""
        return self.settings.today or date.today()  # noqa: DTZ011 - a county's today is its local day

    def close(self) -> None:
        """Close the database if this run opened it."""
        for part in ("store", "access", "orders", "kiosks"):
            if part in self.__dict__:
                self.__dict__[part].close()

    def create_store(self) -> RosterStore:
        """Create or migrate the database and its keys; the run's store from here on."""
        self.settings.home.mkdir(parents=True, exist_ok=True)
        from matcher.store import open_store

        store = open_store(self.settings.url, home=self.settings.home)
        self.__dict__["store"] = store
        store.migrate()
        return store
