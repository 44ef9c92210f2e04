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
# # 04 What does the county learn from its own lists, and how far may what it learnt be believed?
#
# Earlier seasons of a synthetic county (合成数据) were listed by the hand card, with chance; their event folder is all
# that `matcher train` reads. Out come three readable tables of points: applies, is taken, stays. Here they are drawn,
# held against what happens a season later, and against the true effects, which only a simulator knows.
#
# **Answer.** Probabilities, a season later off by .019 (applies), .014 (is taken), .024 (stays) on average, against
# .318, .058, .154 of the hand card; not causes: six of six true effects have their sign, at .83 of their size. The goal
# of .010 for applies is not reached.

# %%
import numpy as np
from numpy.typing import NDArray

from matcher.features import VOCABULARY
from matcher.learning.shapes import shapes
from matcher.scoring import SCALE, STAGES, hand_card, load_model
from notebooks import claims, county, drawing
from training_data.market.entrants import ENTRANTS, LEARNED
from training_data.market.metrics import ece
from training_data.market.season import Season

# %% [markdown]
# ## The tables
#
# A score is an intercept and one entry per term: nothing else, so all of it can be read. Where policy demands it, a
# table may only rise or only fall: more pay never puts off, better skill never costs a place.

# %%
history = county.earlier()
models = county.models(history)
learnt, by_hand = load_model(county.learnt(history), VOCABULARY), load_model(hand_card(), VOCABULARY)
n_tables = sum(len(learnt.stages[stage].tables) for stage in STAGES)
n_cells = sum(table.size for stage in STAGES for table in learnt.stages[stage].tables.values())
print(f"{n_tables} tables with {n_cells} entries, {len(county.learnt(history))} bytes of JSON")


def along_order(stage: str, term: str) -> NDArray[np.float64]:
    """Entries of a table (log-odds) along the declared order of its cells."""
    table = learnt.stages[stage].tables[term] / SCALE
    # A number's cells are between its breaks, the last one is for who says none.
    return np.asarray(table[:-1] if term in learnt.breaks else table[list(shapes()[term].order)])


bound_tables = [(stage, term) for stage in STAGES for term, shape in shapes().items() if shape.direction(stage)]
against_order = [
    (stage, term)
    for stage, term in bound_tables
    if (np.diff(along_order(stage, term)) * shapes()[term].direction(stage) < 0).any()
]
claims.holds(f"all {len(bound_tables)} tables that may go one way alone do", against_order == [])

# %%
figure, panels = drawing.panels(
    "What was learnt can be read, and goes only where it may",
    columns=3,
    width=11.0,
    height=3.5,
    note=f"{len(history.season_ixs())} earlier seasons; points in log-odds",
)
cuts = learnt.breaks["wage_margin"].tolist()
panels[0].step(
    [*cuts, cuts[-1] + 50], along_order("apply", "wage_margin"), where="pre", color=drawing.ACCENT, linewidth=2.2
)
panels[0].set_title("applies: wage in % of the lowest asked for", fontsize=10, loc="left")
for axes, (stage, term, says) in zip(
    panels[1:],
    (("apply", "distance", "applies: distance"), ("hire", "trade", "is taken: own trade and that of the post")),
    strict=True,
):
    cells = shapes()[term].cells
    names = [cells[ix].replace("_", " ") for ix in shapes()[term].order]
    drawing.bars(axes, names, along_order(stage, term).tolist(), strong=names, form="{:+.2f}")
    axes.set_title(says, fontsize=10, loc="left")
    axes.set_xticks([])
drawing.show(
    figure, "Tables: applying rises with the wage, falls with distance; being taken rises with a fitting trade."
)

# %% [markdown]
# ## A season later
#
# The model makes lists in a season it has not seen. Of every stage: what it thought, and what happened, in bins of as
# many rows each. Refusals because a post was full say nothing of the person and are left out.

# %%
Rows = dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]]


def judged(season: Season) -> Rows:
    """Stage -> what was thought of each row, and what happened to it."""
    told: dict[str, list[tuple[NDArray[np.float64], NDArray[np.bool_]]]] = {stage: [] for stage in STAGES}
    for log in season.rounds:
        lists = log.lists
        read, decided = (lists.slot == 1) & log.looked, log.applied & (log.offered | ~log.fit)
        told["apply"].append((lists.p_apply[read], log.applied[read]))
        told["hire"].append((lists.p_hire[decided], log.offered[decided]))
        told["keep"].append((lists.p_keep[log.started], season.kept[lists.worker_ix[log.started]]))
    return {
        stage: (np.concatenate([p for p, _ in rows]), np.concatenate([y for _, y in rows]))
        for stage, rows in told.items()
    }


n_seasons = claims.sized(3, 1)
KINDS = {"hand card": "hand + balanced", "learnt": LEARNED}
seasons: dict[str, list[Rows]] = {kind: [] for kind in KINDS}
for here in county.counties(n_counties=1, n_seasons=n_seasons):
    for kind, name in KINDS.items():
        seasons[kind].append(judged(here.under(ENTRANTS[name].make(here.world, here.truth, models))))
rows = {
    kind: {
        stage: (
            np.concatenate([told[stage][0] for told in told_of]),
            np.concatenate([told[stage][1] for told in told_of]),
        )
        for stage in STAGES
    }
    for kind, told_of in seasons.items()
}
errors = {kind: {stage: ece(*rows[kind][stage]) for stage in STAGES} for kind in KINDS}
claims.table(
    ["synthetic: mean error", *STAGES], [[kind, *(f"{errors[kind][stage]:.3f}" for stage in STAGES)] for kind in KINDS]
)

# %%
figure, panels = drawing.panels(
    "What the learnt tables say of the next season happens; the hand card's numbers are only an order",
    columns=3,
    width=11.0,
    height=3.7,
    note=f"{n_seasons} unseen seasons; on the dashed line it happens as often as thought",
)
for axes, (stage, says) in zip(
    panels, (("apply", "applies"), ("hire", "is taken"), ("keep", "stays six months")), strict=True
):
    for kind, tone, mark in (("hand card", drawing.GREY, "s"), ("learnt", drawing.ACCENT, "o")):
        p, happened = rows[kind][stage]
        lots = [lot for lot in np.array_split(np.argsort(p, kind="stable"), 8) if lot.size]
        thought = [float(p[lot].mean()) for lot in lots]
        drawing.line(
            axes,
            thought,
            [float(happened[lot].mean()) for lot in lots],
            kind,
            tone=tone,
            mark=mark,
            shift=(-2, 10 if kind == "learnt" else -13),
        )
    axes.plot([0, 1], [0, 1], color=drawing.INK, linestyle=(0, (4, 3)), linewidth=1)
    axes.set_title(
        f"{says}: error {errors['learnt'][stage]:.3f}, hand {errors['hand card'][stage]:.3f}", fontsize=9.5, loc="left"
    )
    axes.set_xlabel("thought")
    axes.set_ylabel("happened")
drawing.show(figure, "Thought against happened by stage: learnt tables lie on the diagonal, the hand card's do not.")

# %% [markdown]
# ## Not causes
#
# The simulator knows what truly moves people. The tables have the signs, mostly smaller: records are noisy, terms
# overlap, and what is hidden takes its share. So an entry explains the *score*; it is never "the effect of".

# %%
weight = here.world.spec.apply
TRUE_EFFECTS = {
    "own trade": ("trade", "exact", "none", weight["trade"]),
    "wished trade": ("preferred_trade", "match", "other", weight["wished_trade"]),
    "insured": ("insured", "yes", "no", weight["insured"]),
    "board": ("board", "yes", "no", weight["board"]),
    "night shift": ("night_shift", "yes", "no", weight["night"]),
    "heavy work": ("heavy_work", "yes", "no", weight["heavy"]),
}


def effect(term: str, high: str, low: str) -> float:
    """What the learnt table of `apply` says between two cells, in log-odds."""
    table, cells = learnt.stages["apply"].tables[term], shapes()[term].cells
    return float(table[cells.index(high)] - table[cells.index(low)]) / SCALE


found = {name: effect(term, high, low) for name, (term, high, low, _) in TRUE_EFFECTS.items()}
true = {name: told[-1] for name, told in TRUE_EFFECTS.items()}
size = sum(found[name] * true[name] for name in true) / sum(value**2 for value in true.values())
claims.table(
    ["synthetic: effect on applying", "true", "in the table"],
    [[name, f"{true[name]:+.2f}", f"{found[name]:+.2f}"] for name in true],
)

# %%
figure, (axes,) = drawing.panels(
    "Signs are recovered, sizes are smaller than the truth",
    height=3.4,
    note="log-odds of applying; bar: learnt, black tick: true",
)
drawing.bars(axes, list(true), list(found.values()), strong=list(true), form="{:+.2f}")
axes.plot(
    list(true.values()),
    range(len(true)),
    linestyle="",
    marker="|",
    markersize=19,
    markeredgewidth=2.5,
    color=drawing.INK,
)
axes.axvline(0, color=drawing.INK, linewidth=0.8)
drawing.show(
    figure, "Six effects on applying: learnt bars point the same way as the true ticks and mostly end before them."
)

# %%
n_right = sum(np.sign(found[name]) == np.sign(true[name]) for name in true)
claims.claim("effects of six with the right sign", float(n_right), at_least=5, small=claims.ANYTHING)
claims.claim("size of the learnt effects, of the true ones", size, at_most=1.0, small=claims.ANYTHING)
claims.claim("size of the learnt effects, of the true ones", size, at_least=0.4, small=claims.ANYTHING)
claims.claim("error of hire in unseen seasons", errors["learnt"]["hire"], at_most=0.04, small=claims.ANYTHING)
claims.claim("error of keep in unseen seasons", errors["learnt"]["keep"], at_most=0.05, small=claims.ANYTHING)
claims.claim(
    "error of apply in unseen seasons", errors["learnt"]["apply"], at_most=0.025, goal=0.01, small=claims.ANYTHING
)
