"""The client of the http workload: one keep-alive connection, the kinds of call in turn."""

from __future__ import annotations

import json
import time
from http.client import HTTPConnection
from typing import Any

from tests.bench.measure import Laps

WARM = 5
VERDICTS = {"yes": 2, "unknown": 1}


def calls(port: int, token: str, paths: list[str], beside: list[str], sample: int) -> tuple[Laps, Any]:
    """Seconds of each call of `paths` but the first WARM, each followed by one of every path of `beside`; of all, and
    how they ended.

    listed : the lists of the first `sample` of them: vacancy, verdict and whether it widens the choice, of each line
    """
    connection = HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {token}"}
    for path in (*paths[:WARM], *beside):
        _call(connection, path, headers)
    ours, bare, statuses, items, listed = [], {path: [] for path in beside}, set(), 0, []
    for path in paths[WARM:]:
        seconds, status, body = _call(connection, path, headers)
        ours.append(seconds)
        statuses.add(status)
        lines = json.loads(body)["lists"][0]["items"] if status == 200 else []
        items += len(lines)
        if len(listed) < sample:
            listed.append([[line["vacancy_id"], VERDICTS[line["verdict"]], line["stretch"]] for line in lines])
        for other, laps in bare.items():
            laps.append(_call(connection, other, {})[0])
    connection.close()
    told = {"ours": ours, "beside": bare, "statuses": sorted(statuses), "items": items, "listed": listed}
    return Laps([], []), told


def _call(connection: HTTPConnection, path: str, headers: dict[str, str]) -> tuple[float, int, bytes]:
    start = time.perf_counter()
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    return time.perf_counter() - start, answer.status, body
