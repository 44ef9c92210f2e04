"""A server with routes that take their time: run as a process by the tests, never part of the product."""

from __future__ import annotations

import os
import sys
import time
from datetime import date
from pathlib import Path

from flask import request

from api import serve as server
from api.app import create_app
from matcher.bootstrap import Application
from matcher.intake.context import no_progress
from matcher.records import Kind
from matcher.services.rosters.import_roster import ImportRoster, import_roster
from matcher.settings import from_environment
from matcher.store import log

LARGE_BYTES = 8_000_000
STUCK_AT = 700


def get_stuck():
    """From now on whatever writes stands still in the middle of its rows, its transaction open."""
    real = log._row

    def stuck(*told, **placed):
        if placed["seq"] == STUCK_AT:
            os.write(1, b"begun\n")
            time.sleep(60)
        return real(*told, **placed)

    log._row = stuck


def with_slow_routes(application):
    """The product's application, and beside it what the tests need."""
    app = create_app(application)

    def slow(seconds):
        os.write(1, b"begun\n")  # in one piece, whatever thread writes beside
        time.sleep(seconds)
        return {"slept": seconds}

    def large():
        os.write(1, b"begun\n")  # in one piece, whatever thread writes beside
        return b"x" * LARGE_BYTES

    def take():
        return {"n_bytes": len(request.get_data())}

    def stuck_import():
        get_stuck()
        call = ImportRoster(
            kind=Kind.WORKERS, path=Path(request.args["path"]), on=date(2018, 6, 1), jurisdiction="450206"
        )
        import_roster(application.store, application.means, call, at=application.clock.now(), progress=no_progress)
        return {}

    app.add_url_rule("/api/stuck-import", view_func=stuck_import, methods=["POST"])
    app.add_url_rule("/api/slow/<float:seconds>", view_func=slow)
    app.add_url_rule("/api/large", view_func=large)
    app.add_url_rule("/api/take", view_func=take, methods=["POST"])
    return app


def main() -> int:
    """Serve a home folder on a port until a signal."""
    server.create_app = with_slow_routes
    if os.environ.get("STUCK"):
        get_stuck()
    server.DRAIN_S = float(sys.argv[3])
    application = Application(from_environment(home=Path(sys.argv[1])))
    application.create_store()
    return server.serve(application, host="127.0.0.1", port=int(sys.argv[2]), tell=lambda text: print(text, flush=True))


if __name__ == "__main__":
    sys.exit(main())
