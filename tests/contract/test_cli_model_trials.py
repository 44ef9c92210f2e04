"""`matcher model audit`, `estimate` and `experiment`: figures with intervals, and the reason where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import call
from small_log import VACANCY, WORKER, LogMaker

from matcher.learning.experiment import Arm, plan
from matcher.learning.limits import limits
from matcher.scoring import hand_card

N = 4 * limits().fewest_people
LATE = 400


def written(folder: Path, made: LogMaker, *, synthetic: bool = False) -> Path:
    folder.mkdir()
    for name, rows in made.rows.items():
        told = [{**row, "synthetic": synthetic} for row in rows]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in told), "utf-8")
    return folder


def county(*, n_women: int, kept: dict[str, bool]) -> LogMaker:
    """People of a household each, every one listed two drawn lines; women are shown the worse paid post."""
    made = LogMaker(0, 0)
    for ix, wage in enumerate((2000, 4000)):
        made.snapshot(
            "vacancy",
            {**VACANCY, "vacancy_id": f"v{ix}", "wage_low_yuan_month": wage, "wage_high_yuan_month": wage,
             "headcount": N, "valid_to": "2019-12-31"},
        )  # fmt: skip
    for ix in range(N):
        name, woman = f"w{ix}", ix < n_women
        person = {
            **WORKER,
            "worker_id": name,
            "wish_to_work": True,
            "sex": "female" if woman else "male",
            "household_id": f"h{ix}",
        }
        made.snapshot("worker", {**person, "birth_date": "1985-05-05", "labour_ability": "normal"})
        made.shown(
            name, f"v{int(not woman)}", household_id=f"h{ix}", propensity=0.5, explore=True,
            p_apply=0.5, p_hire=0.5, p_keep=0.8 if woman else 0.4,
        )  # fmt: skip
        if ix % 3:
            made.did("apply", name, f"v{int(not woman)}")
        if kept.get(name):
            made.asked(made.placed(name, f"v{int(not woman)}"), 180, "kept")
    made.shown("w0", "v0", day=LATE, list_id="late")
    return made


def audited(*arguments: object) -> dict[tuple[str, str], dict]:
    found = call("model", "audit", *arguments)
    assert found.code == 0, found.err
    return {(row["measure"], row["group"]): row for row in found.json}


def test_an_audit_finds_what_was_planted_and_says_no_more(tmp_path):
    n_women = N // 2
    # Of the women a quarter keeps a job, of the men a half. w0, listed again at the end, is not known of yet.
    kept = {f"w{ix}": ix % 4 == 1 if ix < n_women else ix % 2 == 0 for ix in range(N)}
    folder = written(tmp_path / "events", county(n_women=n_women, kept=kept), synthetic=True)
    rows = audited("--events", folder)
    told = rows["kept", "women"]
    assert told["ratio"] == pytest.approx(0.5, abs=0.03)
    assert told["low"] < told["ratio"] < told["high"] < 1
    assert (told["people"], told["others"]) == (n_women - 1, N - n_women)
    assert rows["wage", "women"]["ratio"] == pytest.approx(0.5)
    assert rows["wage_alike", "women"]["ratio"] == pytest.approx(0.5)
    assert rows["p", "women"]["ratio"] == pytest.approx(2.0)
    # Nobody is known to be of the other groups: no row, not even an empty one.
    assert {group for _, group in rows} == {"women"}
    assert "合成数据" in call("model", "audit", "--events", folder).err
    assert call("model", "audit", "--events", folder, "--format", "table").text.count("女性") == len(rows)


@pytest.mark.parametrize(("n_women", "there"), [(limits().fewest_people, True), (limits().fewest_people - 1, False)])
def test_a_group_below_the_minimum_prints_nothing(tmp_path, n_women, there):
    made = county(n_women=n_women, kept={f"w{ix}": True for ix in range(1, N)})
    rows = audited("--events", written(tmp_path / "events", made))
    assert (("wage", "women") in rows) is there
    assert "women" not in json.dumps([key for key in rows if key[0] == "kept"])  # w0 is not known of


def test_minorities_are_audited_by_a_table_for_it_alone(tmp_path):
    folder = written(tmp_path / "events", county(n_women=N // 2, kept={}))
    table = tmp_path / "people.csv"
    lines = [f"w{ix},{'是' if ix % 2 else '否'},{'' if ix % 3 else '否'}" for ix in range(N)]
    table.write_bytes("\n".join(["人员编号,少数民族,照料家人", *lines, ""]).encode("gb18030"))
    rows = audited("--events", folder, "--people", table)
    assert rows["wage", "minority"]["people"] == N // 2
    for wrong, said in (("编号\nw1\n", "worker ids"), ("worker_id,minority\nw1,男\n\nw1,是\n", "2 cells")):
        table.write_text(wrong, "utf-8")
        refused = call("model", "audit", "--events", folder, "--people", table)
        assert (refused.code, refused.out) == (1, b"")
        assert said in refused.err


def model(folder: Path) -> Path:
    told = json.loads(hand_card()) | {"id": "m", "training": {"to": "2018-03-01", "synthetic": "false"}}
    (folder / "model.json").write_text(json.dumps(told), "utf-8")
    return folder / "model.json"


def test_applications_are_estimated_and_what_hangs_on_others_is_refused(tmp_path):
    folder, home = written(tmp_path / "events", county(n_women=N // 2, kept={})), ("--home", tmp_path)
    found = call(*home, "model", "estimate", model(tmp_path), "--events", folder)
    assert found.code == 0, found.err
    assert found.json["difference"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    dr = found.json["new"]["dr"]
    assert 0 < dr["low"] < dr["value"] < dr["high"] <= 1
    assert "每份名单预计报名" in found.err
    for outcome in ("placements", "retention"):
        refused = call(*home, "model", "estimate", tmp_path / "model.json", "--events", folder, "--of", outcome)
        assert refused.code == 1
        assert refused.json["outcome"] == outcome
        assert "整户分组" in refused.json["refused"]
        assert set(refused.json) == {"outcome", "synthetic", "refused"}


def round_file(path: Path) -> Path:
    people = [
        {**WORKER, "worker_id": f"w{ix}", "household_id": f"h{ix // 2}", "wish_to_work": True} for ix in range(40)
    ]
    told = {
        "on": "2018-06-01",
        "workers": [*people, {**WORKER, "worker_id": "lone"}, {**WORKER, "worker_id": "no", "wish_to_work": False}],
        "households": [{"household_id": f"h{ix}"} for ix in range(20)],
        "vacancies": [{**VACANCY, "vacancy_id": f"v{ix}", "headcount": 5, "filled": ix} for ix in range(6)],
        "shown": {"w0": ["v0"]},
        "prices": {"v0": 0.5},
    }
    path.write_text(json.dumps(told), "utf-8")
    return path


def test_an_experiment_parts_households_and_openings_into_rounds_that_match_reads(tmp_path):
    whole, out = round_file(tmp_path / "round.json"), tmp_path / "out"
    arguments = ("model", "experiment", "plan", "--input", whole, "--out", out, "--seed", "3", "--points", "2")
    found = call(*arguments)
    assert found.code == 0, found.err
    rounds = {arm: json.loads((out / f"{arm}.json").read_bytes()) for arm in ("new", "usual")}
    homes = [{one.get("household_id") for one in told["workers"]} for told in rounds.values()]
    assert not homes[0] & homes[1]
    assert sum(len(told["workers"]) for told in rounds.values()) == 41
    assert all(len(told["households"]) == len(of - {None}) for told, of in zip(rounds.values(), homes, strict=True))
    seats = [{one["vacancy_id"]: one["headcount"] for one in told["vacancies"]} for told in rounds.values()]
    assert [seats[0].get(f"v{ix}", 0) + seats[1].get(f"v{ix}", 0) for ix in range(6)] == [5, 4, 3, 2, 1, 0]
    assert sum("shown" in told for told in rounds.values()) == 1
    assert not any("prices" in told for told in rounds.values())
    assert found.json["new"]["people"] + found.json["usual"]["people"] == 41
    assert found.json["people_needed"] > 1000
    lists = call("--home", tmp_path, "match", "--input", out / "new.json")
    assert lists.code == 0, lists.err
    kept = [(out / name).read_bytes() for name in ("experiment.json", "new.json", "usual.json")]
    call(*arguments)
    assert kept == [(out / name).read_bytes() for name in ("experiment.json", "new.json", "usual.json")]
    assert call(*arguments[:-4], "--share", "1").code == 1


@pytest.mark.parametrize("effect", [True, False])
def test_an_experiment_is_read_with_its_interval_and_its_leaks(tmp_path, effect):
    split = plan([f"h{ix}" for ix in range(N)], {"v0": N, "v1": 0}, seed=1)
    file = tmp_path / "experiment.json"
    file.write_text(json.dumps(split.record()), "utf-8")
    kept = {f"w{ix}": ix % 4 != 0 if effect and split.side_of(f"h{ix}") is Arm.NEW else ix % 4 == 0 for ix in range(N)}
    folder = written(tmp_path / "events", county(n_women=N, kept=kept), synthetic=True)
    found = call("model", "experiment", "read", file, "--events", folder)
    assert found.code == 0, found.err
    assert found.json["conclusive"] is effect
    assert (found.json["effect_points"]["low"] > 0) is effect
    assert found.json["leaks"] == []
    assert "合成数据" in found.err
    changed = {**split.record(), "openings": {"v0": {"new": 1, "usual": N}}}
    file.write_text(json.dumps(changed), "utf-8")
    leaking = call("model", "experiment", "read", file, "--events", folder)
    assert [leak["side"] for leak in leaking.json["leaks"]] == ["new"]
    assert "不可全信" in leaking.err
    swapped = {**split.record(), "households": {"h0": str(next(arm for arm in Arm if arm is not split.side_of("h0")))}}
    for wrong in ({}, swapped):
        file.write_text(json.dumps(wrong), "utf-8")
        assert call("model", "experiment", "read", file, "--events", folder).code == 1


def test_an_experiment_too_young_to_read_is_refused(tmp_path):
    split = plan([f"h{ix}" for ix in range(N)], {}, seed=1)
    file = tmp_path / "experiment.json"
    file.write_text(json.dumps(split.record()), "utf-8")
    made = LogMaker(0, 0)
    for ix in range(N):
        made.shown(f"w{ix}", household_id=f"h{ix}")
    refused = call("model", "experiment", "read", file, "--events", written(tmp_path / "events", made))
    assert (refused.code, refused.out) == (1, b"")
    assert "too few" in refused.err
