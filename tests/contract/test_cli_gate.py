"""`matcher model gate`: a verdict with every reason, as the file that `matcher model use` asks for and as a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import call
from small_log import VACANCY, WORKER, LogMaker

from matcher.learning.limits import limits
from matcher.scoring import hand_card

N, N_POSTS = 60, 4


def later_season(folder: Path) -> Path:
    made = LogMaker(0, 0)
    for ix in range(N_POSTS):
        made.snapshot("vacancy", {**VACANCY, "vacancy_id": f"v{ix}", "headcount": N, "valid_to": "2019-12-31"})
    for ix in range(N):
        person = {**WORKER, "worker_id": f"w{ix}", "wish_to_work": True, "birth_date": "1985-05-05"}
        made.snapshot("worker", {**person, "labour_ability": "normal"})
        post = f"v{ix % N_POSTS}"
        made.shown(f"w{ix}", post, propensity=1 / N_POSTS, explore=True)
        if ix % 3:
            made.did("apply", f"w{ix}", post)
            made.decided("offer" if ix % 4 else "refuse_unfit", f"w{ix}", post, by="employer")
            if ix % 4:
                made.asked(made.placed(f"w{ix}", post), 180, "kept" if ix % 5 else "returned")
    folder.mkdir()
    for name, rows in made.rows.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


@pytest.fixture(scope="module")
def events(tmp_path_factory) -> Path:
    return later_season(tmp_path_factory.mktemp("gate") / "events")


def model(folder: Path, **more: object) -> Path:
    told = json.loads(hand_card()) | {"id": "m", "training": {"to": "2018-03-01", "synthetic": "false"}} | more
    (folder / "model.json").write_text(json.dumps(told), "utf-8")
    return folder / "model.json"


def suite(folder: Path, verdict: str = "pass") -> Path:
    gates = [{"gate": name, "says": "", "bound": 0, "verdict": verdict} for name in limits().release.suite]
    (folder / "gates.json").write_text(json.dumps({"synthetic": True, "gates": gates}), "utf-8")
    return folder / "gates.json"


def test_a_model_that_passes_can_be_used(events, tmp_path):
    file = model(tmp_path)
    found = call("--home", tmp_path, "model", "gate", file, "--events", events, "--suite", suite(tmp_path))
    assert found.code == 0, found.err
    assert found.json["passed"] is True
    assert json.loads((tmp_path / "model.gate.json").read_bytes()) == found.json
    assert "结论：**通过**" in (tmp_path / "model.gate.md").read_text("utf-8")
    used = call("--home", tmp_path, "model", "use", file, "--by", "张三")
    assert used.code == 0, used.err


def test_a_model_that_does_not_pass_is_told_why_and_cannot_be_used(events, tmp_path):
    file, out = model(tmp_path), tmp_path / "told.json"
    found = call("--home", tmp_path, "model", "gate", file, "--events", events, "--out", out)
    assert found.code == 1
    assert [check["name"] for check in found.json["checks"] if not check["passed"]] == ["simulator"]
    assert "gates.json" in found.err
    assert "**不合格**" in (tmp_path / "told.md").read_text("utf-8")
    used = call("--home", tmp_path, "model", "use", file, "--by", "张三", "--gate", out)
    assert used.code == 1
    assert "simulator" in used.err


def test_the_same_call_gives_the_same_bytes(events, tmp_path):
    file = model(tmp_path)
    outs = [tmp_path / "a.json", tmp_path / "b.json"]
    for out in outs:
        call("--home", tmp_path, "model", "gate", file, "--events", events, "--out", out, "--seed", "3")
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_no_events_no_model_and_no_suite_are_refused(events, tmp_path):
    file = model(tmp_path)
    (tmp_path / "none").mkdir()
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}", "utf-8")
    gate = ("--home", tmp_path, "model", "gate")
    assert "no table" in call(*gate, file, "--events", tmp_path / "none").err
    assert call(*gate, wrong, "--events", events).code == 1
    assert call(*gate, file, "--events", events, "--suite", wrong).code == 1
    assert call(*gate, tmp_path / "missing.json", "--events", events).code == 2
    assert not (tmp_path / "model.gate.json").exists()
