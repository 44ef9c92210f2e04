"""The second factor: asked of staff, taken once, set up by a drawing, renewed, lost and reset."""

from __future__ import annotations

import re
from base64 import b32encode
from datetime import UTC, datetime, timedelta

import county
import pytest
from browsers import cookie_of, enter
from click.testing import CliRunner

from matcher.cli.access import user_group
from matcher.records.access import Role
from matcher.services.access import second_factor
from matcher.services.access.one_time_codes import code_at, enrolment_uri, step_at, step_of

STAFF = [Role.BROKER, Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR]


@pytest.fixture
def strict(make_app):
    return make_app(second_factor="required")


def code_now(app, secret, steps=0):
    return code_at(secret, step_at(county.clock(app).now()) + steps)


def secret_of(page):
    return re.search(r"密钥：<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")


def csrf_of(page):
    return re.search(r'name="csrf" value="([^"]*)"', page)[1]


def set_up(browser, name):
    """Sign in for the first time; the secret, and the recovery codes as they were shown."""
    app = browser.application
    assert enter(browser, name).location == "/login/enrol"
    page = browser.get("/login/enrol").text
    secret = secret_of(page)
    told = browser.post("/login/enrol", data={"csrf": csrf_of(page), "code": code_now(app, secret)})
    assert told.status_code == 200, told.text
    assert told.headers["Cache-Control"] == "no-store"
    return secret, re.findall(r"<li><code>([a-z2-9-]+)</code></li>", told.text)


def answer(browser, code, **more):
    page = browser.get("/login/code").text
    return browser.post("/login/code", data={"csrf": csrf_of(page), "code": code, **more})


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(at, code):
    """Appendix B, SHA-1, the last six of its eight digits."""
    secret = b32encode(b"12345678901234567890").decode()
    moment = datetime.fromtimestamp(at, UTC)
    assert code_at(secret, step_at(moment)) == code
    assert step_of(secret, code, at=moment, after=0) == step_at(moment)


@pytest.mark.parametrize(("seconds", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_off_by_one_step(seconds, fits):
    secret, now = b32encode(b"x" * 20).decode(), datetime(2018, 6, 1, 4, 0, tzinfo=UTC)
    code = code_at(secret, step_at(now + timedelta(seconds=seconds)))
    assert (step_of(secret, code, at=now, after=0) is not None) == fits
    assert step_of(secret, code, at=now, after=step_at(now) + 1) is None


def test_the_drawing_says_who_and_for_whom():
    uri = enrolment_uri("ABCD", issuer="就业对接", name="huang")
    assert uri.startswith("otpauth://totp/%E5%B0%B1%E4%B8%9A%E5%AF%B9%E6%8E%A5:huang?secret=ABCD&")


@pytest.mark.parametrize("role", STAFF)
def test_staff_set_it_up_at_the_first_sign_in_and_bring_a_code_to_the_next(strict, role):
    browser, name = strict.test_client(), county.new_user(strict, role)
    secret, codes = set_up(browser, name)
    assert len(set(codes)) == 10
    assert browser.get("/me.json").json["factor"]["n_recovery"] == 10
    again = strict.test_client()
    assert enter(again, name).location == "/login/code"
    county.clock(strict).advance(seconds=30)
    entered = answer(again, code_now(strict, secret))
    assert (entered.status_code, entered.location) == (303, "/broker" if role is Role.BROKER else "/office")


@pytest.mark.parametrize("role", [Role.HELPER, Role.KIOSK, Role.EMPLOYER])
def test_machines_of_the_hall_are_not_asked(strict, role):
    assert not enter(strict.test_client(), county.new_user(strict, role)).location.startswith("/login")


@pytest.mark.parametrize(
    ("changes", "asked"),
    [({"demo": True}, False), ({"demo": False}, True), ({"demo": False, "second_factor": "optional"}, False)],
)
def test_it_is_required_but_in_a_demonstration_or_where_the_county_says_so(make_app, changes, asked):
    app = make_app(**changes)
    entered = enter(app.test_client(), county.new_user(app, Role.OFFICER))
    assert entered.location == ("/login/enrol" if asked else "/office")


def test_until_the_code_the_session_is_nobodys(strict):
    browser, name = strict.test_client(), county.new_user(strict, Role.OFFICER)
    set_up(browser, name)
    half = strict.test_client()
    enter(half, name)
    for path in ("/office", "/office/people", "/broker", "/me", "/me.json", "/office.json"):
        assert half.get(path).status_code == 401, path
    page = half.get("/login/code").text
    assert half.post("/logout", data={"csrf": csrf_of(page)}).status_code == 303
    assert half.get("/login/code").location == "/login"


def test_nobody_reaches_the_second_step_without_the_first(strict):
    browser = strict.test_client()
    for path in ("/login/code", "/login/enrol"):
        assert browser.get(path).location == "/login"
        assert browser.post(path, data={"code": "123456"}).status_code == 401


def test_who_has_a_factor_cannot_set_up_another_with_the_password_alone(strict):
    name = county.new_user(strict, Role.OFFICER)
    set_up(strict.test_client(), name)
    thief = strict.test_client()
    enter(thief, name)
    assert thief.get("/login/enrol").location == "/login"
    assert thief.post("/login/enrol", data={"csrf": csrf_of(thief.get("/login/code").text)}).status_code == 401


def test_a_code_counts_once_even_for_two_at_once(strict):
    name = county.new_user(strict, Role.OFFICER)
    secret, _ = set_up(strict.test_client(), name)
    first, second = strict.test_client(), strict.test_client()
    county.clock(strict).advance(seconds=30)
    for browser in (first, second):
        enter(browser, name)
    code = code_now(strict, secret)
    assert answer(first, code).status_code == 303
    refused = answer(second, code)
    assert refused.status_code == 401
    assert "已经用过" in refused.text
    assert answer(second, code_now(strict, secret, 1)).status_code == 303


def test_the_code_of_the_setting_up_is_spent(strict):
    name = county.new_user(strict, Role.OFFICER)
    secret, _ = set_up(strict.test_client(), name)
    browser = strict.test_client()
    enter(browser, name)
    assert answer(browser, code_now(strict, secret)).status_code == 401


def test_a_recovery_code_counts_once_however_it_is_typed(strict):
    name = county.new_user(strict, Role.OFFICER)
    _, codes = set_up(strict.test_client(), name)
    typed = codes[3].replace("-", " ").upper()
    for status in (303, 401):
        browser = strict.test_client()
        enter(browser, name)
        assert answer(browser, typed).status_code == status
    entries = county.application_of(strict).access.audit(actor=name, limit=9)
    assert [entry.action for entry in reversed(entries)][-4:] == [
        "password_given", "recovery_code", "password_given", "second_factor_failed",
    ]  # fmt: skip
    assert browser.application is strict
    assert len(county.application_of(strict).access.user(name).factor.recovery) == 9


def test_what_is_kept_holds_no_code_and_the_row_is_sealed(strict):
    name = county.new_user(strict, Role.OFFICER)
    secret, codes = set_up(strict.test_client(), name)
    application = county.application_of(strict)
    raw = b"".join(path.read_bytes() for path in application.settings.home.glob("matcher.db*"))
    assert secret.encode() not in raw
    kept = application.access.user(name).factor
    assert not set(codes) & set(kept.recovery)
    assert all(code.replace("-", "").encode() not in raw for code in codes)


def test_after_ten_wrong_codes_there_is_a_rest(strict):
    name = county.new_user(strict, Role.OFFICER)
    secret, _ = set_up(strict.test_client(), name)
    browser = strict.test_client()
    enter(browser, name)
    wrong = [answer(browser, f"{at:06}").status_code for at in range(second_factor.MOST_FAILURES)]
    assert wrong == [401] * 10
    county.clock(strict).advance(seconds=60)
    refused = answer(browser, code_now(strict, secret))
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) == 15 * 60 - 60 + 1
    county.clock(strict).advance(minutes=14)
    enter(browser, name)
    assert answer(browser, code_now(strict, secret)).status_code == 303
    assert county.application_of(strict).access.user(name).factor.n_failed == 0


def test_tries_of_one_name_are_counted_with_its_sign_ins(make_app):
    app = make_app(second_factor="required", sign_ins_per_minute=4)
    name = county.new_user(app, Role.OFFICER)
    set_up(app.test_client(), name)
    browser = app.test_client()
    county.clock(app).advance(minutes=2)
    enter(browser, name)
    assert [answer(browser, "000000").status_code for _ in range(4)] == [401, 401, 401, 429]


def test_the_wait_for_the_code_ends_after_ten_minutes(strict):
    name = county.new_user(strict, Role.OFFICER)
    secret, _ = set_up(strict.test_client(), name)
    browser = strict.test_client()
    enter(browser, name)
    for _ in range(9):
        county.clock(strict).advance(minutes=1)
        assert browser.get("/login/code").status_code == 200
    county.clock(strict).advance(minutes=1)
    assert browser.get("/login/code").location == "/login"
    assert browser.post("/login/code", data={"code": code_now(strict, secret)}).status_code == 401


def test_a_wrong_first_code_sets_nothing_up_and_shows_the_same_secret(strict):
    browser, name = strict.test_client(), county.new_user(strict, Role.OFFICER)
    enter(browser, name)
    page = browser.get("/login/enrol").text
    refused = browser.post("/login/enrol", data={"csrf": csrf_of(page), "code": "000000"})
    assert refused.status_code == 422
    assert secret_of(refused.text) == secret_of(page)
    assert county.application_of(strict).access.user(name).factor is None


def test_the_way_back_is_kept_through_both_steps(strict):
    browser, name = strict.test_client(), county.new_user(strict, Role.OFFICER)
    secret, _ = set_up(browser, name)
    again = strict.test_client()
    location = again.post(
        "/login", data={"name": name, "password": county.PASSWORD, "next": "/office/figures"}
    ).location
    assert location == "/login/code?next=/office/figures"
    county.clock(strict).advance(seconds=30)
    data = {"csrf": csrf_of(again.get(location).text), "code": code_now(strict, secret), "next": "//evil.example"}
    assert again.post("/login/code", data=data).location == "/office"


def test_staff_of_a_demonstration_may_set_one_up_and_renew_the_codes(make_app):
    app = make_app()
    browser, name = app.test_client(), county.new_user(app, Role.BROKER)
    enter(browser, name)
    page = browser.get("/me/factor").text
    secret, csrf = secret_of(page), csrf_of(page)
    assert browser.get("/me/factor.json").json["secret"].replace(" ", "") == secret
    wrong = browser.post("/me/factor", data={"csrf": csrf, "code": "000000"})
    assert wrong.status_code == 422
    assert browser.post("/me/factor", data={"csrf": csrf, "code": code_now(app, secret)}).status_code == 200
    assert browser.get("/me/factor").location == "/me"
    county.clock(app).advance(seconds=30)
    before = county.application_of(app).access.user(name).factor.recovery
    assert browser.post("/me/codes", data={"csrf": csrf, "code": "000000"}).status_code == 422
    assert browser.post("/me/codes", data={"csrf": csrf, "code": code_now(app, secret)}).status_code == 200
    assert not set(before) & set(county.application_of(app).access.user(name).factor.recovery)
    assert enter(app.test_client(), name).location == "/login/code"


def test_an_administrator_takes_a_lost_one_away(strict, monkeypatch):
    browser, name = strict.test_client(), county.new_user(strict, Role.OFFICER)
    set_up(browser, name)
    home = county.application_of(strict).settings.home
    told = CliRunner().invoke(user_group, ["reset-factor", name, "--by", "liang"], env={"MATCHER_HOME": str(home)})
    assert told.exit_code == 0, told.output
    assert '"second_factor":false' in told.stdout.replace(" ", "")
    assert browser.get("/office").status_code == 401
    entry = county.application_of(strict).access.audit(subject=f"user:{name}", limit=1)[0]
    assert (entry.action, entry.actor) == ("second_factor_reset", "liang")
    assert enter(strict.test_client(), name).location == "/login/enrol"
    listed = CliRunner().invoke(user_group, ["list"], env={"MATCHER_HOME": str(home)})
    assert "recovery" not in listed.stdout
    assert "factor" in listed.stdout


def test_a_disabled_user_does_not_come_in_between_the_steps(strict):
    from matcher.services.access.users import disable_user

    name = county.new_user(strict, Role.OFFICER)
    secret, _ = set_up(strict.test_client(), name)
    browser = strict.test_client()
    enter(browser, name)
    county.clock(strict).advance(seconds=30)
    application = county.application_of(strict)
    disable_user(application.access, name, now=county.clock(strict).now(), by="test")
    assert browser.post("/login/code", data={"code": code_now(strict, secret)}).status_code == 401
    assert cookie_of(browser) in (None, "")
