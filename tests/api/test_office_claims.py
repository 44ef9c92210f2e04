"""The office's claims page: one claim in two clicks, two people, a file, a reply; nobody else reads any of it."""

from __future__ import annotations

import io
import json
import re
from urllib.parse import unquote

import county
import msgspec
import pytest
from claims_county import approved, desk, paid_file, proposed, service_line, station_line

from matcher.errors import InvalidInput
from matcher.records.access import Role
from matcher.services.claims.desk import find_claim
from matcher.services.claims.pay import find_payment
from matcher.services.claims.programmes import record_programmes
from matcher.services.claims.propose import propose_placements

HERE, ELSEWHERE = "450206102", "450206110"


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def person(app):
    store = county.application_of(app).store
    from matcher.records import Kind

    return next(one for one in store.records(Kind.WORKERS) if one.place_code.startswith(HERE)).worker_id


class Hand:
    """Somebody at a desk."""

    def __init__(self, app, role=Role.OFFICER, regions=()):
        self.client = app.test_client()
        self.csrf = county.signed_in(self.client, role, regions)

    def get(self, url):
        return self.client.get(url)

    def post(self, url, **fields):
        return self.client.post(url, data={"csrf": self.csrf, **fields})


def test_the_button_proposes_from_the_records_and_says_what_each_lacks(app):
    officer = Hand(app)
    assert officer.post("/office/claims/propose").status_code == 303
    told = officer.get("/office/claims.json").json
    assert told["n_rows"] > 0
    assert all(row["amount"] is None for row in told["rows"] if row["outcome"] != "eligible")
    assert all(row["why"] for row in told["rows"] if row["outcome"] != "eligible")
    page = officer.get(f"/office/claims/{told['rows'][0]['claim_id']}")
    assert page.status_code == 200
    assert "江政办发〔2018〕97号" in page.text


def test_two_people_approve_and_the_auditor_reads_clause_version_evidence_and_who_saw_it(app, person):
    [claim_id] = proposed(app, [service_line(person, "x-1")])
    one, other, auditor = Hand(app), Hand(app), Hand(app, Role.AUDITOR)
    url = f"/office/claims/{claim_id}"
    assert one.post(f"{url}/approve").status_code == 303
    again = one.post(f"{url}/approve")
    assert (again.status_code, "两个人" in again.text) == (403, True)
    assert "要另一位工作人员" in one.get(url).text
    assert other.post(f"{url}/approve").status_code == 303
    told = auditor.get(f"{url}.json").json
    assert (told["state"], told["amount"], told["clause"]) == ("approved", "300.00", "三(二)6(2)")
    assert len(told["version"]) == 64
    assert all(paper["held"] for paper in told["papers"])
    assert {"claim_approved", "claim"} <= {look["action"] for look in told["looks"]}
    assert told["working"][0]["value"] == "300"
    assert auditor.post(f"{url}/approve").status_code == 403
    assert "初审同意" not in auditor.get(url).text


def test_a_broker_is_paid_under_the_name_of_the_account_as_far_as_the_reader_sees_accounts(app, person):
    run, broker, number = county.application_of(app), county.new_user(app, Role.BROKER, [HERE]), "样例备2018-77"
    run.orders.put_licence(msgspec.structs.replace(run.orders.licence(broker), number=number))
    lines = [service_line(person, f"n-{who}").replace("b-test", who) for who in (broker, number, "nobody")]
    claim_ids = proposed(app, lines)
    everybody, near = Hand(app), Hand(app, regions=[HERE])
    for hand in (everybody, near):
        told = [hand.get(f"/office/claims/{one}.json").json["claimant"] for one in claim_ids]
        assert told == ["测试样例", "测试样例", "nobody"]
    assert "<dt>付给</dt><dd>测试样例" in everybody.get(f"/office/claims/{claim_ids[1]}").text
    at_large = county.new_user(app, Role.BROKER)
    [claim_id] = proposed(app, [service_line(person, "n-wide").replace("b-test", at_large)])
    assert near.get(f"/office/claims/{claim_id}.json").json["claimant"] == at_large
    assert everybody.get(f"/office/claims/{claim_id}.json").json["claimant"] == "测试样例"
    twice = county.new_user(app, Role.BROKER, [HERE])
    run.orders.put_licence(msgspec.structs.replace(run.orders.licence(twice), number=number))
    assert near.get(f"/office/claims/{claim_ids[1]}.json").json["claimant"] == number
    approved(app, claim_ids[0])
    payment = everybody.post("/office/payments").headers["Location"]
    assert "测试样例" in everybody.get(f"{payment}/file?form=csv").get_data(as_text=True)
    run.access.change_user(broker, lambda kept: msgspec.structs.replace(kept, display_name="测试样例乙"))
    assert "收款人改过名字" in everybody.get(payment).text
    assert "测试样例乙" not in everybody.get(f"{payment}/file?form=csv").get_data(as_text=True)


def test_what_lacks_is_ticked_and_stated_with_its_grounds(app):
    [claim_id] = proposed(app, [station_line("s-1", HERE)])
    officer, url = Hand(app), f"/office/claims/{claim_id}"
    told = officer.get(f"{url}.json").json
    assert (told["state"], told["facts_missing"][0]["name"]) == ("lacking", "months")
    assert officer.post(f"{url}/facts", fact="months", value="十二", why="看过台账").status_code == 422
    assert officer.post(f"{url}/facts", fact="months", value="12", why=" ").status_code == 422
    assert officer.post(f"{url}/facts", fact="months", value="12", why="看过台账 13912345678").status_code == 303
    assert officer.post(f"{url}/papers", paper="station_list", held="yes").status_code == 303
    told = officer.get(f"{url}.json").json
    assert (told["state"], told["amount"]) == ("ready", "3000.00")
    assert sum(share["amount_fen"] for share in told["shares"]) == 300_000
    assert "13912345678" not in officer.get(url).text


def test_a_file_is_made_answered_and_what_fits_nothing_is_kept_and_shown(app, person):
    [claim_id] = proposed(app, [service_line(person, "x-1")])
    approved(app, claim_id)
    officer = Hand(app)
    made = officer.post("/office/payments")
    url = made.headers["Location"]
    payment = find_payment(desk(app), url.rpartition("/")[2])
    body = officer.get(f"{url}/file?form=csv")
    assert body.mimetype == "text/csv"
    assert payment.lines[0].line_id in body.get_data(as_text=True)
    assert Hand(app, Role.AUDITOR).get(f"{url}/file").status_code == 403
    reply = f"行号,结果\n{payment.lines[0].line_id},成功\np-none-0001,成功\n".encode()
    answer = officer.post(f"{url}/reply", file=(io.BytesIO(reply), "回单.csv"))
    assert answer.status_code == 303
    told = officer.get(f"{url}.json").json
    assert (told["n_paid"], told["n_problems"], told["problems"][0]["row"]) == (1, 1, 3)
    assert find_claim(desk(app), claim_id).state.value == "paid"
    assert officer.post("/office/payments").status_code == 422
    assert officer.post(f"{url}/reply").status_code == 422
    actions = {entry.action for entry in county.application_of(app).access.audit(subject=payment.payment_id)}
    assert {"payment_made", "payment_file", "payment_reply"} <= actions


def test_a_region_ends_where_it_ends_and_nobody_else_reads_claims(app, person):
    mine, station = proposed(app, [service_line(person, "x-1"), station_line("s-1", ELSEWHERE)])
    approved(app, mine)
    payment_id = paid_file(app, [mine])
    here, there = Hand(app, regions=(HERE,)), Hand(app, regions=(ELSEWHERE,))
    assert here.get(f"/office/claims/{mine}").status_code == 200
    assert here.get(f"/office/claims/{station}").status_code == 404
    assert there.get(f"/office/claims/{mine}").status_code == 404
    assert [row["claim_id"] for row in there.get("/office/claims.json").json["rows"]] == [station]
    assert here.get(f"/office/payments/{payment_id}").status_code == 200
    assert there.get(f"/office/payments/{payment_id}").status_code == 404
    for role in (Role.BROKER, Role.EMPLOYER, Role.HELPER):
        assert Hand(app, role).get("/office/claims").status_code == 403
        assert Hand(app, role).get(f"/office/claims/{mine}").status_code == 403


def test_meters_stand_beside_their_clause_and_what_nobody_recorded_is_no_zero(app):
    officer, here = Hand(app), Hand(app, regions=(HERE,))
    told = officer.get("/office/measures.json").json
    assert told["villages"]["outcome"] in ("met", "not_met")
    assert told["villages"]["clause"] == "三(二)5"
    assert all(row["required"] is None or row["clause"] == "三(二)2" for row in told["firms"])
    assert all(row["of_months"] == 6 for row in told["workshops"])
    assert told["fairs"]["outcome"] == "no_rule"
    assert officer.get("/office/measures").status_code == 200
    regional = here.get("/office/measures.json").json
    assert (regional["firms"], regional["fairs"]) == ([], None)


def test_what_one_press_did_not_look_at_is_told_and_the_next_press_goes_on(app, monkeypatch):
    from api.office import claims as room

    every = {one.claim_id for one in propose_placements(desk(app))}
    monkeypatch.setattr(room, "N_JUDGED", 5)
    officer = Hand(app)
    url, n_left, looked_at = "/office/claims/propose", [], 0
    for _ in range(len(every)):
        page = officer.get(officer.post(url).headers["Location"])
        told = page.text
        n = re.search(r"看了([\d,]+)笔", told)
        looked_at += int(n[1].replace(",", ""))
        left = re.search(r"后面还有([\d,]+)笔没看", told)
        if left is None:
            break
        n_left.append(int(left[1].replace(",", "")))
        [skip] = re.findall(r'action="(/office/claims/propose\?skip=\d+)"', told)
        url = skip
    assert "名册里的都看过了" in told
    assert looked_at == len(every)
    assert len(n_left) > 1
    assert n_left == sorted(n_left, reverse=True)


def test_every_figure_of_the_meters_opens_as_many_names_as_it_says(app, person):
    plan = {"kind": "class", "title": "缝纫班", "on": "2018-03-01", "people": [person]}
    fair = {"kind": "fair", "title": "招聘会", "on": "2018-03-01"}
    stall = {"kind": "stall", "title": "摊位", "on": "2018-03-01", "people": [person]}
    results = {"k-1": {"came": [person], "certified": [person]}, "f-1": {"hired": [person]}}
    plans = {"k-1": plan, "f-1": fair, "s-1": stall}
    lines = [json.dumps({"id": name, "plan": one}) for name, one in plans.items()]
    record_programmes(desk(app), lines + [json.dumps({"id": name, "result": one}) for name, one in results.items()])
    officer = Hand(app)
    page = officer.get("/office/measures").text
    links = re.findall(r'href="(/office/measures/names[^"]+)">([\d,]+)人', page)
    kinds = {unquote(url).partition("of=")[2].partition("/")[0] for url, _ in links}
    assert {"workshops", "posts", "village", "class", "fair", "other"} <= kinds
    for url, n in links:
        told = officer.get(url.replace("names?", "names.json?")).json
        assert (told["n"], len(told["people"])) == (int(n.replace(",", "")),) * 2
    assert officer.get(links[0][0]).status_code == 200
    assert officer.get("/office/measures/names?of=class/no/trained").status_code == 404
    told = officer.get("/office/measures.json").text
    shown = {row["worker_id"] for name in ("workshops", "terms") for row in json.loads(told)[name]}
    assert person in shown or person not in told


def test_classes_and_referrals_are_recorded_and_told(app, person):
    plan = {"kind": "class", "title": "缝纫班", "on": "2018-03-01", "people": [person], "vouchers": 1}
    lines = [
        json.dumps({"id": "k-1", "plan": plan}),
        json.dumps({"id": "k-1", "result": {"came": [person], "certified": [person]}}),
        json.dumps({"id": "m-1", "plan": {"kind": "promise", "title": "创业贷款", "on": "2018-05-01"}}),
    ]
    assert record_programmes(desk(app), lines) == 3
    told = Hand(app).get("/office/measures.json").json
    [row] = told["classes"]
    assert (row["n_trained"], row["n_certified"], row["n_stable"], row["outcome"]) == (1, 1, None, "no_rule")
    assert [(one["title"], one["kept"]) for one in told["others"]] == [("创业贷款", None)]
    with pytest.raises(InvalidInput):
        record_programmes(desk(app), ['{"id": "m-2", "plan": {"kind": "promise", "title": "x", "amount": 3}}'])
