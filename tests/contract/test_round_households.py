"""A household's one plot in single answers: who has waited longest is offered it, whoever of them is asked about."""

from __future__ import annotations

import msgspec
import pytest
from command_line import ON, VILLAGE, jsonl, vacancy, worker

DAY = ("--on", ON, "--jurisdiction", "liujiang_2018")
HARD = {"value": True, "by": "村委会", "on": "2018-03-01", "grounds": "多次应聘未成"}


def person(worker_id, wished, **fields):
    return worker(
        worker_id, birth_date="1968-03-01", registered_poor=True, off_farm_hard=HARD, household_id="h1",
        consent={"plot": True, "plot_on": wished}, **fields,
    )  # fmt: skip


def loaded(office, tmp_path, *people):
    office.load(
        "households",
        jsonl(tmp_path / "h.jsonl", [{"household_id": name, "holds_plot": False} for name in ("h1", "h2")]),
    )
    office.load("workers", jsonl(tmp_path / "w.jsonl", people))
    plot = vacancy("plot", channel="micro_farm", place_code=VILLAGE, headcount=3)
    office.load("vacancies", jsonl(tmp_path / "v.jsonl", [vacancy("v1"), plot]))


def route(office, worker_id):
    """The route in the list and in the explanation of a pair, which must be one."""
    (listed,) = office.ok("recommend", "--worker", worker_id, *DAY).json["lists"][0]["routes"]
    (told,) = office.ok("explain", "--worker", worker_id, "--vacancy", "v1", *DAY).json["routes"]
    assert told == listed
    return listed


@pytest.fixture
def two(blank, tmp_path):
    loaded(blank, tmp_path, person("late", "2018-04-01"), person("early", "2018-03-01"))
    return blank


def test_the_one_who_waited_longest_is_offered_it_and_the_other_not(two):
    assert route(two, "early")["outcome"] == "offer_priority"
    late = route(two, "late")
    assert (late["reasons"], late["first"]) == (["household_member_offered"], False)
    assert not late["outcome"].startswith("offer")


def test_who_said_no_or_lives_elsewhere_takes_nothing(two, tmp_path):
    said_no = {"worker_id": "early", "consent": {"plot": False}}
    two.load("workers", jsonl(tmp_path / "no.jsonl", [said_no]))
    assert route(two, "late")["outcome"] == "offer_priority"
    moved = {"worker_id": "early", "consent": {"plot": True, "plot_on": "2018-03-01"}, "household_id": "h2"}
    two.load("workers", jsonl(tmp_path / "moved.jsonl", [moved]))
    assert route(two, "late")["outcome"] == route(two, "early")["outcome"] == "offer_priority"


def test_a_household_that_holds_a_plot_is_offered_none(two, tmp_path):
    two.load("households", jsonl(tmp_path / "holds.jsonl", [{"household_id": "h1", "holds_plot": True}]))
    assert [route(two, name)["reasons"] for name in ("early", "late")] == [["household_holds_plot"]] * 2


def test_both_answers_are_given_again_after_the_household_changed(two, tmp_path):
    answers = [two.ok("recommend", "--worker", name, *DAY).out for name in ("early", "late")]
    two.load("workers", jsonl(tmp_path / "no.jsonl", [{"worker_id": "early", "consent": {"plot": False}}]))
    assert route(two, "late")["outcome"] == "offer_priority"
    for answer in answers:
        assert two.ok("replay", msgspec.json.decode(answer)["decision_id"]).out == answer


def test_another_of_the_household_is_part_of_what_the_answer_rests_on(two, tmp_path):
    before = two.ok("recommend", "--worker", "late", *DAY).json["decision_id"]
    two.load(
        "workers",
        jsonl(tmp_path / "w.jsonl", [{"worker_id": "early", "consent": {"plot": True, "plot_on": "2018-03-02"}}]),
    )
    assert two.ok("recommend", "--worker", "late", *DAY).json["decision_id"] != before
