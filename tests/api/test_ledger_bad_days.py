"""Ledgers on a bad day: people written down several times on both sides, cells in each other's columns, old links."""

from __future__ import annotations

import openpyxl
from click.testing import CliRunner
from county import application_of
from office_desk import desk, entries
from reconcile_push import NUMBER, OURS, THEIRS, push, say, told, truth

from matcher.cli import root
from matcher.intake.workbook import LONGEST_CELL
from matcher.records import Kind
from matcher.records.access import Role

OTHER = "450206199203050010"


def test_one_person_twice_in_both_ledgers_is_asked_to_an_end(officer):
    client, csrf = officer
    twice = [("韦小英", NUMBER, "板江村", "15400000003"), ("韦小瑛", NUMBER, "板江村", "15400000004")]
    address = push(
        client, csrf, ours=[(*row, "已就业") for row in twice], theirs=[(*row, "未就业") for row in twice]
    ).location
    page = told(client, address)
    assert (page["n_open"], page["counts"]["status_differs"]) == (2, 2)
    assert page["pair"]["pair"] != page["after"], "two pairs of one queue under one name"
    for n_open in (1, 0):
        say(client, csrf, address, "same", page["pair"])
        truth(client, csrf, address, "left", told(client, address, pair=page["pair"]["pair"])["pair"])
        page = told(client, address)
        assert page["n_open"] == n_open
    again = push(client, csrf, ours=[(*row, "已就业") for row in twice],
                 theirs=[*((*row, "未就业") for row in twice), THEIRS[2]]).location  # fmt: skip
    assert (told(client, again)["n_open"], told(client, again)["settled"]) == (0, 2)


def test_a_pair_that_is_not_in_the_queue_is_said_so(officer):
    client, csrf = officer
    address = push(client, csrf).location
    assert client.get(f"{address}?pair=nothing").status_code == 404
    assert told(client, address)["n_open"] == 2


def test_a_look_at_a_number_under_the_wrong_header_is_filed_under_its_person(county, officer):
    client, csrf = officer
    store = application_of(county).store
    people = store.identities([one.worker_id for one in store.records(Kind.WORKERS)])
    turned, alone = [one for one in sorted(people) if people[one].id_number and people[one].phone][:2]
    rows = {one: [people[one].name, people[one].id_number, "六屯村", people[one].phone] for one in (turned, alone)}
    swapped = [rows[turned][1], rows[turned][0], *rows[turned][2:], "未就业"]
    under_phone = [rows[alone][0], rows[alone][3], "六屯村", rows[alone][1], "已就业"]
    ours = [[*rows[turned], "已就业"], under_phone]
    address = push(client, csrf, ours=ours, theirs=[swapped]).location
    asked = told(client, address)["pair"]
    say(client, csrf, address, "apart", asked)
    for path in ("rows/left_only", "result.xlsx", "book.xlsx"):
        assert client.get(f"{address}/{path}").status_code == 200

    def looks(worker_id):
        return {entry.action for entry in entries(county, worker_id)}

    assert {"reconcile_pair", "reconcile_answer", "reconcile_result", "reconcile_book"} <= looks(turned)
    assert {"reconcile_rows", "reconcile_book"} <= looks(alone)


BIRTHS = ("姓名", "身份证号", "出生日期", "村", "就业状态")


def test_a_number_under_births_is_read_as_one_and_never_shown_whole(county, officer):
    client, csrf = officer
    ours = [("韦小英", NUMBER, "1978-01-01", "板江村", "已就业"), ("覃大海", OTHER, "1992-03-05", "六屯村", "已就业")]
    theirs = [(name, born, number, village, "未就业") for name, number, born, village, _ in ours]
    address = push(client, csrf, ours=ours, theirs=theirs, headers=BIRTHS).location
    page = told(client, address)
    assert (page["counts"]["status_differs"], page["counts"]["left_only"]) == (2, 0)
    auditor, _ = desk(county, Role.AUDITOR)
    for reader in (client, auditor):
        for pair in (page["pair"]["pair"], page["after"]):
            for path in (f"{address}?pair={pair}", f"{address}.json?pair={pair}"):
                text = reader.get(path).get_data(as_text=True)
                assert not any(number in text for number in (NUMBER, OTHER))
                assert "4502年" not in text


def test_names_under_villages_are_put_back_for_a_whole_sheet_and_hidden_from_audit_in_a_row(county, officer):
    client, csrf = officer
    ours = [row[:5] for row in OURS]
    turned = [(row[2], row[1], row[0], *row[3:]) for row in ours]
    address = push(client, csrf, ours=ours, theirs=turned).location
    page = told(client, address)
    assert (page["counts"]["agree"], page["n_open"]) == (3, 0)
    assert any("填反" in one["fix"] for one in page["problems"])
    one = (OURS[0][2], OURS[0][1], OURS[0][0], "", "未就业")
    address = push(client, csrf, ours=ours, theirs=[one, *ours[1:]]).location
    assert "韦小英" in client.get(address).get_data(as_text=True)
    auditor, _ = desk(county, Role.AUDITOR)
    assert "韦小英" not in auditor.get(address).get_data(as_text=True)
    alone = ("板江村", "450206195003070013", "蓝阿婆", "", "未就业")
    address = push(client, csrf, ours=ours, theirs=[*ours, alone]).location
    assert "蓝阿婆" not in auditor.get(f"{address}/rows/right_only").get_data(as_text=True)


def test_one_number_under_two_names_is_not_called_one_person_written_twice(officer):
    client, csrf = officer
    family = [("韦小英", NUMBER, "板江村", "", "已就业"), ("黎阿妹", NUMBER, "板江村", "", "未就业")]
    address = push(client, csrf, ours=[*family, *OURS[1:], OURS[1]], theirs=THEIRS[1:]).location
    rows = told(client, f"{address}/rows/doubles")["rows"]
    assert [(row["rows"][0]["name"], row["one_person"]) for row in rows] == [("韦小英", False), ("覃大海", True)]
    text = client.get(f"{address}/rows/doubles").get_data(as_text=True)
    assert text.count("和上一行号码一样、姓名不像") == text.count("和上一行是同一个人") == 1


def test_a_ledger_that_names_nobody_is_no_push(county, officer):
    client, csrf = officer
    waiting = push(client, csrf, theirs=[("", "", "板江村", "", "已就业")])
    assert "名单里一个人也没有" in waiting.get_data(as_text=True)
    assert client.get("/office/reconcile.json").get_json()["push"]["last_on"] is None
    assert application_of(county).deeds.deeds(prefix="reconcile:") == []


def test_a_cell_longer_than_a_workbook_holds_stops_no_push(county, officer, tmp_path):
    client, csrf = officer
    long = ("韦" + "小" * 40_000, NUMBER, "板江村" * 20_000, "15400000003", "未就业")
    address = push(client, csrf, theirs=[long, *THEIRS[1:]]).location
    assert told(client, address)["counts"]["right_rows"] == len(THEIRS)
    for name in ("result.xlsx", "book.xlsx"):
        body = client.get(f"{address}/{name}").get_data()
        path = tmp_path / name
        path.write_bytes(body)
        cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.values for cell in row if cell]
        assert max(len(str(cell)) for cell in cells) <= LONGEST_CELL
        assert any("太长，后面没有写" in str(cell) for cell in cells)
    home = str(application_of(county).settings.home)
    answer = CliRunner().invoke(root, ["--home", home, "reconcile", "--check", str(tmp_path / "result.xlsx")])
    assert answer.exit_code == 0, answer.output
