"""Claims for tests: the facts under which each benefit is granted, and the days its document is in force."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from matcher.policy import Conventions, standard_packs
from matcher.policy.benefits import BenefitAnswer, Dossier, claim
from matcher.policy.figures.in_force import CountyFigures
from matcher.records.figures import CountyFigure

PACKS = standard_packs()
BENEFITS = {benefit.id: (pack, benefit) for pack in PACKS.packs.values() for benefit in pack.benefits}
DAYS = {
    "liujiang_2018": date(2018, 6, 1),
    "hekou_2018": date(2018, 6, 10),
    "masked_county_2020": date(2020, 6, 1),
    "qinzhou_2021": date(2021, 12, 1),
    "wuyuan_2021": date(2021, 12, 1),
}
WORKER = {
    "agreement": "labour_service_agreement",
    "months_in_window": 6,
    "pay_in_window_yuan": "6000",
    "rewarded_before": False,
    "status": ["registered_poor"],
}
LATER_WORKER = {
    **{key: value for key, value in WORKER.items() if key != "rewarded_before"},
    "rewarded_this_policy_year": False,
    "status": ["out_of_poverty"],
}
OTHER_RULES = {"meets_other_rules": True}
POST = {"holds_welfare_post": True, "start": "2021-09-01", "end": "2022-08-31"}
BUILD = {"approved_amounts_yuan": ["430000"], "prior_grant": False, "takes_part_in_building": True}
TARGET = {"status": ["out_of_poverty"]}
COURSE = {"course_kind": "skill", "poor_rural_worker": True}
LATER = {
    "TRN": {**TARGET, "takes_part_in_training": True},
    "HIRE": {"hires_target_workers": True, **OTHER_RULES},
    "REF": {"insured": True},
    "START": {"founder_background": "migrant", **OTHER_RULES},
    "LOAN": {"own_business": True, **OTHER_RULES},
    "INC": {"runs_incubation_base": True, **OTHER_RULES},
    "YULU": {**TARGET, "in_vocational_school": True},
    "TWO": {**TARGET, "school_leaver": True, "at_technician_school": True},
}
# Facts under which nothing but a figure the document leaves open stands in the way.
GOOD = {
    "A-WS": {"workers": [WORKER]},
    "A-BW": {**BUILD, "operator_in_township": True},
    "A-BF": {**BUILD, "approved_amounts_yuan": ["300000"]},
    "A-BM": {**BUILD, "approved_amounts_yuan": ["900000", "100000"]},
    "A-PLOT": {
        "as_of": "2018-06-01",
        "birth_date": "1973-06-01",
        "consent": True,
        "household_has_plot": False,
        "off_farm_hard": True,
        "plots_available": 1,
        "poor_rural_worker": True,
        "household_class": "poor",
    },
    "A-WP": {"full_months": 3, "min_wage_yuan_per_month": "1000.33", "holds_welfare_post": True},
    "A-WPI": {"holds_welfare_post": True},
    "A-HOST-POST": {"hires_poor_workers": True, "is_base_enterprise": True},
    "A-HOST-INS": {"hires_poor_workers": True, "is_base_enterprise": True},
    "A-HOST": {"hires_poor_workers": True, "host_site_type": "migrant_startup_park"},
    "A-ST": {"stations": 8, "months": 12},
    "A-SVC": {
        "claimant_type": "village_cadre",
        "placements": [{"registered_poor": True, "success": True, "worker_id": name} for name in ("w1", "w2", "w3")],
    },
    "A-PRE": {
        "days": 2,
        "designated_institution": True,
        "going_out_to_work": True,
        "poor_rural_worker": True,
        "trainees": 25,
    },
    "A-SKL": {"trainees": 10, "local_rate_yuan": "900", **COURSE},
    "A-SKL-BASE": COURSE,
    "A-HOUSE": {"migrant_in_town": True},
    "A-LOAN": {"poor_rural_worker": True, "own_business": True},
    "A-RELIEF": {"poor_rural_worker": True, "own_business": True},
    "B-SVC": {
        "agency_licensed": True,
        "agency_on_file": True,
        "claim_date": "2018-06-10",
        "claimant_type": "hr_agency",
        "contract_end": "2019-02-28",
        "contract_start": "2018-03-01",
        "destination": "out_of_province",
        "employed_from": "2018-03-01",
        "free_of_charge": True,
        "hukou_county": "Hekou",
        "payroll_months": ["2018-03", "2018-04", "2018-05"],
        "prior_claim": False,
        "registered_poor": True,
    },
    "B-TR": {
        "approved_standard_yuan": "400",
        "destination": "out_of_province",
        "paid_years": [],
        "registered_poor": True,
        "year": 2018,
    },
    "B-SI": {
        "hard_to_employ_person": True,
        "insurance_paid": True,
        "months_already_paid": 12,
        "months_claimed": 24,
        "registered_poor": True,
    },
    "B-XTRA": {"going_out_to_work": True, "place_has_means": True},
    **{f"C-ALL-{at}": {"poor_worker": True} for at in range(1, 7)},
    "C-REF": {
        "insured": True,
        "few_or_no_layoffs": True,
        "premiums_last_year_yuan": "10000",
        "approved_refund_yuan": "9000",
    },
    "D-SVC": {
        "contract_end": "2022-02-28",
        "contract_start": "2021-09-01",
        "insurance_months_paid": 3,
        "payee_type": "labour_broker",
        "placed_on": "2021-09-01",
        "status": ["out_of_poverty"],
        "worker_paid_this_year": False,
    },
    "D-TR": {
        "approved_standard_yuan": "1000",
        "birth_date": "1990-01-01",
        "destination_region": "Guangdong",
        "modes": ["high_speed_second"],
        "paid_years": [],
        "status": ["out_of_poverty"],
        "travel_date": "2022-02-10",
    },
    "D-WS": {"workers": [LATER_WORKER]},
    "D-UI": {"wage_base_yuan": "4000"},
    "D-INJ": {"base_rate": "0.004"},
    "D-WP": {"status": ["relocated"], "full_months": 2, **POST},
    "D-WP-INS": {"status": ["relocated"], **POST},
    "D-SITE": {"at_relocation_site_park": True, "hires_workers": True},
    "D-FLEX": {**TARGET, "flexible_work": True},
    "E-TR": {"destination_region": "Zhejiang", **TARGET},
    "E-WS": {"agreement": "labour_service_agreement", **TARGET},
    "E-WP": {**TARGET, "full_months": 2, **POST},
    "E-WP-INS": {**TARGET, **POST},
    "E-RATE": {"insured": True},
    **{f"{letter}-{name}": facts for letter in "DE" for name, facts in LATER.items()},
}


def figure(pack_id: str, parameter_id: str, value: str, unit: str) -> CountyFigure:
    return CountyFigure(
        pack_id=pack_id,
        parameter_id=parameter_id,
        value=Decimal(value),
        unit=unit,
        from_=date(2017, 1, 1),
        author="县人社局",
        source="会议纪要1号",
        recorded_on=date(2017, 1, 1),
    )


def answer(
    code: str, /, dossier: Dossier | None = None, figures=(), on: date | None = None, **changed
) -> BenefitAnswer:
    """The answer to the good facts of a benefit with some of them changed."""
    pack, benefit = BENEFITS[code]
    facts = {**GOOD[code], **changed}
    return claim(pack, benefit, facts, CountyFigures(figures), on or DAYS[pack.id], Conventions(), dossier or Dossier())
