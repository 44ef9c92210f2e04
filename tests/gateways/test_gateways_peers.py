"""Our gateways against programs of other people: Debian's Kannel before our SMSC, and an SMSC made of node-smpp."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from gateway_settings import AT, QUICK, receive, text
from peers import LONG, PAIR_AT_67, Kannel, NodeSmsc, wait, with_kannel, with_node
from smsc import INVALID_NUMBER, QUEUE_FULL, THROTTLED

from matcher.gateways import Account, open_gateway
from matcher.ports.gateways import Fate, Gateway, Incoming, Receipt
from matcher.records.texts import PartState


@pytest.fixture(scope="module")
def kannel_of_the_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kannel]:
    made = Kannel(tmp_path_factory.mktemp("kannel"))
    yield made
    made.close()


@pytest.fixture
def kannel(kannel_of_the_module: Kannel) -> Kannel:
    kannel_of_the_module.fresh()
    return kannel_of_the_module


@with_kannel
class TestKannel:
    @pytest.mark.parametrize("body", ["好", "甲" * 70, LONG, PAIR_AT_67, "𬭎" * 60])
    def test_words_reach_the_carrier_as_they_were_cut(self, kannel, body):
        gateway = kannel.open()
        [told] = gateway.submit([text("a", body)])
        assert told.fate is Fate.ACCEPTED
        kannel.smsc.wait(lambda smsc: smsc.texts)
        assert kannel.smsc.texts == [("13800000001", body, len(told.parts))]
        assert {(part.coding, part.registered & 1) for part in kannel.smsc.parts} == {(8, 1)}
        gateway.close()

    @pytest.mark.parametrize(("first", "best"), [(False, PartState.DELIVERED), (True, PartState.ACCEPTED)])
    def test_receipts_of_every_part(self, kannel, first, best):
        """Twice each, and before the answer: Kannel has forgotten who asked when they overtake it, and drops them.

        What remains of those is "accepted": an honest state, that nobody may take for delivered.
        """
        kannel.smsc.behaviour.first, kannel.smsc.behaviour.receipts = first, 2
        gateway = kannel.open()
        texts = [text(f"receipts-{first}-{n}", LONG, f"1380000{n:04}", n) for n in range(40)]
        assert {one.fate for one in gateway.submit(texts)} == {Fate.ACCEPTED}
        gateway.close()
        kannel.smsc.wait(lambda smsc: len(smsc.texts) == 40)
        assert Counter(one[:2] for one in kannel.smsc.texts) == Counter((one.phone, LONG) for one in texts)
        wanted = {(one.text_id, place): best for one in texts for place in range(2)}
        wait(lambda: kannel.county.states(f"receipts-{first}-") == wanted, "the best word on every part")

    def test_a_failure_is_told(self, kannel):
        kannel.smsc.behaviour.verdict = lambda part: INVALID_NUMBER
        gateway = kannel.open()
        [told] = gateway.submit([text("dead", "好")])
        gateway.close()
        assert told.fate is Fate.ACCEPTED
        wait(lambda: kannel.county.states("dead") == {("dead", 0): PartState.FAILED}, "failed")
        [error] = {one.error for one in kannel.county.told if isinstance(one, Receipt) and one.text_id == "dead"}
        assert error.startswith("ESME_RINVDSTADR NACK/0x0000000b/")

    def test_replies_come_raw(self, kannel):
        for phone, words in (("8613800000009", "1 愿意去𬭎公司"), ("13800000008", "１"), ("13800000007", LONG)):
            kannel.smsc.reply(phone, words, form="udh8" if len(words) > 70 else "plain")
        wait(lambda: len(kannel.county.replies()) == 3, "three replies")
        assert kannel.county.replies() == [
            ("13800000007", LONG), ("13800000008", "１"), ("13800000009", "1 愿意去𬭎公司"),
        ]  # fmt: skip
        assert len({one.message_id for one in kannel.county.told if isinstance(one, Incoming)}) == 3

    def test_a_throttled_carrier_gets_everything_in_the_end(self, kannel):
        first = kannel.smsc.n_parts
        kannel.smsc.behaviour.verdict = lambda part: {0: THROTTLED, 1: QUEUE_FULL}.get(part.number - first, 0)
        gateway = kannel.open()
        [told] = gateway.submit([text("a", LONG)])
        gateway.close()
        assert told.fate is Fate.ACCEPTED
        kannel.smsc.wait(lambda smsc: smsc.texts)
        assert kannel.smsc.texts == [("13800000001", LONG, 2)]

    def test_a_line_that_was_cut_comes_back(self, kannel):
        n_binds = kannel.smsc.n_binds
        kannel.smsc.cut()
        gateway = kannel.open()
        told = list(gateway.submit([text(f"t{n}", LONG, f"1380000000{n}", n) for n in range(5)]))
        gateway.close()
        assert {one.fate for one in told} == {Fate.ACCEPTED}
        kannel.smsc.wait(lambda smsc: len(smsc.texts) == 5)
        assert kannel.smsc.n_binds == n_binds + 1

    def test_a_wrong_password_is_nobodys_number(self, kannel):
        gateway = open_gateway("kannel", replace(kannel.account, password="other"), QUICK)
        [told] = gateway.submit([text("a", "好")])
        gateway.close()
        assert told.fate is Fate.DOWN
        assert "口令" in told.error


@pytest.fixture(scope="module")
def node_of_the_module() -> Iterator[NodeSmsc]:
    made = NodeSmsc()
    yield made
    made.close()


@pytest.fixture
def node(node_of_the_module: NodeSmsc) -> NodeSmsc:
    node_of_the_module.fresh()
    return node_of_the_module


@pytest.fixture
def gateway(node: NodeSmsc, tmp_path: Path) -> Iterator[Gateway]:
    account = Account(
        home=tmp_path, address=f"127.0.0.1:{node.port}", system_id="match", password="secret", source="106900001",
        now=lambda: AT,
    )  # fmt: skip
    opened = open_gateway("smpp", account, QUICK)
    yield opened
    opened.close()


@with_node
class TestNodeSmpp:
    @pytest.mark.parametrize("body", ["好", "甲" * 70, "甲" * 71, LONG, PAIR_AT_67, "𬭎" * 60, "甲" * 135])
    def test_words_arrive_as_they_were_cut(self, node, gateway, body):
        [told] = gateway.submit([text("a", body)])
        assert told.fate is Fate.ACCEPTED
        assert node.next("phone") == {"phone": "13800000001", "text": body, "parts": len(told.parts)}

    @pytest.mark.parametrize("first", [False, True])
    def test_receipts_name_the_parts_before_or_after_the_answer(self, node, gateway, first):
        node.order("ask", **{"with": {"first": first}})
        told = list(gateway.submit([text(f"t{n}", LONG, f"1380000{n:04}", n) for n in range(20)]))
        names = {part.provider_id for one in told for part in one.parts}
        found = receive(gateway, 40)
        assert {one.provider_id for one in found} == names
        assert {one.state for one in found} == {PartState.DELIVERED}
        gateway.done(found)
        assert {node.next("answered")["answered"] for _ in range(40)} == names

    @pytest.mark.parametrize(
        ("pdu", "words"),
        [
            ({"data_coding": 8, "short_message": "1 愿意去𬭎公司"}, "1 愿意去𬭎公司"),
            ({"data_coding": 0, "short_message": "TD"}, "TD"),
            ({"data_coding": 8, "message_payload": LONG * 3}, LONG * 3),
        ],
    )
    def test_replies(self, node, gateway, pdu, words):
        gateway.receive()
        node.order("reply", pdu={"source_addr": "8613800000009", "destination_addr": "106900001", **pdu})
        found = receive(gateway, 1)
        assert [(one.phone, one.text) for one in found] == [("13800000009", words)]
        gateway.done(found)
        assert node.next("answered") == {"answered": "reply"}

    def test_a_throttled_part_goes_again_alone(self, node, gateway):
        node.order("ask", **{"with": {"throttle": [2, 3]}})
        [told] = gateway.submit([text("a", LONG)])
        assert told.fate is Fate.ACCEPTED
        assert node.next("phone")["text"] == LONG

    def test_a_reset_between_part_and_answer(self, node, gateway):
        node.order("ask", **{"with": {"cut": [2]}})
        [told] = gateway.submit([text("a", LONG)])
        assert told.fate is Fate.UNKNOWN
        assert PartState.UNKNOWN in {part.state for part in told.parts}
        assert node.next("phone")["text"] == LONG
        [again] = gateway.submit([text("b", "好")])
        assert again.fate is Fate.ACCEPTED

    def test_it_lets_us_in_by_our_password_alone(self, node, gateway, tmp_path):
        other = Account(home=tmp_path, address=f"127.0.0.1:{node.port}", system_id="match", password="other")
        stranger = open_gateway("smpp", other, QUICK)
        assert [one.fate for one in stranger.submit([text("a", "好")])] == [Fate.DOWN]
        gateway.receive()
        gateway.close()
        assert node.next("unbound") == {"unbound": True}
