"""O2, two departments: their ledgers paired at full size, decided by keys alone, one person counted once and not."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import Any, Final

from playwright.sync_api import Page

from tests.browser.browsing import axe_findings
from tests.browser.office_day import Count
from tests.browser.walk_monday import send, told
from tests.browser.walk_rig import County, Walk, asked, wait_for
from tests.two_ledgers import HEADERS, Ledger, Two, precision_recall, two_ledgers

SMALLER: Final = 0.94
"""Of the other office's list beside ours: 47,000 of 50,000."""
PRECISION, RECALL = 0.995, 0.98
N_DECIDED: Final = 60
A_DECISION_S: Final = 6.0
"""The system's share of a minute a decision, a tenth: 60 an hour leave the person nine tenths."""
MOST_S: Final = 900.0
DOUBLE: Final = ("姓名", "联系电话", "出生日期", "性别", "居住地区划代码", "外出意愿", "建档立卡贫困人口")


def ledgers(page: Page, county: County, walk: Walk, n_rows: int) -> None:
    """All of O2, with O-d and the undo of O-b."""
    two = two_ledgers(n_rows, round(n_rows * SMALLER))
    files = {"left": _sheet(two.left), "right": _sheet(two.right)}
    count, began = Count(), time.perf_counter()
    page.goto("/office/reconcile")
    for side, body in files.items():
        page.set_input_files(f"#{side}", {"name": f"{side}.csv", "mimeType": "text/csv", "buffer": body})
        count.clicks += 1
    count.click(page, "form.stack button.main")
    # The page that waits goes on to the first pair by itself.
    wait_for(lambda: page.locator("kbd").count() > 0, MOST_S)
    run = page.url.split("?")[0]
    counts = asked(page, run)["told"]["counts"]
    rows = sum(counts[name] for name in ("agree", "typo", "status_differs", "needs_person"))
    walk.note("O2", f"{len(two.left.rows)} x {len(two.right.rows)} rows pushed and compared", clicks=count.clicks,
              seconds=time.perf_counter() - began, met=rows + counts["left_only"] == counts["left_rows"]
              and rows + counts["right_only"] == counts["right_rows"],
              told=f"agree {counts['agree']}, slips {counts['typo']}, state differs {counts['status_differs']}, "
              f"to be looked at {counts['needs_person']}")  # fmt: skip
    _gates(county, files, two, walk)
    _by_keys(page, walk, min(N_DECIDED, asked(page, run)["told"]["n_open"]))
    _one_person(page, county, walk)


def _sheet(ledger: Ledger) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([HEADERS, *ledger.rows])
    return text.getvalue().encode("utf-8-sig")


def _gates(county: County, files: dict[str, bytes], two: Two, walk: Walk) -> None:
    """The pairs themselves, as `matcher reconcile` writes them of the same files, against who the rows really are."""
    folder = county.home.parent
    for name, body in files.items():
        (folder / f"{name}.csv").write_bytes(body)
    county.run("reconcile", *(str(folder / f"{name}.csv") for name in files), "--out", str(folder / "out"), code=1)
    pairs = json.loads((folder / "out" / "matches.json").read_text("utf-8"))
    precision, recall = precision_recall(two, [(row["left_row"] - 2, row["right_row"] - 2) for row in pairs])
    walk.note("O-d", "pairs against who the rows are", met=precision >= PRECISION and recall >= RECALL,
              told=f"precision {precision:.4f}, recall {recall:.4f}")  # fmt: skip


def _by_keys(page: Page, walk: Walk, n: int) -> None:
    """One pair after the other under 1, 2 and 3, two keys where the rows differ; no mouse event reaches the page."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    watch = "document.addEventListener('mousedown', () => { throw new Error('a mouse was used'); })"
    said, axe, run = Count(), axe_findings(page), page.url.split("?")[0]
    for nth in range(n):
        page.evaluate(watch)
        said.press(page, "1213"[nth % 4])
    after = asked(page, run)["told"]
    decided, took = after["n_answered"] + after["n_ring_up"], sum(said.seconds)
    each = took / max(decided, 1)
    pace = f"{each:.2f} s a decision, {3600 / max(each, 0.001):.0f} an hour by the system"
    walk.note("O-d", f"{decided} decisions by keyboard alone", clicks=0, seconds=took,
              met=not faults and not axe and decided > 0 and each < A_DECISION_S and said.keys == n,
              told=f"{n} keys, {pace}")  # fmt: skip


def _one_person(page: Page, county: County, walk: Walk) -> None:
    """Somebody written down twice: joined, the village has one willing person fewer; parted, all stands as before."""
    village, worker, known = _willing(page, county)
    alone = _wishing(page, village)
    row = {"姓名": worker["name"], "联系电话": worker["phone"], "出生日期": worker["birth_date"], "外出意愿": "是",
           "建档立卡贫困人口": "是",
           "性别": {"female": "女", "male": "男"}[worker["sex"]], "居住地区划代码": worker["place_code"]}  # fmt: skip
    text = io.StringIO()
    csv.writer(text).writerows([DOUBLE, [row[header] for header in DOUBLE]])
    send(page, text.getvalue().encode("utf-8-sig"), "又写了一遍.csv", Count())
    page.locator(".title form button.main").click()
    wait_for(lambda: not page.url.endswith("/confirm") and not asked(page, page.url)["told"]["dry_run"], MOST_S)
    told(page)
    people = _twice(page, worker["worker_id"], known)
    apart, before = _wishing(page, village), [_life(page, one) for one in people]
    count = Count()
    page.goto("/office/doubles")
    count.click(page, f"form:has(input[value='{people[1]}']) button[type=submit]")
    joined = _wishing(page, village)
    page.goto("/office/doubles")
    count.click(page, "form:has(input[name=stream]) button[type=submit]")
    after, lives = _wishing(page, village), [_life(page, one) for one in people]
    met = (joined, apart, after) == (alone, alone + 1, alone + 1) and lives == before
    walk.note("O2", "two records joined to one person, parted again", clicks=count.clicks, seconds=sum(count.seconds),
              met=met, told=f"willing in it: {alone}, twice {apart}, joined {joined}, parted {after}")  # fmt: skip


def _twice(page: Page, worker_id: str, known: frozenset[str]) -> list[str]:
    """The record that goes on and the other of the pair of somebody and a record that was not there before."""
    for row in asked(page, "/office/doubles")["rows"]:
        people = [row[side]["worker_id"] for side in ("keep", "other")]
        if worker_id in people and not known >= set(people):
            return people
    raise LookupError("the record written again is not among the doubles")


def _willing(page: Page, county: County) -> tuple[str, dict[str, Any], frozenset[str]]:
    """A village and somebody of it who would go and has not, with what the roster says; whom it knows by now."""
    out = county.home.parent / "workers.jsonl"
    county.run("export", "workers", str(out))
    known = {one["worker_id"]: one for one in map(json.loads, out.read_text("utf-8").splitlines())}
    for row in asked(page, "/office/villages")["villages"]:
        page_of = asked(page, f"/office/villages/{row['code']}?list=wish_list")
        for one in page_of["lists"][0]["rows"]:
            worker = known.get(one["worker_id"], {})
            if all(worker.get(name) for name in ("name", "phone", "birth_date", "sex", "place_code")):
                return row["code"], worker, frozenset(known)
    raise LookupError("nobody of any village would go")


def _wishing(page: Page, village: str) -> int:
    return int(asked(page, f"/office/villages/{village}")["n"]["wish_list"])


def _life(page: Page, worker_id: str) -> Any:
    """What is told of a person, but for who looked: that grows with every look."""
    told = asked(page, f"/office/people/{worker_id}")
    return {name: part for name, part in told.items() if name not in {"looks", "n_looks", "seen"}}
