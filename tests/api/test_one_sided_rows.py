"""Rows one office alone has: an officer says what becomes of each, takes it back, and both offices sign it."""

from __future__ import annotations

import io

import openpyxl
import pytest
from click.testing import CliRunner
from county import application_of
from office_desk import ON, desk, entries
from reconcile_push import OURS, THEIRS, push, say, told, truth

from matcher.cli import root
from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.reconcile.alone import ALONE
from matcher.services.reconcile.check_signed import CHANGED, ROW_GONE
from matcher.services.reconcile.signed import ALONE_HEADER, ALONE_SHEET, COVER_SHEET

GONE = ("蓝阿公", "450206195003070013", "板江村", "15400000023", "未就业")
NEW = ("蓝阿婆", "", "六屯村", "", "已就业")


@pytest.fixture
def run(officer):
    return push(*officer, ours=(*OURS, GONE, GONE), theirs=(*THEIRS, NEW)).location


def rows(client, run, name="left_only"):
    return told(client, f"{run}/rows/{name}")["rows"]


def mark(client, csrf, run, name, row, **said):
    return client.post(f"{run}/rows/{name}", data={"csrf": csrf, "row": row["key"], "seen": row["seen"], **said})


def test_each_row_is_said_what_becomes_of_it_and_that_is_taken_back(county, officer, run):
    client, csrf = officer
    assert told(client, run)["n_alone"] == 3
    page = told(client, f"{run}/rows/right_only")
    assert (page["n_open"], page["rows"][0]["fate"]) == (1, "")
    answer = mark(client, csrf, run, "right_only", page["rows"][0], fate="enter", reason=" 电话问过 ")
    assert answer.status_code == 303
    (row,) = rows(client, run, "right_only")
    assert (row["fate_label"], row["reason"]) == ("漏登了，要补", "电话问过")
    assert row["by"].endswith("officer")
    assert told(client, run)["n_alone"] == 2
    assert mark(client, csrf, run, "right_only", page["rows"][0], fate="moved").status_code == 409
    mark(client, csrf, run, "right_only", row, fate="error")
    (row,) = rows(client, run, "right_only")
    assert row["fate"] == "error"
    mark(client, csrf, run, "right_only", row, fate="back")
    (row,) = rows(client, run, "right_only")
    assert row["fate"] == "enter"
    (deed, *_) = application_of(county).deeds.deeds(prefix=ALONE)
    assert deed.on == ON
    assert not any(word in str(deed.body) for word in NEW if word)


def test_rows_that_say_the_same_are_said_once_and_a_wrong_word_is_refused(officer, run):
    client, csrf = officer
    first, _ = rows(client, run)
    assert mark(client, csrf, run, "left_only", first, fate="nothing").status_code == 422
    assert mark(client, csrf, run, "left_only", {**first, "key": "0"}, fate="moved").status_code == 404
    assert mark(client, csrf, run, "right_only", first, fate="moved").status_code == 404
    assert mark(client, csrf, run, "doubles", first, fate="moved").status_code == 404
    assert mark(client, csrf, run, "left_only", first, fate="back").status_code == 409
    assert mark(client, csrf, run, "left_only", first, fate="moved", reason="长" * 201).status_code == 422
    mark(client, csrf, run, "left_only", first, fate="moved")
    assert [row["fate"] for row in rows(client, run)] == ["moved", "moved"]
    assert told(client, run)["n_alone"] == 1


def test_what_was_said_holds_next_week_until_the_row_says_something_else(officer, run):
    client, csrf = officer
    mark(client, csrf, run, "left_only", rows(client, run)[0], fate="moved")
    again = push(client, csrf, ours=(*OURS, GONE), theirs=THEIRS).location
    assert [row["fate"] for row in rows(client, again)] == ["moved"]
    assert told(client, again)["n_alone"] == 0
    changed = push(client, csrf, ours=(*OURS, (*GONE[:4], "已就业")), theirs=THEIRS).location
    assert [row["fate"] for row in rows(client, changed)] == [""]


def test_audit_reads_it_and_a_part_of_the_county_does_not(county, officer, run):
    client, csrf = officer
    row = rows(client, run)[0]
    mark(client, csrf, run, "left_only", row, fate="moved")
    auditor, token = desk(county, Role.AUDITOR)
    text = auditor.get(f"{run}/rows/left_only").get_data(as_text=True)
    assert "迁走了" in text
    assert "<form method" not in text.split("<main")[1]
    assert mark(auditor, token, run, "left_only", row, fate="error").status_code == 403
    part, token = desk(county, Role.OFFICER, regions=("450206103",))
    assert mark(part, token, run, "left_only", row, fate="error").status_code == 404


def test_it_is_filed_under_whom_the_row_names(county, officer):
    client, csrf = officer
    store = application_of(county).store
    people = store.identities([one.worker_id for one in store.records(Kind.WORKERS)])
    one = next(one for one in sorted(people) if people[one].id_number)
    row = (people[one].name, people[one].id_number, "六屯村", "", "未就业")
    run = push(client, csrf, ours=(*OURS, row), theirs=THEIRS).location
    mark(client, csrf, run, "left_only", rows(client, run)[0], fate="moved")
    assert "reconcile_row" in {entry.action for entry in entries(county, one)}
    assert application_of(county).deeds.deeds(prefix=ALONE, subject=one)


def test_the_signed_result_holds_every_row_and_names_a_changed_one(county, officer, run, tmp_path):
    client, csrf = officer
    mark(client, csrf, run, "right_only", rows(client, run, "right_only")[0], fate="enter", reason="电话问过")
    body = client.get(f"{run}/result.xlsx").get_data()
    assert body == client.get(f"{run}/result.xlsx").get_data()
    sheet = openpyxl.load_workbook(io.BytesIO(body))[ALONE_SHEET]
    header, *lines = sheet.iter_rows(values_only=True)
    assert header == ALONE_HEADER
    assert [(row[1], row[3], row[6] or "") for row in lines] == [
        ("左表", "蓝阿公", ""), ("左表", "蓝阿公", ""), ("右表", "蓝阿婆", "漏登了，要补"),
    ]  # fmt: skip
    cover = dict(openpyxl.load_workbook(io.BytesIO(body))[COVER_SHEET].iter_rows(values_only=True, max_col=2))
    assert (cover["只在一家的行数"], cover["说了怎么办的行数"]) == ("3", "1")
    assert checked(county, body, tmp_path) == []
    book = openpyxl.load_workbook(io.BytesIO(body))
    book[ALONE_SHEET].cell(4, 7).value = "迁走了"
    assert checked(county, saved(book), tmp_path) == [f"{ALONE_SHEET},4,{CHANGED}"]
    book = openpyxl.load_workbook(io.BytesIO(body))
    book[ALONE_SHEET].delete_rows(3)
    assert checked(county, saved(book), tmp_path) == [f"{ALONE_SHEET},0,{ROW_GONE.format(number=2)}"]
    book = openpyxl.load_workbook(io.BytesIO(body))
    del book[ALONE_SHEET]
    assert len(checked(county, saved(book), tmp_path)) == 3


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def checked(county, body, tmp_path):
    path = tmp_path / "result.xlsx"
    path.write_bytes(body)
    home = str(application_of(county).settings.home)
    answer = CliRunner().invoke(root, ["--home", home, "reconcile", "--check", str(path), "--format", "csv"])
    return answer.stdout.strip().splitlines()[1:]


def test_a_push_without_a_pair_to_be_asked_is_signed_as_well(officer):
    client, csrf = officer
    run = push(client, csrf, ours=(*OURS, GONE), theirs=OURS).location
    page = client.get(run).get_data(as_text=True)
    assert f"{run}/result.xlsx" in page
    assert "还有1行没说怎么办" in page
    assert ALONE_SHEET in openpyxl.load_workbook(io.BytesIO(client.get(f"{run}/result.xlsx").get_data())).sheetnames


def test_pairs_and_rows_said_leave_nothing_open(officer, run):
    client, csrf = officer
    while (page := told(client, run))["pair"]:
        say(client, csrf, run, "same", page["pair"])
        if told(client, run, pair=page["pair"]["pair"])["pair"]["asks_truth"]:
            truth(client, csrf, run, "left", told(client, run, pair=page["pair"]["pair"])["pair"])
    for name in ("left_only", "right_only"):
        mark(client, csrf, run, name, rows(client, run, name)[0], fate="error")
    assert (told(client, run)["n_open"], told(client, run)["n_alone"]) == (0, 0)
    assert "这次都核对完了" in client.get(run).get_data(as_text=True)
