"""Benefits, quotas, the county's own figures and land of a county nobody has seen: one folder of TOML, no code."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from sixth_county import BENEFITS, CASES, PARAMETERS, RULES, SAYS
from test_policy_sixth_county import FILES, PACKS

from matcher.errors import PackError
from matcher.policy import Conventions, check, evaluate_rule, installed_packs, load_pack, pack_for, with_pack
from matcher.policy.benefits import Claim, Claims, Dossier, claim
from matcher.policy.diff import diff
from matcher.policy.figures.in_force import CountyFigures, FiguresOn
from matcher.policy.figures.needed import figures_needed
from matcher.policy.land import class_average, land_figures, land_of, rule_named
from matcher.policy.route import ruling_pack
from matcher.policy.subjects import standard_subjects
from matcher.records.figures import CountyFigure

ON = date(2030, 6, 1)


@pytest.fixture(scope="module")
def packs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "sixth_2030"
    folder.mkdir()
    more = {
        "parameters.toml": PARAMETERS,
        "rules.toml": RULES.replace("SAYS\n", SAYS),
        "benefits.toml": BENEFITS,
        "cases.toml": CASES,
    }
    for name, text in ({"benefits.toml": ""} | FILES).items():
        (folder / name).write_text(text + more.get(name, ""), "utf-8")
    return with_pack(PACKS, load_pack(folder, PACKS.vocabulary))


def recorded(name, value, unit):
    return CountyFigure(
        pack_id="sixth_2030", parameter_id=name, value=Decimal(value), unit=unit, from_=date(2030, 1, 1),
        author="样例", source="样例", recorded_on=ON,
    )  # fmt: skip


SHARE = recorded("local_share", "10", "%")


TRIP = recorded("trip_standard", "650.50", "元/人·年")


def claimed(packs, *figures, earlier=(), **facts):
    pack = packs["sixth_2030"]
    dossier = Dossier(
        evidence=("ticket",),
        who=Claim(id="now", pack=pack.id, benefit="SX-TRIP", on=ON, persons=("w1",)),
        earlier=Claims(packs.packs, Conventions(), earlier),
    )
    told = {"destination": "out_of_province", **facts}
    return claim(pack, pack.benefit("SX-TRIP"), told, CountyFigures(figures), ON, Conventions(), dossier)


def test_it_holds_up(packs):
    found = [each for each in check(packs) if each.file.startswith("sixth") and each.severity == "error"]
    assert found == []


def test_its_benefit_is_claimed_with_its_figure_its_cap_and_its_papers(packs):
    waiting = claimed(packs)
    assert (waiting.outcome, waiting.reasons) == ("needs_config", ("local_standard_not_set",))
    assert [need.parameter_id for need in waiting.figures_needed] == ["trip_standard"]
    paid = claimed(packs, TRIP)
    assert (paid.outcome, paid.amount_fen, paid.cap_fen, paid.ready) == ("eligible", 650_50, 700_00, True)
    assert (paid.funds, paid.figures_used, paid.period_keys) == (("trip_fund",), (TRIP,), ("SX-TRIP w1 2030",))
    assert claimed(packs, TRIP, destination="in_county").reasons == ("not_cross_province",)
    before = Claim(id="old", pack="sixth_2030", benefit="SX-TRIP", on=date(2030, 1, 5), persons=("w1",))
    assert claimed(packs, TRIP, earlier=[before]).reasons == ("already_paid",)


def test_its_figures_are_asked_for_and_no_other_county_lends_one(packs):
    needed = {row.parameter_id: row for row in figures_needed(packs, ON, pack_ids=["sixth_2030"])}
    assert set(needed) == {"far", "local_share", "trip_standard"}
    assert needed["trip_standard"].most == 700
    assert [each.id for each in needed["trip_standard"].rules] == ["SX_TRIP"]
    foreign = CountyFigures([msgspec.structs.replace(TRIP, pack_id="qinzhou_2021")])
    told = evaluate_rule(
        "SX_TRIP", {"approved_standard_yuan": None, "destination": "out_of_province"}, packs=packs,
        county=FiguresOn(figures=foreign, on=ON),
    )  # fmt: skip
    assert (told["outcome"], told["figures_missing"]) == ("needs_config", ["trip_standard"])


def test_its_quotas_say_what_is_short(packs):
    posts = {"quota": "SX_POSTS", "on": "2030-06-01", "counted": 1}
    assert evaluate_rule("X_QUOTA", posts, packs=packs) == {
        "outcome": "short", "required": 2, "short_by": 1, "ask": [],
    }  # fmt: skip
    share = {"quota": "SX_SHARE", "on": "2030-06-01", "counted": 9, "whole": 100}
    asked = FiguresOn(figures=CountyFigures([SHARE]), on=ON)
    told = evaluate_rule("X_QUOTA", share, packs=packs, county=asked)
    assert (told["outcome"], told["required"], told["short_by"]) == ("short", 10, 1)
    assert told["county_figures"][0]["parameter_id"] == "local_share"


def test_its_land_stands_behind_its_own_route(packs):
    bound = pack_for(packs, "990101", ON)
    figures = land_figures(ruling_pack(bound, packs, ON, has_land=True), "micro_farm", ON)
    assert (figures.document, figures.clause) == (packs["sixth_2030"].cited, "六")
    assert figures.required_mu(3, 0) == Decimal("1.2")
    # The document states no size for the others: their land is not guessed.
    assert figures.required_mu(3, 1) is None
    assert figures.free_until(date(2030, 3, 1), "civil_code") == date(2032, 3, 1)
    assert class_average([Decimal("0.3"), Decimal("0.5")], figures.poor_mu).meets is True
    assert land_of(bound, "micro_farm").change_rule == "SX_GARDEN_CHANGE"
    assert rule_named(bound.pack, "SX_GARDEN_CHANGE").clause == "六"
    facts = {"as_of": "2030-06-01", "birth_date": "1980-06-01", "consent": True}
    assert evaluate_rule("SX_GARDEN", facts, packs=packs)["outcome"] == "offer_priority"
    assert evaluate_rule("SX_GARDEN", {**facts, "birth_date": "1980-06-02"}, packs=packs)["outcome"] == "not_priority"


@pytest.mark.parametrize(("on", "own"), [(ON, True), (date(2029, 12, 31), False), (date(2031, 1, 1), False)])
def test_a_document_without_an_order_of_its_own_still_decides_its_route_on_its_days(packs, on, own):
    unordered = msgspec.structs.replace(packs["sixth_2030"], services=())
    alone = with_pack(PACKS, unordered)
    bound = pack_for(alone, "990101", on)
    assert bound.pack.id == "standard"
    ruling = ruling_pack(bound, alone, on, has_land=True)
    assert (ruling.pack.id == "sixth_2030", ruling.asked.id) == (own, "sixth_2030")


def test_it_stands_beside_the_others_in_a_comparison(packs):
    found = diff(packs["sixth_2030"], packs["qinzhou_2021"], ON, packs.vocabulary, standard_subjects())
    assert "700" in str(found)


def test_a_quota_of_another_document_is_not_taken_over(packs, tmp_path):
    twin = tmp_path / "packs" / "sixth_2030"
    twin.mkdir(parents=True)
    more = {"parameters.toml": PARAMETERS, "rules.toml": RULES, "benefits.toml": BENEFITS, "cases.toml": CASES}
    for name, text in ({"benefits.toml": ""} | FILES).items():
        told = (text + more.get(name, "")).replace("SAYS\n", SAYS)
        (twin / name).write_text(told.replace("SX_SHARE", "QZ_QUOTA_RELOCATED"), "utf-8")
    with pytest.raises(PackError) as caught:
        installed_packs(tmp_path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.found) == ("sixth_2030/rules.toml", "QZ_QUOTA_RELOCATED")
    assert problem.row > 0
    assert "qinzhou_2021" in problem.expected
