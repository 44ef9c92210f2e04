"""Accuracy on the committed labelled titles; floors a little below what is measured, so that a loss is seen."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "training_data" / "reference" / "evaluate_occupations.py"


@pytest.fixture(scope="module")
def evaluation():
    spec = importlib.util.spec_from_file_location("evaluate_occupations", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def answers(evaluation):
    rows = evaluation.labelled()
    return list(zip(rows, evaluation.product([title for title, _ in rows]), strict=True))


@pytest.mark.parametrize(
    ("unseen_only", "exact", "small", "middle", "major"),
    [(False, 0.50, 0.56, 0.62, 0.75), (True, 0.45, 0.51, 0.585, 0.73)],
)
def test_titles_that_are_no_alias(evaluation, answers, unseen_only, exact, small, middle, major):
    aliases = evaluation.classification().aliases
    chosen = [
        (row, code)
        for row, code in answers
        if evaluation.normalise(row[0]) not in aliases and not (unseen_only and evaluation.seen(row[0]))
    ]
    assert len(chosen) > 700
    measured = evaluation.shares([code for _, code in chosen], [row for row, _ in chosen])
    assert all(share >= floor for share, floor in zip(measured, (exact, small, middle, major), strict=True)), measured


def test_the_halves_are_what_the_figures_say(evaluation):
    rows = evaluation.labelled()
    assert (len(rows), sum(evaluation.seen(title) for title, _ in rows)) == (1734, 880)
