"""A query as the arguments of an address and back; a name stands there sealed, so that no address tells it."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from matcher.errors import InvalidInput
from matcher.orders.search.query import LONGEST_VALUE, About, Chip, Query, asked
from matcher.ports import RosterStore

__all__ = [
    "IS",
    "NOT",
    "Query",
    "address_of",
    "address_query",
    "addressed",
    "argument_of",
    "kinds_of",
    "opened",
    "query_at",
    "sealed",
]

IS: Final = "is"
NOT: Final = "not"
"""Arguments of what is wanted and of what is not: a kind, a colon, a value of it."""
_DOMAIN: Final = b"names in addresses\x1f"
_LONGEST_SEALED: Final = 400
_MOST_VALUES: Final = 60


def query_at(store: RosterStore, values_of: Callable[[str], Sequence[str]]) -> Query:
    """The query of an address or form. values_of : the values of an argument.

    Raises InvalidInput for a name that this database did not seal; an argument of no known kind asks nothing.
    """
    return asked(
        _chip(store, About(kind), value, negated=argument == NOT)
        for argument in (IS, NOT)
        for kind, _, value in (told.partition(":") for told in values_of(argument)[:_MOST_VALUES])
        if kind in set(About)
    )


def address_query(before: Query, typed: Sequence[Chip]) -> Query:
    """The chips that stood and those just typed; what was typed last overrules."""
    return asked((*before.chips, *typed))


def address_of(store: RosterStore, query: Query) -> list[tuple[str, str]]:
    """The arguments that stand for a query, in a fixed order; `query_at` reads them back."""
    return [argument_of(store, chip) for chip in query.chips]


def argument_of(store: RosterStore, chip: Chip) -> tuple[str, str]:
    """The argument that stands for one chip."""
    value = sealed(store, chip.value) if chip.about is About.NAME else chip.value
    return (NOT if chip.negated else IS, f"{chip.about.value}:{value}")


def addressed(store: RosterStore, query: Query) -> dict[str, list[str]]:
    """The arguments by name, as `url_for` takes them."""
    found: dict[str, list[str]] = {}
    for name, value in address_of(store, query):
        found.setdefault(name, []).append(value)
    return found


def sealed(store: RosterStore, name: str) -> str:
    """A name as opaque text; equal names give equal texts, so that an address stays the same."""
    body = _cipher(store).encrypt(name.encode(), [_DOMAIN])
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def opened(store: RosterStore, text: str) -> str:
    """The name that was sealed; InvalidInput for anything else."""
    try:
        if len(text) > _LONGEST_SEALED:
            raise ValueError("longer than any sealed name")
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return _cipher(store).decrypt(raw, [_DOMAIN]).decode()
    except (ValueError, binascii.Error, InvalidTag):
        raise InvalidInput("网址里的名字读不出来", where="name", remedy="请在搜索框里重新写名字。") from None


def _chip(store: RosterStore, about: About, value: str, *, negated: bool) -> Chip:
    if about is About.NAME and value:
        return Chip(about, opened(store, value)[:LONGEST_VALUE], negated)
    return Chip(about, value, negated)


def _cipher(store: RosterStore) -> AESSIV:
    return AESSIV(hmac.digest(store.row_key(), _DOMAIN, "sha512"))


def kinds_of(query: Query) -> Iterator[str]:
    """What a query asks about, for the audit: kinds alone, each once."""
    yield from dict.fromkeys(chip.about.value for chip in query.chips)
