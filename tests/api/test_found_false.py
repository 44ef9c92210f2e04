"""A look finds a placement false: from that day it is in no list and no total, and what was frozen before stays."""

from __future__ import annotations

from datetime import timedelta

import county
import pytest
from office_desk import ON, desk

STATE = ("on", "revision", "deeds", "county_figures")


@pytest.fixture
def officer(tmp_path, seeded):
    with county.opened(county.copied(seeded, tmp_path / "home")) as app:
        yield desk(app)


def told(client, path, **asked):
    answer = client.get(f"{path}.json", query_string=asked)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def posted(asker, path, **form):
    client, csrf = asker
    answer = client.post(path, data={"csrf": csrf, **form})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer


def listed(client, figure, **asked):
    """Everybody of a list, page after page."""
    found, skip = set(), 0
    while True:
        page = told(client, "/office/two-lists", list=figure, skip=skip, **asked)
        found |= {row["worker_id"] for row in page["rows"]}
        skip = page["next"]
        if not skip:
            assert len(found) == page["n"]
            return found


def test_it_leaves_lists_and_totals_from_that_day_and_nothing_frozen_before(officer):
    client = officer[0]
    first = posted(officer, "/office/visits/sample", seed="9", per_stratum="500").location
    page = told(client, "/office/visits/sample", id=client.get(first).request.args["id"])["sample"]
    employed, unproved = listed(client, "employed_list"), listed(client, "unproved")
    total = told(client, "/office/visits")["total"]
    frozen = {name: told(client, "/office/two-lists")[name] for name in STATE}
    rows = [row for part in page["strata"] for row in part["rows"] if row["worker_id"] in employed]
    ids = [row["worker_id"] for row in rows]
    row = next(row for row in rows if ids.count(row["worker_id"]) == 1 and row["start"] < ON.isoformat())
    form = {"sample_id": page["sample_id"], "placement_id": row["placement_id"]}

    posted(officer, "/office/visits/sample/found", **form, result="false")
    one = {row["worker_id"]}
    assert listed(client, "employed_list") == employed - one
    assert listed(client, "unproved") == unproved | one
    assert told(client, "/office/visits")["total"] == total - 1
    left_out = told(client, "/office/visits", grade="D")["rows"]
    assert [other["left_out"] for other in left_out if other["placement_id"] == row["placement_id"]] == [
        "抽查查明不属实"
    ]
    assert one <= listed(client, "employed_list", on=(ON - timedelta(days=1)).isoformat())
    assert listed(client, "employed_list", **frozen) == employed

    posted(officer, "/office/visits/sample/found", **form, result="real")
    assert listed(client, "employed_list") == employed
    assert told(client, "/office/visits")["total"] == total
