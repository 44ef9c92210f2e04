"""Lists of the logging policy with the chances of another model: the same lines, other numbers."""

from __future__ import annotations

import numpy as np

from matcher.scoring import hand_card
from training_data.evaluation.training import wage_card
from training_data.market.exploring import Softmax, explored
from training_data.market.observe import observe
from training_data.market.season import run_season
from training_data.market.shadow import shadowed
from training_data.market.spec import load_spec, resized
from training_data.market.truth import Truth
from training_data.market.world import draw_world


def test_the_lists_are_those_of_the_log_and_the_chances_the_models():
    world = draw_world(resized(load_spec("base"), workers=80, vacancies=20))
    truth, records = Truth(world), observe(world)
    log, same, other = (
        run_season(world, truth, records, maker(world))
        for maker in (explored(Softmax()), shadowed(Softmax(), hand_card()), shadowed(Softmax(), wage_card()))
    )
    for drawn, told, moved in zip(log.rounds, same.rounds, other.rounds, strict=True):
        assert (drawn.lists.vacancy_ix == moved.lists.vacancy_ix).all()
        assert (drawn.lists.propensity == moved.lists.propensity).all()
        assert (drawn.lists.p_apply == told.lists.p_apply).all()
        assert not np.allclose(drawn.lists.p_apply, moved.lists.p_apply)
