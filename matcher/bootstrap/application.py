"""The program at the office and on the command line, built from settings."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.errors import StoreError
from matcher.policy import PackSet, installed_packs
from matcher.policy.weights import load_weights
from matcher.ports import AccessStore, DeedStore, Engine, KioskStore, OrderStore, RosterStore, TextStore
from matcher.ports.clock import SystemClock
from matcher.ports.devices import DeviceBridge
from matcher.ports.gateways import Callbacks, Gateway
from matcher.ports.upkeep import Upkeep
from matcher.priority import group_factors
from matcher.services.ground.rulebook import Means, body_of_model
from matcher.services.learning.models_in_use import model_in_use
from matcher.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from contextlib import AbstractContextManager

    from matcher.services.kiosk.live_offers import Offers
    from matcher.services.messages.desk import Desk


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
        """Bytes of the model file in use: the given file, else that the county switched to, else the hand card.

        Raises ModelError, which names the file, for a given one that does not load.
        """
        return model_in_use(self.settings.home) if self.model_path is None else body_of_model(self.model_path)

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
    def deeds(self) -> DeedStore:
        """What the county office did, stream by stream, in the same database."""
        from matcher.store import open_deeds

        return open_deeds(self.settings.url, home=self.settings.home)

    @property
    def upkeep(self) -> Upkeep:
        """Looks after the home and its database as a whole."""
        from matcher.store.upkeep import HomeUpkeep

        return HomeUpkeep(self.settings.url, home=self.settings.home)

    @cached_property
    def kiosks(self) -> KioskStore:
        """Kiosks, what they hold and what they sent later, in the same database."""
        from matcher.store import open_kiosks

        return open_kiosks(self.settings.url, home=self.settings.home)

    @cached_property
    def texts(self) -> TextStore:
        """Text messages: consents, sendings, the outbox, offers, replies, calls, returns, in the same database."""
        from matcher.store import open_texts

        return open_texts(self.settings.url, home=self.settings.home)

    @property
    def live_offers(self) -> Offers:
        """What a text still offers somebody."""
        from matcher.services.messages.offers_shown import offers_by_text

        return offers_by_text(self.texts)

    @property
    def message_desk(self) -> Desk:
        """What use cases of text messages work with; the county's own rules and texts are read anew each time.

        Raises InvalidInput for rules or texts that do not fit.
        """
        from matcher.services.messages.desk import Desk, read_texting

        return Desk(
            store=self.remembering_store,
            texts=self.texts,
            orders=self.orders,
            access=self.access,
            means=self.means,
            texting=read_texting(self.settings, self.means.packs),
        )

    def gateway(self, name: str = "") -> Gateway:
        """A way to send texts, by name or by the settings; who opens it closes it. Raises as `open_for` there."""
        from matcher.gateways import open_for

        # Only a gateway that signs addresses opens the store.
        return open_for(self.settings, name, os.environ, self.clock.now, lambda: self.store.row_key())  # noqa: PLW0108

    @cached_property
    def sms_callbacks(self) -> Callbacks:
        """Reads what a gateway program tells our server over HTTP."""
        from matcher.gateways import callbacks_for

        return callbacks_for(self.settings, self.clock.now, self.store.row_key())

    def engine(self, name: str = "", processes: int | None = None) -> AbstractContextManager[Engine]:
        """Who does the parts of a large piece of work, by name or by the settings. Raises as `engine_for` there."""
        from matcher.engine import engine_for

        return engine_for(self.settings, name, processes)

    @property
    def pairing_secret(self) -> str:
        """What a page must know to speak to the bridges of this machine; made at the first use."""
        from matcher.bridges.door import pairing_secret

        return pairing_secret(self.settings.home)

    def card_bridge(self, port: int, origins: Collection[str], lines: Iterable[str | bytes] | None) -> DeviceBridge:
        """The bridge of a card reader, or of a simulated one without `lines`. Raises as `card_bridge` there."""
        from matcher.bridges.opened import card_bridge

        return card_bridge(self.settings.home, port, origins, lines)

    def printer_bridge(
        self, port: int, origins: Collection[str], device: Path | None, *, columns: int, simulate: bool
    ) -> DeviceBridge:
        """The bridge of a slip printer. Raises as `printer_bridge` there."""
        from matcher.bridges.opened import printer_bridge

        return printer_bridge(self.settings.home, port, origins, device, columns=columns, simulate=simulate)

    def today(self) -> date:
        """The county's day: `today` of the settings of a demonstration, else the machine's local day."""
        return self.settings.today or date.today()  # noqa: DTZ011 - a county's today is its local day

    @property
    def is_kiosk(self) -> bool:
        """Whether this run is an enrolled kiosk, on its own machine, and no office."""
        return False

    def age_of_news(self) -> str:
        """What screens must say of the age of their records; nothing at the office, whose records are the present."""
        return ""

    def close(self) -> None:
        """Close the database if this run opened it."""
        for part in ("store", "access", "orders", "deeds", "kiosks", "texts"):
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
