"""A comparison loses what a broker may not hear exactly where the bands no longer settle it."""

from __future__ import annotations

import pytest

from matcher.privacy import NEUTRAL_ORDER, RESERVED_ORDER, Audience, compared_for

WEIGHTS = {"fall": {"start": 1}, "bars": [1], "order": "lexicographic_in_band", "same_band": False}


def step(name: str, result: str) -> dict[str, str]:
    return {"step": name, "ahead": "", "behind": "", "result": result}


def comparison(verdict: str, band: str, sentence: str = NEUTRAL_ORDER) -> dict:
    return {
        **WEIGHTS,
        "order_sentence": sentence,
        "stopped_at": "tier",
        "differences": ["d"],
        "steps": [step("verdict", verdict), step("fit_band", band), step("tier", "ahead")],
        "open_steps": [step("verdict", verdict), step("fit_band", band)],
    }


def test_the_office_hears_all_of_it():
    whole = comparison("equal", "equal")
    assert compared_for(Audience.OFFICE, whole) == whole


@pytest.mark.parametrize(
    ("verdict", "band", "settled"), [("ahead", "unused", "verdict"), ("equal", "ahead", "fit_band")]
)
def test_what_verdict_or_band_settles_is_told_with_its_weights(verdict, band, settled):
    told = compared_for(Audience.MEDIATOR, comparison(verdict, band))
    assert told["stopped_at"] == settled
    assert told["fall"] == {"start": 1}
    assert "tier" not in [row["step"] for row in told["steps"]]


@pytest.mark.parametrize("audience", [Audience.MEDIATOR, Audience.FIRM, Audience.PERSON])
def test_what_neither_settles_is_told_without_weights(audience):
    told = compared_for(audience, comparison("equal", "equal"))
    assert told["stopped_at"] == ""
    assert told.keys() & WEIGHTS.keys() == set()
    assert told["differences"] == ["d"]


def test_a_reserved_post_tells_no_band_and_no_weight():
    for verdict in ("equal", "ahead"):
        told = compared_for(Audience.MEDIATOR, comparison(verdict, "ahead", RESERVED_ORDER))
        assert [row["step"] for row in told["steps"]] == ["verdict"]
        assert told.keys() & WEIGHTS.keys() == set()


def test_people_who_are_not_listed_have_nothing_to_withhold():
    told = {"not_listed": [{"worker_id": "w"}]}
    assert compared_for(Audience.MEDIATOR, told) == told
