"""Every bad row of benefits.toml: named with file, line and remedy, all of them at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import matcher.packs
from matcher.errors import PackError
from matcher.policy import load_pack, standard_packs

VOCABULARY = standard_packs().vocabulary
FOLDER = Path(matcher.packs.__file__).parent
GOOD = """\
[[benefit]]
id = "A-WP"
title = "岗位补贴"
clause = "三(二)5"
amount = "welfare_post_subsidy"
rule = "LJ_WELFARE_PAY"
key = "amount_yuan"
inputs = { holds_welfare_post = "bool?" }
period = { per = "person", every = "month" }
payees = [{ code = "holder", label = "在岗人员" }]
evidence = [{ id = "list", label = "名单", proves = ["holds_welfare_post"], basis = "design" }]
shares = [
  { payer = "city", label = "市级", parameter = "welfare_post_subsidy_city_share" },
  { payer = "district", label = "区级" },
]

[[benefit.steps]]
outcome = "not_eligible"
requires = [{ is = "yes", fact = "holds_welfare_post", reason = "not_in_post" }]
"""


def loaded(tmp_path, text):
    folder = tmp_path / "liujiang_2018"
    shutil.copytree(FOLDER / "liujiang_2018", folder)
    (folder / "benefits.toml").write_text(text, encoding="utf-8")
    head, *cases = (folder / "cases.toml").read_text(encoding="utf-8").split("[[case]]\n")
    kept = [head, *(case for case in cases if not case.startswith("benefit"))]
    (folder / "cases.toml").write_text("[[case]]\n".join(kept), encoding="utf-8")
    return load_pack(folder, VOCABULARY)


def problems(tmp_path, text):
    with pytest.raises(PackError) as caught:
        loaded(tmp_path, text)
    assert all(problem.file == "liujiang_2018/benefits.toml" for problem in caught.value.problems)
    assert all(problem.row and problem.fix for problem in caught.value.problems)
    return caught.value.problems


def test_the_row_the_others_are_made_of_is_fine(tmp_path):
    assert [benefit.id for benefit in loaded(tmp_path, GOOD).benefits] == ["A-WP"]


@pytest.mark.parametrize(
    ("old", "new", "row", "found"),
    [
        ('title = "岗位补贴"', 'titel = "岗位补贴"', 3, "titel"),
        ('clause = "三(二)5"', 'clause = " "', 4, ""),
        ('amount = "welfare_post_subsidy"', 'amount = "elsewhere"', 5, "elsewhere"),
        ('rule = "LJ_WELFARE_PAY"', 'rule = "QZ_SERVICE"', 6, "QZ_SERVICE"),
        ('key = "amount_yuan"', 'key = "sum"', 7, "sum"),
        ('holds_welfare_post = "bool?"', 'holds_welfare_post = "boolean"', 8, "boolean"),
        ('every = "month"', 'every = "fortnight"', 9, "fortnight"),
        ('per = "person"', 'per = "dog"', 9, "dog"),
        ('proves = ["holds_welfare_post"]', 'proves = ["nothing"]', 11, "nothing"),
        ('proves = ["holds_welfare_post"]', "proves = []", 11, "list"),
        ('basis = "design"', 'basis = "rumour"', 11, "rumour"),
        ('parameter = "welfare_post_subsidy_city_share"', 'parameter = "other"', 13, "other"),
        (', parameter = "welfare_post_subsidy_city_share"', "", 13, "city"),
        ('label = "区级" }', 'label = "区级", parameter = "welfare_post_subsidy_city_share" }', 14, "district"),
        ('outcome = "not_eligible"', 'outcome = "perhaps"', 1, "perhaps"),
        ('is = "yes"', 'is = "roughly"', 19, "roughly"),
        ('fact = "holds_welfare_post"', 'fact = "month"', 19, "month"),
        (', reason = "not_in_post"', "", 19, ""),
        ('clause = "三(二)5"', 'clause = "一"\ncap = "none"', 5, "none"),
        ('clause = "三(二)5"', 'clause = "一"\nfrom = 2019-01-01\nto = 2018-01-01', 5, "2019-01-01 > 2018-01-01"),
        ('clause = "三(二)5"', 'clause = "一"\nfunds = [{ parameter = "labour_station_work_funds" }]', 5,
         "labour_station_work_funds"),
        ('clause = "三(二)5"', 'clause = "一"\nexcludes = [{ benefit = "A-XX", clause = "一" }]', 5, "A-XX"),
        ('clause = "三(二)5"', 'clause = "一"\ngiven = { nothing = 1 }', 1, "nothing"),
        ('clause = "三(二)5"', 'clause = "一"\npeople = { rows = "workers" }', 5, "workers"),
        ('clause = "三(二)5"', 'clause = "一"\noutcomes = { ok = "eligible" }', 5, "ok"),
        ('clause = "三(二)5"', 'clause = "一"\nfigures = { holds_welfare_post = "elsewhere" }', 5, "elsewhere"),
        ('title = "岗', 'computes = { formula = "product", of = ["full_months"] }\ntitle = "岗', 1, "amount_yuan"),
        ('inputs = { holds', 'inputs = { full_months = "count?", holds', 8, "full_months"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_with_line_and_remedy(tmp_path, old, new, row, found):
    assert old in GOOD
    told = problems(tmp_path, GOOD.replace(old, new, 1))
    assert (row, found) in {(problem.row, problem.found) for problem in told}, told


def test_every_fault_is_told_at_once(tmp_path):
    bad = GOOD.replace('welfare_post_subsidy"', 'elsewhere"', 1).replace('every = "month"', 'every = "never"')
    assert len(problems(tmp_path / "typed", bad)) == 1  # the row does not fit its type: the rest would be an echo
    bad = GOOD.replace('amount = "welfare_post_subsidy"', 'amount = "elsewhere"').replace('is = "yes"', 'is = "so"')
    assert {problem.found for problem in problems(tmp_path / "named", bad)} == {"elsewhere", "so"}


def test_a_name_stands_for_one_benefit(tmp_path):
    told = problems(
        tmp_path, GOOD + GOOD.replace('amount = "welf', 'shared = { x = "welfare_post_subsidy" }\namount = "welf')
    )
    assert [problem.found for problem in told] == ["A-WP"]


def test_an_amount_must_come_from_somewhere(tmp_path):
    bare = '[[benefit]]\nid = "A-1"\ntitle = "补助"\nclause = "一"\n'
    assert [problem.found for problem in problems(tmp_path / "a", bare)] == ["A-1"]
    assert loaded(tmp_path / "b", bare + 'nature = "referral"\n').benefits[0].id == "A-1"
