"""Earlier seasons of a county as one event folder of CONTRACT section 6: what the product may be trained with.

Seasons are those before the first one that is judged, a year apart, listed by the logging policy; their last follow-up
is older than the next season's first list. The same history is written once: its manifest names everything it follows
from, the code included.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

import matcher
from matcher.scoring import hand_card
from training_data.market.exploring import Softmax, explored
from training_data.market.journal import Journal, lines_of
from training_data.market.observe import observe
from training_data.market.policies import part
from training_data.market.season import Lists, Policy, Season, View, run_season
from training_data.market.spec import HERE, Spec, frozen_hash
from training_data.market.truth import Truth
from training_data.market.world import World, draw_world

MANIFEST = "synthetic_manifest.json"
USUAL = Softmax()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Which seasons of which market are logged.

    variant : its name, for the manifest; seasons : how many before the first that is judged
    softmax : chances of the logging policy; card : model file that policy orders by, None for the hand card
    listed : share of the households that get lists at all; nobody sees the others
    """

    spec: Spec
    variant: str
    county_ix: int = 0
    seed: int = 0
    seasons: int = 5
    softmax: Softmax = USUAL
    card: bytes | None = None
    listed: float = 1.0

    @property
    def model_sha(self) -> str:
        """Digest of the model file the logging policy orders by."""
        return hashlib.sha256(self.card or hand_card()).hexdigest()

    def manifest(self) -> dict[str, Any]:
        """Everything the bytes of the folder follow from."""
        county = self.spec.counties[self.county_ix]
        return {
            "synthetic": True,
            "simulator": frozen_hash(),
            "code": code_hash(),
            "variant": self.variant,
            "market": hashlib.sha256(msgspec.json.encode(self.spec, order="deterministic")).hexdigest(),
            "county": county.county,
            "seed": self.seed,
            "seasons": [self.world(ix).season for ix in self.season_ixs()],
            "policy_id": self.softmax.policy_id,
            "model_sha": self.model_sha,
            "listed": self.listed,
            "size": msgspec.to_builtins(self.spec.size),
        }

    @property
    def key(self) -> str:
        """A short name that differs wherever the manifest does."""
        return hashlib.sha256(msgspec.json.encode(self.manifest(), order="deterministic")).hexdigest()[:16]

    def season_ixs(self) -> range:
        """Positions of the seasons, the earliest first; the first one judged is 0."""
        return range(-self.seasons, 0)

    def world(self, season_ix: int) -> World:
        """The county in one of the seasons."""
        return draw_world(self.spec, county_ix=self.county_ix, season_ix=season_ix, seed=self.seed)


@cache
def code_hash() -> str:
    """SHA-256 of the code of the simulator and of the product whose lists it follows."""
    digest = hashlib.sha256()
    for root in (HERE, Path(matcher.__file__).parent):
        for path in sorted(root.rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def history_folder(history: History, work: Path) -> Path:
    """The folder of the history under a work folder, written unless it is there already."""
    folder = work / f"history-{history.key}"
    write_history(history, folder)
    return folder


def write_history(history: History, folder: Path) -> bool:
    """Write the tables and the manifest, all or nothing; False if the folder holds this very history."""
    wanted = history.manifest()
    if _manifest(folder) == wanted:
        return False
    part_of = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    shutil.rmtree(part_of, ignore_errors=True)
    part_of.mkdir(parents=True)
    for season_ix in history.season_ixs():
        season = logged_season(history, history.world(season_ix))
        # Seasons follow each other, so tables that are appended stay in the order of time.
        for name, rows in Journal(season, history.softmax.policy_id, history.model_sha).tables().items():
            with (part_of / f"{name}.jsonl").open("ab") as table:
                table.write(lines_of(rows))
    (part_of / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(wanted), indent=1) + b"\n")
    shutil.rmtree(folder, ignore_errors=True)
    part_of.rename(folder)
    return True


def logged_season(history: History, world: World) -> Season:
    """One season under the logging policy, for the share of the households that is listed."""
    policy = explored(history.softmax, model=history.card)(world)
    if history.listed < 1:
        homes = world.draws.flag("listed", history.listed, world.people.n_households)
        policy = _only(policy, homes[world.people.household])
    return run_season(world, Truth(world), observe(world), policy)


def _only(policy: Policy, chosen: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Policy:
    """Lists for the chosen workers and for nobody else."""

    def chosen_alone(view: View) -> Lists:
        return policy(part(view, chosen[view.worker_ix]))

    return chosen_alone


def _manifest(folder: Path) -> Mapping[str, Any] | None:
    path = folder / MANIFEST
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Any]) if path.is_file() else None
