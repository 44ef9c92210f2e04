"""`matcher sms`: lists by text planned, released, sent; what came back; how it stands. No number is ever printed."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from matcher.bootstrap import Application
from matcher.cli.lists import jurisdiction_option
from matcher.cli.options import application_options, by_option, on_option
from matcher.cli.output import note, write_json
from matcher.cli.posting import FILE, posting
from matcher.cli.sms_by import by_of
from matcher.cli.sms_people import calls_command, consent_command, returns_command
from matcher.cli.sms_texts import tell_signature, template_group, texts_command
from matcher.privacy import mask_phone
from matcher.services.messages.deliver import Deliverer
from matcher.services.messages.desk import Desk
from matcher.services.messages.keeping import purge_texts
from matcher.services.messages.paper_plan import paper_file, paper_plan
from matcher.services.messages.plan_texts import Planned, plan_texts
from matcher.services.messages.receive_texts import receive_texts
from matcher.services.messages.release import cancel_sending, pause_sending, release_sending, resume_sending
from matcher.services.messages.sms_status import held_told, sending_page, sending_told, sms_status
from matcher.services.messages.write_lists import PlanTexts
from matcher.services.rosters.new_file import new_file

MOST_TURNS: Final = 1000
DEEDS: Final = {"release": release_sending, "resume": resume_sending, "cancel": cancel_sending}


@click.group("sms")
def sms_group() -> None:
    """Shortlists by text message: plan, release, send, receive, look after.

    Example: matcher sms plan --trial
    """


@sms_group.command("plan")
@click.option("--season", default="", help="First and last day of the season of texts, as a check.")
@click.option("--wave", type=click.IntRange(1, 9), default=1, show_default=True, help="2: the next people.")
@click.option("--people", type=click.IntRange(0), default=0, help="Most people of this sending; 0: everybody.")
@click.option("--trial", is_flag=True, help="Write the texts and show them; they are never sent.")
@click.option("--again", is_flag=True, help="A second sending on one day is meant.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="The texts, JSON lines.")
@click.option("--paper", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Plan B as a workbook.")
@click.option("--region", "regions", multiple=True, help="Leading digits of region codes; repeat for several.")
@jurisdiction_option
@on_option
@by_option
@application_options
def plan_command(
    app: Application,
    *,
    season: str,
    wave: int,
    people: int,
    trial: bool,
    again: bool,
    out: Path | None,
    paper: Path | None,
    regions: tuple[str, ...],
    jurisdiction: str | None,
    on: date | None,
    by: str,
) -> None:
    """Lists of the season's plan as texts for who asked for them; they wait until somebody releases them.

    Who is held back is counted with the reason. --paper writes call lists, village sheets and slips and plans no texts.

    Example: matcher sms plan --out texts.jsonl
    """
    desk, who = app.message_desk, by_of(app, by, on, regions)
    tell_signature(desk)
    call = PlanTexts(
        jurisdiction=jurisdiction or app.settings.jurisdiction,
        season=season,
        wave=wave,
        trial=trial,
        again=again,
        most_people=people,
    )
    if paper is not None:
        lines = paper_plan(desk, call, who)
        with new_file(paper) as stream:
            stream.write(paper_file(lines))
        write_json({"people": len(lines), "file": str(paper)})
        return
    if out is None:
        planned = plan_texts(desk, call, who)
    else:
        with new_file(out) as stream:
            planned = plan_texts(desk, call, who)
            stream.writelines(msgspec.json.encode(line) + b"\n" for line in _lines(planned))
    write_json(_told(desk, planned))
    if planned.note:
        note(planned.note)


@sms_group.command("send")
@click.option("--release", "released", default="", metavar="ID", help="Let a sending go; above the limit two do.")
@click.option("--resume", "resumed", default="", metavar="ID", help="Let a sending that stands still go on.")
@click.option("--cancel", "cancelled", default="", metavar="ID", help="Take back what is not out yet.")
@click.option("--pause", "stopped", default="", metavar="ID", help="Stop what is not out yet.")
@click.option("--why", default="", help="Why it is paused.")
@on_option
@by_option
@application_options
def send_command(
    app: Application,
    *,
    released: str,
    resumed: str,
    cancelled: str,
    stopped: str,
    why: str,
    on: date | None,
    by: str,
) -> None:
    """Send what is due now, once; or release, pause, resume or cancel a sending.

    `matcher work` does the same for as long as it runs.

    Example: matcher sms send --release s-0123456789abcdef01234567 --by officer
    """
    desk, who = app.message_desk, by_of(app, by, on)
    if stopped:
        write_json(sending_told(desk, pause_sending(desk, stopped, why, who)))
        return
    for name, sending_id in (("release", released), ("resume", resumed), ("cancel", cancelled)):
        if sending_id:
            tell_signature(desk)
            write_json(sending_told(desk, DEEDS[name](desk, sending_id, who)))
            return
    write_json(_send(app))


@sms_group.command("receive")
@on_option
@application_options
def receive_command(app: Application, *, on: date | None) -> None:
    """Take in receipts and replies that wait at the gateway; each acts once.

    Example: matcher sms receive
    """
    at = by_of(app, "cli", on).at
    with app.texts.working(), closing(app.gateway()) as gateway:
        write_json(msgspec.to_builtins(receive_texts(app.message_desk, gateway, at=at)))


@sms_group.command("status")
@click.option("--sending", default="", help="One sending with its people, masked.")
@click.option("--region", "regions", multiple=True, help="Leading digits of region codes; repeat for several.")
@on_option
@application_options
def status_command(app: Application, *, sending: str, regions: tuple[str, ...], on: date | None) -> None:
    """What was planned, held back, sent, delivered, answered, called and placed, and what it cost.

    Example: matcher sms status
    """
    desk, who = app.message_desk, by_of(app, "cli", on, regions)
    if not sending:
        write_json(sms_status(desk, who))
        return
    page = sending_page(desk, sending, who)
    # What stands in a text is for the page of whoever answers for it, not for a terminal that others look at.
    lines = [{name: value for name, value in line.items() if name != "body"} for line in page["lines"]]
    write_json({**page, "lines": lines})


@sms_group.command("purge")
@by_option
@application_options
def purge_command(app: Application, *, by: str) -> None:
    """Take away texts, superseded answers and files of outbox and inbox that the rules keep no longer.

    `matcher work` and the server do it once a day.

    Example: matcher sms purge
    """
    with closing(app.gateway(FILE)) as files:
        gone = purge_texts(app.message_desk, files, by_of(app, by, None))
    write_json({"rows": gone.n_rows, "files": gone.n_files})


for command in (texts_command, template_group, consent_command, returns_command, calls_command):
    sms_group.add_command(command)


def _send(app: Application) -> dict[str, Any]:
    with posting(app) as post:
        worker = Deliverer(post)
        worker.begin()
        told: dict[str, int] = {}
        for _ in range(MOST_TURNS):
            turn = worker.turn()
            for name in ("n_leased", "n_accepted", "n_refused", "n_unknown", "n_back", "n_replies", "n_receipts"):
                told[name] = told.get(name, 0) + getattr(turn, name)
            if not turn.n_leased or turn.down:
                break
            time.sleep(turn.wait_s)
        return told | {"n_queued": app.texts.n_queued()}


def _lines(planned: Planned) -> list[dict[str, Any]]:
    if planned.sending is None:
        return [{"sending_id": None, "note": planned.note}]
    head = {
        "sending_id": planned.sending.sending_id,
        "season": planned.sending.season,
        "wave": planned.sending.wave,
        "trial": planned.sending.trial,
        "plan_id": planned.sending.plan_id,
    }
    offers = {offer.offer_id: offer for offer in planned.offers}
    return [
        head,
        *(
            {
                "worker_id": text.worker_id,
                "phone": mask_phone(text.phone),
                "body": text.body,
                "n_units": text.n_units,
                "n_parts": len(text.parts),
                "vacancy_ids": list(offers[text.offer_id].vacancy_ids),
                "plot": offers[text.offer_id].plot,
                "decision_id": offers[text.offer_id].decision_id,
            }
            for text in planned.texts
        ),
        *({"worker_id": worker_id, "held": why.value} for worker_id, why in planned.held.items()),
    ]


def _told(desk: Desk, planned: Planned) -> dict[str, Any]:
    if planned.sending is not None:
        return sending_told(desk, planned.sending) | {"note": planned.note}
    found = list(planned.held.values())
    counts = {why.value: found.count(why) for why in set(found)}
    return {"sending_id": None, "n_planned": 0, "held": held_told(counts), "note": planned.note}


COMMANDS = (sms_group,)
