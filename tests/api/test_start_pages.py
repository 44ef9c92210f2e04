"""The first page and the manual: ways in, what a demonstration shows, and that nothing else shows it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import county
import pytest

from matcher.records.access import Role

TOPICS = ("index", "kiosk", "broker", "office")


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src", "action")]


def test_the_first_page_leads_everywhere(client):
    page = client.get("/")
    assert page.status_code == 200
    assert {"/kiosk", "/broker", "/office", "/openapi/openapi.json", "/help/index", "/login"} <= set(
        Links(page.text).found
    )
    assert "合成数据" in page.text
    assert "2018-" in page.text


def test_the_demonstration_shows_logins_that_open_their_pages(app, client):
    logins = client.get("/.json").json["logins"]
    assert [login["name"] for login in logins] == ["broker", "officer", "auditor", "admin", "helper", "kiosk"]
    page = client.get("/").text
    for login in logins:
        assert login["password"] in page
        assert login["display_name"] in page
        entered = app.test_client().post("/login", data={"name": login["name"], "password": login["password"]})
        assert (entered.status_code, entered.location) == (303, login["home"])
    assert len({login["password"] for login in logins}) == len(logins)


def test_without_a_demonstration_no_login_is_shown(make_app):
    logins = make_app().test_client().get("/.json").json["logins"]
    browser = make_app(demo=False).test_client()
    for path in ("/", "/.json", "/login"):
        page = browser.get(path).text
        assert not any(login["password"] in page or login["display_name"] in page for login in logins)
        assert "合成数据" not in page
        assert "2018-" not in page


def test_who_signed_in_finds_his_page_and_the_way_out(app, client, login):
    login(client, Role.BROKER)
    page = client.get("/").text
    assert 'action="/logout"' in page
    assert "劳务员" in page
    assert client.get("/.json").json["home"] == "/broker"
    assert app.test_client().get("/.json").json["home"] == ""


def test_no_page_of_the_start_loads_from_elsewhere(client):
    for path in ("/", "/login", *(f"/help/{topic}" for topic in TOPICS)):
        page = client.get(path)
        assert page.status_code == 200, path
        assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in Links(page.text).found)
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", page.text)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_manual_is_chinese_and_its_links_lead_somewhere(client, topic):
    page = client.get(f"/help/{topic}")
    twin = client.get(f"/help/{topic}.json").json
    assert twin["title"] in page.text
    assert len(re.findall(r"[\u4e00-\u9fff]", page.text)) > 200
    assert "**" not in page.text
    for link in Links(page.text).found:
        if link.startswith("/help/"):
            assert client.get(link).status_code == 200


@pytest.mark.parametrize("topic", ["nope", "..%2fstart", "index.md", "INDEX", "%00"])
def test_a_topic_that_is_none_is_not_found(client, topic):
    assert client.get(f"/help/{topic}").status_code == 404


def test_markup_in_a_name_stays_text(client):
    page = client.post("/login", data={"name": '"><script>alert(1)</script>', "password": "x"})
    assert page.status_code == 401
    assert "<script>alert" not in page.text
    assert county.PASSWORD not in page.text
