"""`matcher sms consent|returns|calls`: what people said, who came home, who is owed a call."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from matcher.bootstrap import Application
from matcher.cli.options import Day, application_options, by_option, format_option, on_option
from matcher.cli.output import write_json, write_rows
from matcher.cli.sms_by import by_of
from matcher.records.texts import Channel
from matcher.services.messages.call_queue import NoteCallBack, call_queue, note_call_back
from matcher.services.messages.consents import NoteConsent, consent_page, note_consent
from matcher.services.messages.returns import NoteReturn, note_return, returns_told

channel_option = click.option(
    "--channel",
    type=click.Choice([channel.value for channel in Channel]),
    default=Channel.DESK.value,
    show_default=True,
    help="How it was said.",
)


@click.command("consent")
@click.argument("worker_id")
@click.option("--yes/--no", "agreed", default=None, help="Note an answer; without it the answers are shown.")
@click.option("--where", default="", help="Where it was said.")
@click.option("--words", default="", help="Version of the words asked in; default: the current ones.")
@channel_option
@on_option
@by_option
@application_options
def consent_command(
    app: Application,
    *,
    worker_id: str,
    agreed: bool | None,
    where: str,
    words: str,
    channel: str,
    on: date | None,
    by: str,
) -> None:
    """Note whether somebody wants texts, or show every answer with its proof. A no counts at once.

    Example: matcher sms consent w1 --yes --where 村委会 --channel paper
    """
    desk, who = app.message_desk, by_of(app, by, on)
    if agreed is None:
        write_json(consent_page(desk, worker_id, who))
        return
    call = NoteConsent(worker_id=worker_id, agreed=agreed, channel=Channel(channel), where=where, words=words)
    write_json(note_consent(desk, call, who))


@click.command("returns")
@click.option("--worker", "worker_id", default="", help="Note that this worker came home.")
@click.option("--returned-on", type=Day(), default=None, help="The day; default: --on.")
@click.option("--from", "from_place", default="", help="Region code of where from.")
@click.option("--from-words", default="", help="Where from, as said.")
@click.option("--why", default="", help="Code of returns.toml, e.g. contract_over.")
@click.option("--wish", default="", help="Code of returns.toml, e.g. near_home.")
@click.option("--helper", default="", help="Who helps one to one.")
@channel_option
@on_option
@by_option
@application_options
def returns_command(app: Application, *, worker_id: str, on: date | None, by: str, **said: Any) -> None:
    """Note who came home, or show the ledger with the two lists it feeds.

    Example: matcher sms returns --worker w1 --returned-on 2018-02-10 --why festival --wish near_home
    """
    desk, who = app.message_desk, by_of(app, by, on)
    if not worker_id:
        write_json(returns_told(desk, who))
        return
    day = said.pop("returned_on") or who.at.date()
    channel = Channel(said.pop("channel"))
    write_json(note_return(desk, NoteReturn(worker_id=worker_id, returned_on=day, channel=channel, **said), who))


@click.command("calls")
@click.option("--task", "task_id", default="", help="Note what came of this call.")
@click.option("--outcome", default="", help="Code of the outcome, e.g. go, no_answer.")
@click.option("--statistics", is_flag=True, help="How calls have gone, without the calls.")
@on_option
@by_option
@format_option
@application_options
def calls_command(
    app: Application, *, task_id: str, outcome: str, statistics: bool, on: date | None, by: str, output_format: str
) -> None:
    """Who is owed a call, masked, next due first; or note what came of one.

    Example: matcher sms calls --format table
    """
    desk, who = app.message_desk, by_of(app, by, on)
    if task_id:
        write_json(note_call_back(desk, NoteCallBack(task_id=task_id, outcome=outcome), who))
        return
    told = call_queue(desk, who)
    if statistics:
        write_json({name: value for name, value in told.items() if name not in ("tasks", "outcomes")})
    else:
        write_rows(told["tasks"], output_format)
