"""A plan in mode `priced`: its header, its lists, what reads it afterwards, and the replay of all that."""

from __future__ import annotations

import msgspec
import pytest
from command_line import COUNTY, ON, SEASON

from matcher.scoring import hand_card

DAY = ("--on", ON, "--jurisdiction", COUNTY)


def plan(office, *options, name="plan.jsonl"):
    office.ok("plan", "--season", SEASON, *DAY, "--out", office.home / name, *options)
    first, *lists = (msgspec.json.decode(line) for line in (office.home / name).read_bytes().splitlines())
    return first, lists


@pytest.fixture
def priced(county):
    """The small county, whose plans are priced whatever the model."""
    (county.home / "matcher.toml").write_text('plan_mode = "priced"\n', encoding="utf-8")
    return county


def score_of(item):
    value = item["p_keep"] * item["household_factor"] * item["priority_factor"] * item["group_factor"]
    return item["p_apply"] * item["p_hire"] * (value - item["slot_price"])


def test_header_lists_and_what_reads_the_plan(priced):
    first, lists = plan(priced)
    assert first["mode"] == "priced"
    assert first.keys() >= {"season", "mode", "seed", "model", "pack", "prices"}
    assert 0 <= first["gap"] < 0.05
    assert all(price >= 0 for price in first["prices"].values())
    assert any(price > 0 for price in first["prices"].values())
    items = [item for entry in lists for item in entry["items"]]
    assert items
    for item in items:
        assert item["slot_price"] == first["prices"][item["vacancy_id"]]
        assert item["score"] == pytest.approx(score_of(item), abs=1e-9)
    for entry in lists:
        scores = [item["score"] for item in entry["items"]]
        assert scores == sorted(scores, reverse=True)
    worker_id, vacancy_id = next((e["worker_id"], e["items"][0]["vacancy_id"]) for e in lists if e["items"])
    answers = [
        priced.ok("recommend", "--worker", worker_id, "--top", "4", *DAY),
        priced.ok("candidates", "--vacancy", vacancy_id, *DAY),
    ]
    for answer in answers:
        assert answer.json["plan"] == {"season": SEASON, "mode": "priced"}
        for item in answer.json["lists"][0]["items"]:
            assert item["score"] == pytest.approx(score_of(item), abs=1e-9)
        assert priced.ok("replay", answer.json["decision_id"]).out == answer.out
    pair = priced.ok("explain", "--worker", worker_id, "--vacancy", vacancy_id, *DAY).json
    assert "(p_keep" in pair["score_formula"]
    assert pair["score"] == pytest.approx(score_of(pair), abs=1e-9)


def test_what_was_answered_under_a_priced_plan_replays_when_plans_are_balanced_again(priced):
    _, lists = plan(priced)
    answer = priced.ok("recommend", "--worker", lists[0]["worker_id"], *DAY)
    (priced.home / "matcher.toml").unlink()
    first, _ = plan(priced, name="next.jsonl")
    assert first["mode"] == "balanced"
    assert priced.ok("replay", answer.json["decision_id"]).out == answer.out


def test_a_model_that_passed_its_gate_is_priced_and_the_hand_card_is_not(county):
    model = county.home / "model.json"
    model.write_bytes(msgspec.json.encode({**msgspec.json.decode(hand_card()), "calibrated": True}))
    assert plan(county, "--model", model)[0]["mode"] == "priced"
    assert plan(county, name="next.jsonl")[0]["mode"] == "balanced"


def test_openings_are_left_for_who_is_still_to_come(priced):
    """Ten thousand people registered last year in weeks that are still to come: openings cost more at once."""
    calm, _ = plan(priced)
    (priced.home / "matcher.toml").write_text(
        'plan_mode = "priced"\n[arrival_calendar]\n2017-06-19 = 10000\n', encoding="utf-8"
    )
    busy, _ = plan(priced, "--season", "2018-02-01/2018-12-31", name="next.jsonl")
    assert sum(busy["prices"].values()) > sum(calm["prices"].values())
