"""The figures a county supplies: listed with what waits, recorded by officers, kept, and never beyond a region."""

from __future__ import annotations

from datetime import date

import pytest
from county import application_of
from office_desk import SCRIPT, desk, entries

from matcher.policy import evaluate_rule, standard_packs
from matcher.policy.figures.in_force import FiguresOn
from matcher.records.access import Role
from matcher.services.documents.county_figures import kept_figures

WAGE = "/office/figures/liujiang_2018/welfare_post_subsidy"
RATE = "/office/figures/liujiang_2018/skill_training_living_rate"
SOURCE = "县人社发〔2018〕样例1号"
TYPED = {
    "value": "1430", "unit": "元/月", "from": "2018-03-01", "to": "", "author": "覃样例", "source": SOURCE,
}  # fmt: skip


def record(client, csrf, address=WAGE, **changes):
    return client.post(address, data={"csrf": csrf, **TYPED, **changes})


def ours(client, on="2018-06-01"):
    told = client.get(f"/office/figures.json?on={on}").get_json()
    (document,) = [row for row in told["documents"] if row["ours"]]
    return told, {row["id"]: row for row in document["figures"]}


def test_the_countys_own_document_comes_first_and_says_what_waits(app):
    client, _ = desk(app)
    told, rows = ours(client)
    assert told["documents"][0]["pack_id"] == "liujiang_2018"
    assert [row["ours"] for row in told["documents"]].count(True) == 1
    assert rows["welfare_post_subsidy"]["effect"].startswith("1条规则")
    assert rows["annual_budget"]["effect"] == "没有规则用到它，填了供查阅"
    assert rows["welfare_post_subsidy"]["open_since"] == "2018-02-08"
    assert told["n_open"] == sum(row["set"] is None for row in rows.values())
    page = client.get("/office/figures").get_data(as_text=True)
    assert all(row["name"] in page for row in rows.values())
    assert 'href="/office/figures"' in client.get("/office").get_data(as_text=True)
    assert "/office/figures" in client.get("/office/policy").get_data(as_text=True)


def test_a_figure_is_recorded_used_and_told_with_its_author_and_source(make_app):
    app = make_app()
    client, csrf = desk(app)
    before, _ = ours(client)
    answer = record(client, csrf)
    assert (answer.status_code, answer.location) == (303, WAGE)
    told, rows = ours(client)
    assert told["n_open"] == before["n_open"] - 1
    assert told["n_set"] == 1
    assert rows["welfare_post_subsidy"]["set"] == {
        "value": "1430", "unit": "元/月", "days": "2018-03-01起", "author": "覃样例", "source": SOURCE,
    }  # fmt: skip
    county = FiguresOn(figures=kept_figures(application_of(app).store), on=date(2018, 6, 1))
    wage = {"full_months": 1, "min_wage_yuan_per_month": None}
    assert evaluate_rule("LJ_WELFARE_PAY", wage, packs=standard_packs(), county=county)["amount_yuan"] == "1430.00"
    pack = client.get("/office/policy/liujiang_2018.json?on=2018-06-01").get_json()
    row = next(row for row in pack["figures"] if row["id"] == "welfare_post_subsidy")
    assert (row["county"], row["today"]) == ("1430元/月", "county")
    assert client.get("/office.json").get_json()["packs"]["n_figures_needed"] == told["n_open"]
    (entry,) = entries(app, "liujiang_2018/welfare_post_subsidy")
    assert (entry.action, entry.detail["value"], entry.detail["source"]) == ("county_figure", "1430", SOURCE)


def test_a_correction_is_a_further_row_and_a_double_tap_is_none(make_app):
    app = make_app()
    client, csrf = desk(app)
    for changes in ({}, {}, {"value": "1500"}, {"from": "2019-01-01", "value": "1680"}):
        assert record(client, csrf, **changes).status_code == 303
    told = client.get(f"{WAGE}.json?on=2018-06-01").get_json()
    assert [(row["value"], row["in_use"]) for row in told["history"]] == [
        ("1680", False), ("1500", True), ("1430", False),
    ]  # fmt: skip
    assert client.get(f"{WAGE}.json?on=2019-01-01").get_json()["figure"]["set"]["value"] == "1680"
    assert client.get(f"{WAGE}.json?on=2018-02-28").get_json()["figure"]["set"] is None
    _, _, page = client.get(WAGE).get_data(as_text=True).partition("<tbody>")
    assert page.index("1680元/月") < page.index("1500元/月") < page.index("1430元/月")


def test_every_fault_is_told_at_its_field_and_what_was_typed_stays(app):
    client, csrf = desk(app)
    answer = record(client, csrf, RATE, value="1300", unit="元", author=" ", **{"from": "2018-01-01"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.count('aria-invalid="true"') == 4
    assert all(f'id="{name}-fix"' in page for name in ("value", "unit", "from", "author"))
    assert 'value="1300"' in page
    assert "不超过1200元/人" in page
    assert client.get(f"{RATE}.json").get_json()["history"] == []


def test_markup_in_a_source_stays_text(make_app):
    client, csrf = desk(make_app())
    assert record(client, csrf, source=SCRIPT).status_code == 303
    for address in (WAGE, "/office/figures"):
        page = client.get(f"{address}?on=2018-06-01").get_data(as_text=True)
        assert SCRIPT not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize(("role", "status"), [(Role.ADMINISTRATOR, 303), (Role.AUDITOR, 403), (Role.BROKER, 403)])
def test_auditors_read_and_do_not_record(make_app, role, status):
    client, csrf = desk(make_app(), role)
    assert record(client, csrf).status_code == status
    if role is Role.AUDITOR:
        told = client.get(f"{WAGE}.json").get_json()
        assert told["may_do"] is False
        assert '<button class="main"' not in client.get(WAGE).get_data(as_text=True)


def test_the_form_needs_its_token(app):
    client, _ = desk(app)
    assert record(client, "").status_code == 403


def test_a_township_reads_its_countys_figures_and_does_not_set_them(make_app):
    client, csrf = desk(make_app(), regions=("450206102",))
    told, rows = ours(client)
    assert {document["pack_id"] for document in told["documents"]} == {"liujiang_2018"}
    assert rows["welfare_post_subsidy"]
    assert "由县里登记" in client.get(WAGE).get_data(as_text=True)
    assert record(client, csrf).status_code == 422
    assert client.get(f"{WAGE}.json").get_json()["history"] == []


def test_another_regions_documents_do_not_exist(make_app):
    client, csrf = desk(make_app(), regions=("450206",))
    foreign = "/office/figures/hekou_2018/county_special_work_funds"
    for answer in (client.get(foreign), client.get(f"{foreign}.json"), record(client, csrf, foreign)):
        assert answer.status_code == 404
    assert record(client, csrf).status_code == 303


@pytest.mark.parametrize("name", ["liujiang_2018/workshop_reward_per_worker", "liujiang_2018/none", "atlantis/none"])
def test_what_is_not_to_be_supplied_is_not_found(app, name):
    client, csrf = desk(app)
    assert client.get(f"/office/figures/{name}").status_code == 404
    assert record(client, csrf, f"/office/figures/{name}").status_code == 404


def test_what_is_no_single_number_says_where_it_goes(app):
    client, csrf = desk(app)
    whole = "/office/figures/masked_county_2020/policy_delivery_amounts"
    assert "交通补助的金额" in client.get(whole).get_data(as_text=True)
    assert "写进政策包" in client.get("/office/figures/masked_county_2020/document_issue_date").get_data(as_text=True)
    assert record(client, csrf, whole, unit="元").status_code == 422


def test_a_day_that_is_none_is_refused(app):
    client, _ = desk(app)
    assert client.get("/office/figures.json?on=gestern").status_code == 422
