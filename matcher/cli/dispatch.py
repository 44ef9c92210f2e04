"""`matcher dispatch`: a group for an order or posts, in units with leaders, on buses, by stops."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import msgspec

from matcher.bootstrap import Application
from matcher.cli.lists import jurisdiction_option, seed_option
from matcher.cli.options import application_options, model_option, on_option, today_if_none
from matcher.cli.output import note, write_json
from matcher.errors import UsageError
from matcher.services.assignment.dispatch import Dispatch, dispatch
from matcher.services.rosters.new_file import new_file


@click.command("dispatch")
@click.option("--order", "order_id", default="", help="A broker's open order.")
@click.option("--vacancy", "vacancies", multiple=True, help="A post; may be given several times.")
@click.option("--region", default="", help="Leading digits of the homes people are taken from.")
@click.option(
    "--together", multiple=True, help="Ids that go together or not at all, w1,w2; may be given several times."
)
@click.option("--bus-seats", type=click.IntRange(1), default=None, help="Seats of a bus.")
@click.option("--one-unit", is_flag=True, help="All under one leader; refused above what the document allows.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="JSON file, else stdout.")
@jurisdiction_option
@seed_option
@on_option
@model_option
@application_options
def dispatch_command(
    app: Application,
    *,
    order_id: str,
    vacancies: tuple[str, ...],
    region: str,
    together: tuple[str, ...],
    bus_seats: int | None,
    one_unit: bool,
    out: Path | None,
    jurisdiction: str | None,
    seed: int | None,
    on: date | None,
) -> None:
    """Lay out a group that is sent: who goes (exact and checked), units with their leaders, buses, stops.

    Nobody goes without wish and consent, or with an open question; whoever stays is named with the reason.

    Example: matcher dispatch --vacancy demo-450206-v000109 --on 2018-06-01
    """
    if bool(order_id) == bool(vacancies):
        raise UsageError("give one order, or posts", where="dispatch", remedy="Use --order or --vacancy.")
    call = Dispatch(
        on=today_if_none(on, app.settings),
        jurisdiction=jurisdiction or app.settings.jurisdiction,
        seed=app.settings.seed if seed is None else seed,
        order_id=order_id,
        vacancies=vacancies,
        region=region,
        together=tuple(tuple(group.split(",")) for group in together),
        bus_seats=bus_seats or 0,
        one_unit=one_unit,
    )
    told = dispatch(app.store, app.orders, app.means, call)
    if out is None:
        write_json(told)
    else:
        with new_file(out) as stream:
            stream.write(msgspec.json.encode(told) + b"\n")
    for text in (*told["warnings"], *told["review"]):
        note(text)
    where = f"；已写入 {out}" if out else ""
    note(
        f"安排了{told['n_sent']}人，{len(told['units'])}个单元，{len(told['buses'])}辆车，"
        f"{len(told['unplaced'])}人暂时没有（{told['source']}）{where}"
    )


COMMANDS = (dispatch_command,)
