"""Commands of the contract that are still to come: they exit 2 and say so."""

from __future__ import annotations

import click

from matcher.errors import UsageError

COMING = {
    "report": "reports on their dates",
}


def coming(name: str, what: str) -> click.Command:
    """A command that names itself and refuses."""

    @click.command(
        name,
        short_help=f"(still to come) {what}",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    def command() -> None:
        raise UsageError(f"`matcher {name}` ({what}) is still to come", remedy="See README for what works today.")

    command.help = f"Still to come: {what}.\n\nExample: matcher {name} --help"
    return command


COMMANDS = tuple(coming(name, what) for name, what in COMING.items())
