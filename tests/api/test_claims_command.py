"""`matcher claims` from proposal to the bank's reply, as an officer types it."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import county
import pytest
from claims_county import service_line
from click.testing import CliRunner

from matcher.bootstrap import Application
from matcher.cli import root
from matcher.errors import Forbidden, MatcherError, NotFound, SignInNeeded, UsageError
from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.access.one_time_codes import code_at, new_secret, step_at
from matcher.services.access.second_factor import enrol
from matcher.services.access.users import NewUser, add_user, demo_logins, disable_user
from matcher.settings import from_environment


@dataclass
class Typist:
    """Somebody at the command line of a county of their own, who knows the passwords of the demonstration."""

    home: Path
    person: str
    passwords: dict[str, str]

    def run(self, *words: str, code: int = 0, typed: str = "") -> str:
        answer = CliRunner().invoke(root, ["--home", str(self.home), "claims", *words], input=typed)
        assert answer.exit_code == code, (words, answer.output, answer.exception)
        return answer.stdout

    def opened(self) -> closing[Application]:
        return closing(Application(from_environment({}, home=self.home)))

    def approve(self, claim_id: str, by: str) -> str:
        return self.run(*_approval(claim_id, by), typed=f"{self.passwords[by]}\n")

    def does(self, *words: str, by: str = "officer", code: int = 0) -> str:
        """A deed of an account that signs in."""
        return self.run(*words, "--by", by, "--secrets-stdin", code=code, typed=f"{self.passwords[by]}\n")

    def refused(self, claim_id: str, by: str, typed: str) -> Exception:
        """Why an approval is refused."""
        answer = CliRunner().invoke(root, ["--home", str(self.home), "claims", *_approval(claim_id, by)], input=typed)
        assert isinstance(answer.exception, MatcherError), answer.output
        return answer.exception

    def proposed(self) -> str:
        lines = self.home.parent / "lines.jsonl"
        lines.write_text(service_line(self.person, "x-1"), encoding="utf-8")
        [row] = json.loads(self.run("propose", str(lines)))
        assert (row["outcome"], row["amount_fen"], row["written"]) == ("eligible", 30_000, True)
        return str(row["claim_id"])


def _approval(claim_id: str, by: str) -> list[str]:
    return ["approve", claim_id, "--by", by, "--secrets-stdin"]


@pytest.fixture
def typist(seeded, tmp_path):
    settings = county.copied(seeded, tmp_path / "home")
    app = Application(settings)
    person = app.store.records(Kind.WORKERS)[0].worker_id
    known = {one.name: one.password for one in demo_logins(app.store.row_key())}
    now = app.clock.now()
    for name, regions in (("gone", ()), ("elsewhere", ("36",))):
        call = NewUser(name=name, display_name="", role=Role.OFFICER, regions=regions, password=county.PASSWORD)
        add_user(app.access, call, now=now, by="test")
    disable_user(app.access, "gone", now=now, by="test")
    app.close()
    return Typist(settings.home, person, known)


def test_a_claim_goes_from_a_line_to_the_banks_word(typist, tmp_path):
    run, claim_id = typist.run, typist.proposed()
    assert json.loads(typist.approve(claim_id, "officer"))["state"] == "approved_once"
    assert isinstance(typist.refused(claim_id, "officer", f"{typist.passwords['officer']}\n"), Forbidden)
    assert json.loads(typist.approve(claim_id, "admin"))["state"] == "approved"
    out = tmp_path / "拨付.xlsx"
    payment = json.loads(typist.does("pay", "--out", str(out)))
    assert (payment["n_lines"], payment["total_fen"]) == (1, 30_000)
    assert out.read_bytes()[:2] == b"PK"
    reply = tmp_path / "回单.csv"
    reply.write_text(f"行号,结果\n{payment['payment_id']}-0001,成功\np-none-0001,成功\n", encoding="utf-8")
    booked = json.loads(typist.does("reply", payment["payment_id"], str(reply), code=1))
    assert (booked["n_paid"], len(booked["problems"])) == (1, 1)
    assert json.loads(run("show", claim_id))["state"] == "paid"
    assert "已到账" in run("list", "--format", "table")
    assert json.loads(run("payments"))[0]["paid_fen"] == 30_000
    assert "villages" in run("measures", "--format", "jsonl")


@pytest.mark.parametrize(
    ("who", "typed", "refusal"),
    [
        ("nobody", "", SignInNeeded),
        ("officer", "not-the-password", SignInNeeded),
        ("gone", county.PASSWORD, SignInNeeded),
        ("auditor", "", Forbidden),
        ("broker", "", Forbidden),
        ("elsewhere", county.PASSWORD, NotFound),
    ],
    ids=["no account", "wrong password", "disabled", "an auditor", "a broker", "other regions"],
)
def test_only_an_account_of_the_office_that_signs_in_approves(typist, who, typed, refusal):
    claim_id = typist.proposed()
    typed = typed or typist.passwords.get(who, county.PASSWORD)
    assert isinstance(typist.refused(claim_id, who, f"{typed}\n"), refusal)
    told = json.loads(typist.run("show", claim_id))
    assert (told["state"], told["approvals"]) == ("ready", [])


def test_a_second_factor_is_asked_for_where_the_county_asks_for_one(typist, monkeypatch):
    claim_id, password = typist.proposed(), typist.passwords["officer"]
    monkeypatch.setenv("MATCHER_SECOND_FACTOR", "required")
    assert isinstance(typist.refused(claim_id, "officer", f"{password}\n"), Forbidden)
    with typist.opened() as app:
        secret = new_secret()
        now = app.clock.now()
        codes = enrol(app.access, "officer", secret, code_at(secret, step_at(now)), now=now)
    assert isinstance(typist.refused(claim_id, "officer", f"{password}\nnot-a-code\n"), SignInNeeded)
    assert isinstance(typist.refused(claim_id, "officer", f"{password}\n"), UsageError)
    assert json.loads(typist.run("show", claim_id))["state"] == "ready"
    told = typist.run(*_approval(claim_id, "officer"), typed=f"{password}\n{codes[0]}\n")
    assert json.loads(told)["state"] == "approved_once"


def test_an_approval_at_the_command_line_is_in_the_audit(typist):
    claim_id = typist.proposed()
    typist.approve(claim_id, "officer")
    with typist.opened() as app:
        [entry] = [one for one in app.access.audit(subject=claim_id, limit=9) if one.action == "claim_approved"]
    assert (entry.actor, entry.role) == ("officer", "officer")


DEEDS = {
    "tick": ("payee_proof",),
    "state": ("--fact", "claimant_type=village_cadre", "--why", "看过"),
    "end": ("--how", "refuse", "--why", "查实没有去"),
    "pay": (),
    "reply": (__file__,),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_is_decided_under_a_name_that_does_not_sign_in(typist, deed):
    claim_id = typist.proposed()
    for actor in ("officer", "admin") if deed in ("pay", "reply") else ():
        typist.approve(claim_id, actor)
    subject = json.loads(typist.does("pay"))["payment_id"] if deed == "reply" else claim_id
    before = typist.run("show", claim_id)
    own = typist.passwords["auditor"]
    for by, typed, refusal in (
        ("liang", own, SignInNeeded),
        ("officer", own, SignInNeeded),
        ("auditor", own, Forbidden),
    ):
        words = [deed, subject, *DEEDS[deed], "--by", by, "--secrets-stdin"]
        answer = CliRunner().invoke(root, ["--home", str(typist.home), "claims", *words], input=f"{typed}\n")
        assert isinstance(answer.exception, refusal), (by, answer.output)
    assert typist.run("show", claim_id) == before


def test_each_deed_is_in_the_audit_under_the_account(typist, tmp_path):
    claim_id = typist.proposed()
    typist.does("tick", claim_id, "payee_proof", "--missing")
    typist.does("tick", claim_id, "payee_proof")
    for actor in ("officer", "admin"):
        typist.approve(claim_id, actor)
    typist.does("end", claim_id, "--how", "take-back", "--why", "再看一遍")
    for actor in ("officer", "admin"):
        typist.approve(claim_id, actor)
    payment = json.loads(typist.does("pay", "--out", str(tmp_path / "拨付.csv"), by="admin"))
    with typist.opened() as app:
        about = [(one.action, one.actor) for one in app.access.audit(subject=claim_id, limit=20)]
        file = {one.action for one in app.access.audit(subject=payment["payment_id"], limit=9)}
    assert {("claim_evidence", "officer"), ("claim_take_back", "officer"), ("payment_made", "admin")} <= set(about)
    assert file == {"payment_made", "payment_file"}
