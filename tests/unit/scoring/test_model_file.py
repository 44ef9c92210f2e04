"""A model file fits the terms of this program, or every fault is named."""

from __future__ import annotations

import json

import numpy as np
import pytest

from matcher.errors import ModelError
from matcher.scoring import OFFSET_KINDS, STAGES, contributions, hand_card, load_model, offset_sentence
from matcher.scoring.kernel import stage_log_odds
from matcher.scoring.offsets import positions, route_of, route_positions

VOCABULARY = {"distance": ("near", "far"), "wage": None}
GOOD = {
    "format": 1,
    "id": "small",
    "kind": "hand",
    "made": "2026-11-21",
    "note": "",
    "breaks": {"wage": [2000, 3000]},
    "stages": {
        stage: {
            "intercept": -100,
            "tables": {
                "distance": {"near": 10, "far": -10},
                "wage": {"<2000": -5, "2000..2999": 0, ">=3000": 7, "unknown": 1},
            },
        }
        for stage in STAGES
    },
}


def body(**changes) -> bytes:
    return json.dumps(GOOD | changes).encode()


def test_a_good_file_loads_in_table_order():
    model = load_model(body(), VOCABULARY)
    assert model.stages["hire"].tables["wage"].tolist() == [-5, 0, 7, 1]
    assert model.label.startswith("small@")


def test_the_digest_is_of_the_bytes():
    assert load_model(body(), VOCABULARY).digest != load_model(body(note="x"), VOCABULARY).digest


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 2}, "format 2"),
        ({"breaks": {"wage": [3000, 2000]}}, "not strictly rising"),
        ({"breaks": {"wage": [2000, 3000], "distance": [1]}}, "not a numeric term"),
        ({"stages": {**GOOD["stages"], "leave": GOOD["stages"]["hire"]}}, "stage leave is unknown"),
        ({"stages": {k: v for k, v in GOOD["stages"].items() if k != "keep"}}, "stage keep is missing"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_faulty_file_is_refused_by_name(changes, said):
    with pytest.raises(ModelError, match=said):
        load_model(body(**changes), VOCABULARY)


def test_every_faulty_cell_is_named_at_once():
    stages = json.loads(json.dumps(GOOD["stages"]))
    stages["hire"]["tables"]["distance"] = {"near": 10**6, "middle": 1}
    stages["hire"]["tables"]["colour"] = {}
    with pytest.raises(ModelError) as caught:
        load_model(body(stages=stages), VOCABULARY)
    for said in ("cell far is missing", "cell middle is unknown", "1000000 is beyond", "hire.colour: no such term"):
        assert said in str(caught.value)


@pytest.mark.parametrize("text", [b"\x00", b"", body()[:-20], b'{"id": "\xb1"}'])
def test_no_json_is_refused(text):
    with pytest.raises(ModelError, match="no JSON"):
        load_model(text, VOCABULARY)


@pytest.mark.parametrize("text", [body()[:-20], body(format=99), body(surprise=1), body(breaks={"wage": []}), b"{}"])
def test_every_refusal_names_the_file_and_what_to_do(text):
    with pytest.raises(ModelError) as caught:
        load_model(text, VOCABULARY, where="m.json")
    assert caught.value.where == "m.json"
    assert caught.value.remedy.endswith(".")


def test_the_hand_card_says_that_no_data_stands_behind_it():
    assert "no data" in json.loads(hand_card())["note"]


OFFSETS = {"hire": {"employer": {"e2": 40, "e1": -30}}, "keep": {"employer": {"e3": 5}, "town": {"450206100": 7}}}


def test_offsets_stand_by_name_and_strangers_have_none():
    model = load_model(body(offsets=OFFSETS), VOCABULARY)
    assert model.names == {"employer": {"e1": 0, "e2": 1, "e3": 2}, "town": {"450206100": 0}}
    assert model.stages["hire"].tables["employer"].tolist() == [-30, 40, 0, 0]
    assert model.stages["keep"].tables["employer"].tolist() == [0, 0, 5, 0]
    assert "employer" not in model.stages["apply"].tables
    assert positions(model, "employer", ["e2", "stranger"]).tolist() == [1, -1]


def test_a_file_without_offsets_has_no_names():
    assert load_model(body(), VOCABULARY).names == {}


def test_faulty_offsets_are_named_at_once():
    wrong = {"leave": {}, "hire": {"broker": {"b": 1}, "employer": {"e": 10**6}}}
    with pytest.raises(ModelError) as caught:
        load_model(body(offsets=wrong), VOCABULARY)
    for said in ("offsets of stage leave", "offsets hire.broker: no such kind", "1000000 is beyond"):
        assert said in str(caught.value)


def test_an_offset_is_one_more_summand_in_both_twins():
    model = load_model(body(offsets=OFFSETS), VOCABULARY)
    for name, part in (("e2", 40), ("e1", -30), ("stranger", 0)):
        place = positions(model, "employer", [name])
        values = {
            "distance": np.zeros(1, np.int32),
            "wage": np.full(1, 2500, np.int32),
            "employer": place,
            "town": place,
        }
        row = {term: int(column[0]) for term, column in values.items()}
        parts = contributions(model, "hire", row)
        assert parts["employer"] == part
        assert stage_log_odds(model, "hire", values)[0] == model.stages["hire"].intercept + sum(parts.values())


@pytest.mark.parametrize(("home", "work", "route"), [
    ("450206100201", "441900", "450206100201>4419"), ("450206100201", "450203", ""),
    ("450206100201", "450103", "450206100201>4501"),
    ("", "441900", ""), ("450206100201", "", ""),
])  # fmt: skip
def test_a_route_leads_out_of_the_own_city(home, work, route):
    assert route_of(home, work) == route


def test_routes_of_pairs_are_those_of_their_codes():
    homes, works = ["450206100201", "450206101202", "441900"], ["441900003", "441901", "450206", "310115"]
    known = {"450206100201>4419": 5, "450206101202>3101": -7, "441900>4502": 3}
    model = load_model(body(offsets={"apply": {"route": known}}), VOCABULARY)
    home_ix, work_ix = np.repeat(np.arange(3), 4), np.tile(np.arange(4), 3)
    found = route_positions(model, homes, works, home_ix, work_ix)
    slow = [model.names["route"].get(route_of(homes[h], works[w]), -1) for h, w in zip(home_ix, work_ix, strict=True)]
    assert found.tolist() == slow
    assert set(found.tolist()) == {-1, 0, 1, 2}
    assert route_positions(model, [], works, home_ix[:0], work_ix[:0]).size == 0


def test_every_offset_has_a_sentence_for_better_and_worse():
    for stage in STAGES:
        for kind in OFFSET_KINDS:
            assert offset_sentence(stage, kind, 1) != offset_sentence(stage, kind, -1)
