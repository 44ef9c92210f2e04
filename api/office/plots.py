"""The plots: who is offered land, who waits, whom to ask or judge, which terms end."""

from __future__ import annotations

from typing import Final

from flask import request

from api.audit import looked
from api.office.room import READERS, ROOM, number
from api.pages import Data, page
from api.state import jurisdiction, means, store, today
from api.viewer import viewer
from matcher.errors import InvalidInput
from matcher.services.office.plot_day import plot_day
from matcher.services.office.plot_page import TITLES, PlotPage, people_of, plot_page

LINES: Final = frozenset({"", *TITLES})


@page(ROOM, "/office/plots", "office/plots.html", roles=READERS)
def plots() -> Data:
    """Land by site and the beginning of every list; or one list (`line`) from a row (`skip`) on."""
    line = request.args.get("line", "")
    if line not in LINES:
        raise InvalidInput("没有这份名单", where="line", remedy="请从地块页重新点进来。")
    here, by = store(), means()
    day = plot_day(here, by, on=today(), jurisdiction=jurisdiction())
    told = plot_page(here, by, day, PlotPage(role=viewer().role, line=line, skip=number("skip", 0)))
    named = people_of(told)
    if named:
        looked("plots", named, {"line": line})
    return told
