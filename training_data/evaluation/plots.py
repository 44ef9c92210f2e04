"""Two pictures of a finished run beside its tables, drawn by matplotlib (extra `notebooks`): same run, same bytes."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import Any

from training_data.evaluation.gates import over_hand
from training_data.evaluation.results import Results
from training_data.market.entrants import FULL
from training_data.market.policies import HAND

DARK, GREY, PALE = "#0b5d8f", "#8a949e", "#d5dbe0"
SIMPLE = "hand + balanced"
STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    # Ids and text of the file must not depend on the hour or on the fonts of a machine.
    "svg.hashsalt": "rural-job-matcher",
    "svg.fonttype": "none",
}


def draw(results: Results, folder: Path) -> list[Path]:
    """Write `kept.svg` and, of a run with variants, `variants.svg`; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = [_kept(results, folder / "kept.svg")]
    if results.variants():
        drawn.append(_variants(results, folder / "variants.svg"))
    return drawn


def _kept(results: Results, path: Path) -> Path:
    """Jobs kept six months under each policy, with one standard error, against hand weights."""
    names = sorted(results.policies(), key=lambda name: results.mean(name, "kept").value)
    told = [results.mean(name, "kept") for name in names]
    figure, axes = _panel(f"Jobs kept six months by who makes the lists\n{_which(results)}", len(names))
    known = [name.startswith("true probabilities") for name in names]
    axes.barh(names, [one.value for one in told], color=[PALE if k else DARK for k in known], height=0.62)
    errors = [0.0 if isnan(one.error) else one.error for one in told]
    axes.errorbar([one.value for one in told], names, xerr=errors, fmt="none", ecolor=GREY, capsize=2)
    hand = results.mean(HAND, "kept").value
    axes.axvline(hand, color=GREY, linewidth=1, linestyle="--")
    for name, one in zip(names, told, strict=True):
        axes.text(one.value * 0.02, name, f"{one.value:.0f}  {one.value / hand - 1:+.0%}", va="center",
                  color="black" if name.startswith("true probabilities") else "white")  # fmt: skip
    axes.set_xlabel("mean of the county-seasons ± one standard error\npale: references, which know the true chances")
    return _saved(figure, path)


def _variants(results: Results, path: Path) -> Path:
    """Kept jobs over hand weights in other markets: the whole method, and hand weights with balanced prices."""
    full, simple = over_hand(results, FULL), over_hand(results, SIMPLE)
    names = sorted((name for name in results.variants() if name in full), key=lambda name: full[name].value)
    which = f"{len(names)} synthetic markets: no real county"
    figure, axes = _panel(f"Kept jobs over hand weights in other markets\n{which}", len(names))
    for told, label, marker, colour in ((full, "full method", "o", DARK), (simple, SIMPLE, "D", GREY)):
        at = [name for name in names if name in told]
        axes.plot([100 * (told[name].value - 1) for name in at], at, marker, color=colour, label=label, markersize=5)
    axes.axvline(0, color=GREY, linewidth=1, linestyle="--")
    axes.set_xlabel("per cent more jobs kept than by hand weights")
    axes.legend(frameon=False, loc="lower right")
    return _saved(figure, path)


def _which(results: Results) -> str:
    n = results.series(HAND, "kept").size
    return f"synthetic market, {n} county-season{'s' * (n != 1)}: no real county"


def _panel(title: str, n_rows: int) -> tuple[Any, Any]:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams.update(STYLE)
    figure, axes = plt.subplots(figsize=(7.6, 0.9 + 0.27 * n_rows), layout="constrained")
    axes.set_title(title, loc="left", fontsize=10)
    axes.tick_params(left=False)
    axes.grid(axis="x", color=PALE, linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def _saved(figure: Any, path: Path) -> Path:
    from matplotlib import pyplot as plt

    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)
    return path
