"""What all figures share: a title that says what is seen, synthetic data called so, labels at the marks, few colours.

Nothing is told by hue alone: what matters is dark and labelled, what it is held against is grey; lines differ in their
marks and bars in their names.
"""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, ACCENT, SECOND, GREY, PALE = "#1c2733", "#0b5d8f", "#b3541e", "#8a949e", "#d5dbe0"
"""Text; what the figure is about; what it is contrasted with; context; lines of the ground."""
SYNTHETIC: Final = "synthetic data"
CHINESE: Final = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Serif CJK SC", "Noto Serif CJK JP", "SimHei")
LATIN: Final = "DejaVu Sans"
DOTS_PER_INCH: Final = 110
STYLE: Final[Any] = {
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": PALE,
    "grid.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure that was shown: its title, what it says to who cannot see it, its bytes."""

    title: str
    says: str
    png: bytes = field(repr=False)

    def _repr_html_(self) -> str:
        """How a notebook shows it."""
        picture = base64.b64encode(self.png).decode("ascii")
        alt = self.says.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        return f'<img src="data:image/png;base64,{picture}" alt="{alt}" style="max-width:100%">'


shown: list[Shown] = []
"""Every figure of this process, in order: what a test looks at."""


@cache
def chinese_font() -> str | None:
    """A font of this machine that has Chinese characters, None without one: then labels are English alone."""
    known = set(font_manager.get_font_names())
    return next((name for name in CHINESE if name in known), None)


def both(english: str, chinese: str) -> str:
    """English, with the Chinese behind it where this machine can draw it."""
    return f"{english} {chinese}" if chinese_font() else english


def panels(
    title: str, *, columns: int = 1, width: float = 7.6, height: float = 3.9, synthetic: bool = True, note: str = ""
) -> tuple[Figure, list[Axes]]:
    """A figure of some panels side by side.

    title : the point the figure makes, a sentence; note : what it is of, behind the word synthetic
    synthetic : False only where no line of the data was made by a simulator
    """
    # Texts read their font when they are made, also those a notebook adds later.
    mpl.rcParams.update(STYLE)
    mpl.rcParams["font.family"] = [LATIN, *filter(None, [chinese_font()])]
    figure = Figure(figsize=(width, height), layout="constrained", dpi=DOTS_PER_INCH)
    told = [both(SYNTHETIC, "合成数据")] if synthetic else []
    below = " · ".join([*told, *filter(None, [note])])
    figure.suptitle(f"{title}\n{below}" if below else title, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    axes = [figure.add_subplot(1, columns, 1 + ix) for ix in range(columns)]
    return figure, axes


def show(figure: Figure, says: str) -> None:
    """Show the figure in a notebook; elsewhere draw it and keep it. says : the same in words, for who cannot see it."""
    told = io.BytesIO()
    figure.savefig(told, format="png")
    kept = Shown(str(figure.get_suptitle()), says, told.getvalue())
    shown.append(kept)
    if "ipykernel" in sys.modules:  # a kernel runs this, and there is somebody to show it to
        from IPython.display import display

        display(kept)


def bars(
    axes: Axes,
    names: Sequence[str],
    values: Sequence[float],
    *,
    errors: Sequence[float] | None = None,
    strong: Sequence[str] = (),
    form: str = "{:.0f}",
) -> None:
    """Bars from the left, the first on top, each with its number; those of `strong` are dark, the others grey.

    errors : standard errors, drawn as whiskers
    """
    places = range(len(names))
    colours = [ACCENT if name in strong else GREY for name in names]
    axes.barh(places, values, color=colours, height=0.66, xerr=errors, error_kw={"ecolor": INK, "elinewidth": 1})
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    reach = max((abs(value) for value in values), default=1.0)
    for place, value in zip(places, values, strict=True):
        error = errors[place] if errors is not None else 0.0
        beyond = value + error if value >= 0 else value - error
        axes.text(
            beyond + (0.012 if value >= 0 else -0.012) * reach,
            place,
            form.format(value),
            va="center",
            ha="left" if value >= 0 else "right",
            fontweight="bold" if names[place] in strong else "normal",
        )
    axes.margins(x=0.12)


def line(
    axes: Axes,
    x: Sequence[float],
    y: Sequence[float],
    name: str,
    *,
    tone: str = ACCENT,
    mark: str = "o",
    at: int = -1,
    shift: tuple[float, float] = (6, 0),
) -> None:
    """A line with its name at one of its points.

    tone : ACCENT, SECOND, or GREY for what the others are held against; mark : a marker of matplotlib, another for each
    line of a figure; at : which point the name stands at; shift : where, in points from it; to the left
    of it the name ends there
    """
    axes.plot(x, y, color=tone, marker=mark, linewidth=1.6 if tone == GREY else 2.2, markersize=5)
    axes.annotate(
        name,
        (x[at], y[at]),
        xytext=shift,
        textcoords="offset points",
        va="center",
        ha="right" if shift[0] < 0 else "left",
        color=INK if tone == GREY else tone,
        fontweight="normal" if tone == GREY else "bold",
    )


def goal_line(axes: Axes, value: float, name: str, *, upright: bool = True) -> None:
    """A dashed line at a goal, with its name."""
    (axes.axvline if upright else axes.axhline)(value, color=INK, linewidth=1.1, linestyle=(0, (4, 3)))
    where = (value, 1.0) if upright else (1.0, value)
    axes.annotate(
        name,
        where,
        xycoords=("data", "axes fraction") if upright else ("axes fraction", "data"),
        xytext=(3, -2) if upright else (-2, 3),
        textcoords="offset points",
        va="top" if upright else "bottom",
        ha="left" if upright else "right",
        fontsize=9,
    )
