"""Every list anyone saw can be given again, byte for byte, whatever has happened to the county since."""

from __future__ import annotations

import msgspec
import pytest
from command_line import COUNTY, ON, SEASON, jsonl, process, vacancy

from matcher.scoring import hand_card

DAY = ("--on", ON, "--jurisdiction", COUNTY)


@pytest.fixture
def asked(planned, records):
    """Answers as they left the system: lists with and without reasons, refused pairs, candidates."""
    people = [w.worker_id for w in records.workers if w.wish_to_work]
    posts = [v.vacancy_id for v in records.vacancies if v.filled < v.headcount]
    calls = [
        ("recommend", "--worker", people[0]),
        ("recommend", "--worker", people[1], "--explain", "--refused", "--top", "7"),
        ("recommend", "--worker", people[2], "--seed", "11"),
        ("candidates", "--vacancy", posts[20], "--top", "30"),
        ("candidates", "--vacancy", posts[-1], "--explain"),
    ]
    return [planned.ok(*call, *DAY).out for call in calls]


def decision(answer):
    return msgspec.json.decode(answer)["decision_id"]


def assert_replays(office, answers):
    for answer in answers:
        assert office.ok("replay", decision(answer)).out == answer


def test_at_once_and_again(planned, asked):
    assert_replays(planned, asked)
    assert_replays(planned, asked)


def test_after_imports_that_change_every_record_of_the_answer(planned, records, asked):
    changes = {
        "workers": [{"worker_id": w.worker_id, "trades": ["焊工"], "travel_range": "village"} for w in records.workers],
        "households": [{"household_id": h.household_id, "employed_members": 0} for h in records.households],
        "vacancies": [
            *({"vacancy_id": v.vacancy_id, "wage_high_yuan_month": 9999} for v in records.vacancies),
            vacancy("brand-new"),
        ],
        "placements": [
            {"placement_id": f"n{n}", "worker_id": w.worker_id, "start": "2018-05-01"}
            for n, w in enumerate(records.workers)
        ],
    }
    for kind, objects in changes.items():
        summary = planned.load(kind, jsonl(planned.home / "change.jsonl", objects))
        assert summary["rejected"] == 0, summary["problems"][:2]
    assert_replays(planned, asked)
    fresh = planned.ok("recommend", "--worker", msgspec.json.decode(asked[0])["lists"][0]["worker_id"], *DAY)
    assert decision(fresh.out) != decision(asked[0])


def test_after_the_imports_it_was_made_from_are_taken_back(planned, asked):
    for batch in reversed(planned.ok("import", "list").json):
        planned.ok("import", "undo", batch["batch_id"])
    assert planned.objects("workers") == []
    worker_id = msgspec.json.decode(asked[0])["lists"][0]["worker_id"]
    assert planned("recommend", "--worker", worker_id, *DAY).code == 1
    assert_replays(planned, asked)


def test_after_another_plan(planned, asked):
    planned.ok("plan", "--season", SEASON, *DAY, "--seed", "5", "--out", planned.home / "second.jsonl")
    assert_replays(planned, asked)


def test_after_the_settings_were_changed(planned, asked):
    (planned.home / "matcher.toml").write_text(
        'seed = 99\nfit_floor_permille = 800\nhousehold_factor_64ths = 0\nage_basis = "day_after"\n'
        "priority_factor_64ths = [64]\nrefused_limit = 1\n"
    )
    worker_id = msgspec.json.decode(asked[0])["lists"][0]["worker_id"]
    fresh = planned.ok("recommend", "--worker", worker_id, *DAY)
    assert decision(fresh.out) != decision(asked[0]), "the settings are part of what an answer depends on"
    assert_replays(planned, asked)
    # And back: what was answered under the changed settings.
    (planned.home / "matcher.toml").unlink()
    assert_replays(planned, [fresh.out])


def test_an_answer_given_before_any_plan(county, records):
    worker_id = next(w.worker_id for w in records.workers if w.wish_to_work)
    before = county.ok("recommend", "--worker", worker_id, *DAY).out
    county.ok("plan", "--season", SEASON, *DAY, "--out", county.home / "plan.jsonl")
    after = county.ok("recommend", "--worker", worker_id, *DAY).out
    assert decision(before) != decision(after)
    assert_replays(county, [before, after])


def test_an_answer_of_another_model(planned, records, tmp_path):
    """The model is kept with the decision: its file may be gone."""
    table = msgspec.json.decode(hand_card())
    changed = _with_changed_intercept(table)
    path = tmp_path / "model.json"
    path.write_bytes(msgspec.json.encode(changed))
    worker_id = next(w.worker_id for w in records.workers if w.wish_to_work)
    usual = planned.ok("recommend", "--worker", worker_id, *DAY).json
    other = planned.ok("recommend", "--worker", worker_id, *DAY, "--model", path).out
    assert msgspec.json.decode(other)["model"] != usual["model"]
    path.unlink()
    assert_replays(planned, [other])


def test_in_a_process_of_its_own_with_another_environment(planned, asked):
    told = process("--home", planned.home, "replay", decision(asked[1]), env={"MATCHER_SEED": "3", "TZ": "UTC"})
    assert (told.code, told.out) == (0, asked[1])


def test_the_same_question_twice_is_one_decision(planned, asked):
    listed = msgspec.json.decode(asked[0])["lists"][0]
    again = planned.ok("recommend", "--worker", listed["worker_id"], *DAY).out
    assert again == asked[0]
    assert_replays(planned, [again])


def _with_changed_intercept(table):
    stages = table["stages"]
    stage = stages["apply"] if isinstance(stages, dict) else stages[0]
    stage["intercept"] = stage["intercept"] + 1024 if isinstance(stage["intercept"], int) else stage["intercept"] + 1.0
    return table
