"""The tables and plots of a growth run on the page, between two marks: pasted by the command, no figure is typed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

from tests.bench.growth import Series, exponent

BEGIN, END = "<!-- growth: python -m tests.bench.growth --page tests/bench/README.md -->", "<!-- /growth -->"
PLOT = "figures/growth.svg"
DARK, GREY, PALE = "#0b5d8f", "#8a949e", "#d5dbe0"
STYLE: Any = {
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    # Ids and text of the file must not depend on the hour or on the fonts of a machine.
    "svg.hashsalt": "rural-job-matcher",
    "svg.fonttype": "none",
}
WIDEST = 34
"""Letters of a title's line: more would run into the next panel."""
LINES = ("batch_us", "encode_us", "p50_us", "p99_us")


def paste(text: str, found: Sequence[Series], page: Path) -> None:
    """Put tables and plot where the marks are. Raises ValueError where they are not there once each."""
    before = page.read_text(encoding="utf-8")
    if before.count(BEGIN) != 1 or before.count(END) != 1:
        raise ValueError(f"{page} has no place for the tables: it needs {BEGIN} and {END}, once each")
    draw(found, page.parent / PLOT)
    picture = f"![CPU time of one list by vacancies, workers, skills and filters; the tables have the numbers]({PLOT})"
    head, rest = before.split(BEGIN)
    page.write_text(f"{head}{BEGIN}\n{text}\n\n{picture}\n{END}{rest.split(END)[1]}", encoding="utf-8")


def draw(found: Sequence[Series], path: Path) -> None:
    """One panel a series, both axes in logarithms; the dashed line grows as the size does."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams.update(STYLE)
    figure, panels = plt.subplots(1, len(found), figsize=(2.6 * len(found), 2.8), layout="constrained")
    for axes, series in zip(panels, found, strict=True):
        _panel(axes, series)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _panel(axes: Any, series: Series) -> None:
    at = [max(1, size) for size in series.sizes]
    for nth, key in enumerate(key for key in LINES if key in series.columns):
        told = [value[key] for value in series.values]
        label = f"{series.columns[key]} (x^{exponent(series, key):.1f})" if min(series.sizes) else series.columns[key]
        axes.plot(at, told, "o-", color=(DARK, GREY, "black")[nth], markersize=3, linewidth=1, label=label)
        if not nth and min(series.sizes):
            axes.plot(at, [told[0] * size / at[0] for size in at], "--", color=PALE, linewidth=1)
    if min(series.sizes):
        axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_title(fill(series.title, WIDEST), fontsize=7.5, loc="left")
    axes.set_xlabel(series.over)
    axes.legend(frameon=False, fontsize=6.5)
