"""What people of a village did about a city counts for their neighbours, and is said."""

from __future__ import annotations

import msgspec
import pytest
from factories import ON, vacancy, worker

from matcher.policy import standard_packs
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match import match
from matcher.services.rounds.requests import MatchRequest
from matcher.settings import Settings

THERE, HERE = vacancy(vacancy_id="there", place_code="441900"), vacancy(vacancy_id="here", place_code="450206")


def means(part: int) -> Means:
    card = msgspec.json.decode(hand_card())
    card["offsets"] = {"apply": {"route": {"450206100201>4419": part}}}
    return Means(packs=standard_packs(), settings=Settings(), model_body=msgspec.json.encode(card))


def found(part: int, village: str) -> dict[str, float]:
    asked = MatchRequest(
        on=ON,
        jurisdiction="liujiang_2018",
        workers=(worker(place_code=village),),
        vacancies=(THERE, HERE),
        explain=True,
    )
    return {item["vacancy_id"]: item for item in match(asked, means(part))["lists"][0]["items"]}


@pytest.mark.parametrize(("village", "moved"), [("450206100201", True), ("450206100202", False)])
def test_a_route_moves_its_own_village_and_no_other(village, moved):
    before, after = found(0, village), found(700, village)
    assert (after["there"]["p_apply"] > before["there"]["p_apply"]) is moved
    assert after["here"]["p_apply"] == before["here"]["p_apply"]
    assert after["there"]["p_hire"] == before["there"]["p_hire"]


@pytest.mark.parametrize(("part", "word"), [(3000, "比较多"), (-3000, "比较少")])
def test_a_route_is_told_as_what_neighbours_did(part, word):
    item = found(part, "450206100201")["there"]
    told = [
        share for stage in item["explanation"]["stages"] for share in stage["contributions"] if share["term"] == "route"
    ]
    assert [share["sentence"] for share in told] == [f"从前的名单里，本村报名去那里的人{word}"]
