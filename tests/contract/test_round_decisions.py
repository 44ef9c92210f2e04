"""What the log says of an answer is true of it: the revision it was read at, the plan it read, who it was about."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime

import msgspec
import pytest
from command_line import COUNTY, ON, VILLAGE, Office, jsonl, vacancy, worker

from matcher.bootstrap import Application
from matcher.errors import Erased, StoreError
from matcher.ports import StoredPlan
from matcher.records import Kind
from matcher.services.ground.answer_bytes import answer_bytes
from matcher.services.rounds.list_candidates import ListCandidates, list_candidates
from matcher.services.rounds.recommend import Recommend, recommend
from matcher.services.rounds.replay_decision import replay_decision
from matcher.settings import Settings

DAY = date.fromisoformat(ON)
NOON = datetime(2018, 6, 1, 12, tzinfo=UTC)
CALL = {"on": DAY, "jurisdiction": COUNTY, "top": 5, "seed": 0}


@pytest.fixture
def office(blank, tmp_path):
    blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1"), worker("w2")]))
    blank.load("vacancies", jsonl(tmp_path / "v.jsonl", [vacancy("v0")]))
    return blank


@pytest.fixture
def app(office):
    with closing(Application(Settings(home=office.home))) as run:
        yield run


class Overtaken:
    """A store into which another clerk imports a vacancy right after vacancies were read, `n` times."""

    def __init__(self, store, office: Office, n: int, of: Overtaken | None = None) -> None:
        self.store, self.office, self.left, self.n_reads = store, office, n, 0
        self.counts = of or self

    def __getattr__(self, name):
        return getattr(self.store, name)

    def still(self):
        return Overtaken(self.store.still(), self.office, 0, of=self.counts)

    def records(self, kind, **options):
        found = self.store.records(kind, **options)
        if kind is Kind.WORKERS:
            self.counts.n_reads += 1
            if self.counts.left:
                self.counts.left -= 1
                post = vacancy(f"v{self.counts.n_reads}", place_code="450206")
                self.office.load("vacancies", jsonl(self.office.home / "more.jsonl", [post]))
        return found


def listed(answer):
    return {item["vacancy_id"] for item in answer["lists"][0]["items"]}


@pytest.mark.parametrize("which", ["store", "remembering_store"])
@pytest.mark.parametrize(("n", "n_reads", "sees"), [(0, 1, {"v0"}), (1, 2, {"v0", "v1"}), (9, 3, {"v0", "v1", "v2"})])
def test_an_answer_overtaken_by_an_import_is_made_anew_and_replays(office, app, which, n, n_reads, sees):
    store = Overtaken(getattr(app, which), office, n)
    answer = recommend(store, app.means, Recommend(worker_id="w1", **CALL), at=NOON)
    assert store.n_reads == n_reads
    assert listed(answer) == sees
    assert replay_decision(app.store, app.settings, answer["decision_id"]) == answer_bytes(answer)


def test_candidates_overtaken_by_imports_replay(office, app):
    store = Overtaken(app.store, office, 9)
    answer = list_candidates(store, app.means, ListCandidates(vacancy_id="v0", **CALL), at=NOON)
    assert replay_decision(app.store, app.settings, answer["decision_id"]) == answer_bytes(answer)
    assert app.store.decision(answer["decision_id"]).revision < app.store.revision()


def keep_plan(app, season, mode="balanced"):
    plan = StoredPlan(
        plan_id=f"p-{season}-{mode}", season=season, mode=mode, seed=0, model="m", pack="p",
        solved_on=DAY, created_at=NOON, prices={"v0": 0.25},
    )  # fmt: skip
    app.store.save_plan(plan, [])


def test_another_season_with_the_same_prices_is_another_decision(office, app):
    told = []
    for season in ("2018-02-01/2018-07-31", "2018-06-01/2018-12-31"):
        keep_plan(app, season)
        told.append(office.ok("recommend", "--worker", "w1", "--on", ON, "--jurisdiction", COUNTY))
    first, second = (msgspec.json.decode(answer.out) for answer in told)
    assert first["lists"] == second["lists"]
    assert first["plan"] != second["plan"]
    assert first["decision_id"] != second["decision_id"]
    for answer in told:
        assert office.ok("replay", answer.json["decision_id"]).out == answer.out


@pytest.mark.parametrize("mode", ["balanced", "priced"])
def test_prices_enter_the_score_as_the_mode_of_the_plan_says(office, app, mode):
    keep_plan(app, "2018-02-01/2018-07-31", mode)
    day = ("--on", ON, "--jurisdiction", COUNTY)
    answers = [office.ok("recommend", "--worker", "w1", *day), office.ok("candidates", "--vacancy", "v0", *day)]
    pair = office.ok("explain", "--worker", "w1", "--vacancy", "v0", *day).json
    assert pair["plan"]["mode"] == mode
    for item in (pair, *(answer.json["lists"][0]["items"][0] for answer in answers)):
        q = item["p_apply"] * item["p_hire"]
        value = item["p_keep"] * item["household_factor"] * item["priority_factor"] * item["group_factor"]
        price = item["slot_price"]
        assert price == 0.25
        expected = q * value - price if mode == "balanced" else q * (value - price)
        assert item["score"] == pytest.approx(expected, abs=1e-9)
    for answer in answers:
        assert office.ok("replay", answer.json["decision_id"]).out == answer.out


class TestErased:
    """Erasing somebody ends the replay of what rests on them, and of nothing else."""

    @pytest.fixture
    def told(self, office, app, tmp_path):
        """Two lists and two candidate lists; w2 stays in the own village, so no candidate away from it."""
        office.load("workers", jsonl(tmp_path / "w2.jsonl", [worker("w2", travel_range="village")]))
        office.load("vacancies", jsonl(tmp_path / "v2.jsonl", [vacancy("near", place_code=VILLAGE)]))
        asked = {worker_id: ("recommend", "--worker", worker_id) for worker_id in ("w1", "w2")}
        asked |= {vacancy_id: ("candidates", "--vacancy", vacancy_id) for vacancy_id in ("v0", "near")}
        return {key: office.ok(*call, "--on", ON, "--jurisdiction", COUNTY) for key, call in asked.items()}

    def test_what_rests_on_them_is_gone_and_says_so(self, office, app, told):
        app.store.erase_worker("w2", at=NOON)
        for key in ("w2", "near"):
            with pytest.raises(Erased, match="erased since"):
                replay_decision(app.store, app.settings, told[key].json["decision_id"])
            refused = office("replay", told[key].json["decision_id"])
            assert (refused.code, refused.out) == (1, b"")
            assert "erased" in refused.err
            assert "w2" not in refused.err

    def test_what_does_not_is_given_again(self, office, app, told):
        app.store.erase_worker("w2", at=NOON)
        for key in ("w1", "v0"):
            assert office.ok("replay", told[key].json["decision_id"]).out == told[key].out

    def test_coming_back_does_not_bring_it_back(self, office, app, told, tmp_path):
        app.store.erase_worker("w2", at=NOON)
        office.load("workers", jsonl(tmp_path / "again.jsonl", [worker("w2", travel_range="village")]))
        with pytest.raises(Erased):
            replay_decision(app.store, app.settings, told["w2"].json["decision_id"])
        assert office.ok("recommend", "--worker", "w2", "--on", ON, "--jurisdiction", COUNTY).code == 0

    def test_an_altered_fact_is_not_called_erased(self, app, told):
        class Altered(Overtaken):
            def records(self, kind, **options):
                found = self.store.records(kind, **options)
                return [msgspec.structs.replace(r, title="焊工") for r in found] if kind is Kind.VACANCIES else found

        app.store.erase_worker("w2", at=NOON)
        with pytest.raises(StoreError, match="inputs"):
            replay_decision(Altered(app.store, None, 0), app.settings, told["w1"].json["decision_id"])
