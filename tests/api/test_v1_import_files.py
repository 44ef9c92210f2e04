"""Files that are no rosters, too large, or sent with fields that do not fit."""

from __future__ import annotations

import io
import zipfile

import county
import openpyxl
import pytest
from uploads import API, PROBLEM, done, everything, rows, upload

from matcher.records.access import Role
from matcher.services.rosters.upload_import import plain_name, spool


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def officer(app):
    return county.bearer(app, Role.OFFICER)


def bomb():
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(40):
                part.write(b"\0" * (1 << 20))
    return body.getvalue()


def locked():
    plain, sealed = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    from msoffcrypto.format.ooxml import OOXMLFile

    OOXMLFile(plain).encrypt("geheim", sealed)
    return sealed.getvalue()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "空"), (b"\x7fELF\x02\x01\x01\0\0\0", "认不出"), (b"MZ\x90\0\x03\0\0\0", "认不出"),
        (b"%PDF-1.7 ...", "PDF"), (b"\x89PNG\r\n\x1a\n", "图片"), (bomb, "解压后"), (locked, "密码"),
        (b"PK\x03\x04 cut off", "损坏"), (b"<html><table></table></html>", "网页"),
    ],
    ids=["empty", "elf", "exe", "pdf", "png", "bomb", "locked", "cut off", "html"],
)  # fmt: skip
def test_what_is_no_table_is_refused_at_once(make_app, body, says):
    app = make_app(import_max_unpacked_bytes=32 << 20)
    client, headers = app.test_client(), county.bearer(app, Role.OFFICER)
    answer = upload(client, headers, body() if callable(body) else body, name="a.xlsx")
    assert (answer.status_code, answer.mimetype) == (422, PROBLEM)
    assert says in answer.json["detail"]
    assert answer.json["remedy"]
    assert client.get(f"{API}/imports", headers=headers).json["imports"][0]["file"] != "a.xlsx"
    assert [path for path in spool(county.application_of(app).settings.home).iterdir() if path.is_dir()] == []


def test_a_table_of_another_kind_fails_with_its_problems(app, client, officer):
    before = everything(app)
    told = done(app, client, officer, upload(client, officer, "天气,风\n晴,3\n雨,4\n", kind="workers"))
    assert told["state"] == "failed" or told["rejected"] == told["rows"]
    assert told["n_problems"] >= 1
    assert everything(app) == before


class Unread(io.RawIOBase):
    """A body of which nothing may be read."""

    def readable(self):
        return True

    def readinto(self, _):
        raise AssertionError("read before its size was looked at")


def test_200_megabytes_are_refused_before_they_are_read(client, officer):
    answer = client.post(
        f"{API}/imports", headers=officer, content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": str(200 * 10**6)},
    )  # fmt: skip
    assert (answer.status_code, answer.mimetype) == (413, PROBLEM)


def test_an_upload_may_be_larger_than_other_bodies(make_app):
    app = make_app(http_max_bytes=2048)
    client, headers = app.test_client(), county.bearer(app, Role.OFFICER)
    body = rows(*(f"n{n}" for n in range(200)))
    assert len(body) > 2048
    assert done(app, client, headers, upload(client, headers, body))["accepted"] == 200


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"kind": "wishes"}, "kind"), ({"channel": "postal"}, "channel"), ({"dry_run": "maybe"}, "dry_run"),
        ({"jurisdiction": "../etc"}, "jurisdiction"), ({"colour": "red"}, "colour"),
        ({"kind": ["workers"] * 2}, "kind"),
    ],
)  # fmt: skip
def test_fields_that_do_not_fit_are_named(client, officer, fields, named):
    data = {"kind": "vacancies", **fields, "file": (io.BytesIO(rows("n1").encode()), "a.csv")}
    answer = client.post(f"{API}/imports", headers=officer, data=data)
    assert answer.status_code == 422
    assert [fault["where"].split(".")[0] for fault in answer.json["errors"]] == [named]


def test_a_file_must_be_there_and_a_form_around_it(client, officer):
    assert client.post(f"{API}/imports", headers=officer, data={"kind": "vacancies", "file": "text"}).status_code == 415
    answer = client.post(
        f"{API}/imports", headers=officer, data={"kind": "vacancies", "file": "text"},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 422
    answer = client.post(f"{API}/imports", headers=officer, data={"file": (io.BytesIO(b"a"), "a.csv")})
    assert answer.status_code == 422
    assert client.post(f"{API}/imports", headers=officer, json={"kind": "vacancies"}).status_code == 415


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\x\\花名册.xlsx", "花名册.xlsx"), ("..", "upload"), ("", "upload"),
        ("a\0b\n.csv", "a_b_.csv"), ("<b>.csv", "_b_.csv"), ("表" * 200 + ".csv", "表" * 56 + ".csv"),
    ],
)  # fmt: skip
def test_names_of_files_are_made_plain(name, plain):
    assert plain_name(name) == plain
    assert len(plain.encode()) <= 255
