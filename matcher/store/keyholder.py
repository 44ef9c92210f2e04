"""The keys of one database: made with it, loaded once, and compared with the mark the database bears."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.errors import StoreError
from matcher.store import keyring, schema
from matcher.store.sealing import Vault

_MARK: Final = "keyring"


class Keyholder:
    """Opens the vault of `<home>/keys` for the database of a connection, and for no other one."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._vault: Vault | None = None

    @property
    def opened(self) -> Vault | None:
        """The keys at work, None before the first look at them."""
        return self._vault

    def vault(self, connection: Connection) -> Vault:
        """The keys at work; StoreError if they are missing or belong to another database."""
        if self._vault is None:
            vault = Vault(keyring.load(self._home), self._reread)
            if _marked(connection) != vault.fingerprint:
                raise StoreError(
                    "the keys belong to another database",
                    where=str(keyring.keyring_path(self._home)),
                    remedy="Put the keys folder back that was made together with this database.",
                )
            self._vault = vault
        return self._vault

    def make(self, connection: Connection) -> None:
        """Make the keys of a new database and mark it; of one that is marked, check them."""
        if _marked(connection) is None:
            fingerprint = Vault(keyring.create(self._home)).fingerprint
            connection.execute(sa.insert(schema.store_mark).values(name=_MARK, value=fingerprint))
        self.vault(connection)

    def rotate(self, connection: Connection) -> Vault:
        """Add a master key that seals from here on; older ones keep opening what they sealed."""
        self.vault(connection)
        self._vault = Vault(keyring.rotate(self._home), self._reread)
        return self._vault

    def _reread(self) -> keyring.Keyring:
        return keyring.load(self._home)

    def forget(self) -> None:
        """Drop the keys from memory."""
        self._vault = None


def _marked(connection: Connection) -> str | None:
    mark = schema.store_mark.c
    found = connection.execute(sa.select(mark.value).where(mark.name == _MARK)).scalar()
    return None if found is None else str(found)
