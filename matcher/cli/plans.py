"""`matcher plan`: the season's prices and a list per willing worker."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import msgspec

from matcher.bootstrap import Application
from matcher.cli.lists import jurisdiction_option, seed_option, top_option
from matcher.cli.options import application_options, model_option, on_option, today_if_none
from matcher.cli.output import note
from matcher.cli.progress import ProgressBar
from matcher.services.rosters.new_file import new_file
from matcher.services.rounds.plan_season import plan_line, plan_season
from matcher.services.rounds.season import PlanSeason, require_day


@click.command("plan")
@click.option("--season", required=True, help="First and last day, YYYY-MM-DD/YYYY-MM-DD.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="JSON-lines file.")
@click.option("--explain", is_flag=True, help="Add stages, contributions and rules.")
@click.option("--from-current", is_flag=True, help="Begin with the prices of this season's current plan: sooner done.")
@click.option("--engine", type=click.Choice(["local", "dask"]), default=None, help="Who makes the plan.")
@click.option("--processes", type=click.IntRange(0, 1024), default=None, help="How many; 0: one for each core.")
@top_option
@jurisdiction_option
@seed_option
@on_option
@model_option
@application_options
def plan_command(
    app: Application,
    *,
    season: str,
    out: Path,
    explain: bool,
    from_current: bool,
    engine: str | None,
    processes: int | None,
    top: int | None,
    jurisdiction: str | None,
    seed: int | None,
    on: date | None,
) -> None:
    """Slot prices for a season, then a list per willing worker who is not in work.

    A vacancy listed to a worker is not listed again in the season: a second plan spreads on what is left.
    Large rosters are planned in parts, the same by any engine and any number of processes; a plan that was stopped
    goes on with the parts it had finished. Prices are solved anew, or with --from-current begin with those of the
    plan before, where it is of the same season and mode; the first line of the file then names it (started_from).

    Example: matcher plan --season 2018-02-01/2018-07-31 --on 2018-06-01 --out plan.jsonl
    """
    call = PlanSeason(
        season=season,
        on=today_if_none(on, app.settings),
        jurisdiction=jurisdiction or app.settings.jurisdiction,
        top=top or app.settings.top,
        seed=app.settings.seed if seed is None else seed,
        explain=explain,
        from_current=from_current,
    )
    require_day(call)
    # The file is opened first: a plan counts what it lists as shown, so it is not made where nothing can be written.
    # A disk that fills up later still takes the file with it; the plan itself stands in the store.
    with new_file(out) as stream:
        with app.engine(engine or "", processes) as made, ProgressBar("计划") as bar:
            lines = list(plan_season(app.store, app.means, call, at=app.clock.now(), engine=made, progress=bar))
        stream.writelines(msgspec.json.encode(line) + b"\n" for line in lines)
    for warning in lines[0]["warnings"]:
        note(warning)
    if from_current and "started_from" not in lines[0]:
        note("没有同一季节、同一方式的上一个计划可用，价格从头求解")
    note(f"{plan_line(lines)}；已写入 {out}")


COMMANDS = (plan_command,)
