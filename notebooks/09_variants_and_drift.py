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
# # 09 Does the method hold where the market is not the one it was made for, and is it noticed when a county changes?
#
# Seventeen synthetic markets (合成数据) differ from the base in what they say and in nothing else: more or fewer
# openings, more hidden, other shocks, biased employers, a crash in Guangdong. A model learned in the base market is
# carried into each. Then the product's drift alarms look at an ordinary next season, and at one after the crash.
#
# **Answer.** In seventeen synthetic markets the model of the base keeps 7 % (people who will not leave home) to 56 %
# more jobs than hand weights, median 26 %; a crash rings a bell (error of `hire` three times that of the training),
# bad records ring none of their own, and an ordinary year one by a hair (PSI .21, alarm .2).

# %%
import numpy as np

from matcher.learning.drift import Drift
from matcher.learning.events import EventLog, log_of
from matcher.learning.limits import limits
from matcher.services.learning.watch_model import watch_model
from notebooks import claims, county, drawing
from training_data.market.entrants import DAY_ONE, ENTRANTS, FULL
from training_data.market.history import History, logged_season
from training_data.market.journal import Journal, lines_of
from training_data.market.policies import HAND
from training_data.market.spec import BASE, variants

# %% [markdown]
# ## Seventeen markets
#
# Each market runs once, with the same people, posts and luck for all ways of making lists. The model has never seen it.

# %%
WORKERS = claims.sized(1000, 300)
MARKETS = claims.sized(tuple(variants()), (BASE, "shortage", "guangdong_shock"))
NAMES = (HAND, DAY_ONE, FULL)
models = county.models(county.earlier())
kept: dict[str, dict[str, int]] = {}
for market in MARKETS:
    here = county.county(county.market(market, workers=WORKERS))
    kept[market] = county.kept(
        {name: here.under(ENTRANTS[name].make(here.world, here.truth, models)) for name in NAMES}
    )
gain = {
    name: {market: told[name] / max(1, told[HAND]) - 1 for market, told in kept.items()} for name in (DAY_ONE, FULL)
}
order = sorted(MARKETS, key=lambda market: -gain[FULL][market])
claims.table(
    ["synthetic market", *NAMES, "full against hand", "says"],
    [
        (market, *(kept[market][name] for name in NAMES), f"{gain[FULL][market]:+.1%}", variants()[market].says)
        for market in order
    ],
)

# %%
figure, (panel,) = drawing.panels(
    "A model of the base market beats hand weights in every other one, least where people will not leave home",
    width=9.5,
    height=max(3.0, 0.32 * len(order) + 1.4),
    note=f"one season of {WORKERS} people each, kept jobs over hand weights",
)
drawing.bars(
    panel,
    order,
    [100 * gain[FULL][market] for market in order],
    strong=[BASE],
    form="{:+.0f} %",
)
panel.plot(
    [100 * gain[DAY_ONE][market] for market in order],
    range(len(order)),
    linestyle="none",
    marker="D",
    markersize=5,
    markerfacecolor="white",
    markeredgecolor=drawing.SECOND,
    label="hand card + balanced, no data at all",
)
panel.legend(loc="lower right", fontsize=9)
panel.set_xlabel("kept jobs against hand weights, %")
drawing.show(figure, "Kept jobs of the full method over hand weights in each market, with day one marked.")

# %%
others = [market for market in MARKETS if market != BASE]
claims.claim(
    "full, carried over, against hand weights: worst market",
    min(gain[FULL][market] for market in others),
    at_least=0.0,
    small=-0.5,
    form="{:+.1%}",
)
claims.claim(
    "full, carried over, against hand weights: median market",
    float(np.median([gain[FULL][market] for market in others])),
    at_least=0.15,
    small=-0.5,
    form="{:+.1%}",
)

# %% [markdown]
# ## Is a change noticed?
#
# The alarms compare the shares of every term's cells (PSI, alarm above 0.2 and above luck) and the errors of each stage
# with those of the training. First an ordinary next season, then the season after posts in Guangdong pay 0.8 and
# number 0.3 of what they did, then one in which records are bad.

# %%
LOGGED = claims.sized(2000, 300)


# %%
def log_of_season(variant: str, season_ix: int) -> EventLog:
    """What the desk would have logged in a season of a market."""
    history = History(spec=county.market(variant, workers=LOGGED), variant=variant, seasons=2)
    season = logged_season(history, history.world(season_ix))
    tables = Journal(season, history.softmax.policy_id, history.model_sha).tables()
    return log_of({name: lines_of(rows) for name, rows in tables.items()})


before = log_of_season(BASE, -2)
AFTER = {"an ordinary year": BASE, "crash in Guangdong": "guangdong_shock", "bad records": "noisy_records"}
found: dict[str, Drift] = {
    name: watch_model(models.own or b"", before, log_of_season(variant, -1)) for name, variant in AFTER.items()
}
for name, drift in found.items():
    print(f"synthetic, {name}: {len(drift.alarms)} alarms")
    for sentence in drift.alarms[:4]:
        print(f"    {sentence}")

# %%
largest = {name: max(term.psi for term in drift.terms) for name, drift in found.items()}


def times(drift: Drift, stage: str) -> float:
    """Error of a stage over that of the training, for everybody; 0 where nothing is known of one of them."""
    return max((row.ece / row.baseline for row in drift.stages if (row.stage, row.group) == (stage, "")), default=0.0)


figure, axes = drawing.panels(
    "The crash shows in who is taken; what lists show moves every year about as much",
    columns=2,
    width=11.0,
    height=3.2,
    note=f"lists of {LOGGED} people against those of the year before",
)
drawing.bars(axes[0], list(largest), list(largest.values()), form="{:.2f}")
drawing.goal_line(axes[0], limits().drift.psi, "alarm")
axes[0].set_title("largest PSI of a term", fontsize=10, loc="left")
hire = {name: times(drift, "hire") for name, drift in found.items()}
drawing.bars(axes[1], list(hire), list(hire.values()), strong=["crash in Guangdong"], form="{:.1f} x")
drawing.goal_line(axes[1], limits().drift.ece_times, "alarm, if luck does not explain it")
axes[1].set_title("error of the stage hire over that of the training", fontsize=10, loc="left")
drawing.show(figure, "Largest PSI and the growth of the error of the stage hire in three years; the crash most.")

# %%
ALARM = limits().drift.psi
claims.claim(
    "largest PSI in an ordinary year",
    largest["an ordinary year"],
    at_most=0.25,
    goal=ALARM,
    small=claims.ANYTHING,
)
claims.claim(
    "error of the stage hire after the crash, over that of the training",
    hire["crash in Guangdong"],
    at_least=limits().drift.ece_times,
    small=0.0,
)
claims.holds(
    "a bell of a stage rings after the crash and none in an ordinary year",
    not claims.is_whole()
    or (
        any(row.alarm for row in found["crash in Guangdong"].stages)
        and not any(row.alarm for row in found["an ordinary year"].stages)
    ),
)
