"""Settings that would break a score are refused by name, and passwords are not shown."""

from __future__ import annotations

import pytest

from matcher.errors import UsageError
from matcher.settings import describe_settings, from_environment, without_password


@pytest.mark.parametrize(
    ("name", "value"), [("BAND_WIDTH_PERMILLE", "0"), ("FIT_FLOOR_PERMILLE", "1001"), ("PLAN_EPSILON", "0")]
)
def test_a_setting_out_of_bounds_is_refused_by_name(name, value, tmp_path):
    with pytest.raises(UsageError, match=name.lower()):
        from_environment({f"MATCHER_{name}": value, "MATCHER_HOME": str(tmp_path)})


def test_the_file_of_the_home_is_read_and_a_variable_wins(tmp_path):
    (tmp_path / "matcher.toml").write_text("seed = 3\ntop = 5\n", "utf-8")
    settings = from_environment({"MATCHER_HOME": str(tmp_path), "MATCHER_SEED": "7"})
    assert (settings.seed, settings.top) == (7, 5)


def test_a_password_is_not_shown(tmp_path):
    url = "postgresql+psycopg://clerk:secret@db/county"
    assert without_password(url) == "postgresql+psycopg://clerk:***@db/county"
    shown = describe_settings(from_environment({"MATCHER_HOME": str(tmp_path), "MATCHER_DATABASE_URL": url}))
    assert "secret" not in str(shown)
