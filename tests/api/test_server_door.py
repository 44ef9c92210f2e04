"""The door: bodies judged by their heads over real sockets, refusals that are read, crowds that make room."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from http.client import HTTPConnection

import msgspec
import pytest
from processes import HTTP, bearer, get, slow_server
from werkzeug.datastructures import Headers

from api.doorway import FREE_BYTES, MOST_CONNECTIONS
from matcher.records.access import Role, Scope

pytestmark = pytest.mark.timeout(90)
PROBLEM = "application/problem+json"
UPLOAD = "/api/v1/imports"
FORM = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("door")


@pytest.fixture(scope="module")
def port(home):
    officer(home)
    settings = {"MATCHER_HTTP_MAX_BYTES": "200000", "MATCHER_IMPORT_MAX_BYTES": "1000000"}
    with slow_server(home, **settings) as (_, found):
        yield found


def officer(home, **given):
    return bearer(home, **given)


def announced(port, path, n_bytes, **headers):
    """The answer to the head of a request alone: nothing of its body is ever sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        head = {"Host": "a", "Content-Length": n_bytes, **headers}
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        client.sendall("\r\n".join([*lines, "", ""]).encode())
        return read(client)


def read(client):
    """Status, headers and body of what comes until the other side says no more."""
    received = b"".join(iter(lambda: client.recv(1 << 16), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), Headers(line.split(": ", 1) for line in lines), body


def is_problem(answer, status):
    found, headers, body = answer
    assert (found, headers["Content-Type"]) == (status, PROBLEM)
    told = msgspec.json.decode(body)
    assert told["status"] == status
    assert told["detail"]
    assert told["instance"] == f"urn:matcher:request:{headers['X-Request-Id']}"
    assert headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    return headers


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer mt_a_b"}, {"Authorization": "Basic eDp5"}])
def test_a_large_body_of_a_stranger_is_not_taken_in(port, given):
    headers = is_problem(announced(port, UPLOAD, FREE_BYTES + 1, **FORM, **given), 401)
    assert headers["WWW-Authenticate"] == "Bearer"


def test_a_stranger_may_send_a_small_body(port):
    body = b"x" * FREE_BYTES
    assert get(port, "/api/take", method="POST", body=body) == (200, b'{"n_bytes":%d}\n' % FREE_BYTES)


def test_whom_we_know_may_send_more_and_a_roster_most(port, home):
    known = officer(home)
    assert get(port, "/api/take", method="POST", body=b"x" * 200_000, headers=known)[0] == 200
    is_problem(announced(port, "/api/take", 200_001, **known), 413)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    roster = head + b"x" * (1_000_000 - len(head)) + b"\r\n--x--\r\n"
    status, told = get(port, UPLOAD, method="POST", body=roster, headers=known | FORM)
    assert (status, [fault["where"] for fault in msgspec.json.decode(told)["errors"]]) == (422, ["kind"])
    is_problem(announced(port, UPLOAD, 209_715_200, **known, **FORM), 413)


def test_a_roster_of_a_token_without_the_scope_is_not_taken_in(port, home):
    reader = officer(home, role=Role.OFFICER, scopes=(Scope.IMPORTS_READ,))
    is_problem(announced(port, UPLOAD, 900_000, **reader, **FORM), 403)


def test_a_body_in_pieces_is_cut_off_at_the_same_size(port, home):
    for known, status in (({}, 413), (officer(home), 413)):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            lines = [f"{name}: {value}" for name, value in known.items()]
            head = ["POST /api/take HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", *lines, "", ""]
            client.sendall("\r\n".join(head).encode() + (b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n") * 5)
            is_problem(read(client), status)


def test_who_sends_all_the_same_reads_why_it_was_refused(port, home):
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", UPLOAD, body=b"x" * 20_000_000, headers=officer(home) | FORM)
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Content-Type"]) == (413, PROBLEM)
    assert msgspec.json.decode(answer.read())["remedy"]


def test_no_invitation_to_send_what_will_be_refused(port, home):
    status, _, body = announced(port, UPLOAD, 209_715_200, **officer(home), **FORM, Expect="100-continue")
    assert (status, body[:1]) == (413, b"{")


def test_a_browser_gets_a_page(port):
    status, headers, body = announced(port, "/office/imports", 20_000_000, **FORM, Accept="text/html,*/*")
    assert (status, headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert "没有接收" in body.decode()


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"\x16\x03\x01\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nX Y: 1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET /" + b"x" * 300_000 + b" HTTP/1.1\r\n\r\n", 431),
    ],
    ids=["tls", "header", "length", "encoding", "address"],
)  # fmt: skip
def test_what_is_no_request_is_told_as_any_other_fault(port, raw, status):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(raw)
        is_problem(read(client), status)


def test_refusals_are_counted_and_logged_as_answers(tmp_path):
    with slow_server(tmp_path) as (process, port):
        announced(port, UPLOAD, 1_000_000, **FORM)
        counted = get(port, "/metrics")[1].decode()
        process.terminate()
        _, told = process.communicate(timeout=30)
    assert 'matcher_requests_total{method="other",rule="unmatched",status="401"} 1.0' in counted
    assert '"rule": "unmatched", "status": 401' in told


def test_half_open_connections_make_room_for_whoever_asks(port):
    with ExitStack() as stack:
        for number in range(MOST_CONNECTIONS + 20):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            client.sendall(b"POST /api/take HTTP/1.1\r\nHost: a\r\n" * (number % 2))
        for _ in range(3):
            began = time.monotonic()
            assert get(port, HTTP)[0] == 200
            assert time.monotonic() - began < 5
