"""A county nobody has seen: its rules are data of the same shapes, and no code is touched for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.errors import PackError
from matcher.policy import check, evaluate_rule, load_pack, standard_packs, with_pack
from matcher.policy.formulas.kinds import FORMULAS
from matcher.policy.pages.rules import rule_lines
from matcher.policy.types import PackSet

PACKS = standard_packs()
FILES = {
    "pack.toml": """\
id = "sixth_2030"
name = "第六县"
regions = ["990101"]

[document]
title = "第六县办法"
number = "六政发〔2030〕1号"
issued = 2030-01-01
from = 2030-01-01
to = 2030-12-31
""",
    "parameters.toml": """\
[[parameter]]
id = "least_months"
kind = "number"
value = 4
unit = "个月"
operator = ">="
clause = "一"

[[parameter]]
id = "reward"
kind = "number"
value = 1234
unit = "元/人"
clause = "一"
from = 2030-01-01
to = 2030-06-30

[[parameter]]
id = "reward"
kind = "number"
value = 2345
unit = "元/人"
clause = "一"
from = 2030-07-01

[[parameter]]
id = "near"
kind = "number"
value = 100
unit = "元/人"
clause = "二"

[[parameter]]
id = "far"
kind = "unspecified"
unit = "元/人"
clause = "二"

[[parameter]]
id = "small"
kind = "number"
value = 3
unit = "人"
operator = "<="
clause = "三"
""",
    "rules.toml": """\
[[rule]]
id = "SX_REWARD"
title = "第六县奖补"
clause = "一"
day = "as_of"
inputs = { as_of = "date", workers = "records" }

[rule.rows.workers]
months_in_window = "amount?"
status = "texts?"

[rule.each]
otherwise = "eligible"

[[rule.each.steps]]
outcome = "not_eligible"
requires = [
  { is = "includes_any", fact = "status", values = ["returned"], reason = "worker_group" },
  { is = "keeps", fact = "months_in_window", bound = "least_months", reason = "months_below_min" },
]

[[rule.each.steps]]
outcome = "needs_review"
stop_on = "unknown"
requires = [{ is = "keeps", fact = "months_in_window", bound = "least_months", reason = "months_not_recorded" }]

[[rule.derives]]
key = "judged_workers"
formula = "judge_rows"
rows = "workers"

[[rule.derives]]
key = "n_eligible"
formula = "count_rows"
rows = "judged_workers"
where = { is = "one_of", fact = "outcome", values = ["eligible"] }

[[rule.outputs]]
key = "amount_yuan"
formula = "product"
of = ["n_eligible", "reward"]
as = "money"

[[rule.outputs]]
key = "workers"
formula = "same"
of = ["judged_workers"]

[[rule]]
id = "SX_TARIFF"
title = "第六县标准"
clause = "二"
inputs = { destination = "text?", size = "int?" }

[[rule.outputs]]
key = "amount_yuan"
formula = "lookup"
of = ["destination"]
groups = [["in_county", "near"], ["out_of_province", "far"]]
as = "money"

[[rule.outputs]]
key = "unit"
formula = "band"
of = ["size"]
groups = [["组", "small"]]
null = true
""",
    "cases.toml": """\
[[case]]
rule = "SX_REWARD"
name = "一人"
polarity = "positive"

[case.inputs]
as_of = 2030-01-01
workers = [{ months_in_window = 4, status = ["returned"] }]

[case.expected]
amount_yuan = "1234.00"
workers = [{ outcome = "eligible", reasons = [] }]

[[case]]
rule = "SX_TARIFF"
name = "县内"
polarity = "positive"

[case.inputs]
destination = "in_county"
size = 3

[case.expected]
amount_yuan = "100.00"
unit = "组"
""",
}


def folder(root: Path, **changed: tuple[str, str]) -> Path:
    """The pack on disk; `file=(old, new)` changes one place of one file."""
    path = root / "sixth_2030"
    path.mkdir()
    for name, text in FILES.items():
        old, new = changed.get(name.removesuffix(".toml"), ("", ""))
        assert old in text
        (path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.fixture
def packs(tmp_path) -> PackSet:
    return with_pack(PACKS, load_pack(folder(tmp_path), PACKS.vocabulary))


def reward(packs, day, *rows):
    workers = [{"months_in_window": months, "status": status} for months, status in rows]
    return evaluate_rule("SX_REWARD", {"as_of": day, "workers": workers}, packs=packs)


def test_each_person_is_judged_and_the_sum_is_of_those_who_fit(packs):
    found = reward(packs, "2030-01-01", (4, ["returned"]), ("3.99", ["x"]), (None, ["returned"]), (9, ["returned"]))
    assert found == {
        "amount_yuan": "2468.00",
        "workers": [
            {"outcome": "eligible", "reasons": []},
            {"outcome": "not_eligible", "reasons": ["months_below_min", "worker_group"]},
            {"outcome": "needs_review", "reasons": ["months_not_recorded"]},
            {"outcome": "eligible", "reasons": []},
        ],
    }


@pytest.mark.parametrize(("day", "amount"), [("2030-06-30", "1234.00"), ("2030-07-01", "2345.00")])
def test_the_figure_of_the_day_pays(packs, day, amount):
    assert reward(packs, day, (4, ["returned"]))["amount_yuan"] == amount


@pytest.mark.parametrize("day", ["2029-12-31", "2031-01-01"])
def test_outside_its_dates_nothing_is_paid_and_the_answer_says_why(packs, day):
    assert reward(packs, day, (4, ["returned"])) == {"outcome": "no_rule", "reasons": ["not_in_force:least_months"]}


@pytest.mark.parametrize(
    ("destination", "size", "answer"),
    [
        ("in_county", 3, {"amount_yuan": "100.00", "unit": "组"}),
        ("in_county", 4, {"amount_yuan": "100.00", "unit": None}),
        ("abroad", 3, {"unit": "组"}),
        (None, None, {"unit": None}),
        ("out_of_province", 3, {"outcome": "needs_config", "reasons": ["unspecified:far"]}),
    ],
)
def test_a_key_without_a_value_is_left_out_unless_it_may_be_null(packs, destination, size, answer):
    assert evaluate_rule("SX_TARIFF", {"destination": destination, "size": size}, packs=packs) == answer


def test_its_page_and_its_check_need_no_code_either(packs):
    pack = packs["sixth_2030"]
    lines = [line for rule in pack.rules for line in rule_lines(pack, rule, packs.vocabulary)]
    assert "- 每一行这样判断：" in lines
    assert any("按就业地点类别确定：县内的为" in line for line in lines)
    # It has one case of a rule that judges people: the other side and the unknown are asked for.
    found = [problem for problem in check(packs) if problem.file.startswith("sixth_2030/cases")]
    assert [(problem.found, problem.expected) for problem in found][:2] == [
        ("SX_REWARD", "negative"),
        ("SX_REWARD", "unknown"),
    ]


BAD = [
    ('of = ["n_eligible", "reward"]', 'of = ["amount_yuan", "reward"]', "inputs / parameters / outputs"),
    ('rows = "workers"\n\n[[rule.derives]]', 'rows = "people"\n\n[[rule.derives]]', "inputs"),
    ('rows = "workers"\n\n[[rule.derives]]', "\n[[rule.derives]]", "rows"),
    ('formula = "judge_rows"', 'formula = "judge_them"', "、".join(sorted(FORMULAS))),
    ('key = "n_eligible"', 'key = "number_of_those"', "vocabulary.toml: facts"),
    ("[rule.rows.workers]", "[rule.rows.people]", "inputs"),
    ('status = "texts?"', 'status = "words?"', "类型"),
    ('fact = "outcome"', 'fact = "verdict"', "inputs"),
    ('bound = "least_months", reason = "months_below_min"', 'bound = "most", reason = "x"', "parameters.toml"),
    ('fact = "status", values', 'fact = "status", on = "as_of", values', "fact、values"),
    ('groups = [["组", "small"]]\n', "", "groups"),
    ('groups = [["组", "small"]]\n', 'groups = [["组", "large"]]\n', "inputs / parameters / outputs"),
    ('of = ["size"]', "of = []", "1"),
    (', reason = "months_not_recorded"', "", "reason"),
    ('as = "money"', 'as = "yuan"', "money、rate"),
    ("null = true", 'null = true\nbeside = ["eligible"]', ""),
    ("null = true", 'null = true\nchoices = [{ text = "x", when = { is = "positive", fact = "size" } }]', "groups"),
    # A circle: a derived fact may only look at what stands before it.
    ('rows = "workers"\n\n[[rule.derives]]', 'rows = "judged_workers"\n\n[[rule.derives]]', "inputs"),
]


@pytest.mark.parametrize(("old", "new", "expected"), BAD)
def test_a_rule_that_names_what_is_not_there_is_refused_with_file_and_line(tmp_path, old, new, expected):
    with pytest.raises(PackError) as caught:
        load_pack(folder(tmp_path, rules=(old, new)), PACKS.vocabulary)
    faults = [problem for problem in caught.value.problems if problem.expected == expected]
    assert faults
    assert all(problem.file == "sixth_2030/rules.toml" and problem.row > 0 and problem.fix for problem in faults)


def test_a_benefit_names_a_figure_of_its_own_document(tmp_path):
    path = folder(tmp_path)
    rows = '[[benefit]]\nid = "workshop_reward"\ntitle = "奖补"\namount = "{}"\nclause = "一"\n'
    (path / "benefits.toml").write_text(rows.format("reward"), encoding="utf-8")
    packs = with_pack(PACKS, load_pack(path, PACKS.vocabulary))
    found = evaluate_rule("X_JURISDICTION", {"benefit": "workshop_reward"}, packs=packs)
    assert found["sixth_2030"] == {"amount_yuan": "1234.00", "outcome": "eligible"}
    (path / "benefits.toml").write_text(rows.format("elsewhere"), encoding="utf-8")
    with pytest.raises(PackError, match="elsewhere"):
        load_pack(path, PACKS.vocabulary)


def test_a_case_of_a_rule_over_all_documents_names_its_clause(tmp_path):
    given = '[[case]]\nrule = "X_AGE"\nname = "年龄"\npolarity = "neutral"\n{}\n'
    facts = '[case.inputs]\nage_basis = "birthday"\nas_of = 2030-01-01\nbirth_date = 2000-01-01\n'
    told = "\n[case.expected]\nage = 30\n\n[[case]]"
    for clause, warned in (("", 1), ('clause = "一"\n', 0)):
        root = tmp_path / str(warned)
        root.mkdir()
        path = folder(root, cases=("[[case]]", given.format(clause) + facts + told))
        packs = with_pack(PACKS, load_pack(path, PACKS.vocabulary))
        found = [each for each in check(packs) if each.file.startswith("sixth") and each.expected == "clause"]
        assert len(found) == warned
