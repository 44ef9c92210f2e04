"""The packs with widths and floors of fit bands written into a county's document."""

from __future__ import annotations

import msgspec

from matcher.policy import PackSet, standard_packs
from matcher.policy.loading.digest import with_pack


def stating(service: str, **bands: int) -> PackSet:
    """The packs with width or floor written into one service of the county's document."""
    packs = standard_packs()
    pack = packs["liujiang_2018"]
    services = tuple(msgspec.structs.replace(row, **bands) if row.id == service else row for row in pack.services)
    return with_pack(packs, msgspec.structs.replace(pack, services=services))
