"""Prometheus metrics: how many requests, how long, how they ended; imports by state; answers given by kind.

One registry an application. With `PROMETHEUS_MULTIPROC_DIR` set, as `matcher serve --workers` does, the counts of all
worker processes are told together, whichever of them is asked.
"""

from __future__ import annotations

import os
import platform
import re
from collections import Counter as Tally
from collections.abc import Iterator
from functools import cache
from ipaddress import ip_address
from typing import Any, Final, cast

from flask import Flask, Response, make_response, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

import matcher
from api.auth.roles import require_scope
from api.logs import UNMATCHED, elapsed_s, named
from api.present import site
from api.state import access, state_of
from matcher.ports import Decision, RosterStore
from matcher.records.access import AuditEntry, Scope

KEY: Final = "matcher.metrics"
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
MULTIPROC: Final = "PROMETHEUS_MULTIPROC_DIR"
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
JOB_STATES: Final = ("queued", "running", "done", "failed", "interrupted")
# A page of another site that has its own name point here (DNS rebinding) asks from this machine, under its name.
OWN_NAME: Final = re.compile(r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
# A request with any of these came through a proxy: its address is the proxy's.
FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


class Meters:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "matcher_requests", "Requests answered", ("rule", "method", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "matcher_request_seconds",
            "Seconds until an answer's first byte",
            ("rule", "method"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._answered: Final[dict[tuple[str, str, int], Any]] = {}
        self._took: Final[dict[tuple[str, str], Any]] = {}
        self.decisions = Counter("matcher_decisions", "Answers given and logged", ("kind",), registry=self.registry)

    def count(self, rule: str, method: str, status: int, seconds: float) -> None:
        """Count an answer; its counters are looked for once."""
        answered, took = self._answered.get((rule, method, status)), self._took.get((rule, method))
        if answered is None:
            answered = self._answered[rule, method, status] = self.requests.labels(rule, method, str(status))
        if took is None:
            took = self._took[rule, method] = self.seconds.labels(rule, method)
        answered.inc()
        took.observe(seconds)

    def text(self) -> bytes:
        """Everything in the text format of Prometheus."""
        counted = self.registry
        if os.environ.get(MULTIPROC):
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        beside = CollectorRegistry()
        beside.register(_Beside())
        return generate_latest(counted) + generate_latest(beside)


class _Beside:
    """What is read when it is asked for: the program's version, and the imports as the database has them."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        build = GaugeMetricFamily("matcher_build_info", "Version of the program", labels=("version", "python"))
        build.add_metric([matcher.__version__, platform.python_version()], 1)
        yield build
        states = Tally(job.state for job in access().jobs())
        imports = GaugeMetricFamily("matcher_imports", "Imports over HTTP by state", labels=("state",))
        for state in JOB_STATES:
            imports.add_metric([state], states[state])
        yield imports


class _Counted:
    """A store that counts the answers it logs."""

    def __init__(self, store: RosterStore, meters: Meters) -> None:
        self._store = store
        self._counter = cache(meters.decisions.labels)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def append_decision(self, decision: Decision, entry: AuditEntry | None = None) -> None:
        """Log an answer and count it."""
        self._store.append_decision(decision, entry)
        self._counter(decision.kind).inc()


def init_app(app: Flask) -> None:
    """Count requests and their seconds, and answer `/metrics`."""
    meters = app.extensions[KEY] = Meters()
    state_of(app).watched = lambda store: cast(RosterStore, _Counted(store, meters))
    app.after_request(_count)
    app.add_url_rule("/metrics", endpoint="metrics", view_func=page, methods=["GET"])


def page() -> Response:
    """The metrics, for a token with the scope `metrics`, or for this machine itself without any.

    This machine: the address is 127.0.0.1 or ::1, the name asked for is this machine's own, and no header says that a
    proxy passed the request on. A proxy on the same machine that adds no such header must keep `/metrics` to itself.
    """
    if not _from_this_machine():
        require_scope(Scope.METRICS)
    answer = make_response(text())
    answer.content_type = TEXT
    return answer


def text() -> bytes:
    """The metrics of the present application in Prometheus' text format; who may see them is for the caller to say."""
    return _meters().text()


def count_refusal(app: Flask, status: int) -> None:
    """Count a request that was refused before the application saw it."""
    meters: Meters = app.extensions[KEY]
    meters.requests.labels(UNMATCHED, "other", str(status)).inc()


def _from_this_machine() -> bool:
    if any(name in request.headers for name in FORWARDED) or not OWN_NAME.fullmatch(request.host):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _count(response: Response) -> Response:
    _meters().count(*named(), response.status_code, elapsed_s())
    return response


def _meters() -> Meters:
    found: Meters = site().extensions[KEY]
    return found
