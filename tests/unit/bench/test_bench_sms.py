"""The sms bench counts whole texts and receipts, and a carrier that lost some breaks it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def module():
    """The bench, each of its methods run once for all tests: every run is a child and a carrier."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        from tests.bench import sms

        patch.setattr(sms, "_into_carrier", cache(sms._into_carrier))
        yield sms


SIZES = {"sms_texts": 30, "sms_peer_texts": 3, "sms_repeats": 1, "slow_repeats": 1}


@pytest.mark.slow
def test_every_method_hands_over_whole_texts(module):
    table = module.sms(SIZES)
    assert table.broken == []
    assert [row.exact for row in table.rows] == [
        "30 of 30 whole, 60 receipts", "30 of 30 whole, 60 receipts",
        "3 of 3 whole, 6 receipts", "3 of 3 whole, 6 receipts",
    ]  # fmt: skip
    assert len(table.facts["two-part texts a second"]) == 4


def test_a_carrier_that_lost_a_text_is_told(module, monkeypatch):
    into = module._into_carrier

    def lossy(*call):
        timing, counted = into(*call)
        return timing, counted | {"texts": counted["texts"] - 1}

    monkeypatch.setattr(module, "_into_carrier", lossy)
    assert len(module.sms(SIZES).broken) == 4
