"""Each gateway with another side under our hand: what arrived, what is to go wrong, what comes back."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from smsc import INVALID_NUMBER, RESET, SILENT, THROTTLED, Behaviour, Smsc

from matcher.gateways import Account, Pace, open_callbacks, open_gateway
from matcher.messaging.segments import parts
from matcher.ports.gateways import Gateway, Incoming, Outgoing, Receipt

AT = datetime(2026, 1, 20, 1, 0, tzinfo=UTC)
KEY = b"k" * 32
QUICK = Pace(
    window=20,
    answer_s=5,
    connect_s=2,
    enquire_s=60,
    back_off_s=0.0,
    patience_s=2.0,
    retry_s=0.01,
    hold_s=0.2,
    join_s=60,
)
Told = Receipt | Incoming


def text(text_id: str, body: str, phone: str = "13800000001", reference: int = 7) -> Outgoing:
    return Outgoing(text_id=text_id, phone=phone, parts=parts(body), reference=reference)


class FileSide:
    """The folder itself is the other side: it is down when nobody may write there."""

    name = "file"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.account = Account(home=home, now=lambda: AT)
        self._n = 0

    def open(self, pace: Pace = QUICK) -> Gateway:
        return open_gateway("file", self.account, pace)

    def arrived(self) -> list[tuple[str, str]]:
        files = sorted(self.home.glob("outbox/*.jsonl"))
        lines = [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]
        return [(line["phone"], line["body"]) for line in lines]

    def go_down(self) -> None:
        """A file lies where the folder of the outbox should be."""
        (self.home / "outbox").write_text("")

    def come_back(self) -> None:
        (self.home / "outbox").unlink()

    def say_receipts(self, gateway: Gateway, texts: list[Outgoing]) -> None:
        self._drop(*({"kind": "receipt", "text_id": one.text_id, "part": place, "state": "delivered"}
                     for one in texts for place in range(len(one.parts))))  # fmt: skip

    def say_reply(self, phone: str, words: str) -> None:
        self._drop({"kind": "reply", "phone": phone, "text": words, "at": "2026-01-20T09:00:00+08:00"})

    def _drop(self, *lines: dict[str, Any]) -> None:
        self._n += 1
        folder = self.home / "inbox"
        folder.mkdir(exist_ok=True)
        (folder / f"{self._n}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")

    def told(self, gateway: Gateway, n: int) -> list[Told]:
        return list(gateway.receive(0.0))

    def close(self) -> None:
        """Nothing runs."""


class SmppSide:
    """The project's own SMSC."""

    name = "smpp"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.smsc = Smsc(Behaviour(receipts=0))
        self.account = Account(
            home=home,
            address=self.smsc.address,
            system_id="match",
            password="secret",
            source="106900001",
            now=lambda: AT,
        )

    @property
    def behaviour(self) -> Behaviour:
        return self.smsc.behaviour

    def open(self, pace: Pace = QUICK) -> Gateway:
        return open_gateway("smpp", self.account, pace)

    def arrived(self) -> list[tuple[str, str]]:
        with self.smsc._lock:
            return [(one.phone, one.text) for one in self.smsc.texts]

    def refuse(self, phone: str) -> None:
        self.behaviour.verdict = lambda part: INVALID_NUMBER if part.phone == phone else 0

    def be_busy(self, which: Callable[[int], bool]) -> None:
        self.behaviour.verdict = lambda part: THROTTLED if which(part.number) else 0

    def reset_at(self, number: int) -> None:
        self.behaviour.verdict = lambda part: RESET if part.number == number else 0

    def say_nothing(self) -> None:
        self.behaviour.verdict = lambda part: SILENT

    def behave(self) -> None:
        self.behaviour.verdict = lambda part: 0

    def go_down(self) -> None:
        self.smsc.close()

    def come_back(self) -> None:
        self.smsc = Smsc(Behaviour(receipts=0), port=self.smsc.port)

    def say_receipts(self, gateway: Gateway, texts: list[Outgoing]) -> None:
        for part in list(self.smsc.parts):
            self.smsc.receipt(part)

    def say_reply(self, phone: str, words: str) -> None:
        self.smsc.reply(phone, words)

    def told(self, gateway: Gateway, n: int) -> list[Told]:
        return receive(gateway, n)

    def close(self) -> None:
        self.smsc.close()


def receive(gateway: Gateway, n: int) -> list[Told]:
    """What came in, when it is so much or nothing more comes."""
    found: list[Told] = []
    for _ in range(40):
        found = list(gateway.receive(0.25))
        if len(found) >= n:
            break
    return found


class KannelSide:
    """A stand-in for smsbox: sendsms, and its calls back, which are read as our server would read them."""

    name = "kannel"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.verdict: Callable[[int, dict[str, bytes]], int] = lambda number, fields: 202
        self.requests: list[dict[str, bytes]] = []
        self.n_requests = self.n_connections = 0
        self._calls: list[tuple[str, bytes]] = []
        self._kept: set[Told] = set()
        self._port = 0
        self._start()

    def _start(self) -> None:
        side = self

        class Sendsms(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                side.n_connections += 1
                super().setup()

            def do_GET(self) -> None:
                fields = parse_qs(urlsplit(self.path).query, encoding="latin-1", keep_blank_values=True)
                side.answer(self, {name: values[0].encode("latin-1") for name, values in fields.items()})

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Sendsms)
        self._server.daemon_threads = True
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        address = f"http://127.0.0.1:{self._port}/cgi-bin/sendsms"
        self.account = Account(
            home=self.home, address=address, system_id="match", password="secret", source="106900001",
            server="http://127.0.0.1:8000", key=KEY, now=lambda: AT,
        )  # fmt: skip
        self.callbacks = open_callbacks(self.account)

    def answer(self, handler: BaseHTTPRequestHandler, fields: dict[str, bytes]) -> None:
        number, self.n_requests = self.n_requests, self.n_requests + 1
        verdict = self.verdict(number, fields)
        if verdict in (RESET, SILENT):
            self.requests.append(fields)
            if verdict == SILENT:
                return
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.close_connection = True
            handler.connection.close()
            return
        if verdict in (200, 202):
            self.requests.append(fields)
        body = b"0: Accepted for delivery"
        head = f"HTTP/1.1 {verdict} -\r\nContent-Length: {len(body)}\r\n\r\n"
        # One write: two would wait for each other's acknowledgement, 40 ms a request.
        handler.wfile.write(head.encode() + body)

    def open(self, pace: Pace = QUICK) -> Gateway:
        return open_gateway("kannel", self.account, pace)

    def arrived(self) -> list[tuple[str, str]]:
        joined: dict[tuple[str, bytes], dict[int, bytes]] = {}
        found = []
        for fields in self.requests:
            udh, octets = fields.get("udh", b""), fields["text"]
            phone = fields["to"].decode()
            total, place = (udh[4], udh[5]) if udh else (1, 1)
            pieces = joined.setdefault((phone, udh[:4]), {})
            pieces[place] = octets
            if len(pieces) == total:
                del joined[phone, udh[:4]]
                found.append((phone, b"".join(pieces[n] for n in sorted(pieces)).decode("utf-16-be")))
        return found

    def refuse(self, phone: str) -> None:
        self.verdict = lambda _, fields: 400 if fields["to"].decode() == phone else 202

    def be_busy(self, which: Callable[[int], bool]) -> None:
        self.verdict = lambda number, _: 503 if which(number) else 202

    def reset_at(self, number: int) -> None:
        self.verdict = lambda n, _: RESET if n == number else 202

    def say_nothing(self) -> None:
        self.verdict = lambda *_: SILENT

    def behave(self) -> None:
        self.verdict = lambda *_: 202

    def go_down(self) -> None:
        self.close()

    def come_back(self) -> None:
        self._start()

    def say_receipts(self, gateway: Gateway, texts: list[Outgoing]) -> None:
        for fields in self.requests:
            query = urlsplit(fields["dlr-url"].decode()).query
            self._calls.append(("receipt", query.replace("%d", "1").replace("%A", "").encode()))

    def say_reply(self, phone: str, words: str) -> None:
        query = urlsplit(self.callbacks.reply_address("")).query
        octets = "".join(f"%{octet:02x}" for octet in words.encode("utf-16-be"))
        filled = {"%p": phone, "%I": f"mo-{len(self._calls)}", "%c": "2", "%C": "UTF-16BE", "%b": octets}
        for sign, value in filled.items():
            query = query.replace(sign, value)
        self._calls.append(("reply", query.encode()))

    def told(self, gateway: Gateway, n: int) -> list[Told]:
        """Kannel says a call again until it is answered: so does this, while the item is not done."""
        return list(gateway.receive()) + [getattr(self.callbacks, kind)(query) for kind, query in self._calls]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


SIDES = {"file": FileSide, "smpp": SmppSide, "kannel": KannelSide}
