"""`matcher events`: what was shown, done and kept, as files to learn from."""

from __future__ import annotations

from pathlib import Path

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options
from matcher.cli.output import note, write_json
from matcher.errors import UsageError
from matcher.services.events.export_events import export_events, season_of, table_bytes
from matcher.services.rosters.new_file import new_file


@click.group("events")
def events_group() -> None:
    """Training events (CONTRACT section 6).

    Example: matcher events export events
    """


@events_group.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--season", default="", help="First and last day, YYYY-MM-DD/YYYY-MM-DD; default: everything.")
@application_options
def export_events_command(app: Application, *, folder: Path, season: str) -> None:
    """Write one JSON-lines file per table into FOLDER; the same store gives the same bytes.

    People whose data were erased are left out, and so are the lists that can no longer be built without them.

    Example: matcher events export events --season 2018-02-01/2018-07-31
    """
    days = season_of(season)
    exported = export_events(app.store, app.access, app.orders, app.settings, days, app.texts.offers())
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder: {error.strerror}", where=str(folder)) from None
    for name, rows in exported.tables.items():
        with new_file(folder / f"{name}.jsonl") as stream:
            stream.write(table_bytes(rows))
    write_json({name: len(rows) for name, rows in exported.tables.items()})
    if exported.n_untold:
        note(f"{exported.n_lists}份名单里有{exported.n_untold}份因为当事人资料已删除，不能重做，没有写出")


COMMANDS = (events_group,)
