"""Regions of a token or a user: leading digits of region codes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from matcher.errors import InvalidInput

LEADING_DIGITS = re.compile(r"(\d{2}){1,3}|\d{9}|\d{12}", re.ASCII)
FILLED = {2: "00", 4: "00", 6: "00"}
"""What a code of the length ends in when zeros fill it up; longer ones end in `000`."""


def checked_regions(regions: Iterable[str]) -> tuple[str, ...]:
    """The regions sorted, each once: province, city, county, township or village. Raises InvalidInput.

    A code that is cut elsewhere, or written with the zeros that fill it up, would reach nobody or too many.
    """
    found = tuple(sorted(set(regions)))
    for region in found:
        if LEADING_DIGITS.fullmatch(region) is None or region.endswith(FILLED.get(len(region), "000")):
            raise InvalidInput(
                "no region: write the 2, 4, 6, 9 or 12 leading digits of a region code",
                where=region,
                remedy="Example: 450206 for a county, 450206102 for one of its townships.",
            )
    return found
