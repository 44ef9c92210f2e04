"""A session from signing in to its end: whose it is, how long it lasts, what ends it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import county
import probes
import pytest
from audit_chain import broken_audit
from browsers import cookie_of, enter

from api.auth import sessions
from matcher.records.access import Role
from matcher.services.access import passwords
from matcher.services.access.sign_in import Patience, begin_session, open_session, sha256_of
from matcher.services.access.users import disable_user, set_password


@pytest.fixture(scope="module")
def probed(seeded, tmp_path_factory):
    with county.opened(county.copied(seeded, tmp_path_factory.mktemp("probed") / "home")) as made:
        yield probes.register(made)


@pytest.fixture
def browser(probed):
    return probed.test_client()


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.BROKER, "/broker"), (Role.OFFICER, "/office"), (Role.AUDITOR, "/office"),
        (Role.ADMINISTRATOR, "/office"), (Role.HELPER, "/kiosk"), (Role.KIOSK, "/kiosk"), (Role.EMPLOYER, "/"),
    ],
)  # fmt: skip
def test_everybody_comes_home(probed, browser, role, home):
    entered = enter(browser, county.new_user(probed, role))
    assert (entered.status_code, entered.location) == (303, home)
    assert browser.get("/probe/facts").json["actor"].endswith(role.value)


def test_the_cookie_is_for_the_server_alone(probed, browser):
    header = enter(browser, county.new_user(probed, Role.BROKER)).headers["Set-Cookie"]
    assert header.startswith("matcher_session=")
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Path=/" in header
    assert "Secure" not in header
    assert "Expires" not in header
    assert "Max-Age" not in header


def test_behind_https_the_cookie_is_secure_and_bound_to_the_host(make_app):
    app = make_app(cookie_secure=True)
    header = enter(app.test_client(), county.new_user(app, Role.BROKER)).headers["Set-Cookie"]
    assert header.startswith("__Host-matcher_session=")
    assert "; Secure" in header


def test_a_wrong_password_and_an_unknown_name_are_told_alike(probed, browser):
    name = county.new_user(probed, Role.BROKER)
    wrong, unknown = enter(browser, name, "wrong-password"), enter(browser, "no-such-user", "wrong-password")
    assert wrong.status_code == unknown.status_code == 401
    assert "登录名或密码不对" in wrong.text
    assert re.sub(f'value="{name}"', "", wrong.text) == re.sub('value="no-such-user"', "", unknown.text)
    assert cookie_of(browser) is None


def test_an_unknown_name_costs_the_same_effort(probed, browser, monkeypatch):
    spent = []
    verify = passwords.Argon2id.verify_phc_encoded

    class Watched:
        @staticmethod
        def verify_phc_encoded(password, phc):
            spent.append(phc.rpartition("$")[0].rpartition("$")[0])
            return verify(password, phc)

    passwords._nobodys()
    name = county.new_user(probed, Role.BROKER)
    monkeypatch.setattr(passwords, "Argon2id", Watched)
    for tried in (name, "no-such-user"):
        enter(browser, tried, "wrong-password")
    assert len(spent) == 2
    assert spent[0] == spent[1] == passwords.COST.rstrip("$")


def test_tries_leave_entries_but_never_what_was_typed(probed, browser):
    access = county.application_of(probed).access
    name = county.new_user(probed, Role.BROKER)
    enter(browser, name, "wrong-password")
    enter(browser, "typed-password-here", "x")
    enter(browser, name)
    browser.post("/logout", data={"csrf": browser.get("/probe/facts").json["csrf"]})
    newest = access.audit(limit=4)
    assert [(entry.actor, entry.action) for entry in reversed(newest)] == [
        (name, "sign_in_failed"), ("unknown", "sign_in_failed"), (name, "sign_in"), (name, "sign_out"),
    ]  # fmt: skip
    assert "typed-password" not in str(newest)
    assert broken_audit(access) == []


def test_signing_in_gives_a_new_session_and_ends_the_planted_one(probed, browser):
    """Session fixation: an id that somebody put into the browser beforehand opens nothing afterwards."""
    told = browser.post("/probe/told", data={"card": "w1"})
    planted = cookie_of(browser)
    entered = browser.post(
        "/login", data={"name": county.new_user(probed, Role.OFFICER), "password": county.PASSWORD, **told.json}
    )
    assert entered.status_code == 303
    assert cookie_of(browser) not in (planted, None)
    thief = probed.test_client()
    thief.set_cookie("matcher_session", planted)
    assert thief.get("/probe/facts").json["facts"] is None
    assert thief.get("/probe/office").status_code == 401
    assert browser.get("/probe/office").status_code == 200


def test_a_made_up_cookie_opens_nothing_and_is_taken_back(probed, browser):
    browser.set_cookie("matcher_session", "made-up")
    answer = browser.get("/probe/office")
    assert answer.status_code == 401
    assert "matcher_session=;" in answer.headers["Set-Cookie"]


def test_signing_out_leaves_nothing_behind(probed, browser):
    csrf = county.signed_in(browser, Role.OFFICER)
    cookie = cookie_of(browser)
    left = browser.post("/logout", data={"csrf": csrf})
    assert (left.status_code, left.location) == (303, "/")
    browser.set_cookie("matcher_session", cookie)
    assert browser.get("/probe/office").status_code == 401


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (30, 401)])
def test_a_session_ends_when_nothing_is_done_for_its_time(probed, browser, minutes, status):
    county.signed_in(browser, Role.OFFICER)
    for _ in range(3):
        county.clock(probed).advance(minutes=29)
        assert browser.get("/probe/office").status_code == 200
    county.clock(probed).advance(minutes=minutes)
    assert browser.get("/probe/office").status_code == status


def test_a_busy_session_ends_after_a_working_day(probed, browser):
    county.signed_in(browser, Role.OFFICER)
    for _ in range(47):
        county.clock(probed).advance(minutes=15)
        assert browser.get("/probe/office").status_code == 200
    county.clock(probed).advance(minutes=15)
    assert browser.get("/probe/office").status_code == 401


@pytest.mark.parametrize("signed", [True, False])
def test_a_page_under_way_gives_no_ended_visit_back(probed, browser, signed):
    """It was asked for by one person, and comes to its end after the next one has taken the kiosk."""
    if signed:
        county.signed_in(browser, Role.KIOSK)
    csrf = browser.get("/probe/facts").json["csrf"]
    csrf = browser.post("/probe/told", data={"card": "w1", "csrf": csrf}).json["csrf"]
    cookie = browser.get_cookie("matcher_session").value
    with probed.test_request_context("/kiosk/jobs", headers={"Cookie": f"matcher_session={cookie}"}):
        assert probed.preprocess_request() is None
        # In a thread of its own, as on the server: a nested call would share this one's `g`.
        with ThreadPoolExecutor(1) as other:
            wiped = other.submit(browser.post, "/probe/wiped", data={"csrf": csrf}).result()
        assert wiped.status_code == 200
        sessions.remember({"worker_id": "w1", "decision_id": "d-1"})
    kept = county.application_of(probed).access.session(sha256_of(cookie))
    assert (kept.facts if signed else kept) == ({} if signed else None)


def test_a_click_under_way_does_not_sign_in_again(probed, browser):
    access, now = county.application_of(probed).access, county.clock(probed).now()
    patience = Patience(desk=timedelta(minutes=30), kiosk=timedelta(minutes=1))
    user = access.user(county.new_user(probed, Role.BROKER))
    session, cookie = begin_session(access, user, now=now, patience=patience)

    class SignedOutMeanwhile:
        """The store as a request sees it beside which somebody signs out."""

        def __getattr__(self, name):
            return getattr(access, name)

        def session(self, session_sha256):
            found = access.session(session_sha256)
            access.end_sessions([session_sha256])
            return found

    later = now + timedelta(minutes=10)
    assert open_session(SignedOutMeanwhile(), cookie, now=later, patience=patience) is None
    assert access.session(session.session_sha256) is None


def test_a_disabled_user_is_out_with_the_next_click(probed, browser):
    name = county.new_user(probed, Role.OFFICER)
    enter(browser, name)
    assert browser.get("/probe/office").status_code == 200
    disable_user(county.application_of(probed).access, name, now=county.clock(probed).now(), by="test")
    assert browser.get("/probe/office").status_code == 401
    assert enter(browser, name).status_code == 401


def test_a_new_password_ends_the_sessions_of_the_old_one(probed, browser):
    name = county.new_user(probed, Role.OFFICER)
    enter(browser, name)
    county.clock(probed).advance(seconds=1)
    access, now = county.application_of(probed).access, county.clock(probed).now()
    set_password(access, name, "birke-kiesel-tonne", now=now, by="test")
    assert browser.get("/probe/office").status_code == 401
    assert enter(browser, name).status_code == 401
    assert enter(browser, name, "birke-kiesel-tonne").status_code == 303
    assert browser.get("/probe/office").status_code == 200


def test_a_kiosk_forgets_who_stood_there(probed, browser):
    told = browser.post("/probe/told", data={"card": "w1"}).json
    assert browser.get("/probe/facts").json["subject"] == "w1"
    cookie = cookie_of(browser)
    county.clock(probed).advance(seconds=64)
    assert browser.get("/probe/facts").json["subject"] == "w1"
    county.clock(probed).advance(seconds=65)
    assert browser.get("/probe/facts").json["facts"] is None
    told = browser.post("/probe/told", data={"card": "w2"}).json
    assert cookie_of(browser) != cookie
    assert browser.post("/probe/wiped", data=told).status_code == 200
    assert cookie_of(browser) is None
    assert browser.get("/probe/facts").json["facts"] is None


def test_a_kiosk_that_signed_in_stays_but_its_visits_do_not(probed, browser):
    csrf = county.signed_in(browser, Role.KIOSK)
    browser.post("/probe/told", data={"card": "w1", "csrf": csrf})
    county.clock(probed).advance(seconds=65)
    found = browser.get("/probe/facts").json
    assert (found["facts"], found["subject"]) == ({}, "")
    assert found["actor"].endswith("kiosk")
    browser.post("/probe/told", data={"card": "w2", "csrf": csrf})
    browser.post("/probe/wiped", data={"csrf": csrf})
    assert browser.get("/probe/facts").json["facts"] == {}
    county.clock(probed).advance(hours=11)
    assert browser.get("/probe/facts").json["facts"] == {}
