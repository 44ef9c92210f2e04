"""Classes, stalls, referrals and stations written down at the desk, from the plan to the claims of the trainees."""

from __future__ import annotations

import county
import pytest
from county import application_of
from office_desk import GOOD, ROSTER, desk
from uploads import done, upload

from matcher.records import Kind
from matcher.records.access import Role

TOWN = "450206102"


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def officer(app):
    return desk(app)


def workers(app, n=3):
    """Ids of a few, somebody of the register among the first two."""
    listed = application_of(app).store.records(Kind.WORKERS)
    return [one.worker_id for one in sorted(listed, key=lambda one: one.registered_poor is not True)][:n]


def posted(officer, path, status=303, **form):
    client, csrf = officer
    answer = client.post(path, data={"csrf": csrf, **form})
    assert answer.status_code == status, (path, answer.get_data(as_text=True)[-600:])
    return answer


def told(officer, path):
    client, _ = officer
    answer = client.get(path + ".json")
    assert answer.status_code == 200, path
    return answer.get_json()


def planned(officer, **form):
    form = {"kind": "class", "title": "缝纫班", "on": "2018-05-02", "place": TOWN} | form
    return posted(officer, "/office/programmes", **form).headers["Location"]


def test_a_class_from_its_plan_to_the_claims_of_who_came(app, officer):
    ids = workers(app)
    facts = {"course": "pre_job", "days": "2", "designated": "yes", "going_out": "yes", "until": "2018-05-03"}
    url = planned(officer, people="\n".join(ids[:2]), **facts)
    posted(officer, f"{url}/people", people=ids[2])
    page = told(officer, url)
    assert [row["worker_id"] for row in page["rows"]] == ids
    assert (page["course"], page["days"], page["designated"], page["held"]) == ("外出务工岗前", 2, True, False)
    posted(officer, f"{url}/result", came=ids[:2], certified=ids[:1])
    page = told(officer, url)
    assert [(row["came"], row["certified"]) for row in page["rows"]] == [(True, True), (True, False), (False, False)]
    [row] = told(officer, "/office/measures")["classes"]
    assert (row["n_trained"], row["n_certified"]) == (2, 1)
    posted(officer, "/office/claims/propose")
    store, deeds = application_of(app).store, application_of(app).deeds
    poor = {one.worker_id for one in store.records(Kind.WORKERS, ids=ids[:2]) if one.registered_poor is not False}
    claims = [
        one
        for one in deeds.deeds(prefix="claim:")
        if one.body.get("proposal", {}).get("claim", {}).get("benefit") == "A-PRE"
    ]
    assert {one.body["proposal"]["claim"]["persons"][0] for one in claims} == poor


def test_a_person_is_named_by_number_and_no_number_is_told_back(app, officer):
    api, headers = app.test_client(), county.bearer(app, Role.OFFICER)
    assert done(app, api, headers, upload(api, headers, ROSTER, kind="workers", name="花名册.csv"))["state"] == "done"
    url = planned(officer, people=f"韦样例 {GOOD}")
    assert len(told(officer, url)["rows"]) == 1
    client, csrf = officer
    strange = f"{workers(app)[0]}\n\n350103198001010017\n谁也不是"
    answer = client.post(f"{url}/people", data={"csrf": csrf, "people": strange})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "第3、4行" in text
    assert "350103198001010017" not in text
    assert len(told(officer, url)["rows"]) == 1


def test_a_referral_and_a_stall_are_tracked_to_their_end_and_a_station_stands_by_itself(app, officer):
    [person] = workers(app, 1)
    offered = {one["title"] for one in told(officer, "/office/programmes")["referrals"]}
    assert {"创业贷款", "自主创业的税费、奖励和场租水电减免"} <= offered
    loan = planned(officer, kind="promise", title="创业贷款", people=person)
    stall = planned(officer, kind="stall", title="三号摊位", people=person)
    station = planned(officer, kind="station", title="工作站", on="2018-01-01")
    posted(officer, f"{loan}/result", kept="yes", note="信用社办的，电话13800000001")
    assert (told(officer, loan)["kept"], "13800000001" in told(officer, loan)["note"]) == (True, False)
    assert told(officer, stall)["kept"] is None
    kinds = {one["kind"]: one["rows"] for one in told(officer, "/office/programmes")["kinds"]}
    assert [len(kinds[kind]) for kind in ("class", "stall", "promise", "station")] == [0, 1, 1, 1]
    posted(officer, "/office/claims/propose")
    rows = officer[0].get("/office/claims.json", query_string={"state": "lacking", "skip": 0}).get_json()["rows"]
    assert any(row["benefit"] == "A-ST" and row["claimant"] == "工作站" for row in rows)
    assert officer[0].get(station).status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        {"title": " "},
        {"on": ""},
        {"on": "2018-02-30"},
        {"kind": "fair"},
        {"kind": "x"},
        {"course": "x"},
        {"days": "两天"},
        {"until": "2018-05-01"},
        {"people": "nobody"},
    ],
    ids=str,
)
def test_a_plan_that_cannot_be_is_refused_and_nothing_is_kept(officer, form):
    posted(officer, "/office/programmes", 422, **{"kind": "class", "title": "班", "on": "2018-05-02"} | form)
    assert not any(one["rows"] for one in told(officer, "/office/programmes")["kinds"])


def test_a_result_names_only_who_is_on_the_roster_and_no_day_to_come(app, officer):
    ids = workers(app)
    url = planned(officer, people=ids[0])
    posted(officer, f"{url}/result", 422, came=ids[1])
    posted(officer, f"{url}/result", 422, came=ids[0], certified=ids[1])
    later = planned(officer, title="下个月的班", on="2018-07-02", people=ids[0])
    posted(officer, f"{later}/result", 422, came=ids[0])
    assert not told(officer, url)["held"]


def test_a_town_writes_and_reads_its_own_and_an_auditor_writes_nothing(app, officer):
    county_wide = planned(officer, title="全县的班", place="")
    own = desk(app, Role.OFFICER, (TOWN,))
    posted(own, "/office/programmes", 422, kind="class", title="班", on="2018-05-02", place="450206103")
    url = planned(own)
    assert told(own, url)["title"] == "缝纫班"
    assert own[0].get(county_wide).status_code == 404
    auditor = desk(app, Role.AUDITOR)
    assert auditor[0].get(url).status_code == 200
    posted(auditor, "/office/programmes", 403, kind="class", title="班", on="2018-05-02")
    assert '<form class="stack"' not in auditor[0].get("/office/programmes").get_data(as_text=True)


def test_somebody_on_the_wrong_roster_is_taken_off_and_an_old_page_writes_no_result(app, officer):
    ids = workers(app)
    url = planned(officer, people="\n".join(ids))
    page = officer[0].get(url).get_data(as_text=True)
    assert page.count('form="drop"') == 3
    seen = told(officer, url)["seen"]
    posted(officer, f"{url}/drop", drop=ids[2])
    assert [row["worker_id"] for row in told(officer, url)["rows"]] == ids[:2]
    posted(officer, f"{url}/result", 409, came=ids, seen=seen)
    posted(officer, f"{url}/result", came=ids[:2], seen=told(officer, url)["seen"])
    posted(officer, f"{url}/drop", 409, drop=ids[0])
    assert told(officer, "/office/measures")["classes"][0]["n_trained"] == 2


def test_what_was_not_known_of_a_class_is_written_down_later(app, officer):
    url = planned(officer)
    posted(officer, f"{url}/facts", 422, course="skill", paid_to="trainee")
    posted(
        officer, f"{url}/facts", course="skill", days="30", paid_to="institution", institution="样例职校", paid_by="5号"
    )
    page = told(officer, url)
    assert (page["course"], page["days"], page["institution"], page["paid_to_label"]) == (
        "技能",
        30,
        "样例职校",
        "培训机构",
    )
    stall = planned(officer, kind="stall", title="三号摊位")
    posted(officer, f"{stall}/facts", 422, course="skill")
    posted(desk(app, Role.AUDITOR), f"{url}/facts", 403, course="skill")
