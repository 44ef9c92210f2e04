"""What stands inside a fair pack, and how a card finds its row there."""

from __future__ import annotations

import hmac
from typing import Final

import msgspec

from matcher.ports import StoredPlan
from matcher.records import Vacancy
from matcher.records.fair_packs import CarriedPerson
from matcher.records.id_numbers import normalise_id_number

_INDEX_BYTES: Final = 16
_DOMAIN: Final = b"fair pack card\x1f"


class PackContents(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a kiosk needs to answer as the server would.

    revision : of the server's store, at which all rows were read; plan : with its prices, None where no season holds
    people : of the township alone, by worker id; vacancies : all of the store, by id
    model, rulebook : bytes of the model and of packs with settings, as the server keeps them for replay
    synthetic : the county of a demonstration
    """

    revision: int
    plan: StoredPlan | None
    people: tuple[CarriedPerson, ...]
    vacancies: tuple[Vacancy, ...]
    model: bytes
    rulebook: bytes
    synthetic: bool = False


def card_index(key: bytes, id_number: str) -> bytes:
    """Blind index of an identity number under the key of one pack: two packs have no index in common."""
    return hmac.digest(key, _DOMAIN + normalise_id_number(id_number).encode(), "sha256")[:_INDEX_BYTES]
