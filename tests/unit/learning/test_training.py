"""A log becomes a model file: readable, the same for the same rows, and careful where it knows little."""

from __future__ import annotations

import json

import numpy as np
import pytest
from small_log import VACANCY, WORKER, LogMaker

from matcher.errors import InvalidInput
from matcher.features import VOCABULARY
from matcher.learning.events import log_of
from matcher.learning.model_file import ServedStage, model_bytes, prior_of
from matcher.learning.shapes import codes, shapes, table_log_odds
from matcher.learning.training import Rules, train
from matcher.scoring import SCALE, STAGES, hand_card, load_model
from matcher.scoring.kernel import stage_log_odds

N = 240


def season(seed: int = 0, *, n: int = N, wage_matters: float = 2.0) -> LogMaker:
    """People who prefer better paid posts, are taken by one firm and not by the other, and stay where it is near."""
    rng = np.random.default_rng(seed)
    made = LogMaker(0, 0)
    for ix in range(n):
        town = f"4502061{ix % 4:02d}201"
        made.snapshot("worker", {**WORKER, "worker_id": f"w{ix}", "place_code": town, "household_id": f"h{ix // 2}"})
    for ix in range(8):
        wage = 2000 + 400 * ix
        made.snapshot(
            "vacancy",
            {**VACANCY, "vacancy_id": f"v{ix}", "employer_id": f"e{ix % 2}", "wage_low_yuan_month": wage,
             "wage_high_yuan_month": wage, "place_code": "450206100" if ix % 3 else "440300"},
        )  # fmt: skip
    for ix in range(n):
        for slot, post in enumerate(rng.permutation(8)[:3], start=1):
            made.shown(f"w{ix}", f"v{post}", slot=slot)
            wants = 1 / (1 + np.exp(-(wage_matters * (post - 3.5) / 3.5 - 0.5)))
            if rng.random() < wants * (1.0, 0.8, 0.6)[slot - 1]:
                made.did("apply", f"w{ix}", f"v{post}")
                fits = rng.random() < (0.85 if post % 2 else 0.35)
                made.decided("offer" if fits else "refuse_unfit", f"w{ix}", f"v{post}", by="employer")
                if fits:
                    placement = made.placed(f"w{ix}", f"v{post}")
                    made.asked(placement, 180, "kept" if rng.random() < (0.8 if post % 3 else 0.3) else "returned")
    return made


@pytest.fixture(scope="module")
def trained():
    return train(season().log())


def test_the_file_says_where_it_comes_from(trained):
    told = json.loads(trained.body)
    assert told["kind"] == "learned"
    assert told["training"]["events_sha256"] == season().log().digest
    assert (told["training"]["from"], told["training"]["synthetic"]) == ("2018-03-05", "false")
    assert told["training"]["prior"].startswith("hand-card")
    assert {"auc", "ece", "log_loss", "rows", "rate"} <= told["metrics"]["apply"].keys()
    assert load_model(trained.body, VOCABULARY).digest == trained.report["model_sha256"]


def test_the_same_rows_give_the_same_bytes_in_any_order():
    made = season()
    first = train(made.log(), on=None).body
    for rows in made.rows.values():
        rows.reverse()
        rows.append(rows[0])
    assert train(made.log()).body == first


def test_what_people_did_is_in_the_tables(trained):
    model = load_model(trained.body, VOCABULARY)
    wage = model.stages["apply"].tables["wage"]
    assert wage[-2] - wage[0] > SCALE
    assert (np.diff(wage[:-1]) >= 0).all()
    employer = model.stages["hire"].tables["employer"]
    assert employer[model.names["employer"]["e1"]] > 0 > employer[model.names["employer"]["e0"]]
    assert (
        trained.report["stages"]["apply"]["metrics"]["auc"] > trained.report["stages"]["apply"]["metrics"]["prior_auc"]
    )


def test_the_last_stage_keeps_the_cards_tables_while_few_are_placed(trained):
    assert trained.report["stages"]["keep"]["method"] == "level"
    card, model = (load_model(body, VOCABULARY) for body in (hand_card(), trained.body))
    # Tables are centred: differences of cells are those of the card.
    for term in ("trade", "insured", "channel"):
        ours, theirs = model.stages["keep"].tables[term], card.stages["keep"].tables[term]
        assert np.abs(np.diff(ours) - np.diff(theirs)).max() <= 1


def test_the_last_stage_has_tables_of_its_own_from_enough_placements():
    rules = Rules(placements=50)
    assert [rules.method("keep", 10, n) for n in (49, 50)] == ["level", "thin"]
    assert [Rules().method("keep", 0, n) for n in (499, 500)] == ["level", "thin"]
    assert [Rules().method("hire", n, 2000) for n in (19_999, 20_000)] == ["thin", "boosted"]
    assert Rules().method("hire", 20_000, 1999) == "thin"


def test_trees_serve_as_tables_as_well():
    found = train(season(n=160).log(), rules=Rules(boosted_from=100, boosted_rows=50, placements=50))
    assert {stage["method"] for stage in found.report["stages"].values()} == {"boosted"}
    wage = load_model(found.body, VOCABULARY).stages["apply"].tables["wage"]
    assert (np.diff(wage[:-1]) >= 0).all()
    assert wage[-2] > wage[0]


def test_no_events_teach_nothing():
    with pytest.raises(InvalidInput, match="no events"):
        train(log_of({}))


def test_one_class_alone_leaves_the_card():
    made = LogMaker(n_workers=30)
    for ix in range(1, 31):
        made.shown(f"w{ix}")
    found = train(made.log())
    assert {stage["method"] for stage in found.report["stages"].values()} == {"prior"}
    card, model = (load_model(body, VOCABULARY) for body in (hand_card(), found.body))
    values = {term: np.zeros(1, dtype=np.int32) for term in VOCABULARY}
    for stage in STAGES:
        assert stage_log_odds(model, stage, values)[0] == stage_log_odds(card, stage, values)[0]


def test_the_card_on_finer_cells_says_the_same():
    card = load_model(hand_card(), VOCABULARY)
    rng = np.random.default_rng(0)
    values = {
        term: rng.integers(-1, 9000 if term == "wage" else 90, 300).astype(np.int32)
        if shape.breaks
        else rng.integers(0, len(shape.cells), 300).astype(np.int32)
        for term, shape in shapes().items()
    }
    for stage in STAGES:
        prior = prior_of(card, stage, tau=10, smooth=10)
        said = np.rint(table_log_odds(prior.intercept, prior.tables, codes(values)) * SCALE)
        assert said.tolist() == stage_log_odds(card, stage, values).tolist()


def test_only_the_breaks_that_tell_something_are_written():
    flat = {term: [0] * len(shape.cells) for term, shape in shapes().items()}
    bent = {**flat, "start_gap": [5, 5, 2, 2, 2, 2, 0]}
    served = {stage: ServedStage(1, bent if stage == "hire" else flat) for stage in STAGES}
    told = json.loads(model_bytes(model_id="m", made="", by="", training={}, stages=served))
    assert told["breaks"]["start_gap"] == [shapes()["start_gap"].breaks[1]]
    assert told["stages"]["hire"]["tables"]["start_gap"] == {"<8": 5, ">=8": 2, "unknown": 0}
    assert len(told["breaks"]["wage"]) == 1


def test_a_poisoned_log_hardly_moves_the_level():
    made = season()
    before = train(made.log())
    for ix in range(10_000):
        made.decided("offer", f"w{ix % N}", f"v{ix // N % 8}", by="mill")
    after = train(made.log())
    assert any("mill" in sentence for sentence in after.report["suspicions"])
    assert not before.report["suspicions"]
    rates = [found.report["stages"]["hire"]["metrics"]["rate"] for found in (before, after)]
    assert abs(rates[1] - rates[0]) < 0.08


def test_a_wrong_card_is_mended_by_what_people_do():
    card = json.loads(hand_card())
    wage = card["stages"]["apply"]["tables"]["wage"]
    card["stages"]["apply"]["tables"]["wage"] = {cell: -entry for cell, entry in wage.items()}
    found = train(season(n=480).log(), card=json.dumps(card).encode())
    table = load_model(found.body, VOCABULARY).stages["apply"].tables["wage"]
    assert table[-2] > table[0]
