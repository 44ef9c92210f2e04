"""Sessions on the carrier's own port: begun, kept alive, refused, lost and ended; addresses that lead to none."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from gateway_settings import QUICK, text
from smsc import Behaviour, Smsc

from matcher.errors import MissingExtra, NotFound, UsageError
from matcher.gateways import Account, open_gateway
from matcher.ports.gateways import Fate


def test_both_sides_ask_and_answer_whether_they_are_there(smpp):
    gateway = smpp.open(replace(QUICK, enquire_s=0.0))
    gateway.receive(0.0)
    gateway.receive(0.05)
    smpp.smsc.wait(lambda smsc: smsc.n_enquiries >= 1)
    smpp.smsc.enquire()
    gateway.receive(0.2)
    list(gateway.submit([text("a", "好")]))
    gateway.close()
    assert smpp.smsc.n_binds == 1


def test_an_other_side_that_stays_silent_is_left(smpp):
    gateway = smpp.open(replace(QUICK, enquire_s=0.0, answer_s=0.05, connect_s=0.1))
    gateway.receive(0.0)
    with smpp.smsc._lock:
        # It reads nothing while the lock is held.
        for _ in range(4):
            gateway.receive(0.05)
    smpp.smsc.wait(lambda smsc: smsc.n_binds >= 2)
    gateway.close()


def test_close_takes_leave(smpp):
    gateway = smpp.open()
    gateway.receive()
    gateway.close()
    assert (smpp.smsc.n_binds, smpp.smsc.n_unbinds) == (1, 1)
    gateway.close()
    assert smpp.smsc.n_unbinds == 1


@pytest.mark.parametrize("change", [{"password": "other"}, {"bind_status": 5}])
def test_a_refused_bind_is_down_and_says_whose_fault_it_is(smpp, change):
    for name, value in change.items():
        setattr(smpp.behaviour, name, value)
    gateway = smpp.open()
    [told] = gateway.submit([text("a", "好")])
    assert told.fate is Fate.DOWN
    assert "ESME_" in told.error
    assert "secret" not in told.error
    gateway.close()


def test_a_gateway_that_is_down_is_left_alone_for_a_while(smpp):
    smpp.go_down()
    gateway = smpp.open(replace(QUICK, back_off_s=50.0))
    [first] = gateway.submit([text("a", "好")])
    [second] = gateway.submit([text("a", "好")])
    assert (first.fate, second.fate) == (Fate.DOWN, Fate.DOWN)
    assert 40 < second.retry_after_s <= 50
    smpp.come_back()
    assert list(gateway.receive()) == []
    assert smpp.smsc.n_binds == 0
    gateway.close()


def test_rests_grow_to_their_limit(smpp):
    smpp.go_down()
    gateway = smpp.open(replace(QUICK, back_off_s=1e-9, longest_back_off_s=4e-9))
    rests = []
    rest, link = gateway._link._rest, gateway._link
    link._rest = lambda: (rest(), rests.append(min(4e-9, 1e-9 * 2 ** (link._failures - 1))))
    for _ in range(5):
        list(gateway.submit([text("a", "好")]))
    assert rests == [1e-9, 2e-9, 4e-9, 4e-9, 4e-9]


def test_what_is_no_smpp_is_down(smpp, tmp_path):
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk():
            taken, _ = listener.accept()
            taken.recv(100)
            taken.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            taken.close()

        thread = threading.Thread(target=talk)
        thread.start()
        smpp.account = replace(smpp.account, address=f"127.0.0.1:{listener.getsockname()[1]}")
        gateway = smpp.open()
        [told] = gateway.submit([text("a", "好")])
        thread.join()
    assert told.fate is Fate.DOWN


@pytest.mark.parametrize("address", ["", "host", "host:", ":1", "host:0", "host:70000", "host:x"])
def test_an_address_without_a_port_is_a_usage_error(tmp_path, address):
    with pytest.raises(UsageError, match="主机:端口"):
        open_gateway("smpp", Account(home=tmp_path, address=address))


def test_a_password_that_would_be_cut_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="8"):
        open_gateway("smpp", Account(home=tmp_path, address="h:1", password="123456789"))
    assert "12345678" not in repr(Account(home=tmp_path, password="12345678", key=b"12345678"))


def test_a_gateway_nobody_has_is_not_found(tmp_path):
    with pytest.raises(NotFound, match="file, smpp, kannel"):
        open_gateway("cmpp", Account(home=tmp_path))


def test_without_smpplib_the_remedy_is_its_extra(tmp_path, monkeypatch):
    import sys

    for name in [name for name in sys.modules if name.startswith(("smpplib", "matcher.gateways.smpp"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "smpplib", None)
    with pytest.raises(MissingExtra, match=r"rural-job-matcher\[sms\]"):
        open_gateway("smpp", Account(home=tmp_path, address="h:1"))


def test_a_port_of_kannel_is_an_address(tmp_path):
    with pytest.raises(UsageError, match="sendsms"):
        open_gateway("kannel", Account(home=tmp_path, address="127.0.0.1:13013"))


def test_the_carrier_of_the_tests_checks_the_octets_of_a_part():
    """It is a judge only if it refuses what a carrier refuses."""
    import socket

    with Smsc(Behaviour()) as smsc, socket.create_connection(("127.0.0.1", smsc.port)) as line:
        body = b"\0\0\0" + b"1\0\1\1" + b"2\0" + b"\0\0\0" + b"\0\0" + bytes([1, 0, 8, 0, 142]) + b"\0" * 142
        line.sendall(struct.pack(">IIII", 16 + len(body), 4, 0, 1) + body)
        assert struct.unpack(">IIII", line.recv(16)) == (16, 0x80000004, 1, 1)
        assert smsc.texts == []


def test_statuses_are_named_as_the_library_of_the_protocol_names_them():
    import smpplib.consts

    from matcher.gateways.statuses import _NAMES, status_name

    ours = {f"SMPP_{name}": status for status, name in _NAMES.items()}
    theirs = {name: value for name, value in vars(smpplib.consts).items() if name in ours}
    # smpplib leaves out what it spells otherwise; what it has must agree.
    assert len(theirs) >= 20
    assert theirs == {name: ours[name] for name in theirs}
    assert status_name(0x400) == "0x00000400"
