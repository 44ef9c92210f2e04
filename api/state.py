"""What lives as long as the server, and what a view may take of it: a scoped store, the means, the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property

from flask import Flask

from api.present import site
from api.viewer import viewer
from matcher.bootstrap import Application
from matcher.ports import AccessStore, DeedStore, KioskStore, OrderStore, RosterStore
from matcher.services.ground.rulebook import Means
from matcher.services.ground.scoped_store import Scoped

KEY = "matcher"


class State:
    """The run behind the pages. Views reach it through the functions of this module."""

    def __init__(self, application: Application) -> None:
        self.application = application
        # Rooms that watch what is logged put their watch around the store (`metrics`).
        self.watched: Callable[[RosterStore], RosterStore] = lambda store: store

    def attach(self, app: Flask) -> None:
        """Make this the state of an application."""
        app.extensions[KEY] = self

    @cached_property
    def records(self) -> RosterStore:
        """The whole store, its records remembered per revision; for the shell of the server, never for a view."""
        return self.watched(self.application.remembering_store)


def state() -> State:
    """The state of the application that answers the present request."""
    return state_of(site())


def state_of(app: Flask) -> State:
    """The state of an application, outside a request too."""
    found: State = app.extensions[KEY]
    return found


def store() -> RosterStore:
    """The store as far as the present viewer's regions reach: records outside them do not exist."""
    return Scoped(state().records, viewer().regions)


def access() -> AccessStore:
    """Users, tokens, sessions, jobs, audit."""
    return state().application.access


def orders() -> OrderStore:
    """Orders with their people; a use case asks for those of the viewer's regions."""
    return state().application.orders


def deeds() -> DeedStore:
    """What the county office did; a use case asks for what lies in the viewer's regions."""
    return state().application.deeds


def kiosks() -> KioskStore:
    """Kiosks, what they hold and what they sent later."""
    return state().application.kiosks


def means() -> Means:
    """Packs, model and settings."""
    return state().application.means


def jurisdiction() -> str:
    """The county of this installation: a pack, a region code, or "" if none is set."""
    return state().application.settings.jurisdiction


def today() -> date:
    """The county's day: `today` of the settings of a demonstration, else the machine's."""
    return state().application.today()


def now() -> datetime:
    """UTC."""
    return state().application.clock.now()


def age_of_news() -> str:
    """What screens must say of the age of their records; "" where they are the present."""
    return state().application.age_of_news()
