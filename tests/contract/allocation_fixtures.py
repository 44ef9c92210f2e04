"""The office that tests of allocations share."""

from __future__ import annotations

import pytest
from allocating import YES, post
from command_line import jsonl, worker


@pytest.fixture
def bureau(blank, tmp_path):
    """Six people, one who was never asked, one who said no and one who does not wish to; two posts for three."""
    people = [worker(f"w{n}", **YES, household_id=f"h{n // 2}", sex="female" if n % 2 else "male") for n in range(6)]
    people += [
        worker("asked_nothing"),
        worker("said_no", consent={"share_with_employer": False}),
        worker("no_wish", **YES, wish_to_work=False),
        worker("unknown", **YES, birth_date=None),
        worker("elsewhere", **YES, travel_range="village"),
    ]
    homes = [{"household_id": f"h{n}", "employed_members": 0} for n in range(3)]
    posts = [
        post("v1", headcount=2, age_max=45),
        post("v2", headcount=1, age_max=45),
        post("other", channel="workshop"),
    ]
    blank.load("households", jsonl(tmp_path / "h.jsonl", homes))
    blank.load("workers", jsonl(tmp_path / "w.jsonl", people))
    blank.load("vacancies", jsonl(tmp_path / "v.jsonl", posts))
    return blank
