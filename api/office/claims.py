"""Claims: what waits for whom, one claim with all that bears on it, payment files and what a bank said of them."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any, Final

from flask import Response, make_response, redirect, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from api.audit import looked
from api.auth.roles import require_role
from api.office.room import DOERS, READERS, ROOM, may_do, number
from api.pages import Data, deed, page
from api.state import access, deeds, jurisdiction, means, now, orders, store, today
from api.viewer import viewer
from matcher.errors import InvalidInput
from matcher.services.access.licences import broker_names
from matcher.services.claims import decide
from matcher.services.claims.bank_replies import book_bank_reply
from matcher.services.claims.desk import ClaimDesk, Doer, claim_desk
from matcher.services.claims.measures import measures_told, names_behind, without_people
from matcher.services.claims.pay import (
    all_payments,
    find_payment,
    make_payment,
    payment_row,
    payment_told,
)
from matcher.services.claims.payment_file import sent_file
from matcher.services.claims.propose import propose_part
from matcher.services.claims.show import VERBS, claim_told, worklist

LONGEST_WHY: Final = 200
MOST_BYTES: Final = 5_000_000
N_JUDGED: Final = 2000
"""Placements per benefit that one press of the button looks at, the newest; the next press goes on behind them."""
FACT: Final = "fact."
N_LOOKS: Final = 20
N_SEEN_DIGITS: Final = 9
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def claim_desk_here() -> ClaimDesk:
    """What the use cases of claims work with, as far as the viewer's regions reach."""
    asker = viewer()
    doer = Doer(actor=asker.actor, at=now(), on=today(), jurisdiction=jurisdiction(), regions=asker.regions)
    known = partial(broker_names, access(), orders(), asker.regions)
    return claim_desk(store(), deeds(), means(), doer, brokers=known)


@page(ROOM, "/office/claims", "office/claims.html", roles=READERS)
def claims() -> Data:
    """Claims by state; those somebody has to do something about first."""
    told = worklist(claim_desk_here(), state=request.args.get("state", ""), skip=number("skip", 0))
    named = [one for row in told["rows"] for one in row.get("worker_ids", [])]
    if named:
        looked("claims", list(dict.fromkeys(named)), {"state": told["state"]})
    proposed = {name: number(name, 0) for name in ("looked", "new", "left", "behind")}
    return {**told, "may_do": may_do(), "proposed": proposed if "looked" in request.args else None}


@deed(ROOM, "/office/claims/propose", roles=DOERS)
def propose_claims() -> Response:
    """Propose claims for the newest placements behind `skip`; what is settled already stays as it is.

    The page says how many were looked at and how many are left, and goes on with them.
    """
    skip = number("skip", 0)
    found, n_left = propose_part(claim_desk_here(), n_skip=skip, n_most=N_JUDGED)
    new = [one.claim_id for one in found if one.written]
    looked("claims_proposed", new, {"n_looked_at": len(found), "n_left": n_left})
    return _to("office.claims", looked=len(found), new=len(new), left=n_left, behind=skip + N_JUDGED)


@page(ROOM, "/office/claims/<claim_id>", "office/claim.html", roles=READERS)
def claim(claim_id: str) -> Data:
    """One claim with clause, version, evidence, the amount's working, approvals, and who looked at it."""
    told = claim_told(claim_desk_here(), claim_id)
    looked("claim", [claim_id, *told.get("worker_ids", [])])
    return {**told, "looks": _looks(claim_id), "may_do": may_do()}


def _looks(claim_id: str) -> list[dict[str, str]]:
    """Who saw the claim or did something about it, newest first."""
    return [
        {
            "at": entry.at.isoformat(),
            "actor": entry.actor,
            "role": entry.role,
            "action": entry.action,
            "what": VERBS.get(entry.action, entry.action),
        }
        for entry in access().audit(subject=claim_id, limit=N_LOOKS)
    ]


@deed(ROOM, "/office/claims/<claim_id>/papers", roles=DOERS)
def tick_claim(claim_id: str) -> Response:
    """A paper is there, or is not."""
    held = request.form.get("held", "") == "yes"
    decide.tick_paper(claim_desk_here(), claim_id, request.form.get("paper", ""), held=held)
    return _done("claim_evidence", claim_id)


@deed(ROOM, "/office/claims/<claim_id>/facts", roles=DOERS)
def state_claim(claim_id: str) -> Response:
    """Facts somebody found out, with the grounds: fields `fact.NAME`, those left empty say nothing."""
    form = request.form
    facts = {name.removeprefix(FACT): text for name, text in form.items() if name.startswith(FACT) and text.strip()}
    if "fact" in form:
        facts[form["fact"]] = form.get("value", "")
    decide.state_fact(claim_desk_here(), claim_id, facts, _why())
    return _done("claim_stated", claim_id)


@deed(ROOM, "/office/claims/<claim_id>/again", roles=DOERS)
def propose_claim_again(claim_id: str) -> Response:
    """Weigh a claim anew with the records of now."""
    decide.propose_again(claim_desk_here(), claim_id)
    return _done("claim_proposed", claim_id)


@deed(ROOM, "/office/claims/<claim_id>/approve", roles=DOERS)
def approve_claim(claim_id: str) -> Response:
    """The first approval, or the second by another person, of what the page showed (`seen`)."""
    decide.approve_claim(claim_desk_here(), claim_id, seen=_seen())
    return _done("claim_approved", claim_id)


@deed(ROOM, "/office/claims/<claim_id>/end", roles=DOERS)
def end_claim(claim_id: str) -> Response:
    """Take an approval back, withdraw, refuse, or say that the money is back."""
    desk, how, why = claim_desk_here(), request.form.get("how", ""), _why()
    if how == "take_back":
        decide.take_back_approval(desk, claim_id, why)
    elif how == "withdraw":
        decide.withdraw_claim(desk, claim_id, why)
    elif how == "refuse":
        decide.refuse_claim(desk, claim_id, why)
    elif how == "recover":
        decide.recover_claim(desk, claim_id, why)
    else:
        raise InvalidInput("没选怎样办", where="how", remedy="选退回审批、撤回，或者不予支付。")
    return _done(f"claim_{how}", claim_id)


@page(ROOM, "/office/measures", "office/measures.html", roles=READERS)
def measures() -> Data:
    """Workshops towards their reward, firms, posts, classes, fairs: each against its document's own rule."""
    told = measures_told(claim_desk_here())
    named = [row["worker_id"] for row in (*told["workshops"], *told["terms"])]
    if named:
        looked("measures", list(dict.fromkeys(named)))
    answer: Data = without_people(told)
    return answer


@page(ROOM, "/office/measures/names", "office/measure_names.html", roles=READERS)
def measure_names() -> Data:
    """The people behind one figure of that page."""
    told = names_behind(claim_desk_here(), request.args.get("of", "")[:LONGEST_WHY])
    if told["people"]:
        looked("measures", [one["worker_id"] for one in told["people"]], {"of": request.args["of"][:LONGEST_WHY]})
    return told


@page(ROOM, "/office/payments", "office/payments.html", roles=READERS)
def payments() -> Data:
    """Payment files, newest first, with what the bank said of their lines."""
    desk = claim_desk_here()
    waiting = worklist(desk)
    rows = [] if viewer().regions else [payment_row(file) for file in all_payments(desk).values()]
    return {
        "files": rows[::-1],
        "n_payable": waiting["n_payable"],
        "payable": waiting["payable"],
        "whole_county": not viewer().regions,
        "may_do": may_do(),
    }


@deed(ROOM, "/office/payments", roles=DOERS)
def make_payment_file() -> Response:
    """Put every claim that may be paid into a new file."""
    file = make_payment(claim_desk_here())
    looked("payment_made", [file.payment_id, *(line.claim_id for line in file.lines)])
    return _to("office.payment", payment_id=file.payment_id)


@page(ROOM, "/office/payments/<payment_id>", "office/payment.html", roles=READERS)
def payment(payment_id: str) -> Data:
    """One payment file: lines without names, replies, problems kept."""
    return {**payment_told(claim_desk_here(), payment_id), "may_do": may_do()}


@ROOM.get("/office/payments/<payment_id>/file")
def payment_file(payment_id: str) -> Response:
    """The file for the paying office as it was made: payees by name and no more; each download is in the log."""
    require_role(DOERS)
    desk = claim_desk_here()
    file = find_payment(desk, payment_id)
    form = "csv" if request.args.get("form") == "csv" else "xlsx"
    answer = make_response(sent_file(desk, file, form))
    looked("payment_file", [payment_id, *dict.fromkeys(line.payee for line in file.lines)])
    answer.headers["Content-Type"] = TYPES[form]
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.payment_id}.{form}"'
    return answer


@deed(ROOM, "/office/payments/<payment_id>/reply", roles=DOERS)
def take_bank_reply(payment_id: str) -> Response:
    """Book a bank's reply line by line; lines that fit nothing are kept and shown."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput("没有选文件", where="file", remedy="选银行发回的表格再提交。")
    body = file.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise RequestEntityTooLarge
    booked = book_bank_reply(claim_desk_here(), payment_id, body, file.filename)
    looked("payment_reply", [payment_id], {"n_paid": booked.n_paid, "n_refused": booked.n_refused})
    return _to("office.payment", payment_id=payment_id)


def _seen() -> int | None:
    """How many deeds the claim had on the page; None of a form that does not say. Raises InvalidInput."""
    text = request.form.get("seen", "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= N_SEEN_DIGITS):
        raise InvalidInput("这一页不完整", where="seen", remedy="请刷新再审批。")
    return int(text) if text else None


def _why() -> str:
    return " ".join(request.form.get("why", "").split())[:LONGEST_WHY]


def _done(action: str, claim_id: str) -> Response:
    looked(action, [claim_id])
    return _to("office.claim", claim_id=claim_id)


def _to(endpoint: str, **arguments: Any) -> Response:
    return make_response(redirect(url_for(endpoint, **arguments), HTTPStatus.SEE_OTHER))
