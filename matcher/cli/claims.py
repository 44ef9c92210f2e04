"""`matcher claims`: benefit claims from proposal to the bank's word."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import click
import msgspec

from matcher.bootstrap import Application
from matcher.cli.access import line_of_stdin
from matcher.cli.looks import looked
from matcher.cli.options import application_options, by_option, format_option, named_by_option, on_option, today_if_none
from matcher.cli.output import note, write_json, write_rows
from matcher.errors import Problem, UsageError
from matcher.office.claims.record import ClaimRecord, ClaimState
from matcher.office.claims.steps import By
from matcher.services.access.licences import broker_names
from matcher.services.claims import decide
from matcher.services.claims.approver import approver, note_approval
from matcher.services.claims.bank_replies import book_bank_reply
from matcher.services.claims.desk import ClaimDesk, Doer, all_claims, claim_desk, seen_claims
from matcher.services.claims.measures import measure_rows, measures_told
from matcher.services.claims.pay import (
    all_payments,
    find_payment,
    make_payment,
    payment_row,
)
from matcher.services.claims.payment_file import form_of, sent_file, yuan
from matcher.services.claims.programmes import record_programmes
from matcher.services.claims.propose import propose_lines, propose_placements
from matcher.services.claims.show import claim_rows, claim_told, proposed_row
from matcher.services.ground.scoped_store import Scoped

why_option = click.option("--why", required=True, help="The grounds, in a few words.")


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


@claims_group.command("tick")
@click.argument("claim_id")
@click.argument("paper")
@click.option("--missing", is_flag=True, help="The paper is not there after all.")
@named_by_option
@on_option
@application_options
def tick_command(app: Application, *, claim_id: str, paper: str, missing: bool, by: str, on: date | None) -> None:
    """A paper of a claim is there; ids of papers stand in `claims show`.

    Example: matcher claims tick c-0123456789ab payee_proof --by liang
    """
    _told(decide.tick_paper(_desk(app, on, by), claim_id, paper, held=not missing))


@claims_group.command("state")
@click.argument("claim_id")
@click.option("--fact", "facts", multiple=True, required=True, metavar="NAME=VALUE", help="A fact found out.")
@why_option
@named_by_option
@on_option
@application_options
def state_command(
    app: Application, *, claim_id: str, facts: tuple[str, ...], why: str, by: str, on: date | None
) -> None:
    """Facts the records lack, with the grounds; the claim is weighed anew.

    Example: matcher claims state c-0123456789ab --fact claimant_type=village_cadre --why 看过任职文件 --by liang
    """
    pairs = dict(_pair(one) for one in facts)
    _told(decide.state_fact(_desk(app, on, by), claim_id, pairs, why))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text!r} is no NAME=VALUE", where="--fact", remedy="Write --fact claimant_type=agency.")
    return name.strip(), value


@claims_group.command("approve")
@click.argument("claim_ids", nargs=-1, required=True)
@named_by_option
@click.option("--secrets-stdin", is_flag=True, help="Read password and code from lines of stdin, not the terminal.")
@on_option
@application_options
def approve_command(
    app: Application, *, claim_ids: tuple[str, ...], by: str, secrets_stdin: bool, on: date | None
) -> None:
    """Approve claims: the first time, or the second by another person.

    `--by` is an account of the office that may sign in. Its password is asked for, and a code where the account has a
    second factor; `--secrets-stdin` reads them from the first lines of stdin. What lies outside the account's regions
    does not exist for it.

    Example: matcher claims approve c-0123456789ab --by liang
    """

    def secret(of: str) -> str:
        return line_of_stdin(of) if secrets_stdin else str(click.prompt(f"{of} of {by}", hide_input=True, err=True))

    now = app.clock.now()
    user = approver(app.access, by, secret("Password"), app.settings, now=now, code=lambda: secret("Code"))
    who = Doer(
        actor=user.name, at=now, on=today_if_none(on, app.settings), jurisdiction=app.settings.jurisdiction,
        regions=user.regions,
    )  # fmt: skip
    desk = claim_desk(Scoped(app.store, user.regions), app.deeds, app.means, who)
    for claim_id in claim_ids:
        _told(decide.approve_claim(desk, claim_id))
        note_approval(app.access, user, claim_id, now=now)


@claims_group.command("end")
@click.argument("claim_id")
@click.option("--how", type=click.Choice(["take-back", "withdraw", "refuse", "recover"]), required=True)
@click.option("--clause", default="", help="Clause of a refusal; default: that of the benefit.")
@why_option
@named_by_option
@on_option
@application_options
def end_command(app: Application, *, claim_id: str, how: str, clause: str, why: str, by: str, on: date | None) -> None:
    """Take an approval back, withdraw or refuse a claim, or say that what should not have gone is back (recover).

    Money on its way cannot be called back here.

    Example: matcher claims end c-0123456789ab --how refuse --why 查实没有去上班 --by liang
    """
    desk = _desk(app, on, by)
    if how == "take-back":
        _told(decide.take_back_approval(desk, claim_id, why))
    elif how == "withdraw":
        _told(decide.withdraw_claim(desk, claim_id, why))
    elif how == "recover":
        _told(decide.recover_claim(desk, claim_id, why))
    else:
        _told(decide.refuse_claim(desk, claim_id, why, clause))


@claims_group.command("pay")
@click.argument("claim_ids", nargs=-1)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="FILE.xlsx or FILE.csv.")
@click.option("--payment", default="", help="An earlier payment file, written out as it was sent; none is made.")
@click.option("--most-yuan", type=click.IntRange(1), default=None, help="Stop before the sum goes over this.")
@named_by_option
@on_option
@application_options
def pay_command(
    app: Application, *, claim_ids: tuple[str, ...], out: Path | None, payment: str, most_yuan: int | None,
    by: str, on: date | None,
) -> None:  # fmt: skip
    """Make a payment file of the approved claims: line id, payee, yuan, purpose; accounts are the paying office's.

    Each claim stands in one file at a time, and a paid line is never paid again.

    Example: matcher claims pay --out 拨付.xlsx --by liang
    """
    desk = _desk(app, on, by)
    form = form_of(out.name) if out is not None else "csv"
    if payment:
        file = find_payment(desk, payment)
    else:
        file = make_payment(desk, claim_ids, most_fen=(most_yuan or 0) * 100)
    if out is not None:
        looked("payment_file", app, [file.payment_id, *(line.payee for line in file.lines)])
        out.write_bytes(sent_file(desk, file, form))
    write_json(payment_row(file))
    note(f"{file.payment_id}: {len(file.lines)} lines, {yuan(file.total_fen)} yuan{f' -> {out}' if out else ''}")


@claims_group.command("payments")
@on_option
@format_option
@application_options
def payments_command(app: Application, *, on: date | None, output_format: str) -> None:
    """All payment files with what the bank said of their lines.

    Example: matcher claims payments --format table
    """
    write_rows([payment_row(file) for file in all_payments(_desk(app, on)).values()], output_format)


@claims_group.command("reply")
@click.argument("payment_id")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@named_by_option
@on_option
@application_options
def reply_command(app: Application, *, payment_id: str, file: Path, by: str, on: date | None) -> None:
    """Book a bank's reply (xlsx, xls, csv) line by line; exit 1 when lines were kept as problems.

    Columns: line id and result, and if there reason, amount, day. Lines nobody knows are kept and told.

    Example: matcher claims reply p-20180601-0123abcd 回单.xlsx --by liang
    """
    booked = book_bank_reply(_desk(app, on, by), payment_id, file.read_bytes(), file.name)
    write_json(booked)
    note(f"{booked.n_paid} paid, {booked.n_refused} sent back, {booked.n_repeated} said before")
    for problem in booked.problems:
        note(_problem(problem))
    if booked.problems:
        raise click.exceptions.Exit(1)


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


def _problem(problem: Problem) -> str:
    return f"  {problem.file} row {problem.row} {problem.column}: {problem.found} {problem.fix}"


def _told(record: ClaimRecord) -> None:
    """A claim after a step: id, state, amount, what lacks."""
    told = record.proposal
    write_json(
        {
            "claim_id": record.claim_id,
            "state": record.state.value,
            "outcome": told.outcome if told else None,
            "amount_fen": told.amount_fen if told else None,
            "missing": list(record.missing),
            "why": msgspec.to_builtins(told.why) if told else [],
        }
    )


COMMANDS = (claims_group,)
