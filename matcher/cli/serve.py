"""`matcher serve`: the pages and the API, found by entry point, so that this package never imports them."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options
from matcher.cli.output import note
from matcher.errors import MissingExtra

GROUP: Final = "matcher.pages"
DEFAULT_PORT: Final = 8000
PARTS: Final = ("http", "serve", "require_address")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for every one.")
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes; above 1 needs `server`."
)
@application_options
def serve_command(app: Application, *, host: str, port: int, workers: int) -> None:
    """Serve the pages and the API until SIGTERM or Ctrl-C; what is in flight then is finished.

    Example: matcher serve --port 8000
    """
    serve_pages(app, host=host, port=port, workers=workers)


def serve_pages(app: Application, *, host: str, port: int, workers: int = 1) -> None:
    """Serve until a signal; one process leaves with exit code 1 if it cut off something in flight, several never."""
    code = part("serve")(app, host=host, port=port, workers=workers, tell=note)
    if code:
        raise click.exceptions.Exit(code)


def part(name: str) -> Callable[..., Any]:
    """The function of the pages under a name. Raises MissingExtra if this installation has no pages."""
    found = pages().get(name)
    if found is None:
        raise MissingExtra(
            "the pages are not installed",
            where=f"{GROUP}: {name}",
            remedy="Install the whole wheel again: pip install --force-reinstall rural-job-matcher",
        )
    try:
        loaded: Callable[..., Any] = found.load()
    except ImportError as error:
        raise MissingExtra(
            f"the pages cannot be loaded: {error}", where=found.value, remedy="Run: pip install rural-job-matcher"
        ) from None
    return loaded


def pages() -> dict[str, EntryPoint]:
    """Entry points of the pages by name."""
    return {point.name: point for point in entry_points(group=GROUP)}


COMMANDS = (serve_command,)
