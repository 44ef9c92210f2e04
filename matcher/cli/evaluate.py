"""`matcher evaluate`: a market simulator as a process of its own, never a part of this one."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

import matcher
from matcher.cli.output import write_bytes
from matcher.errors import UsageError

# A command line and no import: the product knows no simulator, only how the usual one is called.
DRIVER = "python -m training_data.evaluate"
PROGRAM = Path(*DRIVER.rsplit(maxsplit=1)[-1].split(".")).with_suffix(".py")


@click.command(
    "evaluate",
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "allow_interspersed_args": True},
)
@click.option("--driver", metavar="CMD", default=DRIVER, show_default=True, help="The simulator's command.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def evaluate_command(driver: str, arguments: tuple[str, ...]) -> None:
    """Judge ways of making lists in a market simulator; what it prints is of its synthetic market.

    Everything but --driver is handed on to the simulator, --help too after "--". The usual simulator needs a checkout
    of the source. A driver works through files and the commands of this program, which it finds in MATCHER_COMMAND;
    its own exit code is that of this command.

    Example: matcher evaluate --smoke --out build/evaluation
    """
    code = _driven([*_command(driver), *arguments], _environment(driver))
    if code:
        raise click.exceptions.Exit(code)


def _command(driver: str) -> list[str]:
    """The words of the driver; the usual one runs on the Python that runs this program."""
    try:
        words = shlex.split(driver)
    except ValueError as error:
        raise UsageError(f"{driver!r} is no command: {error}", where="--driver") from None
    if not words:
        raise UsageError("an empty command", where="--driver", remedy=f"The usual one is: {DRIVER}")
    return [sys.executable, *words[1:]] if driver == DRIVER else words


def _environment(driver: str) -> dict[str, str]:
    """What a driver finds: how to call this program, and the checkout where the usual one needs it."""
    told = {**os.environ, "MATCHER_COMMAND": shlex.join([sys.executable, "-m", "matcher"])}
    if driver == DRIVER:
        told["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_checkout()), os.environ.get("PYTHONPATH"))))
    return told


def _checkout() -> Path:
    """The folder of the source with the simulator: the current one, one above it, or that of an editable install."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(matcher.__file__).parents[1]):
        if (folder / PROGRAM).is_file():
            return folder
    raise UsageError(
        f"no simulator: {PROGRAM} is in no folder above {here}",
        where="--driver",
        remedy="Run it in a checkout of the source, or name another simulator: --driver CMD.",
    )


def _driven(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run the driver, its output as it comes; 1 where it was killed or leaves by another door than 0, 1, 2."""
    try:
        running = subprocess.Popen(  # noqa: S603 - the command is what the user asked for
            command, stdout=subprocess.PIPE, env=environment
        )
    except OSError as error:
        raise UsageError(
            f"{command[0]} does not start: {error.strerror}", where="--driver", remedy="Name a command that exists."
        ) from None
    with running:
        if running.stdout is not None:
            for line in running.stdout:
                write_bytes(line)
    return running.returncode if running.returncode in (0, 1, 2) else 1


COMMANDS = (evaluate_command,)
