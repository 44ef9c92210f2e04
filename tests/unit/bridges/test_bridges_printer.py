"""The printer bridge: a slip as data becomes bytes a printer can follow, once; without paper it says so."""

from __future__ import annotations

import json
import os
import pty
import threading
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_reading import read_paper

from matcher.bridges.escpos import slip_bytes
from matcher.bridges.loopback import Call
from matcher.bridges.printer import Device, Printer, Simulated
from matcher.bridges.printer_bridge import printer_routes
from matcher.bridges.slip import Printed, Slip, lines_of, read_slip
from matcher.errors import InvalidInput

SLIP = {
    "slip_id": "0123456789abcdef",
    "office": "柳江区就业局 找活小票",
    "desk": "服务台",
    "job": "1号 缝纫工",
    "employer": "样例制衣厂",
    "facts": ["每月2600–3500元", "就在本镇，约4公里", "包吃，不包住"],
    "drawback": "忙的时候要加班。",
    "warnings": ["没人可以收您钱、扣您证。", "有事打 12333"],
    "code": "9283",
    "on": "2018-06-01",
    "mark": "合成数据",
}


def slip_of(**changes) -> Slip:
    return read_slip(json.dumps(SLIP | changes).encode())


def printed(slip: Slip, columns: int = 32) -> bytes:
    return slip_bytes(lines_of(slip, columns), slip.code)


def test_a_slip_is_read_back_from_its_bytes():
    paper = read_paper(printed(slip_of()))
    for said in ("服务台", "1号 缝纫工", "样例制衣厂", "每月2600–3500元", "约4公里", "缺点：", "12333", "合成数据"):
        assert said in paper.text.replace("\n", "")
    assert paper.qr == "9283"
    assert paper.cut
    code = paper.lines.index("编号 9283")
    assert paper.marked[code] == (True, True, True)


def test_a_whole_slip_keeps_inside_the_paper():
    for columns in (32, 48):
        for line in lines_of(slip_of(job="很长的工种名称" * 9), columns):
            width = sum(2 if ord(sign) > 0x2000 else 1 for sign in line.text)
            assert width <= (columns // 2 if line.large else columns), line


@given(st.text(max_size=120))
def test_no_text_of_an_advert_can_give_the_printer_an_order(text):
    slip = Slip(slip_id="00000000", office="a", desk="b", job=text, warnings=("c",), code="0001")
    paper = read_paper(printed(slip))
    assert paper.qr == "0001"
    assert paper.lines[-1] == "编号 0001"


@pytest.mark.parametrize("name", ["𬭎记制衣", "阿卜杜拉·买买提" * 4, "㛃"])
def test_rare_signs_come_through(name):
    assert name in read_paper(printed(slip_of(employer=name))).text.replace("\n", "")


@pytest.mark.parametrize(
    "changes",
    [
        {"job": "找 13800000001"},
        {"facts": ["450206196601010028"]},
        {"code": "92834"},
        {"code": "١٢٣٤"},
        {"name": "韦样例"},
        {"job": "长" * 161},
        {"slip_id": ""},
        {"warnings": None},
    ],
)
def test_what_no_slip_may_hold_is_refused(changes):
    with pytest.raises((InvalidInput, msgspec.DecodeError)):
        slip_of(**changes)


def test_a_slip_pressed_twice_is_printed_once_and_again_when_asked():
    paper = Simulated()
    printer = Printer(paper, 32)
    assert [printer.print(slip_of()), printer.print(slip_of()), len(paper.slips)] == ["ok", "ok", 1]
    assert [printer.print(slip_of(again=True)), len(paper.slips)] == ["ok", 2]
    assert [printer.print(slip_of(slip_id="ff" * 8)), len(paper.slips)] == ["ok", 3]


def test_without_paper_nothing_is_printed_and_with_paper_the_same_slip_is():
    paper = Simulated()
    routes = printer_routes(Printer(paper, 32), paper)
    body = json.dumps(SLIP).encode()

    def ask(method: str, path: str, sent: bytes = b"") -> tuple[int, str]:
        status, told = routes[method, path](Call({}, sent))
        return int(status), told["state"]

    assert ask("POST", "/simulate/paper", b'{"state":"paper_out"}') == (200, "paper_out")
    assert ask("POST", "/print", body) == (503, "paper_out")
    assert ask("GET", "/state") == (200, "paper_out")
    assert paper.slips == []
    ask("POST", "/simulate/paper", b'{"state":"ok"}')
    assert ask("POST", "/print", body) == (200, "ok")
    assert len(paper.slips) == 1


def test_paper_that_ends_soon_still_takes_a_slip():
    paper = Simulated()
    routes = printer_routes(Printer(paper, 32), paper)
    assert routes["POST", "/simulate/paper"](Call({}, b'{"state":"paper_low"}'))[0] == 200
    status, told = routes["POST", "/print"](Call({}, json.dumps(SLIP).encode()))
    assert (int(status), told["state"], len(paper.slips)) == (200, "ok", 1)


def test_a_file_takes_the_bytes_of_every_slip(tmp_path: Path):
    out = tmp_path / "slips.bin"
    printer = Printer(Device(out), 32)
    assert printer.state() == "ok"
    assert printer.print(slip_of()) == "ok"
    assert read_paper(out.read_bytes()).qr == "9283"


def test_a_printer_that_is_not_there_is_an_error(tmp_path: Path):
    gone = Printer(Device(tmp_path / "no" / "lp0"), 32)
    assert gone.state() == "error"
    assert gone.print(slip_of()) == "error"
    assert Printer(Device(tmp_path), 32).print(slip_of()) == "error"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (b"\x12", "ok"),
        (b"\x1e", "paper_low"),
        (b"\x72", "paper_out"),
        (b"\x7e", "paper_out"),
        (b"\x16", "ok"),
        (b"", "ok"),
    ],
)
def test_a_device_is_asked_for_its_paper(answer, state, monkeypatch):
    monkeypatch.setattr("matcher.bridges.printer.ANSWER_S", 0.2)
    ours, theirs = pty.openpty()
    os.set_blocking(ours, True)
    import tty

    tty.setraw(theirs)

    def printer() -> None:
        assert os.read(ours, 3) == b"\x10\x04\x04"
        os.write(ours, answer)

    playing = threading.Thread(target=printer)
    playing.start()
    try:
        assert Device(Path(os.ttyname(theirs))).state() == state
    finally:
        playing.join()
        os.close(ours)
        os.close(theirs)


def test_empty_lines_take_no_paper():
    assert all(line.text for line in lines_of(slip_of(employer="", drawback="", mark="", on=""), 32))
    assert isinstance(lines_of(slip_of(), 32)[0], Printed)


def test_the_manuals_slip_is_one_that_is_taken():
    manual = (Path(__file__).parents[3] / "api/help/bridges.md").read_text("utf-8")
    example = manual.split("POST /print\n")[1].split("\n\n")[0]
    assert read_slip(example.encode()).code == "9283"
