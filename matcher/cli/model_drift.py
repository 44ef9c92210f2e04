"""`matcher model drift`: whether people, posts or errors are no longer those a model was trained on."""

from __future__ import annotations

from pathlib import Path

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, model_option
from matcher.cli.output import note, write_json

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("drift")
@click.option("--trained-on", "before", type=FOLDER, required=True, help="Events the model was trained on.")
@click.option("--events", "folder", type=FOLDER, required=True, help="Events of the last weeks.")
@model_option
@application_options
@click.pass_context
def drift_command(ctx: click.Context, app: Application, *, before: Path, folder: Path) -> None:
    """Compare the last weeks with the time of training; an alarm is a reason to train again. Exit 1 if one rings.

    Shares of every term's cells (PSI) and errors of each stage and group of the model in use, or of --model. What luck
    alone would show rings no bell, and a group of fewer than twenty people has no figure.

    Example: matcher model drift --trained-on events --events lately
    """
    from matcher.learning.events import read_events
    from matcher.services.learning.watch_model import watch_model

    found = watch_model(app.model_body, read_events(before), read_events(folder))
    write_json(found.record())
    for sentence in found.alarms:
        note(f"  {sentence}")
    note(f"{len(found.alarms)}项变了，请考虑重新训练" if found.alarms else "没有发现变化")
    if found.alarms:
        ctx.exit(1)
