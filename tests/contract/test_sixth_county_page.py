"""The how-to page builds a county nobody has seen: its blocks are the pack, its commands are run as they stand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from matcher.policy import evaluate_rule, installed_packs, standard_packs

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "api" / "help" / "sixth-county.md").read_text("utf-8")
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
PACK = "qingping_2018"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def commands() -> list[str]:
    return [line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A folder in which an officer has done what the page says, and nothing else."""
    folder = tmp_path_factory.mktemp("sixth")
    (folder / "var" / "packs" / PACK).mkdir(parents=True)
    files = re.findall(r"写进 `(\w+\.toml)`", PAGE)
    for name, text in zip(files, blocks("toml"), strict=True):
        (folder / "var" / "packs" / PACK / name).write_text(text, "utf-8")
    (folder / "round.json").write_text(*blocks("json"), "utf-8")
    return folder


@pytest.fixture(scope="module")
def told(county):
    """Command of the page -> what it printed."""
    found = {}
    for command in commands():
        ran = subprocess.run(
            ["bash", "-c", command], cwd=county, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "PATH": PATH, "MATCHER_HOME": "var"},
        )  # fmt: skip
        assert ran.returncode == 0, f"{command}\n{ran.stderr}"
        found[command] = ran.stdout + ran.stderr
    return found


def said(told, start):
    return next(text for command, text in told.items() if command.startswith(start))


def test_the_page_names_every_file_and_every_command_once():
    assert len(blocks("toml")) == 5
    assert len(set(commands())) == len(commands()) == 15


@pytest.mark.slow
def test_the_check_finds_nothing(told):
    assert "; 0 errors, 0 warnings" in said(told, "matcher policy check")


def test_the_pack_is_shown_with_its_numbers_and_clauses(told):
    page = said(told, f"matcher policy show {PACK}")
    for part in ("青政办发〔2018〕1号", "800", "600", "三(一)", "三(二)"):
        assert part in page
    assert f"{PACK} " in said(told, "matcher policy list")
    assert "QP-WS" in said(told, "matcher policy benefits")


def test_a_call_of_a_rule_is_answered(told):
    assert json.loads(said(told, "matcher policy evaluate")) == {
        "outcome": "eligible",
        "reasons": [],
        "amount_yuan": "800.00",
    }


def test_a_claim_waits_for_the_countys_own_figure_and_is_paid_with_it(told):
    assert "transport_standard" in said(told, "matcher policy figures-needed")
    before = json.loads(said(told, "matcher policy claim"))
    assert (before["outcome"], before.get("amount_fen")) == ("needs_config", None)
    assert [figure["parameter_id"] for figure in before["figures_needed"]] == ["transport_standard"]
    after = json.loads(said(told, "matcher policy claim --batch claims.jsonl --figures"))
    assert (after["outcome"], after["amount_fen"], after["cap_fen"]) == ("eligible", 450_00, 600_00)
    assert [figure["source"] for figure in after["figures_used"]] == ["会议纪要"]
    assert (after["funds"], after["evidence_missing"]) == (["reward_fund"], ["ticket"])


def test_its_quota_says_how_many_are_short(told):
    answer = json.loads(said(told, "matcher policy evaluate --batch quota"))
    assert (answer["outcome"], answer["required"], answer["short_by"]) == ("short", 10, 1)


def test_people_are_ordered_by_it(told):
    answer = json.loads(said(told, "matcher match"))
    assert answer["pack"].startswith(f"{PACK}@")
    tiers = {entry["worker_id"]: entry["items"][0]["tier"] for entry in answer["lists"]}
    assert tiers == {"w1": 1, "w2": 0}
    first, second = (entry["items"][0] for entry in answer["lists"])
    assert first["fit"] == second["fit"]
    assert second["score"] > first["score"]


def test_its_region_finds_it_and_the_program_has_not_changed(county):
    packs = installed_packs(county / "var")
    assert set(packs.packs) - set(standard_packs().packs) == {PACK}
    facts = {"benefit": "workshop_reward"}
    assert evaluate_rule("X_JURISDICTION", facts, packs=packs)[PACK]["amount_yuan"] == "800.00"
    assert PACK not in evaluate_rule("X_JURISDICTION", facts, packs=standard_packs())


def test_the_county_is_taken_away_as_it_came(county, tmp_path):
    (tmp_path / "packs").mkdir()
    assert installed_packs(tmp_path).packs == standard_packs().packs
