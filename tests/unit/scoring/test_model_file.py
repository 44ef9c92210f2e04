"""A model file fits the terms of this program, or every fault is named."""

from __future__ import annotations

import json

import pytest

from matcher.errors import ModelError
from matcher.scoring import STAGES, hand_card, load_model

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


def test_no_json_is_refused():
    with pytest.raises(ModelError, match="no JSON"):
        load_model(b"\x00", VOCABULARY)


def test_the_hand_card_says_that_no_data_stands_behind_it():
    assert "no data" in json.loads(hand_card())["note"]
