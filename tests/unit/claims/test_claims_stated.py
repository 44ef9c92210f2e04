"""Facts stated for a claim: answered in Chinese, from the words of the document, put right where they were wrong."""

from __future__ import annotations

import pytest
from claim_hands import proposed
from claims_office import BROKERED, POOR, SEWS, WORKSHOP, office

from matcher.errors import InvalidInput
from matcher.office.claims.record import ClaimState
from matcher.policy import standard_packs
from matcher.services.claims.decide import propose_again, state_fact
from matcher.services.claims.desk import find_claim
from matcher.services.claims.show import claim_told
from matcher.services.claims.stating import choices, typed

PACKS = standard_packs()


@pytest.fixture
def desk(tmp_path):
    with office(tmp_path, POOR, BROKERED, SEWS, WORKSHOP) as opened:
        yield opened


def asked(pack, benefit, name):
    found = PACKS.packs[pack]
    return choices(found, found.benefit(benefit), name, PACKS.vocabulary)


def test_who_claims_is_chosen_among_the_parties_the_document_names():
    assert asked("liujiang_2018", "A-SVC", "claimant_type") == {
        "commercial_hr_agency": "经营性人力资源服务机构",
        "village_cadre": "担任劳务经纪人的村干部",
        "seconded_cadre": "机关、企事业单位选派到村任职的人员",
        "other": "别的",
    }
    assert list(asked("hekou_2018", "B-SVC", "claimant_type")) == [
        "hr_agency", "village_committee", "labour_broker", "other",
    ]  # fmt: skip


def test_other_words_are_those_the_rule_compares_with_and_a_truth_is_yes_or_no():
    assert asked("liujiang_2018", "A-WS", "agreement") == {
        "labour_service_agreement": "劳务协议", "contract_for_work": "承揽合同", "other": "别的",
    }  # fmt: skip
    assert set(asked("hekou_2018", "B-TR", "destination").values()) == {"省外", "别的"}
    assert asked("hekou_2018", "B-SVC", "free_of_charge") == {"yes": "是", "no": "否"}
    assert asked("qinzhou_2021", "D-TR", "destination_region") == {}
    assert "high_speed_second" in asked("qinzhou_2021", "D-TR", "modes")
    assert asked("liujiang_2018", "A-WS", "months_in_window") == {}


def test_no_choice_of_any_benefit_is_a_word_nobody_reads():
    for pack in PACKS.packs.values():
        for benefit in pack.benefits:
            rule = pack.rule(benefit.rule) if benefit.rule else None
            rows = dict(pair for columns in (rule.rows.values() if rule else ()) for pair in columns.items())
            for name in {**(rule.inputs if rule else {}), **benefit.inputs, **rows}:
                told = choices(pack, benefit, name, PACKS.vocabulary)
                assert not [label for label in told.values() if label.isascii()], (benefit.id, name, told)


def test_an_answer_in_chinese_is_the_code_of_it_and_another_word_is_refused(desk):
    [found] = proposed(desk)
    with pytest.raises(InvalidInput, match="村长") as refusal:
        state_fact(desk, found.claim_id, {"claimant_type": "村长"}, "问过")
    assert "担任劳务经纪人的村干部" in refusal.value.remedy
    said = {"claimant_type": "担任劳务经纪人的村干部"}
    assert state_fact(desk, found.claim_id, said, "看过任职文件").stated == {"claimant_type": "village_cadre"}
    [fact] = [one for one in claim_told(desk, found.claim_id)["facts"] if one["label"] == "申领者的身份"]
    assert (fact["value"], fact["stated"]) == ("担任劳务经纪人的村干部", True)


@pytest.mark.parametrize(
    ("benefit", "name", "text", "value"),
    [
        ("A-WS", "months_in_window", "5.5", "5.5"),
        ("A-WS", "months_in_window", "六个月", None),
        ("A-WS", "months_in_window", "-1", None),
        ("A-WS", "months_in_window", "1e99", None),
        ("A-WS", "status", "建档立卡贫困人口", ["registered_poor"]),
        ("A-WS", "status", "有钱人", None),
        ("A-ST", "months", "12", 12),
        ("A-ST", "months", "十二", None),
        ("A-WS", "agreement", " ", None),
        ("A-WS", "no_such", "1", None),
    ],
)
def test_numbers_words_and_nothing(benefit, name, text, value):
    pack = PACKS.packs["liujiang_2018"]
    if value is None:
        with pytest.raises(InvalidInput):
            typed(pack, pack.benefit(benefit), name, text, PACKS.vocabulary)
    else:
        assert typed(pack, pack.benefit(benefit), name, text, PACKS.vocabulary) == value


def test_a_day_is_read_as_it_is_written():
    pack = PACKS.packs["hekou_2018"]
    benefit = pack.benefit("B-SVC")
    assert typed(pack, benefit, "contract_start", "2018年3月1日", PACKS.vocabulary) == "2018-03-01"
    assert typed(pack, benefit, "payroll_months", "2018-03、2018-04", PACKS.vocabulary) == ["2018-03", "2018-04"]


def test_what_was_stated_wrongly_is_put_right_even_where_the_claim_was_refused_for_it(desk):
    [found] = proposed(desk)
    refused = state_fact(desk, found.claim_id, {"claimant_type": "seconded_cadre"}, "听说的")
    assert refused.state is ClaimState.REFUSED
    assert propose_again(desk, found.claim_id).state is ClaimState.REFUSED
    told = claim_told(desk, found.claim_id)
    assert (told["may"]["state"], [one["name"] for one in told["facts_stated"]]) == (True, ["claimant_type"])
    right = state_fact(desk, found.claim_id, {"claimant_type": "village_cadre"}, "看过任职文件")
    assert (right.state, right.proposal.outcome) == (ClaimState.LACKING, "eligible")
    assert find_claim(desk, found.claim_id).proposal.amount_fen == 30_000


def test_nothing_said_states_nothing(desk):
    [found] = proposed(desk)
    with pytest.raises(InvalidInput):
        state_fact(desk, found.claim_id, {}, "看过")
