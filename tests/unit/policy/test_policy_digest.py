from __future__ import annotations

import json
from datetime import date

import msgspec
import pytest

from matcher.errors import PackError
from matcher.policy import (
    canonical_bytes,
    digest,
    micro_farm_route,
    pack_for,
    pack_from_bytes,
    standard_packs,
    with_pack,
)

PACKS = standard_packs()


@pytest.mark.parametrize("pack_id", sorted(PACKS.packs))
def test_a_pack_comes_back_from_its_bytes(pack_id):
    pack = PACKS[pack_id]
    again = pack_from_bytes(canonical_bytes(pack))
    assert again == pack
    assert canonical_bytes(again) == canonical_bytes(pack)
    assert digest(again) == digest(pack)


def test_a_changed_figure_changes_the_digest_and_the_decision():
    pack = PACKS["standard"]
    table = json.loads(canonical_bytes(pack))
    table["parameters"][0]["value"] = 60
    older = pack_from_bytes(msgspec.json.encode(table))
    assert digest(older) != digest(pack)
    on = date(2024, 1, 1)
    facts = {"birth_date": date(1974, 1, 1), "consent": True, "household_has_plot": False, "plots_available": 1}
    assert micro_farm_route(pack_for(PACKS, "standard", on), facts, on).outcome == "offer"
    assert micro_farm_route(pack_for(with_pack(PACKS, older), "standard", on), facts, on).outcome == "not_priority"
    assert PACKS["standard"] is pack


def test_bytes_of_something_else_are_refused():
    with pytest.raises(PackError):
        pack_from_bytes(b"{}")
    with pytest.raises(PackError):
        pack_from_bytes(b"no json")
