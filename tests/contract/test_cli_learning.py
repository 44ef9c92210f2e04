"""`matcher train`, `matcher model show|use`: from events to lists made with what was learnt, and back."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from command_line import COUNTY, ON, call, process
from small_log import LogMaker

from matcher.scoring import hand_card

ASKED = {
    "on": "2018-06-01",
    "workers": [{"worker_id": "w", "place_code": "450206", "trades": ["缝纫工"], "wish_to_work": True}],
    "vacancies": [
        {"vacancy_id": "v", "title": "缝纫工", "channel": "workshop", "place_code": "450206", "headcount": 1,
         "employer_id": "e1"}
    ],
    "explain": True,
}  # fmt: skip


def people(n: int = 40) -> LogMaker:
    made = LogMaker(n_workers=n, n_vacancies=2)
    for ix in range(1, n + 1):
        made.shown(f"w{ix}", "v1", slot=1)
        made.shown(f"w{ix}", "v2", slot=2)
        if ix % 3:
            made.did("apply", f"w{ix}", "v1")
            made.decided("offer" if ix % 4 else "refuse_unfit", f"w{ix}", "v1", by="employer")
    return made


def write(made: LogMaker, folder: Path) -> Path:
    folder.mkdir()
    for name, rows in made.rows.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("learnt")
    out = folder / "model.json"
    made = call("train", "--events", write(people(), folder / "events"), "--out", out, "--by", "张三")
    assert made.code == 0, made.err
    assert made.json["model_sha256"] == sha256(out.read_bytes()).hexdigest()
    return out


def judged(model: Path, folder: Path, *, passed: bool = True, digest: str = "") -> Path:
    path = folder / "gate.json"
    told = {
        "model_sha256": digest or sha256(model.read_bytes()).hexdigest(),
        "passed": passed,
        "checks": [{"name": "ece_apply", "passed": passed, "told": "0.02 > 0.01"}],
    }
    path.write_text(json.dumps(told), "utf-8")
    return path


def lists(home: Path, folder: Path) -> dict:
    path = folder / "in.json"
    path.write_text(json.dumps(ASKED), "utf-8")
    return call("--home", home, "match", "--input", path).json


def test_the_same_events_give_the_same_file(model, tmp_path):
    again = tmp_path / "again.json"
    assert call("train", "--events", model.parent / "events", "--out", again, "--by", "张三").code == 0
    assert again.read_bytes() == model.read_bytes()


def test_faults_of_the_log_are_told_and_the_model_is_written(tmp_path):
    made = people()
    made.did("apply", "w1", "v9")
    answer = call("train", "--events", write(made, tmp_path / "events"), "--out", tmp_path / "m.json")
    assert answer.code == 1
    assert "reactions.jsonl" in answer.err
    assert answer.json["problems"] == {"reactions.jsonl:list_id:warning": 1}
    assert (tmp_path / "m.json").exists()


def test_another_card_is_where_the_tables_begin(model, tmp_path):
    card = json.loads(hand_card())
    card["id"] = "other-card"
    trade = card["stages"]["hire"]["tables"]["trade"]
    card["stages"]["hire"]["tables"]["trade"] = {**trade, "exact": trade["exact"] + 3000}
    (tmp_path / "card.json").write_text(json.dumps(card), "utf-8")
    out = tmp_path / "m.json"
    events = model.parent / "events"
    assert call("train", "--events", events, "--out", out, "--card", tmp_path / "card.json").code == 0
    ours, theirs = (json.loads(path.read_bytes()) for path in (out, model))
    assert ours["training"]["prior"].startswith("other-card@")
    gaps = [told["stages"]["hire"]["tables"]["trade"] for told in (ours, theirs)]
    assert gaps[0]["exact"] - gaps[0]["small"] > gaps[1]["exact"] - gaps[1]["small"] + 300
    (tmp_path / "card.json").write_text("{}", "utf-8")
    assert call("train", "--events", events, "--out", out, "--card", tmp_path / "card.json").code == 1


def test_mixed_rows_are_refused_and_nothing_is_written(tmp_path):
    made = people()
    made.rows["impressions"][0]["synthetic"] = True
    answer = call("train", "--events", write(made, tmp_path / "events"), "--out", tmp_path / "m.json")
    assert answer.code == 1
    assert "mixed" in answer.err
    assert not (tmp_path / "m.json").exists()


def test_no_events_are_refused(tmp_path):
    (tmp_path / "events").mkdir()
    assert call("train", "--events", tmp_path / "events", "--out", tmp_path / "m.json").code == 1
    (tmp_path / "events" / "impressions.jsonl").write_bytes(b"")
    answer = call("train", "--events", tmp_path / "events", "--out", tmp_path / "m.json")
    assert (answer.code, answer.out) == (1, b"")
    assert "no events" in answer.err


def test_a_model_is_shown_as_rows_and_drawn(model, tmp_path):
    rows = call("--home", tmp_path, "model", "show", model)
    assert {"term", "label", "cell", "says", "apply", "hire", "keep"} == set(rows.json[0])
    assert {row["cell"] for row in rows.json if row["term"] == "trade"} >= {"exact", "none"}
    drawn = call("--home", tmp_path, "model", "show", model, "--format", "table")
    assert "▇" in drawn.text
    assert drawn.text.splitlines()[0].split() == ["term", "label", "cell", "says", "会报名", "会录用", "做满半年"]
    assert "和您做过的工种对口" in drawn.text
    for said in ("训练时段", "校准误差", "批准人 张三"):
        assert said in rows.err


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ({"passed": False}, 1, "did not pass its gate: ece_apply 0.02 > 0.01"),
        ({"digest": "0" * 64}, 1, "judged another file"),
    ],
)
def test_only_a_model_that_passed_its_gate_is_used(model, tmp_path, how, code, said):
    gate = judged(model, tmp_path, **how)
    answer = call("--home", tmp_path, "model", "use", model, "--gate", gate, "--by", "李四")
    assert answer.code == code
    assert said in answer.err
    assert lists(tmp_path, tmp_path)["model"].startswith("hand-card")


def test_without_a_gate_or_a_name_nothing_is_switched(model, tmp_path):
    for arguments in ((model, "--by", "李四"), (model, "--gate", judged(model, tmp_path)), (), (model, "--back")):
        assert call("--home", tmp_path, "model", "use", *arguments).code == 2
    assert not (tmp_path / "models").exists()


def test_lists_are_made_with_the_model_in_use_until_it_is_undone(model, tmp_path):
    before = lists(tmp_path, tmp_path)
    gate = judged(model, tmp_path)
    used = call("--home", tmp_path, "model", "use", model, "--gate", gate, "--by", "李四", "--on", "2018-06-02")
    assert used.code == 0
    assert (used.json["by"], used.json["on"]) == ("李四", "2018-06-02")
    after = lists(tmp_path, tmp_path)
    assert after["model"] == f"{used.json['model_id']}@{used.json['sha256'][:12]}"
    for stage in after["lists"][0]["items"][0]["explanation"]["stages"]:
        parts = sum(part["value"] for part in stage["contributions"])
        assert stage["intercept"] + parts == pytest.approx(stage["log_odds"], abs=1e-9)
    again = call("--home", tmp_path, "model", "use", model, "--gate", gate, "--by", "李四", "--on", "2018-06-03")
    assert again.json == used.json
    back = call("--home", tmp_path, "model", "use", "--back", "--by", "王五", "--on", "2018-06-04")
    assert (back.code, back.json["sha256"]) == (0, "")
    assert lists(tmp_path, tmp_path) == before
    assert call("--home", tmp_path, "model", "use", "--back", "--by", "王五").code == 2
    log = (tmp_path / "models" / "in_use.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["action"] for line in log] == ["use", "back"]


def test_a_released_file_is_calibrated_and_names_who_released_it(model, tmp_path):
    used = call("--home", tmp_path, "model", "use", model, "--gate", judged(model, tmp_path), "--by", "李四").json
    told = json.loads((tmp_path / "models" / f"{used['sha256']}.json").read_bytes())
    assert (told["approved_by"], told["calibrated"]) == ("李四", True)
    assert told["training"]["candidate_sha256"] == sha256(model.read_bytes()).hexdigest()


def test_a_model_changed_after_its_release_is_not_used(model, tmp_path):
    used = call("--home", tmp_path, "model", "use", model, "--gate", judged(model, tmp_path), "--by", "李四").json
    path = tmp_path / "models" / f"{used['sha256']}.json"
    path.write_bytes(hand_card())
    answer = call("--home", tmp_path, "model", "show")
    assert answer.code == 1
    assert "changed after it was approved" in answer.err
    assert call("--home", tmp_path, "model", "use", "--back", "--by", "王五").code == 0
    assert call("--home", tmp_path, "model", "show").code == 0


def test_a_list_with_a_learnt_model_loads_no_learner(model, tmp_path):
    path = tmp_path / "in.json"
    path.write_text(json.dumps(ASKED), "utf-8")
    probe = "import atexit, sys\natexit.register(lambda: print([n for n in ('sklearn', 'jieba', 'scipy') if n in sys.modules], file=sys.stderr))"  # noqa: E501 - one line of another program
    answer = process("match", "--input", path, "--model", model, setup=probe)
    assert answer.code == 0
    assert answer.err.strip().endswith("[]")


def test_what_the_county_exports_can_be_learnt_from(readable_county, records, tmp_path):
    worker = next(one for one in records.workers if one.wish_to_work)
    readable_county.ok("recommend", "--worker", worker.worker_id, "--on", ON, "--jurisdiction", COUNTY)
    exported = readable_county.ok("events", "export", tmp_path / "events").json
    trained = call("train", "--events", tmp_path / "events", "--out", tmp_path / "m.json")
    assert trained.code in (0, 1), trained.err
    told = trained.json["tables"]
    assert {name: count["lines"] for name, count in told.items()} == exported
    assert [count["unreadable"] for count in told.values()] == [0] * len(told)
    assert not [key for key in trained.json["problems"] if key.startswith(("impressions", "snapshots"))]
