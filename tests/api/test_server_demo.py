"""`matcher demo`: seeded once, served at once the next time, stopped cleanly, gone on with if it was interrupted."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tomllib
from datetime import UTC, date, datetime

import pytest
from test_server_process import QUIET_ENV, free_port, get, running

from matcher.bootstrap import Application
from matcher.errors import UsageError
from matcher.services import seed_county as seeding
from matcher.services.seed_county import SeedCounty, is_seeded, seed_county
from matcher.settings import Settings

pytestmark = pytest.mark.timeout(180)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def demo(home, port, *options):
    return ("-m", "matcher", "--home", home, "demo", "--workers", 50, "--port", port, *options)


def stopped(process, number=signal.SIGINT):
    process.send_signal(number)
    out, told = process.communicate(timeout=30)
    assert process.returncode == 0, told
    assert "Traceback" not in told
    return out, told


@pytest.mark.slow
def test_a_demonstration_is_seeded_once_and_then_served_at_once(tmp_path):
    home, port = tmp_path / "home", free_port()
    with running(*demo(home, port), port=port, wait_s=120) as process:
        assert get(port, "/")[0] == 200
        out, told = stopped(process)
    assert "matcher recommend --worker" in out
    assert "合成数据" in told
    logins = [line for line in told.splitlines() if line.startswith("  officer")]
    assert len(logins) == 1
    assert "2018-06-01" in told
    assert f"listening on http://127.0.0.1:{port}" in told
    assert tomllib.loads((home / "matcher.toml").read_text("utf-8")) == {
        "jurisdiction": "liujiang_2018", "today": date(2018, 6, 1), "demo": True,
    }  # fmt: skip

    before = (home / "demo-files").stat().st_mtime_ns
    # How long a restart takes is measured by `make bench` (http); here: nothing is done a second time.
    with running(*demo(home, port), port=port) as process:
        assert get(port, "/")[0] == 200
        out, told = stopped(process, signal.SIGTERM)
    assert "读取" not in told
    assert "matcher recommend" not in out
    assert logins[0] in told.splitlines()
    assert (home / "demo-files").stat().st_mtime_ns == before


def test_a_taken_port_is_told_before_anything_is_seeded(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, *map(str, demo(tmp_path / "home", port))], capture_output=True, text=True, check=False,
            env=QUIET_ENV, timeout=60,
        )  # fmt: skip
    assert refused.returncode == 2
    assert f"port {port} is taken" in refused.stderr
    assert "--port" in refused.stderr
    assert not (tmp_path / "home" / "matcher.toml").exists()


@pytest.fixture
def county(tmp_path):
    app = Application(Settings(home=tmp_path))
    app.create_store()
    yield app
    app.close()


def seed(app, call, told=None):
    tell = (told if told is not None else []).append
    return seed_county(app.store, app.means, call, at=NOW, tell=tell)


def test_a_seeding_that_was_stopped_goes_on(county, tmp_path, monkeypatch):
    call = SeedCounty(jurisdiction="liujiang_2018", workers=50, seed=0, home=tmp_path)
    real, n_imports = seeding.import_roster, []

    def stopping(*arguments, **named):
        if len(n_imports) == 2:
            raise KeyboardInterrupt
        n_imports.append(1)
        return real(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(seeding, "import_roster", stopping)
        with pytest.raises(KeyboardInterrupt):
            seed(county, call)
    assert not is_seeded(county.store, call)
    settings = seed(county, call)
    assert is_seeded(county.store, call)
    assert settings.demo
    assert county.store.current_plan(date(2018, 6, 1)) is not None


def test_another_county_is_not_mixed_in(county, tmp_path):
    call = SeedCounty(jurisdiction="liujiang_2018", workers=50, seed=0, home=tmp_path)
    seed(county, call)
    for other in (
        SeedCounty(jurisdiction="hekou_2018", workers=50, seed=0, home=tmp_path),
        SeedCounty(jurisdiction="liujiang_2018", workers=60, seed=0, home=tmp_path),
        SeedCounty(jurisdiction="liujiang_2018", workers=50, seed=1, home=tmp_path),
    ):
        with pytest.raises(UsageError, match="another county"):
            seed(county, other)
