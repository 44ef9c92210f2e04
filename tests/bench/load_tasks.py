"""The people of the load workload: kiosks and brokers who tap, read and type as long as the load lasts."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urljoin

from tests.bench.measure import Laps

# Seconds somebody reads before the next tap; people at a kiosk read slowly, a broker is at work.
KIOSK_READS, BROKER_READS = (3.0, 7.0), (2.0, 6.0)
TIMEOUT_S = 30
CSRF = re.compile(r'(?:data-csrf|name="csrf" value)="([^"]*)"')
JOB = re.compile(r'/kiosk/jobs/([^/"?]+)/take')
CARD = re.compile(r'name="card" value="([^"]+)"')
# The list of one's own orders and the form of a new one are no order.
ORDER = re.compile(r'href="(/broker/orders/(?!(?:mine|new)")[^"/?]+)"')
LINES = ("缝纫", "电焊 可联系", "缝纫 百朋", "叉车 去广东", "wxy", "砌砖 夫妻 不要电焊", "普工 周五走", "养猪")
Asked = tuple[str, float, int]


class Browser:
    """One browser: a connection that stays open, its cookies, what it was answered and how long that took."""

    def __init__(self, port: int, end: float, cookie: str = "") -> None:
        self._port, self._end = port, end
        self._cookies = {"matcher_session": cookie} if cookie else {}
        self._connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        self._csrf = ""
        self.asked: list[Asked] = []

    @property
    def over(self) -> bool:
        """Whether the load is over."""
        return time.perf_counter() >= self._end

    def get(self, path: str) -> str:
        """The page of an address, its redirects followed as part of the wait."""
        return self._open("GET", path, None)

    def press(self, path: str, **fields: str) -> str:
        """The page that a form leads to."""
        return self._open("POST", path, urlencode({"csrf": self._csrf, **fields}))

    def _open(self, method: str, path: str, body: str | None) -> str:
        if self.over:
            return ""
        began, name = time.perf_counter(), path.partition("?")[0]
        try:
            status, page = self._follow(method, path, body)
        except (OSError, HTTPException):
            status, page = 0, ""
            self._connection.close()
        self.asked.append((f"{method} {name}", time.perf_counter() - began, status))
        found = CSRF.search(page)
        self._csrf = found[1] if found else self._csrf
        return page

    def _follow(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        for _ in range(5):
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            page = answer.read().decode("utf-8", "replace")
            for given in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = given.partition(";")[0].partition("=")
                self._cookies[name] = value
            if answer.status not in (302, 303):
                return answer.status, page
            method, path, body = "GET", urljoin(path, answer.headers["Location"]), None
        return 0, ""


def people(port: int, cookies: list[str], kiosks: int, seconds: float, seed: int) -> tuple[Laps, Any]:
    """All of them at once for so long; of each what was asked, seconds and status, by who asked."""
    end = time.perf_counter() + seconds
    told: dict[str, list[Asked]] = {"kiosk": [], "broker": []}
    lock = threading.Lock()

    def lived(who: str, life: Callable[[Browser, random.Random], Iterator[float]], number: int, cookie: str) -> None:
        browser, draws = Browser(port, end, cookie), random.Random(f"{seed} {who} {number}")
        time.sleep(draws.uniform(0, min(5.0, seconds / 4)))
        while not browser.over:
            for pause in life(browser, draws):
                if browser.over:
                    break
                time.sleep(min(pause, max(0.0, end - time.perf_counter())))
        with lock:
            told[who] += browser.asked

    threads = [threading.Thread(target=lived, args=("kiosk", _visitor, n, "")) for n in range(kiosks)]
    threads += [threading.Thread(target=lived, args=("broker", _broker, n, c)) for n, c in enumerate(cookies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Laps([], []), told


def _visitor(browser: Browser, draws: random.Random) -> Iterator[float]:
    """One visit after the other: with a card or without, to the slip."""
    first = browser.get("/kiosk")
    yield draws.uniform(*KIOSK_READS)
    cards = CARD.findall(first)
    browser.get("/kiosk/help")
    if cards and draws.random() < 0.7:
        browser.press("/kiosk/card", card=draws.choice(cards))
        yield draws.uniform(*KIOSK_READS)
        browser.press("/kiosk/agree")
        yield draws.uniform(*KIOSK_READS)
        listed = browser.press("/kiosk/where", where="any")
    else:
        browser.press("/kiosk/look")
        yield draws.uniform(*KIOSK_READS)
        browser.press("/kiosk/where", where="any")
        yield draws.uniform(*KIOSK_READS)
        listed = browser.press("/kiosk/trade", trade="")
    yield draws.uniform(*KIOSK_READS)
    jobs = JOB.findall(listed)
    if jobs:
        browser.get(f"/kiosk/jobs/{jobs[0]}/why")
        yield draws.uniform(*KIOSK_READS)
        browser.press(f"/kiosk/jobs/{draws.choice(jobs)}/take")
        yield draws.uniform(*KIOSK_READS)
    browser.press("/kiosk/over")


def _broker(browser: Browser, draws: random.Random) -> Iterator[float]:
    """Orders, one of them, a search in it, a search without one."""
    orders = ORDER.findall(browser.get("/broker"))
    yield draws.uniform(*BROKER_READS)
    if orders:
        order = draws.choice(orders[:8])
        browser.get(order)
        yield draws.uniform(*BROKER_READS)
        for _ in range(2):
            browser.press(f"{order}/search", q=draws.choice(LINES))
            yield draws.uniform(*BROKER_READS)
    browser.get("/broker/people")
    yield draws.uniform(*BROKER_READS)
    for _ in range(2):
        browser.press("/broker/people", q=draws.choice(LINES))
        yield draws.uniform(*BROKER_READS)
