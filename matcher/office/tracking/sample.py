"""An audit sample: drawn by strata with a stated seed, the same again for the same seed and the same placements.

Who is drawn follows from the lots of seed and id alone (`lots`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from matcher.errors import InvalidInput
from matcher.office.lots import in_drawn_order
from matcher.office.tracking.evidence import Grade
from matcher.office.tracking.signs import Seen
from matcher.records.deeds import Deed

PREFIX: Final = "sample:"
DRAWN: Final = "sample.drawn"
FOUND: Final = "sample.found"
REAL, FALSE, UNCLEAR = "real", "false", "unclear"
RESULTS: Final = {REAL: "属实", FALSE: "不属实", UNCLEAR: "还没有查清"}
SIGNED: Final = "signs"
MOST: Final = 500
"""More than this is no sample a county can look at."""


class Stratum(msgspec.Struct, frozen=True, kw_only=True):
    """Placements of a kind: how many there are, and the ids drawn of them, sorted."""

    name: str
    of: int
    drawn: tuple[str, ...]


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A sample: its seed, how many each stratum gives at most, what was drawn."""

    seed: int
    per_stratum: int
    strata: tuple[Stratum, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Everybody drawn, sorted."""
        return tuple(sorted(one for stratum in self.strata for one in stratum.drawn))


def draw(grades: Mapping[str, Grade], signs: Mapping[str, Sequence[Seen]], *, seed: int, per_stratum: int) -> Sample:
    """A sample of placements: one stratum of those with a sign, then one for each grade of the others.

    Each placement is in one stratum. Raises InvalidInput for a number per stratum outside 1 .. MOST.
    """
    if not 1 <= per_stratum <= MOST:
        raise InvalidInput("每一层抽几个不对", where="per_stratum", remedy=f"请填1到{MOST}。")
    members: dict[str, list[str]] = {SIGNED: [], **{grade.value: [] for grade in Grade}}
    for one, grade in grades.items():
        members[SIGNED if signs.get(one) else grade.value].append(one)
    return Sample(
        seed=seed,
        per_stratum=per_stratum,
        strata=tuple(
            Stratum(name=name, of=len(ids), drawn=tuple(sorted(in_drawn_order(ids, seed)[:per_stratum])))
            for name, ids in members.items()
            if ids
        ),
    )


def results_of(deeds: Iterable[Deed]) -> dict[str, str]:
    """Placement -> what the look at it found, the last word of each."""
    return {str(deed.body["placement_id"]): str(deed.body["result"]) for deed in deeds if _says(deed)}


def refutations(deeds: Iterable[Deed], on: date) -> dict[str, Deed]:
    """Placement -> the deed that found it false, of all samples, for those that nobody has found real since, by a day.

    In each sample the last word counts, and one that leaves it open says nothing against another sample's.
    deeds : in their order
    """
    words: dict[str, dict[str, Deed]] = {}
    for deed in deeds:
        if _says(deed) and deed.on <= on:
            told = words.setdefault(str(deed.body["placement_id"]), {})
            told.pop(deed.stream, None)
            told[deed.stream] = deed
    last = {
        placement_id: next((deed for deed in reversed(told.values()) if deed.body["result"] != UNCLEAR), None)
        for placement_id, told in words.items()
    }
    return {one: deed for one, deed in last.items() if deed is not None and deed.body["result"] == FALSE}


def sample_of(deeds: Sequence[Deed]) -> Sample | None:
    """The sample a stream begins with; None for a stream of another kind or an empty one."""
    first = next((deed for deed in deeds if deed.kind == DRAWN and "sample" in deed.body), None)
    return msgspec.convert(first.body["sample"], Sample) if first else None


def _says(deed: Deed) -> bool:
    return deed.kind == FOUND and "placement_id" in deed.body
