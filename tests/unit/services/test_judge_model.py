"""A model is judged by lists that could have been: what may be offered, to whom, at the prices of the day."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from small_log import VACANCY, WORKER, LogMaker

from matcher.learning.off_policy import NOT_DRAWN, Comparison, Refusal
from matcher.policy import standard_packs
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.learning.judge_model import compared_lists, judge_model
from matcher.settings import Settings

MEANS = Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())
PERSON = {**WORKER, "wish_to_work": True, "birth_date": "1985-05-05", "labour_ability": "normal"}
N, N_POSTS, LENGTH = 60, 6, 2


def turned() -> bytes:
    """A card that likes low wages, and says so of nobody else."""
    told = json.loads(hand_card())
    told |= {"id": "turned", "training": {"to": "2018-02-01", "synthetic": "false"}}
    for stage in told["stages"].values():
        for term, table in stage["tables"].items():
            if term == "wage":
                stage["tables"][term] = {cell: -8 * entry for cell, entry in table.items()}
    return json.dumps(told).encode()


def county(*, drawn: bool = True, seed: int = 0) -> LogMaker:
    """People who apply for well paid posts, listed at random; one post is far below everybody's wage floor."""
    rng, made = np.random.default_rng(seed), LogMaker(0, 0)
    for ix in range(1, N + 1):
        made.snapshot("worker", {**PERSON, "worker_id": f"w{ix}"})
    for ix in range(N_POSTS):
        wage = 1800 + 900 * ix
        made.snapshot(
            "vacancy",
            {**VACANCY, "vacancy_id": f"v{ix}", "wage_low_yuan_month": wage, "wage_high_yuan_month": wage,
             "valid_to": "2018-12-31"},
        )  # fmt: skip
    for ix in range(1, N + 1):
        for slot, post in enumerate(rng.permutation(N_POSTS)[:LENGTH], start=1):
            chance = 1 / (N_POSTS - slot + 1)
            made.shown(f"w{ix}", f"v{post}", slot=slot, propensity=chance if drawn else 1.0, explore=drawn)
            if rng.random() < (post + 0.5) / N_POSTS:
                made.did("apply", f"w{ix}", f"v{post}")
    return made


def test_the_order_that_lists_what_people_want_is_seen_to():
    found = compared_lists(county().log(), replace(MEANS, model_body=turned()), MEANS)
    assert isinstance(found, Comparison)
    assert found.new.n_lists == N
    assert found.difference.value < 0
    assert 0 < found.new.effective_share <= 1


def test_the_same_model_makes_no_difference():
    found = compared_lists(county().log(), MEANS, MEANS)
    assert found.difference == (0.0, 0.0, 0.0)


def test_lists_that_were_not_drawn_say_nothing():
    found = compared_lists(county(drawn=False).log(), MEANS, MEANS)
    assert found == Refusal("applications", NOT_DRAWN)


def test_a_post_that_may_not_be_offered_is_no_candidate(monkeypatch):
    from matcher.services.learning import judge_model as module

    seen = {}

    def kept(log, lists, offered):
        seen["offered"] = offered
        return real(log, lists, offered)

    real = module.choices_of
    monkeypatch.setattr(module, "choices_of", kept)
    made = county()
    made.snapshot("vacancy", {**VACANCY, "vacancy_id": "over", "valid_to": "2018-03-01"})
    made.snapshot("vacancy", {**VACANCY, "vacancy_id": "full", "filled": 3})
    made.snapshot("vacancy", {**VACANCY, "vacancy_id": "welfare", "channel": "welfare_post"})
    made.snapshot("vacancy", {**VACANCY, "vacancy_id": "later"}, day=30)
    made.shown("w1", "v0", list_id="again", day=2, propensity=0.2, explore=True)
    compared_lists(made.log(), MEANS, MEANS)
    assert set(seen["offered"].vacancy_id) == {f"v{ix}" for ix in range(N_POSTS)}
    # What a list of w1 named before is not offered to w1 again.
    second = np.array(seen["offered"].vacancy_id)[seen["offered"].list_ix == N]
    assert len(second) == N_POSTS - LENGTH


@pytest.mark.parametrize("passed", [True, False])
def test_a_worse_order_does_not_pass(passed):
    card = json.loads(hand_card()) | {"id": "same", "training": {"to": "2018-02-01", "synthetic": "false"}}
    candidate = json.dumps(card).encode() if passed else turned()
    found = judge_model(candidate, county().log(), MEANS)
    checks = {check.name: check for check in found.checks}
    assert checks["applications"].passed is passed
    assert checks["later_season"].passed
    assert not found.passed  # without hires, follow-ups and the simulator's gates
    assert found == judge_model(candidate, county().log(), MEANS)
