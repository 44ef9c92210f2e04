"""What goes wrong outside: broken bodies, keys, cursors, tokens, and texts that mean to be commands."""

from __future__ import annotations

import gzip
import itertools
import re

import county
import msgspec
import pytest

from api.v1.shapes import MATCH_EXAMPLE
from matcher.records import Kind
from matcher.records.access import Role

API = "/api/v1"
PROBLEM = "application/problem+json"
CODES = [
    "'; DROP TABLE worker; --",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "%00",
    "../../etc/passwd",
    "=1+1",
    "\u202e",
]


@pytest.fixture
def officer(token):
    return token(Role.OFFICER)


def is_problem(answer, status):
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM), answer.get_data(as_text=True)
    assert answer.json["status"] == status
    assert answer.json["title"]
    assert answer.json["detail"]
    assert answer.json["instance"].startswith("urn:matcher:request:")
    return answer.json


def post(client, headers, raw, path="/match", **more):
    return client.post(API + path, data=raw, headers=headers, content_type=more.pop("content_type", "application/json"))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"on": }',
        b"NaN",
        b"\xff\xfe",
        b'{"on":"2018-06-01",}',
        b"[" * 100_000,
        b'{"a":' * 3000,
        b"'a'",
        b'"\\ud800"',
    ],
)
@pytest.mark.parametrize("path", ["/match", "/policy/evaluate", "/decisions/d/reactions"])
def test_a_body_that_is_no_json(client, officer, raw, path):
    is_problem(post(client, officer, raw, path), 400)


@pytest.mark.parametrize(
    ("path", "raw", "named"),
    [
        ("/match", b'{"on":"2018-06-01","on":"2017-06-01","workers":[],"vacancies":[]}', "on"),
        ("/match", b'{"on":"2018-06-01","workers":[{"worker_id":"a","worker_id":"b"}],"vacancies":[]}', "worker_id"),
        ("/match", b'{"on":"2018-06-01","workers":[],"vacancies":[],"prices":{"v":1,"\\u0076":2}}', "v"),
        ("/policy/evaluate", b'{"rule_id":"X_AGE","inputs":{"as_of":"a","as_of":"b"}}', "as_of"),
    ],
)
def test_one_name_twice_is_no_json_that_all_read_alike(client, officer, path, raw, named):
    told = is_problem(post(client, officer, raw, path), 400)
    assert told["detail"].endswith(f"：{named}")


def test_a_byte_order_mark_is_taken_off(client, officer):
    raw = msgspec.json.encode(MATCH_EXAMPLE)
    assert post(client, officer, b"\xef\xbb\xbf" + raw).data == post(client, officer, raw).data


@pytest.mark.parametrize("coding", ["gzip", "br", "gzip, identity", "x"])
def test_a_packed_body_is_refused_with_what_is_taken(client, officer, coding):
    raw = gzip.compress(msgspec.json.encode(MATCH_EXAMPLE))
    answer = post(client, officer | {"Content-Encoding": coding}, raw)
    is_problem(answer, 415)
    assert answer.headers["Accept-Encoding"] == "identity"
    whole = {"Content-Encoding": "Identity"}
    assert post(client, officer | whole, msgspec.json.encode(MATCH_EXAMPLE)).status_code == 200


def test_a_match_has_bounds_of_pairs_and_of_texts(make_app):
    body = msgspec.json.encode(MATCH_EXAMPLE)
    for bound, fits, beyond in (("match_max_pairs", 4, 3), ("match_max_texts", 3, 2)):
        for most, status in ((fits, 200), (beyond, 422)):
            app = make_app(**{bound: most})
            answer = post(app.test_client(), county.bearer(app, Role.OFFICER), body)
            assert answer.status_code == status
            assert status == 200 or "in parts" in is_problem(answer, 422)["remedy"]


def test_the_framework_says_nothing_in_english(client, officer):
    for answer in (
        client.get(f"{API}/nowhere", headers=officer), client.delete(f"{API}/match", headers=officer),
        post(client, officer, b" " * (10 << 20)),
    ):  # fmt: skip
        assert not re.search("[a-z]{3} [a-z]{3}", answer.json["detail"])


@pytest.mark.parametrize("raw", [b"5", b"null", b"[]", b'"text"', b"{}", b'{"on":1}'])
def test_json_of_another_shape(client, officer, raw):
    is_problem(post(client, officer, raw), 422)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_another_media_type(client, officer, kind):
    is_problem(post(client, officer, b"{}", content_type=kind), 415)


def test_ten_megabytes(client, officer):
    is_problem(post(client, officer, b" " * (10 << 20)), 413)


def test_a_body_of_the_allowed_size_is_read(client, officer):
    raw = msgspec.json.encode(MATCH_EXAMPLE)
    assert post(client, officer, raw + b" " * ((8 << 20) - len(raw))).status_code == 200
    is_problem(post(client, officer, raw + b" " * ((8 << 20) - len(raw) + 1)), 413)


@pytest.mark.parametrize(
    ("change", "where", "expected"),
    [
        ({"colour": 1}, "", "colour"), ({"top": "5"}, "", "top"), ({"top": 0}, "", "top"),
        ({"explain": 1}, "", "explain"),
        ({"workers": [{"worker_id": "w", "place_code": "450206", "shoe": 41}]}, "workers[0]", "shoe"),
        ({"workers": [{"worker_id": "w", "place_code": "45\n"}]}, "workers[0].place_code", "6 to 12 digits"),
        ({"workers": [{"worker_id": 5, "place_code": "450206"}]}, "workers[0]", "worker_id"),
        ({"vacancies": [{"vacancy_id": "v"}]}, "vacancies[0]", "title"),
        ({"on": "2018-02-30"}, "", "on"), ({"on": "1901-01-01"}, "", "on"),
        ({"jurisdiction": "atlantis"}, "", "atlantis"),
    ],
)  # fmt: skip
def test_every_fault_of_a_match_is_named(client, officer, change, where, expected):
    told = is_problem(client.post(f"{API}/match", json=MATCH_EXAMPLE | change, headers=officer), 422)
    faults = told["errors"]
    if where:
        assert [fault["where"] for fault in faults if where in fault["where"]]
    assert expected in msgspec.json.encode(told).decode()


def test_whole_numbers_may_be_written_as_other_languages_do(client, officer):
    given = client.post(f"{API}/match", json=MATCH_EXAMPLE | {"top": 3.0, "seed": None}, headers=officer)
    assert given.json == client.post(f"{API}/match", json=MATCH_EXAMPLE, headers=officer).json


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("top=05x", "top"), ("top=", "top"), ("top=5.0", "top"), ("top=%2B5", "top"), ("top=%EF%BC%95", "top"),
        ("top=0", "top"), ("top=1001", "top"), ("top=1&top=2", "top"), ("explain=1", "explain"),
        ("explain=True", "explain"), ("on=2018-6-1", "on"), ("on=1527811200", "on"), ("on=2018-06-01%0A", "on"),
        ("on=0001-01-01", "on"), ("on=9999-12-31", "on"), ("colour=red", "colour"),
    ],
)  # fmt: skip
def test_parameters_are_read_as_they_are_written(client, officer, query, where):
    told = is_problem(client.get(f"{API}/workers/w/recommendations?{query}", headers=officer), 422)
    assert [fault["where"] for fault in told["errors"]] == [where]


@pytest.mark.parametrize(
    "path",
    ["/workers/{}/recommendations", "/vacancies/{}", "/vacancies/{}/candidates", "/decisions/{}", "/policy/packs/{}",
     "/imports/{}", "/imports/{}/rejects.xlsx", "/pairs/{}/v", "/pairs/w/{}"],
)  # fmt: skip
def test_ids_nobody_has(client, officer, path):
    for unknown in ("none", "无", "-1", "a b", "%27%3B--", "%3Cb%3E", "1" * 128):
        is_problem(client.get(API + path.format(unknown), headers=officer), 404)
    for no_id in ("a%0A", "a%00", "1" * 129, "%7F"):
        is_problem(client.get(API + path.format(no_id), headers=officer), 422)


def test_a_cursor_of_elsewhere(client, officer):
    cursor = client.get(f"{API}/vacancies?limit=2", headers=officer).json["next_cursor"]
    for path in (
        f"/vacancies?limit=2&q=x&cursor={cursor}", "/vacancies?cursor=bm9uZQ", f"/vacancies?cursor={cursor[:-2]}",
        f"/imports?cursor={cursor}", "/imports?cursor=AAAA", f"/imports?limit=1&cursor={'A' * 17}",
    ):  # fmt: skip
        is_problem(client.get(API + path, headers=officer), 400)
    own = client.get(f"{API}/imports?limit=1", headers=officer).json["next_cursor"]
    assert client.get(f"{API}/imports?limit=1&cursor={own}", headers=officer).status_code == 200
    batch = client.get(f"{API}/imports?limit=1", headers=officer).json["imports"][0]["job_id"]
    is_problem(client.get(f"{API}/imports/{batch}?cursor={own}", headers=officer), 400)


def test_a_key_stands_for_one_body(client, officer, token):
    headers = officer | {"Idempotency-Key": "one"}
    first = client.post(f"{API}/match", json=MATCH_EXAMPLE, headers=headers)
    assert first.status_code == 200
    assert client.post(f"{API}/match", json=MATCH_EXAMPLE, headers=headers).data == first.data
    is_problem(client.post(f"{API}/match", json=MATCH_EXAMPLE | {"top": 1}, headers=headers), 422)
    is_problem(client.post(f"{API}/policy/evaluate", json={"rule_id": "X", "inputs": {}}, headers=headers), 422)
    other = token(Role.OFFICER) | {"Idempotency-Key": "one"}
    assert client.post(f"{API}/match", json=MATCH_EXAMPLE | {"top": 1}, headers=other).status_code == 200


def test_a_refused_call_does_not_use_up_its_key(client, officer):
    headers = officer | {"Idempotency-Key": "two"}
    is_problem(client.post(f"{API}/match", json=MATCH_EXAMPLE | {"jurisdiction": "none"}, headers=headers), 422)
    assert client.post(f"{API}/match", json=MATCH_EXAMPLE, headers=headers).status_code == 200


@pytest.mark.parametrize("key", ["", "a b", "k" * 129, "钥匙"])
def test_a_key_that_is_none(client, officer, key):
    headers = officer | {"Idempotency-Key": key.encode().decode("latin-1")}
    told = is_problem(client.post(f"{API}/match", json=MATCH_EXAMPLE, headers=headers), 422)
    assert [fault["where"] for fault in told["errors"]] == ["Idempotency-Key"]


def test_a_token_that_is_over(make_app):
    app = make_app()
    headers = county.bearer(app, Role.OFFICER, days=1)
    assert app.test_client().get(f"{API}/policy/packs", headers=headers).status_code == 200
    county.clock(app).advance(days=1)
    answer = app.test_client().get(f"{API}/policy/packs", headers=headers)
    is_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("given", ["Bearer", "Bearer x", "Basic eDp5", "Bearer mt_a_b", "Bearer mt__", "bearer  "])
def test_no_token_of_ours(client, given):
    is_problem(client.get(f"{API}/policy/packs", headers={"Authorization": given}), 401)


def test_methods(client, officer):
    for method, path in (("POST", "/vacancies"), ("DELETE", "/match"), ("TRACE", "/vacancies"), ("PUT", "/imports/x")):
        answer = client.open(API + path, method=method, headers=officer)
        is_problem(answer, 405)
        assert answer.headers["Allow"]
    answer = client.open(f"{API}/vacancies", method="OPTIONS")
    assert answer.status_code == 200
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    head = client.head(f"{API}/vacancies", headers=officer)
    assert (head.status_code, head.data) == (200, b"")
    is_problem(client.get(f"{API}/nowhere", headers=officer), 404)


def test_commands_in_every_text_of_a_match_stay_texts(app, client, officer):
    before = msgspec.json.encode(county.application_of(app).store.records(Kind.WORKERS))
    for code in CODES:
        worker = {"worker_id": code, "place_code": "450206102", "skills": [code], "trades": [code],
                  "certificates": [code], "preferred_trades": [code], "household_id": code,
                  "relocation_site": code}  # fmt: skip
        post_ = {"vacancy_id": code, "title": code, "duties": code, "channel": "workshop", "place_code": "450206102",
                 "headcount": 1, "employer_id": code, "employer_name": code, "skills_required": [code],
                 "sex_condition": None}  # fmt: skip
        body = {"on": "2018-06-01", "jurisdiction": "liujiang_2018", "explain": True, "refused": True,
                "workers": [worker], "vacancies": [post_], "shown": {code: [code]}}  # fmt: skip
        answer = client.post(f"{API}/match", json=body, headers=officer)
        assert answer.status_code == 200
        assert answer.json["lists"][0]["worker_id"] == code
        assert answer.mimetype == "application/json"
        replayed = client.get(f"{API}/decisions/{answer.json['decision_id']}", headers=officer)
        assert replayed.data == answer.data
    assert msgspec.json.encode(county.application_of(app).store.records(Kind.WORKERS)) == before


def test_commands_in_every_parameter_stay_texts(client, officer):
    parts = ("q", "place", "trade", "channel", "cursor", "wage_from", "lodging", "on", "limit")
    for code, part in itertools.product(CODES, parts):
        answer = client.get(f"{API}/vacancies", query_string={part: code}, headers=officer)
        assert answer.status_code in (200, 400, 422), (part, code)
        assert answer.mimetype in ("application/json", PROBLEM)
        if answer.status_code == 200:
            assert answer.json["items"] == []


def test_a_fault_tells_nothing_of_its_inside(app, client, officer, monkeypatch):
    from api.v1 import lists

    def broken(*_, **__):
        raise ZeroDivisionError("password=geheim at /var/lib")

    monkeypatch.setattr(lists, "recommend", broken)
    told = is_problem(client.get(f"{API}/workers/w/recommendations", headers=officer), 500)
    assert "geheim" not in str(told)
    assert "ZeroDivision" not in str(told)


def test_a_busy_database_is_worth_another_try(client, officer, monkeypatch):
    from api.v1 import lists
    from matcher.errors import StoreError

    def busy(*_, **__):
        raise StoreError("the database is busy", remedy="Wait for the other import to end, then repeat.")

    monkeypatch.setattr(lists, "recommend", busy)
    answer = client.get(f"{API}/workers/w/recommendations", headers=officer)
    is_problem(answer, 503)
    assert answer.headers["Retry-After"] == "5"
