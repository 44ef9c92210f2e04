"""A worker's list through the command line: items, prices, refusals, questions and routes."""

from __future__ import annotations

from collections import Counter

import msgspec
from command_line import COUNTY, ON, jsonl, vacancy, worker
from list_items import DAY, HEADING, check_item, liujiang_tier

REASONS = {
    "age_min", "age_max", "education", "skills_required", "certificates_required", "travel_range", "daily_return",
    "wage_floor", "available_from", "validity", "filled", "labour_ability", "night_shift", "heavy_work",
    "reserved_for", "under_16", "protected_16_17", "wish", "consent", "not_publishable",
}  # fmt: skip


class TestRecommend:
    def test_every_list_of_the_county_is_whole(self, readable_county, records):
        posts = {post.vacancy_id: post for post in records.vacancies}
        for person in records.workers[:40]:
            answer = readable_county.ok("recommend", "--worker", person.worker_id, *DAY, "--top", "5", "--explain").json
            assert answer.keys() >= HEADING
            assert (answer["on"], answer["jurisdiction"], answer["plan"]) == (ON, COUNTY, None)
            (listed,) = answer["lists"]
            assert listed["worker_id"] == person.worker_id
            assert "refused" not in listed
            items = listed["items"]
            assert len(items) <= 5
            assert [item["rank"] for item in items] == list(range(1, len(items) + 1))
            order = [(item["verdict"] != "yes", -item["score"]) for item in items]
            assert order == sorted(order)
            assert len({item["vacancy_id"] for item in items}) == len(items)
            for item in items:
                check_item(item, explained=True)
                assert item["slot_price"] == 0
                post = posts[item["vacancy_id"]]
                assert post.filled < post.headcount
                assert post.channel != "micro_farm"
                assert post.valid_to is None or post.valid_to.isoformat() >= ON
            if person.wish_to_work is False:
                assert items == []

    def test_factors_are_those_of_household_and_tier(self, readable_county, records):
        homes = {home.household_id: home for home in records.households}
        seen = Counter()
        for person in records.workers[:60]:
            (listed,) = readable_county.ok("recommend", "--worker", person.worker_id, *DAY).json["lists"]
            home = homes.get(person.household_id)
            nobody = home is not None and home.employed_members == 0
            for item in listed["items"][:1]:
                assert item["household_factor"] == (2.0 if nobody else 1.0)
                assert item["tier"] == liujiang_tier(person)
                assert item["priority_factor"] == {0: 1.25, 1: 1.125, 2: 1.0}[item["tier"]]
                seen[item["tier"], nobody] += 1
        assert len(seen) >= 4, "the county shows several tiers with and without work in the household"

    def test_prices_of_the_plan_are_read(self, planned, records):
        first, *_ = (planned.home / "plan.jsonl").read_bytes().splitlines()
        prices = planned_json(first)["prices"]
        dear = 0
        for person in records.workers[:40]:
            answer = planned.ok("recommend", "--worker", person.worker_id, *DAY, "--top", "4").json
            assert answer["plan"] == {"season": "2018-02-01/2018-07-31", "mode": "balanced"}
            for item in answer["lists"][0]["items"]:
                assert item["slot_price"] == prices.get(item["vacancy_id"], 0.0)
                check_item(item, explained=False)
                dear += item["slot_price"] > 0
        assert dear > 10, "some listed vacancies are crowded"

    def test_a_plan_counts_in_its_season_only(self, planned, records):
        person = next(w for w in records.workers if w.wish_to_work)
        asked = ("recommend", "--worker", person.worker_id, "--jurisdiction", COUNTY)
        assert planned.ok(*asked, "--on", "2018-07-31").json["plan"] is not None
        assert planned.ok(*asked, "--on", "2018-08-01").json["plan"] is None

    def test_a_filled_vacancy_is_in_no_list_once_its_last_place_is_taken(self, blank, tmp_path):
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]))
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", [vacancy("v1", headcount=2, filled=1)]))

        def listed():
            return [i["vacancy_id"] for i in blank.ok("recommend", "--worker", "w1", *DAY).json["lists"][0]["items"]]

        assert listed() == ["v1"]
        blank.load("vacancies", jsonl(tmp_path / "full.jsonl", [{"vacancy_id": "v1", "filled": 2}]))
        assert listed() == []

    def test_refused_pairs_say_why_and_what_would_open_them(self, blank, tmp_path):
        person = worker(
            "w1", travel_range="county", wage_floor_yuan_month=3500, needs_daily_return=True, birth_date="1970-01-01",
            education="primary", available_from="2018-07-01",
        )  # fmt: skip
        posts = {
            "travel_range": vacancy("travel_range", place_code="441900"),
            "wage_floor": vacancy("wage_floor", wage_low_yuan_month=2000, wage_high_yuan_month=3000),
            "age_max": vacancy("age_max", age_max=45),
            "education": vacancy("education", education_min="senior"),
            "skills_required": vacancy("skills_required", skills_required=["电焊"]),
            "certificates_required": vacancy("certificates_required", certificates_required=["电工证"]),
            "reserved_for": vacancy("reserved_for", reserved_for=["relocated"]),
            "validity": vacancy("validity", valid_to="2018-05-31"),
            "filled": vacancy("filled", headcount=1, filled=1),
            "not_publishable": vacancy("not_publishable", deposit_yuan=100),
        }
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [person]))
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", posts.values()))
        (listed,) = blank.ok("recommend", "--worker", "w1", *DAY, "--refused").json["lists"]
        assert listed["items"] == []
        refused = {pair["vacancy_id"]: pair for pair in listed["refused"]}
        assert refused.keys() == posts.keys()
        for rule, pair in refused.items():
            found = {reason["rule_id"]: reason for reason in pair["reasons"]}
            assert rule in found
            assert found.keys() <= REASONS
            assert all(reason["sentence"] for reason in pair["reasons"])
            assert pair["verdict"] == "no"
            assert pair["smallest_change"]
        (age,) = [reason for reason in refused["age_max"]["reasons"] if reason["rule_id"] == "age_max"]
        assert (age["found"], age["limit"]) == (48, 45)

    def test_an_illegal_advert_is_refused_alike_from_the_store_and_from_a_match(self, blank, tmp_path):
        posts = [
            vacancy("young", age_min=15),
            vacancy("young-text", duties="年龄15-30周岁"),
            vacancy("deposit", deposit_yuan=100),
            vacancy("women", duties="限女性"),
            vacancy("expired", valid_to="2018-05-31"),
            vacancy("lawful", age_min=16, deposit_yuan=0, duties="男女不限，不收押金"),
        ]
        person = worker("w1")
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [person]))
        assert blank.load("vacancies", jsonl(tmp_path / "v.jsonl", posts))["rejected"] == 0
        stored = blank.ok("recommend", "--worker", "w1", *DAY, "--refused", "--top", "9").json["lists"]
        path = tmp_path / "input.json"
        body = {"on": ON, "jurisdiction": COUNTY, "workers": [person], "vacancies": posts, "refused": True, "top": 9}
        path.write_bytes(msgspec.json.encode(body))
        given = blank.ok("match", "--input", path).json["lists"]
        told = []
        for (listed,) in (stored, given):
            assert [item["vacancy_id"] for item in listed["items"]] == ["lawful"]
            told.append({pair["vacancy_id"]: pair["reasons"] for pair in listed["refused"]})
        assert told[0] == told[1]
        rules = {vacancy_id: [reason["rule_id"] for reason in reasons] for vacancy_id, reasons in told[0].items()}
        barred = {post: ["not_publishable"] for post in ("young", "young-text", "deposit", "women")}
        assert rules == barred | {"expired": ["validity"]}

    def test_a_missing_fact_is_a_question_and_stands_below_the_yes(self, blank, tmp_path):
        person = worker("w1", wage_floor_yuan_month=3500)
        del person["needs_daily_return"]
        posts = [
            vacancy("sure", wage_low_yuan_month=3600, wage_high_yuan_month=3700),
            vacancy("open", wage_low_yuan_month=3000, wage_high_yuan_month=9000),
        ]
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [person]))
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", posts))
        items = blank.ok("recommend", "--worker", "w1", *DAY).json["lists"][0]["items"]
        assert [(item["vacancy_id"], item["verdict"]) for item in items] == [("sure", "yes"), ("open", "unknown")]
        assert len(items[1]["questions"]) >= 1
        assert items[1]["questions"][0].endswith("？")


def planned_json(line):
    return msgspec.json.decode(line)


class TestRoutes:
    def test_45_and_over_always_see_the_plot_and_others_on_request(self, readable_county, records):
        seen = Counter()
        for person in records.workers[:60]:
            (listed,) = readable_county.ok("recommend", "--worker", person.worker_id, *DAY).json["lists"]
            asked = person.consent is not None and person.consent.plot is True
            is_45 = person.birth_date is not None and person.birth_date.isoformat() <= "1973-06-01"
            assert bool(listed["routes"]) == (is_45 or asked), person
            for route in listed["routes"]:
                assert route.keys() >= {"channel", "outcome", "first", "reasons", "document", "clause", "sentence"}
                assert route["channel"] == "micro_farm"
                assert route["document"] == "江政办发〔2018〕97号"
                hard = person.off_farm_hard is not None and person.off_farm_hard.value is True
                has_yes = any(item["verdict"] == "yes" for item in listed["items"])
                if route["first"]:
                    assert hard or not has_yes
                seen[is_45, route["first"]] += 1
        assert seen[True, True] > 0
        assert seen[True, False] > 0
