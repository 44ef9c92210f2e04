"""W3: a 52-year-old who sews is shown sewing, the plot beside it; sex and ethnicity move nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import county
import pytest
from test_kiosk_flow import press, with_list, worker_of

from matcher.ports import Batch, Change
from matcher.records import Kind

BORN = date(1966, 3, 1)
"""52 on the county's day."""
SEWER = {
    "birth_date": BORN, "wish_to_work": True, "needs_daily_return": True, "skills": ["平车"],
    "off_farm_hard": {"value": False, "by": "村委", "on": "2018-05-01", "grounds": "会平车"},
    "consent": {"plot": True, "plot_on": "2018-05-01"},
}  # fmt: skip
SEWN = ("缝", "平车", "车位", "衣", "裁", "针车")


def written(app: Any, worker_id: str, fields: dict[str, Any], identity: dict[str, str] | None = None) -> None:
    change = Change(record_id=worker_id, sheet="", row=2, fields=fields, identity=identity)
    batch_id = f"b-{len(county.application_of(app).store.batches())}"
    batch = Batch(batch_id=batch_id, kind=Kind.WORKERS, file="x", file_sha256="0" * 64, imported_at=county.NOON)
    county.application_of(app).store.write_batch(batch, [change])


@pytest.fixture
def stall(make_app):
    """A kiosk, and the worker of its first card made the sewer of the scenario."""
    app = make_app()
    worker_id = worker_of(app, "sewer")
    written(app, worker_id, SEWER)
    return app, worker_id


def shown(app: Any, key: str = "sewer") -> dict[str, Any]:
    client = app.test_client()
    with_list(client, key, where="home")
    told: dict[str, Any] = client.get("/kiosk/jobs.json").json
    press(client, "/kiosk/over")
    return told


def test_sewing_stands_first_and_the_plot_beside_it(stall):
    app, _ = stall
    told = shown(app)
    assert any(word in told["jobs"][0]["title"] for word in SEWN)
    assert len(told["jobs"]) == 3
    assert told["plot"]
    assert told["plot"]["first"] is False


@pytest.mark.parametrize(
    ("fields", "identity"), [({"sex": "male"}, None), ({"sex": "female"}, None), ({}, {"ethnicity": "壮族"})]
)
def test_sex_and_ethnicity_move_nothing(stall, fields, identity):
    app, worker_id = stall
    written(app, worker_id, {"sex": "female"}, {"ethnicity": "汉族"})
    before = shown(app)
    written(app, worker_id, fields, identity)
    assert shown(app) == before


def test_the_plot_may_stand_first_for_whom_the_village_judged_so(stall):
    app, _ = stall
    worker_id = worker_of(app, "plain")
    hard = {"value": True, "by": "村委", "on": "2018-05-01", "grounds": "多次应聘未成"}
    written(app, worker_id, {"birth_date": BORN, "skills": [], "off_farm_hard": hard, "consent": SEWER["consent"]})
    assert worker_of(app, "plain") == worker_id
    assert shown(app, "plain")["plot"]["first"] is True
    client = app.test_client()
    with_list(client, "plain", where="home")
    page = client.get("/kiosk/jobs").text
    assert page.index("微田园") < page.index("选1号")
