"""What an answer depends on besides its request and records: a model, and packs, vocabulary and ranking settings.

The latter three are the rulebook: one body of canonical bytes. Model and rulebook are kept in the store for replay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from matcher.decisions import digest
from matcher.errors import StoreError, UsageError
from matcher.features import VOCABULARY
from matcher.policy import Pack, PackSet, Vocabulary, canonical_bytes, pack_from_bytes
from matcher.policy.weights import CountyWeights
from matcher.ports import RosterStore
from matcher.scoring import AdditiveModel, load_model
from matcher.services.ground.remembered import Remembered
from matcher.settings import Settings, shell_settings


class _Rulebook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    packs: dict[str, msgspec.Raw]
    vocabulary: Vocabulary
    settings: dict[str, object]
    weights: tuple[CountyWeights, ...] = ()


@dataclass(frozen=True)
class Means:
    """What a round needs besides the records: packs, a model and settings, all read once by the caller.

    weights : the county's own, in no pack; empty where it orders by tiers
    """

    packs: PackSet
    settings: Settings
    model_body: bytes
    weights: tuple[CountyWeights, ...] = ()

    def __reduce__(self) -> tuple[Callable[[bytes, bytes, Settings], Means], tuple[bytes, bytes, Settings]]:
        """Sent to another process they are built there again out of their bytes; what was worked out of them stays."""
        return means_of, (self.model_body, self.rulebook, self.settings)

    @cached_property
    def model(self) -> AdditiveModel:
        """The model whose bytes `model_body` is."""
        return load_model(self.model_body, VOCABULARY)

    @cached_property
    def rulebook(self) -> bytes:
        """Canonical bytes of packs, vocabulary and ranking settings."""
        settings = msgspec.to_builtins(self.settings, enc_hook=str)
        return msgspec.json.encode(
            _Rulebook(
                packs={name: msgspec.Raw(canonical_bytes(pack)) for name, pack in sorted(self.packs.packs.items())},
                vocabulary=self.packs.vocabulary,
                settings={name: value for name, value in settings.items() if name not in shell_settings()},
                weights=self.weights,
            ),
            order="deterministic",
        )

    @cached_property
    def remembered(self) -> Remembered:
        """What rounds and pages have worked out of unchanged rosters, for the life of these means."""
        return Remembered()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the rulebook."""
        return digest(self.rulebook)


def keep(store: RosterStore, means: Means) -> tuple[str, str]:
    """Put model and rulebook into the store; their digests are what a decision names.

    A store keeps both for good, so one that has them is not handed them again with every answer.
    """

    def put() -> tuple[str, str]:
        return store.put_artifact("model", means.model_body), store.put_artifact("rulebook", means.rulebook)

    return means.remembered.get("kept", (store,), put)


def kept_means(
    store: RosterStore, model: str, rulebook: str, settings: Settings, *, live: Means | None = None
) -> Means:
    """The means of a logged decision, built again out of the bytes that stand in the store; raises as `means_of`.

    live : those of today, which are handed back where the decision was made by the very same: what they remember of
    the rosters need not be worked out again
    """
    if live is not None and (live.model.digest, live.digest) == (model, rulebook):
        return live
    return means_of(store.artifact(model), store.artifact(rulebook), settings)


def body_of_model(path: Path) -> bytes:
    """The bytes of a model file that loads. Raises ModelError, which names the file, for one that does not."""
    body = path.read_bytes()
    load_model(body, VOCABULARY, where=str(path))
    return body


def means_of(model: bytes, rulebook: bytes, settings: Settings) -> Means:
    """Means built again out of their bytes; `settings` only says where things lie.

    Raises StoreError when the bytes no longer fit this program: settings it does not know, or refuses today.
    """
    try:
        read = _read(rulebook)
        told = msgspec.to_builtins(settings, enc_hook=str)
        ranking = msgspec.convert(
            {**read.settings, **{name: told[name] for name in shell_settings()}},
            Settings,
            dec_hook=lambda kind, value: kind(value),
        )
    except (msgspec.MsgspecError, UsageError) as error:
        raise StoreError(
            f"a kept rulebook does not fit this version: {error}",
            where=digest(rulebook),
            remedy="Replay with the version that made it.",
        ) from None
    return Means(packs=read.packs, settings=ranking, model_body=model, weights=read.weights)


class _Read(NamedTuple):
    packs: PackSet
    settings: dict[str, object]
    weights: tuple[CountyWeights, ...]


@lru_cache(maxsize=4)
def _read(body: bytes) -> _Read:
    """A kept rulebook, read once: the decisions of a season name one and the same."""
    read = msgspec.json.decode(body, type=_Rulebook)
    packs: dict[str, Pack] = {name: pack_from_bytes(bytes(raw)) for name, raw in read.packs.items()}
    return _Read(PackSet(packs=packs, vocabulary=read.vocabulary), read.settings, read.weights)
