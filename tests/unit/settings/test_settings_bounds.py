"""Settings that would break a score are refused by name, and passwords are not shown."""

from __future__ import annotations

import pytest

from matcher.bootstrap import Application
from matcher.errors import UsageError
from matcher.settings import FACTOR_LIMIT, FACTOR_ONE, Settings, describe_settings, from_environment, without_password


def of_variables(tmp_path, **variables: str) -> Settings:
    return from_environment({"MATCHER_HOME": str(tmp_path)} | {f"MATCHER_{k}": v for k, v in variables.items()})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BAND_WIDTH_PERMILLE", "0"),
        ("FIT_FLOOR_PERMILLE", "1001"),
        ("PLAN_EPSILON", "0"),
        ("PLAN_ITERATIONS", "0"),
        ("TOP", "0"),
        ("TOP", "1001"),
        ("CANDIDATES_TOP", "0"),
        ("REFUSED_LIMIT", "-1"),
        ("SEED", "-1"),
        ("WAGE_DAYS_PER_MONTH", "0"),
        ("WAGE_HOURS_PER_MONTH", "745"),
        ("IMPORT_MAX_BYTES", "0"),
        ("HOUSEHOLD_FACTOR_64THS", "-1"),
        ("PRIORITY_FACTOR_64THS", "[]"),
        ("PRIORITY_FACTOR_64THS", "[80, 0]"),
        ("PRIORITY_FACTOR_64THS", '{"0": 80}'),
        ("GROUP_FACTOR_64THS", '{"relocated": 0}'),
        ("GROUP_FACTOR_64THS", "[72]"),
    ],
)
def test_a_setting_out_of_bounds_is_refused_by_name(name, value, tmp_path):
    with pytest.raises(UsageError, match=name.lower()) as refused:
        of_variables(tmp_path, **{name: value})
    assert refused.value.where == f"MATCHER_{name}"


def test_a_wrong_line_of_the_file_is_told_with_the_file(tmp_path):
    (tmp_path / "matcher.toml").write_text("priority_factor_64ths = []\n", "utf-8")
    with pytest.raises(UsageError, match="priority_factor_64ths") as refused:
        of_variables(tmp_path)
    assert refused.value.where == str(tmp_path / "matcher.toml")


def test_lists_and_tables_are_given_as_json(tmp_path):
    given = of_variables(tmp_path, PRIORITY_FACTOR_64THS="[96, 64]", GROUP_FACTOR_64THS='{"relocated": 72}')
    assert given.priority_factor_64ths == (96, 64)
    assert given.group_factor_64ths == {"relocated": 72}


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [("PRIORITY_FACTOR_64THS", "80,72,64", "[80,72,64]"), ("GROUP_FACTOR_64THS", "relocated=72", '{"relocated":72}')],
)
def test_a_variable_that_is_no_json_is_refused_with_an_example(name, value, example, tmp_path):
    with pytest.raises(UsageError, match="no JSON") as refused:
        of_variables(tmp_path, **{name: value})
    assert refused.value.where == f"MATCHER_{name}"
    assert example in refused.value.remedy
    assert of_variables(tmp_path, **{name: example}) is not None


@pytest.mark.parametrize(
    ("household", "priority", "group"),
    [
        ("64", "[128]", "{}"),
        ("0", "[1, 256]", '{"relocated": 32}'),
        ("64", "[64]", '{"relocated": 1, "monitored": 128}'),
    ],
)
def test_factors_may_multiply_to_the_limit_and_not_beyond(household, priority, group, tmp_path):
    """The largest product anybody could get: each factor counts with its own largest value."""
    given = {"HOUSEHOLD_FACTOR_64THS": household, "PRIORITY_FACTOR_64THS": priority, "GROUP_FACTOR_64THS": group}
    at = of_variables(tmp_path, **given)
    whole = FACTOR_ONE + at.household_factor_64ths
    assert whole * max(at.priority_factor_64ths) * max([64, *at.group_factor_64ths.values()]) == FACTOR_LIMIT * 64**3
    with pytest.raises(UsageError, match="more than 4") as refused:
        of_variables(tmp_path, **given | {"HOUSEHOLD_FACTOR_64THS": str(int(household) + 1)})
    for name in ("household_factor_64ths", "priority_factor_64ths", "group_factor_64ths"):
        assert name in refused.value.where
    assert refused.value.remedy


@pytest.mark.parametrize("name", ["poorest", "local", "unemployed"])
def test_a_group_nobody_can_be_of_is_refused_by_name_before_anything_runs(name, tmp_path):
    settings = of_variables(tmp_path, GROUP_FACTOR_64THS=f'{{"relocated": 72, "{name}": 72}}')
    with pytest.raises(UsageError, match=name) as refused:
        Application(settings)
    assert refused.value.where == "group_factor_64ths"
    assert "relocated" in refused.value.remedy


def test_the_file_of_the_home_is_read_and_a_variable_wins(tmp_path):
    (tmp_path / "matcher.toml").write_text("seed = 3\ntop = 5\n", "utf-8")
    settings = from_environment({"MATCHER_HOME": str(tmp_path), "MATCHER_SEED": "7"})
    assert (settings.seed, settings.top) == (7, 5)


def test_a_password_is_not_shown(tmp_path):
    url = "postgresql+psycopg://clerk:secret@db/county"
    assert without_password(url) == "postgresql+psycopg://clerk:***@db/county"
    shown = describe_settings(from_environment({"MATCHER_HOME": str(tmp_path), "MATCHER_DATABASE_URL": url}))
    assert "secret" not in str(shown)
