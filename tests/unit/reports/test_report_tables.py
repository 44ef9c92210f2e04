"""Tables of reports: a figure is the people behind it, and what is printed in public tells nobody apart."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InvalidInput, NotFound
from matcher.office.registers.standing import Standing
from matcher.office.reports.forms import forms, period_of, period_on, read_forms
from matcher.office.reports.table import Change, Known, Table, changes, printable, printable_sum, table_of
from matcher.records import Evidence, EvidenceKind, Placement, Worker

QUARTERLY = forms().of("quarterly")
ANNUAL = forms().of("annual")
Q1 = period_of(QUARTERLY, "2018-Q1")
HOME = "450206101001"
CELLS = st.dictionaries(
    st.sampled_from(("a", "b")),
    st.dictionaries(
        st.sampled_from(("450206101001", "450206101002", "450206102001")),
        st.lists(st.text("xyz", min_size=1, max_size=3), unique=True, max_size=4).map(sorted),
    ),
)


@pytest.mark.parametrize(
    ("kind", "name", "first", "last"),
    [
        ("quarterly", "2018-Q1", date(2018, 1, 1), date(2018, 3, 31)),
        ("quarterly", "2018-Q4", date(2018, 10, 1), date(2018, 12, 31)),
        ("half_year", "2018", date(2018, 1, 1), date(2018, 6, 30)),
        ("annual", "2020", date(2020, 1, 1), date(2020, 12, 31)),
    ],
)
def test_a_period_is_whole_months(kind, name, first, last):
    assert period_of(forms().of(kind), name) == (name, first, last)


@pytest.mark.parametrize(("kind", "name"), [("quarterly", "2018"), ("annual", "2018-Q1"), ("quarterly", "2018-Q5"),
                                            ("annual", "0000"), ("annual", "9999"),
                                            ("quarterly", "0000-Q1"), ("quarterly", "9999-Q4"),
                                            ("annual", "２０１８")])  # fmt: skip
def test_a_name_of_no_period_is_refused(kind, name):
    with pytest.raises(InvalidInput):
        period_of(forms().of(kind), name)


def test_an_office_works_at_the_quarter_that_ended_last():
    assert period_on(QUARTERLY, date(2018, 4, 1)).name == "2018-Q1"
    assert period_on(QUARTERLY, date(2018, 3, 31)).name == "2017-Q4"
    assert period_on(ANNUAL, date(2018, 12, 25)).name == "2018"
    with pytest.raises(NotFound):
        forms().of("weekly")


def test_a_report_whose_figure_nobody_describes_is_refused():
    with pytest.raises(InvalidInput, match="nobody describes: b"):
        read_forms('rule = "R"\nsmallest_public = 5\nending_days = 60\nlicence_days = 30\n'
                   'missed_days = 365\n'
                   'figure = [{id="a",title="甲"}]\n'
                   'report = [{kind="k",title="t",span="year",figures=["a","b"]}]')  # fmt: skip


def placed(
    n: int, start: date, end: date | None = None, *, kind: str = "contract", on: date | None = None
) -> Placement:
    piece = Evidence(kind=EvidenceKind(kind), on=on or start, by="liang")
    return Placement(
        placement_id=f"p{n}", worker_id=f"w{n}", start=start, end=end, evidence=(piece,), checked_by="liang"
    )


def listed(worker_id: str, poor: bool | None = True) -> Standing:
    return Standing(**dict.fromkeys(Standing._fields, ()))._replace(worker_id=worker_id, poor=poor)


def test_work_is_counted_by_its_days_and_proof():
    workers = {f"w{n}": Worker(worker_id=f"w{n}", place_code=HOME) for n in range(1, 6)}
    placements = [
        placed(1, date(2018, 1, 1)),
        placed(2, date(2017, 5, 1), date(2018, 3, 31)),
        placed(3, date(2018, 4, 1)),
        placed(4, date(2018, 2, 1), on=date(2018, 4, 2)),
        placed(5, date(2017, 5, 1), date(2018, 1, 1)),
        placed(6, date(2018, 2, 1)),
    ]
    of_registers = [listed("w1"), listed("w4"), listed("w2", poor=None)]
    table = table_of(Known(of_registers, workers, placements, frozenset({"w2", "w9"})), QUARTERLY.figures, Q1)
    assert table.behind("in_work") == ["w1"]
    assert table.behind("in_work_all") == ["w1", "w2"]
    assert table.behind("grade_d") == ["w4"]
    assert table.behind("started") == ["w1"]
    assert table.behind("ended") == ["w2", "w5"]
    assert table.behind("paid") == ["w2"]
    assert sum(table.n(name) for name in ("grade_a", "grade_b", "grade_c")) == table.n("in_work")
    with pytest.raises(NotFound):
        table.behind("nothing")


@settings(max_examples=50)
@given(CELLS)
def test_a_figure_is_the_sum_of_what_it_opens(cells):
    table = Table(cells=cells)
    for figure in cells:
        assert table.n(figure) == len(table.behind(figure))
        for digits in (9, 12):
            assert table.n(figure) == sum(table.n(figure, place) for place in table.places(digits))


@settings(max_examples=50)
@given(CELLS, CELLS)
def test_what_changed_leads_from_the_frozen_table_to_the_present_one(old, new):
    figures = sorted({*old, *new})
    frozen = Table(cells={name: old.get(name, {}) for name in figures})
    now = Table(cells={name: new.get(name, {}) for name in figures})
    told = changes(frozen, now)
    assert changes(now, now) == []
    for figure in figures:
        for town in {*frozen.places(9), *now.places(9)}:
            row = next((one for one in told if (one.figure, one.town) == (figure, town)), Change(figure, town, (), ()))
            before, after = set(frozen.behind(figure, town)), set(now.behind(figure, town))
            assert before.union(row.came).difference(row.went) == after


def test_a_region_sees_its_own_villages():
    table = Table(cells={"a": {"450206101001": ["x"], "450206102001": ["y"]}})
    assert table.within(("450206102",)).behind("a") == ["y"]
    assert table.within(()) is table


@settings(max_examples=200)
@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=1), st.integers(0, 12)), st.integers(1, 6))
def test_nothing_small_can_be_told_from_what_is_printed(counts, smallest):
    told, total = printable(counts, smallest), printable_sum(counts, smallest)
    assert all(n is None or n == 0 or n >= smallest for n in told.values())
    hidden = [counts[name] for name, n in told.items() if n is None]
    if total is not None and hidden:
        assert len(hidden) > 1
    assert total in (None, sum(counts.values()))


def test_one_small_cell_takes_the_next_with_it():
    assert printable({"a": 3, "b": 7, "c": 20, "d": 0}, 5) == {"a": None, "b": None, "c": 20, "d": 0}
    assert printable({"a": 4, "b": 4, "c": 20}, 5) == {"a": None, "b": None, "c": 20}
    assert printable({"a": 5, "b": 7}, 5) == {"a": 5, "b": 7}
    assert printable_sum({"a": 3, "b": 0}, 5) is None
