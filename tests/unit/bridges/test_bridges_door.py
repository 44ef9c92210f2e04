"""Who may speak to a bridge: one origin, by the loopback's own name, with the secret; nothing is logged."""

from __future__ import annotations

import http.client
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from matcher.bridges.asking import paper_state, reader_state
from matcher.bridges.card_bridge import card_routes
from matcher.bridges.door import Door, origins_of, pairing_secret
from matcher.bridges.loopback import Bridge
from matcher.bridges.pad import Pad
from matcher.bridges.printer import Printer, Simulated
from matcher.bridges.printer_bridge import printer_routes
from matcher.bridges.reader_lines import bring
from matcher.errors import UsageError

ORIGIN = "http://127.0.0.1:8000"
NUMBER = "450206196601010028"


@contextmanager
def listening(routes) -> Iterator[Bridge]:
    made = Bridge(0, origins_of([ORIGIN]), "the-secret", routes)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    with listening(card_routes(Pad(), simulate=True)) as made:
        yield made


def ask(bridge: Bridge, method: str, path: str, body: str | None = None, **changes: str | None):
    headers = {"Host": f"127.0.0.1:{bridge.port}", "Origin": ORIGIN, "Authorization": "Bearer the-secret"}
    headers = {name: value for name, value in (headers | changes).items() if value is not None}
    line = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=5)
    line.putrequest(method, path, skip_host=True)
    for name, value in headers.items():
        line.putheader(name, value)
    line.putheader("Content-Length", str(len((body or "").encode())))
    line.endheaders((body or "").encode())
    answer = line.getresponse()
    told = answer.read()
    line.close()
    return answer, told


def test_the_kiosks_page_with_the_secret_passes(bridge):
    answer, told = ask(bridge, "GET", "/state")
    assert answer.status == 200
    assert json.loads(told)["bridge"] == "card"
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Cache-Control"] == "no-store"
    assert ask(bridge, "GET", "/state", Host=f"localhost:{bridge.port}")[0].status == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Host": "rebound.example"}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"Host": None}, 421),
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:8001"}, 403),
        ({"Origin": "https://127.0.0.1:8000"}, 403),
        ({"Origin": f"{ORIGIN}.example"}, 403),
        ({"Authorization": None}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Basic the-secret"}, 401),
        ({"Authorization": "Bearer \xe9"}, 401),
    ],
)
def test_everybody_else_is_sent_away_without_a_word_of_the_card(bridge, changes, status):
    ask(bridge, "POST", "/simulate/lay", json.dumps({"name": "韦样例", "id_number": NUMBER}))
    for path in ("/state", "/events"):
        answer, told = ask(bridge, "GET", path, **changes)
        assert answer.status == status
        assert NUMBER.encode() not in told
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert NUMBER.encode() in ask(bridge, "GET", "/events")[1]


def test_a_kiosk_hears_of_its_devices_and_never_whose_card_it_is(bridge):
    ask(bridge, "POST", "/simulate/lay", json.dumps({"name": "韦样例", "id_number": NUMBER}))
    told = {"origin": ORIGIN, "secret": "the-secret"}
    assert reader_state(bridge.port, **told) == "ok"
    ask(bridge, "POST", "/simulate/dead")
    assert reader_state(bridge.port, **told) == "missing"
    assert reader_state(bridge.port, origin=ORIGIN, secret="another") == "missing"
    assert reader_state(0, **told) is None


@pytest.mark.parametrize(
    ("state", "paper"), [("ok", "ok"), ("paper_low", "low"), ("paper_out", "out"), ("error", "error")]
)
def test_a_kiosk_hears_of_its_paper(state, paper):
    simulated = Simulated()
    simulated.told = state
    with listening(printer_routes(Printer(simulated, 32), simulated)) as printer:
        assert paper_state(printer.port, origin=ORIGIN, secret="the-secret") == paper
    assert paper_state(printer.port, origin=ORIGIN, secret="the-secret") == "error"
    assert paper_state(0, origin=ORIGIN, secret="the-secret") is None


def test_a_bridge_listens_on_the_loopback_address_alone(bridge):
    assert bridge.server_address[0] == "127.0.0.1"
    # 127.0.0.2 is this machine too, and stands for its addresses in a network.
    with pytest.raises(OSError, match=r"refused|reach|assign"):
        http.client.HTTPConnection("127.0.0.2", bridge.port, timeout=5).connect()


def test_the_manual_names_every_address_and_state(bridge):
    manual = (Path(__file__).parents[3] / "api/help/bridges.md").read_text("utf-8")
    printer = printer_routes(Printer(Simulated(), 32), Simulated())
    for method, path in (*card_routes(Pad(), simulate=True), *printer):
        assert f"{method} {path}" in manual
    for state in ("laid", "lifted", "two_cards", "unreadable", "reader_dead", "paper_low", "paper_out", "error"):
        assert state in manual


def test_the_lines_of_the_manual_are_what_a_reader_may_write():
    manual = (Path(__file__).parents[3] / "api/help/bridges.md").read_text("utf-8")
    lines = manual.split("读卡器的程序写的一行:\n")[1].split("\n\n")[0].replace("十八位号码", NUMBER)
    seen = []
    for line in lines.replace("    {", "\n{").splitlines():
        pad = Pad()
        pad.lay({"id_number": "450206196601010036"})
        pad.fail = lambda: None  # the end of these lines is not the end of the reader
        bring([line], pad)
        seen.append(pad.now.event)
    assert seen == ["laid", "lifted", "two_cards", "unreadable"]
    assert pad.now.id_number == ""


def test_a_preflight_is_answered_to_the_kiosk_alone(bridge):
    answer, _ = ask(bridge, "OPTIONS", "/events", Authorization=None)
    assert answer.status == 204
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
    assert ask(bridge, "OPTIONS", "/events", Authorization=None, Origin="http://evil.example")[0].status == 403


def test_a_header_given_twice_is_none(bridge):
    line = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=5)
    line.putrequest("GET", "/state")
    for origin in (ORIGIN, "http://evil.example"):
        line.putheader("Origin", origin)
    line.putheader("Authorization", "Bearer the-secret")
    line.endheaders()
    assert line.getresponse().status == 403
    line.close()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", None, 404),
        ("POST", "/simulate/lay", "{", 422),
        ("POST", "/simulate/lay", "[]", 422),
        ("POST", "/simulate/lay", json.dumps({"name": "x" * 20_000}), 413),
        ("GET", "/events?after=x", None, 422),
        ("GET", "/events?after=0&wait=0", None, 200),
    ],
)
def test_calls_that_do_not_fit_are_told_and_nothing_breaks(bridge, method, path, body, status):
    assert ask(bridge, method, path, body)[0].status == status
    assert ask(bridge, "GET", "/state")[0].status == 200


def test_a_real_reader_has_no_address_to_lay_a_card_by():
    assert [path for _, path in card_routes(Pad())] == ["/state", "/events"]


def test_nothing_is_written_to_a_log(bridge, capfd):
    ask(bridge, "POST", "/simulate/lay", json.dumps({"name": "韦样例", "id_number": NUMBER}))
    ask(bridge, "GET", "/events")
    ask(bridge, "GET", "/events", Origin="http://evil.example")
    said = capfd.readouterr()
    assert said.out + said.err == ""


def test_the_secret_is_made_once_and_is_its_owners(tmp_path: Path):
    first = pairing_secret(tmp_path)
    assert len(first) >= 32
    assert pairing_secret(tmp_path) == first
    assert os.stat(tmp_path / "bridge.secret").st_mode & 0o777 == 0o600


@pytest.mark.parametrize("origin", ["127.0.0.1:8000", "http://127.0.0.1:8000/", "*", "null", "file://", "http://"])
def test_what_is_no_origin_is_refused(origin):
    with pytest.raises(UsageError):
        origins_of([origin])


def test_a_taken_port_is_told(bridge):
    with pytest.raises(UsageError, match="port"):
        Bridge(bridge.port, frozenset(), "s", {})


def test_the_door_compares_the_origin_as_a_whole():
    door = Door(1, frozenset({ORIGIN}), "s")
    headers = {"Host": "127.0.0.1:1", "Origin": ORIGIN, "Authorization": "bearer s"}
    assert door.refusal(headers) is None
    assert door.refusal(headers | {"Origin": ORIGIN[:-1]}) is not None
