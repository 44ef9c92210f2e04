"""`matcher kiosk`: the county's touch screens, from both sides: the office that lets them in, the machine itself."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import click
import msgspec

from matcher.bootstrap import Application, KioskApplication
from matcher.cli.options import application_options, by_option, format_option
from matcher.cli.output import note, write_json, write_rows
from matcher.cli.serve import DEFAULT_PORT, part, serve_pages
from matcher.errors import InvalidInput, UsageError
from matcher.records.access import Role
from matcher.records.kiosks import Kiosk
from matcher.services.kiosk.fair_pack import MakePack, make_pack
from matcher.services.kiosk.fleet import CODE_LIFE, By, invite_kiosk, order_wipe, revoke_kiosk
from matcher.services.kiosk.fleet_page import fleet_page
from matcher.services.kiosk.uplink import Contact, keep_in_touch

SECRETS = frozenset({"code_sha256", "key_sha256", "pack_key"})
plain_http_option = click.option(
    "--plain-http", is_flag=True, help="Allow http:// beyond this machine: the line is closed to others."
)


@click.group("kiosk")
def kiosk_group() -> None:
    """Touch screens: let one in, look after them; or be one.

    Example: matcher kiosk invite 百朋镇大厅 --region 450206102
    """


@kiosk_group.command("invite")
@click.argument("name")
@click.option("--region", required=True, help="Leading digits of the township's code, e.g. 450206102.")
@by_option
@application_options
def invite_command(app: Application, *, name: str, region: str, by: str) -> None:
    """Make the six-digit code with which one machine enrols within ten minutes; it is printed now and never again.

    Example: matcher kiosk invite 百朋镇大厅 --region 450206102
    """
    kiosk, code = invite_kiosk(app.kiosks, app.access, name=name, region=region, by=_by(app, by))
    write_json({"code": code, **_shown(kiosk)})
    note(
        f"the code is good for {CODE_LIFE.seconds // 60} minutes; at the machine: matcher kiosk enrol --code {code} ..."
    )


@kiosk_group.command("list")
@format_option
@application_options
def list_command(app: Application, *, output_format: str) -> None:
    """All kiosks with what they last said of themselves.

    Example: matcher kiosk list --format table
    """
    told = fleet_page(app.kiosks, now=app.clock.now())["kiosks"]
    write_rows([_flat(row) for row in told], output_format)


@kiosk_group.command("pack")
@click.option("--kiosk", "kiosk_id", required=True, help="Whose pack; `matcher kiosk list` names them.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the file goes.")
@by_option
@application_options
def pack_command(app: Application, *, kiosk_id: str, out: Path, by: str) -> None:
    """Make a fair pack that this kiosk alone can open, for three days; carry it there and `matcher kiosk load` it.

    Example: matcher kiosk pack --kiosk k-1a2b3c4d --out fair.pack
    """
    call = MakePack(
        kiosk=app.kiosks.kiosk(kiosk_id),
        today=app.today(),
        jurisdiction=app.settings.jurisdiction,
        now=app.clock.now(),
        by=by,
        role=Role.ADMINISTRATOR.value,
        synthetic=app.settings.demo,
    )
    pack, body = make_pack(app.store, app.kiosks, app.access, app.texts, app.means, call)
    _write_file(out, body)
    write_json(msgspec.to_builtins(pack) | {"bytes": len(body)})


@kiosk_group.command("wipe")
@click.argument("kiosk_id")
@by_option
@application_options
def wipe_command(app: Application, *, kiosk_id: str, by: str) -> None:
    """Tell a kiosk to destroy what it holds at its next contact; what waits there is sent first.

    Example: matcher kiosk wipe k-1a2b3c4d
    """
    write_json(_shown(order_wipe(app.kiosks, app.access, kiosk_id, _by(app, by))))


@kiosk_group.command("revoke")
@click.argument("kiosk_id")
@by_option
@application_options
def revoke_command(app: Application, *, kiosk_id: str, by: str) -> None:
    """Take a kiosk out at once: it is let in no more, and its packs are void.

    Example: matcher kiosk revoke k-1a2b3c4d
    """
    write_json(_shown(revoke_kiosk(app.kiosks, app.access, kiosk_id, _by(app, by))))


@kiosk_group.command("enrol")
@click.option("--server", required=True, help="Address of the county's server, e.g. https://jobs.example.org.")
@click.option("--code", required=True, help="The six digits of `matcher kiosk invite`.")
@plain_http_option
@click.option("--anew", is_flag=True, help="Destroy what an earlier enrolment left, visits not yet sent included.")
@application_options
def enrol_command(app: Application, *, server: str, code: str, plain_http: bool, anew: bool) -> None:
    """Make this machine a kiosk of the county; --home is its folder.

    Example: matcher kiosk enrol --home kiosk --server https://jobs.example.org --code 123456
    """
    kiosk = KioskApplication(app.settings)
    if kiosk.folder.enrolment() is not None and not anew:
        raise UsageError(
            "this machine is a kiosk already",
            where=str(app.settings.home),
            remedy="`matcher kiosk status` tells of which county; --anew destroys what it holds and begins again.",
        )
    enrolment = kiosk.enrol(server, code, plain_http=plain_http)
    write_json({"kiosk_id": enrolment.kiosk_id, "name": enrolment.name, "region_code": enrolment.region_code})
    note("enrolled; `matcher kiosk run` fetches its fair pack and shows the screens")


@kiosk_group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@application_options
def load_command(app: Application, *, file: Path) -> None:
    """Hold a fair pack that was carried here; one that is torn, expired or of another kiosk is refused.

    Example: matcher kiosk load --home kiosk fair.pack
    """
    kiosk = KioskApplication(app.settings)
    write_json(msgspec.to_builtins(kiosk.folder.install(file.read_bytes(), kiosk.clock.now())))


@kiosk_group.command("status")
@application_options
def status_command(app: Application) -> None:
    """Which county's kiosk this machine is, what it holds and what waits to be sent.

    Example: matcher kiosk status --home kiosk
    """
    write_json(_status(KioskApplication(app.settings)))


@kiosk_group.command("run")
@click.option("--server", default="", help="The server's new address, if it has moved.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address the screens listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True)
@click.option("--every", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True, help="Seconds a heartbeat.")
@plain_http_option
@application_options
def run_command(app: Application, *, server: str, host: str, port: int, every: float, plain_http: bool) -> None:
    """Show the screens under /kiosk, with or without a network, and keep in touch with the server.

    Example: matcher kiosk run --home kiosk --port 8001
    """
    kiosk = KioskApplication(app.settings)
    file = kiosk.folder.enrolment()
    if file is None:
        raise UsageError(
            "this machine is no kiosk yet",
            where=str(app.settings.home),
            remedy="Run `matcher kiosk enrol --server URL --code CODE`.",
        )
    if server:
        kiosk.move(server, plain_http=plain_http)
    part("require_address")(host, port)
    stop = threading.Event()
    touch = threading.Thread(target=_keep_in_touch, args=(kiosk, port, every, stop), name="uplink", daemon=True)
    touch.start()
    note(f"{file.enrolment.name}: http://{host}:{port}/kiosk")
    try:
        serve_pages(kiosk, host=host, port=port)
    finally:
        stop.set()
        touch.join(timeout=every)
        kiosk.close()


def _keep_in_touch(kiosk: KioskApplication, port: int, every: float, stop: threading.Event) -> None:
    said, n_left = "", 0

    def turn() -> Contact:
        nonlocal said, n_left
        made = kiosk.turn(kiosk.condition(port))
        told = " ".join(part for part in (made.contact.value, made.refused, made.what) if part)
        if told != said:
            note(f"server: {told}")
            said = told
        n_left = made.n_left
        return made.contact

    keep_in_touch(turn, lambda: kiosk.folder.visits.n_ended() > n_left, stop, every_s=every)


def _status(kiosk: KioskApplication) -> dict[str, Any]:
    file, heading = kiosk.folder.enrolment(), kiosk.folder.heading()
    told: dict[str, Any] = {"enrolled": file is not None}
    if file is not None:
        told |= {"server": file.server, "kiosk_id": file.enrolment.kiosk_id, "name": file.enrolment.name}
        told |= {"region_code": file.enrolment.region_code, "wiped": kiosk.folder.is_wiped()}
    told |= {"pack": msgspec.to_builtins(heading), "news": kiosk.news().value, "waiting": kiosk.folder.visits.count()}
    return told | {"clock_off_s": kiosk.folder.clock_off_s()}


def _write_file(out: Path, body: bytes) -> None:
    """Write beside and move into place: half a pack never bears the name of a whole one."""
    beside = out.with_name(f".{out.name}.part")
    try:
        beside.write_bytes(body)
        os.replace(beside, out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InvalidInput(f"the pack cannot be written: {error.strerror}", where=str(out)) from None


def _by(app: Application, by: str) -> By:
    return By(actor=by, role=Role.ADMINISTRATOR.value, now=app.clock.now())


def _shown(kiosk: Kiosk) -> dict[str, Any]:
    """What is kept, without hashes and keys."""
    return {name: value for name, value in msgspec.to_builtins(kiosk).items() if name not in SECRETS}


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    cells = {cell["name"]: cell["text"] for cell in row["cells"]}
    names = ("kiosk_id", "name", "region_code", "state", "state_label", "heard_at", "synced_at", "version")
    return (
        {name: row[name] for name in names}
        | {name: cells.get(name, "") for name in ("heartbeat", "paper", "reader", "clock", "waiting", "pack")}
        | {"faulty": row["faulty"], "synthetic": row["synthetic"]}
    )


COMMANDS = (kiosk_group,)
