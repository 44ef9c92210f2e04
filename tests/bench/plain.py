"""The peer with the same rules: the plain-Python specification, one pair after the other, no arrays anywhere.

Limits from `eligibility.findings`, term values from `features.reference`, probabilities from `scoring.reference`, tiers
from `policy.tiers.tier_of`; factors, prices, orders and tie keys are written out here once more from DESIGN section 2.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from hashlib import blake2b
from typing import Any

from matcher import eligibility
from matcher.explanation import Verdict
from matcher.features.columns import vacancy_texts, worker_texts
from matcher.features.reference import pair_values
from matcher.language.readings import read_texts
from matcher.policy import pack_for, tiers
from matcher.policy.evaluation.labels import worker_flags
from matcher.policy.tiers import tier_of
from matcher.policy.types import Mode
from matcher.records import Channel, Household, Vacancy, Worker
from matcher.scoring.reference import pair_score
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import law_frame

WORD = (1 << 64) - 1
FIT = 1 << 42
FACTOR_ONE = 64


def tie_key(record_id: str, seed: int) -> int:
    """64 bits of an id and a seed."""
    return int.from_bytes(blake2b(f"{seed}:{record_id}".encode(), digest_size=8).digest(), "big")


def tie(worker_id: str, vacancy_id: str, seed: int) -> int:
    """The last word between equals: both keys through the finaliser of splitmix64 (Steele 2014)."""
    z = tie_key(worker_id, seed) ^ (tie_key(vacancy_id, seed) * 0x9E3779B97F4A7C15 & WORD)
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & WORD
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & WORD
    return z ^ (z >> 31)


def fit_band(fit: int, width_permille: int) -> int:
    """Largest k with (fit / 2**42) ** (1/3) >= k * width, in whole numbers."""
    band = 0
    while Fraction(fit, FIT) >= Fraction((band + 1) * width_permille, 1000) ** 3:
        band += 1
    return band


class Plain:
    """The rules of one county on one day over single records."""

    def __init__(self, means: Means, on: Any, jurisdiction: str, seed: int, *, public: bool = False) -> None:
        self.means, self.on, self.seed = means, on, seed
        self.frame = law_frame(means, on, public=public)
        self.pack = pack_for(means.packs, jurisdiction, on).pack
        self.readings: dict[str, tuple[str, ...]] = {}

    def read(self, texts: Iterable[str]) -> None:
        """Read texts as occupations, each once."""
        self.readings |= read_texts(text for text in texts if text not in self.readings)

    def pair(self, worker: Worker, vacancy: Vacancy) -> tuple[Verdict, dict[str, int]] | None:
        """Verdict and probabilities of a pair, None where it may not be listed."""
        if vacancy.channel is Channel.MICRO_FARM:
            return None
        verdict = eligibility.verdict_of(eligibility.findings(worker, vacancy, self.frame))
        if verdict is Verdict.NO:
            return None
        self.read((*worker_texts(worker), *vacancy_texts(vacancy)))
        return verdict, pair_score(self.means.model, pair_values(worker, vacancy, self.readings, on=self.on))

    def standing(self, worker: Worker, household: Household | None, service: str = "") -> tuple[int, int, int]:
        """Tier, sub-tier and the product of the three factors (of 2**18)."""
        settings = self.means.settings
        flags = worker_flags(worker, on=self.on, vocabulary=self.means.packs.vocabulary)
        found = tier_of(flags, tiers(self.pack, service))
        steps = settings.priority_factor_64ths
        nobody = household is not None and household.employed_members == 0
        factor = FACTOR_ONE + (settings.household_factor_64ths if nobody else 0)
        factor *= steps[min(found.rank, len(steps) - 1)]
        factor *= max((f for group, f in settings.group_factor_64ths.items() if flags.get(group)), default=FACTOR_ONE)
        return found.rank, found.sub_rank, factor

    def recommend(
        self,
        worker: Worker,
        vacancies: Iterable[Vacancy],
        household: Household | None,
        prices: Mapping[str, float],
        top: int,
        mode: str = "balanced",
    ) -> list[list[Any]]:
        """(vacancy id, verdict, score) of the first `top`, as a plan of the mode orders them."""
        factor, found = self.standing(worker, household)[2], []
        for vacancy in vacancies:
            pair = self.pair(worker, vacancy)
            if pair is None:
                continue
            verdict, p = pair
            price = round(prices.get(vacancy.vacancy_id, 0.0) * (1 << 30))
            q, v = p["apply"] * p["hire"], p["keep"] * factor
            score = q * v - (price << 30) if mode == "balanced" else q * (v - (price << 2))
            found.append((-verdict, -score, tie(worker.worker_id, vacancy.vacancy_id, self.seed), vacancy.vacancy_id))
        return [
            [vacancy_id, int(-verdict), -score / (1 << 60)] for verdict, score, _, vacancy_id in sorted(found)[:top]
        ]

    def candidates(
        self, vacancy: Vacancy, workers: Sequence[Worker], households: Mapping[str, Household], top: int
    ) -> list[list[Any]]:
        """(worker id, verdict, fit, band, tier, sub-tier) of the first `top` above the floor of fit."""
        settings = self.means.settings
        services = self.means.packs.vocabulary.services
        service = next((name for name, term in services.items() if vacancy.channel in term.channels), "")
        mode = Mode.STRICT_TIER if vacancy.reserved_for else tiers(self.pack, service)[0].mode
        found = []
        for worker in workers:
            pair = self.pair(worker, vacancy)
            if pair is None or Fraction(pair[1]["fit"], FIT) < Fraction(settings.fit_floor_permille, 1000) ** 3:
                continue
            verdict, fit = pair[0], pair[1]["fit"]
            band = fit_band(fit, settings.band_width_permille)
            tier, sub_tier, _ = self.standing(worker, households.get(worker.household_id or ""), service)
            waited = 0 if worker.waiting_since is None else max(0, (self.on - worker.waiting_since).days)
            order = {
                Mode.LEXICOGRAPHIC_IN_BAND: (-band, tier, sub_tier, -fit),
                Mode.STRICT_TIER: (tier, sub_tier, -band, -fit),
                Mode.TIE_BREAK: (-fit, tier, sub_tier, 0),
            }[mode]
            last = tie(worker.worker_id, vacancy.vacancy_id, self.seed)
            told = [worker.worker_id, int(verdict), fit / FIT, band, tier, sub_tier]
            found.append((-verdict, *order, -waited, last, json.dumps(told)))
        return [json.loads(row[-1]) for row in sorted(found)[:top]]
