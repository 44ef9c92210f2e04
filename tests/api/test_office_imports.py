"""Rosters in by the office's pages: preview before anything is written, every row accounted for, undone at a press."""

from __future__ import annotations

import io

import openpyxl
import pytest
from county import application_of, clock
from office_desk import GOOD, HEADERS, ROSTER, SCRIPT, WRONG, desk, entries, imported, preview

from api.v1.attendant import attendant_of
from matcher.errors import StoreError
from matcher.records import Kind
from matcher.records.access import ImportJob, Role
from matcher.services.office import imports as office_imports


def workers(app):
    return len(application_of(app).store.records(Kind.WORKERS))


def state_of(client, address):
    return client.get(f"{address}.json").get_json()["told"]


def test_a_preview_tells_everything_and_writes_nothing(county, officer):
    client, csrf = officer
    before = workers(county)
    answer = preview(client, csrf)
    assert answer.status_code == 303
    told = state_of(client, answer.location)
    assert (told["rows"], told["fine"], told["repaired"], told["rejected"], told["lost"]) == (3, 1, 1, 1, 0)
    assert told["dry_run"]
    assert workers(county) == before
    assert application_of(county).store.batches()[-1].kind is not None
    page = client.get(answer.location).get_data(as_text=True)
    assert "1 ＋ 1 ＋ 1 ＋ 0 ＝ 文件里的 3 行" in page
    assert "/confirm" in page


def test_a_cell_at_fault_has_the_officers_own_row_and_the_way_to_mend_it(officer):
    client, csrf = officer
    told = state_of(client, preview(client, csrf).location)
    (fault,) = told["errors"]["rows"]
    assert (fault["row"], fault["column"]) == (3, "身份证号")
    assert fault["expected"]
    assert fault["fix"]
    (repair,) = told["repairs"]["rows"]
    assert (repair["row"], repair["column"]) == (4, "联系电话")
    assert repair["fix"]


def test_no_page_shows_a_whole_number_of_a_cell(officer):
    client, csrf = officer
    address = preview(client, csrf).location
    for path in (address, f"{address}.json"):
        text = client.get(path).get_data(as_text=True)
        assert WRONG not in text
        assert "13800000003" not in text
        assert "１３８０００００００３" not in text
        assert f"****{WRONG[-4:]}" in text
        assert "****０００３" in text
        assert "****0003" in text


def test_what_was_previewed_is_imported_as_it_is_and_once(county, officer):
    client, csrf = officer
    before = workers(county)
    seen = preview(client, csrf).location
    done = client.post(f"{seen}/confirm", data={"csrf": csrf})
    assert attendant_of(county).rest(60)
    told = state_of(client, done.location)
    assert told["state"] == "done"
    assert not told["dry_run"]
    assert workers(county) == before + 2
    assert GOOD in application_of(county).store.workers_by_id_number([GOOD])
    again = client.post(f"{seen}/confirm", data={"csrf": csrf})
    assert again.status_code == 409
    assert "/confirm" not in client.get(seen).get_data(as_text=True)


def test_of_two_taps_at_once_one_imports(county, officer, monkeypatch):
    client, csrf = officer
    seen = preview(client, csrf).location
    queue, second = office_imports.queue_upload, []

    def tapped_again(*args, **more):
        if not second:
            second.append(None)
            second[0] = client.post(f"{seen}/confirm", data={"csrf": csrf}).status_code
        return queue(*args, **more)

    monkeypatch.setattr(office_imports, "queue_upload", tapped_again)
    assert client.post(f"{seen}/confirm", data={"csrf": csrf}).status_code == 303
    assert second == [409]


def test_a_preview_that_could_not_be_queued_may_be_confirmed_again(county, officer, monkeypatch):
    client, csrf = officer
    seen = preview(client, csrf).location

    def locked(*_args, **_more):
        raise StoreError("the database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(office_imports, "queue_upload", locked)
        assert client.post(f"{seen}/confirm", data={"csrf": csrf}).status_code == 503
    assert client.post(f"{seen}/confirm", data={"csrf": csrf}).status_code == 303


def test_the_mended_workbook_may_keep_the_name_it_was_downloaded_under(county, officer):
    """Its name is that of the workbook of refused rows: the upload must not be written over by its own refusals."""
    client, csrf = officer
    before = workers(county)
    seen = preview(client, csrf, name="rejects.xlsx").location
    assert client.get(f"{seen}.json").get_json()["can_confirm"]
    done = client.post(f"{seen}/confirm", data={"csrf": csrf})
    assert attendant_of(county).rest(60)
    assert state_of(client, done.location)["state"] == "done"
    assert workers(county) == before + 2


def test_a_preview_is_kept_for_a_day_and_not_longer(county, officer):
    client, csrf = officer
    seen = preview(client, csrf).location
    clock(county).advance(hours=25)
    client, csrf = desk(county)
    preview(client, csrf, name="andere.csv")
    answer = client.post(f"{seen}/confirm", data={"csrf": csrf})
    assert answer.status_code == 409
    assert "24小时" in answer.get_data(as_text=True)


def test_undoing_takes_every_row_back_and_stands_in_the_audit(county, officer):
    client, csrf = officer
    before = workers(county)
    address = imported(client, csrf)
    job_id = address.rsplit("/", 1)[1]
    refused = client.post(f"{address}/undo", data={"csrf": csrf})
    assert refused.status_code == 422
    assert workers(county) == before + 2
    answer = client.post(f"{address}/undo", data={"csrf": csrf, "sure": "yes"})
    assert (answer.status_code, answer.location) == (303, address)
    assert workers(county) == before
    assert "已经撤销" in client.get(address).get_data(as_text=True)
    assert entries(county, job_id)[1].action == "undo"
    again = client.post(f"{address}/undo", data={"csrf": csrf, "sure": "yes"})
    assert again.status_code == 409
    assert "已经撤销过" in again.get_data(as_text=True)


def test_the_refused_rows_come_back_as_a_workbook_with_the_reason(officer):
    client, csrf = officer
    address = imported(client, csrf)
    assert "只下载退回的1行" in client.get(address).get_data(as_text=True)
    answer = client.get(f"{address}/rejects.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].values)
    assert rows[0][:4] == tuple(HEADERS.split(","))
    assert rows[1][0] == "覃样例"
    assert rows[1][-1] == 3


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_there_is_a_blank_template_of_every_kind(officer, kind):
    client, _ = officer
    answer = client.get(f"/office/templates/{kind}.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].max_column > 2
    assert f"/office/templates/{kind}.xlsx" in client.get("/office/imports").get_data(as_text=True)


def test_there_is_no_template_of_what_there_is_not(officer):
    assert officer[0].get("/office/templates/passports.xlsx").status_code == 404


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("", "workers", "空"),
        ("PK\x03\x04 kaputt", "workers", ""),
        (ROSTER, "", "没选是什么名册"),
        (ROSTER, "x", "没选"),
    ],
)
def test_a_file_that_is_none_is_told_beside_the_form(officer, text, kind, said):
    client, csrf = officer
    answer = preview(client, csrf, text, kind=kind)
    assert answer.status_code in (303, 422)
    if answer.status_code == 422:
        page = answer.get_data(as_text=True)
        assert 'name="file"' in page
        assert said in page
    else:
        assert state_of(client, answer.location)["state"] == "failed"


def test_no_file_at_all_is_told_beside_the_form(officer):
    client, csrf = officer
    answer = client.post("/office/imports", data={"csrf": csrf, "kind": "workers"}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "没有选文件" in answer.get_data(as_text=True)


def test_markup_in_names_of_files_and_cells_is_text(officer):
    client, csrf = officer
    address = preview(client, csrf, f"{HEADERS}\n{SCRIPT},{WRONG},{SCRIPT},{SCRIPT}", name=f"{SCRIPT}.csv").location
    for path in (address, "/office/imports", "/office"):
        assert SCRIPT not in client.get(path).get_data(as_text=True)


def test_an_import_on_its_way_asks_again_by_itself_and_has_a_link_for_those_without_scripts(county, officer):
    client, _ = officer
    run = application_of(county)
    job = ImportJob(job_id="i-1", kind="workers", file="a.csv", actor="x", created_at=run.clock.now(), state="running",
                    rows_read=1200)  # fmt: skip
    run.access.put_job(job)
    page = client.get("/office/imports/i-1").get_data(as_text=True)
    assert 'hx-trigger="every 1s"' in page
    assert "读到第1\u2009200行" in page
    assert 'href="/office/imports/i-1"' in page
    assert entries(county, "i-1") == []


def test_audit_reads_and_does_nothing(county, officer):
    client, csrf = officer
    address = imported(client, csrf)
    auditor, own = desk(county, Role.AUDITOR)
    page = auditor.get(address).get_data(as_text=True)
    assert "撤销这一批" not in page
    assert 'name="file"' not in auditor.get("/office/imports").get_data(as_text=True)
    for deed in (f"{address}/undo", f"{address}/confirm", "/office/imports"):
        assert auditor.post(deed, data={"csrf": own, "sure": "yes"}).status_code == 403
    assert auditor.get(f"{address}/rejects.xlsx").status_code == 403


def test_audit_reads_no_name_of_a_cell(county, officer):
    client, csrf = officer
    garbled = "韦小英".encode("gbk").decode("latin-1")
    address = imported(client, csrf, f"{HEADERS}\n{garbled},,,450206102201")
    assert "韦小英" in client.get(f"{address}.json").get_data(as_text=True)
    auditor, _ = desk(county, Role.AUDITOR)
    told = auditor.get(f"{address}.json").get_data(as_text=True)
    assert "韦小英" not in told
    assert "韦*英" in told


def test_a_town_officer_sees_no_import_of_the_county_and_imports_no_people(county, officer):
    client, csrf = officer
    address = imported(client, csrf)
    town, own = desk(county, regions=("450206102",))
    assert town.get("/office/imports.json").get_json()["imports"] == []
    assert town.get(address).status_code == 404
    assert town.get(f"{address}/rejects.xlsx").status_code == 404
    assert town.post(f"{address}/undo", data={"csrf": own, "sure": "yes"}).status_code == 404
    assert town.post(f"{address}/confirm", data={"csrf": own}).status_code == 404
    assert preview(town, own).status_code == 403


def test_a_form_without_its_token_does_nothing(county, officer):
    client, csrf = officer
    address = imported(client, csrf)
    n = workers(county)
    for data in ({"sure": "yes"}, {"sure": "yes", "csrf": "x" * 43}):
        assert client.post(f"{address}/undo", data=data).status_code == 403
    assert workers(county) == n


def test_an_upload_may_be_larger_than_another_body(make_app):
    app = make_app(http_max_bytes=2048)
    client, csrf = desk(app)
    padding = "\n".join(f"样例{n},,,450206102201" for n in range(400))
    answer = preview(client, csrf, f"{HEADERS}\n{padding}")
    assert answer.status_code == 303
    assert state_of(client, answer.location)["rows"] == 400
    stranger = app.test_client()
    big = {"kind": "workers", "file": (io.BytesIO(b"x" * 4096), "a.csv")}
    assert stranger.post("/office/imports", data=big, content_type="multipart/form-data").status_code in (401, 413)
