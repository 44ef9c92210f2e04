"""`matcher claims` from proposal to the bank's reply, as an officer types it."""

from __future__ import annotations

import json

import county
from claims_county import service_line
from click.testing import CliRunner

from matcher.bootstrap import Application
from matcher.cli import root
from matcher.records import Kind


def test_a_claim_goes_from_a_line_to_the_banks_word(seeded, tmp_path):
    settings = county.copied(seeded, tmp_path / "home")
    app = Application(settings)
    person = app.store.records(Kind.WORKERS)[0].worker_id
    app.close()

    def run(*words: str, code: int = 0):
        answer = CliRunner().invoke(root, ["--home", str(settings.home), "claims", *words])
        assert answer.exit_code == code, (words, answer.output, answer.exception)
        return answer.stdout

    (tmp_path / "lines.jsonl").write_text(service_line(person, "x-1"), encoding="utf-8")
    [row] = json.loads(run("propose", str(tmp_path / "lines.jsonl")))
    assert (row["outcome"], row["amount_fen"], row["written"]) == ("eligible", 30_000, True)
    claim_id = row["claim_id"]
    assert json.loads(run("approve", claim_id, "--by", "liang"))["state"] == "approved_once"
    run("approve", claim_id, "--by", "liang", code=1)
    assert json.loads(run("approve", claim_id, "--by", "wei"))["state"] == "approved"
    out = tmp_path / "拨付.xlsx"
    payment = json.loads(run("pay", "--out", str(out), "--by", "liang"))
    assert (payment["n_lines"], payment["total_fen"]) == (1, 30_000)
    assert out.read_bytes()[:2] == b"PK"
    reply = tmp_path / "回单.csv"
    reply.write_text(f"行号,结果\n{payment['payment_id']}-0001,成功\np-none-0001,成功\n", encoding="utf-8")
    booked = json.loads(run("reply", payment["payment_id"], str(reply), "--by", "liang", code=1))
    assert (booked["n_paid"], len(booked["problems"])) == (1, 1)
    assert json.loads(run("show", claim_id))["state"] == "paid"
    assert "已到账" in run("list", "--format", "table")
    assert json.loads(run("payments"))[0]["paid_fen"] == 30_000
    assert "villages" in run("measures", "--format", "jsonl")
