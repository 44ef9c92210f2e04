"""What every gateway promises, whoever stands behind it: a folder, our own SMSC, a stand-in for Kannel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from gateway_settings import AT, QUICK, text
from msgspec.structs import replace

from matcher.messaging.segments import parts
from matcher.ports.gateways import Fate, Incoming, Receipt
from matcher.records.texts import PartState

LONG = "【柳江就业】" + "一二三四五六七八九十" * 10
"""107 units: two parts."""
PAIR_AT_67 = "甲" * 66 + "𬭎" + "乙" * 20
"""A character of two units on the cut: it belongs to the second part whole."""


def states(told):
    return {one.text_id: [part.state for part in one.parts] for one in told}


def test_each_text_is_told_once_and_arrives_once(side, gateway):
    texts = [text(f"t{n}", LONG, f"1380000{n:04}", n) for n in range(30)]
    told = list(gateway.submit(texts))
    assert sorted(one.text_id for one in told) == sorted(one.text_id for one in texts)
    assert {one.fate for one in told} == {Fate.ACCEPTED}
    assert set(map(tuple, states(told).values())) == {(PartState.ACCEPTED, PartState.ACCEPTED)}
    assert sorted(side.arrived()) == [(one.phone, LONG) for one in texts]


@pytest.mark.parametrize("body", ["好", "甲" * 70, "甲" * 71, "甲" * 134, "甲" * 135, PAIR_AT_67, "𬭎" * 67, ""])
def test_words_arrive_as_they_were_cut(side, gateway, body):
    [told] = gateway.submit([text("t", body)])
    assert len(told.parts) == len(parts(body))
    assert side.arrived() == [("13800000001", body)]


def test_nothing_to_send_is_no_call(side, gateway):
    assert list(gateway.submit([])) == []


def test_a_gateway_that_is_down_took_nothing(side, gateway):
    side.go_down()
    told = list(gateway.submit([text("a", LONG), text("b", "好")]))
    assert {(one.text_id, one.fate) for one in told} == {("a", Fate.DOWN), ("b", Fate.DOWN)}
    assert {state for one in told for state in states([one])[one.text_id]} == {PartState.NEW}
    assert all(one.error and "13800000001" not in one.error for one in told)
    side.come_back()
    assert [one.fate for one in gateway.submit([text("a", LONG)])] == [Fate.ACCEPTED]
    assert side.arrived() == [("13800000001", LONG)]


def test_receipts_name_every_part(side, gateway):
    texts = [text("a", LONG, "13800000001", 1), text("b", "好", "13800000002", 2)]
    submitted = {one.text_id: one for one in gateway.submit(texts)}
    side.say_receipts(gateway, texts)
    told = side.told(gateway, 3)
    by_name = {
        part.provider_id: (text_id, place)
        for text_id, one in submitted.items()
        for place, part in enumerate(one.parts)
        if part.provider_id
    }
    assert all(isinstance(one, Receipt) and one.state is PartState.DELIVERED for one in told)
    found = [by_name.get(one.provider_id) or (one.text_id, one.part) for one in told]
    assert sorted(found) == [("a", 0), ("a", 1), ("b", 0)]
    assert {one.gateway for one in told} == {side.name}


def test_a_reply_comes_whole_with_its_number_in_plain_digits(side, gateway):
    side.say_reply("+8613800000009", "1 愿意去𬭎公司")
    [told] = side.told(gateway, 1)
    assert isinstance(told, Incoming)
    assert (told.phone, told.text, told.gateway) == ("13800000009", "1 愿意去𬭎公司", side.name)


def test_what_is_not_done_is_told_again_and_what_is_done_is_not(side, gateway):
    if side.name == "kannel":
        # Kannel itself says a call again until our server answers it; the gateway has nothing to keep.
        assert list(gateway.receive()) == []
        return
    side.say_reply("13800000009", "1")
    side.say_reply("13800000008", "2")
    first = side.told(gateway, 2)
    assert sorted(one.text for one in first) == ["1", "2"]
    assert side.told(gateway, 2) == first
    gateway.done([one for one in first if one.text == "1"])
    assert [one.text for one in side.told(gateway, 1)] == ["2"]
    gateway.close()
    again = side.open()
    [left] = side.told(again, 1)
    assert left.text == "2"
    again.done([left])
    again.close()
    last = side.open()
    assert list(last.receive(0.05)) == []
    last.close()


def test_what_is_not_old_is_never_taken_away(side, gateway):
    assert gateway.purge(AT) == 0
    list(gateway.submit([text("a", LONG)]))
    assert gateway.purge(AT - timedelta(days=1)) == 0
    assert side.arrived() == [("13800000001", LONG)]


def test_close_may_come_twice_and_before_anything(side):
    never = side.open()
    never.close()
    never.close()


def test_a_refused_number_is_refused_and_the_others_go(carrier):
    carrier.refuse("13800000002")
    gateway = carrier.open()
    texts = [text(f"t{n}", LONG, f"1380000000{n}", n) for n in range(1, 5)]
    told = {one.text_id: one for one in gateway.submit(texts)}
    gateway.close()
    assert {name: one.fate for name, one in told.items()} == {
        "t1": Fate.ACCEPTED, "t2": Fate.REFUSED, "t3": Fate.ACCEPTED, "t4": Fate.ACCEPTED,
    }  # fmt: skip
    assert set(states([told["t2"]])["t2"]) == {PartState.FAILED}
    assert told["t2"].error
    assert len(carrier.arrived()) == 3


def test_a_busy_carrier_took_nothing_and_nothing_further_is_begun(carrier):
    carrier.be_busy(lambda number: number >= 4)
    gateway = carrier.open(replace_pace(window=2))
    texts = [text(f"t{n}", LONG, f"1380000000{n}", n) for n in range(6)]
    told = {one.text_id: one for one in gateway.submit(texts)}
    assert [told[f"t{n}"].fate for n in range(6)] == [Fate.ACCEPTED] * 2 + [Fate.BUSY] * 4
    assert all(set(states([told[f"t{n}"]])[f"t{n}"]) == {PartState.NEW} for n in range(2, 6))
    carrier.behave()
    again = list(gateway.submit(texts[2:]))
    gateway.close()
    assert {one.fate for one in again} == {Fate.ACCEPTED}
    assert sorted(carrier.arrived()) == [(one.phone, LONG) for one in texts]


def test_a_part_that_was_throttled_goes_again_alone(carrier):
    carrier.be_busy(lambda number: number in (1, 2, 3))
    gateway = carrier.open()
    [told] = gateway.submit([text("a", LONG)])
    gateway.close()
    assert told.fate is Fate.ACCEPTED
    assert carrier.arrived() == [("13800000001", LONG)]


def test_a_text_that_stays_half_out_says_so(carrier):
    carrier.be_busy(lambda number: number >= 1)
    gateway = carrier.open(replace_pace(patience_s=0.05))
    [told] = gateway.submit([text("a", LONG)])
    gateway.close()
    assert told.fate is Fate.UNKNOWN
    assert [part.state for part in told.parts] == [PartState.ACCEPTED, PartState.FAILED]
    assert carrier.arrived() == []


def test_a_reset_before_the_answer_leaves_the_text_unknown(carrier):
    carrier.reset_at(2)
    gateway = carrier.open(replace_pace(window=2))
    texts = [text(f"t{n}", "好", f"1380000000{n}", n) for n in range(6)]
    told = {one.text_id: one for one in gateway.submit(texts)}
    gateway.close()
    assert set(told) == {one.text_id for one in texts}
    assert told["t2"].fate is Fate.UNKNOWN
    assert states([told["t2"]])["t2"] == [PartState.UNKNOWN]
    out = {one.text_id for one in told.values() if one.fate in (Fate.ACCEPTED, Fate.UNKNOWN)}
    kept = {one.text_id for one in texts if one.phone in dict(carrier.arrived())}
    assert kept <= out
    assert {told[name].fate for name in ("t0", "t1")} == {Fate.ACCEPTED}


def test_a_carrier_that_never_answers_leaves_the_text_unknown(carrier):
    carrier.say_nothing()
    gateway = carrier.open(replace_pace(answer_s=0.2))
    [told] = gateway.submit([text("a", "好")])
    assert told.fate is Fate.UNKNOWN
    assert [part.state for part in told.parts] == [PartState.UNKNOWN]
    gateway.close()


def test_an_error_never_holds_number_or_words(carrier):
    carrier.refuse("13800000001")
    gateway = carrier.open()
    told = list(gateway.submit([text("a", LONG)]))
    carrier.reset_at(carrier_count(carrier))
    told += gateway.submit([text("b", LONG)])
    gateway.close()
    said = repr([(one.error, [part.error for part in one.parts]) for one in told])
    assert "13800000001" not in said
    assert "一二三" not in said


def carrier_count(carrier):
    return carrier.smsc.n_parts if carrier.name == "smpp" else carrier.n_requests


def replace_pace(**changed):
    from dataclasses import replace as changed_pace

    return changed_pace(QUICK, **changed)


def test_half_a_character_is_refused_and_the_others_go(carrier):
    gateway = carrier.open()
    bad = replace(text("bad", "好"), parts=("好\ud842",))
    told = {one.text_id: one.fate for one in gateway.submit([bad, text("good", "好")])}
    gateway.close()
    assert told == {"bad": Fate.REFUSED, "good": Fate.ACCEPTED}
