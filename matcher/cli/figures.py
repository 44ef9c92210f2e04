"""`matcher policy figures-needed` and `matcher policy figure`: what a county supplies where documents state nothing."""

from __future__ import annotations

from datetime import date

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, by_option, format_option, on_option, today_if_none
from matcher.cli.output import note, write_json, write_rows
from matcher.errors import StoreError
from matcher.policy.figures.entry import FigureEntry
from matcher.policy.figures.in_force import NO_FIGURES, CountyFigures
from matcher.policy.figures.words import cited
from matcher.services.documents.county_figures import (
    Asked,
    RecordFigure,
    figure_page,
    figure_rows,
    kept_figures,
    record_figure,
)


@click.command("figures-needed")
@on_option
@click.option("--jurisdiction", default="", help="County by region code or pack: only the document that binds it.")
@click.option("--pack", "pack_id", default="", help="Only the figures of this pack.")
@format_option
@application_options
def figures_needed_command(
    app: Application, *, on: date | None, jurisdiction: str, pack_id: str, output_format: str
) -> None:
    """Every masked or open figure and local rate a county must supply: what waits for it, and what is set on a day.

    Example: matcher policy figures-needed --jurisdiction 450206 --format table
    """
    asked = Asked(on=today_if_none(on, app.settings), jurisdiction=jurisdiction)
    rows = list(figure_rows(app.packs, _kept_if_any(app), asked, pack_id))
    write_rows(rows, output_format)
    n_open = sum(row["state"] == "open" for row in rows)
    note(f"{len(rows)} figures, {n_open} open, {len(rows) - n_open} set on {asked.on}")


def _kept_if_any(app: Application) -> CountyFigures:
    """The county's figures; none where there is no database yet, which is said."""
    try:
        return kept_figures(app.store)
    except StoreError as missing:
        note(f"{missing.what}: shown without what a county has recorded")
        return NO_FIGURES


@click.group("figure")
def figure_group() -> None:
    """A county's own figures: recorded with author and source, never overwritten.

    Example: matcher policy figure history liujiang_2018 welfare_post_subsidy
    """


@figure_group.command("set")
@click.argument("pack_id", metavar="PACK")
@click.argument("parameter_id", metavar="PARAM")
@click.argument("value")
@click.option("--unit", required=True, help="Unit of the value, as `figures-needed` shows it.")
@click.option("--from", "from_", required=True, help="First day it holds, YYYY-MM-DD.")
@click.option("--to", default="", help="Last day it holds; without it, until another is recorded.")
@click.option("--author", required=True, help="Who answers for it.")
@click.option("--source", required=True, help="The paper or decision it comes from.")
@by_option
@application_options
def set_command(app: Application, *, by: str, **typed: str) -> None:
    """Record a figure; a correction is a further record, the one recorded last counts on its days.

    Example: matcher policy figure set liujiang_2018 skill_training_living_rate 900 --unit 元/人 --from 2018-03-01
    --author 覃样例 --source 会议纪要
    """
    call = RecordFigure(entry=FigureEntry(**typed), actor=by, role="cli", now=app.clock.now(), today=app.today())
    write_json(cited(record_figure(app.store, app.packs, call)))


@figure_group.command("history")
@click.argument("pack_id", metavar="PACK")
@click.argument("parameter_id", metavar="PARAM")
@on_option
@format_option
@application_options
def history_command(app: Application, *, pack_id: str, parameter_id: str, on: date | None, output_format: str) -> None:
    """Everything recorded for a figure, newest first, and which of it is in use on a day.

    Example: matcher policy figure history liujiang_2018 welfare_post_subsidy --format table
    """
    asked = Asked(on=today_if_none(on, app.settings))
    told = figure_page(app.packs, kept_figures(app.store), (pack_id, parameter_id), asked)
    write_rows(told["history"], output_format)


COMMANDS = (figures_needed_command, figure_group)
