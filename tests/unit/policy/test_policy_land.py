"""The land behind the 45+ route: sizes are averages in exact decimals, the term is counted both ways, names exist."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.policy import canonical_bytes, evaluate_rule, pack_for, pack_from_bytes, standard_packs, with_pack
from matcher.policy.land import class_average, land_figures, land_of, rule_named

PACKS = standard_packs()
ON = date(2018, 6, 1)
LIUJIANG = pack_for(PACKS, "liujiang_2018", ON)
FIGURES = land_figures(LIUJIANG, "micro_farm", ON)


def test_the_figures_are_those_of_the_clause():
    assert (FIGURES.poor_mu, FIGURES.other_mu, FIGURES.free_years) == (Decimal("0.3"), Decimal("0.2"), 3)
    assert (FIGURES.document, FIGURES.clause) == ("江政办发〔2018〕97号", "三(二)4(2)")


@given(n_poor=st.integers(0, 500), n_other=st.integers(0, 500))
def test_the_land_needed_is_that_of_the_rule(n_poor, n_other):
    inputs = {"poor_households": n_poor, "nonpoor_households": n_other, "site_mu": "1"}
    told = evaluate_rule("LJ_FARM_AREA", inputs, packs=PACKS)
    assert FIGURES.required_mu(n_poor, n_other) == Decimal(told["required_mu"])


AREAS = st.lists(st.decimals("0.01", "1.5", places=2), max_size=8)


@given(poor=AREAS, other=AREAS)
def test_the_average_is_that_of_the_rule(poor, other):
    inputs = {"poor_plots_mu": [str(mu) for mu in poor], "nonpoor_plots_mu": [str(mu) for mu in other]}
    told = evaluate_rule("LJ_FARM_AVERAGE", inputs, packs=PACKS)
    assert class_average(poor, FIGURES.poor_mu).meets == told["poor_meets"]
    assert class_average(other, FIGURES.other_mu).meets == told["nonpoor_meets"]


@pytest.mark.parametrize(
    ("areas", "meets"),
    [(["0.2", "0.4", "0.3"], True), (["0.2", "0.4", "0.29"], False), (["0.1"] * 2 + ["0.7"], True), ([], None)],
)
def test_single_plots_may_differ_while_the_average_holds(areas, meets):
    assert class_average([Decimal(mu) for mu in areas], FIGURES.poor_mu).meets is meets


def test_no_size_is_no_verdict_and_not_zero():
    """The card states no sizes: nothing is needed and nothing is met."""
    figures = land_figures(pack_for(PACKS, "standard", ON), "micro_farm", ON)
    assert (figures.poor_mu, figures.other_mu, figures.free_years) == (None, None, None)
    assert figures.required_mu(1, 0) is None
    assert figures.required_mu(0, 0) == 0
    assert figures.free_until(ON, "civil_code") is None
    assert class_average([Decimal("0.3")], figures.poor_mu).meets is None


@given(
    start=st.dates(date(2018, 2, 8), date(2030, 12, 31)), convention=st.sampled_from(["civil_code", "start_inclusive"])
)
def test_the_term_is_that_of_the_rule(start, convention):
    told = evaluate_rule("LJ_FARM_TERM", {"start": start.isoformat(), "convention": convention}, packs=PACKS)
    assert FIGURES.free_until(start, convention) == date.fromisoformat(told["free_until"])


def test_a_figure_that_does_not_hold_on_the_day_is_not_used():
    table = msgspec.json.decode(canonical_bytes(PACKS["liujiang_2018"]))
    for row in table["parameters"]:
        if row["id"] == "farm_plot_poor_household":
            row["to"] = "2019-12-31"
    packs = with_pack(PACKS, pack_from_bytes(msgspec.json.encode(table)))
    assert land_figures(pack_for(packs, "liujiang_2018", ON), "micro_farm", date(2019, 12, 31)).poor_mu == Decimal(
        "0.3"
    )
    assert land_figures(pack_for(packs, "liujiang_2018", ON), "micro_farm", date(2020, 1, 1)).poor_mu is None


def test_a_county_without_the_route_has_no_land():
    hekou = pack_for(PACKS, "hekou_2018", ON)
    assert land_of(hekou, "micro_farm") is None
    assert land_figures(hekou, "micro_farm", ON).poor_mu is None


def test_those_who_wait_are_shown_the_next_channels_and_a_running_plot_has_its_rules():
    land = land_of(LIUJIANG, "micro_farm")
    assert land is not None
    assert land.meanwhile == ("welfare_post", "workshop", "micro_market")
    for rule_id in (land.term_rule, land.change_rule):
        rule = rule_named(LIUJIANG.pack, rule_id)
        assert rule is not None
        assert {saying.code for saying in rule.says} == {
            condition.reason for step in rule.steps for condition in step.requires
        }
    assert rule_named(LIUJIANG.pack, "") is None
