"""CONTRACT section 2, `matcher token` and `matcher user`: secrets are shown once, and nothing is given by mistake."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from command_line import Office

from matcher.bootstrap import Application
from matcher.services.access.sign_in import sign_in
from matcher.services.access.tokens import bearer_of
from matcher.settings import from_environment


@pytest.fixture
def access(blank):
    application = Application(from_environment({}, home=blank.home))
    yield application.access
    application.close()


def given_on_stdin(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_a_token_is_printed_once_and_works(blank, access):
    made = blank.ok("token", "add", "--role", "broker", "--label", "HR", "--region", "450206", "--days", "30")
    told = made.json
    assert "cannot be shown again" in made.err
    now = datetime.fromisoformat(told["created_at"])
    token = bearer_of(access, told["token"], now)
    assert (token.label, token.regions, token.expires_at - now) == ("HR", ("450206",), timedelta(days=30))
    listed = blank.ok("token", "list")
    (row,) = listed.json
    assert row["token_id"] == token.token_id
    assert row["last_used_at"] is None
    secret = told["token"].rpartition("_")[2]
    assert secret not in listed.text
    assert "sha256" not in listed.text


def test_a_token_lives_as_the_settings_say(blank, access, monkeypatch):
    monkeypatch.setenv("MATCHER_TOKEN_DAYS", "7")
    told = blank.ok("token", "add", "--role", "auditor").json
    lives = datetime.fromisoformat(told["expires_at"]) - datetime.fromisoformat(told["created_at"])
    assert lives == timedelta(days=7)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--role", "kiosk", "--scope", "imports:write"), "imports:write"),
        (("--role", "worker"), "--worker"),
        (("--role", "broker", "--worker", "w1"), "worker"),
        (("--role", "broker", "--region", "450200"), "450200"),
    ],
    ids=str,
)
def test_a_token_beyond_its_role_is_not_made(blank, options, named):
    refused = blank("token", "add", *options)
    assert refused.code == 1
    assert refused.out == b""
    assert named in refused.err
    assert blank.ok("token", "list").json == []


def test_a_token_is_revoked(blank, access):
    told = blank.ok("token", "add", "--role", "worker", "--worker", "w1", "--scope", "recommendations").json
    assert (told["subject"], told["scopes"]) == ("w1", ["recommendations"])
    assert blank.ok("token", "revoke", told["token_id"], "--by", "liang").json["revoked_at"]
    newest = access.audit(limit=1)[0]
    assert (newest.action, newest.actor, newest.subjects) == ("token_revoked", "liang", (f"token:{told['token_id']}",))


def test_a_user_s_life(blank, access, monkeypatch):
    made = blank.ok("user", "add", "huang", "--role", "broker", "--display-name", "黄样例", "--region", "450206")
    assert "cannot be shown again" in made.err
    now = datetime.fromisoformat(made.json["created_at"])
    assert sign_in(access, "huang", made.json["password"], now=now).display_name == "黄样例"
    given_on_stdin(monkeypatch, "birke-kiesel-tonne\nnot this\n")
    changed = blank.ok("user", "password", "huang", "--password-stdin")
    assert "password" not in changed.json
    assert sign_in(access, "huang", "birke-kiesel-tonne", now=now).name == "huang"
    assert blank.ok("user", "disable", "huang").json["disabled_at"]
    listed = blank.ok("user", "list")
    assert [(row["name"], row["role"], row["regions"]) for row in listed.json] == [("huang", "broker", ["450206"])]
    assert "argon2" not in listed.text


@pytest.mark.parametrize("typed", ["", "\n", "short\n"])
def test_a_bad_password_makes_no_user(blank, monkeypatch, typed):
    given_on_stdin(monkeypatch, typed)
    refused = blank("user", "add", "huang", "--role", "broker", "--password-stdin")
    assert refused.code in (1, 2)
    assert refused.out == b""
    assert blank.ok("user", "list").json == []


def test_a_name_is_given_once(blank):
    blank.ok("user", "add", "huang", "--role", "broker")
    refused = blank("user", "add", "huang", "--role", "administrator")
    assert refused.code == 1
    assert "huang" in refused.err
    assert blank.ok("user", "list").json[0]["role"] == "broker"


@pytest.mark.parametrize("command", [("token", "list"), ("user", "list"), ("user", "add", "huang", "--role", "broker")])
def test_without_a_database_nothing_is_made(tmp_path, command):
    refused = Office(tmp_path / "nothing")(*command)
    assert refused.code == 1
    assert "matcher init" in refused.err
    assert not (tmp_path / "nothing").exists()
