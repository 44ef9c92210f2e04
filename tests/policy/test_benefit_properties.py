"""What must hold of every claim: caps cap, nothing flips in silence, no order matters, shares sum to the fen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from benefit_claims import BENEFITS, DAYS, GOOD, answer, figure
from hypothesis import given
from hypothesis import strategies as st

from matcher.policy import Conventions
from matcher.policy.benefit_types import Share
from matcher.policy.benefits import OUTCOMES, claim
from matcher.policy.benefits.money import split, to_fen
from matcher.policy.evaluation.conventions import CHOICES
from matcher.policy.figures.in_force import CountyFigures

FEN = st.integers(0, 10**9)
CAPPED = {"A-BW": "approved_amounts_yuan", "A-BF": "approved_amounts_yuan", "A-BM": "approved_amounts_yuan",
          "B-TR": "approved_standard_yuan", "D-TR": "approved_standard_yuan"}  # fmt: skip
# Null is an answer of its own here (14.5), and a list of people is never unknown.
NULL_IS_AN_ANSWER = {"contract_end"}
ALWAYS_SAID = {"workers", "placements", "trainees", "as_of"}
COUNTY = [
    figure("wuyuan_2021", "workshop_reward_per_worker", "1500", "元"),
    figure("wuyuan_2021", "welfare_post_subsidy", "500", "元/月"),
    figure("qinzhou_2021", "welfare_post_subsidy", "500", "元/月"),
    figure("qinzhou_2021", "startup_one_off_subsidy", "5000", "元"),
    figure("hekou_2018", "enterprise_social_insurance_subsidy", "100", "元"),
]


def yuan(fen: int) -> str:
    return str(Decimal(fen) / 100)


@pytest.mark.parametrize("code", sorted(CAPPED))
@given(lower=FEN, more=FEN)
def test_a_larger_approved_amount_never_lowers_a_capped_benefit(code, lower, more):
    key = CAPPED[code]
    as_list = key == "approved_amounts_yuan"

    def paid(fen):
        return answer(code, **{key: [yuan(fen)] if as_list else yuan(fen)})

    small, large = paid(lower), paid(lower + more)
    assert small.amount_fen <= large.amount_fen <= large.cap_fen
    assert small.amount_fen == min(lower, small.cap_fen)
    assert large.capped is (lower + more > large.cap_fen)


@given(st.lists(FEN, max_size=6))
def test_each_market_is_cut_by_itself(fens):
    found = answer("A-BM", approved_amounts_yuan=[yuan(fen) for fen in fens])
    if fens:
        assert found.amount_fen == sum(min(fen, found.cap_fen) for fen in fens)
    else:
        assert found.outcome == "needs_review"


@pytest.mark.parametrize("code", sorted(BENEFITS))
def test_the_order_of_facts_does_not_matter(code):
    pack, benefit = BENEFITS[code]
    backwards = dict(reversed(list(GOOD[code].items())))
    figures = CountyFigures(COUNTY)
    assert claim(pack, benefit, backwards, figures, DAYS[pack.id], Conventions()) == answer(code, figures=COUNTY)


@pytest.mark.parametrize("code", sorted(BENEFITS))
def test_a_fact_that_becomes_known_never_turns_a_yes_into_a_no(code):
    """What is answered yes while a fact is missing stays no refusal, whatever that fact turns out to be."""
    others = {True, False}
    for key in GOOD[code].keys() - NULL_IS_AN_ANSWER - ALWAYS_SAID:
        unknown = answer(code, figures=COUNTY, **{key: None})
        if unknown.outcome != "eligible":
            assert unknown.outcome not in {"no_rule"}
            continue
        values = others if isinstance(GOOD[code][key], bool) else {GOOD[code][key]}
        assert {answer(code, figures=COUNTY, **{key: value}).outcome for value in values} <= {"eligible"}, key


@pytest.mark.parametrize("code", sorted(BENEFITS))
@given(data=st.data())
def test_an_amount_stands_beside_yes_alone_and_is_never_nothing(code, data):
    keys = sorted(GOOD[code].keys() - ALWAYS_SAID)
    dropped = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    on = data.draw(st.dates(date(2016, 1, 1), date(2027, 1, 1)))
    found = answer(code, figures=COUNTY, on=on, **dict.fromkeys(dropped))
    assert found.outcome in OUTCOMES
    if found.outcome not in {"eligible", "not_eligible"}:
        assert found.amount_fen is None
        assert found.quantity is None
        assert found.reasons
    if found.outcome == "not_eligible":
        assert found.reasons
        assert not found.amount_fen
    if found.shares:
        assert sum(share.fen for share in found.shares) == found.amount_fen
    assert not found.ready


@given(FEN, st.sampled_from(CHOICES["split_1_1"]), st.lists(st.integers(0, 100), min_size=1, max_size=3))
def test_shares_sum_and_none_is_negative(fen, convention, percents):
    shares = tuple(Share(payer=str(at), label="", parameter=str(at)) for at in range(len(percents)))
    rest = Share(payer="rest", label="")

    def ratio(name):
        return Decimal(percents[int(name)]) / 100

    parts = split(fen, (*shares, rest), ratio, Conventions(split_1_1=convention))
    assert sum(part.fen for part in parts) == fen
    assert min(part.fen for part in parts) >= 0


@given(FEN)
def test_an_even_split_differs_by_one_fen_at_most(fen):
    shares = (Share(payer="city", label="", parameter="half"), Share(payer="district", label=""))
    city, district = split(fen, shares, lambda name: Decimal("0.5"), Conventions())
    assert city.fen - district.fen == fen % 2
    district_first = split(fen, shares, lambda name: Decimal("0.5"), Conventions(split_1_1="odd_fen_to_district"))
    assert [part.fen for part in district_first] == [district.fen, city.fen]


@given(st.decimals(0, 10**9, places=2), st.decimals(0, 10**9, places=2))
def test_fen_are_exact(left, right):
    assert to_fen(left) + to_fen(right) == to_fen(left + right)
    assert Decimal(to_fen(left)) == left * 100


def test_half_a_fen_is_rounded_up():
    assert [to_fen(Decimal(text)) for text in ("0.004", "0.005", "1.115")] == [0, 1, 112]
