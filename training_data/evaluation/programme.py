"""What an evaluation runs: sizes, counties, seasons, variants, and which policies where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from training_data.market.entrants import DAY_ONE, ENTRANTS, FULL, FULL_KNOWN, GREEDY, IN_VARIANTS, LOGGED, ONLY_ASKED
from training_data.market.history import History
from training_data.market.spec import BASE, Spec, load_spec, resized, variants
from training_data.market.trial import Field
from training_data.market.world import World, draw_world

ROLLED_OUT = (GREEDY, DAY_ONE, FULL)
"""Policies whose effect on everybody is compared with that on a tenth (Q10)."""
TALLIED = (LOGGED, FULL, FULL_KNOWN)
"""Whose calibration is told over all county-seasons; true probabilities say what luck makes of it."""
FIRST_LINES = 2000
"""Impressions after which a wrong card should have recovered (QUALITY section 9)."""


class Programme(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the results follow from, the code apart.

    workers, vacancies : size of a county; the base market runs in `counties` x `seasons`, a variant in its first county
    and `variant_seasons`; earlier : seasons trained on; names : policies asked for in the main table
    """

    variant: str = BASE
    variants: tuple[str, ...] = ()
    workers: int = 0
    vacancies: int = 0
    counties: int = 3
    seasons: int = 4
    variant_seasons: int = 2
    earlier: int = 8
    tenths: int = 2
    seed: int = 0
    names: tuple[str, ...] = tuple(name for name in ENTRANTS if name not in ONLY_ASKED)

    def spec(self, variant: str) -> Spec:
        """The market of a variant at the size asked for, or its own."""
        spec = load_spec(variant)
        if not self.workers:
            return spec
        vacancies = self.vacancies or spec.size.vacancies * self.workers // spec.size.workers
        return resized(spec, workers=self.workers, vacancies=max(len(spec.channels), vacancies))

    def history(self, variant: str, county_ix: int) -> History:
        """The earlier seasons a county would be trained with."""
        return History(
            spec=self.spec(variant), variant=variant, county_ix=county_ix, seed=self.seed, seasons=self.earlier
        )

    def first_lines(self, county_ix: int, card: bytes) -> History:
        """The season before the first, of as many households as make the first few thousand lines, by a card."""
        whole = self.history(self.variant, county_ix)
        season = whole.spec.season
        # A person is there for some three quarters of the rounds before a post is found.
        lines = whole.spec.size.workers * season.rounds * season.list_length * 0.5
        return replace(whole, seasons=1, card=card, listed=min(1.0, FIRST_LINES / lines))

    def main_field(self) -> Field:
        """Who takes part in the main table."""
        return Field(names=self.names, rolled_out=ROLLED_OUT, tenths=self.tenths, tallied=TALLIED)

    def variant_field(self) -> Field:
        """Who takes part in the variants."""
        return Field(names=IN_VARIANTS)

    def plays(self) -> list[Play]:
        """The county-seasons of the main table, then those of the variants."""
        main = [
            Play(self.variant, county_ix, season_ix, True)
            for county_ix in range(self.counties)
            for season_ix in range(self.seasons)
        ]
        return main + [
            Play(name, 0, season_ix, False) for name in self.variants for season_ix in range(self.variant_seasons)
        ]


@dataclass(frozen=True, slots=True)
class Play:
    """One county-season of a market, of the main table or of the variants."""

    variant: str
    county_ix: int
    season_ix: int
    main: bool

    def world(self, programme: Programme) -> World:
        """The county in that season."""
        return draw_world(
            programme.spec(self.variant), county_ix=self.county_ix, season_ix=self.season_ix, seed=programme.seed
        )


def every_variant() -> Sequence[str]:
    """All variants but the base."""
    return [name for name in variants() if name != BASE]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where histories and models lie, and the command that trains."""

    folder: Path
    command: tuple[str, ...]
