"""Programs of other people at the other end: Debian's Kannel before our SMSC, and an SMSC made of node-smpp.

On a machine of one's own they may be missing; `make test` brings them, and a CI run fails without them.
"""

from __future__ import annotations

import json
import queue
import shutil
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from gateway_settings import AT, KEY, QUICK, receive, text
from smsc import INVALID_NUMBER, QUEUE_FULL, THROTTLED, Behaviour, Smsc

from matcher.gateways import Account, open_callbacks, open_gateway
from matcher.ports.gateways import Fate, Gateway, Incoming, Receipt
from matcher.records.texts import PartState

ROOT = Path(__file__).parents[2]
NODE_SMPP = ROOT / "build" / "node" / "node_modules" / "smpp"
BOXES = [shutil.which(name, path="/usr/sbin:/usr/bin:/sbin") for name in ("bearerbox", "smsbox")]
LONG = "【柳江就业】" + "一二三四五六七八九十" * 9
PAIR_AT_67 = "甲" * 66 + "𬭎" + "乙" * 20
PATIENCE_S = 15

with_kannel = pytest.mark.skipif(None in BOXES, reason="Kannel is missing: apt-get install kannel, or make test")
with_node = pytest.mark.skipif(
    not NODE_SMPP.is_dir() or not shutil.which("node"), reason="npm's smpp is missing from build/node: make test"
)


def free_ports(n: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def wait(until: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.01)


class County:
    """Our server as Kannel sees it: takes its calls and reads them as the pages would."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.callbacks = open_callbacks(Account(home=Path(), key=KEY, now=lambda: AT))
        county = self

        class Call(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                read = {"/sms/receipt": county.callbacks.receipt, "/sms/reply": county.callbacks.reply}[address.path]
                county.told.append(read(address.query.encode("latin-1")))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            # A short backlog loses calls, whatever Kannel's http-request-retry says.
            request_queue_size = 512
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Call)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def states(self, prefix: str) -> dict[tuple[str, int], PartState]:
        """The greatest word on each part of texts of that name, in whatever order they came."""
        found: dict[tuple[str, int], PartState] = {}
        for one in list(self.told):
            if isinstance(one, Receipt) and one.text_id.startswith(prefix):
                part = one.text_id, one.part or 0
                found[part] = found.get(part, PartState.NEW).joined(one.state)
        return found

    def replies(self) -> list[tuple[str, str]]:
        return sorted((one.phone, one.text) for one in list(self.told) if isinstance(one, Incoming))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Kannel:
    """bearerbox and smsbox between our gateway and our SMSC."""

    def __init__(self, folder: Path, county: Any = None) -> None:
        self.smsc, self.county = Smsc(Behaviour(receipts=0)), county or County()
        admin, boxes, sendsms = free_ports(3)
        path = folder / "kannel.conf"
        path.write_text(configuration(folder, admin, boxes, sendsms, self.smsc.port, self.county), "utf-8")
        self._processes = [
            subprocess.Popen([box, "-v", "4", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for box in BOXES[:1]
        ]
        wait(lambda: answers(boxes), "bearerbox")
        self._processes.append(
            subprocess.Popen([BOXES[1], "-v", "4", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        wait(lambda: answers(sendsms), "smsbox")
        self.smsc.wait(lambda smsc: smsc.n_binds)
        self.account = Account(
            home=folder, address=f"http://127.0.0.1:{sendsms}/cgi-bin/sendsms", system_id="match", password="secret",
            source="106900001", server=self.county.address, key=KEY, now=lambda: AT,
        )  # fmt: skip

    def open(self) -> Gateway:
        return open_gateway("kannel", self.account, QUICK)

    def fresh(self) -> None:
        """Nothing of the test before."""
        self.smsc.behaviour = Behaviour(receipts=0)
        with self.smsc._lock:
            self.smsc.texts.clear()
            self.smsc.parts.clear()
        self.county.told.clear()

    def close(self) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait()
        self.smsc.close()
        self.county.close()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True


def configuration(folder: Path, admin: int, boxes: int, sendsms: int, smsc: int, county: County) -> str:
    """Groups stand apart by an empty line, or Kannel panics."""
    groups = [
        {
            "group": "core", "admin-port": admin, "admin-password": "adm", "smsbox-port": boxes,
            "admin-interface": "127.0.0.1", "smsbox-interface": "127.0.0.1",
            "box-deny-ip": "*.*.*.*", "box-allow-ip": "127.0.0.1", "dlr-storage": "internal",
            "log-file": folder / "bearerbox.log", "log-level": 0, "sms-resend-freq": 1,
        },
        {
            "group": "smsc", "smsc": "smpp", "smsc-id": "own", "host": "127.0.0.1", "port": smsc,
            "transceiver-mode": "true", "smsc-username": "match", "smsc-password": "secret", "system-type": "x",
            "reconnect-delay": 1, "enquire-link-interval": 5, "max-pending-submits": 20,
        },
        {
            "group": "smsbox", "bearerbox-host": "127.0.0.1", "sendsms-port": sendsms,
            "sendsms-interface": "127.0.0.1", "log-file": folder / "smsbox.log", "log-level": 0,
            "mo-recode": "false", "http-request-retry": 10, "http-queue-delay": 1,
        },
        {"group": "sendsms-user", "username": "match", "password": "secret", "max-messages": 10,
         "concatenation": "true"},
        {
            "group": "sms-service", "keyword": "default", "catch-all": "true", "max-messages": 0,
            "get-url": f'"{county.callbacks.reply_address(county.address)}"', "omit-empty": "true",
        },
    ]  # fmt: skip
    return "\n".join("".join(f"{name} = {value}\n" for name, value in group.items()) for group in groups)


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


class NodeSmsc:
    """The process, its lines read by a thread."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [shutil.which("node") or "node", ROOT / "tests" / "gateways" / "peer_smsc.js", NODE_SMPP],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self.told: list[dict[str, Any]] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.port = self.next("port")["port"]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))

    def next(self, name: str) -> dict[str, Any]:
        """The next line with a field of that name; those before it are kept in `told`."""
        while True:
            line = self._lines.get(timeout=PATIENCE_S)
            if name in line:
                return line
            self.told.append(line)

    def order(self, do: str, **fields: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **fields}) + "\n")
        self._process.stdin.flush()
        self.next("did")

    def fresh(self) -> None:
        self.order("ask", **{"with": {"throttle": [], "cut": [], "first": False}})
        self.order("count")
        self.told.clear()

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._thread.join()
        self._process.stdin.close()
        self._process.stdout.close()


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
