"""What a run says, to be read: tables in Markdown, headings in English and Chinese; all of a synthetic market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from training_data.evaluation.gates import Judged, over_hand
from training_data.evaluation.programme import Programme
from training_data.evaluation.results import Figure, Results
from training_data.market.entrants import ENTRANTS, FULL, LOGGED, PRICED
from training_data.market.policies import HAND
from training_data.market.spec import frozen_hash, variants
from training_data.market.tallies import added, gap, pooled_error

MOST_DIGITS = 7
"""After the point, to tell a number from its bound."""

# Metric, heading, format.
COLUMNS: Sequence[tuple[str, str, str]] = (
    ("placed", "placed 上岗", "{:.0f}"),
    ("kept", "kept 干满半年", "{:.0f}"),
    ("households", "HH 有人稳岗的户", "{:.1%}"),
    ("priority_households", "prio HH 优先户", "{:.1%}"),
    ("income", "income 人均收入", "{:.0f}"),
    ("priority_ratio", "PR 优先比", "{:.2f}"),
    ("wasted", "wasted 落空", "{:.2f}"),
    ("entropy", "entropy 分散", "{:.3f}"),
    ("gini", "Gini 不均", "{:.2f}"),
    ("shown", "shown 有人看到", "{:.2f}"),
    ("fill", "fill 招满", "{:.2f}"),
    ("share_of_oracle", "SoO", "{:.3f}"),
    ("share_of_bound", "bound", "{:.2f}"),
    ("effect_few", "10 %", "{:+.1%}"),
    ("effect_all", "100 %", "{:+.1%}"),
)
BOUGHT: Mapping[str, tuple[str, str]] = {
    "priced + household coverage": ("households with somebody in kept work", "households"),
    "priced + priority": ("priority households with somebody in kept work", "priority_households"),
    "priced + factor from 45": ("kept rate of 45+ over others'", "ratio_from_45"),
    "priced + stretch line": ("lines of a trade that is not the person's", "another_trade"),
    FULL: ("priority households, coverage and priority together", "priority_households"),
}
"""Setting -> what it is for in words, and the metric that says so."""
STAGES = (("ece_apply", "ECE apply"), ("ece_hire", "ECE hire"), ("ece_keep", "ECE keep"))
GROUPS = (
    ("from_45", "45+ 四十五岁以上"),
    ("women", "women 女"),
    ("minority", "minority 少数民族"),
    ("weak", "weak health 弱劳力"),
    ("relocated", "relocated 搬迁户"),
)
LEGEND = """\
What it shows and what it does not: in this documented synthetic market (合成数据), with these seeds, one way of making
lists keeps more people in work than another. It says nothing of how many people a real county would place: no person,
post or employer in it exists, and its behaviour was written by its authors.
这张表只说明：在这个写明参数的合成市场里、用这些种子，哪种排名单的办法让更多人稳定就业。它不说明任何一个真实的县会多安置多少人。

kept: jobs that lasted six months, mean of the county-seasons. HH, prio HH: households (relocated or of a deep-poverty
village) with somebody in such a job. wasted: applications that met a full post. SoO: kept over that of the same
allocator with the true probabilities; bound: over a bound no policy passes. 10 %, 100 %: what is added to the kept rate
of those served when a tenth of the households, and when all are. kept - hand: paired over the county-seasons, ± one
standard error."""


def report(programme: Programme, results: Results, gates: Sequence[Judged]) -> str:
    """The whole run as Markdown."""
    parts = [heading(programme, results), main_table(results), LEGEND]
    if absent := absentees(programme, results):
        parts.append("Not run, because nothing was trained for them: " + ", ".join(absent) + ".")
    parts += ["## Fairness and calibration 公平与校准", fairness_table(results)]
    if calibrated := calibration_table(results, LOGGED, FULL):
        parts += ["## Calibration, all county-seasons together 校准", calibrated]
    if priced := price_table(results):
        parts += ["## What each explicit setting costs 每项设定的代价", priced]
    if results.variants():
        parts += ["## Variants 变体：kept jobs over hand weights", variant_table(results)]
    parts += ["## Gates 门槛", gate_table(gates)]
    if programme.workers:
        parts.append("The bounds are set for counties of full size; in a small one luck decides.")
    return "\n\n".join(parts) + "\n"


def heading(programme: Programme, results: Results) -> str:
    """What ran."""
    size = programme.spec(programme.variant).size
    n = results.series(HAND, "kept").size
    return (
        f"Synthetic market, variant {programme.variant}: {n} county-season{'s' * (n != 1)} of {size.workers} people "
        f"and {size.vacancies} posts, {programme.earlier} earlier seasons to learn from, seed {programme.seed}, "
        f"numbers {frozen_hash()[:12]}."
    )


def absentees(programme: Programme, results: Results) -> list[str]:
    """Policies that were asked for and did not run."""
    ran = set(results.policies())
    return [name for name in ENTRANTS if name in programme.names and name not in ran]


def main_table(results: Results) -> str:
    """Means by policy, and kept jobs against hand weights."""
    rows = []
    for policy in results.policies():
        cells = [shown(results.mean(policy, metric), form) for metric, _, form in COLUMNS]
        if policy == HAND:
            cells += ["", "", ""]
        else:
            against = results.difference(policy, HAND, "kept")
            gain = results.ratio(policy, HAND).value - 1
            cells += [with_error(against, "{:+.1f}", "{:.1f}"), f"{gain:+.1%}" if gain == gain else ""]  # noqa: PLR0124
            cells.append(str(results.wins(policy, HAND)))
        rows.append([policy, *cells])
    return markdown(["policy 策略", *(heading for _, heading, _ in COLUMNS), "kept - hand ± SE", "%", "wins"], rows)


def fairness_table(results: Results) -> str:
    """P(kept | group) / P(kept | others) ± standard error; the group's kept jobs over those under the reference; wages
    shown to women over men's; calibration by stage.
    """
    rows = [
        [
            policy,
            *(with_error(results.mean(policy, f"ratio_{name}"), "{:.2f}", "{:.2f}") for name, _ in GROUPS),
            *(shown(results.mean(policy, f"of_reference_{name}"), "{:.2f}") for name in ("from_45", "women")),
            *(shown(results.mean(policy, f"wage_shown_{how}"), "{:.3f}") for how in ("raw", "adjusted")),
            *(shown(results.mean(policy, metric), "{:.3f}") for metric, _ in STAGES),
        ]
        for policy in results.policies()
    ]
    told = [
        "45+ / reference",
        "women / reference",
        "wage shown F/M",
        "same in strata",
        *(heading for _, heading in STAGES),
    ]
    return markdown(["policy 策略", *(heading for _, heading in GROUPS), *told], rows)


def calibration_table(results: Results, *policies: str) -> str:
    """ECE of policies by stage and group, what luck alone would make of it, and mean probability less rate."""
    rows = []
    for policy in policies:
        for name in dict.fromkeys(name for row in results.rows if row.policy == policy for name in row.tallies):
            total = added(results.tallies(policy, name))
            error, luck = pooled_error(total)
            told = [f"{total[:, 0].sum():.0f}", f"{error:.4f}", f"{luck:.4f}", f"{gap(total):+.4f}"]
            rows.append([policy, name, *told])
    headings = ["lists", "stage and group", "rows", "ECE", "by luck alone", "mean p - rate"]
    return markdown(headings, rows) if rows else ""


def price_table(results: Results) -> str:
    """Of each setting alone, beside learned + priced: kept jobs lost, what it is for, and the loss for each point."""
    rows = []
    for name, (says, metric) in BOUGHT.items():
        lost, gained = results.difference(PRICED, name, "kept"), results.difference(name, PRICED, metric)
        if not (lost.measured and gained.measured):
            continue
        points = Figure(100 * gained.value, 100 * gained.error)
        cost = f"{lost.value / points.value:.1f}" if points.value > 0 else ""
        share = 1 - results.ratio(name, PRICED).value
        told = [with_error(lost, "{:+.1f}", "{:.1f}"), f"{share:+.1%}", with_error(points, "{:+.1f}", "{:.1f}"), cost]
        rows.append([name, *told[:2], says, *told[2:]])
    headings = ["setting", "kept jobs lost ± SE", "share", "what it is for", "points gained ± SE", "lost for a point"]
    return markdown(headings, rows) if rows else ""


def variant_table(results: Results) -> str:
    """Kept jobs by hand weights in each variant, and those of the others over them."""
    others = [name for name in results.policies("variant") if name != HAND]
    told = {name: over_hand(results, name) for name in others}
    rows = []
    for variant in results.variants():
        hand = results.mean(HAND, "kept", table="variant", variant=variant)
        cells = [shown(_less_one(told[name].get(variant)), "{:+.1%}") for name in others]
        bound = results.mean(HAND, "share_of_bound", table="variant", variant=variant)
        rows.append([variant, variants()[variant].says, shown(hand, "{:.0f}"), *cells, shown(bound, "{:.2f}")])
    return markdown(["variant", "differs in", "hand", *others, "hand / bound"], rows)


def gate_table(gates: Sequence[Judged]) -> str:
    """Each gate with its number, its error and whether it is reached."""
    rows = []
    for row in gates:
        figure, gate = row.figure, row.gate
        form = telling(gate.form, figure.value, gate.bound) if figure.measured else gate.form
        bound = f"{'at most' if gate.at_most else 'at least'} {form.format(gate.bound)}"
        told = with_error(figure, form, form.replace("+", "")) if figure.measured else ""
        rows.append([gate.says, bound, told, row.verdict, gate.source])
    return markdown(["gate", "bound", "measured ± SE", "verdict", "set in"], rows)


def telling(form: str, value: float, bound: float) -> str:
    """The form with so many digits that a number that differs from its bound is told as another one.

    form : as `{:+.1%}`, one digit after the point; numbers alike to six digits are told alike
    """
    before, point, rest = form.partition(".")
    finer = (f"{before}{point}{n}{rest[1:]}" for n in range(int(rest[0]), MOST_DIGITS))
    return next((one for one in finer if value == bound or one.format(value) != one.format(bound)), form)


def shown(figure: Figure, form: str) -> str:
    """The number, nothing where there is none."""
    return form.format(figure.value) if figure.measured else ""


def with_error(figure: Figure, form: str, error_form: str) -> str:
    """The number and its standard error; one season has a number and no error."""
    if not figure.measured:
        return ""
    error = Figure(figure.error)
    return form.format(figure.value) + (f" ± {error_form.format(error.value)}" if error.measured else "")


def _less_one(figure: Figure | None) -> Figure:
    return Figure(float("nan")) if figure is None else Figure(figure.value - 1, figure.error)


def markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; its first column is text."""
    lines = [headings, ["---", *("--:" for _ in headings[1:])], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
