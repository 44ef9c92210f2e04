"""A dirty Monday in small (the whole: `python -m tests.browser.office_walk`): every fault told, none silently."""

from __future__ import annotations

import io
from collections import Counter

from dirty_monday import REPAIRED, broken_letters, roster, workbook
from flask.testing import FlaskClient
from office_desk import desk

from api.v1.attendant import attendant_of

N_ROWS, N_REPAIRED, N_WRONG = 400, 131, 57
N_LINES, N_BEYOND = 106, 4


def previewed(client: FlaskClient, csrf: str, body: bytes) -> dict:
    form = {"csrf": csrf, "kind": "workers", "file": (io.BytesIO(body), "周报.xlsx")}
    answer = client.post("/office/imports", data=form, content_type="multipart/form-data")
    assert attendant_of(client.application).rest(60)
    return {part: cells_of(client, answer.location, part) for part in ("errors", "repairs", "warnings")} | {
        "told": client.get(f"{answer.location}.json").get_json()["told"]
    }


def cells_of(client: FlaskClient, address: str, part: str) -> list[dict]:
    rows: list[dict] = []
    while True:
        found = client.get(f"{address}.json", query_string={part: len(rows)}).get_json()["told"][part]
        rows += found["rows"]
        if not found["next"]:
            return rows


def test_188_seeded_faults_are_counted_exactly_and_stand_in_the_senders_rows(app):
    sent = roster(N_ROWS)
    found = previewed(*desk(app), workbook(sent.headers, sent.cells))
    told = found["told"]
    assert (told["fine"], told["repaired"], told["rejected"], told["lost"]) == (
        N_ROWS - N_REPAIRED - N_WRONG, N_REPAIRED, N_WRONG, 0
    )  # fmt: skip
    for part, repaired in (("errors", False), ("repairs", True)):
        rows = sorted(ix + 2 for ix, fault in sent.faulty.items() if (fault in REPAIRED) is repaired)
        assert sorted({cell["row"] for cell in found[part]}) == rows
    assert all(cell["found"] != cell["expected"] for cell in found["repairs"])


def test_lines_of_broken_letters_are_repaired_and_those_beyond_repair_are_told(app):
    found = previewed(*desk(app), workbook(*broken_letters(N_LINES, N_BEYOND)))
    fixed = {cell["row"] for cell in found["repairs"]}
    lost = {cell["row"] for part in ("errors", "warnings") for cell in found[part]} - fixed
    assert (len(fixed), len(lost)) == (N_LINES - N_BEYOND, N_BEYOND), Counter(c["fix"] for c in found["warnings"])
