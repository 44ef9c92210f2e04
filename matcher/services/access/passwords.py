"""Passwords: Argon2id as PHC strings, one effort for everybody, and a rule that people can keep."""

from __future__ import annotations

import os
import secrets
import unicodedata
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from matcher.errors import InvalidInput

# OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, 2 passes, 1 lane (each of its choices is held equal). RFC 9106
# section 4 asks for 64 MiB, 3 passes, 4 lanes where memory allows: on a county's two cores eight sign-ins at once
# would take half a gigabyte and seconds, so that guessing would be a way to stop the server.
MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1
SALT_BYTES: Final = 16
HASH_BYTES: Final = 32
COST: Final = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"

SHORTEST: Final = 12
"""More than the 8 characters of NIST SP 800-63B (2017) 5.1.1: no second factor stands beside it."""
LONGEST: Final = 128
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter that is mistaken for another when it is read out or copied from paper."""
GROUPS, GROUP_LENGTH = 4, 4


def hashed(password: str) -> str:
    """The PHC string to keep, with a fresh salt."""
    argon2 = Argon2id(
        salt=os.urandom(SALT_BYTES), length=HASH_BYTES, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB
    )
    return argon2.derive_phc_encoded(_bytes(password))


def fits(password: str, phc: str | None) -> bool:
    """Whether this is the password behind a PHC string; for None the same effort is spent and the answer is no."""
    try:
        Argon2id.verify_phc_encoded(_bytes(password), _nobodys() if phc is None else phc)
    except InvalidKey:
        return False
    return phc is not None


def is_outdated(phc: str) -> bool:
    """Whether a PHC string was made with another effort than today's; it is renewed at the next sign-in."""
    return not phc.startswith(COST)


def checked(password: str, *, name: str) -> str:
    """The password if it may be one; InvalidInput says why not. Nothing is asked of its characters."""
    length = len(unicodedata.normalize("NFKC", password))
    if not SHORTEST <= length <= LONGEST or name.casefold() in password.casefold():
        raise InvalidInput(
            "这个密码不能用",
            where="password",
            remedy=f"请用{SHORTEST}到{LONGEST}个字符，不要包含登录名；几个不相干的词连起来就很好。",
        )
    return password


def random_password() -> str:
    """A password nobody chose, easy to read out: four groups of four, 79 bits."""
    return grouped("".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP_LENGTH)))


def grouped(letters: str) -> str:
    """Letters with a hyphen after each group."""
    return "-".join(letters[at : at + GROUP_LENGTH] for at in range(0, len(letters), GROUP_LENGTH))


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has: what an unknown name is compared with."""
    return hashed(secrets.token_hex())


def _bytes(password: str) -> bytes:
    """One spelling for what looks alike: full-width and half-width letters are the same password."""
    return unicodedata.normalize("NFKC", password).encode()
