"""A document may state how wide a fit band is and where candidates end; what it leaves open is a setting."""

from __future__ import annotations

import pytest
from factories import ON, vacancy, worker
from stated_bands import stating

from matcher.policy import PackSet, standard_packs
from matcher.records import Channel
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.list_candidates import listed_of, service_of, told_list
from matcher.services.rounds.match_round import Brief, Rosters
from matcher.services.rounds.whole_order import whole_order
from matcher.settings import Settings

PACKS = standard_packs()
PEOPLE = (
    worker("poor", registered_poor=True, trades=(), skills=()),
    worker("able", registered_poor=False),
    worker("far", place_code="441900", trades=(), skills=()),
)


def told(packs: PackSet, post=None, **settings: int):
    post = post or vacancy()
    everybody = whole_order(
        Rosters(workers=PEOPLE, vacancies=(post,), households={}),
        Means(packs=packs, settings=Settings(**{"fit_floor_permille": 1} | settings), model_body=hand_card()),
        Brief(
            on=ON,
            jurisdiction="liujiang_2018",
            seed=0,
            prices={},
            service=service_of(post, packs.vocabulary),
            paired_only=True,
        ),
    )
    return told_list(everybody, listed_of(everybody, top=9), explain=False)


def bar(item):
    return item["fit"] ** (1 / 3)


@pytest.mark.parametrize("width", [1, 40, 250, 1000])
def test_the_width_of_the_document_makes_the_bands(width):
    items = told(stating("general", band_width_permille=width))["items"]
    assert [item["fit_band"] for item in items] == [int(bar(item) * 1000 / width) for item in items]


def test_one_wide_band_leaves_the_order_to_the_tiers():
    wide = [item["worker_id"] for item in told(stating("general", band_width_permille=1000))["items"]]
    narrow = [item["worker_id"] for item in told(stating("general", band_width_permille=1))["items"]]
    assert wide[0] == "poor"
    assert narrow[0] == "able"


def test_the_document_goes_before_the_settings():
    packs = stating("general", band_width_permille=250, floor_permille=1)
    assert told(packs, band_width_permille=10, fit_floor_permille=999) == told(packs)
    assert told(PACKS, band_width_permille=250) == told(stating("general", band_width_permille=250))


def test_the_floor_of_the_document_is_inside():
    items = told(PACKS)["items"]
    weakest = min(items, key=bar)
    at, above = int(bar(weakest) * 1000), int(bar(weakest) * 1000) + 1
    assert len(told(stating("general", floor_permille=at))["items"]) == len(items)
    short = told(stating("general", floor_permille=above))
    assert weakest["worker_id"] not in {item["worker_id"] for item in short["items"]}
    assert short["n_below_floor"] == len(items) - len(short["items"]) >= 1


def test_a_service_has_bands_of_its_own():
    post = vacancy(channel=Channel.WELFARE_POST)
    general, own = (stating(service, floor_permille=1000) for service in ("general", "welfare_post"))
    assert told(general, post)["items"]
    assert told(own, post)["items"] == []
    assert told(own)["items"]
