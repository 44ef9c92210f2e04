"""Lint of a pack: each kind found once it is there, gone once it is mended or judged; coverage counts by side."""

from __future__ import annotations

import pytest
from test_policy_loader import CASES, PARAMETERS, RULES, write

from matcher.errors import PackError
from matcher.policy import Judged, LintKind, check, coverage, lint, load_judged, load_packs, standard_judged
from matcher.policy import standard_packs as packs_of_the_program

NO = """
[[case]]
rule = "SM_ROUTE"
name = "不愿意又差一天"
polarity = "negative"
inputs = { as_of = 2030-05-31, birth_date = 1980-06-01, consent = false }
expected = { outcome = "not_eligible", reasons = ["declined", "too_young"] }
"""
UNKNOWN = """
[[case]]
rule = "SM_ROUTE"
name = "没有问过"
polarity = "unknown"
unknown = ["consent"]
inputs = { as_of = 2030-06-01, birth_date = 1980-06-01 }
expected = { outcome = "needs_review", reasons = ["consent_not_recorded"] }
"""
ORDER = """
[[case]]
rule = "X_PRIORITY"
name = "先后"
polarity = "neutral"
clause = "一"
inputs = { jurisdiction = "small_2030", service = "general", equal_fit = true, candidates = [] }
expected = { order = [] }
"""
WHOLE = CASES + NO + UNKNOWN + ORDER


def packs(root, **changed):
    write(root, **{"cases": WHOLE, **changed})
    return load_packs(root, vocabulary=packs_of_the_program().vocabulary)


def kinds(root, **changed):
    standing, _ = lint(packs(root, **changed))
    return [(finding.kind.value, finding.about) for finding in standing]


def test_a_pack_with_both_sides_and_an_unknown_is_clean(tmp_path):
    assert kinds(tmp_path) == []
    assert check(load_packs(tmp_path, vocabulary=packs_of_the_program().vocabulary)) == []


@pytest.mark.parametrize(
    ("cases", "found"),
    [
        (
            CASES + UNKNOWN + ORDER,
            [
                ("one_sided", "SM_ROUTE"),
                ("untried", "SM_ROUTE yes consent"),
                ("untried", "SM_ROUTE age_keeps birth_date age_min"),
            ],
        ),
        (CASES + NO + ORDER, [("no_unknown", "SM_ROUTE")]),
        (CASES + NO + UNKNOWN, [("service_without_case", "general")]),
        (WHOLE.replace('clause = "一"\n', ""), [("case_without_clause", "X_PRIORITY 先后")]),
    ],
)
def test_what_the_examples_lack_is_found(tmp_path, cases, found):
    assert kinds(tmp_path, cases=cases) == found


def test_a_bound_tried_on_one_side_only_is_found_though_the_rule_has_both(tmp_path):
    young = NO.replace("1980-06-01", "1970-06-01").replace('["declined", "too_young"]', '["declined"]')
    assert kinds(tmp_path, cases=CASES + young + UNKNOWN + ORDER) == [
        ("untried", "SM_ROUTE age_keeps birth_date age_min")
    ]


def test_a_bound_without_a_figure_cannot_be_tried(tmp_path):
    masked = RULES.replace('bound = "age_min"', 'bound = "fee"')
    found = kinds(tmp_path, rules=masked)
    assert not [about for kind, about in found if kind == "untried" and "fee" in about]


def test_a_judged_finding_is_set_aside_with_its_reason_and_a_stale_one_found(tmp_path):
    idle = PARAMETERS + '\n[[parameter]]\nid = "rounds"\nkind = "number"\nvalue = 1\nunit = "场"\nclause = "三"\n'
    of_pack = packs(tmp_path, parameters=idle)
    row = Judged(pack="small_2030", lint=LintKind.UNUSED_FIGURE, about=("rounds", "gone"), reason="只供查阅。")
    elsewhere = Judged(pack="other_2031", lint=LintKind.UNUSED_FIGURE, about=("x",), reason="别处。")
    standing, set_aside = lint(of_pack, [row, elsewhere])
    assert [(finding.about, judged.reason) for finding, judged in set_aside] == [("rounds", "只供查阅。")]
    assert [(finding.kind, finding.about) for finding in standing] == [(LintKind.STALE_JUDGEMENT, "gone")]
    (warning,) = check(of_pack, judged=[row])
    assert (warning.severity, warning.file) == ("warning", "small_2030/judged.toml")


def test_judgements_are_read_strictly(tmp_path):
    good = '[[judged]]\npack = "a"\nlint = "untried"\nabout = ["b"]\nreason = "看过。"\n'
    (tmp_path / "judged.toml").write_text(good, encoding="utf-8")
    assert load_judged(tmp_path)[0].lint is LintKind.UNTRIED
    assert load_judged(tmp_path / "nowhere") == ()
    for bad in (good.replace("untried", "tired"), good.replace("看过。", " "), good + "mood = 1\n", "[[judged]"):
        (tmp_path / "judged.toml").write_text(bad, encoding="utf-8")
        with pytest.raises(PackError, match="judged"):
            load_judged(tmp_path)


def test_the_packs_of_the_program_are_clean_or_judged_with_a_reason():
    standing, set_aside = lint(packs_of_the_program(), standard_judged())
    assert [(finding.pack_id, finding.kind.value, finding.about) for finding in standing] == []
    assert {judged.lint for _, judged in set_aside} == {LintKind.UNUSED_FIGURE}


def test_coverage_counts_each_side_and_rules_without_a_case(tmp_path):
    covered = coverage(packs(tmp_path))
    row = covered["SM_ROUTE"]
    assert (row.yes, row.no, row.unknown, row.n_cases) == (1, 1, 1, 3)
    assert covered["X_AGE"].n_cases == 0
    assert covered["X_PRIORITY"].yes == 1
