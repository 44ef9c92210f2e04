"""`matcher allocate`: the file of section 6, and what holds of everybody in it."""

from __future__ import annotations

from collections import Counter
from itertools import count

import numpy as np
import pytest
from allocating import BUS, CHANNEL, DAY, KEPT, allocate, limits, places, stays, words
from command_line import VILLAGE, jsonl, vacancy, worker

from matcher.allocation import assign as exact
from matcher.allocation.market import NOBODY, Plan
from matcher.services.assignment import allocate as service


class TestFile:
    def test_one_of_each_household_goes_and_the_rest_are_told_why_not(self, bureau):
        first, sent = allocate(bureau)
        assert first.keys() >= {"season", "mode", "seed", "model", "pack", "prices"}
        assert (first["mode"], first["gap"], first["channel"]) == ("exact", 0, CHANNEL)
        assert all(line.keys() == {"worker_id", "vacancy_id", "channel", "reasons"} for line in sent)
        assert Counter(places(sent).values()) == {"v1": 2, "v2": 1}
        assert len({int(one[1:]) // 2 for one in places(sent)}) == 3
        assert {reason["rule_id"] for line in sent for reason in line["reasons"]} >= {
            "eligible",
            "fit_band",
            "tier",
            "household_first",
        }
        why = stays(first)
        assert {name: why[name] for name in ("asked_nothing", "said_no", "unknown", "elsewhere")} == {
            "asked_nothing": "consent", "said_no": "consent", "unknown": "unknown", "elsewhere": "no_vacancy",
        }  # fmt: skip
        assert Counter(why.values())["full"] == 3
        assert "no_wish" not in why
        assert all(first["prices"][name] > 0 for name in ("v1", "v2"))

    def test_the_same_seed_gives_the_same_bytes_and_another_may_send_others(self, bureau):
        written = []
        for seed in (0, 0, 1, 2, 3, 4):
            allocate(bureau, "--seed", seed)
            written.append((bureau.home / "sent.jsonl").read_bytes())
        assert written[0] == written[1]
        assert len({tuple(line for line in text.splitlines()[1:]) for text in written}) > 1

    def test_nobody_in_work_is_sent(self, bureau, tmp_path):
        work = [{"placement_id": "p", "worker_id": "w0", "start": "2018-01-02"}]
        bureau.load("placements", jsonl(tmp_path / "p.jsonl", work))
        first, sent = allocate(bureau)
        assert "w0" not in places(sent) | stays(first)

    def test_a_channel_without_posts_sends_nobody_and_says_so(self, bureau):
        first, sent = allocate(bureau, channel="welfare_post")
        assert (sent, first["n_sent"]) == ([], 0)
        assert set(stays(first).values()) == {"consent", "no_vacancy"}


class TestLimits:
    def test_seats_of_a_bus_and_a_couple(self, bureau):
        bus = {"bus_id": "b", "vacancies": ["v1", "v2"], "seats": 2}
        first, sent = allocate(bureau, *limits(bureau, buses=[bus], together=[["w1", "w2"]]))
        assert len(sent) == 2
        first, sent = allocate(bureau, *limits(bureau, together=[["w1", "w2"], ["w4", "said_no"]]))
        assert places(sent).get("w1") == places(sent).get("w2")
        assert stays(first)["w4"] == "together"

    def test_places_kept_for_a_group_stay_free_for_it(self, bureau):
        kept = [{"vacancy_id": "v1", "group": "relocated", "places": 2}]
        first, sent = allocate(bureau, *limits(bureau, kept=kept))
        assert list(places(sent).values()) == ["v2"]
        assert Counter(stays(first).values())["kept_free"] == 5

    def test_who_stays_for_a_full_bus_dormitory_or_quota_is_told_which(self, bureau):
        both = ["v1", "v2"]
        for said, name in (
            ({"buses": [{"bus_id": "早班车", "vacancies": both, "seats": 2}]}, "早班车"),
            ({"dormitories": [{"dormitory_id": "东楼", "vacancies": both, "rooms": [1, 1]}]}, "东楼"),
            ({"quotas": [{"quota_id": "桂粤协作", "vacancies": both, "people": 2}]}, "桂粤协作"),
        ):
            first, sent = allocate(bureau, *limits(bureau, **said))
            assert len(sent) == 2
            blocked = [one for one, rule in stays(first).items() if rule == "shared"]
            assert len(blocked) == 4
            assert all(name in words(first)[one] and "2" in words(first)[one] for one in blocked)

    def test_a_narrow_limit_on_one_post_leaves_the_other_to_tell(self, bureau):
        """v1 is full at its bus, v2 by its only place: a bus can be had, so the bus is told."""
        first, sent = allocate(bureau, *limits(bureau, buses=[{"bus_id": "b", "vacancies": ["v1"], "seats": 1}]))
        assert Counter(places(sent).values()) == {"v1": 1, "v2": 1}
        assert Counter(stays(first).values())["shared"] == 4

    def test_beds_are_counted_after_people_are_chosen(self, bureau):
        rooms = [{"dormitory_id": "d", "vacancies": ["v1", "v2"], "rooms": [2, 2]}]
        first, sent = allocate(bureau, *limits(bureau, dormitories=rooms))
        (told,) = first["dormitories"]
        assert told["people"] == len(sent) == 3
        assert (told["missing_women"], told["missing_men"], told["unknown"]) == (0, 0, 0)

    def test_limits_that_name_nobody_are_all_told_at_once(self, bureau):
        wrong = limits(
            bureau,
            together=[["w1", "nobody"]],
            buses=[{"bus_id": "b", "vacancies": ["other"], "seats": -1}],
            quotas=[{"quota_id": "q", "vacancies": ["ghost"], "people": -7}],
        )
        answer = bureau("allocate", "--channel", CHANNEL, "--out", bureau.home / "no.jsonl", *DAY, *wrong)
        assert answer.code == 1
        assert all(name in answer.err for name in ("nobody", "other", "-1", "ghost", "-7"))
        assert not (bureau.home / "no.jsonl").exists()

    def test_a_part_nobody_knows_is_named(self, bureau):
        answer = bureau("allocate", "--channel", CHANNEL, "--out", "no.jsonl", *DAY, *limits(bureau, boats=[]))
        assert answer.code == 1
        assert "boats" in answer.err


@pytest.mark.parametrize("more", [{}, {"together": [["w1", "w2"]], "kept": KEPT, "buses": BUS}], ids=["beds", "all"])
def test_who_is_sent_does_not_depend_on_anybodys_sex(bureau, tmp_path, more):
    """Every sex turned round: the same people go to the same posts, and only the beds are counted otherwise."""
    rooms = [{"dormitory_id": "d", "vacancies": ["v1", "v2"], "rooms": [1, 1, 1]}]
    told = limits(bureau, dormitories=rooms, **more)
    before = allocate(bureau, *told)
    turned = {"male": "female", "female": "male"}
    people = [one | {"sex": turned[one["sex"]]} for one in bureau.objects("workers") if one.get("sex")]
    bureau.load("workers", jsonl(tmp_path / "turned.jsonl", people))
    after = allocate(bureau, *told)
    assert before[1]
    assert after[1] == before[1]
    assert before[0].pop("dormitories") != [] != after[0].pop("dormitories")
    assert after[0] == before[0]


def crowded(market):
    """Everybody at the first post."""
    plan = exact.assign(market)
    return Plan((plan.vacancy_of * 0).clip(min=0), plan.value, plan.bound, plan.method)


def one_left_out(market):
    """The best plan but for somebody it sends, called the best all the same."""
    plan = exact.assign(market)
    place = plan.vacancy_of.copy()
    place[np.flatnonzero(place != NOBODY)[0]] = NOBODY
    return Plan(place, plan.value, plan.value, plan.method)


def another_each_time(plans=count()):  # noqa: B008 - counts the calls
    """A solver that does not say the same twice."""
    return lambda market: exact.assign(market) if next(plans) % 2 else one_left_out(market)


@pytest.mark.parametrize(
    ("solver", "said"),
    [(crowded, "没有本人同意"), (crowded, "不超过2人"), (one_left_out, "还有空位"), (another_each_time(), "再算一次")],
    ids=["consent", "room", "envy", "repeat"],
)
def test_a_plan_that_breaks_a_promise_is_not_written(bureau, monkeypatch, solver, said):
    monkeypatch.setattr(service, "assign", solver)
    answer = bureau("allocate", "--channel", CHANNEL, "--out", bureau.home / "no.jsonl", *DAY)
    assert answer.code == 1
    assert said in answer.err
    assert not (bureau.home / "no.jsonl").exists()


class TestPlots:
    def older(self, n, **fields):
        hard = {"value": True, "by": "村委会", "on": "2018-03-01", "grounds": "多次应聘未成"}
        told = {"birth_date": "1968-03-01", "registered_poor": True, "off_farm_hard": hard, "household_id": f"h{n}"}
        return worker(f"w{n}", **(told | {"consent": {"plot": True, "plot_on": f"2018-0{n}-01"}} | fields))

    def test_land_goes_down_the_queue_one_a_household(self, blank, tmp_path):
        people = [self.older(1), self.older(2), self.older(3), self.older(4, consent={"plot": False})]
        land = [{"plot_id": f"p{n}", "site_code": VILLAGE, "area_mu": 0.3, "state": "free"} for n in (1, 2)]
        advert = vacancy("farm", channel="micro_farm", place_code=VILLAGE, headcount=1, area_mu=0.3)
        blank.load(
            "households",
            jsonl(tmp_path / "h.jsonl", [{"household_id": f"h{n}", "holds_plot": False} for n in (1, 2, 3, 4)]),
        )
        blank.load("workers", jsonl(tmp_path / "w.jsonl", people))
        blank.load("plots", jsonl(tmp_path / "p.jsonl", land))
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", [advert]))
        first, sent = allocate(blank, channel="micro_farm")
        assert [(line["worker_id"], line["channel"]) for line in sent] == [("w1", "micro_farm"), ("w2", "micro_farm")]
        assert {line["plot_id"] for line in sent} == {"p1", "p2"}
        assert sorted(line["vacancy_id"] in ("p1", "p2") for line in sent) == [False, True]
        assert stays(first) == {"w3": "full"}

    def test_no_land_and_nobody(self, blank):
        first, sent = allocate(blank, channel="micro_farm")
        assert (sent, first["n_sent"], first["unplaced"]) == ([], 0, [])


def test_every_line_of_a_county_is_eligible_and_no_post_is_overfull(county, records):
    posts = {one.vacancy_id: one for one in records.vacancies}
    people = {one.worker_id: one for one in records.workers}
    n = 0
    for channel in (CHANNEL, "guangdong_partner", "welfare_post"):
        _, sent = allocate(county, channel=channel)
        n += len(sent)
        for vacancy_id, taken in Counter(places(sent).values()).items():
            assert posts[vacancy_id].channel == channel
            assert taken <= posts[vacancy_id].places_left
        assert all(people[one].consent.share_with_employer is True for one in places(sent))
        assert all(people[one].wish_to_work is True for one in places(sent))
    assert n > 10
