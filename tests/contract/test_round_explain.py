"""One pair through the command line: every rule, and the same numbers as in the list."""

from __future__ import annotations

from collections import Counter

import pytest
from command_line import jsonl, vacancy, worker
from list_items import DAY, check_item


class TestExplain:
    def test_it_agrees_with_the_list_on_every_pair(self, readable_county, records):
        verdicts = Counter()
        people = [w for w in records.workers if w.wish_to_work is not False][:3]
        posts = {v.vacancy_id: v for v in records.vacancies if v.channel != "micro_farm"}
        for person in people:
            (listed,) = readable_county.ok(
                "recommend", "--worker", person.worker_id, *DAY, "--top", "1000", "--refused"
            ).json["lists"]
            items = {item["vacancy_id"]: item for item in listed["items"]}
            refused = {pair["vacancy_id"]: pair for pair in listed["refused"]}
            assert items.keys() | refused.keys() <= posts.keys()
            assert not items.keys() & refused.keys()
            for vacancy_id in sorted(posts):
                told = readable_county.ok("explain", "--worker", person.worker_id, "--vacancy", vacancy_id, *DAY).json
                verdicts[told["verdict"]] += 1
                if vacancy_id in items:
                    assert told["verdict"] == items[vacancy_id]["verdict"]
                    # A pair by itself has no place in a list.
                    check_item({"rank": 1} | told, explained=True)
                    same = ("fit", "p_apply", "p_hire", "p_keep", "questions", "household_factor", "slot_price")
                    assert [told[name] for name in same] == [items[vacancy_id][name] for name in same]
                elif vacancy_id in refused:
                    assert told["verdict"] == "no"
                    assert told["reasons"] == refused[vacancy_id]["reasons"]
                    assert told["smallest_change"] == refused[vacancy_id]["smallest_change"]
                else:
                    # Refused pairs beyond the most that one answer carries.
                    assert told["verdict"] == "no"
                    assert len(refused) == 50
        assert verdicts.keys() == {"yes", "unknown", "no"}

    @pytest.mark.parametrize(
        ("change", "verdict", "rule"),
        [({}, "yes", None), ({"night_shift": None}, "yes", None), ({"age_max": 30}, "no", "age_max")],
    )
    def test_every_rule_is_told(self, blank, tmp_path, change, verdict, rule):
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]))
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", [vacancy("v1", **change)]))
        told = blank.ok("explain", "--worker", "w1", "--vacancy", "v1", *DAY).json
        assert told["verdict"] == verdict
        assert {finding["rule_id"] for finding in told["findings"]} >= {"age_max", "travel_range", "validity", "filled"}
        assert all(finding["outcome"] in ("yes", "no", "unknown") for finding in told["findings"])
        assert told["explanation"]["stages"]
        if rule:
            assert rule in {reason["rule_id"] for reason in told["reasons"]}
            assert told["smallest_change"]
        else:
            assert "reasons" not in told

    @pytest.mark.parametrize(
        ("change", "term", "sentence"),
        [
            ({"education_min": "university"}, "education", "登记的学历低于岗位要求"),
            ({"place_code": "441900"}, "travel_margin", "超出您愿意去的范围"),
        ],
    )
    def test_no_part_of_the_fit_contradicts_the_refusal(self, blank, tmp_path, change, term, sentence):
        person = worker("w1", education="primary", travel_range="county")
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [person]))
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", [vacancy("v1", **change)]))
        told = blank.ok("explain", "--worker", "w1", "--vacancy", "v1", *DAY).json
        assert told["verdict"] == "no"
        parts = [part for stage in told["explanation"]["stages"] for part in stage["contributions"]]
        of_term = [part for part in parts if part["term"] == term]
        assert {part["sentence"] for part in of_term} <= {sentence}
        assert all(part["value"] < 0 for part in of_term), "what refuses a pair is no merit; a zero is not told"

    def test_an_open_question_is_told_with_the_question(self, blank, tmp_path):
        person = worker("w1")
        del person["birth_date"]
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [person]))
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", [vacancy("v1", age_max=45)]))
        told = blank.ok("explain", "--worker", "w1", "--vacancy", "v1", *DAY).json
        assert told["verdict"] == "unknown"
        assert told["questions"]
        unknown = [finding for finding in told["findings"] if finding["outcome"] == "unknown"]
        assert unknown

    def test_it_is_not_a_decision(self, readable_county, records):
        told = readable_county.ok(
            "explain", "--worker", records.workers[1].worker_id, "--vacancy", records.vacancies[0].vacancy_id, *DAY
        ).json
        assert "decision_id" not in told
