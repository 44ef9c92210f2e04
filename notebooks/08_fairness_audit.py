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
# # 08 Who is left behind, and what would it cost to change that?
#
# Ratios of groups to all others, with intervals, in jobs kept and in what lists show: people from 45, women,
# minorities, weak health, relocated. The people are synthetic (合成); their sex and ethnicity are given to the audit
# alone, and one cell below shows that no list reads them. Then each group factor the product allows is tried, with
# its price in kept jobs beside its effect.
#
# **Answer.** In the synthetic county people from 45 keep .61 as many jobs a head as others (.56 to .67), under hand
# weights .58; a factor of 2 for them lifts .62 to .77 (goal .80 not reached) and costs .4 % of all kept jobs.

# %%
import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec.structs import fields, replace

from matcher.learning.fairness import Audit, Audited, GroupRatio, ShownLine, audit
from matcher.learning.resampling import Interval
from matcher.records import Sex, Worker
from notebooks import claims, county, drawing
from training_data.market.coordinated import coordinated
from training_data.market.desk import Weighting
from training_data.market.metrics import groups
from training_data.market.policies import HAND, POLICIES
from training_data.market.season import Lists, Policy, Season, View

# %% [markdown]
# ## The audit of three ways of making lists
#
# The product's own audit (`matcher.learning.fairness`), over two seasons: a ratio of 1 means no difference, a group
# of fewer than twenty people has no figure, households are drawn again for the intervals.

# %%
SEASONS = 2
SHIPPED = Weighting.of_settings()
model = county.learnt(county.earlier())
places = list(county.counties(n_counties=1, n_seasons=SEASONS))


def under(weighting: Weighting) -> list[Season]:
    """The seasons under priced lists of the learned model."""
    maker = coordinated(model=model, weighting=weighting)
    return [here.under(maker(here.world)) for here in places]


def audited(seasons: Sequence[Season]) -> Audit:
    """The product's audit of finished seasons, told what no event tells: who is of a minority, who cares for whom."""
    people: list[Audited] = []
    kept: dict[str, bool] = {}
    shown: list[ShownLine] = []
    for season in seasons:
        true, members = season.world.people, groups(season)
        names = [worker.worker_id for worker in season.records.full]
        people += [
            Audited(
                worker_id=name,
                household_id=f"{season.world.prefix}-{true.household[ix]}",
                care=bool(true.care[ix]),
                age_band=f"{true.age[ix] // 10:.0f}0",
                education=str(true.education[ix]),
                from_45=bool(members["from_45"][ix]),
                women=bool(members["women"][ix]),
                minority=bool(members["minority"][ix]),
                weak=bool(members["weak"][ix]),
                relocated=bool(members["relocated"][ix]),
            )
            for ix, name in enumerate(names)
        ]
        kept |= {name: bool(season.kept[ix]) for ix, name in enumerate(names)}
        for log in season.rounds:
            lists = log.lists
            chances = lists.p_apply * lists.p_hire * lists.p_keep
            wages = season.world.posts.wage[lists.vacancy_ix]
            shown += [
                ShownLine(names[w], float(wage), float(p))
                for w, wage, p in zip(lists.worker_ix.tolist(), wages, chances, strict=True)
            ]
    return audit(people, kept, shown)


ran = {
    HAND: [here.under(POLICIES[HAND](here.world)) for here in places],
    "prices alone": under(Weighting()),
    "full": under(SHIPPED),
}
found = {name: audited(seasons) for name, seasons in ran.items()}


def outcome(of: Audit) -> Mapping[str, GroupRatio]:
    """Ratios of jobs kept, by group."""
    return {ratio.group: ratio for ratio in of.outcome}


def interval(ratio: Interval) -> str:
    """A ratio with its bounds."""
    return f"{ratio.value:.2f} ({ratio.low:.2f}-{ratio.high:.2f})"


LABELS = {
    "from_45": drawing.both("45 and older", "45岁以上"),
    "women": drawing.both("women", "女性"),
    "minority": drawing.both("minorities", "少数民族"),
    "weak": drawing.both("weak health", "体弱"),
    "relocated": drawing.both("relocated", "搬迁户"),
}
claims.table(
    ["synthetic", *found],
    [
        (group, *(interval(outcome(of)[group].ratio) for of in found.values()))
        for group in LABELS
        if all(group in outcome(of) for of in found.values())
    ],
)

# %%
told = [group for group in LABELS if all(group in outcome(of) for of in found.values())]
figure, (panel,) = drawing.panels(
    "Older people keep far fewer jobs whatever makes the lists; the lists do not make it worse",
    width=9.0,
    height=4.2,
    note=f"jobs kept, each group over all others, {SEASONS} county-seasons, 95 % intervals",
)
for place, (name, mark, tone) in enumerate(
    ((HAND, "s", drawing.GREY), ("prices alone", "^", drawing.SECOND), ("full", "o", drawing.ACCENT))
):
    ratios = [outcome(found[name])[group].ratio for group in told]
    height = [row + 0.24 * (place - 1) for row in range(len(told))]
    value = np.array([ratio.value for ratio in ratios])
    spread = np.abs(np.array([[ratio.low, ratio.high] for ratio in ratios]).T - value)
    panel.errorbar(value, height, xerr=spread, fmt=mark, color=tone, markersize=6, elinewidth=1.4, label=name)
panel.set_yticks(range(len(told)), [LABELS[group] for group in told])
panel.invert_yaxis()
panel.grid(axis="y", visible=False)
drawing.goal_line(panel, 1.0, "no difference")
panel.set_xlabel("share with a kept job, group over all others")
panel.legend(loc="center left", bbox_to_anchor=(0.12, 0.5), fontsize=9)
drawing.show(figure, "Outcome ratios of five groups with intervals under three ways of making lists.")

# %% [markdown]
# ## What women and men are shown
#
# Women are shown lower wages than men, because they ask for nearer posts and have other trades. Among people of alike
# duty of care, age and schooling the gap should be small: that is what the lists themselves answer for.

# %%
gaps = {gap.measure: gap for gap in found["full"].gaps}
for measure, gap in gaps.items():
    print(f"synthetic: {measure} shown, women over men {gap.raw.value:.3f}, among alike {gap.adjusted.value:.3f}")

# %% [markdown]
# ## No list reads sex
#
# Every worker's sex is turned into the other, and the lists of a whole season are made again. Ethnicity is no field of
# the records that ranking gets at all.

# %%
OTHER = {Sex.FEMALE: Sex.MALE, Sex.MALE: Sex.FEMALE, None: None}


def turned(policy: Policy) -> Policy:
    """The policy, told the other sex of everybody."""

    def otherwise(view: View) -> Lists:
        workers = tuple(replace(worker, sex=OTHER[worker.sex]) for worker in view.workers)
        return policy(dataclasses.replace(view, workers=workers))

    return otherwise


one = places[0]
as_they_are = ran["full"][0]
otherwise_told = one.under(turned(coordinated(model=model, weighting=SHIPPED)(one.world)))
claims.holds(
    "the other sex of everybody changes no line, price or score of a season",
    all(
        np.array_equal(getattr(left.lists, column), getattr(right.lists, column))
        for left, right in zip(as_they_are.rounds, otherwise_told.rounds, strict=True)
        for column in ("worker_ix", "vacancy_ix", "slot", "slot_price", "score")
    ),
)
claims.holds("ethnicity is no field of what ranking reads", "ethnicity" not in {field.name for field in fields(Worker)})

# %% [markdown]
# ## What a factor for a group does, and what it costs
#
# A factor makes a kept job of the group worth so much more when prices are solved. There is none for sex or ethnicity.
# Each point is one factor alone beside the prices; the price is what all people together lose in kept jobs. Over two
# seasons a per cent of kept jobs is luck: lines that run back say no more than that.

# %%
STEPS = claims.sized((80, 96, 128), (128,))
FACTORS = {
    "from_45": ("from_45", STEPS),
    "weak": ("weak_labour", claims.sized((96,), (96,))),
    "relocated": ("relocated", claims.sized((96,), (96,))),
}


def kept(seasons: Sequence[Season]) -> int:
    """Jobs kept in all of the seasons."""
    return sum(int(season.kept.sum()) for season in seasons)


def ratio(seasons: Sequence[Season], group: str) -> float:
    """Share of the group with a kept job over that of all others, the seasons together."""
    members = np.concatenate([groups(season)[group] for season in seasons])
    done = np.concatenate([season.kept for season in seasons])
    return float(done[members].mean() / done[~members].mean())


base = ran["prices alone"]
effects: dict[str, list[tuple[float, float, float]]] = {}
for group, (name, steps) in FACTORS.items():
    rows = [(1.0, ratio(base, group), 0.0)]
    for step in steps:
        seasons = under(Weighting(groups=((name, step),)))
        rows.append((step / 64, ratio(seasons, group), kept(seasons) / kept(base) - 1))
    effects[group] = rows
claims.table(
    ["synthetic", "factor", "ratio", "kept jobs"],
    [
        (group, f"{factor:g}", f"{of:.2f}", f"{price:+.1%}")
        for group, rows in effects.items()
        for factor, of, price in rows
    ],
)

# %%
figure, (panel,) = drawing.panels(
    "A factor lifts its group; the price to all is hardly more than luck",
    width=8.4,
    height=4.0,
    note=f"each factor alone beside prices alone, {SEASONS} county-seasons",
)
marks = {"from_45": ("o", drawing.ACCENT), "weak": ("s", drawing.SECOND), "relocated": ("^", drawing.GREY)}
for group, rows in effects.items():
    mark, tone = marks[group]
    x, y = [100 * price for _, _, price in rows], [of for _, of, _ in rows]
    drawing.line(panel, x, y, LABELS[group], tone=tone, mark=mark, shift=(8, 8))
    for (factor, _, _), left, up in zip(rows[1:], x[1:], y[1:], strict=True):
        panel.annotate(f"x {factor:g}", (left, up), xytext=(5, -11), textcoords="offset points", fontsize=8.5)
panel.axvline(0, color=drawing.GREY, linewidth=0.8)
drawing.goal_line(panel, 1.0, "no difference", upright=False)
panel.set_xlabel("kept jobs against prices without the factor, %")
panel.set_ylabel("group over all others")
panel.margins(x=0.25, y=0.15)
drawing.show(
    figure, "For three groups the outcome ratio against the price in kept jobs, for each size of their factor."
)

# %%
_, best, price = effects["from_45"][-1]
claims.claim("45+ ratio with a factor of 2", best, at_least=0.5, goal=0.8, small=0.1, form="{:.2f}")
claims.claim(
    "45+ ratio gained by it", best - effects["from_45"][0][1], at_least=0.05, small=claims.ANYTHING, form="{:+.2f}"
)
claims.claim("its price in kept jobs", price, at_least=-0.02, goal=-0.01, small=-0.3, form="{:+.1%}")
claims.claim(
    "wage shown, women over men among alike people",
    gaps["wage"].adjusted.value if gaps["wage"].covered else gaps["wage"].raw.value,
    at_least=0.95,
    goal=0.98,
    small=0.7,
    form="{:.3f}",
)
minority = outcome(found["full"]).get("minority")
claims.claim(
    "minorities over others, upper end of the interval",
    minority.ratio.high if minority else 1.0,
    at_least=1.0,
    small=0.3,
    form="{:.2f}",
)
