"""`matcher keys`: the keys that seal names, numbers, phones and everything else that is personal."""

from __future__ import annotations

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, by_option
from matcher.cli.output import note, write_json
from matcher.services.access.rotate_keys import rotate_keys


@click.group("keys")
def keys_group() -> None:
    """The keys under <home>/keys that seal personal data.

    Example: matcher keys rotate
    """


@keys_group.command("rotate")
@by_option
@application_options
def rotate_keys_command(app: Application, *, by: str) -> None:
    """Make a new master key and bring what is sealed under it.

    A server that runs meanwhile takes the new key by itself.

    Example: matcher keys rotate --by liang
    """
    write_json(rotate_keys(app.store, app.access, at=app.clock.now(), by=by))
    note("keep a copy of the keys folder apart from the backups: older keys in it still open the log of decisions")


COMMANDS = (keys_group,)
