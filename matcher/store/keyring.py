"""The keys that seal personal fields; they live beside the database, never in it.

`<home>/keys/keyring.json`, readable by its owner alone. A backup of the database without this file opens no
name, number or phone; losing the file loses them for good.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

import msgspec

from matcher.errors import StoreError

KEY_BYTES: Final = 32
_FOLDER: Final = "keys"
_FILE: Final = "keyring.json"


class Keyring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Master keys by number (`active` seals, all open) and the key of the blind indexes, which never changes."""

    version: int = 1
    active: int
    keys: dict[int, bytes]
    index_key: bytes

    def __repr__(self) -> str:
        return f"Keyring(active={self.active}, keys={sorted(self.keys)})"


def keyring_path(home: Path) -> Path:
    """Where the keys of a home folder stand."""
    return home / _FOLDER / _FILE


def load(home: Path) -> Keyring:
    """The keys of `home`; StoreError if missing, damaged or readable by others."""
    path = keyring_path(home)
    try:
        # Windows has no such bits; there the folder's own protection has to do.
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise StoreError("others may read the keys", where=str(path), remedy=f"Run: chmod 600 {path}")
        keyring = msgspec.json.decode(path.read_bytes(), type=Keyring)
    except FileNotFoundError:
        raise StoreError(
            "the keys of this database are missing",
            where=str(path),
            remedy="Put the keys folder of the backup back in its place. Names, identity numbers and phones "
            "cannot be opened without it, and new keys would not open them either.",
        ) from None
    except OSError as error:
        raise StoreError(f"the keys cannot be read: {error.strerror}", where=str(path)) from error
    except msgspec.MsgspecError as error:
        raise StoreError(
            f"the key file is damaged: {error}", where=str(path), remedy="Put the key file of the backup back."
        ) from None
    _refuse_broken(keyring, path)
    return keyring


def create(home: Path) -> Keyring:
    """Make the keys of a new home, or load those that stand there already."""
    if keyring_path(home).exists():
        return load(home)
    keyring = Keyring(active=1, keys={1: secrets.token_bytes(KEY_BYTES)}, index_key=secrets.token_bytes(KEY_BYTES))
    _write(keyring_path(home), keyring, replace=False)
    # Two processes may have started at once: what stands in the file is what counts.
    return load(home)


def rotate(home: Path) -> Keyring:
    """Add a master key and make it the one that seals; older keys keep opening what they sealed."""
    old = load(home)
    number = max(old.keys) + 1
    new = msgspec.structs.replace(old, active=number, keys={**old.keys, number: secrets.token_bytes(KEY_BYTES)})
    _write(keyring_path(home), new, replace=True)
    return new


def _refuse_broken(keyring: Keyring, path: Path) -> None:
    lengths = {len(key) for key in (*keyring.keys.values(), keyring.index_key)}
    if lengths != {KEY_BYTES} or keyring.active not in keyring.keys:
        raise StoreError("the key file is damaged", where=str(path), remedy="Put the key file of the backup back.")


def _write(path: Path, keyring: Keyring, *, replace: bool) -> None:
    """Write beside and move into place: a crash leaves the old keys or the new ones, never half of them."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(keyring)))
            file.flush()
            os.fsync(file.fileno())
        if replace:
            beside.replace(path)
        else:
            _move_unless_there(beside, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise StoreError(
            f"the keys cannot be written: {error.strerror}",
            where=str(path),
            remedy="Free some space or choose another folder with --home.",
        ) from error


def _move_unless_there(beside: Path, path: Path) -> None:
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
