"""`matcher claims`: benefit claims from proposal to the bank's word."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import click

from matcher.bootstrap import Application
from matcher.cli import claim_deeds
from matcher.cli.looks import looked
from matcher.cli.options import application_options, by_option, format_option, named_by_option, on_option, today_if_none
from matcher.cli.output import note, write_json, write_rows
from matcher.office.claims.record import ClaimState
from matcher.office.claims.steps import By
from matcher.services.access.licences import broker_names
from matcher.services.claims.desk import ClaimDesk, all_claims, seen_claims
from matcher.services.claims.measures import measure_rows, measures_told
from matcher.services.claims.pay import all_payments, payment_row
from matcher.services.claims.programmes import record_programmes
from matcher.services.claims.propose import propose_lines, propose_placements
from matcher.services.claims.show import claim_rows, claim_told, proposed_row


def _desk(app: Application, on: date | None, by: str = "cli") -> ClaimDesk:
    who = By(actor=by, at=app.clock.now(), on=today_if_none(on, app.settings))
    return ClaimDesk(
        app.store,
        app.deeds,
        app.means,
        app.settings.jurisdiction,
        who,
        brokers=partial(broker_names, app.access, app.orders),
    )


@click.group("claims")
def claims_group() -> None:
    """Benefit claims: proposed, settled, approved by two people, paid by line, answered by the bank.

    Example: matcher claims list --format table
    """


@claims_group.command("propose")
@click.argument("lines", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--benefit", default="", help="One benefit alone, by its code or shared name.")
@by_option
@on_option
@format_option
@application_options
def propose_command(
    app: Application, *, lines: Path | None, benefit: str, by: str, on: date | None, output_format: str
) -> None:
    """Propose claims for the placements of the county, or those of a file of JSON lines.

    A line is {"pack", "benefit", "on", "facts", "evidence", "who", "places"}, as `matcher policy claim --batch` reads
    it. Every row says outcome, clause and reasons; no amount stands beside any outcome but `eligible`.

    Example: matcher claims propose --benefit A-SVC --format table
    """
    desk = _desk(app, on, by)
    if lines is None:
        found = propose_placements(desk, benefit_id=benefit)
    else:
        found = propose_lines(desk, lines.read_bytes().splitlines())
    write_rows([proposed_row(one) for one in found], output_format)
    note(f"{len(found)} claims looked at, {sum(one.written for one in found)} new or changed")


@claims_group.command("list")
@click.option("--state", type=click.Choice([one.value for one in ClaimState]), default=None, help="One state alone.")
@on_option
@format_option
@application_options
def list_command(app: Application, *, state: str | None, on: date | None, output_format: str) -> None:
    """All claims with their state, names masked.

    Example: matcher claims list --state ready --format table
    """
    desk = _desk(app, on)
    chosen = [one for one in seen_claims(desk, all_claims(desk).values()) if state in (None, one.state.value)]
    rows = claim_rows(desk, chosen)
    looked("claims", app, (one for row in rows for one in row.get("worker_ids", ())), {"state": state or ""})
    write_rows(rows, output_format)


@claims_group.command("show")
@click.argument("claim_id")
@on_option
@application_options
def show_command(app: Application, *, claim_id: str, on: date | None) -> None:
    """One claim: clause, version, evidence, the amount's working, approvals, all that was done.

    Example: matcher claims show c-0123456789ab
    """
    told = claim_told(_desk(app, on), claim_id)
    looked("claim", app, [claim_id, *told.get("worker_ids", ())])
    write_json(told)


@claims_group.command("payments")
@on_option
@format_option
@application_options
def payments_command(app: Application, *, on: date | None, output_format: str) -> None:
    """All payment files with what the bank said of their lines.

    Example: matcher claims payments --format table
    """
    write_rows([payment_row(file) for file in all_payments(_desk(app, on)).values()], output_format)


@claims_group.command("measures")
@on_option
@format_option
@application_options
def measures_command(app: Application, *, on: date | None, output_format: str) -> None:
    """Workshops, base enterprises, welfare posts, classes, fairs: each against its document's own rule.

    Example: matcher claims measures --format jsonl
    """
    write_rows(measure_rows(measures_told(_desk(app, on))), output_format)


@claims_group.command("programme")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@named_by_option
@on_option
@application_options
def programme_command(app: Application, *, file: Path, by: str, on: date | None) -> None:
    """Record classes, fairs, stalls, referrals and stations, and what came of them.

    A line is {"id", "plan": {"kind" (class, fair, stall, promise, station), "title", "on", "until", "place", "people",
    "order_of", "vouchers", "expected", "leads_to"}} or {"id", "result": {"came", "certified", "hired", "kept",
    "note"}}. A class may say "course" (skill, startup, pre_job), "days", "designated" and "going_out": claims of its
    trainees ask for them.

    Example: matcher claims programme classes.jsonl --by liang
    """
    n_kept = record_programmes(_desk(app, on, by), file.read_bytes().splitlines())
    note(f"{n_kept} lines kept")


for _command in claim_deeds.COMMANDS:
    claims_group.add_command(_command)

COMMANDS = (claims_group,)
