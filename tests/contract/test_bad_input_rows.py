"""Rows as real offices write them wrong: each is told apart, none is lost, none stops the others."""

from __future__ import annotations

import openpyxl
import pytest
from command_line import COUNTY, ON, VILLAGE, csv, id_number, jsonl, vacancy, worker, xlsx

DAY = ("--on", ON, "--jurisdiction", COUNTY)
HEADERS = ["姓名", "身份证号", "联系电话", "村"]


def errors(summary):
    return [problem for problem in summary["problems"] if problem["severity"] == "error"]


def remarks(summary):
    return [problem for problem in summary["problems"] if problem["severity"] == "warning"]


class TestPeople:
    def test_a_number_that_stands_twice_in_one_file(self, blank, tmp_path):
        number = id_number()
        path = csv(
            tmp_path / "w.csv", HEADERS, ["韦一", number, "13900000001", "基隆村"], ["韦二", number, "", "基隆村"]
        )
        summary = blank.load("workers", path)
        assert (summary["accepted"], summary["rejected"]) == (1, 1)
        (problem,) = errors(summary)
        assert (problem["row"], problem["column"]) == (3, "身份证号")
        assert "第2行" in problem["found"]
        (kept,) = blank.objects("workers")
        assert kept["name"] == "韦一"

    def test_a_number_that_is_stored_already(self, blank, tmp_path):
        """The same person again is an update; under another id the number is refused."""
        number = id_number()
        blank.load("workers", jsonl(tmp_path / "a.jsonl", [worker("w1", name="韦一", id_number=number)]))
        summary = blank.load("workers", jsonl(tmp_path / "b.jsonl", [worker("w2", name="韦二", id_number=number)]))
        assert summary["rejected"] == 1
        assert any("w1" in problem["found"] for problem in errors(summary))
        same = blank.load(
            "workers", csv(tmp_path / "c.csv", ["姓名", "身份证号", "联系电话"], ["韦一", number, "13900000009"])
        )
        assert same["accepted"] == 1
        (kept,) = blank.objects("workers")
        assert (kept["worker_id"], kept["phone"]) == ("w1", "13900000009")

    def test_one_person_in_two_villages(self, blank, tmp_path):
        """In one file the second row is refused and names both; from another file it is a move that is said."""
        number = id_number()
        one = ["韦一", number, "", "基隆村"]
        other = ["韦一", number, "", "板江村"]
        both = blank.load("workers", csv(tmp_path / "both.csv", HEADERS, one, other))
        assert (both["accepted"], both["rejected"]) == (1, 1)
        (problem,) = errors(both)
        assert "基隆" in problem["found"]
        assert "板江" in problem["found"]
        moved = blank.load("workers", csv(tmp_path / "other.csv", HEADERS, other))
        assert moved["accepted"] == 1
        assert any("基隆" in remark["found"] and "板江" in remark["found"] for remark in remarks(moved))

    @pytest.mark.parametrize(
        "masked", ["45022119800315012X", "4502211980****0123", "450221********0123", "45022119XX03150123"]
    )
    def test_a_masked_digit(self, blank, tmp_path, masked):
        path = csv(tmp_path / "w.csv", HEADERS, ["韦一", masked, "", "基隆村"])
        summary = blank.load("workers", path)
        assert summary["rejected"] == 1
        (problem,) = errors(summary)
        assert problem["found"] == masked
        assert problem["fix"]

    def test_a_right_x_at_the_end_is_no_mask(self, blank, tmp_path):
        number = next(n for n in (id_number("19800315", order) for order in range(100)) if n.endswith("X"))
        path = csv(tmp_path / "w.csv", HEADERS, ["韦一", number.lower(), "", "基隆村"])
        assert blank.load("workers", path)["rejected"] == 0
        assert blank.objects("workers")[0]["id_number"] == number

    def test_a_number_cell_that_lost_digits_is_never_repaired(self, blank, tmp_path):
        path = xlsx(tmp_path / "w.xlsx", HEADERS, ["韦一", float(id_number("19800315", 10)[:17] + "0"), "", "基隆村"])
        summary = blank.load("workers", path)
        assert summary["rejected"] == 1
        assert errors(summary)[0]["column"] == "身份证号"

    @pytest.mark.parametrize(
        ("born", "rejected"), [("2018-06-01", 0), ("2018-06-02", 1), ("2030-01-01", 1), ("1880-01-01", 1)]
    )
    def test_a_birth_date_in_the_future(self, blank, tmp_path, born, rejected):
        summary = blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1", birth_date=born)]))
        assert summary["rejected"] == rejected

    def test_a_future_birth_date_inside_a_number(self, blank, tmp_path):
        path = csv(tmp_path / "w.csv", HEADERS, ["韦一", id_number("20180602"), "", "基隆村"])
        assert blank.load("workers", path)["rejected"] == 1

    @pytest.mark.parametrize(("born", "kept_as"), [("2002-06-02", "under_16"), ("2002-06-01", None)])
    def test_age_15(self, blank, tmp_path, born, kept_as):
        """Kept as a member of the household with a remark, and never sent to work."""
        summary = blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1", birth_date=born)]))
        assert (summary["accepted"], summary["rejected"]) == (1, 0)
        assert bool(remarks(summary)) == (kept_as is not None)
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", [vacancy("v1")]))
        (listed,) = blank.ok("recommend", "--worker", "w1", *DAY, "--refused").json["lists"]
        assert bool(listed["items"]) == (kept_as is None)
        if kept_as:
            assert kept_as in {r["rule_id"] for pair in listed["refused"] for r in pair["reasons"]}

    def test_a_person_eligible_nowhere(self, blank, tmp_path):
        person = worker("w1", labour_ability="none", birth_date="1980-01-01")
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [person]))
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", [vacancy(f"v{n}") for n in range(3)]))
        (listed,) = blank.ok("recommend", "--worker", "w1", *DAY, "--refused").json["lists"]
        assert listed["items"] == []
        assert len(listed["refused"]) == 3
        assert all(pair["smallest_change"] for pair in listed["refused"])

    def test_a_village_that_moved_to_another_county(self, blank, tmp_path):
        """Liujiang county became a district: its old code and name lead to the present one, and that is said."""
        rows = [["w1", "广西柳州市柳江县拉堡镇基隆村"], ["w2", "柳江县"]]
        summary = blank.load("workers", csv(tmp_path / "w.csv", ["worker_id", "居住地"], *rows))
        assert summary["rejected"] == 0
        assert [told["place_code"][:6] for told in blank.objects("workers")] == ["450206", "450206"]
        by_code = blank.load("workers", csv(tmp_path / "c.csv", ["worker_id", "place_code"], ["w3", "450221"]))
        assert by_code["repaired"] == 1
        (problem,) = by_code["problems"]
        assert "450206" in problem["expected"]
        assert {told["worker_id"]: told["place_code"] for told in blank.objects("workers")}["w3"] == "450206"

    def test_a_township_that_went_to_another_county(self, blank, tmp_path):
        """洛满 left Liujiang for Liunan: a row that still says Liujiang is not put anywhere silently."""
        path = csv(tmp_path / "w.csv", ["worker_id", "居住地"], ["w1", "柳州市柳江县洛满镇"])
        summary = blank.load("workers", path)
        if summary["rejected"]:
            assert errors(summary)[0]["found"] == "柳州市柳江县洛满镇"
        else:
            (told,) = blank.objects("workers")
            assert told["place_code"].startswith("450204")
            assert summary["problems"], "that the county changed is said"

    @pytest.mark.parametrize("place", ["火星基地", "村", "？？", "12"])
    def test_an_unknown_place(self, blank, tmp_path, place):
        summary = blank.load("workers", csv(tmp_path / "w.csv", ["worker_id", "居住地"], ["w1", place]))
        assert summary["rejected"] == 1
        (problem,) = errors(summary)
        assert (problem["column"], problem["found"]) == ("居住地", place)
        assert problem["fix"]


class TestAdverts:
    HEAD = ("岗位名称", "工作地点", "招聘人数", "工资待遇", "截止日期", "岗位职责")

    def post(self, blank, tmp_path, *cells):
        return blank.load("vacancies", csv(tmp_path / "v.csv", self.HEAD, cells))

    def test_a_wage_whose_lower_end_is_the_higher(self, blank, tmp_path):
        summary = self.post(blank, tmp_path, "缝纫工", "柳江区", "2", "2000~300", "", "")
        assert summary["rejected"] == 1
        (problem,) = errors(summary)
        assert (problem["column"], problem["found"]) == ("工资待遇", "2000~300")

    def test_a_deadline_of_1970(self, blank, tmp_path):
        """A zero that became a date is no deadline: it is taken out and said, the advert stays."""
        summary = self.post(blank, tmp_path, "缝纫工", "柳江区", "2", "3000", "1970-01-01", "")
        assert (summary["rejected"], summary["accepted"] + summary["repaired"]) == (0, 1)
        assert any(problem["found"].startswith("1970") for problem in summary["problems"])
        (told,) = blank.objects("vacancies")
        assert "valid_to" not in told
        assert not told.get("publish_bars")

    @pytest.mark.parametrize("title", ["缝纫工、保安员", "电焊工/叉车司机"])
    def test_two_trades_in_one_advert(self, blank, tmp_path, title):
        summary = self.post(blank, tmp_path, title, "柳江区", "2", "3000", "", "")
        assert summary["rejected"] == 0
        assert any(remark["column"] == "岗位名称" and "拆成" in remark["fix"] for remark in remarks(summary))

    def test_an_unknown_place(self, blank, tmp_path):
        summary = self.post(blank, tmp_path, "缝纫工", "火星", "2", "3000", "", "")
        assert summary["rejected"] == 1
        assert errors(summary)[0]["column"] == "工作地点"

    def test_no_openings(self, blank, tmp_path):
        """From a sheet a 0 is a slip; as an object it may stand and is never listed."""
        assert self.post(blank, tmp_path, "缝纫工", "柳江区", "0", "3000", "", "")["rejected"] == 1
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", [vacancy("v0", headcount=0), vacancy("v1")]))
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]))
        (listed,) = blank.ok("recommend", "--worker", "w1", *DAY).json["lists"]
        assert [item["vacancy_id"] for item in listed["items"]] == ["v1"]

    def test_age_conditions_of_column_and_text_that_contradict(self, blank, tmp_path):
        path = csv(
            tmp_path / "v.csv",
            ["岗位名称", "工作地点", "年龄要求", "岗位职责"],
            ["缝纫工", "柳江区", "18-45岁", "要求年龄35岁以下"],
        )
        summary = blank.load("vacancies", path)
        assert summary["rejected"] == 0
        (told,) = blank.objects("vacancies")
        assert (told["age_min"], told["age_max"], told["text_age_max"]) == (18, 45, 35)
        assert any("不一致" in remark["fix"] for remark in remarks(summary))


class TestRejects:
    """Rejected rows come back as a workbook with a 原因 column and re-import clean after mending."""

    def test_mended_rows_come_in(self, blank, tmp_path):
        good, wrong = id_number("19800315", 1), id_number("19750101", 2)
        path = xlsx(
            tmp_path / "w.xlsx",
            ["某镇劳动力台账", None, None, None],
            HEADERS,
            ["韦一", good, "13900000001", "基隆村"],
            ["韦二", wrong[:-1] + "*", "13900000002", "基隆村"],
            ["韦三", id_number("19700101", 3), "1390000", "没有这个村"],
        )
        rejects = tmp_path / "rejects.xlsx"
        first = blank.load("workers", path, "--rejects", rejects)
        assert (first["accepted"], first["rejected"]) == (1, 2)
        book = openpyxl.load_workbook(rejects)
        sheet = book.active
        header = {cell.value: cell.column for cell in sheet[1]}
        assert "原因" in header
        assert set(HEADERS) <= set(header)
        assert sheet.max_row == 3
        assert [sheet.cell(row, header["姓名"]).value for row in (2, 3)] == ["韦二", "韦三"]
        reasons = [sheet.cell(row, header["原因"]).value for row in (2, 3)]
        assert "身份证号" in reasons[0]
        assert "联系电话" in reasons[1]
        assert "村" in reasons[1], "every fault of a row at once"
        sheet.cell(2, header["身份证号"]).value = wrong
        sheet.cell(3, header["联系电话"]).value = "13900000003"
        sheet.cell(3, header["村"]).value = "基隆村"
        book.save(rejects)
        second = blank.load("workers", rejects)
        assert (second["rows"], second["accepted"], second["rejected"]) == (2, 2, 0), second["problems"]
        assert second["unread_columns"] == []
        assert sorted(told["name"] for told in blank.objects("workers")) == ["韦一", "韦三", "韦二"]

    def test_unmended_they_are_refused_again_for_the_same_reason(self, blank, tmp_path):
        path = csv(tmp_path / "w.csv", HEADERS, ["韦一", "123", "", "基隆村"])
        rejects, again = tmp_path / "rejects.xlsx", tmp_path / "again.xlsx"
        first = blank.load("workers", path, "--rejects", rejects)
        second = blank.load("workers", rejects, "--rejects", again)
        assert [p["found"] for p in errors(first)] == [p["found"] for p in errors(second)]
        assert _rows(again) == _rows(rejects)

    @pytest.mark.parametrize("kind", ["vacancies", "employers", "households", "plots", "placements"])
    def test_every_kind_gives_its_rejects_back(self, blank, tmp_path, kind):
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]))
        wrong, right = {
            "vacancies": ({"title": "缝纫工", "place_code": "450206", "headcount": "many"}, {"headcount": "3"}),
            "employers": ({"name": "某厂", "place_code": "火星"}, {"place_code": "450206"}),
            "households": ({"household_id": "h1", "able_members": "two"}, {"able_members": "2"}),
            "plots": ({"plot_id": "p1", "site_code": VILLAGE, "area_mu": "big"}, {"area_mu": "0.5"}),
            "placements": ({"placement_id": "x1", "worker_id": "w1", "start": "soon"}, {"start": "2018-05-01"}),
        }[kind]
        path = csv(tmp_path / "bad.csv", list(wrong), list(wrong.values()))
        rejects = tmp_path / "rejects.xlsx"
        assert blank.load(kind, path, "--rejects", rejects)["rejected"] == 1
        book = openpyxl.load_workbook(rejects)
        for cell in book.active[1]:
            if cell.value in right:
                book.active.cell(2, cell.column).value = right[cell.value]
        book.save(rejects)
        mended = blank.load(kind, rejects)
        assert (mended["accepted"], mended["rejected"]) == (1, 0), mended["problems"]

    def test_of_objects_too(self, blank, tmp_path):
        path = jsonl(tmp_path / "w.jsonl", [worker("w1", education="doctor", consent={"plot": True})])
        rejects = tmp_path / "rejects.xlsx"
        assert blank.load("workers", path, "--rejects", rejects)["rejected"] == 1
        book = openpyxl.load_workbook(rejects)
        column = next(cell.column for cell in book.active[1] if cell.value == "education")
        book.active.cell(2, column).value = "junior"
        book.save(rejects)
        mended = blank.load("workers", rejects)
        assert (mended["accepted"], mended["rejected"]) == (1, 0), mended["problems"]
        (told,) = blank.objects("workers")
        assert told["consent"] == {"plot": True}
        assert told["trades"] == ["缝纫工"]

    def test_a_workbook_without_rejects_is_still_written(self, blank, tmp_path):
        rejects = tmp_path / "rejects.xlsx"
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]), "--rejects", rejects)
        assert openpyxl.load_workbook(rejects).sheetnames == ["没有错误行"]

    def test_rejects_that_cannot_be_written_stop_the_import(self, blank, tmp_path):
        path = csv(tmp_path / "w.csv", HEADERS, ["韦一", id_number(), "", "基隆村"])
        refused = blank("import", "workers", path, *DAY, "--rejects", tmp_path / "no" / "rejects.xlsx")
        assert refused.code == 2
        assert blank.objects("workers") == []


FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")']


class TestFormulas:
    """What a spreadsheet would run is text in every file we write, and reads back as it was."""

    @pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
    def test_exports(self, blank, tmp_path, form):
        people = [worker(f"w{n}", name=f"{text}韦", trades=[text]) for n, text in enumerate(FORMULAS)]
        summary = blank.load("workers", jsonl(tmp_path / "w.jsonl", people))
        assert summary["rejected"] == 0, summary["problems"]
        before = blank.objects("workers")
        path = tmp_path / f"out.{form}"
        blank.ok("export", "workers", path)
        if form == "csv":
            import csv as csv_reader

            with path.open(encoding="utf-8-sig", newline="") as file:
                cells = [cell for row in csv_reader.reader(file) for cell in row]
            assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell[:1]]
        elif form == "xlsx":
            book = openpyxl.load_workbook(path)
            assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}
            assert all(cell.hyperlink is None for row in book.active.iter_rows() for cell in row)
        again = blank.load("workers", path)
        assert again["unchanged"] == len(FORMULAS), again["problems"]
        assert blank.objects("workers") == before

    def test_the_rejects_workbook(self, blank, tmp_path):
        rows = [[text.replace(",", ""), "123", "", "基隆村"] for text in FORMULAS if '"' not in text]
        rejects = tmp_path / "rejects.xlsx"
        summary = blank.load("workers", csv(tmp_path / "w.csv", HEADERS, *rows), "--rejects", rejects)
        assert summary["rejected"] == len(rows)
        sheet = openpyxl.load_workbook(rejects).active
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
        assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)


def _rows(path):
    return [tuple(cell.value for cell in row) for row in openpyxl.load_workbook(path).active.iter_rows()]
