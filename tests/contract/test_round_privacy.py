"""Who somebody is stays in the sealed store: not in answers, not on stderr, not in logs, not in the files of a home."""

from __future__ import annotations

import logging

import msgspec
import pytest
from command_line import COUNTY, ON, SEASON, Office, csv, id_number, jsonl, process, vacancy, worker

DAY = ("--on", ON, "--jurisdiction", COUNTY)
LONG_ENOUGH = 6  # bytes


@pytest.fixture(scope="module")
def secrets(records):
    """Identity numbers, phones and names of everybody in the county."""
    found = {getattr(identity, name) for identity in records.identities for name in ("id_number", "phone", "name")} - {
        None
    }
    assert len(found) > 400
    return found


def leaks(text, secrets, texts_of_records=""):
    """Secrets that stand in a text; two-character names that also occur in open texts of the county tell nothing."""
    return {secret for secret in secrets if secret in text and secret not in texts_of_records}


@pytest.fixture(scope="module")
def open_texts(records):
    """Everything the county's open records say: titles, duties, firms, places."""
    parts = (records.vacancies, records.employers, records.plots, records.households, records.areas)
    return b"".join(msgspec.json.encode(part) for part in parts).decode()


@pytest.mark.slow
def test_no_answer_names_anybody(planned, records, secrets, open_texts, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy.engine")
    people = [w.worker_id for w in records.workers if w.wish_to_work is not False][:9]
    posts = [v.vacancy_id for v in records.vacancies][::12]
    calls = [("recommend", "--worker", person, "--explain", "--refused", *DAY) for person in people]
    calls += [("candidates", "--vacancy", post, "--top", "1000", "--explain", *DAY) for post in posts]
    calls += [("explain", "--worker", person, "--vacancy", posts[0], *DAY) for person in people]
    calls += [("recommend", "--worker", people[0], *DAY, "--format", form) for form in ("csv", "table", "jsonl")]
    calls += [("recommend", "--worker", "nobody"), ("explain", "--worker", people[0], "--vacancy", "none")]
    calls += [("import", "list"), ("doctor",), ("doctor", "--settings")]
    decisions = []
    for call in calls:
        answer = planned(*call)
        assert not leaks(answer.text + answer.err, secrets, open_texts), call
        if call[0] in ("recommend", "candidates") and "--explain" in call:
            decisions.append(answer.json["decision_id"])
    for decision in decisions[::5]:
        answer = planned.ok("replay", decision)
        assert not leaks(answer.text + answer.err, secrets, open_texts)
    assert caplog.text, "the database's own log was listened to"
    assert not leaks(caplog.text, secrets, open_texts)


def test_no_plan_names_anybody(county, secrets, open_texts, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy.engine")
    out = county.home / "plan.jsonl"
    answer = county.ok("plan", "--season", SEASON, *DAY, "--explain", "--out", out)
    assert not leaks(answer.text + answer.err + out.read_text(), secrets, open_texts)
    assert not leaks(caplog.text, secrets, open_texts)


def test_the_stateless_match_names_what_it_was_given_and_no_more(tmp_path):
    """Section 3 has no names, so a name in the input is an unknown field and refused."""
    path = tmp_path / "in.json"
    people = [worker("w1", name="欧阳春明")]
    path.write_bytes(msgspec.json.encode({"on": ON, "workers": people, "vacancies": [vacancy("v1")]}))
    refused = process("match", "--input", path)
    assert refused.code == 1
    assert "name" in refused.err


def test_no_file_of_a_home_holds_a_number_phone_or_name_in_clear(planned, secrets, open_texts):
    planned.ok("candidates", "--vacancy", planned.objects("vacancies")[0]["vacancy_id"], *DAY, "--explain")
    files = [path for path in planned.home.rglob("*") if path.is_file() and path.suffix not in (".jsonl", ".csv")]
    assert any(path.name == "matcher.db" for path in files)
    n_names = 0
    for path in files:
        body = path.read_bytes()
        for secret in secrets:
            if secret in open_texts:
                continue
            for written in {secret.encode(encoding) for encoding in ("utf-8", "utf-16-le", "gb18030")}:
                # Four bytes turn up in a sealed file by chance.
                assert len(written) < LONG_ENOUGH or written not in body, (path.name, len(secret))
            n_names += 1
    assert n_names > 400


def test_nor_while_the_write_ahead_file_is_still_there(blank, tmp_path):
    """A process that dies before it tidies up leaves the WAL behind: that is searched as it lies."""
    numbers = [id_number("19800315", n) for n in range(10, 60)]
    rows = [[f"欧阳秘{n}", number, f"139{n:08d}", "基隆村"] for n, number in enumerate(numbers)]
    path = csv(tmp_path / "w.csv", ["姓名", "身份证号", "联系电话", "村"], *rows)
    died = process(
        "--home", blank.home, "import", "workers", path, *DAY,
        setup=(
            "import os\nfrom matcher.services.rosters import import_roster\n"
            "import matcher.cli.rosters as rosters\n"
            "rosters.write_json = lambda summary: os._exit(9)\n"
        ),
    )  # fmt: skip
    assert died.code == 9, died.err
    wal = blank.home / "matcher.db-wal"
    assert wal.stat().st_size > 0
    for file in (wal, blank.home / "matcher.db"):
        body = file.read_bytes()
        for name, number, phone, _ in rows:
            assert number.encode() not in body
            assert phone.encode() not in body
            assert name.encode() not in body
    assert len(blank.objects("workers")) == 50, "the import had been committed"


def test_problems_of_an_import_are_kept_sealed(blank, tmp_path):
    """What was found in a rejected cell may be a person's number."""
    wrong = id_number()[:-1] + ("1" if id_number()[-1] != "1" else "2")
    path = csv(tmp_path / "w.csv", ["姓名", "身份证号", "村"], ["欧阳秘密", wrong, "基隆村"])
    summary = blank.load("workers", path)
    assert summary["rejected"] == 1
    assert any(wrong in problem["found"] for problem in summary["problems"]), "the officer is shown the cell"
    for file in blank.home.glob("matcher.db*"):
        assert wrong.encode() not in file.read_bytes()


@pytest.mark.parametrize("header", ["户编号", "户主身份证号"])
def test_a_number_written_as_the_households_id_is_not_kept_in_clear(blank, tmp_path, header):
    """Ledgers without household ids use the head's number for it."""
    head = id_number("19600101", 33, 1)
    rows = [["韦一", id_number(), "基隆村", head], ["韦二", head, "基隆村", head]]
    blank.load("workers", csv(tmp_path / "w.csv", ["姓名", "身份证号", "村", header], *rows))
    one, two = blank.objects("workers")
    assert one["household_id"] == two["household_id"]
    assert one["household_id"] != head
    for file in blank.home.glob("matcher.db*"):
        assert head.encode() not in file.read_bytes()
    households = csv(tmp_path / "h.csv", [header, "劳动力人数"], [head, "2"])
    blank.load("households", households)
    assert [home["household_id"] for home in blank.objects("households")] == [one["household_id"]]


def test_ids_made_from_rows_do_not_give_the_number_away(blank, tmp_path):
    """The same person has another id in another office: the hash is keyed."""
    path = csv(tmp_path / "w.csv", ["姓名", "身份证号", "村"], ["韦一", id_number(), "基隆村"])
    other = Office(tmp_path / "other")
    other.ok("init")
    ids = set()
    for office in (blank, other):
        office.load("workers", path)
        ids |= {told["worker_id"] for told in office.objects("workers")}
    assert len(ids) == 2


def test_the_keys_lie_outside_the_database_and_only_the_owner_reads_them(blank):
    keys = [path for path in (blank.home / "keys").iterdir() if path.is_file()]
    assert keys
    for path in [*keys, blank.home / "matcher.db"]:
        assert path.stat().st_mode & 0o077 == 0, path.name
    body = (blank.home / "matcher.db").read_bytes()
    for path in keys:
        assert path.read_bytes().strip() not in body


def test_without_its_keys_the_database_says_so(blank, tmp_path):
    blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]))
    (blank.home / "keys").rename(blank.home / "hidden")
    refused = blank("export", "workers", tmp_path / "w.csv")
    assert refused.code == 1
    assert "key" in refused.err
    assert "Traceback" not in refused.err
    assert not (tmp_path / "w.csv").exists()
