"""The command line: one file per noun; data on stdout, notes on stderr, exit codes of CONTRACT section 1."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

import matcher
from matcher.cli.output import tell_error
from matcher.errors import MatcherError

# Command -> module of this room that holds it. Only the module of the command that runs is imported: a `match`
# needs neither a database driver nor a spreadsheet writer.
MODULES = {
    "init": "county",
    "demo": "county",
    "doctor": "county",
    "serve": "serve",
    "import": "rosters",
    "export": "rosters",
    "template": "rosters",
    "recommend": "lists",
    "candidates": "lists",
    "explain": "lists",
    "match": "stateless",
    "replay": "lists",
    "plan": "plans",
    "allocate": "allocate",
    "dispatch": "dispatch",
    "plots": "plots",
    "policy": "policy",
    "parse": "reading",
    "occupation": "reading",
    "model": "model",
    "train": "train",
    "token": "access",
    "user": "access",
    "office": "office",
    "person": "person",
    "keys": "keys",
    "kiosk": "kiosk",
    "events": "events",
    "arrears": "arrears",
    "bridge": "bridge",
    "voices": "voices",
    "sms": "sms",
    "work": "work",
    "backup": "upkeep",
    "restore": "upkeep",
    "verify": "upkeep",
    "tidy": "upkeep",
    "report": "report",
    "reconcile": "reconcile",
    "claims": "claims",
    "evaluate": "evaluate",
}  # fmt: skip


class _Commands(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, the working ones first."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, None if there is none."""
        if cmd_name not in MODULES:
            return None
        commands: tuple[click.Command, ...] = import_module(f"matcher.cli.{MODULES[cmd_name]}").COMMANDS
        return next(command for command in commands if command.name == cmd_name)


@click.group(cls=_Commands, context_settings={"max_content_width": 110})
@click.option("--home", type=click.Path(path_type=Path), default=None, help="Home folder (MATCHER_HOME, ./var).")
@click.option("--database", default=None, help="Database URL (MATCHER_DATABASE_URL).")
@click.version_option(matcher.__version__, prog_name="matcher")
def root(home: Path | None, database: str | None) -> None:
    """Job matching for rural workers: rosters in, explained and coordinated lists out.

    Example: matcher demo
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns 0 done, 1 done with problems in the data or failed, 2 wrong usage."""
    try:
        code = root.main(args=list(arguments), prog_name="matcher", standalone_mode=False)
    except click.Abort:
        click.echo("stopped", err=True)
        return 1
    except click.ClickException as error:
        error.show()
        return 2
    except MatcherError as error:
        tell_error(error, arguments)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        # No file of the call (those say what to do), but the machine: no room for another process, a disk that is gone.
        tell_error(MatcherError(f"the system refused: {error.strerror or error}", where=str(error.filename or "")))
        return 1
    # A command that found problems leaves by `click.exceptions.Exit`, whose code `main` hands back.
    return code if isinstance(code, int) else 0
