"""What the carrier's own port brings: receipts and replies, long ones too, owed an answer until they are kept."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from gateway_settings import AT, QUICK, receive, text

from matcher.records.texts import PartState

LONG = "一二三四五六七八九十" * 8
PHONES = [f"1380000{n:04}" for n in range(400)]


def many(n, body=LONG):
    return [text(f"t{i}", body, PHONES[i], i % 256) for i in range(n)]


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
