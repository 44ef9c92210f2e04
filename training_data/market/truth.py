"""The hidden utilities: what people want, what employers want, what lasts. No file and no policy under test sees them.

Tables are workers x vacancies. Every decision is `utility + noise > 0` with one noise per pair and purpose, so a pair
behaves the same under every policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from training_data.market.draws import Flags, Floats
from training_data.market.land import place_ranks
from training_data.market.links import LINKS
from training_data.market.people import FAR
from training_data.market.world import World

OLD_FROM = 50
HIRED_LESS_FROM = 40
WAGE_BOUND = 1.0
"""Log wage ratios beyond this add nothing: nobody is moved more by ten times the wage than by three."""


@dataclass(frozen=True)
class Truth:
    """Utilities and realised chances of every pair of a world, shape (n_workers, n_vacancies)."""

    world: World

    @cached_property
    def far(self) -> Flags:
        """Whether the post is in another city or province."""
        return np.asarray(self._rank >= FAR)

    @cached_property
    def _rank(self) -> Floats:
        homes = tuple(self.world.land.villages[ix] for ix in self.world.people.village.tolist())
        return place_ranks(homes, self.world.posts.place).astype(np.float64)

    @cached_property
    def match(self) -> Floats:
        """1 for the own trade, a half for one of its group, else 0."""
        return self._trade_match(self.world.people.trade)

    def _trade_match(self, trade: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Floats:
        group = np.array([t.group for t in self.world.spec.trades])
        offered = self.world.posts.trade[None, :]
        same = trade[:, None] == offered
        near = (group[trade][:, None] == group[offered]) & (trade >= 0)[:, None]
        return np.asarray(np.where(same, 1.0, np.where(near, 0.5, 0.0)))

    @cached_property
    def apply(self) -> Floats:
        """What the worker gains by applying, in units of the noise."""
        people, posts, weight = self.world.people, self.world.posts, self.world.spec.apply
        wage = np.log(posts.wage[None, :] / people.reservation[:, None])
        ties = self.world.land.ties[people.village][:, posts.city] * self.world.spec.hidden["ties"]
        return np.asarray(
            weight["intercept"]
            + weight["wage"] * np.clip(wage, -WAGE_BOUND, WAGE_BOUND)
            + (weight["step_away"] + weight["mobility_per_step"] * people.mobility[:, None]) * self._rank
            + weight["beyond_reach"] * (self._rank > people.reach[:, None])
            + weight["trade"] * self.match
            + weight["wished_trade"] * self._trade_match(people.wished_trade)
            + weight["lodging"] * np.where(self.far, posts.lodging - 0.5, 0.0) * 2
            + weight["flexible_for_carers"] * (people.care[:, None] & posts.flexible)
            + weight["ties"] * ties * self.far
            + self._conditions()
            + self._taste()
            + self._interactions()
        )

    def _conditions(self) -> Floats:
        """What a post is worth to anybody."""
        posts, weight = self.world.posts, self.world.spec.apply
        quality = self.world.employers.quality[posts.employer]
        return np.asarray(
            weight["board"] * posts.board
            + weight["insured"] * posts.insured
            + weight["night"] * posts.night
            + weight["heavy"] * posts.heavy
            + weight["quality"] * quality
        )

    def _taste(self) -> Floats:
        """A liking of each person for each trade, hidden."""
        n_trades = len(self.world.spec.trades)
        liking = self.world.draws.normals("taste", self.world.people.size, n_trades)
        scale = self.world.spec.apply["taste"] * self.world.spec.hidden["taste"]
        return np.asarray(scale * liking[:, self.world.posts.trade])

    def _interactions(self) -> Floats:
        people, posts, weight = self.world.people, self.world.posts, self.world.spec.interactions
        care, old, weak = people.care[:, None], (people.age >= OLD_FROM)[:, None], people.weak[:, None]
        return np.asarray(
            weight["care_far"] * (care & self.far)
            + weight["old_far"] * (old & self.far)
            + weight["night_care"] * (care & posts.night)
            + weight["weak_heavy"] * (weak & posts.heavy)
        )

    @cached_property
    def hire(self) -> Floats:
        """By how much the employer wants the worker; applicants are ranked by it and its noise."""
        people, posts, weight = self.world.people, self.world.posts, self.world.spec.hire
        asked = np.maximum(posts.education_min, 1)[None, :]
        decades = np.maximum(0.0, people.age - HIRED_LESS_FROM)[:, None] / 10
        return np.asarray(
            weight["intercept"]
            + weight["skill"] * people.skill[:, None] * np.maximum(self.match, 0.25)
            + weight["trade"] * (self.match - 0.25)
            + weight["education"] * (people.education[:, None] - asked)
            + weight["weak"] * people.weak[:, None]
            + weight["age_decade_over_40"] * decades
            + weight["minority"] * people.minority[:, None]
            + weight["reliability"] * people.reliability[:, None]
            + weight["pickiness"] * self.world.employers.pickiness[posts.employer]
        )

    @cached_property
    def keep(self) -> Floats:
        """By how much the job outlasts six months; a family that is all away is taken off at the end of the season."""
        people, posts, weight = self.world.people, self.world.posts, self.world.spec.keep
        return np.asarray(
            weight["intercept"]
            + weight["utility"] * (self.apply - self.world.spec.apply["intercept"])
            + weight["reliability"] * people.reliability[:, None]
            + weight["quality"] * self.world.employers.quality[posts.employer]
            + weight["insured"] * posts.insured
            + weight["contract_year"] * (posts.months / 12 - 1)
            + weight["lodging"] * (posts.lodging & self.far)
        )

    def noise(self, purpose: str) -> Floats:
        """The shocks of a purpose, one per pair."""
        link = LINKS[self.world.spec.shocks["link"]]
        return link.noise(self.world.draws.table(purpose, self.world.people.size, self.world.posts.size))

    @cached_property
    def apply_gain(self) -> Floats:
        """Utility with its shock: who looks applies if it is positive, and of two offers takes the larger."""
        return self.apply + self.noise("applies")

    @cached_property
    def hire_gain(self) -> Floats:
        """Score with its shock: below 0 the employer refuses."""
        return self.hire + self.noise("hires")

    @cached_property
    def keep_gain(self) -> Floats:
        """Retention with its shock."""
        return self.keep + self.noise("keeps")

    def probability(self, stage: str) -> Floats:
        """True probability of `apply`, `hire` or `keep` before the shocks: for oracle and bound alone."""
        utility: Floats = getattr(self, stage)
        return LINKS[self.world.spec.shocks["link"]].above(utility)
