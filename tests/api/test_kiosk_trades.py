"""Kinds of work on the kiosk are said as people say them, each with a pictogram and a recording."""

from __future__ import annotations

import re
from pathlib import Path

from test_kiosk_flow import press

from matcher.language.classification import classification, occupation_name
from matcher.services.kiosk.speech import key_of
from matcher.services.kiosk.trades import trades, trades_told
from matcher.services.kiosk.voices import catalogue

ICONS = Path(__file__).parents[2] / "api/templates/icons.html"


def test_each_group_exists_and_has_its_own_short_name_a_drawn_pictogram_and_a_recording():
    known = trades()
    drawn = set(re.findall(r"^  '(\w+)': '<", ICONS.read_text("utf-8"), re.MULTILINE))
    keys = {entry.key for entry in catalogue().entries}
    codes = classification().names
    names = [trade.name for trade in known.values()]
    assert len(set(names)) == len(names) >= 40
    for group, trade in known.items():
        assert any(code.startswith(group) for code in codes), group
        assert trade.picture in drawn, trade
        assert key_of(trade.name) in keys, trade
        assert not re.search("人员|工程|及有关", trade.name), trade


def test_the_choices_are_the_commonest_groups_with_a_spoken_name():
    facets = [
        {"value": "unknown", "label": "看不出工种", "count": 9},
        {"value": "6-05-01", "label": occupation_name("6-05-01-00"), "count": 8},
        {"value": "2-04-01", "label": "飞行人员和领航人员", "count": 7},
        {"value": "6-29-01", "label": "房屋建筑施工人员", "count": 2},
        {"value": "6-25-04", "label": "电子设备装配调试人员", "count": 1},
    ]
    told = [(row["value"], row["label"], row["picture"], row["count"]) for row in trades_told(facets, 2)]
    assert told == [("6-05-01", "缝纫", "sewing", 8), ("6-29-01", "建筑", "town", 2)]
    assert trades_told(facets[:1], 5) == []


def test_the_page_says_no_official_name_and_each_choice_finds_its_jobs(client):
    press(client, "/kiosk/look")
    press(client, "/kiosk/where", where="any")
    rows = client.get("/kiosk/trade.json").json["trades"]
    assert rows
    page = client.get("/kiosk/trade").text
    for row in rows:
        assert f">{row['label']}</strong>" in page
        assert row["label"] != occupation_name(f"{row['value']}-00")
        assert f'<symbol id="i-{row["picture"]}"' in page
    assert "人员" not in page
    press(client, "/kiosk/trade", trade=rows[0]["value"])
    assert len(client.get("/kiosk/jobs.json").json["jobs"]) == min(3, rows[0]["count"])
