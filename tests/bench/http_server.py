"""The server of the http workload: the product and an empty Flask application behind one waitress.

`python -m tests.bench.http_server HOME` prints its port, a token and the ids of people who look for work, in an order
drawn by the seed, then serves until its stdin is closed.
"""

from __future__ import annotations

import json
import random
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask
from waitress.server import create_server

from api import create_app
from api.logs import take_over_logging
from api.warming import warm_and_settle
from matcher.bootstrap import Application
from matcher.records import Kind, Worker
from matcher.records.access import AuditEntry, Role
from matcher.services.access.tokens import NewToken, make_token
from matcher.settings import from_environment
from tests.bench.county import AT, JURISDICTION, SEED

EMPTY, KEPT = "/empty", "/kept"
MANY = 10**9
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def empty_app(application: Application) -> Flask:
    """A Flask application with a route that does nothing, and one that keeps an entry of the audit and does nothing."""

    def kept() -> str:
        at = application.clock.now()
        application.access.append_audit(AuditEntry(at=at, actor="bench", role=Role.HELPER.value, action="look"))
        return ""

    app = Flask("empty")
    app.add_url_rule(EMPTY, view_func=lambda: "")
    app.add_url_rule(KEPT, view_func=kept)
    return app


def both(product: Wsgi, empty: Wsgi) -> Wsgi:
    """One application: the empty one at EMPTY and KEPT, the product everywhere else."""

    def dispatched(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return (empty if environ["PATH_INFO"] in (EMPTY, KEPT) else product)(environ, start_response)

    return dispatched


def willing(application: Application) -> list[str]:
    """Ids of everybody who looks for work, neighbours apart."""
    found = application.remembering_store.records(Kind.WORKERS)
    ids = [worker.worker_id for worker in found if isinstance(worker, Worker) and worker.wish_to_work]
    random.Random(SEED).shuffle(ids)
    return ids


def main() -> None:
    """Serve until stdin is closed."""
    home = Path(sys.argv[1])
    settings = from_environment(
        {}, home=home, jurisdiction=JURISDICTION, seed=SEED, today=AT.date(), requests_per_minute=MANY
    )
    application = Application(settings)
    take_over_logging()
    app = create_app(application)
    call = NewToken(role=Role.HELPER, label="bench", days=1)
    _, token = make_token(application.access, call, now=application.clock.now(), by="bench")
    warm_and_settle(app)
    server = create_server(both(app, empty_app(application)), host="127.0.0.1", port=0, threads=settings.http_threads)
    threading.Thread(target=server.run, daemon=True).start()
    told = {"port": server.effective_port, "token": token, "willing": willing(application)}
    print(json.dumps(told), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
