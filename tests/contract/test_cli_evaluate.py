"""`matcher evaluate [--driver CMD]`: another process, its words and its exit code."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

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


def test_the_usual_simulator_runs_in_a_checkout(tmp_path):
    checkout = Path(__file__).parents[2]
    asked = (
        "--workers", 12, "--counties", 1, "--seasons", 1, "--variants", "none", "--policies", "random",
        "--out", tmp_path / "out",
    )  # fmt: skip
    answer = process("evaluate", *asked, cwd=checkout / "tests")
    assert answer.code == 0, answer.err
    assert answer.text.startswith("Synthetic market")
    assert "county 1, season 1" in answer.err
    assert (tmp_path / "out" / "runs.jsonl").is_file()
    refused = process("evaluate", "--policies", "psychic", cwd=checkout)
    assert refused.code == 2
    assert "psychic" in refused.err
