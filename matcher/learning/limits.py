"""The limits of drift, estimates, experiments and releases, as data beside their sources."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(gt=0, lt=1)]
Count = Annotated[int, Meta(ge=1)]
Positive = Annotated[float, Meta(gt=0)]


class _Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the file: an unknown key is an error."""


class DriftLimits(_Written, frozen=True, kw_only=True):
    """psi : alarm above it; ece_times : alarm above so many times the error at the time of training."""

    psi: Positive
    ece_times: Positive


class OffPolicyLimits(_Written, frozen=True, kw_only=True):
    """least_effective_share : of the log, below which nothing is estimated; logit_spread : standard deviation inside a
    list of the compared orders; list_draws : lists drawn of each for the modelled part."""

    least_effective_share: Share
    logit_spread: Positive
    list_draws: Count


class ExperimentLimits(_Written, frozen=True, kw_only=True):
    """sd_points : standard deviation of the difference in one half-half split of sd_people people, in points."""

    sd_points: Positive
    sd_people: Count
    confidence: Share
    power: Share


class ReleaseLimits(_Written, frozen=True, kw_only=True):
    """ece : stage -> goal; beyond it an error may be `ece_times` that of the model in use (of a group
    `group_ece_times`); off_policy_margin, off_policy_low : share of its applications that may be missing by the
    estimate and at the low end; bounded_share : of a stage's weight; suite : gates of the simulator that must hold."""

    ece: Mapping[str, float]
    ece_times: Positive
    group_ece_times: Positive
    off_policy_margin: Share
    off_policy_low: Share
    bounded_share: Share
    suite: tuple[str, ...]


class Limits(_Written, frozen=True, kw_only=True):
    """fewest_people : a group of fewer has no figure; fewest_households : behind a name with an offset in a model file;
    repeats, inside : draws of an interval and what it holds."""

    fewest_people: Count
    fewest_households: Count
    repeats: Count
    inside: Share
    drift: DriftLimits
    off_policy: OffPolicyLimits
    experiment: ExperimentLimits
    release: ReleaseLimits


@cache
def limits() -> Limits:
    """Those of `limits.toml`."""
    text = files("matcher.learning").joinpath("limits.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Limits)
