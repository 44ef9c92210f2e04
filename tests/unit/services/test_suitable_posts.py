"""Posts that suit somebody of a group are those a list without end would offer to one of them, and nothing else."""

from __future__ import annotations

import pytest
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.policy import standard_packs
from matcher.records import Channel, Education, TravelRange
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds import suitable
from matcher.services.rounds.match import match
from matcher.services.rounds.requests import MatchRequest
from matcher.services.rounds.suitable import n_suitable, suitable_posts
from matcher.settings import Settings

MEANS = Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())
JURISDICTION = "liujiang_2018"


def offered(people, posts):
    """Worker id -> posts a list of all of them offers without a question."""
    request = MatchRequest(
        workers=tuple(people), vacancies=tuple(posts), on=ON, jurisdiction=JURISDICTION, top=len(posts), prices={}
    )
    return {
        told["worker_id"]: {item["vacancy_id"] for item in told["items"] if item["verdict"] == "yes"}
        for told in match(request, MEANS)["lists"]
    }


def drawn(make, prefix, most):
    ids = st.lists(st.integers(0, 99), min_size=1, max_size=most, unique=True)
    return ids.flatmap(lambda found: st.tuples(*(make(**{f"{prefix}_id": f"{prefix}{i:02}"}) for i in found)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn(workers, "worker", 5), drawn(vacancies, "vacancy", 6))
def test_a_group_is_suited_by_what_its_people_are_offered(people, posts):
    told, lists = n_suitable(people, posts, MEANS, ON), offered(people, posts)
    assert told == {name: len(found) for name, found in lists.items()}
    groups = {"a": people[:2], "b": people[2:]}
    for name, found in suitable_posts(groups, posts, MEANS, ON).items():
        suits = {posts[at].vacancy_id for at in found}
        assert suits == set().union(*(lists[one.worker_id] for one in groups[name]))


@pytest.mark.parametrize("most", [1, 2, 1 << 20])
def test_the_size_of_a_step_changes_nothing(monkeypatch, most):
    monkeypatch.setattr(suitable, "N_AT_ONCE", most)
    people = [worker("near", travel_range=TravelRange.COUNTY), worker("far"), worker("no", wish_to_work=False)]
    posts = [
        vacancy("here"), vacancy("away", place_code="440300"), vacancy("plot", channel=Channel.MICRO_FARM),
        vacancy("learned", education_min=Education.COLLEGE), vacancy("full", headcount=1, filled=1),
    ]  # fmt: skip
    assert n_suitable(people, posts, MEANS, ON) == {"near": 1, "far": 2, "no": 0}
    found = suitable_posts({"v": people, "nobody": []}, posts, MEANS, ON)
    assert {name: each.tolist() for name, each in found.items()} == {"v": [0, 1], "nobody": []}
