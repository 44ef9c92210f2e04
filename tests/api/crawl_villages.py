"""Villages of the crawl: one below the base year, given to a broker already, so that every form of it is there."""

from __future__ import annotations

from typing import Final

import county
from flask import Flask

from matcher.records.access import Role
from matcher.services.registers.assign import Act, assign_village
from matcher.services.registers.ledger import Asked, ledger
from matcher.services.registers.village_page import villages_of

NOWHERE: Final = "450206999201"
BOOKS: Final = ("registers", "two-lists", "villages", "households")


class Villages:
    """own : of the askers' township, the one below first; foreign : of another township."""

    def __init__(self, app: Flask, here: str, elsewhere: str) -> None:
        run = county.application_of(app)
        asked = Asked(on=run.today(), jurisdiction=run.settings.jurisdiction)
        book = ledger(run.store, run.means, asked)
        codes = [one.place.code for one in villages_of(book, run.deeds)]
        self.own = [code for code in codes if code.startswith(here)][:2]
        self.foreign = next(code for code in codes if code.startswith(elsewhere))
        broker = county.new_user(app, Role.BROKER, (here,))
        call = Act(village=self.own[0], actor="crawl", at=county.NOON, broker=broker)
        assign_village(book, run.deeds, run.access, call)
