"""What the pages call the county."""

from __future__ import annotations

from matcher.geography import gazetteer
from matcher.policy import PackSet


def county_name(packs: PackSet, jurisdiction: str) -> str:
    """Short name of the county behind a setting (`liujiang_2018` or `450206`); "" if none is set."""
    pack = packs.packs.get(jurisdiction)
    digits = pack.regions[0] if pack is not None and pack.regions else jurisdiction
    code = f"{digits:0<6}"
    return gazetteer().short_name(code) if code.isdigit() and gazetteer().exists(code) else ""
