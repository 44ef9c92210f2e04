# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 Is the score that is served exactly the sum that is explained, and is it fast enough for a kiosk?
#
# Trees are grown by scikit-learn without interactions, so that their sum is a table per term. What is served are the
# tables. On events of a synthetic county (合成数据): do trees and tables agree, do the parts that a worker is told add
# up to the score, and how many pairs a second does that take?
#
# **Answer.** Yes: trees and tables differ by 1.5e-14 at most, the parts add up to the last unit, and tables score some
# ten million pairs a second of one core, about a hundred times as many as the trees.

# %%
import time
from collections.abc import Callable

import numpy as np

from matcher.features import VOCABULARY
from matcher.learning.boosting import boosted
from matcher.learning.compiling import compiled
from matcher.learning.events import read_events
from matcher.learning.shapes import codes, shapes, table_log_odds
from matcher.learning.training_sets import training_sets
from matcher.scoring import SCALE, STAGES, contributions, load_model
from matcher.scoring.kernel import probability, stage_log_odds
from notebooks import claims, county, drawing
from training_data.market.desk import Desk
from training_data.market.season import Lists, View

# %% [markdown]
# ## Trees into tables
#
# Without interactions an ensemble is its value at one row plus, for each term, what changes when that term alone moves
# to another cell. So asking it once for every cell is all there is to know.

# %%
history = county.earlier()
sets = training_sets(read_events(county.events_of(history)))
fitted = {}
for stage in STAGES:
    rows = sets.stages[stage]
    cells = codes({term: column[rows.line] for term, column in sets.lines.values.items()})
    trees, columns = boosted(stage, cells, rows.label, rows.weight, shapes(), seed=county.SEED)
    intercept, tables = compiled(trees, columns, cells)
    apart = float(
        np.abs(table_log_odds(intercept, tables, cells) - trees.decision_function(columns.matrix(cells))).max()
    )
    fitted[stage] = (trees, columns, intercept, tables, cells, apart)
claims.table(
    ["synthetic: stage", "rows", "trees", "entries", "largest difference"],
    [
        [stage, len(sets.stages[stage]), trees.n_iter_, sum(map(len, tables.values())), f"{apart:.1e}"]
        for stage, (trees, _, _, tables, _, apart) in fitted.items()
    ],
)
claims.claim(
    "largest difference between trees and tables, log-odds",
    max(told[-1] for told in fitted.values()),
    at_most=1e-9,
    form="{:.1e}",
)

# %% [markdown]
# ## Parts that add up
#
# Served tables hold whole numbers of 1/1024, so that every machine agrees to the last tie. For one worker, every part
# of the score of the best post of the list, as an answer with `--explain` tells it.

# %%
here = county.county()
body = county.learnt(county.earlier())
model = load_model(body, VOCABULARY)
days = tuple(here.world.day(ix) for ix in range(here.world.spec.season.rounds))
desk = Desk.open(here.world.county.pack, days, model=body)
views: list[View] = []


def first_view(view: View) -> Lists:
    """The desk's lists, and what they were made from."""
    views.append(view)
    return desk.lists(view, desk.round(view, priced=False))


here.under(first_view)
solved = desk.round(views[0], priced=False)
log_odds = {stage: stage_log_odds(model, stage, solved.values) for stage in STAGES}
n_checked = min(len(solved.pairs), 400)
off = 0
for pair in range(n_checked):
    row = int(solved.pairs["row"][pair])
    values = {term: int(column[row]) for term, column in solved.values.items()}
    for stage in STAGES:
        told = model.stages[stage].intercept + sum(contributions(model, stage, values).values())
        off = max(off, abs(told - int(log_odds[stage][row])))
claims.claim(f"parts of {n_checked} pairs and their scores differ by, of 1/1024", float(off), at_most=0)

# %%
fit = np.prod([probability(log_odds[stage]).astype(np.float64) for stage in STAGES], axis=0)[solved.pairs["row"]]
best = int(solved.pairs["row"][int(np.argmax(fit))])
pair_values = {term: int(column[best]) for term, column in solved.values.items()}
figure, panels = drawing.panels(
    "Three answers to three questions, each the sum of its bars",
    columns=3,
    width=11.5,
    height=4.0,
    note="one invented worker and post; the six largest parts of each stage in log-odds",
)
for axes, (stage, says) in zip(
    panels, (("apply", "would apply"), ("hire", "would be taken"), ("keep", "would stay")), strict=True
):
    parts = {term: part / SCALE for term, part in contributions(model, stage, pair_values).items() if part}
    largest = sorted(parts, key=lambda term: -abs(parts[term]))[:6]
    base = model.stages[stage].intercept / SCALE
    rest = sum(part for term, part in parts.items() if term not in largest)
    bars = {"everybody": base, **{term.replace("_", " "): parts[term] for term in largest}, "all others": rest}
    drawing.bars(
        axes, list(bars), list(bars.values()), strong=[name for name in bars if bars[name] > 0], form="{:+.2f}"
    )
    axes.axvline(0, color=drawing.INK, linewidth=0.8)
    chance = int(probability(np.array([log_odds[stage][best]]))[0]) / (1 << 14)
    axes.set_title(f"{says}: {sum(bars.values()):+.2f}, that is {chance:.0%}", fontsize=10, loc="left")
    axes.set_xticks([])
    axes.margins(x=0.3)
drawing.show(
    figure, "The parts of one pair's three scores as bars to the left and right, with the chance they add up to."
)

# %% [markdown]
# ## Speed
#
# Processor time on one core, the best of five, over the same pairs again and again.

# %%
trees, columns, intercept, tables, cells, _ = fitted["apply"]
n_pairs = claims.sized(200_000, 5_000)
again = np.resize(np.arange(len(cells["wage"])), n_pairs)
many = {term: column[again] for term, column in cells.items()}
few = {term: column[: claims.sized(20_000, 1_000)] for term, column in many.items()}
matrix = columns.matrix(few)
one_list = {term: column[:260] for term, column in many.items()}


def per_second(work: Callable[[], object], n: int) -> float:
    """Rows a second of processor, the best of five."""
    times = []
    for _ in range(5):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return n / max(min(times), 1e-9)


rates = {
    "scikit-learn's trees": per_second(lambda: trees.decision_function(matrix), len(matrix)),
    "the same as tables": per_second(lambda: table_log_odds(intercept, tables, many), n_pairs),
}
list_ms = (
    1000
    * 260
    * 20
    / per_second(lambda: [table_log_odds(intercept, tables, one_list) for _ in range(20)], 260 * 20)
    / 20
)

# %%
figure, (axes,) = drawing.panels(
    "Tables score a county where trees score a village",
    height=2.1,
    note="million pairs a second of one core, stage `apply`",
)
drawing.bars(axes, list(rates), [rate / 1e6 for rate in rates.values()], strong=["the same as tables"], form="{:.2f}")
axes.set_xticks([])
drawing.show(figure, "Bars of pairs scored a second: the tables' is many times that of the trees.")

# %%
claims.claim(
    "pairs a second of one core, tables",
    rates["the same as tables"],
    at_least=5e6,
    goal=15e6,
    small=claims.ANYTHING,
    form="{:.2g}",
)
claims.claim(
    "times as fast as the trees",
    rates["the same as tables"] / rates["scikit-learn's trees"],
    at_least=20,
    small=claims.ANYTHING,
)
claims.claim("one worker and 260 posts, one stage, ms", list_ms, at_most=1.0, goal=0.1, small=claims.ANYTHING)
