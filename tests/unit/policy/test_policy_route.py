from __future__ import annotations

import json
import re
from datetime import date
from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.policy import (
    Conventions,
    canonical_bytes,
    micro_farm_route,
    pack_for,
    pack_from_bytes,
    route_age,
    standard_packs,
    with_pack,
)
from matcher.policy.route import MICRO_FARM, age_decides

PACKS = standard_packs()
ON = date(2018, 6, 1)
FACTS = {
    "birth_date": date(1970, 5, 20),
    "poor_rural_worker": True,
    "off_farm_hard": True,
    "consent": True,
    "household_has_plot": False,
    "plots_available": 2,
}
# Words that would tell a screen or a slip to which group somebody belongs.
GROUP_WORDS = re.compile("贫困|脱贫|建档|低收入|搬迁|监测|困难户|弱劳力|半劳力")


def route(jurisdiction="liujiang_2018", on=ON, conventions=None, **changes):
    return micro_farm_route(pack_for(PACKS, jurisdiction, on), FACTS | changes, on, conventions)


def test_an_offer_cites_its_clause():
    result = route()
    assert (result.outcome, result.reasons) == ("offer_priority", ())
    assert (result.document, result.clause) == ("江政办发〔2018〕97号", "三(二)4(2)")
    assert result.age_reached_on is None


def test_under_age_names_the_day_of_reaching_it():
    result = route(birth_date=date(1973, 6, 2))
    assert (result.outcome, result.reasons) == ("not_priority", ("under_45",))
    assert result.age_reached_on == date(2018, 6, 2)
    day_after = route(birth_date=date(1973, 6, 1), conventions=Conventions(age_basis="day_after"))
    assert day_after.age_reached_on == date(2018, 6, 2)


def test_the_card_needs_no_hardness():
    assert {route("standard", off_farm_hard=hard).outcome for hard in (True, False, None)} == {"offer"}
    assert route("liujiang_2018", off_farm_hard=False).outcome == "not_priority"


def test_no_document_no_route():
    result = route("hekou_2018")
    assert (result.outcome, result.clause) == ("no_rule", "")
    assert [sentence.code for sentence in result.sentences] == [result.outcome, *result.reasons]
    assert all("河政办发〔2018〕6号" in sentence.officer for sentence in result.sentences)


def test_a_figure_not_in_force_is_said_for_the_outcome_and_its_reason():
    table = json.loads(canonical_bytes(PACKS["standard"]))
    table["parameters"][0] |= {"kind": "masked", "value": None}
    packs = with_pack(PACKS, pack_from_bytes(msgspec.json.encode(table)))
    result = micro_farm_route(pack_for(packs, "standard", ON), FACTS, ON)
    assert (result.outcome, result.reasons) == ("not_computable", ("masked:farm_route_age_min",))
    assert [sentence.code for sentence in result.sentences] == [result.outcome, *result.reasons]


def test_before_the_document_the_card_decides():
    assert route(on=date(2018, 2, 7)).document == "通用规则（无地方文件时使用）"


def test_a_wrong_type_is_named():
    with pytest.raises(InvalidInput, match="plots_available"):
        route(plots_available=-1)


def test_the_age_comes_from_the_pack():
    assert route_age(pack_for(PACKS, "liujiang_2018", ON), ON) == 45
    assert route_age(pack_for(PACKS, "standard", ON), ON) == 45
    assert route_age(pack_for(PACKS, "hekou_2018", ON), ON) is None


MAYBE = st.sampled_from([True, False, None])


@given(
    jurisdiction=st.sampled_from(["liujiang_2018", "standard"]),
    birth_date=st.none() | st.dates(date(1950, 1, 1), date(2001, 1, 1)),
    consent=MAYBE,
    has_plot=MAYBE,
    hard=MAYBE,
    poor=MAYBE,
    plots=st.none() | st.integers(0, 3),
)
def test_nobody_is_offered_a_plot_against_a_missing_yes(jurisdiction, birth_date, consent, has_plot, hard, poor, plots):
    result = route(
        jurisdiction,
        birth_date=birth_date,
        consent=consent,
        household_has_plot=has_plot,
        off_farm_hard=hard,
        poor_rural_worker=poor,
        plots_available=plots,
    )
    if result.outcome in {"offer", "offer_priority"}:
        assert consent is True
        assert has_plot is False
        assert plots
        assert birth_date <= date(1973, 6, 1)
    assert bool(result.reasons) == (result.outcome not in {"offer", "offer_priority"})
    assert list(result.reasons) == sorted(set(result.reasons))
    assert [sentence.code for sentence in result.sentences] == [result.outcome, *result.reasons]


def test_no_group_word_reaches_the_worker():
    said = [saying for pack in PACKS.packs.values() for rule in pack.rules for saying in rule.says]
    assert said
    assert [saying.worker for saying in said if GROUP_WORDS.search(saying.worker)] == []
    assert [saying for saying in said if not saying.worker.endswith(("。", "？"))] == []


# What the worker said or holds may be answered as such; any other reason would tell of status.
OWN_WORD = {"consent_not_recorded", "declined", "household_holds_plot"}
NEUTRAL = "菜园地块的事已为您登记，能不能安排由工作人员按规定核对后告诉您。不影响您看其他工作。"
STALLING = re.compile("马上|很快|尽快|更需要|年轻|排队|优先|有余地|按顺序|上班")


def read_by_the_worker(result) -> str:
    """The first reason's sentence where there are reasons, else the outcome's."""
    return result.sentences[1 if result.reasons else 0].worker


@pytest.mark.parametrize("jurisdiction", ["liujiang_2018", "standard"])
def test_the_worker_cannot_read_status_from_a_plot_not_offered(jurisdiction):
    said = {}
    for poor, hard, plots, birth_date in product(
        (True, False, None),
        (True, False, None),
        (2, 0, None),
        (date(1970, 5, 20), date(1990, 5, 20), date(1950, 5, 20), None),
    ):
        result = route(
            jurisdiction, poor_rural_worker=poor, off_farm_hard=hard, plots_available=plots, birth_date=birth_date
        )
        if result.outcome not in {"offer", "offer_priority"}:
            said.setdefault(result.outcome, set()).update(sentence.worker for sentence in result.sentences)
    assert set(said) == {"not_priority", "needs_review", "waitlist"}
    assert set().union(*said.values()) == {NEUTRAL}


@pytest.mark.parametrize("jurisdiction", ["liujiang_2018", "standard"])
@pytest.mark.parametrize("poor", [True, False, None])
@pytest.mark.parametrize("hard", [True, False, None])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"consent": None}, "您愿意种一块小菜园吗？愿意或不愿意都可以，不影响您看其他工作。"),
        ({"consent": False}, "您说过不种菜园地块，我们记下了；想法变了随时告诉工作人员。"),
        ({"household_has_plot": True}, "您家已经有一块菜园地了，同一户不重复安排。"),
    ],
)
def test_what_the_worker_said_or_holds_is_answered_whatever_the_status(jurisdiction, poor, hard, changes, words):
    result = route(jurisdiction, poor_rural_worker=poor, off_farm_hard=hard, **changes)
    assert set(result.reasons) <= OWN_WORD
    assert read_by_the_worker(result) == words


def test_no_sentence_of_the_route_stalls_or_ranks_and_the_officer_reads_why():
    for pack_id in ("liujiang_2018", "standard"):
        rule = PACKS[pack_id].route_rule("micro_farm")
        withheld = [saying for saying in rule.says if not saying.code.startswith("offer")]
        assert {saying.worker for saying in withheld if STALLING.search(saying.worker)} == set()
        others = [s for s in withheld if s.code not in {*OWN_WORD, "not_offered"}]
        assert {saying.worker for saying in others} == {NEUTRAL}
        assert len({saying.officer for saying in withheld}) == len(withheld)


def test_only_a_rule_that_asks_for_the_age_of_its_day_is_decided_by_it():
    rule = pack_for(PACKS, "liujiang_2018", ON).pack.route_rule(MICRO_FARM)
    assert age_decides(rule)
    step = next(step for step in rule.steps if any(part.fact == "birth_date" for part in step.requires))
    part = next(part for part in step.requires if part.fact == "birth_date")
    for other in (
        {"is_": "keeps"},
        {"on": "as_of"},
        {"fact": "as_of", "than": "birth_date"},
        {"fact": "", "all": (part,)},
    ):
        asked = msgspec.structs.replace(part, **({"is_": ""} if "all" in other else {}), **other)
        steps = (msgspec.structs.replace(step, requires=(asked,)),)
        assert age_decides(msgspec.structs.replace(rule, steps=steps)) is ("all" in other)
