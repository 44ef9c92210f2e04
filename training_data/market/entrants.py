"""Who takes part in a trial, by name: the open registry of policies. Adding one is a line here.

An entrant names the model files it reads; where one of these was not made, it stays away and the table says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matcher.settings import FACTOR_ONE
from matcher.shortlist import PlanMode
from training_data.market.boosted import Boosted, boosted
from training_data.market.coordinated import coordinated, one_job_flow
from training_data.market.desk import FIT_ALONE, Weighting
from training_data.market.exploring import Softmax
from training_data.market.oracle import oracle
from training_data.market.policies import HAND, POLICIES, Maker, planned
from training_data.market.season import Policy
from training_data.market.shadow import shadowed
from training_data.market.truth import Truth
from training_data.market.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """What a county's policies may have learnt, None where it was not made.

    own : model file trained on the county's earlier seasons; base : on those it would have had in the base market
    wrong : a card by wage alone; repaired : that card after about two thousand impressions
    boosted : boosting without any restriction, of the same events as `own`
    """

    own: bytes | None = None
    base: bytes | None = None
    wrong: bytes | None = None
    repaired: bytes | None = None
    boosted: Boosted | None = None


Make = Callable[[World, Truth, Models], Policy]


@dataclass(frozen=True, slots=True)
class Entrant:
    """How a policy is made, which models it reads, and the reference with its allocator and the true probabilities.

    knows : True for references, which read the truth
    """

    make: Make
    reads: str = ""
    oracle: str = "true probabilities + balanced"
    knows: bool = False

    def may(self, models: Models) -> bool:
        """Whether the model it reads was made."""
        return not self.reads or getattr(models, self.reads) is not None


def _plain(maker: Maker) -> Make:
    return lambda world, _truth, _models: maker(world)


def _reading(reads: str, *, priced: bool, weighting: Weighting | None = None) -> Entrant:
    """The product's own lists with one of the model files."""

    def make(world: World, _truth: Truth, models: Models) -> Policy:
        body: bytes = getattr(models, reads)
        return planned(priced=priced, model=body, weighting=weighting or Weighting())(world)

    return Entrant(make, reads)


def _boosted(world: World, _truth: Truth, models: Models) -> Policy:
    if models.boosted is None:
        raise LookupError("boosting was not fitted")
    return boosted(models.boosted)(world)


def _priced(reads: str, *, look_ahead: bool = True, weighting: Weighting | None = None, oracle: str = "") -> Entrant:
    """The product's lists in mode `priced` with one of the model files."""

    def make(world: World, _truth: Truth, models: Models) -> Policy:
        body: bytes = getattr(models, reads)
        return coordinated(look_ahead=look_ahead, model=body, weighting=weighting or Weighting())(world)

    return Entrant(make, reads, oracle=oracle or (AHEAD if look_ahead else "true probabilities + priced"))


def _logged(world: World, _truth: Truth, models: Models) -> Policy:
    if models.own is None:
        raise LookupError("nothing was learnt")
    return shadowed(Softmax(), models.own)(world)


def _flow(world: World, _truth: Truth, models: Models) -> Policy:
    return one_job_flow(model=models.own)(world)


def _known(
    *,
    priced: bool,
    mode: PlanMode = PlanMode.BALANCED,
    look_ahead: bool = False,
    weighting: Weighting = FIT_ALONE,
) -> Entrant:
    def make(_world: World, truth: Truth, _models: Models) -> Policy:
        return oracle(truth, priced=priced, mode=mode, look_ahead=look_ahead, weighting=weighting)

    return Entrant(make, knows=True)


DAY_ONE = "hand + balanced"
LOGGED = "logging policy, learned chances"
"""Lists as earlier seasons were logged: on them the model's calibration is judged, as the release gate does."""
FULL = "full"
"""QUALITY section 8: learned, mode priced with look-ahead, household coverage and priority of the settings."""
TRANSFERRED = "full, trained on the base market"
REPAIRED = "wrong card, 2,000 impressions"
GREEDY = "learned greedy"
LEARNED = "learned + balanced"
PRICED = "learned + priced"
BEST_KNOWN = "true probabilities + balanced"
AHEAD = "true probabilities + priced + look-ahead"
"""The oracle of QUALITY section 3."""
FULL_KNOWN = "true probabilities, full"
SHIPPED = Weighting.of_settings()
FROM_45 = FACTOR_ONE * 3 // 2
"""A factor of 1.5 for everybody from 45 (QUALITY section 5)."""
SETTINGS: Mapping[str, Weighting] = {
    "priced + household coverage": Weighting(household=SHIPPED.household),
    "priced + priority": Weighting(tiers=SHIPPED.tiers),
    "priced + factor from 45": Weighting(groups=(("from_45", FROM_45),)),
    "priced + stretch line": Weighting(stretch=True),
}
"""Each explicit setting alone beside learned + priced: what is gained by it, and what it costs in kept jobs."""

ENTRANTS: Mapping[str, Entrant] = {
    **{name: Entrant(_plain(maker)) for name, maker in POLICIES.items()},
    LOGGED: Entrant(_logged, "own"),
    "wrong card": _reading("wrong", priced=True),
    REPAIRED: _reading("repaired", priced=True),
    GREEDY: _reading("own", priced=False),
    "unrestricted boosting": Entrant(_boosted, "boosted"),
    "one-job flow": Entrant(_flow, "own"),
    "hand + priced": Entrant(_plain(coordinated(look_ahead=False)), oracle="true probabilities + priced"),
    "hand + priced + look-ahead": Entrant(_plain(coordinated()), oracle=AHEAD),
    LEARNED: _reading("own", priced=True),
    "learned + priced, no look-ahead": _priced("own", look_ahead=False),
    PRICED: _priced("own"),
    "full, balanced": _reading("own", priced=True, weighting=SHIPPED),
    **{name: _priced("own", weighting=weighting) for name, weighting in SETTINGS.items()},
    FULL: _priced("own", weighting=SHIPPED, oracle=FULL_KNOWN),
    TRANSFERRED: _priced("base", weighting=SHIPPED, oracle=FULL_KNOWN),
    "true probabilities": _known(priced=False),
    BEST_KNOWN: _known(priced=True),
    "true probabilities + priced": _known(priced=True, mode=PlanMode.PRICED),
    AHEAD: _known(priced=True, mode=PlanMode.PRICED, look_ahead=True),
    FULL_KNOWN: _known(priced=True, mode=PlanMode.PRICED, look_ahead=True, weighting=SHIPPED),
}
ONLY_ASKED = frozenset({
    TRANSFERRED, "hand + balanced + coverage + priority", "hand + priced", "learned + priced, no look-ahead",
    "full, balanced", "true probabilities + priced",
})  # fmt: skip
"""What runs where it is named; the first in every variant."""
IN_VARIANTS = (HAND, DAY_ONE, TRANSFERRED, FULL, FULL_KNOWN)
"""What runs in every variant; `HAND` and the reference run wherever anything does."""
