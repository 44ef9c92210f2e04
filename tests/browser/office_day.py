"""The officer's day in a browser: every press and click is counted, and how long the system takes for each."""

from __future__ import annotations

import csv
import io
import time
from dataclasses import dataclass, field

from playwright.sync_api import Page

from matcher.records.id_numbers import check_digit

HEADERS = ("姓名", "身份证号", "所在村", "联系电话", "就业状态")
GIVEN = "春夏秋冬梅兰竹菊山水云月星江河湖"


@dataclass
class Count:
    """What somebody did: clicks and keys by hand, and the seconds from each to the page that answers it."""

    clicks: int = 0
    keys: int = 0
    seconds: list[float] = field(default_factory=list)

    def click(self, page: Page, selector: str) -> None:
        """One click that leads to another page."""
        began = time.perf_counter()
        with page.expect_navigation():
            page.locator(selector).first.click()
        self.clicks += 1
        self.seconds.append(time.perf_counter() - began)

    def press(self, page: Page, key: str) -> None:
        """One key that leads to another page."""
        began = time.perf_counter()
        with page.expect_navigation():
            page.keyboard.press(key)
        self.keys += 1
        self.seconds.append(time.perf_counter() - began)


def two_ledgers(n_pairs: int) -> tuple[bytes, bytes]:
    """Invented people in two offices' words: every one differs, half by a slip in the number, half by the state."""
    ours, theirs = [], []
    for ix in range(n_pairs):
        name = f"韦{GIVEN[ix % 16]}{GIVEN[ix // 16 % 16]}"
        body = f"450206{1960 + ix % 40}{1 + ix % 12:02d}{1 + ix % 28:02d}{100 + ix:03d}"
        row = [name, body + check_digit(body), "板江村", f"154{ix:08d}", "已就业"]
        other = list(row)
        if ix % 2:
            number = row[1]
            other[1] = f"{number[:14]}{number[15]}{number[14]}{number[16:]}"
        if other[1] == row[1]:
            other[4] = "未就业"
        ours.append(row)
        theirs.append(other)
    return _csv(ours), _csv(theirs)


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([HEADERS, *rows])
    return text.getvalue().encode("utf-8-sig")


def push_ledgers(page: Page, count: Count, n_pairs: int) -> None:
    """Choose two files, send them, wait for their turn: the page of the first pair."""
    page.goto("/office/reconcile")
    for side, body in zip(("left", "right"), two_ledgers(n_pairs), strict=True):
        page.set_input_files(f"#{side}", {"name": f"{side}.csv", "mimeType": "text/csv", "buffer": body})
    count.click(page, "form.stack button.main")
    while page.locator("kbd").count() == 0:
        page.wait_for_timeout(50)


def decide(page: Page, count: Count, keys: str) -> None:
    """Answer one pair after the other with the keys given, no mouse."""
    for key in keys:
        count.press(page, key)
