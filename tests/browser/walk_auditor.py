"""O3, the auditor: three claims paid or refused with their clause; explained in two clicks; one altered row named."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final

from playwright.sync_api import Browser, Page

from matcher.services.office.audit_words import ACTIONS
from tests.browser.office_day import Count
from tests.browser.walk_rig import County, Walk, asked, at_desk

PACK: Final = "qinzhou_2021"
CASES: Final = (
    ("good", "2021-09-01", "2022-02-28", "2022-03-01"),
    ("contract of five months", "2021-09-01", "2022-01-31", "2022-03-01"),
    ("after the document's last day", "2026-01-05", "2026-12-31", "2026-05-01"),
)
"""What it is, first and last day of the contract, the day the claim is about; the document ends on 2025-12-31."""
REASONS: Final = {"contract of five months": "合同期限不够", "after the document's last day": "不在文件执行期限之内"}
MOST_CLICKS, MOST_S = 2, 10.0
EXACT: Final = 1e-9


def auditor(browser: Browser, address: str, county: County, walk: Walk) -> None:
    """All of O3, with O-e to O-h."""
    people = [one["worker_id"] for one in _workers(county)[: len(CASES)]]
    claims = _proposed(county, people)
    _settled(browser, address, claims, walk)
    opened = 0
    with at_desk(browser, address, "mo") as page:
        _explained(page, claims, walk)
        _added_up(page, walk)
        for _ in range(2):
            page.goto(f"/office/people/{people[0]}")
            opened += 1
        count = Count()
        count.click(page, "a[href$='/looks']")
        looks = asked(page, f"/office/people/{people[0]}/looks")["looks"]
        mine = [one for one in looks if (one["by"], one["what"]) == ("mo", ACTIONS["person"])]
        everybody = {one["by"] for one in looks}
        walk.note("O3", "who looked at this person", clicks=count.clicks, seconds=sum(count.seconds),
                  met=len(mine) == opened and {"liang", "tan", "mo"} <= everybody,
                  told=f"{len(looks)} entries, of {', '.join(sorted(everybody))}")  # fmt: skip
    _reported(county, walk)
    _altered(county, walk)


def _workers(county: County) -> list[dict[str, Any]]:
    return [dict(row) for row in csv.DictReader(io.StringIO(county.export("workers").decode("utf-8-sig")))]


def _proposed(county: County, people: Sequence[str]) -> dict[str, str]:
    """What a claim is -> its id."""
    lines = []
    for worker_id, (name, first, last, on) in zip(people, CASES, strict=True):
        facts = {
            "contract_start": first, "contract_end": last, "placed_on": first, "insurance_months_paid": 3,
            "payee_type": "labour_broker", "status": ["out_of_poverty"], "worker_paid_this_year": False,
        }  # fmt: skip
        who = {"persons": [worker_id], "claimant": "broker", "claimant_kind": "labour_broker", "occasion": name}
        lines.append({"pack": PACK, "benefit": "D-SVC", "on": on, "facts": facts, "who": who, "evidence": []})
    path = county.home.parent / "claims.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    found = county.told("claims", "propose", str(path), "--on", "2026-06-01", "--by", "liang")
    return {name: one["claim_id"] for (name, *_), one in zip(CASES, found, strict=True)}


def _settled(browser: Browser, address: str, claims: dict[str, str], walk: Walk) -> None:
    """Papers seen and approved by one officer, approved again by another, paid, answered by the bank."""
    count = Count()
    good = f"/office/claims/{claims['good']}"
    with at_desk(browser, address, "liang") as page:
        page.goto(good)
        while page.locator("button[name=held][value=yes]").count():
            count.click(page, "button[name=held][value=yes]")
        count.click(page, "form[action$='/approve'] button")
        alone = page.locator("form[action$='/approve'] button").count() == 0
    with at_desk(browser, address, "tan") as page:
        page.goto(good)
        count.click(page, "form[action$='/approve'] button")
        page.goto("/office/payments")
        count.click(page, "form[action$='/payments'] button")
        line = asked(page, good)["lines"][0]
        reply = f"行号,结果,退回原因\n{line},成功,\n".encode()
        page.set_input_files("input[type=file]", {"name": "回单.csv", "mimeType": "text/csv", "buffer": reply})
        count.click(page, "form[action$='/reply'] button")
        told = {name: asked(page, f"/office/claims/{claim_id}") for name, claim_id in claims.items()}
    walk.note("O3", "the good claim paid, by two people", clicks=count.clicks, seconds=sum(count.seconds),
              met=told["good"]["state"] == "paid" and alone, told=f"{told['good']['amount']} yuan")  # fmt: skip
    for name, reason in REASONS.items():
        one = told[name]
        ok = one["state"] == "refused" and one["amount"] is None and reason in str(one["why"]) and bool(one["clause"])
        number = "O-h" if name.startswith("after") else "O3"
        walk.note(number, f"refused: {name}", met=ok, told=f"pays nothing: {reason}, {one['document']} {one['clause']}")


def _explained(page: Page, claims: dict[str, str], walk: Walk) -> None:
    count = Count()
    page.goto("/office/claims?state=paid")
    count.click(page, f"a[href$='{claims['good']}']")
    shown = page.locator("main").inner_text()
    met = all(words in shown for words in ("条款", "政策版本", "材料", "怎样算出来", "谁看过"))
    walk.note("O-f", "why this money was paid", clicks=count.clicks, seconds=sum(count.seconds),
              met=met and count.clicks <= MOST_CLICKS and sum(count.seconds) <= MOST_S)  # fmt: skip


def _added_up(page: Page, walk: Walk) -> None:
    """A list drawn by the seed of an audit: one click to its grounds, whose factors give the score."""
    page.goto("/office/audit?seed=2018&n=5")
    count = Count()
    count.click(page, "main a[href*='/office/decisions/']")
    told = asked(page, page.url.replace(str(page.url).split("/office", maxsplit=1)[0], ""))["answer"]
    shown = told["shown"]
    off = abs(shown["p_apply"] * shown["p_hire"] * shown["p_keep"] - shown["fit"])
    factors = shown["fit"] * shown["priority_factor"] * shown["group_factor"] * shown["household_factor"]
    off = max(off, abs(factors - shown["slot_price"] - shown["score"]))
    stages = all(one["start"] + sum(step["units"] for step in one["steps"]) == one["end"] for one in shown["stages"])
    walk.note("O-f", "why this list", clicks=count.clicks, seconds=sum(count.seconds),
              met=off <= EXACT and stages and bool(told["pack"]) and count.clicks <= MOST_CLICKS
              and sum(count.seconds) <= MOST_S, told=f"factors give the score to {off:.1e}, terms exactly")  # fmt: skip


def _reported(county: County, walk: Walk) -> None:
    """The quarter twice from its frozen state."""
    seals = []
    for name in ("first.xlsx", "again.xlsx"):
        out = county.home.parent / name
        county.run("report", "quarterly", "--period", "2018-Q1", "--out", str(out), "--on", "2018-06-01")
        seals.append(hashlib.sha256(out.read_bytes()).hexdigest())
    walk.note("O-e", "the quarter's report again: same bytes", met=seals[0] == seals[1], told=f"sha256 {seals[0][:12]}")


def _altered(county: County, walk: Walk) -> None:
    """Sound as it stands; then, in a copy, one row of the audit is changed by somebody who owns the file."""
    copy = County(shutil.copytree(county.home, county.home.parent / "copy"))
    sound = copy.told("verify") == []
    with closing(sqlite3.connect(copy.home / "matcher.db")) as raw:
        kept = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            raw.execute(f"DROP TRIGGER {name}")
        seq = raw.execute("SELECT max(seq) / 2 FROM audit").fetchone()[0]
        raw.execute("UPDATE audit SET actor = 'somebody' WHERE seq = ?", (seq,))
        for _, sql in kept:
            raw.execute(sql)
        raw.commit()
    began = time.perf_counter()
    named = [(row["table"], row["row"]) for row in copy.told("verify", code=1)]
    walk.note("O-g", "one altered row named by `matcher verify`", met=sound and named == [("audit", str(seq))],
              seconds=time.perf_counter() - began, told=f"{named}")  # fmt: skip
