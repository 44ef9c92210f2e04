"""The kinds of work somebody without a record may look round by, in the words people say (`trades.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import msgspec
from msgspec import Meta


class Trade(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A small group of occupations: its spoken name and the pictogram that stands for it."""

    name: Annotated[str, Meta(min_length=1, max_length=8)]
    picture: Annotated[str, Meta(min_length=1)]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    trade: dict[str, Trade]


@cache
def trades() -> Mapping[str, Trade]:
    """Small group of occupations (6-05-01) -> how it is said."""
    text = files("matcher.services.kiosk").joinpath("trades.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _File).trade


def trades_told(facets: Iterable[Mapping[str, Any]], most: int) -> list[dict[str, Any]]:
    """The first `most` groups of a facet that have a spoken name, as they come: value, label, picture, count."""
    known = trades()
    told = [
        {**facet, "label": known[facet["value"]].name, "picture": known[facet["value"]].picture}
        for facet in facets
        if facet["value"] in known
    ]
    return told[:most]
