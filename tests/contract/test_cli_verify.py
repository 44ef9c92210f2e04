"""`matcher verify`: a county as it was written is sound; one altered row is named with its table, and exit is 1."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from command_line import COUNTY, ON, Office

from matcher.bootstrap import Application
from matcher.records.access import AuditEntry
from matcher.records.deeds import NewDeed
from matcher.settings import from_environment

AT = datetime(2018, 6, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def lived_in(planned_home, tmp_path_factory) -> Path:
    """A county that gave lists, made tokens and did something."""
    office = Office(Path(shutil.copytree(planned_home, tmp_path_factory.mktemp("lived") / "home")))
    worker_id = office.objects("workers")[0]["worker_id"]
    for _ in range(2):
        office.ok("recommend", "--worker", worker_id, "--on", ON, "--jurisdiction", COUNTY)
    for label in ("a", "b"):
        office.ok("token", "add", "--role", "broker", "--label", label)
    with closing(Application(from_environment({}, home=office.home))) as run:
        for stream in ("claim:c-1", "claim:c-2", "claim:c-3"):
            new = NewDeed(kind="claim.proposed", at=AT, on=date(2018, 6, 1), by="liang", subjects=(worker_id,))
            run.deeds.act(stream, lambda _, new=new: [new])
        for fields in ({"takes": ("g", "h")}, {"frees": ("g",), "keeps": (b"payment",)}):
            new = NewDeed(kind="claim.approved", at=AT, on=date(2018, 6, 1), by="liang", **fields)
            run.deeds.act("claim:c-1", lambda _, new=new: [new])
    return office.home


@pytest.fixture
def office(lived_in, tmp_path) -> Office:
    return Office(Path(shutil.copytree(lived_in, tmp_path / "home")))


def alter(office: Office, statement: str) -> None:
    """Change one row as somebody does who owns the file, and put the triggers back."""
    with closing(sqlite3.connect(office.home / "matcher.db")) as raw:
        kept = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            raw.execute(f"DROP TRIGGER {name}")
        assert raw.execute(statement).rowcount == 1
        for _, sql in kept:
            raw.execute(sql)
        raw.commit()


def test_a_county_as_it_was_written_is_sound(office):
    told = office.ok("verify")
    assert told.json == []
    assert "audit head 3:" in told.err


@pytest.mark.parametrize(
    ("statement", "table", "row"),
    [
        ("UPDATE audit SET actor = 'somebody' WHERE seq = 1", "audit", "1"),
        ("UPDATE decision SET body = (SELECT body FROM artifact LIMIT 1) WHERE seq = 1", "decision", "1"),
        ("UPDATE decision SET kind = 'candidates' WHERE seq = 2", "decision", "2"),
        ("UPDATE deed SET kind = 'claim.paid' WHERE number = 2", "deed", "2"),
        ("DELETE FROM deed_guard WHERE guard = 'h'", "deed_guard", "h"),
        ("UPDATE deed_guard SET stream = 'claim:c-9' WHERE guard = 'h'", "deed_guard", "h"),
        ("INSERT INTO deed_guard VALUES ('g', 'claim:c-1')", "deed_guard", "g"),
        ("DELETE FROM deed_subject WHERE number = 3", "deed_subject", "3"),
        ("DELETE FROM deed_file", "deed_file", None),
        ("UPDATE artifact SET body = x'00' WHERE sha256 = (SELECT min(sha256) FROM artifact)", "artifact", None),
        ("UPDATE access_token SET body = x'0001' WHERE token_id = (SELECT min(token_id) FROM access_token)",
         "access_token", None),
        ("UPDATE vacancy SET headcount = headcount + 1 WHERE vacancy_id = (SELECT min(vacancy_id) FROM vacancy)",
         "vacancy", None),
        ("UPDATE worker SET place_code = '450206999999' WHERE worker_id = (SELECT min(worker_id) FROM worker)",
         "worker", None),
        ("UPDATE assertion SET body = x'7b7d' WHERE seq = (SELECT max(seq) FROM assertion WHERE kind = 'vacancies')",
         "vacancy", None),
        ("UPDATE identity SET name = phone WHERE worker_id = (SELECT min(worker_id) FROM identity WHERE phone NOTNULL)",
         "identity", None),
        ("DELETE FROM identity WHERE worker_id = (SELECT min(worker_id) FROM identity)", "identity", None),
        ("UPDATE identity SET phone_index = x'00' WHERE worker_id = (SELECT min(worker_id) FROM identity)",
         "identity", None),
        ("UPDATE event SET author = 'somebody' WHERE revision = 1", "batch", None),
        ("UPDATE batch SET author = 'somebody' WHERE revision = 1", "batch", None),
    ],
)  # fmt: skip
def test_one_altered_row_is_named(office, statement, table, row):
    alter(office, statement)
    found = office("verify")
    assert found.code == 1
    (named,) = found.json
    assert named["table"] == table
    assert row in (None, named["row"])
    assert named["what"]
    assert f"{table} {named['row']}" in found.err


def test_accounts_and_licences_the_audit_names_are_missed(office):
    with closing(Application(from_environment({}, home=office.home))) as run:
        for action in ("user_made", "licence_recorded"):
            entry = AuditEntry(at=AT, actor="admin", role="admin", action=action, subjects=("user:gone",))
            run.access.append_audit(entry)
    told = {(row["table"], row["row"]) for row in office("verify").json}
    assert told == {("account", "gone"), ("broker_licence", "gone")}


def test_a_key_that_is_gone_is_seen_where_it_lacks(office):
    alter(office, "DELETE FROM person_key WHERE worker_id = (SELECT min(worker_id) FROM identity)")
    found = office("verify")
    assert (found.code, {one["table"] for one in found.json}) == (1, {"worker", "identity"})


def test_what_was_taken_out_is_seen_by_the_gap(office):
    alter(office, "DELETE FROM decision_subject WHERE seq = 1")
    alter(office, "DELETE FROM decision WHERE seq = 1")
    alter(office, "DELETE FROM deed_subject WHERE number = 2")
    alter(office, "DELETE FROM deed WHERE number = 2")
    told = {(row["table"], row["row"]): row["what"] for row in office("verify").json}
    assert told == {
        ("decision", "2"): "a row before it was taken out",
        ("deed", ""): "numbers 1 to 5 are not all there",
    }


def test_entries_cut_off_at_the_end_are_seen_by_a_head_noted_before(office):
    head = office.ok("verify").err.split("audit head ")[1].split()[0]
    assert office.ok("verify", "--head", head).json == []
    alter(office, "DELETE FROM audit_subject WHERE seq = 3")
    alter(office, "DELETE FROM audit WHERE seq = 3")
    assert office.ok("verify").json == []
    (named,) = office("verify", "--head", head).json
    assert (named["table"], named["row"]) == ("audit", "3")
    assert office("verify", "--head", "yesterday").code == 2


def test_a_trigger_that_was_taken_away_is_told(office):
    with closing(sqlite3.connect(office.home / "matcher.db")) as raw:
        raw.execute("DROP TRIGGER decision_no_update")
    (named,) = office("verify").json
    assert named == {"table": "decision", "row": "", "what": "the trigger that refuses changes was taken away"}
