"""The growth page: what its children tell, the slope of a series, and that the page is only written between marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.kernels import use
from tests.bench import growth, growth_page, growth_tasks
from tests.bench.growth_tasks import by_filters, by_planned, by_skills, by_workers, held_mib

SERIES = growth.Series(
    "workers", "Orders", "workers", {"p50_us": "p50, us", "mib": "index, MiB"}, (100, 1_000),
    ({"p50_us": 20.0, "mib": 5.0}, {"p50_us": 200.0, "mib": 9.5}),
)  # fmt: skip
FILTERS = growth.Series(
    "filters", "Relations", "filters", {"left": "share not refused", "p50_us": "p50, us"}, (0, 13),
    ({"left": 1.0, "p50_us": 46.1}, {"left": 0.27, "p50_us": 79.0}),
)  # fmt: skip


def test_the_slope_is_one_where_time_grows_as_the_size_does():
    assert growth.exponent(SERIES, "p50_us") == pytest.approx(1)


def test_fewer_relations_refuse_fewer():
    shape = {"people": 30, "vacancies": 60}
    shares = [by_filters(**shape, filters=n)[1]["left"] for n in (0, 6, 13)]
    assert shares[0] == 1 > shares[2]
    assert shares == sorted(shares, reverse=True)


def test_a_larger_crowd_holds_more_memory():
    small, large = (by_workers(people=30, vacancies=30, workers=n, orders=3)[1] for n in (100, 1_000))
    assert small["shelf"] == 100
    assert large["index_mib"] > 5 * small["index_mib"]


def test_a_thousand_skills_are_read():
    told = by_skills(people=20, vacancies=30, skills=1_000)[1]
    assert 0 < told["p50_us"] <= told["p99_us"]


def test_a_plan_tells_what_each_of_its_steps_takes():
    told = by_planned(vacancies=40, planned=120)[1]
    assert 60 < told["willing"] < 120
    assert all(told[name] > 0 for name in ("choose_us", "prices_us", "tell_us", "peak_mib"))


@pytest.mark.parametrize(
    ("task", "shape"),
    [
        (growth_tasks.by_vacancies, {"people": 30, "vacancies": 60, "lists": 7}),
        (growth_tasks.by_workers, {"people": 30, "vacancies": 30, "workers": 100, "orders": 3}),
        (growth_tasks.by_batch, {"people": 30, "vacancies": 60, "workers": 100}),
        (growth_tasks.by_skills, {"people": 20, "vacancies": 30, "skills": 10}),
        (growth_tasks.by_filters, {"people": 30, "vacancies": 60, "filters": 4}),
    ],
)
def test_a_list_that_is_not_the_twins_tells_no_figure(task, shape, monkeypatch):
    first = growth_tasks.twin.first
    assert task(**shape)[1]

    def last_line_short(*asked):
        return tuple(column[:-1] for column in first(*asked))

    monkeypatch.setattr(growth_tasks.twin, "first", last_line_short)
    monkeypatch.setattr(growth_tasks.kernels, "fastest", use.compiled)
    with pytest.raises(RuntimeError, match="not that of the numpy twin"):
        task(**shape)


def test_a_plan_that_is_not_the_whole_rounds_tells_no_figure(monkeypatch):
    monkeypatch.setattr(growth_tasks, "faults", lambda *_: iter(["candidates of 3 people"]))
    with pytest.raises(RuntimeError, match="candidates of 3 people"):
        by_planned(vacancies=40, planned=120)


def test_memory_counts_a_shared_array_once():
    import numpy as np

    array = np.zeros(1 << 17)
    assert held_mib((array, [array])) == 1


def test_the_page_changes_between_its_marks_alone(tmp_path):
    page = tmp_path / "README.md"
    page.write_text(f"before\n{growth_page.BEGIN}\nold\n{growth_page.END}\nafter\n", encoding="utf-8")
    text = "\n\n".join(["head", growth.markdown(SERIES), growth.markdown(FILTERS), "limits"])
    growth_page.paste(text, page)
    pasted, plot = page.read_text(encoding="utf-8"), tmp_path / growth_page.PLOT
    assert pasted.startswith("before\n")
    assert pasted.endswith("\nafter\n")
    assert "| 1,000 | 200 | 9.5 |" in pasted
    assert "old" not in pasted
    drawn = plot.read_bytes()
    plot.unlink()
    growth_page.redraw(page)
    assert (page.read_text(encoding="utf-8"), plot.read_bytes()) == (pasted, drawn)
    page.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="no place"):
        growth_page.paste(text, page)


def test_plots_show_what_the_tables_say():
    series, filters = growth_page.tables_of(f"{growth.markdown(SERIES)}\n\n{growth.markdown(FILTERS)}\n\nlimits")
    assert (series.title, series.over, series.sizes) == ("Orders", "workers", [100, 1_000])
    assert series.values[1] == {"p50, us": 200, "index, MiB": 9.5}
    assert (filters.sizes, filters.values[0]) == ([0, 13], {"share not refused": 1, "p50, us": 46.1})


def test_a_plot_has_lines_for_time_and_for_memory(tmp_path):
    growth_page.draw(list(growth_page.tables_of(growth.markdown(SERIES))), tmp_path / "plot.svg")
    text = (tmp_path / "plot.svg").read_text("utf-8")
    assert "p50, us (x^1.0)" in text
    assert "index, MiB (x^0.3)" in text


def test_the_page_on_hand_shows_its_tables_and_how_it_was_made():
    page = Path(growth.__file__).with_name("README.md")
    text = page.read_text("utf-8").split(growth_page.BEGIN)[1].split(growth_page.END)[0]
    plot = page.parent.joinpath(growth_page.PLOT).read_text("utf-8")
    assert [series.over for series in growth_page.tables_of(text)] == [
        "vacancies", "workers", "workers", "skills", "filters", "planned",
    ]  # fmt: skip
    assert growth.COMMAND in text
    for heading in ("index, MiB", "workers as codes, MiB", "tables, MiB", "list p99, us"):
        assert heading in text
        assert heading in plot
