"""Lists as rows for a person or a spreadsheet: nothing that was asked for is missing, an empty list says why."""

from __future__ import annotations

import csv

import msgspec
import pytest
from command_line import COUNTY, ON, VILLAGE, jsonl, vacancy, worker

DAY = ("--on", ON, "--jurisdiction", COUNTY)
PLOT_NOTE = "地块按微田园办法安排，不作岗位推荐"


@pytest.fixture
def office(blank, tmp_path):
    blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]))
    posts = [
        vacancy("open"),
        vacancy("young", age_max=30, education_min="college"),
        vacancy("plot", channel="micro_farm", place_code=VILLAGE),
    ]
    blank.load("vacancies", jsonl(tmp_path / "v.jsonl", posts))
    return blank


class TestRefused:
    def asked(self, office, form, *options):
        return office.ok("recommend", "--worker", "w1", *DAY, "--format", form, *options)

    def test_jsonl_has_a_row_for_each_pair_of_the_answer(self, office):
        (entry,) = self.asked(office, "json", "--refused").json["lists"]
        rows = self.asked(office, "jsonl", "--refused").lines
        assert [(row["worker_id"], row["vacancy_id"], row["verdict"]) for row in rows] == [
            ("w1", "open", "yes"),
            ("w1", "young", "no"),
        ]
        for row, pair in zip(rows, [*entry["items"], *entry["refused"]], strict=True):
            assert pair.items() <= row.items()
            assert not row.keys() & {"items", "refused"}

    def test_csv_holds_the_reasons_and_what_would_open_the_pair(self, office):
        listed, refused = csv.DictReader(self.asked(office, "csv", "--refused").text.splitlines())
        assert (listed["reasons"], listed["rank"]) == ("", "1")
        assert (refused["vacancy_id"], refused["verdict"], refused["rank"]) == ("young", "no", "")
        reasons = msgspec.json.decode(refused["reasons"])
        assert [reason["rule_id"] for reason in reasons] == ["age_max", "education"]
        assert refused["smallest_change"]

    def test_the_table_says_them_in_words(self, office):
        (entry,) = self.asked(office, "json", "--refused").json["lists"]
        table = self.asked(office, "table", "--refused").text
        (refused,) = entry["refused"]
        assert "；".join(reason["sentence"] for reason in refused["reasons"]) in table
        assert refused["smallest_change"] in table
        assert "rule_id" not in table

    @pytest.mark.parametrize("form", ["jsonl", "csv", "table"])
    def test_nobody_sees_them_unasked(self, office, form):
        told = self.asked(office, form).text
        assert "open" in told
        assert "young" not in told
        assert "reasons" not in told


class TestPlot:
    def test_the_empty_list_of_a_plot_says_why(self, office):
        answer = office.ok("candidates", "--vacancy", "plot", *DAY)
        (entry,) = answer.json["lists"]
        assert (entry["items"], entry["note"]) == ([], PLOT_NOTE)
        for form in ("jsonl", "csv", "table"):
            assert PLOT_NOTE in office.ok("candidates", "--vacancy", "plot", *DAY, "--format", form).err
        assert office.ok("replay", answer.json["decision_id"]).out == answer.out

    def test_so_does_its_pair(self, office):
        explained = office.ok("explain", "--worker", "w1", "--vacancy", "plot", *DAY).json
        assert explained["note"] == PLOT_NOTE

    def test_a_post_has_no_such_note(self, office):
        assert "note" not in office.ok("candidates", "--vacancy", "open", *DAY).json["lists"][0]
        assert "note" not in office.ok("explain", "--worker", "w1", "--vacancy", "open", *DAY).json
