"""Claims for the crawl: of each officer's own one that is ready, one that lacks something, a payment file, a class."""

from __future__ import annotations

import itertools
import json

from claims_county import approved, desk, paid_file, proposed, station_line
from crawl_calls import Asker
from crawl_orders import DESKS
from flask import Flask

from matcher.records.access import Role
from matcher.services.claims.programmes import record_programmes

OFFICES = DESKS - {Role.BROKER}


class OfficeClaims:
    """Ids of claims, payment files and classes by kind; stations, so that nobody's person is about to be paid."""

    def __init__(self, app: Flask, township: str, elsewhere: str) -> None:
        self._app, self._township = app, township
        self._turns = itertools.count()
        self._shared: dict[str, list[str]] = {}
        self.foreign = {name: ids[0] for name, ids in self._made(elsewhere).items()}

    def of(self, asker: Asker) -> dict[str, list[str]]:
        """An asker's own, where the role opens such pages at all; the others share."""
        if asker.role in OFFICES and not asker.api:
            return self._made(self._township)
        if not self._shared:
            self._shared = self._made(self._township)
        return self._shared

    def _made(self, place: str) -> dict[str, list[str]]:
        ready, lacking, payable, sent = self._stations(place)
        approved(self._app, payable)
        paid = paid_file(self._app, [approved(self._app, sent)])
        return {"claim": [ready, lacking], "payment": [paid], "programme": [self._class(place)]}

    def _class(self, place: str) -> str:
        """A class that was to begin, nobody on its roster yet."""
        name = f"k-crawl-{next(self._turns)}"
        plan = {"kind": "class", "title": "缝纫班", "on": "2018-05-02", "place": place}
        record_programmes(desk(self._app), [json.dumps({"id": name, "plan": plan})])
        return name

    def _stations(self, place: str) -> list[str]:
        names = [f"s-crawl-{next(self._turns)}" for _ in range(4)]
        lines = [station_line(name, place, months=None if n == 1 else 12) for n, name in enumerate(names)]
        return proposed(self._app, lines)
