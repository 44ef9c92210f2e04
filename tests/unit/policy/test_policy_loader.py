"""Every bad input of issue 4: named with file, line and remedy, all of them at once."""

from __future__ import annotations

import pytest
from small_pack import CASES, FILES, PACK, PARAMETERS, RULES, line, problems, write

from matcher.errors import PackError
from matcher.policy import Vocabulary, check, evaluate_rule, load_pack, load_packs, standard_packs
from matcher.policy.loading.toml_lines import line_of, scan


def test_a_good_pack_loads_runs_and_is_clean(tmp_path):
    write(tmp_path)
    packs = load_packs(tmp_path, vocabulary=standard_packs().vocabulary)
    row = packs["small_2030"].parameter("age_min")
    assert str(row.to) == "2031-12-31"
    inputs = {"as_of": "2030-05-31", "birth_date": "1980-06-01", "consent": False}
    assert evaluate_rule("SM_ROUTE", inputs, packs=packs) == {
        "outcome": "not_eligible",
        "reasons": ["declined", "too_young"],
    }
    assert {finding.severity for finding in check(packs)} == {"warning"}


# What is changed in which file: (file, old, new, the line to be named, what is found there).
BAD = [
    pytest.param("parameters", 'kind = "masked"', 'kind = "masked"\nmood = 1', "mood", "mood", id="unknown key"),
    pytest.param("parameters", "value = 50", 'value = "fifty"', "value", "fifty", id="wrong type"),
    pytest.param("rules", 'title = "小县规则"', "title = 7", "title = 7", "7", id="wrong type of a rule"),
    pytest.param("pack", "to = 2031-12-31", "to = 2029-12-31", "from", "2030-01-01 > 2029-12-31", id="from after to"),
    pytest.param("parameters", 'unit = "周岁"\n', "", "[[parameter]]", "age_min", id="figure without unit"),
    pytest.param(
        "parameters", 'kind = "masked"', 'kind = "masked"\nvalue = 5', "value = 5", "5", id="masked with a number"
    ),
    pytest.param(
        "parameters", 'kind = "masked"', 'kind = "unspecified"\nvalue = 0', "value = 0", "0", id="unspecified with 0"
    ),
    pytest.param("parameters", 'clause = "二"', 'clause = ""', 'clause = ""', "", id="figure without clause"),
    pytest.param("rules", 'clause = "一"\nday', 'clause = " "\nday', 'clause = " "', "", id="rule without clause"),
    pytest.param("rules", 'is = "age_keeps"', 'is = "feels_like"', "feels_like", "feels_like", id="no such predicate"),
    pytest.param("rules", 'bound = "age_min"', 'bound = "age_mni"', "age_mni", "age_mni", id="no such parameter"),
    pytest.param("rules", ', bound = "age_min"', "", "too_young", "fact", id="predicate without its argument"),
    pytest.param("rules", 'birth_date = "date?"', 'shoe_size = "date?"', "inputs", "shoe_size", id="no such fact"),
    pytest.param("rules", 'consent = "bool?"', 'consent = "maybe"', "inputs", "maybe", id="no such type"),
    pytest.param("rules", '["registered_poor"]', '["tall"]', "[[service.tiers]]", "tall", id="no such flag"),
    pytest.param("rules", "rank = 1", "rank = 3", "[[service]]", "general", id="ranks with a gap"),
    pytest.param("cases", "SM_ROUTE", "SM_OTHER", "SM_OTHER", "SM_OTHER", id="case for an unknown rule"),
    pytest.param("cases", "positive", "sunny", "sunny", "sunny", id="no such polarity"),
    pytest.param(
        "pack", 'id = "small_2030"', 'id = "large_2030"', "large_2030", "large_2030", id="id is not the folder"
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "where", "found"), BAD)
def test_bad_input_is_named_with_file_line_and_remedy(tmp_path, file, old, new, where, found):
    original = FILES[f"{file}.toml"]
    assert old in original
    text = original.replace(old, new)
    named = problems(tmp_path, **{file: text})
    hits = [problem for problem in named if problem.found == found]
    assert hits, named
    lines = {at for at, row in enumerate(text.splitlines(), start=1) if where in row}
    assert hits[0].file.endswith(f"/{file}.toml")
    assert hits[0].row in lines
    assert hits[0].fix.endswith("。")


def test_a_duplicate_key_is_named_with_its_line(tmp_path):
    text = PARAMETERS.replace("value = 50", "value = 50\nvalue = 60")
    (problem,) = problems(tmp_path, parameters=text)
    assert (problem.file, problem.row) == ("small_2030/parameters.toml", line(text, "value = 60"))
    assert "写了两次" in problem.fix


def test_broken_toml_is_named_with_its_line(tmp_path):
    text = PARAMETERS.replace('unit = "周岁"', "unit = 周岁")
    named = problems(tmp_path, parameters=text, cases=CASES.replace("name = ", "nmae = "))
    assert [problem.row for problem in named if problem.file.endswith("parameters.toml")] == [line(text, "unit = 周岁")]
    assert {problem.file for problem in named} == {"small_2030/parameters.toml", "small_2030/cases.toml"}


def test_two_values_for_one_day_overlap(tmp_path):
    second = '\n[[parameter]]\nid = "age_min"\nkind = "number"\nvalue = 55\nunit = "周岁"\nclause = "一"\n'
    named = problems(tmp_path, parameters=PARAMETERS + second + "from = 2031-01-01\n")
    assert [problem.found for problem in named] == ["age_min"]
    assert named[0].row == line(PARAMETERS + second, 'id = "age_min"')


def test_values_that_follow_each_other_do_not_overlap(tmp_path):
    first = PARAMETERS.replace("value = 50", "value = 50\nto = 2030-12-31")
    second = (
        '\n[[parameter]]\nid = "age_min"\nkind = "number"\nvalue = 55\nunit = "周岁"\noperator = ">="\nclause = "一"\n'
    )
    folder = write(tmp_path, parameters=first + second + "from = 2031-01-01\n")
    pack = load_pack(folder, standard_packs().vocabulary)
    values = [pack.parameter("age_min", on).value for on in (pack.document.from_, pack.document.to)]
    assert values == [50, 55]


def test_a_rule_without_a_case(tmp_path):
    named = problems(tmp_path, cases="# none\n")
    assert [problem.found for problem in named] == ["SM_ROUTE"]
    assert (named[0].file, named[0].row) == ("small_2030/rules.toml", line(RULES, 'id = "SM_ROUTE"'))


def test_every_error_of_a_pack_comes_at_once(tmp_path):
    named = problems(
        tmp_path,
        pack=PACK.replace("name", "nmae"),
        parameters=PARAMETERS.replace("value = 50", 'value = 50\nmood = "x"').replace(
            'kind = "masked"', 'kind = "veiled"'
        ),
        rules=RULES.replace('title = "一般"', "title = 1").replace('"yes"', '"maybe"'),
        cases=CASES.replace("rule =", "rul ="),
    )
    assert {problem.file for problem in named} == {f"small_2030/{file}" for file in FILES}
    assert {"nmae", "mood", "veiled", "1", "maybe", "rul"} <= {problem.found for problem in named}
    assert all(problem.fix for problem in named)


def test_one_fault_has_no_echo(tmp_path):
    named = problems(tmp_path, parameters=PARAMETERS.replace('kind = "number"', 'kind = "amount"'))
    assert [(problem.column, problem.found) for problem in named] == [("parameter.0.kind", "amount")]


def test_a_missing_file_and_a_stray_file_are_named(tmp_path):
    folder = write(tmp_path)
    (folder / "cases.toml").unlink()
    (folder / "case.toml").write_text("", encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack(folder, standard_packs().vocabulary)
    assert {problem.file for problem in caught.value.problems} >= {"small_2030/cases.toml", "small_2030/case.toml"}


def test_a_region_bound_to_two_documents_on_one_day(tmp_path):
    write(tmp_path)
    write(
        tmp_path,
        "twin_2031",
        pack=PACK.replace("small_2030", "twin_2031").replace("990101", "9901").replace("from = 2030", "from = 2031"),
        rules=RULES.replace("SM_ROUTE", "TW_ROUTE"),
        cases=CASES.replace("SM_ROUTE", "TW_ROUTE"),
    )
    with pytest.raises(PackError, match="twin_2031") as caught:
        load_packs(tmp_path, vocabulary=standard_packs().vocabulary)
    assert [problem.found for problem in caught.value.problems] == ["9901"]


def test_documents_that_follow_each_other_may_bind_the_same_region(tmp_path):
    write(tmp_path)
    write(
        tmp_path,
        "next_2032",
        pack=PACK.replace("small_2030", "next_2032")
        .replace("from = 2030", "from = 2032")
        .replace("to = 2031", "to = 2033"),
        rules=RULES.replace("SM_ROUTE", "NX_ROUTE"),
        cases=CASES.replace("SM_ROUTE", "NX_ROUTE"),
    )
    assert set(load_packs(tmp_path, vocabulary=standard_packs().vocabulary).packs) == {"small_2030", "next_2032"}


def test_one_rule_id_in_two_packs(tmp_path):
    write(tmp_path)
    write(tmp_path, "twin_2031", pack=PACK.replace("small_2030", "twin_2031").replace("990101", "980101"))
    with pytest.raises(PackError, match="SM_ROUTE"):
        load_packs(tmp_path, vocabulary=standard_packs().vocabulary)


def test_derived_facts_that_go_round_in_a_circle_are_refused(tmp_path):
    derived = (
        '[[rule.derives]]\nkey = "months"\nformula = "difference"\nof = ["days", "fee"]\n\n'
        '[[rule.derives]]\nkey = "days"\nformula = "difference"\nof = ["months", "fee"]\n\n[[rule.steps]]\n'
    )
    text = RULES.replace("[[rule.steps]]\n", derived, 1)
    (problem,) = problems(tmp_path, rules=text)
    assert (problem.found, problem.row) == ("days", line(text, 'key = "months"') - 1)
    assert "绕成了圈" in problem.fix
    forward = text.replace('of = ["days", "fee"]', 'of = ["fee", "fee"]')
    assert load_pack(write(tmp_path / "b", rules=forward), standard_packs().vocabulary)


def test_a_case_that_does_not_come_out_is_an_error_of_the_check(tmp_path):
    write(tmp_path, cases=CASES.replace('"eligible"', '"not_eligible"'))
    packs = load_packs(tmp_path, vocabulary=standard_packs().vocabulary)
    assert [finding.file for finding in check(packs) if finding.severity == "error"] == ["small_2030/cases.toml"]


def test_a_county_adds_its_folder_to_those_of_the_program(tmp_path):
    write(tmp_path)
    from importlib import resources

    packs = load_packs(resources.files("matcher.packs"), tmp_path)
    assert set(packs.packs) == {*standard_packs().packs, "small_2030"}


def test_a_masked_figure_is_refused_by_name(tmp_path):
    rules = RULES.replace('bound = "age_min"', 'bound = "fee"')
    write(tmp_path, rules=rules, cases=CASES)
    packs = load_packs(tmp_path, vocabulary=standard_packs().vocabulary)
    inputs = {"as_of": "2030-05-31", "birth_date": "1980-06-01", "consent": True}
    assert evaluate_rule("SM_ROUTE", inputs, packs=packs) == {"outcome": "not_computable", "reasons": ["masked:fee"]}


def test_a_vocabulary_that_does_not_load_is_named(tmp_path):
    write(tmp_path)
    with pytest.raises(PackError, match="vocabulary"):
        load_packs(tmp_path)
    with pytest.raises(PackError, match="birth_date"):
        load_packs(tmp_path, vocabulary=Vocabulary(facts={}, flags={}))


def test_lines_are_found_through_strings_arrays_and_comments():
    source = (
        'a = "x # [y]"\nb = [\n  1, # ]\n  { c = 1 },\n  { c = 2 },\n]\n'
        '[t]\nd = """\n[fake]\n"""\n[[u]]\n[[u]]\ne.f = 1\n'
    )
    lines = scan(source)
    assert line_of(lines, ("b", 1, "c")) == 5
    assert line_of(lines, ("t", "d")) == 8
    assert line_of(lines, ("u", 1, "e", "f")) == 13
    assert ("fake",) not in lines
    assert line_of(lines, ("nowhere",)) == 0


def test_figures_that_stand_alone_are_one_line_a_pack_and_named_on_request(tmp_path):
    text = PARAMETERS + "".join(
        f'\n[[parameter]]\nid = "{name}"\nkind = "number"\nvalue = 1\nunit = "元"\nclause = "三"\n' for name in "ab"
    )
    write(tmp_path, parameters=text)
    packs = load_packs(tmp_path, vocabulary=standard_packs().vocabulary)

    def told(**how):
        return [finding.found for finding in check(packs, **how) if finding.file.endswith("parameters.toml")]

    assert told() == ["small_2030：2个数字暂无规则使用，只供查阅"]
    assert told(verbose=True) == ["a", "b"]
