"""`matcher train`: better tables from a folder of events."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from matcher.cli.options import on_option
from matcher.cli.output import N_PROBLEMS, note, write_json
from matcher.services.rosters.new_file import new_file


@click.command("train")
@click.option(
    "--events",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder of event tables, or of folders with such tables.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Model file to write.")
@click.option(
    "--card",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="Card to begin with; default the hand card of the program.",
)
@click.option("--by", default="", help="Who answers for the model.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of what is drawn.")
@on_option
@click.pass_context
def train_command(
    ctx: click.Context, *, folder: Path, out: Path, by: str, card: Path | None, seed: int, on: date | None
) -> None:
    """Learn the three score tables from events and write a model file; what was found goes to stdout.

    The same events give the same file; --on is the day written into it (default: the last day of the events).
    Exit 1 when rows do not fit or a source was bounded: the model is written all the same.

    Example: matcher train --events events --out model.json
    """
    # scikit-learn is loaded here and nowhere before.
    from matcher.services.learning.train_model import train_model

    found = train_model(folder, on=on, by=by, seed=seed, card=card.read_bytes() if card else None)
    with new_file(out) as stream:
        stream.write(found.body)
    for problem in found.problems[:N_PROBLEMS]:
        note(f"  {problem.file} row {problem.row} {problem.column}: {problem.found} {problem.fix}")
    if len(found.problems) > N_PROBLEMS:
        note(f"  还有{len(found.problems) - N_PROBLEMS}处，见报告的problems")
    for sentence in found.report["suspicions"]:
        note(f"  {sentence}")
    write_json(found.report)
    if found.problems or found.report["suspicions"]:
        ctx.exit(1)


COMMANDS = (train_command,)
