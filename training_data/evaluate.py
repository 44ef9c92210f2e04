"""Judge policies in the market simulator and print the table of QUALITY section 1.

python -m training_data.evaluate [--smoke] [--variant NAME] [--counties N] [--seasons N] [--workers N] [--seed N]
                                 [--write DIR]

Everything printed is of a synthetic market (合成数据): it says which policy is better there, and nothing of a county.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from training_data.market.journal import write_season
from training_data.market.metrics import paired
from training_data.market.observe import observe
from training_data.market.policies import HAND, open_desk
from training_data.market.season import run_season
from training_data.market.spec import BASE, committed_hash, frozen_hash, load_spec, resized, variants
from training_data.market.trial import Row, Trial, run_trial, trial_of
from training_data.market.truth import Truth
from training_data.market.world import draw_world

SMOKE = {"counties": 1, "seasons": 3, "workers": 300, "vacancies": 30}
# Column -> (metric, heading, format).
SHOWN: Sequence[tuple[str, str, str]] = (
    ("placed", "placed", "{:.0f}"),
    ("kept", "kept", "{:.0f}"),
    ("households", "HH %", "{:.1%}"),
    ("priority_households", "prio HH %", "{:.1%}"),
    ("income", "income", "{:.0f}"),
    ("priority_ratio", "PR", "{:.2f}"),
    ("wasted", "wasted", "{:.2f}"),
    ("entropy", "entropy", "{:.3f}"),
    ("gini", "Gini", "{:.2f}"),
    ("fill", "fill", "{:.2f}"),
    ("ratio_from_45", "45+", "{:.2f}"),
    ("ratio_women", "women", "{:.2f}"),
    ("ece_keep", "ECE keep", "{:.3f}"),
    ("share_of_oracle", "SoO", "{:.2f}"),
    ("share_of_bound", "bound", "{:.2f}"),
    ("effect_few", "10 %", "{:+.1%}"),
    ("effect_all", "100 %", "{:+.1%}"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a trial and print its table; 2 if the numbers of the market are not those that were frozen."""
    asked = _parser().parse_args(arguments)
    if frozen_hash() != committed_hash():
        print("The market's numbers are not those that were frozen; see training_data/README.md.", file=sys.stderr)
        return 2
    trial = _trial(asked)
    rows = list(run_trial(trial, tell=lambda said: print(said, file=sys.stderr)))
    print(table(trial, rows))
    if asked.write is not None:
        _write(trial, asked.write)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training_data.evaluate", description="Judge policies.")
    parser.add_argument("--smoke", action="store_true", help="one tiny county, three seasons")
    parser.add_argument("--variant", default=BASE, choices=list(variants()), help="another market than the base")
    parser.add_argument("--counties", type=int, choices=(1, 2, 3))
    parser.add_argument("--seasons", type=_positive)
    parser.add_argument("--workers", type=_positive, help="people of a county; posts in proportion")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path, metavar="DIR", help="files of the first season under hand weights")
    return parser


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError
    return number


def _trial(asked: argparse.Namespace) -> Trial:
    spec = load_spec(asked.variant)
    usual = {"counties": 3, "seasons": 4, "workers": spec.size.workers, "vacancies": spec.size.vacancies}
    size = {**usual, **(SMOKE if asked.smoke else {})}
    if asked.workers:
        size["workers"] = asked.workers
        size["vacancies"] = max(len(spec.channels), spec.size.vacancies * asked.workers // spec.size.workers)
    return trial_of(
        resized(spec, workers=size["workers"], vacancies=size["vacancies"]),
        asked.variant,
        counties=asked.counties or size["counties"],
        seasons=asked.seasons or size["seasons"],
        seed=asked.seed,
    )


def table(trial: Trial, rows: Sequence[Row]) -> str:
    """Means by policy as a Markdown table; kept jobs with paired difference to hand weights and its standard error."""
    by_policy: dict[str, list[Mapping[str, float]]] = {}
    for row in rows:
        by_policy.setdefault(row.policy, []).append(row.values)
    n = len(by_policy[HAND])
    size = trial.spec.size
    lines = [
        f"Synthetic market, variant {trial.variant}: {n} county-seasons of {size.workers} people and "
        f"{size.vacancies} posts, seed {trial.seed}, numbers {frozen_hash()[:12]}.",
        "",
        "| policy | " + " | ".join(heading for _, heading, _ in SHOWN) + " | kept - hand ± SE | wins |",
        "|---" * (len(SHOWN) + 3) + "|",
    ]
    hand = [values["kept"] for values in by_policy[HAND]]
    for policy, seasons in by_policy.items():
        kept = [values["kept"] for values in seasons]
        difference, error = paired(kept, hand)
        wins = sum(ours > theirs for ours, theirs in zip(kept, hand, strict=True))
        cells = [_mean(seasons, name, how) for name, _, how in SHOWN]
        # One season has a difference and no error.
        against = "" if policy == HAND else f"{difference:+.1f}" + ("" if np.isnan(error) else f" ± {error:.1f}")
        lines.append(f"| {policy} | " + " | ".join(cells) + f" | {against} | {'' if policy == HAND else wins} |")
    return "\n".join(lines)


def _mean(seasons: Sequence[Mapping[str, float]], name: str, how: str) -> str:
    """The mean over the seasons that have the metric; empty where none has, told of a group too small."""
    found = [values[name] for values in seasons if name in values and not np.isnan(values[name])]
    return how.format(float(np.mean(found))) if found else ""


def _write(trial: Trial, folder: Path) -> None:
    world = draw_world(trial.spec, seed=trial.seed)
    season = run_season(world, Truth(world), observe(world), trial.policies[HAND](world))
    write_season(season, folder, policy_id="hand-weights", model_sha=open_desk(world).means.model.digest)


if __name__ == "__main__":
    raise SystemExit(main())
