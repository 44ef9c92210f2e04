"""The card bridge: name and number of the card that lies there, of nothing else and of no other time."""

from __future__ import annotations

import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.bridges import pad as pads
from matcher.bridges.card_bridge import card_routes
from matcher.bridges.loopback import Call
from matcher.bridges.pad import Pad, card_of
from matcher.bridges.reader_lines import bring
from matcher.errors import InvalidInput

NUMBER = "450206196601010028"
CARD = {"name": "韦样例", "id_number": NUMBER}
texts = st.text(max_size=40)


def ask(pad: Pad, method: str, path: str, body=None, **query: str):
    routes = card_routes(pad, simulate=True)
    status, told = routes[method, path](Call(query, json.dumps(body).encode() if body is not None else b""))
    return status, told


@given(
    st.dictionaries(
        st.sampled_from(["sex", "ethnicity", "address", "birth_date", "photo", "fingerprint", "issued_by", "性别"]),
        texts.map(lambda text: f"秘{text}"),
        min_size=1,
    ),
    st.sampled_from(["韦样例", "阿卜杜·样例", "𬭎"]),
)
def test_nothing_of_a_card_but_name_and_number_leaves_the_bridge(more, name):
    pad = Pad()
    bring([json.dumps({"event": "laid", **more, "name": name, "id_number": NUMBER})], pad)
    # The end of the lines is the end of the reader; the state before it is asked of a pad of its own.
    other = Pad()
    other.lay({**more, "name": name, "id_number": NUMBER})
    for told in (pad.now, other.now, ask(other, "GET", "/state")[1], ask(other, "GET", "/events")[1]):
        assert "秘" not in str(told)
    assert (other.now.name, other.now.id_number) == (name, NUMBER)
    assert set(other.now.__struct_fields__) == {"seq", "event", "name", "id_number"}


@given(st.dictionaries(texts, st.one_of(st.none(), st.integers(), texts, st.lists(texts)), max_size=6))
def test_whatever_a_reader_says_a_card_is_a_number_or_no_card(read):
    card = card_of(read)
    assert card is None or (len(card.id_number) == 18 and card.id_number[:-1].isdigit())


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (NUMBER, NUMBER),
        ("45020619660101002x", "45020619660101002X"),
        (" 450206 19660101 0028 ", NUMBER),
        ("450206660101002", "450206196601010029"),
        ("45020619660101002", None),
        ("4502061966010100281", None),
        ("", None),
        ("ABCDEFGHIJKLMNOPQR", None),
        ("٤٥٠٢٠٦١٩٦٦٠١٠١٠٠٢٨", None),
    ],
)
def test_numbers_in_one_form_or_none(number, kept):
    card = card_of({"name": "甲", "id_number": number})
    assert (card.id_number if card else None) == kept


def test_a_long_name_with_a_middle_dot_and_a_rare_sign_comes_whole_without_controls():
    name = "阿依古丽·" + "买买提" * 8 + "𬭎"
    assert card_of({"name": f" {name}\u202e\x1b ", "id_number": NUMBER}).name == name


def test_a_lifted_card_is_forgotten_and_its_event_cannot_be_asked_again():
    pad = Pad()
    pad.lay(CARD)
    laid = pad.now
    pad.lift()
    assert ask(pad, "GET", "/events", after=str(laid.seq - 1))[1] == pads.Event(laid.seq + 1, "lifted")
    assert NUMBER not in repr(vars(pad))


def test_states_follow_the_pad():
    pad = Pad()
    assert ask(pad, "GET", "/state")[1]["state"] == "lifted"
    ask(pad, "POST", "/simulate/lay", CARD)
    first = pad.now
    assert first.event == "laid"
    ask(pad, "POST", "/simulate/lay", CARD)
    assert pad.now == first, "the same card again is no news"
    ask(pad, "POST", "/simulate/lay", {**CARD, "id_number": "450206197001010012"})
    assert (pad.now.event, pad.now.name) == ("two_cards", "")
    ask(pad, "POST", "/simulate/lay", CARD)
    assert pad.now.event == "two_cards", "a third card makes no person of it"
    ask(pad, "POST", "/simulate/lift")
    ask(pad, "POST", "/simulate/lay", {"name": "x", "id_number": "?"})
    assert pad.now.event == "unreadable"
    ask(pad, "POST", "/simulate/dead")
    assert pad.now.event == "reader_dead"
    assert "name" not in ask(pad, "GET", "/state")[1]


def test_another_card_in_the_place_of_one_is_a_new_event():
    pad = Pad()
    pad.lay(CARD)
    before = pad.now.seq
    pad.lay({**CARD, "id_number": "450206197001010012"})
    assert pad.now.seq == before + 1
    assert pad.now.event == "laid"


def test_a_wait_ends_with_the_card_and_without_one_with_the_time():
    pad = Pad()
    assert ask(pad, "GET", "/events", after="0", wait="0")[1] == {"seq": 0, "event": "none"}
    laying = threading.Timer(0.05, pad.lay, [CARD])
    laying.start()
    _, told = ask(pad, "GET", "/events", after="0", wait="20")
    laying.join()
    assert told.event == "laid"


@pytest.mark.parametrize("query", [{"after": "x"}, {"wait": "1.5"}, {"after": "9" * 30}])
def test_a_wait_for_what_is_no_number_is_refused(query):
    with pytest.raises(InvalidInput):
        ask(Pad(), "GET", "/events", **query)


def test_lines_of_a_reader_reach_the_pad_and_rubbish_does_not():
    seen = []

    class Watched(Pad):
        def _become(self, event, card=None):
            super()._become(event, card)
            seen.append(event)

    lines = [b"\xff\n", "[]", "7", "{", json.dumps({"event": "laid", **CARD}), '{"event":"two_cards"}',
             '{"event":"lifted"}', '{"event":"unreadable"}', '{"event":"dance"}', "x" * (1 << 21)]  # fmt: skip
    bring(lines, Watched())
    assert seen == ["laid", "two_cards", "lifted", "unreadable", "reader_dead"]
