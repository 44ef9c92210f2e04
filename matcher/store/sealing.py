"""Sealing: AES-256-GCM bound to table, column and row, a data key per person, and blind indexes.

A sealed value copied to another row or column does not open (NIST SP 800-38D, additional authenticated data).
A blind index is HMAC-SHA256 under a key of its own: equal numbers are found and kept unique without being stored.
"""

from __future__ import annotations

import hmac
import os
import re
import unicodedata
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from matcher.errors import StoreError
from matcher.records.id_numbers import normalise_id_number
from matcher.store.keyring import KEY_BYTES, Keyring

_NONCE_BYTES: Final = 12
_KEY_ID_BYTES: Final = 2
_INDEX_BYTES: Final = 16
_PHONE_NOISE: Final = re.compile(r"[\s()\-.\u2010-\u2015]+")
_COUNTRY_PREFIX: Final = re.compile(r"(?:\+|00)?86(?=1\d{10}$)")


def place(table: str, column: str, row: str) -> bytes:
    """The additional data that binds a sealed value to where it stands."""
    return f"{table}\x1f{column}\x1f{row}".encode()


def seal(key: AESGCM, plain: bytes, where: bytes) -> bytes:
    """Nonce and ciphertext; the nonce is random, so equal values look different."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + key.encrypt(nonce, plain, where)


def unseal(key: AESGCM, sealed: bytes, where: bytes) -> bytes:
    """What was sealed; StoreError if key, place or bytes are not those of the sealing."""
    try:
        return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], where)
    except (InvalidTag, ValueError):  # the second where not even a nonce is left
        raise StoreError(
            "a sealed value does not open: it was moved or altered, or the keys are of another database",
            where=where.decode(errors="replace").replace("\x1f", " "),
            remedy="Restore the last backup together with its keys.",
        ) from None


class Vault:
    """The master keys at work. What they seal starts with the number of the key that sealed it."""

    def __init__(self, keyring: Keyring, reread: Callable[[], Keyring] | None = None) -> None:
        """reread : gives the key file as it is now; asked where a value was sealed by a key made since."""
        self._index_key = keyring.index_key
        self._reread = reread
        self._take(keyring)

    @property
    def fingerprint(self) -> str:
        """Tells keyrings apart without telling anything about the keys; equal after a rotation."""
        return hmac.digest(self._index_key, b"keyring\x1f", "sha256").hex()[:32]

    def seal(self, plain: bytes, where: bytes) -> bytes:
        """Seal under the active master key."""
        return self._active.to_bytes(_KEY_ID_BYTES, "big") + seal(self._masters[self._active], plain, where)

    def unseal(self, sealed: bytes, where: bytes) -> bytes:
        """Open with the master key that sealed; StoreError if it is gone."""
        number = int.from_bytes(sealed[:_KEY_ID_BYTES], "big")
        if number not in self._masters and self._reread is not None:
            self._take(self._reread())
        if number not in self._masters:
            raise StoreError(
                f"master key {number} is missing from the key file",
                remedy="Put the key file back that holds every key ever used.",
            )
        return unseal(self._masters[number], sealed[_KEY_ID_BYTES:], where)

    def is_current(self, sealed: bytes) -> bool:
        """True if the active master key sealed it."""
        return int.from_bytes(sealed[:_KEY_ID_BYTES], "big") == self._active

    def new_person_key(self, worker_id: str) -> tuple[AESGCM, bytes]:
        """A fresh data key and its wrapped form for the row of `worker_id`."""
        key = os.urandom(KEY_BYTES)
        return AESGCM(key), self.seal(key, _wrapping_place(worker_id))

    def person_key(self, worker_id: str, wrapped: bytes) -> AESGCM:
        """The data key of a person."""
        return AESGCM(self.unseal(wrapped, _wrapping_place(worker_id)))

    def rewrap(self, worker_id: str, wrapped: bytes) -> bytes:
        """The same data key under the active master key."""
        where = _wrapping_place(worker_id)
        return self.seal(self.unseal(wrapped, where), where)

    def id_number_index(self, id_number: str) -> bytes:
        """Blind index of a person's number: 15 and 18 digits, full-width or not, are one."""
        return self._blind(b"id_number\x1f", normalise_id_number(id_number))

    def phone_index(self, phone: str) -> bytes:
        """Blind index of a phone: spaces, hyphens and the country prefix do not matter."""
        return self._blind(b"phone\x1f", normalise_phone(phone))

    @property
    def row_key(self) -> bytes:
        """Secret under which rows are hashed into ids: an id then tells nothing of the number behind it."""
        return hmac.digest(self._index_key, b"row ids\x1f", "sha256")

    @property
    def journal_key(self) -> bytes:
        """Secret of the journal of refusals: a rotation leaves it, and a backup of the keys opens what came later."""
        return hmac.digest(self._index_key, b"refusals journal\x1f", "sha256")

    def _take(self, keyring: Keyring) -> None:
        self._masters = {number: AESGCM(key) for number, key in keyring.keys.items()}
        self._active = keyring.active

    def _blind(self, domain: bytes, normal: str) -> bytes:
        return hmac.digest(self._index_key, domain + normal.encode(), "sha256")[:_INDEX_BYTES]


def normalise_phone(phone: str) -> str:
    """Half-width digits without spaces, hyphens, brackets and the prefix of a Chinese mobile."""
    return _COUNTRY_PREFIX.sub("", _PHONE_NOISE.sub("", unicodedata.normalize("NFKC", phone)))


def _wrapping_place(worker_id: str) -> bytes:
    return place("person_key", "wrapped", worker_id)
