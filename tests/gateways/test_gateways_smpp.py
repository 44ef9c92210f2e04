"""The carrier's own port: windows, parts, what a status means, late answers, a carrier gone mad."""

from __future__ import annotations

import itertools
import random
import struct
from collections import Counter
from dataclasses import replace

import pytest
from gateway_settings import QUICK, receive, text
from smsc import INVALID_NUMBER, NOT_BOUND, QUEUE_FULL, RESET, RESET_BEFORE, SILENT, THROTTLED

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
