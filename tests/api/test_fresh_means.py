"""A server that runs takes another model, pack or weights at the next request; bad files leave the old in force."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import pytest
from county import NOON, bearer

from api.state import state_of
from matcher.records import Kind
from matcher.records.access import Role
from matcher.scoring import hand_card
from matcher.services.learning.models_in_use import FOLDER, LIST, Switch

ON = NOON.date()
OTHER = hand_card().replace(b'"hand-card-1"', b'"county-2"')


@pytest.fixture
def made(make_app):
    app = make_app()
    return app, state_of(app).application


def put_into_use(home, body):
    digest = sha256(body).hexdigest()
    (home / FOLDER).mkdir(exist_ok=True)
    (home / FOLDER / f"{digest}.json").write_bytes(body)
    entry = Switch(action="use", on=ON, by="张三", model_id="county-2", sha256=digest)
    with (home / FOLDER / LIST).open("ab") as stream:
        stream.write(msgspec.json.encode(entry) + b"\n")


def test_a_model_is_used_from_the_next_request_on(made):
    app, application = made
    officer, client = bearer(app, Role.OFFICER), app.test_client()
    (worker_id, *_) = [found.worker_id for found in application.store.records(Kind.WORKERS)]
    path = f"/api/v1/workers/{worker_id}/recommendations?on={ON}"
    before = application.means
    assert client.get(path, headers=officer).get_json()["model"].startswith("hand-card-1@")
    assert application.means is before
    put_into_use(application.settings.home, OTHER)
    assert client.get(path, headers=officer).get_json()["model"].startswith("county-2@")
    after = application.means
    client.get(path, headers=officer)
    assert application.means is after


@pytest.mark.parametrize("name", [f"{FOLDER}/{LIST}", "priority.toml", "packs/mine/pack.toml"])
def test_files_that_cannot_be_read_leave_the_old_in_force(made, name, capfd):
    app, application = made
    before = application.means
    file = application.settings.home / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{ no", encoding="utf-8")
    for _ in range(2):
        assert app.test_client().get("/help/index").status_code == 200
    assert application.means is before
    assert capfd.readouterr().err.count("means not read anew") == 1
    file.unlink()
    if name == "packs/mine/pack.toml":
        file.parent.rmdir()
    app.test_client().get("/help/index")
    assert application.means is not before
    assert application.means.digest == before.digest
