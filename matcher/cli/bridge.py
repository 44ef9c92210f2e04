"""`matcher bridge`: the card reader and the slip printer of a kiosk, as processes on the loopback address."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options
from matcher.cli.output import note
from matcher.errors import UsageError
from matcher.ports.devices import DeviceBridge

F = TypeVar("F", bound=Callable[..., Any])
CARD_PORT: Final = 8771
PRINTER_PORT: Final = 8772
COLUMNS: Final = 32
"""Half-width letters on a line of 58 mm paper; 80 mm has 48."""
OWN: Final = ("http://127.0.0.1:8000", "http://localhost:8000")


def origin_option(command: F) -> F:
    """`--origin`: whose pages may speak to the bridge."""
    return click.option(
        "--origin", "origins", multiple=True, default=OWN, show_default=True,
        help="Address of the kiosk's pages, without a path; repeat for several.",
    )(command)  # fmt: skip


@click.group("bridge")
def bridge_group() -> None:
    """Card reader and printer of a kiosk; `/help/bridges` tells how they speak.

    Example: matcher bridge card --simulate
    """


@bridge_group.command("card")
@click.option("--port", type=click.IntRange(0, 65535), default=CARD_PORT, show_default=True)
@origin_option
@click.option("--simulate", is_flag=True, help="A reader that cards are laid on by POST /simulate/lay.")
@click.option("--lines", type=click.File("rb"), default=None, help="What the reader's program prints; - for stdin.")
@application_options
def card_command(app: Application, *, port: int, origins: tuple[str, ...], simulate: bool, lines: Any) -> None:
    """Tell the kiosk's page whose card lies on the pad: name and number, nothing else of the card.

    Example: matcher bridge card --lines cards.jsonl
    """
    if simulate == (lines is not None):
        raise UsageError(
            "a reader is needed, and one alone", where="--lines", remedy="Give --lines FILE or --simulate."
        )
    _run(app, app.card_bridge(port, origins, lines), origins)


@bridge_group.command("printer")
@click.option("--port", type=click.IntRange(0, 65535), default=PRINTER_PORT, show_default=True)
@origin_option
@click.option("--device", type=click.Path(path_type=Path), default=None, help="Device or file the bytes go to.")
@click.option("--simulate", is_flag=True, help="A printer without paper jams; with --device its bytes go there too.")
@click.option("--columns", type=click.IntRange(16, 64), default=COLUMNS, show_default=True, help="Letters a line.")
@application_options
def printer_command(
    app: Application, *, port: int, origins: tuple[str, ...], device: Path | None, simulate: bool, columns: int
) -> None:
    """Print the slips of the kiosk's page; nothing of them is kept.

    Example: matcher bridge printer --device /dev/usb/lp0
    """
    if not simulate and device is None:
        raise UsageError("a printer is needed", where="--device", remedy="Give --device /dev/usb/lp0 or --simulate.")
    _run(app, app.printer_bridge(port, origins, device, columns=columns, simulate=simulate), origins)


def _run(app: Application, bridge: DeviceBridge, origins: tuple[str, ...]) -> None:
    note(f"listening on http://127.0.0.1:{bridge.port}; Ctrl-C stops it")
    if sys.stderr.isatty():
        # Only where somebody sits before it: a log that is kept must not hold the secret.
        note(f"open the kiosk once by {origins[0]}/kiosk#pair={app.pairing_secret}")
    bridge.run()


COMMANDS = (bridge_group,)
