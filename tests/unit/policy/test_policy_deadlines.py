"""What ends when: documents, figures, tasks, days that come round; the day itself still counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import PackError
from matcher.policy import standard_packs
from matcher.policy.deadlines import DeadlineKind, deadlines
from matcher.policy.recurring import Every, load_recurring, next_due, standard_recurring
from matcher.policy.rule_types import Parameter, ParameterKind

PACKS = standard_packs()


def row(value, kind: str = "text") -> Parameter:
    return Parameter(id="x", kind=ParameterKind(kind), value=value, clause="一")


def of(on: date, **wanted):
    found = deadlines(PACKS, on, standard_recurring())
    return [line for line in found if all(getattr(line, key) == value for key, value in wanted.items())]


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2030, 6, 25), date(2030, 6, 25)),
        (date(2030, 6, 26), date(2031, 6, 25)),
        (date(2030, 1, 1), date(2030, 6, 25)),
        (date(2030, 12, 31), date(2031, 6, 25)),
    ],
)
def test_a_day_of_the_year_comes_round(on, due):
    assert next_due(row("06-25"), Every.YEAR, on) == due


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2030, 1, 2), date(2030, 1, 2)),
        (date(2030, 1, 3), date(2030, 4, 2)),
        (date(2030, 3, 31), date(2030, 4, 2)),
        (date(2030, 12, 31), date(2031, 1, 2)),
    ],
)
def test_days_after_a_quarter_come_round(on, due):
    assert next_due(row(2, "number"), Every.QUARTER, on) == due


@given(
    on=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    every=st.sampled_from(Every),
    days=st.integers(0, 60),
)
def test_what_comes_round_is_never_past_nor_further_than_its_period(on, every, days):
    value = "12-31" if every is Every.YEAR else days
    due = next_due(row(value, "text" if every is Every.YEAR else "number"), every, on)
    assert on <= due <= on + timedelta(days=366 if every is Every.YEAR else 92)
    assert next_due(row(value), every, due) == due


def test_the_end_of_a_document_counts_down_and_turns_the_day_after():
    for on, left, over in (
        (date(2025, 12, 30), 1, False),
        (date(2025, 12, 31), 0, False),
        (date(2026, 1, 1), -1, True),
    ):
        (line,) = of(on, pack_id="qinzhou_2021", kind=DeadlineKind.DOCUMENT)
        assert (line.days_left, line.over) == (left, over)
        assert ("不付钱（无现行政策）" in line.now) is over
    assert line.rules
    assert line.benefits


def test_a_document_without_end_is_over_with_the_years_it_names():
    (line,) = of(date(2020, 12, 31), pack_id="liujiang_2018", kind=DeadlineKind.LAST_YEAR_NAMED)
    assert (line.days_left, line.last_day) == (0, date(2020, 12, 31))
    assert line.now.startswith("现行")
    (line,) = of(date(2021, 1, 1), pack_id="liujiang_2018", kind=DeadlineKind.LAST_YEAR_NAMED)
    assert "待人工核实" in line.now


def test_a_figure_that_ends_before_its_document_names_the_rules_that_read_it():
    (line,) = of(date(2022, 4, 30), id="work_injury_rate_cut")
    assert (line.kind, line.days_left, line.rules) == (DeadlineKind.FIGURE, 0, ("QZ_INJURY_RATE",))
    (line,) = of(date(2022, 5, 1), id="work_injury_rate_cut")
    assert line.over
    assert "不再用" not in line.now


def test_a_task_is_a_reminder_unless_its_day_is_the_last_of_the_document():
    (line,) = of(date(2018, 6, 30), id="pilot_three_micro_deadline_body")
    assert (line.kind, line.days_left) == (DeadlineKind.TASK, 0)
    assert "只作提醒" in line.now
    (line,) = of(date(2026, 1, 1), id="workshop_rules_end")
    assert "只作提醒" not in line.now
    assert "不付钱" in line.now


def test_reports_are_due_only_while_their_document_is_not_over():
    assert len(of(date(2018, 6, 1), kind=DeadlineKind.REPORT)) == 5
    assert of(date(2017, 6, 1), kind=DeadlineKind.REPORT) == []
    assert {line.now for line in of(date(2026, 6, 1), kind=DeadlineKind.REPORT)} == {
        "文件是否有效待核实；核实以前照此提醒。"
    }


def test_every_stated_last_day_of_every_document_is_told_once():
    found = deadlines(PACKS, date(2022, 1, 1), standard_recurring())
    told = [(line.pack_id, line.id) for line in found]
    assert len(set(told)) == len(told)
    for pack in PACKS.packs.values():
        for parameter in pack.parameters:
            ends = parameter.to is not None and parameter.to != pack.document.to
            assert not (ends and not pack.document.always) or (pack.id, parameter.id) in told


def test_soonest_first_and_what_is_over_after_it():
    found = [(line.over, abs(line.days_left)) for line in deadlines(PACKS, date(2022, 1, 1), standard_recurring())]
    assert found == sorted(found)
    assert {over for over, _ in found} == {True, False}


def test_recurring_days_name_parameters_there_are():
    for line in standard_recurring():
        assert PACKS[line.pack].parameter(line.parameter) is not None


def test_recurring_days_are_read_strictly(tmp_path):
    with pytest.raises(PackError, match="recurring"):
        load_recurring(tmp_path)
    (tmp_path / "recurring.toml").write_text('[[recurring]]\npack = "a"\nevery = "moon"\n', encoding="utf-8")
    with pytest.raises(PackError, match="recurring"):
        load_recurring(tmp_path)
