"""The day somebody answered about a plot, and the class of a household when its plot began, come in and stay."""

from __future__ import annotations

import pytest

from matcher.intake.fields import field_map
from matcher.intake.values import wording_of
from matcher.records import Kind, PlotClass


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Kind.WORKERS, "consent.plot_on"), (Kind.PLOTS, "class_at_start"), (Kind.PLOTS, "tiller_died_on")],
)
def test_the_field_is_a_column_with_a_chinese_label_and_its_clause(kind, name):
    field = field_map(kind)[name]
    assert field.label
    assert field.clause == "A 三(二)4(2)"
    assert not field.required


@pytest.mark.parametrize(("klass", "words"), [(PlotClass.POOR, "贫困户"), (PlotClass.OTHER, "非贫困户")])
def test_the_class_is_read_and_written_in_the_countys_words(klass, words):
    assert wording_of("class_at_start", "class_at_start", klass.value) == words
