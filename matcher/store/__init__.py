"""Dated facts with their source, kept in SQLite or PostgreSQL; only `bootstrap` imports this room."""

from __future__ import annotations

from matcher.store.access import Access, open_access
from matcher.store.remembering import remembering
from matcher.store.store import Store, open_store

__all__ = ["Access", "Store", "open_access", "open_store", "remembering"]
