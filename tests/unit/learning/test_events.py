"""An event folder is read whole, every bad row is told, and nothing synthetic mixes with what is real."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest

from matcher.errors import InvalidInput, Severity
from matcher.learning.event_rows import ROWS
from matcher.learning.events import log_of, read_events
from matcher.records.events import TABLES, Impression


def impression(**changes) -> dict:
    row = {
        "event_id": "i1", "ts": "2018-03-05T09:00:00Z", "synthetic": False, "season": "", "channel": "kiosk",
        "policy_id": "p", "model_sha": "m", "seed": 0, "worker_id": "w1", "household_id": "h1", "list_id": "l1",
        "slot": 1, "vacancy_id": "v1", "propensity": 1.0, "n_candidates": None, "p_apply": 0.2, "p_hire": 0.5,
        "p_keep": 0.5, "slot_price": 0.0, "score": 0.05, "openings_left": 3, "eligible_rules": [], "explore": False,
        "consent_version": "",
    }  # fmt: skip
    return row | changes


def lines(*rows: dict) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def test_every_field_of_our_own_schema_is_read_or_let_pass():
    ours = msgspec.convert(impression(), Impression)
    log = log_of({"impressions": msgspec.json.encode(ours)})
    assert log.problems == ()
    assert log.impressions[0].p_apply == 0.2
    for name, table in TABLES.items():
        missing = set(ROWS[name].__struct_fields__) - set(table.__struct_fields__)
        assert missing == set(), name


def test_a_row_of_another_program_may_say_less():
    log = log_of(
        {
            "reactions": lines(
                {"event_id": "r", "ts": "2018-03-06T00:00:00", "list_id": "l", "vacancy_id": "v", "kind": "apply"}
            ),
            "placements": lines(
                {"event_id": "p", "ts": "2018-03-06T08:00:00+08:00", "placement_id": "p", "worker_id": "w",
                 "vacancy_id": "v", "start": "2018-03-06", "evidence": "contract", "colour": "red"}
            ),
        }
    )  # fmt: skip
    assert log.problems == ()
    assert log.reactions[0].ts == log.placements[0].ts == datetime(2018, 3, 6, tzinfo=UTC)


def test_a_bad_row_is_told_and_counted():
    body = lines(impression(), impression(event_id="i2", slot=0), impression(event_id="i3", ts="yesterday")) + b"{\n"
    log = log_of({"impressions": body})
    assert [row.event_id for row in log.impressions] == ["i1"]
    assert log.counts["impressions"].n_lines == 4
    assert log.counts["impressions"].n_unreadable == 3
    assert [(problem.row, problem.column) for problem in log.problems] == [(2, "slot"), (3, "ts"), (4, "")]
    assert all(problem.fix for problem in log.problems)


def test_an_id_told_twice_counts_once_and_changes_no_hash():
    once = log_of({"impressions": lines(impression(), impression(event_id="i2"))})
    twice = log_of({"impressions": lines(impression(event_id="i2"), impression(), impression())})
    assert twice.counts["impressions"].n_repeated == 1
    assert twice.problems == ()
    assert twice.impressions == once.impressions
    assert twice.digest == once.digest


def test_an_id_with_two_meanings_is_told_and_the_first_counts():
    log = log_of({"impressions": lines(impression(), impression(slot=2))})
    assert [row.slot for row in log.impressions] == [1]
    (problem,) = log.problems
    assert (problem.row, problem.column, problem.severity) == (2, "event_id", Severity.WARNING)


def test_a_clock_that_runs_backwards_is_told_and_the_row_stays():
    log = log_of({"impressions": lines(impression(), impression(event_id="i0", ts="2018-03-05T08:59:59Z"))})
    assert [row.event_id for row in log.impressions] == ["i0", "i1"]
    assert [(problem.row, problem.column) for problem in log.problems] == [(2, "ts")]


@pytest.mark.parametrize("real", [1, 3])
def test_real_and_synthetic_rows_are_never_mixed(real):
    rows = [impression(event_id=f"r{ix}") for ix in range(real)]
    with pytest.raises(InvalidInput, match=f"{real} real, 2 synthetic") as caught:
        log_of({"impressions": lines(*rows, *(impression(event_id=f"s{ix}", synthetic=True) for ix in range(2)))})
    (problem,) = caught.value.problems
    assert (problem.row, problem.column) == ((1, "synthetic") if real == 1 else (4, "synthetic"))


def test_mixture_is_seen_across_tables(tmp_path):
    (tmp_path / "impressions.jsonl").write_bytes(lines(impression()))
    (tmp_path / "followups.jsonl").write_bytes(
        lines({"event_id": "f", "ts": "2018-09-05T09:00:00Z", "synthetic": True, "placement_id": "p", "day": 180,
               "status": "kept"})
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="mixed"):
        read_events(tmp_path)


def test_several_seasons_below_one_folder_are_one_log(tmp_path):
    for ix in range(2):
        folder = tmp_path / f"season-{ix}" / "events"
        folder.mkdir(parents=True)
        (folder / "impressions.jsonl").write_bytes(lines(impression(event_id=f"i{ix}"), impression(event_id="both")))
    log = read_events(tmp_path)
    assert {row.event_id for row in log.impressions} == {"i0", "i1", "both"}
    assert log.lines["i1"] == ("season-1/events/impressions.jsonl", 1)
    assert log.counts["impressions"].n_repeated == 1


def test_a_folder_without_tables_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="no table"):
        read_events(tmp_path)
    with pytest.raises(InvalidInput, match="no folder"):
        read_events(tmp_path / "missing")


def test_empty_tables_are_a_log_without_rows(tmp_path):
    (tmp_path / "impressions.jsonl").write_bytes(b"")
    log = read_events(tmp_path)
    assert (len(log), log.known_until, log.window, log.synthetic) == (0, None, None, False)
