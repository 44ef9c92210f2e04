"""Every door has its lock: tokens and scopes for the API, the form's token for deeds, one policy for every answer."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import county
import pytest
from crawl_calls import SAFE, Call, endpoint_of, filled, methods, rules
from crawl_county import DRAWN

from api.headers import FIXED
from matcher.records.access import SCOPES, Role

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow]
"""Whichever test comes first waits for the whole walk."""

OPEN = {
    "v1.healthz": "tells whether the server lives; who asks is a load balancer",
    "v1.enrol_machine": "a kiosk that has nothing yet but the code an officer gave it",
}
"""Operations for everybody, and why."""
WITHOUT_BODY = {"v1.healthz": 200, "v1.enrol_machine": 415}
NO_TWIN = {"start.sign_in_page": "a form and nothing else"}
MOST_BYTES = 150 * 1024


@pytest.fixture(scope="module")
def operations(walk):
    """(scope, method, address) of each operation of the API, as its document and its rules have it."""
    document = walk.app.test_client().get("/openapi/openapi.json").json["paths"]
    known = walk.of("administrator's token").known
    told = []
    for rule in rules(walk.app):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in methods(rule) if rule.rule.startswith("/api/") else ():
            operation = document[path][method.lower()]
            url = next(url for url, _ in filled(walk.app, rule, known))
            told.append((rule.endpoint, operation.get("x-scope"), operation, Call(method, url)))
    return told


def test_every_operation_says_its_scope_and_asks_for_it(walk, operations):
    assert len(operations) > 15
    for endpoint, scope, operation, call in operations:
        if endpoint in OPEN:
            assert scope is None
            continue
        assert operation["security"] == [{"bearer": [scope]}], call
        client = walk.app.test_client()
        assert client.open(call.url, method=call.method).status_code == 401, call
        others = [other for other in SCOPES[Role.ADMINISTRATOR] if other.value != scope]
        headers = county.bearer(walk.app, Role.ADMINISTRATOR, (), others)
        assert client.open(call.url, method=call.method, headers=headers).status_code == 403, call


def test_a_session_opens_no_operation(walk, operations):
    client = walk.app.test_client()
    county.signed_in(client, Role.ADMINISTRATOR)
    for endpoint, _, _, call in operations:
        status = client.open(call.url, method=call.method).status_code
        assert status == WITHOUT_BODY.get(endpoint, 401), call


def test_a_token_opens_no_page_of_the_office(walk):
    headers = county.bearer(walk.app, Role.ADMINISTRATOR)
    client = walk.app.test_client()
    for path in ("/office", "/office.json", "/broker", "/broker.json", "/office/people"):
        assert client.get(path, headers=headers).status_code == 401


@pytest.mark.parametrize("token", ["", "wrong"])
def test_no_deed_is_done_without_the_token_of_its_form(walk, token):
    crawler = walk.of("administrator")
    deeds = [
        Call(method, next(url for url, _ in filled(walk.app, rule, crawler.known)))
        for rule in rules(walk.app)
        for method in methods(rule)
        if method not in SAFE and not rule.rule.startswith("/api/")
    ]
    assert len(deeds) > 5
    for call in deeds:
        visit = crawler.call(call, csrf=token)
        assert visit.status == 403, str(visit)
        assert "这个页面已经过期" in visit.text, str(visit)


def test_no_get_changes_a_state(walk):
    """What is done by GET is done by a link, a mail or a spider as well."""
    walked = {visit.endpoint for visit in walk.visits if visit.call.method == "GET"}
    assert not walked & {"start.sign_out", "office.undo", "office.confirm", "v1.undo"}


def test_every_page_has_a_twin_that_tells_the_same_readers(walk):
    rule_of = {rule.endpoint: rule.rule for rule in rules(walk.app)}
    paths = set(rule_of.values())
    shown = {v.endpoint for v in walk.visits if v.is_page and v.status == 200 and v.call.method == "GET"}
    assert {"broker.orders", "office.home", "start.index"} <= shown
    assert {end for end in shown if rule_of[end] + ".json" not in paths} == set(NO_TWIN)
    for name in ("broker", "officer"):
        seen = {v.endpoint for v in walk.of(name).visits if v.status == 200}
        pages = {v.endpoint for v in walk.of(name).visits if v.status == 200 and v.is_page and v.call.method == "GET"}
        assert {end for end in pages - set(NO_TWIN) if f"{end}_json" not in seen} == set()


def test_a_browser_draws_every_page_that_anybody_is_shown(walk):
    def pages(crawler):
        return {v.endpoint for v in crawler.visits if v.is_page and v.status == 200 and v.call.method == "GET"}

    drawn = set().union(*(pages(walk.of(name)) for name in DRAWN))
    assert set().union(*map(pages, walk.crawlers)) - drawn == set()


def test_every_answer_carries_the_policy_and_keeps_to_it(walk):
    for visit in walk.visits:
        headers = dict(visit.headers)
        assert {name: headers.get(name) for name in FIXED} == FIXED, str(visit)
        assert "Server" not in headers
        if visit.is_page:
            page = visit.page
            assert page.faults == [], str(visit)
            assert all(load.startswith("/static/") for load in page.loads), str(visit)


def test_no_answer_of_a_person_is_kept_on_the_way(walk):
    of_nobody = {"static", "kiosk.clip"}
    kept = [v for v in walk.visits if dict(v.headers).get("Cache-Control") != "no-store"]
    kept = [v for v in kept if v.endpoint not in of_nobody or v.status != 200]
    kept = [v for v in kept if v.endpoint != "static"]
    assert [str(visit) for visit in kept] == []


def test_cookies_are_for_this_server_alone(walk):
    cookies = [value for visit in walk.visits for name, value in visit.headers if name == "Set-Cookie"]
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("matcher_session=")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")), cookie.partition("=")[0]


def test_no_page_is_heavy_on_its_first_load(walk):
    client = walk.app.test_client()
    sizes: dict[str, int] = {}

    def sent(url, coding):
        with client.get(url, headers={"Accept-Encoding": coding}) as answer:
            assert answer.status_code == 200, url
            return answer.get_data()

    def size(url):
        if url not in sizes:
            sizes[url] = 0
            sizes[url] = len(sent(url, "gzip"))
            if url.endswith(".css"):
                parts = re.findall(r"url\(['\"]?(?!data:)([^)'\"#]+)", sent(url, "identity").decode())
                sizes[url] += sum(size(urljoin(url, part)) for part in parts)
        return sizes[url]

    heavy, n_pages = {}, 0
    for visit in walk.visits:
        if visit.is_page and visit.status == 200:
            n_pages += 1
            total = len(visit.body) + sum(size(load) for load in set(visit.page.loads))
            if total > MOST_BYTES:
                heavy[str(visit)] = total
    assert n_pages > 100
    assert heavy == {}


def test_the_way_in_is_the_only_deed_of_a_stranger(walk):
    client = walk.app.test_client()
    for rule in rules(walk.app):
        for method in methods(rule):
            if method in SAFE or rule.rule.startswith("/api/") or rule.endpoint.startswith("kiosk."):
                continue
            url = next(url for url, _ in filled(walk.app, rule, walk.of("nobody").known))
            status = client.open(url, method=method).status_code
            assert endpoint_of(walk.app, Call(method, url)) == rule.endpoint
            if rule.endpoint != "start.sign_out":
                assert status in (401, 403), (rule.rule, status)
