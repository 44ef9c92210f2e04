"""The season's plan: the file of section 6, its promises about who is listed what, and its prices."""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict

import msgspec
import pytest
from command_line import COUNTY, ON, SEASON, Office, jsonl, process, vacancy, worker

from matcher.services.rosters.new_file import new_file


def plan(office, *options, on=ON, season=SEASON, name="plan.jsonl"):
    """Run `plan`; its first line and its lists."""
    path = office.home / name
    answer = office.ok("plan", "--season", season, "--on", on, "--jurisdiction", COUNTY, "--out", path, *options)
    assert answer.out == b""
    first, *lists = (msgspec.json.decode(line) for line in path.read_bytes().splitlines())
    return first, lists


def pairs_of(lists):
    return [(entry["worker_id"], item["vacancy_id"]) for entry in lists for item in entry["items"]]


def running(records, on=ON):
    return {
        p.worker_id for p in records.placements if p.start.isoformat() <= on and (not p.end or p.end.isoformat() >= on)
    }


class TestFile:
    def test_first_line_and_one_list_per_willing_worker(self, county, records):
        first, lists = plan(county, "--top", "4")
        assert first.keys() >= {"season", "mode", "seed", "model", "pack", "prices"}
        assert (first["season"], first["mode"], first["seed"]) == (SEASON, "balanced", 0)
        assert all(isinstance(price, float) for price in first["prices"].values())
        assert first["prices"].keys() <= {post.vacancy_id for post in records.vacancies}
        willing = {w.worker_id for w in records.workers if w.wish_to_work is True} - running(records)
        listed = [entry["worker_id"] for entry in lists]
        assert len(listed) == len(set(listed))
        assert set(listed) == willing
        assert all(entry.keys() >= {"worker_id", "routes", "items"} for entry in lists)
        assert all(len(entry["items"]) <= 4 for entry in lists)

    def test_only_pairs_that_may_be_offered_and_no_filled_vacancy(self, county, records):
        posts = {post.vacancy_id: post for post in records.vacancies}
        first, lists = plan(county, "--explain")
        assert pairs_of(lists)
        for entry in lists:
            scores = [item["score"] for item in entry["items"]]
            assert scores == sorted(scores, reverse=True)
            for item in entry["items"]:
                post = posts[item["vacancy_id"]]
                assert item["verdict"] == "yes"
                assert item["questions"] == []
                assert item["stretch"] is False
                assert post.filled < post.headcount
                assert post.channel != "micro_farm"
                assert post.valid_to is None or post.valid_to.isoformat() >= ON
                assert item["slot_price"] == first["prices"][item["vacancy_id"]]
                value = item["fit"] * item["household_factor"] * item["priority_factor"] * item["group_factor"]
                assert item["score"] == pytest.approx(value - item["slot_price"], abs=1e-9)
                assert item["explanation"]["stages"]

    def test_the_same_store_seed_and_day_give_the_same_bytes(self, county_home, tmp_path):
        written = []
        for number in range(2):
            office = Office(shutil.copytree(county_home, tmp_path / f"home{number}"))
            plan(office, "--seed", "7")
            written.append((office.home / "plan.jsonl").read_bytes())
        assert written[0] == written[1]

    def test_a_plan_from_the_current_one_says_so_and_repeats_itself(self, county_home, tmp_path):
        before = Office(shutil.copytree(county_home, tmp_path / "before"))
        unaided, _ = plan(before, "--from-current")
        assert "started_from" not in unaided
        written = []
        for number in range(2):
            office = Office(shutil.copytree(before.home, tmp_path / f"home{number}"))
            first, lists = plan(office, "--from-current", on="2018-06-08")
            assert first["started_from"] == unaided["plan_id"] != first["plan_id"]
            assert pairs_of(lists)
            written.append((office.home / "plan.jsonl").read_bytes())
        assert written[0] == written[1]

    def test_lists_are_coordinated(self, county, records):
        """With prices the first places spread over more vacancies than each one's own best."""
        _, lists = plan(county, "--top", "1")
        lists = lists[:60]
        alone = []
        for entry in lists:
            asked = ("--worker", entry["worker_id"], "--on", "2018-09-01", "--jurisdiction", COUNTY, "--top", "1")
            answer = county.ok("recommend", *asked)
            assert answer.json["plan"] is None
            alone += [item["vacancy_id"] for item in answer.json["lists"][0]["items"]]
        together = Counter(vacancy_id for _, vacancy_id in pairs_of(lists))
        assert len(together) > len(set(alone))
        assert max(together.values()) < max(Counter(alone).values())


class TestSeason:
    def test_a_vacancy_once_listed_to_a_worker_is_not_listed_again(self, county):
        shown: set[tuple[str, str]] = set()
        for number, on in enumerate((ON, "2018-06-08", "2018-06-15")):
            _, lists = plan(county, on=on, name=f"plan{number}.jsonl")
            now = pairs_of(lists)
            assert len(now) == len(set(now))
            assert not shown & set(now)
            shown |= set(now)
        assert len(shown) > 300

    def test_the_next_season_begins_anew(self, county):
        first, lists = plan(county)
        second, again = plan(county, season="2018-06-01/2018-12-31", name="next.jsonl")
        assert pairs_of(again) == pairs_of(lists)
        assert second["prices"] == first["prices"]

    def test_the_newest_plan_of_the_day_is_the_one_that_is_read(self, county, records):
        plan(county)
        second, _ = plan(county, on="2018-06-08", name="second.jsonl")
        person = next(w for w in records.workers if w.wish_to_work)
        (listed,) = county.ok(
            "recommend", "--worker", person.worker_id, "--on", "2018-06-08", "--jurisdiction", COUNTY
        ).json["lists"]
        assert listed["items"]
        for item in listed["items"]:
            assert item["slot_price"] == second["prices"].get(item["vacancy_id"], 0.0)

    def test_a_season_with_nothing_left_to_list_is_told_again(self, county):
        first, _ = plan(county, "--top", "1000")
        again = [plan(county, "--top", "1000") for _ in range(3)]
        assert all(pairs_of(lists) == [] for _, lists in again)
        assert len({head["plan_id"] for head, _ in again}) == 1
        assert first["plan_id"] != again[0][0]["plan_id"]

    def test_exposures_are_counted_per_vacancy(self, county):
        _, lists = plan(county)
        counted = Counter(vacancy_id for _, vacancy_id in pairs_of(lists))
        some_worker = lists[0]["worker_id"]
        for vacancy_id, times in counted.most_common(5):
            told = county.ok(
                "explain", "--worker", some_worker, "--vacancy", vacancy_id, "--on", ON, "--jurisdiction", COUNTY
            ).json
            assert told["vacancy_times_listed_in_season"] == times

    def test_who_finds_work_drops_out_and_who_loses_it_comes_back(self, county, records):
        _, lists = plan(county)
        person = lists[0]["worker_id"]
        job = {"placement_id": "new", "worker_id": person, "start": "2018-06-02"}
        county.load("placements", jsonl(county.home / "p.jsonl", [job]), "--on", "2018-06-05")
        _, after = plan(county, on="2018-06-05", name="after.jsonl")
        assert person not in {entry["worker_id"] for entry in after}
        county.load("placements", jsonl(county.home / "p.jsonl", [{**job, "end": "2018-06-10"}]), "--on", "2018-06-12")
        _, on_last_day = plan(county, on="2018-06-10", name="last.jsonl")
        assert person not in {entry["worker_id"] for entry in on_last_day}
        _, back = plan(county, on="2018-06-11", name="back.jsonl")
        assert person in {entry["worker_id"] for entry in back}


class TestScarceness:
    def test_twenty_people_do_not_crowd_one_opening(self, blank, tmp_path):
        people = [
            worker(f"w{n:02d}", preferred_trades=["缝纫工"] if n < 10 else ["保安"], trades=["缝纫工"], skills=[])
            for n in range(20)
        ]
        posts = [
            vacancy("better", wage_low_yuan_month=5000, wage_high_yuan_month=6000),
            vacancy("other", title="保安", wage_low_yuan_month=3000, wage_high_yuan_month=3400),
        ]
        blank.load("workers", jsonl(tmp_path / "w.jsonl", people))
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", posts))
        first, lists = plan(blank, "--top", "1")
        firsts = defaultdict(set)
        for worker_id, vacancy_id in pairs_of(lists):
            firsts[vacancy_id].add(worker_id)
        assert firsts["better"] == {f"w{n:02d}" for n in range(10)}
        assert firsts["other"] == {f"w{n:02d}" for n in range(10, 20)}
        assert first["prices"]["better"] > first["prices"]["other"] >= 0

    def test_an_empty_county_has_an_empty_plan(self, blank):
        first, lists = plan(blank)
        assert (first["prices"], lists) == ({}, [])

    def test_who_is_not_asked_yet_or_does_not_wish_gets_no_list(self, blank, tmp_path):
        people = [worker("yes"), worker("no", wish_to_work=False), worker("unasked")]
        del people[2]["wish_to_work"]
        blank.load("workers", jsonl(tmp_path / "w.jsonl", people))
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", [vacancy("v1")]))
        _, lists = plan(blank)
        assert [(entry["worker_id"], len(entry["items"])) for entry in lists] == [("yes", 1)]

    def test_a_worker_eligible_nowhere_has_an_empty_list(self, blank, tmp_path):
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1", travel_range="village")]))
        blank.load("vacancies", jsonl(tmp_path / "v.jsonl", [vacancy("v1", place_code="441900")]))
        _, lists = plan(blank)
        assert [(entry["worker_id"], entry["items"]) for entry in lists] == [("w1", [])]


def test_a_plan_that_cannot_be_written_is_not_made(county, records):
    refused = county(
        "plan", "--season", SEASON, "--on", ON, "--jurisdiction", COUNTY, "--out", county.home / "no" / "plan.jsonl"
    )
    assert refused.code == 2
    assert "Traceback" not in refused.err
    person = next(w for w in records.workers if w.wish_to_work)
    answer = county.ok("recommend", "--worker", person.worker_id, "--on", ON, "--jurisdiction", COUNTY).json
    assert answer["plan"] is None, "nothing was counted as shown"


def test_wrong_usage_leaves_the_file_of_a_running_plan_alone(blank):
    out = blank.home / "plan.jsonl"
    with new_file(out) as running:
        before = sorted(path.name for path in blank.home.iterdir())
        assert blank("plan", "--season", SEASON, "--on", "2019-01-01", "--out", out).code == 2
        assert sorted(path.name for path in blank.home.iterdir()) == before
        running.write(b"whole")
    assert out.read_bytes() == b"whole"


def test_whoever_watches_a_plan_is_told_how_long_it_may_take(blank, tmp_path):
    blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1")]))
    blank.load("vacancies", jsonl(tmp_path / "v.jsonl", [vacancy("v1")]))
    watched = "import sys; sys.stderr.isatty = lambda: True"
    command = ("--home", blank.home, "plan", "--season", SEASON, "--on", ON, "--out")
    shown = process(*command, blank.home / "watched.jsonl", setup=watched)
    assert (shown.code, shown.err.count("计划 [")) == (0, 2)
    assert "2/2，约还要0秒" in shown.err
    assert "计划 [" not in process(*command, blank.home / "alone.jsonl").err


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is POSIX")
def test_sigterm_ends_a_plan_as_ctrl_c_does(blank):
    setup = "\n".join((
        "import os, signal",
        "import matcher.cli.plans as plans",
        "plans.plan_season = lambda *_args, **_values: os.kill(os.getpid(), signal.SIGTERM)",
    ))  # fmt: skip
    before = sorted(path.name for path in blank.home.iterdir())
    out = blank.home / "plan.jsonl"
    stopped = process("--home", blank.home, "plan", "--season", SEASON, "--on", ON, "--out", out, setup=setup)
    assert (stopped.code, stopped.err.split()) == (1, ["stopped"])
    assert sorted(path.name for path in blank.home.iterdir()) == before
