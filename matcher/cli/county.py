"""`matcher init`, `demo`, `doctor`: setting up a county and looking after it."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise

import click
import msgspec
from msgspec.structs import replace

import matcher
from matcher.bootstrap import Application
from matcher.cli.options import application_options, format_option
from matcher.cli.output import note, write_rows
from matcher.cli.serve import DEFAULT_PORT, PARTS, pages, part, serve_pages
from matcher.cli.tour import show_tour
from matcher.demo import DEFAULT_WORKERS, county_spec, jurisdictions
from matcher.records.local_time import CHINA
from matcher.services import health
from matcher.services.access.licences import register_demo_brokers
from matcher.services.access.users import DemoLogin, seed_demo_users
from matcher.services.assignment.demo_tracking import seed_demo_tracking
from matcher.services.broker.demo_orders import seed_demo_orders
from matcher.services.claims.demo_claims import seed_demo_claims
from matcher.services.kiosk.demo_kiosk import seed_demo_kiosk
from matcher.services.messages.demo_texts import seed_demo_texts
from matcher.services.reconcile.demo_ledgers import seed_demo_ledgers
from matcher.services.reports.demo_report import seed_demo_report
from matcher.services.seed_county import SeedCounty, is_seeded, seed_county
from matcher.settings import describe_settings, without_password


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
@click.option("--host", default="127.0.0.1", show_default=True, help="Address the pages listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="Their port.")
@click.option("--serve/--no-serve", "served", default=True, help="Serve the pages, or show the five-minute tour only.")
@application_options
def demo_command(
    app: Application, *, jurisdiction: str, workers: int, seed: int, host: str, port: int, served: bool
) -> None:
    """Seed a synthetic county from real-looking files, show a five-minute tour, serve its pages until Ctrl-C.

    A county that is seeded already is served at once, without the tour.

    Example: matcher demo --jurisdiction liujiang_2018
    """
    watch = Watch()
    if served:
        part("require_address")(host, port)
    call = SeedCounty(jurisdiction=jurisdiction, workers=workers, seed=seed, home=app.settings.home)
    store = app.create_store()
    again = is_seeded(store, call)
    settings = seed_county(store, app.means, call, at=_morning(jurisdiction), tell=note)
    watch.lap("seeding")
    with closing(Application(replace(settings, database_url=app.settings.database_url))) as county:
        if not (again and served):
            show_tour(county, at=_morning(jurisdiction))
            watch.lap("tour")
        if served:
            logins = seed_demo_users(county.access, county.store.row_key(), now=county.clock.now())
            register_demo_brokers(county.access, county.orders, county.today())
            seed_demo_orders(county.store, county.orders, county.means, county.settings, county.today())
            seed_demo_claims(
                county.store, county.deeds, county.means, jurisdiction=jurisdiction, on=county.today(),
                at=_morning(jurisdiction),
            )  # fmt: skip
            seed_demo_report(
                county.store, county.deeds, county.means, on=county.today(), at=_morning(jurisdiction),
                jurisdiction=county.settings.jurisdiction,
            )  # fmt: skip
            seed_demo_ledgers(
                county.store, county.deeds, county.means, jurisdiction=jurisdiction, on=county.today(),
                at=_morning(jurisdiction),
            )  # fmt: skip
            seed_demo_kiosk(county.kiosks, county.store, now=county.clock.now())
            with closing(county.gateway("file")) as gateway:
                seed_demo_texts(county.message_desk, gateway, county.today(), county.settings.jurisdiction)
            seed_demo_tracking(county.store, county.orders, county.deeds, county.means, county.settings, county.today())
            watch.lap("logins")
            _tell_logins(logins)
            note(f"演示日期 demo date: {settings.today}; ready after {watch}")
            serve_pages(county, host=host, port=port)


def _morning(jurisdiction: str) -> datetime:
    """Midnight in China of the county's demo day, when its files come in.

    The machine's clock is years later: whoever answered on the demo day would seem to have spoken before the rosters.
    """
    return datetime.combine(county_spec(jurisdiction).on, datetime.min.time(), CHINA).astimezone(UTC)


def _tell_logins(logins: Iterable[DemoLogin]) -> None:
    note("演示登录 logins of this demonstration:")
    for login in logins:
        note(f"  {login.name:<10}{login.password:<20}{login.role.label}")


class Watch:
    """Where the time of a command went, lap by lap."""

    def __init__(self) -> None:
        self._laps: list[tuple[str, float]] = [("", time.perf_counter())]

    def lap(self, name: str) -> None:
        """What was done since the last lap."""
        self._laps.append((name, time.perf_counter()))

    def __str__(self) -> str:
        """Total, and the parts: `3.2 s (seeding 2.1, tour 1.1)`."""
        total = self._laps[-1][1] - self._laps[0][1]
        parts = ", ".join(f"{name} {end - begin:.1f}" for (_, begin), (name, end) in pairwise(self._laps))
        return f"{total:.1f} s ({parts})"


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
        *(msgspec.to_builtins(each) for each in _checks(app)),
    ]
    write_rows(rows, output_format)
    if any(row["state"] == health.State.FAULT for row in rows):
        raise click.exceptions.Exit(1)


def _checks(app: Application) -> list[health.Check]:
    database = health.database(lambda: app.store, app.settings)
    checks = [database, health.packs(app.settings), health.model(lambda: app.means), health.disk(app.settings)]
    if database.state is health.State.OK:
        checks += [health.users(lambda: app.access), health.queue(lambda: app.access)]
    return [*checks, _pages()]


def _pages() -> health.Check:
    missing = [name for name in PARTS if name not in pages()]
    if missing:
        detail = f"not installed: {', '.join(missing)}; install the whole wheel again"
        return health.Check(part="pages", state=health.State.FAULT, detail=detail)
    return health.Check(part="pages", state=health.State.OK, detail="`matcher serve` serves them")


COMMANDS = (init_command, demo_command, doctor_command)
