"""Bringing a database to this program's schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matcher.store import schema
from matcher.store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import Connection

_SCRIPTS: Final = "matcher.store:migrations"


def migrate(database: Database) -> None:
    """Create the schema or upgrade it in one transaction; again changes nothing, a newer one is refused."""
    with database.migrating() as connection:
        version = database.version(connection)
        database.refuse_newer(version)
        if version != schema.HEAD:
            _upgrade(connection)


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings without an ini file: the steps come from the package, the connection from the caller."""
    # Imported where needed: a `recommend` never migrates, and Alembic brings a template engine along.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), "head")
