"""CONTRACT sections 1 and 2: every command is there, says how it is used, and leaves by the right door."""

from __future__ import annotations

import errno
import tomllib

import pytest
from command_line import COUNTY, ON, SEASON, Office, call, jsonl, worker
from written_commands import commands, fault

# Section 2, read off the page.
WORKING = (
    "init", "demo", "import", "export", "recommend", "candidates", "explain", "match", "plan", "policy", "parse",
    "occupation", "model", "doctor", "serve", "token", "user", "sms", "work", "evaluate",
    "train", "allocate", "verify", "backup", "restore", "dispatch", "reconcile",
    "claims", "report",
)  # fmt: skip
BESIDE = (
    "template", "replay", "plots", "person", "keys", "events", "arrears", "bridge", "voices", "kiosk",
    "office", "tidy",
)  # fmt: skip
SUBCOMMANDS = {words: command for words, command in commands() if len(words) > 1}


def test_the_first_page_lists_every_command_of_the_contract():
    page = call("--help")
    assert page.code == 0
    named = {line.split()[0] for line in page.text.partition("Commands:")[2].splitlines() if line.strip()}
    assert named == {*WORKING, *BESIDE}


@pytest.mark.parametrize("command", [*((name,) for name in (*WORKING, *BESIDE)), *SUBCOMMANDS], ids=" ".join)
def test_help_is_everywhere_with_one_example(command):
    page = call(*command, "--help")
    assert page.code == 0
    assert page.err == ""
    assert page.text.count("Example:") == 1
    assert f"Example: matcher {command[0]}" in page.text


# A model names who answers for it, in its own file; nobody is said to have trained it where nobody does.
NAMED_IN_THE_FILE = ("train",)


def test_who_did_it_is_asked_in_two_ways_alone():
    """A name that must be given, or the machine's keeper: no entry of the audit is without one."""
    asked = {
        words: "must be named" if param.required else param.default
        for words, command in commands()
        for param in command.params
        if param.name == "by" and words != NAMED_IN_THE_FILE
    }
    assert set(asked.values()) == {"must be named", "cli"}
    assert asked["claims", "pay"] == asked["person", "erase"] == asked["model", "use"] == "must be named"
    assert asked["claims", "propose"] == asked["import",] == asked["user", "add"] == "cli"


def test_every_command_below_a_group_is_looked_at():
    assert {("claims", "pay"), ("model", "gate"), ("model", "experiment", "read"), ("policy", "benefits")} < {
        *SUBCOMMANDS
    }
    assert {words[0] for words in SUBCOMMANDS} < {*WORKING, *BESIDE}


@pytest.mark.parametrize("command", [*((name,) for name in (*WORKING, *BESIDE)), *SUBCOMMANDS], ids=" ".join)
def test_the_example_of_every_command_is_taken_as_it_stands(command):
    """Options, arguments and what must be given; a group's example is of a command in it."""
    paragraph = call(*command, "--help").text.partition("Example: ")[2].partition("\n\n")[0]
    example = " ".join(paragraph.split()).partition(" | ")[0]
    assert example.startswith(f"matcher {command[0]}")
    assert fault(example) == ""


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("no-such-command",), "no-such-command"),
        (("recommend",), "--worker"),
        (("report", "weekly", "--out", "x.xlsx"), "quarterly"),
        (("report", "quarterly", "--out", "x.pdf"), ".xlsx"),
        (("recommend", "--worker", "w1", "--on", "1.6.2018"), "2018-06-01"),
        (("recommend", "--worker", "w1", "--on", "2018-02-30"), "2018-02-30"),
        (("recommend", "--worker", "w1", "--on", "9999-12-31"), "between 1900-01-01 and 2199-12-31"),
        (("recommend", "--worker", "w1", "--on", "0001-01-01"), "between 1900-01-01 and 2199-12-31"),
        (("recommend", "--worker", "w1", "--top", "0"), "--top"),
        (("recommend", "--worker", "w1", "--format", "xml"), "--format"),
        (("import", "workers"), "FILE"),
        (("import", "people", "x.csv"), "people"),
        (("import", "workers", "no-such-file.csv"), "no-such-file.csv"),
        (("export", "workers", "x.pdf"), ".pdf"),
        (("plan", "--season", "2018", "--on", ON, "--out", "x"), "2018-02-01/2018-07-31"),
        (("plan", "--season", "2018-07-31/2018-02-01", "--on", ON, "--out", "x"), "--season"),
        (("plan", "--season", SEASON, "--on", "2018-08-01", "--out", "x"), "--on"),
        (("plan", "--season", "0001-01-01/9999-12-31", "--on", ON, "--out", "x"), "--season: a season lies between"),
        (("plan", "--season", "1899-12-31/1900-02-01", "--on", "1900-01-01", "--out", "x"), "--season"),
        (("plan", "--season", "2199-12-01/2200-01-01", "--on", "2199-12-31", "--out", "x"), "--season"),
        (("demo", "--jurisdiction", "atlantis"), "atlantis"),
        (("parse", "colour", "--batch", __file__), "colour"),
        (("plan", "--season", SEASON, "--on", ON, "--out", "x", "--jurisdiction", "atlantis"), "--jurisdiction: no"),
        (("plan", "--season", SEASON, "--on", ON, "--out", "x", "--jurisdiction=atlantis"), "--jurisdiction: no"),
        (("match",), "--input"),
        (("token", "add"), "--role"),
        (("token", "add", "--role", "reader"), "reader"),
        (("token", "add", "--role", "broker", "--scope", "all"), "all"),
        (("user", "add"), "NAME"),
        (("user", "add", "huang"), "--role"),
        (("match", "--input", "no-such-file.json"), "no-such-file.json"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)
def test_wrong_usage_exits_2_and_names_what_is_wrong(blank, arguments, named, monkeypatch):
    monkeypatch.chdir(blank.home)
    refused = blank(*arguments)
    assert refused.code == 2
    assert refused.out == b""
    assert named in refused.err
    assert "Traceback" not in refused.err


def test_what_the_machine_refuses_is_one_line(monkeypatch):
    def refuse(*_args, **_values):
        raise OSError(errno.EAGAIN, "no process can be had")

    monkeypatch.setattr("matcher.cli.root.main", refuse)
    refused = call("doctor")
    assert (refused.code, refused.err) == (1, "matcher: the system refused: no process can be had\n")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("recommend", "--worker", "w404"), "w404"),
        (("candidates", "--vacancy", "v404"), "v404"),
        (("explain", "--worker", "w404", "--vacancy", "v404"), "w404"),
        (("replay", "d-404"), "d-404"),
        (("policy", "show", "atlantis_2018"), "atlantis_2018"),
        (("policy", "figures-needed", "--jurisdiction", "atlantis"), "atlantis"),
        (("import", "undo", "b-404"), "b-404"),
        (("token", "revoke", "t404"), "t404"),
        (("user", "disable", "nobody"), "nobody"),
        (("user", "password", "nobody"), "nobody"),
        (("recommend", "--worker", "w404", "--jurisdiction", "450206"), "w404"),
    ],
    ids=lambda value: " ".join(value[:1]) if isinstance(value, tuple) else "",
)
def test_what_is_not_there_is_said(blank, arguments, named):
    refused = blank(*arguments)
    assert refused.code in (1, 2)
    assert refused.out == b""
    assert named in refused.err
    assert "Traceback" not in refused.err


def test_a_command_without_a_database_says_what_to_do(tmp_path):
    refused = Office(tmp_path / "nothing")("recommend", "--worker", "w1")
    assert refused.code == 1
    assert "matcher init" in refused.err
    assert not (tmp_path / "nothing").exists()


def test_init_may_be_repeated_and_keeps_the_data(county):
    before = county.snapshot()
    again = county.ok("init")
    assert again.out == b""
    assert county.snapshot() == before


class TestHomeAndDatabase:
    """`--home` and `--database`, else the environment, else ./var."""

    def test_before_and_after_the_subcommand(self, blank):
        for arguments in (
            ("--home", blank.home, "doctor", "--format", "json"),
            ("doctor", "--home", blank.home, "--format", "json"),
        ):
            answer = call(*arguments)
            assert answer.code == 0
            assert {"part": "home", "state": "ok", "detail": str(blank.home)} in answer.json

    def test_the_option_on_the_command_is_nearer(self, blank, tmp_path):
        answer = call("--home", tmp_path / "other", "doctor", "--home", blank.home)
        assert answer.code == 0

    def test_from_the_environment(self, blank, monkeypatch):
        monkeypatch.setenv("MATCHER_HOME", str(blank.home))
        assert call("doctor").code == 0

    def test_the_option_goes_before_the_environment(self, blank, tmp_path, monkeypatch):
        monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "other"))
        assert call("--home", blank.home, "doctor").code == 0

    def test_var_is_the_default(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert call("init").code == 0
        assert (tmp_path / "var" / "matcher.db").is_file()

    @pytest.mark.parametrize("order", ["before", "after", "environment"])
    def test_the_database_may_lie_elsewhere(self, tmp_path, monkeypatch, order):
        path = tmp_path / "elsewhere.db"
        url = f"sqlite:///{path}"
        if order == "environment":
            monkeypatch.setenv("MATCHER_DATABASE_URL", url)
        before = ("--database", url) if order == "before" else ()
        after = ("--database", url) if order == "after" else ()
        assert call("--home", tmp_path / "home", *before, "init", *after).code == 0
        assert path.is_file()
        assert not (tmp_path / "home" / "matcher.db").exists()
        loaded = call(
            "--home", tmp_path / "home", *before, "import", "workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]),
            *after,
        )  # fmt: skip
        assert loaded.json["accepted"] == 1

    def test_another_engine_than_the_two_is_refused(self, tmp_path):
        refused = call("--home", tmp_path, "--database", "mysql://localhost/x", "init")
        assert refused.code == 2
        assert "PostgreSQL" in refused.err

    def test_a_password_in_the_url_is_not_repeated(self, tmp_path):
        refused = call("--home", tmp_path, "--database", "mysql://clerk:hunter2@localhost/x", "init")
        assert "hunter2" not in refused.err

    def test_a_setting_that_does_not_fit_is_named(self, blank, monkeypatch):
        monkeypatch.setenv("MATCHER_TOP", "many")
        refused = blank("doctor")
        assert refused.code == 2
        assert "top" in refused.err


def test_a_decision_is_added_to_a_file_as_a_case(readable_county, records, tmp_path):
    worker = next(w for w in records.workers if w.wish_to_work)
    told = readable_county.ok("recommend", "--worker", worker.worker_id, "--on", ON, "--jurisdiction", COUNTY).json
    out = tmp_path / "case.toml"
    for _ in range(2):
        readable_county.ok("policy", "case", told["decision_id"], "--rule", "X_PRIORITY", "--out", out)
    text = out.read_text(encoding="utf-8")
    first, second = tomllib.loads(text)["case"]
    assert first == second
    assert first["rule"] == "X_PRIORITY"
    assert worker.worker_id not in text
    assert readable_county("policy", "case", "d-none").code == 1
