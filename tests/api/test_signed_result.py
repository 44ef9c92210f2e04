"""The result two offices sign: held against its seals it names every row that is not as it was downloaded."""

from __future__ import annotations

import csv
import io

import county
import openpyxl
import pytest
from click.testing import CliRunner
from office_desk import ON, desk

from matcher.cli import root
from matcher.services.reconcile.check_signed import CHANGED, COVER_CHANGED, GONE, HEADER_CHANGED, TWICE
from matcher.services.reconcile.runs import Push, push
from matcher.services.reconcile.signed import COVER_SHEET, HEADER, ROWS_SHEET

PEOPLE = (
    ("韦小英", "450206197801010028", "板江村"),
    (" =1+1 韦", "450206199203050010", "六屯村\n上屯"),
    ("黎阿妹", "450206196511110018", "'六屯村"),
    ("蓝阿公", "450206195003070013", ""),
)
HEADERS = ("姓名", "身份证号", "村", "就业状态")


@pytest.fixture(scope="module")
def app(seeded, tmp_path_factory):
    with county.opened(county.copied(seeded, tmp_path_factory.mktemp("signed") / "home")) as app:
        yield app


@pytest.fixture(scope="module")
def signed(app):
    """The application, how to download the result of a run of four pairs, two of them answered; who is signed in."""
    run = county.application_of(app)
    call = Push(
        left=_sheet("已就业"), right=_sheet("未就业"), left_name="左.csv", right_name="右.csv",
        on=ON, jurisdiction=run.settings.jurisdiction, by="officer",
    )  # fmt: skip
    run_id = push(run.deeds, run.means, call, key=run.store.row_key(), at=run.clock.now())
    client, csrf = desk(app)
    for answer in ("apart", "same"):
        pair = client.get(f"/office/reconcile/{run_id}.json").get_json()["told"]["pair"]
        said = {"csrf": csrf, "pair": pair["pair"], "seen": pair["seen"], "answer": answer, "reason": " 看过\n证件 "}
        assert client.post(f"/office/reconcile/{run_id}/answers", data=said).status_code == 303
    return run, lambda: client.get(f"/office/reconcile/{run_id}/result.xlsx").get_data(), (client, csrf, run_id)


def _sheet(state):
    text = io.StringIO()
    csv.writer(text).writerows([HEADERS, *((*one, state) for one in PEOPLE)])
    return text.getvalue().encode()


def opened(body):
    return openpyxl.load_workbook(io.BytesIO(body))


def checked(signed, book, tmp_path, code):
    """What `matcher reconcile --check` prints of a workbook: sheet, row, what."""
    home, path = str(signed[0].settings.home), tmp_path / "result.xlsx"
    if isinstance(book, bytes):
        path.write_bytes(book)
    else:
        book.save(path)
    answer = CliRunner().invoke(root, ["--home", home, "reconcile", "--check", str(path), "--format", "csv"])
    assert answer.exit_code == code, (answer.output, answer.exception)
    return [(row["sheet"], int(row["row"]), row["what"]) for row in csv.DictReader(io.StringIO(answer.stdout))]


def test_a_result_as_downloaded_saved_again_or_signed_by_hand_fits_its_seals(signed, tmp_path):
    body = signed[1]()
    assert checked(signed, body, tmp_path, 0) == []
    book = opened(body)
    assert [cell.value for cell in book[ROWS_SHEET][1]] == list(HEADER)
    assert checked(signed, book, tmp_path, 0) == []
    cover = book[COVER_SHEET]
    for line in range(1, cover.max_row + 1):
        if cover.cell(line, 1).value.endswith("签字、日期"):
            cover.cell(line, 2).value = "韦某某 2018-06-02"
    assert checked(signed, book, tmp_path, 0) == []


@pytest.mark.parametrize("column", range(1, len(HEADER) + 1), ids=HEADER)
def test_every_cell_of_a_row_is_sealed_and_that_row_alone_is_named(signed, tmp_path, column):
    book = opened(signed[1]())
    sheet = book[ROWS_SHEET]
    sheet.cell(3, column).value = f"{sheet.cell(3, column).value or ''}9"
    rows = checked(signed, book, tmp_path, 1)
    assert rows[0] == (ROWS_SHEET, 3, CHANGED)
    assert rows[1:] == ([(ROWS_SHEET, 0, GONE.format(number=2))] if column == 1 else [])


def test_a_row_left_out_added_twice_or_brought_from_an_earlier_download_is_named(signed, tmp_path):
    _, download, (client, csrf, run_id) = signed
    early = opened(download())
    early[ROWS_SHEET].delete_rows(4)
    assert checked(signed, early, tmp_path, 1) == [(ROWS_SHEET, 0, GONE.format(number=3))]
    early = opened(download())
    early[ROWS_SHEET].append([cell.value for cell in early[ROWS_SHEET][2]])
    assert checked(signed, early, tmp_path, 1) == [(ROWS_SHEET, 6, TWICE)]
    before = [cell.value for cell in opened(download())[ROWS_SHEET][5]]
    pair = client.get(f"/office/reconcile/{run_id}.json").get_json()["told"]["pair"]
    said = {"csrf": csrf, "pair": pair["pair"], "seen": pair["seen"], "truth": "left"}
    client.post(f"/office/reconcile/{run_id}/answers", data=said)
    later = opened(download())
    for column, value in enumerate(before, start=1):
        later[ROWS_SHEET].cell(5, column).value = value
    assert checked(signed, later, tmp_path, 1) == [(ROWS_SHEET, 5, CHANGED)]


def test_a_changed_cover_or_header_accuses_no_row(signed, tmp_path):
    body = signed[1]()
    for line in range(1, opened(body)[COVER_SHEET].max_row - 1):
        book = opened(body)
        book[COVER_SHEET].cell(line, 2).value = "改过"
        assert checked(signed, book, tmp_path, 1) == [(COVER_SHEET, 0, COVER_CHANGED)], line
    book = opened(body)
    book[ROWS_SHEET].cell(1, 3).value = "甲姓名"
    assert checked(signed, book, tmp_path, 1) == [(ROWS_SHEET, 1, HEADER_CHANGED)]


def test_another_county_cannot_check_it_and_another_workbook_is_refused(signed, tmp_path):
    path = tmp_path / "result.xlsx"
    path.write_bytes(signed[1]())
    elsewhere = str(tmp_path / "elsewhere")
    assert CliRunner().invoke(root, ["--home", elsewhere, "init"]).exit_code == 0
    answer = CliRunner().invoke(root, ["--home", elsewhere, "reconcile", "--check", str(path), "--format", "csv"])
    assert answer.exit_code == 1
    assert COVER_CHANGED in answer.stdout
    book = openpyxl.Workbook()
    book.active.append(["姓名"])
    book.save(path)
    answer = CliRunner().invoke(root, ["--home", str(signed[0].settings.home), "reconcile", "--check", str(path)])
    assert "签认表" in str(answer.exception)


def test_without_two_files_or_a_result_there_is_nothing_to_do(signed):
    answer = CliRunner().invoke(root, ["--home", str(signed[0].settings.home), "reconcile"])
    assert answer.exception is not None
    assert getattr(answer.exception, "exit_code", 0) == 2
