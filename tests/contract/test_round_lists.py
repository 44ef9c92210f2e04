"""A round through the command line: lists, candidates and pairs, every number worked out again from what is shown."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

import msgspec
import pytest
from command_line import COUNTY, ON, VILLAGE, jsonl, vacancy, worker

from matcher.records import MonitoredType

DAY = ("--on", ON, "--jurisdiction", COUNTY)
HEADING = {"on", "jurisdiction", "model", "pack", "decision_id", "plan", "lists"}
ITEM = {
    "rank", "verdict", "questions", "fit", "p_apply", "p_hire", "p_keep", "fit_band", "household_factor",
    "priority_factor", "group_factor", "slot_price", "score", "tier", "stretch", "sentence", "drawback",
}  # fmt: skip
REASONS = {
    "age_min", "age_max", "education", "skills_required", "certificates_required", "travel_range", "daily_return",
    "wage_floor", "available_from", "validity", "filled", "labour_ability", "night_shift", "heavy_work",
    "reserved_for", "under_16", "protected_16_17", "wish", "consent", "not_publishable",
}  # fmt: skip


def mean_bar(item):
    return item["fit"] ** (1 / 3)


def check_item(item, *, explained):
    """What section 4 promises of an item whatever the pair."""
    assert item.keys() >= ITEM
    assert item["verdict"] in ("yes", "unknown")
    assert bool(item["questions"]) == (item["verdict"] == "unknown")
    assert item["fit"] == pytest.approx(item["p_apply"] * item["p_hire"] * item["p_keep"], abs=1e-9)
    assert item["fit_band"] == int(10 * mean_bar(item) + 1e-9)
    value = item["fit"] * item["household_factor"] * item["priority_factor"] * item["group_factor"]
    assert item["score"] == pytest.approx(value - item["slot_price"], abs=1e-9)
    assert item["stretch"] is False
    assert item["sentence"]
    assert item["drawback"]
    assert ("explanation" in item) == explained
    if explained:
        product = 1.0
        for stage in item["explanation"]["stages"]:
            shares = sum(share["value"] for share in stage["contributions"])
            assert stage["intercept"] + shares == pytest.approx(stage["log_odds"], abs=1e-9)
            assert all(share["sentence"] for share in stage["contributions"])
            # The probability comes from a committed table of multiples of 2^-14.
            logistic = 1 / (1 + 2.718281828459045 ** -stage["log_odds"])
            assert item[f"p_{stage['stage']}"] == pytest.approx(logistic, abs=2**-13)
            product *= item[f"p_{stage['stage']}"]
        assert [stage["stage"] for stage in item["explanation"]["stages"]] == ["apply", "hire", "keep"]
        assert product == pytest.approx(item["fit"], abs=1e-9)
        assert all(rule["sentence"] for rule in item["explanation"]["rules"])


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


def liujiang_tier(person):
    """三档 of the document (section 1): relocated poor, poor, others; what is unknown lifts nobody."""
    poor = bool(person.registered_poor or person.out_of_poverty)
    relocated = bool(person.relocated or (person.relocated is None and person.relocation_site))
    return 2 if not poor else (0 if relocated else 1)


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
        assert {part["sentence"] for part in parts if part["term"] == term} == {sentence}

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
