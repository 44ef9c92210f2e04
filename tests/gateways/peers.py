"""Programs of other people at the other end of a gateway: Debian's Kannel before our SMSC, and an SMSC of node-smpp.

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
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from gateway_settings import AT, KEY, QUICK
from smsc import Behaviour, Smsc

from matcher.gateways import Account, open_callbacks, open_gateway
from matcher.ports.gateways import Gateway, Incoming, Receipt
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
