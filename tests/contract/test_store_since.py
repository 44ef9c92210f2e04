"""Statements with a day of their own: a list of former years neither erases the present nor is erased by it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from store_factories import NOON, batch, worker

from matcher.records import Kind, MonitoredType
from matcher.services.ground.scoped_store import Scoped
from matcher.services.office.as_of import worker_on

LATER = NOON + timedelta(days=30)


def write(store, name, *, at=NOON, since=None, **fields):
    store.write_batch(batch(name, at=at), [worker("w1", since=since, **fields)])


def now(store, **how):
    (found,) = store.records(Kind.WORKERS, **how)
    return found


def on(store, day):
    """The worker of a day, told alike one by one and for a whole roster."""
    told = worker_on("w1", store.history(Kind.WORKERS, "w1"), day)
    assert store.records_on(Kind.WORKERS, day) == ([] if told is None else [told])
    return told


def test_a_later_status_stands_beside_the_earlier_one_and_does_not_erase_it(store):
    write(store, "b1", registered_poor=True, monitored_type="none", since=date(2016, 1, 1))
    first = store.revision()
    write(store, "b2", at=LATER, monitored_type="unstable", since=date(2018, 5, 1))
    assert now(store).monitored_type is MonitoredType.UNSTABLE
    assert now(store, revision=first).monitored_type is MonitoredType.NONE
    assert on(store, date(2018, 4, 30)).monitored_type is MonitoredType.NONE
    assert on(store, date(2018, 5, 1)).monitored_type is MonitoredType.UNSTABLE
    assert on(store, date(2018, 5, 1)).registered_poor is True
    assert on(store, date(2015, 12, 31)) is None


def test_a_list_of_former_years_that_comes_in_late_does_not_undo_the_present(store):
    write(store, "b1", monitored_type="unstable", hard_to_employ=True)
    write(store, "b2", at=LATER, monitored_type="none", relocated=True, since=date(2017, 1, 1))
    assert now(store).monitored_type is MonitoredType.UNSTABLE
    assert now(store).relocated is True
    assert on(store, date(2017, 6, 1)).monitored_type is MonitoredType.NONE
    assert on(store, NOON.date()).monitored_type is MonitoredType.UNSTABLE


def test_taking_the_later_list_back_leaves_what_was(store):
    write(store, "b1", monitored_type="none", since=date(2016, 1, 1))
    before = now(store)
    write(store, "b2", at=LATER, monitored_type="marginal", since=date(2018, 5, 1))
    store.undo_batch("b2", at=LATER)
    assert now(store) == before


def test_without_days_the_last_import_counts_and_the_first_from_ever(store):
    write(store, "b1", monitored_type="none")
    write(store, "b2", at=LATER, monitored_type="sudden")
    assert now(store).monitored_type is MonitoredType.SUDDEN
    assert on(store, date(2010, 1, 1)).monitored_type is MonitoredType.NONE
    assert on(store, LATER.date() - timedelta(days=1)).monitored_type is MonitoredType.NONE
    assert on(store, LATER.date()).monitored_type is MonitoredType.SUDDEN


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_state_does_not_depend_on_the_order_lists_came_in(store, order):
    lists = [("none", date(2016, 1, 1)), ("marginal", date(2017, 1, 1)), ("sudden", date(2018, 1, 1))]
    for number in order:
        kind, since = lists[number]
        write(store, f"b{number}", monitored_type=kind, since=since)
    assert now(store).monitored_type is MonitoredType.SUDDEN
    for kind, since in lists:
        assert on(store, since).monitored_type.value == kind


def test_the_roster_of_a_day_is_that_of_now_once_nothing_holds_later(store):
    write(store, "b1", monitored_type="none", since=date(2016, 1, 1))
    write(store, "b2", at=LATER, monitored_type="sudden", since=date(2018, 5, 1))
    assert store.stated_after(Kind.WORKERS, date(2018, 4, 30))
    assert not store.stated_after(Kind.WORKERS, date(2018, 5, 1))
    assert store.records_on(Kind.WORKERS, date(2018, 5, 1)) == store.records(Kind.WORKERS)
    write(store, "b3", at=LATER, hard_to_employ=True)
    assert store.stated_after(Kind.WORKERS, LATER.date() - timedelta(days=1))
    assert not store.stated_after(Kind.WORKERS, LATER.date())


def test_what_was_known_of_a_day_stays_when_something_is_dated_back(store):
    write(store, "b1", monitored_type="none", since=date(2016, 1, 1))
    known = store.revision()
    write(store, "b2", at=LATER, monitored_type="sudden", since=date(2017, 1, 1))
    (then,) = store.records_on(Kind.WORKERS, date(2017, 6, 1), revision=known)
    assert then.monitored_type is MonitoredType.NONE
    assert on(store, date(2017, 6, 1)).monitored_type is MonitoredType.SUDDEN


def test_somebody_who_lived_elsewhere_on_the_day_is_not_seen(store):
    write(store, "b1", place_code="450206100201", since=date(2016, 1, 1))
    write(store, "b2", at=LATER, place_code="450206101201", since=date(2018, 5, 1))
    here = Scoped(store, ("450206101",))
    assert here.records_on(Kind.WORKERS, date(2018, 4, 30)) == []
    assert [found.worker_id for found in here.records_on(Kind.WORKERS, date(2018, 5, 1))] == ["w1"]
