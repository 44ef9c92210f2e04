from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import NotFound
from matcher.policy import Mode, standard_packs, tier_of, tiers

ORDERS = [(pack.id, service.id) for pack in standard_packs().packs.values() for service in pack.services]
FLAG = st.sampled_from([-1, 0, 1])
VALUE = {-1: None, 0: False, 1: True}


def order(pack_id, service="general"):
    return tiers(standard_packs()[pack_id], service)


def test_several_flags_take_the_best_tier_once_and_say_why():
    result = tier_of({"registered_poor": True, "relocated": True}, order("liujiang_2018", "job_fair"))
    assert (result.rank, result.sub_rank) == (0, 0)
    assert result.flags_used == ("registered_poor", "relocated")
    assert result.document == "江政办发〔2018〕97号"
    assert result.clause == "一"
    assert result.unknown_flags == ()


def test_an_unknown_flag_never_lifts_and_is_named():
    result = tier_of({"registered_poor": True, "relocated": None}, order("liujiang_2018"))
    assert result.rank == 1
    assert result.unknown_flags == ("relocated",)


def test_a_flag_known_to_be_no_is_not_asked_for():
    result = tier_of({"registered_poor": False}, order("liujiang_2018"))
    assert result.rank == 2
    assert result.unknown_flags == ()


def test_an_unknown_lift_leaves_the_person_behind_inside_the_tier():
    rows = order("hekou_2018")
    lifted = tier_of({"registered_poor": True, "poor_village": True}, rows)
    unknown = tier_of({"registered_poor": True}, rows)
    assert (lifted.rank, lifted.sub_rank) < (unknown.rank, unknown.sub_rank)
    assert unknown.unknown_flags == ("poor_village",)
    assert lifted.flags_used == ("registered_poor", "poor_village")


def test_relocation_lifts_only_where_the_document_says_so():
    moved = {"registered_poor": False, "out_of_poverty": False, "rural_low_income": False, "relocated": True}
    ranks = {
        pack_id: tier_of(moved, order(pack_id)).rank for pack_id in ("liujiang_2018", "qinzhou_2021", "wuyuan_2021")
    }
    assert ranks == {"liujiang_2018": 2, "qinzhou_2021": 1, "wuyuan_2021": 2}
    assert tier_of(moved, order("standard")).rank == 0


def test_services_have_their_own_order_and_mode():
    assert {tier.mode for tier in order("qinzhou_2021", "welfare_post")} == {Mode.STRICT_TIER}
    assert {tier.mode for tier in order("masked_county_2020", "lay_off")} == {Mode.TIE_BREAK}
    assert order("qinzhou_2021", "never_heard_of") == order("qinzhou_2021", "general")
    with pytest.raises(NotFound, match="national"):
        order("national")


@pytest.mark.parametrize(("pack_id", "service"), ORDERS)
@given(data=st.data())
def test_learning_a_fact_never_pushes_anybody_back(pack_id, service, data):
    rows = order(pack_id, service)
    names = sorted({name for tier in rows for test in (tier.when, *tier.lifts) for name in test.flags})
    person = data.draw(st.fixed_dictionaries(dict.fromkeys(names, FLAG)))
    learned = data.draw(st.sampled_from(names))
    before = tier_of({name: VALUE[value] for name, value in person.items()}, rows)
    if person[learned] == -1:
        after = tier_of({name: VALUE[value] for name, value in (person | {learned: 1}).items()}, rows)
        assert (after.rank, after.sub_rank) <= (before.rank, before.sub_rank)
        if (after.rank, after.sub_rank) < (before.rank, before.sub_rank):
            assert learned in before.unknown_flags
