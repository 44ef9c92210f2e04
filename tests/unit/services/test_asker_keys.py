"""A worker's keys in plain values are those that columns of the same worker give, whoever reads."""

from __future__ import annotations

import msgspec
import pytest
from factories import ON, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.policy import standard_packs
from matcher.scoring import hand_card
from matcher.services.ground.asker_keys import asker_keys
from matcher.services.ground.relations import OF_WORKER, worker_keys
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import encoded_workers
from matcher.services.rounds.match_round import law_frame
from matcher.settings import Settings

MEANS = Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())
SAID = st.none() | st.lists(st.sampled_from(["电焊", "缝纫", "没有这个词"]), max_size=2).map(tuple)


@pytest.mark.parametrize("public", [False, True])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(workers(), SAID, SAID, st.none() | st.just(()) | st.just(("6-11-01-01", "6-11-01-01", "4-02-02-01")))
def test_keys_of_one_are_those_of_columns(public, person, trades, wished, occupations):
    person = msgspec.structs.replace(person, trades=trades, preferred_trades=wished, occupations=occupations)
    frame = law_frame(MEANS, ON, public=public)
    told = encoded_workers([person], frame)
    keys = asker_keys(person, frame)
    assert keys.relations == tuple(next(iter(column)) for column in worker_keys(told, frame))
    assert keys.alone == next(iter(OF_WORKER.of_workers(told, frame)))
