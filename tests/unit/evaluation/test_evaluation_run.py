"""The harness on a tiny market: models made once, who has no model stays away, the same bytes on one process or two."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from matcher.features import VOCABULARY
from matcher.scoring import hand_card, load_model
from training_data import evaluate
from training_data.evaluation.programme import Play, Programme, Workshop
from training_data.evaluation.readme import BEGIN, DETAILS, END, PLOTS, README, paste, pasted
from training_data.evaluation.results import Results, read_results
from training_data.evaluation.running import run
from training_data.evaluation.training import NotTrained, trained_model, wage_card
from training_data.market.boosted import Boosted, boosted, fit_boosted
from training_data.market.entrants import ENTRANTS, FULL_KNOWN, SETTINGS, Models
from training_data.market.history import history_folder
from training_data.market.observe import observe
from training_data.market.policies import open_desk
from training_data.market.season import Lists, View, run_season
from training_data.market.truth import Truth

TINY = Programme(
    counties=1,
    seasons=1,
    workers=90,
    earlier=1,
    variant_seasons=1,
    variants=("shortage",),
    tenths=1,
    names=("hand + balanced", "learned greedy", "full", "wrong card", "wrong card, 2,000 impressions"),
)


def silent(_said: str) -> None:
    """Nobody hears."""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory, idle_trainer: tuple[str, ...]) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("work"), idle_trainer)


@pytest.fixture(scope="module")
def told(workshop: Workshop) -> Results:
    return Results.of(run(TINY, workshop, processes=1, tell=silent))


def test_everybody_who_was_asked_has_a_row_and_the_references_too(told: Results):
    assert told.policies() == [
        "hand weights", "hand + balanced", "wrong card", "wrong card, 2,000 impressions", "learned greedy", "full",
        "true probabilities + balanced", FULL_KNOWN,
    ]  # fmt: skip
    assert told.variants() == ["shortage"]
    assert "full, trained on the base market" in told.policies("variant")
    for row in told.rows:
        assert 0 < row.metrics["share_of_bound"] < 1
        assert row.metrics["share_of_oracle"] > 0
    assert {row.policy for row in told.rows if "effect_few" in row.metrics} == {
        "hand + balanced", "learned greedy", "full",
    }  # fmt: skip


def test_a_model_that_learnt_nothing_does_as_the_card_it_began_with(told: Results):
    by_policy = {row.policy: row.metrics for row in told.rows if row.table == "main"}
    assert by_policy["learned greedy"]["kept"] == by_policy["hand weights"]["kept"]
    assert by_policy["wrong card, 2,000 impressions"] == by_policy["wrong card"]
    assert by_policy["wrong card"] != by_policy["hand + balanced"]


def test_each_model_is_made_once_and_kept_for_the_next_run(told: Results, workshop: Workshop):
    trained = (workshop.folder / "trained").read_text("utf-8").splitlines()
    # The base county, the first lines by the wrong card, and the variant.
    assert len(trained) == len(set(trained)) == 3
    again = Results.of(run(TINY, workshop, processes=1, tell=silent))
    assert again == told
    assert (workshop.folder / "trained").read_text("utf-8").splitlines() == trained


def test_two_processes_say_the_same(tmp_path: Path, idle_trainer: tuple[str, ...]):
    small = msgspec.structs.replace(TINY, workers=40, seasons=2, variants=(), names=("learned greedy",))
    one, two = (
        list(run(small, Workshop(tmp_path / str(processes), idle_trainer), processes=processes, tell=silent))
        for processes in (1, 2)
    )
    assert len(one) == 6
    assert one == two


def test_where_nothing_was_trained_the_others_run_all_the_same(broken_trainer: tuple[str, ...], tmp_path: Path):
    heard: list[str] = []
    small = msgspec.structs.replace(TINY, variants=(), names=("learned greedy", "random"))
    told = Results.of(run(small, Workshop(tmp_path, broken_trainer), processes=1, tell=heard.append))
    assert told.policies() == ["random", "hand weights", "true probabilities + balanced"]
    assert any("no events" in said for said in heard)


class TestTraining:
    """The seam: a folder in, a model file out, by a command."""

    def test_a_model_file_that_the_program_cannot_read_is_an_error(self, tmp_path: Path):
        out = tmp_path / "model.json"
        out.write_bytes(b"{}")
        with pytest.raises(Exception, match="model"):
            trained_model(tmp_path, out)

    def test_what_the_command_says_is_told(self, tmp_path: Path, broken_trainer: tuple[str, ...]):
        with pytest.raises(NotTrained, match="no events"):
            trained_model(tmp_path, tmp_path / "model.json", command=broken_trainer)
        assert not (tmp_path / "model.json").exists()

    def test_the_card_to_begin_with_is_given_on(self, tmp_path: Path, idle_trainer: tuple[str, ...]):
        events = tmp_path / "events"
        events.mkdir()
        (events / "impressions.jsonl").write_bytes(b"")
        assert trained_model(events, tmp_path / "a.json", command=idle_trainer) == hand_card()
        assert trained_model(events, tmp_path / "b.json", prior=wage_card(), command=idle_trainer) == wage_card()

    def test_the_products_own_command_learns_from_a_history(self, tmp_path: Path):
        """From the hand card and from a wrong one come two models; neither is the card it began with."""
        events = history_folder(TINY.history("base", 0), tmp_path)
        told = [
            trained_model(events, tmp_path / "right.json"),
            trained_model(events, tmp_path / "x.json", prior=wage_card()),
        ]
        assert len({*told, hand_card(), wage_card()}) == 4
        right, wrong = (load_model(body, VOCABULARY) for body in told)
        # With little data what is not told apart stays with the card: hiring says nothing of trades on the wrong one.
        trade = [np.abs(model.stages["hire"].tables["trade"]).max() for model in (right, wrong)]
        assert trade[0] > trade[1]

    def test_the_wrong_card_knows_wages_and_nothing_else(self):
        model = load_model(wage_card(), VOCABULARY)
        telling = {
            (stage, term)
            for stage, tables in model.stages.items()
            for term, table in tables.tables.items()
            if table.any()
        }
        assert telling == {("apply", "wage")}
        assert list(model.stages["apply"].tables["wage"][:-1]) == sorted(model.stages["apply"].tables["wage"][:-1])
        right = load_model(hand_card(), VOCABULARY)
        assert {name: set(stage.tables) for name, stage in model.stages.items()} == {
            name: set(stage.tables) for name, stage in right.stages.items()
        }


def test_entrants_stay_away_without_their_model():
    assert [name for name, entrant in ENTRANTS.items() if entrant.reads and entrant.may(Models())] == []
    assert all(entrant.may(Models()) for entrant in ENTRANTS.values() if not entrant.reads)
    assert all(ENTRANTS[entrant.oracle].knows for entrant in ENTRANTS.values())


def test_each_explicit_setting_is_alone_in_what_its_lists_add():
    told = [(w.household > 0, len(w.tiers) > 1, bool(w.groups), w.stretch) for w in SETTINGS.values()]
    assert told == [tuple(here == there for here in range(4)) for there in range(4)]
    assert set(SETTINGS) <= set(Programme().names)


def test_the_first_lines_are_about_two_thousand():
    whole = Programme()
    few = whole.first_lines(0, wage_card())
    assert few.seasons == 1
    assert 0.02 < few.listed < 0.2
    assert TINY.first_lines(0, wage_card()).listed == 1.0


def test_the_usual_programme_is_that_of_the_issue():
    plays = Programme(variants=("shortage", "surplus")).plays()
    main = [play for play in plays if play.main]
    assert len(main) == 3 * 4
    assert len({(play.county_ix, play.season_ix) for play in main}) == 12
    assert Play("surplus", 0, 1, False) in plays


class TestCommand:
    """`python -m training_data.evaluate`."""

    def test_it_writes_rows_gates_and_tables_the_same_each_time(
        self, tmp_path: Path, idle_trainer: tuple[str, ...], monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ):  # fmt: skip
        monkeypatch.setattr(evaluate, "COMMAND", idle_trainer)
        asked = [
            "--workers", "60", "--counties", "1", "--seasons", "1", "--earlier", "1", "--variants", "none",
            "--policies", "random; full", "--work", str(tmp_path / "work"),
        ]  # fmt: skip
        written = []
        for name in ("one", "two"):
            assert evaluate.main([*asked, "--out", str(tmp_path / name)]) == 0
            written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
        assert written[0] == written[1]
        assert set(written[0]) == {"runs.jsonl", "gates.json", "table.md"}
        said = capsys.readouterr()
        assert written[0]["table.md"].decode() * 2 == said.out
        assert read_results(tmp_path / "one" / "runs.jsonl").policies() == [
            "random", "hand weights", "full", "true probabilities + balanced", FULL_KNOWN,
        ]  # fmt: skip
        gates = json.loads(written[0]["gates.json"])
        assert gates["synthetic"] is True
        assert {row["verdict"] for row in gates["gates"]} <= {"pass", "FAIL", "not measured"}
        assert gates["programme"]["workers"] == 60
        readme, page = tmp_path / "README.md", tmp_path / "page.md"
        for path in (readme, page):
            path.write_text(f"before\n{BEGIN}\nold figures\n{END}\nafter\n", "utf-8")
        pictures = []
        for _ in range(2):
            paste(tmp_path / "one", readme, page)
            pictures.append({path.name: path.read_bytes() for path in (tmp_path / PLOTS).iterdir()})
        assert pictures[0] == pictures[1]
        assert set(pictures[0]) == {"kept.svg"}
        assert all("synthetic market" in body.decode() for body in pictures[0].values())
        said = readme.read_text("utf-8")
        assert said.startswith(f"before\n{BEGIN}\nSynthetic market")
        assert said.endswith(f"({PLOTS}/kept.svg)\n{END}\nafter\n")
        assert "old figures" not in said
        assert "| full | " in said
        finer = page.read_text("utf-8")
        assert finer.startswith(f"before\n{BEGIN}\nSynthetic market")
        assert "old figures" not in finer
        assert "Calibration by stage and group" in finer
        assert "Calibration by stage and group" not in said

    def test_readme_has_a_place_for_the_tables(self):
        for page in (README, DETAILS):
            assert "| new |" in pasted(page.read_text("utf-8"), "| new |")
        with pytest.raises(ValueError, match="no place"):
            pasted("nowhere", "| new |")

    @pytest.mark.parametrize(
        ("wrong", "named"),
        [
            (["--workers", "0"], "--workers"),
            (["--seasons", "-3"], "--seasons"),
            (["--earlier", "many"], "--earlier"),
            (["--variants", "base"], "--variants"),
            (["--variants", "nothing"], "nothing"),
            (["--policies", "psychic"], "psychic"),
        ],
    )
    def test_what_there_is_not_is_refused(self, wrong: list[str], named: str, capsys: pytest.CaptureFixture[str]):
        with pytest.raises(SystemExit, match="2"):
            evaluate.main(["--smoke", *wrong])
        assert named in capsys.readouterr().err

    def test_one_person_is_a_county_without_figures(self, capsys: pytest.CaptureFixture[str], tmp_path: Path):
        asked = ["--workers", "1", "--seasons", "1", "--counties", "1", "--variants", "none", "--policies", "random"]
        assert evaluate.main([*asked, "--write", str(tmp_path)]) == 0
        assert "nan" not in capsys.readouterr().out
        assert (tmp_path / "events" / "impressions.jsonl").is_file()

    def test_numbers_that_were_not_frozen_judge_nobody(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ):
        monkeypatch.setattr(evaluate, "committed_hash", lambda: "0" * 64)
        assert evaluate.main(["--smoke"]) == 2
        assert "frozen" in capsys.readouterr().err


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Boosted:
    history = msgspec.structs.replace(TINY, workers=300).history("base", 0)
    return fit_boosted(history_folder(history, tmp_path_factory.mktemp("boosted")))


def test_boosting_learns_who_applies(fitted: Boosted):
    """Between the best and the worst of some thousand pairs of another season it sees a difference."""
    world = Play("base", 0, 0, True).world(msgspec.structs.replace(TINY, workers=150))
    truth, seen = Truth(world), []

    def look(view: View) -> Lists:
        solved = open_desk(world).round(view, priced=False)
        chances = fitted.probabilities(solved.values, solved.pairs["row"])
        at = view.worker_ix[solved.pairs.worker_ix], view.vacancy_ix[solved.pairs.vacancy_ix]
        seen.append(np.corrcoef(chances["apply"], truth.probability("apply")[at])[0, 1])
        assert all(((told > 0) & (told < 1)).all() for told in chances.values())
        return boosted(fitted)(world)(view)

    season = run_season(world, truth, observe(world), look)
    assert np.mean(seen) > 0.2
    assert season.kept.sum() > 0


def test_boosting_a_share_is_told_where_there_is_too_little_to_fit(tmp_path: Path):
    history = msgspec.structs.replace(TINY, workers=12).history("base", 0)
    few = fit_boosted(history_folder(history, tmp_path))
    assert isinstance(few.stages["keep"], float)
    assert 0 < few.stages["keep"] < 1
