"""What section 4 promises of every list and item, worked out again from what is shown."""

from __future__ import annotations

import pytest
from command_line import COUNTY, ON

DAY = ("--on", ON, "--jurisdiction", COUNTY)
HEADING = {"on", "jurisdiction", "model", "pack", "decision_id", "plan", "lists"}
ITEM = {
    "rank", "verdict", "questions", "fit", "p_apply", "p_hire", "p_keep", "fit_band", "household_factor",
    "priority_factor", "group_factor", "slot_price", "score", "tier", "stretch", "sentence", "drawback",
}  # fmt: skip


def mean_bar(item):
    return item["fit"] ** (1 / 3)


def check_item(item, *, explained):
    """What section 4 promises of an item whatever the pair."""
    assert item.keys() >= ITEM
    assert item["verdict"] in ("yes", "unknown")
    assert bool(item["questions"]) == (item["verdict"] == "unknown")
    assert item["fit"] == pytest.approx(item["p_apply"] * item["p_hire"] * item["p_keep"], abs=1e-9)
    assert item["fit_band"] == int(10 * mean_bar(item) + 1e-9)
    value = item["fit"] * item["household_factor"] * item["priority_factor"] * item["group_factor"]
    assert item["score"] == pytest.approx(value - item["slot_price"], abs=1e-9)
    assert item["stretch"] in (True, False)
    assert item["sentence"]
    assert item["drawback"]
    assert ("explanation" in item) == explained
    if explained:
        product = 1.0
        for stage in item["explanation"]["stages"]:
            shares = sum(share["value"] for share in stage["contributions"])
            assert stage["intercept"] + shares == pytest.approx(stage["log_odds"], abs=1e-9)
            assert all(share["sentence"] for share in stage["contributions"])
            # The probability comes from a committed table of multiples of 2^-14.
            logistic = 1 / (1 + 2.718281828459045 ** -stage["log_odds"])
            assert item[f"p_{stage['stage']}"] == pytest.approx(logistic, abs=2**-13)
            product *= item[f"p_{stage['stage']}"]
        assert [stage["stage"] for stage in item["explanation"]["stages"]] == ["apply", "hire", "keep"]
        assert product == pytest.approx(item["fit"], abs=1e-9)
        assert all(rule["sentence"] for rule in item["explanation"]["rules"])


def liujiang_tier(person):
    """三档 of the document (section 1): relocated poor, poor, others; what is unknown lifts nobody."""
    poor = bool(person.registered_poor or person.out_of_poverty)
    relocated = bool(person.relocated or (person.relocated is None and person.relocation_site))
    return 2 if not poor else (0 if relocated else 1)
