"""`matcher dispatch`: who is sent, in units with their leaders, on buses, by stops; and who is never sent."""

from __future__ import annotations

import msgspec
import pytest
from command_line import ON, jsonl, vacancy, worker

CHANNEL = "other_labour_export"
YES = {"consent": {"share_with_employer": True}}
DAY = ("--on", ON, "--jurisdiction", "hekou_2018")
PLACE = "450206102"


def dispatched(office, *options):
    """Run `dispatch`; the object it prints."""
    return msgspec.json.decode(office.ok("dispatch", *DAY, *options).out)


def sent(told):
    return {person["worker_id"]: person for unit in told["units"] for person in unit["people"]}


@pytest.fixture(scope="module")
def people():
    """Sixty of two villages, and some who are not to be sent."""
    homes = [PLACE + ("201" if n < 40 else "202") for n in range(60)]
    found = [worker(f"w{n:02d}", **YES, place_code=home) for n, home in enumerate(homes)]
    return [
        *found,
        worker("asked_nothing"),
        worker("unknown", **YES, birth_date=None),
        worker("no_wish", **YES, wish_to_work=False),
    ]


@pytest.fixture
def office(blank, tmp_path, people):
    """The people, and two posts for sixty and for three."""
    posts = [vacancy(name, channel=CHANNEL, headcount=n, age_max=60) for name, n in (("big", 60), ("small", 3))]
    blank.load("workers", jsonl(tmp_path / "w.jsonl", people))
    blank.load("vacancies", jsonl(tmp_path / "v.jsonl", posts))
    return blank


def test_sixty_go_in_two_classes_to_be_reviewed_and_couples_stay_together(office):
    # Forty of one village, and one who goes along.
    told = dispatched(office, "--vacancy", "big", "--together", "w00,w59", "--bus-seats", "33")
    assert (told["n_sent"], [unit["n"] for unit in told["units"]], told["gap"]) == (60, [41, 19], 0), (
        "40 of one village, one who goes along"
    )
    assert {unit["name"] for unit in told["units"]} == {"班"}
    assert all("由县里定" not in unit["leader"] for unit in told["units"])
    assert told["review"]
    assert "三(二)3" in told["source"]
    assert [bus["n"] for bus in told["buses"]] == [30, 30]
    assert sum(stop["n"] for bus in told["buses"] for stop in bus["stops"]) == 60
    people = sent(told)
    assert len(people) == 60
    assert {(people[one]["bus"], people[one]["stop"]) for one in ("w00", "w59")} == {(1, people["w00"]["stop"])}
    why = {row["worker_id"]: row["reasons"][0]["rule_id"] for row in told["unplaced"]}
    assert why == {"asked_nothing": "consent", "unknown": "unknown"}


def test_sixty_under_one_leader_are_refused_with_the_clause(office):
    refused = office("dispatch", *DAY, "--vacancy", "big", "--one-unit")
    assert refused.code == 1
    assert refused.out == b""
    assert "60人" in refused.err
    assert "三(二)3" in refused.err


def test_a_group_of_three_has_the_leader_of_a_small_one_and_the_same_seed_the_same_people(office):
    told = dispatched(office, "--vacancy", "small", "--region", f"{PLACE}202")
    (unit,) = told["units"]
    assert (unit["name"], unit["n"]) == ("组", 3)
    assert {person["place"] for person in unit["people"]} == {unit["people"][0]["place"]}
    assert dispatched(office, "--vacancy", "small", "--region", f"{PLACE}202") == told
    assert {row["reasons"][0]["rule_id"] for row in told["unplaced"] if row["worker_id"].startswith("w")} == {"full"}


def test_turning_everybodys_sex_round_sends_the_same_people_in_the_same_seats(office, people, tmp_path):
    asked = ("--vacancy", "big", "--vacancy", "small", "--together", "w00,w59")
    before = dispatched(office, *asked)
    for sexes in (("female", "male"), ("male", "female")):
        turned = [one | {"sex": sexes[n % 2]} for n, one in enumerate(people)]
        office.load("workers", jsonl(tmp_path / "turned.jsonl", turned))
        assert dispatched(office, *asked) == before


def test_an_order_or_posts_and_nothing_unknown(office):
    assert office("dispatch", *DAY).code == 2
    assert office("dispatch", *DAY, "--vacancy", "big", "--order", "o").code == 2
    assert office("dispatch", *DAY, "--vacancy", "nobody").code == 1
    assert office("dispatch", *DAY, "--order", "nobody").code == 1
    assert office("dispatch", *DAY, "--vacancy", "big", "--together", "w00,ghost").code == 1
