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
# # 07 What does it cost to spread jobs over households, and to put some of them first?
#
# The documents count households with somebody in work, and name who comes first. Two settings of the product say how
# much that weighs: a bonus for people in whose household nobody works (beta), and a factor for the first tier
# (priority). Both are tried over a grid in a synthetic county (合成数据), with everything else the same.
#
# **Answer.** In a synthetic county the full method has 14.8 points more households with a kept job than hand weights,
# 14.7 of priority households. Prices do nearly all of it: coverage and priority add .9 and 1.4 points for 1.7 % of
# kept jobs; beta beyond 1 buys no more households; the priority ratio is 1.01 (goal 1.15 missed).

# %%
import numpy as np
from numpy.typing import NDArray

from notebooks import claims, county, drawing
from training_data.evaluation.results import mean_of, ratio_of
from training_data.market.coordinated import coordinated
from training_data.market.desk import FIT_ALONE, Weighting
from training_data.market.metrics import coverage, primary
from training_data.market.policies import HAND, POLICIES, planned
from training_data.market.season import Season

# %% [markdown]
# ## The frontier
#
# `beta` 1 doubles the worth of a kept job for a household with none; `priority` 0.25 makes it a quarter more for the
# first tier, half of that for the second. In 1/64, as the settings have them. The program ships with 1 and 0.25.

# %%
BETAS = claims.sized({0.0: 0, 1.0: 64, 2.0: 128}, {0.0: 0, 1.0: 64})
PRIORITIES = {0.0: (64,), 0.25: (80, 72, 64)}
SEASONS = 2
ALONE, SHIPPED = (0.0, 0.0), (1.0, 0.25)
model = county.learnt(county.earlier())
places = list(county.counties(n_counties=1, n_seasons=SEASONS))
hand = [here.under(POLICIES[HAND](here.world)) for here in places]
grid: dict[tuple[float, float], list[Season]] = {}
for beta, household in BETAS.items():
    for priority, tiers in PRIORITIES.items():
        maker = coordinated(model=model, weighting=Weighting(household=household, tiers=tiers))
        grid[beta, priority] = [here.under(maker(here.world)) for here in places]


def series(seasons: list[Season], metric: str) -> NDArray[np.float64]:
    """A metric of each season."""
    return np.array([primary(season)[metric] for season in seasons])


def kept_against(seasons: list[Season], others: list[Season]) -> float:
    """Kept jobs of all seasons over those of others, less one."""
    return ratio_of(series(seasons, "kept"), series(others, "kept")).value - 1


def points(seasons: list[Season], others: list[Season], metric: str) -> float:
    """Difference of a share, in points."""
    return 100 * mean_of(series(seasons, metric) - series(others, metric)).value


claims.table(
    ["synthetic", "kept", "households", "priority households", "kept against prices alone"],
    [
        (
            f"beta {beta:g}, priority {priority:g}",
            f"{series(seasons, 'kept').mean():.0f}",
            f"{series(seasons, 'households').mean():.1%}",
            f"{series(seasons, 'priority_households').mean():.1%}",
            f"{kept_against(seasons, grid[ALONE]):+.1%}",
        )
        for (beta, priority), seasons in grid.items()
    ],
)

# %%
figure, axes = drawing.panels(
    "Each setting buys a point or so for two per cent of kept jobs; beta beyond 1 buys no more households",
    columns=2,
    width=10.5,
    height=4.0,
    note=f"{SEASONS} county-seasons of {places[0].world.people.size} people",
)
tones = {0.0: (drawing.GREY, "s"), 0.25: (drawing.ACCENT, "o")}
for panel, (metric, name) in zip(
    axes,
    (("households", "households with a kept job, points"), ("priority_households", "priority households, points")),
    strict=True,
):
    for priority in PRIORITIES:
        row = [grid[beta, priority] for beta in BETAS]
        tone, mark = tones[priority]
        x = [100 * kept_against(seasons, grid[ALONE]) for seasons in row]
        y = [points(seasons, grid[ALONE], metric) for seasons in row]
        drawing.line(panel, x, y, f"priority {priority:g}", tone=tone, mark=mark, shift=(6, 7))
        if priority == SHIPPED[1]:
            for beta, left, up in zip(BETAS, x, y, strict=True):
                panel.annotate(f"β {beta:g}", (left, up), xytext=(5, -11), textcoords="offset points", fontsize=8.5)
    panel.axvline(0, color=drawing.GREY, linewidth=0.8)
    panel.set_xlabel("kept jobs against prices alone, %")
    panel.set_ylabel(f"{name} gained")
    panel.margins(x=0.22, y=0.12)
drawing.goal_line(axes[0], -2.0, "price at most 2 %")
drawing.show(
    figure,
    "Two frontiers over beta and priority: households and priority households gained against kept jobs lost; beyond "
    "beta 1 no more households are gained.",
)

# %% [markdown]
# ## Inside one person's list the bonus does nothing
#
# The bonus is the same for every line of one person's list, so it cannot change its order. It acts through prices: who
# is worth more may pay more for a scarce opening. Without prices the seasons with and without it are the same.

# %%
here = places[0]
without, bonus = (
    here.under(planned(priced=False, model=model, weighting=weighting)(here.world))
    for weighting in (FIT_ALONE, Weighting(household=64))
)
claims.holds(
    "without prices the bonus changes nobody's line",
    all(
        np.array_equal(left.lists.vacancy_ix, right.lists.vacancy_ix)
        for left, right in zip(without.rounds, bonus.rounds, strict=True)
    ),
)

# %% [markdown]
# ## Whose jobs are these?
#
# What priority gives to some it takes from others: both shares stand beside each other.

# %%
SETTINGS = {
    HAND: hand,
    "prices alone": grid[ALONE],
    "prices + coverage": grid[1.0, 0.0],
    "full (shipped)": grid[SHIPPED],
}
figure, axes = drawing.panels(
    "Prices lift everybody, coverage and priority decide whom most",
    columns=2,
    width=10.5,
    height=2.9,
    note=f"{SEASONS} county-seasons",
)
for panel, first, title in zip(axes, (True, False), ("priority households", "other households"), strict=True):
    shares = [
        float(np.mean([coverage(season, season.world.people.priority == first) for season in seasons]))
        for seasons in SETTINGS.values()
    ]
    drawing.bars(panel, list(SETTINGS), shares, strong=["full (shipped)"], form="{:.1%}")
    panel.set_title(f"{title} with a kept job", fontsize=10, loc="left")
    panel.set_xticks([])
drawing.show(figure, "Shares of priority and of other households with a kept job under four settings.")

# %%
full = grid[SHIPPED]
claims.claim(
    "households with a kept job, full against hand weights, points",
    points(full, hand, "households"),
    at_least=10,
    small=claims.ANYTHING,
    form="{:+.1f}",
)
claims.claim(
    "priority households, full against hand weights, points",
    points(full, hand, "priority_households"),
    at_least=13,
    small=claims.ANYTHING,
    form="{:+.1f}",
)
claims.claim(
    "kept jobs, full against prices alone",
    kept_against(full, grid[ALONE]),
    at_least=-0.02,
    small=-0.2,
    form="{:+.1%}",
)
claims.claim(
    "households gained by beta 1 alone, points",
    points(grid[1.0, 0.0], grid[ALONE], "households"),
    at_least=0.3,
    goal=3.6,
    small=claims.ANYTHING,
    form="{:+.1f}",
)
claims.claim(
    "priority ratio (kept of priority over others), full",
    mean_of(series(full, "priority_ratio")).value,
    at_least=0.8,
    goal=1.15,
    small=0.3,
    form="{:.2f}",
)
