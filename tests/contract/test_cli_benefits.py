"""`matcher policy benefits` and `claim`: rows for people, answers for programs, no line loses its place."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from matcher.cli.policy import policy_group
from matcher.policy import Conventions, standard_packs
from matcher.policy.pages.benefits import benefit_lines
from matcher.services.documents.benefits import answer_claims, benefit_rows

PACKS = standard_packs()
STATIONS = {"pack": "liujiang_2018", "benefit": "A-ST", "on": "2018-06-01", "facts": {"stations": 8, "months": 12}}


def told(*lines):
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return list(answer_claims(texts, packs=PACKS, conventions=Conventions()))


def test_a_list_of_benefits_says_how_much_how_often_and_to_whom():
    rows = {row["benefit"]: row for row in benefit_rows(PACKS, "liujiang_2018")}
    assert rows["A-ST"] == {
        "benefit": "A-ST",
        "title": "劳务输出工作站工作经费",
        "amount": "工作站个数 × 劳务输出工作站工作经费（3000元/年） × 整年数",
        "cap": "",
        "period": "每个工作站每年一次",
        "payees": "劳务输出工作站",
        "excluded": "",
        "shares": "市级50%、其余由区级承担",
        "funds": rows["A-ST"]["funds"],
        "papers": "工作站名单和运行情况",
        "papers_basis": "原文没有列，证明各项条件所需",
        "days": "",
        "clause": "三(二)6(2)",
        "note": rows["A-ST"]["note"],
    }
    assert rows["A-BM"]["cap"] == "不超过800000元/个市场"
    assert "各自最多" in rows["A-BM"]["amount"]
    assert "各自最多" not in rows["A-BW"]["amount"]
    assert rows["A-PRE"]["payees"] == "原文没有写由谁领取"
    assert benefit_rows(PACKS, "hekou_2018")[0]["papers_basis"] == "原文列出"


@pytest.mark.parametrize("pack_id", sorted(PACKS.packs))
def test_every_benefit_reads_in_chinese(pack_id):
    pack = PACKS[pack_id]
    for benefit in pack.benefits:
        heading, *lines = benefit_lines(pack, benefit, PACKS.vocabulary)
        assert benefit.title in heading
        assert lines[0].startswith("- 给多少：")
        assert not any(character.isascii() and character.isalpha() for line in lines for character in line), lines
        assert not any("0元，" in line or "（（" in line for line in lines)


def test_a_claim_in_is_an_answer_out():
    (found,) = told(STATIONS)
    assert found["outcome"] == "eligible"
    assert found["amount_fen"] == 2_400_000
    assert [share["fen"] for share in found["shares"]] == [1_200_000, 1_200_000]
    assert found["reasons"] == []
    assert (found["document"], found["clause"]) == ("江政办发〔2018〕97号", "三(二)6(2)")


def test_a_missing_figure_is_named_and_one_on_the_line_is_used_and_cited():
    line = {
        "pack": "wuyuan_2021",
        "benefit": "workshop_reward",
        "on": "2021-12-01",
        "facts": {"agreement": "labour_service_agreement", "status": ["out_of_poverty"]},
    }
    kept = {
        "parameter_id": "workshop_reward_per_worker",
        "value": "1500",
        "unit": "元",
        "from": "2021-11-01",
        "author": "县人社局",
        "source": "会议纪要",
    }
    without, with_it = told(line, line | {"figures": [kept]})
    for bad in ({"unit": "元/人"}, {"value": "-1"}, {"parameter_id": "elsewhere"}):
        (refused,) = told(line | {"figures": [kept | bad]})
        assert "does not fit" in str(refused)
    assert without["outcome"] == "needs_config"
    assert "amount_fen" not in without
    assert without["figures_needed"] == [
        {
            "pack_id": "wuyuan_2021",
            "parameter_id": "workshop_reward_per_worker",
            "name": "就业帮扶车间带动就业奖补",
            "unit": "元",
            "clause": "三(八)",
        }
    ]
    assert without["sentences"] == {"amount_not_stated": "原文没有写明金额"}
    assert with_it["amount_fen"] == 150_000
    assert with_it["figures_used"][0]["author"] == "县人社局"


def test_an_earlier_claim_is_named():
    who = {"id": "new", "claimant": "o2", "persons": ["w1"]}
    old = {"id": "old", "pack": "qinzhou_2021", "benefit": "D-TR", "on": "2022-01-05", "persons": ["w1"]}
    line = {
        "pack": "qinzhou_2021",
        "benefit": "D-TR",
        "on": "2022-02-10",
        "facts": {
            "approved_standard_yuan": "500",
            "birth_date": "1990-01-01",
            "destination_region": "Guangdong",
            "modes": ["coach"],
            "paid_years": [],
            "status": ["out_of_poverty"],
            "travel_date": "2022-02-10",
        },
    }
    free, twice, nobody = told(line | {"who": who}, line | {"who": who, "earlier": [old]}, line | {"earlier": [old]})
    assert free["outcome"] == "eligible"
    assert free["period_keys"] == ["D-TR w1 2022"]
    assert (twice["outcome"], twice["reasons"], twice["amount_fen"]) == ("not_eligible", ["claimed_by_another"], 0)
    assert twice["doubles"][0]["earlier_id"] == "old"
    assert (nobody["outcome"], nobody["reasons"]) == ("needs_review", ["subject_not_recorded"])


def test_a_benefit_another_document_has_is_no_error():
    (found,) = told({"pack": "wuyuan_2021", "benefit": "placement_service_out_of_province", "on": "2021-12-01"})
    assert (found["outcome"], found["reasons"]) == ("no_rule", ["no_such_benefit_in_document"])
    assert "amount_fen" not in found


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "no claim"),
        ('{"facts": ' + "[" * 100_000, "no claim"),
        (STATIONS | {"sum": 1}, "no claim"),
        (STATIONS | {"on": "yesterday"}, "no claim"),
        (STATIONS | {"who": {"name": "x"}}, "no claim"),
        (STATIONS | {"pack": "atlantis_1"}, "no pack"),
        (STATIONS | {"benefit": "A-NONE"}, "no benefit"),
        (STATIONS | {"facts": {"stations": -1, "moon": 1}}, "do not fit"),
    ],
)
def test_a_line_that_cannot_be_answered_keeps_its_place(line, says):
    first, broken, last = told(STATIONS, line, STATIONS)
    assert first == last
    assert says in str(broken)
    assert "line 2" in str(broken) or says == "do not fit"


def test_the_commands(tmp_path):
    path = tmp_path / "claims.jsonl"
    path.write_text(json.dumps(STATIONS) + "\n\n" + json.dumps(STATIONS | {"pack": "x"}) + "\n", encoding="utf-8-sig")
    runner = CliRunner()
    found = runner.invoke(policy_group, ["claim", "--batch", str(path)], obj=None)
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    assert (found.exit_code, lines[0]["amount_fen"], lines[1]) == (1, 2_400_000, {"error": "no pack 'x'"})
    table = runner.invoke(policy_group, ["benefits", "wuyuan_2021", "--format", "table"])
    assert table.exit_code == 0
    assert "E-TR" in table.stdout
