"""Whether the server is sound, told to anybody without telling anything of the county."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from served import blank_app

from api.health import health
from api.state import state_of
from matcher.errors import StoreError
from matcher.records.access import ImportJob, Role, User
from matcher.services import health as checks
from matcher.settings import Settings

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def app(tmp_path):
    with blank_app(tmp_path) as app:
        yield app


def asked(app):
    with app.test_request_context("/"):
        return health()


def test_a_sound_server_says_so(app):
    found = asked(app)
    assert found["status"] == "ok"
    assert {each["part"] for each in found["checks"]} == {"database", "packs", "model", "disk", "imports"}


def test_it_tells_no_path_and_no_figure(app, tmp_path):
    assert str(tmp_path) not in str(asked(app))
    assert all(set(each) == {"part", "state"} for each in asked(app)["checks"])


def test_a_database_that_is_gone_is_a_fault(tmp_path):
    with blank_app(tmp_path) as app:
        state_of(app).application.close()
        (tmp_path / "matcher.db").unlink()
        for part in ("store", "access", "remembering_store"):
            state_of(app).application.__dict__.pop(part, None)
        found = asked(app)
    assert found["status"] == "fault"
    assert {"part": "database", "state": "fault"} in found["checks"]


def test_imports_that_pile_up_are_a_warning(app):
    access = state_of(app).application.access
    for number in range(21):
        access.put_job(ImportJob(job_id=f"j{number}", kind="workers", file="a.csv", actor="a", created_at=NOW))
    assert asked(app)["status"] == "warning"
    access.put_job(ImportJob(job_id="j0", kind="workers", file="a.csv", actor="a", created_at=NOW, state="running"))
    assert asked(app)["status"] == "ok"


@pytest.mark.parametrize(
    ("free_bytes", "state"),
    [(2**30, "ok"), (2**30 - 1, "warning"), (100 * 2**20, "warning"), (100 * 2**20 - 1, "fault"), (0, "fault")],
)
def test_room_on_the_disk(free_bytes, state):
    assert checks.room_of(Path("var"), free_bytes).state == state


def test_the_disk_of_a_home_that_is_not_there_yet(tmp_path):
    found = checks.disk(Settings(home=tmp_path / "not" / "yet"))
    assert found.detail.endswith(str(tmp_path))


def test_who_may_sign_in(app):
    access = state_of(app).application.access
    assert checks.users(lambda: access).state == "warning"
    user = User(name="lan", display_name="兰", role=Role.OFFICER, password="$argon2id$", created_at=NOW)
    access.add_user(user)
    assert (checks.users(lambda: access).state, checks.users(lambda: access).detail) == ("ok", "1 who may sign in")


def test_what_cannot_be_asked_is_a_fault_with_its_remedy():
    def refused():
        raise StoreError("locked", remedy="Wait.")

    for check in (checks.users, checks.queue):
        assert (check(refused).state, check(refused).detail) == ("fault", "locked. Wait.")
    assert checks.worst([]) == "ok"
