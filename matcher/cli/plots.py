"""`matcher plots`: the queue for plots, running terms, who reaches the age soon."""

from __future__ import annotations

from datetime import date

import click

from matcher.bootstrap import Application
from matcher.cli.lists import jurisdiction_option
from matcher.cli.options import application_options, format_option, on_option, today_if_none
from matcher.cli.output import note, write_rows
from matcher.services.office.plot_day import PlotDay, plot_day, plot_rows


@click.command("plots")
@jurisdiction_option
@on_option
@format_option
@application_options
def plots_command(app: Application, *, jurisdiction: str | None, on: date | None, output_format: str) -> None:
    """The queue for plots: offers, waiting list, whom to ask, whom to judge, terms, who reaches the age soon.

    One row a line; `line` says which list. Land by site and the averages of its classes are told on stderr.

    Example: matcher plots --on 2018-06-01 --format table
    """
    day = plot_day(
        app.store,
        app.means,
        on=today_if_none(on, app.settings),
        jurisdiction=jurisdiction or app.settings.jurisdiction,
    )
    write_rows(plot_rows(day), output_format)
    _tell(day)


def _tell(day: PlotDay) -> None:
    for warning in day.bound.warnings:
        note(warning)
    if not day.has_route:
        note(f"{day.figures.document}没有微田园条款，这里也没有登记地块，不作安排。")
    for site in day.queue.sites:
        required = "文件没有写户均面积" if site.required_mu is None else f"按户均要{site.required_mu}亩"
        fits = "" if site.fits is None else "，够" if site.fits else "，不够"
        note(
            f"{site.site_code}：空地{site.n_free}块{site.free_mu}亩，拟安排{site.n_offered}块，在种{site.n_held}块；"
            f"全场{site.site_mu}亩，{required}{fits}"
        )


COMMANDS = (plots_command,)
