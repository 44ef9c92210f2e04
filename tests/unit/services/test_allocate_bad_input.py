"""What a county's files may hold at worst: whoever can go is sent, and whoever stays is told why."""

from __future__ import annotations

import numpy as np
import pytest
from factories import ON, vacancy, worker
from rosters_in_memory import InMemory

from matcher.allocation.market import NOBODY, Plan
from matcher.policy import standard_packs
from matcher.records import Channel, Consent
from matcher.scoring import hand_card
from matcher.services.assignment.allocate import Allocate, allocate
from matcher.services.assignment.limits_file import Limits, Quota
from matcher.services.assignment.people_sent import sending_of
from matcher.services.assignment.who_stays import unplaced_of
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Brief, Rosters, prepare
from matcher.settings import Settings

YES = Consent(share_with_employer=True)
MEANS = Means(packs=standard_packs(), settings=Settings(fit_floor_permille=1), model_body=hand_card())


def sent(records, seed=0, **limits):
    """Worker -> post, worker who stays -> reason, and the first line."""
    call = Allocate(channel=Channel.WORKSHOP, on=ON, jurisdiction="liujiang_2018", seed=seed, limits=Limits(**limits))
    first, *lines = allocate(InMemory(records), MEANS, call)
    stays = {entry["worker_id"]: entry["reasons"][0]["rule_id"] for entry in first["unplaced"]}
    return {line["worker_id"]: line["vacancy_id"] for line in lines}, stays, first


def people(n, **fields):
    return [worker(f"w{ix:02}", consent=YES, **fields) for ix in range(n)]


def test_no_opening_and_ten_million():
    posts = [vacancy("none", headcount=0), vacancy("full", filled=10), vacancy("vast", headcount=10_000_000)]
    for limits in ({}, {"together": (("w00", "w01"),)}):
        places, stays, first = sent([*people(4), *posts], **limits)
        assert places == {f"w{ix:02}": "vast" for ix in range(4)}
        assert (stays, first["gap"], first["prices"]) == ({}, 0, {"vast": 0.0})


def test_where_all_are_tied_the_seed_sends():
    posts = [vacancy(f"v{ix}", headcount=3) for ix in range(3)]
    one, again, other = (sent([*people(40), *posts], seed=seed) for seed in (0, 0, 1))
    assert one == again
    assert len(one[0]) == len(other[0]) == 9
    assert one[0].keys() != other[0].keys()
    assert set(one[1].values()) == {"full"}


def test_whoever_may_go_nowhere_stays_and_holds_nobody_back():
    old = worker("old", consent=YES, birth_date=ON.replace(year=1950))
    places, stays, _ = sent([*people(2), old, vacancy("v1", age_max=45)])
    assert (places.keys(), stays) == ({"w00", "w01"}, {"old": "no_vacancy"})


@pytest.mark.parametrize("quota", [0, 10**12])
def test_candidates_that_lose_what_they_could_have(quota):
    """A couple of whom one may go nowhere any more, and a quota that is nothing, or more than anybody counts."""
    old = worker("old", consent=YES, birth_date=ON.replace(year=1950))
    limit = Quota(quota_id="q", vacancies=("v1",), people=quota)
    places, stays, first = sent(
        [*people(2), old, vacancy("v1", age_max=45)], together=(("w00", "old"),), quotas=(limit,)
    )
    assert places == ({"w01": "v1"} if quota else {})
    assert (stays["w00"], stays["old"], first["gap"]) == ("together", "no_vacancy", 0)
    assert stays.get("w01") == (None if quota else "shared")


def test_a_place_that_is_left_is_never_called_full():
    """Of a plan that is not the best one: whoever stays beside an empty place is told so."""
    posts = [vacancy("v1", headcount=2), vacancy("v2", headcount=1)]
    brief = Brief(on=ON, jurisdiction="liujiang_2018", seed=0, prices={})
    sending = sending_of(prepare(Rosters(workers=people(3), vacancies=posts, households={}), MEANS, brief), Limits())
    for place, told in (([NOBODY] * 3, ["unproven"] * 3), ([0, 0, NOBODY], ["unproven"]), ([0, 0, 1], [])):
        found = unplaced_of(sending, Plan(np.array(place, dtype=np.int32), 0, 0, "auction"))
        assert [entry["reasons"][0]["rule_id"] for entry in found] == told
