"""`matcher keys rotate`: a new key, everything still opens, and the deed is in the audit."""

from __future__ import annotations

from command_line import call

from matcher.bootstrap import Application
from matcher.settings import from_environment
from matcher.store import keyring


def test_keys_are_rotated_and_it_is_known_by_whom(blank):
    blank.ok("token", "add", "--role", "broker", "--label", "HR")
    before = blank.ok("token", "list").json
    told = blank.ok("keys", "rotate", "--by", "liang")
    assert told.json == {"resealed": 1}
    assert "apart from the backups" in told.err
    assert keyring.load(blank.home).active == 2
    assert blank.ok("token", "list").json == before
    application = Application(from_environment({}, home=blank.home))
    (entry, *_) = application.access.audit(actor="liang")
    application.close()
    assert (entry.action, dict(entry.detail)) == ("keys_rotated", {"resealed": 1})


def test_without_a_database_there_is_nothing_to_rotate(tmp_path):
    refused = call("--home", str(tmp_path / "none"), "keys", "rotate")
    assert (refused.code, refused.text) == (1, "")
