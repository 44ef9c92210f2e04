"""Artifacts, plans, exposures, decisions and remembered headers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
import sqlalchemy as sa
from audit_chain import broken_audit
from store_factories import NOON, decision, entry, figure, plan, reaction, worker, write
from text_factories import answer as consent

from matcher.errors import Conflict, InvalidInput, NotFound, StoreError
from matcher.store import open_store, schema

SEASON = "2018-02-01/2018-07-31"


def test_an_artifact_is_kept_once_under_its_hash(store):
    name = store.put_artifact("model", b"{}\x00\xff")
    assert name == store.put_artifact("pack", b"{}\x00\xff")
    assert store.artifact(name) == b"{}\x00\xff"
    with pytest.raises(NotFound):
        store.artifact("0" * 64)


def test_a_plan_id_stands_once(store):
    store.save_plan(plan("p1"), [])
    with pytest.raises(Conflict, match="kept already"):
        store.save_plan(plan("p1"), [("w1", "v1")])
    assert store.exposures(SEASON) == {}


def test_an_altered_artifact_is_noticed(store):
    name = store.put_artifact("model", b"{}")
    with store.database.writing() as connection:
        connection.execute(sa.update(schema.artifact).values(body=b"[]"))
    with pytest.raises(StoreError, match="altered"):
        store.artifact(name)


REQUEST = b'{"on":"2018-06-01","workers":[{"worker_id":"%s","birth_date":"1961-04-03"}],"vacancies":[]}'


def test_a_request_is_sealed_and_the_model_beside_it_is_not(store):
    names = [store.put_artifact("request", REQUEST % b"w1"), store.put_artifact("model", b"{}")]
    assert [store.artifact(name) for name in names] == [REQUEST % b"w1", b"{}"]
    with store.database.writing() as connection:
        kept = dict(connection.execute(sa.select(schema.artifact.c.kind, schema.artifact.c.body)).all())
        assert b"1961" not in bytes(kept["request"])
        assert bytes(kept["model"]) == b"{}"
        connection.execute(
            sa.update(schema.artifact)
            .where(schema.artifact.c.kind == "request")
            .values(body=bytes(kept["request"])[:-1])
        )
    with pytest.raises(StoreError, match="altered"):
        store.artifact(names[0])


def test_a_request_kept_before_requests_were_sealed_is_read(store):
    name = store.put_artifact("request", REQUEST % b"w1")
    with store.database.writing() as connection:
        connection.execute(sa.update(schema.artifact).values(body=REQUEST % b"w1"))
    assert store.artifact(name) == REQUEST % b"w1"


def test_requests_that_name_somebody_go_when_he_is_erased(store):
    write(store, "b1", [worker("w1"), worker("w11")])
    mine, other = (store.put_artifact("request", REQUEST % name) for name in (b"w1", b"w11"))
    store.erase_worker("w1", at=datetime(2018, 6, 1, tzinfo=UTC))
    with pytest.raises(NotFound):
        store.artifact(mine)
    assert store.artifact(other) == REQUEST % b"w11"


def test_a_request_is_kept_until_its_time_is_over_and_a_model_for_good(store):
    day = datetime(2018, 6, 1, tzinfo=UTC)
    first, again = (store.put_artifact("request", REQUEST % name, at=day) for name in (b"w1", b"w2"))
    assert store.put_artifact("request", REQUEST % b"w2", at=day + timedelta(days=1)) == again
    model = store.put_artifact("model", b"{}")
    assert store.forget_requests(day) == 0
    assert store.forget_requests(day + timedelta(days=1)) == 1
    with pytest.raises(NotFound):
        store.artifact(first)
    assert store.artifact(again) == REQUEST % b"w2"
    assert store.forget_requests(day + timedelta(days=2)) == 1
    assert store.artifact(model) == b"{}"


def test_a_plan_comes_back_to_the_last_bit(store):
    kept = plan("p1", seed=2**80, prices={"v2": 0.1 + 0.2, "v1": 5e-324, "乙": 1e300})
    store.save_plan(kept, [])
    assert store.plan("p1") == kept
    assert list(store.plan("p1").prices) == ["v1", "v2", "乙"]
    with pytest.raises(NotFound):
        store.plan("p2")


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2018, 1, 31), None),
        (date(2018, 2, 1), "new"),
        (date(2018, 7, 31), "new"),
        (date(2018, 8, 1), "autumn"),
        (date(2019, 1, 1), None),
    ],
)
def test_the_current_plan_is_the_newest_whose_season_holds_the_day(store, on, expected):
    store.save_plan(plan("old"), [])
    store.save_plan(plan("autumn", season="2018-08-01/2018-12-31"), [])
    store.save_plan(plan("new"), [])
    found = store.current_plan(on)
    assert (found and found.plan_id) == expected


@pytest.mark.parametrize("season", ["2018", "2018-02-01", "2018-07-31/2018-02-01", "2018-02-30/2018-07-31", ""])
def test_a_season_that_is_none_is_refused(store, season):
    with pytest.raises(InvalidInput, match="season"):
        store.save_plan(plan("p1", season=season), [])


def test_exposures_add_up_over_the_plans_of_a_season(store):
    store.save_plan(plan("p1"), [("w1", "v1"), ("w1", "v2"), ("w2", "v1")])
    store.save_plan(plan("p2"), [("w1", "v3")])
    store.save_plan(plan("p3", season="2018-08-01/2018-12-31"), [("w1", "v1")])
    assert store.exposures(SEASON) == {"w1": {"v1", "v2", "v3"}, "w2": {"v1"}}
    assert store.exposure_counts(SEASON) == {"v1": 2, "v2": 1, "v3": 1}
    assert store.exposures("2019-01-01/2019-02-01") == {}


def test_a_pair_is_listed_once_a_season_or_the_plan_is_not_kept(store):
    store.save_plan(plan("p1"), [("w1", "v1")])
    with pytest.raises(InvalidInput, match=r"another plan was finished meanwhile.*Run it again"):
        store.save_plan(plan("p2"), [("w2", "v1"), ("w1", "v1")])
    assert store.exposure_counts(SEASON) == {"v1": 1}
    with pytest.raises(NotFound):
        store.plan("p2")


def test_a_decision_comes_back_as_first_logged_and_is_sealed(store):
    first = decision("d1", request={"workers": [{"worker_id": "w1", "birth_date": "1973-01-01"}], "数": [1.5, None]})
    store.append_decision(first)
    store.append_decision(decision("d1", request={}))
    assert store.decision("d1") == first
    with pytest.raises(NotFound):
        store.decision("d2")
    with store.database.reading() as connection:
        bodies = connection.execute(sa.select(schema.decision.c.body)).scalars().all()
    assert len(bodies) == 2
    assert not any(b"birth_date" in body for body in bodies)


def test_an_answer_and_who_asked_are_written_together(store, access):
    store.append_decision(decision("d1", request={"worker_id": "w1"}), entry("look", subjects=("w1", "w1")))
    store.append_decisions([decision("d2"), decision("d3")])
    last = access.append_audit(entry("look", subjects=("w2",)))
    assert [logged.decision_id for logged in store.decisions_of("w1")] == ["d1"]
    assert [(kept.seq, kept.subjects) for kept in access.audit()] == [(2, ("w2",)), (1, ("w1",))]
    assert last == access.audit()[0]
    assert broken_audit(access) == []


def test_what_cannot_be_stored_is_refused_and_leaves_nothing(store, access):
    zoneless = NOON.replace(tzinfo=None)
    for bad in (entry("look", at=zoneless), entry("look", detail={"x": object()})):
        with pytest.raises(InvalidInput, match="cannot be stored"):
            store.append_decision(decision("d1"), bad)
    with pytest.raises(InvalidInput, match="cannot be stored"):
        store.append_decisions(
            [decision("d1"), msgspec.structs.replace(decision("d2"), made_at=NOON.replace(tzinfo=None))]
        )
    assert (store.decisions(), access.audit()) == ([], [])


def test_decisions_are_found_by_whom_they_are_about_newest_first(store):
    of_worker = [decision("d1", request={"worker_id": "w1"}), decision("d2", request={"worker_id": "w1"})]
    of_vacancy = decision("d3", request={"vacancy_id": "v1"})
    for logged in (*of_worker, of_vacancy, decision("d4", request={"worker_id": "w2"}), of_worker[0]):
        store.append_decision(logged)
    assert [d.decision_id for d in store.decisions_of("w1")] == ["d1", "d2", "d1"]
    assert store.decisions_of("w1", limit=2) == [of_worker[0], of_worker[1]]
    assert store.decisions_of("v1") == [of_vacancy]
    assert store.decisions_of("w3") == []


def test_decisions_logged_before_the_index_are_found_after_migrating(store):
    for name in ("d1", "d2"):
        store.append_decision(decision(name, request={"worker_id": "w1"}))
    with store.database.writing() as connection:
        connection.execute(sa.schema.DropTable(schema.decision_subject))
        connection.execute(sa.schema.CreateTable(schema.decision_subject))
    assert store.decisions_of("w1") == []
    store.migrate()
    assert [d.decision_id for d in store.decisions_of("w1")] == ["d2", "d1"]


@pytest.mark.parametrize("table", schema.APPEND_ONLY)
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_logs_refuse_to_be_changed(store, access, texts, table, verb):
    write(store, "b1", [worker("w1")])
    store.append_decision(decision("d1", request={"worker_id": "w1"}))
    access.add_reactions([reaction("r1")])
    assert store.record_figure(figure(), entry("figure"))
    assert texts.add_consents([consent("c1")]) == 1
    kept = access.append_audit(entry("look", subjects=("w1",)))
    columns = schema.METADATA.tables[table].c
    column = next(c for c in columns if c.name in {"author", "sheet", "kind", "action", "subject", "words"})
    target = schema.METADATA.tables[table]
    statement = sa.update(target).values({column.name: "x"}) if verb == "update" else sa.delete(target)
    refused = pytest.raises(StoreError, match=r"the database refused .*append-only")
    with refused, store.database.writing() as connection:
        connection.execute(statement)
    assert store.decisions_of("w1") == [decision("d1", request={"worker_id": "w1"})]
    assert store.revision() == 1
    assert access.reactions("d1") == [reaction("r1")]
    assert access.audit(subject="w1") == [kept]


@pytest.mark.postgres
@pytest.mark.parametrize("table", schema.APPEND_ONLY)
def test_the_logs_of_postgresql_refuse_to_be_emptied(postgres_engine, tmp_path, table):
    url = postgres_engine.copy(tmp_path)
    store = open_store(url, home=tmp_path)
    with pytest.raises(StoreError, match="append-only"), store.database.writing() as connection:
        connection.exec_driver_sql(f"TRUNCATE {table} CASCADE")
    store.close()
    postgres_engine.drop(url)


def test_the_last_word_on_a_header_row_is_remembered(store):
    assert store.mapping("f") is None
    store.save_mapping("f", {"姓名": "name"})
    store.save_mapping("f", {"姓名": "name", "名族": "ethnicity"})
    assert store.mapping("f") == {"姓名": "name", "名族": "ethnicity"}
