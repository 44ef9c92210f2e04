"""The worker over the SMPP gateway into the project's own SMSC: what a carrier does wrong, seen from the outbox."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from delivering import MINUTE, Office, phone
from gateway_settings import SmppSide
from smsc import RESET, THROTTLED, Smsc

from matcher.ports.gateways import Incoming
from matcher.services.messages.deliver import Turn

N_PEOPLE = 12


@pytest.fixture
def office(smpp: SmppSide, tmp_path) -> Iterator[Office]:
    made = Office(tmp_path)
    made.people(N_PEOPLE)
    gateway = smpp.open()
    made.carrier = gateway
    made.hire()
    smpp.behaviour.receipts = 1
    yield made
    gateway.close()
    made.close()


def turns(office: Office, until: Callable[[], bool], *, at_most_s: float = 20.0) -> list[Turn]:
    """Turns until something holds; the gateway's own waiting, not sleep, passes the time."""
    told, end = [], time.monotonic() + at_most_s
    while not until():
        assert time.monotonic() < end, told[-1:]
        office.clock.at_s += 1000.0
        told.append(office.deliverer.turn())
        office.carrier.receive(0.05)
    return told


def states(office: Office) -> Counter[str]:
    return Counter(text.state.value for text in office.texts.texts())


def arrived(smsc: Smsc) -> Counter[str]:
    return Counter(text.phone for text in smsc.texts)


def test_every_text_arrives_once_and_its_receipts_are_joined(office, smpp):
    smpp.smsc.behaviour.receipts = 2
    office.plan(range(N_PEOPLE))
    turns(office, lambda: states(office)["delivered"] == N_PEOPLE)
    assert set(arrived(smpp.smsc).values()) == {1}
    assert len(arrived(smpp.smsc)) == N_PEOPLE


def test_receipts_before_the_answer_are_not_lost(office, smpp):
    smpp.smsc.behaviour.first = True
    office.plan(range(N_PEOPLE))
    turns(office, lambda: states(office)["delivered"] == N_PEOPLE)
    assert office.texts.n_early() == 0


def test_a_busy_carrier_gets_each_text_once_in_the_end(office, smpp):
    seen: Counter[str] = Counter()

    def verdict(part):
        seen[part.phone] += 1
        return THROTTLED if seen[part.phone] == 1 and int(part.phone[-2:]) % 2 else 0

    smpp.smsc.behaviour.verdict = verdict
    office.plan(range(N_PEOPLE))

    def all_there() -> bool:
        office.clock.move(MINUTE)
        return states(office)["delivered"] == N_PEOPLE

    turns(office, all_there)
    assert set(arrived(smpp.smsc).values()) == {1}


def test_what_may_have_gone_when_the_line_broke_is_never_sent_again(office, smpp):
    broken = []

    def verdict(part):
        if len(broken) < 1 and part.phone.endswith(phone(5)[-3:]):
            broken.append(part)
            return RESET
        return 0

    smpp.smsc.behaviour.verdict = verdict
    office.plan(range(N_PEOPLE))

    def all_told() -> bool:
        office.clock.move(MINUTE)
        return not states(office)["queued"]

    turns(office, all_told)
    for _ in range(5):
        office.clock.move(30 * MINUTE)
        office.deliverer.turn()
    sent = Counter(part.phone for part in smpp.smsc.parts)
    assert max(sent.values()) <= 2
    assert states(office)["unknown"] >= 1
    assert set(states(office)) <= {"unknown", "delivered", "accepted", "partly"}


def test_a_reply_comes_in_with_its_words(office, smpp):
    office.plan([0])
    turns(office, lambda: states(office)["delivered"] == 1)
    smpp.smsc.reply(phone(0), "1 愿意去佛山")
    turns(office, lambda: bool(office.heard))
    assert [(one.phone[-11:], one.text) for one in office.heard if isinstance(one, Incoming)] == [
        (phone(0), "1 愿意去佛山")
    ]
