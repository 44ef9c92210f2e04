"""Kannel's sendsms: what is asked of it, what its answers mean, connections that are kept and that end."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from gateway_settings import QUICK, KannelSide, text

from matcher.gateways import open_gateway
from matcher.ports.gateways import Fate
from matcher.records.texts import PartState

LONG = "一二三四五六七八九十" * 8


@pytest.fixture
def side(tmp_path):
    made = KannelSide(tmp_path)
    yield made
    made.close()


def test_every_part_is_asked_for_with_its_header_and_its_own_receipt(side):
    side.account = replace(side.account, prefix="86")
    gateway = side.open()
    list(gateway.submit([text("a", "甲" * 66 + "𬭎" + "乙" * 9, reference=200)]))
    gateway.close()
    first, second = side.requests
    assert first["udh"] == bytes([5, 0, 3, 200, 2, 1])
    assert second["udh"] == bytes([5, 0, 3, 200, 2, 2])
    assert second["text"] == ("𬭎" + "乙" * 9).encode("utf-16-be")
    for place, fields in enumerate(side.requests):
        assert {name: fields[name] for name in ("coding", "charset", "dlr-mask", "to", "from", "username")} == {
            "coding": b"2", "charset": b"UTF-16BE", "dlr-mask": b"31", "to": b"8613800000001", "from": b"106900001",
            "username": b"match",
        }  # fmt: skip
        asked = parse_qs(urlsplit(fields["dlr-url"].decode()).query)
        assert asked["p"] == [str(place)]
        assert asked["d"] == ["%d"]


def test_a_text_of_one_part_has_no_header(side):
    gateway = side.open()
    list(gateway.submit([text("a", "好")]))
    gateway.close()
    assert "udh" not in side.requests[0]


def test_one_connection_is_kept(side):
    gateway = side.open()
    for _ in range(3):
        assert {one.fate for one in gateway.submit([text("a", LONG), text("b", LONG)])} == {Fate.ACCEPTED}
    gateway.close()
    assert (side.n_requests, side.n_connections) == (12, 1)


@pytest.mark.parametrize(
    ("status", "fate", "state"),
    [
        (200, Fate.ACCEPTED, PartState.ACCEPTED),
        (202, Fate.ACCEPTED, PartState.ACCEPTED),
        (400, Fate.REFUSED, PartState.FAILED),
        (403, Fate.DOWN, PartState.NEW),
        (404, Fate.DOWN, PartState.NEW),
        (429, Fate.BUSY, PartState.NEW),
        (503, Fate.BUSY, PartState.NEW),
        (500, Fate.UNKNOWN, PartState.UNKNOWN),
        (502, Fate.UNKNOWN, PartState.UNKNOWN),
        (504, Fate.UNKNOWN, PartState.UNKNOWN),
    ],
)
def test_an_answer_has_its_fate(side, status, fate, state):
    side.verdict = lambda *_: status
    gateway = side.open()
    [told] = gateway.submit([text("a", "好")])
    gateway.close()
    assert told.fate is fate
    assert [part.state for part in told.parts] == [state]


def test_after_an_unknown_part_nothing_of_its_text_goes_and_the_next_text_does(side):
    side.verdict = lambda number, _: 504 if number == 0 else 202
    gateway = side.open()
    first, second = gateway.submit([text("a", LONG), text("b", LONG)])
    gateway.close()
    assert [part.state for part in first.parts] == [PartState.UNKNOWN, PartState.FAILED]
    assert (first.fate, second.fate) == (Fate.UNKNOWN, Fate.ACCEPTED)
    assert side.n_requests == 3


def test_a_refused_second_part_ends_the_text(side):
    side.verdict = lambda number, _: 400 if number == 1 else 202
    gateway = side.open()
    [told] = gateway.submit([text("a", LONG)])
    gateway.close()
    assert told.fate is Fate.REFUSED
    assert [part.state for part in told.parts] == [PartState.ACCEPTED, PartState.FAILED]


def scripted(answers):
    """A server that gives each connection one answer and hangs up; the port, and how many requests it read."""
    listener = socket.create_server(("127.0.0.1", 0))
    seen = []

    def serve():
        for answer in answers:
            taken, _ = listener.accept()
            with taken:
                seen.append(taken.recv(1 << 16))
                taken.sendall(answer)
        listener.close()

    thread = threading.Thread(target=serve)
    thread.start()
    return listener.getsockname()[1], seen, thread


def test_a_connection_the_other_side_hung_up_is_seen_before_anything_is_written(side):
    port, seen, thread = scripted([b"HTTP/1.1 202 -\r\nContent-Length: 2\r\n\r\n0:"] * 3)
    account = replace(side.account, address=f"http://127.0.0.1:{port}/cgi-bin/sendsms")
    gateway = open_gateway("kannel", account, QUICK)
    for name in ("a", "b", "c"):
        [told] = gateway.submit([text(name, "好")])
        assert told.fate is Fate.ACCEPTED
        # The hang-up is on its way: wait until it is there.
        made = gateway._connection.sock
        if made is not None:
            assert made.recv(1, socket.MSG_PEEK) == b""
    thread.join()
    gateway.close()
    assert len(seen) == 3


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 2", b"no http at all\r\n\r\n",
                                    b"HTTP/1.1 202 -\r\nContent-Length: 9\r\n\r\n0:"])  # fmt: skip
def test_half_an_answer_is_unknown(side, answer):
    port, seen, thread = scripted([answer])
    account = replace(side.account, address=f"http://127.0.0.1:{port}/cgi-bin/sendsms")
    gateway = open_gateway("kannel", account, QUICK)
    [told] = gateway.submit([text("a", "好")])
    thread.join()
    gateway.close()
    assert told.fate is Fate.UNKNOWN
    assert len(seen) == 1


def test_it_waits_as_long_as_it_is_asked_to(side):
    port, _, thread = scripted([b"HTTP/1.1 503 -\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n"])
    gateway = open_gateway("kannel", replace(side.account, address=f"http://127.0.0.1:{port}/"), QUICK)
    [told] = gateway.submit([text("a", "好")])
    thread.join()
    gateway.close()
    assert (told.fate, told.retry_after_s) == (Fate.BUSY, 17.0)


def test_no_error_holds_the_address_with_the_password(side):
    side.verdict = lambda *_: 403
    gateway = side.open()
    [told] = gateway.submit([text("a", "好")])
    gateway.close()
    assert "secret" not in told.error
    assert "口令" in told.error
