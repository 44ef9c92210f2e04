"""Every bad input of issue 4 by the loader and on the command line: file, line, remedy, all errors in one go."""

from __future__ import annotations

import json
import time

import pytest
from click.testing import CliRunner
from test_policy_loader import BAD, CASES, FILES, PACK, PARAMETERS, RULES, line, write

from matcher.cli.policy import policy_group
from matcher.errors import PackError
from matcher.policy import evaluate_rule, installed_packs, load_pack, standard_packs
from matcher.policy.loading.files import MOST_BYTES

VOCABULARY = standard_packs().vocabulary


def faults(folder):
    with pytest.raises(PackError) as caught:
        load_pack(folder, VOCABULARY)
    return caught.value.problems


def told(home):
    """What `policy check` says of a home whose packs do not load: rows on stdout, exit 1."""
    done = CliRunner().invoke(policy_group, ["check", "--home", str(home), "--format", "jsonl"])
    assert done.exit_code == 1, done.output
    return [json.loads(row) for row in done.stdout.splitlines()]


def both(home):
    """Problems of the one pack of a home by the loader, after the command line has been seen to say the same."""
    (folder,) = (home / "packs").iterdir()
    found = faults(folder)
    rows = told(home)
    assert [row["severity"] for row in rows] == ["error"] * len(found)
    for problem, row in zip(found, rows, strict=True):
        assert row["pack"] == folder.name
        assert row["fix"] == problem.fix
        place = problem.file.partition("/")[2] + (f":{problem.row}" if problem.row else "")
        assert row["what"].startswith(place), row
    return found


@pytest.mark.parametrize(("file", "old", "new", "where", "found"), BAD)
def test_the_command_line_names_what_the_loader_names(tmp_path, file, old, new, where, found):
    text = FILES[f"{file}.toml"]
    assert old in text
    write(tmp_path / "packs", **{file: text.replace(old, new, 1)})
    assert found in [problem.found for problem in both(tmp_path)]


def test_a_duplicate_key(tmp_path):
    text = PARAMETERS.replace("value = 50", "value = 50\nvalue = 51")
    write(tmp_path / "packs", parameters=text)
    (problem,) = both(tmp_path)
    assert (problem.row, "两次" in problem.fix) == (line(text, "value = 51"), True)


def test_overlapping_values(tmp_path):
    again = PARAMETERS + PARAMETERS[: PARAMETERS.index("\n\n") + 1].replace("value = 50", "value = 51")
    write(tmp_path / "packs", parameters=again)
    (problem,) = both(tmp_path)
    assert problem.found == "age_min"
    assert problem.row == line(again, 'id = "age_min"')


def test_a_circle_of_derived_facts(tmp_path):
    derived = (
        '[[rule.derives]]\nkey = "months"\nformula = "difference"\nof = ["days", "age_min"]\n\n'
        '[[rule.derives]]\nkey = "days"\nformula = "difference"\nof = ["months", "age_min"]\n\n[[rule.steps]]\n'
    )
    write(tmp_path / "packs", rules=RULES.replace("[[rule.steps]]\n", derived, 1))
    (problem,) = both(tmp_path)
    assert "圈" in problem.fix


def test_a_formula_over_a_figure_nobody_states(tmp_path):
    output = '[[rule.outputs]]\nkey = "amount_yuan"\nformula = "product"\nof = ["age_min", "reward"]\nas = "money"\n\n'
    write(tmp_path / "packs", rules=RULES.replace("[[service]]\n", output + "[[service]]\n", 1))
    (problem,) = both(tmp_path)
    assert problem.found == "reward"


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        ("pack", "issued = 2030-01-01", "issued = 2030-01-01\nprinted = 2029-12-31", "2029-12-31"),
        ("parameters", 'clause = "一"', 'clause = "一"\nfrom = 2029-01-01\nto = 2029-12-31', "2029-12-31"),
        ("rules", 'clause = "一"\nday', 'clause = "一"\nfrom = 2028-01-01\nto = 2029-06-30\nday', "2029-06-30"),
    ],
)
def test_a_date_before_the_document(tmp_path, file, old, new, found):
    text = FILES[f"{file}.toml"].replace(old, new, 1)
    assert text != FILES[f"{file}.toml"]
    write(tmp_path / "packs", **{file: text})
    (problem,) = both(tmp_path)
    assert (problem.found, problem.row) == (found, line(text, found))


def test_a_day_before_the_document_is_an_answer_and_no_error(tmp_path):
    write(tmp_path / "packs")
    facts = {"as_of": "2029-12-31", "birth_date": "1970-01-01", "consent": True}
    answer = evaluate_rule("SM_ROUTE", facts, packs=installed_packs(tmp_path))
    assert answer == {"outcome": "no_rule", "reasons": ["not_in_force:age_min"]}


def test_a_fact_of_the_wrong_type_in_an_example_is_named_by_the_check(tmp_path):
    write(tmp_path / "packs", cases=CASES.replace("consent = true", 'consent = "sometimes"'))
    done = CliRunner().invoke(policy_group, ["check", "--home", str(tmp_path), "--format", "jsonl"])
    (row,) = [found for found in map(json.loads, done.stdout.splitlines()) if found["severity"] == "error"]
    assert done.exit_code == 1
    assert row["pack"] == "small_2030"
    assert "consent" in row["what"]
    assert "cases.toml" in row["what"]


def test_a_fact_of_the_wrong_type_in_a_call_is_an_answer_of_its_line(tmp_path):
    write(tmp_path / "packs")
    calls = tmp_path / "calls.jsonl"
    good = {"as_of": "2030-06-01", "birth_date": "1970-01-01", "consent": True}
    lines = [{"rule_id": "SM_ROUTE", "inputs": facts} for facts in (good, {**good, "consent": "sometimes"}, good)]
    calls.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    done = CliRunner().invoke(policy_group, ["evaluate", "--home", str(tmp_path), "--batch", str(calls)])
    assert done.exit_code == 1
    answers = [json.loads(row) for row in done.stdout.splitlines()]
    assert [answer.get("outcome") for answer in answers] == ["eligible", None, "eligible"]
    assert "consent" in answers[1]["error"]


def test_a_region_bound_to_two_documents_on_one_day(tmp_path):
    text = PACK.replace("from = 2030-01-01", "from = 2018-06-01").replace("990101", "450206")
    folder = write(tmp_path / "packs", pack=text)
    with pytest.raises(PackError) as caught:
        installed_packs(tmp_path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.found, problem.row) == (f"{folder.name}/pack.toml", "450206", line(text, "regions"))
    assert [row["fix"] for row in told(tmp_path)] == [problem.fix]


@pytest.mark.parametrize("name", ["id", "rule"])
def test_a_county_takes_no_name_of_the_program(tmp_path, name):
    if name == "id":
        folder = write(tmp_path / "packs", "hekou_2018", pack=PACK.replace("small_2030", "hekou_2018"))
        expected = ("hekou_2018/pack.toml", 1)
    else:
        rules = RULES.replace("SM_ROUTE", "LJ_FARM_ROUTE")
        folder = write(tmp_path / "packs", rules=rules, cases=CASES.replace("SM_ROUTE", "LJ_FARM_ROUTE"))
        expected = (f"{folder.name}/rules.toml", 2)
    with pytest.raises(PackError) as caught:
        installed_packs(tmp_path)
    assert [(problem.file, problem.row) for problem in caught.value.problems] == [expected]


def test_all_errors_of_all_packs_come_in_one_go(tmp_path):
    packs = tmp_path / "packs"
    write(packs, "a_2030", pack=PACK.replace("small_2030", "a_2030").replace("to = 2031", "to = 2029"))
    write(
        packs,
        "b_2030",
        pack=PACK.replace("small_2030", "b_2030"),
        parameters=PARAMETERS.replace('unit = "周岁"\n', ""),
        rules=RULES.replace("age_keeps", "feels_like").replace("SM_ROUTE", "B_ROUTE"),
        cases=CASES.replace("SM_ROUTE", "B_ROUTE").replace("positive", "sunny"),
    )
    rows = told(tmp_path)
    assert [(row["pack"], row["what"].partition(":")[0]) for row in rows] == [
        ("a_2030", "pack.toml"),
        ("b_2030", "parameters.toml"),
        ("b_2030", "rules.toml"),
        ("b_2030", "cases.toml"),
    ]
    assert all(row["fix"] for row in rows)


def test_marks_and_line_ends_of_windows_are_as_good_as_none(tmp_path):
    folder = write(tmp_path / "packs")
    for file, text in FILES.items():
        (folder / file).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("utf-8"))
    assert load_pack(folder, VOCABULARY) == load_pack(write(tmp_path / "plain"), VOCABULARY)
    done = CliRunner().invoke(policy_group, ["show", "--home", str(tmp_path), "small_2030"])
    assert done.exit_code == 0
    assert "小县办法" in done.stdout


@pytest.mark.parametrize(
    ("body", "row", "said"),
    [
        pytest.param(RULES.encode("gbk"), line(RULES, "小县规则"), "GBK", id="gbk"),
        pytest.param(RULES.encode("utf-16"), 1, "UTF-16", id="utf-16"),
        pytest.param(RULES.encode() + b"\n# \xff\n", len(RULES.splitlines()) + 2, "UTF-8", id="one stray byte"),
        pytest.param(b"\x00" * 64, 1, "TOML", id="zeros"),
        pytest.param(b"# " + b"x" * 10_000_000, 0, "太大", id="ten megabytes"),
        pytest.param(b"x = " + b"[" * 100_000, 1, "层", id="brackets without end"),
        pytest.param(b"x = " + b"[" * 70 + b"]" * 70, 1, "层", id="nested beyond reason"),
    ],
)
def test_a_file_that_is_something_else(tmp_path, body, row, said):
    folder = write(tmp_path / "packs")
    (folder / "rules.toml").write_bytes(body)
    (problem,) = both(tmp_path)
    assert (problem.file, problem.row) == ("small_2030/rules.toml", row)
    assert said in problem.fix
    assert len(body) <= 64 or len(problem.found) <= max(80, len(str(MOST_BYTES)) + 10)


def test_an_empty_file_lacks_what_it_must_hold(tmp_path):
    write(tmp_path / "packs", pack="")
    assert {problem.found or problem.expected for problem in both(tmp_path)} >= {"id", "name", "document"}


def test_a_folder_in_the_place_of_a_file(tmp_path):
    folder = write(tmp_path / "packs")
    (folder / "cases.toml").unlink()
    (folder / "cases.toml").mkdir()
    (folder / "benefits.toml").mkdir()
    assert {problem.file for problem in both(tmp_path)} == {"small_2030/cases.toml", "small_2030/benefits.toml"}


def test_links_that_lead_round(tmp_path):
    folder = write(tmp_path / "packs")
    (folder / "rules.toml").unlink()
    (folder / "rules.toml").symlink_to("rules.toml")
    (problem,) = both(tmp_path)
    assert "链接" in problem.fix
    (tmp_path / "packs" / "round").symlink_to("round")
    (tmp_path / "packs" / "up").symlink_to(tmp_path / "packs")
    with pytest.raises(PackError) as caught:
        installed_packs(tmp_path)
    assert {problem.file.partition("/")[0] for problem in caught.value.problems} == {"small_2030", "round", "up"}


def test_a_folder_without_a_pack_and_packs_that_are_no_folder(tmp_path):
    (tmp_path / "packs" / "empty_2030").mkdir(parents=True)
    assert {row["what"].partition("：")[0] for row in told(tmp_path)} == {
        "pack.toml", "parameters.toml", "rules.toml", "cases.toml",
    }  # fmt: skip
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "packs").write_text("")
    with pytest.raises(PackError, match="no folder"):
        installed_packs(tmp_path / "b")


def test_a_home_without_packs_has_those_of_the_program(tmp_path):
    assert installed_packs(tmp_path) is standard_packs()
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / ".hidden").mkdir()
    (tmp_path / "packs" / "notes.txt").write_text("")
    assert installed_packs(tmp_path).packs == standard_packs().packs


def test_ten_thousand_steps_load_and_ten_thousand_faults_are_named(tmp_path):
    """In seconds, not in minutes: nothing here may grow with the square."""
    step = '[[rule.steps]]\noutcome = "not_eligible"\nrequires = [{ is = "yes", fact = "consent", reason = "r" }]\n\n'
    start = time.process_time()
    folder = write(tmp_path / "packs", rules=RULES.replace("[[service]]\n", step * 10_000 + "[[service]]\n", 1))
    assert len(load_pack(folder, VOCABULARY).rules[0].steps) == 10_002
    bad = step.replace('"yes"', '"feels_like"')
    folder = write(tmp_path / "bad", rules=RULES.replace("[[service]]\n", bad * 10_000 + "[[service]]\n", 1))
    found = faults(folder)
    assert len(found) == 10_000
    assert len({problem.row for problem in found}) == 10_000
    assert time.process_time() - start < 30
