"""Claims to the fen: caps, shares, figures of the county, days, papers, and the four answers that are not nothing."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from benefit_claims import BENEFITS, DAYS, GOOD, LATER_WORKER, PACKS, WORKER, answer, figure

from matcher.errors import InvalidInput
from matcher.policy import Conventions
from matcher.policy.benefits import Claim, Claims, Dossier, claim, no_such_benefit
from matcher.policy.figures.in_force import CountyFigures

TO_DISTRICT = Conventions(split_1_1="odd_fen_to_district")


@pytest.mark.parametrize(
    ("code", "fen"),
    [
        ("A-WS", 100_000),
        ("A-BW", 43_000_000),
        ("A-BF", 30_000_000),
        ("A-BM", 90_000_000),  # 800,000 of 900,000 and 100,000
        ("A-WP", 300_099),
        ("A-ST", 2_400_000),
        ("A-SVC", 90_000),
        ("A-PRE", 750_000),
        ("A-SKL", 900_000),
        ("B-SVC", 30_000),
        ("B-TR", 40_000),
        ("D-SVC", 100_000),
        ("D-TR", 80_000),
        ("D-WS", 200_000),
        ("D-UI", 4_000),
    ],
)
def test_a_stated_sum_is_paid_to_the_fen(code, fen):
    found = answer(code)
    assert (found.outcome, found.amount_fen) == ("eligible", fen)
    assert found.document == BENEFITS[code][0].cited
    assert found.clause


def test_a_thing_and_a_rate_are_no_money():
    plot = answer("A-PLOT")
    assert (plot.quantity, plot.unit, plot.amount_fen, plot.until) == ("0.3", "亩", None, date(2021, 6, 1))
    assert answer("A-PLOT", household_class="nonpoor").quantity == "0.2"
    assert answer("D-INJ").quantity == "0.002"
    assert answer("D-INJ").amount_fen is None


def test_an_odd_fen_falls_to_the_side_the_convention_names():
    assert [(share.payer, share.fen) for share in answer("A-WP").shares] == [("city", 150_050), ("district", 150_049)]
    pack, benefit = BENEFITS["A-WP"]
    found = claim(pack, benefit, GOOD["A-WP"], CountyFigures(), DAYS[pack.id], TO_DISTRICT)
    assert [share.fen for share in found.shares] == [150_049, 150_050]


def test_a_cap_is_shown_and_cuts():
    under, over = answer("B-TR"), answer("B-TR", approved_standard_yuan="650")
    assert (under.cap_fen, under.capped, over.amount_fen, over.capped) == (50_000, False, 50_000, True)
    assert answer("A-BW", approved_amounts_yuan=["500000.01"]).capped is True
    assert answer("A-BW", approved_amounts_yuan=["500000"]).capped is False
    assert answer("A-BM").cap_fen == 80_000_000


@pytest.mark.parametrize(
    ("code", "figures", "changed", "fen"),
    [
        ("A-WP", ("welfare_post_subsidy", "1430", "元/月"), {"min_wage_yuan_per_month": None}, 429_000),
        ("A-WPI", ("welfare_post_social_insurance_subsidy", "300.5", "元"), {}, 30_050),
        ("A-HOST", ("industry_host_post_and_insurance_subsidy", "800", "元"), {}, 80_000),
        ("A-SKL", ("skill_training_living_rate", "1000", "元/人"), {"local_rate_yuan": None}, 1_000_000),
        ("B-SI", ("enterprise_social_insurance_subsidy", "100", "元"), {}, 240_000),
        ("B-TR", ("cross_province_transport_standard", "450", "元/人"), {"approved_standard_yuan": None}, 45_000),
        ("D-WP", ("welfare_post_subsidy", "500", "元/月"), {}, 100_000),
        ("D-START", ("startup_one_off_subsidy", "5000", "元"), {}, 500_000),
        ("E-TR", ("cross_province_transport_subsidy_cap", "300", "元"), {}, 30_000),
        ("E-WS", ("workshop_reward_per_worker", "1500", "元"), {}, 150_000),
        ("E-TRN", ("training_living_transport_subsidy", "20", "元"), {}, 2_000),
    ],
)
def test_a_figure_of_the_county_fills_what_the_document_leaves_open(code, figures, changed, fen):
    pack, _ = BENEFITS[code]
    without = answer(code, **changed)
    assert without.outcome == "needs_config"
    assert [(need.pack_id, need.parameter_id) for need in without.figures_needed] == [(pack.id, figures[0])]
    used = figure(pack.id, *figures)
    found = answer(code, figures=[used], **changed)
    assert (found.outcome, found.amount_fen) == ("eligible", fen)
    assert found.figures_used == (used,)
    assert found.figures_needed == ()
    elsewhere = figure("hekou_2018" if pack.id != "hekou_2018" else "qinzhou_2021", *figures)
    assert answer(code, figures=[elsewhere], **changed) == without


def test_a_figure_of_another_time_is_not_taken():
    late = msgspec.structs.replace(
        figure("wuyuan_2021", "workshop_reward_per_worker", "1500", "元"), from_=date(2022, 1, 1)
    )
    assert answer("E-WS", figures=[late]).outcome == "needs_config"
    assert answer("E-WS", figures=[late], on=date(2022, 1, 1)).outcome == "eligible"


def test_a_claim_may_not_set_its_own_rate_beside_the_countys():
    kept = [figure("hekou_2018", "cross_province_transport_standard", "450", "元/人")]
    assert answer("B-TR", figures=kept, approved_standard_yuan="450").outcome == "eligible"
    found = answer("B-TR", figures=kept, approved_standard_yuan="500")
    assert (found.outcome, found.reasons) == ("needs_review", ("local_figure_differs",))


def test_a_rate_outside_the_range_is_for_the_county_to_mend():
    kept = [figure("liujiang_2018", "skill_training_living_rate", "699.99", "元/人")]
    found = answer("A-SKL", figures=kept, local_rate_yuan=None)
    assert (found.outcome, found.reasons, found.amount_fen) == ("needs_config", ("rate_outside_range",), None)


def test_a_masked_figure_is_not_computable_and_named():
    found = answer("C-REF")
    assert found.outcome == "not_computable"
    assert found.reasons == ("masked:stable_job_refund_rate_new_cap", "masked:stable_job_refund_year")
    assert [other.reason for other in found.further] == ["document_date_not_stated"]
    assert [need.parameter_id for need in found.figures_needed] == [
        "stable_job_refund_rate_new_cap",
        "stable_job_refund_year",
    ]


def test_a_document_without_a_date_pays_nothing_even_with_its_figures():
    kept = [
        figure("masked_county_2020", "stable_job_refund_rate_new_cap", "80", "%"),
        figure("masked_county_2020", "stable_job_refund_year", "2020", "年"),
    ]
    found = answer("C-REF", figures=kept)
    assert (found.outcome, found.reasons, found.amount_fen) == ("needs_config", ("document_date_not_stated",), None)
    dated = msgspec.structs.replace(BENEFITS["C-REF"][1], from_=date(2020, 1, 1), to=date(2020, 12, 31))
    pack = BENEFITS["C-REF"][0]
    paid = claim(pack, dated, GOOD["C-REF"], CountyFigures(kept), date(2020, 6, 1), Conventions())
    assert (paid.outcome, paid.amount_fen) == ("eligible", 800_000)
    late = claim(pack, dated, GOOD["C-REF"], CountyFigures(kept), date(2021, 1, 1), Conventions())
    assert (late.outcome, late.reasons) == ("not_eligible", ("outside_policy_window", "outside_refund_year"))


@pytest.mark.parametrize("at", range(1, 7))
def test_each_of_the_six_promised_benefits_asks_for_its_own_figure(at):
    found = answer(f"C-ALL-{at}")
    (need,) = found.figures_needed
    assert PACKS["masked_county_2020"].local_figure(need.parameter_id).part_of == "policy_delivery_amounts"
    assert "amount_not_stated" in found.reasons


@pytest.mark.parametrize(
    ("code", "on", "outcome", "reasons"),
    [
        ("A-ST", date(2018, 2, 7), "not_eligible", ("outside_policy_window",)),
        ("A-ST", date(2018, 2, 8), "eligible", ()),
        ("A-ST", date(2020, 12, 31), "eligible", ()),
        ("A-ST", date(2021, 1, 1), "needs_review", ("document_end_not_stated",)),
        ("D-WS", date(2021, 8, 30), "needs_review", ("day_not_settled",)),
        ("D-WS", date(2021, 8, 31), "eligible", ()),
        ("D-WS", date(2025, 12, 31), "eligible", ()),
        ("D-WS", date(2026, 1, 1), "not_eligible", ("outside_policy_window",)),
        ("E-TRN", date(2026, 1, 1), "not_eligible", ("outside_policy_window",)),
        ("D-REF", date(2021, 12, 31), "needs_config", ("amount_by_other_rules",)),
        ("D-REF", date(2022, 1, 1), "not_eligible", ("outside_policy_window",)),
        ("D-UI", date(2022, 4, 30), "eligible", ()),
        ("D-UI", date(2022, 5, 1), "needs_config", ("rate_after_end_not_in_document",)),
    ],
)
def test_nothing_is_paid_outside_the_days_of_a_benefit(code, on, outcome, reasons):
    found = answer(code, on=on)
    assert (found.outcome, found.reasons) == (outcome, reasons)
    assert found.amount_fen is None or found.amount_fen == 0 or outcome == "eligible"


def test_the_event_and_not_the_claim_decides_the_day():
    assert answer("D-TR", on=date(2026, 3, 1), travel_date="2025-12-31").outcome == "eligible"
    assert answer("D-TR", on=date(2025, 3, 1), travel_date="2026-01-01").reasons == ("outside_policy_window",)
    assert answer("B-SVC", on=date(2018, 6, 10), employed_from="2017-01-01").outcome == "eligible"
    assert answer("B-SVC", employed_from="2016-12-31").reasons == ("before_start_year", "outside_policy_window")


def test_every_failing_reason_is_told_at_once():
    found = answer("A-SKL", course_kind="pre_job", poor_rural_worker=False, on=date(2018, 1, 1))
    assert found.reasons == ("course_not_named", "outside_policy_window", "worker_group")


def test_a_sum_is_taken_from_the_row_of_its_day_and_from_no_other():
    pack, benefit = BENEFITS["A-ST"]
    row = pack.parameter("labour_station_work_funds")
    halves = (
        msgspec.structs.replace(row, to=date(2018, 6, 30)),
        msgspec.structs.replace(row, value=4000, from_=date(2018, 7, 1), to=date(2018, 12, 31)),
    )
    others = tuple(other for other in pack.parameters if other.id != row.id)
    dated = msgspec.structs.replace(pack, parameters=(*others, *halves))

    def paid(on):
        return claim(dated, benefit, GOOD["A-ST"], CountyFigures(), on, Conventions())

    assert [paid(date(2018, 6, 30)).amount_fen, paid(date(2018, 7, 1)).amount_fen] == [2_400_000, 3_200_000]
    late = paid(date(2019, 1, 1))
    assert (late.outcome, late.reasons, late.amount_fen) == (
        "no_rule",
        ("not_in_force:labour_station_work_funds",),
        None,
    )


def test_a_county_without_the_benefit_says_so():
    found = no_such_benefit(PACKS["wuyuan_2021"], "D-SVC", date(2021, 12, 1))
    assert (found.outcome, found.amount_fen) == ("no_rule", None)
    assert PACKS["wuyuan_2021"].benefit("placement_service_out_of_province") is None


def test_papers_are_told_apart_and_make_a_claim_ready():
    assert answer("B-SVC").evidence_missing == answer("B-SVC").evidence_needed
    assert len(answer("B-SVC").evidence_needed) == 7
    needed = answer("B-SVC").evidence_needed
    some = answer("B-SVC", Dossier(evidence=(needed[0], needed[0], "selfie")))
    assert (some.evidence_held, some.ready, some.flags) == ((needed[0],), False, ("paper_not_asked_for",))
    full = answer("B-SVC", Dossier(evidence=needed))
    assert (full.evidence_missing, full.ready) == ((), True)


def test_a_sum_nobody_is_named_for_is_never_ready():
    needed = answer("A-PRE").evidence_needed
    found = answer("A-PRE", Dossier(evidence=needed))
    assert (found.outcome, found.ready, found.flags) == ("eligible", False, ("payee_not_stated",))


@pytest.mark.parametrize(
    ("status", "fund"), [("monitored", "welfare_post_fund_monitored"), ("relocated", "welfare_post_fund_other")]
)
def test_the_fund_of_a_post_follows_the_holder(status, fund):
    assert answer("D-WP", status=[status]).funds == (fund,)
    assert answer("D-WP-INS", status=[status]).funds == (fund,)


def test_an_agreement_of_exactly_a_year_is_not_too_long():
    kept = [figure("qinzhou_2021", "welfare_post_subsidy", "500", "元/月")]
    assert answer("D-WP", figures=kept, start="2021-09-01", end="2022-08-31").outcome == "eligible"
    assert answer("D-WP", figures=kept, start="2021-09-01", end="2022-09-01").reasons == ("too_long",)
    unknown = answer("D-WP", figures=kept, end=None)
    assert (unknown.outcome, unknown.reasons) == ("needs_review", ("agreement_term_not_recorded",))


def test_a_county_right_without_a_priority_is_for_a_person_to_decide():
    assert answer("A-PLOT", birth_date="1973-06-02").outcome == "needs_review"
    assert answer("A-PLOT", consent=False).outcome == "not_eligible"
    assert answer("A-PLOT", plots_available=0).reasons == ("no_plot",)


def test_people_of_one_claim_are_judged_one_by_one():
    rows = [WORKER, {**WORKER, "pay_in_window_yuan": "5999.99"}, {**WORKER, "months_in_window": None}]
    found = answer("A-WS", workers=rows)
    assert [person.outcome for person in found.people] == ["eligible", "not_eligible", "needs_review"]
    assert (found.outcome, found.amount_fen) == ("eligible", 100_000)
    assert answer("A-WS", workers=rows[1:]).outcome == "needs_review"
    assert answer("A-WS", workers=rows[1:]).amount_fen is None
    assert answer("A-WS", workers=[]).reasons == ("nobody_listed",)


def who(code, day=None, **changed):
    pack, benefit = BENEFITS[code]
    return Claim(pack=pack.id, benefit=benefit.id, on=day or DAYS[pack.id], **changed)


def earlier(*claims):
    return Claims(PACKS.packs, Conventions(), claims)


def test_whoever_was_paid_before_is_taken_out_and_the_others_are_paid():
    past = earlier(who("A-WS", date(2018, 3, 1), id="old", claimant="op1", persons=("w2",)))
    now = who("A-WS", id="new", claimant="op2", persons=("w1", "w2"))
    found = answer("A-WS", Dossier(who=now, earlier=past), workers=[WORKER, WORKER])
    assert [(one.person, one.outcome, one.reasons) for one in found.people] == [
        ("w1", "eligible", ()),
        ("w2", "not_eligible", ("claimed_by_another",)),
    ]
    assert (found.outcome, found.amount_fen) == ("eligible", 100_000)
    assert [double.earlier_id for double in found.doubles] == ["old"]
    alone = msgspec.structs.replace(now, persons=("w2",))
    assert answer("A-WS", Dossier(who=alone, earlier=past)).reasons == ("claimed_by_another",)


def test_a_worker_placed_twice_by_two_brokers_is_paid_once():
    past = earlier(who("A-SVC", date(2018, 3, 1), id="old", claimant="b1", persons=("w1",)))
    now = who("A-SVC", id="new", claimant="b2", persons=("w1", "w2", "w3"))
    found = answer("A-SVC", Dossier(who=now, earlier=past))
    assert (found.outcome, found.amount_fen) == ("eligible", 60_000)
    assert [share.fen for share in found.shares] == [30_000, 30_000]
    assert [(one.person, one.reasons) for one in found.people] == [("w1", ("claimed_by_another",))]


def test_a_year_later_the_yearly_benefit_is_due_again():
    past = earlier(who("D-WS", date(2021, 12, 31), id="old", claimant="shop", persons=("w1",)))
    same = who("D-WS", date(2021, 11, 1), id="new", claimant="shop", persons=("w1",))
    later = who("D-WS", date(2022, 1, 1), id="new", claimant="shop", persons=("w1",))
    facts = {"workers": [LATER_WORKER]}
    assert answer("D-WS", Dossier(who=same, earlier=past), **facts).reasons == ("already_paid",)
    assert answer("D-WS", Dossier(who=later, earlier=past), on=later.on, **facts).outcome == "eligible"


def test_a_barred_claimant_is_refused_whatever_the_facts():
    found = answer("A-SVC", Dossier(who=who("A-SVC", claimant="x", claimant_kind="seconded_cadre")))
    assert found.reasons == ("excluded_payee",)


def test_facts_that_do_not_fit_are_all_named():
    with pytest.raises(InvalidInput) as caught:
        answer("A-SKL", course_kind=3, poor_rural_worker="yes", sex="f")
    assert [problem.column for problem in caught.value.problems] == ["course_kind", "poor_rural_worker", "sex"]
    with pytest.raises(InvalidInput, match="contradict"):
        answer("A-BW", channel="market")
    assert answer("A-BW", channel="workshop").outcome == "eligible"
    with pytest.raises(InvalidInput, match="2 people"):
        answer("A-WS", Dossier(who=who("A-WS", persons=("w1",)), earlier=earlier()), workers=[WORKER, WORKER])


@pytest.mark.parametrize(("code", "key"), [("B-SVC", "contract_end"), ("D-SVC", "contract_end"), ("E-WS", "agreement")])
def test_a_fact_whose_null_is_an_answer_must_be_said(code, key):
    pack, benefit = BENEFITS[code]
    facts = {name: value for name, value in GOOD[code].items() if name != key}
    with pytest.raises(InvalidInput, match=key):
        claim(pack, benefit, facts, CountyFigures(), DAYS[pack.id], Conventions())
