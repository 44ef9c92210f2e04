"""The rulebook of a logged decision comes back as it was, or says that this version cannot read it."""

from __future__ import annotations

import msgspec
import pytest

from matcher.decisions import digest
from matcher.errors import StoreError
from matcher.policy import standard_packs
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means, keep, kept_means
from matcher.settings import Settings

MEANS = Means(packs=standard_packs(), settings=Settings(seed=7, priority_factor_64ths=(70,)), model_body=hand_card())


class Artifacts:
    """The part of a store that keeps bodies under their digests."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    def put_artifact(self, kind: str, body: bytes) -> str:
        self.bodies[digest(body)] = body
        return digest(body)

    def artifact(self, sha256: str) -> bytes:
        return self.bodies[sha256]


def kept_with(**settings):
    """Means read back from a rulebook whose settings were changed."""
    store = Artifacts()
    model, rulebook = keep(store, MEANS)
    body = msgspec.json.decode(store.artifact(rulebook))
    body["settings"] |= settings
    return kept_means(store, model, store.put_artifact("rulebook", msgspec.json.encode(body)), Settings(home="here"))


def test_ranking_settings_are_the_kept_ones_and_places_those_of_today():
    means = kept_with()
    assert (means.settings.seed, means.settings.priority_factor_64ths) == (7, (70,))
    assert str(means.settings.home) == "here"
    assert means.digest == MEANS.digest
    assert means.model_body == MEANS.model_body


@pytest.mark.parametrize(
    "settings", [{"a_setting_of_old": "calendar_year"}, {"top": "three"}, {"priority_factor_64ths": [64 * 5]}]
)
def test_settings_this_version_does_not_take_are_told_as_such(settings):
    with pytest.raises(StoreError, match="does not fit this version") as refused:
        kept_with(**settings)
    assert "version" in refused.value.remedy
