"""The client of the served workload: some keep-alive connections on one thread, each asks anew once it is answered.

Sockets and an event loop alone, so that it takes little of the processor it shares with the server.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.measure import Laps

HEAD_ENDS, LENGTH = b"\r\n\r\n", b"content-length:"
WARM_S = 0.5
"""Every process of the server is warm once this many answers in a row took no longer."""
WARM_ROW, WARM_MOST_S = 200, 240.0


class _Asker(asyncio.Protocol):
    """One connection: takes the next path from a shared list until it is empty or the time is over."""

    def __init__(self, paths: list[str], token: str, seen: list[tuple[float, int]], done: asyncio.Event) -> None:
        self._paths, self._token, self._seen, self._done = paths, token, seen, done
        self._buffer, self._due, self._began = b"", -1, 0.0

    def connection_made(self, transport: Any) -> None:
        """Ask at once."""
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Count what comes; with the last byte of an answer ask again."""
        self._buffer += data
        if self._due < 0:
            head = self._buffer.find(HEAD_ENDS)
            if head < 0:
                return
            at = self._buffer[:head].lower().index(LENGTH) + len(LENGTH)
            self._due = head + len(HEAD_ENDS) + int(self._buffer[at:head].split(b"\r\n", 1)[0])
        if len(self._buffer) >= self._due:
            self._seen.append((time.perf_counter() - self._began, int(self._buffer[9:12])))
            self._buffer, self._due = b"", -1
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        """A server that hangs up ends the measurement."""
        self._done.set()

    def _ask(self) -> None:
        if not self._paths or self._done.is_set():
            self._done.set()
            return
        head = f"GET {self._paths.pop()} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self._token}\r\n\r\n"
        self._began = time.perf_counter()
        self._transport.write(head.encode())


def asked(
    port: int, token: str, paths: list[str], *, loads: Sequence[int], seconds: float, pid: int, warm: int
) -> tuple[Laps, Any]:
    """Of each load: [seconds, status] of every answer; seconds of the whole; processor seconds of client and server.

    Each load takes its share of the paths; the first `warm` paths are asked before.
    loads : connections at once; pid : of the server, whose children count as well
    """
    asyncio.run(_warm(port, token, paths[:warm]))
    rest = paths[warm:]
    return Laps([], []), [
        _load(port, token, rest[at :: len(loads)], connections=connections, seconds=seconds, pid=pid)
        for at, connections in enumerate(loads)
    ]


def _load(port: int, token: str, paths: list[str], *, connections: int, seconds: float, pid: int) -> dict[str, Any]:
    began, own, theirs, machine = time.perf_counter(), time.process_time(), cpu_seconds(pid), machine_seconds()
    seen = asyncio.run(_ask_for(port, token, paths, connections, seconds))
    wall, theirs = time.perf_counter() - began, cpu_seconds(pid) - theirs
    every, idle = (now - then for now, then in zip(machine_seconds(), machine, strict=True))
    return {
        "seen": seen, "seconds": wall, "client_cpu": time.process_time() - own, "server_cpu": theirs,
        "connections": connections, "busy": 1 - idle / every if every else 0.0,
    }  # fmt: skip


def machine_seconds() -> tuple[float, float]:
    """Seconds of all processors of the machine, whoever used them, and those in which nobody did."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return sum(fields) / os.sysconf("SC_CLK_TCK"), idle / os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Processor seconds of a process and of the children it has."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(cpu_seconds(int(child)) for child in children)


async def _ask_for(port: int, token: str, paths: list[str], connections: int, seconds: float) -> list[Any]:
    loop, seen, done = asyncio.get_running_loop(), [], asyncio.Event()
    opened = [
        await loop.create_connection(lambda: _Asker(paths, token, seen, done), "127.0.0.1", port)
        for _ in range(connections)
    ]
    loop.call_later(seconds, done.set)
    await done.wait()
    for transport, _ in opened:
        transport.close()
    return seen


async def _warm(port: int, token: str, paths: list[str]) -> None:
    """Ask until the server has long been quick: each of its processes loads its records behind the first requests."""
    end = time.monotonic() + WARM_MOST_S
    while time.monotonic() < end:
        seen = await _ask_for(port, token, list(paths), 8, 5.0)
        if len(seen) >= min(WARM_ROW, len(paths)) and max(took for took, _ in seen) < WARM_S:
            return
    raise RuntimeError("the server did not become warm")
