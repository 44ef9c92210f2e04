"""`matcher claims tick|state|approve|end|pay|reply`: what an account of the office decides, proved to be its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial, wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from matcher.bootstrap import Application
from matcher.cli.access import line_of_stdin
from matcher.cli.claim_words import problem_line, write_claim
from matcher.cli.options import application_options, on_option, today_if_none
from matcher.cli.output import note, write_json
from matcher.errors import UsageError
from matcher.records.access import User
from matcher.services.access.licences import broker_names
from matcher.services.claims import decide
from matcher.services.claims.bank_replies import book_bank_reply
from matcher.services.claims.decider import decider, note_deed
from matcher.services.claims.desk import ClaimDesk, Doer, claim_desk
from matcher.services.claims.pay import find_payment, make_payment, payment_row
from matcher.services.claims.payment_file import form_of, sent_file, yuan
from matcher.services.ground.scoped_store import Scoped

F = TypeVar("F", bound=Callable[..., Any])
why_option = click.option("--why", required=True, help="The grounds, in a few words.")


@dataclass(frozen=True)
class Hand:
    """A desk of the account that signed in, and its audit."""

    app: Application
    user: User
    desk: ClaimDesk

    def note(self, action: str, *subjects: str, **detail: Any) -> None:
        """Put what was done into the audit."""
        note_deed(self.app.access, self.user, action, subjects, now=self.desk.by.at, detail=detail)


def signed_in(command: F) -> F:
    """`--by` an account that may sign in, its password and code asked for; the command receives `hand`."""

    @click.option("--by", required=True, help="The account that answers for this; its password is asked for.")
    @click.option("--secrets-stdin", is_flag=True, help="Read password and code from lines of stdin, not the terminal.")
    @on_option
    @application_options
    @wraps(command)
    def checked(app: Application, *, by: str, secrets_stdin: bool, on: date | None, **values: Any) -> Any:
        def secret(of: str) -> str:
            return line_of_stdin(of) if secrets_stdin else str(click.prompt(f"{of} of {by}", hide_input=True, err=True))

        now = app.clock.now()
        user = decider(app.access, by, secret("Password"), app.settings, now=now, code=lambda: secret("Code"))
        doer = Doer(
            actor=user.name, at=now, on=today_if_none(on, app.settings), jurisdiction=app.settings.jurisdiction,
            regions=user.regions,
        )  # fmt: skip
        known = partial(broker_names, app.access, app.orders, user.regions)
        desk = claim_desk(Scoped(app.store, user.regions), app.deeds, app.means, doer, brokers=known)
        return command(Hand(app, user, desk), **values)

    return checked  # type: ignore[return-value]


@click.command("tick")
@click.argument("claim_id")
@click.argument("paper")
@click.option("--missing", is_flag=True, help="The paper is not there after all.")
@signed_in
def tick_command(hand: Hand, *, claim_id: str, paper: str, missing: bool) -> None:
    """A paper of a claim is there; ids of papers stand in `claims show`.

    Example: matcher claims tick c-0123456789ab payee_proof --by liang
    """
    write_claim(decide.tick_paper(hand.desk, claim_id, paper, held=not missing))
    hand.note("claim_evidence", claim_id)


@click.command("state")
@click.argument("claim_id")
@click.option("--fact", "facts", multiple=True, required=True, metavar="NAME=VALUE", help="A fact found out.")
@why_option
@signed_in
def state_command(hand: Hand, *, claim_id: str, facts: tuple[str, ...], why: str) -> None:
    """Facts the records lack, or that were stated wrongly, with the grounds; the claim is weighed anew.

    Example: matcher claims state c-0123456789ab --fact claimant_type=village_cadre --why 看过任职文件 --by liang
    """
    pairs = dict(_pair(one) for one in facts)
    write_claim(decide.state_fact(hand.desk, claim_id, pairs, why))
    hand.note("claim_stated", claim_id)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text!r} is no NAME=VALUE", where="--fact", remedy="Write --fact claimant_type=agency.")
    return name.strip(), value


@click.command("approve")
@click.argument("claim_ids", nargs=-1, required=True)
@signed_in
def approve_command(hand: Hand, *, claim_ids: tuple[str, ...]) -> None:
    """Approve claims: the first time, or the second by another person.

    `--by` is an account of the office that may sign in. Its password is asked for, and a code where the account has a
    second factor; `--secrets-stdin` reads them from the first lines of stdin. What lies outside the account's regions
    does not exist for it.

    Example: matcher claims approve c-0123456789ab --by liang
    """
    for claim_id in claim_ids:
        write_claim(decide.approve_claim(hand.desk, claim_id))
        hand.note("claim_approved", claim_id)


@click.command("end")
@click.argument("claim_id")
@click.option("--how", type=click.Choice(["take-back", "withdraw", "refuse", "recover"]), required=True)
@click.option("--clause", default="", help="Clause of a refusal; default: that of the benefit.")
@why_option
@signed_in
def end_command(hand: Hand, *, claim_id: str, how: str, clause: str, why: str) -> None:
    """Take an approval back, withdraw or refuse a claim, or say that what should not have gone is back (recover).

    Money on its way cannot be called back here.

    Example: matcher claims end c-0123456789ab --how refuse --why 查实没有去上班 --by liang
    """
    if how == "take-back":
        write_claim(decide.take_back_approval(hand.desk, claim_id, why))
    elif how == "withdraw":
        write_claim(decide.withdraw_claim(hand.desk, claim_id, why))
    elif how == "recover":
        write_claim(decide.recover_claim(hand.desk, claim_id, why))
    else:
        write_claim(decide.refuse_claim(hand.desk, claim_id, why, clause))
    hand.note(f"claim_{how.replace('-', '_')}", claim_id)


@click.command("pay")
@click.argument("claim_ids", nargs=-1)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="FILE.xlsx or FILE.csv.")
@click.option("--payment", default="", help="An earlier payment file, written out as it was sent; none is made.")
@click.option("--most-yuan", type=click.IntRange(1), default=None, help="Stop before the sum goes over this.")
@signed_in
def pay_command(
    hand: Hand, *, claim_ids: tuple[str, ...], out: Path | None, payment: str, most_yuan: int | None
) -> None:
    """Make a payment file of the approved claims: line id, payee, yuan, purpose; accounts are the paying office's.

    Each claim stands in one file at a time, and a paid line is never paid again.

    Example: matcher claims pay --out 拨付.xlsx --by liang
    """
    form = form_of(out.name) if out is not None else "csv"
    if payment:
        file = find_payment(hand.desk, payment)
    else:
        file = make_payment(hand.desk, claim_ids, most_fen=(most_yuan or 0) * 100)
        hand.note("payment_made", file.payment_id, *(line.claim_id for line in file.lines))
    if out is not None:
        hand.note("payment_file", file.payment_id, *dict.fromkeys(line.payee for line in file.lines))
        out.write_bytes(sent_file(hand.desk, file, form))
    write_json(payment_row(file))
    note(f"{file.payment_id}: {len(file.lines)} lines, {yuan(file.total_fen)} yuan{f' -> {out}' if out else ''}")


@click.command("reply")
@click.argument("payment_id")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@signed_in
def reply_command(hand: Hand, *, payment_id: str, file: Path) -> None:
    """Book a bank's reply (xlsx, xls, csv) line by line; exit 1 when lines were kept as problems.

    Columns: line id and result, and if there reason, amount, day. Lines nobody knows are kept and told.

    Example: matcher claims reply p-20180601-0123abcd 回单.xlsx --by liang
    """
    booked = book_bank_reply(hand.desk, payment_id, file.read_bytes(), file.name)
    hand.note("payment_reply", payment_id, n_paid=booked.n_paid, n_refused=booked.n_refused)
    write_json(booked)
    note(f"{booked.n_paid} paid, {booked.n_refused} sent back, {booked.n_repeated} said before")
    for problem in booked.problems:
        note(problem_line(problem))
    if booked.problems:
        raise click.exceptions.Exit(1)


COMMANDS = (tick_command, state_command, approve_command, end_command, pay_command, reply_command)
