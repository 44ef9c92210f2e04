"""The tables and plots of a growth run on the page, between two marks: pasted by the command, no figure is typed.

Plots are drawn from the tables as they stand on the page: both say the same, and can be drawn again by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
WIDEST = 32
"""Letters of a title's line: more would run into the next panel."""
PICTURE = "CPU time and memory by vacancies, workers, skills and filters; the tables have the numbers"


def paste(text: str, page: Path) -> None:
    """Put tables and plot where the marks are. Raises ValueError where they are not there once each."""
    head, _, rest = _parts(page)
    draw(list(tables_of(text)), page.parent / PLOT)
    page.write_text(f"{head}{BEGIN}\n{text}\n\n![{PICTURE}]({PLOT})\n{END}{rest}", encoding="utf-8")


def redraw(page: Path) -> None:
    """The plot anew from the tables that stand on the page."""
    text = _parts(page)[1]
    paste(text[: text.rindex("![")].strip("\n"), page)


def _parts(page: Path) -> tuple[str, str, str]:
    before = page.read_text(encoding="utf-8")
    if before.count(BEGIN) != 1 or before.count(END) != 1:
        raise ValueError(f"{page} has no place for the tables: it needs {BEGIN} and {END}, once each")
    head, rest = before.split(BEGIN)
    return head, *rest.split(END)


def tables_of(text: str) -> Iterator[Series]:
    """Every table under a title in bold, its figures as they are printed, by the words of their columns."""
    for title, table in re.findall(r"^\*\*(.+)\*\*\n\n((?:\|.*\n?)+)", text, re.MULTILINE):
        (over, *columns), _, *rows = ([cell.strip() for cell in line.strip("| ").split("|")]
                                      for line in table.splitlines())  # fmt: skip
        figures = [[float(cell.replace(",", "")) for cell in row] for row in rows]
        yield Series(
            over, title, over, {name: name for name in columns}, [int(row[0]) for row in figures],
            [dict(zip(columns, row[1:], strict=True)) for row in figures],
        )  # fmt: skip


def draw(found: Sequence[Series], path: Path) -> None:
    """Two panels a series, CPU time above and memory below; the dashed line grows as the size does."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams.update(STYLE)
    shape: Any = {"figsize": (2.7 * len(found), 5.2), "height_ratios": (3, 2), "squeeze": False}
    figure, panels = plt.subplots(2, len(found), layout="constrained", **shape)
    for (above, below), series in zip(panels.T, found, strict=True):
        above.set_title(fill(series.title, WIDEST), fontsize=7.5, loc="left")
        times, memory = ([name for name in series.columns if re.search(unit, name)] for unit in (r"\bus\b", "MiB$"))
        _panel(above, series, times)
        above.set_yscale("log")
        if min(series.sizes):
            first = series.values[0][times[0]] / series.sizes[0]
            above.plot(series.sizes, [first * size for size in series.sizes], "--", color=PALE, linewidth=1)
        _legend(above, lower=0.18)
        if memory:
            _panel(below, series, memory)
            below.set_ylim(bottom=0)
            _legend(below, lower=0.3)
        else:
            below.set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _panel(axes: Any, series: Series, names: Sequence[str]) -> None:
    at, in_logs = [max(1, size) for size in series.sizes], min(series.sizes) > 0
    for nth, name in enumerate(names):
        values = [value[name] for value in series.values]
        label = f"{name} (x^{exponent(series, name):.1f})" if in_logs else name
        axes.plot(at, values, "o-", color=(DARK, GREY, "black")[nth], markersize=3, linewidth=1, label=label)
    if in_logs:
        axes.set_xscale("log")
    axes.set_xlabel(series.over)


def _legend(axes: Any, lower: float) -> None:
    """Under the panel, where no line can run through it."""
    axes.legend(frameon=False, fontsize=6.5, loc="upper left", bbox_to_anchor=(0, -lower))
