"""A post somebody has complained of: halted at once, on no list and in no call, and nobody reads who told it (B3)."""

from __future__ import annotations

import county
import pytest
from broker_county import asker
from call_county import call_app, open_order, phone, post
from order_desk import Desk
from texting_desk import texted

from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.rosters.suspension import BAR, is_suspended, resume_post, suspend_post

WHY = "韦小英 13912345678 说劳务员收了200元"
BASE = "/broker/orders/o-1"
CALL = f"{BASE}/calls/w00/number"


@pytest.fixture
def app(tmp_path):
    with call_app(tmp_path / "home") as made:
        open_order(made, listed=3)
        yield made


def halt(client, why=WHY):
    return post(client, "/office/orders/o-1/halt", why=why)


def test_a_halted_post_is_listed_and_called_no_more_until_it_goes_on(app):
    broker, officer = asker(app), asker(app, Role.OFFICER)
    assert halt(officer, " ").status_code == 422
    assert halt(officer).status_code == 303
    told = broker.get("/broker/orders/v-sew.json").json
    assert told["people"] is None
    assert [bar["sentence"] for bar in told["order"]["barred"]] == [BAR.sentence]
    refused = post(broker, CALL, reason="offer")
    assert (refused.status_code, BAR.sentence in refused.text) == (409, True)
    assert broker.get(f"{BASE}/calls.json").json["ahead"] is None
    (row,) = officer.get("/office/orders.json").json["orders"]
    assert (row["state_label"], row["halted"]) == ("停下核查", True)
    assert post(officer, "/office/orders/o-1/go-on").status_code == 303
    assert phone("w00") in post(broker, CALL, reason="offer").text
    assert broker.get(f"{BASE}/calls.json").json["ahead"] is not None


def test_nobody_but_the_office_reads_why_and_nobody_who(app):
    officer = asker(app, Role.OFFICER)
    halt(officer)
    for role in (Role.BROKER, Role.HELPER, Role.EMPLOYER, Role.OFFICER):
        client = asker(app, role)
        for page in ("/broker/orders/v-sew", f"{BASE}/calls", f"{BASE}/seats", "/broker/orders/mine", "/office/orders"):
            text = client.get(page).text + client.get(f"{page}.json").text
            assert "200元" not in text, (role, page)
            assert "13912345678" not in text, (role, page)
    application = county.application_of(app)
    entries = [e for e in application.access.audit(subject="v-sew", limit=50) if e.action == "post_suspended"]
    assert [entry.detail for entry in entries] == [{"why": "韦小英 *** 说劳务员收了200元"}]
    assert "200元" not in str(application.store.history(Kind.VACANCIES, "v-sew"))


def test_only_officers_of_the_region_halt_and_twice_is_once(app):
    assert halt(asker(app, Role.BROKER)).status_code == 403
    assert halt(asker(app, Role.AUDITOR)).status_code == 403
    assert halt(asker(app, Role.OFFICER, "450206199")).status_code == 404
    store, at = county.application_of(app).store, county.NOON
    told = [suspend_post(store, "v-sew", at=at, by="t"), suspend_post(store, "v-sew", at=at, by="t")]
    assert told == [True, False]
    assert [resume_post(store, "v-sew", at=at, by="t"), resume_post(store, "v-sew", at=at, by="t")] == [True, False]


class TestOfComplaints:
    """A post that somebody complained of by text, without an order: halted and let go on from the office's page."""

    @pytest.fixture
    def texted_app(self, make_app):
        return make_app()

    @pytest.fixture
    def told(self, texted_app):
        posts = county.application_of(texted_app).store.records(Kind.VACANCIES)
        return texted(texted_app, "450206102", complained=posts[0].vacancy_id), posts[0].vacancy_id

    def suspended(self, app, vacancy_id):
        (found,) = county.application_of(app).store.records(Kind.VACANCIES, ids=[vacancy_id])
        return is_suspended(found)

    def test_it_is_proposed_halted_with_a_reason_and_let_go_on(self, texted_app, told):
        (kept, vacancy_id), officer = told, Desk(texted_app, Role.OFFICER, "450206102")
        assert "/office/halts" in officer.client.get(f"/broker/call-backs/{kept.task_id}").text
        (row,) = officer.client.get("/office/halts.json").json["posts"]
        assert (row["proposed"], row["halted"], row["n_complaints"]) == (True, False, 1)
        deed = f"/office/halts/{kept.task_id}"
        assert officer.post(f"{deed}/halt", why=" ").status_code == 422
        assert officer.post(f"{deed}/halt", why="本人说收了200元，13912345678").status_code == 303
        assert self.suspended(texted_app, vacancy_id)
        audit = county.application_of(texted_app).access.audit(actor=officer.name)
        (entry,) = [one for one in audit if one.action == "post_suspended"]
        assert entry.subjects == (kept.task_id, vacancy_id)
        assert entry.detail == {"why": "本人说收了200元，***"}
        (row,) = officer.client.get("/office/halts.json").json["posts"]
        assert (row["proposed"], row["halted"]) == (False, True)
        page = officer.client.get("/office/halts").text
        assert "200元" not in page
        assert kept.phone not in page
        assert officer.post(f"{deed}/go-on").status_code == 303
        assert not self.suspended(texted_app, vacancy_id)

    def test_only_officers_of_the_region_with_the_forms_token_and_only_for_a_complaint(self, texted_app, told):
        kept, vacancy_id = told
        other = texted(texted_app, "450206102", "b", nr=1)
        deed = f"/office/halts/{kept.task_id}"
        elsewhere = Desk(texted_app, Role.OFFICER, "450206110")
        assert elsewhere.client.get("/office/halts.json").json["posts"] == []
        for act in ("halt", "go-on"):
            assert elsewhere.post(f"{deed}/{act}", why="x").status_code == 404
            officer = Desk(texted_app, Role.OFFICER)
            assert officer.post(f"/office/halts/{other.task_id}/{act}", why="x").status_code == 404
            assert officer.client.post(f"{deed}/{act}", data={"why": "x"}).status_code == 403
            for role in (Role.BROKER, Role.AUDITOR):
                assert Desk(texted_app, role).post(f"{deed}/{act}", why="x").status_code == 403
        assert not self.suspended(texted_app, vacancy_id)
