"""Reads at the command line that open names stand in the audit under everybody they show, and others do not."""

from __future__ import annotations

import getpass
import json
from contextlib import closing

import county
import pytest
from claims_county import service_line
from click.testing import CliRunner

from matcher.bootstrap import Application
from matcher.cli import root
from matcher.records import Kind
from matcher.records.access import Role
from matcher.settings import from_environment

ON = "2018-06-01"


@pytest.fixture
def home(seeded, tmp_path):
    return county.copied(seeded, tmp_path / "home").home


def run(home, *words):
    answer = CliRunner().invoke(root, ["--home", str(home), *map(str, words)])
    assert answer.exit_code == 0, (words, answer.output, answer.exception)
    return answer.stdout


def looks(home):
    """Every entry a command wrote as a look, newest first."""
    with closing(Application(from_environment({}, home=home))) as opened:
        found = [one for one in opened.access.audit(limit=1000) if one.actor.startswith("cli:")]
        workers = {one.worker_id for one in opened.store.records(Kind.WORKERS)}
    assert {one.actor for one in found} <= {f"cli:{getpass.getuser()}"}
    assert {one.role for one in found} <= {Role.ADMINISTRATOR.value}
    return found, workers


def test_an_export_of_workers_is_filed_under_each_of_them_and_one_of_posts_under_nobody(home, tmp_path):
    run(home, "export", "vacancies", tmp_path / "posts.csv")
    assert looks(home)[0] == []
    run(home, "export", "workers", tmp_path / "workers.csv")
    (entry,), workers = looks(home)
    assert (entry.action, set(entry.subjects)) == ("export", workers)


def test_names_and_workbooks_of_the_office_are_filed_and_figures_are_not(home, tmp_path):
    asked = ("--on", ON, "--jurisdiction", "liujiang_2018")
    run(home, "office", "two-lists", *asked)
    run(home, "office", "villages", *asked)
    assert looks(home)[0] == []
    told = run(home, "office", "two-lists", "--names", "wish_list", "--format", "jsonl", *asked)
    (names,), workers = looks(home)
    assert (names.action, names.detail["list"]) == ("registers", "wish_list")
    assert names.subjects
    assert all(one in told for one in names.subjects)
    run(home, "office", "two-lists", "--out", tmp_path / "two.xlsx", *asked)
    book = looks(home)[0][0]
    assert (book.action, book.detail["book"]) == ("register_book", "two-lists")
    assert set(names.subjects) <= set(book.subjects) <= workers
    run(home, "office", "households", "--out", tmp_path / "homes.xlsx", *asked)
    homes = looks(home)[0][0]
    assert homes.detail["book"] == "households"
    assert homes.subjects


def test_claims_shown_are_filed_under_whom_they_name(home, tmp_path):
    with closing(Application(from_environment({}, home=home))) as opened:
        person = opened.store.records(Kind.WORKERS)[0].worker_id
    lines = tmp_path / "lines.jsonl"
    lines.write_text(service_line(person, "x-1"), encoding="utf-8")
    [row] = json.loads(run(home, "claims", "propose", lines))
    assert looks(home)[0] == []
    run(home, "claims", "show", row["claim_id"])
    run(home, "claims", "list", "--format", "jsonl")
    listed, shown = looks(home)[0]
    assert (shown.action, set(shown.subjects)) == ("claim", {row["claim_id"], person})
    assert listed.action == "claims"
    assert person in listed.subjects
