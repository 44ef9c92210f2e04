"""What the mutation run found no test for in claims: each of these slips survived once (tests/mutation)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from benefit_claims import BENEFITS, DAYS, GOOD, PACKS, answer, figure

from matcher.policy import Conventions
from matcher.policy.benefit_types import Benefit, Computes, Party, Share
from matcher.policy.benefits import Claim, Claims, Dossier, claim
from matcher.policy.benefits.compute import no_such_benefit
from matcher.policy.benefits.money import to_fen, told_parts
from matcher.policy.benefits.window import hindered_by_days, stale_figures
from matcher.policy.evaluation.world import RuleWorld
from matcher.policy.figures.in_force import CountyFigures, FiguresOn
from matcher.policy.rule_types import Condition, Output, Parameter, ParameterKind, Rule, Step
from matcher.policy.types import Document, Pack
from matcher.records.figures import CountyFigure

DAY = date(2030, 3, 1)
NAMES = ("alpha", "omega")
OPEN = tuple(Parameter(id=name, kind=ParameterKind.UNSPECIFIED, unit="元/人", clause="一") for name in NAMES)
RULE = Rule(id="T_SUM", title="t", clause="一", inputs={}, outputs=(Output(key="sum", formula="same", of=("omega",)),))
PACK = Pack(
    id="t_2030",
    name="t",
    document=Document(title="t", issued=date(2030, 1, 1), from_=date(2030, 1, 1), to=date(2030, 12, 31)),
    parameters=OPEN,
    rules=(RULE,),
)
TWO_RATES = Benefit(
    id="T",
    title="t",
    clause="一",
    inputs={"later": "amount?", "sooner": "amount?"},
    figures={"later": "omega", "sooner": "alpha"},
    computes=Computes(formula="product", of=("later", "sooner")),
)


def asked(benefit: Benefit, figures=()):
    return claim(PACK, benefit, {}, CountyFigures(figures), DAY, Conventions())


def before(*claims: Claim, who: Claim | None = None) -> Dossier:
    return Dossier(who=who, earlier=Claims(PACKS.packs, Conventions(), claims))


def earlier(code: str, pack: str, **named) -> Claim:
    return Claim(id="k1", pack=pack, benefit=code, on=DAYS[pack], **named)


def test_figures_are_told_in_the_order_of_their_names_not_of_asking():
    needed = asked(TWO_RATES)
    assert (needed.outcome, needed.reasons) == ("needs_config", ("amount_not_stated",))
    assert [need.parameter_id for need in needed.figures_needed] == ["alpha", "omega"]
    filled = asked(TWO_RATES, [figure(PACK.id, name, "20", "元/人") for name in ("omega", "alpha")])
    assert [used.parameter_id for used in filled.figures_used] == ["alpha", "omega"]
    assert (filled.outcome, filled.amount_fen) == ("eligible", 400_00)


def test_a_rule_that_lacks_its_figure_says_so_in_its_own_answer():
    found = asked(Benefit(id="T", title="t", clause="一", rule=RULE.id, key="sum"))
    assert found.rule_answer == {"outcome": "needs_config", "reasons": ["unspecified:omega"]}
    assert (found.outcome, found.reasons) == ("needs_config", ("unspecified:omega",))


def test_a_rule_that_only_reckons_hinders_nothing():
    assert (answer("A-ST").outcome, answer("A-ST").further) == ("eligible", ())


@pytest.mark.parametrize(
    ("months", "outcome", "reasons"),
    [
        (12, "eligible", ()),
        (13, "needs_review", ("no_part_year_rule",)),
        (24, "needs_review", ("more_than_one_year",)),
        (120, "needs_review", ("more_than_one_year",)),
    ],
)
def test_a_claim_for_a_station_is_for_one_year(months, outcome, reasons):
    found = answer("A-ST", months=months, stations=1)
    assert (found.outcome, found.reasons) == (outcome, reasons)


def test_an_end_of_a_rule_that_names_no_reason_is_a_hindrance_by_its_own_name():
    rule = msgspec.structs.replace(RULE, inputs={"two": "bool"}, outputs=(), otherwise="needs_review")
    pack = msgspec.structs.replace(PACK, rules=(rule,))
    benefit = Benefit(id="T", title="t", clause="一", rule=rule.id, key="sum")
    found = claim(pack, benefit, {"two": False}, CountyFigures(), DAY, Conventions())
    assert (found.outcome, found.reasons) == ("needs_review", ("needs_review",))


def test_only_numbers_of_the_document_can_be_out_of_force():
    ended = {"unit": "元/人", "clause": "一", "from_": date(2029, 1, 1), "to": date(2029, 12, 31)}
    rows = (
        Parameter(id="stated", kind=ParameterKind.NUMBER, value=1, operator="=", **ended),
        Parameter(id="masked", kind=ParameterKind.MASKED, **ended),
    )
    pack = msgspec.structs.replace(PACK, parameters=rows)
    found = stale_figures(pack, ("stated", "masked", "of the county"), DAY)
    assert [each.reason for each in found] == ["not_in_force:stated"]


def test_a_rule_without_any_outcome_is_no_hindrance():
    sum_ = Output(key="sum", formula="same", of=("two",), as_="money")
    rule = msgspec.structs.replace(RULE, inputs={"two": "amount"}, outputs=(sum_,), otherwise="")
    pack = msgspec.structs.replace(PACK, rules=(rule,))
    found = claim(
        pack, Benefit(id="T", title="t", clause="一", rule=rule.id, key="sum"), {"two": "2"}, CountyFigures(), DAY,
        Conventions(),
    )  # fmt: skip
    assert (found.outcome, found.reasons, found.further, found.amount_fen) == ("eligible", (), (), 200)


def test_a_benefit_another_document_has_is_named_as_such():
    assert no_such_benefit(PACK, "A-WS", DAY).reasons == ("no_such_benefit_in_document",)


@pytest.mark.parametrize(
    ("code", "reasons"),
    [("A-WS", ("subject_not_recorded",)), ("A-WPI", ("amount_not_stated",)), ("A-LOAN", ("amount_by_other_rules",))],
)
def test_held_against_earlier_claims_a_counted_benefit_must_say_whose_turn_it_is(code, reasons):
    # The second is paid as often as it is due as far as its document says, the third says nothing of it at all.
    found = answer(code, dossier=before(earlier(code, "liujiang_2018", persons=("w1",))))
    assert (found.reasons, found.doubles, found.period_keys) == (reasons, (), ())
    assert "subject_not_recorded" not in {further.reason for further in found.further}


def test_one_purpose_twice_is_told_and_bars_nothing():
    pack = "hekou_2018"
    who = Claim(id="k2", pack=pack, benefit="B-TR", on=DAYS[pack], persons=("w1",))
    found = answer("B-TR", dossier=before(earlier("B-XTRA", pack, persons=("w1",)), who=who))
    assert (found.outcome, found.flags) == ("eligible", ("stacking_not_stated",))
    assert found.amount_fen
    same = answer("B-TR", dossier=before(earlier("B-TR", pack, persons=("w1",)), who=who))
    assert (same.outcome, same.flags) == ("not_eligible", ())


def test_a_document_that_names_no_end_and_no_year_is_for_review():
    endless = Pack(id="e", name="e", document=Document(title="e", issued=DAY, from_=DAY))
    found = hindered_by_days(endless, TWO_RATES, date(2040, 1, 1))
    assert [(each.outcome, each.reason) for each in found] == [("needs_review", "document_end_not_stated")]


@pytest.mark.parametrize("first", [None, DAY])
def test_the_order_that_always_holds_has_no_days_to_hinder_by(first):
    standing = Pack(id="e", name="e", document=Document(title="e", always=True, from_=first))
    assert list(hindered_by_days(standing, TWO_RATES, date(2040, 1, 1))) == []
    dated = Pack(id="e", name="e", document=Document(title="e", always=False, from_=first))
    assert list(hindered_by_days(dated, TWO_RATES, date(2040, 1, 1))) != []


@pytest.mark.parametrize(("own", "reasons"), [(None, ["day_not_settled"]), (date(2030, 2, 1), [])])
def test_a_benefit_with_a_first_day_of_its_own_does_not_wait_for_the_print(own, reasons):
    document = msgspec.structs.replace(PACK.document, printed=date(2030, 4, 1))
    printed = msgspec.structs.replace(PACK, document=document)
    benefit = msgspec.structs.replace(TWO_RATES, from_=own)
    assert [each.reason for each in hindered_by_days(printed, benefit, DAY)] == reasons


def test_an_eligible_claim_whose_sum_nobody_says_is_for_review_and_not_ready():
    never = Condition(is_="positive", fact="two")
    sum_ = Output(key="sum", formula="same", of=("two",), when=Condition(none=(never,)))
    rule = msgspec.structs.replace(RULE, inputs={"two": "int?"}, outputs=(sum_,), otherwise="eligible")
    pack = msgspec.structs.replace(PACK, rules=(rule,))
    found = claim(
        pack, Benefit(id="T", title="t", clause="一", rule=rule.id, key="sum", payees=(Party(code="x", label="x"),)),
        {"two": 2}, CountyFigures(), DAY, Conventions(),
    )  # fmt: skip
    assert (found.outcome, found.reasons, found.ready) == ("needs_review", ("amount_not_determined",), False)


def test_why_a_rule_said_no_stands_in_its_own_answer():
    step = Step(outcome="not_eligible", requires=(Condition(is_="yes", fact="two", reason="too_few"),))
    rule = msgspec.structs.replace(
        RULE, inputs={"two": "bool"}, steps=(step,), outputs=(), otherwise="eligible", reasons=False
    )
    pack = msgspec.structs.replace(PACK, rules=(rule,))
    benefit = Benefit(id="T", title="t", clause="一", rule=rule.id, key="sum")
    found = claim(pack, benefit, {"two": False}, CountyFigures(), DAY, Conventions())
    assert found.rule_answer == {"outcome": "not_eligible", "reasons": ["too_few"]}


def test_every_paper_makes_no_claim_ready_that_is_refused():
    papers = answer("A-WS").evidence_needed
    assert papers
    assert answer("A-WS", dossier=Dossier(evidence=papers)).ready is True
    refused = answer("A-WS", dossier=Dossier(evidence=papers), workers=[])
    assert (refused.outcome, refused.evidence_missing, refused.ready) == ("not_eligible", (), False)


def test_a_figure_is_taken_of_the_day_of_the_rule_before_that_of_the_call():
    rule = Rule(id="R", title="r", clause="一", inputs={"as_of": "date"}, day="as_of")
    years = [
        CountyFigure(
            pack_id=PACK.id, parameter_id="alpha", value=value, unit="元/人", from_=date(year, 1, 1),
            to=date(year, 12, 31), author="a", source="s", recorded_on=DAY,
        )
        for year, value in ((2030, 30), (2031, 31))
    ]  # fmt: skip
    county = FiguresOn(figures=CountyFigures(years), on=date(2031, 3, 1))
    world = RuleWorld(PACK, rule, {"as_of": DAY}, Conventions(), county=county)
    assert world.figure("alpha").value == 30
    undated = RuleWorld(PACK, RULE, {}, Conventions(), county=county)
    assert undated.figure("alpha").value == 31


def test_half_a_fen_of_a_claim_is_rounded_up():
    assert [to_fen(Decimal(yuan)) for yuan in ("1.004", "1.005", "1.0149", "1.015")] == [100, 101, 101, 102]


def test_rows_a_rule_judges_need_no_people_to_be_paid():
    pack, benefit = BENEFITS["A-WS"]
    unnamed = msgspec.structs.replace(benefit, people=None)
    found = claim(pack, unnamed, GOOD["A-WS"], CountyFigures(), DAYS[pack.id], Conventions())
    assert (found.outcome, found.amount_fen, found.people) == ("eligible", 100_000, ())


def test_what_is_missing_and_what_is_flagged_is_told_in_order():
    pack, benefit = BENEFITS["D-TR"]
    unknown = claim(pack, benefit, {}, CountyFigures(), DAYS[pack.id], Conventions())
    assert unknown.facts_missing == (
        "birth_date", "destination_region", "modes", "paid_years", "status", "travel_date",
    )  # fmt: skip
    who = Claim(id="k2", pack="hekou_2018", benefit="B-TR", on=DAYS["hekou_2018"], persons=("w1",))
    past = before(earlier("B-XTRA", "hekou_2018", persons=("w1",)), who=who)
    pack, benefit = BENEFITS["B-TR"]
    unpaid = msgspec.structs.replace(benefit, payees=())
    dossier = msgspec.structs.replace(past, evidence=("nothing anybody asked for",))
    found = claim(pack, unpaid, GOOD["B-TR"], CountyFigures(), DAYS[pack.id], Conventions(), dossier)
    assert found.flags == ("paper_not_asked_for", "payee_not_stated", "stacking_not_stated")


def test_parts_are_those_of_the_rule_only_where_it_states_each_of_them():
    shares = tuple(Share(payer=name, label=name, key=f"{name}_yuan") for name in ("city", "district"))
    told = {"city_yuan": "1.00", "district_yuan": "2.00"}
    assert [part.fen for part in told_parts(told, shares)] == [100, 200]
    assert told_parts({"city_yuan": "1.00"}, shares) == ()
    assert told_parts({}, shares) == ()
