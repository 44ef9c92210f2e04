"""`matcher evaluate [--driver CMD]`: another process, its words and its exit code."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import msgspec
import pytest
from command_line import call, process


def driver(tmp_path: Path, body: str) -> str:
    script = tmp_path / "driver.py"
    script.write_text(body, encoding="utf-8")
    return shlex.join([sys.executable, str(script)])


def test_what_the_driver_prints_and_is_told(tmp_path):
    """It is a process of its own, hears every other argument, and knows how to call the program."""
    body = (
        "import os, sys, shlex, subprocess\n"
        "version = subprocess.run([*shlex.split(os.environ['MATCHER_COMMAND']), '--version'], capture_output=True)\n"
        "print('table', *sys.argv[1:], os.getppid(), version.stdout.decode().split()[0])\n"
    )
    answer = call("evaluate", "--driver", driver(tmp_path, body), "--smoke", "--out", tmp_path, "--seed", 7)
    assert answer.code == 0
    assert answer.text.split() == [
        "table",
        "--smoke",
        "--out",
        str(tmp_path),
        "--seed",
        "7",
        str(os.getpid()),
        "matcher,",
    ]


@pytest.mark.parametrize(("leaves", "code"), [(0, 0), (1, 1), (2, 2), (3, 1), (77, 1)])
def test_its_exit_code_is_ours(tmp_path, leaves, code):
    assert call("evaluate", "--driver", driver(tmp_path, f"raise SystemExit({leaves})")).code == code


def test_a_driver_that_was_killed_has_failed(tmp_path):
    killed = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
    assert call("evaluate", "--driver", driver(tmp_path, killed)).code == 1


@pytest.mark.parametrize("wrong", ["no-such-simulator --fast", "", "'open quote"])
def test_a_driver_that_is_none_is_wrong_usage(wrong):
    refused = call("evaluate", "--driver", wrong)
    assert (refused.code, refused.out) == (2, b"")
    assert "--driver" in refused.err


def test_without_a_checkout_the_usual_simulator_is_not_there(tmp_path, monkeypatch):
    from matcher.cli import evaluate

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(evaluate.matcher, "__file__", str(tmp_path / "site-packages" / "matcher" / "__init__.py"))
    refused = call("evaluate", "--smoke")
    assert (refused.code, refused.out) == (2, b"")
    assert "checkout" in refused.err
    assert "--driver CMD" in refused.err


@pytest.mark.slow
def test_a_smoke_of_the_usual_simulator_in_a_checkout(tmp_path):
    """Everything once: histories, `matcher train`, every policy, tables and gates."""
    checkout = Path(__file__).parents[2]
    answer = process("evaluate", "--smoke", "--out", tmp_path / "out", cwd=checkout / "tests", seconds=600)
    assert answer.code == 0, answer.err
    assert answer.text.startswith("Synthetic market")
    assert "Not run" not in answer.text
    rows = [msgspec.json.decode(line) for line in (tmp_path / "out" / "runs.jsonl").read_bytes().splitlines()]
    ran = {row["policy"] for row in rows}
    assert {"learned greedy", "unrestricted boosting", "full", "wrong card, 2,000 impressions", "hand weights"} <= ran
    kept = {(row["policy"], row["season"]): row["metrics"]["kept"] for row in rows if row["table"] == "main"}
    assert any(kept["learned greedy", season] != kept["hand weights", season] for _, season in kept)
    gates = msgspec.json.decode((tmp_path / "out" / "gates.json").read_bytes())["gates"]
    # So small a market may gain nothing from serving a tenth, and a ratio to nothing is none.
    assert {gate["gate"] for gate in gates if gate["verdict"] == "not measured"} <= {"roll_out"}


def test_a_policy_that_is_none_is_refused_by_the_simulator():
    checkout = Path(__file__).parents[2]
    refused = process("evaluate", "--policies", "psychic", cwd=checkout)
    assert refused.code == 2
    assert "psychic" in refused.err
