"""Ten thousand recipients, a worker killed twenty times: nobody gets a text twice, none is lost or lied about."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from crash_nursery import BATCH, WIRE
from delivering import NOW, Office, phone

from matcher.ports.gateways import Receipt
from matcher.records.texts import PartState, TextState

TESTS = Path(__file__).parents[2]
N_PEOPLE, N_KILLS, SEED = 10_000, 20, 20180201

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL and fork are POSIX")]


def nursery(folder: Path, *, seed: int, kills: int) -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, str(TESTS / "crash_nursery.py"), str(folder), str(seed), str(kills)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        env=dict(os.environ, PYTHONPATH=str(TESTS)),
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, list[str]] = json.loads(done.stdout)
    return told


def test_no_duplicate_and_nothing_lost(tmp_path):
    office = Office(tmp_path)
    office.people(N_PEOPLE)
    office.plan(range(N_PEOPLE))
    (tmp_path / "recipients.txt").write_text("".join(f"{phone(n)}\n" for n in range(N_PEOPLE)))
    told = nursery(tmp_path, seed=SEED, kills=N_KILLS)
    assert len(told["killed"]) == N_KILLS

    wire = [line.split()[0] for line in (tmp_path / WIRE).read_text().splitlines()]
    assert max(Counter(wire).values()) == 1
    kept = {text.text_id: text for text in office.texts.texts(sending_id="s1")}
    assert len(kept) == N_PEOPLE
    by_state = Counter(text.state for text in kept.values())
    assert set(by_state) == {TextState.ACCEPTED, TextState.UNKNOWN}
    # Whatever is told as taken is on the wire, and whatever is on the wire is told as taken or as unknown.
    taken = {text_id for text_id, text in kept.items() if text.state is TextState.ACCEPTED}
    unknown = kept.keys() - taken
    assert taken <= set(wire) <= kept.keys()
    # Unknown are those alone that were in the hands of a worker when it was killed.
    assert {kept[text_id].lease_by for text_id in unknown} <= set(told["killed"])
    assert 0 < len(unknown) <= N_KILLS * BATCH
    assert {kept[text_id].why for text_id in unknown} == {"lapsed"}
    assert unknown & set(wire)
    assert unknown - set(wire)
    # What came meanwhile of those on the wire is told once the carrier speaks.
    on_wire = sorted(unknown & set(wire))[:50]
    receipts = [
        Receipt(gateway="wire", text_id=text_id, part=place, state=PartState.DELIVERED, at=NOW)
        for text_id in on_wire
        for place in range(2)
    ]
    assert len(office.texts.join_receipts(receipts, keep_from=NOW)) == len(on_wire)
    assert {office.texts.texts(text_ids=[one])[0].state for one in on_wire} == {TextState.DELIVERED}
    office.close()
