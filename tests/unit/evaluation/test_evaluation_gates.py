"""Numbers read off rows by hand: ratios with paired errors, gates on both sides of their bounds, tables."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from training_data.evaluation.gates import GATES, Gate, Judged, judged
from training_data.evaluation.programme import Programme
from training_data.evaluation.results import (
    NOT_MEASURED,
    Figure,
    Result,
    Results,
    mean_of,
    ratio_of,
    read_results,
    write_results,
)  # fmt: skip
from training_data.evaluation.tables import (
    calibration_table,
    gate_table,
    main_table,
    price_table,
    report,
    telling,
    variant_table,
)
from training_data.market.entrants import ENTRANTS, LOGGED
from training_data.market.metrics import ece
from training_data.market.spec import variants
from training_data.market.tallies import added, gap, pooled_error, tally

KNOWING = [name for name, entrant in ENTRANTS.items() if entrant.knows]


def rows(policy: str, kept: list[float], *, table: str = "main", variant: str = "base", **more: list[float]) -> list:
    return [
        Result(
            table=table,
            variant=variant,
            county="450206",
            season=f"201{ix}",
            policy=policy,
            metrics={"kept": value, **{name: values[ix] for name, values in more.items()}},
        )
        for ix, value in enumerate(kept)
    ]


def results(*lots: list[Result]) -> Results:
    return Results.of(row for lot in lots for row in lot)


def verdict(name: str, told: Results) -> str:
    return {row.gate.gate_id: row.verdict for row in judged(told)}[name]


def test_means_and_ratios_carry_their_paired_errors():
    assert mean_of(np.array([1.0, 3.0, math.nan])) == Figure(2.0, pytest.approx(1.0))
    assert not mean_of(np.array([math.nan])).measured
    told = ratio_of(np.array([110.0, 130.0]), np.array([100.0, 100.0]))
    assert told.value == pytest.approx(1.2)
    assert told.error == pytest.approx(0.1)
    # The same gain everywhere has no error, whatever the level.
    assert ratio_of(np.array([12.0, 120.0]), np.array([10.0, 100.0])).error == pytest.approx(0)
    assert math.isnan(ratio_of(np.array([12.0]), np.array([10.0])).error)


@pytest.mark.parametrize(
    ("ours", "theirs"), [([], []), ([1.0], [1.0, 2.0]), ([1.0], [0.0]), ([math.nan], [1.0]), ([1.0], [math.nan])]
)
def test_no_ratio_where_there_is_nothing_to_compare(ours: list[float], theirs: list[float]):
    assert not ratio_of(np.array(ours), np.array(theirs)).measured


@pytest.mark.parametrize(
    ("value", "at_most", "wanted"),
    [
        (0.18, False, "pass"),
        (0.1799, False, "FAIL"),
        (0.18, True, "pass"),
        (0.1801, True, "FAIL"),
        (math.nan, False, "not measured"),
        (math.nan, True, "not measured"),
    ],
)
def test_a_gate_is_reached_at_its_bound_and_never_unmeasured(value: float, at_most: bool, wanted: str):
    gate = Gate("x", "x", 0.18, lambda _: NOT_MEASURED, at_most=at_most)
    assert Judged(gate, Figure(value)).verdict == wanted


@pytest.mark.parametrize(("full", "wanted"), [([118.0, 236.0], "pass"), ([117.0, 236.0], "FAIL")])
def test_kept_jobs_over_hand_weights(full: list[float], wanted: str):
    told = results(rows("hand weights", [100.0, 200.0]), rows("full", full))
    assert verdict("kept", told) == wanted


def test_nothing_passes_that_did_not_run():
    assert {row.verdict for row in judged(results(rows("hand weights", [100.0])))} == {"not measured"}
    assert {row.verdict for row in judged(Results(()))} == {"not measured"}


def test_the_oracle_is_that_of_the_allocator():
    references = [rows(name, [100.0 if name == ENTRANTS["full"].oracle else 500.0]) for name in KNOWING]
    assert verdict("oracle_full", results(*references, rows("full", [93.0]))) == "pass"
    assert verdict("oracle_full", results(*references, rows("full", [92.9]))) == "FAIL"


def test_coverage_and_its_price():
    told = results(
        rows("hand weights", [100.0, 100.0], households=[0.50, 0.50]),
        rows("learned + priced", [200.0, 200.0]),
        rows("full", [196.0, 196.0], households=[0.60, 0.61]),
    )
    assert verdict("households", told) == "pass"
    assert verdict("households_of", told) == "not measured"
    for covered, wanted in (([0.64, 0.65], "pass"), ([0.65, 0.66], "FAIL")):
        known = rows("true probabilities, full", [200.0, 200.0], households=covered)
        assert verdict("households_of", results(list(told.rows), known)) == wanted
    assert verdict("price", told) == "pass"
    dearer = results(rows("hand weights", [1.0]), rows("learned + priced", [200.0]), rows("full", [195.0]))
    assert verdict("price", dearer) == "FAIL"


@pytest.mark.parametrize(
    ("few", "everybody", "wanted"),
    [
        ([0.08, 0.04], [0.06, 0.03], "pass"),
        ([0.08, 0.04], [0.05, 0.03], "FAIL"),
        ([0.0, 0.0], [0.1, 0.1], "not measured"),
    ],
)
def test_what_is_left_of_the_effect_when_all_are_served(few: list[float], everybody: list[float], wanted: str):
    told = results(rows("full", [1.0, 1.0], effect_few=few, effect_all=everybody))
    assert verdict("roll_out", told) == wanted


def test_every_variant_counts():
    def variant(name: str, hand: float, full: float) -> list[Result]:
        of = {"table": "variant", "variant": name}
        return rows("hand weights", [hand], **of) + rows("full", [full], **of)  # type: ignore[arg-type]

    told = results(variant("shortage", 100, 100), variant("surplus", 100, 116), variant("gumbel", 100, 115))
    assert verdict("variants_least", told) == "pass"
    assert verdict("variants_middle", told) == "pass"
    worse = results(variant("shortage", 100, 99), variant("surplus", 100, 116), variant("gumbel", 100, 114))
    assert verdict("variants_least", worse) == "FAIL"
    assert verdict("variants_middle", worse) == "FAIL"
    table = variant_table(worse)
    assert "| shortage | 0.45 openings for each willing worker | 100 | -1.0% |" in table


def test_gates_of_the_issue_have_its_numbers():
    issue = {gate.gate_id: (gate.bound, gate.at_most) for gate in GATES if gate.source == "issue 7"}
    assert issue == {
        "kept": (0.18, False), "oracle_full": (0.93, False), "oracle_priced": (0.95, False),
        "oracle_stretch": (0.97, False),
        "households": (0.10, False), "priority": (0.13, False), "price": (0.02, True), "wasted": (0.13, True),
        "roll_out": (0.75, False), "variants_least": (0.0, False), "variants_middle": (0.15, False),
        "transfer_least": (0.0, False), "day_one": (0.15, False), "wrong_card": (0.88, False),
    }  # fmt: skip
    assert len({gate.gate_id for gate in GATES}) == len(GATES)


def test_the_table_says_what_is_paired_and_what_is_missing():
    told = results(
        rows("random", [80.0, 100.0]), rows("hand weights", [100.0, 100.0], wasted=[0.25, math.nan]),
    )  # fmt: skip
    lines = main_table(told).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert "-10.0 ± 10.0 | -10.0% | 0 |" in lines[2]
    assert "| 0.25 |" in lines[3]
    assert "nan" not in "\n".join(lines)


def test_the_report_names_who_did_not_run_and_that_all_is_synthetic():
    told = results(rows("hand weights", [1.0]))
    programme = Programme(counties=1, seasons=1, workers=90, variants=("shortage",))
    text = report(programme, told, judged(told))
    assert "合成" in text.splitlines()[0] + text
    assert "1 county-season of 90 people" in text
    assert "Not run" in text
    assert "luck decides" in text
    assert "luck decides" not in report(Programme(), told, judged(told))
    assert "learned greedy" in text
    assert "not measured" in gate_table(judged(told))


@pytest.mark.parametrize(
    ("form", "value", "bound", "told"),
    [
        ("{:.2f}", 0.7961, 0.8, "{:.3f}"),
        ("{:.2f}", 0.79999, 0.8, "{:.5f}"),
        ("{:.2f}", 0.8, 0.8, "{:.2f}"),
        ("{:.2f}", 0.7, 0.8, "{:.2f}"),
        ("{:+.1%}", 0.1799, 0.18, "{:+.2%}"),
        ("{:.0%}", 1.0, 1.0, "{:.0%}"),
        ("{:.2f}", 0.8 - 1e-12, 0.8, "{:.2f}"),
    ],
)
def test_a_missed_gate_is_never_told_as_its_bound(form, value, bound, told):
    assert telling(form, value, bound) == told


def test_rows_are_read_as_they_were_written(tmp_path: Path):
    told = results(rows("full", [1.25, 3.0], wasted=[0.125, 0.1]))
    write_results(told.rows, tmp_path / "runs.jsonl")
    assert read_results(tmp_path / "runs.jsonl") == told
    first = (tmp_path / "runs.jsonl").read_bytes()
    write_results(told.rows, tmp_path / "runs.jsonl")
    assert (tmp_path / "runs.jsonl").read_bytes() == first


def test_every_frozen_variant_is_played():
    from training_data.evaluation.programme import every_variant

    assert len(every_variant()) >= 16
    assert set(every_variant()) == set(variants()) - {"base"}


def tallied(policy: str, *seasons: list[tuple[int, float, float, float]]) -> list[Result]:
    return [
        Result(table="main", variant="base", county="450206", season=str(ix), policy=policy, metrics={"kept": 1.0},
               tallies={"apply": told, "apply women": told})
        for ix, told in enumerate(seasons)
    ]  # fmt: skip


def test_calibration_is_told_of_all_seasons_together():
    # 30 of 100 where .2 was thought, then 10 of 100: off by .1 each, and not at all together.
    told = results(tallied(LOGGED, [(25, 100.0, 20.0, 30.0)], [(25, 100.0, 20.0, 10.0)]))
    assert told.error(LOGGED, "apply") == Figure(pytest.approx(0), pytest.approx(0.1))
    assert verdict("ece_apply", told) == "pass"
    assert verdict("ece_apply_own", told) == "not measured"
    alone = results(tallied(LOGGED, [(25, 100.0, 20.0, 30.0)]), tallied("full", [(25, 100.0, 20.0, 20.0)]))
    assert verdict("ece_apply_own", alone) == "pass"
    assert alone.error(LOGGED, "apply").value == pytest.approx(0.1)
    assert verdict("ece_apply", alone) == "FAIL"
    assert verdict("ece_hire", alone) == "not measured"
    # sqrt(2 / pi) of the standard deviation of 100 draws with a chance of .2.
    assert "| apply women | 100 | 0.1000 | 0.0319 | -0.1000 |" in calibration_table(alone, LOGGED)
    assert calibration_table(told, "full") == ""


def test_a_setting_has_a_price_for_each_point():
    told = results(
        rows("learned + priced", [100.0, 200.0], households=[0.40, 0.40]),
        rows("priced + household coverage", [97.0, 197.0], households=[0.42, 0.44]),
        rows("priced + priority", [101.0, 201.0], priority_households=[0.4, 0.4]),
    )
    table = price_table(told).splitlines()
    # Three jobs for three points; what was not measured has no row.
    assert [line.split(" | ")[0] for line in table[2:]] == ["| priced + household coverage"]
    assert "| +3.0 ± 0.0 | +2.0% |" in table[2]
    assert table[2].endswith("| +3.0 ± 1.0 | 1.0 |")
    assert price_table(results(rows("full", [1.0]))) == ""


def test_fine_bins_make_the_error_of_quantile_bins():
    rng = np.random.default_rng(3)
    p = rng.uniform(0.05, 0.6, 4000)
    happened = rng.random(4000) < p
    whole, luck = pooled_error(added([tally(p[:1000], happened[:1000]), tally(p[1000:], happened[1000:])]))
    assert whole == pytest.approx(ece(p, happened), abs=0.004)
    assert 0.005 < luck < 0.03
    assert gap(added([tally(p, happened)])) == pytest.approx(p.mean() - happened.mean(), abs=1e-6)
    assert math.isnan(pooled_error(added([]))[0])
    assert math.isnan(gap(added([])))
