"""Which way of making lists is better, tried in the county itself: households and openings both split.

People compared person by person fight for the same openings: whoever has the better lists takes places from the others,
and the difference counts a place twice, once won and once lost. In a trial that design found +3.8 points for a change
whose true effect on the market was +0.4 (QUALITY section 6). Here a household is on one side as a whole, the openings
of every vacancy are shared out between the sides, and no list names a vacancy of which its side has no opening left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import Any, Final

import msgspec
import numpy as np

from matcher.errors import InvalidInput
from matcher.learning.limits import limits
from matcher.learning.resampling import Interval, bounds, redrawn

POINTS: Final = 100.0
WHY_NOT_BY_WORKER: Final = (
    "按人分组、共用岗位名额的对照会把效果说大：名单好的一组抢走了另一组的名额，同一个名额一边算多、一边算少。"
    "要按整户分组，并把每个岗位的名额也分到两组"
)


class Arm(StrEnum):
    """The new way of making lists, or that in use."""

    NEW = "new"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Split:
    """Sides of an experiment. households : id -> side; openings : vacancy -> openings of each side, all of them shared.

    Whoever registers later is put on a side by `side_of`: no plan has to be made anew.
    """

    share: float
    seed: int
    households: Mapping[str, Arm]
    openings: Mapping[str, Mapping[Arm, int]]

    def side_of(self, household_id: str) -> Arm:
        """The side of a household, planned or come later."""
        return _side(household_id, self.share, self.seed)

    def record(self) -> dict[str, Any]:
        """The plan as data, sorted, with the reason for its shape."""
        return {
            "share": self.share,
            "seed": self.seed,
            "households": {home: side.value for home, side in sorted(self.households.items())},
            "openings": {
                vacancy: {side.value: seats[side] for side in Arm} for vacancy, seats in sorted(self.openings.items())
            },
            "why": WHY_NOT_BY_WORKER,
        }


def plan(households: Iterable[str], vacancies: Mapping[str, int], *, share: float = 0.5, seed: int = 0) -> Split:
    """Put households and openings on two sides, `share` of each on that of the new lists.

    vacancies : id -> openings. The same ids, share and seed give the same plan in any order; a household or vacancy
    more changes nobody else's side. Raises InvalidInput for a share outside 0 .. 1 or fewer than no openings.
    """
    if not 0 < share < 1:
        raise InvalidInput(f"share {share} is not between 0 and 1", remedy="Give 0.5 for two equal sides.")
    if wrong := sorted(name for name, n in vacancies.items() if n < 0):
        raise InvalidInput(f"fewer than no openings: {', '.join(wrong)}", remedy="Give the openings that are left.")
    return Split(
        share=share,
        seed=seed,
        households={home: _side(home, share, seed) for home in sorted(set(households))},
        openings={name: _shared(name, n, share, seed) for name, n in sorted(vacancies.items())},
    )


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan as `Split.record` wrote it."""

    share: float
    seed: int
    households: dict[str, Arm]
    openings: dict[str, dict[Arm, int]]
    why: str = ""


def read_split(body: bytes, *, where: str = "") -> Split:
    """The plan in a file. Raises InvalidInput for one that is none, or whose sides are not those of its seed."""
    try:
        told = msgspec.json.decode(body, type=_Kept)
    except msgspec.DecodeError as error:
        raise InvalidInput(
            f"the plan of the experiment cannot be read: {error}", where=where, remedy="Give the file that plan wrote."
        ) from None
    split = Split(told.share, told.seed, told.households, told.openings)
    if wrong := sorted(home for home, side in told.households.items() if side is not split.side_of(home)):
        raise InvalidInput(
            f"households are not on the side the seed put them on: {', '.join(wrong[:5])}",
            where=where,
            remedy="Whoever chooses sides by hand compares nothing: give the plan as it was written.",
        )
    return split


def _drawn(kind: str, name: str, seed: int) -> float:
    """A number in [0, 1) that only the name and the seed decide."""
    digest = sha256(f"{seed}\0{kind}\0{name}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def _side(household_id: str, share: float, seed: int) -> Arm:
    return Arm.NEW if _drawn("household", household_id, seed) < share else Arm.USUAL


def _shared(vacancy_id: str, n: int, share: float, seed: int) -> dict[Arm, int]:
    """Openings of each side: the share rounded down, one more by chance, so that the mean over vacancies is exact."""
    whole = floor(n * share)
    new = min(n, whole + (_drawn("vacancy", vacancy_id, seed) < n * share - whole))
    return {Arm.NEW: new, Arm.USUAL: n - new}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A willing person at the end: household, and whether a job was kept; None while nobody knows."""

    worker_id: str
    household_id: str
    kept: bool | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Kept rate of the two sides in points, the effect with its interval, and what the size could have shown.

    n : people with a known outcome of each side; unknown : those without one; detectable_points : smallest effect
    that such a split finds with the power of the limits
    """

    n: Mapping[Arm, int]
    unknown: Mapping[Arm, int]
    rate: Mapping[Arm, float]
    effect_points: Interval
    detectable_points: float

    @property
    def conclusive(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.effect_points.low > 0 or self.effect_points.high < 0

    def record(self) -> dict[str, Any]:
        """As data."""
        sides = {
            arm.value: {"known": self.n[arm], "unknown": self.unknown[arm], "kept_rate": round(self.rate[arm], 6)}
            for arm in Arm
        }
        return sides | {
            "effect_points": self.effect_points.record(),
            "detectable_points": round(self.detectable_points, 3),
            "conclusive": self.conclusive,
        }

    @property
    def sentence(self) -> str:
        """The result in words."""
        told = self.effect_points
        found = f"新办法做满半年的比例差{told.value:+.1f}个百分点（区间{told.low:+.1f}到{told.high:+.1f}）"
        if self.conclusive:
            return found
        return f"{found}，还说不上有差别；这么多人只看得出{self.detectable_points:.1f}个百分点以上的差别"


def analyse(split: Split, outcomes: Sequence[Outcome], *, seed: int = 0) -> Analysis:
    """The effect of the new lists on the kept rate, as the plan asks: households whole, unknown outcomes left out.

    Raises InvalidInput where a side has too few people to say anything.
    """
    known = [told for told in outcomes if told.kept is not None]
    sides = {home: split.side_of(home) for home in {told.household_id for told in outcomes}}
    n = Counter(sides[told.household_id] for told in known)
    if min(n[arm] for arm in Arm) < limits().fewest_people:
        raise InvalidInput(
            f"too few known outcomes: {n[Arm.NEW]} and {n[Arm.USUAL]}",
            remedy=f"Wait until {limits().fewest_people} people of each side are known of.",
        )
    drawn, rate = {}, {}
    for ix, arm in enumerate(Arm):
        homes = sorted(home for home, side in sides.items() if side is arm)
        place = {home: at for at, home in enumerate(homes)}
        sums = np.zeros((len(homes), 2))
        for told in known:
            if sides[told.household_id] is arm:
                sums[place[told.household_id]] += (float(bool(told.kept)), 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            totals = redrawn(len(homes), seed=2 * seed + ix) @ sums
            drawn[arm] = totals[:, 0] / totals[:, 1]
        rate[arm] = float(sums[:, 0].sum() / sums[:, 1].sum())
    unknown = Counter(sides[told.household_id] for told in outcomes if told.kept is None)
    return Analysis(
        n={arm: n[arm] for arm in Arm},
        unknown={arm: unknown[arm] for arm in Arm},
        rate=rate,
        effect_points=bounds(POINTS * (rate[Arm.NEW] - rate[Arm.USUAL]), POINTS * (drawn[Arm.NEW] - drawn[Arm.USUAL])),
        detectable_points=detectable_points(len(known), share=split.share),
    )


def detectable_points(n_people: int, *, share: float = 0.5, n_runs: int = 1) -> float:
    """Smallest true effect, in points of the kept rate, that so many county-seasons of so many people will show.

    From the standard deviation of one split (`limits.experiment`), which falls with the square root of the people.
    """
    known = limits().experiment
    normal = NormalDist()
    both = normal.inv_cdf(1 - (1 - known.confidence) / 2) + normal.inv_cdf(known.power)
    uneven = 0.5 / sqrt(share * (1 - share))
    return both * known.sd_points * uneven * sqrt(known.sd_people / n_people) / sqrt(n_runs)


def people_needed(points: float, *, share: float = 0.5) -> int:
    """People that must take part, over all seasons together, to find an effect of so many points."""
    known = limits().experiment
    return ceil(known.sd_people * (detectable_points(known.sd_people, share=share) / points) ** 2)


@dataclass(frozen=True, slots=True)
class Leak:
    """A side that filled more openings of a vacancy than it had: the comparison is between sides that met."""

    vacancy_id: str
    arm: Arm
    placed: int
    openings: int


def leaks(split: Split, placements: Iterable[tuple[str, str]]) -> tuple[Leak, ...]:
    """Vacancies of which a side took openings of the other; placements : (household, vacancy) of each person placed."""
    placed = Counter((vacancy, split.side_of(home)) for home, vacancy in placements)
    return tuple(
        Leak(vacancy, arm, n, had)
        for (vacancy, arm), n in sorted(placed.items())
        if n > (had := split.openings.get(vacancy, {}).get(arm, 0))
    )
