"""A county of its own behind `matcher serve`, for walks too long for the tests: people at desks, and the clock.

Everything is done as a county does it: the commands of `matcher` in processes of their own, pages in a browser.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page

ROOT: Final = Path(__file__).parents[2]
JURISDICTION: Final = "liujiang_2018"
PASSWORD: Final = "walk-synthetic-2018"
PEOPLE: Final = (("liang", "officer"), ("tan", "officer"), ("mo", "auditor"))
SIZE: Final = {"width": 1366, "height": 768}
READY_S: Final = 180.0


@dataclass
class Walk:
    """What a walk found: rows of (number, what, clicks, seconds, met, remark)."""

    rows: list[tuple[str, str, str, str, bool, str]] = field(default_factory=list)

    def note(
        self,
        number: str,
        what: str,
        *,
        met: bool,
        clicks: int | None = None,
        seconds: float | None = None,
        told: str = "",
    ) -> None:
        shown = "" if clicks is None else str(clicks), "" if seconds is None else f"{seconds:.1f}"
        self.rows.append((number, what, *shown, met, told))
        print(self._line(self.rows[-1]), flush=True)

    @property
    def all_met(self) -> bool:
        return all(row[4] for row in self.rows)

    def table(self) -> str:
        lines = ["| | what | clicks | s | | |", "|---|---|---|---|---|---|"]
        return "\n".join([*lines, *map(self._line, self.rows)])

    @staticmethod
    def _line(row: tuple[str, str, str, str, bool, str]) -> str:
        number, what, clicks, seconds, met, told = row
        return f"| {number} | {what} | {clicks} | {seconds} | {'met' if met else 'NOT met'} | {told} |"


@dataclass(frozen=True)
class County:
    """A home folder with a synthetic county and three people who sign in."""

    home: Path

    def run(self, *words: str, given: str = "", code: int = 0) -> str:
        """What a command prints. Raises RuntimeError if it ends otherwise than with `code`."""
        done = subprocess.run(
            [sys.executable, "-m", "matcher", "--home", str(self.home), *words],
            cwd=ROOT, input=given, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != code:
            raise RuntimeError(f"matcher {' '.join(words)} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout

    def told(self, *words: str, code: int = 0) -> Any:
        """What a command prints as JSON."""
        return json.loads(self.run(*words, code=code))

    def export(self, kind: str) -> bytes:
        """Bytes of an export of all records of a kind."""
        out = self.home.parent / f"{kind}.csv"
        self.run("export", kind, str(out))
        return out.read_bytes()

    @contextmanager
    def served(self, on: str) -> Iterator[str]:
        """Address of `matcher serve` that takes `on` for today, until the block ends."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        own = {"MATCHER_TODAY": on, "MATCHER_JURISDICTION": JURISDICTION, "MATCHER_REQUESTS_PER_MINUTE": "100000"}
        log = self.home.parent / "serve.log"
        with log.open("ab") as out, subprocess.Popen(
            [sys.executable, "-m", "matcher", "--home", str(self.home), "serve", "--port", str(port)],
            cwd=ROOT, stdout=out, stderr=out, env={**os.environ, **own},
        ) as process:  # fmt: skip
            address = f"http://127.0.0.1:{port}"
            try:
                wait_for(lambda: _answers(address), READY_S)
                yield address
            finally:
                process.terminate()


def made_county(folder: Path) -> County:
    """A demonstration county in `folder`, and the people of its office."""
    county = County(folder / "home")
    county.run("demo", "--no-serve")
    for name, role in PEOPLE:
        county.run("user", "add", name, "--role", role, "--password-stdin", given=f"{PASSWORD}\n")
    return county


def _answers(address: str) -> bool:
    try:
        with closing(http.client.HTTPConnection(address.removeprefix("http://"), timeout=5)) as line:
            line.request("GET", "/api/v1/healthz")
            return line.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False


def wait_for(there: Callable[[], bool], most_s: float) -> float:
    """Seconds until something is there. Raises TimeoutError."""
    began = time.perf_counter()
    while not there():
        if time.perf_counter() - began > most_s:
            raise TimeoutError(f"not there after {most_s} s")
        time.sleep(0.1)
    return time.perf_counter() - began


@contextmanager
def at_desk(browser: Browser, address: str, name: str) -> Iterator[Page]:
    """Somebody who has signed in by name and password."""
    context = browser.new_context(viewport=SIZE, base_url=address, locale="zh-CN", bypass_csp=True)
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=name]", name)
    page.fill("input[type=password]", PASSWORD)
    with page.expect_navigation():
        page.locator("main button[type=submit]").first.click()
    yield page
    context.close()


def asked(page: Page, path: str) -> Any:
    """The data of a page, as its .json twin tells it."""
    address, _, query = path.partition("?")
    answer = page.request.get(f"{address}.json" + (f"?{query}" if query else ""))
    if not answer.ok:
        raise RuntimeError(f"{path}: {answer.status} {answer.text()[:500]}")
    return answer.json()
