"""How many calls an asker may make a minute: a bucket of tokens each, in memory."""

from __future__ import annotations

from collections.abc import Hashable
from math import ceil
from threading import Lock
from typing import Final

from flask import Flask

from api.present import asked, site
from api.state import KEY as STATE
from api.state import now
from api.viewer import viewer
from matcher.errors import TooMany

KEY: Final = "matcher.allowances"
STATIC: Final = "/static/"
SIGNED: Final = frozenset({"/sms/receipt", "/sms/reply"})
"""Calls of a gateway that carry our own signature: those without one are counted where it is looked for."""
SHARED: Final = 4
"""Nameless callers of one address share a bucket of this many allowances: a hall's kiosks stand behind one router."""
MOST_BUCKETS: Final = 10_000
MINUTE_S: Final = 60


class Allowance:
    """`per_minute` calls a minute for each asker, all of which may come at once after a minute's rest.

    A token bucket: it holds `per_minute` at most, fills evenly, and a call takes one. Of one process; a second
    process has buckets of its own.
    """

    def __init__(self, per_minute: int) -> None:
        self._size = float(per_minute)
        self._per_second = per_minute / MINUTE_S
        self._buckets: dict[Hashable, tuple[float, float]] = {}
        self._lock = Lock()

    def wait_s(self, asker: Hashable, at: float) -> int:
        """Take one call of the asker's bucket at a time in seconds: 0, or after how many seconds one will be there."""
        with self._lock:
            held, since = self._buckets.get(asker, (self._size, at))
            held = min(self._size, held + max(0.0, at - since) * self._per_second)
            enough = held >= 1
            self._buckets[asker] = (held - 1 if enough else held, at)
            if len(self._buckets) > MOST_BUCKETS:
                self._forget_rested(at)
        return 0 if enough else max(1, ceil((1 - held) / self._per_second))

    def _forget_rested(self, at: float) -> None:
        """Drop those who have rested for a minute: their bucket is full, which is what an unknown asker's is."""
        self._buckets = {asker: bucket for asker, bucket in self._buckets.items() if at - bucket[1] < MINUTE_S}


class Allowances:
    """The buckets of one application."""

    def __init__(self, calls_per_minute: int, sign_ins_per_minute: int) -> None:
        self.named = Allowance(calls_per_minute)
        self.nameless = Allowance(calls_per_minute * SHARED)
        self.sign_ins = Allowance(sign_ins_per_minute)


def attach(app: Flask) -> None:
    """Give the application its buckets, filled as its settings say."""
    settings = app.extensions[STATE].application.settings
    app.extensions[KEY] = Allowances(settings.requests_per_minute, settings.sign_ins_per_minute)


def check() -> None:
    """Refuse a call beyond the asker's allowance with TooMany; files that everybody gets are free."""
    path = asked().path
    if path.startswith(STATIC) or path in SIGNED:
        return
    asker = viewer()
    if asker.scopes or (asker.session and asker.session.user):
        _take(_allowances().named, asker.actor)
    else:
        check_stranger()


def check_stranger() -> None:
    """Count a call of somebody whom only the address tells."""
    _take(_allowances().nameless, asked().remote_addr)


def check_sign_in(name: str) -> None:
    """Refuse a try to sign in beyond the allowance of the name or of the address.

    By name against many addresses that guess one password, by address against one that tries many names.
    """
    _take(_allowances().sign_ins, ("address", asked().remote_addr))
    _take(_allowances().sign_ins, ("name", name.casefold()))


def _take(allowance: Allowance, asker: Hashable) -> None:
    wait_s = allowance.wait_s(asker, now().timestamp())
    if wait_s:
        raise TooMany("请求太多，请稍等", wait_s=wait_s, remedy=f"请等{wait_s}秒再试。")


def _allowances() -> Allowances:
    found: Allowances = site().extensions[KEY]
    return found
