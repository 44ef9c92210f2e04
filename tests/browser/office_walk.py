"""The officer's and the auditor's scenarios (O1, O2, O3) at full size in a browser: clicks, seconds.

    make office-walk                                 all three, 50,000 rows
    make office-walk WALK_ARGS="--rows 1000"         quicker, for a look

Too long for the tests; prints a table and ends with 1 if anything is not as promised. All people are invented.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.browsing import CHROMIUM
from tests.browser.walk_auditor import auditor
from tests.browser.walk_ledgers import ledgers
from tests.browser.walk_monday import letters, monday
from tests.browser.walk_rig import Walk, at_desk, made_county

SUMMER, LATER = "2018-06-01", "2026-06-01"
"""Days the county lives on: in the first document's years, and after the later ones have ended."""


def main(words: Sequence[str]) -> int:
    """Walk, print the table; 0 if every number is met."""
    parser = argparse.ArgumentParser(description="Walk through the scenarios of the county office in a browser.")
    parser.add_argument("--rows", type=int, default=50_000, help="rows of the roster and of the larger ledger")
    parser.add_argument("--only", choices=("O1", "O2", "O3"), help="one scenario alone")
    asked = parser.parse_args(words)
    walk = Walk()
    with tempfile.TemporaryDirectory(prefix="walk-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage"]
        )
        county = made_county(Path(folder))
        if asked.only in (None, "O1", "O2"):
            with county.served(SUMMER) as address, at_desk(browser, address, "liang") as page:
                if asked.only != "O2":
                    monday(page, county, walk, asked.rows)
                    letters(page, walk)
                if asked.only != "O1":
                    ledgers(page, county, walk, asked.rows)
        if asked.only in (None, "O3"):
            with county.served(LATER) as address:
                auditor(browser, address, county, walk)
        browser.close()
    print(walk.table())
    return 0 if walk.all_met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
