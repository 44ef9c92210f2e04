"""Which pages and forms a session opens, and which it does not: roles, tokens of forms, other sites, guesses."""

from __future__ import annotations

import county
import probes
import pytest
from browsers import enter
from crawl_pages import read

from matcher.records.access import Role


@pytest.fixture(scope="module")
def probed(seeded, tmp_path_factory):
    with county.opened(county.copied(seeded, tmp_path_factory.mktemp("probed") / "home")) as made:
        yield probes.register(made)


@pytest.fixture
def browser(probed):
    return probed.test_client()


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        (Role.OFFICER, "office", 200), (Role.AUDITOR, "office", 200), (Role.ADMINISTRATOR, "office", 200),
        (Role.BROKER, "office", 403), (Role.HELPER, "office", 403), (Role.KIOSK, "office", 403),
        (Role.BROKER, "broker", 200), (Role.OFFICER, "broker", 403), (Role.KIOSK, "everybody", 200),
    ],
)  # fmt: skip
def test_a_page_is_for_its_roles(browser, role, page, status):
    county.signed_in(browser, role)
    assert browser.get(f"/probe/{page}").status_code == status
    assert browser.get(f"/probe/{page}.json").status_code == status


def test_a_stranger_is_asked_to_sign_in_and_comes_back(browser):
    refused = browser.get("/probe/office")
    assert refused.status_code == 401
    assert "/login?next=/probe/office" in refused.text
    twin = browser.get("/probe/office.json")
    assert (twin.status_code, twin.content_type) == (401, "application/problem+json")
    assert browser.get("/probe/everybody").status_code == 200


def way_in(page):
    """What the form of a page that asks for signing in holds besides name and password."""
    (form,) = [form for form in read(page.text).forms if form.action == "/login"]
    return dict(form.fixed)


@pytest.mark.parametrize("asked", ["/probe/office", "/probe/office?is=skill:%E7%BC%9D&not=a%26b"])
def test_whoever_has_to_sign_in_does_so_where_he_stands(probed, browser, asked):
    name = county.new_user(probed, Role.OFFICER)
    entered = browser.post("/login", data={**way_in(browser.get(asked)), "name": name, "password": county.PASSWORD})
    assert (entered.status_code, entered.location) == (303, asked)
    assert browser.get(entered.location).status_code == 200


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://localhost/probe/office?a=1", "/probe/office?a=1"),
        ("http://evil.example/x", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_a_deed_without_session_leads_back_to_its_page_and_nowhere_else(browser, referrer, back):
    refused = browser.post("/probe/closed", headers={"Referer": referrer})
    assert refused.status_code == 401
    assert way_in(refused)["next"] == back


def test_a_nameless_visit_is_nobody_to_the_office(browser):
    browser.post("/probe/told", data={"card": "w1"})
    assert browser.get("/probe/office").status_code == 401


@pytest.mark.parametrize("given", [{}, {"csrf": ""}, {"csrf": "wrong"}, {"csrf": "错"}])
def test_a_form_without_its_token_does_nothing(browser, given):
    county.signed_in(browser, Role.BROKER)
    assert browser.post("/probe/deed", data=given).status_code == 403
    assert browser.get("/probe/facts").json["actor"].endswith("broker")


def test_the_token_comes_by_form_or_by_header_and_is_of_this_session(probed, browser):
    csrf = county.signed_in(browser, Role.BROKER)
    assert browser.post("/probe/deed", data={"csrf": csrf}).status_code == 200
    assert browser.post("/probe/deed", headers={"X-CSRF-Token": csrf}).status_code == 200
    others = county.signed_in(probed.test_client(), Role.BROKER)
    assert browser.post("/probe/deed", data={"csrf": others}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "http://localhost"}, 200),
    ],
    ids=str,
)
def test_another_site_can_make_no_browser_do_a_deed(browser, headers, status):
    """With the right token even, and without a session too: signing a victim in as somebody else is a deed."""
    csrf = county.signed_in(browser, Role.BROKER)
    assert browser.post("/probe/deed", data={"csrf": csrf}, headers=headers).status_code == status
    entered = browser.application.test_client().post("/login", data={"name": "x", "password": "y"}, headers=headers)
    assert entered.status_code == (403 if status == 403 else 401)


@pytest.mark.parametrize(
    ("after", "leads"),
    [
        ("/broker?order=1", "/broker?order=1"),
        ("", "/broker"),
        ("//evil.example", "/broker"),
        ("/\\evil.example", "/broker"),
        ("https://evil.example/", "/broker"),
        ("javascript:alert(1)", "/broker"),
        ("/\t/evil.example", "/broker"),
        ("/%0d%0aSet-Cookie:x=1", "/%0d%0aSet-Cookie:x=1"),
        ("broker", "/broker"),
        ("http:/evil", "/broker"),
        ("//[", "/broker"),
        ("http://[evil", "/broker"),
    ],
)
def test_signing_in_leads_to_pages_of_this_server_only(probed, browser, after, leads):
    data = {"name": county.new_user(probed, Role.BROKER), "password": county.PASSWORD, "next": after}
    entered = browser.post("/login", data=data)
    assert entered.location == leads
    assert entered.headers.getlist("Set-Cookie")[0].startswith("matcher_session=")


@pytest.mark.parametrize("after", ["/broker", "//evil.example", "//[evil", "//evil\u2100"])
def test_the_form_carries_only_local_pages(browser, after):
    form = browser.get("/login", query_string={"next": after}).text
    assert "evil" not in form
    assert ('value="/broker"' in form) is (after == "/broker")


def test_a_name_that_is_guessed_at_has_to_wait(make_app):
    app = make_app(sign_ins_per_minute=3)
    name = county.new_user(app, Role.OFFICER)
    for address in range(3):
        tried = enter(app.test_client(), name, "wrong", environ_base={"REMOTE_ADDR": f"10.0.0.{address}"})
        assert tried.status_code == 401
    refused = enter(app.test_client(), name, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "20"
    county.clock(app).advance(seconds=19)
    assert enter(app.test_client(), name, environ_base={"REMOTE_ADDR": "10.0.1.1"}).status_code == 429
    county.clock(app).advance(seconds=1)
    assert enter(app.test_client(), name, environ_base={"REMOTE_ADDR": "10.0.1.2"}).status_code == 303


def test_an_address_that_tries_many_names_has_to_wait(make_app):
    app = make_app(sign_ins_per_minute=3)
    browser = app.test_client()
    tried = [enter(browser, f"name{n}", "wrong").status_code for n in range(5)]
    assert tried == [401, 401, 401, 429, 429]
    elsewhere = enter(app.test_client(), "name9", "wrong", environ_base={"REMOTE_ADDR": "10.0.0.2"})
    assert elsewhere.status_code == 401


def test_files_need_no_session_and_no_allowance(make_app):
    app = make_app(requests_per_minute=1)
    browser = app.test_client()
    for _ in range(9):
        with browser.get("/static/tokens.css") as file:
            assert file.status_code == 200
    codes = [browser.get("/login").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 200, 429]
