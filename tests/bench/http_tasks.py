"""The client of the http workload: one keep-alive connection, the kinds of call in turn."""

from __future__ import annotations

import json
import time
from http.client import HTTPConnection
from typing import Any

from tests.bench.measure import Laps

WARM = 5


def calls(port: int, token: str, paths: list[str], beside: list[str]) -> tuple[Laps, Any]:
    """Seconds of each call of `paths`, each followed by one of every path of `beside`; of all, and how they ended."""
    connection = HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {token}"}
    for path in (*paths[:WARM], *beside):
        _call(connection, path, headers)
    ours, bare, statuses, items = [], {path: [] for path in beside}, set(), 0
    for path in paths:
        seconds, status, body = _call(connection, path, headers)
        ours.append(seconds)
        statuses.add(status)
        items += len(json.loads(body)["lists"][0]["items"]) if status == 200 else 0
        for other, laps in bare.items():
            laps.append(_call(connection, other, {})[0])
    connection.close()
    return Laps([], []), {"ours": ours, "beside": bare, "statuses": sorted(statuses), "items": items}


def _call(connection: HTTPConnection, path: str, headers: dict[str, str]) -> tuple[float, int, bytes]:
    start = time.perf_counter()
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    return time.perf_counter() - start, answer.status, body
