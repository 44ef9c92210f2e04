"""What every template knows: the county's name, whether its data is synthetic, who looks."""

from __future__ import annotations

from typing import Any, Final

from flask import current_app, g

from api.state import means, state
from matcher.services.county_name import county_name

KEY: Final = "matcher.county"


def names() -> dict[str, Any]:
    """`county`: short name, "" if no jurisdiction is set; `synthetic`: a demonstration; `viewer`: who looks."""
    settings = state().application.settings
    if KEY not in current_app.extensions:
        current_app.extensions[KEY] = county_name(means().packs, settings.jurisdiction)
    return {"county": current_app.extensions[KEY], "synthetic": settings.demo, "viewer": g.get("viewer")}
