"""Numbers of people and firms that do not exist: right in form and checksum, plain to recognise.

Identity numbers count their sequence digits down from 999 where real ones count up, mobile numbers lie in the
range 154 that no carrier has been given, credit codes carry an organisation part that begins with DEMO.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.demo.draws import Flags, Index

_ID_WEIGHTS = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), dtype=np.int64)
_ID_CHECK = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_MOBILE_BASE = 154_0000_0000


def id_numbers(region_codes: Sequence[str], born: NDArray[np.datetime64], male: Flags) -> list[str]:
    """18-character identity numbers (GB 11643), all different: region, birth date, sequence, check digit.

    born : (n,) days; male : (n,). The k-th woman of one region and day has sequence 998 - 2k, the k-th man 999 - 2k.
    Raises ValueError where more than 500 of one sex share region and day.
    """
    if not born.size:
        return []
    days = born.astype("datetime64[D]")
    regions, region_ix = np.unique(np.asarray(region_codes), return_inverse=True)
    group = (days.astype(np.int64) * regions.size + region_ix) * 2 + male
    rank = _rank_within(group)
    if int(rank.max()) >= 500:
        raise ValueError("more than 500 people of one sex share a region and a birth date; draw fewer")
    sequence = 998 + male.astype(np.int64) - 2 * rank
    dates = np.char.replace(np.datetime_as_string(days, unit="D"), "-", "").tolist()
    first_17 = [f"{regions[r]}{d}{s:03d}" for r, d, s in zip(region_ix.tolist(), dates, sequence.tolist(), strict=True)]
    digits = np.frombuffer("".join(first_17).encode("ascii"), dtype=np.uint8).reshape(-1, 17).astype(np.int64) - ord(
        "0"
    )
    checks = (digits @ _ID_WEIGHTS % 11).tolist()
    return [body + _ID_CHECK[check] for body, check in zip(first_17, checks, strict=True)]


def mobile_numbers(n: int, first: int = 0) -> list[str]:
    """n different mobile numbers of the unassigned range, eleven digits each."""
    return [str(_MOBILE_BASE + first + i * 7) for i in range(n)]


def credit_code(place_code: str, serial: int) -> str:
    """Unified social credit code (GB 32100) of an invented firm; `place_code` gives its six region digits.

    The organisation part is DEMO with O written 0 (the alphabet has no O) and a serial below 10,000.
    """
    organisation = f"DEM0{serial % 10_000:04d}"
    body = f"91{place_code[:6]}{organisation}{_organisation_check(organisation)}"
    total = sum(w * _CREDIT_ALPHABET.index(c) for w, c in zip(_CREDIT_WEIGHTS, body, strict=True))
    return body + _CREDIT_ALPHABET[-total % 31]


def _organisation_check(organisation: str) -> str:
    """Check character of the organisation part (GB 11714); letters count from A = 10."""
    total = sum(w * int(c, 36) for w, c in zip(_ORGANISATION_WEIGHTS, organisation, strict=True))
    return "0123456789X"[-total % 11]


def _rank_within(group: Index) -> Index:
    """Place of each element among the equal ones before it, 0 for the first."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, ordered.size])
    rank = np.empty(group.size, dtype=np.int64)
    rank[order] = np.arange(group.size) - np.repeat(starts, sizes)
    return rank
