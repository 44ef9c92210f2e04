"""Files that are not what their name says: refused whole, in plain words, with nothing written."""

from __future__ import annotations

import gzip
import io
import zipfile

import msoffcrypto
import openpyxl
import pytest
import xlwt
from command_line import COUNTY, ON, csv, id_number, jsonl, vacancy, worker, xlsx
from msoffcrypto.format.ooxml import OOXMLFile

DAY = ("--on", ON, "--jurisdiction", COUNTY)
HEADERS = ["姓名", "身份证号", "联系电话", "村"]
ROW = ["韦一", id_number(), "13900000001", "基隆村"]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


@pytest.fixture
def refuse(blank, tmp_path):
    """Import a file that must be refused whole; its one problem."""

    def refused(name, body, kind="workers"):
        path = tmp_path / name
        if body is not None:
            path.write_bytes(body)
        before = blank.snapshot(kind)
        answer = blank("import", kind, path, *DAY, "--rejects", tmp_path / "rejects.xlsx", "--format", "json")
        assert answer.code == 1
        assert "Traceback" not in answer.err
        summary = answer.json
        assert (summary["rows"], summary["accepted"], summary["rejected"], summary["batch_id"]) == (0, 0, 0, None)
        assert name in answer.err
        assert blank.ok("import", "list").json == []
        assert blank.snapshot(kind) == before
        assert not (tmp_path / "rejects.xlsx").exists()
        problem = summary["problems"][0]
        assert problem["severity"] == "error"
        assert problem["row"] == 0
        assert problem["found"]
        assert problem["fix"]
        return problem

    return refused


def workbook(tmp_path):
    return xlsx(
        tmp_path / "good.xlsx", HEADERS, *([f"韦{n}", id_number("19800315", n), "", "基隆村"] for n in range(90))
    )


@pytest.mark.parametrize("name", ["empty.csv", "empty.xlsx", "empty.xls", "empty.jsonl"])
@pytest.mark.parametrize("body", [b"", b"\xef\xbb\xbf", b"\r\n \r\n"], ids=["nothing", "mark", "blank-lines"])
def test_an_empty_file(refuse, name, body):
    assert "空" in refuse(name, body)["found"]


def test_a_workbook_without_a_cell(refuse, tmp_path):
    refuse("blank.xlsx", xlsx(tmp_path / "x.xlsx").read_bytes())


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("picture.xlsx", PNG),
        ("picture.csv", PNG),
        ("letter.xlsx", b"%PDF-1.7\n" + b"x" * 500),
        ("page.xls", "<html><table><tr><td>姓名</td></tr></table></html>".encode()),
        ("packed.csv", gzip.compress(b"name,id\n", mtime=0)),
        ("noise.csv", bytes(range(256)) * 8),
        ("noise.xlsx", b"PK\x03\x04" + bytes(range(256)) * 8),
    ],
    ids=["picture-xlsx", "picture-csv", "letter", "page", "packed", "noise-csv", "noise-xlsx"],
)
def test_the_wrong_kind_of_file(refuse, name, body):
    refuse(name, body)


@pytest.mark.parametrize(
    ("member", "said"), [("word/document.xml", "Word"), ("content.xml", "OpenDocument"), ("x.txt", "压缩包")]
)
def test_another_kind_of_archive(refuse, member, said):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr(member, "x")
    assert said in refuse("list.xlsx", body.getvalue())["found"]


def test_a_file_with_a_password(refuse, tmp_path):
    plain, locked = workbook(tmp_path), io.BytesIO()
    with plain.open("rb") as stream:
        OOXMLFile(stream).encrypt("secret", locked)
    assert msoffcrypto.OfficeFile(locked).is_encrypted()
    problem = refuse("locked.xlsx", locked.getvalue())
    assert "密码" in problem["found"]
    assert "密码" in problem["fix"]


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.999])
def test_a_truncated_workbook(refuse, tmp_path, share):
    body = workbook(tmp_path).read_bytes()
    refuse("cut.xlsx", body[: int(len(body) * share)])


def test_a_truncated_old_workbook(refuse):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("人员")
    for row in range(400):
        for column in range(4):
            sheet.write(row, column, f"{row} {column}")
    body = io.BytesIO()
    book.save(body)
    refuse("cut.xls", body.getvalue()[: len(body.getvalue()) // 2])


def test_a_damaged_workbook(refuse, tmp_path):
    body = bytearray(workbook(tmp_path).read_bytes())
    middle = len(body) // 2
    body[middle : middle + 40] = b"\0" * 40
    refuse("damaged.xlsx", bytes(body))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_300_columns(refuse, tmp_path, form):
    names = [*HEADERS, *(f"列{n}" for n in range(296))]
    rows = [names, [*ROW, *("x" for _ in range(296))]]
    path = (csv if form == "csv" else xlsx)(tmp_path / f"made.{form}", *rows)
    problem = refuse(f"wide.{form}", path.read_bytes())
    assert "300" in problem["found"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_256_columns_are_still_read(blank, tmp_path, form):
    names = [*HEADERS, *(f"列{n}" for n in range(252))]
    path = (csv if form == "csv" else xlsx)(tmp_path / f"made.{form}", names, [*ROW, *("x" for _ in range(252))])
    summary = blank.load("workers", path)
    assert summary["accepted"] == 1
    assert len(summary["unread_columns"]) == 252


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_header_is_missing(refuse, tmp_path, form):
    path = (csv if form == "csv" else xlsx)(
        tmp_path / f"made.{form}", ROW, ["韦二", id_number("19750101"), "", "基隆村"]
    )
    problem = refuse(f"headless.{form}", path.read_bytes())
    assert "表头" in problem["found"]
    assert "matcher template workers" in problem["fix"]


def test_a_header_without_a_column_that_tells_rows_apart(refuse, tmp_path):
    path = csv(tmp_path / "made.csv", ["性别", "文化程度", "民族"], ["女", "初中", "壮族"])
    refuse("nobody.csv", path.read_bytes())


def test_workers_imported_as_vacancies(refuse, tmp_path):
    problem = refuse("people.csv", csv(tmp_path / "made.csv", HEADERS, ROW).read_bytes(), kind="vacancies")
    assert problem["expected"]


def test_vacancies_imported_as_workers(refuse, tmp_path):
    path = csv(tmp_path / "made.csv", ["岗位名称", "工作地点", "招聘人数"], ["缝纫工", "柳江区", "2"])
    refuse("posts.csv", path.read_bytes(), kind="workers")


def test_objects_of_another_kind_are_refused_row_by_row(blank, tmp_path):
    summary = blank.load("vacancies", jsonl(tmp_path / "w.jsonl", [worker("w1")]))
    assert summary["rejected"] == 1
    assert any("worker_id" in problem["column"] + problem["found"] for problem in summary["problems"])


def test_a_known_form_of_another_kind_is_recognised(blank, tmp_path):
    """The form of registered households, handed in as workers: said, with the right command."""
    header = ["户主姓名", "家庭人口", "贫困户属性", "是否军烈属", "是否搬迁户", "姓名"]
    path = csv(tmp_path / "h.csv", header, ["韦一", "4", "脱贫户", "否", "否", "韦一"])
    answer = blank("import", "workers", path, *DAY, "--dry-run")
    assert any("households" in problem["fix"] for problem in answer.json["problems"])


def test_a_file_of_200_mb(blank, tmp_path):
    """Sparse, so that it costs no disk; refused by its size, before a byte of it is read."""
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write((",".join(HEADERS) + "\n").encode())
        file.truncate(200 * 1024 * 1024)
    answer = blank("import", "workers", path, *DAY)
    assert answer.code == 1
    (problem,) = answer.json["problems"]
    assert "200 MB" in problem["found"]
    assert blank.ok("import", "list").json == []


def test_a_small_file_that_unpacks_to_a_large_one(refuse, monkeypatch):
    """The limit is a setting (a gigabyte); what an archive says of its size is taken at its word before reading."""
    monkeypatch.setenv("MATCHER_IMPORT_MAX_UNPACKED_BYTES", str(10 * 1024 * 1024))
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(11 * 1024 * 1024))
    assert "解压后" in refuse("bomb.xlsx", body.getvalue())["found"]


def test_two_cells_far_apart_do_not_fill_the_memory(refuse, tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["IV1048576"] = "姓名", "x"
    book.save(tmp_path / "far.xlsx")
    refuse("far.xlsx", None)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "xls", "txt", ""])
def test_content_decides_and_not_the_name(blank, tmp_path, ending):
    good = workbook(tmp_path)
    path = tmp_path / (f"named.{ending}" if ending else "named")
    path.write_bytes(good.read_bytes())
    assert blank.load("workers", path)["accepted"] == 90


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_in_use(blank, tmp_path, encoding):
    path = csv(tmp_path / "w.csv", HEADERS, ROW, encoding=encoding)
    assert blank.load("workers", path)["accepted"] == 1
    assert blank.objects("workers")[0]["name"] == "韦一"


def test_an_old_workbook(blank, tmp_path):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("人员")
    for number, row in enumerate([["柳江区劳动力台账"], HEADERS, ROW]):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.save(str(tmp_path / "old.xls"))
    assert blank.load("workers", tmp_path / "old.xls")["accepted"] == 1


def test_a_folder_and_a_device_are_no_files(blank, tmp_path):
    for path in (tmp_path, "/dev/null"):
        refused = blank("import", "workers", path, *DAY)
        assert refused.code in (1, 2)
        assert "Traceback" not in refused.err


def test_an_unknown_field_in_json(blank, tmp_path):
    lines = [vacancy("v1", shift="late"), vacancy("v2")]
    summary = blank.load("vacancies", jsonl(tmp_path / "v.jsonl", lines))
    assert (summary["accepted"], summary["rejected"]) == (1, 1)
    (problem,) = [p for p in summary["problems"] if p["severity"] == "error"]
    assert (problem["row"], problem["column"]) == (1, "shift")
