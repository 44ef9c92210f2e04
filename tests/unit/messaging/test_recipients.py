"""Who is written to: each reason on both sides of its bound, and over random facts never somebody who may not be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.messaging.phones import PhoneKind, read_phone
from matcher.messaging.recipients import Answer, Facts, Held, Line, choose
from matcher.messaging.season import spring_festival
from matcher.messaging.sending import standard_rules
from matcher.records.texts import Channel, NumberState

RULES = standard_rules()
CHINA = timezone(timedelta(hours=8))
AT = datetime(2026, 1, 20, 12, tzinfo=CHINA)
PHONE = "13800000001"


def ago(days: float) -> datetime:
    return AT - timedelta(days=days)


def said(agreed: bool, days_ago: float) -> Answer:
    return Answer(agreed, ago(days_ago), "sms-1", "村委会", Channel.PAPER, "helper-1")


def person(worker_id: str = "w1", **facts) -> Facts:
    return Facts(worker_id, **{"phone": PHONE, "answers": (said(True, 30),), "n_jobs": 3} | facts)


def reason(line: Line | None = None, at: datetime = AT, **facts) -> Held | None:
    found = choose([person(**facts)], {PHONE: line or Line()}, at, RULES)
    assert len(found.written) + len(found.held) == 1
    return found.held.get("w1")


def test_who_asked_for_it_is_written_to():
    found = choose([person(phone="+86 138-0000-0001")], {}, AT, RULES)
    assert found.written == (("w1", PHONE),)
    assert (found.counts, found.next_at) == ({}, None)


@pytest.mark.parametrize(
    ("answers", "refused_days_ago", "held"),
    [
        ((), None, Held.NOT_ASKED),
        ((), 5, Held.REFUSED),
        (((False, 5),), None, Held.REFUSED),
        (((True, 30), (False, 5)), None, Held.REFUSED),
        (((False, 5), (True, 30)), None, Held.REFUSED),
        (((True, 5), (False, 5)), None, Held.REFUSED),
        (((True, 4), (False, 5)), None, None),
        (((True, 30),), 5, Held.REFUSED),
        (((True, 4),), 5, None),
        (((True, 5),), 5, Held.REFUSED),
    ],
)
def test_the_last_word_of_person_or_number_counts(answers, refused_days_ago, held):
    line = Line(refused_at=None if refused_days_ago is None else ago(refused_days_ago))
    assert reason(line, answers=tuple(said(*one) for one in answers)) is held


def test_a_refusal_from_a_shared_phone_holds_for_all_who_agreed_before():
    people = [person("w1"), person("w2", answers=(said(True, 1),))]
    found = choose(people, {PHONE: Line(refused_at=ago(2))}, AT, RULES)
    assert found.held == {"w1": Held.REFUSED}
    assert [one.worker_id for one in found.written] == ["w2"]


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        ({"phone": None}, Held.NO_PHONE),
        ({"phone": "0772-3234567"}, Held.LANDLINE),
        ({"phone": "+84 912345678"}, Held.FOREIGN),
        ({"phone": "1380000000"}, Held.UNREADABLE),
        ({"number": NumberState.DEAD}, Held.DEAD),
        ({"number": NumberState.WRONG_PERSON}, Held.WRONG_PERSON),
        ({"in_work": True}, Held.IN_WORK),
        ({"declined": True}, Held.DECLINED),
        ({"unread": True}, Held.UNREAD),
        ({"n_jobs": 0}, Held.NO_JOBS),
        ({"n_jobs": 1}, None),
        ({"sent_at": (ago(7) + timedelta(seconds=1),)}, Held.RECENT),
        ({"sent_at": (ago(7),)}, None),
        ({"sent_at": (ago(8), ago(16))}, None),
        ({"sent_at": (ago(8), ago(16), ago(24))}, Held.SEASON_CAP),
        # Of the season before: 19 December is the first day of this one.
        ({"sent_at": (ago(8), ago(16), ago(33))}, None),
        ({"sent_at": (ago(8), ago(16), ago(32))}, Held.SEASON_CAP),
        # Another fact holds as well: consent is told first.
        ({"in_work": True, "answers": ()}, Held.NOT_ASKED),
    ],
)
def test_reasons_on_both_sides(facts, held):
    assert reason(**facts) is held


def test_caps_hold_for_the_number_too():
    assert reason(Line(sent_at=(ago(6),))) is Held.RECENT
    assert reason(Line(sent_at=(ago(8), ago(15), ago(22)))) is Held.SEASON_CAP
    assert reason(Line(sent_at=(ago(8), ago(15)))) is None


def test_of_a_shared_phone_the_first_is_written_to():
    people = [person(f"w{i}") for i in range(4)]
    found = choose(people, {}, AT, RULES)
    assert [one.worker_id for one in found.written] == ["w0"]
    assert found.counts == {Held.SHARED_PHONE: 3}


def test_ten_people_on_one_phone_are_called_instead():
    assert choose([person(f"w{i}") for i in range(10)], {}, AT, RULES).counts == {Held.CROWDED: 10}
    assert choose([person(f"w{i}") for i in range(5)], {}, AT, RULES).counts == {Held.CROWDED: 5}


def test_who_is_held_leaves_the_phone_to_the_next():
    found = choose([person("w1", in_work=True), person("w2")], {}, AT, RULES)
    assert [one.worker_id for one in found.written] == ["w2"]


def test_of_a_household_two_are_written_to():
    people = [person(f"w{i}", phone=f"1380000000{i}", household_id="h") for i in range(3)]
    found = choose(people, {}, AT, RULES)
    assert [one.worker_id for one in found.written] == ["w0", "w1"]
    assert found.held == {"w2": Held.HOUSEHOLD}


def test_at_the_wrong_time_reasons_of_the_person_are_told_first():
    night = AT.replace(hour=22)
    found = choose([person("w1"), person("w2", phone=None)], {}, night, RULES)
    assert found.held == {"w1": Held.NOT_NOW, "w2": Held.NO_PHONE}
    assert found.next_at == AT.replace(hour=9) + timedelta(days=1)


def test_every_reason_has_words():
    assert all(held.label for held in Held)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("13800000001", PhoneKind.MOBILE), (" １３８ 0000 0001", PhoneKind.MOBILE), ("19912345678", PhoneKind.MOBILE),
        ("+8613800000001", PhoneKind.MOBILE), ("008613800000001", PhoneKind.MOBILE),
        ("12812345678", PhoneKind.UNREADABLE), ("1380000000", PhoneKind.UNREADABLE),
        ("138000000012", PhoneKind.UNREADABLE), ("13800000001/13900000001", PhoneKind.UNREADABLE),
        ("無", PhoneKind.UNREADABLE), ("१३८००००००००१", PhoneKind.UNREADABLE), ("07721234567", PhoneKind.UNREADABLE),
        ("0772-3234567", PhoneKind.LANDLINE), ("07723234567", PhoneKind.LANDLINE), ("3212345", PhoneKind.LANDLINE),
        ("010-62345678", PhoneKind.LANDLINE), ("+86 772 3212345", PhoneKind.LANDLINE),
        ("+86 0772 3212345", PhoneKind.LANDLINE),
        ("+84912345678", PhoneKind.FOREIGN), ("0066812345678", PhoneKind.FOREIGN),
        ("", PhoneKind.NONE), ("  ", PhoneKind.NONE), (None, PhoneKind.NONE),
    ],
)  # fmt: skip
def test_kinds_of_numbers(written, kind):
    assert read_phone(written, RULES.phone)[0] is kind
    assert (read_phone(written, RULES.phone)[1] != "") == (kind is PhoneKind.MOBILE)


DAYS = st.floats(0, 60, allow_nan=False)
ANSWERS = st.lists(st.builds(said, st.booleans(), st.integers(0, 40)), max_size=3).map(tuple)
TIMES = st.lists(DAYS.map(ago), max_size=4).map(tuple)
PHONES = st.sampled_from([None, "0772-3212345", "+84912345678", "1", *(f"1380000000{i}" for i in range(4))])
FACTS = st.tuples(
    PHONES, st.sampled_from([None, "h1", "h2"]), ANSWERS, st.sampled_from(list(NumberState)),
    st.booleans(), st.booleans(), st.booleans(), TIMES, st.integers(0, 2),
)  # fmt: skip
LINES = st.dictionaries(PHONES, st.builds(Line, st.none() | st.integers(0, 40).map(ago), TIMES))
# Two thirds of the moments lie in the season.
MOMENTS = st.integers(-20 * 24 * 60, 60 * 24 * 60).map(lambda minutes: AT + timedelta(minutes=minutes))


@settings(max_examples=300)
@given(st.lists(FACTS, max_size=12), LINES, MOMENTS)
def test_nobody_is_written_to_who_may_not_be(drawn, lines, at):
    people = [Facts(f"w{i}", *facts) for i, facts in enumerate(drawn)]
    found = choose(people, lines, at.astimezone(UTC), RULES)
    assert sorted([*found.held, *(one.worker_id for one in found.written)]) == sorted(p.worker_id for p in people)
    assert sum(found.counts.values()) == len(found.held)
    by_id = {one.worker_id: one for one in people}
    assert len({phone for _, phone in found.written}) == len(found.written)
    for worker_id, phone in found.written:
        one, line = by_id[worker_id], lines.get(phone, Line())
        last_yes = max(answer.at for answer in one.answers if answer.agreed)
        assert all(answer.at < last_yes for answer in one.answers if not answer.agreed)
        assert line.refused_at is None or line.refused_at < last_yes
        assert (one.number, one.in_work, one.declined, one.unread) == (NumberState.GOOD, False, False, False)
        assert one.n_jobs > 0
        assert 9 * 60 <= at.hour * 60 + at.minute < 19 * 60 + 30
        festival = spring_festival(2026)
        assert -60 <= (at.date() - festival).days <= 30
        assert not -1 <= (at.date() - festival).days <= 2
        for times in (one.sent_at, line.sent_at):
            assert all((at - sent).total_seconds() >= 7 * 86400 for sent in times)
            assert sum(sent.astimezone(CHINA).date() >= festival - timedelta(days=60) for sent in times) < 3
