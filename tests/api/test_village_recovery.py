"""Scheduling until recovery: the county's own month, who may set it, and places whose number nobody knows."""

from __future__ import annotations

import county
import pytest
from county import application_of
from office_desk import desk

from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.access import Role

TOWN = "450206103"
DEADLINE = "/office/figures/masked_county_2020/scale_recovery_deadline"
WAITS = "恢复上年规模的期限"


def set_month(client, csrf, month):
    fields = {"value": month, "unit": "月底", "from": "2018-01-01", "author": "县就业局", "source": "合成数据"}
    answer = client.post(DEADLINE, data={"csrf": csrf, **fields})
    assert answer.status_code == 303, answer.get_data(as_text=True)


def page_of(client, path="villages"):
    return client.get(f"/office/{path}.json").get_json()


@pytest.mark.parametrize(("month", "day", "late"), [("9", "2018-09-30", False), ("2", "2018-02-28", True)])
def test_the_county_sets_by_which_month_a_place_must_have_recovered_and_who_has_not_is_told(make_app, month, day, late):
    app = make_app()
    client, csrf = desk(app)
    before = page_of(client)
    assert (before["recover_by"], before["is_late"]) == ("", False)
    assert WAITS in [one["name"] for one in before["needed"]]
    set_month(client, csrf, month)
    after = page_of(client)
    assert (after["recover_by"], after["is_late"]) == (day, late)
    assert WAITS not in [one["name"] for one in after["needed"]]
    code = next(row["code"] for row in after["villages"] if row["below"])
    broker = county.new_user(app, Role.BROKER, (county.COUNTY,))
    form = {"csrf": csrf, "broker": broker}
    assert client.post(f"/office/villages/{code}/assign", data=form).status_code == 303
    for path in ("/office/villages", f"/office/villages/{code}"):
        html = client.get(path).text
        assert (f"{day}前要恢复" in html, f"过了{day}还没恢复" in html) == (True, late)


def test_who_may_not_open_a_figure_is_not_led_to_it(make_app):
    app = make_app()
    town, _ = desk(app, Role.OFFICER, (TOWN,))
    code = page_of(town)["villages"][0]["code"]
    assert page_of(town)["needed"]
    for path in ("/office/villages", f"/office/villages/{code}"):
        assert "/office/figures/" not in town.get(path).text
    assert "/office/figures/masked_county_2020/comparison_year" in desk(app)[0].get("/office/villages").text


def test_a_place_without_a_number_is_not_said_to_need_no_scheduling_and_a_coarse_home_has_none(make_app):
    app = make_app()
    fields = {"registered_poor": True, "labour_ability": "normal", "wish_to_go_out": True}
    made = Batch(
        batch_id="b-u", kind=Kind.WORKERS, file="u.csv", file_sha256="", imported_at=county.NOON, by="a", summary={}
    )
    rows = [("w-new", f"{TOWN}999"), ("w-coarse", TOWN)]
    changes = [
        Change(record_id=name, sheet="", row=n, fields={**fields, "place_code": code})
        for n, (name, code) in enumerate(rows, start=2)
    ]
    application_of(app).store.write_batch(made, changes)
    client, csrf = desk(app)
    html = client.get(f"/office/villages/{TOWN}999").text
    assert "判不了要不要调度" in html
    assert "不用调度" not in html
    answer = client.post(f"/office/villages/{TOWN}x/base", data={"csrf": csrf, "n": "999", "source": "名单"})
    assert answer.status_code == 422
    assert "这些人没写到村" in answer.text
    assert f"/office/villages/{TOWN}x/base" not in client.get(f"/office/villages/{TOWN}x").text
