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
# # 02 What is the synthetic county made of, and what is hidden from whoever makes its lists?
#
# Everything the recommendations are judged by is a simulator (合成数据: no person, firm or post in it exists). This
# notebook shows its numbers, that what is drawn has them, what the county's desk gets to see, and how much of a
# decision nobody can see.
#
# **Answer.** 3,000 people and 260 posts with frozen shares; 16 % of the travel wishes on record are off, 10 % are
# missing, 47 % of who applies where and 80 % of who is taken is in no file, and luck decides on top of that.

# %%
import numpy as np
from msgspec.structs import replace

from matcher.records import TravelRange
from notebooks import claims, county, drawing
from training_data.market.land import place_ranks
from training_data.market.spec import committed_hash, frozen_hash
from training_data.market.truth import Truth
from training_data.market.world import draw_world

# %% [markdown]
# ## The numbers, and that they were not touched
#
# `training_data/market/marginals.toml` holds every number; its hash was committed before policies were compared.

# %%
spec = county.market()
here = county.county(spec)
people, posts = here.world.people, here.world.posts
claims.holds("the numbers of the market are the frozen ones", frozen_hash() == committed_hash())
claims.table(
    ["synthetic county", "drawn"],
    [
        ["people", people.size],
        ["households", people.n_households],
        ["vacancies", posts.size],
        ["openings per person", f"{posts.headcount.sum() / people.size:.2f}"],
        ["rounds in a season", spec.season.rounds],
        ["lines in a list", spec.season.list_length],
        ["applications a round, at most", spec.season.applications_per_round],
    ],
)

# %% [markdown]
# ## What was asked for, and what was drawn

# %%
bands = spec.people.ages
age_drawn = [float(((people.age >= low) & (people.age < high + 1)).mean()) for low, high, _ in bands]
schooling = ("none", "primary", "junior", "senior", "college")
schooling_drawn = [float((people.education == step).mean()) for step in range(len(schooling))]
arrival_drawn = [float((people.arrival == step).mean()) for step in range(spec.season.rounds)]
marginals = {
    "age": ([f"{low}-{high}" for low, high, _ in bands], [share for _, _, share in bands], age_drawn),
    "schooling": (list(schooling), list(spec.people.education), schooling_drawn),
    "arrives in round": (
        [str(step + 1) for step in range(spec.season.rounds)],
        list(spec.season.worker_arrivals),
        arrival_drawn,
    ),
}

# %%
figure, panels = drawing.panels(
    "What is drawn has the shares that were fixed",
    columns=3,
    width=10.5,
    height=3.1,
    note=f"bars: {people.size} people drawn; black ticks: the share in marginals.toml",
)
for axes, (name, (labels, asked, drawn)) in zip(panels, marginals.items(), strict=True):
    drawing.bars(axes, labels, drawn, form="{:.0%}")
    axes.plot(asked, range(len(asked)), linestyle="", marker="|", markersize=17, color=drawing.INK)
    axes.set_title(name, fontsize=10, loc="left")
    axes.set_xticks([])
drawing.show(figure, "Shares of people by age, schooling and round of arrival: drawn bars end at the fixed shares.")

# %%
furthest = max(abs(a - b) for _, asked, drawn in marginals.values() for a, b in zip(asked, drawn, strict=True))
claims.claim("largest difference between a share drawn and the share asked for", furthest, at_most=0.02, small=0.08)
claims.claim(
    "openings per person, less the 0.8 asked for",
    abs(posts.headcount.sum() / people.size - spec.size.openings_per_worker),
    at_most=0.05,
    small=0.15,
)

# %% [markdown]
# ## What the desk knows
#
# The county has records, not people: travel ranges are a step off, answers are missing until the desk's question is
# answered, the wage one says one would take lies below the one one really takes.

# %%
rank = {name: ix for ix, name in enumerate(TravelRange)}
recorded = np.array([rank[worker.travel_range] for worker in here.records.full if worker.travel_range is not None])
wrong = float((recorded != people.reach).mean())
missing = {
    "travel range": float(np.mean([worker.travel_range is None for worker in here.records.gaps])),
    "schooling": float(np.mean([worker.education is None for worker in here.records.gaps])),
    "trade and skills": float(np.mean([worker.trades is None for worker in here.records.gaps])),
}
floors = np.array([worker.wage_floor_yuan_month or 0 for worker in here.records.full])
below = float((floors[floors > 0] < people.reservation[floors > 0]).mean())
off = {"travel range": wrong, "schooling": 0.0, "trade and skills": 0.0, "lowest wage": below}
gone = {**missing, "lowest wage": float((floors == 0).mean())}
claims.claim("travel ranges a step off", wrong, at_least=0.13, form="{:.1%}", small=0.1)
claims.claim("travel ranges a step off", wrong, at_most=0.22, form="{:.1%}", small=0.3)
claims.claim("answers missing, largest share", max(missing.values()), at_most=0.12, form="{:.1%}", small=0.2)

# %% [markdown]
# ## How much of a decision nobody can see
#
# Take away what is hidden (mobility, tastes, ties between villages and cities, quality of employers, skill,
# reliability) and draw the same county again: what the utilities then have in common with the true ones is what a
# perfect reader of perfect records could know before chance decides.

# %%
plain = replace(spec, hidden=dict.fromkeys(spec.hidden, 0.0))
seen = Truth(draw_world(plain, seed=county.SEED))
STAGES = {"apply": "applies", "hire": "is taken", "keep": "stays six months"}
villages = tuple(here.world.land.villages[ix] for ix in people.village.tolist())
inside = place_ranks(villages, posts.place) <= people.reach[:, None]
visible = {
    stage: float(np.corrcoef(getattr(here.truth, stage)[inside], getattr(seen, stage)[inside])[0, 1] ** 2)
    for stage in STAGES
}
mean_chance = {stage: float(here.truth.probability(stage)[inside].mean()) for stage in STAGES}
for stage, fixed in {"apply": 0.17, "hire": 0.69, "keep": 0.41}.items():
    off_by = abs(mean_chance[stage] - fixed)
    claims.claim(f"mean chance of {stage} inside true reach, off what was fixed", off_by, at_most=0.01, small=0.15)
claims.table(
    ["synthetic: stage", "mean true chance", "variation in what a file could hold"],
    [[STAGES[stage], f"{mean_chance[stage]:.2f}", f"{visible[stage]:.0%}"] for stage in STAGES],
)

# %%
figure, (left, right) = drawing.panels(
    "What lists are made from is partly wrong, partly missing, and partly not written anywhere",
    columns=2,
    width=10.5,
    height=3.2,
    note="left: records of people; right: variation of the utilities",
)
names = list(off)
for ix, name in enumerate(names):
    right_share = 1 - gone[name] - off[name] * (1 - gone[name])
    parts = (right_share, off[name] * (1 - gone[name]), gone[name])
    start = 0.0
    for share, colour, word in zip(
        parts, (drawing.PALE, drawing.SECOND, drawing.GREY), ("right", "wrong", "missing"), strict=True
    ):
        left.barh(ix, share, left=start, color=colour, height=0.66, edgecolor="white")
        if share > 0.07:
            light = drawing.INK if colour == drawing.PALE else "white"
            gap, points = (" ", 8.5) if share > 0.3 else ("\n", 7)
            left.text(
                start + share / 2, ix, f"{word}{gap}{share:.0%}", ha="center", va="center", color=light, fontsize=points
            )
        start += share
left.set_yticks(range(len(names)), names)
left.invert_yaxis()
left.set_xticks([])
left.grid(visible=False)
left.set_title("answers on record", fontsize=10, loc="left")
for ix, stage in enumerate(STAGES):
    right.barh(ix, visible[stage], color=drawing.ACCENT, height=0.66)
    right.barh(ix, 1 - visible[stage], left=visible[stage], color=drawing.PALE, height=0.66)
    right.text(visible[stage] / 2, ix, f"{visible[stage]:.0%}", ha="center", va="center", color="white")
    right.text((1 + visible[stage]) / 2, ix, f"hidden {1 - visible[stage]:.0%}", ha="center", va="center")
right.set_yticks(range(len(STAGES)), list(STAGES.values()))
right.invert_yaxis()
right.set_xticks([])
right.grid(visible=False)
right.set_title("could be in a file, before chance decides", fontsize=10, loc="left")
drawing.show(figure, "Shares of answers right, wrong and missing; share of each decision's variation no file holds.")

# %%
claims.claim("share of who applies where that is hidden", 1 - visible["apply"], at_least=0.3, form="{:.0%}", small=0.1)
claims.claim("share of who is taken that is hidden", 1 - visible["hire"], at_least=0.3, form="{:.0%}", small=0.1)

# %% [markdown]
# ## The same luck for everybody
#
# A draw is named by purpose, worker and vacancy, not by its turn: whoever makes the lists, a pair decides alike. So
# two ways of making lists are compared on the very same people, and drawing the county anew gives the same county.

# %%
again = county.county(spec)
claims.holds("the same county is drawn twice", bool(np.array_equal(here.truth.apply_gain, again.truth.apply_gain)))
other = county.county(spec, season_ix=1)
claims.holds("another season has other people", not np.array_equal(people.age, other.world.people.age))
