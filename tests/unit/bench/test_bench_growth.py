"""The growth page: what its children tell, the slope of a series, and that the page is only written between marks."""

from __future__ import annotations

import pytest

from tests.bench import growth, growth_page
from tests.bench.growth_tasks import by_filters, by_skills, by_workers, held_mib

SERIES = growth.Series(
    "workers", "Orders", "workers", {"p50_us": "p50, us"}, (100, 1_000), ({"p50_us": 20.0}, {"p50_us": 200.0})
)


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


def test_memory_counts_a_shared_array_once():
    import numpy as np

    array = np.zeros(1 << 17)
    assert held_mib((array, [array])) == 1


def test_the_page_changes_between_its_marks_alone(tmp_path):
    page = tmp_path / "README.md"
    page.write_text(f"before\n{growth_page.BEGIN}\nold\n{growth_page.END}\nafter\n", encoding="utf-8")
    growth_page.paste(growth.markdown(SERIES), [SERIES, SERIES], page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "| 1,000 | 200 |" in text
    assert "old" not in text
    assert (tmp_path / growth_page.PLOT).stat().st_size > 1_000
    page.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="no place"):
        growth_page.paste("", [SERIES, SERIES], page)
