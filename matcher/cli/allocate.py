"""`matcher allocate`: who is sent where in one channel."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import msgspec

from matcher.bootstrap import Application
from matcher.cli.lists import jurisdiction_option, seed_option
from matcher.cli.options import application_options, model_option, on_option, today_if_none
from matcher.cli.output import note
from matcher.records import Channel
from matcher.services.assignment.allocate import Allocate, allocate, allocation_line
from matcher.services.assignment.limits_file import read_limits
from matcher.services.assignment.plots import allocate_plots
from matcher.services.assignment.replan import read_earlier
from matcher.services.rosters.new_file import new_file


@click.command("allocate")
@click.option("--channel", type=click.Choice([one.value for one in Channel]), required=True, help="Whose posts.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="JSON-lines file.")
@click.option(
    "--limits",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="JSON file: buses, dormitories, quotas, kept places, who goes together.",
)
@click.option(
    "--replan",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="Go on from this earlier file: places are kept unless that is proven too far from the best plan.",
)
@jurisdiction_option
@seed_option
@on_option
@model_option
@application_options
def allocate_command(
    app: Application,
    *,
    channel: str,
    out: Path,
    limits: Path | None,
    replan: Path | None,
    jurisdiction: str | None,
    seed: int | None,
    on: date | None,
) -> None:
    """Send people as a group: organised transfer, welfare posts, plots; the best plan there is, checked.

    Nobody goes without wish and consent, or with an open question; whoever stays is named with the reason.

    Example: matcher allocate --channel other_labour_export --on 2018-06-01 --out sent.jsonl
    """
    call = Allocate(
        channel=Channel(channel),
        on=today_if_none(on, app.settings),
        jurisdiction=jurisdiction or app.settings.jurisdiction,
        seed=app.settings.seed if seed is None else seed,
        limits=read_limits(limits),
        earlier=read_earlier(replan),
    )
    sends = allocate_plots if call.channel is Channel.MICRO_FARM else allocate
    # Nothing is written unless the plan is made and has passed its check.
    lines = sends(app.store, app.means, call)
    with new_file(out) as stream:
        stream.writelines(msgspec.json.encode(line) + b"\n" for line in lines)
    for warning in lines[0]["warnings"]:
        note(warning)
    for text in (told for dormitory in lines[0]["dormitories"] for told in dormitory["notes"]):
        note(text)
    note(f"{allocation_line(lines)}；已写入 {out}")


COMMANDS = (allocate_command,)
