"""One's own sessions: so many at most, seen and ended by their owner alone."""

from __future__ import annotations

import re

import county
import pytest
from browsers import enter

from matcher.records.access import Role


@pytest.fixture
def app(make_app):
    return make_app()


def entered(app, name, n):
    browsers = []
    for _ in range(n):
        county.clock(app).advance(seconds=1)
        browsers.append(app.test_client())
        enter(browsers[-1], name)
    return browsers


def statuses(browsers):
    return [browser.get("/me").status_code for browser in browsers]


def csrf_of(browser):
    return re.search(r'name="csrf" value="([^"]*)"', browser.get("/me").text)[1]


def test_the_oldest_of_too_many_gives_way(app):
    browsers = entered(app, county.new_user(app, Role.OFFICER), 4)
    assert statuses(browsers) == [401, 200, 200, 200]
    told = browsers[-1].get("/me.json").json
    assert [session["is_this"] for session in told["sessions"]] == [True, False, False]
    assert (told["most_sessions"], told["idle_minutes"]) == (3, 30)


def test_the_bound_is_a_setting_and_no_concern_of_kiosks(make_app):
    app = make_app(sessions_per_user=1)
    assert statuses(entered(app, county.new_user(app, Role.OFFICER), 2)) == [401, 200]
    kiosks = entered(app, county.new_user(app, Role.KIOSK), 3)
    access = county.application_of(app).access
    assert len(access.sessions_of(next(user.name for user in access.users() if user.name.endswith("-kiosk")))) == 3
    assert statuses(kiosks) == [403, 403, 403]


def test_one_ends_a_session_and_all_others(app):
    first, second, third = entered(app, county.new_user(app, Role.OFFICER), 3)
    told = third.get("/me.json").json["sessions"]
    ended = third.post(f"/me/sessions/{told[2]['reference']}/end", data={"csrf": csrf_of(third)})
    assert (ended.status_code, ended.location) == (303, "/me")
    assert statuses([first, second, third]) == [401, 200, 200]
    third.post("/me/sessions/end-others", data={"csrf": csrf_of(third)})
    assert statuses([second, third]) == [401, 200]
    own = third.get("/me.json").json["sessions"][0]["reference"]
    assert third.post(f"/me/sessions/{own}/end", data={"csrf": csrf_of(third)}).location == "/"
    assert statuses([third]) == [401]


def test_nobody_ends_anothers_session(app):
    (mine,), (theirs,) = (entered(app, county.new_user(app, Role.OFFICER), 1) for _ in range(2))
    reference = theirs.get("/me.json").json["sessions"][0]["reference"]
    mine.post(f"/me/sessions/{reference}/end", data={"csrf": csrf_of(mine)})
    mine.post("/me/sessions/end-others", data={"csrf": csrf_of(mine)})
    assert statuses([mine, theirs]) == [200, 200]


def test_a_reference_opens_nothing(app):
    (browser,) = entered(app, county.new_user(app, Role.OFFICER), 1)
    reference = browser.get("/me.json").json["sessions"][0]["reference"]
    thief = app.test_client()
    thief.set_cookie("matcher_session", reference)
    assert thief.get("/me").status_code == 401


@pytest.mark.parametrize("role", [Role.KIOSK, Role.HELPER])
def test_machines_have_no_account_page(app, role):
    browser = app.test_client()
    county.signed_in(browser, role)
    assert browser.get("/me").status_code == 403
    assert 'href="/me"' not in browser.get("/").text


def test_a_session_that_idled_out_is_not_listed(app):
    name = county.new_user(app, Role.OFFICER)
    entered(app, name, 1)
    county.clock(app).advance(minutes=31)
    (browser,) = entered(app, name, 1)
    assert len(browser.get("/me.json").json["sessions"]) == 1
