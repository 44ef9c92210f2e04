"""One notion of proof: the two lists, the villages, the households and the reports count the same people."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.office.registers.figures import EMPLOYED, TWO_LISTS, UNPROVED, counted
from matcher.office.registers.homes import homes
from matcher.office.registers.rules import Rules
from matcher.office.registers.standing import Day, standings
from matcher.office.registers.work import Span
from matcher.office.reports.forms import forms, period_of
from matcher.office.reports.table import Known, table_of
from matcher.office.tracking.evidence import Why, definition
from matcher.policy import Conventions, standard_packs
from matcher.records import Evidence, EvidenceKind, Placement, Worker

QUARTERLY = forms().of("quarterly")
PERIOD = period_of(QUARTERLY, "2018-Q1")
ON = PERIOD.last
DAY = Day(Span(2018, ON, 2017), Rules(standard_packs(), Conventions()), standard_packs().vocabulary)
IDS = [f"w{n}" for n in range(6)]

DAYS = st.one_of(st.none(), st.integers(-400, 30).map(lambda n: ON + timedelta(days=n)))
PIECES = st.builds(Evidence, kind=st.sampled_from(EvidenceKind), on=DAYS, by=st.sampled_from(["", "liang"]))
PLACED = st.builds(
    lambda worker, start, lasts, evidence, checker: Placement(
        placement_id=f"p-{worker}-{start}-{lasts}",
        worker_id=worker,
        start=start,
        end=None if lasts is None else start + timedelta(days=lasts),
        evidence=tuple(evidence),
        checked_by=checker,
    ),
    st.sampled_from(IDS),
    st.integers(-500, 30).map(lambda n: ON + timedelta(days=n)),
    st.one_of(st.none(), st.integers(0, 600)),
    st.lists(PIECES, max_size=3),
    st.sampled_from([None, "liang"]),
)


def people(poor):
    told = {"place_code": "450206100201", "labour_ability": "normal", "birth_date": "1980-01-01"}
    rows = [
        {"worker_id": name, "registered_poor": poor[n], "household_id": f"h{n}", **told} for n, name in enumerate(IDS)
    ]
    return {row["worker_id"]: msgspec.convert(row, Worker) for row in rows}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PLACED, max_size=8),
    st.lists(st.sampled_from([True, False, None]), min_size=6, max_size=6),
    st.sets(st.integers(0, 7)),
)
def test_the_lists_and_the_reports_count_the_same_people(placements, poor, looked_at):
    workers = people(poor)
    refuted = frozenset(one.placement_id for n, one in enumerate(placements) if n in looked_at)
    found = standings(workers.values(), placements, DAY._replace(refuted=refuted))
    table = table_of(Known(found, workers, placements, refuted=refuted), QUARTERLY.figures, PERIOD)
    behind = {name: {one.worker_id for one in found if TWO_LISTS[name].test(one)} for name in (EMPLOYED, UNPROVED)}
    graded = [set(table.behind(name)) for name in ("grade_a", "grade_b", "grade_c")]
    assert behind[EMPLOYED] == set(table.behind("in_work")) == set().union(*graded)
    assert len(behind[EMPLOYED]) == sum(map(len, graded))
    assert behind[UNPROVED] == set(table.behind("grade_d"))
    rows = homes((), found, workers)
    assert {home.members[0].worker_id for home in rows if home.row.employed and home.members[0].poor} == behind[
        EMPLOYED
    ]


def test_a_paper_that_nobody_answers_for_is_told_beside_the_lists_with_what_it_lacks():
    paper = Evidence(kind=EvidenceKind.CONTRACT, on=date(2018, 2, 1))
    placed = Placement(placement_id="p", worker_id="w0", start=date(2018, 2, 1), evidence=(paper,))
    workers = people([True] * 6)
    (place,) = counted(standings(workers.values(), [placed], DAY), TWO_LISTS)
    assert place.people[UNPROVED] == ["w0"]
    work = standings(workers.values(), [placed], DAY)[0].work
    assert (work.why, work.evidence, work.in_year) == (Why.NO_CHECKER, ("contract",), False)
    checked = msgspec.structs.replace(placed, checked_by="liang")
    (named,) = counted(standings(workers.values(), [checked], DAY), TWO_LISTS)
    assert named.people[EMPLOYED] == ["w0"]


def test_proof_without_a_day_counts_and_is_of_the_grade_the_report_says():
    loose = Evidence(kind=EvidenceKind.CONTRACT, by="liang")
    placed = Placement(placement_id="p", worker_id="w0", start=date(2018, 2, 1), evidence=(loose,))
    workers = people([True] * 6)
    found = standings(workers.values(), [placed], DAY)
    table = table_of(Known(found, workers, [placed]), QUARTERLY.figures, PERIOD)
    assert definition().undated.at_most == "C"
    assert (found[0].lists, table.behind("grade_c")) == ((EMPLOYED,), ["w0"])
    reading = next(one.reading for one in forms().figure if one.id == "in_work")
    assert "没有日期的材料也算，最多是C级" in reading


def test_what_was_found_false_counts_in_no_list_and_no_report():
    paper = Evidence(kind=EvidenceKind.CONTRACT, on=date(2018, 2, 1), by="liang")
    placed = Placement(placement_id="p", worker_id="w0", start=date(2018, 2, 1), evidence=(paper,))
    workers = people([True] * 6)
    found = standings(workers.values(), [placed], DAY._replace(refuted=frozenset({"p"})))
    assert (found[0].lists, found[0].unproved, found[0].work.why) == ((), True, Why.FOUND_FALSE)
    assert (found[0].work.in_year, found[0].work.outside.months) == (False, 0)
    table = table_of(Known(found, workers, [placed], refuted=frozenset({"p"})), QUARTERLY.figures, PERIOD)
    assert (table.behind("in_work"), table.behind("started"), table.behind("grade_d")) == ([], [], ["w0"])
