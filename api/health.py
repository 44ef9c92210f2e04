"""Is the server sound? For load balancers and for whoever looks after the county's machine."""

from __future__ import annotations

from typing import Any

from api.state import state
from matcher.services import health as checks


def health() -> dict[str, Any]:
    """`status` is the worst of `checks`: ok, warning or fault (then HTTP says 503).

    Anybody may ask, so a part tells its state alone: no path, no address, no figure of the county.
    """
    run = state().application
    found = (
        checks.database(lambda: state().records, run.settings),
        checks.packs_load(lambda: run.means),
        checks.model(lambda: run.means),
        checks.disk(run.settings),
        checks.queue(lambda: run.access),
    )
    return {
        "status": checks.worst(found).value,
        "checks": [{"part": each.part, "state": each.state.value} for each in found],
    }
