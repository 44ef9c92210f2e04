"""Dated facts with their source, kept in SQLite or PostgreSQL; only `bootstrap` imports this room."""

from __future__ import annotations

from matcher.store.access import Access, open_access
from matcher.store.deeds import Deeds, open_deeds
from matcher.store.held_store import HeldStore
from matcher.store.held_texts import Elsewhere, HeldTexts
from matcher.store.index_folder import IndexFiles
from matcher.store.kiosk_home import KioskFolder
from matcher.store.kiosk_sessions import KioskSessions
from matcher.store.kiosks import Kiosks, open_kiosks
from matcher.store.orders import Orders, open_orders
from matcher.store.remembering import remembering
from matcher.store.store import Store, open_store
from matcher.store.texts import Texts, open_texts

__all__ = [
    "Access",
    "Deeds",
    "Elsewhere",
    "HeldStore",
    "HeldTexts",
    "IndexFiles",
    "KioskFolder",
    "KioskSessions",
    "Kiosks",
    "Orders",
    "Store",
    "Texts",
    "open_access",
    "open_deeds",
    "open_kiosks",
    "open_orders",
    "open_store",
    "open_texts",
    "remembering",
]
