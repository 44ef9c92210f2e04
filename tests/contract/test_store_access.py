"""Who asks and what they did: the contract of `ports.AccessStore` on both engines."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa
from alembic import command
from audit_chain import broken_audit
from store_factories import (
    NOON,
    claim,
    decision,
    entry,
    job,
    reaction,
    session,
    token,
    user,
    worker,
    write,
)

from matcher.errors import InvalidInput, NotFound, StoreError
from matcher.records import Kind
from matcher.records.access import Role
from matcher.store import desk_schema, open_access, open_store, schema
from matcher.store.migrate import alembic_config

replaced = msgspec.structs.replace


def test_a_user_is_kept_changed_and_never_twice(access):
    access.add_user(user("zhou"))
    access.add_user(user("huang", regions=("450206", "4502")))
    assert [kept.name for kept in access.users()] == ["huang", "zhou"]
    with pytest.raises(InvalidInput, match="kept already"):
        access.add_user(user("zhou", role=Role.ADMINISTRATOR))
    gone = replaced(access.user("zhou"), disabled_at=NOON, regions=("4502",))
    assert access.change_user("zhou", lambda kept: replaced(kept, disabled_at=NOON, regions=("4502",))) == gone
    assert access.user("zhou") == gone
    for call in (lambda: access.user("nobody"), lambda: access.change_user("nobody", lambda kept: kept)):
        with pytest.raises(NotFound):
            call()


def test_tokens_come_oldest_first_and_are_revoked(access):
    access.add_token(token("later", created_at=NOON + timedelta(seconds=1)))
    access.add_token(token("t1"))
    assert [kept.token_id for kept in access.tokens()] == ["t1", "later"]
    over = replaced(token("t1"), revoked_at=NOON, last_used_at=NOON)
    assert access.change_token("t1", lambda kept: replaced(kept, revoked_at=NOON, last_used_at=NOON)) == over
    assert access.token("t1") == over
    with pytest.raises(InvalidInput, match="kept already"):
        access.add_token(token("t1"))
    for call in (lambda: access.token("t2"), lambda: access.change_token("t2", lambda kept: kept)):
        with pytest.raises(NotFound):
            call()


def test_an_ended_session_leaves_no_row(access):
    told = session("a", facts={"trade": "缝纫工"})
    access.put_session(told)
    later = NOON + timedelta(minutes=1)
    assert access.change_session("a", lambda kept: replaced(kept, last_seen_at=later)) == access.session("a")
    assert access.session("a") == replaced(told, last_seen_at=later)
    assert access.end_sessions(["a", "unknown"]) == 1
    assert access.session("a") is None
    assert access.change_session("a", lambda kept: kept) is None
    with access.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(desk_schema.browser_session)).scalar() == 0


def test_changes_of_many_at_once_are_all_kept(access):
    """Each is made of what the one before left, not of what its caller read some time ago."""
    access.add_token(replaced(token("t1"), label=""))

    def mark(letter):
        access.change_token("t1", lambda kept: replaced(kept, label=kept.label + letter))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(mark, "abcdefgh"))
    assert sorted(access.token("t1").label) == list("abcdefgh")


def test_sessions_end_when_their_time_is_over_and_not_before(access):
    for name, seconds in (("over", 0), ("due", 1), ("young", 2)):
        access.put_session(session(name, expires_at=NOON + timedelta(seconds=seconds)))
    assert access.end_sessions(expired_at=NOON + timedelta(seconds=1)) == 2
    assert access.session("young") is not None
    assert access.end_sessions() == 0


def test_a_key_is_claimed_once_and_its_answer_given_again(access):
    assert access.begin_once(claim()) is None
    assert access.begin_once(claim(request="2" * 64)) == claim()
    done = replaced(claim(), status=201, content_type="application/json", body='{"姓名":"韦*英"}'.encode())
    access.finish_once(done)
    assert access.begin_once(claim()) == done
    assert access.begin_once(claim(actor="token:t2")) is None
    access.forget_once("token:t1", "k1")
    assert access.begin_once(claim()) is None


def test_of_many_callers_at_once_exactly_one_has_the_key(access):
    access.begin_once(claim("warm"))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: access.begin_once(claim(request=str(n))), range(24)))
    assert answers.count(None) == 1
    assert len({kept.request_sha256 for kept in answers if kept is not None}) == 1


def test_old_answers_are_forgotten_and_their_keys_free(access):
    access.begin_once(claim("old"))
    access.begin_once(claim("new", at=NOON + timedelta(hours=1)))
    assert access.forget_answers(NOON + timedelta(hours=1)) == 1
    assert access.begin_once(claim("old")) is None
    assert access.begin_once(claim("new")) is not None


def test_a_job_is_found_by_its_id_and_by_its_batch(access):
    access.put_job(job("j2", created_at=NOON + timedelta(seconds=1)))
    access.put_job(job("j1"))
    assert [kept.job_id for kept in access.jobs()] == ["j1", "j2"]
    done = job("j1", state="done", batch_id="b1", summary={"problems": [{"found": "韦小英"}]})
    access.put_job(done)
    assert access.job("j1") == access.job("b1") == done
    with pytest.raises(NotFound):
        access.job("b2")


def test_reactions_are_appended_once(access):
    later = reaction("e1", ts=NOON + timedelta(seconds=1), assisted=True)
    access.add_reactions([later, reaction("e2"), reaction("e3", decision_id="d2")])
    access.add_reactions([reaction("e1", kind="apply")])
    access.add_reactions([])
    assert access.reactions("d1") == [reaction("e2"), later]
    assert access.reactions("none") == []


def test_the_audit_is_numbered_chained_and_read_newest_first(access):
    first = access.append_audit(entry("sign_in", actor="huang"))
    second = access.append_audit(entry("look", subjects=("w1", "w2", "w1"), detail={"页": "候选人", "n": 2}))
    third = access.append_audit(entry("look", subjects=("w2",)))
    assert [found.seq for found in (first, second, third)] == [1, 2, 3]
    assert second.subjects == ("w1", "w2")
    assert access.audit() == [third, second, first]
    assert access.audit(limit=1) == [third]
    assert access.audit(before=3, limit=1) == [second]
    assert access.audit(subject="w1") == [second]
    assert access.audit(subject="w2", actor="huang") == []
    assert access.audit(actor="huang") == [first]
    assert broken_audit(access) == []


def test_the_chain_can_be_reckoned_by_anybody(access):
    """SHA-256 over the hash before, a line feed and the entry's canonical JSON without its own hash."""
    first = access.append_audit(entry("sign_in"))
    second = access.append_audit(entry("look", subjects=("w1",), detail={"b": 1, "a": 2}))
    canonical = (
        '{"action":"look","actor":"qin","at":"2018-06-01T04:00:00.000000+00:00","detail":{"a":2,"b":1},'
        '"role":"officer","seq":2,"subjects":["w1"]}'
    )
    assert second.chain == hashlib.sha256(f"{first.chain}\n{canonical}".encode()).hexdigest()


def _tamper(access, statement):
    """Change a log as somebody who owns the database file could."""
    sqlite = access.database.is_sqlite
    with access.database.writing() as connection:
        for table in ("audit", "audit_subject"):
            if sqlite:
                for verb in ("update", "delete"):
                    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{verb}")
            else:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        connection.execute(statement)


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (lambda audit, about: sa.update(audit).where(audit.c.seq == 2).values(actor="somebody"), [2]),
        (lambda audit, about: sa.update(audit).where(audit.c.seq == 2).values(detail='{"n":3}'), [2]),
        (lambda audit, about: sa.update(audit).where(audit.c.seq == 2).values(chain="0" * 64), [2, 3]),
        (lambda audit, about: sa.update(audit).where(audit.c.seq == 4).values(seq=5), [5]),
        (lambda audit, about: sa.delete(about).where(about.c.seq == 3), [3]),
        (lambda audit, about: sa.insert(about).values(seq=1, subject="w9"), [1]),
        (lambda audit, about: sa.delete(audit).where(audit.c.seq == 1), [2]),
    ],
    ids=["actor", "detail", "chain", "moved", "subject gone", "subject added", "first gone"],
)
def test_a_changed_audit_names_the_entries(access, tamper, named):
    """Entries 1 and 4 are about nobody: nothing refers to them, so they can be moved or taken out."""
    access.append_audit(entry("sign_in"))
    for n in (2, 3):
        access.append_audit(entry("look", subjects=(f"w{n}",), detail={"n": n}))
    access.append_audit(entry("sign_out"))
    _tamper(access, tamper(schema.audit, schema.audit_subject))
    assert broken_audit(access) == named


def test_entries_of_many_writers_form_one_chain(access):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: access.append_audit(entry("look", subjects=(f"w{n}",))), range(24)))
    assert sorted(found.seq for found in made) == list(range(1, 25))
    assert broken_audit(access) == []


def test_nothing_of_a_person_stands_in_the_clear(access):
    access.add_user(user(display_name="覃样例"))
    access.put_session(session("a", facts={"trade": "缝纫工"}))
    access.begin_once(claim(body="韦小英".encode()))
    access.put_job(job("j1", summary={"found": "韦小英"}))
    tables = (desk_schema.account, desk_schema.browser_session, desk_schema.kept_answer, desk_schema.import_job)
    with access.database.reading() as connection:
        bodies = [body for table in tables for body in connection.execute(sa.select(table.c.body)).scalars()]
    assert len(bodies) == 4
    assert not any("样例".encode() in body or "缝纫".encode() in body or "韦".encode() in body for body in bodies)


def test_a_row_that_was_copied_to_another_name_does_not_open(access):
    """Whoever can write the file but has no keys cannot give himself the rights of another."""
    access.add_user(user("boss", role=Role.ADMINISTRATOR))
    with access.database.writing() as connection:
        body = connection.execute(sa.select(desk_schema.account.c.body)).scalar()
        connection.execute(sa.insert(desk_schema.account).values(name="me", body=body))
    with pytest.raises(StoreError, match="does not open"):
        access.user("me")


def test_access_before_init_says_so(engine, tmp_path):
    url = engine.blank_url()
    access = open_access(url, home=tmp_path)
    with pytest.raises(StoreError, match="no database yet") as refused:
        access.users()
    assert "matcher init" in refused.value.remedy
    access.close()
    engine.drop(url)


def test_a_database_of_the_first_schema_is_upgraded_with_all_it_holds(database):
    url, home = database
    store = open_store(url, home=home)
    write(store, "b1", [worker("w1", identity={"name": "韦小英"})])
    store.append_decision(decision("d1"))
    with store.database.migrating() as connection:
        command.downgrade(alembic_config(connection), "0001")
    store.close()
    access = open_access(url, home=home)
    with pytest.raises(StoreError, match=f"schema 0001, this program needs {schema.HEAD}") as refused:
        access.users()
    assert "matcher init" in refused.value.remedy
    store = open_store(url, home=home)
    store.migrate()
    assert [found.worker_id for found in store.records(Kind.WORKERS)] == ["w1"]
    assert store.identities(["w1"])["w1"].name == "韦小英"
    assert store.decision("d1") == decision("d1")
    access.add_user(user())
    assert access.user("huang") == user()
    access.append_audit(entry("look"))
    with pytest.raises(StoreError, match="append-only"), access.database.writing() as connection:
        connection.execute(sa.delete(schema.audit))
    access.close()
    store.close()
