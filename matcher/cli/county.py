"""`matcher init`, `demo`, `doctor`: setting up a county and looking after it."""

from __future__ import annotations

import platform
from contextlib import closing

import click

import matcher
from matcher.bootstrap import Application
from matcher.cli.options import application_options, format_option
from matcher.cli.output import note, write_rows
from matcher.cli.tour import show_tour
from matcher.demo import DEFAULT_WORKERS, jurisdictions
from matcher.errors import MatcherError, Severity, StoreError
from matcher.policy import check, from_settings, standard_packs
from matcher.services.seed_county import SeedCounty, seed_county
from matcher.settings import Settings, describe_settings, without_password


@click.command("init")
@application_options
def init_command(app: Application) -> None:
    """Create or migrate the database and its keys.

    Example: matcher init --home var
    """
    app.create_store()
    note(f"database ready: {without_password(app.settings.url)}")


@click.command("demo")
@click.option("--jurisdiction", type=click.Choice(jurisdictions()), default=jurisdictions()[0], show_default=True)
@click.option("--workers", type=click.IntRange(50, 200_000), default=DEFAULT_WORKERS, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, help="Port of the pages (still to come).")
@application_options
def demo_command(app: Application, *, jurisdiction: str, workers: int, seed: int, port: int) -> None:
    """Seed a synthetic county from real-looking files and show a five-minute tour.

    Example: matcher demo --jurisdiction liujiang_2018
    """
    call = SeedCounty(jurisdiction=jurisdiction, workers=workers, seed=seed, home=app.settings.home)
    settings = seed_county(app.create_store(), app.means, call, at=app.clock.now(), tell=note)
    with closing(Application(settings)) as toured:
        show_tour(toured)
    note(f"the pages on http://127.0.0.1:{port} are still to come")


@click.command("doctor")
@click.option("--settings", "list_settings", is_flag=True, help="List every setting, its value and meaning.")
@format_option
@application_options
def doctor_command(app: Application, *, list_settings: bool, output_format: str) -> None:
    """Look whether everything needed is there and sound; exit 1 if something is not.

    Example: matcher doctor --format table
    """
    if list_settings:
        write_rows(describe_settings(app.settings), output_format)
        return
    rows = [
        {"part": "program", "state": "ok", "detail": f"{matcher.__version__}, Python {platform.python_version()}"},
        {"part": "home", "state": "ok", "detail": str(app.settings.home)},
        _database(app),
        _packs(app.settings),
        {"part": "model", "state": "ok", "detail": app.means.model.label},
    ]
    write_rows(rows, output_format)
    if any(row["state"] != "ok" for row in rows):
        raise click.exceptions.Exit(1)


def _database(app: Application) -> dict[str, str]:
    try:
        revision = app.store.revision()
    except StoreError as error:
        return {"part": "database", "state": "fault", "detail": str(error)}
    return {"part": "database", "state": "ok", "detail": f"{without_password(app.settings.url)}, revision {revision}"}


def _packs(settings: Settings) -> dict[str, str]:
    try:
        problems = [p for p in check(standard_packs(), from_settings(settings)) if p.severity is Severity.ERROR]
    except MatcherError as error:
        return {"part": "packs", "state": "fault", "detail": str(error)}
    if problems:
        return {"part": "packs", "state": "fault", "detail": f"{len(problems)} errors; see `matcher policy check`"}
    return {"part": "packs", "state": "ok", "detail": ", ".join(standard_packs().packs)}


COMMANDS = (init_command, demo_command, doctor_command)
