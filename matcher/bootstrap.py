"""The composition root: the only place that names adapters; each is imported when it is first used."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from matcher.errors import StoreError
from matcher.policy import PackSet, installed_packs
from matcher.policy.weights import load_weights
from matcher.ports import AccessStore, Clock, DeedStore, KioskStore, OrderStore, RosterStore, TextStore
from matcher.ports.clock import SystemClock
from matcher.ports.gateways import Callbacks, Gateway
from matcher.ports.kiosk_home import CountyServer, KioskFile
from matcher.ports.upkeep import Upkeep
from matcher.priority import group_factors
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means, body_of_model, means_of
from matcher.services.learning.models_in_use import model_in_use
from matcher.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.fair_pack import News
    from matcher.services.kiosk.live_offers import Offers
    from matcher.services.kiosk.uplink import Condition, Turn
    from matcher.services.messages.desk import Desk
    from matcher.store import HeldStore, KioskFolder, KioskSessions


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


class KioskApplication(Application):
    """The program as a kiosk: the same pages over the fair pack that its folder holds, with no network needed.

    Packs, model and ranking settings are the pack's; another pack changes all of them at once. Before the first one
    there are no records, and the rules are those of the program.
    """

    def __init__(self, shell: Settings, machine: Clock | None = None) -> None:
        self.__dict__.update(shell=shell, model_path=None, machine=machine or SystemClock())

    @cached_property
    def folder(self) -> KioskFolder:
        """Who this machine is and what it holds."""
        from matcher.store import KioskFolder

        return KioskFolder(self.__dict__["shell"].home)

    @cached_property
    def clock(self) -> Clock:  # type: ignore[override]
        """The machine's clock, set right."""
        from matcher.services.kiosk.uplink import RightClock

        return RightClock(self.folder, self.machine)

    @property
    def machine(self) -> Clock:
        """The machine's own clock, right or wrong."""
        return cast(Clock, self.__dict__["machine"])

    @property
    def settings(self) -> Settings:
        """Those of the pack, and of this machine where things lie."""
        if self.folder.held() is None:
            return cast(Settings, self.__dict__["shell"])
        return self.means.settings

    @property
    def means(self) -> Means:
        """Packs, model and settings of the pack that is held; of packs with the same rules they are made once."""
        shell: Settings = self.__dict__["shell"]
        held = self.folder.held()
        if held is None:
            return self._means_without_pack
        contents = held.contents
        rules = (contents.model, contents.rulebook, contents.synthetic)
        known, means = self.__dict__.get("_kept", (None, None))
        if known != rules:
            means = means_of(contents.model, contents.rulebook, replace(shell, demo=contents.synthetic))
            self.__dict__["_kept"] = (rules, means)
        return cast(Means, means)

    @cached_property
    def _means_without_pack(self) -> Means:
        shell: Settings = self.__dict__["shell"]
        return Means(packs=installed_packs(shell.home), settings=shell, model_body=hand_card())

    @cached_property
    def sessions(self) -> KioskSessions:
        """Who stands here."""
        from matcher.store import KioskSessions

        return KioskSessions(self.folder.visits)

    @cached_property
    def held_store(self) -> HeldStore:
        """The records of the pack."""
        from matcher.store import HeldStore

        return HeldStore(self.folder, self.clock, self.sessions)

    @property
    def store(self) -> RosterStore:
        """The records of the pack."""
        return cast(RosterStore, self.held_store)

    @property
    def remembering_store(self) -> RosterStore:
        """The records of the pack, which are in memory already."""
        return self.store

    @property
    def access(self) -> AccessStore:
        """Sessions in memory; nobody can sign in."""
        return cast(AccessStore, self.sessions)

    @cached_property
    def texts(self) -> TextStore:
        """What was answered during a visit."""
        from matcher.store import HeldTexts

        return cast(TextStore, HeldTexts(self.sessions, self.folder))

    @cached_property
    def orders(self) -> OrderStore:
        """Orders are the county's."""
        from matcher.store import Elsewhere

        return cast(OrderStore, Elsewhere())

    @cached_property
    def deeds(self) -> DeedStore:
        """What the office does is the county's."""
        from matcher.store import Elsewhere

        return cast(DeedStore, Elsewhere())

    @property
    def live_offers(self) -> Offers:
        """What a text still offered somebody when the pack was made."""
        from matcher.services.kiosk.live_offers import carried_offers

        return carried_offers(self.folder)

    def today(self) -> date:
        """The county's day by the clock that was set right."""
        return self.settings.today or self.clock.now().astimezone().date()

    @property
    def is_kiosk(self) -> bool:
        """Once it is enrolled."""
        return self.folder.enrolment() is not None

    def age_of_news(self) -> str:
        """What screens must say of the pack: yesterday's, expired, none, or that the clock is wrong."""
        return self.news().sentence

    def news(self) -> News:
        """What the pack that is held is worth now."""
        return self.held_store.news()

    def turn(self, condition: Condition, server: Callable[[KioskFile], CountyServer] | None = None) -> Turn:
        """One contact with the server; whoever walked away without a word has gone before it."""
        from matcher.services.kiosk.uplink import take_turn

        self.sessions.end_sessions(expired_at=self.clock.now())
        return take_turn(self.folder, server or self.server, self.machine.now(), condition)

    def server(self, file: KioskFile) -> CountyServer:
        """The way to the server of an enrolment."""
        from matcher.county_server import CountyHttp

        # Whether the line may be plain was settled when the kiosk enrolled.
        return CountyHttp(file.server, file, plain_http=True)

    def close(self) -> None:
        """Whoever stood here has gone."""
        if "sessions" in self.__dict__:
            self.sessions.close()
