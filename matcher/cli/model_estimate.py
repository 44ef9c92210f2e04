"""`matcher model estimate`: what lists of another model would bring where a log can say so, the reason where not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options
from matcher.cli.output import note, write_json


@click.command("estimate")
@click.argument("model_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--events",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Events with lists that were drawn by chance.",
)
@click.option(
    "--of",
    "outcome",
    type=click.Choice(["applications", "placements", "retention"]),
    default="applications",
    show_default=True,
    help="What is asked about.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of what is drawn.")
@application_options
@click.pass_context
def estimate_command(
    ctx: click.Context, app: Application, *, model_file: Path, folder: Path, outcome: str, seed: int
) -> None:
    """Applications per list under a model's order and that in use, from lines drawn by chance, with intervals.

    Placements and retention are refused, with the reason: whether a post is full depends on everybody's lists. Exit 1
    for a refusal.

    Example: matcher model estimate model.json --events later
    """
    from matcher.learning.events import read_events
    from matcher.learning.off_policy import INTERFERENCE, Refusal
    from matcher.services.ground.rulebook import body_of_model
    from matcher.services.learning.judge_model import compared_lists

    other = replace(app.means, model_body=body_of_model(model_file))
    log = read_events(folder)
    found = (
        compared_lists(log, other, app.means, seed=seed)
        if outcome == "applications"
        else Refusal("retention" if outcome == "retention" else "placements", INTERFERENCE)
    )
    write_json({"outcome": outcome, "synthetic": log.synthetic, **found.record()})
    if isinstance(found, Refusal):
        note(f"不做估计：{found.reason}")
        ctx.exit(1)
    note(f"{'（合成数据）' if log.synthetic else ''}{found.sentence}")
