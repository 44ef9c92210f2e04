"""Q1 .. Q7 of a finished season, Q8 .. Q10 of several; `training_data/README.md` says what each number means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training_data.market.draws import Draws, Flags, Floats, Index
from training_data.market.season import NOWHERE, Season, examination

FEWEST_OF_A_GROUP = 20
"""Below this many people a group's ratio says nothing and may say who they are: none is told."""
FEWEST_JUDGED = 50
"""Rows of a group from which a mean error says more than luck."""
BINS = 15
REPEATS = 200
OLD_FROM = 45


def primary(season: Season) -> dict[str, float]:
    """Q1 .. Q4: kept jobs, households with somebody in kept work, income, what priority gets."""
    people, kept = season.world.people, season.kept
    priority = people.priority
    at = np.maximum(season.post, 0)
    income = np.where(season.post == NOWHERE, 0.0, season.world.posts.wage[at] * season.months)
    return {
        "placed": float((season.post != NOWHERE).sum()),
        "kept": float(kept.sum()),
        "kept_share": float(kept.mean()),
        "households": coverage(season, np.ones_like(kept)),
        "priority_households": coverage(season, priority),
        "income": float(income.mean()),
        "priority_ratio": _ratio(kept, priority),
    }


def coverage(season: Season, members: Flags) -> float:
    """Share of the households of these members that have somebody in kept work."""
    household = season.world.people.household
    homes = np.unique(household[members])
    return float(np.isin(homes, household[season.kept]).mean()) if homes.size else float("nan")


def congestion(season: Season) -> dict[str, float]:
    """Q5: applications that met a full post, entropy and Gini of what is shown, lines of a trade unlike
    the person's, posts shown and filled.
    """
    posts = season.world.posts
    applied = sum(int(log.applied.sum()) for log in season.rounds)
    full = sum(int((log.applied & log.fit & ~log.offered).sum()) for log in season.rounds)
    shown, expected = np.zeros(posts.size), np.zeros(posts.size)
    for log in season.rounds:
        np.add.at(shown, log.lists.vacancy_ix, 1.0)
        np.add.at(expected, log.lists.vacancy_ix, log.lists.p_apply * examination(season.world, log.lists.slot))
    share = shown[shown > 0] / max(1.0, shown.sum())
    other = sum(
        int((season.truth.match[log.lists.worker_ix, log.lists.vacancy_ix] == 0).sum()) for log in season.rounds
    )
    hired = np.bincount(season.post[season.post != NOWHERE], minlength=posts.size)
    return {
        "wasted": full / applied if applied else float("nan"),
        "entropy": float(-(share * np.log(share)).sum() / np.log(max(2, posts.size))),
        "gini": gini(shown / posts.headcount),
        "shown": float((shown > 0).mean()),
        "fill": float(hired.sum() / posts.headcount.sum()),
        "another_trade": float(other / max(1.0, shown.sum())),
        "crowding_p95": float(np.quantile(expected / posts.headcount, 0.95)),
    }


def gini(values: Floats) -> float:
    """0 all equal .. 1 everything at one; 0 of nothing."""
    ordered = np.sort(values)
    if not ordered.size or ordered[-1] == 0:
        return 0.0
    place = np.arange(1, ordered.size + 1)
    return float((2 * place - ordered.size - 1) @ ordered / (ordered.size * ordered.sum()))


def groups(season: Season) -> dict[str, Flags]:
    """The groups of Q6."""
    people = season.world.people
    return {
        "from_45": people.age >= OLD_FROM,
        "women": people.female,
        "minority": people.minority,
        "weak": people.weak,
        "relocated": people.relocated,
    }


def fairness(season: Season) -> dict[str, tuple[float, float, float]]:
    """Q6: P(kept | group) / P(kept | others) with a 95 % interval, households drawn again (Efron 1979)."""
    told = {}
    household, n = season.world.people.household, season.world.people.n_households
    draws = Draws.of(season.world.seed, "bootstrap")
    weight = np.stack(
        [np.bincount(_again(draws, repeat, n), minlength=n).astype(np.float64) for repeat in range(REPEATS)]
    )
    for name, members in groups(season).items():
        if members.sum() < FEWEST_OF_A_GROUP or (~members).sum() < FEWEST_OF_A_GROUP:
            continue
        sums = [
            weight @ np.bincount(household, weights=mask.astype(np.float64), minlength=n)
            for mask in (members & season.kept, members, ~members & season.kept, ~members)
        ]
        ratios = (sums[0] / np.maximum(sums[1], 1)) / np.maximum(sums[2] / np.maximum(sums[3], 1), 1e-9)
        low, high = np.quantile(ratios, (0.025, 0.975))
        told[name] = (_ratio(season.kept, members), float(low), float(high))
    return told


def _again(draws: Draws, repeat: int, n: int) -> Index:
    return (draws.uniform(f"households {repeat}", n) * n).astype(np.int64)


def _ratio(kept: Flags, members: Flags) -> float:
    """P(kept | members) / P(kept | others); not a number where either is empty or nobody else keeps a job."""
    if not members.any() or not kept[~members].any():
        return float("nan")
    return float(kept[members].mean() / kept[~members].mean())


def exposure_gap(season: Season) -> dict[str, float]:
    """Q6: mean posted wage shown to women over that shown to men, raw and within care x age band x schooling."""
    people = season.world.people
    worker = np.concatenate([log.lists.worker_ix for log in season.rounds])
    wage = season.world.posts.wage[np.concatenate([log.lists.vacancy_ix for log in season.rounds])]
    stratum = people.care * 100 + (people.age // 10).astype(np.int64) * 10 + people.education
    female = people.female[worker]
    ratios, sizes = [], []
    for at in np.unique(stratum[worker]):
        inside = stratum[worker] == at
        women, men = wage[inside & female], wage[inside & ~female]
        if women.size >= FEWEST_OF_A_GROUP and men.size >= FEWEST_OF_A_GROUP:
            ratios.append(float(women.mean() / men.mean()))
            sizes.append(inside.sum())
    raw = float(wage[female].mean() / wage[~female].mean()) if female.any() and (~female).any() else float("nan")
    return {"wage_shown_raw": raw, "wage_shown_adjusted": float(np.average(ratios, weights=sizes)) if ratios else raw}


def calibration(season: Season) -> dict[str, float]:
    """Q7: expected calibration error of each stage, from what was seen: lines read at slot 1, applications, starts.

    Of an application counts whether the firm would have taken the person with a seat left, which only the simulator
    knows of a full post. Without those of full posts the rest would hold everybody unfit and only some of the fit.
    """
    return {
        f"ece_{stage}": ece(np.concatenate([p for _, p, _ in rows]), np.concatenate([y for _, _, y in rows]))
        for stage, rows in judged_rows(season).items()
    }


def judged_rows(season: Season) -> dict[str, list[tuple[Index, Floats, Flags]]]:
    """Stage -> of each round the workers of its rows, what was thought and what happened."""
    parts: dict[str, list[tuple[Index, Floats, Flags]]] = {"apply": [], "hire": [], "keep": []}
    for log in season.rounds:
        lists = log.lists
        first = (lists.slot == 1) & log.looked
        parts["apply"].append((lists.worker_ix[first], lists.p_apply[first], log.applied[first]))
        parts["hire"].append((lists.worker_ix[log.applied], lists.p_hire[log.applied], log.fit[log.applied]))
        worker_ix = lists.worker_ix[log.started]
        parts["keep"].append((worker_ix, lists.p_keep[log.started], season.kept[worker_ix]))
    return parts


def group_gaps(season: Season) -> dict[str, float]:
    """Q7 by group: mean probability less what happened, of each stage, where a group has enough rows to say."""
    told = {}
    for stage, rows in judged_rows(season).items():
        worker = np.concatenate([w for w, _, _ in rows])
        off = np.concatenate([p - y for _, p, y in rows])
        for name, members in groups(season).items():
            if (of_group := off[members[worker]]).size >= FEWEST_JUDGED:
                told[f"gap_{stage}_{name}"] = float(of_group.mean())
    return told


def ece(probability: Floats, happened: Flags, bins: int = BINS) -> float:
    """Sum over quantile bins of (share of rows) x |mean probability - observed share|; nan without rows."""
    if not probability.size:
        return float("nan")
    order = np.argsort(probability, kind="stable")
    lots = [lot for lot in np.array_split(order, bins) if lot.size]
    gaps = [abs(probability[lot].mean() - happened[lot].mean()) * lot.size for lot in lots]
    return float(sum(gaps) / probability.size)


def season_metrics(season: Season) -> dict[str, float]:
    """Q1 .. Q7 as one row; the ratios of Q6 without their intervals."""
    ratios = {f"ratio_{name}": told[0] for name, told in fairness(season).items()}
    told = {**primary(season), **congestion(season), **ratios, **exposure_gap(season)}
    return {**told, **calibration(season), **group_gaps(season)}


def against(kept: float, hand: float, oracle: float, bound: float) -> dict[str, float]:
    """Q8 and Q9: share of the oracle, of the gap between hand weights and oracle closed, of the fluid bound."""
    gap = oracle - hand
    return {
        "share_of_oracle": kept / oracle if oracle else float("nan"),
        "gap_closed": (kept - hand) / gap if gap else float("nan"),
        "share_of_bound": kept / bound if bound else float("nan"),
    }


def of_reference(season: Season, reference: Season) -> dict[str, float]:
    """Q6, simulator only: kept jobs of each group as a share of those under the reference; Q2 likewise."""
    told = {}
    for name, members in groups(season).items():
        known = float(reference.kept[members].sum())
        if members.sum() >= FEWEST_OF_A_GROUP and known:
            told[f"of_reference_{name}"] = float(season.kept[members].sum()) / known
    everybody = np.ones_like(season.kept)
    homes = coverage(reference, everybody)
    return told | ({"of_reference_households": coverage(season, everybody) / homes} if homes else {})


def roll_out(base: Season, few: Season, served: Flags, everybody: Season) -> dict[str, float]:
    """Q10: what the policy adds to the kept rate of those served while few are, and of all when all are.

    Both against the season without it and the same people's luck in it; the ratio of their means over many seasons
    says what is left of the effect at full roll-out.
    """
    return {
        "effect_few": float(few.kept[served].mean() - base.kept[served].mean()) if served.any() else float("nan"),
        "effect_all": float(everybody.kept.mean() - base.kept.mean()),
    }


def paired(values: Sequence[float], base: Sequence[float]) -> tuple[float, float]:
    """Mean difference over the same county-seasons and its standard error; nan of fewer than two."""
    difference = np.asarray(values) - np.asarray(base)
    if difference.size < 2:
        return float(difference.mean()), float("nan")
    return float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(difference.size))
