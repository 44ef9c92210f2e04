"""One county in one season: land and employers that stay, people and posts that come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from training_data.market.draws import Draws
from training_data.market.land import Land, draw_land
from training_data.market.people import People, draw_people
from training_data.market.posts import Employers, Posts, draw_employers, draw_posts
from training_data.market.spec import CountySpec, Spec

DAYS_OF_A_YEAR = 365


@dataclass(frozen=True)
class World:
    """Everything that is true of a county in a season. `draws` are those of the season's chances."""

    spec: Spec
    county: CountySpec
    season_ix: int
    seed: int
    land: Land
    employers: Employers
    people: People
    posts: Posts
    draws: Draws

    @property
    def prefix(self) -> str:
        """What ids of this season begin with; seasons before the first are counted backwards."""
        return f"{self.county.county}-{self.season_ix if self.season_ix >= 0 else f'b{-self.season_ix}'}"

    @cached_property
    def _first_day(self) -> date:
        return self.county.first_day + timedelta(days=DAYS_OF_A_YEAR * self.season_ix)

    def day(self, round_ix: int) -> date:
        """The day of a round; later seasons begin a year later each."""
        return self._first_day + timedelta(days=self.spec.season.days_between_rounds * round_ix)

    @cached_property
    def season(self) -> str:
        """First and last day of the season, as the product writes it."""
        last = self.day(self.spec.season.rounds) - timedelta(days=1)
        return f"{self.day(0).isoformat()}/{last.isoformat()}"


def draw_world(spec: Spec, *, county_ix: int = 0, season_ix: int = 0, seed: int = 0) -> World:
    """The county and season of these numbers, always the same."""
    county = spec.counties[county_ix]
    stays, comes = Draws.of(seed, county.county), Draws.of(seed, county.county, "season", season_ix)
    land = draw_land(spec, county, stays)
    employers = draw_employers(spec, land, Draws.of(seed, county.county, "employers"))
    return World(
        spec=spec,
        county=county,
        season_ix=season_ix,
        seed=seed,
        land=land,
        employers=employers,
        people=draw_people(spec, land, Draws.of(seed, county.county, "people", season_ix)),
        posts=draw_posts(spec, land, employers, Draws.of(seed, county.county, "posts", season_ix)),
        draws=comes,
    )
