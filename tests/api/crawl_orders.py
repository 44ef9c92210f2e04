"""Orders with seats for the crawl: one of each asker's own that is open, and one whose bus has left."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import county
from crawl_calls import Asker
from flask import Flask

from matcher.orders import boarding, book
from matcher.orders.follow_ups import follow_ups_of
from matcher.orders.seats import Rule
from matcher.records.access import Role
from matcher.records.orders import Call, CallOutcome, Draft, LabourOrder, OrderState
from matcher.services.broker.open_order import FORM

DESKS = frozenset({Role.BROKER, Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR})
"""Who opens pages of orders at all; for the rest two orders are kept that everybody shares."""


class Orders:
    """Makes orders for a post of people of a township; whoever says yes says so in one order only."""

    def __init__(self, app: Flask, people: list[Any], posts: list[str]) -> None:
        self._application = county.application_of(app)
        self._posts = itertools.cycle(posts)
        self._post = posts[0]
        homes: dict[str, list[str]] = {}
        for one in people:
            homes.setdefault(one.household_id or one.worker_id, []).append(one.worker_id)
        self._family = next((members[:2] for members in homes.values() if len(members) > 1), [])
        agreed = [one.worker_id for one in people if one.consent and one.consent.share_with_employer]
        self._yes = iter(worker_id for worker_id in agreed if worker_id not in self._family)
        self._shared: tuple[list[str], list[str]] = ([], [])

    def of(self, asker: Asker, township: str, people: list[str]) -> tuple[list[str], list[str]]:
        """Ids of an asker's orders and of a question that is due."""
        if asker.role in DESKS and not asker.api:
            return self._pair(asker.name.replace(" ", "_"), township, people)
        if not self._shared[0]:
            self._shared = self._pair("shared", township, people)
        return self._shared

    def open(self, name: str, region: str, people: list[str], *, yes: tuple[str, ...] = (), days: int = 3) -> str:
        """Id of an open order with people listed, whose bus leaves `days` after noon; `yes` have a seat."""
        order = LabourOrder(
            order_id=f"o-crawl-{name}",
            vacancy_id=self._post,
            region_code=region,
            n_seats=4,
            state=OrderState.OPEN,
            departs_at=county.NOON + timedelta(days=days),
            pickup="街口",
            broker="crawl",
            created_at=county.NOON,
        )
        rule = Rule(county.NOON, timedelta(hours=48))
        order = book.listed(order, [*yes, *people], list_id="", rule=rule)
        for worker_id in yes:
            order = book.answered(order, worker_id, Call(at=rule.at, by="crawl", outcome=CallOutcome.GO), rule)
        self._application.orders.add_order(order)
        return order.order_id

    def _waiting(self, name: str, township: str) -> None:
        """Two orders that wait for an officer: one to be agreed to, one that can only be turned down."""
        for ending, terms in (("asks", ""), ("halts", "女工优先")):
            order = LabourOrder(
                order_id=f"o-crawl-{name}_{ending}",
                vacancy_id=f"v-o-crawl-{name}-{ending}",
                region_code=township,
                n_seats=2,
                broker="crawl",
                created_at=county.NOON,
            )
            form = {
                "employer": "样例新厂",
                "place": "柳州市柳江区",
                "trade": "缝纫工",
                "headcount": "2",
                "terms": terms,
            }
            kept = Draft(owner=f"order:{order.order_id}", form=FORM, kept_at=county.NOON, fields=form)
            self._application.orders.add_order(order)
            self._application.orders.put_draft(kept)

    def _pair(self, name: str, township: str, people: list[str]) -> tuple[list[str], list[str]]:
        self._post = next(self._posts)
        yes = tuple(worker_id for worker_id in (next(self._yes, ""), next(self._yes, "")) if worker_id)
        here = self.open(name, township, [*self._family, *people], yes=yes)
        # Its bus leaves today: before the day of the bus nobody is checked in, and none departs.
        today = self.open(f"{name}_today", township, people[2:], yes=tuple(filter(None, [next(self._yes, "")])), days=0)
        gone = self.open(f"{name}_gone", township, people[1:], yes=people[:1])
        rule = Rule(county.NOON + timedelta(days=3), timedelta(hours=48))

        def leave(order: LabourOrder, _: object) -> LabourOrder:
            return boarding.departed(boarding.checked_in(order, people[0], "crawl", rule), rule)

        left = self._application.orders.change_order(gone, leave)
        asked = follow_ups_of(left, self._application.today() - timedelta(days=8))
        self._application.orders.put_follow_ups(asked)
        self._waiting(name, township)
        return [here, today, gone], [asked[0].follow_up_id]
