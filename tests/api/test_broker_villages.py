"""Villages given to a broker stand on the broker's own page: a number and a search, nothing of why."""

from __future__ import annotations

from county import COUNTY, NOON, application_of, new_user, session_of
from office_desk import ON, desk

from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.ground.answering import working_ids

TOWN = "450206103"
CLOSED_WORDS = ("贫困", "建档立卡", "监测", "搬迁", "脱贫", "补贴")
MINE = "/broker/orders/mine"


def test_a_village_is_told_to_the_broker_who_has_it_and_to_nobody_else(make_app):
    app = make_app()
    officer, csrf = desk(app)
    village = next(row for row in officer.get("/office/villages.json").get_json()["villages"] if row["below"])
    names = [new_user(app, Role.BROKER, (COUNTY,)) for _ in range(2)]
    mine, other = app.test_client(), app.test_client()
    for client, name in zip((mine, other), names, strict=True):
        session_of(client, name)
        assert client.get(f"{MINE}.json").get_json()["villages"] == []
    form = {"csrf": csrf, "broker": names[0], "note": "先问会缝纫的"}
    assert officer.post(f"/office/villages/{village['code']}/assign", data=form).status_code == 303

    (row,) = mine.get(f"{MINE}.json").get_json()["villages"]
    store = application_of(app).store
    busy = working_ids(store, ON, None)
    people = [w for w in store.records(Kind.WORKERS) if w.place_code == village["code"] and w.wish_to_work]
    assert (row["short"], row["note"]) == (village["short"], "先问会缝纫的")
    assert row["n_seeking"] == sum(w.worker_id not in busy for w in people)
    html = mine.get(MINE).get_data(as_text=True)
    assert f"village:{village['code']}" in html.replace("%3A", ":")
    assert not [word for word in CLOSED_WORDS if word in html]
    assert other.get(f"{MINE}.json").get_json()["villages"] == []

    assert officer.post(f"/office/villages/{village['code']}/release", data={"csrf": csrf}).status_code == 303
    assert mine.get(f"{MINE}.json").get_json()["villages"] == []


def test_the_search_a_broker_is_led_to_finds_the_people_of_a_town_that_was_given(make_app):
    app = make_app()
    officer, csrf = desk(app)
    towns = officer.get("/office/villages.json").get_json()["towns"]
    town = next((row for row in towns if row["below"]), towns[0])
    base = {"csrf": csrf, "n": "9999", "source": "系统名单"}
    assert officer.post(f"/office/villages/{town['code']}/base", data=base).status_code == 303
    name, broker = new_user(app, Role.BROKER, (COUNTY,)), app.test_client()
    session_of(broker, name)
    form = {"csrf": csrf, "broker": name}
    assert officer.post(f"/office/villages/{town['code']}/assign", data=form).status_code == 303
    (row,) = broker.get(f"{MINE}.json").get_json()["villages"]
    found = broker.get("/broker/people.json", query_string={"is": row["find"]}).get_json()["found"]
    assert found["n_shown"] > 0
    assert {one["about"] for one in found["chips"]} == {"township"}


def test_people_whose_homes_are_known_to_their_town_alone_can_be_given_to_a_broker_too(make_app):
    app = make_app()
    fields = {
        "place_code": TOWN, "registered_poor": True, "wish_to_work": True, "labour_ability": "normal",
        "system_work_years": ["2017"],
    }  # fmt: skip
    made = Batch(batch_id="b-c", kind=Kind.WORKERS, file="c.csv", file_sha256="", imported_at=NOON, by="a", summary={})
    application_of(app).store.write_batch(made, [Change(record_id="w-coarse", sheet="", row=2, fields=fields)])
    officer, csrf = desk(app)
    name, broker = new_user(app, Role.BROKER, (COUNTY,)), app.test_client()
    session_of(broker, name)
    form = {"csrf": csrf, "broker": name}
    assert officer.post(f"/office/villages/{TOWN}x/assign", data=form).status_code == 303
    (row,) = broker.get(f"{MINE}.json").get_json()["villages"]
    assert (row["name"], row["short"], row["n_seeking"]) == ("成团镇（没写到村）", 1, 1)
