"""`matcher allocate --replan`: an allocation gone on from its file."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from allocating import BUS, CHANNEL, DAY, KEPT, YES, allocate, limits, places, post, stays
from command_line import Office, jsonl, worker

from matcher.allocation.auction_table import Table


class TestReplan:
    """Somebody falls out after the file was told to people: `--replan` goes on from it."""

    def again(self, bureau, tmp_path, **gone):
        """The first plan, then the one that goes on after the fields of one of its people changed."""
        before = places(allocate(bureau)[1])
        person = min(before)
        people = [one | gone for one in bureau.objects("workers") if one["worker_id"] == person]
        bureau.load("workers", jsonl(tmp_path / "gone.jsonl", people))
        first, sent = allocate(bureau, "--replan", bureau.home / "sent.jsonl", name="again.jsonl")
        return person, before, first, places(sent)

    def test_the_others_stay_where_they_were_and_the_free_place_is_given(self, bureau, tmp_path):
        person, before, first, after = self.again(bureau, tmp_path, wish_to_work=False)
        assert (first["mode"], first["n_sent"]) == ("auction", 3)
        assert first["gap"] <= 0.001
        assert first["moved"] == []
        assert person not in after
        kept = {one: place for one, place in before.items() if one != person}
        assert kept.items() <= after.items()
        assert Counter(after.values()) == Counter(before.values())

    def test_consent_taken_back_and_the_same_file_twice(self, bureau, tmp_path):
        person, _, first, after = self.again(bureau, tmp_path, consent={"share_with_employer": False})
        assert (stays(first)[person], person in after) == ("consent", False)
        written = (bureau.home / "again.jsonl").read_bytes()
        allocate(bureau, "--replan", bureau.home / "sent.jsonl", name="twice.jsonl")
        assert (bureau.home / "twice.jsonl").read_bytes() == written

    def test_what_an_auction_does_not_know_is_named(self, bureau, tmp_path):
        allocate(bureau)
        asked = ("allocate", "--out", tmp_path / "no.jsonl", *DAY, "--replan", bureau.home / "sent.jsonl")
        for said, named in (
            ({"buses": BUS}, "车、宿舍或合计名额（buses、dormitories、quotas）"),
            ({"kept": KEPT}, "给某类人留的名额（kept）"),
            ({"together": [["w1", "w2"]]}, "同行的人（together）"),
        ):
            answer = bureau(*asked, "--channel", CHANNEL, *limits(bureau, **said))
            assert (answer.code, named in answer.err) == (2, True)
        assert bureau(*asked, "--channel", "micro_farm").code == 2
        assert not (tmp_path / "no.jsonl").exists()

    @pytest.mark.parametrize("text", ["", "x", "{}", '{"prices": {"v1": "dear"}}', '{"prices": {}}\n{"worker_id": 5}'])
    def test_a_file_that_is_no_allocation(self, bureau, tmp_path, text):
        (tmp_path / "other.jsonl").write_text(text, encoding="utf-8")
        answer = bureau("allocate", "--channel", CHANNEL, "--out", "no", *DAY, "--replan", tmp_path / "other.jsonl")
        assert (answer.code, "other.jsonl" in answer.err) == (1, True)


@pytest.fixture(scope="module")
def crowded_home(blank_home, tmp_path_factory):
    """A hundred and thirty people of many ages and trades, two to a household, and ten posts for ninety of them."""
    folder = tmp_path_factory.mktemp("crowded")
    office = Office(Path(shutil.copytree(blank_home, folder / "home")))
    trades = ("缝纫工", "电工", "保洁员", "厨师", "搬运工")
    people = [
        worker(
            f"w{n:03}", **YES, household_id=f"h{n // 2}", birth_date=f"{1962 + n * 7 % 37}-03-15",
            trades=[trades[n % 5]], skills=["缝纫"] if n % 3 else [], education=("primary", "junior", "senior")[n % 3],
        )
        for n in range(130)
    ]  # fmt: skip
    posts = [
        post(f"v{n}", title=trades[n % 5], headcount=5 + n, age_max=44 + n, wage_high_yuan_month=3500 + 300 * n)
        for n in range(10)
    ]
    office.load(
        "households",
        jsonl(folder / "h.jsonl", [{"household_id": f"h{n}", "employed_members": n % 2} for n in range(65)]),
    )
    office.load("workers", jsonl(folder / "w.jsonl", people))
    office.load("vacancies", jsonl(folder / "v.jsonl", posts))
    return office.home


class TestReplanOfMany:
    """One of a hundred and more falls out: the file alone proves that the others may stay."""

    @pytest.fixture
    def town(self, crowded_home, tmp_path):
        return Office(Path(shutil.copytree(crowded_home, tmp_path / "home")))

    @pytest.fixture
    def never_anew(self, monkeypatch):
        """Fail when most of a market is auctioned from nothing; what is left over may be."""
        held, most = Table.held, []

        def watched(table, *how):
            most.append(len(table.post))
            assert most[-1] < 200, "auctioned anew"
            return held(table, *how)

        monkeypatch.setattr(Table, "held", watched)

    def leaves(self, town, tmp_path, person):
        people = [one | {"wish_to_work": False} for one in town.objects("workers") if one["worker_id"] == person]
        town.load("workers", jsonl(tmp_path / "gone.jsonl", people))

    def test_one_after_the_other_falls_out_and_nobody_else_moves_without_a_reason(self, town, tmp_path, never_anew):
        _, sent = allocate(town)
        before, name = places(sent), "sent.jsonl"
        for nth in (3, 40):
            person = sorted(before)[nth]
            self.leaves(town, tmp_path, person)
            first, sent = allocate(town, "--replan", town.home / name, name=f"{nth}.jsonl")
            after = places(sent)
            moved = {one: at for one, at in before.items() if one != person and after.get(one) != at}
            told = {line["worker_id"]: line["from"] for line in first["moved"]}
            assert moved == told
            assert len(moved) <= 3
            assert {reason["rule_id"] for line in first["moved"] for reason in line["reasons"]} <= {"moved"}
            assert (first["gap"] <= 0.001, first["n_sent"]) == (True, len(before))
            if moved:
                best, _ = allocate(town, name="best.jsonl")
                assert first["value"] <= best["value"] <= first["value"] / (1 - first["gap"]) + 1e-9
            before, name = after, f"{nth}.jsonl"

    def test_a_post_that_takes_fewer_says_so_of_those_it_lets_go(self, town, tmp_path):
        before = places(allocate(town)[1])
        fewer = [one | {"headcount": 10} for one in town.objects("vacancies") if one["vacancy_id"] == "v9"]
        town.load("vacancies", jsonl(tmp_path / "fewer.jsonl", fewer))
        first, sent = allocate(town, "--replan", town.home / "sent.jsonl", name="again.jsonl")
        after = places(sent)
        assert Counter(after.values())["v9"] <= 10 < Counter(before.values())["v9"]
        assert {line["worker_id"] for line in first["moved"]} == {
            one for one in before if after.get(one) != before[one]
        }
        why = {line["worker_id"]: line["reasons"][0]["rule_id"] for line in first["moved"] if line["from"] == "v9"}
        assert set(why.values()) == {"fewer_places"}
        assert first["gap"] <= 0.001
