"""What every template knows: the county's name, whether its data is synthetic, who looks."""

from __future__ import annotations

from typing import Any, Final

from flask import current_app, g

from api.state import means, state
from matcher.services.ground.county_name import county_name

KEY: Final = "matcher.county"


def names() -> dict[str, Any]:
    """`county`: short name, "" if no jurisdiction is set; `synthetic`: a demonstration; `viewer`: who looks."""
    settings = state().application.settings
    # A kiosk learns its county with its first fair pack.
    known, name = current_app.extensions.get(KEY, (None, ""))
    if known != settings.jurisdiction:
        name = county_name(means().packs, settings.jurisdiction)
        current_app.extensions[KEY] = (settings.jurisdiction, name)
    return {"county": name, "synthetic": settings.demo, "viewer": g.get("viewer")}
