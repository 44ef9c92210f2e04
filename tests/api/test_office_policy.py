"""Packs as pages: what is in force, every figure with its clause, what nobody stated said as such."""

from __future__ import annotations

from datetime import date

import pytest
from office_desk import desk

from matcher.policy import standard_packs, state
from matcher.policy.pages.diff import STATE_WORDS
from matcher.services.documents.pack_page import pack_page

PACKS = list(standard_packs().packs)


@pytest.fixture(scope="module")
def officer(app):
    return desk(app)[0]


@pytest.mark.parametrize("on", ["2018-06-01", "2021-08-30", "2022-01-01", "2025-12-31", "2026-01-01"])
def test_every_document_stands_with_its_state_on_the_day(officer, on):
    told = officer.get(f"/office/policy.json?on={on}").get_json()
    packs = standard_packs().packs
    assert {row["pack_id"]: row["state"] for row in told["packs"]} == {
        name: state(pack, date.fromisoformat(on)).value for name, pack in packs.items()
    }
    page = officer.get(f"/office/policy?on={on}").get_data(as_text=True)
    assert all(STATE_WORDS[state(pack, date.fromisoformat(on))] in page for pack in packs.values())


def test_the_day_after_the_last_one_nothing_of_the_document_is_in_force(officer):
    last, after = (
        officer.get(f"/office/policy/qinzhou_2021.json?on={on}").get_json() for on in ("2025-12-31", "2026-01-01")
    )
    assert "in_force" in {row["today"] for row in last["figures"]}
    assert {row["today"] for row in after["figures"]} == {"not_in_force", "needed"}
    page = officer.get("/office/policy/qinzhou_2021?on=2026-01-01").get_data(as_text=True)
    assert "已到期" in page
    assert "无现行政策" in page


@pytest.mark.parametrize("pack_id", PACKS)
def test_every_figure_has_a_clause_and_a_missing_one_no_number(officer, pack_id):
    pack = standard_packs().packs[pack_id]
    told = officer.get(f"/office/policy/{pack_id}.json").get_json()
    rows = [*told["figures"], *told["terms"]]
    assert len(rows) == len(pack.parameters)
    assert all(row["clause"] for row in rows)
    for row, parameter in ((row, pack.parameter(row["id"])) for row in rows):
        assert bool(row["missing"]) is not parameter.kind.has_value
        assert row["value"] != "0"
        assert bool(row["value"]) is not bool(row["missing"])
    page = officer.get(f"/office/policy/{pack_id}").get_data(as_text=True)
    assert told["document"]["title"] in page
    assert len(told["rules"]) == len(pack.rules)
    assert [row["benefit"] for row in told["benefits"]] == [benefit.id for benefit in pack.benefits]
    assert all(row["title"] in page and row["amount"] for row in told["benefits"])


def test_masked_and_open_figures_are_named_as_such(officer):
    told = officer.get("/office/policy/masked_county_2020.json").get_json()
    missing = {row["missing"] for row in told["figures"] if row["missing"]}
    assert missing == {"原文此处打码", "原文未写明"}
    needed = officer.get("/office/figures.json").get_json()["documents"]
    (masked,) = [document for document in needed if document["pack_id"] == "masked_county_2020"]
    rows = {row["id"] for row in masked["figures"]}
    assert {row["id"] for row in told["figures"] if row["today"] == "needed"} < rows
    assert all(row["clause"] for row in masked["figures"])


def test_rules_are_steps_with_their_sentences(officer):
    told = officer.get("/office/policy/liujiang_2018.json").get_json()
    route = next(rule for rule in told["rules"] if rule["rule_id"] == "LJ_FARM_ROUTE")
    assert route["clause"] == "三(二)4(2)"
    assert len(route["steps"]) > 5
    assert all(step["when"] for step in route["steps"][:-1])
    page = officer.get("/office/policy/liujiang_2018").get_data(as_text=True)
    assert all(step["says"] in page for step in route["steps"])


def test_tiers_are_told_in_the_documents_order(officer):
    told = officer.get("/office/policy/liujiang_2018.json").get_json()
    assert [tier["label"] for tier in told["services"][0]["tiers"]] == ["第一档", "第二档", "第三档"]


def test_another_day_is_asked_for_in_the_address_and_a_wrong_one_is_refused(officer):
    assert officer.get("/office/policy.json?on=2021-13-01").status_code == 422
    assert officer.get("/office/policy/liujiang_2018.json?on=gestern").status_code == 422


def test_a_pack_that_is_none_is_not_found(officer):
    assert officer.get("/office/policy/atlantis.json").status_code == 404


def test_a_pack_of_no_region_binds_nowhere_unless_it_always_applies():
    packs = standard_packs()
    on = date(2022, 1, 1)
    assert pack_page(packs, "masked_county_2020", on)["regions"] == []
    assert not pack_page(packs, "masked_county_2020", on)["everywhere"]
    assert pack_page(packs, "national", on)["everywhere"]
