"""Rosters in and out: the summary of section 6, objects of section 3, headers, undo, exports that come back."""

from __future__ import annotations

import csv as csv_reader
import io

import msgspec
import openpyxl
import pytest
from command_line import COUNTY, KINDS, ON, VILLAGE, Office, csv, id_number, jsonl, vacancy, worker, xlsx

from matcher.demo import jurisdictions
from matcher.records import ID_FIELDS, Kind

SUMMARY = {"batch_id", "kind", "rows", "accepted", "repaired", "rejected", "unchanged", "problems"}
PROBLEM = {"sheet", "row", "column", "found", "expected", "fix", "severity"}
FULL_WORKER = {
    "worker_id": "w-full",
    "birth_date": "1973-02-08",
    "sex": "female",
    "education": "vocational",
    "skills": ["缝纫", "平车"],
    "trades": ["缝纫工"],
    "certificates": ["缝纫工（五级）"],
    "labour_ability": "skilled",
    "place_code": VILLAGE,
    "travel_range": "city",
    "preferred_places": ["450206", "450203"],
    "preferred_trades": ["缝纫工", "质检员"],
    "wage_floor_yuan_month": 2500,
    "available_from": "2018-06-15",
    "needs_daily_return": True,
    "wish_to_work": True,
    "household_id": "h-1",
    "registered_poor": True,
    "out_of_poverty": False,
    "monitored_type": "marginal",
    "relocated": False,
    "relocation_site": "某安置点",
    "deep_poverty_village": False,
    "deep_poverty_township": True,
    "former_extreme_poverty": False,
    "rural_low_income": True,
    "hard_to_employ": False,
    "off_farm_hard": {"value": True, "by": "村委会", "on": "2018-03-01", "grounds": "照顾老人"},
    "consent": {"plot": True, "sms": False, "share_with_employer": True},
}
FULL = {
    "workers": FULL_WORKER,
    "households": {"household_id": "h-1", "able_members": 3, "employed_members": 1, "holds_plot": False},
    "vacancies": {
        "vacancy_id": "v-full",
        "title": "缝纫工",
        "duties": "平车缝制",
        "channel": "guangdong_partner",
        "employer_id": "e-1",
        "place_code": "441900",
        "headcount": 12,
        "filled": 3,
        "wage_low_yuan_month": 3500,
        "wage_high_yuan_month": 5000,
        "age_min": 18,
        "age_max": 50,
        "education_min": "primary",
        "skills_required": ["缝纫"],
        "skills_preferred": ["平车", "锁边"],
        "certificates_required": ["健康证"],
        "lodging": True,
        "board": False,
        "night_shift": True,
        "heavy_work": False,
        "valid_from": "2018-05-01",
        "valid_to": "2018-12-31",
        "contract_months": 12,
        "insured": True,
        "reserved_for": ["registered_poor", "relocated"],
        "deposit_yuan": 0,
    },
    "employers": {
        "employer_id": "e-1",
        "name": "东莞某制衣厂",
        "kind": "guangdong_partner",
        "place_code": "441900",
        "credit_code": "91441900MA4W0XXX1A",
        "vetted_on": "2018-01-05",
        "arrears_until": "2018-04-01",
        "annual_total_workers": 200,
        "annual_poor_local_workers": 20,
    },
    "plots": {
        "plot_id": "p-1",
        "site_code": VILLAGE,
        "area_mu": 0.45,
        "state": "held",
        "household_id": "h-1",
        "free_until": "2021-03-01",
    },
    "placements": {
        "placement_id": "pl-1",
        "worker_id": "w-full",
        "vacancy_id": "v-full",
        "employer_id": "e-1",
        "start": "2018-03-01",
        "end": "2018-05-01",
        "contract_start": "2018-03-01",
        "contract_end": "2019-02-28",
        "wage_yuan_month": 3600,
        "broker_id": "b-1",
        "evidence": [{"kind": "contract", "on": "2018-03-01", "by": "经纪人"}, {"kind": "visit", "on": "2018-04-01"}],
        "checked_by": "乡镇干部",
    },
}


class TestSummary:
    def test_keys_and_problems_are_those_of_the_contract(self, blank, tmp_path):
        path = csv(
            tmp_path / "w.csv",
            ["姓名", "身份证号", "联系电话", "村"],
            ["韦一", id_number("19800315", 1), "13900000001", "基隆村"],
            ["韦二", id_number("19800315", 2)[:-1] + "？", "13900000002", "基隆村"],
            ["韦三", id_number("19800315", 3), "１３９００００３３３３", "基隆村"],
        )
        summary = blank.load("workers", path)
        assert summary.keys() >= SUMMARY
        assert (summary["kind"], summary["rows"]) == ("workers", 3)
        assert (summary["accepted"], summary["repaired"], summary["rejected"], summary["unchanged"]) == (1, 1, 1, 0)
        assert all(problem.keys() == PROBLEM for problem in summary["problems"])
        (wrong,) = [problem for problem in summary["problems"] if problem["severity"] == "error"]
        assert (wrong["row"], wrong["column"]) == (3, "身份证号")
        assert wrong["found"]
        assert wrong["expected"]
        assert wrong["fix"]
        (mended,) = [problem for problem in summary["problems"] if problem["severity"] == "repaired"]
        assert (mended["row"], mended["found"], mended["expected"]) == (4, "１３９００００３３３３", "13900003333")

    def test_the_same_file_again_changes_nothing(self, county, county_files):
        before = county.snapshot()
        for kind, path in county_files.items():
            summary = county.load(kind, path)
            assert summary["unchanged"] == summary["rows"]
        assert county.snapshot() == before

    def test_a_dry_run_tells_all_and_writes_nothing(self, county, tmp_path):
        before, batches = county.snapshot(), county.ok("import", "list").json
        path = csv(
            tmp_path / "w.csv",
            ["姓名", "身份证号", "村"],
            ["韦一", id_number("19800315", 1), "基隆村"],
            ["韦二", "0", "基隆村"],
        )
        rejects = tmp_path / "rejects.xlsx"
        tried = county.load("workers", path, "--dry-run", "--rejects", rejects)
        assert (tried["accepted"], tried["rejected"]) == (1, 1)
        assert rejects.is_file()
        assert county.snapshot() == before
        assert county.ok("import", "list").json == batches
        real = county.load("workers", path)
        assert {k: v for k, v in real.items() if k not in ("batch_id", "dry_run")} == {
            k: v for k, v in tried.items() if k not in ("batch_id", "dry_run")
        }

    def test_every_import_is_listed(self, readable_county):
        listed = readable_county.ok("import", "list").json
        assert [row["kind"] for row in listed] == list(KINDS)
        assert all(row["undone_at"] is None and row["rows"] > 0 for row in listed)


class TestUndo:
    @pytest.mark.parametrize("kind", KINDS)
    def test_an_export_before_and_after_is_byte_identical(self, county, tmp_path, kind):
        before = county.snapshot(kind)
        first, id_field = county.objects(kind)[0], ID_FIELDS[Kind(kind)]
        changed = {
            "households": {"able_members": 9},
            "workers": {"trades": ["焊工"], "consent": {"sms": False}, "name": "改名"},
            "employers": {"name": "改名公司"},
            "vacancies": {"headcount": 99},
            "plots": {"area_mu": 9.5},
            "placements": {"end": "2018-05-31", "checked_by": "另一人"},
        }[kind]
        added = {**FULL[kind], **({"worker_id": first["worker_id"]} if kind == "placements" else {})}
        path = jsonl(tmp_path / "change.jsonl", [{id_field: first[id_field], **changed}, added])
        summary = county.load(kind, path)
        assert (summary["rows"], summary["rejected"], summary["unchanged"]) == (2, 0, 0), summary["problems"]
        after = county.snapshot(kind)
        assert {name for name in after if after[name] != before[name]} == {
            f"{kind}.{form}" for form in ("csv", "xlsx", "jsonl")
        }
        undone = county.ok("import", "undo", summary["batch_id"])
        assert undone.json["undone"] is True
        assert county.snapshot(kind) == before

    def test_only_once(self, blank, tmp_path):
        summary = blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]))
        blank.ok("import", "undo", summary["batch_id"])
        assert blank.objects("workers") == []
        again = blank("import", "undo", summary["batch_id"])
        assert again.code == 1
        assert summary["batch_id"] in again.err
        assert again.out == b""

    def test_an_undone_file_comes_in_again(self, blank, tmp_path):
        path = csv(tmp_path / "w.csv", ["姓名", "身份证号", "村"], ["韦一", id_number(), "基隆村"])
        first = blank.load("workers", path)
        before = blank.snapshot()
        blank.ok("import", "undo", first["batch_id"])
        second = blank.load("workers", path)
        assert second["accepted"] == 1
        assert second["batch_id"] != first["batch_id"]
        assert blank.snapshot() == before

    def test_an_older_import_taken_back_leaves_the_newer_one(self, blank, tmp_path):
        first = blank.load("workers", jsonl(tmp_path / "a.jsonl", [worker("w1", education="primary")]))
        blank.load("workers", jsonl(tmp_path / "b.jsonl", [worker("w2"), {"worker_id": "w1", "skills": ["电焊"]}]))
        blank.ok("import", "undo", first["batch_id"])
        # w1 lacks what only the first file stated, so it is no worker until somebody states it again.
        assert [w["worker_id"] for w in blank.objects("workers")] == ["w2"]


class TestObjects:
    """JSONL of section 3."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_field_of_section_3_goes_in_and_comes_out(self, blank, tmp_path, kind):
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [FULL_WORKER]))
        if kind != "workers":
            blank.load(kind, jsonl(tmp_path / "full.jsonl", [FULL[kind]]))
        (told,) = blank.objects(kind)
        for name, value in FULL[kind].items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                assert [{k: v for k, v in part.items() if v} for part in told[name]] == value
            else:
                assert told.get(name, 0 if name == "filled" else None) == value, name

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_same_through_english_headers_of_a_csv(self, blank, tmp_path, kind):
        """Lists joined with 、, nested columns written `consent.plot`."""
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [FULL_WORKER]))
        flat: dict[str, str] = {}
        for name, value in FULL[kind].items():
            if isinstance(value, dict):
                flat |= {f"{name}.{part}": _cell(inner) for part, inner in value.items()}
            else:
                flat[name] = _cell(value)
        for form in ("csv", "xlsx"):
            id_field = next(iter(flat))
            row = flat if kind == "workers" else flat | {id_field: f"{flat[id_field]}-{form}"}
            path = tmp_path / f"full.{form}"
            if form == "csv":
                _quoted(path, [list(row), list(row.values())])
            else:
                xlsx(path, list(row), list(row.values()))
            summary = blank.load(kind, path)
            expected = "unchanged" if kind == "workers" else "accepted"
            assert summary[expected] == 1, summary["problems"]
            assert summary["unread_columns"] == []
        (first, *others) = blank.objects(kind)
        for other in others:
            assert other | {next(iter(flat)): first[next(iter(flat))]} == first

    @pytest.mark.parametrize("kind", KINDS)
    def test_an_unknown_field_is_named(self, blank, tmp_path, kind):
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [FULL_WORKER]))
        summary = blank.load(kind, jsonl(tmp_path / "x.jsonl", [FULL[kind] | {"shoe_size": 38}]))
        assert summary["rejected"] == 1
        assert any("shoe_size" in p["column"] + p["found"] + p["expected"] for p in summary["problems"])

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("consent", {"plot": True, "fax": True}),
            ("off_farm_hard", {"value": True, "why": "x"}),
            ("education", "doctor"),
            ("travel_range", "moon"),
            ("sex", "unknown"),
            ("wish_to_work", "perhaps"),
            ("wage_floor_yuan_month", "lots"),
            ("birth_date", "yesterday"),
            ("monitored_type", "other"),
        ],
    )
    def test_a_wrong_value_is_named_with_its_field(self, blank, tmp_path, field, value):
        summary = blank.load("workers", jsonl(tmp_path / "x.jsonl", [worker("w1", **{field: value})]))
        assert summary["rejected"] == 1
        assert any(problem["column"].startswith(field) for problem in summary["problems"]), summary["problems"]

    def test_a_line_that_is_no_object_is_a_rejected_row(self, blank, tmp_path):
        path = tmp_path / "w.jsonl"
        path.write_bytes(msgspec.json.encode(worker("w1")) + b'\n{"worker_id": "w2"\n[1,2]\n\n')
        summary = blank.load("workers", path)
        assert (summary["rows"], summary["accepted"], summary["rejected"]) == (3, 1, 2)
        assert sorted(p["row"] for p in summary["problems"] if p["severity"] == "error") == [2, 3]


class TestDerived:
    """An import derives what a file lacks."""

    def test_the_id_is_a_hash_of_the_row(self, blank, tmp_path):
        rows = [["title", "place_code", "headcount"], ["缝纫工", "450206", "2"], ["保安员", "450206", "1"]]
        path = csv(tmp_path / "v.csv", *rows)
        assert blank.load("vacancies", path)["accepted"] == 2
        first = [v["vacancy_id"] for v in blank.objects("vacancies")]
        assert len(set(first)) == 2
        # The same rows in another order and file are the same vacancies.
        again = blank.load("vacancies", csv(tmp_path / "other.csv", rows[0], rows[2], rows[1]))
        assert again["unchanged"] == 2

    @pytest.mark.parametrize(
        ("options", "channel"), [((), "other_labour_export"), (("--channel", "workshop"), "workshop")]
    )
    def test_the_channel(self, blank, tmp_path, options, channel):
        path = csv(tmp_path / "v.csv", ["title", "place_code"], ["缝纫工", "450206"])
        summary = blank.load("vacancies", path, *options)
        (told,) = blank.objects("vacancies")
        assert told["channel"] == channel
        warned = ["没有写明渠道" in problem["fix"] for problem in summary["problems"]]
        assert any(warned) == (not options), "what the importer said needs no warning"

    def test_a_stated_channel_stays(self, blank, tmp_path):
        path = csv(tmp_path / "v.csv", ["title", "place_code", "channel"], ["缝纫工", "450206", "park_enterprise"])
        blank.load("vacancies", path, "--channel", "workshop")
        assert blank.objects("vacancies")[0]["channel"] == "park_enterprise"

    def test_an_unknown_head_count_counts_as_one(self, blank, tmp_path):
        path = csv(
            tmp_path / "v.csv",
            ["title", "place_code", "headcount"],
            ["缝纫工", "450206", "若干"],
            ["保安员", "450206", ""],
        )
        assert blank.load("vacancies", path)["rejected"] == 0
        for told in blank.objects("vacancies"):
            assert (told["headcount"], told["headcount_unknown"]) == (1, True)

    @pytest.mark.parametrize(
        ("place", "code"),
        [("广西柳州市柳江区", "450206"), ("广东省东莞市", "441900"), ("柳江县", "450206"), ("广西", "450000")],
    )
    def test_the_place_at_the_level_given(self, blank, tmp_path, place, code):
        blank.load("vacancies", csv(tmp_path / "v.csv", ["岗位名称", "工作地点"], ["缝纫工", place]))
        assert blank.objects("vacancies")[0]["place_code"] == code

    def test_expired_and_illegal_vacancies_are_accepted_as_not_publishable_with_the_reason(self, blank, tmp_path):
        posts = [
            vacancy("v-old", valid_to="2018-05-31"),
            vacancy("v-men", duties="限男性"),
            vacancy("v-deposit", deposit_yuan=300),
            vacancy("v-han", duties="限汉族"),
            vacancy("v-single", duties="要求未婚"),
            vacancy("v-age", age_max=45),
            vacancy("v-fine"),
        ]
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1"), worker("w2", birth_date="1963-01-01")]))
        assert blank.load("vacancies", jsonl(tmp_path / "v.jsonl", posts))["rejected"] == 0
        told = {v["vacancy_id"]: v for v in blank.objects("vacancies")}
        for post in ("v-old", "v-men", "v-deposit", "v-han", "v-single"):
            assert told[post]["publish_bars"], post
        for post in ("v-men", "v-deposit", "v-han", "v-single"):
            (bar,) = told[post]["publish_bars"]
            assert bar["document"], "the law is named"
            assert bar["clause"], "and its article"
        assert not told["v-age"].get("publish_bars")
        (remark,) = told["v-age"]["publish_warnings"]
        assert "1人" in remark["sentence"], "an age condition says how many people it would exclude"
        assert not told["v-fine"].get("publish_bars")
        (listed,) = blank.ok(
            "recommend", "--worker", "w1", "--on", ON, "--jurisdiction", COUNTY, "--top", "10", "--refused"
        ).json["lists"]
        assert {item["vacancy_id"] for item in listed["items"]} == {"v-age", "v-fine"}
        refused = {pair["vacancy_id"]: {r["rule_id"] for r in pair["reasons"]} for pair in listed["refused"]}
        assert refused.keys() == {"v-old", "v-men", "v-deposit", "v-han", "v-single"}
        assert all(reasons & {"not_publishable", "validity"} for reasons in refused.values())


class TestExport:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
    def test_an_export_comes_back_as_unchanged_and_into_an_empty_office_as_it_was(
        self, readable_county, blank, tmp_path, kind, form
    ):
        path = tmp_path / f"{kind}.{form}"
        readable_county.ok("export", kind, path)
        if kind in ("placements", "vacancies"):  # who works there; how many people an age condition shuts out
            people = tmp_path / "people.jsonl"
            readable_county.ok("export", "workers", people)
            blank.load("workers", people)
        summary = blank.load(kind, path)
        assert summary["accepted"] == summary["rows"] > 0, summary["problems"][:3]
        again = tmp_path / f"again.{form}"
        blank.ok("export", kind, again)
        assert again.read_bytes() == path.read_bytes()
        assert (
            readable_county("import", kind, path, "--dry-run", "--on", ON, "--jurisdiction", COUNTY).json["unchanged"]
            == summary["rows"]
        )

    def test_the_count_goes_to_stderr_and_stdout_stays_empty(self, readable_county, tmp_path):
        answer = readable_county.ok("export", "households", tmp_path / "h.csv")
        assert answer.out == b""
        assert "h.csv" in answer.err

    def test_headers_are_english_and_nested_ones_dotted(self, readable_county, tmp_path):
        readable_county.ok("export", "workers", tmp_path / "w.csv")
        text = (tmp_path / "w.csv").read_text("utf-8-sig")
        header, first, *_ = csv_reader.reader(io.StringIO(text))
        assert {"worker_id", "consent.plot", "consent.sms", "off_farm_hard.value", "off_farm_hard.grounds"} <= {*header}
        assert dict(zip(header, first, strict=True))["skills"] == "缝纫、平车"

    def test_nothing_is_left_of_an_export_that_cannot_be_written(self, readable_county, tmp_path):
        refused = readable_county("export", "workers", tmp_path / "no" / "such" / "folder.csv")
        assert refused.code == 2
        assert "folder.csv" in refused.err
        assert "Traceback" not in refused.err


class TestTemplates:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_blank_template_filled_in_by_hand_is_read(self, blank, tmp_path, kind):
        path = tmp_path / "blank.xlsx"
        blank.ok("template", kind, path)
        book = openpyxl.load_workbook(path)
        sheet = next(sheet for sheet in book if sheet.sheet_state == "visible" and sheet.title != "填写说明")
        assert sheet.data_validations.dataValidation or kind in ("employers", "placements", "plots", "households")
        filled = _by_header(
            sheet,
            {
                "workers": {"姓名": "韦小明", "身份证号": id_number(), "行政村": "基隆村"},
                "households": {"户编号": "h9", "劳动力人数": "2"},
                "employers": {"单位名称": "某某制衣厂"},
                "vacancies": {"岗位名称": "缝纫工", "工作地": "柳州市柳江区"},
                "plots": {"安置点": VILLAGE, "面积": "0.5"},
                "placements": {"身份证号": id_number(), "开始": "2018-03-01"},
            }[kind],
        )
        assert filled, [cell.value for row in sheet.iter_rows(max_row=3) for cell in row]
        book.save(path)
        if kind == "placements":
            blank.load("workers", csv(tmp_path / "w.csv", ["姓名", "身份证号"], ["韦小明", id_number()]))
        summary = blank.load(kind, path)
        assert (summary["rows"], summary["rejected"]) == (1, 0), summary["problems"]


@pytest.mark.parametrize("jurisdiction", jurisdictions())
def test_the_demo_county_of_each_place_is_seeded_by_one_command(tmp_path, jurisdiction):
    office = Office(tmp_path / "home")
    seeded = office.ok("demo", "--jurisdiction", jurisdiction, "--workers", "50")
    assert "合成数据" in seeded.text + seeded.err
    assert "matcher recommend --worker" in seeded.text
    # The day of the demo and its county are remembered.
    first = office.objects("workers")[0]["worker_id"]
    answer = office.ok("recommend", "--worker", first).json
    assert answer["jurisdiction"] == jurisdiction
    assert answer["plan"] is not None
    if jurisdiction != COUNTY:
        return
    # A second run leaves the county as it is.
    before = office.ok("import", "list").json
    office.ok("demo", "--jurisdiction", jurisdiction, "--workers", "50")
    again = office.ok("import", "list").json[len(before) :]
    assert len(again) == len(before)
    assert all((batch["accepted"], batch["repaired"]) == (0, 0) for batch in again)


def _cell(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return msgspec.json.encode(value).decode() if value and isinstance(value[0], dict) else "、".join(value)
    return str(value)


def _quoted(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv_reader.writer(file).writerows(rows)


def _by_header(sheet, values):
    """Write values under the headers that begin with their names, below the last filled row; how many were found."""
    for row in sheet.iter_rows(max_row=6):
        columns = {
            name: cell.column
            for cell in row
            for name in values
            if isinstance(cell.value, str) and cell.value.lstrip("*＊ ").startswith(name)
        }
        if len(columns) == len(values):
            below = sheet.max_row + 1
            while below > row[0].row + 1 and not any(c.value for c in sheet[below - 1]):
                below -= 1
            for name, column in columns.items():
                sheet.cell(below, column, values[name])
            return len(columns)
    return 0
