"""`matcher policy figures-needed`, `figure set`, `figure history`, `evaluate --figures`."""

from __future__ import annotations

import json

import pytest
from command_line import ON, Office, jsonl

SET = (
    "policy", "figure", "set", "liujiang_2018", "welfare_post_subsidy", "1430", "--unit", "元/月",
    "--from", "2018-03-01", "--author", "覃样例", "--source", "会议纪要",
)  # fmt: skip
HISTORY = ("policy", "figure", "history", "liujiang_2018", "welfare_post_subsidy")


def needed(office, *options):
    return {(row["pack"], row["parameter"]): row for row in office.ok("policy", "figures-needed", *options).json}


def test_without_a_database_every_figure_is_open_and_none_is_made(tmp_path):
    office = Office(tmp_path / "nothing")
    told = office("policy", "figures-needed", "--on", ON)
    assert told.code == 0
    assert {row["state"] for row in told.json} == {"open"}
    assert "no database" in told.err
    assert not (tmp_path / "nothing").exists()


def test_rows_are_narrowed_by_county_and_by_pack(blank):
    assert {name for name, _ in needed(blank, "--on", ON, "--jurisdiction", "450206")} == {"liujiang_2018"}
    assert {name for name, _ in needed(blank, "--pack", "wuyuan_2021")} == {"wuyuan_2021"}
    unknown = blank("policy", "figures-needed", "--pack", "liujiang")
    assert (unknown.code, unknown.out) == (1, b"")
    assert "liujiang_2018" in unknown.err
    row = needed(blank, "--on", ON)["liujiang_2018", "welfare_post_subsidy"]
    assert row["rules"] == ["LJ_WELFARE_PAY"]
    assert (row["state"], row["open_since"], row["unit"], row["clause"]) == ("open", "2018-02-08", "元/月", "三(二)5")


def test_a_figure_is_set_told_kept_and_used_when_asked_for(blank, tmp_path):
    told = blank.ok(*SET).json
    assert (told["value"], told["author"], told["to"]) == ("1430", "覃样例", None)
    row = needed(blank, "--on", ON)["liujiang_2018", "welfare_post_subsidy"]
    assert (row["state"], row["value"], row["source"]) == ("set", "1430", "会议纪要")
    assert needed(blank, "--on", "2018-02-28")["liujiang_2018", "welfare_post_subsidy"]["state"] == "open"
    wage = {"full_months": 3, "min_wage_yuan_per_month": None}
    calls = jsonl(tmp_path / "calls.jsonl", [{"rule_id": "LJ_WELFARE_PAY", "inputs": wage}])
    alone = blank.ok("policy", "evaluate", "--batch", calls, "--on", ON).lines
    assert alone == [{"outcome": "needs_config", "reasons": ["minimum_wage_not_in_document"]}]
    (used,) = blank.ok("policy", "evaluate", "--batch", calls, "--figures", "--on", ON).lines
    assert (used["outcome"], used["amount_yuan"]) == ("eligible", "4290.00")
    assert used["county_figures"][0]["source"] == "会议纪要"
    (before,) = blank.ok("policy", "evaluate", "--batch", calls, "--figures", "--on", "2018-02-28").lines
    assert before == {**alone[0], "figures_missing": ["welfare_post_subsidy"]}


def test_a_claim_rests_on_the_recorded_figure_only_when_asked_for(blank, tmp_path):
    line = {"pack": "liujiang_2018", "benefit": "A-WPI", "on": "2018-06-01", "facts": {"holds_welfare_post": True}}
    name = "welfare_post_social_insurance_subsidy"
    unit = needed(blank, "--on", ON)["liujiang_2018", name]["unit"]
    blank.ok(*[{"welfare_post_subsidy": name, "元/月": unit, "1430": "600.50"}.get(text, text) for text in SET])
    claims = jsonl(tmp_path / "claims.jsonl", [line, line | {"on": "2018-02-28"}])
    alone = blank.ok("policy", "claim", "--batch", claims).lines
    assert [row["outcome"] for row in alone] == ["needs_config", "needs_config"]
    used, before = blank.ok("policy", "claim", "--batch", claims, "--figures").lines
    assert (used["outcome"], used["amount_fen"]) == ("eligible", 60_050)
    assert [row["source"] for row in used["figures_used"]] == ["会议纪要"]
    assert before["figures_needed"] == alone[1]["figures_needed"]


def test_a_correction_is_a_further_row(blank):
    blank.ok(*SET)
    blank.ok(*[text.replace("1430", "1500") for text in SET])
    rows = blank.ok(*HISTORY, "--on", ON, "--format", "jsonl").lines
    assert [(row["value"], row["in_use"]) for row in rows] == [("1500", True), ("1430", False)]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"1430": "viel"}, "value"),
        ({"元/月": "元"}, "元/月"),
        ({"2018-03-01": "2017-03-01"}, "2018-02-08"),
        ({"welfare_post_subsidy": "workshop_reward_per_worker"}, "1000元/人"),
        ({"liujiang_2018": "atlantis_2018"}, "atlantis_2018"),
        ({"会议纪要": " "}, "source"),
    ],
)
def test_a_bad_figure_exits_1_and_is_named(blank, changes, named):
    refused = blank(*[changes.get(text, text) for text in SET])
    assert refused.code == 1
    assert refused.out == b""
    assert named in refused.err
    assert json.loads(blank.ok(*HISTORY).out) == []


def test_a_figure_that_is_not_to_be_supplied_has_no_history(blank):
    refused = blank("policy", "figure", "history", "liujiang_2018", "workshop_reward_per_worker")
    assert refused.code == 1
    assert refused.out == b""
