"""Quotas: reached, short by how many, or what to ask; the same as the rules of the documents; monotone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.policy import evaluate_rule, standard_packs
from matcher.policy.evaluation.cross_quota import quota_named
from matcher.policy.figures.in_force import CountyFigures, FiguresOn
from matcher.policy.quotas import QuotaFacts, QuotaOutcome, quotas, report
from matcher.policy.types import QuotaOf
from matcher.records import Channel
from matcher.records.figures import CountyFigure

PACKS = standard_packs()
ON = date(2018, 6, 1)
COUNT = st.integers(0, 400)


def base(counted, whole, *, undecided=0, on=ON):
    pack, quota = quota_named(PACKS, "LJ_QUOTA_BASE_SHARE")
    facts = QuotaFacts(subject="e1", counted=counted, whole=whole, undecided=undecided)
    return report(pack, quota, facts, on=on, vocabulary=PACKS.vocabulary)


def figure(parameter_id, value, unit, pack_id="qinzhou_2021"):
    return CountyFigures([
        CountyFigure(
            pack_id=pack_id, parameter_id=parameter_id, value=Decimal(value), unit=unit,
            from_=date(2022, 1, 1), author="县就业局", source="县府办〔2022〕3号", recorded_on=date(2022, 1, 5),
        )
    ])  # fmt: skip


@given(counted=COUNT, whole=st.integers(1, 400))
def test_the_share_of_a_base_firm_is_that_of_the_rule(counted, whole):
    told = base(counted, whole)
    ruled = evaluate_rule(
        "LJ_BASE_SHARE",
        {"annual_local_registered_poor_workers": counted, "annual_total_workers": whole},
        packs=PACKS,
    )
    assert (told.outcome is QuotaOutcome.MET) == (ruled["outcome"] == "met")
    assert told.required == ruled["required_min"]
    assert told.short_by == max(0, told.required - counted)
    assert (told.document, told.clause) == ("江政办发〔2018〕97号", "三(二)2")


@given(counted=COUNT, undecided=COUNT, whole=st.integers(1, 400), more=st.integers(1, 50))
def test_a_shortage_is_monotone(counted, undecided, whole, more):
    before, rank = base(counted, whole, undecided=undecided), list(QuotaOutcome).index
    helped = base(counted + more, whole, undecided=undecided)
    grown = base(counted, whole + more, undecided=undecided)
    assert helped.short_by <= before.short_by <= grown.short_by
    assert rank(helped.outcome) != rank(QuotaOutcome.SHORT) or before.outcome is QuotaOutcome.SHORT
    assert before.outcome is not QuotaOutcome.MET or helped.outcome is QuotaOutcome.MET


@pytest.mark.parametrize(
    ("undecided", "outcome"), [(0, QuotaOutcome.SHORT), (1, QuotaOutcome.SHORT), (2, QuotaOutcome.UNKNOWN)]
)
def test_people_nobody_knows_of_are_neither_counted_nor_refused(undecided, outcome):
    told = base(4, 120, undecided=undecided)
    assert (told.outcome, told.required, told.short_by) == (outcome, 6, 2)
    assert bool(told.ask) == (outcome is QuotaOutcome.UNKNOWN)


@pytest.mark.parametrize(
    ("counted", "whole", "asked"),
    [(None, 120, "请企业提供全年花名册。"), (6, None, "请企业提供全年用工总数。"), (6, 0, "请企业提供全年用工总数。")],
)
def test_what_is_not_told_is_asked_for_and_never_taken_for_none(counted, whole, asked):
    told = base(counted, whole)
    assert (told.outcome, told.ask, told.short_by) == (QuotaOutcome.UNKNOWN, (asked,), None)


def test_a_document_asks_for_nothing_outside_its_days():
    assert base(0, 120, on=date(2018, 2, 7)).outcome is QuotaOutcome.NOT_IN_FORCE
    assert base(0, 120, on=date(2018, 2, 8)).outcome is QuotaOutcome.SHORT


def test_an_open_share_is_the_countys_and_says_whose():
    pack, quota = quota_named(PACKS, "QZ_QUOTA_RELOCATED")
    facts = QuotaFacts(subject="v1", counted=1, whole=10)

    def told(on, figures):
        return report(pack, quota, facts, on=on, vocabulary=PACKS.vocabulary, figures=figures)

    set_by_county = figure(quota.bound, "0.2", "比例")
    assert told(date(2021, 12, 31), set_by_county).outcome is QuotaOutcome.NEEDS_CONFIG
    ours = told(date(2022, 1, 1), set_by_county)
    assert (ours.outcome, ours.required, ours.short_by, ours.source) == (QuotaOutcome.SHORT, 2, 1, "县府办〔2022〕3号")
    assert told(date(2025, 12, 31), set_by_county).outcome is QuotaOutcome.SHORT
    assert told(date(2026, 1, 1), set_by_county).outcome is QuotaOutcome.NOT_IN_FORCE
    wrong = told(date(2022, 1, 1), figure(quota.bound, "20", "比例"))
    assert (wrong.outcome, wrong.required) == (QuotaOutcome.NEEDS_CONFIG, None)


def test_a_quota_without_its_figure_says_which_and_takes_the_one_recorded():
    def asked(day, county, **more):
        inputs = {"quota": "QZ_QUOTA_RELOCATED", "on": day, "counted": 2, "whole": 10, **more}
        return evaluate_rule("X_QUOTA", inputs, packs=PACKS, county=FiguresOn(figures=county, on=ON))

    nothing, recorded = CountyFigures(), figure("project_post_share_for_relocated", "0.3", "比例")
    alone = evaluate_rule(
        "X_QUOTA", {"quota": "QZ_QUOTA_RELOCATED", "on": "2022-06-01", "counted": 2, "whole": 10}, packs=PACKS
    )
    assert (alone["outcome"], alone["reasons"]) == ("needs_config", ["unspecified:project_post_share_for_relocated"])
    assert "figures_missing" not in alone
    assert asked("2022-06-01", nothing) == {**alone, "figures_missing": ["project_post_share_for_relocated"]}
    assert asked("2021-12-31", recorded)["figures_missing"] == ["project_post_share_for_relocated"]
    used = asked("2022-01-01", recorded)
    assert (used["outcome"], used["required"], used["short_by"]) == ("short", 3, 1)
    assert [(row["parameter_id"], row["source"]) for row in used["county_figures"]] == [
        ("project_post_share_for_relocated", "县府办〔2022〕3号")
    ]
    given = asked("2022-06-01", recorded, county_figure="0.2")
    assert (given["outcome"], given["required"], "county_figures" in given) == ("met", 2, False)
    wrong = asked("2022-06-01", recorded, county_figure="20")
    assert wrong["reasons"] == ["no_share:project_post_share_for_relocated"]
    assert asked("2026-01-01", recorded) == {"outcome": "not_in_force", "ask": []}


def test_a_quota_its_document_states_cites_no_figure_of_the_county():
    told = evaluate_rule(
        "X_QUOTA",
        {"quota": "LJ_QUOTA_BASE_SHARE", "on": "2018-06-01", "counted": 6, "whole": 120},
        packs=PACKS,
        county=FiguresOn(figures=CountyFigures(), on=ON),
    )
    assert told == {"outcome": "met", "required": 6, "short_by": 0, "ask": []}


def test_a_figure_of_the_county_never_replaces_one_of_the_document():
    pack, quota = quota_named(PACKS, "LJ_QUOTA_BASE_SHARE")
    low = figure(quota.bound, "0.01", "比例", pack_id=pack.id)
    facts = QuotaFacts(counted=6, whole=120)
    told = report(pack, quota, facts, on=date(2022, 6, 1), vocabulary=PACKS.vocabulary, figures=low)
    assert (told.required, told.source) == (6, "")


def test_every_village_is_counted_by_itself():
    villages = [QuotaFacts(subject="a", counted=3), QuotaFacts(subject="b", counted=0), QuotaFacts(subject="c")]
    told = quotas(PACKS["liujiang_2018"], QuotaOf.VILLAGE, villages, on=ON, vocabulary=PACKS.vocabulary)
    assert [(row.subject, row.outcome.value, row.short_by) for row in told] == [
        ("a", "met", 0), ("b", "short", 1), ("c", "unknown", None),
    ]  # fmt: skip
    ruled = evaluate_rule("LJ_WELFARE_QUOTA", {"posts_per_village": {"a": 3, "b": 0}}, packs=PACKS)
    assert ruled["missing"] == ["b"]


def test_a_quota_stands_beside_the_posts_of_its_channels_only():
    pack, facts = PACKS["liujiang_2018"], [QuotaFacts(counted=0, whole=20)]

    def told(channel):
        return quotas(pack, QuotaOf.EMPLOYER, facts, on=ON, vocabulary=PACKS.vocabulary, channel=channel)

    assert [row.quota_id for row in told(Channel.BASE_ENTERPRISE)] == ["LJ_QUOTA_BASE_SHARE"]
    assert told(Channel.WORKSHOP) == ()
    assert told(None) == told(Channel.BASE_ENTERPRISE)


def test_a_quota_nobody_wrote_does_not_fit_and_those_there_are_are_named():
    with pytest.raises(InvalidInput, match="NONE") as caught:
        evaluate_rule("X_QUOTA", {"quota": "NONE", "on": "2018-06-01", "counted": 1}, packs=PACKS)
    assert "LJ_QUOTA_BASE_SHARE" in caught.value.problems[0].expected
