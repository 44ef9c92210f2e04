"""What Kannel's calls to our server say, and whom they are believed."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from gateway_settings import AT, KEY

from matcher.errors import Forbidden, InvalidInput
from matcher.gateways import Account
from matcher.gateways.callbacks import KannelCallbacks
from matcher.records.texts import PartState


@pytest.fixture
def calls(tmp_path):
    return KannelCallbacks(KEY, Account(home=tmp_path, server="http://127.0.0.1:8000", now=lambda: AT))


def receipt_query(calls, state, text_id="text-1", place=0, word=""):
    address = calls.receipt_address(text_id, place)
    return urlsplit(address).query.replace("%d", state).replace("%A", quote(word)).encode()


def reply_query(calls, octets, *, charset="", coding="2", phone="%2B8613800000009", name="id-1"):
    query = urlsplit(calls.reply_address("https://county.example")).query
    filled = {"%p": phone, "%I": name, "%c": coding, "%C": charset, "%b": quote(octets)}
    for sign, value in filled.items():
        query = query.replace(sign, value)
    return query.encode()


@pytest.mark.parametrize(
    ("number", "state"),
    [("1", PartState.DELIVERED), ("2", PartState.FAILED), ("4", PartState.ACCEPTED), ("8", PartState.ACCEPTED),
     ("16", PartState.FAILED), ("32", PartState.ACCEPTED)],
)  # fmt: skip
def test_states_of_a_receipt(calls, number, state):
    told = calls.receipt(receipt_query(calls, number, "id/with?signs&%", 3))
    assert (told.gateway, told.text_id, told.part, told.state, told.at) == ("kannel", "id/with?signs&%", 3, state, AT)


def test_a_failure_keeps_the_carriers_word(calls):
    assert calls.receipt(receipt_query(calls, "2", word="id:1 stat:MK:0001 err:9 text:a")).error == "MK:0001 9"
    assert calls.receipt(receipt_query(calls, "1", word="id:1 stat:DELIVRD")).error == ""


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("NACK/0x0000000b/Invalid Destination", "ESME_RINVDSTADR"),
        ("NACK/11/Invalid", "ESME_RINVDSTADR"),
        ("NACK/0x00000400", "0x00000400"),
        ("NACK/x", "NACK/x"),
        ("NACK/0x0000000bb", "NACK/0x0000000bb"),
    ],
)
def test_a_refusal_is_named_as_the_carriers_port_names_it(calls, word, name):
    assert calls.receipt(receipt_query(calls, "16", word=word)).error.split()[0] == name


def test_states_join_in_any_order(calls):
    told = [calls.receipt(receipt_query(calls, number)).state for number in ("1", "8", "2")]
    assert told[0].joined(told[1]).joined(told[2]) is PartState.DELIVERED


def test_the_address_of_a_receipt_holds_no_other_sign_than_kannels(calls):
    query = urlsplit(calls.receipt_address("a%dÄ", 0)).query
    assert sorted(sign for sign in query.split("%")[1:]) == ["A", "d&a="]


@pytest.mark.parametrize("tamper", [lambda q: q.replace(b"p=0", b"p=1"), lambda q: q.replace(b"s=", b"s=0"),
                                    lambda q: b"d=1", lambda q: b"", lambda q: q.replace(b"t=", b"t=%ff")])  # fmt: skip
def test_a_receipt_of_somebody_else_is_not_believed(calls, tamper):
    with pytest.raises(Forbidden):
        calls.receipt(tamper(receipt_query(calls, "1")))


@pytest.mark.parametrize("state", ["", "3", "one", "%d"])
def test_a_receipt_of_no_known_state_is_refused(calls, state):
    with pytest.raises(InvalidInput):
        calls.receipt(receipt_query(calls, state))


@pytest.mark.parametrize(
    ("octets", "charset", "coding"),
    [
        ("1 愿意𬭎".encode("utf-16-be"), "UTF-16BE", "2"),
        ("1 愿意𬭎".encode("utf-16-be"), "", "2"),
        ("1 愿意𬭎".encode("utf-16-be"), "UTF-8", "2"),
        ("1 愿意𬭎".encode(), "UTF-8", "2"),
        ("1 愿意𬭎".encode(), "utf-8", "0"),
        ("1 愿意𬭎".encode(), "no-such-charset", "0"),
        ("1 愿意𬭎".encode("gb18030"), "GB18030", "0"),
    ],
)
def test_words_of_a_reply(calls, octets, charset, coding):
    told = calls.reply(reply_query(calls, octets, charset=charset, coding=coding))
    assert (told.gateway, told.message_id, told.phone, told.text) == ("kannel", "id-1", "13800000009", "1 愿意𬭎")


@pytest.mark.parametrize("word", ["1", "TD", "１"])
def test_short_words_in_raw_utf_16_are_not_taken_for_utf_8(calls, word):
    assert calls.reply(reply_query(calls, word.encode("utf-16-be"), charset="UTF-8")).text == word


def test_a_reply_of_nobody_is_refused_and_one_without_the_key_is_not_believed(calls):
    with pytest.raises(InvalidInput):
        calls.reply(reply_query(calls, b"1", phone=""))
    with pytest.raises(Forbidden):
        calls.reply(b"f=13800000009&b=1")
    stranger = KannelCallbacks(b"x" * 32, Account(home=calls._account.home, now=lambda: AT))
    with pytest.raises(Forbidden):
        stranger.reply(reply_query(calls, b"1"))


def test_the_address_of_replies_stands_in_the_configuration_as_it_is(calls):
    address = calls.reply_address("https://county.example")
    assert address.startswith("https://county.example/sms/reply?")
    assert parse_qs(urlsplit(address).query)["s"][0] not in ("", KEY.hex())
