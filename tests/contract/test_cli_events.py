"""`matcher events export`: the six files of CONTRACT section 6, the same bytes again, a season's lists alone."""

from __future__ import annotations

import json

from command_line import COUNTY, ON, SEASON

FILES = {f"{name}.jsonl" for name in ("impressions", "reactions", "decisions", "placements", "followups", "snapshots")}


def test_six_files_of_what_happened_and_the_same_bytes_again(readable_county, records, tmp_path):
    worker = next(one for one in records.workers if one.wish_to_work)
    readable_county.ok("recommend", "--worker", worker.worker_id, "--on", ON, "--jurisdiction", COUNTY)
    told = [readable_county.ok("events", "export", tmp_path / name) for name in ("once", "again")]
    once = {path.name: path.read_bytes() for path in (tmp_path / "once").iterdir()}
    assert once == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    assert set(once) == FILES
    assert told[0].json == {name.removesuffix(".jsonl"): body.count(b"\n") for name, body in once.items()}
    assert told[0].json["impressions"] > 0
    for body in once.values():
        for line in body.splitlines():
            row = json.loads(line)
            assert row["event_id"]
            assert row["ts"].endswith("Z")
    kinds = {"event_id", "ts", "season", "kind", "id", "fields", "synthetic"}
    assert {frozenset(json.loads(line)) for line in once["snapshots.jsonl"].splitlines()} == {frozenset(kinds)}
    assert worker.worker_id.encode() in once["impressions.jsonl"]


def test_another_season_holds_nothing_of_it(readable_county, tmp_path):
    held = readable_county.ok("events", "export", tmp_path / "in", "--season", SEASON).json
    past = readable_county.ok("events", "export", tmp_path / "out", "--season", "2001-01-01/2001-12-31").json
    assert held["impressions"] >= 0
    assert past == dict.fromkeys(held, 0)


def test_a_season_or_folder_that_is_none_is_wrong_usage(readable_county, tmp_path):
    assert readable_county("events", "export", tmp_path / "x", "--season", "summer").code == 2
    (tmp_path / "file").write_text("")
    assert readable_county("events", "export", tmp_path / "file").code == 2
