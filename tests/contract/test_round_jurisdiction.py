"""Whose order counts when nobody says: never changed by one person from elsewhere without a word about it."""

from __future__ import annotations

import msgspec
import pytest
from command_line import ON, SEASON, call, jsonl, vacancy, worker

SEVERAL = "2个县区（110101、450206）"
LOCAL = [worker(f"w{n}", registered_poor=n == 0) for n in range(3)]
STRANGER = worker("stranger", place_code="110101")


@pytest.fixture
def mixed(blank, tmp_path):
    """An office whose roster holds three people of the county and one from elsewhere."""
    blank.load("workers", jsonl(tmp_path / "w.jsonl", [*LOCAL, STRANGER]))
    posts = [vacancy("here"), vacancy("there", place_code="441900"), vacancy("plot", channel="micro_farm")]
    blank.load("vacancies", jsonl(tmp_path / "v.jsonl", posts))
    return blank


def match(tmp_path, people, **fields):
    path = tmp_path / "input.json"
    path.write_bytes(msgspec.json.encode({"on": ON, "workers": people, "vacancies": [vacancy("v1")], **fields}))
    return call("--home", tmp_path / "no-home", "match", "--input", path).json


class TestMatch:
    def test_one_county_is_bound_by_its_document(self, tmp_path):
        told = match(tmp_path, LOCAL)
        assert (told["jurisdiction"], told["warnings"]) == ("liujiang_2018", [])

    def test_one_person_from_elsewhere_changes_the_order_and_the_answer_says_so(self, tmp_path):
        told = match(tmp_path, [*LOCAL, STRANGER])
        assert told["jurisdiction"] == "standard"
        assert told["pack"].startswith("standard@")
        (warning,) = told["warnings"]
        assert SEVERAL in warning

    def test_who_names_the_jurisdiction_is_not_warned(self, tmp_path):
        told = match(tmp_path, [*LOCAL, STRANGER], jurisdiction="liujiang_2018")
        assert (told["jurisdiction"], told["warnings"]) == ("liujiang_2018", [])


class TestCandidates:
    def test_the_county_of_the_post_orders_whoever_stands_in_the_roster(self, mixed):
        told = mixed.ok("candidates", "--vacancy", "here", "--on", ON).json
        assert (told["jurisdiction"], told["warnings"]) == ("liujiang_2018", [])
        assert {item["worker_id"]: item["tier"] for item in told["lists"][0]["items"]} == {
            "w0": 1, "w1": 2, "w2": 2, "stranger": 2,
        }  # fmt: skip
        named = mixed.ok("candidates", "--vacancy", "here", "--on", ON, "--jurisdiction", "liujiang_2018").json
        assert named["lists"] == told["lists"]

    @pytest.mark.parametrize("form", ["jsonl", "csv", "table"])
    def test_a_post_in_a_county_without_a_document_says_so(self, mixed, form):
        told = mixed.ok("candidates", "--vacancy", "there", "--on", ON)
        assert told.json["jurisdiction"] == "standard"
        (warning,) = told.json["warnings"]
        assert told.err == ""
        assert warning in mixed.ok("candidates", "--vacancy", "there", "--on", ON, "--format", form).err

    def test_the_answer_is_given_again(self, mixed):
        told = mixed.ok("candidates", "--vacancy", "here", "--on", ON)
        assert mixed.ok("replay", told.json["decision_id"]).out == told.out


class TestPlan:
    def plan(self, office, *options):
        out = office.home / "plan.jsonl"
        answer = office.ok("plan", "--season", SEASON, "--on", ON, "--out", out, *options)
        first, *lists = (msgspec.json.decode(line) for line in out.read_bytes().splitlines())
        assert {entry["worker_id"] for entry in lists} == {"w0", "w1", "w2", "stranger"}
        return first, answer.err

    def test_people_of_several_counties_are_planned_for_with_a_warning(self, mixed):
        first, told = self.plan(mixed)
        assert first["pack"].startswith("standard@")
        (warning,) = first["warnings"]
        assert SEVERAL in warning
        assert warning in told

    def test_a_named_jurisdiction_orders_them_all(self, mixed):
        first, told = self.plan(mixed, "--jurisdiction", "liujiang_2018")
        assert first["pack"].startswith("liujiang_2018@")
        assert first["warnings"] == []
        assert SEVERAL not in told
