"""The carrier's own port: windows, late answers, what is owed until it is kept, long replies, sessions that end."""

from __future__ import annotations

import itertools
import random
import struct
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from gateway_settings import AT, QUICK, receive, text
from smsc import (
    INVALID_NUMBER,
    NOT_BOUND,
    QUEUE_FULL,
    RESET,
    RESET_BEFORE,
    SILENT,
    THROTTLED,
    Behaviour,
    Smsc,
)

from matcher.errors import MissingExtra, NotFound, UsageError
from matcher.gateways import Account, open_gateway
from matcher.ports.gateways import Fate
from matcher.records.texts import PartState

LONG = "一二三四五六七八九十" * 8
PHONES = [f"1380000{n:04}" for n in range(400)]


def many(n, body=LONG):
    return [text(f"t{i}", body, PHONES[i], i % 256) for i in range(n)]


def test_parts_carry_our_header_and_ask_for_a_receipt(smpp):
    gateway = smpp.open()
    [told] = gateway.submit([text("a", "甲" * 66 + "𬭎" + "乙" * 5, reference=201)])
    gateway.close()
    first, second = smpp.smsc.parts
    assert first.octets == bytes([5, 0, 3, 201, 2, 1]) + ("甲" * 66).encode("utf-16-be")
    assert second.octets == bytes([5, 0, 3, 201, 2, 2]) + "𬭎乙乙乙乙乙".encode("utf-16-be")
    assert {(part.coding, part.esm_class, part.registered, part.source) for part in (first, second)} == {
        (8, 0x40, 1, "106900001")
    }
    assert [part.provider_id for part in told.parts] == ["1", "2"]


def test_a_number_goes_out_as_the_carrier_wants_it(smpp):
    smpp.account = replace(smpp.account, prefix="86")
    gateway = smpp.open()
    list(gateway.submit([text("a", "好")]))
    gateway.close()
    assert smpp.smsc.parts[0].phone == "8613800000001"
    assert smpp.smsc.parts[0].esm_class == 0


@pytest.mark.parametrize("window", [1, 2, 5, 20])
def test_no_more_is_under_way_than_the_window_holds(smpp, window):
    """The carrier answers only when the window is full or nothing more comes: it counts what it has seen by then."""
    seen = []
    smpp.behaviour.verdict = lambda part: seen.append(part.number) or (SILENT if part.number < 200 else 0)
    gateway = smpp.open(replace(QUICK, window=window, answer_s=0.15))
    told = list(gateway.submit(many(30)))
    gateway.close()
    # Silence ends the session: what was written by then is unknown, and nothing else was.
    assert len(seen) == max(window - window % 2, 2)
    assert Counter(one.fate for one in told) == {Fate.UNKNOWN: len(seen) // 2, Fate.DOWN: 30 - len(seen) // 2}


def test_answers_may_come_in_any_order(smpp):
    gateway = smpp.open()
    assert {one.fate for one in gateway.submit(many(300))} == {Fate.ACCEPTED}
    gateway.close()
    assert sorted(smpp.arrived()) == [(phone, LONG) for phone in PHONES[:300]]


def test_receipts_before_the_answer_name_what_the_answer_names(smpp):
    smpp.behaviour.first, smpp.behaviour.receipts = True, 2
    gateway = smpp.open()
    told = list(gateway.submit(many(5)))
    names = sorted(part.provider_id for one in told for part in one.parts)
    # Of two the same the second says nothing new: it is one item, and both are answered.
    found = receive(gateway, 10)
    assert sorted(one.provider_id for one in found) == names
    assert {one.state for one in found} == {PartState.DELIVERED}
    gateway.done(found)
    smpp.smsc.wait(lambda smsc: smsc.n_answered == 20)
    gateway.close()


@pytest.mark.parametrize(
    ("form", "answer", "receipt"),
    [("decimal_receipts", "{:X}", "{:010d}"), ("hex_receipts", "{:d}", "{:x}"), ("same", "{:d}", "{:010d}")],
)
def test_names_in_other_bases_meet(smpp, form, answer, receipt):
    smpp.account = replace(smpp.account, id_form=form)
    smpp.behaviour.receipts, smpp.behaviour.by_tags = 1, False
    smpp.behaviour.answer_name = lambda n: answer.format(n + 1000)
    smpp.behaviour.receipt_name = lambda n: receipt.format(n + 1000)
    gateway = smpp.open()
    told = list(gateway.submit(many(10)))
    names = {part.provider_id for one in told for part in one.parts}
    assert {one.provider_id for one in receive(gateway, 20)} == names
    gateway.close()


def test_a_deliver_sm_is_answered_when_it_is_kept_and_not_before(smpp):
    gateway = smpp.open()
    smpp.say_reply("13800000009", "1")
    [told] = receive(gateway, 1)
    list(gateway.receive(0.05))
    assert (smpp.smsc.n_unanswered, smpp.smsc.n_answered) == (1, 0)
    gateway.done([told])
    smpp.smsc.wait(lambda smsc: smsc.n_answered == 1)
    gateway.done([told])
    gateway.close()
    assert smpp.smsc.n_unanswered == 0


def ticking(smpp):
    """A clock that never says the same moment twice, as between a reply and its repeat."""
    moments = (AT + timedelta(seconds=n) for n in itertools.count())
    smpp.account = replace(smpp.account, now=lambda: next(moments))


def lose_the_line(smpp, gateway):
    """Cut, and bound again."""
    n_binds = smpp.smsc.n_binds
    smpp.smsc.cut()
    for _ in range(100):
        gateway.receive(0.05)
        if smpp.smsc.n_binds > n_binds:
            break


@pytest.mark.parametrize("kept", ["before", "while it was lost", "after"])
@pytest.mark.parametrize("form", ["plain", "udh8"])
def test_what_comes_again_after_a_lost_line_is_no_second_reply(smpp, kept, form):
    ticking(smpp)
    gateway = smpp.open()
    words = "1" if form == "plain" else "我想回家。" * 20
    smpp.smsc.reply("13800000009", words, form=form)
    [told] = receive(gateway, 1)
    if kept == "before":
        # The answer is written into a line that is cut at once: it may be lost.
        smpp.smsc.cut()
        gateway.done([told])
    elif kept == "while it was lost":
        smpp.smsc.cut()
        smpp.smsc.wait(lambda smsc: not smsc._lines)
        gateway.receive(0.0)
        gateway.done([told])
    for _ in range(3):
        lose_the_line(smpp, gateway)
        assert [one for one in gateway.receive(0.1) if one != told] == []
    gateway.done([told])
    for _ in range(100):
        if not smpp.smsc.n_unanswered:
            break
        assert [one for one in gateway.receive(0.05) if one != told] == []
    assert smpp.smsc.n_unanswered == 0
    smpp.smsc.reply("13800000009", words, form=form)
    [second] = receive(gateway, 1)
    assert (second.text, second.at > told.at) == (words, True)
    gateway.close()


def test_what_comes_again_much_later_is_a_reply_of_its_own(smpp):
    ticking(smpp)
    gateway = smpp.open(replace(QUICK, again_s=0.0))
    smpp.say_reply("13800000009", "1")
    assert len(receive(gateway, 1)) == 1
    lose_the_line(smpp, gateway)
    assert len(receive(gateway, 2)) == 2
    gateway.close()


@pytest.mark.parametrize("form", ["udh8", "udh16", "sar", "payload"])
@pytest.mark.parametrize("window", [0, 1])
def test_a_long_reply_comes_whole_even_from_a_carrier_that_waits_for_each_answer(smpp, form, window):
    words = "我在广东打工，想回家。" * 45 + "𬭎"
    smpp.behaviour.window = window
    gateway = smpp.open(replace(QUICK, hold_s=0.02))
    smpp.smsc.reply("13800000009", words, form=form)
    told = []
    for _ in range(200):
        told = list(gateway.receive(0.05))
        if told:
            break
    assert [one.text for one in told] == [words]
    assert len(words) == 496
    gateway.done(told)
    smpp.smsc.wait(lambda smsc: smsc.n_unanswered == 0)
    gateway.close()


def test_pieces_of_two_people_and_two_replies_are_not_mixed(smpp):
    gateway = smpp.open()
    rows = [("13800000001", 7), ("13800000002", 7), ("13800000001", 8)]
    for place in (2, 1):
        for phone, reference in rows:
            words = f"{phone[-1]}{reference}{place}".encode("utf-16-be")
            smpp.smsc.deliver_piece(phone, words, (reference, 2, place))
    told = receive(gateway, 3)
    assert sorted((one.phone, one.text) for one in told) == [
        ("13800000001", "171172"), ("13800000001", "181182"), ("13800000002", "271272"),
    ]  # fmt: skip
    gateway.close()


def test_a_reply_whose_rest_never_comes_is_told_with_the_gap(smpp):
    gateway = smpp.open(replace(QUICK, join_s=0.05))
    smpp.smsc.deliver_piece("13800000009", "后半截".encode("utf-16-be"), (7, 2, 2))
    assert [one.text for one in receive(gateway, 1)] == ["……后半截"]
    gateway.close()


def test_a_piece_is_answered_in_time_and_nobody_is_told(smpp):
    gateway = smpp.open(replace(QUICK, hold_s=0.0))
    smpp.smsc.deliver_piece("13800000009", "前".encode("utf-16-be"), (7, 2, 1))
    for _ in range(20):
        assert list(gateway.receive(0.05)) == []
        if smpp.smsc.n_answered:
            break
    assert smpp.smsc.n_answered == 1
    gateway.close()


@pytest.mark.parametrize("coding", [0, 8, 15])
def test_replies_in_every_alphabet(smpp, coding):
    gateway = smpp.open()
    smpp.smsc.reply("008613800000009", "TD 1", coding=coding)
    [told] = receive(gateway, 1)
    assert (told.phone, told.text, told.at) == ("13800000009", "TD 1", AT)
    gateway.close()


def test_what_nobody_can_read_is_answered_so_that_it_does_not_come_for_ever(smpp):
    gateway = smpp.open()
    smpp.smsc.deliver("1", "2", b"\x50\x00\x03", esm_class=0x40)
    smpp.smsc.deliver("1", "2", b"no receipt at all", esm_class=4)
    assert list(gateway.receive(0.5)) == []
    list(gateway.receive(0.1))
    smpp.smsc.wait(lambda smsc: smsc.n_answered == 2)
    gateway.close()


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


@pytest.mark.parametrize(("status", "fate"), [(THROTTLED, Fate.BUSY), (QUEUE_FULL, Fate.BUSY), (8, Fate.BUSY),
                                              (INVALID_NUMBER, Fate.REFUSED), (0x45, Fate.REFUSED),
                                              (0x400, Fate.REFUSED), (NOT_BOUND, Fate.BUSY)])  # fmt: skip
def test_a_status_has_its_fate(smpp, status, fate):
    smpp.behaviour.verdict = lambda part: status
    gateway = smpp.open()
    [told] = gateway.submit([text("a", LONG)])
    gateway.close()
    assert told.fate is fate
    assert len(told.parts) == 2


def test_a_refused_second_part_is_told_and_the_first_never_goes_again(smpp):
    smpp.behaviour.verdict = lambda part: INVALID_NUMBER if part.place[2] == 2 else 0
    gateway = smpp.open()
    [told] = gateway.submit([text("a", LONG)])
    gateway.close()
    assert told.fate is Fate.REFUSED
    assert [part.state for part in told.parts] == [PartState.ACCEPTED, PartState.FAILED]
    assert told.error == "ESME_RINVDSTADR"
    assert smpp.smsc.n_parts == 2


def test_a_throttled_first_part_goes_again_and_the_second_does_not(smpp):
    smpp.behaviour.verdict = lambda part: THROTTLED if part.number == 0 else 0
    gateway = smpp.open()
    [told] = gateway.submit([text("a", LONG)])
    gateway.close()
    assert told.fate is Fate.ACCEPTED
    assert [part.place[2] for part in smpp.smsc.parts] == [2, 1]
    assert smpp.arrived() == [("13800000001", LONG)]


@pytest.mark.parametrize("verdict", [RESET, RESET_BEFORE])
def test_a_reset_leaves_unknown_what_was_written_and_down_what_was_not(smpp, verdict):
    smpp.behaviour.verdict = lambda part: verdict if part.number == 9 else 0
    gateway = smpp.open(replace(QUICK, window=4))
    texts = many(20)
    told = {one.text_id: one for one in gateway.submit(texts)}
    assert len(told) == 20
    unknown = [one for one in told.values() if one.fate is Fate.UNKNOWN]
    assert 1 <= len(unknown) <= 2
    assert {part.state for one in unknown for part in one.parts} <= {PartState.UNKNOWN, PartState.ACCEPTED}
    down = [one for one in texts if told[one.text_id].fate is Fate.DOWN]
    assert len(down) + len(unknown) + sum(one.fate is Fate.ACCEPTED for one in told.values()) == 20
    smpp.behave()
    again = list(gateway.submit(down))
    gateway.close()
    assert {one.fate for one in again} == {Fate.ACCEPTED}
    counted = Counter((part.phone, part.place[2]) for part in smpp.smsc.parts)
    assert set(counted.values()) == {1}


def test_an_answer_that_comes_late_is_told(smpp):
    """The carrier answers the first part only after the second text was answered and the first given up."""
    late = []
    smpp.behaviour.verdict = lambda part: late.append(part) or SILENT if part.phone == PHONES[0] else 0
    gateway = smpp.open(replace(QUICK, answer_s=0.3))
    sent = gateway.submit(many(1, "好"))
    [told] = _while_alive(smpp.smsc, sent)
    assert told.fate is Fate.UNKNOWN
    with smpp.smsc._lock:
        [line] = smpp.smsc._lines
        sequence = next(iter(gateway._late))
        line.socket.sendall(struct.pack(">IIII", 19, 0x80000004, 0, sequence) + b"77\0")
    [receipt] = receive(gateway, 1)
    assert (receipt.text_id, receipt.part, receipt.provider_id, receipt.state) == ("t0", 0, "77", PartState.ACCEPTED)
    gateway.done([receipt])
    assert list(gateway.receive()) == []
    gateway.close()


def _while_alive(smsc, submission):
    """Read a submission while the carrier shows that it is there, so that an overdue answer does not end the line."""
    from threading import Event, Thread

    over = Event()

    def knock():
        while not over.wait(0.02):
            smsc.enquire()

    thread = Thread(target=knock)
    thread.start()
    try:
        return list(submission)
    finally:
        over.set()
        thread.join()


def test_a_submission_nobody_reads_to_its_end_still_hears_its_answers(smpp):
    gateway = smpp.open()
    submission = gateway.submit(many(8))
    first = next(submission)
    submission.close()
    rest = {(f"t{n}", place) for n in range(8) for place in range(2)} - {(first.text_id, 0), (first.text_id, 1)}
    found = receive(gateway, len(rest))
    assert {(one.text_id, one.part) for one in found} == rest
    assert {one.state for one in found} == {PartState.ACCEPTED}
    gateway.close()


def test_a_mad_carrier_never_makes_a_part_go_twice_and_none_is_lost(smpp):
    """Throttled, refused, reset and silent at random: what the gateway says of a part is what the carrier knows."""
    draws = random.Random(6)
    verdicts = [0] * 12 + [THROTTLED, INVALID_NUMBER, RESET, RESET_BEFORE, QUEUE_FULL]
    smpp.behaviour.verdict = lambda part: draws.choice(verdicts)
    gateway = smpp.open(replace(QUICK, patience_s=0.1, window=6))
    waiting, ended = {one.text_id: one for one in many(150)}, {}
    for _ in itertools.repeat(None, 400):
        if not waiting:
            break
        told = list(gateway.submit(list(waiting.values())[:25]))
        assert Counter(one.text_id for one in told) == Counter(list(waiting)[:25])
        for one in told:
            if one.fate in (Fate.BUSY, Fate.DOWN):
                assert {part.state for part in one.parts} == {PartState.NEW}
            else:
                ended[one.text_id] = one
                del waiting[one.text_id]
    gateway.close()
    assert not waiting
    kept = Counter((f"t{PHONES.index(part.phone)}", part.place[2] - 1) for part in smpp.smsc.parts)
    assert set(kept.values()) == {1}
    for name, one in ended.items():
        for place, part in enumerate(one.parts):
            if part.state is PartState.ACCEPTED:
                assert kept[name, place] == 1
            elif part.state is PartState.FAILED:
                assert kept[name, place] == 0
    assert {one.fate for one in ended.values()} == {Fate.ACCEPTED, Fate.REFUSED, Fate.UNKNOWN}


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
