"""What a deliver_sm says: receipts in the forms carriers give them, replies in the alphabets phones write in."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.gateways.alphabets import decoded
from matcher.gateways.deliveries import (
    Piece,
    id_of_answer,
    id_of_receipt,
    is_receipt,
    piece_of,
    read_delivery,
    word_of,
    words_of,
)
from matcher.records.texts import PartState


def deliver(octets=b"", *, esm_class=0, coding=0, tags=()):
    head = b"\0\1\1" + b"13800000001" + b"\0\1\1" + b"106900001" + b"\0" + bytes([esm_class, 0, 0]) + b"\0\0"
    body = head + bytes([0, 0, coding, 0, len(octets)]) + octets
    return body + b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in tags)


def receipt(text=b"", tags=(), esm_class=4):
    return read_delivery(deliver(text, esm_class=esm_class, tags=tags))


FULL = b"id:0000000123 sub:001 dlvrd:001 submit date:2611210000 done date:2611210001 stat:%s err:%s text:hi"


@pytest.mark.parametrize(
    ("stat", "state", "error"),
    [
        (b"DELIVRD", PartState.DELIVERED, ""),
        (b"delivrd", PartState.DELIVERED, ""),
        (b"ACCEPTD", PartState.ACCEPTED, "ACCEPTD 000"),
        (b"ENROUTE", PartState.ACCEPTED, "ENROUTE 000"),
        (b"UNKNOWN", PartState.UNKNOWN, "UNKNOWN 000"),
        (b"UNDELIV", PartState.FAILED, "UNDELIV 000"),
        (b"EXPIRED", PartState.FAILED, "EXPIRED 000"),
        (b"MK:0001", PartState.FAILED, "MK:0001 000"),
    ],
)
def test_the_words_of_a_receipt(stat, state, error):
    word = word_of(receipt(FULL % (stat, b"000")), "same")
    assert word == ("123", state, error)


@pytest.mark.parametrize(("number", "state"), [(2, PartState.DELIVERED), (6, PartState.ACCEPTED),
                                               (5, PartState.FAILED), (8, PartState.FAILED)])  # fmt: skip
def test_fields_outweigh_words(number, state):
    tags = [(0x001E, b"ABC\0"), (0x0427, bytes([number]))]
    word = word_of(receipt(FULL % (b"ENROUTE", b"1"), tags), "same")
    assert (word.provider_id, word.state) == ("abc", state)


def test_the_carriers_own_code_stands_beside_the_field():
    word = word_of(receipt(FULL % (b"MK:0001", b"7"), [(0x001E, b"5\0"), (0x0427, b"\5")]), "same")
    assert (word.state, word.error) == (PartState.FAILED, "MK:0001 7")


def test_a_receipt_may_be_told_by_its_field_alone():
    tags = [(0x001E, b"7\0"), (0x0427, b"\2"), (0x1400, b"what a carrier adds of its own")]
    assert word_of(receipt(b"", tags, esm_class=0), "same") == ("7", PartState.DELIVERED, "")


@pytest.mark.parametrize("text", [b"", b"stat:DELIVRD", b"id:5", b"hello"])
def test_a_receipt_that_says_too_little_is_none_and_no_reply(text):
    assert word_of(receipt(text), "same") is None
    assert is_receipt(receipt(text))


def test_a_notification_on_the_way_is_no_reply():
    word = word_of(receipt(FULL % (b"ENROUTE", b"000"), esm_class=0x20), "same")
    assert word.state is PartState.ACCEPTED


def test_a_reply_is_no_receipt():
    assert word_of(read_delivery(deliver(b"id:1 stat:DELIVRD")), "same") is None
    assert not is_receipt(read_delivery(deliver(b"id:1 stat:DELIVRD")))


@pytest.mark.parametrize(
    ("form", "answer", "told"),
    [
        ("same", "A1B2", "a1b2"),
        ("same", "123", "0000000123"),
        ("same", "0", "0"),
        ("decimal_receipts", "1F", "0000000031"),
        ("decimal_receipts", "0000001f", "31"),
        ("hex_receipts", "31", "1f"),
        ("decimal_receipts", "not-hex", "NOT-HEX"),
    ],
)
def test_names_of_a_part_meet_whatever_the_base(form, answer, told):
    assert id_of_answer(answer, form) == id_of_receipt(told, form)


def test_names_of_two_parts_do_not_meet():
    assert id_of_answer("10", "decimal_receipts") != id_of_receipt("10", "decimal_receipts")


def test_the_field_repeats_the_answer_where_the_text_counts_in_tens():
    both = receipt(b"id:31 stat:DELIVRD err:0", [(0x001E, b"1F\0")])
    assert word_of(both, "decimal_receipts").provider_id == id_of_answer("1F", "decimal_receipts")
    same = receipt(b"id:31 stat:DELIVRD err:0", [(0x001E, b"31\0")])
    assert word_of(same, "decimal_receipts").provider_id == id_of_answer("1F", "decimal_receipts")


@pytest.mark.parametrize(
    ("octets", "coding", "words"),
    [
        ("1 愿意𬭎".encode("utf-16-be"), 8, "1 愿意𬭎"),
        ("1".encode("utf-16-be"), 0x18, "1"),
        (b"\xfe\xff\x00\x31", 8, "1"),
        ("退订".encode("gbk"), 15, "退订"),
        (b"TD", 0, "TD"),
        (b"\x00\x02\x1b\x65\x11", 0, "@$€_"),
        (b"caf\xe9", 3, "café"),
        (b"caf\xe9", 0, "café"),
        (b"\xff1", 1, "\ufffd1"),
        (b"\x00", 8, "\ufffd"),
        (b"", 0, ""),
        (b"1\x1b", 0, "1"),
    ],
)
def test_alphabets(octets, coding, words):
    assert decoded(octets, coding) == words


@given(st.binary(max_size=200), st.integers(0, 255))
def test_no_octets_are_too_strange_to_be_read(octets, coding):
    assert isinstance(decoded(octets, coding), str)


@given(st.binary(max_size=80))
def test_a_torn_deliver_sm_is_a_value_error_and_nothing_else(octets):
    with contextlib.suppress(ValueError):
        piece_of(read_delivery(octets))


@pytest.mark.parametrize("cut", range(40))
def test_every_end_of_a_deliver_sm_is_read_or_refused(cut):
    body = deliver(b"\x05\x00\x03\x07\x02\x01words", esm_class=0x40)[:cut]
    try:
        assert read_delivery(body).octets in (b"\x05\x00\x03\x07\x02\x01words"[:n] for n in range(12))
    except ValueError:
        assert cut < len(deliver(b"\x05\x00\x03\x07\x02\x01words", esm_class=0x40))


def pieces_of(text, form, size=134):
    octets = text.encode("utf-16-be")
    cut = [octets[at : at + size] for at in range(0, len(octets), size)]
    for place, piece in enumerate(cut, start=1):
        if form == "udh8":
            yield deliver(bytes([5, 0, 3, 9, len(cut), place]) + piece, esm_class=0x40, coding=8)
        elif form == "udh16":
            yield deliver(bytes([6, 8, 4, 1, 9, len(cut), place]) + piece, esm_class=0x40, coding=8)
        elif form == "ports":
            header = bytes([4, 2, 0, 1, 0, 3, 9, len(cut), place])
            yield deliver(bytes([len(header)]) + header + piece, esm_class=0x40, coding=8)
        else:
            tags = [(0x020C, b"\0\x09"), (0x020E, bytes([len(cut)])), (0x020F, bytes([place]))]
            yield deliver(piece, coding=8, tags=tags)


@pytest.mark.parametrize("form", ["udh8", "udh16", "ports", "sar"])
def test_a_long_reply_is_joined_before_it_is_read(form):
    """A pair cut in its middle by a phone is whole again."""
    text = "甲" * 66 + "𬭎" + "乙" * 100
    pieces = [piece_of(read_delivery(body)) for body in pieces_of(text, form)]
    assert len({(piece.phone, piece.reference, piece.total) for piece in pieces}) == 1
    assert words_of({piece.place: piece for piece in reversed(pieces)}) == text


def test_missing_pieces_are_seen():
    bodies = pieces_of("甲" * 67 + "乙" * 67 + "丙", "udh8")
    pieces = {piece.place: piece for piece in (piece_of(read_delivery(body)) for body in bodies)}
    assert words_of({1: pieces[1], 3: pieces[3]}) == "甲" * 67 + "……" + "丙"
    assert words_of({2: pieces[2]}) == "……" + "乙" * 67 + "……"


def test_words_in_the_payload_field_count_as_the_words():
    assert words_of({1: piece_of(read_delivery(deliver(coding=8, tags=[(0x0424, "好".encode("utf-16-be"))])))}) == "好"


@pytest.mark.parametrize("place", [0, 3])
def test_a_place_outside_the_total_is_a_text_of_its_own(place):
    piece = piece_of(read_delivery(deliver(bytes([5, 0, 3, 9, 2, place]) + b"1", esm_class=0x40)))
    assert piece == Piece("13800000001", "", 1, 1, b"1", 0)


def test_a_header_longer_than_the_words_is_refused():
    with pytest.raises(ValueError, match="header"):
        piece_of(read_delivery(deliver(b"\x50\x00\x03", esm_class=0x40)))
