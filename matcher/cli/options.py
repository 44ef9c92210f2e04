"""Options every command shares, and the run they configure."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from matcher.bootstrap import Application
from matcher.settings import EARLIEST, LATEST, Settings, from_environment

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A calendar day as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a usage error that shows the form."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write it as 2018-06-01", param, ctx)
        if not EARLIEST <= day <= LATEST:
            self.fail(f"{value} is no day between {EARLIEST} and {LATEST}", param, ctx)
        return day


def on_option(command: F) -> F:
    """`--on`: the day everything is reckoned for, default: `today` of the settings, else today."""
    return click.option(
        "--on",
        type=Day(),
        default=None,
        help="Day reckoned for, YYYY-MM-DD; default: `today` of the settings, else today.",
    )(command)


def format_option(command: F) -> F:
    """`--format`: how rows are printed."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(["json", "jsonl", "csv", "table"]),
        default="json",
        show_default=True,
        help="How rows are printed.",
    )(command)


def application_options(command: F) -> F:
    """`--home` and `--database` on the command itself; the command receives `app`, the configured run."""

    @click.option("--home", type=click.Path(path_type=Path), default=None, help="Home folder (MATCHER_HOME, ./var).")
    @click.option("--database", default=None, help="Database URL (MATCHER_DATABASE_URL).")
    @click.pass_context
    @wraps(command)
    def configured(ctx: click.Context, /, home: Path | None, database: str | None, **values: Any) -> Any:
        above = ctx.find_root().params
        settings = from_environment(home=home or above.get("home"), database_url=database or above.get("database"))
        with closing(Application(settings, values.pop("model", None))) as app:
            return ctx.invoke(command, app=app, **values)

    return configured  # type: ignore[return-value]


def by_option(command: F) -> F:
    """`--by`: who did it, for the audit; by default whoever keeps the machine."""
    return click.option("--by", default="cli", show_default=True, help="Who does this, for the record.")(command)


def named_by_option(command: F) -> F:
    """`--by` where a person must answer for it: money, somebody's data, the model of the county."""
    return click.option("--by", required=True, help="Who answers for this, by name.")(command)


def model_option(command: F) -> F:
    """`--model`: a model file in place of the one in use."""
    return click.option(
        "--model", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None, help="Model file."
    )(command)


def today_if_none(on: date | None, settings: Settings) -> date:
    """The given day, else the day the settings call today, else today by the machine's local calendar."""
    return on or settings.today or date.today()  # noqa: DTZ011 - a county's today is its local day
