"""Imports are written whole and taken back whole, and every revision can be seen again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from store_factories import NOON, batch, change, export, id_number, many_workers, worker, write

from matcher.errors import InvalidInput, NotFound, Problem, Severity, StoreError, UndoRefused
from matcher.records import Channel, Consent, Identity, Kind, Plot, PublishBar, Vacancy, Worker
from matcher.records.local_time import CHINA

ONE_OF_EACH = {
    Kind.HOUSEHOLDS: change("h1", able_members=2, place_code="450206102"),
    Kind.WORKERS: worker("w1", birth_date="1973-01-01", wish_to_work=True),
    Kind.VACANCIES: change(
        "v1",
        title="缝纫工",
        channel="workshop",
        place_code="450206",
        headcount=3,
        valid_to="2018-12-31",
        area_mu="0.30",
    ),
    Kind.EMPLOYERS: change("e1", name="测试厂", kind="workshop"),
    Kind.PLOTS: change("p1", site_code="450206102", area_mu="0.30"),
    Kind.PLACEMENTS: change("pl1", worker_id="w1", start="2018-03-01", evidence=[{"kind": "contract"}]),
}


def test_a_new_store_is_empty_at_revision_0(store):
    assert store.revision() == 0
    assert store.batches() == []
    assert all(store.records(kind) == [] for kind in Kind)


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_comes_back_as_stated_and_goes_with_its_batch(store, kind):
    stated = ONE_OF_EACH[kind]
    before = export(store, kind)
    write(store, "b1", [stated], kind)
    (found,) = store.records(kind)
    shown = msgspec.json.decode(msgspec.json.encode(found))
    assert dict(stated.fields).items() <= shown.items()
    store.undo_batch("b1", at=NOON)
    assert store.records(kind) == []
    assert export(store, kind) == before


def test_types_survive_the_store(store):
    bar = PublishBar(code="sex_condition", sentence="…")
    stated = change(
        "v1",
        title="叉车工",
        channel=Channel.MICRO_FARM,
        place_code="450206",
        headcount=1,
        area_mu=Decimal("0.300"),
        valid_from=date(2018, 2, 1),
        publish_bars=[bar],
    )
    write(store, "b1", [stated], Kind.VACANCIES)
    assert store.records(Kind.VACANCIES) == [
        Vacancy(
            vacancy_id="v1",
            title="叉车工",
            channel=Channel.MICRO_FARM,
            place_code="450206",
            headcount=1,
            area_mu=Decimal("0.300"),
            valid_from=date(2018, 2, 1),
            publish_bars=(bar,),
        )
    ]
    write(store, "b2", [ONE_OF_EACH[Kind.PLOTS]], Kind.PLOTS)
    (plot,) = store.records(Kind.PLOTS)
    assert isinstance(plot, Plot)
    assert str(plot.area_mu) == "0.30"


def test_a_patch_states_only_what_its_row_states(store):
    write(store, "b1", [worker("w1", education="junior", skills=["缝纫"])])
    write(store, "b2", [change("w1", skills=["电焊"], wage_floor_yuan_month=3000)])
    (found,) = store.records(Kind.WORKERS)
    assert found == Worker(
        worker_id="w1", place_code="450206102", education="junior", skills=("电焊",), wage_floor_yuan_month=3000
    )


def test_consents_are_stated_one_by_one_and_a_judgement_as_a_whole(store):
    write(store, "b1", [worker("w1", consent={"plot": True}, off_farm_hard={"value": True, "by": "韦某"})])
    write(store, "b2", [change("w1", consent={"sms": False}, off_farm_hard={"value": False})])
    (found,) = store.records(Kind.WORKERS)
    assert found.consent == Consent(plot=True, sms=False)
    assert found.off_farm_hard.by == ""


def test_records_are_sorted_by_code_point_on_every_engine(store):
    ids = ["b", "B", "a", "Z", "_", "0", "乙", "甲", "é", "a-b", "a b", "aa"]
    write(store, "b1", [worker(record_id) for record_id in ids])
    assert [found.worker_id for found in store.records(Kind.WORKERS)] == sorted(ids)
    some = store.records(Kind.WORKERS, ids=["甲", "B", "a", "missing", "B"])
    assert [found.worker_id for found in some] == ["B", "a", "甲"]


def test_undo_in_any_order_leaves_the_fold_of_the_rest(store):
    write(store, "b1", [worker("w1", education="junior", identity={"phone": "13800000001"})])
    after_first = export(store)
    write(store, "b2", [change("w1", education="senior", identity={"phone": "13800000002"}), worker("w2")])
    write(store, "b3", [change("w1", wage_floor_yuan_month=3000)])
    store.undo_batch("b2", at=NOON)
    (found,) = store.records(Kind.WORKERS)
    assert (found.education, found.wage_floor_yuan_month) == ("junior", 3000)
    assert store.identities(["w1"]) == {"w1": Identity(worker_id="w1", phone="13800000001")}
    store.undo_batch("b3", at=NOON)
    assert export(store) == after_first


def test_every_revision_stays_as_it_was(store):
    write(store, "b1", [worker("w1", education="junior")])
    write(store, "b2", [change("w1", education="senior"), worker("w2")])
    store.undo_batch("b1", at=NOON)
    write(store, "b3", [worker("w1"), worker("w3")])
    seen = [[(w.worker_id, w.education) for w in store.records(Kind.WORKERS, revision=r)] for r in range(5)]
    assert seen == [
        [],
        [("w1", "junior")],
        [("w1", "senior"), ("w2", None)],
        # Without b1 nothing says where w1 lives, so there is no such record.
        [("w2", None)],
        [("w1", "senior"), ("w2", None), ("w3", None)],
    ]
    assert [w.worker_id for w in store.records(Kind.WORKERS, ids=["w2"], revision=2)] == ["w2"]


def test_events_of_other_kinds_leave_a_revision_of_this_kind(store):
    write(store, "b1", [worker("w1")])
    write(store, "b2", [ONE_OF_EACH[Kind.HOUSEHOLDS]], Kind.HOUSEHOLDS)
    assert [w.worker_id for w in store.records(Kind.WORKERS, revision=1)] == ["w1"]
    assert store.records(Kind.HOUSEHOLDS, revision=1) == []


@pytest.mark.parametrize("revision", [-1, 2])
def test_a_revision_that_never_was_is_refused(store, revision):
    write(store, "b1", [worker("w1")])
    with pytest.raises(StoreError, match="no revision"):
        store.records(Kind.WORKERS, revision=revision)


def test_batches_tell_what_came_when_and_what_was_taken_back(store):
    local = datetime(2018, 6, 1, 12, 0, 0, 123456, tzinfo=UTC) + timedelta(hours=1)
    store.write_batch(batch("b1", at=local, summary={"rows": 1, "accepted": 1, "problems": [1]}), [worker("w1")])
    write(store, "b2", [worker("w2")])
    store.undo_batch("b1", at=NOON, by="auditor")
    first, second = store.batches()
    assert (first.batch_id, first.imported_at, first.by, first.undone_at) == ("b1", local, "officer", NOON)
    assert first.summary == {"rows": 1, "accepted": 1}
    assert (second.batch_id, second.undone_at) == ("b2", None)
    assert store.revision() == 3


def test_a_time_without_a_zone_is_refused(store):
    with pytest.raises(InvalidInput, match="zone"):
        store.write_batch(batch("b1", at=datetime(2018, 6, 1)), [worker("w1")])  # noqa: DTZ001 - the point
    assert store.revision() == 0


@pytest.mark.parametrize("wrong", [{"headcount": 2**70}, {"place_code": "45\x000206"}])
def test_a_value_no_engine_can_hold_is_bad_input_or_kept(store, wrong):
    stated = change("v1", **{"title": "普工", "channel": "workshop", "place_code": "450206", "headcount": 1, **wrong})
    try:
        write(store, "b1", [stated], Kind.VACANCIES)
    except InvalidInput:
        assert store.revision() == 0
    else:
        (found,) = store.records(Kind.VACANCIES)
        assert wrong.items() <= msgspec.to_builtins(found).items()


def test_problems_are_kept_in_order_and_sealed(store):
    found = [Problem(row=row, found=f"4502061973{row}", severity=Severity.WARNING) for row in range(2, 30)]
    store.write_batch(batch("b1"), [worker("w1")], found)
    assert store.problems("b1") == found
    with store.database.reading() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM batch_problem").scalars().all()
    assert len(bodies) == len(found)
    assert not any(b"4502061973" in bytes(body) for body in bodies)
    with pytest.raises(NotFound):
        store.problems("b2")


def test_history_tells_each_fact_with_source_and_dates(store):
    stated = worker("w1", row=5, since=date(2018, 1, 1), education="junior", identity={"name": "测试"})
    store.write_batch(batch("b1"), [stated])
    write(store, "b2", [change("w1", education="senior", row=9)])
    write(store, "b3", [change("w1", education="college")])
    store.undo_batch("b3", at=NOON)
    facts = store.history(Kind.WORKERS, "w1")
    assert [(f.field, f.value, f.since, f.source.batch_id, f.source.row) for f in facts] == [
        ("place_code", "450206102", date(2018, 1, 1), "b1", 5),
        ("education", "junior", date(2018, 1, 1), "b1", 5),
        ("education", "senior", None, "b2", 9),
    ]
    source = facts[0].source
    assert (source.file, source.sheet, source.by, source.imported_at) == ("b1.xlsx", "Sheet1", "officer", NOON)
    assert store.history(Kind.WORKERS, "nobody") == []


@pytest.mark.parametrize(
    ("stated", "complaint"),
    [
        (change("w2", education="junior"), "lacks place_code"),
        (change("w2", place_code=None), "lacks place_code"),
        (worker("w2", colour="red"), "colour"),
        (worker("w2", education="doctor"), "doctor"),
        (worker("w2", birth_date="1973-02-30"), "date"),
        (worker("w2", identity={"address": "x"}), "identity fields"),
    ],
)
def test_a_patch_that_makes_no_record_is_refused_and_nothing_stays(store, stated, complaint):
    write(store, "b1", [worker("w1")])
    before = export(store)
    with pytest.raises(InvalidInput, match=complaint) as refused:
        write(store, "b2", [worker("w3"), stated])
    assert refused.value.where == "w2"
    assert export(store) == before
    assert store.revision() == 1
    write(store, "b2", [worker("w3")])


def test_identity_fields_belong_to_workers_only(store):
    with pytest.raises(InvalidInput, match="only of workers"):
        write(store, "b1", [change("h1", identity={"name": "测试"})], Kind.HOUSEHOLDS)


def test_a_batch_id_is_used_once(store):
    write(store, "b1", [worker("w1")])
    with pytest.raises(InvalidInput, match="before"):
        write(store, "b1", [worker("w2")])


def test_undo_is_refused_for_unknown_and_twice(store):
    with pytest.raises(UndoRefused, match="no import"):
        store.undo_batch("b1", at=NOON)
    write(store, "b1", [worker("w1")])
    store.undo_batch("b1", at=NOON)
    at_home = f"{NOON.astimezone(CHINA):%Y-%m-%d %H:%M}"
    with pytest.raises(UndoRefused, match=rf"already, on {at_home} \(time in China\)\.$"):
        store.undo_batch("b1", at=NOON)
    assert store.revision() == 2


def test_an_import_that_fails_on_the_way_leaves_nothing(store):
    def changes():
        yield from many_workers(2500)
        raise RuntimeError("the sheet ended early")

    with pytest.raises(RuntimeError):
        write(store, "b1", changes())
    assert store.revision() == 0
    assert store.records(Kind.WORKERS) == []
    assert store.workers_by_id_number([id_number(0)]) == {}


def test_more_rows_than_a_chunk_and_the_same_row_twice(store):
    write(store, "b1", many_workers(4100))
    before = export(store)
    assert len(store.records(Kind.WORKERS)) == 4100
    write(store, "b2", many_workers(4100))
    assert export(store) == before
    write(store, "b3", [worker("w0000001", education="none"), worker("w0000001", education="senior")])
    assert store.records(Kind.WORKERS, ids=["w0000001"])[0].education == "senior"
    store.undo_batch("b3", at=NOON)
    store.undo_batch("b1", at=NOON)
    assert export(store) == before


def test_an_empty_batch_is_a_batch(store):
    write(store, "b1", [])
    assert [b.batch_id for b in store.batches()] == ["b1"]
    store.undo_batch("b1", at=NOON)
