"""A county whose worker runs turn by turn on a clock set by hand, over a real database, into any carrier."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from delivering import Hands
from msgspec.structs import replace
from texting_county import COUNTY, OFFICER, SECOND

from matcher.bootstrap import Application
from matcher.gateways import Account
from matcher.ports.gateways import Gateway, Incoming
from matcher.records.texts import OutText, Sending, SendingState
from matcher.services.messages.deliver import Deliverer, Turn
from matcher.services.messages.desk import By, Desk
from matcher.services.messages.plan_texts import Planned, plan_texts
from matcher.services.messages.release import release_sending
from matcher.services.messages.send_batch import Post
from matcher.services.messages.take_reply import take_reply
from matcher.services.messages.timers import run_timers
from matcher.services.messages.write_lists import PlanTexts

PATIENCE_S = 15.0
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def account(home: Path, address: str, clock: Hands) -> Account:
    """An account at a carrier of the tests, on the clock of the test."""
    return Account(home=home, address=address, system_id="match", password="secret", source="106900001", now=clock.now)


class Rig:
    """A run, its worker and its carrier. smsc : the project's own, where it is that one."""

    def __init__(self, app: Application, gateway: Gateway, clock: Hands, smsc: Any = None) -> None:
        self.app, self.gateway, self.clock, self.smsc = app, gateway, clock, smsc
        self.desk: Desk = app.message_desk
        rules = self.desk.rules
        delivery = replace(rules.delivery, parts_per_second=1e9)
        self.post = Post(
            store=self.desk.store,
            texts=self.desk.texts,
            rules=replace(rules, delivery=delivery),
            gateway=gateway,
            trial_gateway=gateway,
            clock=clock,
            seconds=clock.seconds,
            on_reply=self._reply,
            by="worker",
            timers=lambda at: run_timers(self.app.message_desk, at),
        )
        self.worker = Deliverer(self.post)
        self.worker.begin()

    def _reply(self, incoming: Incoming) -> None:
        take_reply(self.app.message_desk, incoming, at=self.clock.now())

    def by(self, who: By = OFFICER) -> By:
        """An account at this moment."""
        return who._replace(at=self.clock.now())

    def plan(self, **call: Any) -> Planned:
        """A sending that waits to be let go."""
        return plan_texts(self.desk, PlanTexts(jurisdiction=COUNTY, **call), self.by())

    def release(self, sending: Sending) -> Sending:
        """Let go by as many accounts as the rules ask for."""
        after = release_sending(self.desk, sending.sending_id, self.by())
        if after.state is SendingState.WAITING:
            after = release_sending(self.desk, sending.sending_id, self.by(SECOND))
        return after

    def turn(self) -> Turn:
        """One turn; the rests of a carrier that was busy are over."""
        self.clock.at_s += 1000.0
        return self.worker.turn()

    def turns(self, until: Callable[[], object], *, while_waiting: Callable[[], object] = lambda: None) -> None:
        """Turns until something holds; the gateway's own waiting passes the time."""
        end = time.monotonic() + PATIENCE_S
        while not until():
            assert time.monotonic() < end, "waited in vain"
            self.turn()
            while_waiting()
            self.gateway.receive(0.02)

    def text(self, worker_id: str, purpose: str = "offer") -> OutText:
        """The last text of somebody."""
        return [text for text in self.desk.texts.texts(worker_id=worker_id) if text.purpose == purpose][-1]
