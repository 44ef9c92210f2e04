"""Everything the core asks of the world, as small Protocols; `bootstrap` names the adapters."""

from __future__ import annotations

from matcher.ports.access import AccessStore
from matcher.ports.clock import Clock
from matcher.ports.deeds import DeedStore
from matcher.ports.engine import Engine, InTurn, Work
from matcher.ports.figures import FigureStore
from matcher.ports.index_folder import IndexFolder
from matcher.ports.kiosks import KioskStore
from matcher.ports.orders import OrderStore
from matcher.ports.rosters import Batch, Change, Decision, LastChanges, RosterStore, StoredPlan
from matcher.ports.shared import Shared
from matcher.ports.texts import TextStore

__all__ = [
    "AccessStore",
    "Batch",
    "Change",
    "Clock",
    "Decision",
    "DeedStore",
    "Engine",
    "FigureStore",
    "InTurn",
    "IndexFolder",
    "KioskStore",
    "LastChanges",
    "OrderStore",
    "RosterStore",
    "Shared",
    "StoredPlan",
    "TextStore",
    "Work",
]
