"""`matcher sms` from plan to placed on one home, by the file gateway: nothing is printed that names a number."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from command_line import COUNTY, SEASON, Office, jsonl

from matcher.messaging.season import season_of
from matcher.messaging.sending import standard_rules
from matcher.services.messages.desk import season_name

DAY = "2018-03-05"
# Rosters come in today, by the clock of the machine: later answers are later than that.
LATER, LATEST = "2099-01-01", "2099-01-02"
NUMBER = re.compile(r"1[3-9]\d{9}")


@pytest.fixture
def office(county) -> Office:
    """The small county with posts and a plan on a day of the season of texts."""
    posts = [
        {"vacancy_id": f"home-{n}", "title": title, "channel": "workshop", "place_code": "450206", "headcount": 9,
         "wage_low_yuan_month": 3200, "valid_from": "2018-01-01", "valid_to": "2018-12-31"}
        for n, title in enumerate(("缝纫工", "包装工", "组装工", "质检员"))
    ]  # fmt: skip
    county.load("vacancies", jsonl(county.home / "posts.jsonl", posts))
    county.ok("plan", "--season", SEASON, "--on", DAY, "--jurisdiction", COUNTY, "--out", county.home / "plan.jsonl")
    return county


def plan(office, *more):
    return office("sms", "plan", "--on", DAY, "--jurisdiction", COUNTY, *more)


def test_a_sending_is_planned_released_by_two_and_taken_back(office, tmp_path):
    (office.home / "sending.toml").write_text("[release]\ntwo_people_above = 1\n", encoding="utf-8")
    made = plan(office, "--people", 5, "--out", tmp_path / "texts.jsonl")
    assert made.code == 0, made.err
    assert made.json["n_planned"] > 1
    assert made.json["needs_two"] is True
    assert sum(row["n"] for row in made.json["held"]) == made.json["n_held"] > 0
    lines = [json.loads(line) for line in (tmp_path / "texts.jsonl").read_text("utf-8").splitlines()]
    texts = [line for line in lines[1:] if "body" in line]
    assert len(texts) == made.json["n_planned"]
    assert all(line["n_units"] <= 134 and line["n_parts"] <= 2 for line in texts)
    assert not NUMBER.search((tmp_path / "texts.jsonl").read_text("utf-8"))
    sending = made.json["sending_id"]
    once = office.ok("sms", "send", "--release", sending, "--by", "a", "--on", DAY).json
    assert once["state"] == "waiting"
    assert office("sms", "send", "--release", sending, "--by", "a", "--on", DAY).code == 1
    assert office.ok("sms", "send", "--release", sending, "--by", "b", "--on", DAY).json["state"] == "released"
    assert office.ok("sms", "send", "--pause", sending, "--why", "看错", "--on", DAY).json["state"] == "paused"
    assert office.ok("sms", "send", "--cancel", sending, "--on", DAY).json["state"] == "cancelled"
    assert plan(office).code == 0  # nothing of today stands in the way any more


def test_a_trial_a_second_one_and_a_day_between_the_seasons(office):
    assert plan(office, "--trial", "--people", 2).json["state_label"] == "试排"
    assert plan(office, "--people", 2).code == 0
    again = plan(office, "--people", 2)
    assert (again.code, "今天已经排过" in again.err) == (1, True)
    window = season_of(date.fromisoformat(DAY), standard_rules())
    assert plan(office, "--again", "--people", 2, "--season", season_name(window)).code == 0
    assert plan(office, "--again", "--season", "2018-01-01/2018-02-01").code == 2
    june = office.ok("sms", "plan", "--on", "2018-06-01", "--jurisdiction", COUNTY)
    assert june.json["sending_id"] is None
    assert "返乡季" in june.json["note"]


@pytest.mark.parametrize(
    "asked",
    [
        ("send", "--release"),
        ("send", "--resume"),
        ("send", "--cancel"),
        ("send", "--why", "看错", "--pause"),
        ("status", "--sending"),
    ],
    ids=lambda asked: asked[-1],
)
def test_a_sending_nobody_knows_is_told_in_chinese_with_the_way_to_its_id(office, asked):
    refused = office("sms", *asked, "s-0000", "--on", DAY)
    assert (refused.code, refused.out) == (1, b"")
    assert "没有这一批短信" in refused.err
    assert "matcher sms status" in refused.err
    assert "no sending" not in refused.err


def test_the_figures_hold_no_number_and_no_word_of_a_text(office):
    sending = plan(office, "--people", 3).json["sending_id"]
    for answer in (
        office.ok("sms", "status", "--on", DAY),
        office.ok("sms", "status", "--sending", sending, "--on", DAY),
        office.ok("sms", "calls", "--on", DAY),
        office.ok("sms", "returns", "--on", DAY),
    ):
        assert not NUMBER.search(answer.text)
        assert "您好" not in answer.text
    assert office("sms", "status", "--sending", "s-none").code == 1


def test_a_consent_is_noted_shown_and_taken_back(office):
    (worker, *_) = (one["worker_id"] for one in office.objects("workers"))
    told = office.ok("sms", "consent", worker, "--yes", "--where", "村委会", "--channel", "paper", "--on", LATER).json
    assert (told["agreed"], told["answers"][0]["where"]) == (True, "村委会")
    assert office.ok("sms", "consent", worker, "--no", "--on", LATEST).json["agreed"] is False
    assert len(office.ok("sms", "consent", worker, "--on", LATEST).json["answers"]) >= 2
    assert office("sms", "consent", "nobody", "--yes").code == 1


def test_who_came_home_is_noted_and_listed(office):
    (worker, *_) = (one["worker_id"] for one in office.objects("workers"))
    arguments = (
        "sms",
        "returns",
        "--worker",
        worker,
        "--returned-on",
        "2018-03-04",
        "--wish",
        "near_home",
        "--on",
        DAY,
    )
    assert office.ok(*arguments).json["returned_on"] == "2018-03-04"
    assert office.ok("sms", "returns", "--on", DAY).json["n"] == 1
    assert office("sms", "returns", "--worker", worker, "--wish", "fly", "--on", DAY).code == 1


def test_texts_and_what_the_carrier_says_of_them(office):
    rows = office.ok("sms", "texts").json
    assert {row["state"] for row in rows} == {"draft"}
    assert all(row["worst_units"] <= row["room"] for row in rows)
    assert office("sms", "template", "approve", "shortlist_3", 1).code == 1
    assert office.ok("sms", "template", "submit", "shortlist_3", 1).json["state"] == "submitted"
    assert office.ok("sms", "template", "reject", "shortlist_3", 1).json["in_use"] is False
    refused = office("sms", "template", "submit", "nothing", 1)
    assert (refused.code, "没有第1版" in refused.err, "matcher sms texts" in refused.err) == (1, True, True)
    (office.home / "templates.toml").write_text("signature = '★'\n", encoding="utf-8")
    assert office("sms", "texts").code == 1


def test_plan_b_is_a_workbook(office, tmp_path):
    told = office.ok(
        "sms", "plan", "--paper", tmp_path / "b.xlsx", "--people", 5, "--on", DAY, "--jurisdiction", COUNTY
    )
    assert told.json["people"] > 0
    assert (tmp_path / "b.xlsx").read_bytes()[:2] == b"PK"


def test_sending_and_receiving_go_through_the_file_gateway(office):
    sending = plan(office, "--people", 3).json["sending_id"]
    office.ok("sms", "send", "--release", sending, "--on", DAY)
    sent = office.ok("sms", "send", "--on", DAY).json
    status = office.ok("sms", "status", "--on", DAY).json["sendings"][0]
    # At night nothing goes out; by day all of it does.
    assert sent["n_accepted"] in (0, 3)
    assert status["n_sent"] == sent["n_accepted"]
    assert office.ok("sms", "receive", "--on", DAY).json["n_replies"] == 0
