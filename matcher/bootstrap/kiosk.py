"""The program on a kiosk, built from the fair pack that its folder holds."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

import matcher
from matcher.bootstrap.application import Application
from matcher.policy import installed_packs
from matcher.ports import AccessStore, Clock, DeedStore, OrderStore, RosterStore, TextStore
from matcher.ports.clock import SystemClock
from matcher.ports.kiosk_home import CountyServer, KioskFile
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means, means_of
from matcher.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.fair_pack import News
    from matcher.records.fair_packs import Enrolment
    from matcher.services.kiosk.live_offers import Offers
    from matcher.services.kiosk.uplink import Condition, Turn
    from matcher.store import HeldStore, KioskFolder, KioskSessions


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

    def enrol(self, server: str, code: str, *, plain_http: bool) -> Enrolment:
        """Let this machine in by the code of an invitation. UsageError for an address that may not be used."""
        from matcher.county_server import CountyHttp, checked_address

        address = checked_address(server, plain_http=plain_http)
        enrolment = CountyHttp(address, plain_http=plain_http).enrol(code)
        self.folder.enrol(KioskFile(server=address, enrolment=enrolment))
        return enrolment

    def move(self, server: str, *, plain_http: bool) -> None:
        """The server has another address now. UsageError for one that may not be used."""
        from matcher.county_server import checked_address

        self.folder.move(checked_address(server, plain_http=plain_http))

    def condition(self, port: int) -> Condition:
        """What this machine says of itself; of its devices what their bridges say to the page at a port, if any."""
        from matcher.bridges.asking import paper_state, reader_state
        from matcher.bridges.door import LOOPBACK
        from matcher.services.kiosk.uplink import Condition

        asker = {"origin": f"http://{LOOPBACK}:{port}", "secret": self.pairing_secret}
        return Condition(
            version=matcher.__version__,
            paper=paper_state(self.settings.printer_bridge_port, **asker),
            reader=reader_state(self.settings.card_bridge_port, **asker),
        )

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
