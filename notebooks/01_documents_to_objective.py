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
# # 01 What do the five documents count, and which number is therefore the objective?
#
# A recommender can be good at many things: clicks, applications, starts. Five government documents say what a county
# is judged by. They are read here as data (packs of `matcher.policy`, each figure with its clause), turned into
# metrics, and then tried on a synthetic county (合成数据): does a way of making lists that is good at one of these
# numbers come out good at the others?
#
# **Answer.** Kept, verified, voluntary jobs spread over households; never clicks: in a synthetic county the lists with
# the fewest applications of three have the most kept jobs (747, against 457 of those with the most).

# %%
from matcher.policy import Parameter, standard_packs
from notebooks import claims, county, drawing
from training_data.market.entrants import ENTRANTS, Models
from training_data.market.metrics import congestion, primary

# %% [markdown]
# ## What is asked, by document and clause
#
# Each cell of the table below is a figure or term of a pack; its clause is read from the pack, not typed here. Where
# there is no such figure, the document may still speak of the matter, but not so that it could be counted.

# %%
DOCUMENTS = {
    "liujiang_2018": "Liujiang 2018",
    "hekou_2018": "Hekou 2018",
    "masked_county_2020": "masked county 2020",
    "qinzhou_2021": "Qinzhou 2021",
    "wuyuan_2021": "Wuyuan 2021",
}
# What is asked -> the metric that counts it -> where each document says so (ids of the packs' figures).
ASKED = {
    "the worker wishes it": (
        "no list beyond what was consented to",
        {
            "liujiang_2018": "service_precondition",
            "hekou_2018": "voluntary_choice_rights",
            "masked_county_2020": "service_precondition",
            "qinzhou_2021": "goal_low_income",
            "wuyuan_2021": "point_to_point_condition",
        },
    ),
    "months really worked": (
        "Q1 jobs kept six months",
        {
            "liujiang_2018": "workshop_reward_min_months",
            "hekou_2018": "training_stable_job_months_min",
            "masked_county_2020": "work_time_in_county_min_months",
            "qinzhou_2021": "workshop_reward_min_months",
        },
    ),
    "evidence, no false records": (
        "Q1 counts verified jobs alone",
        {
            "liujiang_2018": "workshop_agreement_types",
            "hekou_2018": "placement_service_payroll_months",
            "masked_county_2020": "forbidden_records",
            "qinzhou_2021": "placement_service_insurance_min_months",
            "wuyuan_2021": "workshop_agreement_types",
        },
    ),
    "somebody of each household": (
        "Q2 households with a kept job",
        {"liujiang_2018": "household_min_employed_or_in_business"},
    ),
    "income": (
        "Q3 wage x months worked",
        {
            "liujiang_2018": "workshop_reward_min_pay",
            "masked_county_2020": "income_in_county_min",
            "qinzhou_2021": "workshop_reward_min_pay",
        },
    ),
    "who comes first": (
        "Q2, Q4 priority households",
        {
            "liujiang_2018": "target_group_emphasis",
            "hekou_2018": "priority_group",
            "masked_county_2020": "priority_areas",
            "qinzhou_2021": "priority_group",
            "wuyuan_2021": "priority_group",
        },
    ),
    "welfare posts for who is weakest": (
        "C1 who may hold the post",
        {
            "liujiang_2018": "welfare_post_groups",
            "masked_county_2020": "welfare_post_rule",
            "qinzhou_2021": "welfare_post_priority_inside",
            "wuyuan_2021": "welfare_post_priority_inside",
        },
    ),
}
packs = {pack_id: standard_packs().packs[pack_id] for pack_id in DOCUMENTS}


def figure_of(pack_id: str, name: str) -> Parameter:
    """A figure or term of a document, as its pack has it."""
    return next(told for told in packs[pack_id].parameters if told.id == name)


def short(told: Parameter) -> str:
    """Clause and, for a number, the number; a masked one is refused, not guessed."""
    if told.kind == "masked":
        return f"{told.clause}: masked"
    number = f": {told.operator} {told.value} {told.unit or ''}".rstrip() if told.kind in ("number", "ratio") else ""
    return told.clause + number


for asked, (metric, where) in ASKED.items():
    print(f"{asked}  ->  {metric}")
    for pack_id, name in where.items():
        said = figure_of(pack_id, name)
        number = packs[pack_id].document.number or "(no number)"
        print(f"    {DOCUMENTS[pack_id]} {number} {short(said)}  [{said.name}]")

# %%
figure, (axes,) = drawing.panels(
    "All five name who comes first and want proof; six months is the bar where one is stated",
    width=10.5,
    height=4.3,
    synthetic=False,
    note="clauses as the packs cite them; no synthetic data here",
)
for row, (_metric, where) in enumerate(ASKED.values()):
    for column, pack_id in enumerate(DOCUMENTS):
        clause_of = figure_of(pack_id, where[pack_id]) if pack_id in where else None
        colour = drawing.PALE if clause_of is None else drawing.GREY if clause_of.kind == "masked" else drawing.ACCENT
        axes.barh(row, 0.94, left=column, height=0.86, color=colour)
        text = "no such figure" if clause_of is None else clause_of.clause if drawing.chinese_font() else "said"
        axes.text(
            column + 0.47,
            row,
            f"{text}\nnumber masked" if clause_of is not None and clause_of.kind == "masked" else text,
            ha="center",
            va="center",
            fontsize=9,
            color=drawing.INK if clause_of is None else "white",
        )
axes.set_yticks(range(len(ASKED)), [f"{asked}\n{metric}" for asked, (metric, _) in ASKED.items()], fontsize=8.5)
axes.set_xticks([ix + 0.47 for ix in range(len(DOCUMENTS))], list(DOCUMENTS.values()))
axes.xaxis.tick_top()
axes.invert_yaxis()
axes.grid(visible=False)
axes.tick_params(length=0)
for side in axes.spines.values():
    side.set_visible(False)
drawing.show(figure, "Seven things the documents ask for, by document, each with its clause, or that it has none.")

# %% [markdown]
# Six months is what the documents call stable wherever they give a number, and no document counts clicks or
# applications. So `Q1` counts a job when it was kept for six months with evidence, `Q2` counts households.

# %%
months = [
    figure_of(pack_id, name).value
    for pack_id, name in ASKED["months really worked"][1].items()
    if figure_of(pack_id, name).kind == "number"
]
claims.holds("every stated bar for lasting work is six months", {int(str(value)) for value in months} == {6})
claims.holds("every document names a priority group", set(ASKED["who comes first"][1]) == set(DOCUMENTS))
claims.holds(
    "every clause of the table stands in its pack",
    all(figure_of(pack_id, name).clause for _, where in ASKED.values() for pack_id, name in where.items()),
)

# %% [markdown]
# ## Does the choice of the number matter?
#
# One synthetic county-season, three ways of making the same lists of five. If applications were a good stand-in for
# kept jobs, the order of the three would be the same by both.

# %%
NAMES = ("wage first", "hand weights", "hand + priced")
here = county.county()
told = {}
for name in NAMES:
    season = here.under(ENTRANTS[name].make(here.world, here.truth, Models()))
    applied = sum(int(log.applied.sum()) for log in season.rounds)
    told[name] = {**primary(season), **congestion(season), "applied": float(applied)}
columns = ("applied", "placed", "kept", "households", "priority_households", "income", "wasted")
claims.table(["synthetic", *columns], ([name, *(f"{told[name][key]:.4g}" for key in columns)] for name in NAMES))

# %%
figure, panels = drawing.panels(
    "Most applications is not most kept jobs",
    columns=3,
    width=10.5,
    height=2.7,
    note=f"one county-season of {here.world.people.size} people",
)
for axes, (key, name, form) in zip(
    panels,
    (
        ("applied", "applications", "{:.0f}"),
        ("kept", "jobs kept six months", "{:.0f}"),
        ("households", "households with one", "{:.0%}"),
    ),
    strict=True,
):
    best = max(NAMES, key=lambda policy: told[policy][key])
    drawing.bars(axes, NAMES, [told[policy][key] for policy in NAMES], strong=[best], form=form)
    axes.set_title(name, fontsize=10, loc="left")
    axes.set_xticks([])
drawing.show(
    figure,
    "Three ways of making lists by applications, kept jobs and households: the one with the most applications differs.",
)

# %%
most_applied = max(NAMES, key=lambda name: told[name]["applied"])
most_kept = max(NAMES, key=lambda name: told[name]["kept"])
claims.claim("kept jobs, most of the three", told[most_kept]["kept"], at_least=700, small=1)
claims.claim("kept jobs where people applied most", told[most_applied]["kept"], at_most=500)
claims.claim(
    "kept jobs per application, best lists by kept over best by applications",
    (told[most_kept]["kept"] / told[most_kept]["applied"])
    / (told[most_applied]["kept"] / told[most_applied]["applied"]),
    at_least=1.2,
    small=claims.ANYTHING,
)
