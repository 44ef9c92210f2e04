"""How tests call `matcher allocate` and read what it tells."""

from __future__ import annotations

import json

import msgspec
from command_line import COUNTY, ON, vacancy

CHANNEL = "other_labour_export"


YES = {"consent": {"share_with_employer": True}}


DAY = ("--on", ON, "--jurisdiction", COUNTY)


KEPT = [{"vacancy_id": "v2", "group": "relocated", "places": 1}]


BUS = [{"bus_id": "b", "vacancies": ["v1", "v2"], "seats": 2}]


def allocate(office, *options, channel=CHANNEL, name="sent.jsonl"):
    """Run `allocate`; its first line and the lines of those who are sent."""
    path = office.home / name
    answer = office.ok("allocate", "--channel", channel, "--out", path, *DAY, *options)
    assert answer.out == b""
    first, *sent = (msgspec.json.decode(line) for line in path.read_bytes().splitlines())
    return first, sent


def places(sent):
    return {line["worker_id"]: line["vacancy_id"] for line in sent}


def stays(first):
    return {entry["worker_id"]: entry["reasons"][0]["rule_id"] for entry in first["unplaced"]}


def post(vacancy_id, **fields):
    return vacancy(vacancy_id, **({"channel": CHANNEL} | fields))


def words(first):
    return {entry["worker_id"]: entry["reasons"][0]["sentence"] for entry in first["unplaced"]}


def limits(office, **said):
    path = office.home / "limits.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    return "--limits", path
