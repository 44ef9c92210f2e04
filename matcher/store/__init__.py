"""Dated facts with their source, kept in SQLite or PostgreSQL; only `bootstrap` imports this room."""

from __future__ import annotations

from matcher.store.store import Store, open_store

__all__ = ["Store", "open_store"]
