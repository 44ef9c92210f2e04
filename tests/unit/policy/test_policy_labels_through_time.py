"""One person under three vocabularies: every row of the table of requirements 7.2, and days that bound a status."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.policy import standard_packs, tier_of, tiers, worker_flags
from matcher.policy.evaluation.labels import labels_of, vocabulary_labels
from matcher.records import MonitoredType, Worker

PACKS = standard_packs()
DAYS = {"2018": date(2018, 2, 8), "2020": date(2020, 12, 31), "2021": date(2021, 8, 30)}
POOR = {"registered_poor": True, "registered_from": date(2016, 1, 1)}
NOT_POOR = {"registered_poor": False, "out_of_poverty": False, "rural_low_income": False}


def person(**fields):
    return Worker(worker_id="w", place_code="450206103001", **fields)


def words(worker):
    """Vocabulary -> the words the person carried in it."""
    found = labels_of(worker, PACKS.vocabulary)
    return {name: {row.label for row in found if row.vocabulary == name and row.holds} for name in DAYS}


TABLE = [
    pytest.param(
        person(**POOR), {"registered_poor"}, {"poor_worker"}, {"out_of_poverty"}, id="registered, still poor"
    ),
    pytest.param(
        person(**POOR, out_of_poverty=True, left_poverty_on=date(2017, 12, 1)),
        {"registered_poor"}, {"poor_worker"}, {"out_of_poverty"}, id="registered, already out",
    ),
    pytest.param(
        person(
            **POOR, left_poverty_on=date(2019, 12, 1),
            monitored_type=MonitoredType.UNSTABLE, monitored_from=date(2021, 5, 1),
        ),
        {"registered_poor"}, {"poor_worker"}, {"out_of_poverty", "monitored"}, id="registered, out, now unstable",
    ),
    pytest.param(
        person(**NOT_POOR, monitored_type=MonitoredType.MARGINAL, monitored_from=date(2021, 5, 1)),
        set(), set(), {"monitored", "marginal"}, id="never registered, marginal",
    ),
    pytest.param(
        person(**POOR, relocated=True, relocated_from=date(2017, 6, 1)),
        {"registered_poor", "relocated_poor"}, {"poor_worker", "relocation_site_resident"},
        {"out_of_poverty", "relocated"}, id="relocated and registered",
    ),
    pytest.param(
        person(**NOT_POOR, relocated=True, relocated_from=date(2017, 6, 1)),
        set(), {"relocation_site_resident"}, {"relocated"}, id="relocated, never registered",
    ),
    pytest.param(
        person(registered_poor=False, rural_low_income=True, low_income_from=date(2021, 6, 1)),
        set(), set(), {"rural_low_income"}, id="low income only",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("worker", "in_2018", "in_2020", "in_2021"), TABLE)
def test_each_row_of_the_table(worker, in_2018, in_2020, in_2021):
    assert words(worker) == {"2018": in_2018, "2020": in_2020, "2021": in_2021}


@pytest.mark.parametrize(
    ("worker", "ranks"),
    [
        (person(**POOR, relocated=True), {"liujiang_2018": 0, "qinzhou_2021": 0, "wuyuan_2021": 0}),
        (person(**NOT_POOR, relocated=True), {"liujiang_2018": 2, "qinzhou_2021": 1, "wuyuan_2021": 2}),
    ],
)
def test_relocation_without_the_register_counts_in_qinzhou_and_not_in_wuyuan(worker, ranks):
    """The last column of the table: E knows no relocated group."""
    days = {"liujiang_2018": DAYS["2018"], "qinzhou_2021": DAYS["2021"], "wuyuan_2021": date(2021, 10, 16)}
    for pack_id, rank in ranks.items():
        flags = worker_flags(worker, on=days[pack_id], vocabulary=PACKS.vocabulary)
        assert tier_of(flags, tiers(PACKS[pack_id], "general")).rank == rank


def test_a_deep_poverty_village_is_a_former_one_once_relief_is_over():
    worker = person(deep_poverty_village=True)
    for on, now, former in ((date(2020, 12, 31), True, False), (date(2021, 1, 1), False, True)):
        flags = worker_flags(worker, on=on)
        assert (flags["deep_poverty_village"], flags["former_deep_poverty_village"]) == (now, former)
        assert tier_of(flags, tiers(PACKS["standard"], "general")).rank == 0


@pytest.mark.parametrize(
    ("flag", "since", "until", "fields"),
    [
        ("registered_poor", "registered_from", None, {"registered_poor": True}),
        ("relocated", "relocated_from", None, {"relocated": True}),
        ("monitored", "monitored_from", "monitored_to", {"monitored_type": MonitoredType.SUDDEN}),
        ("rural_low_income", "low_income_from", "low_income_to", {"rural_low_income": True}),
        ("out_of_poverty", "left_poverty_on", None, {"registered_poor": True, "out_of_poverty": True}),
    ],
)
def test_a_status_holds_from_its_first_day_through_its_last(flag, since, until, fields):
    first, last = date(2019, 3, 1), date(2020, 5, 31)
    day = timedelta(days=1)
    worker = person(**fields, **{since: first}, **({until: last} if until else {}))

    def on(when):
        return worker_flags(worker, on=when)[flag]

    assert [on(first - day), on(first), on(last)] == [False, True, True]
    assert on(last + day) is (until is None)
    undated = person(**fields)
    assert worker_flags(undated, on=first - day)[flag] is True


def test_a_past_status_stands_for_its_days_whatever_the_record_says_today():
    ended = person(monitored_type=MonitoredType.NONE, monitored_from=date(2021, 5, 1), monitored_to=date(2022, 4, 30))
    assert worker_flags(ended, on=date(2021, 8, 30))["monitored"] is True
    assert worker_flags(ended, on=date(2021, 8, 30))["marginal"] is None
    assert worker_flags(ended, on=date(2022, 5, 1))["monitored"] is False
    only_end = person(monitored_type=MonitoredType.NONE, monitored_to=date(2022, 4, 30))
    assert worker_flags(only_end, on=date(2021, 8, 30))["monitored"] is None
    only_start = person(monitored_type=MonitoredType.NONE, monitored_from=date(2021, 5, 1))
    assert worker_flags(only_start, on=date(2023, 1, 1))["monitored"] is False


DAY = st.none() | st.dates(date(2015, 1, 1), date(2022, 12, 31))


@given(registered=DAY, relocated=DAY, monitored=DAY, kind=st.sampled_from(list(MonitoredType)[1:]), low=st.booleans())
def test_words_of_records_are_those_of_the_rule_over_dated_facts(registered, relocated, monitored, kind, low):
    """X_VOCAB and the record say the same of the same days."""
    worker = person(
        registered_poor=registered is not None, registered_from=registered,
        relocated=relocated is not None, relocated_from=relocated,
        monitored_type=MonitoredType.NONE if monitored is None else kind, monitored_from=monitored,
        rural_low_income=low,
    )  # fmt: skip
    facts = {
        "registered_from": registered, "relocated_from": relocated, "monitored_from": monitored,
        "monitored_type": kind.value, "rural_low_income": low,
    }  # fmt: skip
    ruled = vocabulary_labels(facts, PACKS)
    assert {name: sorted(found) for name, found in words(worker).items()} == {name: ruled[name] for name in DAYS}


@given(on=st.dates(date(2015, 1, 1), date(2024, 1, 1)), other=st.dates(date(2015, 1, 1), date(2024, 1, 1)))
def test_what_is_asked_for_one_day_never_depends_on_another(on, other):
    worker = person(**POOR, monitored_type=MonitoredType.UNSTABLE, monitored_from=date(2020, 3, 1))
    before = worker_flags(worker, on=on)
    worker_flags(worker, on=other)
    assert worker_flags(worker, on=on) == before
