"""A vacancy's candidates through the command line, in the order of the design."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from command_line import COUNTY, ON, VILLAGE, jsonl, vacancy, worker
from list_items import DAY, HEADING, check_item, liujiang_tier, mean_bar

from matcher.records import MonitoredType


def standard_tier(person):
    """The card: relocated or any deep poverty flag; registered poor, out of poverty or monitored; others."""
    relocated = person.relocated or (person.relocated is None and person.relocation_site)
    deep = person.deep_poverty_village or person.deep_poverty_township or person.former_extreme_poverty
    if relocated or deep:
        return 0
    monitored = person.monitored_type not in (None, MonitoredType.NONE)
    return 1 if person.registered_poor or person.out_of_poverty or monitored else 2


BUSY = ("park_enterprise", "industry_host", "cooperative", "flexible_work")
"""Channels whose posts lie near and ask for little: many people may be sent there."""


@pytest.fixture(scope="module")
def busy(records):
    """Open vacancies without a reserve of the busy channels."""
    return [v for v in records.vacancies if v.channel in BUSY and not v.reserved_for and v.filled < v.headcount][2:8]


class TestCandidates:
    @pytest.mark.parametrize(("jurisdiction", "tier_of"), [(COUNTY, liujiang_tier), ("standard", standard_tier)])
    def test_the_order_is_that_of_the_design(self, readable_county, records, busy, jurisdiction, tier_of):
        people = {person.worker_id: person for person in records.workers}
        n_listed = 0
        for post in busy:
            answer = readable_county.ok(
                "candidates", "--vacancy", post.vacancy_id, "--on", ON, "--jurisdiction", jurisdiction, "--top", "1000",
                "--explain",
            ).json  # fmt: skip
            assert answer.keys() >= HEADING
            (listed,) = answer["lists"]
            items = listed["items"]
            for item in items:
                check_item(item, explained=True)
                assert "vacancy_id" not in item
                assert item["tier"] == tier_of(people[item["worker_id"]])
                assert mean_bar(item) >= 0.35 - 1e-9
            keys = [
                (item["verdict"] != "yes", -item["fit_band"], item["tier"], item["sub_tier"], -item["fit"],
                 -waiting(people[item["worker_id"]]))
                for item in items
            ]  # fmt: skip
            assert keys == sorted(keys)
            assert len({item["worker_id"] for item in items}) == len(items)
            assert len(items) + listed["n_below_floor"] == listed["n_yes"] + listed["n_unknown"]
            n_listed += len(items)
            short = readable_county.ok(
                "candidates", "--vacancy", post.vacancy_id, "--on", ON, "--jurisdiction", jurisdiction, "--top", "3"
            ).json["lists"][0]["items"]
            assert [item["worker_id"] for item in short] == [item["worker_id"] for item in items[:3]]
        assert n_listed > 200

    def test_tiers_decide_inside_a_band_and_never_across(self, readable_county, busy):
        across = inside = 0
        for post in busy:
            items = [
                item
                for item in readable_county.ok("candidates", "--vacancy", post.vacancy_id, *DAY, "--top", "1000").json[
                    "lists"
                ][0]["items"]
                if item["verdict"] == "yes"
            ]
            for upper, lower in pairwise(items):
                across += upper["tier"] > lower["tier"] and upper["fit_band"] > lower["fit_band"]
                inside += upper["tier"] < lower["tier"] and upper["fit_band"] == lower["fit_band"]
                assert not (upper["tier"] > lower["tier"] and upper["fit_band"] == lower["fit_band"])
        assert across > 0
        assert inside > 0

    def test_a_reserved_post_goes_by_tier_before_fit(self, county, records, busy, tmp_path):
        post = busy[-1]
        county.load(
            "vacancies",
            jsonl(tmp_path / "r.jsonl", [{"vacancy_id": post.vacancy_id, "reserved_for": ["registered_poor"]}]),
        )
        (listed,) = county.ok("candidates", "--vacancy", post.vacancy_id, *DAY, "--top", "1000").json["lists"]
        assert listed["order"] == "strict_tier"
        people = {person.worker_id: person for person in records.workers}
        keys = [
            (item["verdict"] != "yes", item["tier"], item["sub_tier"], -item["fit_band"], -item["fit"])
            for item in listed["items"]
        ]
        assert keys == sorted(keys)
        assert len({item["tier"] for item in listed["items"]}) > 1
        assert any(a["fit_band"] < b["fit_band"] for a, b in pairwise(listed["items"])), "a tier goes before a band"
        for item in listed["items"]:
            person = people[item["worker_id"]]
            poor = True if person.out_of_poverty else person.registered_poor
            assert poor is not False, "one group suffices, and only its people may come"
            if poor is None:
                assert item["verdict"] == "unknown"

    def test_welfare_posts_go_by_the_documents_own_order(self, readable_county, records):
        posts = [v for v in records.vacancies if v.channel == "welfare_post" and v.filled < v.headcount]
        assert posts
        for post in posts:
            (listed,) = readable_county.ok("candidates", "--vacancy", post.vacancy_id, *DAY, "--top", "1000").json[
                "lists"
            ]
            keys = [(item["verdict"] != "yes", item["tier"], -item["fit_band"]) for item in listed["items"]]
            assert keys == sorted(keys)
            assert listed["order"] == "strict_tier"

    def test_who_is_in_work_or_does_not_wish_to_is_not_proposed(self, readable_county, records, busy):
        day = date.fromisoformat(ON)
        running = {p.worker_id for p in records.placements if p.start <= day and (p.end is None or p.end >= day)}
        assert running
        barred = running | {w.worker_id for w in records.workers if w.wish_to_work is False}
        for post in busy:
            (listed,) = readable_county.ok("candidates", "--vacancy", post.vacancy_id, *DAY, "--top", "1000").json[
                "lists"
            ]
            assert not barred & {item["worker_id"] for item in listed["items"]}

    def test_a_filled_or_expired_vacancy_has_no_candidates(self, blank, tmp_path):
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]))
        posts = [
            vacancy("full", headcount=1, filled=1),
            vacancy("none", headcount=0),
            vacancy("old", valid_to="2018-05-31"),
            vacancy("later", valid_from="2018-06-02"),
            vacancy("illegal", deposit_yuan=1),
            vacancy("plot", channel="micro_farm", place_code=VILLAGE),
        ]
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", posts))
        for post in blank.objects("vacancies"):
            answer = blank.ok("candidates", "--vacancy", post["vacancy_id"], *DAY).json
            assert answer["lists"][0]["items"] == [], post["vacancy_id"]


def waiting(person):
    return 0 if person.waiting_since is None else max(0, (date.fromisoformat(ON) - person.waiting_since).days)
